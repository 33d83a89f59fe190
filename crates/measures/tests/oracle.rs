//! The values that the published code gives, from `fixtures/measure_oracle.json`; its `source` says whence.
//!
//! What needs the two long trajectories reads them beside the repository, and is skipped, saying so, where they are not.

use std::path::Path;

use attractor_measures::{
    Binning, GaussianMixture, GaussianMixtureConfig, LyapunovConfig, Padding, PowerSpectrumConfig,
    StateSpaceConfig, gaussian_mixture_divergence, kaplan_yorke_dimension, lyapunov_spectrum,
    power_spectrum_correlation, power_spectrum_distance, prediction_error, state_space_divergence,
};
use attractor_systems::{Map, PiecewiseLinearMap, Trajectory};
use ndarray::{Array1, Array2, concatenate, s};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/measure_oracle.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn vector(value: &Value) -> Array1<f64> {
    numbers(value).into()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<_> = value.as_array().unwrap().iter().map(vector).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
}

/// The true and the generated trajectory \[10000, 3\].
fn trajectories() -> Option<(Trajectory, Trajectory)> {
    let read = |name| {
        let data: Array2<f32> = stored(name)?;
        Some(Trajectory::new(data.mapv(f64::from), 0.01).unwrap())
    };
    Some((read("X_true")?, read("Y_gen")?))
}

/// An array of `shared/oracles/measure_oracle.npz`, if it is there.
fn stored<S: ndarray_npy::ReadableElement, D: ndarray::Dimension>(
    name: &str,
) -> Option<ndarray::Array<S, D>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracles/measure_oracle.npz");
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: no {}", path.display());
        return None;
    };
    Some(ndarray_npy::NpzReader::new(file).unwrap().by_name(name).unwrap())
}

/// Rectified units as they appear in the papers: those that add and, clipped, those that subtract.
fn network(
    diagonal: &Value,
    v: Array2<f64>,
    w: Array2<f64>,
    b: Array1<f64>,
    h: &Value,
) -> PiecewiseLinearMap {
    let h = vector(h);
    let inputs = Array2::zeros((h.len(), 0));
    PiecewiseLinearMap::new(Array2::from_diag(&vector(diagonal)), v, w, b, h, inputs).unwrap()
}

/// z -> A z + W1 (max(0, W2 z + h2) − max(0, W2 z)) + h1.
fn clipped_shallow() -> PiecewiseLinearMap {
    let p = &fixture()["plrnn"];
    let (w1, w2, h2) = (matrix(&p["sh_W1"]), matrix(&p["sh_W2"]), vector(&p["sh_h2"]));
    let v = concatenate![ndarray::Axis(1), w1, -&w1];
    let w = concatenate![ndarray::Axis(0), w2, w2];
    let b = concatenate![ndarray::Axis(0), h2, Array1::zeros(h2.len())];
    network(&p["sh_A"], v, w, b, &p["sh_h1"])
}

/// z -> A z + W φ(z) + h with φ rectified units, one a state.
fn plrnn() -> PiecewiseLinearMap {
    let p = &fixture()["plrnn"];
    network(&p["A"], matrix(&p["W"]), Array2::eye(3), Array1::zeros(3), &p["h"])
}

/// z -> A z + W φ(z) + h with `φ_i` = `Σ_b α_b (max(0, z_i + θ_ib) − max(0, z_i))`, the second term where clipped.
fn dendritic(clipped: bool) -> PiecewiseLinearMap {
    let p = &fixture()["plrnn"];
    let (w, alphas, thetas) = (matrix(&p["W"]), vector(&p["alphas"]), matrix(&p["thetas"]));
    let bases = alphas.len();
    let units = 3 * (bases + 1);
    let (state, basis) = (|unit: usize| unit / (bases + 1), |unit: usize| unit % (bases + 1));
    let weight = |unit: usize| match basis(unit) {
        0 if clipped => -alphas.sum(),
        0 => 0.0,
        b => alphas[b - 1],
    };
    let v = Array2::from_shape_fn((3, units), |(i, unit)| w[[i, state(unit)]] * weight(unit));
    let selects = Array2::from_shape_fn((units, 3), |(unit, j)| if state(unit) == j { 1.0 } else { 0.0 });
    let b = Array1::from_shape_fn(units, |unit| match basis(unit) {
        0 => 0.0,
        b => thetas[[state(unit), b - 1]],
    });
    network(&p["A"], v, selects, b, &p["h"])
}

fn orbit(map: &impl Map, x0: &[f64], steps: usize) -> Vec<Vec<f64>> {
    let mut states = vec![x0.to_vec()];
    for t in 0..steps {
        let mut next = vec![0.0; map.dim()];
        map.step(&states[t], &[], &mut next);
        states.push(next);
    }
    states
}

