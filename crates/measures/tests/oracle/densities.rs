//! Divergences between the states that two trajectories visit, and dimensions of the set of states.

use attractor_measures::{
    Bandwidth, Binning, DiagonalGaussians, GaussianMixture, GaussianMixtureConfig, StateSpaceConfig,
    WassersteinOrder, correlation_sum, gaussian_mixture_divergence, maximum_mean_discrepancy,
    sliced_wasserstein_distance, state_space_divergence,
};
use attractor_systems::Trajectory;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::source::{Oracle, Rows, all_close, close, fixture, numbers};

pub fn state_space(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::All) else { return };
    let measure = |x: &Trajectory, y: &Trajectory, bins, binning| {
        let config = StateSpaceConfig::new().with_bins(bins).with_binning(binning);
        state_space_divergence(x, y, &config).unwrap()
    };
    for bins in [10, 20, 30] {
        let mut of = |key: &str| numbers(&oracle.value("reference", &format!("gtf_Dstsp_bin_{key}_{bins}")));
        let (hess, two_sd) = (of("default"), of("legacy"));
        let min_max = numbers(&fixture()["min_max"][format!("min_max_{bins}")]);
        let brenner = ["klx_metric", "hist_true_sum", "hist_gen_sum"]
            .map(|key| oracle.value("dendPLRNN", &format!("{key}_bins{bins}")).as_f64().unwrap());
        for (binning, expected) in [
            (Binning::Hess2023, hess),
            (Binning::TwoSd, two_sd),
            (Binning::MinMax, min_max),
            (Binning::Brenner2022, brenner.to_vec()),
        ] {
            let found = measure(&truth, &generated, bins, binning);
            // Both published codes hold α in 32 bits, which moves the seventh digit or so.
            close(found.value, expected[0], 1e-7);
            // The counts are exact.
            assert_eq!((found.points_true - found.outside_true) as f64, expected[1], "{binning:?}");
            assert_eq!((found.points_generated - found.outside_generated) as f64, expected[2], "{binning:?}");
        }
        // The trajectories exchanged, the bins with them; in 32 bits.
        let expected = oracle.value("dendPLRNN", &format!("klx_reverse_bins{bins}")).as_f64().unwrap();
        let found = measure(&generated, &truth, bins, Binning::Brenner2022);
        close(found.value / expected, 1.0, 1e-6);
    }
    let config = StateSpaceConfig::new().with_smoothing(f64::from(1e-5_f32));
    let found = state_space_divergence(&truth, &generated, &config).unwrap();
    close(found.value, numbers(&oracle.value("reference", "gtf_Dstsp_bin_default_30"))[0], 1e-12);
}

pub fn gaussian_mixtures(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::First(2000)) else { return };
    let at_samples = |oracle: &Oracle, p: &Trajectory, q: &Trajectory, name: &str, variance: f64| {
        let (chosen, noise) = oracle.samples(name);
        let samples = Array2::from_shape_fn(noise.dim(), |(s, i)| {
            p.data()[[chosen[s] as usize, i]] + variance.sqrt() * f64::from(noise[[s, i]])
        });
        let density = |of: &Trajectory| {
            let mixture = GaussianMixture::new(of, variance).unwrap();
            Array1::from(mixture.log_density(samples.view()).unwrap())
        };
        (density(p) - density(q)).mean().unwrap()
    };
    for variance in ["1.0", "0.1", "0.01"] {
        let key = format!("gtf_Dstsp_gmm_sigma2_{variance}_T2000_storedMC_true_samples");
        let expected = numbers(&oracle.value("reference", &key));
        let found = at_samples(oracle, &truth, &generated, "true", variance.parse().unwrap());
        close(found, expected[0], 1e-12);
        // Samples that the published code drops because their likelihood vanishes: none.
        assert_eq!(expected[1], 0.0);
    }
    let forward = at_samples(oracle, &truth, &generated, "true", 1.0);
    let backward = at_samples(oracle, &generated, &truth, "gen", 1.0);
    close(forward, oracle.number("check_dend_seed0_true_to_gen"), 1e-12);
    close(backward, oracle.number("check_dend_seed0_gen_to_true"), 1e-12);
    // In 32 bits, as the mean logarithm of a ratio near 1: eight digits less than that.
    let mut printed = |key: &str| oracle.value("dendPLRNN", key);
    close(forward, printed("klx_gmm_seed0_true_to_gen").as_f64().unwrap(), 1e-7);
    close(backward, printed("klx_gmm_seed0_gen_to_true").as_f64().unwrap(), 1e-7);
    let half_sum = 0.5 * (forward + backward);
    close(half_sum, printed("klx_gmm_seed0_half_sum").as_f64().unwrap(), 1e-7);
    let seeds = numbers(&printed("klx_gmm_T2000_scaling1_seeds0to4"));
    close(half_sum, seeds[0], 1e-7);

    // With samples of our own, within the standard errors.
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut own = |x: &Trajectory, y: &Trajectory| {
        let config = GaussianMixtureConfig::default();
        let one = gaussian_mixture_divergence(x, y, &config, &mut rng).unwrap().divergence;
        let two = gaussian_mixture_divergence(y, x, &config, &mut rng).unwrap().divergence;
        (0.5 * (one.value + two.value), 0.5 * one.standard_error.hypot(two.standard_error))
    };
    let (found, error) = own(&truth, &generated);
    for expected in seeds {
        close(found, expected, 4.0 * 2.0_f64.sqrt() * error);
    }
    let Some((truth, generated)) = oracle.both(Rows::All) else { return };
    let expected = oracle.value("dendPLRNN", "klx_gmm_T10000_scaling1_seed0").as_f64().unwrap();
    let (found, error) = own(&truth, &generated);
    close(found, expected, 4.0 * 2.0_f64.sqrt() * error);
}

