//! The balloon model: from neuronal activity through blood flow and blood volume to the BOLD signal.

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::trajectory::check_dt;
use crate::vector_field::{differentiate, state};
use crate::{Error, Flow, Result, Scalar, Simulation, Trajectory};

/// Relative and absolute error of the integration, per step of the solver.
const TOLERANCE: f64 = 1e-9;
/// Steps of the solver between two samples; where the blood flow goes to zero they become ever shorter.
const MAX_STEPS: usize = 10_000;

/// The balloon-Windkessel model \[BWF98, F03\]: activity z of a region induces the vasodilatory signal s, which raises the
/// blood flow f into the venous balloon of volume v with the content q of deoxyhaemoglobin, all but s relative to rest,
///
/// $$ \dot s = z - \kappa s - \gamma (f - 1), \quad \dot f = s, \quad \tau \dot v = f - v^{1 / \alpha}, \quad
///    \tau \dot q = f \\, \frac{1 - (1 - \rho)^{1 / f}}{\rho} - v^{1 / \alpha - 1} q, $$
///
/// and the BOLD signal, its change relative to rest, is
///
/// $$ y = V_0 \\, \big( k_1 (1 - q) + k_2 (1 - q / v) + k_3 (1 - v) \big). $$
///
/// As in SPM, s, ln f, ln v and ln q are integrated. Time is in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Balloon {
    /// Decay rate κ of the vasodilatory signal, per second.
    pub signal_decay: f64,
    /// Rate γ of its feedback from the blood flow, per second squared.
    pub autoregulation: f64,
    /// Mean transit time τ of the blood, in seconds.
    pub transit_time: f64,
    /// Grubb's exponent α, the stiffness of the vessels.
    pub stiffness: f64,
    /// Share ρ of the oxygen that is extracted at rest, between 0 and 1.
    pub oxygen_extraction: f64,
    /// Blood volume V_0 at rest, as a share of the tissue's (y is then a share) or in percent (y in percent).
    pub resting_volume: f64,
    /// Weight k_1 of the signal from within the vessels.
    pub k1: f64,
    /// Weight k_2 of the ratio of the signals from within and without.
    pub k2: f64,
    /// Weight k_3 of the blood volume.
    pub k3: f64,
}

impl Default for Balloon {
    /// [`Balloon::friston2003`].
    fn default() -> Self {
        Self::friston2003()
    }
}

impl Balloon {
    /// The parameters of Friston et al. (2003) \[F03\]; y is a share, about 0.04 at most after two seconds of z = 1.
    pub fn friston2003() -> Self {
        let rho = 0.34;
        Self {
            signal_decay: 0.65,
            autoregulation: 0.41,
            transit_time: 0.98,
            stiffness: 0.32,
            oxygen_extraction: rho,
            resting_volume: 0.02,
            k1: 7.0 * rho,
            k2: 2.0,
            k3: 2.0 * rho - 0.2,
        }
    }

    /// The prior means of SPM12's dynamic causal models, with the signal equation of Stephan et al. (2007) \[S07\] at 1.5 T
    /// and an echo time TE of 0.04 s; y is in percent.
    ///
    /// k_1 = 4.3 ν_0 ρ TE with ν_0 = 40.3 / s, k_2 = ε r_0 ρ TE with r_0 = 25 / s, k_3 = 1 − ε, and ε = 1.
    pub fn spm12() -> Self {
        let (rho, echo_time, epsilon) = (0.4, 0.04, 1.0);
        Self {
            signal_decay: 0.64,
            autoregulation: 0.32,
            transit_time: 2.0,
            stiffness: 0.32,
            oxygen_extraction: rho,
            resting_volume: 4.0,
            k1: 4.3 * 40.3 * rho * echo_time,
            k2: epsilon * 25.0 * rho * echo_time,
            k3: 1.0 - epsilon,
        }
    }

    /// The BOLD signal y of a blood volume v and a deoxyhaemoglobin content q, both relative to rest.
    pub fn signal(&self, volume: f64, deoxyhaemoglobin: f64) -> f64 {
        let (v, q) = (volume, deoxyhaemoglobin);
        self.resting_volume * (self.k1 * (1.0 - q) + self.k2 * (1.0 - q / v) + self.k3 * (1.0 - v))
    }

