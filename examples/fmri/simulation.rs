//! BOLD of a known system: a random chaotic PLRNN with a task, or Lorenz-63.

use attractor::{
    measures::LyapunovConfig,
    prelude::*,
    systems::observation::{History, Response},
};
use ndarray::{Array1, Array2, Axis, s};
use rand::{Rng, RngExt};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    Result,
    options::{Options, Simulated as Kind},
    truth::{Simulated, Truth},
};

/// Samples of the two long runs that models are compared with and that show what another true run scores.
const LONG: usize = 200_000;
/// Regions that see the PLRNN.
const REGIONS: usize = 8;
/// Latents and hidden units of the PLRNN.
const SIZE: (usize, usize) = (3, 15);
/// Nuisance regressors, as many as head motion has.
const NUISANCE: usize = 6;
/// Scans of a block of the task, and of the rest after it.
const BLOCK: usize = 30;

/// A system's latents at the scans and the scans before that BOLD looks back over, and a long run of them.
struct Latents {
    seen: Array2<f64>,
    long: Array2<f64>,
    inputs: Option<Array2<f64>>,
    lambda: f64,
}

/// A recording and what is known of it.
pub fn simulate(options: &Options) -> Result<(Recording, Truth)> {
    let mut rng = ChaCha8Rng::seed_from_u64(options.common.seed);
    let tr = options.tr.unwrap_or(1.0);
    let usual = if options.simulate == Kind::Plrnn { 1_000 } else { 10_000 };
    let scans = options.scans.unwrap_or(if options.common.quick { 300 } else { usual });
    let response = Response::spm(tr)?;
    let history = response.values().len() - 1;
    let latents = match options.simulate {
        Kind::Plrnn => plrnn(scans + history, history, options.common.quick, &mut rng)?,
        Kind::Lorenz => lorenz(scans + history, options.common.quick)?,
    };
    let m = latents.seen.ncols();
    // Lorenz-63 is seen as it is, so that its attractor can be compared variable by variable.
    let mixing = match options.simulate {
        Kind::Plrnn => normal(REGIONS, m, &mut rng),
        Kind::Lorenz => Array2::eye(m),
    };
    let activity = latents.seen.dot(&mixing.t());
    let bold = Trajectory::new(activity, tr)?.convolve(&response, History::Drop)?;
    let sd = bold.data().std_axis(Axis(0), 0.0);

    let nuisance = wander(scans, &mut rng);
    let weights = normal(bold.dim(), NUISANCE, &mut rng) * sd.view().insert_axis(Axis(1)) * 0.3;
    let noise = normal(scans, bold.dim(), &mut rng) * &sd * options.noise;
    let measured = &bold.data() + &nuisance.dot(&weights.t()) + noise;

    let mut recording = Recording::new("simulated", Trajectory::new(measured, tr)?)?
        .with_nuisance(Trajectory::new(nuisance, tr)?)?;
    if let Some(inputs) = &latents.inputs {
        recording = recording.with_inputs(Trajectory::new(inputs.clone(), tr)?)?;
    }
    // Into the units of the recording: z-scored BOLD and z-scored nuisance regressors.
    let unit = recording.bold().data().std_axis(Axis(0), 1.0);
    // The regressors lose their means, and what these explain of BOLD goes with the mean of BOLD.
    let mean = bold.data().mean_axis(Axis(0)).ok_or("no scans")?;
    let nuisance_sd = recording.nuisance().map(|r| r.data().std_axis(Axis(0), 1.0)).ok_or("no nuisance")?;
    let recording = recording.z_score()?.z_score_nuisance()?;
    let long = (latents.long.dot(&mixing.t()) - &mean) / &unit;
    let weights = weights * &nuisance_sd / &unit.insert_axis(Axis(1));
    let at_scans = latents.seen.slice(s![history.., ..]).to_owned();
    let truth = Truth {
        latents: vec![Trajectory::new(at_scans, tr)?],
        simulated: Some(Simulated {
            activity: Trajectory::new(long, tr)?,
            lambda: latents.lambda,
            nuisance: Some(weights),
        }),
    };
    Ok((recording, truth))
}

fn normal(rows: usize, columns: usize, rng: &mut impl Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(rng))
}

/// Regressors that wander slowly, as a head does.
fn wander(scans: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut r = normal(scans, NUISANCE, rng);
    for row in 1..scans {
        let before = r.row(row - 1).to_owned();
        r.row_mut(row).zip_mut_with(&before, |r, before| *r = 0.95 * before + 0.3 * *r);
    }
    r
}

