//! What of a system's state is drawn: angles lie on their circle, clocks are left out, polar coordinates become places.

use std::f64::consts::TAU;

use attractor::systems::{
    Property, Result, System, Trajectory,
    catalog::{CatalogFlow, CatalogMap},
};
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// One or two coordinates of a picture, made of the state.
#[derive(Clone, Copy)]
enum Coordinate {
    /// A state variable.
    Plain(usize),
    /// An angle, from minus half a period to half a period.
    Angle { variable: usize, period: f64 },
    /// r cos θ and r sin θ.
    Polar { radius: usize, angle: usize },
}

/// The coordinates that a system is drawn in.
pub struct Chart(Vec<Coordinate>);

impl Chart {
    /// The chart of a flow that passes through `states`.
    pub fn of_flow(flow: &dyn CatalogFlow, states: &Trajectory) -> Self {
        let slope = |x: &[f64]| {
            let mut dx = vec![0.0; x.len()];
            flow.rhs(0.0, x, &mut dx);
            dx
        };
        let probes: Vec<_> = probes(states).into_iter().map(|x| (slope(&x), x)).collect();
        Self::new(flow, |variable| {
            let speed = probes[0].0[variable];
            // What has the same speed everywhere is the clock of a force.
            if probes.iter().all(|(dx, _)| (dx[variable] - speed).abs() <= 1e-9 * speed.abs()) {
                return None;
            }
            let same =
                |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + b.abs()));
            let is_period =
                |period: &f64| probes.iter().all(|(dx, x)| same(&slope(&moved(x, variable, *period)), dx));
            Some(match periods(flow).find(is_period) {
                Some(period) => Coordinate::Angle { variable, period },
                None => Coordinate::Plain(variable),
            })
        })
    }

    /// The chart of a map that passes through `states`.
    pub fn of_map(map: &dyn CatalogMap, states: &Trajectory) -> Self {
        let next = |x: &[f64]| {
            let mut next = vec![0.0; x.len()];
            map.step(x, &[], &mut next);
            next
        };
        let probes: Vec<_> = probes(states).into_iter().map(|x| (next(&x), x)).collect();
        Self::new(map, |variable| {
            let is_period = |period: &f64| {
                let whole = |a: f64, b: f64| {
                    let turns = (a - b) / period;
                    (turns - turns.round()).abs() < 1e-6
                };
                let moves = |x: &[f64]| next(&moved(x, variable, *period));
                probes.iter().all(|(next, x)| moves(x).iter().zip(next).all(|(a, b)| whole(*a, *b)))
            };
            Some(match periods(map).find(is_period) {
                Some(period) => Coordinate::Angle { variable, period },
                None => Coordinate::Plain(variable),
            })
        })
    }

    /// `kind` tells the coordinate of a variable of a system that has angles.
    fn new(system: &(impl System + ?Sized), kind: impl Fn(usize) -> Option<Coordinate>) -> Self {
        let names = system.variables();
        let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let polar = place(&["r"]).zip(place(&["theta", "θ"]));
        let angular = system.properties().contains(&Property::Angular);
        let coordinate = |variable| match polar {
            Some((radius, angle)) if variable == radius => Some(Coordinate::Polar { radius, angle }),
            Some((_, angle)) if variable == angle => None,
            _ if angular => kind(variable),
            _ => Some(Coordinate::Plain(variable)),
        };
        Self((0..names.len()).filter_map(coordinate).collect())
    }

    /// States \[T, M\] in the coordinates of the picture.
    pub fn apply(&self, states: &Trajectory) -> Result<Trajectory> {
        let (mut columns, mut names) = (Vec::<Array1<f64>>::new(), Vec::new());
        let column = |variable: usize| states.data().column(variable).to_owned();
        for &coordinate in &self.0 {
            match coordinate {
                Coordinate::Plain(variable) => {
                    columns.push(column(variable));
                    names.push(states.names()[variable].clone());
                }
                Coordinate::Angle { variable, period } => {
                    columns.push(column(variable).mapv(|x| x - period * (x / period).round()));
                    names.push(format!("{} modulo {period:.4}", states.names()[variable]));
                }
                Coordinate::Polar { radius, angle } => {
                    let (r, theta) = (column(radius), column(angle));
                    columns.extend([&r * &theta.cos(), &r * &theta.sin()]);
                    let (r, theta) = (&states.names()[radius], &states.names()[angle]);
                    names.extend([format!("{r} cos {theta}"), format!("{r} sin {theta}")]);
                }
            }
        }
        let data = Array2::from_shape_fn((states.len(), columns.len()), |(t, i)| columns[i][t]);
        Trajectory::new(data, states.dt())?.with_names(names)
    }

    /// The frame of a picture of `seen`, which this chart gave.
    pub fn frame(&self, seen: &Trajectory) -> Frame {
        let jumps = self.0.iter().flat_map(|coordinate| match coordinate {
            Coordinate::Plain(_) => vec![f64::INFINITY],
            Coordinate::Angle { period, .. } => vec![period / 2.0],
            Coordinate::Polar { .. } => vec![f64::INFINITY; 2],
        });
        let size = |column| match extent(column) {
            0.0 => 1.0,
            size => size,
        };
        Frame { extents: seen.data().axis_iter(Axis(1)).map(size).collect(), jumps: jumps.collect() }
    }
}

