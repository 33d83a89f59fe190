//! Piecewise-linear maps: the exact form of every trained PLRNN.

mod blocks;

use ndarray::{Array1, Array2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

use crate::{Error, Map, Result};
use blocks::Blocks;

/// The piecewise-linear map
///
/// $$ z_t = A z_{t-1} + V \max(0, W z_{t-1} + b) + h + C u_t $$
///
/// with M states, U rectified units and K inputs. Every PLRNN variant has this form exactly: the hyperplanes
/// W z + b = 0 cut the state space into regions, in each of which the map is affine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct PiecewiseLinearMap {
    a: Array2<f64>,
    v: Array2<f64>,
    w: Array2<f64>,
    b: Array1<f64>,
    h: Array1<f64>,
    c: Array2<f64>,
    #[serde(skip_serializing)]
    blocks: Blocks,
}

/// A map as it comes from a file, before its shapes are checked.
#[derive(Deserialize)]
struct Unchecked {
    a: Array2<f64>,
    v: Array2<f64>,
    w: Array2<f64>,
    b: Array1<f64>,
    h: Array1<f64>,
    c: Array2<f64>,
}

impl TryFrom<Unchecked> for PiecewiseLinearMap {
    type Error = Error;

    fn try_from(Unchecked { a, v, w, b, h, c }: Unchecked) -> Result<Self> {
        Self::new(a, v, w, b, h, c)
    }
}

impl PiecewiseLinearMap {
    /// Builds the map from A \[M,M\], V \[M,U\], W \[U,M\], b \[U\], h \[M\], C \[M,K\] (K may be 0).
    ///
    /// # Errors
    /// [`Error::Shape`] when the shapes do not fit together.
    pub fn new(
        a: Array2<f64>,
        v: Array2<f64>,
        w: Array2<f64>,
        b: Array1<f64>,
        h: Array1<f64>,
        c: Array2<f64>,
    ) -> Result<Self> {
        let (m, units) = (h.len(), b.len());
        let shape = |what, expected: String, found: &[usize], fits: bool| {
            if fits { Ok(()) } else { Err(Error::Shape { what, expected, found: found.to_vec() }) }
        };
        shape("A", format!("[{m}, {m}]"), a.shape(), a.dim() == (m, m))?;
        shape("V", format!("[{m}, {units}]"), v.shape(), v.dim() == (m, units))?;
        shape("W", format!("[{units}, {m}]"), w.shape(), w.dim() == (units, m))?;
        shape("C", format!("[{m}, K]"), c.shape(), c.nrows() == m)?;
        let blocks = Blocks::new(&a, &v, &w, &b, &h, &c);
        Ok(Self { a, v, w, b, h, c, blocks })
    }

    /// A \[M,M\].
    pub fn a(&self) -> &Array2<f64> {
        &self.a
    }
    /// V \[M,U\], from rectified units to states.
    pub fn v(&self) -> &Array2<f64> {
        &self.v
    }
    /// W \[U,M\], from states to rectified units.
    pub fn w(&self) -> &Array2<f64> {
        &self.w
    }
    /// b \[U\], thresholds of the rectified units.
    pub fn b(&self) -> &Array1<f64> {
        &self.b
    }
    /// h \[M\].
    pub fn h(&self) -> &Array1<f64> {
        &self.h
    }
    /// C \[M,K\].
    pub fn c(&self) -> &Array2<f64> {
        &self.c
    }

    /// Which units are active (W z + b > 0) at `x` \[M\]: the linear region that `x` lies in.
    pub fn region(&self, x: &[f64]) -> Vec<bool> {
        let mut active = vec![false; self.b.len()];
        self.blocks.active(x, |unit| active[unit] = true);
        active
    }
}

impl Map for PiecewiseLinearMap {
    fn dim(&self) -> usize {
        self.h.len()
    }

    fn input_dim(&self) -> usize {
        self.c.ncols()
    }

    fn step(&self, x: &[f64], u: &[f64], next: &mut [f64]) {
        self.blocks.step(x, u, next);
    }

    fn validate(&self) -> Result<()> {
        let bad = |values: &mut dyn Iterator<Item = &f64>| values.copied().find(|value| !value.is_finite());
        let found = [
            ("A", bad(&mut self.a.iter())),
            ("V", bad(&mut self.v.iter())),
            ("W", bad(&mut self.w.iter())),
            ("b", bad(&mut self.b.iter())),
            ("h", bad(&mut self.h.iter())),
            ("C", bad(&mut self.c.iter())),
        ];
        for (parameter, value) in found {
            if let Some(value) = value {
                let system = "piecewise-linear map";
                return Err(Error::Parameter {
                    system,
                    parameter,
                    value,
                    requirement: "finite in every entry",
                });
            }
        }
        Ok(())
    }

    fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        if let Some(rows) = jacobian.as_slice_mut() {
            self.blocks.jacobian(x, rows);
        } else {
            let mut rows = Array2::zeros(jacobian.dim());
            if let Some(rows) = rows.as_slice_mut() {
                self.blocks.jacobian(x, rows);
            }
            jacobian.assign(&rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn tent() -> PiecewiseLinearMap {
        // x -> 2 min(x, 1 - x) = 2x - 4 max(0, x - 1/2)
        PiecewiseLinearMap::new(
            array![[2.0]],
            array![[-4.0]],
            array![[1.0]],
            array![-0.5],
            array![0.0],
            Array2::zeros((1, 0)),
        )
        .unwrap()
    }

    #[test]
    fn is_the_tent_map() {
        let map = tent();
        let mut next = [0.0];
        let mut jacobian = Array2::zeros((1, 1));
        for x in [0.1, 0.4, 0.6, 0.95] {
            map.step(&[x], &[], &mut next);
            assert!((next[0] - 2.0 * f64::min(x, 1.0 - x)).abs() < 1e-15);
            map.jacobian(&[x], &[], jacobian.view_mut());
            assert_eq!(jacobian[[0, 0]], if x < 0.5 { 2.0 } else { -2.0 });
        }
        assert_eq!(map.region(&[0.7]), [true]);
    }

    #[test]
    fn is_its_equation_at_any_size() {
        let filled = |rows, columns, phase: f64| {
            Array2::from_shape_fn((rows, columns), |(i, j)| {
                (phase + 1.7 * i as f64 + 0.9 * (j * (i + 1)) as f64).sin()
            })
        };
        for (m, units, k) in [(1, 0, 0), (2, 1, 0), (3, 8, 1), (5, 150, 2), (20, 300, 3)] {
            // Whatever the order of the entries in memory.
            let (a, v, w) = (filled(m, m, 0.1), filled(units, m, 0.2).reversed_axes(), filled(units, m, 0.3));
            let (b, h, c) = (
                filled(1, units, 0.4).row(0).to_owned(),
                filled(1, m, 0.5).row(0).to_owned(),
                filled(m, k, 0.6),
            );
            let (z, u) = (filled(1, m, 0.7).row(0).to_owned(), filled(1, k, 0.8).row(0).to_owned());
            let map =
                PiecewiseLinearMap::new(a.clone(), v.clone(), w.clone(), b.clone(), h.clone(), c.clone())
                    .unwrap();
            let drives = w.dot(&z) + &b;
            let expected = a.dot(&z) + v.dot(&drives.mapv(|drive| drive.max(0.0))) + h + c.dot(&u);
            let mut next = vec![0.0; m];
            map.step(z.as_slice().unwrap(), u.as_slice().unwrap(), &mut next);
            let close = |x: f64, y: f64| (x - y).abs() <= 1e-14 * (units + m + 1) as f64;
            assert!(
                next.iter().zip(&expected).all(|(x, y)| close(*x, *y)),
                "{m} {units}: {next:?} {expected}"
            );
            let active = drives.mapv(|drive| f64::from(drive > 0.0));
            assert_eq!(map.region(z.as_slice().unwrap()), active.mapv(|active| active > 0.0).to_vec());
            let expected = a + (&v * &active).dot(&w);
            let mut by_rows = Array2::from_elem((m, m), f64::NAN);
            map.jacobian(z.as_slice().unwrap(), u.as_slice().unwrap(), by_rows.view_mut());
            let mut by_columns = by_rows.clone().reversed_axes();
            map.jacobian(z.as_slice().unwrap(), u.as_slice().unwrap(), by_columns.view_mut());
            assert!(by_rows.iter().zip(&expected).all(|(x, y)| close(*x, *y)), "{m} {units}");
            assert_eq!(by_columns, by_rows);
        }
    }

    #[test]
    fn survives_serde_and_is_checked_on_the_way_in() {
        let text = serde_json::to_string(&tent()).unwrap();
        assert_eq!(serde_json::from_str::<PiecewiseLinearMap>(&text).unwrap(), tent());
        let broken = text
            .replace(r#""b":{"v":1,"dim":[1],"data":[-0.5]}"#, r#""b":{"v":1,"dim":[2],"data":[0.0,0.0]}"#);
        assert_ne!(broken, text);
        assert!(serde_json::from_str::<PiecewiseLinearMap>(&broken).is_err());
    }

    #[test]
    fn names_the_array_that_is_not_finite() {
        let mut map = tent();
        assert!(map.validate().is_ok());
        map.w[[0, 0]] = f64::NAN;
        assert!(map.validate().unwrap_err().to_string().contains("parameter W is NaN"));
    }

    #[test]
    fn refuses_shapes_that_do_not_fit() {
        let error = PiecewiseLinearMap::new(
            Array2::zeros((2, 2)),
            Array2::zeros((2, 4)),
            Array2::zeros((3, 2)),
            Array1::zeros(3),
            Array1::zeros(2),
            Array2::zeros((2, 0)),
        )
        .unwrap_err();
        assert!(error.to_string().contains("V: expected shape [2, 3], found [2, 4]"), "{error}");
    }
}