#[test]
fn state_space_divergence_in_every_dialect() {
    let Some((truth, generated)) = trajectories() else { return };
    let fixture = fixture();
    let measure = |bins, binning| {
        let config = StateSpaceConfig::new().with_bins(bins).with_binning(binning);
        state_space_divergence(&truth, &generated, &config).unwrap()
    };
    for bins in [10, 20, 30] {
        let reference = &fixture["reference"];
        let dendritic = &fixture["dendPLRNN"];
        let of = |key: &str| numbers(&reference[format!("gtf_Dstsp_bin_{key}_{bins}")]);
        let (hess, two_sd) = (of("default"), of("legacy"));
        let min_max = numbers(&fixture["min_max"][format!("min_max_{bins}")]);
        let [brenner, inside_true, inside_generated] = ["klx_metric", "hist_true_sum", "hist_gen_sum"]
            .map(|key| dendritic[format!("{key}_bins{bins}")].as_f64().unwrap());
        for (binning, expected) in [
            (Binning::Hess2023, hess),
            (Binning::TwoSd, two_sd),
            (Binning::MinMax, min_max),
            (Binning::Brenner2022, vec![brenner, inside_true, inside_generated]),
        ] {
            let found = measure(bins, binning);
            // Both published codes hold α in 32 bits, which moves the seventh digit or so.
            close(found.value, expected[0], 1e-7);
            // The counts are exact.
            assert_eq!((found.points_true - found.outside_true) as f64, expected[1], "{binning:?}");
            assert_eq!((found.points_generated - found.outside_generated) as f64, expected[2], "{binning:?}");
        }
    }
    let smoothing = f64::from(1e-5_f32);
    let config = StateSpaceConfig::new().with_smoothing(smoothing);
    let found = state_space_divergence(&truth, &generated, &config).unwrap();
    close(found.value, numbers(&fixture["reference"]["gtf_Dstsp_bin_default_30"])[0], 1e-12);
}

#[test]
fn gaussian_mixtures_at_the_samples_of_the_published_code() {
    let Some((truth, generated)) = trajectories() else { return };
    let (truth, generated) = (truth.slice(..2000).unwrap(), generated.slice(..2000).unwrap());
    let divergence = |p: &Trajectory, q: &Trajectory, name: &str, variance: f64| {
        let chosen: Array1<i64> = stored(&format!("gmm_t_{name}")).unwrap();
        let noise: Array2<f32> = stored(&format!("gmm_noise_{name}")).unwrap();
        let samples = Array2::from_shape_fn(noise.dim(), |(s, i)| {
            p.data()[[chosen[s] as usize, i]] + variance.sqrt() * f64::from(noise[[s, i]])
        });
        let density = |of: &Trajectory| {
            let mixture = GaussianMixture::new(of, variance).unwrap();
            Array1::from(mixture.log_density(samples.view()).unwrap())
        };
        (density(p) - density(q)).mean().unwrap()
    };
    let reference = &fixture()["reference"];
    for variance in ["1.0", "0.1", "0.01"] {
        let expected = &reference[format!("gtf_Dstsp_gmm_sigma2_{variance}_T2000_storedMC_true_samples")][0];
        let found = divergence(&truth, &generated, "true", variance.parse().unwrap());
        close(found, expected.as_f64().unwrap(), 1e-12);
    }
    let backward = divergence(&generated, &truth, "gen", 1.0);
    close(backward, reference["check_dend_seed0_gen_to_true"].as_f64().unwrap(), 1e-12);

    // With samples of our own, within the standard error.
    let config = GaussianMixtureConfig::default();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let found = gaussian_mixture_divergence(&truth, &generated, &config, &mut rng).unwrap().divergence;
    let expected = reference["check_dend_seed0_true_to_gen"].as_f64().unwrap();
    close(found.value, expected, 4.0 * 2.0_f64.sqrt() * found.standard_error);
}

#[test]
fn power_spectrum_distance_at_every_smoothing() {
    let Some((truth, generated)) = trajectories() else { return };
    let fixture = fixture();
    for (padding, prefix, suffix) in
        [(Padding::Mirror, "gtf_", "mirror"), (Padding::Reflect, "", "scipyreflect")]
    {
        for sigma in [0, 1, 20, 50] {
            let expected = numbers(&fixture["reference"][format!("{prefix}DH_sigma{sigma}_{suffix}")]);
            let config = PowerSpectrumConfig::new().with_sigma(f64::from(sigma)).with_padding(padding);
            let found = power_spectrum_distance(&truth, &generated, &config).unwrap();
            close(found.mean, expected[0], 1e-12);
            for (found, expected) in found.per_dimension.iter().zip(&expected[1..]) {
                close(*found, *expected, 1e-12);
            }
        }
    }
    let expected = numbers(&fixture["reference"]["gtf_psc_sigma20_mirror"]);
    let found = power_spectrum_correlation(&truth, &generated, &PowerSpectrumConfig::new()).unwrap();
    for (found, expected) in found.iter().zip(&expected) {
        close(*found, *expected, 1e-12);
    }
}

