//! Two or three coordinates that a pair of trajectories of any dimension is drawn in.

use attractor_systems::Trajectory;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use crate::{Error, Result};

/// Points of two trajectories in the same coordinates; the third is 0 in the plane. A point that needs a missing value
/// is NaN in all coordinates.
pub(crate) struct Coordinates {
    pub(crate) names: Vec<String>,
    pub(crate) measured: Vec<[f64; 3]>,
    pub(crate) generated: Vec<[f64; 3]>,
}

/// Values are held within this.
const LARGEST: f64 = 1e140;

/// Sweeps of the orthogonal iteration for principal components.
const SWEEPS: usize = 300;

/// Checks that two trajectories can be drawn together.
pub(crate) fn check(measured: &Trajectory, generated: &Trajectory) -> Result<()> {
    check_finite("measured", measured)?;
    check_finite("generated", generated)?;
    if measured.dim() != generated.dim() {
        return Err(Error::Dimension { measured: measured.dim(), generated: generated.dim() });
    }
    Ok(())
}

fn check_finite(what: &str, trajectory: &Trajectory) -> Result<()> {
    let data = trajectory.data();
    if data.is_empty() {
        return Err(Error::Empty { what: format!("the {what} trajectory") });
    }
    let bad = data.indexed_iter().find(|(_, value)| !value.is_finite());
    match bad {
        Some(((index, variable), value)) => Err(Error::NonFinite {
            what: format!("variable {variable} of the {what} trajectory"),
            index,
            value: *value,
        }),
        None => Ok(()),
    }
}

/// The values \[T, N\] of a trajectory, NaN where missing, none so large that its square overflows.
pub(crate) fn values(trajectory: &Trajectory) -> Array2<f64> {
    let mut values = trajectory.data().mapv(|value| value.clamp(-LARGEST, LARGEST));
    if let Some(missing) = trajectory.missing() {
        values.zip_mut_with(&missing, |value, missing| {
            if *missing {
                *value = f64::NAN;
            }
        });
    }
    values
}

/// A point of space, all NaN if one coordinate is.
fn whole(point: [f64; 3]) -> [f64; 3] {
    if point.iter().any(|v| v.is_nan()) { [f64::NAN; 3] } else { point }
}

impl Coordinates {
    /// Coordinates for a picture on paper: a delay plot for one variable, the plane for two, space for three, and the
    /// first three principal components of the measured trajectory for more.
    pub(crate) fn on_paper(measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        Self::with_delays(measured, generated, 2)
    }

    /// Coordinates for a picture in space: as on paper, but two delays for one variable and time as the third
    /// coordinate of two.
    pub(crate) fn in_space(measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let mut coordinates = Self::with_delays(measured, generated, 3)?;
        if measured.dim() == 2 {
            coordinates.names.push("time (s)".into());
            let both =
                [(&mut coordinates.measured, measured.dt()), (&mut coordinates.generated, generated.dt())];
            for (points, dt) in both {
                points.iter_mut().enumerate().for_each(|(t, point)| point[2] += t as f64 * dt);
            }
        }
        Ok(coordinates)
    }

    fn with_delays(measured: &Trajectory, generated: &Trajectory, count: usize) -> Result<Self> {
        check(measured, generated)?;
        let coordinates = match measured.dim() {
            1 => Self::delayed(measured, generated, count),
            2 | 3 => Self {
                names: measured.names().to_vec(),
                measured: points(&values(measured)),
                generated: points(&values(generated)),
            },
            _ => Self::principal(measured, generated)?,
        };
        for (what, points) in [("measured", &coordinates.measured), ("generated", &coordinates.generated)] {
            if points.iter().all(|point| point[0].is_nan()) {
                return Err(Error::Empty {
                    what: format!("the {what} trajectory, samples with missing values aside,"),
                });
            }
        }
        Ok(coordinates)
    }

    /// x(t), x(t − τ), x(t − 2τ): τ is where the autocorrelation of the measured variable falls below 1/e.
    fn delayed(measured: &Trajectory, generated: &Trajectory, count: usize) -> Self {
        let steps = delay(values(measured).column(0));
        let tau = steps as f64 * measured.dt();
        let points = |trajectory: &Trajectory| {
            let data = values(trajectory);
            let x = data.column(0);
            // The same delay in time, in steps of this trajectory; shorter if that is longer than the data.
            let lag = ((tau / trajectory.dt()).round() as usize).min((x.len() - 1) / (count - 1));
            let first = lag * (count - 1);
            let at = |t: usize, k: usize| if k < count { x[t - k * lag] } else { 0.0 };
            (first..x.len()).map(|t| whole(std::array::from_fn(|k| at(t, k)))).collect()
        };
        let name = measured.names().first().map_or("x", String::as_str);
        let names = (0..count).map(|k| match k {
            0 => format!("{name}(t)"),
            _ => format!("{name}(t − {} s)", short(k as f64 * tau)),
        });
        Self { names: names.collect(), measured: points(measured), generated: points(generated) }
    }

