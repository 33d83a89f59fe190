//! The pictures of an analysis, made from systems whose dynamics are known, as PNG and SVG.
//!
//! The pictures stay in the `tmp` folder of the target directory, to be looked at.

mod sheet;

use std::path::{Path, PathBuf};

use attractor_figures::{
    Cycle, Error, FixedPoint, Manifold, Stability,
    basin::{self, Basins},
    bifurcation::{self, Bifurcation},
    fixed_points::{self, StateSpace},
    gallery::{self, Portrait},
    lyapunov::{self, Convergence},
    return_map::{self, Returns},
    symbol_graph::{self, Symbol, Transition},
    vector_field::{self, Style, VectorField},
};
use ndarray::{Array2, array, concatenate, s};
use sheet::{Text, check_png, check_svg, lorenz, place, share_of};

/// Blue, orange and green of the theme.
const BLUE: [u8; 3] = [0x00, 0x72, 0xb2];
const ORANGE: [u8; 3] = [0xd5, 0x5e, 0x00];
const GREEN: [u8; 3] = [0x00, 0x9e, 0x73];
const PURPLE: [u8; 3] = [0xaa, 0x3f, 0x7c];

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

fn henon(steps: usize) -> Array2<f64> {
    let mut state = (0.1, 0.1);
    let mut rows = Vec::new();
    for t in 0..steps + 100 {
        if t >= 100 {
            rows.extend([state.0, state.1]);
        }
        state = (1.0 - 1.4 * state.0 * state.0 + state.1, 0.3 * state.0);
    }
    Array2::from_shape_vec((steps, 2), rows).unwrap()
}

/// Running exponents (1/s) of Lorenz-63 as they settle, with errors that fall with the root of time.
fn running(rows: usize, exponents: &[f64]) -> (Vec<f64>, Array2<f64>, Array2<f64>) {
    let times: Vec<f64> = (1..=rows).map(|t| 0.5 * t as f64).collect();
    let value = |(t, k): (usize, usize)| {
        let time: f64 = times[t];
        exponents[k] + ((3.0 + k as f64) * time.sqrt()).sin() * 0.6 / time.sqrt() + 2.0 * (-time / 2.0).exp()
    };
    let estimates = Array2::from_shape_fn((rows, exponents.len()), value);
    let errors = Array2::from_shape_fn(estimates.dim(), |(t, _)| 0.5 / times[t].sqrt());
    (times, estimates, errors)
}

#[test]
fn exponents_that_settle() {
    let known = [0.9056, 0.0, -14.572];
    let (times, exponents, errors) = running(2_000, &known);
    let few = Convergence::new(&times, exponents.view()).with_errors(errors.view()).with_reference(&known);
    let (png, texts) = both("lyapunov_lorenz", 0.005, |path| lyapunov::draw(&few, path));
    assert!(share_of(&png, BLUE, 8) > 1e-3 && share_of(&png, ORANGE, 8) > 1e-3);
    assert!(has(&texts, "λ₂ (1/s)") && has(&texts, "time (s)") && has(&texts, "known"));
    let last = texts.iter().find(|text| text.line.starts_with("λ₃ = −14.5")).unwrap();
    assert!(last.line.ends_with("± 0.016"), "{last:?}");

    let many: Vec<f64> = (0..10).map(|k| 1.6 - 0.5 * f64::from(k)).collect();
    let (times, exponents, _) = running(400, &many);
    let many = Convergence::new(&times, exponents.view()).with_time_unit("step");
    let (_, texts) = both("lyapunov_many", 0.005, |path| lyapunov::draw(&many, path));
    assert!(has(&texts, "4 more") && has(&texts, "λ (1/step)"));
    let single = Array2::from_elem((1, 1), 0.5);
    both("lyapunov_single", 1e-5, |path| lyapunov::draw(&Convergence::new(&[1.0], single.view()), path));
}

