//! Teacher forcing: the loss written out by hand, adaptive strength, and many runs at once.

mod fixture;

use attractor_models::{
    Context, Dynamics, Initialize, Observation, StateSpaceModel, StateSpaceModelConfig,
    dynamics::{ClippedShallowPlrnnConfig, PlrnnConfig, RectifiedRnnConfig},
    observation::{IdentityObservationConfig, LinearObservationConfig},
};
use attractor_systems::Trajectory;
use attractor_train::{
    Batch, Checkpoint, Dataset, Error, Fit, Job, Loss, Objective, OptimizerConfig, Outcome, Result, Run,
    Schedule, Trainer, TrainerConfig, fit_many,
    objective::{JacobianNorm, ManifoldAttractor, NoiseOn, Strength, TeacherForcing},
    observer::CheckpointWriter,
};
use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use fixture::{data, lorenz, weights};
use ndarray::Array2;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

const WINDOW: usize = 8;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn number(tensor: Tensor<1>) -> f64 {
    tensor.into_scalar::<f32>().into()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1e-3), "{found} instead of {expected}");
}

fn build<C: Initialize>(config: &C) -> C::Module {
    config.init(&Device::flex().autodiff(), &mut rng(3)).unwrap()
}

fn batch(data: &Dataset) -> Batch {
    data.windows(WINDOW, Context::default()).unwrap().batch(&[0, 17, 60, 3], &Device::flex().autodiff())
}

/// α after a step.
type Alpha = fn(usize) -> f64;

/// The loss written out: one sequence, one step and one number after the other. `x` \[B, T + 1, N\], `present` likewise.
fn by_hand<D: Dynamics, O: Observation>(
    model: &StateSpaceModel<D, O>,
    batch: &Batch,
    alpha: impl Fn(usize) -> f64,
    forced: usize,
) -> f64 {
    let values = |tensor: Tensor<3>| tensor.into_data().iter::<f64>().collect::<Vec<f64>>();
    let exported = model.export().unwrap();
    let (m, n) = (model.dynamics.latent_dim(), model.observation.observed_dim());
    let x = values(batch.observations().inner());
    let present = batch.present().map(|present| values(present.inner()));
    let inverse = values(model.observation.inverse(batch.observations()).inner());
    let inputs = batch.inputs().map(|u| values(u.inner()));
    let k = model.dynamics.input_dim();
    let (mut sum, mut count) = (0.0, 0.0);
    for b in 0..batch.size() {
        let at = |t: usize| b * WINDOW + t;
        let first = Tensor::<2>::from_data(
            burn::tensor::TensorData::new(x[at(0) * n..(at(0) + 1) * n].to_vec(), [1, n]),
            &Device::flex().autodiff(),
        );
        let mut z: Vec<f64> = model.start(first).into_data().iter::<f64>().collect();
        for t in 1..WINDOW {
            let u = inputs.as_ref().map_or(&[][..], |u| &u[at(t) * k..(at(t) + 1) * k]);
            let mut next = vec![0.0; m];
            attractor_systems::Map::step(&exported.dynamics, &z, u, &mut next);
            let mut seen = vec![0.0; n];
            exported.readout.apply(&next, &mut seen);
            for i in 0..n {
                let there = present.as_ref().is_none_or(|present| present[at(t) * n + i] == 1.0);
                if there {
                    sum += (seen[i] - x[at(t) * n + i]).powi(2);
                    count += 1.0;
                }
                if i < forced && there {
                    next[i] += alpha(t) * (inverse[at(t) * m + i] - next[i]);
                }
            }
            z = next;
        }
    }
    sum / count
}

fn losses<D: Dynamics, O: Observation>(
    objective: &TeacherForcing,
    model: &StateSpaceModel<D, O>,
    batch: &Batch,
) -> Vec<f64> {
    let Loss { total, terms } = objective.loss(model, batch, 0.5, &mut rng(1));
    terms.into_iter().map(|(_, term)| number(term)).chain([number(total)]).collect()
}

