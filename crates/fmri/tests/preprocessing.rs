//! Recordings, their preprocessing and deconvolution.

use attractor_fmri::{
    Error, Noise, Recording, Recordings, Step, Wavelet, WienerFilter, WienerOptions, cosine_drift,
    polynomial_drift,
};
use attractor_systems::Trajectory;
use attractor_systems::observation::{History, Response};
use ndarray::{Array1, Array2, Axis, array, concatenate};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

#[track_caller]
fn says(error: &Error, text: &str) {
    assert!(error.to_string().contains(text), "{error}");
}

fn trajectory(data: Array2<f64>) -> Trajectory {
    Trajectory::new(data, 2.0).unwrap()
}

fn recording(data: Array2<f64>) -> Recording {
    Recording::new("sub-01", trajectory(data)).unwrap()
}

/// sin(0.7 t) + 0.02 t^1.5 at 30 scans, and a second region.
fn series() -> Array2<f64> {
    Array2::from_shape_fn((30, 2), |(t, n)| {
        let t = t as f64;
        if n == 0 { (0.7 * t).sin() + 0.02 * t.powf(1.5) } else { (1.9 * t).cos() - 0.1 * t }
    })
}

fn noise(shape: (usize, usize), seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut rng))
}

fn correlation(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let (a, b) = (a - a.mean().unwrap(), b - b.mean().unwrap());
    a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
}

/// Three values of the first region, at scans 0, 7 and 29.
#[track_caller]
fn at_three_scans(recording: &Recording, expected: [f64; 3]) {
    for (scan, expected) in [0, 7, 29].into_iter().zip(expected) {
        let found = recording.bold().data()[[scan, 0]];
        assert!((found - expected).abs() < 1e-10, "scan {scan}: {found} instead of {expected}");
    }
}

#[test]
fn detrending_is_that_of_numpy() {
    // numpy.polynomial.polynomial.polyfit of degree 2, without and with three scans left out.
    let detrended = recording(series()).detrend(2).unwrap();
    at_three_scans(&detrended, [-0.377_083_223_835_628_5, -1.063_916_925_475_294_5, 0.702_663_221_910_340_1]);
    let mut scans = vec![false; 30];
    for t in [3, 4, 11] {
        scans[t] = true;
    }
    let scrubbed = recording(series()).scrub(&scans, "by hand").unwrap().detrend(2).unwrap();
    at_three_scans(&scrubbed, [-0.224_743_354_518_192_88, -0.937_892_925_301_956_3, 0.655_964_509_756_562_7]);
    assert!(scrubbed.bold().is_missing(4, 1));
    assert_eq!(scrubbed.bold().missing_count(), 6);
    assert_eq!(scrubbed.steps().len(), 2);
    let demeaned = recording(series()).detrend(0).unwrap();
    assert!(demeaned.bold().data().mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-14));
}

#[test]
fn filters_are_those_of_the_cosine_transform() {
    // scipy.fft.dct of type II; the resolution is 1 / (2 · 30 · 2 s) = 1/120 Hz: 4 cosines up to 1/30 Hz, 12 up to 0.1 Hz.
    let (low, high) = (1.0 / 30.0, 0.1);
    let high_passed = recording(series()).high_pass(low).unwrap();
    at_three_scans(&high_passed, [-0.541_507_553_924_726_6, -0.829_353_572_338_063_3, 0.945_351_004_733_501]);
    let band_passed = recording(series()).band_pass(low, high).unwrap();
    at_three_scans(
        &band_passed,
        [-0.439_804_457_318_052_3, -0.822_607_235_188_644_1, 0.936_903_514_558_506_6],
    );
    let low_passed = recording(series()).low_pass(high).unwrap();
    at_three_scans(&low_passed, [0.101_703_096_606_674_66, -0.605_301_091_925_871, 4.107_714_503_798_927]);
    assert_eq!(
        low_passed.steps()[0].to_string(),
        "low-pass up to 0.1 Hz in the cosine domain, of BOLD and nuisance regressors"
    );

    // An odd number of scans, the mean kept by the low-pass.
    let odd = recording(series().slice(ndarray::s![..29, ..]).to_owned());
    let mean = odd.bold().data().mean_axis(Axis(0)).unwrap();
    let filtered = odd.low_pass(0.05).unwrap();
    assert!(filtered.bold().data().mean_axis(Axis(0)).unwrap().abs_diff_eq(&mean, 1e-13));
}

