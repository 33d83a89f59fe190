//! Windows of a dataset: how many, from where, how likely, and what comes with them.

use std::slice;

use attractor_models::Context;
use attractor_systems::Trajectory;
use attractor_train::{Alongside, Batch, Dataset, Error};
use burn::tensor::{Device, Tensor};
use ndarray::Array2;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// A trajectory whose value at sample t, variable n is `1000 series + t + n / 10`, so that each tells where it is from.
fn counting(series: usize, samples: usize, dim: usize) -> Trajectory {
    let value = |(t, n)| (1000 * series + t) as f64 + n as f64 / 10.0;
    Trajectory::new(Array2::from_shape_fn((samples, dim), value), 1.0).unwrap()
}

fn rows(tensor: Tensor<3>) -> Vec<Vec<f32>> {
    let [batch, steps, dim] = tensor.dims();
    let values: Vec<f32> = tensor.into_data().iter::<f32>().collect();
    assert_eq!(values.len(), batch * steps * dim);
    values.chunks(steps * dim).map(<[f32]>::to_vec).collect()
}

/// First sample of each window of a batch of [`counting`] data of one variable.
fn starts(batch: &Batch) -> Vec<usize> {
    rows(batch.observations_with_context()).iter().map(|window| window[0] as usize).collect()
}

const NO_CONTEXT: Context = Context { past: 0, future: 0 };

#[test]
fn every_window_lies_in_one_series_and_is_there_once() {
    // The third series is too short for a window, and so is the last.
    let lengths = [10, 7, 6, 20, 1];
    let series: Vec<_> = lengths.iter().enumerate().map(|(i, len)| counting(i, *len, 1)).collect();
    let data = Dataset::new(&series).unwrap();
    let windows = data.windows(4, Context { past: 2, future: 1 }).unwrap();
    assert_eq!(windows.count(), (10 - 6) + (7 - 6) + (20 - 6));

    let all: Vec<usize> = (0..windows.count()).collect();
    let batch = windows.batch(&all, &Device::flex());
    let expected: Vec<usize> = (0..4).chain([1000]).chain(3000..3014).collect();
    assert_eq!(starts(&batch), expected);
    for (window, start) in rows(batch.observations_with_context()).iter().zip(&expected) {
        let consecutive: Vec<f32> = (0..7).map(|t| (start + t) as f32).collect();
        assert_eq!(window, &consecutive);
    }
}

#[test]
fn a_window_as_long_as_its_series_fits_once() {
    let data = Dataset::new(&[counting(0, 9, 2)]).unwrap();
    assert_eq!(data.windows(9, NO_CONTEXT).unwrap().count(), 1);
    assert_eq!(data.windows(6, Context { past: 1, future: 2 }).unwrap().count(), 1);
    assert!(data.windows(7, Context { past: 1, future: 2 }).is_err());
}

#[test]
fn observations_and_inputs_are_aligned_with_each_other_and_the_context() {
    let lengths = [12, 15];
    let series = lengths.map(|len| counting(len, len, 3));
    let inputs = lengths.map(|len| {
        // −x at the same sample, so that a shift shows.
        let value = |(t, k)| -((1000 * len + t) as f64) - k as f64 / 10.0;
        Trajectory::new(Array2::from_shape_fn((len, 2), value), 1.0).unwrap()
    });
    let data = Dataset::new(&series).unwrap().with_inputs(&inputs).unwrap();
    assert_eq!((data.observed_dim(), data.input_dim()), (3, 2));
    let context = Context { past: 3, future: 2 };
    let windows = data.windows(4, context).unwrap();
    let all: Vec<usize> = (0..windows.count()).collect();
    let batch = windows.batch(&all, &Device::flex());
    assert_eq!((batch.size(), batch.steps()), (all.len(), 4));

    let (wide, wide_u) =
        (rows(batch.observations_with_context()), rows(batch.inputs_with_context().unwrap()));
    let (narrow, narrow_u) = (rows(batch.observations()), rows(batch.inputs().unwrap()));
    for b in 0..all.len() {
        assert_eq!(narrow[b], wide[b][3 * 3..7 * 3], "T samples after the past");
        assert_eq!(narrow_u[b], wide_u[b][3 * 2..7 * 2]);
        assert_eq!((wide[b].len(), wide_u[b].len()), (9 * 3, 9 * 2));
        for t in 0..9 {
            assert_eq!(wide_u[b][2 * t], -wide[b][3 * t], "window {b}, sample {t}");
            assert_eq!(wide_u[b][2 * t + 1], -wide[b][3 * t + 1]);
        }
    }
}