/// Lorenz-63 with every seventh value missing, and a switching input.
fn gaps_and_inputs() -> Dataset {
    let gaps = lorenz()
        .data()
        .indexed_iter()
        .map(|((t, i), x)| if (3 * t + i) % 7 == 0 { f64::NAN } else { *x })
        .collect();
    let gaps =
        Trajectory::from_array_with_missing(Array2::from_shape_vec((200, 3), gaps).unwrap(), 1.0).unwrap();
    let inputs =
        Trajectory::new(Array2::from_shape_fn((200, 2), |(t, k)| ((t * (k + 2)) % 5) as f64 - 2.0), 1.0);
    Dataset::new(&[gaps]).unwrap().with_inputs(&[inputs.unwrap()]).unwrap()
}

#[test]
fn the_loss_is_the_error_of_the_forced_rollout() {
    let strengths: [(Strength, Alpha); 4] = [
        (Strength::Sparse { interval: 3 }, |t| f64::from(u8::from(t % 3 == 0))),
        (Strength::Constant { alpha: 0.25 }, |_| 0.25),
        (Strength::Scheduled { alpha: Schedule::Linear { from: 1.0, to: 0.0, share: 1.0 } }, |_| 0.5),
        // Before the first estimate.
        (Strength::adaptive(), |_| 1.0),
    ];
    for (strength, alpha) in strengths {
        let objective = TeacherForcing::new(strength);
        // As many latents as variables; more, of which some start from L_z; inputs and missing values; fewer forced.
        let model = build(&StateSpaceModelConfig::new(
            ClippedShallowPlrnnConfig::new(3, 7),
            IdentityObservationConfig::new(3, 3),
        ));
        let seen = batch(&data());
        close(losses(&objective, &model, &seen)[0], by_hand(&model, &seen, alpha, 3));
        let partial = objective.clone().with_forced(2);
        close(losses(&partial, &model, &seen)[0], by_hand(&model, &seen, alpha, 2));

        let wide = StateSpaceModelConfig::new(
            PlrnnConfig::new(5).with_inputs(2),
            IdentityObservationConfig::new(3, 5),
        );
        let (model, seen) = (build(&wide), batch(&gaps_and_inputs()));
        assert!(seen.present().is_some());
        close(losses(&objective, &model, &seen)[0], by_hand(&model, &seen, alpha, 3));

        // Through the inverse of a linear observation.
        let linear = StateSpaceModelConfig::new(PlrnnConfig::new(3), LinearObservationConfig::new(3, 3));
        let (model, seen) = (build(&linear), batch(&data()));
        close(losses(&objective, &model, &seen)[0], by_hand(&model, &seen, alpha, 3));
    }
}

#[test]
fn regularization_enters_the_loss_as_its_term() {
    let config = StateSpaceModelConfig::new(PlrnnConfig::new(3), LinearObservationConfig::new(3, 3));
    let (model, seen) = (build(&config), batch(&data()));
    let plain = losses(&TeacherForcing::generalized(0.1), &model, &seen);
    assert_eq!((plain[2], plain[0]), (0.0, plain[3]));
    close(plain[1], 0.1);
    let weight = number(model.dynamics.weight_penalty());
    let condition = number(model.observation.conditioning_penalty().unwrap());
    let readout = model.export().unwrap().readout.matrix;
    let singular = nalgebra::DMatrix::from_fn(3, 3, |i, j| readout[[i, j]]).singular_values();
    close(condition, (1.0 - singular.max() / singular.min()).powi(2));
    let map = model.export().unwrap().dynamics;
    let pull = |i: usize| {
        2.0 * (1.0 - map.a()[[i, i]]).powi(2)
            + 3.0 * map.v().row(i).mapv(|w| w * w).sum()
            + 5.0 * map.h()[i].powi(2)
    };
    let objective = TeacherForcing::generalized(0.1)
        .with_weight_penalty(0.5)
        .with_conditioning_penalty(0.25)
        .with_manifold(ManifoldAttractor { latents: 2, a: 2.0, w: 3.0, h: 5.0 });
    let found = losses(&objective, &model, &seen);
    close(found[2], 0.5 * weight + 0.25 * condition + pull(1) + pull(2));
    close(found[3], found[0] + found[2]);
}

/// The gradient of the first parameter of a module.
struct First(Option<Vec<f64>>, burn::tensor::Gradients);
impl burn::module::ModuleVisitor for First {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let (None, Some(gradient)) = (&self.0, param.val().grad(&self.1)) {
            self.0 = Some(gradient.into_data().iter::<f64>().collect());
        }
    }
}

