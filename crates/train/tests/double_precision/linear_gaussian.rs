//! The exact oracle: on a linear-Gaussian model the bound, its gap and the evidence are known in closed form.

use std::f64::consts::{E, PI};

use attractor_models::{
    DiagonalGaussian, Dynamics, Encoder, GenerativeModel, Initialize, Posterior, SequentialVae,
    SequentialVaeConfig,
    dynamics::{PlrnnConfig, ShallowPlrnnConfig},
    encoder::{LinearEncoder, LinearEncoderConfig},
    observation::{LinearObservation, LinearObservationConfig},
};
use attractor_train::{
    Objective,
    objective::{Elbo, Entropy},
};
use burn::tensor::Tensor;
use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::{Array2, s};

use crate::{batch, changed, device, normal, rng, shaken, value, values};

const T: usize = 7;
const N: usize = 3;
const M: usize = 2;
const K: usize = 1;

type Model<D> = SequentialVae<LinearEncoder, D, LinearObservation>;

fn log_normal(x: &DVector<f64>, mean: &DVector<f64>, covariance: &DMatrix<f64>) -> f64 {
    let factor = Cholesky::new(covariance.clone()).expect("a covariance is positive definite");
    let difference = x - mean;
    -0.5 * (difference.dot(&factor.solve(&difference))
        + factor.ln_determinant()
        + x.len() as f64 * (2.0 * PI).ln())
}

/// z_1 ~ N(μ0, Σ0), z_t ~ N(A z_{t−1} + g_t, Σ), x_t ~ N(B z_t + b, Γ), and one series x, of which some values are missing.
struct LinearGaussian {
    a: DMatrix<f64>,
    /// g_t, unused at the first step.
    drive: Vec<DVector<f64>>,
    initial: (DVector<f64>, DMatrix<f64>),
    process: DMatrix<f64>,
    b: DMatrix<f64>,
    offset: DVector<f64>,
    noise: DVector<f64>,
    x: Array2<f64>,
}

impl LinearGaussian {
    /// The model in which every rectified unit is on: A + V W and h + V b.
    fn new(model: &GenerativeModel, x: Array2<f64>, u: &Array2<f64>) -> Self {
        let matrix = |a: &Array2<f64>| DMatrix::from_row_iterator(a.nrows(), a.ncols(), a.iter().copied());
        let vector = |a: &ndarray::Array1<f64>| DVector::from_iterator(a.len(), a.iter().copied());
        let variance = |sd: &ndarray::Array1<f64>| vector(sd).map(|sd| sd * sd);
        let map = &model.dynamics;
        let constant = vector(map.h()) + matrix(map.v()) * vector(map.b());
        let inputs = u.outer_iter().map(|u| matrix(map.c()) * vector(&u.to_owned()));
        Self {
            a: matrix(map.a()) + matrix(map.v()) * matrix(map.w()),
            drive: inputs.map(|input| &constant + input).collect(),
            initial: (vector(&model.initial_mean), DMatrix::from_diagonal(&variance(&model.initial_sd))),
            process: DMatrix::from_diagonal(&variance(&model.process_sd)),
            b: matrix(&model.readout.matrix),
            offset: vector(&model.readout.offset),
            noise: variance(&model.observation_sd),
            x,
        }
    }

    /// What was measured at step t: values, their rows of B and b, their variances.
    fn measured(&self, t: usize) -> (DVector<f64>, DMatrix<f64>, DVector<f64>, DVector<f64>) {
        let rows: Vec<usize> = (0..self.x.ncols()).filter(|n| !self.x[[t, *n]].is_nan()).collect();
        let pick = |from: &DVector<f64>| DVector::from_iterator(rows.len(), rows.iter().map(|n| from[*n]));
        let x = DVector::from_iterator(rows.len(), rows.iter().map(|n| self.x[[t, *n]]));
        (x, self.b.select_rows(&rows), pick(&self.offset), pick(&self.noise))
    }

    /// log p(x) by the Kalman filter.
    fn log_evidence_by_filter(&self) -> f64 {
        let (mut mean, mut covariance) = self.initial.clone();
        let mut total = 0.0;
        for t in 0..self.x.nrows() {
            if t > 0 {
                mean = &self.a * mean + &self.drive[t];
                covariance = &self.a * covariance * self.a.transpose() + &self.process;
            }
            let (x, b, offset, noise) = self.measured(t);
            if x.is_empty() {
                continue;
            }
            let predicted = &b * &mean + offset;
            let innovation = &b * &covariance * b.transpose() + DMatrix::from_diagonal(&noise);
            total += log_normal(&x, &predicted, &innovation);
            let gain = &covariance * b.transpose() * innovation.try_inverse().expect("positive definite");
            mean += &gain * (x - predicted);
            covariance -= &gain * &b * &covariance;
        }
        total
    }

