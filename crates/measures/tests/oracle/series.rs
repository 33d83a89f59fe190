//! Spectra of two series, and errors of forecasts.

use attractor_measures::{
    Padding, PowerSpectrumConfig, mean_absolute_error, mean_absolute_scaled_error,
    normalised_root_mean_squared_error, power_spectrum, power_spectrum_correlation, power_spectrum_distance,
    root_mean_squared_error, spearman_correlation, symmetric_mean_absolute_percentage_error,
    valid_prediction_time,
};
use attractor_systems::Trajectory;

use crate::source::{Oracle, Rows, all_close, close, numbers};

pub fn power_spectra(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::All) else { return };
    for (padding, prefix, suffix) in
        [(Padding::Mirror, "gtf_", "mirror"), (Padding::Reflect, "", "scipyreflect")]
    {
        for sigma in [0, 1, 20, 50] {
            let expected = numbers(&oracle.value("reference", &format!("{prefix}DH_sigma{sigma}_{suffix}")));
            let config = PowerSpectrumConfig::new().with_sigma(f64::from(sigma)).with_padding(padding);
            let found = power_spectrum_distance(&truth, &generated, &config).unwrap();
            close(found.mean, expected[0], 1e-12);
            all_close(&found.per_dimension, &expected[1..], 1e-12);
        }
    }
    let expected = numbers(&oracle.value("reference", "gtf_psc_sigma20_mirror"));
    let found = power_spectrum_correlation(&truth, &generated, &PowerSpectrumConfig::new()).unwrap();
    all_close(&found, &expected, 1e-12);

    // The 100 lowest frequencies unsmoothed, and among them that of the mean, which our spectrum leaves out. By Parseval's
    // theorem, with T the samples, it has T² mean², and all others together T² variance: twice what the positive ones have,
    // less the highest, which counts once.
    let lowest = |of: &Trajectory, n: usize| {
        let spectrum = power_spectrum(of, &PowerSpectrumConfig::new().with_sigma(0.0)).unwrap();
        let (x, count) = (of.data().column(n).to_owned(), of.len() as f64);
        let mean = x.sum() / count;
        let variance = x.mapv(|x| (x - mean).powi(2)).sum() / count;
        let mut p: Vec<f64> = spectrum.power.column(n).iter().take(100).copied().collect();
        p[0] = (2.0 - spectrum.power[[of.len() / 2, n]]) * mean.powi(2) / variance;
        let sum: f64 = p.iter().sum();
        p.iter().map(|p| p / sum).collect::<Vec<f64>>()
    };
    let mean = (0..3)
        .map(|n| {
            let overlap: f64 =
                lowest(&truth, n).iter().zip(lowest(&generated, n)).map(|(p, q)| (p * q).sqrt()).sum();
            (1.0 - overlap).sqrt() / 3.0
        })
        .sum();
    close(mean, oracle.number("dysts_avg_hellinger_100bins"), 1e-9);
}

pub fn forecasts(oracle: &mut Oracle) {
    let Some((truth, forecast)) = oracle.both(Rows::First(1000)) else { return };
    let relative = |oracle: &mut Oracle, found: f64, key: &str, tolerance: f64| {
        close(found / oracle.number(key), 1.0, tolerance);
    };
    let percentage = symmetric_mean_absolute_percentage_error(&truth, &forecast).unwrap();
    // dysts adds 1e-10 to denominators.
    relative(oracle, percentage, "dysts_smape_0_100", 1e-6);
    relative(oracle, 2.0 * percentage, "dysts_smape_0_200", 1e-6);
    relative(oracle, root_mean_squared_error(&truth, &forecast).unwrap(), "dysts_rmse", 1e-12);
    let normalised = normalised_root_mean_squared_error(&truth, &forecast).unwrap();
    relative(oracle, normalised, "dysts_nrmse", 1e-9);
    let scaled = mean_absolute_scaled_error(&truth, &forecast, None, 1).unwrap();
    relative(oracle, scaled, "mase_m1_time_axis0", 1e-12);
    relative(oracle, scaled, "dysts_mase_default_time_dim0", 1e-8);
    // The default of dysts scales by differences between neighbouring variables, not times.
    let across: f64 =
        truth.data().rows().into_iter().map(|x| (x[1] - x[0]).abs() + (x[2] - x[1]).abs()).sum();
    let scaled = mean_absolute_error(&truth, &forecast).unwrap() / (across / 2000.0);
    relative(oracle, scaled, "dysts_mase_default_time_dim-1", 1e-9);
    let correlation = spearman_correlation(&truth, &forecast).unwrap();
    relative(oracle, correlation.iter().sum::<f64>() / 3.0, "dysts_spearman", 1e-10);
}

pub fn prediction_time(oracle: &mut Oracle) {
    let Some((truth, forecast)) = oracle.pair() else { return };
    let found = valid_prediction_time(&truth, &forecast, 0.4).unwrap();
    assert_eq!(found.steps as f64, oracle.number("vpt_steps_thr0.4"));
    close(found.lyapunov_times(0.9056).unwrap(), oracle.number("vpt_lyap_times_0.9056"), 1e-12);
}
