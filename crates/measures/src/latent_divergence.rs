//! Divergence in latent space: does the prior of a state space model visit the states that its posterior does?

use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, Estimate, Result, aligned, exponential, input};

/// T Gaussians with diagonal covariances: the posteriors of an encoder along time, or the priors p(z_t | z_{t−1}).
#[derive(Clone, Debug, PartialEq)]
pub struct DiagonalGaussians {
    /// \[T, M\].
    mean: Array2<f64>,
    /// \[T, M\].
    variance: Array2<f64>,
}

impl DiagonalGaussians {
    /// Gaussians of the given means and variances, both \[T, M\].
    ///
    /// # Errors
    /// [`Error::Dimension`] when the shapes differ, [`Error::TooShort`] for no Gaussian, [`Error::NonFinite`],
    /// [`Error::Setting`] for a variance outside 1e-100 to 1e100.
    pub fn new(mean: Array2<f64>, variance: Array2<f64>) -> Result<Self> {
        input::same("rows T of the variances", mean.nrows(), variance.nrows())?;
        input::same("variables M of the variances", mean.ncols(), variance.ncols())?;
        if mean.is_empty() {
            return Err(Error::TooShort { what: "Gaussians", needed: 1, found: 0 });
        }
        input::finite(mean.view(), "means")?;
        input::finite(variance.view(), "variances")?;
        if let Some(&value) = variance.iter().find(|v| !(1e-100..=1e100).contains(*v)) {
            return Err(Error::Setting { setting: "variance", value, requirement: "from 1e-100 to 1e100" });
        }
        Ok(Self { mean, variance })
    }

    /// Number of Gaussians T.
    pub fn len(&self) -> usize {
        self.mean.nrows()
    }

    /// Always false: there is at least one Gaussian.
    pub fn is_empty(&self) -> bool {
        self.mean.is_empty()
    }

    /// Number of variables M.
    pub fn dim(&self) -> usize {
        self.mean.ncols()
    }

    /// The means \[T, M\].
    pub fn mean(&self) -> ArrayView2<'_, f64> {
        self.mean.view()
    }

    /// The variances \[T, M\].
    pub fn variance(&self) -> ArrayView2<'_, f64> {
        self.variance.view()
    }

    /// KL(N_i ‖ N_j) in nats of Gaussian `i` here and `j` of another family, in closed form.
    fn divergence(&self, i: usize, other: &Self, j: usize) -> f64 {
        let (p, q) = (self.mean.row(i).into_iter(), other.mean.row(j).into_iter());
        let (v, w) = (self.variance.row(i).into_iter(), other.variance.row(j).into_iter());
        (p.zip(v).zip(q.zip(w)))
            .map(|((p, v), (q, w))| 0.5 * ((w / v).ln() - 1.0 + v / w + (p - q).powi(2) / w))
            .sum()
    }

    /// The divergences \[T, T'\] in nats of every Gaussian here from every one of `other`
    ///
    /// $$ KL(N_i \\,\|\\, N_j) = \frac{1}{2} \sum_m \left( \ln \frac{w_{jm}}{v_{im}} - 1 + \frac{v_{im}}{w_{jm}}
    /// \+ \frac{(\mu_{im} - \nu_{jm})^2}{w_{jm}} \right) $$
    ///
    /// # Errors
    /// [`Error::Dimension`] when M differs, [`Error::Overflow`].
    pub fn divergences(&self, other: &Self) -> Result<Array2<f64>> {
        input::same("variables M of the second family", self.dim(), other.dim())?;
        let divergences =
            Array2::from_shape_fn((self.len(), other.len()), |(i, j)| self.divergence(i, other, j));
        aligned::finite("the divergence of two Gaussians", divergences.sum())?;
        Ok(divergences)
    }

    /// ln of the density of the equal mixture at `sample` \[M\].
    fn log_density(&self, sample: ArrayView1<'_, f64>, scratch: &mut Vec<f64>) -> f64 {
        let count = self.len() as f64;
        scratch.clear();
        scratch.extend(self.mean.rows().into_iter().zip(self.variance.rows()).map(|(mean, variance)| {
            (sample.iter().zip(mean).zip(variance))
                .map(|((z, m), v)| -0.5 * ((z - m).powi(2) / v + (std::f64::consts::TAU * v).ln()))
                .sum::<f64>()
        }));
        let shift = exponential::largest(scratch);
        shift + (exponential::sum_exp(scratch, shift) / count).ln()
    }
}