    /// The joint distribution of all z and all measured x, as one Gaussian.
    fn joint(&self) -> Joint {
        let (steps, m) = (self.x.nrows(), self.a.nrows());
        let mut mean = DVector::zeros(steps * m);
        let mut covariance = DMatrix::zeros(steps * m, steps * m);
        for t in 0..steps {
            let (own_mean, own) = if t == 0 {
                self.initial.clone()
            } else {
                let before = covariance.view(((t - 1) * m, (t - 1) * m), (m, m)).into_owned();
                let mean_before = mean.rows((t - 1) * m, m).into_owned();
                let own = &self.a * before * self.a.transpose() + &self.process;
                (&self.a * mean_before + &self.drive[t], own)
            };
            mean.rows_mut(t * m, m).copy_from(&own_mean);
            covariance.view_mut((t * m, t * m), (m, m)).copy_from(&own);
            for s in 0..t {
                let cross = &self.a * covariance.view(((t - 1) * m, s * m), (m, m));
                covariance.view_mut((t * m, s * m), (m, m)).copy_from(&cross);
                covariance.view_mut((s * m, t * m), (m, m)).copy_from(&cross.transpose());
            }
        }
        let measured: Vec<_> = (0..steps).map(|t| self.measured(t)).collect();
        let count = measured.iter().map(|(x, ..)| x.len()).sum();
        let mut joint = Joint {
            mean,
            covariance,
            h: DMatrix::zeros(count, steps * m),
            offset: DVector::zeros(count),
            noise: DVector::zeros(count),
            x: DVector::zeros(count),
        };
        let mut row = 0;
        for (t, (x, b, offset, noise)) in measured.into_iter().enumerate() {
            joint.h.view_mut((row, t * m), (x.len(), m)).copy_from(&b);
            joint.x.rows_mut(row, x.len()).copy_from(&x);
            joint.offset.rows_mut(row, x.len()).copy_from(&offset);
            joint.noise.rows_mut(row, x.len()).copy_from(&noise);
            row += x.len();
        }
        joint
    }
}

/// z ~ N(mean, covariance), x ~ N(H z + offset, diag(noise)), all steps at once.
struct Joint {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
    h: DMatrix<f64>,
    offset: DVector<f64>,
    noise: DVector<f64>,
    x: DVector<f64>,
}

impl Joint {
    fn log_evidence(&self) -> f64 {
        let covariance =
            &self.h * &self.covariance * self.h.transpose() + DMatrix::from_diagonal(&self.noise);
        log_normal(&self.x, &(&self.h * &self.mean + &self.offset), &covariance)
    }

    /// Mean and precision of the exact smoothing posterior p(z | x).
    fn posterior(&self) -> (DVector<f64>, DMatrix<f64>) {
        let prior = self.covariance.clone().try_inverse().expect("positive definite");
        let weighted = self.h.transpose() * DMatrix::from_diagonal(&self.noise.map(f64::recip));
        let precision = &prior + &weighted * &self.h;
        let information = prior * &self.mean + weighted * (&self.x - &self.offset);
        (precision.clone().try_inverse().expect("positive definite") * information, precision)
    }

    /// E_q log p(x|z), E_q log p(z) and H\[q\] of q = N(mean, diag(variance)).
    fn bound(&self, mean: &DVector<f64>, variance: &DVector<f64>) -> [f64; 3] {
        let noise = DMatrix::from_diagonal(&self.noise);
        let spread = &self.h * DMatrix::from_diagonal(variance) * self.h.transpose();
        let likelihood = log_normal(&self.x, &(&self.h * mean + &self.offset), &noise)
            - 0.5 * spread.diagonal().component_div(&self.noise).sum();
        let precision = self.covariance.clone().try_inverse().expect("positive definite");
        let prior = log_normal(mean, &self.mean, &self.covariance) - 0.5 * precision.diagonal().dot(variance);
        let entropy = variance.iter().map(|variance| 0.5 * (2.0 * PI * E * variance).ln()).sum();
        [likelihood, prior, entropy]
    }

