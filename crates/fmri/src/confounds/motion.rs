//! Head motion: the 24-parameter expansion and framewise displacement.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis, s};

use crate::{Error, Result};

/// fMRIPrep's names of the six realignment parameters: translations in mm, rotations in radians.
pub(super) const PARAMETERS: [&str; 6] = ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"];

/// Radius in mm of the sphere on whose surface rotations are measured \[P12\].
pub const HEAD_RADIUS: f64 = 50.0;

/// The change from the scan before, 0 at the first.
pub(super) fn backward_difference(values: ArrayView1<'_, f64>) -> Array1<f64> {
    let mut difference = Array1::zeros(values.len());
    difference.slice_mut(s![1..]).assign(&(&values.slice(s![1..]) - &values.slice(s![..-1])));
    difference
}

/// The framewise displacement of each scan in mm \[T\] \[P12\],
///
/// $$ \mathrm{FD}_t = \sum_{i \in x, y, z} |\Delta d_{i, t}| + r \sum_{i \in x, y, z} |\Delta \theta_{i, t}| $$
///
/// with Δ the change from the scan before, and 0 at the first scan. `parameters` \[T, 6\] are three translations in mm, then
/// three rotations in radians; `radius` r is in mm, usually [`HEAD_RADIUS`].
///
/// # Errors
/// [`attractor_systems::Error::Shape`] when there are not six columns or no row, [`Error::OutOfRange`] when a value is not
/// finite or a rotation is beyond 2π, which degrees would be, or when the radius is not positive.
pub fn framewise_displacement(parameters: ArrayView2<'_, f64>, radius: f64) -> Result<Array1<f64>> {
    let (rows, columns) = parameters.dim();
    if rows == 0 || columns != 6 {
        let found = vec![rows, columns];
        return Err(attractor_systems::Error::Shape {
            what: "motion parameters",
            expected: "[T, 6]".into(),
            found,
        }
        .into());
    }
    let fail = |what, value, requirement| Err(Error::OutOfRange { what, value, requirement });
    if !(radius.is_finite() && radius > 0.0) {
        return fail("radius of the head", radius, "finite and above 0, in mm");
    }
    for ((_, column), &value) in parameters.indexed_iter() {
        if !value.is_finite() {
            return fail("motion parameter", value, "finite");
        }
        if column >= 3 && value.abs() > std::f64::consts::TAU {
            let requirement = "between -2π and 2π: rotations are in radians, in the last three columns";
            return fail("rotation of the head", value, requirement);
        }
    }
    let mut displacement = Array1::zeros(rows);
    for (column, values) in parameters.axis_iter(Axis(1)).enumerate() {
        let weight = if column < 3 { 1.0 } else { radius };
        displacement.scaled_add(weight, &backward_difference(values).mapv(f64::abs));
    }
    Ok(displacement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn displacement_is_that_of_the_formula() {
        let parameters = array![
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.1, -0.2, 0.0, 0.002, 0.0, -0.004],
            [0.1, 0.3, 0.0, 0.0, 0.0, 0.0]
        ];
        let fd = framewise_displacement(parameters.view(), HEAD_RADIUS).unwrap();
        // By hand: 0.1 + 0.2 + 50 · 0.006, then 0.5 + 50 · 0.006.
        for (found, expected) in fd.iter().zip([0.0, 0.6, 0.8]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn degrees_and_nonsense_are_refused() {
        let mut parameters = ndarray::Array2::zeros((3, 6));
        parameters[[1, 4]] = 12.0;
        let error = framewise_displacement(parameters.view(), 50.0).unwrap_err();
        assert!(error.to_string().contains("radians"), "{error}");
        assert!(framewise_displacement(parameters.slice(s![.., ..5]), 50.0).is_err());
        parameters[[1, 4]] = f64::NAN;
        assert!(framewise_displacement(parameters.view(), 50.0).is_err());
        assert!(framewise_displacement(ndarray::Array2::zeros((3, 6)).view(), 0.0).is_err());
    }
}
