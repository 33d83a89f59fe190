//! Encoders against loops written by hand: values, shapes, what each step sees, and what configurations are refused.

use attractor_models::{
    Context, Encoder, Error, Initialize, Posterior,
    encoder::{ConvolutionalEncoderConfig, LinearEncoderConfig, MlpEncoderConfig},
};
use burn::tensor::Tensor;
use ndarray::{Array1, Array2, Array3, ArrayD, Axis, Zip, s};

use crate::{assert_close, cube, device, normal, read, rng, shaken, tensor};

const N: usize = 2;
const M: usize = 3;

fn linear() -> LinearEncoderConfig {
    LinearEncoderConfig::new(N, M).with_past(2).with_future(1)
}

fn mlp() -> MlpEncoderConfig {
    MlpEncoderConfig::new(N, M).with_past(1).with_future(3).with_hidden(16)
}

fn convolutional() -> ConvolutionalEncoderConfig {
    ConvolutionalEncoderConfig::new(N, M)
        .with_channels(12)
        .with_mean_kernels(vec![5, 3])
        .with_sd_kernels(vec![3])
}

/// Mean and log σ \[B, T, M\] of the posterior.
fn encode(
    encoder: &impl Encoder<Posterior = attractor_models::DiagonalGaussian>,
    x: &ArrayD<f64>,
    u: Option<&ArrayD<f64>>,
) -> (Array3<f64>, Array3<f64>) {
    let q = encoder.encode(tensor(x, &device()), u.map(|u| tensor(u, &device())));
    let mean = cube(q.mean());
    let log_sd = cube(q.log_sd());
    let log_sd = log_sd.broadcast(mean.raw_dim()).unwrap().to_owned();
    (mean, log_sd)
}

fn joined(x: &ArrayD<f64>, u: &ArrayD<f64>) -> Array3<f64> {
    ndarray::concatenate![Axis(2), x.view(), u.view()].into_dimensionality().unwrap()
}

macro_rules! every_encoder {
    ($check:ident, $inputs:expr) => {{
        $check(&shaken(&linear().with_inputs($inputs), 51, &device()), Context { past: 2, future: 1 });
        $check(&shaken(&mlp().with_inputs($inputs), 52, &device()), Context { past: 1, future: 3 });
        $check(&shaken(&convolutional().with_inputs($inputs), 53, &device()), Context { past: 3, future: 3 });
    }};
}

type Gaussian = attractor_models::DiagonalGaussian;

#[test]
fn shapes_fit_for_any_batch_and_length() {
    fn check(encoder: &impl Encoder<Posterior = Gaussian>, context: Context) {
        assert_eq!(encoder.context(), context);
        assert_eq!((encoder.observed_dim(), encoder.latent_dim()), (N, M));
        for (batch, steps) in [(1, 1), (1, 5), (3, 1), (3, 4)] {
            let samples = steps + context.total();
            let (x, u) = (normal([batch, samples, N], 1), normal([batch, samples, 2], 2));
            let q = encoder.encode(tensor(&x, &device()), Some(tensor(&u, &device())));
            assert_eq!(q.mean().dims(), [batch, steps, M]);
            assert_eq!(q.entropy().dims(), [batch, steps]);
            assert_eq!(q.rsample(Tensor::zeros([batch, steps, M], &device())).dims(), [batch, steps, M]);
        }
    }
    every_encoder!(check, 0);
    every_encoder!(check, 2);
}

/// A change of one sample at s moves the posterior at t for t − past ≤ s ≤ t + future, and at no other t.
#[test]
fn each_step_sees_its_context_and_no_more() {
    fn check(encoder: &impl Encoder<Posterior = Gaussian>, context: Context) {
        let (batch, steps) = (2, 9);
        let x = normal([batch, steps + context.total(), N], 3);
        let (mean, log_sd) = encode(encoder, &x, None);
        for sample in 0..steps + context.total() {
            let mut other = x.clone();
            other.slice_mut(s![1, sample, ..]).map_inplace(|x| *x += 1.5);
            let (moved_mean, moved_sd) = encode(encoder, &other, None);
            assert_eq!(mean.slice(s![0, .., ..]), moved_mean.slice(s![0, .., ..]), "series mix");
            for t in 0..steps {
                // Sample t + past of the padded series is the one that belongs to step t.
                let seen = (t..=t + context.total()).contains(&sample);
                let moved = mean.slice(s![1, t, ..]) != moved_mean.slice(s![1, t, ..]);
                assert_eq!(moved, seen, "mean of step {t}, sample {sample}");
                let moved = log_sd.slice(s![1, t, ..]) != moved_sd.slice(s![1, t, ..]);
                assert!(!moved || seen, "σ of step {t}, sample {sample}");
            }
        }
    }
    every_encoder!(check, 0);
}

