//! What is trained on and compared with: a simulation, or files.

use attractor::{prelude::*, systems::MissingPolicy};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{Result, options::Options};

/// Observation noise of the simulated data, in standard deviations of each variable.
const NOISE: f64 = 0.05;

/// Fewer samples than this say nothing of an attractor.
const SHORTEST_TEST: usize = 100;

/// Training and test data in their own units.
pub struct Data {
    /// One sentence for the reader.
    pub description: String,
    /// Trained on.
    pub train: Vec<Trajectory>,
    /// Compared with.
    pub test: Trajectory,
    /// Another trajectory of the same system, for the floor of the scores.
    pub floor: Trajectory,
    /// Largest Lyapunov exponent, where it is known.
    pub true_lambda: Option<f64>,
    /// Leads to the units that the model sees.
    pub standardizer: Standardizer,
}

impl Data {
    /// Reads or simulates what the options ask for.
    pub fn load(options: &Options) -> Result<Self> {
        let mut data = match &options.data {
            None => Self::simulate(options)?,
            Some(_) => Self::read(options)?,
        };
        data.true_lambda = options.true_lambda.or(data.true_lambda);
        // What no score could judge is refused now and not after the fit.
        if data.test.len() < SHORTEST_TEST {
            let found = data.test.len();
            return Err(format!(
                "the data to compare with have {found} samples; at least {SHORTEST_TEST} are needed to judge a free run"
            )
            .into());
        }
        Standardizer::fit(&data.test)?;
        Ok(data)
    }

    fn simulate(options: &Options) -> Result<Self> {
        let lorenz = Lorenz63::default();
        let run = |start: [f64; 3]| {
            let simulation = Simulation::of(&lorenz, options.samples()).dt(options.dt).transient(5_000);
            simulation.initial_state(start).run(&lorenz)
        };
        let clean = run([1.0, 1.0, 1.0])?;
        let test = run([-5.0, -7.0, 20.0])?;
        let noisy = clean.add_noise(NOISE, &mut ChaCha8Rng::seed_from_u64(options.common.seed))?;
        let known = lorenz.known_exponents().and_then(|known| known.exponents.first().copied());
        Ok(Self {
            description: format!(
                "Lorenz-63, {} samples every {}, {:.0}% observation noise; compared with another run without noise",
                noisy.len(),
                options.dt,
                100.0 * NOISE
            ),
            standardizer: Standardizer::fit(&noisy)?,
            train: vec![noisy],
            test,
            floor: clean,
            true_lambda: known,
        })
    }

    fn read(options: &Options) -> Result<Self> {
        let mut reading = ReadOptions::new(options.dt);
        if options.allow_missing {
            reading = reading.missing(MissingPolicy::Mask);
        }
        if let Some(key) = &options.key {
            reading = reading.key(key);
        }
        let path = options.data.as_ref().expect("there is a file");
        let mut train = read(path, &reading)?;
        let test = if let Some(path) = &options.test {
            read_one(path, &reading)?
        } else {
            let last = train.pop().expect("a file holds at least one trajectory");
            let (rest, test) =
                if train.is_empty() { last.split(0.8)? } else { last.split_at(last.len() / 2)? };
            train.push(rest);
            test
        };
        let total: usize = train.iter().map(Trajectory::len).sum();
        Ok(Self {
            description: format!(
                "{}, {} trajectories, {total} samples of {} variables every {}; compared with {} samples of {}",
                path.display(),
                train.len(),
                test.dim(),
                options.dt,
                test.len(),
                options
                    .test
                    .as_ref()
                    .map_or_else(|| "its end".to_string(), |path| path.display().to_string()),
            ),
            standardizer: Standardizer::fit_all(&train)?,
            floor: train[0].clone(),
            train,
            test,
            true_lambda: None,
        })
    }
}
