//! The graph of transitions between symbols, such as the linear regions that a trajectory visits.

use std::path::Path;

use tiny_skia::{ColorU8, Rect};

use crate::{
    Error, Result,
    canvas::{Align, Canvas, Pen, Place, Type},
    input, layout, theme,
    vector_field::head,
};

/// Height of the area that nodes lie in.
const HEIGHT: f32 = 400.0;
/// Distance of the outermost nodes from the ends of the sheet.
const MARGIN: f32 = 58.0;
const HEAD: f32 = 40.0;
/// Pieces of a curved edge.
const PIECES: usize = 24;
/// With more nodes than this, only the most visited are named.
const NAMED: usize = 40;
/// The most visited nodes, which are named wherever there is room.
const PROMINENT: usize = 16;

/// A node: a symbol and the share of time that it is visited.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Share of time, from 0 to 1.
    pub occupancy: f64,
}

impl Symbol {
    /// The symbol `name`, visited for a share `occupancy` of the time, from 0 to 1.
    pub fn new(name: impl Into<String>, occupancy: f64) -> Self {
        Self { name: name.into(), occupancy }
    }
}

/// An edge: how likely a symbol follows another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Index of the symbol that is left.
    pub from: usize,
    /// Index of the symbol that follows; the same for a loop.
    pub to: usize,
    /// Probability that it follows, from 0 to 1.
    pub probability: f64,
}

impl Transition {
    /// From the symbol of index `from` to that of index `to` with a `probability` from 0 to 1.
    pub fn new(from: usize, to: usize, probability: f64) -> Self {
        Self { from, to, probability }
    }
}

/// Draws symbols as discs and the transitions between them as arrows, in one column, and writes a PNG or SVG file to
/// `path`.
///
/// The area and the shade of a disc grow with the share of time, the width and the shade of an arrow with the
/// probability. Up to nine symbols lie on a circle, more where forces between them balance. Names for which there is no
/// room beside other names are left out, those of rare symbols first. Transitions of probability 0 are not drawn.
///
/// # Errors
/// When there are no symbols, a transition points at a symbol that is not there, a share or probability is not between 0
/// and 1, or the file cannot be written.
pub fn draw(symbols: &[Symbol], transitions: &[Transition], path: impl AsRef<Path>) -> Result<()> {
    check(symbols, transitions)?;
    let edges: Vec<_> = transitions.iter().map(|edge| (edge.from, edge.to, edge.probability)).collect();
    let mut canvas = Canvas::column(HEAD + HEIGHT)?;
    let (width, height) = (theme::COLUMN - 2.0 * MARGIN, HEIGHT - 2.0 * MARGIN);
    let on_sheet = |(x, y): (f64, f64)| (MARGIN + width * x as f32, HEAD + MARGIN + height * y as f32);
    let places: Vec<Place> = layout::places(symbols.len(), &edges).into_iter().map(on_sheet).collect();
    let largest = largest(symbols);
    let full = (90.0 / (symbols.len() as f32).sqrt()).clamp(7.0, 27.0);
    let radius = |symbol: &Symbol| (full * (symbol.occupancy / largest).sqrt() as f32).max(4.0);
    let nodes: Vec<(Place, f32)> =
        places.into_iter().zip(symbols).map(|(place, symbol)| (place, radius(symbol))).collect();

    canvas.clip(Rect::from_xywh(0.0, HEAD, theme::COLUMN, HEIGHT));
    let mut sorted: Vec<&Transition> = transitions.iter().filter(|edge| edge.probability > 0.0).collect();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    for edge in sorted {
        if edge.from == edge.to {
            circle(&mut canvas, nodes[edge.from], edge.probability);
        } else {
            arrow(&mut canvas, nodes[edge.from], nodes[edge.to], edge.probability);
        }
    }
    for ((place, radius), symbol) in nodes.iter().zip(symbols) {
        canvas.dot(*place, radius + 1.5, theme::WHITE);
        canvas.dot(*place, *radius, shade(symbol.occupancy / largest));
    }
    canvas.clip(None);
    let loops = transitions.iter().filter(|edge| edge.from == edge.to && edge.probability > 0.0);
    let loops: Vec<_> = loops.map(|edge| loop_of(nodes[edge.from])).collect();
    names(&mut canvas, symbols, &nodes, &loops);
    key(&mut canvas);
    canvas.save(path.as_ref())
}

