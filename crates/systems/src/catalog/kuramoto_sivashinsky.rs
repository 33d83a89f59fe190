//! The Kuramoto-Sivashinsky equation on a ring, by its Fourier coefficients.

use std::f64::consts::TAU;

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

use crate::{Error, Flow, Property, Result, System};

/// The Kuramoto-Sivashinsky equation with period L in space,
///
/// $$ u_t = -u u_x - u_{xx} - u_{xxxx}, \quad u(x, t) = \sum_{k=-M}^{M} a_k(t) e^{i q_k x}, \quad
/// q_k = \frac{2 \pi k}{L}, \quad a_{-k} = a_k^*, \quad a_0 = 0, $$
///
/// $$ \dot a_k = (q_k^2 - q_k^4)\, a_k - \frac{i q_k}{2} \sum_{m} a_m a_{k-m}, $$
///
/// the Galerkin projection on M modes: the sum is exact, without aliasing. The mean of u is conserved, and 0 here. The state is
/// Re a_1, Im a_1, Re a_2, ... \[2M\]; [`wave`](Self::wave) gives u(x, t).
///
/// Kuramoto, Y. & Tsuzuki, T. (1976). Persistent propagation of concentration waves in dissipative media far from thermal
/// equilibrium. *Progress of Theoretical Physics* 55, 356-369; Sivashinsky, G. I. (1977). Nonlinear analysis of hydrodynamic
/// instability in laminar flames. I. *Acta Astronautica* 4, 1177-1206. L and M as in Cvitanović, P., Davidchack, R. L. &
/// Siminos, E. (2010). On the state space geometry of the Kuramoto-Sivashinsky flow in a periodic domain. *SIAM Journal on
/// Applied Dynamical Systems* 9, 1-33. Time, space and u have no unit. Chaotic at the defaults. Its fastest rate is about q_M⁴,
/// 336 at the defaults, and an explicit method takes some q_M⁴/6 steps per time unit: keep no more modes than needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KuramotoSivashinsky {
    /// M, the number of modes, above L/2π so that the shortest are damped; 15 by default.
    pub modes: usize,
    /// L, the length of the ring; 22 by default.
    pub length: f64,
}

impl Default for KuramotoSivashinsky {
    fn default() -> Self {
        Self { modes: 15, length: 22.0 }
    }
}

impl KuramotoSivashinsky {
    /// u(x, t) \[T, `points`\] at x = 0, L/`points`, 2L/`points`, ... of coefficients \[T, 2M\], which are the states.
    ///
    /// # Errors
    /// [`Error::Shape`] when the coefficients are not those of M modes, [`Error::OutOfRange`] for no points.
    pub fn wave(&self, coefficients: ArrayView2<'_, f64>, points: usize) -> Result<Array2<f64>> {
        if coefficients.ncols() != self.dim() {
            return Err(Error::Shape {
                what: "coefficients",
                expected: format!("[T, {}]", self.dim()),
                found: coefficients.shape().to_vec(),
            });
        }
        if points == 0 {
            return Err(Error::OutOfRange {
                what: "number of points",
                value: 0.0,
                requirement: "at least 1",
            });
        }
        let basis = Array2::from_shape_fn((self.dim(), points), |(i, point)| {
            let angle = TAU * ((i / 2 + 1) * point % points) as f64 / points as f64;
            if i % 2 == 0 { 2.0 * angle.cos() } else { -2.0 * angle.sin() }
        });
        Ok(coefficients.dot(&basis))
    }

    /// q_k, the wave number of mode k.
    fn wave_number(&self, k: usize) -> f64 {
        TAU * k as f64 / self.length
    }

    /// Real and imaginary part of `a_k` for any k; 0 for modes that are left out.
    fn coefficient(&self, x: &[f64], k: isize) -> (f64, f64) {
        match k.unsigned_abs() {
            0 => (0.0, 0.0),
            size if size > self.modes => (0.0, 0.0),
            size => (x[2 * size - 2], if k > 0 { x[2 * size - 1] } else { -x[2 * size - 1] }),
        }
    }
}

