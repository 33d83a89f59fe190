//! The page of a model: everything in one file, valid without scripts, and nothing that a text in it could do.

mod sheet;

use std::fs;

use attractor_figures::{
    Cycle, Error, FixedPoint, Manifold, Stability,
    fixed_points::{self, StateSpace},
    html::HtmlReport,
    lyapunov::{self, Convergence},
    return_map::{self, Returns},
    symbol_graph::{self, Symbol, Transition},
};
use ndarray::{Array2, array};
use sheet::{lorenz, place};

/// The values of an attribute in the page, unescaped.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.match_indices(&start)
        .map(|(at, _)| &page[at + start.len()..])
        .map(|rest| &rest[..rest.find('"').unwrap()])
        .collect()
}

fn foci() -> [FixedPoint; 3] {
    let c = 72.0_f64.sqrt();
    let complex = [(0.094, 10.19), (0.094, -10.19), (-13.85, 0.0)];
    [
        FixedPoint::new([0.0, 0.0, 0.0], Stability::Saddle).with_eigenvalues([
            (11.83, 0.0),
            (-2.67, 0.0),
            (-22.83, 0.0),
        ]),
        FixedPoint::new([c, c, 27.0], Stability::Saddle).with_eigenvalues(complex),
        FixedPoint::new([-c, -c, 27.0], Stability::Saddle).with_eigenvalues(complex),
    ]
}

#[test]
fn a_whole_analysis_on_one_page() {
    let measured = lorenz(8_000, 0.01, 28.0, [1.0, 1.0, 20.0]);
    let generated = lorenz(8_000, 0.01, 28.4, [-3.0, 1.0, 25.0]);
    let turn = Array2::from_shape_fn((80, 3), |(t, i)| {
        let (s, c) = (std::f64::consts::TAU * t as f64 / 80.0).sin_cos();
        [8.5 + 5.0 * c, 8.5 + 6.0 * c + 2.5 * s, 27.0 + 5.0 * s][i]
    });
    let cycles = [
        Cycle::new(turn, Stability::Saddle).as_curve().with_eigenvalues([(1.8, 0.0), (0.0, 0.0)]),
        Cycle::new(array![[1.0, 2.0, 3.0]], Stability::Stable),
    ];
    let space = StateSpace::new(generated.data(), ["x", "y", "z"])
        .with_fixed_points(foci())
        .with_cycles(cycles.clone())
        .with_manifolds([Manifold::unstable(lorenz(300, 0.01, 28.0, [1e-3, 1e-3, 0.0]).data().to_owned())]);
    let times: Vec<f64> = (1..=200).map(f64::from).collect();
    let exponents = Array2::from_shape_fn((200, 3), |(t, k)| [0.9, 0.0, -14.6][k] + 1.0 / (t as f64 + 1.0));
    let maxima = return_map::successive_maxima(&generated.data().column(2).to_vec());
    let pictures =
        ["report_lyapunov.svg", "report_return_map.png", "report_graph.svg", "report_space.svg"].map(place);
    lyapunov::draw(&Convergence::new(&times, exponents.view()), &pictures[0]).unwrap();
    return_map::draw(&Returns::new(&maxima).with_name("max z"), &pictures[1]).unwrap();
    let symbols = [Symbol::new("left", 0.5), Symbol::new("right", 0.5)];
    let edges =
        [(0, 0, 0.7), (0, 1, 0.3), (1, 1, 0.6), (1, 0, 0.4)].map(|(i, j, p)| Transition::new(i, j, p));
    symbol_graph::draw(&symbols, &edges, &pictures[2]).unwrap();
    fixed_points::draw(&space, &pictures[3]).unwrap();
    let path = place("report.html");
    HtmlReport::new("Lorenz-63 by a PLRNN")
        .paragraph(
            "A shallow PLRNN (M = 3, L = 50), trained by generalized teacher forcing, and what it does.",
        )
        .table(
            ["measure", "value"],
            [["D_stsp", "0.031"], ["D_H", "0.062"], ["Kaplan-Yorke dimension", "2.06"]],
        )
        .unwrap()
        .heading("State space")
        .interactive(&measured, &generated)
        .unwrap()
        .heading("Along time")
        .time_series(&measured, &generated)
        .unwrap()
        .heading("Fixed points and cycles")
        .state_space(&space)
        .unwrap()
        .fixed_points(["x", "y", "z"], &foci())
        .unwrap()
        .cycles(["x", "y", "z"], &cycles)
        .unwrap()
        .heading("Measures")
        .pictures(pictures.iter().zip(["Running exponents.", "Return map.", "Symbols.", "All sets."]))
        .unwrap()
        .write(&path)
        .unwrap();
    let page = fs::read_to_string(&path).unwrap();
    for outside in ["http:", "https:", "src=\"//", "href", "@import", "url(", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(values(&page, "src").iter().all(|source| source.starts_with("data:image/")));
    assert_eq!(
        values(&page, "src").iter().filter(|source| source.starts_with("data:image/svg+xml")).count(),
        3
    );
    assert_eq!(page.matches("<noscript><img").count(), 3);
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("class=\"mark\"").count(), 3);
    assert!(page.contains("0.09400 ± 10.19 i, −13.85"));
    assert!(page.contains("<summary>(13.50, 14.50, 27.00), and 79 more</summary>"));
    // Every kind of set can be switched off, and each box has a line or mark to its name.
    let toggles = values(&page, "data-toggle");
    for name in ["attractor", "unstable manifold", "saddle cycle", "stable cycle", "saddle", "measured"] {
        assert!(toggles.contains(&name), "{name}");
    }
    assert!(page.len() < 4_000_000, "{}", page.len());
}