    /// Samples without missing values decide the principal components.
    fn principal(measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let data = values(measured);
        let complete: Vec<usize> =
            (0..data.nrows()).filter(|t| data.row(*t).iter().all(|value| !value.is_nan())).collect();
        let sample = data.select(Axis(0), &complete);
        let mean = sample.mean_axis(Axis(0)).ok_or_else(|| Error::Empty {
            what: "the measured trajectory, samples with missing values aside,".into(),
        })?;
        let centred = &sample - &mean;
        let loadings = principal_components(&centred);
        Ok(Self {
            names: shares(&centred, &loadings),
            measured: points(&(&data - &mean).dot(&loadings)),
            generated: points(&(&values(generated) - &mean).dot(&loadings)),
        })
    }
}

/// The two or three coordinates that points of one trajectory, and what lies around it, are drawn in.
pub(crate) struct Projection {
    pub(crate) names: Vec<String>,
    /// Mean \[N\] and principal directions \[N, 3\] for more than three variables.
    principal: Option<(Array1<f64>, Array2<f64>)>,
    /// A single variable is drawn over its index.
    is_series: bool,
}

impl Projection {
    /// The plane for two variables and for one over its index, space for three, and the first three principal components
    /// of `rows` \[T, N\] for more. Rows with NaN are gaps.
    pub(crate) fn of(rows: ArrayView2<f64>, names: &[String]) -> Result<Self> {
        if let Some(((index, column), value)) = rows.indexed_iter().find(|(_, value)| value.is_infinite()) {
            let what = format!("variable {column} of the attractor");
            return Err(Error::NonFinite { what, index, value: *value });
        }
        let complete: Vec<usize> =
            (0..rows.nrows()).filter(|t| rows.row(*t).iter().all(|value| !value.is_nan())).collect();
        let sample = rows.select(Axis(0), &complete).mapv(|value| value.clamp(-LARGEST, LARGEST));
        let Some(mean) = sample.mean_axis(Axis(0)) else {
            return Err(Error::Empty { what: "the attractor, rows with NaN aside,".into() });
        };
        Ok(match rows.ncols() {
            1 => Self { names: vec!["index".into(), names[0].clone()], principal: None, is_series: true },
            2 | 3 => Self { names: names.to_vec(), principal: None, is_series: false },
            _ => {
                let centred = &sample - &mean;
                let loadings = principal_components(&centred);
                let names = shares(&centred, &loadings);
                Self { names, principal: Some((mean, loadings)), is_series: false }
            }
        })
    }

    /// Rows \[T, N\] as points; the third coordinate is 0 in the plane.
    pub(crate) fn apply(&self, rows: ArrayView2<f64>) -> Vec<[f64; 3]> {
        let rows = rows.mapv(|value| value.clamp(-LARGEST, LARGEST));
        match &self.principal {
            Some((mean, loadings)) => points(&(&rows - mean).dot(loadings)),
            None if self.is_series => {
                rows.column(0).iter().enumerate().map(|(t, x)| whole([t as f64, *x, 0.0])).collect()
            }
            None => points(&rows),
        }
    }
}

/// Names of principal components with their shares of the variance.
fn shares(centred: &Array2<f64>, loadings: &Array2<f64>) -> Vec<String> {
    let scores = centred.dot(loadings);
    let total: f64 = centred.iter().map(|v| v * v).sum();
    let name = |k: usize| {
        let share = scores.column(k).iter().map(|v| v * v).sum::<f64>() / total.max(f64::MIN_POSITIVE);
        format!("PC {} ({:.0} %)", k + 1, 100.0 * share)
    };
    (0..3).map(name).collect()
}

/// Rows of up to three columns as points of space.
fn points(rows: &Array2<f64>) -> Vec<[f64; 3]> {
    let point = |row: ArrayView1<f64>| whole(std::array::from_fn(|i| row.get(i).copied().unwrap_or(0.0)));
    rows.rows().into_iter().map(point).collect()
}

/// The first three principal directions \[N, 3\] of centred data \[T, N\], by orthogonal iteration.
///
/// The largest loading of each direction is positive. A direction without variance may be zero.
fn principal_components(centred: &Array2<f64>) -> Array2<f64> {
    let n = centred.ncols();
    // Scaled, so that squares of extreme data stay finite.
    let largest = centred.iter().fold(f64::MIN_POSITIVE, |a, b| a.max(b.abs()));
    let scaled = centred / largest;
    let covariance = scaled.t().dot(&scaled);
    let mut basis = Array2::from_shape_fn((n, 3), |(i, k)| ((1 + i * (k + 1) + k) as f64).sin());
    for _ in 0..SWEEPS {
        basis = covariance.dot(&basis);
        for k in 0..3 {
            for j in 0..k {
                let overlap = basis.column(k).dot(&basis.column(j));
                let other = basis.column(j).to_owned();
                basis.column_mut(k).scaled_add(-overlap, &other);
            }
            let norm = basis.column(k).dot(&basis.column(k)).sqrt();
            // What is left of a direction without variance is rounding.
            let factor = if norm > 1e-12 { norm.recip() } else { 0.0 };
            basis.column_mut(k).mapv_inplace(|v| v * factor);
        }
    }
    for mut direction in basis.columns_mut() {
        let largest = direction.iter().fold(0.0_f64, |a, b| if b.abs() > a.abs() { *b } else { a });
        if largest < 0.0 {
            direction.mapv_inplace(|v| -v);
        }
    }
    basis
}

