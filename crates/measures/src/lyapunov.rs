//! Lyapunov exponents of maps, and the dimension that follows from them.

use attractor_systems::Map;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::tangent::{Growth, TangentFrame};
use crate::{Error, Result, input};

/// Settings of [`lyapunov_spectrum`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LyapunovConfig {
    /// Steps that bring the orbit to its attractor and are not measured. Default 1000.
    pub transient: usize,
    /// Steps that are measured, at least 2. Default 10,000.
    pub steps: usize,
    /// How many exponents, from the largest; all M by default. One alone is cheaper by a factor M.
    pub exponents: Option<usize>,
    /// Steps between orthonormalisations. Default 1; more are faster and lose strongly contracting directions.
    pub interval: usize,
    /// Batches of the standard error. Default 20.
    pub batches: usize,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for LyapunovConfig {
    fn default() -> Self {
        Self { transient: 1000, steps: 10_000, exponents: None, interval: 1, batches: 20, input: Vec::new() }
    }
}

impl LyapunovConfig {
    /// `steps` measured steps after `transient` others; all exponents.
    #[must_use]
    pub fn new(transient: usize, steps: usize) -> Self {
        Self { transient, steps, ..Self::default() }
    }
    /// The largest `count` exponents alone.
    #[must_use]
    pub fn with_exponents(mut self, count: usize) -> Self {
        self.exponents = Some(count);
        self
    }
    /// With `interval` steps between orthonormalisations.
    #[must_use]
    pub fn with_interval(mut self, interval: usize) -> Self {
        self.interval = interval;
        self
    }
    /// With `batches` batches for the standard error.
    #[must_use]
    pub fn with_batches(mut self, batches: usize) -> Self {
        self.batches = batches;
        self
    }
    /// Under the constant input `input` \[K\].
    #[must_use]
    pub fn with_input(mut self, input: Vec<f64>) -> Self {
        self.input = input;
        self
    }
}

/// A number and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    /// The mean of independent values, at least 2.
    pub(crate) fn of_mean(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let value = values.iter().map(|x| x / count).sum();
        let squares: f64 = values.iter().map(|x| (x - value) * (x - value)).sum();
        Self { value, standard_error: (squares / (count * (count - 1.0))).sqrt() }
    }
}

/// Lyapunov exponents, in nats per unit of time: per step for a map, per time unit for a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LyapunovSpectrum {
    /// The finite exponents, largest first.
    pub exponents: Vec<Estimate>,
    /// Exponents of −∞ that come after them: directions that a singular Jacobian collapsed to nothing.
    pub collapsed: usize,
    /// Dimension M of the state space, at least the number of exponents.
    pub dim: usize,
    /// Measured time: steps of a map, time of a flow.
    pub duration: f64,
    /// The state \[M\] at the end of the orbit, to go on from.
    pub final_state: Vec<f64>,
}

impl LyapunovSpectrum {
    /// The largest exponent; nothing where it is −∞, that is where every direction collapsed.
    pub fn largest(&self) -> Option<Estimate> {
        self.exponents.first().copied()
    }

    /// The values of the finite exponents, largest first.
    pub fn values(&self) -> Vec<f64> {
        self.exponents.iter().map(|exponent| exponent.value).collect()
    }

    /// The exponents of a map, per unit of time instead of per step of length `dt`.
    ///
    /// # Errors
    /// [`Error::Setting`] when `dt` is not finite and positive.
    pub fn per_time(mut self, dt: f64) -> Result<Self> {
        input::positive("dt", dt)?;
        for exponent in &mut self.exponents {
            exponent.value /= dt;
            exponent.standard_error /= dt;
        }
        self.duration *= dt;
        Ok(self)
    }

    /// The Kaplan-Yorke dimension; see [`kaplan_yorke_dimension`]. Nothing where the computed exponents do not
    /// settle it: their sum is not negative and further ones were not computed.
    pub fn kaplan_yorke_dimension(&self) -> Option<f64> {
        let values = self.values();
        let complete = values.len() + self.collapsed == self.dim;
        match values.iter().sum::<f64>() {
            sum if sum >= 0.0 && complete => Some(values.len() as f64),
            sum if sum >= 0.0 => None,
            _ => kaplan_yorke_dimension(&values).ok(),
        }
    }
}

