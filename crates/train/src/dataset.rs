//! The data of a run: trajectories with what runs alongside them, and random windows of them.

use std::fmt;

use attractor_models::Context;
use attractor_systems::Trajectory;
use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, RngExt};

use crate::{Batch, Error, Result, fnv::Fnv};

/// One or many trajectories \[T, N\], with external inputs \[T, K\] and nuisance regressors \[T, P\] where there are any.
///
/// Missing values stay missing: they are filled by interpolation for the encoder to see, and left out of the likelihood.
#[derive(Clone, Debug)]
pub struct Dataset {
    series: Vec<Series>,
    observed: usize,
    inputs: usize,
    nuisance: usize,
}

#[derive(Clone, Debug)]
struct Series {
    samples: usize,
    x: Values,
    u: Option<Vec<f32>>,
    r: Option<Vec<f32>>,
    deconvolved: Option<Deconvolved>,
}

/// Observations, row-major, and 1 where they were measured.
#[derive(Clone, Debug)]
struct Values {
    values: Vec<f32>,
    present: Option<Vec<f32>>,
}

/// Observations and nuisance regressors without the response that they were convolved with.
#[derive(Clone, Debug)]
struct Deconvolved {
    x: Values,
    r: Option<Vec<f32>>,
}

impl Values {
    /// In single precision, missing values filled.
    fn new(trajectory: &Trajectory) -> Result<Self> {
        let present = trajectory
            .missing()
            .map(|missing| missing.iter().map(|missing| f32::from(u8::from(!missing))).collect());
        let values =
            if present.is_some() { single(&trajectory.interpolate_missing()?) } else { single(trajectory) };
        Ok(Self { values: values?, present })
    }
}

impl Dataset {
    /// From trajectories of any lengths with the same variables.
    ///
    /// # Errors
    /// [`Error::EmptyDataset`] or [`Error::DifferentDimensions`]; a variable without a single measured value, values beyond
    /// single precision.
    pub fn new(trajectories: &[Trajectory]) -> Result<Self> {
        let observed = trajectories.first().ok_or(Error::EmptyDataset)?.dim();
        let series = trajectories
            .iter()
            .enumerate()
            .map(|(index, trajectory)| {
                if trajectory.dim() != observed {
                    let found = trajectory.dim();
                    return Err(Error::DifferentDimensions { index, expected: observed, found });
                }
                let x = Values::new(trajectory)?;
                Ok(Series { samples: trajectory.len(), x, u: None, r: None, deconvolved: None })
            })
            .collect::<Result<_>>()?;
        Ok(Self { series, observed, inputs: 0, nuisance: 0 })
    }

    /// With external inputs \[T, K\] that run alongside each trajectory.
    ///
    /// # Errors
    /// [`Error::InputCount`], [`Error::InputLength`], [`Error::DifferentDimensions`] or [`Error::MissingInputs`]; values
    /// beyond single precision.
    pub fn with_inputs(mut self, inputs: &[Trajectory]) -> Result<Self> {
        let alongside = self.alongside(Alongside::Inputs, inputs)?;
        self.inputs = inputs[0].dim();
        self.series.iter_mut().zip(alongside).for_each(|(series, u)| series.u = Some(u));
        Ok(self)
    }

    /// With nuisance regressors \[T, P\] that run alongside each trajectory, such as head motion.
    ///
    /// # Errors
    /// As [`with_inputs`](Self::with_inputs).
    pub fn with_nuisance(mut self, nuisance: &[Trajectory]) -> Result<Self> {
        let alongside = self.alongside(Alongside::Nuisance, nuisance)?;
        self.nuisance = nuisance[0].dim();
        self.series.iter_mut().zip(alongside).for_each(|(series, r)| series.r = Some(r));
        Ok(self)
    }

