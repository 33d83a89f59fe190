//! The values that published code, and numpy, give for the same trajectories and networks.
//!
//! `measure_oracle.json` and `.npz` in `fixtures` hold the values and what fits of the trajectories, so that half of them
//! are checked anywhere; `source` in the file says whence they are. The whole oracle lies beside the repository, and is
//! walked key by key where it is there.

mod densities;
mod dynamics;
mod series;
mod source;

use std::collections::BTreeSet;

use source::Oracle;

const CHECKS: [fn(&mut Oracle); 13] = [
    densities::state_space,
    densities::gaussian_mixtures,
    densities::diagonal_gaussians,
    densities::maximum_mean_discrepancies,
    densities::sliced_wasserstein,
    densities::correlation_sums,
    dynamics::networks,
    dynamics::prediction_errors,
    dynamics::lyapunov_spectra,
    dynamics::kaplan_yorke,
    series::power_spectra,
    series::forecasts,
    series::prediction_time,
];

/// Keys that are not checked, with the reason.
const NOT_CHECKED: [(&str, &str); 12] = [
    ("schema", "no value"),
    ("inputs", "no value"),
    ("dendPLRNN/commit", "no value"),
    ("dendPLRNN/what", "no value"),
    ("reference/what", "no value"),
    ("dendPLRNN/values/torch_version", "no value"),
    (
        "dendPLRNN/values/loss_kl_bins10_symmetric",
        "the mean of both directions over the bins of the true data; ours is one-sided, with bins of its first argument",
    ),
    ("dendPLRNN/values/psc_smooth20_cut20000", LOGARITHMIC),
    ("dendPLRNN/values/psc_smooth10_cut20000", LOGARITHMIC),
    ("dendPLRNN/values/psc_smooth1_cut1500", LOGARITHMIC),
    ("dendPLRNN/values/psc_smooth100_cut10000", LOGARITHMIC),
    (
        "reference/values/dysts_gp_dim_X_every10",
        "fits a decaying power law to distances whose density grows; not an estimate of the correlation dimension",
    ),
];

const LOGARITHMIC: &str = "an older correlation of spectra in decibels whose recipe is not recorded; the closest reading (smoothed \
    to 5 sigma with zeros beyond the ends) differs by up to 2e-3";

#[test]
fn every_value_is_reproduced_or_named() {
    let Some(mut oracle) = Oracle::whole() else {
        println!("skipped: the whole oracle is not beside the repository");
        return;
    };
    for check in CHECKS {
        check(&mut oracle);
    }
    let all: BTreeSet<String> = oracle.keys().into_iter().collect();
    let checked: BTreeSet<String> = oracle.checked.into_iter().collect();
    let named: BTreeSet<String> = NOT_CHECKED.iter().map(|(key, _)| (*key).to_string()).collect();
    println!("{} keys: {} checked, {} named", all.len(), checked.len(), named.len());
    for (key, reason) in NOT_CHECKED {
        println!("  {key}: {reason}");
    }
    let twice: Vec<_> = checked.intersection(&named).collect();
    assert!(twice.is_empty(), "checked and named: {twice:?}");
    let covered: BTreeSet<String> = checked.union(&named).cloned().collect();
    let (left, unknown): (Vec<_>, Vec<_>) =
        (all.difference(&covered).collect(), covered.difference(&all).collect());
    assert!(left.is_empty() && unknown.is_empty(), "left out {left:?}, not in the oracle {unknown:?}");
}

#[test]
fn the_fixtures_agree() {
    let mut oracle = Oracle::fixture();
    for check in CHECKS {
        check(&mut oracle);
    }
    let checked: BTreeSet<String> = oracle.checked.into_iter().collect();
    println!("{} values checked from the fixtures", checked.len());
    assert!(checked.len() >= 30, "{checked:?}");
}