/// The σ of the convolutional encoder has shorter kernels here than the mean: it sees one sample on each side, centred.
#[test]
fn the_shorter_stack_of_convolutions_is_centred() {
    let encoder = shaken(&convolutional(), 53, &device());
    let (steps, reach) = (9, 3);
    let x = normal([1, steps + 2 * reach, N], 4);
    let (_, log_sd) = encode(&encoder, &x, None);
    for sample in 0..steps + 2 * reach {
        let mut other = x.clone();
        other.slice_mut(s![0, sample, ..]).map_inplace(|x| *x += 1.5);
        let (_, moved) = encode(&encoder, &other, None);
        for t in 0..steps {
            let near = sample.abs_diff(t + reach) <= 1;
            assert_eq!(log_sd.slice(s![0, t, ..]) != moved.slice(s![0, t, ..]), near, "{t} {sample}");
        }
    }
}

/// An impulse at t answers with the largest mean at z_t, in the latent that carries its variable.
#[test]
fn encoders_start_aligned_in_time() {
    fn check(encoder: &impl Encoder<Posterior = Gaussian>, context: Context) {
        let (steps, at) = (9, 4);
        let mut x = ArrayD::zeros(vec![1, steps + context.total(), N]);
        let quiet = encode(encoder, &x, None).0;
        x[[0, at + context.past, 1]] = 1.0;
        let response = encode(encoder, &x, None).0 - quiet;
        let response: Vec<f64> = response.slice(s![0, .., 1]).to_vec();
        let largest = (0..steps).max_by(|i, j| response[*i].total_cmp(&response[*j])).unwrap();
        assert_eq!(largest, at, "{response:?}");
    }
    let device = device();
    check(&linear().init(&device, &mut rng(54)).unwrap(), Context { past: 2, future: 1 });
    check(&mlp().init(&device, &mut rng(55)).unwrap(), Context { past: 1, future: 3 });
    check(&convolutional().init(&device, &mut rng(56)).unwrap(), Context { past: 3, future: 3 });
}

/// The default linear encoder is the three-tap filter of \[B22\].
#[test]
fn the_linear_encoder_is_a_convolution() {
    for (config, past, taps) in [(LinearEncoderConfig::new(N, M), 1, 3), (linear(), 2, 4)] {
        let inputs = 2;
        let encoder = shaken(&config.with_inputs(inputs), 57, &device());
        let steps = 5;
        let (x, u) = (normal([2, steps + taps - 1, N], 5), normal([2, steps + taps - 1, inputs], 6));
        let p = read(&encoder, None);
        let filter = p.matrix("filter").into_shape_with_order((taps, N + inputs, M)).unwrap();
        let channels = joined(&x, &u);
        let expected = Array3::from_shape_fn((2, steps, M), |(b, t, m)| {
            let mut sum = p.vector("bias")[m];
            for k in 0..taps {
                // x_{t + k − past}, counted from the first sample of the context.
                let sample = (t + past) + k - past;
                for n in 0..N + inputs {
                    sum += filter[[k, n, m]] * channels[[b, sample, n]];
                }
            }
            sum
        });
        let (mean, log_sd) = encode(&encoder, &x, Some(&u));
        assert_close(&mean.into_dyn(), &expected.into_dyn(), 1e-13);
        for row in log_sd.rows() {
            assert_eq!(row, p.vector("log_sd"));
        }
    }
}