fn check(symbols: &[Symbol], transitions: &[Transition]) -> Result<()> {
    input::not_empty("the list of symbols", symbols.len())?;
    let share = |what: String, value: f64| {
        let is_share = (0.0..=1.0 + 1e-9).contains(&value);
        let allowed = || "between 0 and 1".to_owned();
        if is_share { Ok(()) } else { Err(Error::OutOfRange { what, value, allowed: allowed() }) }
    };
    for symbol in symbols {
        share(format!("the occupancy of symbol {:?}", symbol.name), symbol.occupancy)?;
    }
    for (i, edge) in transitions.iter().enumerate() {
        share(format!("the probability of transition {i}"), edge.probability)?;
        let index = edge.from.max(edge.to);
        if index >= symbols.len() {
            let what = format!("a symbol of transition {i}");
            return Err(Error::Index { what, index, count: symbols.len() });
        }
    }
    Ok(())
}

/// The largest share of time, above zero.
fn largest(symbols: &[Symbol]) -> f64 {
    symbols.iter().map(|symbol| symbol.occupancy).fold(f64::MIN_POSITIVE, f64::max)
}

/// The fill of a disc: pale for rare symbols.
fn shade(share: f64) -> ColorU8 {
    theme::density(0.06 + 0.5 * share as f32)
}

fn pen(probability: f64) -> Pen {
    let p = probability.clamp(0.0, 1.0) as f32;
    Pen::new(theme::faded(theme::INK, 0.25 + 0.65 * p), 0.7 + 3.0 * p)
}

fn head_size(pen: Pen) -> f32 {
    4.0 + 1.6 * pen.width
}

/// An arrow that bends to the left of its way, so that there and back are two.
fn arrow(canvas: &mut Canvas, (a, r): (Place, f32), (b, s): (Place, f32), probability: f64) {
    let pen = pen(probability);
    let size = head_size(pen);
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let bend = 0.16;
    let control = (0.5 * (a.0 + b.0) + bend * dy, 0.5 * (a.1 + b.1) - bend * dx);
    let at = |t: f32| {
        let mix = |p: f32, c: f32, q: f32| (1.0 - t) * (1.0 - t) * p + 2.0 * t * (1.0 - t) * c + t * t * q;
        (mix(a.0, control.0, b.0), mix(a.1, control.1, b.1))
    };
    let curve: Vec<Place> = (0..=4 * PIECES).map(|k| at(k as f32 / (4 * PIECES) as f32)).collect();
    let away = |p: Place, q: Place| (p.0 - q.0).hypot(p.1 - q.1);
    let line: Vec<Place> =
        curve.into_iter().filter(|p| away(*p, a) > r + 1.0 && away(*p, b) > s + 2.0).collect();
    tipped(canvas, &line, pen, size);
}

/// Middle and radius of the loop of a node, on the side that is turned away from the middle of the graph, where fewer
/// edges are.
fn loop_of(((x, y), r): (Place, f32)) -> (Place, f32) {
    let radius = 6.0 + 0.35 * r;
    let reach = r + 0.55 * radius;
    let out = (x - theme::COLUMN / 2.0, y - HEAD - HEIGHT / 2.0);
    let length = out.0.hypot(out.1);
    let (dx, dy) = if length < 1.0 { (0.0, -1.0) } else { (out.0 / length, out.1 / length) };
    ((x + reach * dx, y + reach * dy), radius)
}

fn circle(canvas: &mut Canvas, node: (Place, f32), probability: f64) {
    let pen = pen(probability);
    let ((x, y), r) = node;
    let (center, radius) = loop_of(node);
    // Clockwise around, from the node and back to it.
    let start = (y - center.1).atan2(x - center.0);
    let line: Vec<Place> = (0..=2 * PIECES)
        .map(|k| start + std::f32::consts::TAU * k as f32 / (2 * PIECES) as f32)
        .map(|angle| (center.0 + radius * angle.cos(), center.1 + radius * angle.sin()))
        .filter(|p| (p.0 - x).hypot(p.1 - y) > r + 1.0)
        .collect();
    tipped(canvas, &line, pen, head_size(pen));
}