/// The mean over time of the divergence of the posterior from the prior at the same time, in nats
///
/// $$ \frac{1}{T} \sum_t KL\big( q(z_t | x_{1:T}) \\,\|\\, p(z_t | z_{t-1}) \big) $$
///
/// the term that the ELBO weighs.
///
/// # Errors
/// [`Error::Dimension`] when T or M differ, [`Error::Overflow`].
pub fn mean_latent_divergence(posterior: &DiagonalGaussians, prior: &DiagonalGaussians) -> Result<f64> {
    input::same("Gaussians T of the prior", posterior.len(), prior.len())?;
    input::same("variables M of the prior", posterior.dim(), prior.dim())?;
    let count = posterior.len();
    let mean = (0..count).map(|t| posterior.divergence(t, prior, t) / count as f64).sum();
    aligned::finite("the divergence of the posterior from the prior", mean)
}

/// The divergence KL_z in latent space between the mixtures over time of posterior and prior \[K19; B22\], by
/// `samples` Monte Carlo samples of the posterior
///
/// $$ KL_z = KL\Big( \frac{1}{T} \sum_t q(z_t | x_{1:T}) \\,\Big\|\\, \frac{1}{T'} \sum_t p(z_t | z_{t-1}) \Big) $$
///
/// in nats, on logarithms, no sample left out. The prior's Gaussians come from a free run, so that the measure sees
/// whether the run covers the states that the data need. The cost is that of `samples` (T + T') densities.
///
/// # Errors
/// [`Error::Dimension`] when M differs, [`Error::TooShort`] for less than 2 samples, [`Error::Overflow`].
pub fn latent_divergence(
    posterior: &DiagonalGaussians,
    prior: &DiagonalGaussians,
    samples: usize,
    rng: &mut impl Rng,
) -> Result<Estimate> {
    input::same("variables M of the prior", posterior.dim(), prior.dim())?;
    if samples < 2 {
        return Err(Error::TooShort { what: "Monte Carlo samples", needed: 2, found: samples });
    }
    let mut scratch = Vec::new();
    let ratios: Vec<f64> = (0..samples)
        .map(|_| {
            let t = rng.random_range(0..posterior.len());
            let mut sample = posterior.mean.row(t).to_owned();
            for (z, v) in sample.iter_mut().zip(posterior.variance.row(t)) {
                let noise: f64 = StandardNormal.sample(rng);
                *z += v.sqrt() * noise;
            }
            let p = posterior.log_density(sample.view(), &mut scratch);
            p - prior.log_density(sample.view(), &mut scratch)
        })
        .collect();
    let estimate = Estimate::of_mean(&ratios);
    aligned::finite("the divergence in latent space", estimate.value)?;
    aligned::finite("the error of the divergence in latent space", estimate.standard_error)?;
    Ok(estimate)
}