#[test]
fn the_linear_encoder_starts_as_a_smoother() {
    let encoder =
        LinearEncoderConfig::new(N, M).with_past(4).with_future(4).init(&device(), &mut rng(58)).unwrap();
    let constant = Array3::from_elem((1, 12, N), 2.0).into_dyn();
    let (mean, log_sd) = encode(&encoder, &constant, None);
    for row in mean.rows() {
        assert!((row[0] - 2.0).abs() < 1e-6 && (row[1] - 2.0).abs() < 1e-6, "the weights sum to one: {row}");
    }
    assert!(log_sd.iter().all(|log_sd| (log_sd.exp() - 0.05).abs() < 1e-12));
}

#[test]
fn the_mlp_encoder_is_a_perceptron_on_windows() {
    let inputs = 1;
    let config = mlp().with_inputs(inputs).with_hidden(7).with_layers(2);
    let encoder = shaken(&config, 59, &device());
    let (steps, past, total) = (4, 1, 4);
    let (x, u) = (normal([2, steps + total, N], 7), normal([2, steps + total, inputs], 8));
    let p = read(&encoder, None);
    let channels = joined(&x, &u);
    let affine = |x: &Array1<f64>, layer: &str| {
        x.dot(&p.matrix(&format!("{layer}.weight"))) + p.vector(&format!("{layer}.bias"))
    };
    let (mean, log_sd) = encode(&encoder, &x, Some(&u));
    for b in 0..2 {
        for t in 0..steps {
            let window: Array1<f64> = channels.slice(s![b, t..=t + total, ..]).iter().copied().collect();
            let first = affine(&window, "hidden.0").mapv(|h| h.max(0.0));
            let second = affine(&first, "hidden.1").mapv(|h| h.max(0.0));
            let output = affine(&second, "output");
            let centre: Array1<f64> = x.slice(s![b, t + past, ..]).iter().copied().collect();
            let expected = centre.dot(&p.matrix("projection")) + output.slice(s![..M]);
            let row = |values: &Array3<f64>| values.slice(s![b, t, ..]).to_owned().into_dyn();
            assert_close(&row(&mean), &expected.into_dyn(), 1e-13);
            assert_close(&row(&log_sd), &output.slice(s![M..]).to_owned().into_dyn(), 1e-13);
        }
    }
}

/// y_o(t) = b_o + Σ_{i,k} w_oik x_i(t + k), without padding: \[channels, samples\] -> \[channels, samples − kernel + 1\].
fn convolve(x: &Array2<f64>, weight: &Array3<f64>, bias: &Array1<f64>) -> Array2<f64> {
    let (outputs, inputs, kernel) = weight.dim();
    Array2::from_shape_fn((outputs, x.ncols() + 1 - kernel), |(o, t)| {
        let mut sum = bias[o];
        for i in 0..inputs {
            for k in 0..kernel {
                sum += weight[[o, i, k]] * x[[i, t + k]];
            }
        }
        sum
    })
}

#[test]
fn the_convolutional_encoder_is_two_stacks_of_convolutions() {
    let inputs = 2;
    let encoder = shaken(&convolutional().with_inputs(inputs), 60, &device());
    let (steps, reach) = (4, 3);
    let (x, u) = (normal([2, steps + 2 * reach, N], 9), normal([2, steps + 2 * reach, inputs], 10));
    let p = read(&encoder, None);
    let layer = |x: &Array2<f64>, stack: &str, index: usize| {
        let weight = p.cube(&format!("{stack}.weights.{index}"));
        convolve(x, &weight, &p.vector(&format!("{stack}.biases.{index}")))
    };
    let (mean, log_sd) = encode(&encoder, &x, Some(&u));
    for b in 0..2 {
        let channels = joined(&x, &u).index_axis(Axis(0), b).t().to_owned();
        let stacked = layer(&layer(&channels, "mean", 0).mapv(|h| h.max(0.0)), "mean", 1);
        let centre = x.index_axis(Axis(0), b).slice(s![reach..reach + steps, ..]).to_owned();
        let expected = centre.dot(&p.matrix("projection")) + stacked.t();
        assert_close(&mean.index_axis(Axis(0), b).to_owned().into_dyn(), &expected.into_dyn(), 1e-13);
        // A kernel of 3 needs one sample on each side: two of the three samples of reach are to spare.
        let expected = layer(&channels.slice(s![.., 2..channels.ncols() - 2]).to_owned(), "log_sd", 0);
        let found = log_sd.index_axis(Axis(0), b).t().to_owned().into_dyn();
        assert_close(&found, &expected.into_dyn(), 1e-13);
    }
}