/// The Lyapunov spectrum of a map along the orbit of `x0` \[M\], by the QR method \[B80\]: tangent vectors are
/// carried along by the Jacobians, J(x_t) before the step from x_t, and orthonormalised by Gram-Schmidt every few
/// steps; the exponents are the mean logarithms of what that scales by. The standard error is that of means over
/// batches in time.
///
/// Where a Jacobian is singular, so that a tangent vector lies in the span of those before it to rounding, its
/// exponent is −∞ and it is counted in [`LyapunovSpectrum::collapsed`] instead of listed.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0` and the input, [`Error::Setting`], [`Error::System`] for
/// senseless parameters of the map, [`Error::TooShort`] for less than 2 steps or orthonormalisations,
/// [`Error::Diverged`] when the orbit or its tangent vectors overflow.
pub fn lyapunov_spectrum(
    map: &(impl Map + ?Sized),
    x0: &[f64],
    config: &LyapunovConfig,
) -> Result<LyapunovSpectrum> {
    map.validate()?;
    let dim = map.dim();
    input::state(x0, dim, "initial state")?;
    let input = constant_input(map, &config.input)?;
    if config.interval == 0 {
        return Err(Error::Setting { setting: "interval", value: 0.0, requirement: "at least 1" });
    }
    if config.steps < 2 {
        return Err(Error::TooShort { what: "steps", needed: 2, found: config.steps });
    }
    let mut frame = TangentFrame::new(dim, config.exponents)?;
    let mut growth = Growth::new(frame.len(), config.steps.div_ceil(config.interval), config.batches)?;
    let mut x = x0.to_vec();
    let mut next = vec![0.0; dim];
    let mut advance = |x: &mut Vec<f64>, step: usize| {
        map.step(x, &input, &mut next);
        x.copy_from_slice(&next);
        if x.iter().all(|v| v.is_finite()) { Ok(()) } else { Err(Error::Diverged { step }) }
    };
    for step in 1..=config.transient {
        advance(&mut x, step)?;
    }
    let mut jacobian = Array2::zeros((dim, dim));
    let mut done = 0;
    while done < config.steps {
        let stop = config.steps.min(done + config.interval);
        let elapsed = (stop - done) as f64;
        while done < stop {
            map.jacobian(&x, &input, jacobian.view_mut());
            frame.carry(jacobian.view());
            done += 1;
            advance(&mut x, config.transient + done)?;
        }
        let diverged = || Error::Diverged { step: config.transient + done };
        frame.orthonormalise(|slot, log| growth.add(slot, log)).ok_or_else(diverged)?;
        growth.end_event(elapsed);
    }
    Ok(growth.spectrum(&frame, x))
}

/// The Kaplan-Yorke dimension of Lyapunov exponents in any order
///
/// $$ D_{KY} = j + \frac{\sum_{i \le j} \lambda_i}{|\lambda_{j+1}|} $$
///
/// with j the last index up to which the sum of the largest exponents is not negative; 0 where all are negative, the
/// number of exponents where the sum of them all is not. An exponent of −∞ is allowed.
///
/// # Errors
/// [`Error::TooShort`] for no exponents, [`Error::NonFinite`] for one that is not a number or +∞.
pub fn kaplan_yorke_dimension(exponents: &[f64]) -> Result<f64> {
    if exponents.is_empty() {
        return Err(Error::TooShort { what: "exponents", needed: 1, found: 0 });
    }
    if let Some(column) = exponents.iter().position(|x| x.is_nan() || *x == f64::INFINITY) {
        return Err(Error::NonFinite { what: "exponents", row: 0, column });
    }
    let mut sorted = exponents.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    for (j, exponent) in sorted.iter().enumerate() {
        if sum + exponent < 0.0 {
            return Ok(j as f64 + sum / exponent.abs());
        }
        sum += exponent;
    }
    Ok(sorted.len() as f64)
}

