//! The table of invariants of the catalogue, measured again in short runs with the settings that it states.

use attractor_measures::{
    FlowLyapunovConfig, LyapunovConfig, LyapunovSpectrum, flow_lyapunov_spectrum, kaplan_yorke_dimension,
    lyapunov_spectrum,
};
use attractor_systems::catalog::{self, Invariants};

/// The share of the table's duration.
const SHARE: f64 = 0.01;

fn row(name: &str) -> &'static Invariants {
    catalog::invariants(name).unwrap()
}

/// Five joint errors, and e^5 between the speeds at the ends of the run: the criteria of the table itself.
fn agrees(row: &Invariants, found: &LyapunovSpectrum) {
    assert_eq!(row.exponents.len(), found.exponents.len(), "{}", row.name);
    for (stated, found_again) in row.exponents.iter().zip(&found.exponents) {
        let allowed = 5.0 * stated.error.hypot(found_again.standard_error) + 5.0 / found.duration;
        let difference = (stated.value - found_again.value).abs();
        assert!(difference <= allowed, "{}: {stated:?}, now {found_again:?}", row.name);
    }
}

#[test]
fn flows_are_as_the_table_says() {
    for name in ["Lorenz-63", "Sprott B", "Brusselator"] {
        let (row, flow) = (row(name), catalog::flow(name).unwrap());
        let settings = row.settings.unwrap();
        let config = FlowLyapunovConfig::new(SHARE * settings.duration, settings.interval)
            .with_transient(SHARE * settings.transient)
            .with_tolerance(settings.tolerance.unwrap());
        agrees(row, &flow_lyapunov_spectrum(&flow, &flow.default_state(), &config).unwrap());
    }
}

#[test]
fn maps_are_as_the_table_says() {
    for name in ["Hénon", "logistic"] {
        let (row, map) = (row(name), catalog::map(name).unwrap());
        let steps = (SHARE * row.settings.unwrap().duration) as usize;
        agrees(
            row,
            &lyapunov_spectrum(&map, &map.default_state(), &LyapunovConfig::new(1000, steps)).unwrap(),
        );
    }
}

#[test]
fn dimensions_follow_from_the_exponents() {
    for name in ["Lorenz-63", "Hénon", "hyperchaotic Rössler"] {
        let row = row(name);
        let exponents: Vec<f64> = row.exponents.iter().map(|exponent| exponent.value).collect();
        let (dimension, stated) =
            (kaplan_yorke_dimension(&exponents).unwrap(), row.kaplan_yorke_dimension.unwrap());
        // The table takes for 0 what is compatible with it.
        assert!(
            (dimension - stated.value).abs() <= 5.0 * stated.error + 1e-4,
            "{name}: {dimension}, {stated:?}"
        );
    }
}