impl Flow for KuramotoSivashinsky {
    fn dim(&self) -> usize {
        2 * self.modes
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        for k in 1..=self.modes {
            let q = self.wave_number(k);
            let growth = q * q - q.powi(4);
            // Σ a_m a_{k-m}: first m = 1 to k - 1, then twice m = k + 1 to M, whose partner is the conjugate of a_{m-k}.
            let (mut re, mut im) = (0.0, 0.0);
            for m in 1..k {
                let (a, b) = (&x[2 * m - 2..2 * m], &x[2 * (k - m) - 2..2 * (k - m)]);
                re += a[0] * b[0] - a[1] * b[1];
                im += a[0] * b[1] + a[1] * b[0];
            }
            for m in k + 1..=self.modes {
                let (a, b) = (&x[2 * m - 2..2 * m], &x[2 * (m - k) - 2..2 * (m - k)]);
                re += 2.0 * (a[0] * b[0] + a[1] * b[1]);
                im += 2.0 * (a[1] * b[0] - a[0] * b[1]);
            }
            dx[2 * k - 2] = growth * x[2 * k - 2] + 0.5 * q * im;
            dx[2 * k - 1] = growth * x[2 * k - 1] - 0.5 * q * re;
        }
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        for k in 1..=self.modes {
            let q = self.wave_number(k);
            for m in 1..=self.modes {
                // δȧ_k = −i q (a_{k-m} δa_m + a_{k+m} δa_m*)
                let (by, by_conjugate) = (k.cast_signed() - m.cast_signed(), (k + m).cast_signed());
                let ((re, im), (re_plus, im_plus)) =
                    (self.coefficient(x, by), self.coefficient(x, by_conjugate));
                let (row, column) = (2 * k - 2, 2 * m - 2);
                jacobian[[row, column]] = q * (im + im_plus);
                jacobian[[row + 1, column]] = -q * (re + re_plus);
                jacobian[[row, column + 1]] = q * (re - re_plus);
                jacobian[[row + 1, column + 1]] = q * (im - im_plus);
            }
            let growth = q * q - q.powi(4);
            jacobian[[2 * k - 2, 2 * k - 2]] += growth;
            jacobian[[2 * k - 1, 2 * k - 1]] += growth;
        }
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()?;
        if self.wave_number(self.modes) > 1.0 {
            return Ok(());
        }
        Err(Error::Parameter {
            system: self.name(),
            parameter: "modes",
            value: self.modes as f64,
            requirement: "above length / 2π, since longer waves are not damped",
        })
    }
}