/// The largest value less the smallest.
fn extent(column: ArrayView1<'_, f64>) -> f64 {
    let (low, high) =
        column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (x.min(l), x.max(h)));
    high - low
}

/// What the period of an angle or of a place may be: a turn, in radians or as such, or what a wavenumber says.
fn periods(system: &(impl System + ?Sized)) -> impl Iterator<Item = f64> {
    let waves = system.parameters().into_iter().map(|(_, k)| TAU / k.abs());
    [TAU, 1.0].into_iter().chain(waves.filter(|period| period.is_finite() && *period > 1e-3))
}

/// A few states along a run.
fn probes(states: &Trajectory) -> Vec<Vec<f64>> {
    (0..7).map(|k| states.data().row(k * (states.len() - 1) / 6).to_vec()).collect()
}

/// A state with one variable moved.
fn moved(x: &[f64], variable: usize, by: f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    moved[variable] += by;
    moved
}

/// How large a picture is in each coordinate, and what step of a coordinate is a jump of an angle.
pub struct Frame {
    extents: Vec<f64>,
    jumps: Vec<f64>,
}

impl Frame {
    /// The length of the step from row `a` to row `b` in a plane in which every extent is 1, on average over the planes;
    /// nothing where an angle jumps from one end of its range to the other.
    pub fn step(&self, seen: &Trajectory, a: usize, b: usize) -> Option<f64> {
        let mut squares = 0.0;
        for (i, (extent, jump)) in self.extents.iter().zip(&self.jumps).enumerate() {
            let step = seen.data()[[b, i]] - seen.data()[[a, i]];
            if step.abs() > *jump {
                return None;
            }
            squares += (step / extent).powi(2);
        }
        Some((2.0 * squares / self.extents.len() as f64).sqrt())
    }

    /// Refuses a path that dies down or leaves: in some coordinate a quarter of it is twenty times as large as another.
    pub fn check_alive(seen: &Trajectory) -> std::result::Result<(), String> {
        for column in seen.data().axis_iter(Axis(1)) {
            let quarters = column.axis_chunks_iter(Axis(0), seen.len().div_ceil(4)).map(extent);
            let (low, high) = quarters.fold((f64::INFINITY, 0.0_f64), |(l, h), x| (x.min(l), x.max(h)));
            if high > 20.0 * low {
                let last = seen.last_row().to_vec();
                return Err(format!("does not stay on an attractor: it comes to {last:?}"));
            }
        }
        Ok(())
    }

    /// Points about `spacing` apart along a path, each coordinate in extents; a row of NaN, which is a gap, at a jump.
    pub fn thinned(&self, seen: &Trajectory, spacing: f64) -> Array2<f64> {
        let mut kept: Vec<Option<usize>> = vec![Some(0)];
        let mut since = 0.0;
        for t in 1..seen.len() {
            if let Some(length) = self.step(seen, t - 1, t) {
                since += length;
            } else {
                kept.extend([Some(t - 1), None, Some(t)]);
                since = 0.0;
            }
            if since >= spacing {
                kept.push(Some(t));
                since = 0.0;
            }
        }
        let width = self.extents.len();
        Array2::from_shape_fn((kept.len(), width), |(row, i)| {
            kept[row].map_or(f64::NAN, |t| seen.data()[[t, i]] / self.extents[i])
        })
    }
}
