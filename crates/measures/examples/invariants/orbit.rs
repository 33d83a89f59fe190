//! The systems of the catalogue under one roof, their trajectories, and the mean divergence along these.

use attractor_measures::Estimate;
use attractor_systems::catalog::{CatalogDelayFlow, CatalogFlow, CatalogMap};
use attractor_systems::{Property, Simulation, System, Trajectory};
use nalgebra::DMatrix;
use ndarray::Array2;

use crate::scales::{self, Scales};

/// Flows whose right-hand side itself jumps; of the others that are not smooth, a derivative does.
const JUMPS: [&str; 3] = ["fluid trampoline", "Sprott multifractal", "stick-slip oscillator"];

/// A system of the catalogue.
pub enum Orbit {
    Flow(Box<dyn CatalogFlow>),
    Map(Box<dyn CatalogMap>),
    DelayFlow(Box<dyn CatalogDelayFlow>),
}

impl Orbit {
    /// What the catalogue says of it.
    pub fn system(&self) -> &dyn System {
        match self {
            Self::Flow(system) => system.as_ref(),
            Self::Map(system) => system.as_ref(),
            Self::DelayFlow(system) => system.as_ref(),
        }
    }

    pub fn name(&self) -> &'static str {
        self.system().name()
    }

    pub fn dim(&self) -> usize {
        self.system().variables().len()
    }

    pub fn is(&self, property: Property) -> bool {
        self.system().properties().contains(&property)
    }

    /// Whether its right-hand side jumps, so that the variational equation does not hold.
    pub fn jumps(&self) -> bool {
        JUMPS.contains(&self.name())
    }

    /// Whether the time stands in the equation.
    pub fn depends_on_time(&self) -> bool {
        let Self::Flow(flow) = self else { return false };
        let x = flow.default_state();
        let at = |t: f64| {
            let mut dx = vec![0.0; x.len()];
            flow.rhs(t, &x, &mut dx);
            dx
        };
        let period = scales::period(self.system());
        [0.123, 0.456, 0.789].iter().any(|part| at(part * period) != at(0.0))
    }

    /// A trajectory [T, M] from this start, after the transient.
    pub fn trajectory(
        &self,
        start: &[f64],
        scales: &Scales,
    ) -> Result<Trajectory, Box<dyn std::error::Error>> {
        let transient = (scales.transient / scales.dt).round() as usize;
        let simulation = Simulation::new(scales.dt, scales.samples)
            .initial_state(start)
            .transient(transient)
            .max_steps(1_000_000);
        Ok(match self {
            Self::Flow(flow) => simulation.tolerances(scales.tolerance, scales.tolerance).run(flow)?,
            Self::Map(map) => simulation.run_map(map)?,
            Self::DelayFlow(flow) => delayed(flow.as_ref(), start, scales)?,
        })
    }

    /// The mean divergence along a trajectory with its error over 20 batches; of a map the mean of ln |det J|. Nothing
    /// for delay flows, whose exponents are infinitely many, and where a determinant vanishes.
    pub fn mean_divergence(&self, trajectory: &Trajectory, scales: &Scales) -> Option<Estimate> {
        let m = self.dim();
        let mut jacobian = Array2::zeros((m, m));
        let mut state = vec![0.0; m];
        let mut batches = vec![(0.0, 0.0); 20];
        let (length, count) = (trajectory.len(), batches.len());
        for (sample, row) in trajectory.data().rows().into_iter().enumerate() {
            state.iter_mut().zip(row).for_each(|(x, value)| *x = *value);
            let divergence = match self {
                Self::Flow(flow) => {
                    flow.jacobian(scales.transient + sample as f64 * scales.dt, &state, jacobian.view_mut());
                    jacobian.diag().sum()
                }
                Self::Map(map) => {
                    map.jacobian(&state, &[], jacobian.view_mut());
                    DMatrix::from_fn(m, m, |i, j| jacobian[[i, j]]).determinant().abs().ln()
                }
                Self::DelayFlow(_) => return None,
            };
            let batch = &mut batches[sample * count / length];
            *batch = (batch.0 + divergence, batch.1 + 1.0);
        }
        let means: Vec<f64> = batches.iter().map(|(sum, samples)| sum / samples).collect();
        let value = means.iter().sum::<f64>() / count as f64;
        let squares: f64 = means.iter().map(|mean| (mean - value).powi(2)).sum();
        let standard_error = (squares / (count * (count - 1)) as f64).sqrt();
        value.is_finite().then_some(Estimate { value, standard_error })
    }
}

/// A delay flow by the classical Runge-Kutta method with a fixed step, delayed states by cubic Hermite interpolation.
fn delayed(
    flow: &dyn CatalogDelayFlow,
    start: &[f64],
    scales: &Scales,
) -> Result<Trajectory, Box<dyn std::error::Error>> {
    let (m, delays) = (flow.dim(), flow.delays());
    let substeps = (scales.dt / scales.integrator_step).ceil().max(1.0);
    let step = scales.dt / substeps;
    let total = ((scales.transient / scales.dt).round() as usize + scales.samples) * substeps as usize;
    // States and slopes at all steps so far; before the first, the start.
    let (mut states, mut slopes) = (start.to_vec(), vec![0.0; m]);
    let past = |states: &[f64], slopes: &[f64], at: f64, out: &mut [f64]| {
        for (delay, out) in delays.iter().zip(out.chunks_exact_mut(m)) {
            let place = at - delay / step;
            if place <= 0.0 {
                out.copy_from_slice(start);
                continue;
            }
            let (left, x) = (place.floor() as usize, place.fract());
            let right = (left + 1).min(states.len() / m - 1);
            for (i, out) in out.iter_mut().enumerate() {
                let (a, b) = (states[left * m + i], states[right * m + i]);
                let (da, db) = (slopes[left * m + i] * step, slopes[right * m + i] * step);
                *out = a + x * (da + x * (3.0 * (b - a) - 2.0 * da - db + x * (2.0 * (a - b) + da + db)));
            }
        }
    };
    let mut delayed = vec![0.0; m * delays.len()];
    let mut k = vec![vec![0.0; m]; 4];
    past(&states, &slopes, 0.0, &mut delayed);
    flow.rhs(0.0, start, &delayed, &mut slopes[..m]);
    for at in 0..total - 1 {
        let now = states[at * m..].to_vec();
        k[0].copy_from_slice(&slopes[at * m..]);
        for (stage, part) in [(1, 0.5), (2, 0.5), (3, 1.0)] {
            past(&states, &slopes, at as f64 + part, &mut delayed);
            let x: Vec<f64> = now.iter().zip(&k[stage - 1]).map(|(x, k)| x + part * step * k).collect();
            flow.rhs((at as f64 + part) * step, &x, &delayed, &mut k[stage]);
        }
        let next = (0..m).map(|i| now[i] + step / 6.0 * (k[0][i] + 2.0 * (k[1][i] + k[2][i]) + k[3][i]));
        states.extend(next);
        let mut slope = vec![0.0; m];
        flow.rhs((at + 1) as f64 * step, &states[(at + 1) * m..], &delayed, &mut slope);
        slopes.extend(slope);
    }
    let first = total - scales.samples * substeps as usize;
    let data = Array2::from_shape_fn((scales.samples, m), |(sample, i)| {
        states[(first + sample * substeps as usize) * m + i]
    });
    Ok(Trajectory::new(data, scales.dt)?)
}