/// σ_max/σ_min by its definition has the gradient that the penalty claims.
#[test]
fn the_conditioning_penalty_has_its_gradient() {
    let model = build(&LinearObservationConfig::new(4, 3));
    let gradients = model.conditioning_penalty().unwrap().backward();
    let readout = model.readout().unwrap().matrix;
    let penalty = |b: &Array2<f64>| {
        let singular = nalgebra::DMatrix::from_fn(4, 3, |i, j| b[[i, j]]).singular_values();
        (1.0 - singular.max() / singular.min()).powi(2)
    };
    let mut first = First(None, gradients);
    model.visit(&mut first);
    let found = first.0.unwrap();
    for (place, found) in found.iter().enumerate() {
        let moved = |by: f64| {
            let mut b = readout.clone();
            b[[place / 3, place % 3]] += by;
            penalty(&b)
        };
        let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{found} instead of {expected}");
    }
}

#[test]
fn noise_goes_where_it_is_said_to_go() {
    let config = StateSpaceModelConfig::new(
        ClippedShallowPlrnnConfig::new(3, 7),
        IdentityObservationConfig::new(3, 3),
    );
    let (model, seen) = (build(&config), batch(&data()));
    let clean = losses(&TeacherForcing::generalized(1.0), &model, &seen)[0];
    let inputs = TeacherForcing::generalized(1.0).with_noise(0.3, NoiseOn::Inputs);
    let everything = TeacherForcing::generalized(1.0).with_noise(0.3, NoiseOn::Everything);
    let [inputs, everything] = [inputs, everything].map(|objective| losses(&objective, &model, &seen)[0]);
    assert!(inputs != clean && everything != inputs);
    // The same draw of noise in the targets adds its variance, of which there is none in the predictions.
    assert!(everything > inputs + 0.5 * 0.09, "{everything} {inputs}");
}

/// A PLRNN whose Jacobian is diag(a) everywhere.
fn diagonal(
    a: [f32; 3],
) -> StateSpaceModel<attractor_models::dynamics::Plrnn, attractor_models::observation::IdentityObservation> {
    struct Set([f32; 3]);
    impl burn::module::ModuleMapper for Set {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let values = match (D, param.dims()[0]) {
                (1, 3) => self.0.to_vec(),
                _ => return param.map(|value| value * 0.0),
            };
            // `a` comes first, `h` after it is zero.
            self.0 = [0.0; 3];
            let shape = param.dims();
            param
                .map(|value| Tensor::from_data(burn::tensor::TensorData::new(values, shape), &value.device()))
        }
    }
    let config = StateSpaceModelConfig::new(PlrnnConfig::new(3), IdentityObservationConfig::new(3, 3));
    let mut model = build(&config);
    model.dynamics = model.dynamics.map(&mut Set(a));
    model
}

#[test]
fn adaptive_strength_follows_the_norm_of_the_jacobians() {
    let norms = [
        JacobianNorm::ProductUpperBound,
        JacobianNorm::GeometricMean,
        JacobianNorm::ArithmeticMean,
        JacobianNorm::BatchMaximum,
        JacobianNorm::Bound,
    ];
    let seen = batch(&data());
    for norm in norms {
        let strength = |start: f64| Strength::Adaptive { norm, start, decay: 0.9, every: 2 };
        // 1 − 1/𝒩 is 3/4, to which α rises at once, and falls by a tenth of the way.
        let mut model = diagonal([4.0, 0.5, 1.0]);
        assert_eq!(model.dynamics.jacobian_bound().unwrap(), Some(4.0));
        let rising = TeacherForcing::new(strength(0.1));
        rising.before_step(&mut model, &seen, 0, 0.0);
        close(model.forcing_strength(), 0.1);
        rising.before_step(&mut model, &seen, 1, 0.1);
        close(model.forcing_strength(), 0.75);
        let falling = TeacherForcing::new(strength(1.0));
        falling.before_step(&mut model, &seen, 0, 0.0);
        falling.before_step(&mut model, &seen, 1, 0.1);
        close(model.forcing_strength(), 0.9 + 0.1 * 0.75);
        falling.before_step(&mut model, &seen, 2, 0.2);
        close(model.forcing_strength(), 0.975);
        // A contraction needs no forcing.
        let mut model = diagonal([0.5, 0.5, 0.25]);
        let objective = TeacherForcing::new(Strength::Adaptive { norm, start: 1.0, decay: 0.0, every: 1 });
        objective.before_step(&mut model, &seen, 0, 0.0);
        assert_eq!(model.forcing_strength(), 0.0);
    }
}