#[test]
fn a_high_pass_is_regression_on_cosines() {
    let drift = cosine_drift(30, 2.0, 30.0).unwrap();
    assert_eq!(drift.ncols(), 4);
    let (regressed, _) = recording(series())
        .with_nuisance(trajectory(drift).with_names(["c1", "c2", "c3", "c4"]).unwrap())
        .unwrap()
        .regress_out_nuisance()
        .unwrap();
    let regressed = regressed.detrend(0).unwrap();
    let filtered = recording(series()).high_pass(1.0 / 30.0).unwrap();
    assert!(regressed.bold().data().abs_diff_eq(&filtered.bold().data(), 1e-12));
}

#[test]
fn filters_leave_missing_values_missing_and_treat_nuisance_alike() {
    let mut scans = vec![false; 30];
    scans[10] = true;
    let r = concatenate![
        Axis(1),
        noise((30, 1), 1),
        polynomial_drift(30, 1).unwrap(),
        cosine_drift(30, 2.0, 60.0).unwrap()
    ];
    let full = recording(series())
        .with_nuisance(trajectory(r).with_names(["a", "line", "c1", "c2"]).unwrap())
        .unwrap();
    let filtered = full.clone().scrub(&scans, "by hand").unwrap().high_pass(1.0 / 60.0).unwrap();
    assert!(filtered.bold().is_missing(10, 0) && filtered.bold().missing_count() == 2);
    assert_eq!(filtered.nuisance().unwrap().names(), ["a", "line"]);
    let Some(Step::Filtered { interpolated: 2, dropped, .. }) = filtered.steps().last() else { panic!() };
    assert_eq!(dropped, &["c1", "c2"]);
    let detrended = full.detrend(1).unwrap();
    assert_eq!(detrended.nuisance().unwrap().names(), ["a", "c1", "c2"]);
    assert!(filtered.steps().last().unwrap().to_string().contains("2 missing values interpolated"));
}

#[test]
fn nuisance_is_filtered_as_bold_is() {
    // x = y + J r before a step is x = y + J r after it.
    let (r, j) = (noise((30, 1), 4), array![[2.0, -0.5]]);
    let mixed = recording(series() + r.dot(&j)).with_nuisance(trajectory(r)).unwrap();
    for step in
        [|x: Recording| x.band_pass(0.02, 0.1), |x: Recording| x.detrend(3), |x: Recording| x.low_pass(0.1)]
    {
        let (after, alone) = (step(mixed.clone()).unwrap(), step(recording(series())).unwrap());
        let expected = &alone.bold().data() + &after.nuisance().unwrap().data().dot(&j);
        assert!(after.bold().data().abs_diff_eq(&expected, 1e-12));
    }
}

