//! Networks: their steps, prediction errors and Lyapunov exponents.

use attractor_measures::{LyapunovConfig, kaplan_yorke_dimension, lyapunov_spectrum, prediction_error};
use attractor_systems::{Map, Trajectory};
use ndarray::{Array2, s};

use crate::source::{
    Oracle, Rows, all_close, clipped_shallow, close, dendritic, matrix, numbers, plrnn, steps,
};

fn orbit(map: &impl Map, x0: &[f64], steps: usize) -> Vec<f64> {
    let mut states = x0.to_vec();
    for t in 0..steps {
        let mut next = vec![0.0; map.dim()];
        map.step(&states[t * map.dim()..], &[], &mut next);
        states.extend(next);
    }
    states
}

pub fn networks(oracle: &mut Oracle) {
    let expected = matrix(&oracle.value("reference", "clipped_shPLRNN_orbit31_from_0"));
    let map = clipped_shallow();
    let states = orbit(&map, &[0.0; 3], 30);
    // The orbit is chaotic: rounding grows a thousandfold along it.
    all_close(&states, &expected, 1e-10);
    let mut jacobian = Array2::zeros((3, 3));
    map.jacobian(&states[30..33], &[], jacobian.view_mut());
    all_close(&jacobian, &matrix(&oracle.value("reference", "clipped_shPLRNN_jac_at_step10")), 1e-12);
    // Printed in 32 bits.
    for (map, key) in [(plrnn(), "plrnn"), (dendritic(false), "dend"), (dendritic(true), "clipdend")] {
        let expected = matrix(&oracle.value("dendPLRNN", &format!("orbit11_{key}")));
        all_close(&orbit(&map, &expected.row(0).to_vec(), 10), &expected, 1e-6);
    }
}

pub fn prediction_errors(oracle: &mut Oracle) {
    let Some(truth) = oracle.truth(Rows::All) else { return };
    let copy = |x: &[f64], y: &mut [f64]| y.copy_from_slice(x);
    // Every start that has a target.
    let curve = prediction_error(&clipped_shallow(), &truth, &truth, None, 20, copy).unwrap();
    for n in [1, 5, 10, 20] {
        close(curve.at(n).unwrap(), oracle.number(&format!("gtf_PE_clipped_shPLRNN_n{n}")), 1e-11);
    }
    // The same starts at every horizon; printed in 32 bits.
    let starts = truth.data().slice(s![..truth.len() - 20, ..]).to_owned();
    let starts = Trajectory::new(starts, truth.dt()).unwrap();
    for (map, key) in [(plrnn(), "plrnn"), (dendritic(false), "dend"), (dendritic(true), "clipdend")] {
        let expected = numbers(&oracle.value("dendPLRNN", &format!("PE_mse_{key}_n20")));
        let curve = prediction_error(&map, &starts, &truth, None, 20, copy).unwrap();
        all_close(&curve.mean_squared, &expected, 1e-6);
    }
}

pub fn lyapunov_spectra(oracle: &mut Oracle) {
    let map = clipped_shallow();
    for count in [10, 50] {
        let key = format!("clipped_shPLRNN_lyap_T{count}_Ttr0_from0");
        let expected = numbers(&oracle.value("reference", &key));
        let found = lyapunov_spectrum(&map, &[0.0; 3], &steps(count)).unwrap();
        all_close(&found.values(), &expected, 1e-10);
    }
    let long = lyapunov_spectrum(&map, &[0.0; 3], &LyapunovConfig::new(1000, 100_000)).unwrap();
    let mut of = |key: &str| numbers(&oracle.value("reference", &format!("clipped_shPLRNN_{key}")));
    let (mean, spread) = (of("lyap_T20000_mean"), of("lyap_T20000_sd_over_5"));
    for ((found, mean), spread) in long.exponents.iter().zip(&mean).zip(&spread) {
        close(found.value, *mean, 4.0 * spread);
        assert!(found.standard_error < *spread, "{found:?}");
    }
    // By the growth of a small distance over 20,000 steps, in each of which the exponent scatters as above.
    for expected in of("benettin_maxLE_T20000_3seeds") {
        close(long.exponents[0].value, expected, 4.0 * spread[0]);
    }
}

pub fn kaplan_yorke(oracle: &mut Oracle) {
    for example in oracle.value("reference", "ky_examples").as_array().unwrap() {
        let dimension = kaplan_yorke_dimension(&numbers(&example[0])).unwrap();
        close(dimension, example[1].as_f64().unwrap(), 1e-14);
    }
}