type Config = StateSpaceModelConfig<ClippedShallowPlrnnConfig, IdentityObservationConfig>;

fn run(seed: u64) -> Run<Config, TeacherForcing> {
    let model = StateSpaceModelConfig::new(
        ClippedShallowPlrnnConfig::new(4, 6),
        IdentityObservationConfig::new(3, 4),
    );
    let adaptive = Strength::Adaptive { norm: JacobianNorm::default(), start: 1.0, decay: 0.5, every: 2 };
    let trainer = TrainerConfig {
        epochs: 6,
        steps_per_epoch: 5,
        batch: 4,
        window: 12,
        optimizer: OptimizerConfig::radam(),
        learning_rate: Schedule::constant(1e-3),
        clip_norm: None,
        seed,
    };
    Run { model, objective: TeacherForcing::new(adaptive).with_noise(0.1, NoiseOn::Inputs), trainer }
}

fn trainer(run: Run<Config, TeacherForcing>, data: &Dataset) -> Trainer<'_, Config, TeacherForcing> {
    Trainer::new(run, data, &Device::flex()).unwrap()
}

/// Ends a run after three epochs.
struct Stop;
impl attractor_train::Observer for Stop {
    fn on_epoch(&mut self, event: &attractor_train::EpochEvent<'_>) -> Result<attractor_train::Control> {
        Ok(match event.record.epoch {
            3 => attractor_train::Control::Stop("enough".into()),
            _ => attractor_train::Control::Continue,
        })
    }
}

#[test]
fn a_resumed_run_keeps_its_forcing_strength() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("half");
    let whole = trainer(run(1), &data).fit(&mut []).unwrap();
    assert!(whole.model.forcing_strength() < 0.9, "α has moved");
    let mut writer = CheckpointWriter::new(&path, 1);
    trainer(run(1), &data).fit(&mut [&mut writer, &mut Stop]).unwrap();
    let half = Checkpoint::read(&path).unwrap();
    let resumed = Trainer::<Config, TeacherForcing>::resume(&half, &data, &Device::flex()).unwrap();
    let resumed = resumed.fit(&mut []).unwrap();
    assert!(weights(&resumed.model) == weights(&whole.model));
    assert_eq!(resumed.model.forcing_strength(), whole.model.forcing_strength());
}