    /// With the trajectories \[T, N\] and their nuisance regressors \[T, P\] as they would be without the response that
    /// they were convolved with. They stand in for the observations wherever latents are read off them: where a run starts, in
    /// forcing, and for an encoder. What is missing in the former is not forced.
    ///
    /// # Errors
    /// As [`with_inputs`](Self::with_inputs), and when one has other variables than the observations or the nuisance
    /// regressors.
    pub fn with_deconvolved(mut self, x: &[Trajectory], nuisance: Option<&[Trajectory]>) -> Result<Self> {
        self.check_alongside(Alongside::Deconvolved, x, Some(self.observed))?;
        let nuisance = match nuisance {
            Some(nuisance) => {
                self.check_alongside(Alongside::Nuisance, nuisance, Some(self.nuisance))?;
                let filled = nuisance.iter().map(|r| Ok(Some(Values::new(r)?.values)));
                filled.collect::<Result<_>>()?
            }
            None if self.nuisance > 0 => {
                return Err(Error::InputCount { what: Alongside::Nuisance, expected: x.len(), found: 0 });
            }
            None => vec![None; x.len()],
        };
        for ((series, x), r) in self.series.iter_mut().zip(x).zip(nuisance) {
            series.deconvolved = Some(Deconvolved { x: Values::new(x)?, r });
        }
        Ok(self)
    }

    /// Series that have a row for each sample of each trajectory, without missing values, in single precision.
    fn alongside(&self, what: Alongside, given: &[Trajectory]) -> Result<Vec<Vec<f32>>> {
        self.check_alongside(what, given, None)?;
        let complete = |(index, series): (usize, &Trajectory)| match series.missing_count() {
            0 => single(series),
            missing => Err(Error::MissingInputs { what, index, missing }),
        };
        given.iter().enumerate().map(complete).collect()
    }

    fn check_alongside(&self, what: Alongside, given: &[Trajectory], dim: Option<usize>) -> Result<()> {
        if given.len() != self.series.len() {
            return Err(Error::InputCount { what, expected: self.series.len(), found: given.len() });
        }
        let expected = dim.unwrap_or(given[0].dim());
        for (index, (series, given)) in self.series.iter().zip(given).enumerate() {
            if given.dim() != expected {
                return Err(Error::DifferentDimensions { index, expected, found: given.dim() });
            }
            if given.len() != series.samples {
                let (expected, found) = (series.samples, given.len());
                return Err(Error::InputLength { what, index, expected, found });
            }
        }
        Ok(())
    }

    /// Number of trajectories.
    pub fn series_count(&self) -> usize {
        self.series.len()
    }

    /// Number of observed variables N.
    pub fn observed_dim(&self) -> usize {
        self.observed
    }

    /// Number of external inputs K.
    pub fn input_dim(&self) -> usize {
        self.inputs
    }

    /// Number of nuisance regressors P.
    pub fn nuisance_dim(&self) -> usize {
        self.nuisance
    }

    /// Whether there are [deconvolved](Self::with_deconvolved) observations.
    pub fn has_deconvolved(&self) -> bool {
        self.series.iter().any(|series| series.deconvolved.is_some())
    }

    /// A number that tells these data from others (FNV-1a over all values and lengths).
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::default();
        for series in &self.series {
            let deconvolved = series.deconvolved.as_ref();
            let parts = [
                Some(&series.x.values),
                series.x.present.as_ref(),
                series.u.as_ref(),
                series.r.as_ref(),
                deconvolved.map(|deconvolved| &deconvolved.x.values),
                deconvolved.and_then(|deconvolved| deconvolved.x.present.as_ref()),
                deconvolved.and_then(|deconvolved| deconvolved.r.as_ref()),
            ];
            for part in parts.into_iter().flatten() {
                hash.add(&(part.len() as u64).to_le_bytes());
                for value in part {
                    hash.add(&value.to_le_bytes());
                }
            }
        }
        hash.value()
    }

    /// All windows of `length` samples that have the encoder's context around them inside their trajectory.
    ///
    /// # Errors
    /// [`Error::TooShort`] when no trajectory holds one; [`Error::OutOfRange`] for a length of 0.
    pub fn windows(&self, length: usize, context: Context) -> Result<Windows<'_>> {
        if length == 0 {
            return Err(Error::OutOfRange { field: "window", value: 0.0, range: "at least 1" });
        }
        let needed = length + context.total();
        let mut ends = Vec::with_capacity(self.series.len());
        let mut total = 0;
        for series in &self.series {
            total += (series.samples + 1).saturating_sub(needed);
            ends.push(total);
        }
        if total == 0 {
            let longest = self.series.iter().map(|series| series.samples).max().unwrap_or(0);
            return Err(Error::TooShort {
                longest,
                needed,
                window: length,
                context: context.total(),
                at_most: longest.saturating_sub(context.total()),
            });
        }
        Ok(Windows { dataset: self, length, context, ends })
    }
}

