//! Every picture is made from Lorenz-63, from constants and from data of one, two and ten variables, and can be decoded.
//!
//! The pictures stay in the `tmp` folder of the target directory, to be looked at.

mod sheet;

use std::{f64::consts::TAU, fs, path::PathBuf};

use attractor_figures::{
    Error,
    html::HtmlReport,
    series,
    spectra::{self, Spectrum},
    state_space,
    training::{self, Curve},
};
use attractor_systems::Trajectory;
use ndarray::Array2;
use sheet::{check_png as check, check_svg, lorenz, place};

fn trajectory(steps: usize, dim: usize, dt: f64, value: impl Fn(f64, usize) -> f64) -> Trajectory {
    Trajectory::new(Array2::from_shape_fn((steps, dim), |(t, i)| value(t as f64 * dt, i)), dt).unwrap()
}

/// Power of each frequency, by the definition of the discrete Fourier transform.
fn periodogram(x: &[f64], dt: f64) -> Vec<(f64, f64)> {
    let n = x.len();
    let mean = x.iter().sum::<f64>() / n as f64;
    let power = |k: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (t, v) in x.iter().enumerate() {
            let window = 0.5 - 0.5 * (TAU * t as f64 / n as f64).cos();
            let (s, c) = (TAU * (k * t % n) as f64 / n as f64).sin_cos();
            re += window * (v - mean) * c;
            im -= window * (v - mean) * s;
        }
        (k as f64 / (n as f64 * dt), (re * re + im * im) * dt / n as f64)
    };
    (0..=n / 2).map(power).collect()
}

#[test]
fn state_space_of_lorenz() {
    let measured = lorenz(10_000, 0.01, 28.0, [1.0, 1.0, 20.0]);
    let generated = lorenz(10_000, 0.01, 28.4, [-3.0, 1.0, 25.0]);
    let path = place("state_space_lorenz.png");
    state_space::draw(&measured, &generated, &path).unwrap();
    check(&path, 0.05);
    let path = place("state_space_lorenz.svg");
    state_space::draw(&measured, &generated, &path).unwrap();
    let texts = check_svg(&path);
    assert!(["measured", "generated"].iter().all(|name| texts.iter().any(|text| text.line == *name)));

    let (measured, generated) =
        (lorenz(50_000, 0.01, 28.0, [1.0, 1.0, 20.0]), lorenz(1_000, 0.01, 40.0, [1.0, 1.0, 20.0]));
    let path = place("state_space_lorenz_long.png");
    state_space::draw(&measured, &generated, &path).unwrap();
    check(&path, 0.05);
}

#[test]
fn state_space_of_other_dimensions() {
    for dim in [1, 2, 3, 10] {
        let wave = |t: f64, i: usize| (t * (1.0 + i as f64)).sin() + 0.3 * (t * 1.618).cos() * (1 + i) as f64;
        let (measured, generated) =
            (trajectory(3_000, dim, 0.02, wave), trajectory(2_000, dim, 0.02, |t, i| 1.08 * wave(t, i)));
        let path = place(&format!("state_space_{dim}.png"));
        state_space::draw(&measured, &generated, &path).unwrap();
        check(&path, 0.005);
        let path = place(&format!("series_{dim}.png"));
        series::draw(&measured, &generated, &path).unwrap();
        check(&path, 0.005);
        for (name, draw) in
            [("state_space", state_space::draw as fn(_, _, PathBuf) -> _), ("series", series::draw)]
        {
            let path = place(&format!("{name}_{dim}.svg"));
            draw(&measured, &generated, path.clone()).unwrap();
            check_svg(&path);
        }
    }
}

#[test]
fn constants_single_samples_and_giants_are_pictures_too() {
    for (name, steps, value) in
        [("constant", 100, 3.0), ("zero", 100, 0.0), ("single", 1, 2.0), ("giant", 50, f64::MAX)]
    {
        for dim in [1, 2, 3, 4] {
            let data = trajectory(steps, dim, 0.1, |_, _| value);
            let path = place(&format!("state_space_{name}_{dim}.png"));
            state_space::draw(&data, &data, &path).unwrap();
            check(&path, 1e-5);
            let path = place(&format!("series_{name}_{dim}.png"));
            series::draw(&data, &data, &path).unwrap();
            check(&path, 1e-5);
            HtmlReport::new(name).interactive(&data, &data).unwrap();
        }
    }
    // A generated trajectory that leaves for good.
    let measured = lorenz(2_000, 0.01, 28.0, [1.0, 1.0, 20.0]);
    let generated =
        trajectory(
            2_000,
            3,
            0.01,
            |t, i| if i == 2 { (0.5 * t * t).exp() } else { (60.0 * t).min(690.0).exp() },
        );
    for (path, draw) in [
        (place("state_space_diverging.png"), state_space::draw as fn(_, _, PathBuf) -> _),
        (place("series_diverging.png"), series::draw),
    ] {
        draw(&measured, &generated, path.clone()).unwrap();
        check(&path, 0.002);
    }
}