#[test]
fn cobwebs_and_return_maps() {
    let f = |x: f64| 3.83 * x * (1.0 - x);
    let graph: Vec<(f64, f64)> = (0..=300).map(|i| f64::from(i) / 300.0).map(|x| (x, f(x))).collect();
    let orbit: Vec<f64> = std::iter::successors(Some(0.12), |x| Some(f(*x))).take(60).collect();
    let (png, _) = both("cobweb_logistic", 0.01, |path| return_map::cobweb(&graph, &orbit, path));
    assert!(share_of(&png, BLUE, 8) > 2e-3);

    let series = |rho: f64| lorenz(60_000, 0.01, rho, [1.0, 1.0, 20.0]).data().column(2).to_vec();
    let (measured, generated) =
        (return_map::successive_maxima(&series(28.0)), return_map::successive_maxima(&series(29.0)));
    assert!((700..900).contains(&measured.len()), "{}", measured.len());
    let returns = Returns::new(&measured).with_generated(&generated).with_name("max z");
    let (_, texts) = both("return_map_lorenz", 0.005, |path| return_map::draw(&returns, path));
    assert!(has(&texts, "max z at return n") && has(&texts, "generated"));
    let x = henon(60_000).column(0).to_vec();
    both("return_map_henon", 0.005, |path| return_map::draw(&Returns::new(&x), path));
}

/// The damped pendulum, its fixed points and a trajectory.
fn pendulum() -> VectorField {
    let f = |x: f64, y: f64| (y, -x.sin() - 0.3 * y);
    let pi = std::f64::consts::PI;
    let mut state = (-2.9, 1.0);
    let mut rows = Vec::new();
    for _ in 0..3_000 {
        rows.extend([state.0, state.1]);
        let (u, v) = f(state.0, state.1);
        let (s, t) = f(state.0 + 0.005 * u, state.1 + 0.005 * v);
        state = (state.0 + 0.01 * s, state.1 + 0.01 * t);
    }
    let trajectory = Array2::from_shape_vec((3_000, 2), rows).unwrap();
    VectorField::from_fn(-4.0..4.0, -3.0..3.0, f)
        .with_names("θ", "ω")
        .with_trajectory(trajectory.view())
        .with_fixed_points([
            FixedPoint::new([0.0, 0.0], Stability::Stable),
            FixedPoint::new([pi, 0.0], Stability::Saddle),
            FixedPoint::new([-pi, 0.0], Stability::Saddle),
        ])
}