impl System for KuramotoSivashinsky {
    fn name(&self) -> &'static str {
        "Kuramoto-Sivashinsky"
    }
    fn variables(&self) -> Vec<String> {
        (1..=self.modes).flat_map(|k| [format!("re{k}"), format!("im{k}")]).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("modes", self.modes as f64), ("length", self.length)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "length" => Some(&mut self.length),
            _ => None,
        }
    }
    fn positive_parameters(&self) -> &'static [&'static str] {
        &["length"]
    }
    /// A smooth wave without symmetry. It takes some 100 time units to reach the attractor: give the simulation a transient.
    fn default_state(&self) -> Vec<f64> {
        (1..=self.modes)
            .flat_map(|k| [0.3, if k % 2 == 0 { 0.2 } else { -0.1 }].map(|a| a * (-(k as f64)).exp2()))
            .collect()
    }
    fn default_dt(&self) -> f64 {
        0.25
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::Stiff]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};
    use ndarray::Array1;

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&KuramotoSivashinsky { modes: 2, length: 10.0 });
        check::flow(&KuramotoSivashinsky { modes: 9, length: 36.0 });
    }

    #[test]
    fn small_waves_grow_at_the_linear_rates() {
        let system = KuramotoSivashinsky::default();
        let start = vec![1e-9; 30];
        let run = Simulation::of(&system, 2)
            .dt(2.0)
            .initial_state(start.clone())
            .tolerances(1e-10, 1e-20)
            .run(&system)
            .unwrap();
        for k in 1..=5 {
            let q = TAU * k as f64 / 22.0;
            let factor = (2.0 * (q * q - q.powi(4))).exp();
            assert!((run.last_row()[2 * k - 1] / (1e-9 * factor) - 1.0).abs() < 1e-6, "mode {k}");
        }
    }

    #[test]
    fn is_the_equation_in_space() {
        // A wave of modes 1 to 4, so that all its products are kept, against the derivatives of its sum at points in space.
        let system = KuramotoSivashinsky::default();
        let mut x = vec![0.0; 30];
        for (i, x) in x.iter_mut().take(8).enumerate() {
            *x = (1.3 * i as f64 + 0.4).sin();
        }
        let mut dx = vec![0.0; 30];
        system.rhs(0.0, &x, &mut dx);
        let row = |values: &[f64]| Array1::from(values.to_vec()).insert_axis(ndarray::Axis(0));
        let change = system.wave(row(&dx).view(), 11).unwrap();
        for point in 0..11 {
            let mut u = [0.0; 5];
            for k in 1..=4 {
                let q = TAU * k as f64 / 22.0;
                let angle = q * 2.0 * point as f64;
                // The n-th derivative turns the wave by n quarters.
                for (n, u) in (0..).zip(&mut u) {
                    let turned = angle + TAU / 4.0 * f64::from(n);
                    *u += 2.0 * q.powi(n) * (x[2 * k - 2] * turned.cos() - x[2 * k - 1] * turned.sin());
                }
            }
            let expected = -u[0] * u[1] - u[2] - u[4];
            assert!(
                (change[[0, point]] - expected).abs() < 1e-12,
                "{} against {expected}",
                change[[0, point]]
            );
        }
    }

    #[test]
    fn the_nonlinearity_conserves_energy() {
        let system = KuramotoSivashinsky { modes: 7, length: 22.0 };
        let x: Vec<f64> = (0..14).map(|i| (f64::from(i) * 0.7).cos()).collect();
        let mut dx = vec![0.0; 14];
        system.rhs(0.0, &x, &mut dx);
        let flux: f64 = (0..14)
            .map(|i| {
                let q = TAU * (i / 2 + 1) as f64 / 22.0;
                x[i] * (dx[i] - (q * q - q.powi(4)) * x[i])
            })
            .sum();
        assert!(flux.abs() < 1e-12, "{flux}");
    }

    #[test]
    fn its_solution_is_that_of_another_program() {
        // SciPy 1.17.1: DOP853 at rtol 1e-12 and Radau at rtol 1e-11 of a pseudospectral right-hand side on 64 points.
        let expected = [
            0.227_262_50,
            -0.225_759_08,
            -0.148_022_34,
            -0.237_452_35,
            -0.030_387_53,
            -0.155_063_81,
            -0.083_787_59,
            0.108_643_95,
        ];
        let system = KuramotoSivashinsky::default();
        let run = Simulation::of(&system, 2).dt(10.0).tolerances(1e-11, 1e-13).run(&system).unwrap();
        for (found, expected) in run.last_row().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-8, "{found} against {expected}");
        }
    }

    #[test]
    fn refuses_sizes_that_do_not_fit() {
        for (modes, length) in [(0, 22.0), (3, 22.0)] {
            let error = KuramotoSivashinsky { modes, length }.validate().unwrap_err();
            assert!(matches!(error, Error::Parameter { parameter: "modes", .. }), "{error}");
        }
        assert!(KuramotoSivashinsky { modes: 4, length: 22.0 }.validate().is_ok());
        assert!(KuramotoSivashinsky { modes: 4, length: -1.0 }.validate().is_err());
        let system = KuramotoSivashinsky::default();
        assert!(matches!(system.wave(Array2::zeros((2, 29)).view(), 8), Err(Error::Shape { .. })));
        assert!(matches!(system.wave(Array2::zeros((2, 30)).view(), 0), Err(Error::OutOfRange { .. })));
    }
}