    /// KL(q ‖ p(z|x)) of q = N(mean, diag(variance)).
    fn divergence(&self, mean: &DVector<f64>, variance: &DVector<f64>) -> f64 {
        let (exact, precision) = self.posterior();
        let difference = mean - exact;
        let log_determinant = Cholesky::new(precision.clone()).expect("positive definite").ln_determinant();
        let log_variance: f64 = variance.iter().map(|variance| variance.ln()).sum();
        0.5 * (precision.diagonal().dot(variance) - mean.len() as f64
            + difference.dot(&(&precision * &difference))
            - log_determinant
            - log_variance)
    }
}

/// A Plrnn with W = 0: diagonal A.
fn diagonal_model(seed: u64) -> Model<attractor_models::dynamics::Plrnn> {
    let encoder = LinearEncoderConfig::new(N, M).with_inputs(K).with_past(2).with_future(1);
    let dynamics = PlrnnConfig::new(M).with_inputs(K);
    let config =
        SequentialVaeConfig::new(encoder, dynamics, LinearObservationConfig::new(N, M).with_initial_sd(0.5))
            .with_process_sd(0.4);
    changed(shaken(&config, 0.3, seed, &device()), |path, values| {
        if path == "dynamics.w" {
            values.fill(0.0);
        }
    })
}

/// A shallow PLRNN whose units are always on: A + W1 W2, with couplings between the latents.
fn coupled_model(seed: u64) -> Model<attractor_models::dynamics::ShallowPlrnn> {
    let encoder = LinearEncoderConfig::new(N, M).with_inputs(K).with_past(0).with_future(2);
    let dynamics = ShallowPlrnnConfig::new(M, 4).with_inputs(K);
    let config =
        SequentialVaeConfig::new(encoder, dynamics, LinearObservationConfig::new(N, M).with_initial_sd(0.5))
            .with_process_sd(0.4);
    changed(shaken(&config, 0.2, seed, &device()), |path, values| match path {
        "dynamics.a" => values.iter_mut().for_each(|a| *a *= 0.5),
        "dynamics.h2" => values.iter_mut().for_each(|h| *h += 40.0),
        "dynamics.h1" => values.iter_mut().for_each(|h| *h = 0.0),
        _ => {}
    })
}

/// A series of T samples and the context of the encoder around them, with its inputs; some values are missing.
struct Data {
    x: Array2<f64>,
    u: Array2<f64>,
}

impl Data {
    fn new(seed: u64) -> Self {
        let mut x = normal(T + 3, N, seed);
        for (t, n) in [(3, 0), (4, 1), (5, 0), (5, 1), (5, 2)] {
            x[[t, n]] = f64::NAN;
        }
        Self { x, u: normal(T + 3, K, seed + 1) }
    }

    /// The whole series many times over: each copy gets its own sample of q.
    fn batch(&self, model: &Model<impl Dynamics>, copies: usize) -> attractor_train::Batch {
        let context = model.encoder.context();
        let window = T + 3 - context.total();
        batch(&self.x, Some(&self.u), window, context, &vec![0; copies], &device())
    }

    /// The window without the context.
    fn oracle(&self, model: &Model<impl Dynamics>) -> LinearGaussian {
        let context = model.encoder.context();
        let inside = s![context.past..T + 3 - context.future, ..];
        LinearGaussian::new(
            &model.export().unwrap(),
            self.x.slice(inside).to_owned(),
            &self.u.slice(inside).to_owned(),
        )
    }
}

/// Mean and variance of the encoder's q, over all steps and latents.
fn posterior(model: &Model<impl Dynamics>, data: &Data) -> (DVector<f64>, DVector<f64>) {
    let batch = data.batch(model, 1);
    let q = model.encoder.encode(batch.observations_with_context(), batch.inputs_with_context());
    let mean = values(q.mean());
    let variance: Vec<f64> = values(q.log_sd()).iter().map(|log_sd| (2.0 * log_sd).exp()).collect();
    let all: Vec<f64> = variance.iter().copied().cycle().take(mean.len()).collect();
    (DVector::from_vec(mean), DVector::from_vec(all))
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} instead of {expected}");
}

fn gap_is_the_divergence(model: &Model<impl Dynamics>, data: &Data) {
    let oracle = data.oracle(model);
    let joint = oracle.joint();
    let evidence = joint.log_evidence();
    close(oracle.log_evidence_by_filter(), evidence, 1e-9);
    let (mean, variance) = posterior(model, data);
    let gap = evidence - joint.bound(&mean, &variance).iter().sum::<f64>();
    let divergence = joint.divergence(&mean, &variance);
    assert!(divergence > 0.1, "a random encoder is far off: {divergence}");
    close(gap, divergence, 1e-8);
}