#[test]
fn without_inputs_and_missing_values_there_are_none() {
    let data = Dataset::new(&[counting(0, 9, 2)]).unwrap();
    let batch = data.windows(3, NO_CONTEXT).unwrap().batch(&[0, 5], &Device::flex());
    assert_eq!(data.input_dim(), 0);
    assert!(batch.inputs().is_none() && batch.inputs_with_context().is_none() && batch.present().is_none());
}

#[test]
fn windows_are_equally_likely() {
    let series: Vec<_> = [13, 5, 31, 4].iter().enumerate().map(|(i, len)| counting(i, *len, 1)).collect();
    let data = Dataset::new(&series).unwrap();
    let windows = data.windows(4, Context { past: 0, future: 1 }).unwrap();
    let count = windows.count();
    assert_eq!(count, 9 + 1 + 27);
    let mut places: Vec<usize> = starts(&windows.batch(&(0..count).collect::<Vec<_>>(), &Device::flex()));
    places.sort_unstable();

    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut visits = vec![0_usize; count];
    let draws = 200 * count;
    for start in starts(&windows.sample(draws, &mut rng, &Device::flex())) {
        visits[places.binary_search(&start).expect("a window that is there")] += 1;
    }
    let expected = draws as f64 / count as f64;
    let chi_square: f64 = visits.iter().map(|v| (*v as f64 - expected).powi(2) / expected).sum();
    // 36 degrees of freedom: the 0.1% and 99.9% quantiles are 14.9 and 68.0 (scipy.stats.chi2.ppf).
    assert!((14.9..68.0).contains(&chi_square), "χ² = {chi_square}");
}