#[test]
fn nuisance_is_regressed_out() {
    let r = noise((200, 3), 5);
    let j = array![[1.0, -2.0, 0.5], [0.0, 0.0, 3.0]];
    let rest = noise((200, 2), 6);
    let x = r.dot(&j.t()) + &rest + 7.0;
    let mut scans = vec![false; 200];
    scans[..20].fill(true);
    let whole = recording(x).with_nuisance(trajectory(r.clone())).unwrap().scrub(&scans, "by hand").unwrap();
    let (clean, regression) = whole.clone().regress_out_nuisance().unwrap();
    // Standard error of a coefficient: 1 / √180 = 0.075.
    assert!(regression.coefficients.abs_diff_eq(&j, 0.3), "{}", regression.coefficients);
    // Residuals of least squares are orthogonal to the regressors and to the constant, on the scans that are there.
    let r = r.slice(ndarray::s![20.., ..]);
    for column in 0..2 {
        let residual: Array1<f64> = clean.bold().observed(column).unwrap().collect();
        let residual = &residual - residual.mean().unwrap();
        let centred = &r - &r.mean_axis(Axis(0)).unwrap();
        assert!(centred.t().dot(&residual).iter().all(|value| value.abs() < 1e-10));
        // R² is the squared correlation of data and fit.
        let x: Array1<f64> = whole.bold().observed(column).unwrap().collect();
        let fit = r.dot(&regression.coefficients.row(column));
        assert!((correlation(&x, &fit).powi(2) - regression.r_squared[column]).abs() < 1e-12);
    }
    // The mean stays, the regressors go, and a second time there is nothing to regress on.
    assert!((clean.bold().data().slice(ndarray::s![20.., 0]).mean().unwrap() - 7.0).abs() < 0.5);
    assert!(clean.nuisance().is_none());
    says(&clean.regress_out_nuisance().unwrap_err(), "has no nuisance regressors");

    // A region that is among the regressors has nothing left; regressors that depend on each other do no harm.
    let x = noise((50, 1), 8);
    let twice = concatenate![Axis(1), x, &x * 2.0];
    let own = recording(x.clone()).with_nuisance(trajectory(twice.clone())).unwrap();
    says(&own.regress_out_nuisance().unwrap_err(), "leaves nothing of region \"x1\"");
    let other = recording(noise((50, 1), 9)).with_nuisance(trajectory(twice)).unwrap();
    let single = recording(noise((50, 1), 9)).with_nuisance(trajectory(x)).unwrap();
    let (a, b) = (other.nuisance_regression().unwrap(), single.nuisance_regression().unwrap());
    assert!((a.r_squared[0] - b.r_squared[0]).abs() < 1e-12);
    let wide = recording(noise((10, 1), 1)).with_nuisance(trajectory(noise((10, 9), 2))).unwrap();
    says(&wide.nuisance_regression().unwrap_err(), "at least 11 scans, there are 10");
}

#[test]
fn z_scores() {
    let scored = recording(series()).z_score().unwrap();
    for column in scored.bold().data().columns() {
        assert!(column.mean().unwrap().abs() < 1e-13 && (column.std(1.0) - 1.0).abs() < 1e-13);
    }
    let Some(Step::ZScored { mean, sd }) = scored.steps().last() else { panic!() };
    let back = scored.bold().data().column(1).mapv(|z| mean[1] + sd[1] * z);
    assert!(back.abs_diff_eq(&series().column(1), 1e-13));

    let r = concatenate![Axis(1), noise((30, 1), 3) * 1e-4 + 1e4, Array2::from_elem((30, 1), 0.1)];
    let with = recording(series()).with_nuisance(trajectory(r)).unwrap().z_score_nuisance().unwrap();
    assert_eq!(with.nuisance().unwrap().names(), ["x1"]);
    assert!((with.nuisance().unwrap().data().column(0).std(1.0) - 1.0).abs() < 1e-9);
    assert!(with.steps()[0].to_string().contains("nothing was left: x2"));
}

#[test]
fn bands_that_hold_nothing_are_refused() {
    says(&recording(series()).band_pass(0.1, 0.05).unwrap_err(), "holds no frequency");
    says(&recording(series()).high_pass(0.3).unwrap_err(), "up to 0.2500 Hz");
    says(&recording(series()).low_pass(0.001).unwrap_err(), "multiples of 0.00833 Hz");
    says(&recording(series()).low_pass(0.0).unwrap_err(), "in Hz");
    says(&recording(series()).detrend(30).unwrap_err(), "degree of a polynomial");
    // A region that is nothing but a drift.
    let line = recording(concatenate![Axis(1), series(), polynomial_drift(30, 1).unwrap()]);
    says(&line.detrend(1).unwrap_err(), "detrending leaves nothing of region \"x3\"");
}

