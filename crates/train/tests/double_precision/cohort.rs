//! Cohorts: what a subject is made of, what its windows train, and who comes later.

use attractor_models::{
    Cohort, CohortConfig, Context, Error as ModelError, Initialize, Sharing, StateSpaceModel,
    StateSpaceModelConfig,
    dynamics::{Plrnn, PlrnnConfig},
    observation::{LinearObservation, LinearObservationConfig},
};
use attractor_systems::Trajectory;
use attractor_train::{
    Dataset, Error, Objective, OptimizerConfig, Run, Schedule, Trainer, TrainerConfig,
    objective::{PerSubject, Strength, TeacherForcing},
};
use burn::{module::Module, tensor::Device};

use crate::{changed, device, normal, read, rng, shaken, value};

const SUBJECTS: usize = 3;

type Config = StateSpaceModelConfig<PlrnnConfig, LinearObservationConfig>;
type Model = Cohort<StateSpaceModel<Plrnn, LinearObservation>>;

fn config(sharing: Sharing) -> CohortConfig<Config> {
    let model = StateSpaceModelConfig::new(PlrnnConfig::new(2), LinearObservationConfig::new(3, 2));
    CohortConfig::new(model, SUBJECTS, sharing)
}

fn data(subjects: usize) -> Dataset {
    let series: Vec<Trajectory> =
        (0..subjects).map(|s| Trajectory::new(normal(20 + s, 3, 800 + s as u64), 1.0).unwrap()).collect();
    Dataset::new(&series).unwrap()
}

#[test]
fn a_subject_is_the_population_moved_by_its_features_with_parts_of_its_own() {
    let model: Model = shaken(&config(Sharing::features(2)), 0.3, 801, &device());
    let all = read(&model, None);
    for s in 0..SUBJECTS {
        let subject = read(&model.subject(s), None);
        let features = &all[&format!("features.{s}")];
        let directions = &all["directions"];
        let total = directions.len() / 2;
        let mut place = 0;
        for name in ["a", "w", "h"] {
            let population = &all[&format!("population.dynamics.{name}")];
            for (i, found) in subject[&format!("dynamics.{name}")].iter().enumerate() {
                let shift = features[0] * directions[place + i] + features[1] * directions[total + place + i];
                assert!((found - population[i] - shift).abs() < 1e-14, "{name}");
            }
            place += population.len();
        }
        assert_eq!(place, total);
        let own: Vec<f64> = ["b", "offset", "log_sd"]
            .iter()
            .flat_map(|n| subject[&format!("observation.{n}")].clone())
            .collect();
        assert_eq!(own, all[&format!("own.{s}")]);
        assert_eq!(subject["forcing_strength"], all["population.forcing_strength"]);
    }
}

#[test]
fn gradients_reach_the_subject_and_what_it_shares() {
    let model: Model = shaken(&config(Sharing::features(2)), 0.3, 802, &device().autodiff());
    let objective = PerSubject(TeacherForcing::generalized(0.0).with_weight_penalty(0.01));
    let data = data(SUBJECTS);
    let windows = data.windows(6, Context::default()).unwrap();
    // Windows of subject 1: those of subject 0 are 15.
    let loss = |model: &Model, device: &Device| {
        objective.loss(model, &windows.batch(&[15, 18, 22], device), 0.5, &mut rng(1)).total
    };
    let gradients = read(&model, Some(&loss(&model, &device().autodiff()).backward()));
    assert!(
        gradients.keys().all(|path| !path.ends_with(".0") && !path.ends_with(".2")),
        "{:?}",
        gradients.keys()
    );
    let plain = model.valid();
    for path in ["features.1", "directions", "population.dynamics.a", "population.dynamics.w"] {
        for (index, gradient) in gradients[path].iter().enumerate() {
            let at = |by: f64| {
                let moved = changed(plain.clone(), |at, values| {
                    if at == path {
                        values[index] += by;
                    }
                });
                value(loss(&moved, &device()))
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient - difference).abs() < 1e-6 * difference.abs().max(1.0), "{path}[{index}]");
        }
    }
    assert!(gradients["own.1"].iter().any(|entry| *entry != 0.0));
}