#[test]
fn series_of_lorenz_and_a_window_of_it() {
    let measured = lorenz(10_000, 0.01, 28.0, [1.0, 1.0, 20.0]);
    let generated = lorenz(10_000, 0.01, 28.0, [1.0, 1.0, 20.000_1]);
    let path = place("series_lorenz.png");
    series::draw(&measured, &generated, &path).unwrap();
    check(&path, 0.02);
    let path = place("series_lorenz_window.png");
    series::draw_between(&measured, &generated, 30.0..35.0, &path).unwrap();
    check(&path, 0.02);
    let error = series::draw_between(&measured, &generated, 200.0..300.0, &path).unwrap_err();
    assert!(matches!(error, Error::Window { .. }), "{error}");
    assert!(matches!(
        series::draw_between(&measured, &generated, f64::NAN..1.0, &path),
        Err(Error::Window { .. })
    ));
}

#[test]
fn spectra_of_lorenz_constants_and_many_variables() {
    let (measured, generated) =
        (lorenz(2_000, 0.02, 28.0, [1.0, 1.0, 20.0]), lorenz(2_000, 0.02, 28.4, [-3.0, 1.0, 25.0]));
    let column = |trajectory: &Trajectory, i: usize| {
        periodogram(&trajectory.data().column(i).iter().copied().collect::<Vec<_>>(), 0.02)
    };
    let of = |i: usize| Spectrum::new(["x", "y", "z"][i], column(&measured, i), column(&generated, i));
    let lorenz = [of(0), of(1), of(2)];
    let path = place("spectra_lorenz.png");
    spectra::draw(&lorenz, &path).unwrap();
    check(&path, 0.02);
    let path = place("spectra_one.png");
    spectra::draw(&lorenz[..1], &path).unwrap();
    check(&path, 0.01);
    let many: Vec<Spectrum> =
        (0..8).map(|i| Spectrum { name: format!("channel {i}"), ..lorenz[i % 3].clone() }).collect();
    let path = place("spectra_many.png");
    spectra::draw(&many, &path).unwrap();
    check(&path, 0.01);
    let path = place("spectra_many.svg");
    spectra::draw(&many, &path).unwrap();
    check_svg(&path);
    let flat = Spectrum::new("flat", vec![(0.0, 9.0), (1.0, 0.0), (2.0, 0.0)], vec![(1.0, 0.5), (2.0, 0.5)]);
    let nothing = Spectrum::new("nothing", vec![(1.0, 0.0), (2.0, 0.0)], vec![(1.0, 0.0)]);
    let path = place("spectra_flat.png");
    spectra::draw(&[flat, nothing], &path).unwrap();
    check(&path, 1e-5);
}

#[test]
fn training_with_transients_negative_values_and_constants() {
    // A small linear congruential generator: noise that is the same on every machine.
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
    };
    let mut curve = |name: &str, f: &dyn Fn(f64) -> f64, spread: f64| {
        Curve::new(name, (0..3_000).map(|s| (f64::from(s), f(f64::from(s)) + spread * noise())).collect())
    };
    let curves = [
        curve("loss", &|s| 1e6 * (-s / 8.0).exp() + 400.0 * (-s / 400.0).exp() - 120.0, 60.0),
        curve("reconstruction", &|s| 350.0 * (-s / 400.0).exp() - 180.0, 40.0),
        curve("dynamics", &|s| 5.0 * (-s / 300.0).exp() + 0.01, 0.0),
        curve("entropy", &|s| -30.0 + s / 300.0, 3.0),
        curve("manifold regularization", &|_| 0.25, 0.0),
        curve("gradient norm", &|s| 1e4 * (-s / 100.0).exp() + 2.0, 1.0),
    ];
    for (name, count) in [("one", 1), ("three", 3), ("five", 5), ("all", 6)] {
        let path = place(&format!("training_{name}.png"));
        training::draw(&curves[..count], &path).unwrap();
        // The loss itself is drawn in ink, which is grey.
        check(&path, if count == 1 { -1.0 } else { 0.002 });
        let path = place(&format!("training_{name}.svg"));
        training::draw(&curves[..count], &path).unwrap();
        check_svg(&path);
    }
    let path = place("training_short.png");
    let short =
        [Curve::new("loss", vec![(0.0, 3.0), (1.0, 2.0)]), Curve::new("one point", vec![(0.0, -1e7)])];
    training::draw(&short, &path).unwrap();
    check(&path, 1e-5);
}

