//! Tables of a page: of any texts, and of fixed points and cycles with their eigenvalues.

use std::fmt::Write as _;

use crate::{Cycle, FixedPoint, Result, Stability, input, svg::escape};

/// Tables with fewer rows are not sorted by the reader.
const SORTABLE: usize = 3;
/// Eigenvalues that are shown before the rest is folded.
const EIGENVALUES: usize = 4;
/// Points of a cycle that are shown before the rest is folded.
const POINTS: usize = 1;

/// Whether the reader can sort a table with so many rows.
pub(super) fn is_sortable(rows: usize) -> bool {
    rows >= SORTABLE
}

/// A table of cells that are markup already. Columns that hold mostly numbers are set to the right.
pub(super) fn markup(header: &[String], rows: &[Vec<String>]) -> String {
    let class: Vec<&str> = (0..header.len())
        .map(|column| {
            let numbers = rows.iter().filter(|cells| reads_as_number(&cells[column])).count();
            if 2 * numbers > rows.len() { " class=\"number\"" } else { "" }
        })
        .collect();
    let sortable = if is_sortable(rows.len()) { " class=\"sortable\"" } else { "" };
    let mut text = format!("<div class=\"scroll\"><table{sortable}>\n<thead><tr>");
    // Writing to a `String` does not fail.
    for (cell, class) in header.iter().zip(&class) {
        let _ = write!(text, "<th scope=\"col\"{class}>{cell}</th>");
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for cells in rows {
        text.push_str("<tr>");
        for (cell, class) in cells.iter().zip(&class) {
            let _ = write!(text, "<td{class}>{cell}</td>");
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody></table></div>\n");
    text
}

/// Rows of fixed points: number, coordinates, kind, eigenvalues where there are any.
pub(super) fn fixed_points(
    names: &[String],
    points: &[FixedPoint],
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    crate::invariant::check(points, &[], &[], names.len())?;
    let with_eigenvalues = points.iter().any(|point| !point.eigenvalues.is_empty());
    let header = std::iter::once("№".to_owned())
        .chain(names.iter().map(|name| escape(name)))
        .chain(["stability".to_owned()])
        .chain(with_eigenvalues.then(|| "eigenvalues".to_owned()))
        .collect();
    let mut rows = Vec::new();
    for (i, point) in points.iter().enumerate() {
        check_eigenvalues(&format!("eigenvalues of fixed point {i}"), &point.eigenvalues)?;
        let mut row = vec![(i + 1).to_string()];
        row.extend(point.position.iter().map(|value| number(*value)));
        row.push(kind(point.stability));
        if with_eigenvalues {
            row.push(folded(&eigenvalues(&point.eigenvalues), EIGENVALUES));
        }
        rows.push(row);
    }
    Ok((header, rows))
}

/// Rows of cycles: number, order, kind, eigenvalues where there are any, points.
pub(super) fn cycles(names: &[String], cycles: &[Cycle]) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    crate::invariant::check(&[], cycles, &[], names.len())?;
    let with_eigenvalues = cycles.iter().any(|cycle| !cycle.eigenvalues.is_empty());
    let points = format!("points ({})", escape(&names.join(", ")));
    let header = ["№", "order", "stability"]
        .map(str::to_owned)
        .into_iter()
        .chain(with_eigenvalues.then(|| "eigenvalues".to_owned()))
        .chain([points])
        .collect();
    let mut rows = Vec::new();
    for (i, cycle) in cycles.iter().enumerate() {
        check_eigenvalues(&format!("eigenvalues of cycle {i}"), &cycle.eigenvalues)?;
        let mut row = vec![(i + 1).to_string(), cycle.points.nrows().to_string(), kind(cycle.stability)];
        if with_eigenvalues {
            row.push(folded(&eigenvalues(&cycle.eigenvalues), EIGENVALUES));
        }
        let point = |point: ndarray::ArrayView1<f64>| {
            let values: Vec<String> = point.iter().map(|value| number(*value)).collect();
            format!("({})", values.join(", "))
        };
        let points: Vec<String> = cycle.points.rows().into_iter().map(point).collect();
        row.push(folded(&points, POINTS));
        rows.push(row);
    }
    Ok((header, rows))
}

fn check_eigenvalues(what: &str, eigenvalues: &[(f64, f64)]) -> Result<()> {
    input::finite(what, eigenvalues.iter().flat_map(|(re, im)| [*re, *im]))
}

/// The kind of a fixed point or cycle with its mark.
fn kind(stability: Stability) -> String {
    let name = stability.name();
    format!("<span class=\"kind {name}\">{name}</span>")
}

/// Eigenvalues as text, conjugate pairs as one.
pub(super) fn eigenvalues(values: &[(f64, f64)]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = values;
    while let [(re, im), tail @ ..] = rest {
        let is_pair = |next: &(f64, f64)| {
            let size = re.hypot(*im);
            *im != 0.0 && (next.0 - re).abs() <= 1e-9 * size && (next.1 + im).abs() <= 1e-9 * size
        };
        if tail.first().is_some_and(is_pair) {
            texts.push(format!("{} ± {} i", number(*re), number(im.abs())));
            rest = &tail[1..];
        } else {
            let sign = if *im < 0.0 { "−" } else { "+" };
            let imaginary = format!(" {sign} {} i", number(im.abs()));
            texts.push(format!("{}{}", number(*re), if *im == 0.0 { "" } else { &imaginary }));
            rest = tail;
        }
    }
    texts
}

/// The first few texts, and the rest to be unfolded.
fn folded(texts: &[String], shown: usize) -> String {
    if texts.len() <= shown {
        return texts.join(", ");
    }
    let (first, rest) = texts.split_at(shown);
    format!(
        "<details><summary>{}, and {} more</summary>{}</details>",
        first.join(", "),
        rest.len(),
        rest.join(", ")
    )
}

/// A number with four digits.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_owned()
    } else if (1e-4..1e6).contains(&size) {
        let decimals = (3 - size.log10().floor() as i32).clamp(0, 7) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.3e}")
    };
    text.replace('-', "−")
}

pub(super) fn reads_as_number(text: &str) -> bool {
    let bare = text.trim_start_matches(['-', '−', '+', '±']);
    bare.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjugate_pairs_are_one() {
        let values = [(0.094, 10.19), (0.094, -10.19), (-13.85, 0.0), (1.0, 0.5)];
        assert_eq!(eigenvalues(&values), ["0.09400 ± 10.19 i", "−13.85", "1.000 + 0.5000 i"]);
        assert_eq!(number(123_456.7), "123457");
        assert_eq!(number(-1.5e-7), "−1.500e−7");
        assert_eq!(number(0.0), "0");
    }

    #[test]
    fn long_lists_are_folded() {
        let texts: Vec<String> = (1..=6).map(|k| k.to_string()).collect();
        let text = folded(&texts, 4);
        assert!(text.contains("<summary>1, 2, 3, 4, and 2 more</summary>5, 6<"), "{text}");
        assert_eq!(folded(&texts[..4], 4), "1, 2, 3, 4");
    }
}
