//! A report as one HTML page that needs no other file and no network.

use std::{fmt::Write as _, fs, path::Path};

use attractor_systems::Trajectory;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Error, Result, file, state_space, svg::escape};

mod viewer;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/viewer.js");
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A page that is put together from top to bottom and then written.
///
/// Pictures are embedded and the script of the interactive view is part of the page; its content security policy
/// forbids the browser to load anything. All texts are shown as they are given: no markup in them takes effect.
#[derive(Clone, Debug)]
pub struct HtmlReport {
    title: String,
    body: String,
    has_viewer: bool,
}

impl HtmlReport {
    /// A page with a title and nothing else.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), body: String::new(), has_viewer: false }
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

    /// Adds a table. Columns that hold mostly numbers are set to the right.
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
        let header: Vec<String> = header.into_iter().map(|cell| cell.as_ref().to_owned()).collect();
        let mut body: Vec<Vec<String>> = Vec::new();
        for (row, cells) in rows.into_iter().enumerate() {
            let cells: Vec<String> = cells.into_iter().map(|cell| cell.as_ref().to_owned()).collect();
            if cells.len() != header.len() {
                return Err(Error::Table { row, expected: header.len(), found: cells.len() });
            }
            body.push(cells);
        }
        let class: Vec<&str> = (0..header.len())
            .map(|column| {
                let numbers = body.iter().filter(|cells| reads_as_number(&cells[column])).count();
                if 2 * numbers > body.len() { " class=\"number\"" } else { "" }
            })
            .collect();
        self.body.push_str("<div class=\"scroll\"><table>\n<thead><tr>");
        for (cell, class) in header.iter().zip(&class) {
            self.add(format_args!("<th scope=\"col\"{class}>{}</th>", escape(cell)));
        }
        self.body.push_str("</tr></thead>\n<tbody>\n");
        for cells in &body {
            self.body.push_str("<tr>");
            for (cell, class) in cells.iter().zip(&class) {
                self.add(format_args!("<td{class}>{}</td>", escape(cell)));
            }
            self.body.push_str("</tr>\n");
        }
        self.body.push_str("</tbody></table></div>\n");
        Ok(self)
    }

    /// Embeds the PNG picture at `path`, with a caption below it.
    ///
    /// # Errors
    /// When the file cannot be read or is not a PNG picture.
    pub fn picture(mut self, path: impl AsRef<Path>, caption: &str) -> Result<Self> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        if !bytes.starts_with(PNG_SIGNATURE) {
            return Err(Error::NotAPicture { path: path.to_owned() });
        }
        let caption = escape(caption);
        self.add(format_args!(
            "<figure><img alt=\"{caption}\" src=\"{}\"><figcaption>{caption}</figcaption></figure>\n",
            data_uri(&bytes),
        ));
        Ok(self)
    }

    /// Adds a view of both attractors that is turned by dragging and enlarged by the wheel; where scripts
    /// are off, the picture of [`state_space::draw`] takes its place.
    ///
    /// One variable is shown over two delays, two variables over time, and of more than three variables the first three
    /// principal components of the measured data. Of each trajectory at most the first 20,000 points are embedded.
    ///
    /// # Errors
    /// As [`state_space::draw`].
    pub fn interactive(mut self, measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let attributes = viewer::attributes(measured, generated)?;
        let still = data_uri(&state_space::picture(measured, generated)?.png()?);
        self.add(format_args!(
            "<figure class=\"viewer\"><canvas tabindex=\"0\" role=\"img\" \
             aria-label=\"The measured and the generated attractor in space\" {attributes}></canvas>\
             <noscript><img alt=\"The measured and the generated attractor\" src=\"{still}\"></noscript>\
             <figcaption>Drag or use the arrow keys to turn, the wheel or + and − to zoom. \
             <button type=\"button\" data-action=\"overlay\">overlay</button> \
             <button type=\"button\" data-action=\"reset\">reset</button></figcaption></figure>\n",
        ));
        self.has_viewer = true;
        Ok(self)
    }

    /// The page as text.
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let script = if self.has_viewer { format!("<script>\n{SCRIPT}</script>\n") } else { String::new() };
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

fn reads_as_number(text: &str) -> bool {
    text.trim_start_matches(['-', '−', '+', '±']).starts_with(|c: char| c.is_ascii_digit())
}

fn data_uri(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

#[cfg(test)]
mod tests {
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
