//! Whole files whose content does not fit the run they name.

use attractor_models::{
    SequentialVaeConfig, dynamics::PlrnnConfig, encoder::LinearEncoderConfig,
    observation::IdentityObservationConfig,
};
use attractor_systems::Trajectory;
use burn::tensor::Device;
use ndarray::Array2;

use super::*;
use crate::{Trainer, TrainerConfig, objective::Elbo};

/// Damage to a checkpoint.
type Change = fn(&mut Checkpoint);

type Config = SequentialVaeConfig<LinearEncoderConfig, PlrnnConfig, IdentityObservationConfig>;

fn data() -> Dataset {
    let wave = Array2::from_shape_fn((60, 2), |(t, n)| (0.3 * t as f64 + n as f64).sin());
    Dataset::new(&[Trajectory::new(wave, 1.0).unwrap()]).unwrap()
}

/// A checkpoint with optimiser state.
fn trained(data: &Dataset) -> Checkpoint {
    struct Take(Option<Checkpoint>);
    impl crate::Observer for Take {
        fn on_end(&mut self, event: &crate::EndEvent<'_>) -> Result<()> {
            self.0 = Some((event.checkpoint)()?);
            Ok(())
        }
    }
    let model = SequentialVaeConfig::new(
        LinearEncoderConfig::new(2, 2),
        PlrnnConfig::new(2),
        IdentityObservationConfig::new(2, 2),
    );
    let trainer =
        TrainerConfig { epochs: 1, steps_per_epoch: 2, batch: 2, window: 4, ..TrainerConfig::default() };
    let run = Run { model, objective: Elbo::default(), trainer };
    let mut take = Take(None);
    Trainer::<Config, Elbo>::new(run, data, &Device::flex()).unwrap().fit(&mut [&mut take]).unwrap();
    take.0.unwrap()
}

/// Adds a tensor of zeros.
fn put(checkpoint: &mut Checkpoint, name: &str, shape: &[usize]) {
    let values = vec![0.0; shape.iter().product()];
    checkpoint.tensors.insert(name.into(), (shape.to_vec(), values));
}

/// What resuming says after `change`.
fn resume_after(change: impl FnOnce(&mut Checkpoint)) -> Result<()> {
    let data = data();
    let mut checkpoint = trained(&data);
    change(&mut checkpoint);
    Trainer::<Config, Elbo>::resume(&checkpoint, &data, &Device::flex()).map(drop)
}

#[test]
fn unchanged_it_resumes() {
    resume_after(|_| ()).unwrap();
}

#[test]
fn parameters_that_do_not_fit_are_named() {
    let changes: [(&str, Change); 3] = [
        ("dynamics.w", |c| drop(c.tensors.remove("model/dynamics.w"))),
        ("dynamics.extra", |c| put(c, "model/dynamics.extra", &[1])),
        ("dynamics.w", |c| c.tensors.get_mut("model/dynamics.w").unwrap().0 = vec![4, 1]),
    ];
    for (name, change) in changes {
        let error = resume_after(change).unwrap_err();
        assert!(matches!(error, Error::AnotherModel { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn other_sizes_are_refused() {
    let sizes = |c: &mut Checkpoint, latent: usize| {
        for part in ["encoder", "dynamics", "observation"] {
            c.header.run["model"][part]["latent"] = latent.into();
        }
    };
    let error = resume_after(|c| sizes(c, 3)).unwrap_err();
    assert!(matches!(error, Error::AnotherModel { .. }), "{error}");
    assert!(error.to_string().contains("shape"), "{error}");
    let error = resume_after(|c| c.header.run["model"]["dynamics"]["latent"] = 3.into()).unwrap_err();
    assert!(matches!(error, Error::Model(_)), "{error}");
}

#[test]
fn a_run_that_lacks_a_field_or_is_out_of_range_is_refused() {
    let error =
        resume_after(|c| drop(c.header.run.as_object_mut().unwrap().remove("objective"))).unwrap_err();
    assert!(matches!(error, Error::AnotherModel { .. }), "{error}");
    let error = resume_after(|c| c.header.run["trainer"]["batch"] = 0.into()).unwrap_err();
    assert!(matches!(error, Error::OutOfRange { field: "batch", .. }), "{error}");
}

#[test]
fn a_state_of_the_optimizer_that_is_not_whole_is_refused() {
    let changes: [Change; 8] = [
        |c| drop(c.tensors.remove("optimizer/dynamics.w/momentum.moment_1").unwrap()),
        |c| put(c, "optimizer/dynamics.w/momentum.moment_9", &[2, 2]),
        |c| put(c, "optimizer/nowhere/moment_1", &[1]),
        |c| c.tensors.get_mut("optimizer/dynamics.w/momentum.moment_2").unwrap().0 = vec![4],
        |c| assert!(c.header.optimizer.remove("dynamics.w/momentum.time").is_some()),
        |c| *c.header.optimizer.get_mut("dynamics.w/momentum.time").unwrap() = -1,
        |c| *c.header.optimizer.get_mut("dynamics.w/__rank").unwrap() = 1,
        |c| assert!(c.header.optimizer.insert("no-slash".into(), 1).is_none()),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        match resume_after(change) {
            Err(Error::AnotherModel { .. }) => {}
            other => panic!("change {index}: {other:?}"),
        }
    }
}

#[test]
fn kinds_are_names_without_modules() {
    assert_eq!(kind::<Elbo>(), "Elbo");
    assert_eq!(
        kind::<Config>(),
        "SequentialVaeConfig<LinearEncoderConfig, PlrnnConfig, IdentityObservationConfig>"
    );
    assert_eq!(kind::<(Vec<Option<f64>>, &str)>(), "(Vec<Option<f64>>, &str)");
}