/// Lorenz-63, standardised, in steps of 0.01 that count as one scan each.
fn lorenz(samples: usize, quick: bool) -> Result<Latents> {
    let system = Lorenz63::default();
    let long = if quick { 2_000 } else { LONG };
    let all = Simulation::of(&system, samples + long).dt(0.01).transient(1_000).run(&system)?;
    let all = Standardizer::fit(&all)?.apply(&all)?.into_data();
    Ok(Latents {
        seen: all.slice(s![..samples, ..]).to_owned(),
        long: all.slice(s![samples.., ..]).to_owned(),
        inputs: None,
        lambda: 0.9056 * 0.01,
    })
}

/// A clipped shallow PLRNN, drawn until it is chaotic and as slow as BOLD can show, under blocks of a task.
fn plrnn(samples: usize, history: usize, quick: bool, rng: &mut impl Rng) -> Result<Latents> {
    let long = if quick { 4_000 } else { LONG };
    let task = |row: usize| f64::from(u8::from((row / BLOCK) % 2 == 1));
    loop {
        let map = draw(rng)?;
        let exponent = |input: f64| {
            let settings = LyapunovConfig {
                transient: 1_000,
                steps: 4_000,
                input: vec![input],
                ..LyapunovConfig::default()
            };
            let lambda = lyapunov_spectrum(&map, &[0.1; SIZE.0], &settings).ok()?.exponents[0].value;
            (0.01..0.08).contains(&lambda).then_some(lambda)
        };
        // At rest and at work, and held in between.
        let [Some(_), Some(lambda), Some(_)] = [0.0, 0.5, 1.0].map(exponent) else { continue };
        let run = free(&map, [0.1; SIZE.0], 1_000 + samples + long, task);
        let kept = run.slice(s![1_000.., ..]);
        let slow = (0..SIZE.0).all(|latent| crossings(kept.slice(s![..samples, latent])) <= samples / 8);
        // Most of what is seen is its own doing, not that of the task.
        let alone = free(&map, [0.1; SIZE.0], 3_000, |_| 0.5);
        let alone = alone.slice(s![1_000.., ..]).var_axis(Axis(0), 0.0);
        let own = alone.iter().zip(kept.var_axis(Axis(0), 0.0)).all(|(alone, driven)| *alone > 0.6 * driven);
        // The task does not bring nearby runs together.
        let nearby = free(&map, [0.1 + 1e-6; SIZE.0], 4_000, task);
        let apart = (&run.slice(s![3_000..4_000, ..]) - &nearby.slice(s![3_000.., ..])).mapv(|d| d * d);
        let chaotic = apart.sum() / 1_000.0 > kept.var_axis(Axis(0), 0.0).sum();
        if !(slow && own && chaotic) {
            continue;
        }
        let mean = kept.mean_axis(Axis(0)).ok_or("no samples")?;
        let kept = (&kept - &mean) / kept.std_axis(Axis(0), 0.0);
        let inputs = Array2::from_shape_fn((samples - history, 1), |(row, _)| task(1_000 + history + row));
        return Ok(Latents {
            seen: kept.slice(s![..samples, ..]).to_owned(),
            long: kept.slice(s![samples.., ..]).to_owned(),
            inputs: Some(inputs),
            lambda,
        });
    }
}

/// z ↦ A z + W1 (φ(W2 z + h2) − φ(W2 z)) + h1 + C u with slow A.
fn draw(rng: &mut impl Rng) -> Result<PiecewiseLinearMap> {
    let (m, l) = SIZE;
    let a = Array2::from_diag(&Array1::from_shape_simple_fn(m, || rng.random_range(0.85..0.97)));
    let (w1, w2) = (normal(m, l, rng) * 0.35, normal(l, m, rng));
    let thresholds = normal(1, l, rng).remove_axis(Axis(0));
    let v = ndarray::concatenate![Axis(1), w1, -&w1];
    let w = ndarray::concatenate![Axis(0), w2, w2];
    let b = ndarray::concatenate![Axis(0), thresholds, Array1::zeros(l)];
    let c = normal(m, 1, rng) * 0.1;
    Ok(PiecewiseLinearMap::new(a, v, w, b, Array1::zeros(m), c)?)
}

/// A free run under the task.
fn free(
    map: &PiecewiseLinearMap,
    start: [f64; SIZE.0],
    steps: usize,
    task: impl Fn(usize) -> f64,
) -> Array2<f64> {
    let (mut z, mut next) = (start.to_vec(), vec![0.0; SIZE.0]);
    let mut run = Array2::zeros((steps, SIZE.0));
    for (row, mut out) in run.rows_mut().into_iter().enumerate() {
        map.step(&z, &[task(row)], &mut next);
        std::mem::swap(&mut z, &mut next);
        out.iter_mut().zip(&z).for_each(|(out, z)| *out = *z);
    }
    run
}

/// How often a series crosses its mean.
fn crossings(series: ndarray::ArrayView1<'_, f64>) -> usize {
    let mean = series.mean().unwrap_or(0.0);
    series.windows(2).into_iter().filter(|pair| (pair[0] > mean) != (pair[1] > mean)).count()
}