/// Inputs count for an encoder that was configured for them, and for no other.
#[test]
fn inputs_are_seen_only_where_they_were_asked_for() {
    fn difference(encoder: &impl Encoder<Posterior = Gaussian>) -> f64 {
        let samples = 6 + encoder.context().total();
        let x = normal([2, samples, N], 11);
        let [first, second] =
            [12, 13].map(|seed| encode(encoder, &x, Some(&normal([2, samples, 2], seed))).0);
        Zip::from(&first).and(&second).fold(0.0, |largest: f64, a, b| largest.max((a - b).abs()))
    }
    let device = device();
    assert_eq!(difference(&shaken(&linear(), 61, &device)), 0.0);
    assert_eq!(difference(&shaken(&mlp(), 61, &device)), 0.0);
    assert_eq!(difference(&shaken(&convolutional(), 61, &device)), 0.0);
    assert!(difference(&shaken(&linear().with_inputs(2), 61, &device)) > 0.1);
    assert!(difference(&shaken(&mlp().with_inputs(2), 61, &device)) > 0.1);
    assert!(difference(&shaken(&convolutional().with_inputs(2), 61, &device)) > 0.1);
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    fn refused(config: &impl Initialize, field: &str, value: f64) {
        match config.init(&device(), &mut rng(62)).err() {
            Some(Error::ZeroSize { field: found, .. }) => assert_eq!((found, 0.0), (field, value)),
            Some(Error::OutOfRange { field: found, value: at, .. }) => {
                assert_eq!(found, field);
                assert!(at == value || (at.is_nan() && value.is_nan()), "{at}");
            }
            other => panic!("{field} = {value} was not refused: {other:?}"),
        }
    }
    refused(&LinearEncoderConfig::new(0, M), "observed", 0.0);
    refused(&LinearEncoderConfig::new(N, 0), "latent", 0.0);
    refused(&MlpEncoderConfig::new(0, M), "observed", 0.0);
    refused(&MlpEncoderConfig::new(N, 0), "latent", 0.0);
    refused(&mlp().with_hidden(0), "hidden", 0.0);
    refused(&mlp().with_layers(0), "layers", 0.0);
    refused(&ConvolutionalEncoderConfig::new(0, M), "observed", 0.0);
    refused(&ConvolutionalEncoderConfig::new(N, 0), "latent", 0.0);
    refused(&convolutional().with_channels(0), "channels", 0.0);
    refused(&convolutional().with_mean_kernels(vec![]), "mean_kernels", 0.0);
    refused(&convolutional().with_sd_kernels(vec![]), "sd_kernels", 0.0);
    refused(&convolutional().with_mean_kernels(vec![3, 4]), "mean_kernels", 4.0);
    refused(&convolutional().with_sd_kernels(vec![0]), "sd_kernels", 0.0);
    for sd in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        refused(&linear().with_initial_sd(sd), "initial_sd", sd);
        refused(&mlp().with_initial_sd(sd), "initial_sd", sd);
        refused(&convolutional().with_initial_sd(sd), "initial_sd", sd);
    }
}

#[test]
fn posteriors_start_near_their_configured_sd() {
    fn check(encoder: &impl Encoder<Posterior = Gaussian>) {
        let x = normal([2, 5 + encoder.context().total(), N], 14);
        let (_, log_sd) = encode(encoder, &x, None);
        assert!(log_sd.iter().all(|log_sd| (log_sd - 0.2_f64.ln()).abs() < 0.3), "{log_sd}");
    }
    let device = device();
    check(&linear().with_initial_sd(0.2).init(&device, &mut rng(63)).unwrap());
    check(&mlp().with_initial_sd(0.2).init(&device, &mut rng(63)).unwrap());
    check(&convolutional().with_initial_sd(0.2).init(&device, &mut rng(63)).unwrap());
}