/// The constant input of a map: `input`, or zeros where it is empty.
pub(crate) fn constant_input(map: &(impl Map + ?Sized), input: &[f64]) -> Result<Vec<f64>> {
    if input.is_empty() {
        return Ok(vec![0.0; map.input_dim()]);
    }
    input::state(input, map.input_dim(), "input")?;
    Ok(input.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use attractor_systems::PiecewiseLinearMap;
    use ndarray::{Array1, ArrayViewMut2, array};

    /// Any map of one's own.
    struct Of<const M: usize>(fn(&[f64; M]) -> [f64; M], fn(&[f64; M]) -> [[f64; M]; M]);

    impl<const M: usize> Map for Of<M> {
        fn dim(&self) -> usize {
            M
        }
        fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
            next.copy_from_slice(&(self.0)(x.try_into().unwrap()));
        }
        fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            let rows = (self.1)(x.try_into().unwrap());
            jacobian.indexed_iter_mut().for_each(|((i, j), out)| *out = rows[i][j]);
        }
    }

    fn linear(a: Array2<f64>) -> PiecewiseLinearMap {
        let m = a.nrows();
        PiecewiseLinearMap::new(
            a,
            Array2::zeros((m, 0)),
            Array2::zeros((0, m)),
            Array1::zeros(0),
            Array1::zeros(m),
            Array2::zeros((m, 0)),
        )
        .unwrap()
    }

    fn close(found: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() <= tolerance, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn of_the_tent_map_is_ln_2() {
        let tent = PiecewiseLinearMap::new(
            array![[2.0]],
            array![[-4.0]],
            array![[1.0]],
            array![-0.5],
            array![0.0],
            Array2::zeros((1, 0)),
        )
        .unwrap();
        let spectrum = lyapunov_spectrum(&tent, &[0.3], &LyapunovConfig::new(0, 1000)).unwrap();
        close(&spectrum.values(), &[2.0_f64.ln()], 1e-13);
        assert!(spectrum.exponents[0].standard_error < 1e-12);
        assert_eq!(spectrum.kaplan_yorke_dimension(), Some(1.0));
    }

    #[test]
    fn of_the_logistic_map_is_ln_2() {
        let logistic = Of::<1>(|&[x]| [4.0 * x * (1.0 - x)], |&[x]| [[4.0 - 8.0 * x]]);
        let config = LyapunovConfig::new(1000, 200_000);
        let largest = lyapunov_spectrum(&logistic, &[0.4], &config).unwrap().largest().unwrap();
        assert!((largest.value - 2.0_f64.ln()).abs() < 1e-3, "{largest:?}");
        assert!((1e-6..1e-3).contains(&largest.standard_error), "{largest:?}");
    }

    #[test]
    fn of_the_henon_map() {
        // 0.41922 and −1.62319: Sprott, Chaos and Time-Series Analysis (2003), a = 1.4, b = 0.3; their sum is ln b.
        let henon =
            Of::<2>(|&[x, y]| [1.0 - 1.4 * x * x + y, 0.3 * x], |&[x, _]| [[-2.8 * x, 1.0], [0.3, 0.0]]);
        let config = LyapunovConfig::new(1000, 300_000);
        let spectrum = lyapunov_spectrum(&henon, &[0.1, 0.1], &config).unwrap();
        close(&spectrum.values(), &[0.41922, -1.62319], 2e-3);
        close(&[spectrum.values().iter().sum()], &[0.3_f64.ln()], 1e-12);
        assert!((spectrum.kaplan_yorke_dimension().unwrap() - 1.25827).abs() < 2e-3);
        let first = spectrum.exponents[0];
        assert!((first.value - 0.41922).abs() < 4.0 * first.standard_error, "{first:?}");
        let one = lyapunov_spectrum(&henon, &[0.1, 0.1], &config.clone().with_exponents(1)).unwrap();
        close(&one.values(), &spectrum.values()[..1], 1e-9);
        assert_eq!(one.kaplan_yorke_dimension(), None);
        let rare = lyapunov_spectrum(&henon, &[0.1, 0.1], &config.with_interval(7)).unwrap();
        close(&rare.values(), &spectrum.values(), 1e-4);
    }

    #[test]
    fn of_linear_maps_are_the_logarithms_of_the_moduli() {
        let spectrum = lyapunov_spectrum(
            &linear(array![[0.5, 3.0, -1.0], [0.0, -2.0, 4.0], [0.0, 0.0, 0.1]]),
            &[0.0; 3],
            &LyapunovConfig::new(0, 2000),
        )
        .unwrap();
        // Not exactly: the first vectors must turn into the expanding direction.
        close(&spectrum.values(), &[2.0_f64.ln(), 0.5_f64.ln(), 0.1_f64.ln()], 2e-3);
        close(&[spectrum.values().iter().sum()], &[0.1_f64.ln()], 1e-12);
        let diagonal = linear(array![[3.0, 0.0], [0.0, 1e-30]]);
        let spectrum = lyapunov_spectrum(&diagonal, &[0.0; 2], &LyapunovConfig::new(5, 500)).unwrap();
        close(&spectrum.values(), &[3.0_f64.ln(), 1e-30_f64.ln()], 1e-12);
        // A rotation neither stretches nor shrinks.
        let (sin, cos) = 0.7_f64.sin_cos();
        let rotation = linear(array![[cos, -sin], [sin, cos]]);
        let spectrum = lyapunov_spectrum(&rotation, &[1.0, 0.0], &LyapunovConfig::new(5, 500)).unwrap();
        close(&spectrum.values(), &[0.0, 0.0], 1e-13);
        let halved = spectrum.per_time(0.5).unwrap();
        assert_eq!(halved.duration, 250.0);
    }

    #[test]
    fn singular_jacobians_collapse_directions() {
        // Rank one, in a basis that rounding does not respect: the exponents are ln 0.7 and −∞ twice.
        let (a, b) = ([0.3, 0.5, 0.4], [1.1, 0.1, 0.8]);
        let matrix = Array2::from_shape_fn((3, 3), |(i, j)| a[i] * b[j]);
        let spectrum = lyapunov_spectrum(&linear(matrix), &[0.1; 3], &LyapunovConfig::new(0, 1000)).unwrap();
        close(&spectrum.values(), &[0.7_f64.ln()], 2e-3);
        assert_eq!((spectrum.collapsed, spectrum.kaplan_yorke_dimension()), (2, Some(0.0)));
        // A superstable orbit has no finite exponent at all.
        let zero = linear(array![[0.0]]);
        let spectrum = lyapunov_spectrum(&zero, &[1.0], &LyapunovConfig::default()).unwrap();
        assert_eq!((spectrum.largest(), spectrum.collapsed), (None, 1));
        assert_eq!(spectrum.kaplan_yorke_dimension(), Some(0.0));
        // The direction that collapses need not be the last.
        let spectrum = lyapunov_spectrum(
            &linear(array![[0.0, 0.0], [0.0, 2.0]]),
            &[0.0; 2],
            &LyapunovConfig::new(0, 10),
        );
        close(&spectrum.unwrap().values(), &[2.0_f64.ln()], 1e-13);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let config = LyapunovConfig::new(100, 2000);
        let refuse = |map: &PiecewiseLinearMap, x0: &[f64], config: &LyapunovConfig| {
            lyapunov_spectrum(map, x0, config).unwrap_err()
        };
        // 2^1024 overflows.
        let doubling = linear(array![[2.0]]);
        assert!(matches!(refuse(&doubling, &[1.0], &config), Error::Diverged { step: 1024 }));
        // The orbit stays, but its tangent vectors overflow between orthonormalisations.
        let rare = config.clone().with_interval(1100);
        assert!(matches!(refuse(&doubling, &[0.0], &rare), Error::Diverged { step: 1200 }));
        assert!(matches!(refuse(&doubling, &[0.0, 0.0], &config), Error::Dimension { .. }));
        assert!(matches!(refuse(&doubling, &[f64::NAN], &config), Error::NonFinite { .. }));
        for bad in [
            config.clone().with_exponents(0),
            config.clone().with_exponents(2),
            config.clone().with_interval(0),
            config.clone().with_batches(1),
        ] {
            assert!(matches!(refuse(&doubling, &[0.0], &bad), Error::Setting { .. }));
        }
        let short = LyapunovConfig::new(0, 1);
        assert!(matches!(refuse(&doubling, &[0.0], &short), Error::TooShort { .. }));
        assert!(matches!(refuse(&doubling, &[0.0], &config.with_input(vec![1.0])), Error::Dimension { .. }));
    }

    #[test]
    fn kaplan_yorke_of_spectra_with_infinities() {
        assert_eq!(kaplan_yorke_dimension(&[0.3, f64::NEG_INFINITY]).unwrap(), 1.0);
        assert_eq!(kaplan_yorke_dimension(&[-1.5, 0.5]).unwrap(), 1.0 + 0.5 / 1.5);
        assert!(kaplan_yorke_dimension(&[]).is_err());
        assert!(kaplan_yorke_dimension(&[f64::NAN]).is_err());
    }
}
