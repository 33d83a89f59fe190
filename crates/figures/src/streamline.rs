//! Streamlines of a plane vector field, evenly spread over it.

/// Cells to each side of the field: no two streamlines share one.
const CELLS: usize = 24;
/// Length of a step, in widths of the field.
const STEP: f64 = 0.005;
/// Shorter streamlines are not kept, in widths of the field.
const SHORTEST: f64 = 0.06;
/// Steps in each direction.
const MOST: usize = 400;

/// Streamlines of the `field` over the unit square, in order of flow.
///
/// Lines start in each free cell in turn, coarse to fine, and run both ways until they leave the square, come to rest or
/// come to a cell that another part of a line has passed.
pub(crate) fn streamlines(field: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut taken = [[false; CELLS]; CELLS];
    let mut lines = Vec::new();
    for (i, j) in starts() {
        if taken[j][i] {
            continue;
        }
        let start = ((i as f64 + 0.5) / CELLS as f64, (j as f64 + 0.5) / CELLS as f64);
        let mut own = vec![(i, j)];
        let forth = trace(&field, start, STEP, &taken, &mut own);
        let back = trace(&field, start, -STEP, &taken, &mut own);
        if (forth.len() + back.len()) as f64 * STEP < SHORTEST {
            continue;
        }
        for (i, j) in own {
            taken[j][i] = true;
        }
        lines.push(back.into_iter().rev().chain([start]).chain(forth).collect());
    }
    lines
}

/// All cells, every eighth first, then those between.
fn starts() -> impl Iterator<Item = (usize, usize)> {
    let level = |stride: usize| {
        (stride / 2..CELLS)
            .step_by(stride)
            .flat_map(move |j| (stride / 2..CELLS).step_by(stride).map(move |i| (i, j)))
    };
    [8, 4, 2, 1].into_iter().flat_map(level)
}

/// The line from `start` by the midpoint rule in steps of one length; cells that it passes are added to `own`.
fn trace(
    field: &impl Fn(f64, f64) -> (f64, f64),
    start: (f64, f64),
    step: f64,
    taken: &[[bool; CELLS]; CELLS],
    own: &mut Vec<(usize, usize)>,
) -> Vec<(f64, f64)> {
    let direction = |(x, y): (f64, f64)| {
        let (u, v) = field(x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
        let speed = u.hypot(v);
        (speed.is_finite() && speed > 1e-300).then(|| (u / speed, v / speed))
    };
    let cell = |(x, y): (f64, f64)| ((x * CELLS as f64) as usize, (y * CELLS as f64) as usize);
    let mut line = Vec::new();
    let (mut at, mut inside) = (start, cell(start));
    while line.len() < MOST {
        let Some((u, v)) = direction(at) else { break };
        let middle = (at.0 + 0.5 * step * u, at.1 + 0.5 * step * v);
        let Some((s, t)) = direction(middle) else { break };
        // Around a point that attracts, steps go back and forth.
        if u * s + v * t < 0.0 {
            break;
        }
        let next = (at.0 + step * s, at.1 + step * t);
        if !(0.0..1.0).contains(&next.0) || !(0.0..1.0).contains(&next.1) {
            break;
        }
        let entered = cell(next);
        if entered != inside {
            if taken[entered.1][entered.0] || own.contains(&entered) {
                break;
            }
            own.push(entered);
            inside = entered;
        }
        line.push(next);
        at = next;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_rotation_keep_their_distance_from_the_middle() {
        let lines = streamlines(|x, y| (-(y - 0.5), x - 0.5));
        assert!(lines.len() > 8);
        let total: usize = lines.iter().map(Vec::len).sum();
        assert!(total as f64 * STEP > 8.0, "{total}");
        for line in lines {
            let radius = |p: &(f64, f64)| (p.0 - 0.5).hypot(p.1 - 0.5);
            assert!(line.iter().all(|p| (radius(p) - radius(&line[0])).abs() < 2e-3));
            // In order of flow: counterclockwise.
            let (a, b) = (line[0], line[1]);
            assert!((a.0 - 0.5) * (b.1 - 0.5) - (a.1 - 0.5) * (b.0 - 0.5) > 0.0);
        }
    }

    #[test]
    fn a_field_at_rest_has_none() {
        assert!(streamlines(|_, _| (0.0, 0.0)).is_empty());
        assert!(streamlines(|_, _| (f64::NAN, 0.0)).is_empty());
    }
}