#[test]
fn networks_step_as_the_published_ones() {
    let fixture = fixture();
    let expected = matrix(&fixture["reference"]["clipped_shPLRNN_orbit31_from_0"]);
    let map = clipped_shallow();
    let states = orbit(&map, &[0.0; 3], 30);
    // The orbit is chaotic: rounding grows a thousandfold along it.
    for (found, expected) in states.iter().flatten().zip(&expected) {
        close(*found, *expected, 1e-10);
    }
    let mut jacobian = Array2::zeros((3, 3));
    map.jacobian(&states[10], &[], jacobian.view_mut());
    for (found, expected) in
        jacobian.iter().zip(&matrix(&fixture["reference"]["clipped_shPLRNN_jac_at_step10"]))
    {
        close(*found, *expected, 1e-12);
    }
    // Printed in 32 bits.
    for (map, key) in [(plrnn(), "plrnn"), (dendritic(false), "dend"), (dendritic(true), "clipdend")] {
        let expected = matrix(&fixture["dendPLRNN"][format!("orbit11_{key}")]);
        let states = orbit(&map, &expected.row(0).to_vec(), 10);
        for (found, expected) in states.iter().flatten().zip(&expected) {
            close(*found, *expected, 1e-6);
        }
    }
}

#[test]
fn prediction_errors_of_the_published_networks() {
    let Some((truth, _)) = trajectories() else { return };
    let fixture = fixture();
    let copy = |x: &[f64], y: &mut [f64]| y.copy_from_slice(x);
    // Every start that has a target.
    let curve = prediction_error(&clipped_shallow(), &truth, &truth, None, 20, copy).unwrap();
    for n in [1, 5, 10, 20] {
        let expected = &fixture["reference"][format!("gtf_PE_clipped_shPLRNN_n{n}")];
        close(curve.at(n).unwrap(), expected.as_f64().unwrap(), 1e-11);
    }
    // The same starts at every horizon; printed in 32 bits.
    let starts = truth.data().slice(s![..truth.len() - 20, ..]).to_owned();
    let starts = Trajectory::new(starts, truth.dt()).unwrap();
    for (map, key) in [(plrnn(), "plrnn"), (dendritic(false), "dend"), (dendritic(true), "clipdend")] {
        let expected = numbers(&fixture["dendPLRNN"][format!("PE_mse_{key}_n20")]);
        let curve = prediction_error(&map, &starts, &truth, None, 20, copy).unwrap();
        assert_eq!(curve.mean_squared.len(), 20);
        for (found, expected) in curve.mean_squared.iter().zip(&expected) {
            close(*found, *expected, 1e-6);
        }
    }
}

#[test]
fn lyapunov_spectra_of_the_clipped_network() {
    let (map, reference) = (clipped_shallow(), &fixture()["reference"]);
    for steps in [10, 50] {
        let expected = numbers(&reference[format!("clipped_shPLRNN_lyap_T{steps}_Ttr0_from0")]);
        let found = lyapunov_spectrum(&map, &[0.0; 3], &LyapunovConfig::new(0, steps)).unwrap();
        for (found, expected) in found.values().iter().zip(&expected) {
            close(*found, *expected, 1e-10);
        }
    }
    let long = lyapunov_spectrum(&map, &[0.0; 3], &LyapunovConfig::new(1000, 100_000)).unwrap();
    let mean = numbers(&reference["clipped_shPLRNN_lyap_T20000_mean"]);
    let spread = numbers(&reference["clipped_shPLRNN_lyap_T20000_sd_over_5"]);
    for ((found, mean), spread) in long.exponents.iter().zip(&mean).zip(&spread) {
        close(found.value, *mean, 4.0 * spread);
        assert!(found.standard_error < *spread, "{found:?}");
    }
}

#[test]
fn kaplan_yorke_dimensions() {
    for example in fixture()["reference"]["ky_examples"].as_array().unwrap() {
        let dimension = kaplan_yorke_dimension(&numbers(&example[0])).unwrap();
        close(dimension, example[1].as_f64().unwrap(), 1e-14);
    }
}
