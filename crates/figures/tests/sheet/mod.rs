//! Checks of pictures as files: that they decode, show data in colour, and keep their text on the sheet and apart.

// Each test program uses a part of this module.
#![allow(dead_code)]

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use attractor_systems::Trajectory;
use ndarray::Array2;
use roxmltree::{Document, Node};

/// Where pictures of the tests stay, to be looked at.
pub fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Lorenz-63 (σ = 10, β = 8/3) by the classical Runge-Kutta method.
pub fn lorenz(steps: usize, dt: f64, rho: f64, start: [f64; 3]) -> Trajectory {
    let flow = |[x, y, z]: [f64; 3]| [10.0 * (y - x), x * (rho - z) - y, x * y - 8.0 / 3.0 * z];
    let add = |a: [f64; 3], s: f64, b: [f64; 3]| std::array::from_fn(|i| a[i] + s * b[i]);
    let mut state = start;
    let mut rows = Vec::new();
    for t in 0..steps + 500 {
        if t >= 500 {
            rows.extend(state);
        }
        let k1 = flow(state);
        let k2 = flow(add(state, dt / 2.0, k1));
        let k3 = flow(add(state, dt / 2.0, k2));
        let k4 = flow(add(state, dt, k3));
        state = std::array::from_fn(|i| state[i] + dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]));
    }
    Trajectory::new(Array2::from_shape_vec((steps, 3), rows).unwrap(), dt).unwrap()
}

/// The pixels of a PNG file: width and triples of colour.
pub fn pixels(path: &Path) -> (usize, Vec<[u8; 3]>) {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    (info.width as usize, bytes.chunks(3).map(|p| [p[0], p[1], p[2]]).collect())
}

/// The share of pixels of a PNG file that are near a colour.
pub fn share_of(path: &Path, color: [u8; 3], tolerance: u8) -> f64 {
    let (_, pixels) = pixels(path);
    let near = |p: &&[u8; 3]| p.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= tolerance);
    pixels.iter().filter(near).count() as f64 / pixels.len() as f64
}

/// Checks that a PNG file is 1600 pixels wide and that a part of it, not too small, is coloured.
pub fn check_png(path: &Path, least_ink: f64) {
    let (width, pixels) = pixels(path);
    assert_eq!(width, 1600);
    assert!((400..8_000).contains(&(pixels.len() / width)), "{}", pixels.len() / width);
    let coloured = |p: &&[u8; 3]| p.iter().max().unwrap() - p.iter().min().unwrap() > 60;
    let ink = pixels.iter().filter(coloured).count() as f64 / pixels.len() as f64;
    assert!(ink > least_ink, "{}: {ink}", path.display());
}

/// A line of text on a sheet, and the rectangle around its letters: left, top, right, bottom.
#[derive(Debug)]
pub struct Text {
    pub line: String,
    pub upright: bool,
    pub area: [f32; 4],
}

/// Checks that an SVG file is well-formed, is as wide as it says, refers to nothing outside itself, has all its text on
/// the sheet and no two lines of text over each other; gives the lines.
pub fn check_svg(path: &Path) -> Vec<Text> {
    let file = fs::read_to_string(path).unwrap();
    assert!(file.len() < 2_500_000, "{}: {} bytes", path.display(), file.len());
    let document = Document::parse(&file).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    let sheet: Vec<f32> = root.attribute("viewBox").unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    let ids: HashSet<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    for node in document.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            match attribute.name() {
                "href" if value.starts_with('#') => assert!(ids.contains(&value[1..]), "{value}"),
                "href" => assert!(value.starts_with("data:image/png;base64,"), "not embedded"),
                "clip-path" => {
                    assert!(ids.contains(value.trim_matches(&['u', 'r', 'l', '(', ')', '#'][..])), "{value}");
                }
                "aria-label" => {}
                name => assert!(!value.contains("NaN") && !value.contains("inf"), "{name}: {value}"),
            }
        }
    }
    let letters: HashMap<&str, &str> = document
        .descendants()
        .filter_map(|node| Some((node.attribute("id")?, node.attribute("d")?)))
        .collect();
    let texts: Vec<Text> = document
        .descendants()
        .filter(|node| node.has_attribute("aria-label"))
        .filter_map(|n| text(&letters, n))
        .collect();
    for (i, a) in texts.iter().enumerate() {
        let [left, top, right, bottom] = a.area;
        assert!(
            left >= 0.0 && top >= 0.0 && right <= sheet[2] && bottom <= sheet[3],
            "{}: {a:?} leaves the sheet {sheet:?}",
            path.display()
        );
        for b in &texts[..i] {
            let apart = a.area[0] >= b.area[2]
                || b.area[0] >= a.area[2]
                || a.area[1] >= b.area[3]
                || b.area[1] >= a.area[3];
            // Slanted lines of text have rectangles that say little.
            assert!(apart || !a.upright || !b.upright, "{}: {a:?} and {b:?} overlap", path.display());
        }
    }
    texts
}

/// The rectangle around the letters of one line of text.
fn text(letters: &HashMap<&str, &str>, node: Node) -> Option<Text> {
    let transform = node.attribute("transform").unwrap();
    let matrix: Vec<f32> = transform
        .trim_start_matches("matrix(")
        .trim_end_matches(')')
        .split(' ')
        .map(|v| v.parse().unwrap())
        .collect();
    let mut area = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
    for letter in node.children().filter(Node::is_element) {
        let start: f32 = letter.attribute("x").unwrap().parse().unwrap();
        let id = &letter.attribute("href").unwrap()[1..];
        let d = letters[id];
        let numbers: Vec<f32> = d
            .split(|c: char| c.is_ascii_alphabetic() || c == ' ')
            .filter(|part| !part.is_empty())
            .map(|v| v.parse().unwrap())
            .collect();
        for point in numbers.chunks(2) {
            let (x, y) = (point[0] + start, point[1]);
            let x_on_sheet = matrix[0] * x + matrix[2] * y + matrix[4];
            let y_on_sheet = matrix[1] * x + matrix[3] * y + matrix[5];
            area = [
                area[0].min(x_on_sheet),
                area[1].min(y_on_sheet),
                area[2].max(x_on_sheet),
                area[3].max(y_on_sheet),
            ];
        }
    }
    let upright = matrix[0].abs() < 1e-6 || matrix[1].abs() < 1e-6;
    let line = node.attribute("aria-label").unwrap().to_owned();
    (area[0] < area[2]).then_some(Text { line, upright, area })
}