#[test]
fn texts_in_views_and_tables_are_shown_as_they_are() {
    let evil = "\"><script>alert('x')</script>";
    let points = array![[0.0, 1.0], [1.0, 0.0], [0.5, 0.2]];
    let trajectory = lorenz(50, 0.01, 28.0, [1.0, 1.0, 20.0]).with_names([evil, "y", "z"]).unwrap();
    let space = StateSpace::new(points.view(), [evil, "y"])
        .with_fixed_points([FixedPoint::new([0.0, 0.0], Stability::Stable)]);
    let page = HtmlReport::new(evil)
        .state_space(&space)
        .unwrap()
        .time_series(&trajectory, &trajectory)
        .unwrap()
        .fixed_points([evil, "y"], &[FixedPoint::new([0.0, 0.0], Stability::Stable)])
        .unwrap()
        .cycles([evil, "y"], &[Cycle::new(points.clone(), Stability::Stable)])
        .unwrap()
        .to_html();
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("alert('x')"));
}

#[test]
fn bad_points_are_refused() {
    let page = || HtmlReport::new("t");
    let wrong = [FixedPoint::new([0.0, 0.0, 0.0], Stability::Stable)];
    let error = page().fixed_points(["x", "y"], &wrong).unwrap_err();
    assert!(matches!(error, Error::Coordinates { expected: 2, found: 3, .. }), "{error}");
    let nan = [FixedPoint::new([0.0], Stability::Stable).with_eigenvalues([(1.0, f64::NAN)])];
    let error = page().fixed_points(["x"], &nan).unwrap_err();
    assert!(matches!(error, Error::NonFinite { index: 1, .. }), "{error}");
    let nan = [Cycle::new(array![[1.0], [f64::NAN]], Stability::Stable)];
    let error = page().cycles(["x"], &nan).unwrap_err();
    assert!(matches!(error, Error::NonFinite { index: 1, .. }), "{error}");
    let empty = Array2::zeros((0, 2));
    assert!(matches!(
        page().state_space(&StateSpace::new(empty.view(), ["x", "y"])),
        Err(Error::Empty { .. })
    ));
}
