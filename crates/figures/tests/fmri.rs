//! The pictures of fMRI, made from known responses and simulated regions, as PNG and SVG.
//!
//! The pictures stay in the `tmp` folder of the target directory, to be looked at.

mod sheet;

use std::path::{Path, PathBuf};

use attractor_figures::{
    Error, carpet,
    decoding::{self, Decoded},
    responses,
};
use attractor_systems::{
    Trajectory,
    observation::{DoubleGamma, History, Response, ResponseBasis, SingleGamma},
};
use ndarray::{Array2, array};
use sheet::{Text, check_png, check_svg, lorenz, place, share_of};

/// Draws a picture as PNG and as SVG, checks both, and gives the path of the PNG file and the text.
fn both(name: &str, least_ink: f64, draw: impl Fn(&Path) -> Result<(), Error>) -> (PathBuf, Vec<Text>) {
    let (png, svg) = (place(&format!("{name}.png")), place(&format!("{name}.svg")));
    draw(&png).unwrap();
    draw(&svg).unwrap();
    check_png(&png, least_ink);
    (png, check_svg(&svg))
}

fn has(texts: &[Text], text: &str) -> bool {
    texts.iter().any(|line| line.line == text)
}

/// BOLD of regions that mix the variables of a Lorenz system, a scan every 2 s.
fn regions(count: usize, scans: usize, rho: f64) -> Trajectory {
    let states = lorenz(8 * scans + 200, 0.02, rho, [1.0, 1.0, 20.0]);
    let mixing = Array2::from_shape_fn((count, 3), |(i, k)| {
        let phase = i as f64 / count as f64 * 3.0 + k as f64 * 2.1;
        phase.sin() * if k == 2 { 1.0 } else { 0.7 }
    });
    let bold = states.with_dt(0.25).unwrap().convolve(&Response::spm(0.25).unwrap(), History::Drop).unwrap();
    bold.subsample(8).unwrap().slice(..scans.min(bold.len() / 8)).unwrap().mix(mixing.view()).unwrap()
}

#[test]
fn carpets_of_measured_and_generated_regions() {
    let (measured, generated) = (regions(60, 300, 28.0), regions(60, 280, 30.0));
    let mut mask = Array2::from_elem((measured.len(), 60), false);
    mask.slice_mut(ndarray::s![100..108, ..]).fill(true);
    let measured = measured.with_missing(mask).unwrap();
    let (png, texts) = both("carpet_60", 0.1, |path| carpet::draw(&measured, &generated, path));
    assert!(has(&texts, "measured") && has(&texts, "generated") && has(&texts, "time (s)"));
    assert!(has(&texts, "variable") && has(&texts, "60"));
    // Scans left out are grey: 8 of about 270, over some third of the picture.
    assert!((0.003..0.03).contains(&share_of(&png, [0xa3, 0xa9, 0xb3], 2)));

    let few = regions(5, 150, 28.0)
        .with_names(["V1 left", "V1 right", "insula", "dlPFC", "a long name of a region"])
        .unwrap();
    let (_, texts) = both("carpet_5", 0.1, |path| carpet::draw(&few, &regions(5, 150, 26.0), path));
    assert!(has(&texts, "dlPFC") && !has(&texts, "variable"));

    // Long series of many regions, one sample, constants.
    let long = Trajectory::new(
        Array2::from_shape_fn((9_000, 400), |(t, i)| (t as f64 / 300.0 + i as f64 / 40.0).sin()),
        0.72,
    );
    let long = long.unwrap();
    both("carpet_400", 0.1, |path| carpet::draw(&long, &long, path));
    let single = Trajectory::new(array![[1.0, 2.0]], 2.0).unwrap();
    carpet::draw(&single, &single, place("carpet_single.png")).unwrap();
    let giant = Trajectory::new(
        Array2::from_shape_fn(
            (20, 2),
            |(t, i)| if i == 0 { 3.0 } else { f64::MAX * (t as f64 / 20.0 - 0.5) },
        ),
        2.0,
    );
    let giant = giant.unwrap();
    both("carpet_giant", 0.05, |path| carpet::draw(&giant, &giant, path));
    let other = carpet::draw(&single, &few, place("none.png"));
    assert!(matches!(other, Err(Error::Dimension { measured: 2, generated: 5 })));
}

