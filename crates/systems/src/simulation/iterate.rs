//! Iterating maps.

use ndarray::{Array2, ArrayView2};

use super::Simulation;
use super::recorder::Recorder;
use crate::{Error, Map, Result};

/// Iterates x_t = F(x_{t-1}, u_t), then `perturb`s x_t.
pub(super) fn iterate(
    simulation: &Simulation,
    map: &(impl Map + ?Sized),
    start: &[f64],
    inputs: Option<ArrayView2<'_, f64>>,
    mut perturb: impl FnMut(&mut [f64]),
) -> Result<Array2<f64>> {
    let (total, k) = (simulation.total(), map.input_dim());
    let found = inputs.as_ref().map_or(vec![total, 0], |inputs| inputs.shape().to_vec());
    if found != [total, k] {
        let expected = format!("[{total}, {k}] (transient + T, K)");
        return Err(Error::Shape { what: "inputs", expected, found });
    }
    let mut values = inputs.iter().flatten().copied().enumerate();
    if let Some((index, value)) = values.find(|(_, value)| !value.is_finite()) {
        return Err(Error::NonFiniteState { what: "inputs", index, value });
    }
    let mut recorder = Recorder::new(simulation, map.dim())?;
    let (mut x, mut next) = (start.to_vec(), vec![0.0; map.dim()]);
    let mut u = vec![0.0; k];
    for sample in 0..total {
        if sample > 0 {
            if let Some(inputs) = &inputs {
                for (value, input) in u.iter_mut().zip(inputs.row(sample)) {
                    *value = *input;
                }
            }
            map.step(&x, &u, &mut next);
            perturb(&mut next);
            if simulation.is_lost(&next) {
                return Err(simulation.diverged(simulation.time(sample), sample, &next));
            }
            std::mem::swap(&mut x, &mut next);
        }
        recorder.record(sample, &x);
    }
    recorder.finish()
}