#[test]
fn one_run_of_many_that_diverges_leaves_the_others_whole() {
    let data = data();
    let mut exploding = run(2);
    exploding.trainer.learning_rate = Schedule::constant(1e30);
    let runs = [("a", run(1)), ("b", exploding), ("c", run(3))];
    let alone: Vec<Fit<_>> =
        runs.iter().map(|(_, run)| trainer(run.clone(), &data).fit(&mut []).unwrap()).collect();
    let Outcome::Diverged { epoch, batch, step } = alone[1].outcome else { panic!("{}", alone[1].outcome) };
    assert_eq!(step, (epoch - 1) * 5 + batch);
    for threads in [None, std::num::NonZeroUsize::new(1), std::num::NonZeroUsize::new(3)] {
        let jobs = runs.iter().map(|(name, run)| Job::new(*name, trainer(run.clone(), &data))).collect();
        let many = fit_many(jobs, threads);
        assert_eq!(many.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        for ((_, found), expected) in many.iter().zip(&alone) {
            let found = found.as_ref().unwrap();
            assert_eq!((&found.outcome, &found.history), (&expected.outcome, &expected.history));
            assert!(weights(&found.model) == weights(&expected.model));
            assert!(found.model.export().is_ok(), "the last good parameters");
        }
    }
    assert!(fit_many::<Config, TeacherForcing>(Vec::new(), None).is_empty());
}

/// Panics in the second step.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Panicking(TeacherForcing, bool);

impl<D: Dynamics, O: Observation> Objective<StateSpaceModel<D, O>> for Panicking {
    fn context(&self, model: &StateSpaceModel<D, O>) -> Context {
        self.0.context(model)
    }
    fn validate(&self, model: &StateSpaceModel<D, O>, data: &Dataset, window: usize) -> Result<()> {
        self.0.validate(model, data, window)
    }
    fn before_step(&self, _: &mut StateSpaceModel<D, O>, _: &Batch, step: usize, _: f64) {
        assert!(!self.1 || step == 0, "as it was told");
    }
    fn loss(&self, model: &StateSpaceModel<D, O>, batch: &Batch, at: f64, rng: &mut ChaCha8Rng) -> Loss {
        self.0.loss(model, batch, at, rng)
    }
}

#[test]
fn a_panic_in_one_run_is_its_own_error() {
    let data = data();
    let job = |name: &str, panics: bool| {
        let Run { model, objective, trainer } = run(1);
        let run = Run { model, objective: Panicking(objective, panics), trainer };
        Job::new(name, Trainer::new(run, &data, &Device::flex()).unwrap())
    };
    let results = fit_many(vec![job("good", false), job("bad", true), job("good too", false)], None);
    assert!(results[0].1.is_ok() && results[2].1.is_ok());
    let error = results[1].1.as_ref().unwrap_err();
    assert!(matches!(error, Error::Panicked { message } if message.contains("as it was told")), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let data = data();
    let refused = |change: fn(&mut Run<Config, TeacherForcing>)| {
        let mut run = run(1);
        change(&mut run);
        match Trainer::new(run, &data, &Device::flex()) {
            Err(Error::OutOfRange { field, .. }) => field,
            Err(other) => panic!("{other}"),
            Ok(_) => "",
        }
    };
    assert_eq!(refused(|_| ()), "");
    assert_eq!(refused(|run| run.trainer.window = 1), "window");
    assert_eq!(refused(|run| run.objective.strength = Strength::Sparse { interval: 0 }), "interval");
    assert_eq!(refused(|run| run.objective.strength = Strength::Constant { alpha: 1.5 }), "alpha");
    assert_eq!(refused(|run| run.objective.strength = Strength::Constant { alpha: f64::NAN }), "alpha");
    assert_eq!(
        refused(|run| run.objective.strength = Strength::Scheduled { alpha: Schedule::constant(-0.1) }),
        "alpha"
    );
    assert_eq!(
        refused(|run| {
            run.objective.strength =
                Strength::Adaptive { norm: JacobianNorm::Bound, start: 2.0, decay: 0.9, every: 1 };
        }),
        "start"
    );
    assert_eq!(
        refused(|run| {
            run.objective.strength =
                Strength::Adaptive { norm: JacobianNorm::Bound, start: 1.0, decay: 0.9, every: 0 };
        }),
        "every"
    );
    assert_eq!(refused(|run| run.objective.forced = Some(4)), "forced");
    assert_eq!(refused(|run| run.objective.forced = Some(0)), "forced");
    assert_eq!(refused(|run| run.objective.noise = -1.0), "noise");
    assert_eq!(refused(|run| run.objective.weight_penalty = f64::INFINITY), "weight_penalty");
    assert_eq!(refused(|run| run.objective.conditioning_penalty = f64::NAN), "conditioning_penalty");
    assert_eq!(
        refused(|run| run.objective.manifold = Some(ManifoldAttractor { latents: 5, a: 1.0, w: 0.0, h: 0.0 })),
        "manifold.latents"
    );
    assert_eq!(
        refused(
            |run| run.objective.manifold = Some(ManifoldAttractor { latents: 2, a: -1.0, w: 0.0, h: 0.0 })
        ),
        "manifold.a"
    );
    // Dynamics that have no bound of their Jacobian cannot take their strength from it.
    let model = StateSpaceModelConfig::new(RectifiedRnnConfig::new(3), IdentityObservationConfig::new(3, 3));
    let norm = Strength::Adaptive { norm: JacobianNorm::Bound, start: 1.0, decay: 0.9, every: 1 };
    let run = Run { model, objective: TeacherForcing::new(norm), trainer: run(1).trainer };
    let error = Trainer::new(run, &data, &Device::flex()).map(drop).unwrap_err();
    assert!(matches!(error, Error::OutOfRange { field: "norm", .. }), "{error}");
    // Another number of variables than the data.
    let model = StateSpaceModelConfig::new(PlrnnConfig::new(4), IdentityObservationConfig::new(2, 4));
    let run = Run { model, objective: TeacherForcing::sparse(2), trainer: self::run(1).trainer };
    let error = Trainer::new(run, &data, &Device::flex()).map(drop).unwrap_err();
    assert!(matches!(error, Error::ModelAndData { name: "N", model: 2, data: 3 }), "{error}");
}