/// The first lag, in steps, where the autocorrelation falls below 1/e; at most a quarter of the data.
fn delay(x: ArrayView1<f64>) -> usize {
    let x = x.slice(s![..x.len().min(20_000)]);
    let observed = x.iter().filter(|v| !v.is_nan());
    let mean = observed.clone().sum::<f64>() / observed.clone().count().max(1) as f64;
    let largest = observed.fold(f64::MIN_POSITIVE, |a, b| a.max((b - mean).abs()));
    // A missing value adds nothing to the sums.
    let centred = x.mapv(|v| if v.is_nan() { 0.0 } else { (v - mean) / largest });
    let variance = centred.dot(&centred);
    let limit = (x.len() / 4).max(1);
    let below = |lag: &usize| {
        let (head, tail) = (centred.slice(s![..centred.len() - lag]), centred.slice(s![*lag..]));
        head.dot(&tail) < variance / std::f64::consts::E
    };
    (1..limit).find(below).unwrap_or(limit.min(1))
}

/// A duration with three digits.
pub(crate) fn short(value: f64) -> String {
    let digits = (2.0 - value.abs().max(1e-12).log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_plane_that_data_lies_in() {
        // Ten variables that are mixtures of three oscillations of variance 9 : 4 : 1.
        let data = Array2::from_shape_fn((2000, 10), |(t, i)| {
            let t = t as f64 * std::f64::consts::TAU / 200.0;
            let mix = |k: f64| (k * (i as f64 + 0.5) * std::f64::consts::PI / 10.0).cos();
            3.0 * t.sin() * mix(1.0) + 2.0 * (2.0 * t).sin() * mix(2.0) + (3.0 * t).sin() * mix(3.0)
        });
        let basis = principal_components(&data);
        let gram = basis.t().dot(&basis);
        for ((i, j), value) in gram.indexed_iter() {
            assert!((value - f64::from(u8::from(i == j))).abs() < 1e-9, "{gram}");
        }
        // cos(k(i + 1/2)π/10) are orthogonal over i: they are the principal directions.
        for k in 0..3 {
            let exact = Array1::from_shape_fn(10, |i| {
                ((k + 1) as f64 * (i as f64 + 0.5) * std::f64::consts::PI / 10.0).cos()
            });
            let overlap = exact.dot(&basis.column(k)).abs() / exact.dot(&exact).sqrt();
            assert!((overlap - 1.0).abs() < 1e-9, "component {k}: {overlap}");
        }
    }

    #[test]
    fn missing_values_are_gaps_and_decide_nothing() {
        let data = Array2::from_shape_fn((200, 4), |(t, i)| (t as f64 * 0.1 * (1 + i) as f64).sin());
        let mut holed = data.clone();
        holed.slice_mut(s![50..60, 2]).fill(f64::NAN);
        let (data, holed) =
            (Trajectory::new(data, 0.1).unwrap(), Trajectory::from_array_with_missing(holed, 0.1).unwrap());
        for dim in 1..=4 {
            let part = |trajectory: &Trajectory| {
                let columns = values(trajectory).slice(s![.., 4 - dim..]).to_owned();
                Trajectory::from_array_with_missing(columns, 0.1).unwrap()
            };
            let coordinates = Coordinates::in_space(&part(&holed), &part(&data)).unwrap();
            let gaps = coordinates.measured.iter().filter(|p| p.iter().all(|v| v.is_nan())).count();
            assert_eq!(gaps, if dim == 1 { 0 } else { 10 });
            assert!(coordinates.generated.iter().flatten().all(|v| v.is_finite()));
        }
        let none = Trajectory::from_array_with_missing(Array2::from_elem((5, 4), f64::NAN), 0.1).unwrap();
        assert!(matches!(Coordinates::on_paper(&none, &data), Err(Error::Empty { .. })));
    }

    #[test]
    fn delay_of_a_sine_is_near_a_fifth_of_its_period() {
        // cos(2π lag / 100) falls below 1/e at lag 100 · acos(1/e) / 2π = 19.0.
        let x = Array1::from_shape_fn(10_000, |t| (t as f64 * std::f64::consts::TAU / 100.0).sin());
        assert!((18..=20).contains(&delay(x.view())), "{}", delay(x.view()));
        assert_eq!(delay(Array1::zeros(10).view()), 1);
        assert_eq!(short(0.19), "0.19");
        assert_eq!(short(12.0), "12");
    }
}