#[test]
fn bad_input_is_an_error_that_says_where() {
    let good = trajectory(10, 2, 0.1, |t, _| t);
    let other = trajectory(10, 3, 0.1, |t, _| t);
    let path = place("never.png");
    let error = state_space::draw(&good, &other, &path).unwrap_err();
    assert!(matches!(error, Error::Dimension { measured: 2, generated: 3 }), "{error}");
    let error = series::draw(&good, &other, &path).unwrap_err();
    assert!(matches!(error, Error::Dimension { .. }));

    assert!(matches!(spectra::draw(&[], &path), Err(Error::Empty { .. })));
    let spectrum = Spectrum::new("x", vec![(1.0, 1.0), (2.0, f64::NAN)], vec![(1.0, 1.0)]);
    assert!(matches!(spectra::draw(&[spectrum], &path), Err(Error::NonFinite { index: 1, .. })));
    let spectrum = Spectrum::new("x", vec![(0.0, 1.0)], vec![(1.0, 1.0)]);
    assert!(matches!(spectra::draw(&[spectrum], &path), Err(Error::Empty { .. })));

    assert!(matches!(training::draw(&[], &path), Err(Error::Empty { .. })));
    assert!(matches!(training::draw(&[Curve::new("loss", vec![])], &path), Err(Error::Empty { .. })));
    let error =
        training::draw(&[Curve::new("loss", vec![(0.0, 1.0), (1.0, f64::INFINITY)])], &path).unwrap_err();
    assert!(error.to_string().contains("\"loss\": the value at index 1 is inf"), "{error}");
    assert!(!path.exists());

    let error = state_space::draw(&good, &good, place("no/such/folder.png")).unwrap_err();
    assert!(
        matches!(error, Error::Write { .. }) && error.to_string().contains("no/such/folder.png"),
        "{error}"
    );
}

#[test]
fn page_is_whole_and_loads_nothing() {
    let (measured, generated) =
        (lorenz(12_000, 0.01, 28.0, [1.0, 1.0, 20.0]), lorenz(12_000, 0.01, 28.4, [-3.0, 1.0, 25.0]));
    let (picture, path) = (place("page_series.png"), place("page.html"));
    series::draw(&measured, &generated, &picture).unwrap();
    HtmlReport::new("Lorenz-63 <script>reconstructed</script>")
        .paragraph(
            "A shallow PLRNN was trained on 100 s of noisy observations and then ran freely for 120 s.",
        )
        .table(
            ["measure", "measured", "generated"],
            [
                ["largest Lyapunov exponent (1/s)", "0.906", "0.893"],
                ["Kaplan-Yorke dimension", "2.062", "2.059"],
                ["fixed points", "3", "3"],
                ["kind of attractor", "chaotic", "chaotic & bounded"],
            ],
        )
        .unwrap()
        .heading("State space")
        .interactive(&measured, &generated)
        .unwrap()
        .heading("Along time")
        .picture(&picture, "The first twenty seconds.")
        .unwrap()
        .write(&path)
        .unwrap();
    let page = fs::read_to_string(&path).unwrap();
    for outside in ["http://", "https://", "src=\"//", "href", "@import", "url(", "fetch(", "XMLHttpRequest"]
    {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("src=\"").count(), page.matches("src=\"data:image/png;base64,").count());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<title>Lorenz-63 &lt;script&gt;reconstructed&lt;/script&gt;</title>"));
    assert!(page.contains("<noscript><img"));
    assert!(page.ends_with("</html>\n"));
}