/// log p(x) − ELBO(q) = KL(q ‖ p(z|x)), for whatever q an encoder gives.
#[test]
fn the_gap_of_the_bound_is_the_divergence_from_the_exact_posterior() {
    for seed in 0..4 {
        gap_is_the_divergence(&diagonal_model(seed), &Data::new(100 + seed));
        gap_is_the_divergence(&coupled_model(seed), &Data::new(200 + seed));
    }
}

/// Mean and standard error.
fn estimate(draws: &[f64]) -> (f64, f64) {
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn loss_estimates_the_bound(model: &Model<impl Dynamics>, data: &Data, entropy: Entropy) {
    let batch = data.batch(model, 300);
    let steps = batch.steps() as f64;
    let objective = Elbo::default().with_entropy(entropy);
    let mut rng = rng(300);
    let mut draws = [const { Vec::new() }; 4];
    for _ in 0..40 {
        let loss = objective.loss(model, &batch, 0.0, &mut rng);
        draws[0].push(-value(loss.total) * steps);
        for (k, (name, term)) in loss.terms.into_iter().take(3).enumerate() {
            assert_eq!(name, ["likelihood", "prior", "entropy"][k]);
            draws[k + 1].push(value(term) * steps);
        }
    }
    let (mean, variance) = posterior(model, data);
    let joint = data.oracle(model).joint();
    let terms = joint.bound(&mean, &variance);
    let expected = [terms.iter().sum(), terms[0], terms[1], terms[2]];
    let gap = joint.log_evidence() - expected[0];
    for (draws, expected) in draws.iter().zip(expected) {
        let (mean, error) = estimate(draws);
        assert!(error < 0.05 * gap, "the estimate {mean} ± {error} would not see a gap of {gap}");
        assert!((mean - expected).abs() <= 4.0 * error + 1e-10, "{mean} ± {error} instead of {expected}");
    }
}

/// −T times the loss is an unbiased estimate of the exact bound, term by term.
#[test]
fn the_sampled_loss_estimates_the_exact_bound() {
    loss_estimates_the_bound(&diagonal_model(0), &Data::new(100), Entropy::ClosedForm);
    loss_estimates_the_bound(&diagonal_model(1), &Data::new(101), Entropy::Sampled);
    loss_estimates_the_bound(&coupled_model(0), &Data::new(200), Entropy::ClosedForm);
    loss_estimates_the_bound(&coupled_model(1), &Data::new(201), Entropy::Sampled);
}

/// The closest diagonal Gaussian has the exact mean and the inverse diagonal of the exact precision. It closes the gap further
/// than any other, but not fully, as z_t and z_{t+1} are correlated in the exact posterior.
#[test]
fn the_best_diagonal_posterior_leaves_a_gap() {
    let (model, data) = (coupled_model(0), Data::new(200));
    let joint = data.oracle(&model).joint();
    let (mean, precision) = joint.posterior();
    let variance = precision.diagonal().map(f64::recip);
    let gap = |mean: &DVector<f64>, variance: &DVector<f64>| {
        joint.log_evidence() - joint.bound(mean, variance).iter().sum::<f64>()
    };
    let smallest = gap(&mean, &variance);
    close(smallest, joint.divergence(&mean, &variance), 1e-8);
    let (other_mean, other_variance) = posterior(&model, &data);
    assert!(smallest > 0.05, "{smallest}");
    assert!(smallest < 0.5 * gap(&other_mean, &other_variance), "{smallest}");
    for i in 0..mean.len() {
        let mut other = mean.clone();
        other[i] += 0.1;
        assert!(gap(&other, &variance) > smallest);
        for factor in [0.8, 1.25] {
            let mut other = variance.clone();
            other[i] *= factor;
            assert!(gap(&mean, &other) > smallest);
        }
    }

    // The model's own joint density, at samples of that q, averages to the same bound.
    let copies = 12_000;
    let steps = mean.len() / M;
    let batch = data.batch(&model, copies);
    let repeat = |values: &DVector<f64>| {
        let one = burn::tensor::TensorData::new(values.as_slice().to_vec(), [1, steps, M]);
        Tensor::<3>::from_data(one, &device()).repeat_dim(0, copies)
    };
    let q = DiagonalGaussian::new(repeat(&mean), repeat(&variance.map(|variance| 0.5 * variance.ln())));
    let z = q.rsample(attractor_models::standard_normal([copies, steps, M], &mut rng(301), &device()));
    let log = model.log_joint(batch.observations(), z, batch.inputs(), batch.present());
    let entropy = q.entropy().sum_dim(1).squeeze_dim::<1>(1);
    let (found, error) = estimate(&values(log.likelihood + log.initial + log.transition + entropy));
    let expected = joint.log_evidence() - smallest;
    assert!(
        error < 0.3 * smallest && (found - expected).abs() <= 4.0 * error,
        "{found} ± {error}, {expected}"
    );
}

/// Without dynamics (A = 0) and with a read-out that keeps the latents apart, the exact posterior is diagonal, the same linear
/// function of x_t and u_t at every step: the encoder can be exact, and log p(x, z) − log q(z) is log p(x) for every z.
#[test]
fn an_exact_encoder_makes_every_sample_the_evidence() {
    let encoder = LinearEncoderConfig::new(N, M).with_inputs(K).with_past(0).with_future(0);
    let config = SequentialVaeConfig::new(
        encoder,
        PlrnnConfig::new(M).with_inputs(K),
        LinearObservationConfig::new(N, M),
    );
    let (b, offset, noise) = ([1.5, 0.0, -0.5, 0.0, 0.0, 0.8], [0.3, -0.2, 0.1], [0.4_f64, 0.7, 0.5]);
    let (h, c, process) = ([0.2, -0.6], [0.9, -1.1], [0.5_f64, 0.3]);
    let precision: Vec<f64> = (0..M)
        .map(|m| process[m].powi(-2) + (0..N).map(|n| (b[n * M + m] / noise[n]).powi(2)).sum::<f64>())
        .collect();
    let model = changed(config.init(&device(), &mut rng(302)).unwrap(), |path, values| match path {
        "dynamics.a" | "dynamics.w" => values.fill(0.0),
        "dynamics.h" | "prior.initial_mean" => values.copy_from_slice(&h),
        "dynamics.c.c" => values.copy_from_slice(&c),
        "prior.initial_log_sd" | "prior.process_log_sd" => values.copy_from_slice(&process.map(f64::ln)),
        "observation.b" => values.copy_from_slice(&b),
        "observation.offset" => values.copy_from_slice(&offset),
        "observation.log_sd" => values.copy_from_slice(&noise.map(f64::ln)),
        "encoder.filter" => {
            for m in 0..M {
                for n in 0..N {
                    values[n * M + m] = b[n * M + m] / noise[n].powi(2) / precision[m];
                }
                values[N * M + m] = c[m] / process[m].powi(2) / precision[m];
            }
        }
        "encoder.bias" => {
            for m in 0..M {
                let data: f64 = (0..N).map(|n| b[n * M + m] / noise[n].powi(2) * offset[n]).sum();
                values[m] = (h[m] / process[m].powi(2) - data) / precision[m];
            }
        }
        "encoder.log_sd" => {
            values.iter_mut().zip(&precision).for_each(|(sd, precision)| *sd = -0.5 * precision.ln());
        }
        other => panic!("{other} was forgotten"),
    });

    let mut data = Data { x: normal(T + 3, N, 303), u: normal(T + 3, K, 304) };
    // No input drives the first step: it has no step before it.
    data.u[[0, 0]] = 0.0;
    let oracle = data.oracle(&model);
    let evidence = oracle.joint().log_evidence();
    close(oracle.log_evidence_by_filter(), evidence, 1e-9);
    let (mean, variance) = posterior(&model, &data);
    let divergence = oracle.joint().divergence(&mean, &variance);
    assert!(divergence.abs() < 1e-10, "{divergence}");

    let batch = data.batch(&model, 1);
    let sampled = Elbo::default().with_entropy(Entropy::Sampled);
    for seed in 0..5 {
        let loss = sampled.loss(&model, &batch, 0.0, &mut rng(seed));
        close(-value(loss.total) * batch.steps() as f64, evidence, 1e-11);
    }
    // With a little of A there is a gap again.
    let coupled = changed(model, |path, values| {
        if path == "dynamics.a" {
            values.fill(0.3);
        }
    });
    let joint = data.oracle(&coupled).joint();
    let gap = joint.log_evidence() - joint.bound(&mean, &variance).iter().sum::<f64>();
    assert!(gap > 0.01, "{gap}");
}