#[test]
fn fields_of_a_pendulum_and_of_a_piecewise_linear_map() {
    let (png, texts) = both("vector_field_pendulum", 0.01, |path| vector_field::draw(&pendulum(), path));
    assert!(share_of(&png, GREEN, 8) > 2e-4 && share_of(&png, PURPLE, 8) > 2e-4);
    assert!(has(&texts, "dω/dt = 0") && has(&texts, "saddle") && !has(&texts, "unstable"));

    // A PLRNN of two latents: z' = A z + W max(0, z) + h.
    let step = |x: f64, y: f64| {
        let (p, q) = (x.max(0.0), y.max(0.0));
        (0.9 * x - 1.1 * q + 0.4 - 0.1 * p, 0.85 * y + 1.0 * p - 0.3)
    };
    let map = VectorField::from_fn(-2.0..2.0, -2.0..2.0, |x, y| {
        let (a, b) = step(x, y);
        (a - x, b - y)
    })
    .with_style(Style::Arrows)
    .with_borders([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    .with_names("z₁", "z₂")
    .with_manifolds([
        Manifold::stable(array![[-1.0, -1.0], [0.0, 0.3], [1.0, 1.5]]),
        Manifold::unstable(array![[1.0, -1.0], [0.3, 0.2], [-1.0, 1.5]]),
    ])
    .with_fixed_points([
        FixedPoint::new([0.35, 0.31], Stability::Unstable),
        FixedPoint::new([-1.2, 0.6], Stability::Neutral),
    ]);
    let (_, texts) = both("vector_field_plrnn", 0.01, |path| vector_field::draw(&map, path));
    assert!(has(&texts, "Δz₁ = 0") && has(&texts, "region border") && has(&texts, "unstable manifold"));
}

#[test]
fn bifurcations_of_the_logistic_map() {
    let parameter: Vec<f64> = (0..600).map(|i| 2.8 + 1.2 * f64::from(i) / 599.0).collect();
    let run = |r: &f64| {
        let mut x = 0.4;
        let mut states = Vec::new();
        let mut exponent = 0.0;
        for t in 0..700 {
            if t >= 300 {
                states.push(x);
                exponent += (r * (1.0 - 2.0 * x)).abs().max(1e-12).ln() / 400.0;
            }
            x = r * x * (1.0 - x);
        }
        (states, exponent)
    };
    let (states, exponent): (Vec<Vec<f64>>, Vec<f64>) = parameter.iter().map(run).unzip();
    let diagram = Bifurcation::new(&parameter, &states).with_exponent(&exponent).with_names("r", "x");
    let (png, texts) = both("bifurcation_logistic", 0.02, |path| bifurcation::draw(&diagram, path));
    assert!(has(&texts, "exponent") && has(&texts, "r"));
    // Orange at 40 % on white: chaos.
    assert!(share_of(&png, [238, 191, 153], 8) > 0.005);
    let narrow = Bifurcation::new(&parameter, &states).with_range(0.4, 0.6);
    both("bifurcation_range", 0.01, |path| bifurcation::draw(&narrow, path));
    let (few, gap) = ([1.0, 2.0, 4.0], [vec![1.0, 2.0], vec![], vec![3.0]]);
    let gap = Bifurcation::new(&few, &gap).with_exponent(&[0.5, f64::NAN, -0.5]);
    both("bifurcation_gap", 1e-4, |path| bifurcation::draw(&gap, path));
}

#[test]
fn basins_of_newton_roots() {
    // Newton's method for z³ = 1.
    let root = |k: usize| {
        let angle = std::f64::consts::TAU * k as f64 / 3.0;
        (angle.cos(), angle.sin())
    };
    let labels = Array2::from_shape_fn((300, 300), |(j, i)| {
        let (mut x, mut y) = (-1.5 + 3.0 * (i as f64 + 0.5) / 300.0, -1.5 + 3.0 * (j as f64 + 0.5) / 300.0);
        for _ in 0..12 {
            let (re, im) = (x * x - y * y, 2.0 * x * y);
            let square = (re * re + im * im).max(1e-300);
            (x, y) = (2.0 / 3.0 * x + re / (3.0 * square), 2.0 / 3.0 * y - im / (3.0 * square));
        }
        (0..3).find(|k| (x - root(*k).0).hypot(y - root(*k).1) < 1e-3)
    });
    let basins = Basins::new(
        (-1.5, 1.5),
        (-1.5, 1.5),
        labels.view(),
        ["fixed point 1", "fixed point 2", "cycle of 5"],
    )
    .with_names("Re z", "Im z")
    .with_fixed_points((0..3).map(|k| FixedPoint::new([root(k).0, root(k).1], Stability::Stable)));
    let (png, texts) = both("basin_newton", 0.3, |path| basin::draw(&basins, path));
    for color in [[0x8c, 0xc1, 0xe6], [0xf3, 0xb4, 0x84], [0x8f, 0xd3, 0xbb]] {
        assert!(share_of(&png, color, 4) > 0.1);
    }
    // By symmetry the second and third basin are of one size, and the first is not smaller than the others.
    assert!(texts.iter().any(|text| text.line.starts_with("cycle of 5 (")));
    // The row of smallest y is at the bottom: the lower left corner belongs to the third root.
    let (width, pixels) = sheet::pixels(&png);
    let corner = pixels[pixels.len() - width * 260 + 300];
    assert_eq!(corner, [0x8f, 0xd3, 0xbb]);
}

#[test]
fn graphs_of_few_and_many_symbols() {
    let two = [Symbol::new("A", 0.7), Symbol::new("B", 0.3)];
    let edges = [Transition::new(0, 0, 0.6), Transition::new(0, 1, 0.4), Transition::new(1, 0, 1.0)];
    both("symbol_graph_two", 0.002, |path| symbol_graph::draw(&two, &edges, path));

    // The regions of a map of three binary units, in the order of a cycle with shortcuts.
    let eight: Vec<Symbol> =
        (0..8_i32).map(|k| Symbol::new(format!("{k:03b}"), 0.3 * (-0.25 * f64::from(k)).exp())).collect();
    let edges: Vec<Transition> = (0..8)
        .flat_map(|k| {
            let rest = 0.1 * k as f64;
            [(k, 0.2), ((k + 1) % 8, 0.8 - rest), ((k + 3) % 8, rest)]
                .map(|(to, p)| Transition::new(k, to, p))
        })
        .collect();
    let (_, texts) = both("symbol_graph_eight", 0.002, |path| symbol_graph::draw(&eight, &edges, path));
    assert!((0..8).all(|k| has(&texts, &format!("{k:03b}"))));

    let many: Vec<Symbol> =
        (0..40_i32).map(|k| Symbol::new(format!("{k:010b}"), 0.1 / f64::from(1 + k % 7))).collect();
    let edges: Vec<Transition> = (0..40)
        .flat_map(|k| {
            [(k, 0.5), ((k + 1) % 40, 0.3), ((k * 7 + 3) % 40, 0.2)].map(|(to, p)| Transition::new(k, to, p))
        })
        .collect();
    let (_, texts) = both("symbol_graph_many", 0.002, |path| symbol_graph::draw(&many, &edges, path));
    assert!(texts.len() > 15, "{}", texts.len());
    both("symbol_graph_one", 1e-3, |path| {
        symbol_graph::draw(
            &[Symbol::new("a long name of a symbol", 1.0)],
            &[Transition::new(0, 0, 1.0)],
            path,
        )
    });
}

fn lorenz_foci() -> [FixedPoint; 3] {
    let c = 72.0_f64.sqrt();
    [
        FixedPoint::new([0.0, 0.0, 0.0], Stability::Saddle).with_eigenvalues([
            (11.83, 0.0),
            (-2.67, 0.0),
            (-22.83, 0.0),
        ]),
        FixedPoint::new([c, c, 27.0], Stability::Saddle).with_eigenvalues([
            (0.094, 10.19),
            (0.094, -10.19),
            (-13.85, 0.0),
        ]),
        FixedPoint::new([-c, -c, 27.0], Stability::Unstable),
    ]
}

#[test]
fn state_space_with_all_that_stays() {
    let trajectory = lorenz(20_000, 0.01, 28.0, [1.0, 1.0, 20.0]);
    let out = lorenz(600, 0.01, 28.0, [1e-3, 1e-3, 0.0]);
    let turn = |radius: f64| {
        Array2::from_shape_fn((60, 3), |(t, i)| {
            let (s, c) = (std::f64::consts::TAU * t as f64 / 60.0).sin_cos();
            [8.5 + radius * c, 8.5 + 1.2 * radius * c + 0.5 * radius * s, 27.0 + radius * s][i]
        })
    };
    let space = StateSpace::new(trajectory.data(), ["x", "y", "z"])
        .with_fixed_points(lorenz_foci())
        .with_cycles([Cycle::new(turn(5.0), Stability::Saddle).as_curve()])
        .with_manifolds([
            Manifold::unstable(out.data().to_owned()),
            Manifold::stable(array![[0.0, 0.0, 0.0], [0.0, 0.0, 45.0]]),
        ]);
    let (png, texts) = both("fixed_points_lorenz", 0.05, |path| fixed_points::draw(&space, path));
    assert!(share_of(&png, PURPLE, 8) > 5e-4);
    assert!(has(&texts, "saddle cycle") && has(&texts, "x") && has(&texts, "stable manifold"));

    let attractor = henon(8_000);
    // Fixed points of the Hénon map: x = (−0.7 ± √6.09) / 2.8; the cycle of two is a saddle too.
    let fixed = [-0.7 + 6.09_f64.sqrt(), -0.7 - 6.09_f64.sqrt()].map(|x| x / 2.8);
    let plane = StateSpace::new(attractor.view(), ["x", "y"])
        .as_dots()
        .with_fixed_points(fixed.map(|x| FixedPoint::new([x, 0.3 * x], Stability::Saddle)))
        .with_cycles([Cycle::new(array![[0.9758, -0.14274], [-0.4758, 0.29274]], Stability::Saddle)])
        .with_fixed_points([FixedPoint::new([40.0, 3.0], Stability::Stable)]);
    let (_, texts) = both("fixed_points_henon", 0.01, |path| fixed_points::draw(&plane, path));
    assert!(has(&texts, "1 fixed point lies outside"));

    // Five variables: principal components, which the fixed points are projected on too.
    let data = trajectory.data();
    let wide = concatenate![ndarray::Axis(1), data, data.slice(s![.., ..2])];
    let names = ["a", "b", "c", "d", "e"];
    let point = FixedPoint::new([0.0; 5], Stability::Saddle);
    let (png, texts) = both("fixed_points_five", 0.05, |path| {
        fixed_points::draw(&StateSpace::new(wide.view(), names).with_fixed_points([point.clone()]), path)
    });
    assert!(texts.iter().any(|text| text.line.starts_with("PC 1 (")));
    assert!(share_of(&png, PURPLE, 8) > 1e-4);
}

#[test]
fn galleries_of_few_and_many() {
    let flow = |rho: f64| lorenz(3_000, 0.02, rho, [1.0, 1.0, 20.0]).data().to_owned();
    let four = [
        Portrait::new("Lorenz-63", flow(28.0)),
        Portrait::new("Hénon", henon(5_000)).as_dots(),
        Portrait::new("Van der Pol", flow(150.0).slice(s![.., ..2]).to_owned()),
        Portrait::new("one variable", flow(28.0).slice(s![..500, ..1]).to_owned()),
    ];
    let (_, texts) = both("gallery_four", 0.02, |path| gallery::draw(&four, path));
    assert_eq!(texts.len(), 4);

    let shapes = [flow(28.0), flow(60.0), flow(160.0), henon(3_000)]
        .map(|rows| rows.slice(s![..1_000, ..]).to_owned());
    let many: Vec<Portrait> = (0..96)
        .map(|k| {
            let portrait = Portrait::new(format!("SystemWithALongName{k}"), shapes[k % 4].clone());
            if k % 4 == 3 { portrait.as_dots() } else { portrait }
        })
        .collect();
    let (png, svg) = (place("gallery_many.png"), place("gallery_many.svg"));
    gallery::draw(&many, &png).unwrap();
    gallery::draw(&many, &svg).unwrap();
    check_png(&png, 0.02);
    assert_eq!(check_svg(&svg).len(), 96);
}

#[test]
fn constants_giants_and_long_names_are_pictures_too() {
    let long = "a name that is much too long for the place where it has to stand, and goes on and on";
    for (name, size) in [("zero", 0.0), ("giant", f64::MAX), ("tiny", 1e-300)] {
        let values = Array2::from_shape_fn((40, 3), |(t, k)| if (t + k) % 2 == 0 { size } else { -size });
        let plane = values.slice(s![.., ..2]);
        let column = values.column(0).to_vec();
        // What is drawn is checked in pixels for giants alone: it takes time.
        let drawn = |picture: &str, draw: &dyn Fn(&Path) -> Result<(), Error>| {
            let svg = place(&format!("{picture}_{name}.svg"));
            draw(&svg).unwrap();
            check_svg(&svg);
            if name == "giant" {
                draw(&svg.with_extension("png")).unwrap();
                check_png(&svg.with_extension("png"), 1e-5);
            }
        };
        let times: Vec<f64> = (0..40).map(f64::from).collect();
        let point = |dim: usize| [FixedPoint::new(vec![size; dim], Stability::Neutral)];
        drawn("lyapunov", &|path| {
            lyapunov::draw(
                &Convergence::new(&times, values.view()).with_errors(values.view()).with_time_unit(long),
                path,
            )
        });
        let graph: Vec<(f64, f64)> = plane.rows().into_iter().map(|p| (p[0], p[1])).collect();
        drawn("cobweb", &|path| return_map::cobweb(&graph, &column, path));
        drawn("return_map", &|path| return_map::draw(&Returns::new(&column).with_name(long), path));
        for style in [Style::Streamlines, Style::Arrows] {
            let field = VectorField::from_fn(-1.0..1.0, -1.0..1.0, |x, y| (size * x.signum(), size * y))
                .with_style(style)
                .with_names(long, long)
                .with_borders([[size, 1.0, 0.0]])
                .with_trajectory(plane)
                .with_fixed_points([FixedPoint::new([0.0, 0.0], Stability::Saddle)])
                .with_fixed_points(point(2));
            drawn(&format!("vector_field_{style:?}"), &|path| vector_field::draw(&field, path));
        }
        let states: Vec<Vec<f64>> = values.rows().into_iter().map(|row| row.to_vec()).collect();
        let diagram = Bifurcation::new(&times, &states).with_exponent(&column).with_names(long, long);
        drawn("bifurcation", &|path| bifurcation::draw(&diagram, path));
        for dim in [1, 2, 3] {
            let set = values.slice(s![.., ..dim]);
            let space = StateSpace::new(set, vec![long; dim])
                .with_fixed_points(point(dim))
                .with_cycles([Cycle::new(set.to_owned(), Stability::Stable)]);
            drawn(&format!("fixed_points_{dim}"), &|path| fixed_points::draw(&space, path));
        }
        let portraits = [1, 2, 3].map(|dim| Portrait::new(long, values.slice(s![.., ..dim]).to_owned()));
        drawn("gallery", &|path| gallery::draw(&portraits, path));
    }
    let labels = Array2::from_elem((1, 1), Some(0));
    let basins =
        Basins::new((0.0, 1e-300), (-f64::MAX, f64::MAX), labels.view(), [long]).with_names(long, long);
    both("basin_single", 0.1, |path| basin::draw(&basins, path));
}

#[test]
fn bad_input_is_an_error_that_says_where() {
    let path = place("never_analysis.png");
    let nan = f64::NAN;
    let one = Array2::from_elem((3, 1), 0.5);
    let error = lyapunov::draw(&Convergence::new(&[1.0, 2.0], one.view()), &path).unwrap_err();
    assert!(matches!(error, Error::Length { expected: 3, found: 2, .. }), "{error}");
    let error = lyapunov::draw(&Convergence::new(&[1.0, 3.0, 2.0], one.view()), &path).unwrap_err();
    assert!(matches!(error, Error::Order { index: 2, .. }), "{error}");
    let error = lyapunov::draw(&Convergence::new(&[], Array2::zeros((0, 2)).view()), &path).unwrap_err();
    assert!(matches!(error, Error::Empty { .. }));

    assert!(matches!(return_map::cobweb(&[], &[0.1], &path), Err(Error::Empty { .. })));
    assert!(matches!(
        return_map::cobweb(&[(0.0, 0.0)], &[0.1, nan], &path),
        Err(Error::NonFinite { index: 1, .. })
    ));
    assert!(matches!(return_map::draw(&Returns::new(&[1.0]), &path), Err(Error::Empty { .. })));

    let grid = [0.0, 1.0, 2.0];
    let (field, small) = (Array2::from_elem((3, 3), 1.0), Array2::zeros((2, 3)));
    let error =
        vector_field::draw(&VectorField::new(&grid, &grid, field.view(), small.view()), &path).unwrap_err();
    assert!(matches!(error, Error::Length { expected: 3, found: 2, .. }), "{error}");
    let mut bad = field.clone();
    bad[[1, 2]] = nan;
    let error =
        vector_field::draw(&VectorField::new(&grid, &grid, bad.view(), field.view()), &path).unwrap_err();
    assert!(matches!(error, Error::NonFinite { index: 1, .. }), "{error}");
    let with_point = VectorField::new(&grid, &grid, field.view(), field.view())
        .with_fixed_points([FixedPoint::new([0.0; 3], Stability::Stable)]);
    assert!(matches!(
        vector_field::draw(&with_point, &path),
        Err(Error::Coordinates { expected: 2, found: 3, .. })
    ));

    assert!(matches!(bifurcation::draw(&Bifurcation::new(&[], &[]), &path), Err(Error::Empty { .. })));
    assert!(matches!(
        bifurcation::draw(&Bifurcation::new(&[1.0, 2.0], &[vec![1.0]]), &path),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        bifurcation::draw(&Bifurcation::new(&[1.0], &[vec![]]), &path),
        Err(Error::Empty { .. })
    ));

    let labels = array![[Some(0), Some(2)]];
    let error = basin::draw(&Basins::new((0.0, 1.0), (0.0, 1.0), labels.view(), ["a"]), &path).unwrap_err();
    assert!(matches!(error, Error::Index { index: 2, count: 1, .. }), "{error}");
    let error =
        basin::draw(&Basins::new((0.0, 0.0), (0.0, 1.0), labels.view(), ["a", "b", "c"]), &path).unwrap_err();
    assert!(matches!(error, Error::Order { .. }), "{error}");

    let symbols = [Symbol::new("a", 1.0)];
    assert!(matches!(symbol_graph::draw(&[], &[], &path), Err(Error::Empty { .. })));
    let error = symbol_graph::draw(&symbols, &[Transition::new(0, 1, 0.5)], &path).unwrap_err();
    assert!(matches!(error, Error::Index { index: 1, count: 1, .. }), "{error}");
    let error = symbol_graph::draw(&symbols, &[Transition::new(0, 0, nan)], &path).unwrap_err();
    assert!(matches!(error, Error::OutOfRange { .. }), "{error}");

    let space = StateSpace::new(field.view(), ["x", "y"]);
    assert!(matches!(fixed_points::draw(&space, &path), Err(Error::Length { expected: 3, found: 2, .. })));
    let space = StateSpace::new(field.view(), ["x", "y", "z"])
        .with_cycles([Cycle::new(array![[0.0, 1.0]], Stability::Stable)]);
    assert!(matches!(
        fixed_points::draw(&space, &path),
        Err(Error::Coordinates { expected: 3, found: 2, .. })
    ));

    assert!(matches!(gallery::draw(&[], &path), Err(Error::Empty { .. })));
    let empty = Portrait::new("empty", Array2::from_elem((4, 3), nan));
    let error = gallery::draw(&[empty], &path).unwrap_err();
    assert!(error.to_string().contains("the trajectory of \"empty\""), "{error}");

    for name in ["picture.pdf", "picture"] {
        let error = symbol_graph::draw(&symbols, &[], place(name)).unwrap_err();
        assert!(matches!(error, Error::Extension { .. }), "{error}");
        assert!(!place(name).exists());
    }
    assert!(!path.exists());
}
