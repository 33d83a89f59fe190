//! What the model does elsewhere: from other states, and with another bias.

use attractor::{
    measures::{
        BasinConfig, Basins, Error as MeasureError, GridSlice, LongTermBehaviour, LyapunovConfig,
        LyapunovSpectrum, SliceAxis, basins, lyapunov_spectrum,
    },
    prelude::*,
};
use attractor_figures::return_map::successive_maxima;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::Array2;
use rayon::prelude::*;

use crate::Result;

/// Steps of each value of the parameter that are not shown, and that are.
const SETTLE: (usize, usize) = (3_000, 6_000);
/// The basin map reaches this many standard deviations of the latents to each side of their mean.
const REACH: f64 = 4.0;

/// What the model settles to with each of the biases s·h: for each s the successive maxima of the last observed variable, or
/// where it rests, and the largest Lyapunov exponent per unit of time, NaN where it diverges.
pub fn over_bias(
    reconstruction: &Reconstruction,
    start: &[f64],
    scales: &[f64],
    steps: usize,
) -> Result<(Vec<Vec<f64>>, Vec<f64>)> {
    let one = |scale: f64| -> std::result::Result<(Vec<f64>, f64), attractor::Error> {
        let map = &reconstruction.model().dynamics;
        let (a, v, w, b, c) = (map.a(), map.v(), map.w(), map.b(), map.c());
        let map =
            PiecewiseLinearMap::new(a.clone(), v.clone(), w.clone(), b.clone(), map.h() * scale, c.clone())?;
        let input = vec![0.0; map.input_dim()];
        let (mut z, mut next) = (start.to_vec(), vec![0.0; start.len()]);
        let mut states = Vec::with_capacity(steps * start.len());
        for step in 0..SETTLE.0 + steps {
            map.step(&z, &input, &mut next);
            std::mem::swap(&mut z, &mut next);
            if z.iter().any(|z| !z.is_finite() || z.abs() > 1e6) {
                return Ok((Vec::new(), f64::NAN));
            }
            if step >= SETTLE.0 {
                states.extend(&z);
            }
        }
        let m = start.len();
        let states = Array2::from_shape_fn((steps, m), |(row, latent)| states[row * m + latent]);
        let observed = reconstruction.observations(states.view())?;
        let last = observed.column(observed.ncols() - 1).to_vec();
        let mut maxima = successive_maxima(&last);
        if maxima.is_empty() {
            maxima.extend(last.last());
        }
        let config = LyapunovConfig::new(0, steps).with_exponents(1);
        let spectrum = match lyapunov_spectrum(&map, &z, &config) {
            Err(MeasureError::Diverged { .. }) => return Ok((Vec::new(), f64::NAN)),
            spectrum => spectrum?,
        };
        let largest = spectrum.largest().map_or(f64::NAN, |largest| largest.value / reconstruction.dt());
        Ok((maxima, largest))
    };
    let bar = ProgressBar::new(scales.len() as u64).with_style(style());
    bar.set_message("bifurcation diagram");
    let all = scales.par_iter().map(|scale| {
        let found = one(*scale);
        bar.inc(1);
        found
    });
    let all = all.collect::<std::result::Result<Vec<_>, _>>()?;
    bar.finish_and_clear();
    Ok(all.into_iter().unzip())
}

/// The style of the progress bars.
pub fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed} < {eta}  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Steps of all values of the parameter that are shown.
pub fn shown(quick: bool) -> usize {
    if quick { 1_000 } else { SETTLE.1 }
}

/// Times \[points\], exponents up to each of them \[points, K\], and their standard errors.
type Running = (Vec<f64>, Array2<f64>, Array2<f64>);

/// Running Lyapunov exponents.
pub fn running_exponents(
    reconstruction: &Reconstruction,
    analysis: &Analysis,
    start: &[f64],
    points: usize,
) -> Result<Option<Running>> {
    let count = analysis.lyapunov_spectrum.len();
    if count == 0 {
        return Ok(None);
    }
    let most = 20_000;
    let mut rows: Vec<LyapunovSpectrum> = Vec::new();
    for point in 1..=points {
        let config = LyapunovConfig::new(1_000, most * point / points);
        let spectrum = lyapunov_spectrum(&reconstruction.model().dynamics, start, &config)?;
        rows.push(spectrum.per_time(reconstruction.dt())?);
    }
    rows.retain(|spectrum| spectrum.exponents.len() == count);
    let table = |of: fn(&attractor::measures::Estimate) -> f64| {
        Array2::from_shape_fn((rows.len(), count), |(row, k)| of(&rows[row].exponents[k]))
    };
    let (values, errors) = (table(|estimate| estimate.value), table(|estimate| estimate.standard_error));
    let times: Vec<f64> = rows.iter().map(|spectrum| spectrum.duration).collect();
    Ok((!times.is_empty()).then_some((times, values, errors)))
}

/// Which attractor each state of a plane of latents comes to.
pub struct Plane {
    /// Latents along the axes.
    pub latents: [usize; 2],
    pub basins: Basins,
    /// The attractor of each state; nothing where it diverges.
    pub labels: Array2<Option<usize>>,
    /// Their names.
    pub names: Vec<String>,
}

/// The basins on the plane of the first and the last latent through the mean of the states of a run; nothing for a single
/// latent.
pub fn plane(reconstruction: &Reconstruction, states: &Trajectory, side: usize) -> Result<Option<Plane>> {
    let m = states.dim();
    if m < 2 {
        return Ok(None);
    }
    let data = states.data();
    let column =
        |latent: usize| (data.column(latent).sum() / data.nrows() as f64, data.column(latent).std(0.0));
    let base: Vec<f64> = (0..m).map(|latent| column(latent).0).collect();
    let latents = [0, m - 1];
    let axis = |latent: usize| {
        let (mean, sd) = column(latent);
        // What stands still has no size of its own; that of standardised data is 1.
        let sd = if sd > 1e-6 { sd } else { 1.0 };
        SliceAxis::coordinate(latent, mean - REACH * sd, mean + REACH * sd, side)
    };
    let slice = GridSlice::plane(base, axis(latents[0]), axis(latents[1]));
    let config = BasinConfig { max_steps: 3_000, record: 2_000, ..BasinConfig::default() };
    let basins = basins(&reconstruction.model().dynamics, &slice, &config)?;
    let (mut names, mut shown) = (Vec::new(), Vec::new());
    for attractor in &basins.attractors {
        let name = match &attractor.behaviour {
            LongTermBehaviour::FixedPoint { .. } => "fixed point".to_string(),
            LongTermBehaviour::Cycle { period, .. } => format!("cycle of {period}"),
            LongTermBehaviour::Chaotic { .. } => "chaos".to_string(),
            LongTermBehaviour::Divergent { .. } => {
                shown.push(None);
                continue;
            }
            _ => "no chaos".to_string(),
        };
        shown.push(Some(names.len()));
        names.push(name);
    }
    let labels = basins.labels().mapv(|label| shown[label as usize]);
    Ok(Some(Plane { latents, basins, labels, names }))
}
