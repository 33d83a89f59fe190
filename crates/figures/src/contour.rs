//! The curves along which a function on a grid is zero, by marching squares.

use ndarray::ArrayView2;

/// A piece of a curve in the coordinates of the grid.
pub(crate) type Piece = [(f64, f64); 2];

/// Where `f` \[Ny, Nx\] on the grid `x` \[Nx\], `y` \[Ny\] changes sign: straight pieces, one or two in a cell, whose ends
/// meet those of the next. In cells with zeros on all four sides the mean of the corners decides what is joined.
pub(crate) fn zeros(x: &[f64], y: &[f64], f: ArrayView2<f64>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for j in 0..y.len().saturating_sub(1) {
        for i in 0..x.len().saturating_sub(1) {
            // Counterclockwise from the corner of smallest x and y.
            let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
            let value = corners.map(|(i, j)| f[[j, i]]);
            let crossing = |side: usize| {
                let (a, b) = (side, (side + 1) % 4);
                if (value[a] > 0.0) == (value[b] > 0.0) {
                    return None;
                }
                let share = value[a] / (value[a] - value[b]);
                let ((ia, ja), (ib, jb)) = (corners[a], corners[b]);
                Some((x[ia] + share * (x[ib] - x[ia]), y[ja] + share * (y[jb] - y[ja])))
            };
            let sides = [0, 1, 2, 3].map(crossing);
            if let [Some(a), Some(b), Some(c), Some(d)] = sides {
                let is_high = value.iter().sum::<f64>() > 0.0;
                // Corners 1 and 3 are cut off, or corners 0 and 2.
                let cut_odd = (value[0] > 0.0) == is_high;
                pieces.extend(if cut_odd { [[a, b], [c, d]] } else { [[d, a], [b, c]] });
                continue;
            }
            let ends: Vec<(f64, f64)> = sides.into_iter().flatten().collect();
            if let [a, b] = ends[..] {
                pieces.push([a, b]);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn grid(n: usize) -> Vec<f64> {
        (0..n).map(|i| -1.5 + 3.0 * i as f64 / (n - 1) as f64).collect()
    }

    #[test]
    fn the_unit_circle_is_closed_and_of_length_two_pi() {
        let x = grid(101);
        let f = Array2::from_shape_fn((101, 101), |(j, i)| x[i] * x[i] + x[j] * x[j] - 1.0);
        let pieces = zeros(&x, &x, f.view());
        let length: f64 = pieces.iter().map(|[a, b]| (a.0 - b.0).hypot(a.1 - b.1)).sum();
        assert!((length - std::f64::consts::TAU).abs() < 5e-3, "{length}");
        for [a, b] in &pieces {
            for end in [a, b] {
                assert!((end.0.hypot(end.1) - 1.0).abs() < 2e-4);
                let met =
                    pieces.iter().flatten().filter(|p| (p.0 - end.0).hypot(p.1 - end.1) < 1e-12).count();
                assert_eq!(met, 2);
            }
        }
    }

    #[test]
    fn a_saddle_cell_is_cut_twice() {
        let f = ndarray::array![[1.0, -1.0], [-1.0, 0.5]];
        // The mean is negative: the high corners (0, 0) and (1, 1) are cut off each by itself.
        let pieces = zeros(&[0.0, 1.0], &[0.0, 1.0], f.view());
        assert_eq!(pieces.len(), 2);
        assert!(pieces[0].iter().all(|p| p.0 + p.1 <= 1.0), "{pieces:?}");
        assert!(pieces[1].iter().all(|p| p.0 + p.1 >= 1.0), "{pieces:?}");
        assert!(zeros(&[0.0, 1.0], &[0.0, 1.0], Array2::ones((2, 2)).view()).is_empty());
    }
}