#[test]
fn one_seed_draws_one_sequence_of_windows() {
    let data = Dataset::new(&[counting(0, 50, 1)]).unwrap();
    let windows = data.windows(4, NO_CONTEXT).unwrap();
    let draw = |seed| starts(&windows.sample(20, &mut ChaCha8Rng::seed_from_u64(seed), &Device::flex()));
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn missing_values_are_interpolated_and_marked() {
    let mut values = Array2::from_shape_fn((6, 2), |(t, n)| (10 * n + t * t) as f64);
    for place in [[0, 0], [2, 1], [3, 1], [5, 0]] {
        values[place] = f64::NAN;
    }
    let with_gaps = Trajectory::from_array_with_missing(values, 1.0).unwrap();
    let data = Dataset::new(&[counting(0, 6, 2), with_gaps]).unwrap();
    let windows = data.windows(4, Context { past: 1, future: 1 }).unwrap();
    let batch = windows.batch(&[0, 1], &Device::flex());
    let filled = [1.0, 10.0, 1.0, 11.0, 4.0, 11.0 + 5.0, 9.0, 11.0 + 10.0, 16.0, 26.0, 16.0, 35.0];
    assert_eq!(rows(batch.observations_with_context())[1], filled);
    let present = rows(batch.present().unwrap());
    assert_eq!(present[0], [1.0; 8], "a series without gaps is whole");
    assert_eq!(present[1], [1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0], "samples 1 to 4 of both variables");
}

#[test]
fn empty_and_uneven_data_are_refused() {
    assert!(matches!(Dataset::new(&[]), Err(Error::EmptyDataset)));
    let uneven = [counting(0, 9, 3), counting(1, 9, 3), counting(2, 9, 2)];
    assert!(matches!(
        Dataset::new(&uneven),
        Err(Error::DifferentDimensions { index: 2, expected: 3, found: 2 })
    ));
}

#[test]
fn inputs_that_do_not_run_alongside_are_refused() {
    let data = || Dataset::new(&[counting(0, 9, 3), counting(1, 7, 3)]).unwrap();
    let inputs = |inputs: &[(usize, usize)]| {
        let inputs: Vec<_> = inputs.iter().map(|(len, dim)| counting(0, *len, *dim)).collect();
        data().with_inputs(&inputs).map(|data| data.input_dim())
    };
    assert!(matches!(inputs(&[]), Err(Error::InputCount { what: Alongside::Inputs, expected: 2, found: 0 })));
    assert!(matches!(
        inputs(&[(9, 1)]),
        Err(Error::InputCount { what: Alongside::Inputs, expected: 2, found: 1 })
    ));
    assert!(matches!(
        inputs(&[(9, 1), (8, 1)]),
        Err(Error::InputLength { what: Alongside::Inputs, index: 1, expected: 7, found: 8 })
    ));
    assert!(matches!(
        inputs(&[(9, 1), (7, 2)]),
        Err(Error::DifferentDimensions { index: 1, expected: 1, found: 2 })
    ));
    assert_eq!(inputs(&[(9, 4), (7, 4)]).unwrap(), 4);

    let mut values = Array2::zeros((9, 2));
    values[[3, 1]] = f64::NAN;
    let gaps = Trajectory::from_array_with_missing(values, 1.0).unwrap();
    let one = Dataset::new(&[counting(0, 9, 3)]).unwrap();
    assert!(matches!(
        one.clone().with_inputs(slice::from_ref(&gaps)),
        Err(Error::MissingInputs { what: Alongside::Inputs, index: 0, missing: 1 })
    ));
    assert!(one.with_inputs(&[gaps.interpolate_missing().unwrap()]).is_ok());
}

#[test]
fn windows_that_do_not_fit_are_refused_with_the_numbers() {
    let data = Dataset::new(&[counting(0, 5, 1), counting(1, 8, 1)]).unwrap();
    match data.windows(7, Context { past: 2, future: 1 }) {
        Err(Error::TooShort { longest: 8, needed: 10, window: 7, context: 3, at_most: 5 }) => {}
        other => panic!("{other:?}"),
    }
    assert!(data.windows(5, Context { past: 2, future: 1 }).is_ok(), "as the error says");
    assert!(matches!(data.windows(9, NO_CONTEXT), Err(Error::TooShort { longest: 8, at_most: 8, .. })));
    let only_context = data.windows(1, Context { past: 20, future: 20 });
    assert!(matches!(only_context, Err(Error::TooShort { longest: 8, needed: 41, at_most: 0, .. })));
    assert!(matches!(data.windows(0, NO_CONTEXT), Err(Error::OutOfRange { field: "window", .. })));
}

#[test]
fn values_that_single_precision_cannot_hold_are_refused() {
    let mut values = Array2::zeros((4, 2));
    values[[2, 1]] = 1e39;
    let large = Trajectory::new(values, 1.0).unwrap();
    let error = Dataset::new(slice::from_ref(&large)).unwrap_err();
    assert!(
        matches!(error, Error::Trajectory(attractor_systems::Error::NonFinite { row: 2, column: 1, .. })),
        "{error}"
    );
    assert!(Dataset::new(&[counting(0, 4, 1)]).unwrap().with_inputs(&[large]).is_err());
}

#[test]
fn a_variable_that_was_never_measured_is_refused() {
    let values = Array2::from_shape_fn((4, 2), |(t, n)| if n == 1 { f64::NAN } else { t as f64 });
    let blind = Trajectory::from_array_with_missing(values, 1.0).unwrap();
    assert!(matches!(Dataset::new(&[blind]), Err(Error::Trajectory(_))));
}

#[test]
fn the_fingerprint_tells_data_apart() {
    let base = || Dataset::new(&[counting(0, 9, 2), counting(1, 9, 2)]).unwrap();
    let swapped = Dataset::new(&[counting(1, 9, 2), counting(0, 9, 2)]).unwrap();
    let joined = Dataset::new(&[Trajectory::new(
        ndarray::concatenate![ndarray::Axis(0), counting(0, 9, 2).data(), counting(1, 9, 2).data()],
        1.0,
    )
    .unwrap()])
    .unwrap();
    let inputs = base().with_inputs(&[counting(0, 9, 1), counting(0, 9, 1)]).unwrap();
    let mut gap = Array2::from_elem((9, 2), false);
    gap[[4, 0]] = true;
    let gap = counting(0, 9, 2).with_missing(gap).unwrap();
    let filled = Dataset::new(&[gap.interpolate_missing().unwrap(), counting(1, 9, 2)]).unwrap();
    let gap = Dataset::new(&[gap, counting(1, 9, 2)]).unwrap();
    assert_eq!(base().fingerprint(), base().fingerprint());
    let mut seen: Vec<u64> =
        [base(), swapped, joined, inputs, gap].iter().map(Dataset::fingerprint).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    assert_eq!(filled.fingerprint(), base().fingerprint(), "interpolation fills the straight line exactly");
}