pub fn diagonal_gaussians(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::First(50)) else { return };
    // All 50 x 50 divergences, in 32 bits.
    let family = |of: &Trajectory, variance| {
        let mean = of.data().to_owned();
        let variances = Array2::from_elem(mean.dim(), variance);
        DiagonalGaussians::new(mean, variances).unwrap()
    };
    let found = family(&truth, 0.5).divergences(&family(&generated, 0.8)).unwrap().sum();
    let expected = oracle.value("dendPLRNN", "kl_two_gauss_first50_cov0.5_0.8_sum").as_f64().unwrap();
    close(found / expected, 1.0, 1e-6);
}

pub fn maximum_mean_discrepancies(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::Every(10)) else { return };
    for width in ["0.5", "1.0", "2.0"] {
        let fixed = Bandwidth::Fixed(width.parse().unwrap());
        let found = maximum_mean_discrepancy(&truth, &generated, fixed).unwrap();
        close(found.biased / oracle.number(&format!("mmd2_V_l{width}")), 1.0, 1e-10);
        close(found.unbiased / oracle.number(&format!("mmd2_U_l{width}")), 1.0, 1e-10);
    }
    // The upper of the two distances in the middle of all between every 20th row of both, by numpy 2.4.6.
    let found = maximum_mean_discrepancy(&truth, &generated, Bandwidth::MedianDistance).unwrap();
    close(found.bandwidth, 2.126_464_804_538_308, 1e-12);
}

pub fn sliced_wasserstein(oracle: &mut Oracle) {
    let Some((truth, generated)) = oracle.both(Rows::All) else { return };
    let directions = oracle.matrix("sw_dirs").unwrap();
    for (order, key) in
        [(WassersteinOrder::First, "sliced_W1_mean_64dirs"), (WassersteinOrder::Second, "sliced_W2_64dirs")]
    {
        let found = sliced_wasserstein_distance(&truth, &generated, directions.view(), order).unwrap();
        close(found.value / oracle.number(key), 1.0, 1e-12);
    }
}

pub fn correlation_sums(oracle: &mut Oracle) {
    let Some(truth) = oracle.truth(Rows::Every(5)) else { return };
    let radii = numbers(&oracle.value("reference", "corr_sum_r"));
    for (theiler, key) in [(1, "corr_sum_C"), (20, "corr_sum_C_theiler20")] {
        let found = correlation_sum(&truth, &radii, theiler).unwrap();
        // Counts of pairs: exact.
        all_close(&found.values(), &numbers(&oracle.value("reference", key)), 1e-15);
    }
    // The slope over radii with 1e-3 to 0.3 of all pairs, by the formula of least squares.
    let values = correlation_sum(&truth, &radii, 1).unwrap().values();
    let points: Vec<(f64, f64)> = (radii.iter().zip(&values))
        .filter(|(_, c)| (1e-3..0.3).contains(*c))
        .map(|(r, c)| (r.ln(), c.ln()))
        .collect();
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x).powi(2));
    close(slope, oracle.number("corr_dim_slope_C1e-3to0.3"), 1e-12);
}
