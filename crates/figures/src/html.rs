//! A report as one HTML page that needs no other file and no network.

use std::{fmt::Write as _, path::Path};

use attractor_systems::Trajectory;

use crate::{
    Cycle, Error, FixedPoint, Result,
    canvas::Canvas,
    file,
    fixed_points::{self, StateSpace},
    series, state_space,
    svg::escape,
};

mod chart;
mod embedded;
mod table;
mod viewer;

const STYLE: &str = include_str!("html/page.css");
const VIEWER: &str = include_str!("html/viewer.js");
const CHART: &str = include_str!("html/chart.js");
const TABLE: &str = include_str!("html/table.js");

/// A page that is put together from top to bottom and then written.
///
/// Pictures are embedded and the scripts of interactive views and sortable tables are part of the page; its content
/// security policy forbids the browser to load anything. All texts are shown as they are given: no markup in them takes
/// effect. Without scripts pictures take the place of the interactive views.
#[derive(Clone, Debug)]
pub struct HtmlReport {
    title: String,
    body: String,
    scripts: Vec<&'static str>,
}

impl HtmlReport {
    /// A page with a title and nothing else.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), body: String::new(), scripts: Vec::new() }
    }

    /// Adds a heading.
    #[must_use]
    pub fn heading(mut self, text: &str) -> Self {
        self.add(format_args!("<h2>{}</h2>\n", escape(text)));
        self
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: &str) -> Self {
        self.add(format_args!("<p>{}</p>\n", escape(text)));
        self
    }

    /// Adds a table. Columns that hold mostly numbers are set to the right; a table of three rows or more is sorted by a
    /// click on the head of a column.
    ///
    /// # Errors
    /// When a row has another number of cells than the header.
    pub fn table<C, R>(
        mut self,
        header: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Self>
    where
        C: AsRef<str>,
        R: IntoIterator,
        R::Item: AsRef<str>,
    {
        let header: Vec<String> = header.into_iter().map(|cell| escape(cell.as_ref())).collect();
        let mut body: Vec<Vec<String>> = Vec::new();
        for (row, cells) in rows.into_iter().enumerate() {
            let cells: Vec<String> = cells.into_iter().map(|cell| escape(cell.as_ref())).collect();
            if cells.len() != header.len() {
                return Err(Error::Table { row, expected: header.len(), found: cells.len() });
            }
            body.push(cells);
        }
        self.add_table(&header, &body);
        Ok(self)
    }

    /// Adds a table of fixed points: position in the variables `names`, stability and, where they are given, the
    /// eigenvalues, conjugate pairs as one.
    ///
    /// # Errors
    /// When a position has another number of coordinates than there are names, or a value is not finite.
    pub fn fixed_points<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
        points: &[FixedPoint],
    ) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let (header, rows) = table::fixed_points(&names, points)?;
        self.add_table(&header, &rows);
        Ok(self)
    }

    /// Adds a table of cycles: order, stability, eigenvalues where they are given, and points in the variables `names`,
    /// those after the first folded away.
    ///
    /// # Errors
    /// When points have another number of coordinates than there are names, or a value is not finite.
    pub fn cycles<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
        cycles: &[Cycle],
    ) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let (header, rows) = table::cycles(&names, cycles)?;
        self.add_table(&header, &rows);
        Ok(self)
    }

    fn add_table(&mut self, header: &[String], rows: &[Vec<String>]) {
        self.body.push_str(&table::markup(header, rows));
        if table::is_sortable(rows.len()) {
            self.needs(TABLE);
        }
    }

    /// Embeds the PNG or SVG picture at `path`, with a caption below it.
    ///
    /// A picture that says how wide it is on paper, as those of this crate do, is not shown larger than 1.9 times that.
    ///
    /// # Errors
    /// When the file cannot be read or is neither PNG nor SVG.
    pub fn picture(mut self, path: impl AsRef<Path>, caption: &str) -> Result<Self> {
        let picture = figure(path.as_ref(), caption)?;
        self.body.push_str(&picture);
        Ok(self)
    }

    /// Embeds pictures as [`picture`](Self::picture) does, side by side where the page is wide enough: pairs of path and
    /// caption.
    ///
    /// # Errors
    /// When a file cannot be read or is neither PNG nor SVG.
    pub fn pictures<'a, P: AsRef<Path>>(
        mut self,
        pictures: impl IntoIterator<Item = (P, &'a str)>,
    ) -> Result<Self> {
        let figures: Vec<String> = pictures
            .into_iter()
            .map(|(path, caption)| figure(path.as_ref(), caption))
            .collect::<Result<_>>()?;
        self.add(format_args!("<div class=\"pair\">\n{}</div>\n", figures.concat()));
        Ok(self)
    }

    /// Adds a view of both attractors that is turned by dragging and enlarged by the wheel, keys or two fingers; where
    /// scripts are off, the picture of [`state_space::draw`] takes its place.
    ///
    /// One variable is shown over two delays, two variables over time, and of more than three variables the first three
    /// principal components of the measured data. Of each trajectory at most the first 20,000 points are embedded.
    ///
    /// # Errors
    /// As [`state_space::draw`].
    pub fn interactive(self, measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let scene = viewer::Scene::of_both(measured, generated)?;
        let still = state_space::picture(measured, generated)?;
        let overlay = "<button type=\"button\" data-action=\"overlay\">overlay</button>";
        self.view(&scene, "The measured and the generated attractor in space", overlay, &still)
    }

    /// Adds a view of an attractor with its fixed points, cycles and manifolds that is turned as that of
    /// [`interactive`](Self::interactive) is; each kind can be switched off, and fixed points tell their position and
    /// eigenvalues. Where scripts are off, the picture of [`fixed_points::draw`] takes its place.
    ///
    /// A plane is seen from above. Of the attractor and each line at most the first 20,000 points are embedded.
    ///
    /// # Errors
    /// As [`fixed_points::draw`].
    pub fn state_space(self, state_space: &StateSpace) -> Result<Self> {
        let sets = state_space.projected()?;
        let scene = viewer::Scene::of_sets(&sets);
        let still = fixed_points::picture(&sets)?;
        let toggles = scene.toggles();
        self.view(&scene, "The attractor with fixed points, cycles and manifolds", &toggles, &still)
    }

    fn view(mut self, scene: &viewer::Scene, label: &str, controls: &str, still: &Canvas) -> Result<Self> {
        let source = embedded::source(&still.png()?);
        let help =
            "Drag or use the arrow keys to turn; click and use the wheel, two fingers or + and − to zoom.";
        self.add(format_args!(
            "<figure class=\"viewer\"><canvas tabindex=\"0\" role=\"img\" aria-label=\"{label}\" {}></canvas>\n\
             <div hidden>\n{}</div>\n<noscript><img alt=\"{label}\" {source}></noscript>\n\
             <div class=\"controls\">{controls} <button type=\"button\" data-action=\"closer\">+</button>\
             <button type=\"button\" data-action=\"wider\">−</button>\
             <button type=\"button\" data-action=\"reset\">reset</button></div>\n\
             <figcaption class=\"told\" data-rest=\"{help}\">{help}</figcaption></figure>\n",
            scene.attributes, scene.elements,
        ));
        self.needs(VIEWER);
        Ok(self)
    }

    /// Adds the series of up to six variables, measured and generated, along time: a window of them that is dragged,
    /// widened and narrowed. Where scripts are off, the picture of [`series::draw`] takes its place.
    ///
    /// Of each series at most the first 20,000 samples are embedded.
    ///
    /// # Errors
    /// As [`series::draw`].
    pub fn time_series(mut self, measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let elements = chart::elements(measured, generated)?;
        let still = series::picture(measured, generated, series::opening(measured))?;
        let toggle = |name: &str| {
            format!(
                "<label><input type=\"checkbox\" checked data-toggle=\"{name}\"> \
                 <span class=\"swatch\" style=\"--color:var(--{name})\"></span>{name}</label>"
            )
        };
        self.add(format_args!(
            "<figure class=\"chart\"><canvas tabindex=\"0\" role=\"img\" \
             aria-label=\"Measured and generated series along time\"></canvas>\n<div hidden>\n{elements}</div>\n\
             <noscript><img alt=\"Measured and generated series along time\" {}></noscript>\n\
             <div class=\"controls\">{} {} <button type=\"button\" data-action=\"closer\">+</button>\
             <button type=\"button\" data-action=\"wider\">−</button>\
             <button type=\"button\" data-action=\"reset\">reset</button></div>\n\
             <figcaption>Drag the window in the lowest strip, or use the arrow keys and + and −.</figcaption></figure>\n",
            embedded::source(&still.png()?),
            toggle("measured"),
            toggle("generated"),
        ));
        self.needs(CHART);
        Ok(self)
    }

    fn needs(&mut self, script: &'static str) {
        if !self.scripts.contains(&script) {
            self.scripts.push(script);
        }
    }

    /// The page as text.
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let script = if self.scripts.is_empty() {
            String::new()
        } else {
            format!("<script>\n\"use strict\";\n{}</script>\n", self.scripts.concat())
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
             style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}</main>\n\
             {script}</body>\n</html>\n",
            self.body,
        )
    }

    /// Writes the page to a file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), self.to_html().as_bytes())
    }

    fn add(&mut self, text: std::fmt::Arguments) {
        // Writing to a `String` does not fail.
        let _ = self.body.write_fmt(text);
    }
}

/// A picture with its caption.
fn figure(path: &Path, caption: &str) -> Result<String> {
    let attributes = embedded::attributes(path)?;
    let caption = escape(caption);
    Ok(format!("<figure><img alt=\"{caption}\" {attributes}><figcaption>{caption}</figcaption></figure>\n"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn texts_are_shown_as_they_are() {
        let evil = "</title><script>alert('x')</script> & \"q\"";
        let page =
            HtmlReport::new(evil).heading(evil).paragraph(evil).table([evil], [[evil]]).unwrap().to_html();
        assert!(!page.contains("<script"));
        assert_eq!(
            page.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;").count(),
            6
        );
    }

    #[test]
    fn uneven_tables_and_other_files_are_refused() {
        let error = HtmlReport::new("t").table(["a", "b"], [vec!["1", "2"], vec!["3"]]).unwrap_err();
        assert!(matches!(error, Error::Table { row: 1, expected: 2, found: 1 }));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.png");
        assert!(matches!(HtmlReport::new("t").picture(&path, "c"), Err(Error::Read { .. })));
        fs::write(&path, "text").unwrap();
        assert!(matches!(HtmlReport::new("t").picture(&path, "c"), Err(Error::NotAPicture { .. })));
    }
}