    /// The states s, f, v, q \[T, 4\] of one region under `activity` z \[T\], sampled every `dt` seconds.
    ///
    /// The region is at rest at the first sample; each value z_t acts, unchanged, until the next sample. The states are
    /// integrated adaptively (DOP853, tolerance 1e-9), anew from each sample.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a parameter or a `dt` that makes no sense, [`Error::Shape`] when there is no activity,
    /// [`Error::NonFiniteState`] when a value of it is NaN or infinite, [`Error::BloodFlow`] when it drives the blood flow
    /// to zero or too far to go on; `column` is 0 there.
    pub fn states<'a>(&self, activity: impl Into<ArrayView1<'a, f64>>, dt: f64) -> Result<Array2<f64>> {
        let activity: ArrayView1<'_, f64> = activity.into();
        self.validate()?;
        check_dt(dt)?;
        let what = "activity of a region";
        if activity.is_empty() {
            return Err(Error::Shape { what, expected: "[T] with T at least 1".into(), found: vec![0] });
        }
        if let Some((index, &value)) = activity.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFiniteState { what, index, value });
        }
        self.integrate(activity, dt, 0)
    }

    /// The states under activity that has been checked.
    fn integrate(&self, activity: ArrayView1<'_, f64>, dt: f64, column: usize) -> Result<Array2<f64>> {
        let mut states = Array2::ones((activity.len(), 4));
        let mut x = vec![0.0; 4];
        states[[0, 0]] = 0.0;
        for (row, &input) in activity.iter().enumerate().take(activity.len() - 1) {
            let time = row as f64 * dt;
            let run = Simulation::new(dt, 2)
                .start_time(time)
                .initial_state(x)
                .tolerances(TOLERANCE, TOLERANCE)
                .max_steps(MAX_STEPS)
                .run(&Region { balloon: self, input })
                .map_err(|error| blood_flow(error, column, input))?;
            x = run.last_row().to_vec();
            let natural = x.iter().enumerate().map(|(i, x)| if i == 0 { *x } else { x.exp() });
            states.row_mut(row + 1).assign(&natural.collect::<Array1<f64>>());
        }
        Ok(states)
    }

    fn validate(&self) -> Result<()> {
        let fail = |what, value, requirement| Err(Error::OutOfRange { what, value, requirement });
        for (what, value) in [
            ("signal_decay of a balloon model", self.signal_decay),
            ("autoregulation of a balloon model", self.autoregulation),
            ("transit_time of a balloon model", self.transit_time),
            ("stiffness of a balloon model", self.stiffness),
            ("resting_volume of a balloon model", self.resting_volume),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return fail(what, value, "finite and above 0");
            }
        }
        if !(self.oxygen_extraction > 0.0 && self.oxygen_extraction < 1.0) {
            let what = "oxygen_extraction of a balloon model";
            return fail(what, self.oxygen_extraction, "above 0 and below 1");
        }
        for (what, value) in [
            ("k1 of a balloon model", self.k1),
            ("k2 of a balloon model", self.k2),
            ("k3 of a balloon model", self.k3),
        ] {
            if !value.is_finite() {
                return fail(what, value, "finite");
            }
        }
        Ok(())
    }

    /// The time derivatives of s, ln f, ln v and ln q.
    fn field<S: Scalar>(&self, input: f64, [s, ln_f, ln_v, ln_q]: [S; 4]) -> [S; 4] {
        let f = ln_f.exp();
        let outflow = (ln_v * self.stiffness.recip()).exp();
        let extracted = -((-ln_f).exp() * (-self.oxygen_extraction).ln_1p()).exp() + 1.0;
        [
            -(s * self.signal_decay) - (f - 1.0) * self.autoregulation + input,
            s / f,
            (f - outflow) / (ln_v.exp() * self.transit_time),
            (f * extracted / (ln_q.exp() * self.oxygen_extraction) - outflow / ln_v.exp())
                * self.transit_time.recip(),
        ]
    }
}

/// What stops the integration is the singularity at zero blood flow, or activity out of all proportion.
fn blood_flow(error: Error, column: usize, input: f64) -> Error {
    match error {
        Error::Diverged { time, state, .. }
        | Error::TooManySteps { time, state, .. }
        | Error::StepTooSmall { time, state, .. } => {
            Error::BloodFlow { column, time, flow: state[1].exp(), input }
        }
        other => other,
    }
}

/// A region between two samples.
struct Region<'a> {
    balloon: &'a Balloon,
    input: f64,
}

impl Flow for Region<'_> {
    fn dim(&self) -> usize {
        4
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx.copy_from_slice(&self.balloon.field(self.input, state::<f64, 4>(x)));
    }

    fn jacobian(&self, _t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        differentiate(x, jacobian, |x: [_; 4]| self.balloon.field(self.input, x));
    }
}

