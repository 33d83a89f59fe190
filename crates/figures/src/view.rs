//! The direction that a three-dimensional picture is seen from.

/// A parallel projection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    right: [f64; 3],
    up: [f64; 3],
    toward: [f64; 3],
}

/// Azimuth of the view of all static pictures, in degrees; both wings of Lorenz-63 are seen.
pub(crate) const AZIMUTH: f64 = -60.0;
/// Elevation of the view of all static pictures, in degrees.
pub(crate) const ELEVATION: f64 = 15.0;

impl View {
    /// The view from `azimuth` (about the third axis, from the first) and `elevation`, both in degrees.
    pub(crate) fn new(azimuth: f64, elevation: f64) -> Self {
        let (sa, ca) = azimuth.to_radians().sin_cos();
        let (se, ce) = elevation.to_radians().sin_cos();
        Self { right: [-sa, ca, 0.0], up: [-se * ca, -se * sa, ce], toward: [ce * ca, ce * sa, se] }
    }

    /// A point as (to the right, upwards, towards the viewer).
    pub(crate) fn project(&self, point: [f64; 3]) -> [f64; 3] {
        let dot = |a: [f64; 3]| a[0] * point[0] + a[1] * point[1] + a[2] * point[2];
        [dot(self.right), dot(self.up), dot(self.toward)]
    }

    /// For each axis, -1 or 1: the end that faces the viewer.
    pub(crate) fn near(&self) -> [f64; 3] {
        self.toward.map(f64::signum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_rotation() {
        let view = View::new(AZIMUTH, ELEVATION);
        let columns = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|e| view.project(e));
        for (i, a) in columns.iter().enumerate() {
            for (j, b) in columns.iter().enumerate() {
                let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        // From the front, the second axis points right and the third up.
        assert_eq!(View::new(0.0, 0.0).project([0.0, 1.0, 2.0]), [1.0, 2.0, 0.0]);
    }
}
