//! Where the values and trajectories of the oracle come from: the whole of it beside the repository, or the fixtures.

use std::fs::File;
use std::path::{Path, PathBuf};

use attractor_measures::LyapunovConfig;
use attractor_systems::{PiecewiseLinearMap, Trajectory};
use ndarray::{Array, Array1, Array2, Axis, Dimension, Slice, concatenate};
use ndarray_npy::{NpzReader, ReadableElement};
use serde_json::Value;

/// Rows of a trajectory that a value was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rows {
    All,
    First(usize),
    Every(isize),
}

/// The oracle, and the keys of it that were checked.
pub struct Oracle {
    values: Value,
    arrays: PathBuf,
    pub whole: bool,
    pub checked: Vec<String>,
}

impl Oracle {
    /// The whole oracle, if it is there.
    pub fn whole() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracles");
        let text = std::fs::read_to_string(folder.join("measure_oracle.json")).ok()?;
        let values = serde_json::from_str(&text).unwrap();
        Some(Self { values, arrays: folder.join("measure_oracle.npz"), whole: true, checked: Vec::new() })
    }

    /// What the fixtures hold of it.
    pub fn fixture() -> Self {
        let arrays = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/measure_oracle.npz");
        Self { values: fixture(), arrays, whole: false, checked: Vec::new() }
    }

    /// Every key of both sections, and of what surrounds the values.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for (name, section) in self.values.as_object().unwrap() {
            match section.as_object() {
                None => keys.push(name.clone()),
                Some(section) => {
                    keys.extend(section.keys().filter(|k| *k != "values").map(|k| format!("{name}/{k}")));
                    let values = section["values"].as_object().unwrap();
                    keys.extend(values.keys().map(|key| format!("{name}/values/{key}")));
                }
            }
        }
        keys
    }

    /// A value of a section, which counts as checked from now on.
    pub fn value(&mut self, section: &str, key: &str) -> Value {
        self.checked.push(format!("{section}/values/{key}"));
        let section = &self.values[section];
        let values = if self.whole { &section["values"] } else { section };
        values.get(key).unwrap_or_else(|| panic!("the oracle has no {key}")).clone()
    }

    /// A number of the numpy section.
    pub fn number(&mut self, key: &str) -> f64 {
        self.value("reference", key).as_f64().unwrap()
    }

    fn array<S: ReadableElement, D: Dimension>(&self, name: &str) -> Option<Array<S, D>> {
        let mut file = NpzReader::new(File::open(&self.arrays).unwrap()).unwrap();
        let stored = file.names().unwrap().iter().any(|stored| stored.trim_end_matches(".npy") == name);
        stored.then(|| file.by_name(name).unwrap())
    }

    pub fn matrix(&self, name: &str) -> Option<Array2<f64>> {
        self.array(name)
    }

    pub fn pair(&self) -> Option<(Trajectory, Trajectory)> {
        let pair: Array<f64, ndarray::Ix3> = self.array("vpt_pair")?;
        let at = |i| Trajectory::new(pair.index_axis(Axis(0), i).to_owned(), 0.01).unwrap();
        Some((at(0), at(1)))
    }

    /// Indices and noise of the samples that the mixtures were measured at.
    pub fn samples(&self, name: &str) -> (Array1<i64>, Array2<f32>) {
        let missing = "both have the samples";
        (
            self.array(&format!("gmm_t_{name}")).expect(missing),
            self.array(&format!("gmm_noise_{name}")).expect(missing),
        )
    }

    /// Some rows of X_true or Y_gen; nothing where the fixtures lack them.
    fn rows(&self, name: &str, rows: Rows) -> Option<Trajectory> {
        let (stored, then) = match (self.whole, rows, name) {
            (true, rows, _) => (name.to_string(), rows),
            (false, Rows::First(n), _) if n <= 2000 => (format!("{name}_first2000"), rows),
            (false, Rows::Every(5), "X_true") => (format!("{name}_every5"), Rows::All),
            (false, Rows::Every(10), "X_true") => (format!("{name}_every5"), Rows::Every(2)),
            (false, Rows::Every(10), "Y_gen") => (format!("{name}_every10"), Rows::All),
            _ => return None,
        };
        let data: Array2<f32> = self.array(&stored)?;
        let slice = match then {
            Rows::All => Slice::from(..),
            Rows::First(n) => Slice::from(..n),
            Rows::Every(n) => Slice::new(0, None, n),
        };
        Some(Trajectory::new(data.slice_axis(Axis(0), slice).mapv(f64::from), 0.01).unwrap())
    }

    pub fn truth(&self, rows: Rows) -> Option<Trajectory> {
        self.rows("X_true", rows)
    }

    pub fn both(&self, rows: Rows) -> Option<(Trajectory, Trajectory)> {
        Some((self.rows("X_true", rows)?, self.rows("Y_gen", rows)?))
    }
}

/// The fixture, whose parameters of the networks are those of the whole oracle.
pub fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/measure_oracle.json")).unwrap()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn vector(value: &Value) -> Array1<f64> {
    numbers(value).into()
}

pub fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<_> = value.as_array().unwrap().iter().map(vector).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

#[track_caller]
pub fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
}

#[track_caller]
pub fn all_close<'a>(
    found: impl IntoIterator<Item = &'a f64>,
    expected: impl IntoIterator<Item = &'a f64>,
    tolerance: f64,
) {
    let (found, expected): (Vec<_>, Vec<_>) = (found.into_iter().collect(), expected.into_iter().collect());
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.into_iter().zip(expected) {
        close(*found, *expected, tolerance);
    }
}

/// The steps of a spectrum from the origin.
pub fn steps(count: usize) -> LyapunovConfig {
    LyapunovConfig::new(0, count)
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
pub fn clipped_shallow() -> PiecewiseLinearMap {
    let p = &fixture()["plrnn"];
    let (w1, w2, h2) = (matrix(&p["sh_W1"]), matrix(&p["sh_W2"]), vector(&p["sh_h2"]));
    let v = concatenate![Axis(1), w1, -&w1];
    let w = concatenate![Axis(0), w2, w2];
    let b = concatenate![Axis(0), h2, Array1::zeros(h2.len())];
    network(&p["sh_A"], v, w, b, &p["sh_h1"])
}

/// z -> A z + W φ(z) + h with φ rectified units, one a state.
pub fn plrnn() -> PiecewiseLinearMap {
    let p = &fixture()["plrnn"];
    network(&p["A"], matrix(&p["W"]), Array2::eye(3), Array1::zeros(3), &p["h"])
}

/// z -> A z + W φ(z) + h with `φ_i` = `Σ_b α_b (max(0, z_i + θ_ib) − max(0, z_i))`, the second term where clipped.
pub fn dendritic(clipped: bool) -> PiecewiseLinearMap {
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