#[test]
fn recordings_check_what_belongs_together() {
    let good = recording(series());
    let error = good.clone().with_inputs(trajectory(Array2::zeros((29, 1)))).unwrap_err();
    says(&error, "sub-01: inputs have 29 rows, the BOLD series has 30 scans");
    let other = Trajectory::new(noise((30, 1), 1), 3.0).unwrap();
    let error = good.clone().with_nuisance(other).unwrap_err();
    assert!(matches!(error, Error::RepetitionTime { expected: 2.0, found: 3.0, .. }));
    says(&error, "sampled every 3 s, the BOLD series every 2 s");
    let error = Recording::new("s", Trajectory::new(series(), 2000.0).unwrap()).unwrap_err();
    says(&error, "s: a TR of 2000 s is not between");
    assert!(good.clone().scrub(&[true], "no").is_err());

    let whole = good
        .with_inputs(trajectory(Array2::ones((30, 2))))
        .unwrap()
        .with_nuisance(trajectory(noise((30, 1), 1)))
        .unwrap();
    let whole = whole.with_step(Step::Other { what: "slice timing".into() }).z_score().unwrap();
    assert_eq!(whole.to_string(), "sub-01: 30 scans x 2 regions, TR = 2 s, 2 inputs, 1 nuisance regressors");
    let text = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Recording>(&text).unwrap(), whole);
    assert!(serde_json::from_str::<Recording>(&text.replace("\"dt\":2.0", "\"dt\":-2.0")).is_err());

    let cohort = Recordings::partition([("a", Ok(whole.clone())), ("b", Ok(whole))]);
    let mut count = 0;
    let cohort = cohort.and_then(|recording| {
        count += 1;
        if count == 2 { recording.high_pass(9.0) } else { recording.detrend(1) }
    });
    assert_eq!((cohort.len(), cohort.refused().len()), (1, 1));
    assert!(cohort.to_string().contains("refused sub-01: sub-01: the band from 9 to 0.25 Hz"), "{cohort}");
}

/// Slow latent series \[T, 3\], BOLD made of them (variance about 1), the same with white noise of standard deviation `sd`
/// and a mean of 5, and the response.
fn bold(scans: usize, tr: f64, sd: f64) -> (Trajectory, Trajectory, Trajectory, Response) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut z = Array2::zeros((scans, 3));
    for t in 1..scans {
        for n in 0..3 {
            let innovation: f64 = StandardNormal.sample(&mut rng);
            z[[t, n]] = (-tr / 8.0).exp() * z[[t - 1, n]] + innovation;
        }
    }
    let z = Trajectory::new(z, tr).unwrap();
    let response = Response::spm(tr).unwrap();
    let clean = z.convolve(&response, History::Hold).unwrap();
    let clean = &clean.data() / clean.data().std(1.0);
    let noisy = &clean + noise((scans, 3), 12) * sd + 5.0;
    (z, Trajectory::new(clean, tr).unwrap(), Trajectory::new(noisy, tr).unwrap(), response)
}