/// A line with a head at its end.
fn tipped(canvas: &mut Canvas, line: &[Place], pen: Pen, size: f32) {
    let Some(tip) = line.last().copied() else { return };
    // The line ends inside the head, which is as long as one and a half sizes.
    let shaft = line.iter().take_while(|p| (p.0 - tip.0).hypot(p.1 - tip.1) > 1.2 * size).count();
    canvas.line(&line[..shaft], pen);
    let from = line[shaft.saturating_sub(1).min(line.len() - 1)];
    head(canvas, from, tip, size, pen.color);
}

/// Writes names inside their discs or, where they do not fit, beside them, where nothing else is.
fn names(canvas: &mut Canvas, symbols: &[Symbol], nodes: &[(Place, f32)], loops: &[(Place, f32)]) {
    let style = Type::new(theme::TICK, theme::INK);
    let mut order: Vec<usize> = (0..symbols.len()).collect();
    order.sort_by(|a, b| symbols[*b].occupancy.total_cmp(&symbols[*a].occupancy).then(a.cmp(b)));
    let largest = largest(symbols);
    // Left, top, right and bottom of what names must not cover, and of what they should not.
    let around = |((x, y), r): &(Place, f32)| [x - r, y - r, x + r, y + r];
    let mut taken: Vec<[f32; 4]> = nodes.iter().map(around).collect();
    let loops: Vec<[f32; 4]> = loops.iter().map(around).collect();
    for (rank, i) in order.into_iter().take(NAMED).enumerate() {
        let ((x, y), r) = nodes[i];
        let text = canvas.fitted(&symbols[i].name, style, 110.0);
        let width = canvas.width(&text, style);
        if width + 6.0 < 1.8 * r {
            let dark = symbols[i].occupancy / largest > 0.55;
            canvas.text(&text, (x, y), Type { color: if dark { theme::WHITE } else { theme::INK }, ..style });
            continue;
        }
        let half = width / 2.0;
        let beside = [
            (x, y + r + 10.0),
            (x, y - r - 10.0),
            (x + r + half + 4.0, y),
            (x - r - half - 4.0, y),
            (x + 0.7 * r + half + 2.0, y + 0.7 * r + 8.0),
            (x - 0.7 * r - half - 2.0, y + 0.7 * r + 8.0),
            (x - 0.7 * r - half - 2.0, y - 0.7 * r - 8.0),
            (x + 0.7 * r + half + 2.0, y - 0.7 * r - 8.0),
        ];
        let rectangle = |(x, y): Place| [x - half - 1.0, y - 7.0, x + half + 1.0, y + 7.0];
        let free = |place: &Place| {
            let [left, top, right, bottom] = rectangle(*place);
            let on_sheet =
                left > 2.0 && right < theme::COLUMN - 2.0 && top > HEAD && bottom < HEAD + HEIGHT - 2.0;
            let is_free =
                |other: &[f32; 4]| left > other[2] || right < other[0] || top > other[3] || bottom < other[1];
            (on_sheet && taken.iter().all(is_free), loops.iter().all(is_free))
        };
        let best = beside.into_iter().find(|place| free(place) == (true, true));
        // The most visited are named even where that covers a loop.
        let other = || beside.into_iter().find(|place| rank < PROMINENT && free(place).0);
        if let Some(place) = best.or_else(other) {
            // A white ground, so that edges do not cross the letters.
            let [left, top, right, bottom] = rectangle(place);
            if let Some(ground) = Rect::from_ltrb(left, top, right, bottom) {
                canvas.rectangle(ground, theme::faded(theme::WHITE, 0.75));
            }
            canvas.text(&text, place, style);
            taken.push(rectangle(place));
        }
    }
}

/// What widths and sizes mean.
fn key(canvas: &mut Canvas) {
    let style = Type::new(theme::TICK, theme::INK).align(Align::Start);
    let y = 20.0;
    let mut x = 16.0;
    canvas.text("probability", (x, y), style);
    x += canvas.width("probability", style) + 12.0;
    for p in [0.1, 0.5, 1.0] {
        tipped(canvas, &[(x, y), (x + 12.0, y), (x + 28.0, y)], pen(p), head_size(pen(p)));
        let text = format!("{p}");
        canvas.text(&text, (x + 34.0, y), style);
        x += 34.0 + canvas.width(&text, style) + 14.0;
    }
    let text = "disc: share of time";
    let left = theme::COLUMN - 16.0 - canvas.width(text, style);
    canvas.text(text, (left, y), style);
}