/// The variational approximation of KL_z \[HO07\], without samples
///
/// $$ KL_z \approx \frac{1}{T} \sum_t \ln \frac{\frac{1}{T} \sum_s e^{-KL(q_t \| q_s)}}{\frac{1}{T'} \sum_s e^{-KL(q_t \| p_s)}} $$
///
/// It is no bound, and coarse where the Gaussians overlap much; it is 0 for identical mixtures.
///
/// # Errors
/// [`Error::Dimension`] when M differs, [`Error::Overflow`].
pub fn latent_divergence_variational(
    posterior: &DiagonalGaussians,
    prior: &DiagonalGaussians,
) -> Result<f64> {
    let mean_log = |divergences: &Array2<f64>| -> f64 {
        let (rows, columns) = divergences.dim();
        (divergences.rows().into_iter())
            .map(|row| {
                let negative: Vec<f64> = row.iter().map(|d| -d).collect();
                let shift = exponential::largest(&negative);
                (shift + (exponential::sum_exp(&negative, shift) / columns as f64).ln()) / rows as f64
            })
            .sum()
    };
    let within = mean_log(&posterior.divergences(posterior)?);
    let across = mean_log(&posterior.divergences(prior)?);
    aligned::finite("the divergence in latent space", within - across)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn gaussians(mean: Array2<f64>, variance: Array2<f64>) -> DiagonalGaussians {
        DiagonalGaussians::new(mean, variance).unwrap()
    }

    #[test]
    fn of_single_gaussians_is_their_closed_form() {
        let p = gaussians(array![[0.0, 1.0]], array![[0.5, 2.0]]);
        let q = gaussians(array![[1.0, 0.0]], array![[1.0, 0.25]]);
        // ½ (ln 2 − 1 + ½ + 1) + ½ (ln ⅛ − 1 + 8 + 4).
        let expected = 0.5 * (2.0_f64.ln() + 0.5) + 0.5 * (0.125_f64.ln() + 11.0);
        assert!((p.divergences(&q).unwrap()[[0, 0]] - expected).abs() < 1e-14);
        assert!((mean_latent_divergence(&p, &q).unwrap() - expected).abs() < 1e-14);
        assert!((latent_divergence_variational(&p, &q).unwrap() - expected).abs() < 1e-14);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let found = latent_divergence(&p, &q, 20_000, &mut rng).unwrap();
        assert!((found.value - expected).abs() < 4.0 * found.standard_error, "{found:?} {expected}");
    }

    #[test]
    fn of_mixtures_far_apart_is_that_of_their_parts() {
        // Each posterior overlaps with one prior alone: KL = mean over parts + ln of what the weights differ by.
        let p = gaussians(array![[0.0], [100.0]], array![[1.0], [1.0]]);
        let q = gaussians(array![[1.0], [102.0], [-500.0], [500.0]], array![[1.0], [1.0], [1.0], [1.0]]);
        let expected = 0.5 * (0.5 + 2.0) + 2.0_f64.ln();
        assert!((latent_divergence_variational(&p, &q).unwrap() - expected).abs() < 1e-12);
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let found = latent_divergence(&p, &q, 20_000, &mut rng).unwrap();
        assert!((found.value - expected).abs() < 4.0 * found.standard_error, "{found:?} {expected}");
        assert_eq!(latent_divergence_variational(&p, &p).unwrap(), 0.0);
        assert_eq!(latent_divergence(&p, &p, 100, &mut rng).unwrap().value, 0.0);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let new = |mean, variance| DiagonalGaussians::new(mean, variance).unwrap_err();
        assert!(matches!(new(array![[0.0]], array![[0.0]]), Error::Setting { .. }));
        assert!(matches!(new(array![[0.0]], array![[f64::NAN]]), Error::NonFinite { .. }));
        assert!(matches!(new(array![[0.0]], array![[1.0, 1.0]]), Error::Dimension { .. }));
        assert!(matches!(new(Array2::zeros((0, 2)), Array2::zeros((0, 2))), Error::TooShort { .. }));
        let p = gaussians(array![[0.0]], array![[1.0]]);
        let far = gaussians(array![[1e300]], array![[1.0]]);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert!(matches!(latent_divergence(&p, &far, 9, &mut rng), Err(Error::Overflow { .. })));
        assert!(matches!(latent_divergence_variational(&p, &far), Err(Error::Overflow { .. })));
        assert!(matches!(mean_latent_divergence(&p, &far), Err(Error::Overflow { .. })));
        assert!(matches!(latent_divergence(&p, &p, 1, &mut rng), Err(Error::TooShort { .. })));
    }
}