#[test]
fn deconvolution_finds_what_the_response_has_smeared() {
    for (tr, sd) in [(0.5, 0.1), (1.0, 0.1), (2.0, 0.1), (1.0, 0.3)] {
        let (z, clean, x, response) = bold(600, tr, sd);
        let filter = WienerFilter::fit(&x, &response, &WienerOptions::default()).unwrap();
        let estimate = filter.apply(&x).unwrap();
        assert_eq!(
            filter.edges(),
            (response.values().len().div_ceil(4), response.values().len().div_ceil(2))
        );
        let there: Vec<usize> = (0..600).filter(|&t| !estimate.is_missing(t, 0)).collect();
        assert_eq!(there.len(), 600 - filter.edges().0 - filter.edges().1);
        for column in 0..3 {
            let pick = |series: &Trajectory| series.data().column(column).select(Axis(0), &there);
            let (truth, smeared, found) = (pick(&z), pick(&x), pick(&estimate));
            let (before, after) = (correlation(&truth, &smeared), correlation(&truth, &found));
            println!(
                "TR {tr}, noise {sd}: correlation with the truth {before:.3} -> {after:.3}, λ {:.4}",
                filter.ratios()[0]
            );
            assert!(after > before + 0.1, "TR {tr}, noise {sd}: {before} -> {after}");
        }
        // Details of independent Gaussian series add in variance: those of the noise, sd², and at a slow TR some of the
        // signal. The standard error of the estimate from some 600 details that overlap is about 8%.
        let of_signal = WienerFilter::fit(&clean, &response, &WienerOptions::default()).unwrap();
        for (variance, signal) in filter.noise_variance().iter().zip(of_signal.noise_variance()) {
            assert!((variance / (sd * sd + signal) - 1.0).abs() < 0.25, "TR {tr}: {variance}, {signal}");
        }
    }
}

#[test]
fn one_filter_for_all_is_linear_and_keeps_the_mean() {
    let (_, _, x, response) = bold(200, 2.0, 0.1);
    let r = trajectory(noise((200, 3), 21));
    let j = 0.7;
    let mixed = Trajectory::new(&x.data() + &(&r.data() * j), 2.0).unwrap();
    let recording = Recording::new("s", mixed).unwrap().with_nuisance(r).unwrap();
    let deconvolved = recording.deconvolve(&response, &WienerOptions::default()).unwrap();
    let alone = deconvolved.filter.apply(&x).unwrap();
    let without = &deconvolved.bold.data() - &(&deconvolved.nuisance.unwrap().data() * j);
    assert!(without.abs_diff_eq(&alone.data(), 1e-12));

    // A constant on top of a signal passes a response of sum 1 as it is.
    let shifted = Trajectory::new(&x.data() + 100.0, 2.0).unwrap();
    let shifted = deconvolved.filter.apply(&shifted).unwrap();
    let there = !shifted.is_missing(100, 0);
    assert!(there && (shifted.data()[[100, 0]] - alone.data()[[100, 0]] - 100.0).abs() < 1e-11);
    // Behind a derivative there is none.
    let derivative = Response::new(vec![1.0, -1.0], 2.0).unwrap();
    let changes = WienerFilter::new(derivative, 0.1).unwrap().apply(&x).unwrap();
    assert!(changes.data().column(0).mean().unwrap().abs() < 1.0);
}

