//! The data of a run: trajectories with their inputs, and random windows of them.

use attractor_models::Context;
use attractor_systems::Trajectory;
use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, RngExt};

use crate::{Error, Result, fnv::Fnv};

/// One or many trajectories \[T, N\], with external inputs \[T, K\] where there are any.
///
/// Missing values stay missing: they are filled by interpolation for the encoder to see, and left out of the likelihood.
#[derive(Clone, Debug)]
pub struct Dataset {
    series: Vec<Series>,
    observed: usize,
    inputs: usize,
}

#[derive(Clone, Debug)]
struct Series {
    samples: usize,
    x: Vec<f32>,
    present: Option<Vec<f32>>,
    u: Option<Vec<f32>>,
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
                let present = trajectory
                    .missing()
                    .map(|missing| missing.iter().map(|missing| f32::from(u8::from(!missing))).collect());
                let filled;
                let trajectory = if present.is_some() {
                    filled = trajectory.interpolate_missing()?;
                    &filled
                } else {
                    trajectory
                };
                Ok(Series { samples: trajectory.len(), x: single(trajectory)?, present, u: None })
            })
            .collect::<Result<_>>()?;
        Ok(Self { series, observed, inputs: 0 })
    }

    /// With external inputs \[T, K\] that run alongside each trajectory.
    ///
    /// # Errors
    /// [`Error::InputCount`], [`Error::InputLength`], [`Error::DifferentDimensions`] or [`Error::MissingInputs`]; values
    /// beyond single precision.
    pub fn with_inputs(mut self, inputs: &[Trajectory]) -> Result<Self> {
        if inputs.len() != self.series.len() {
            return Err(Error::InputCount { expected: self.series.len(), found: inputs.len() });
        }
        self.inputs = inputs[0].dim();
        for (index, (series, input)) in self.series.iter_mut().zip(inputs).enumerate() {
            if input.dim() != self.inputs {
                return Err(Error::DifferentDimensions { index, expected: self.inputs, found: input.dim() });
            }
            if input.len() != series.samples {
                return Err(Error::InputLength { index, expected: series.samples, found: input.len() });
            }
            if input.missing_count() > 0 {
                return Err(Error::MissingInputs { index, missing: input.missing_count() });
            }
            series.u = Some(single(input)?);
        }
        Ok(self)
    }

    /// Number of observed variables N.
    pub fn observed_dim(&self) -> usize {
        self.observed
    }

    /// Number of external inputs K.
    pub fn input_dim(&self) -> usize {
        self.inputs
    }

    /// A number that tells these data from others (FNV-1a over all values and lengths).
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::default();
        for series in &self.series {
            for part in [Some(&series.x), series.present.as_ref(), series.u.as_ref()].into_iter().flatten() {
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

    /// The windows with the given numbers below [`count`](Self::count), in order.
    ///
    /// # Panics
    /// When a number is not below the count.
    pub fn batch(&self, chosen: &[usize], device: &Device) -> Batch {
        let total = self.length + self.context.total();
        let places: Vec<(&Series, usize)> = chosen
            .iter()
            .map(|window| {
                let index = self.ends.partition_point(|end| end <= window);
                let before = if index == 0 { 0 } else { self.ends[index - 1] };
                (&self.dataset.series[index], window - before)
            })
            .collect();
        let gather = |values: &dyn Fn(&Series) -> Option<&Vec<f32>>,
                      width: usize,
                      from: usize,
                      len: usize| {
            let mut gathered = Vec::with_capacity(places.len() * len * width);
            let mut any = false;
            for (series, start) in &places {
                match values(series) {
                    Some(values) => {
                        any = true;
                        let first = (start + from) * width;
                        gathered.extend_from_slice(&values[first..first + len * width]);
                    }
                    None => gathered.resize(gathered.len() + len * width, 1.0),
                }
            }
            any.then(|| Tensor::<3>::from_data(TensorData::new(gathered, [places.len(), len, width]), device))
        };
        let n = self.dataset.observed;
        Batch {
            x: gather(&|series| Some(&series.x), n, 0, total).expect("every series has observations"),
            u: gather(&|series| series.u.as_ref(), self.dataset.inputs, 0, total),
            present: gather(&|series| series.present.as_ref(), n, self.context.past, self.length),
            context: self.context,
            length: self.length,
        }
    }
}

/// A batch of windows on a device.
#[derive(Clone, Debug)]
pub struct Batch {
    x: Tensor<3>,
    u: Option<Tensor<3>>,
    present: Option<Tensor<3>>,
    context: Context,
    length: usize,
}

impl Batch {
    /// Observations with the encoder's context: `[B, past + T + future, N]`.
    pub fn observations_with_context(&self) -> Tensor<3> {
        self.x.clone()
    }

    /// Observations `[B, T, N]`.
    pub fn observations(&self) -> Tensor<3> {
        self.x.clone().narrow(1, self.context.past, self.length)
    }

    /// Inputs with the encoder's context: `[B, past + T + future, K]`.
    pub fn inputs_with_context(&self) -> Option<Tensor<3>> {
        self.u.clone()
    }

    /// Inputs `[B, T, K]`.
    pub fn inputs(&self) -> Option<Tensor<3>> {
        self.u.clone().map(|u| u.narrow(1, self.context.past, self.length))
    }

    /// 1 where an observation was measured, 0 where it is missing: `[B, T, N]`; `None` when nothing is missing.
    pub fn present(&self) -> Option<Tensor<3>> {
        self.present.clone()
    }

    /// Number of windows B.
    pub fn size(&self) -> usize {
        self.x.dims()[0]
    }

    /// Number of steps T of each.
    pub fn steps(&self) -> usize {
        self.length
    }
}
