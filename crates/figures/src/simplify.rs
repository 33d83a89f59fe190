//! Lines with fewer points that look the same.

use crate::canvas::Place;

/// Points that lie closer than this to the line without them are left out, in nominal pixels.
const TOLERANCE: f32 = 0.08;

/// The line without points that are within 0.08 nominal pixels of the line through the others (Douglas and Peucker).
pub(crate) fn simplified(places: &[Place]) -> Vec<Place> {
    let Some(last) = places.len().checked_sub(1) else { return Vec::new() };
    let mut keep = vec![false; places.len()];
    (keep[0], keep[last]) = (true, true);
    let mut parts = vec![(0, last)];
    while let Some((from, to)) = parts.pop() {
        let ((x0, y0), (x1, y1)) = (places[from], places[to]);
        let (dx, dy) = (x1 - x0, y1 - y0);
        let square = (dx * dx + dy * dy).max(1e-12);
        let distance = |(x, y): Place| {
            let along = (((x - x0) * dx + (y - y0) * dy) / square).clamp(0.0, 1.0);
            (x - x0 - along * dx).hypot(y - y0 - along * dy)
        };
        let furthest = (from + 1..to).map(|i| (distance(places[i]), i)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((far, i)) = furthest
            && far > TOLERANCE
        {
            keep[i] = true;
            parts.extend([(from, i), (i, to)]);
        }
    }
    places.iter().zip(keep).filter(|(_, keep)| *keep).map(|(place, _)| *place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simplified_line_stays_within_tolerance() {
        let places: Vec<Place> = (0..=5_000)
            .map(|t| (std::f32::consts::TAU * t as f32 / 5_000.0).sin_cos())
            .map(|(s, c)| (400.0 + 150.0 * c, 200.0 + 150.0 * s))
            .collect();
        let fewer = simplified(&places);
        // A chord of length l is l²/8r away from the circle: 96 chords of 9.8 do, and halving takes at most twice that.
        assert!((90..200).contains(&fewer.len()), "{}", fewer.len());
        let distance = |p: Place, a: Place, b: Place| {
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let along = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (dx * dx + dy * dy);
            let along = along.clamp(0.0, 1.0);
            (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
        };
        for place in places {
            let nearest = fewer.windows(2).map(|w| distance(place, w[0], w[1])).fold(f32::MAX, f32::min);
            assert!(nearest < 1.1 * TOLERANCE, "{nearest}");
        }
        assert_eq!(simplified(&[]), []);
        assert_eq!(simplified(&[(1.0, 2.0)]), [(1.0, 2.0)]);
    }
}