#[test]
fn settings_of_the_filter() {
    let (_, _, x, response) = bold(200, 2.0, 0.1);
    let fit = |options: &WienerOptions| WienerFilter::fit(&x, &response, options);
    let variance: Vec<f64> = x.data().columns().into_iter().map(|column| column.var(1.0)).collect();
    let own = WienerOptions::default().per_variable(true).noise(Noise::Variance(vec![0.01, 0.02, 0.04]));
    let filter = fit(&own).unwrap();
    for (ratio, (noise, variance)) in filter.ratios().iter().zip([0.01, 0.02, 0.04].iter().zip(&variance)) {
        assert!((ratio - noise / (variance - noise)).abs() < 1e-12);
    }
    let common = fit(&own.clone().per_variable(false)).unwrap();
    let share =
        [0.01, 0.02, 0.04].iter().zip(&variance).map(|(noise, variance)| noise / variance).sum::<f64>() / 3.0;
    assert!((common.ratios()[0] - share / (1.0 - share)).abs() < 1e-12);
    assert_eq!(fit(&WienerOptions::default().noise(Noise::Ratio(0.5))).unwrap().ratios(), [0.5]);
    let floor = WienerOptions::default().noise(Noise::Variance(vec![0.0; 3])).min_ratio(0.01);
    assert_eq!(fit(&floor).unwrap().ratios(), [0.01]);
    assert!(fit(&WienerOptions::default().noise(Noise::Wavelet(Wavelet::Haar))).is_ok());

    let error = fit(&WienerOptions::default().noise(Noise::Variance(vec![0.1, 9.0, 0.1])).per_variable(true))
        .unwrap_err();
    says(&error, "variable \"x2\": the noise variance 9.000e0 is not below the variance");
    says(&fit(&WienerOptions::default().noise(Noise::Variance(vec![9.0; 3]))).unwrap_err(), "all together");
    says(&fit(&WienerOptions::default().noise(Noise::Variance(vec![0.1]))).unwrap_err(), "1 names for 3");
    says(&fit(&WienerOptions::default().noise(Noise::Ratio(0.0))).unwrap_err(), "above 0");
    says(&fit(&WienerOptions::default().min_ratio(0.0)).unwrap_err(), "above 0");
    says(
        &filter.apply(&trajectory(noise((100, 2), 1))).unwrap_err(),
        "each of 3 variables and is applied to 2",
    );
    says(&common.apply(&trajectory(noise((17, 2), 1))).unwrap_err(), "at least 18 scans, there are 17");
    let other = Response::spm(1.0).unwrap();
    assert!(WienerFilter::fit(&x, &other, &WienerOptions::default()).is_err());
    let nuisance =
        Recording::new("s", x.clone()).unwrap().with_nuisance(trajectory(noise((200, 2), 1))).unwrap();
    says(
        &nuisance.deconvolve(&response, &WienerOptions::default().per_variable(true)).unwrap_err(),
        "cannot be filtered alike",
    );
}

#[test]
fn missing_scans_stay_missing_and_do_not_make_noise() {
    let (_, _, x, response) = bold(300, 2.0, 0.2);
    let whole = WienerFilter::fit(&x, &response, &WienerOptions::default()).unwrap();
    // Every fifth scan is wrong by a lot, and scrubbed.
    let mut data = x.data().to_owned();
    let mut scans = vec![false; 300];
    for t in (0..300).step_by(5) {
        data.row_mut(t).fill(1e6);
        scans[t] = true;
    }
    let scrubbed = recording(data).scrub(&scans, "by hand").unwrap();
    let found = scrubbed.deconvolve(&response, &WienerOptions::default()).unwrap();
    // The noise is that of the 60 details of four scans in a row that are there.
    let (c, root) = (x.data().column(0).to_vec(), 3.0_f64.sqrt());
    let detail = |t: usize| {
        (1.0 - root) * c[t] + (root - 3.0) * c[t + 1] + (3.0 + root) * c[t + 2] - (1.0 + root) * c[t + 3]
    };
    let mut details: Vec<f64> = (1..300).step_by(5).map(|t| detail(t).abs() / 32.0_f64.sqrt()).collect();
    details.sort_by(f64::total_cmp);
    let sd = 0.5 * (details[29] + details[30]) / 0.674_489_750_196_081_7;
    assert!((found.filter.noise_variance()[0] / (sd * sd) - 1.0).abs() < 1e-12);
    assert!(found.bold.is_missing(100, 0) && !found.bold.is_missing(101, 0));
    let (a, b) = (found.bold, whole.apply(&x).unwrap());
    let there: Vec<usize> = (0..300).filter(|&t| !a.is_missing(t, 0)).collect();
    let pick = |series: &Trajectory| series.data().column(0).select(Axis(0), &there);
    assert!(correlation(&pick(&a), &pick(&b)) > 0.9);
    // No four scans in a row: no coefficient of the wavelet, and a word on what to do.
    let every: Vec<bool> = (0..300).map(|t| t % 3 == 0).collect();
    let error = recording(x.into_data())
        .scrub(&every, "by hand")
        .unwrap()
        .deconvolve(&response, &WienerOptions::default());
    says(&error.unwrap_err(), "give the noise");
}
