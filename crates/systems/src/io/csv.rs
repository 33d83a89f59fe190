//! Delimited text.

use std::path::Path;

use csv::{ReaderBuilder, Trim};
use ndarray::Array2;

use super::{MissingPolicy, ReadOptions};
use crate::{Error, Result, Trajectory};

/// Lines looked at to find out the delimiter.
const SNIFFED_LINES: usize = 20;

/// A line of text, cut into cells.
struct Line {
    number: u64,
    cells: Vec<String>,
}

/// The trajectory in the bytes of a text file.
pub(super) fn decode(
    path: &Path,
    extension: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<Trajectory> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::Encoding { path: path.into(), offset: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = match options.delimiter {
        Some(delimiter) if delimiter.is_ascii() => delimiter,
        Some(delimiter) => {
            return Err(Error::OutOfRange {
                what: "code point of the delimiter",
                value: f64::from(u32::from(delimiter)),
                requirement: "that of an ASCII character, such as ',', ';' or a tab",
            });
        }
        None => sniff(text, extension),
    };
    let mut lines = if delimiter == ' ' { cut_at_blanks(text) } else { cut(path, text, delimiter)? };
    let empty = |what: &str| Error::Empty { path: path.into(), what: what.into() };
    let first = lines.first().ok_or_else(|| empty("no lines besides blanks and comments"))?;
    let width = first.cells.len();
    if let Some(odd) = lines.iter().find(|line| line.cells.len() != width) {
        return Err(Error::Ragged {
            path: path.into(),
            line: odd.number,
            expected: width,
            found: odd.cells.len(),
            delimiter,
        });
    }
    let looks_like_names = first.cells.iter().any(|cell| matches!(parse(cell), Cell::Text));
    let names = if options.header.unwrap_or(looks_like_names) {
        let cells = lines.remove(0).cells.into_iter().enumerate();
        Some(cells.map(|(i, name)| if name.is_empty() { format!("x{}", i + 1) } else { name }))
    } else {
        None
    };
    if lines.is_empty() {
        return Err(empty("a line of names and nothing below it"));
    }
    let mut values = Vec::with_capacity(lines.len() * width);
    for line in &lines {
        for (index, text) in line.cells.iter().enumerate() {
            let (path, line, column) = (path.into(), line.number, index + 1);
            values.push(match parse(text) {
                Cell::Number(value) if value.is_finite() => value,
                Cell::Number(value) => return Err(Error::InfiniteCell { path, line, column, value }),
                Cell::Missing if options.missing == MissingPolicy::Mask => f64::NAN,
                Cell::Missing => return Err(Error::MissingCell { path, line, column, text: text.clone() }),
                Cell::Text => return Err(Error::NotANumber { path, line, column, text: text.clone() }),
            });
        }
    }
    let shape = (lines.len(), width);
    let data = Array2::from_shape_vec(shape, values).map_err(|_| Error::Shape {
        what: "text",
        expected: "[T, N]".into(),
        found: vec![shape.0, shape.1],
    })?;
    let trajectory = Trajectory::from_array_with_missing(data, options.dt)?;
    match names {
        Some(names) => trajectory.with_names(names),
        None => Ok(trajectory),
    }
}

enum Cell {
    Number(f64),
    Missing,
    Text,
}

fn parse(cell: &str) -> Cell {
    let missing = ["", "na", "n/a", "nan", "-nan", "null", "none"];
    if missing.iter().any(|marker| cell.eq_ignore_ascii_case(marker)) {
        return Cell::Missing;
    }
    match cell.parse::<f64>() {
        Ok(value) if value.is_nan() => Cell::Missing,
        Ok(value) => Cell::Number(value),
        Err(_) => Cell::Text,
    }
}

/// Cuts text at a delimiter, minding quotes.
fn cut(path: &Path, text: &str, delimiter: char) -> Result<Vec<Line>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(Trim::All)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|source| Error::Csv { path: path.into(), source })?;
        let number = record.position().map_or(0, csv::Position::line);
        // A line of blanks is a blank line.
        if record.len() == 1 && record[0].is_empty() && delimiter != '\t' {
            continue;
        }
        lines.push(Line { number, cells: record.iter().map(String::from).collect() });
    }
    Ok(lines)
}

/// Cuts text at runs of blanks and tabs.
fn cut_at_blanks(text: &str) -> Vec<Line> {
    data_lines(text)
        .map(|(number, line)| Line {
            number,
            cells: line.split_whitespace().map(|cell| cell.trim_matches('"').to_owned()).collect(),
        })
        .collect()
}

/// Lines that are neither blank nor comments, numbered from 1.
fn data_lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// The delimiter of a text: that of tab, semicolon and comma that stands in every line, equally often; if there is no
/// such, the one that stands in the first; blanks if there is none but blanks.
fn sniff(text: &str, extension: &str) -> char {
    if extension == "tsv" {
        return '\t';
    }
    let lines: Vec<&str> = data_lines(text).take(SNIFFED_LINES).map(|(_, line)| line).collect();
    let candidates = ['\t', ';', ','];
    let counts = |delimiter| lines.iter().map(move |line| count_outside_quotes(line, delimiter));
    let even = |&delimiter: &char| {
        let mut counts = counts(delimiter);
        counts.next().is_some_and(|first| first > 0 && counts.all(|count| count == first))
    };
    let present = |&delimiter: &char| counts(delimiter).next().is_some_and(|count| count > 0);
    candidates
        .into_iter()
        .find(even)
        .or_else(|| candidates.into_iter().find(present))
        .or_else(|| lines.iter().any(|line| line.split_whitespace().count() > 1).then_some(' '))
        .unwrap_or(',')
}

fn count_outside_quotes(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|&character| {
            quoted ^= character == '"';
            !quoted && character == delimiter
        })
        .count()
}