#[test]
fn responses_of_several_shapes() {
    let basis = ResponseBasis::spm_with_derivatives(0.1).unwrap();
    let derivative = Response::new(basis.values().row(1).mapv(|h| 10.0 * h), 0.1).unwrap();
    let per_second = |response: Response| {
        let interval = response.interval();
        Response::new(response.values().mapv(|h| h / interval), interval).unwrap()
    };
    let shapes = [
        ("SPM", per_second(Response::spm(0.1).unwrap())),
        ("Glover", per_second(DoubleGamma::glover().sample(0.1).unwrap())),
        ("one gamma density", per_second(SingleGamma::default().sample(0.1).unwrap())),
        ("SPM at TR 2 s", per_second(Response::spm(2.0).unwrap())),
        ("time derivative", derivative),
    ];
    let (png, texts) = both("responses", 0.005, |path| responses::draw(&shapes, path));
    assert!(has(&texts, "Glover") && has(&texts, "time since the burst (s)"));
    assert!(share_of(&png, [0x00, 0x72, 0xb2], 8) > 1e-3);
    let impulse = [("impulse", Response::new(vec![1.0], 2.0).unwrap())];
    responses::draw(&impulse, place("responses_impulse.png")).unwrap();
    let none: [(&str, Response); 0] = [];
    assert!(matches!(responses::draw(&none, place("none.png")), Err(Error::Empty { .. })));
}

/// Scores around chance as a sum of a few waves of different phases.
fn scores(count: usize, chance: f64) -> Vec<f64> {
    let wave = |i: usize, k: f64| (i as f64 * k).sin();
    (0..count).map(|i| chance + 0.04 * (wave(i, 1.3) + wave(i, 2.71) + wave(i, 5.9))).collect()
}

#[test]
fn decoding_beside_chance() {
    let confusion = array![[61, 4, 5], [12, 48, 9], [3, 10, 55]];
    let permuted = scores(999, 1.0 / 3.0);
    let decoded =
        Decoded::new(0.791, &permuted, confusion.view(), ["rest", "0-back", "2-back"]).with_p_value(0.001);
    let (png, texts) = both("decoding_3", 0.05, |path| decoding::draw(&decoded, path));
    assert!(
        has(&texts, "decoded: 0.791, p = 0.001") && has(&texts, "999 permutations") && has(&texts, "2-back")
    );
    assert!(has(&texts, "87 %") && has(&texts, "61"));
    assert!(share_of(&png, [0xd5, 0x5e, 0x00], 8) > 5e-4);

    let many = Array2::from_shape_fn((20, 20), |(i, j)| 40_usize.saturating_sub(7 * i.abs_diff(j)));
    let permuted = scores(99, 0.15);
    let decoded = Decoded::new(0.31, &permuted, many.view(), (1..=20).map(|i| format!("stimulus {i}")));
    both("decoding_20", 0.05, |path| decoding::draw(&decoded, path));

    let eight = Array2::from_shape_fn((8, 8), |(i, j)| if i == j { 12_345 } else { 7 * i + j });
    let decoded = Decoded::new(0.31, &permuted, eight.view(), (1..=8).map(|i| format!("condition {i}")));
    let (_, texts) = both("decoding_8", 0.05, |path| decoding::draw(&decoded, path));
    assert_eq!(texts.iter().filter(|text| text.line == "condition 8").count(), 2);

    let same = [0.5; 9];
    let empty_class = array![[10, 0], [0, 0]];
    let flat = Decoded::new(0.5, &same, empty_class.view(), ["task", "rest"]).with_p_value(1.0);
    both("decoding_flat", 0.05, |path| decoding::draw(&flat, path));
    let refused = |decoded: Decoded| decoding::draw(&decoded, place("none.png")).unwrap_err();
    let names = ["task", "rest"];
    assert!(matches!(refused(Decoded::new(1.5, &same, empty_class.view(), names)), Error::OutOfRange { .. }));
    assert!(matches!(refused(Decoded::new(0.5, &[], empty_class.view(), names)), Error::Empty { .. }));
    assert!(matches!(refused(Decoded::new(0.5, &same, empty_class.view(), ["task"])), Error::Length { .. }));
    let oblong = array![[1, 2, 3], [4, 5, 6]];
    assert!(matches!(refused(Decoded::new(0.5, &same, oblong.view(), names)), Error::Length { .. }));
}