impl Trajectory {
    /// The BOLD signal of one region per variable, by a balloon model that the variable drives: see [`Balloon::states`].
    /// Row t is the signal at the time of row t, row 0 that at rest (0).
    ///
    /// The trajectory is the activity around rest, of the order of 1, at a `dt` (s) that follows its changes;
    /// [`Trajectory::subsample`] then takes the scans.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a parameter that makes no sense, [`Error::Missing`] for missing values, and
    /// [`Error::BloodFlow`] when a variable drives the blood flow to zero or too far to go on.
    pub fn balloon(&self, balloon: &Balloon) -> Result<Self> {
        balloon.validate()?;
        if let Some(missing) = self.missing()
            && let Some(((row, column), _)) = missing.indexed_iter().find(|(_, missing)| **missing)
        {
            return Err(Error::Missing { what: "the balloon model", row, column });
        }
        let columns: Vec<Array1<f64>> = (0..self.dim())
            .into_par_iter()
            .map(|column| {
                let states = balloon.integrate(self.data().column(column), self.dt(), column)?;
                Ok(states.rows().into_iter().map(|x| balloon.signal(x[2], x[3])).collect())
            })
            .collect::<Result<_>>()?;
        let mut data = Array2::zeros((self.len(), self.dim()));
        for (mut column, signal) in data.axis_iter_mut(Axis(1)).zip(&columns) {
            column.assign(signal);
        }
        Self::new(data, self.dt())?.with_names(self.names().iter().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rest_stays_at_rest() {
        let rest = Trajectory::new(Array2::zeros((50, 2)), 0.5).unwrap().with_names(["V1", "M1"]).unwrap();
        let bold = rest.balloon(&Balloon::spm12()).unwrap();
        assert!(bold.data().iter().all(|y| y.abs() < 1e-12));
        assert_eq!((bold.names(), bold.dt()), (rest.names(), 0.5));
    }

    #[test]
    fn settles_where_all_derivatives_vanish() {
        for (balloon, z) in [(Balloon::friston2003(), 0.7), (Balloon::spm12(), -0.2)] {
            let states = balloon.states(&Array1::from_elem(200, z), 1.0).unwrap();
            // f = 1 + z / γ, v = f^α, q = v (1 − (1 − ρ)^{1/f}) / ρ.
            let (rho, f) = (balloon.oxygen_extraction, 1.0 + z / balloon.autoregulation);
            let v = f.powf(balloon.stiffness);
            let q = v * (1.0 - (1.0 - rho).powf(1.0 / f)) / rho;
            for (found, expected) in states.row(199).iter().zip([0.0, f, v, q]) {
                assert!((found - expected).abs() < 1e-8, "{states}");
            }
        }
    }

    #[test]
    fn the_jacobian_is_that_of_the_field() {
        let balloon = Balloon::spm12();
        let region = Region { balloon: &balloon, input: 0.3 };
        let x = [0.2, 0.4, -0.1, 0.15];
        let mut jacobian = Array2::zeros((4, 4));
        region.jacobian(0.0, &x, jacobian.view_mut());
        for j in 0..4 {
            let slope = |h: f64| {
                let mut moved = x;
                moved[j] += h;
                balloon.field(0.3, moved)
            };
            let (above, below) = (slope(1e-5), slope(-1e-5));
            for i in 0..4 {
                assert!((jacobian[[i, j]] - (above[i] - below[i]) / 2e-5).abs() < 1e-8, "{i} {j}");
            }
        }
    }

    #[test]
    fn blood_flow_does_not_fall_to_zero() {
        let z = Trajectory::new(array![[0.0, 0.0], [0.2, -2.0], [0.0, -2.0], [0.0, 0.0], [0.0, 0.0]], 1.0)
            .unwrap();
        let error = z.balloon(&Balloon::friston2003()).unwrap_err();
        // s falls by about 2 in each second, so that f does by 1 within one to two seconds of t = 1 s.
        assert!(
            matches!(error, Error::BloodFlow { column: 1, time, flow, .. } if time > 1.9 && time < 3.0 && flow < 1e-6),
            "{error}"
        );
        assert!(z.select(&[0]).unwrap().balloon(&Balloon::friston2003()).is_ok());
    }

    #[test]
    fn nonsense_is_refused() {
        let good = Balloon::friston2003();
        let z = Trajectory::new(array![[0.0], [1.0]], 1.0).unwrap();
        for bad in [
            Balloon { signal_decay: 0.0, ..good },
            Balloon { transit_time: f64::NAN, ..good },
            Balloon { oxygen_extraction: 1.0, ..good },
            Balloon { k3: f64::INFINITY, ..good },
        ] {
            assert!(matches!(z.balloon(&bad), Err(Error::OutOfRange { .. })), "{bad:?}");
        }
        let gap = Trajectory::from_array_with_missing(array![[0.0], [f64::NAN]], 1.0).unwrap();
        assert!(matches!(gap.balloon(&good), Err(Error::Missing { row: 1, column: 0, .. })));
        assert!(matches!(good.states(&array![], 1.0), Err(Error::Shape { .. })));
        assert!(matches!(good.states(&array![0.0, f64::NAN], 1.0), Err(Error::NonFiniteState { .. })));
        assert!(matches!(good.states(&array![0.0], 0.0), Err(Error::OutOfRange { .. })));
        let text = serde_json::to_string(&Balloon::spm12()).unwrap();
        assert_eq!(serde_json::from_str::<Balloon>(&text).unwrap(), Balloon::spm12());
    }
}