/// What runs alongside trajectories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alongside {
    /// External inputs u.
    Inputs,
    /// Nuisance regressors r.
    Nuisance,
    /// Deconvolved observations.
    Deconvolved,
}

impl fmt::Display for Alongside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inputs => "inputs",
            Self::Nuisance => "nuisance regressors",
            Self::Deconvolved => "deconvolved observations",
        })
    }
}

/// A trajectory in single precision, row-major.
fn single(trajectory: &Trajectory) -> Result<Vec<f32>> {
    let convert = |((row, column), value): ((usize, usize), &f64)| {
        let single = *value as f32;
        if single.is_finite() {
            Ok(single)
        } else {
            Err(attractor_systems::Error::NonFinite { row, column, value: single.into() }.into())
        }
    };
    trajectory.data().indexed_iter().map(convert).collect()
}

/// The windows of one length of a [`Dataset`], to draw batches from.
#[derive(Clone, Debug)]
pub struct Windows<'a> {
    dataset: &'a Dataset,
    length: usize,
    context: Context,
    /// Number of windows in the series up to and including each.
    ends: Vec<usize>,
}

impl Windows<'_> {
    /// Number of different windows.
    pub fn count(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Draws `batch` windows with replacement, each equally likely.
    pub fn sample(&self, batch: usize, rng: &mut impl Rng, device: &Device) -> Batch {
        let chosen: Vec<usize> = (0..batch).map(|_| rng.random_range(0..self.count())).collect();
        self.batch(&chosen, device)
    }

    /// Draws one trajectory, by how many windows it has, and `batch` of its windows with replacement.
    pub fn sample_one_series(&self, batch: usize, rng: &mut impl Rng, device: &Device) -> Batch {
        let series = self.series_of(rng.random_range(0..self.count()));
        let first = if series == 0 { 0 } else { self.ends[series - 1] };
        let chosen: Vec<usize> = (0..batch).map(|_| rng.random_range(first..self.ends[series])).collect();
        self.batch(&chosen, device)
    }

    /// The trajectory that a window is of.
    fn series_of(&self, window: usize) -> usize {
        self.ends.partition_point(|end| *end <= window)
    }

    /// The windows with the given numbers below [`count`](Self::count), in order.
    ///
    /// # Panics
    /// When a number is not below the count.
    pub fn batch(&self, chosen: &[usize], device: &Device) -> Batch {
        let total = self.length + self.context.total();
        let indices: Vec<usize> = chosen.iter().map(|window| self.series_of(*window)).collect();
        let places: Vec<(&Series, usize)> = chosen
            .iter()
            .zip(&indices)
            .map(|(window, &index)| {
                let before = if index == 0 { 0 } else { self.ends[index - 1] };
                (&self.dataset.series[index], window - before)
            })
            .collect();
        let gather = |values: &dyn Fn(&Series) -> Option<&Vec<f32>>, width: usize| {
            let mut gathered = Vec::with_capacity(places.len() * total * width);
            let mut any = false;
            for (series, start) in &places {
                match values(series) {
                    Some(values) => {
                        any = true;
                        gathered.extend_from_slice(&values[start * width..(start + total) * width]);
                    }
                    None => gathered.resize(gathered.len() + total * width, 1.0),
                }
            }
            any.then(|| {
                Tensor::<3>::from_data(TensorData::new(gathered, [places.len(), total, width]), device)
            })
        };
        let (n, p) = (self.dataset.observed, self.dataset.nuisance);
        let deconvolved = gather(&|series| Some(&series.deconvolved.as_ref()?.x.values), n);
        Batch {
            x: gather(&|series| Some(&series.x.values), n).expect("every series has observations"),
            present: gather(&|series| series.x.present.as_ref(), n),
            u: gather(&|series| series.u.as_ref(), self.dataset.inputs),
            r: gather(&|series| series.r.as_ref(), p),
            deconvolved_present: deconvolved
                .is_some()
                .then(|| gather(&|series| series.deconvolved.as_ref()?.x.present.as_ref(), n))
                .flatten(),
            deconvolved_r: gather(&|series| series.deconvolved.as_ref()?.r.as_ref(), p),
            deconvolved,
            series: indices.iter().all(|index| *index == indices[0]).then(|| indices[0]),
            context: self.context,
            length: self.length,
        }
    }
}