fn trainer() -> TrainerConfig {
    TrainerConfig {
        epochs: 4,
        steps_per_epoch: 5,
        batch: 3,
        window: 6,
        optimizer: OptimizerConfig::radam(),
        learning_rate: Schedule::constant(1e-2),
        clip_norm: None,
        seed: 1,
    }
}

fn objective() -> PerSubject<TeacherForcing> {
    PerSubject(TeacherForcing::new(Strength::adaptive()))
}

#[test]
fn newcomers_leave_the_population_as_it_is() {
    let device = device();
    let run = Run { model: config(Sharing::features(2)), objective: objective(), trainer: trainer() };
    let data = data(SUBJECTS);
    let cohort = Trainer::new(run.clone(), &data, &device).unwrap().fit(&mut []).unwrap().model;
    // α adapts along with what is shared.
    assert!(read(&cohort, None)["population.forcing_strength"][0] < 1.0);

    let newcomer = CohortConfig { subjects: 1, ..run.model.clone() }.with_frozen_population();
    let later = Dataset::new(&[Trajectory::new(normal(25, 3, 810), 1.0).unwrap()]).unwrap();
    let run = Run { model: newcomer, ..run };
    let trainer = Trainer::new(run, &later, &device)
        .unwrap()
        .start_from(|newcomers| Ok(cohort.welcome(newcomers)?))
        .unwrap();
    let fitted = trainer.fit(&mut []).unwrap().model;
    let (before, after) = (read(&cohort, None), read(&fitted, None));
    for (path, values) in &after {
        let of_its_own = path.starts_with("own") || path.starts_with("features");
        if of_its_own {
            let count = SUBJECTS as f64;
            let stem = path.trim_end_matches('0');
            let start: Vec<f64> = (0..values.len())
                .map(|i| (0..SUBJECTS).map(|s| before[&format!("{stem}{s}")][i]).sum::<f64>() / count)
                .collect();
            assert!(values.iter().zip(&start).any(|(value, start)| (value - start).abs() > 1e-4), "{path}");
        } else if path != "population.forcing_strength" {
            assert_eq!(values, &before[path], "{path}");
        }
    }
    assert_eq!(fitted.features().unwrap().unwrap().len(), 1);
}

#[test]
fn subjects_that_share_everything_are_one_model() {
    let sharing = Sharing { features: 0, by_features: Vec::new(), own: Vec::new() };
    let model = config(sharing).init(&device(), &mut rng(1)).unwrap();
    let (whole, subject) = (read(&model, None), read(&model.subject(0), None));
    assert!(subject.iter().all(|(path, values)| &whole[&format!("population.{path}")] == values));
    assert!(model.features().unwrap().is_none());
}

#[test]
fn what_cannot_work_is_refused() {
    let refused = |config: CohortConfig<Config>| config.init(&device(), &mut rng(1)).unwrap_err();
    assert!(matches!(
        refused(CohortConfig { subjects: 0, ..config(Sharing::dynamics()) }),
        ModelError::ZeroSize { field: "subjects", .. }
    ));
    assert!(matches!(
        refused(config(Sharing::features(0))),
        ModelError::OutOfRange { field: "features", .. }
    ));
    let sharing = Sharing { by_features: vec!["dynamic".into()], ..Sharing::features(1) };
    let error = refused(config(sharing));
    assert!(matches!(&error, ModelError::UnknownPart { part, .. } if part == "dynamic"), "{error}");
    assert!(error.to_string().contains("dynamics.a"), "{error}");
    let error = refused(config(Sharing::dynamics().with_own(&["nothing"])));
    assert!(matches!(error, ModelError::UnknownPart { .. }));

    let model = config(Sharing::dynamics()).init(&device(), &mut rng(1)).unwrap();
    assert!(matches!(
        objective().validate(&model, &data(2), 6),
        Err(Error::ModelAndData { name: "subjects", model: 3, data: 2 })
    ));
    let others = config(Sharing::features(2)).init(&device(), &mut rng(1)).unwrap();
    assert!(matches!(model.welcome(others), Err(ModelError::Mismatch { name: "F", .. })));
}
