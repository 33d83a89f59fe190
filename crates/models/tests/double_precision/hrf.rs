//! BOLD through the haemodynamic response, against loops written by hand and finite differences.

use attractor_models::{
    Error, Initialize, Observation,
    observation::{HrfObservation, HrfObservationConfig},
};
use attractor_systems::observation::{Response, ResponseBasis};
use burn::tensor::Tensor;
use ndarray::{Array2, Array3, ArrayD, Axis, s};

use crate::{array, assert_close, cube, device, normal, read, replace, rng, shaken, tensor};

const TR: f64 = 3.0;

/// The canonical response alone, and with weights of each region's own for its derivatives.
fn configs() -> [HrfObservationConfig; 2] {
    let fixed = HrfObservationConfig::new(4, 3, &Response::spm(TR).unwrap()).with_nuisance(2);
    let basis = ResponseBasis::spm_with_derivatives(TR).unwrap();
    [fixed.clone(), fixed.with_learned_response(&basis, &[1.0, 0.0, 0.0])]
}

/// Σ_s hrf_ns (B z_{t−s} + b)_n, one number after the other.
fn by_hand(model: &HrfObservation, z: &Array3<f64>) -> Array3<f64> {
    let (readout, response) = (model.readout().unwrap(), model.response().unwrap().unwrap());
    let (batch, steps, _) = z.dim();
    let (n, history) = (model.observed_dim(), response.ncols() - 1);
    Array3::from_shape_fn((batch, steps - history, n), |(b, t, n)| {
        (0..=history)
            .map(|lag| {
                let state = z.slice(s![b, t + history - lag, ..]);
                response[[n, lag]] * (readout.matrix.row(n).dot(&state) + readout.offset[n])
            })
            .sum()
    })
}

#[test]
fn the_mean_is_the_causal_convolution() {
    for config in configs() {
        let model = shaken(&config, 80, &device());
        // 32 s at a TR of 3 s.
        assert_eq!(model.history(), 10);
        let z = normal([2, 14, 3], 1);
        let mean = array(model.mean(tensor(&z, &device())));
        let z = z.into_dimensionality().unwrap();
        assert_close(&mean, &by_hand(&model, &z).into_dyn(), 1e-12);
        // With nothing learned, the response is the canonical one in every region.
        let fresh = config.init(&device(), &mut rng(1)).unwrap().response().unwrap().unwrap();
        let canonical = Response::spm(TR).unwrap();
        assert!(fresh.rows().into_iter().all(|row| row.iter().zip(canonical.values()).all(|(a, b)| a == b)));
    }
}

#[test]
fn what_is_exported_observes_the_same() {
    for config in configs() {
        let model = shaken(&config, 81, &device());
        let exported = attractor_models::GenerativeModel {
            dynamics: attractor_systems::PiecewiseLinearMap::new(
                Array2::eye(3),
                Array2::zeros((3, 0)),
                Array2::zeros((0, 3)),
                ndarray::Array1::zeros(0),
                ndarray::Array1::zeros(3),
                Array2::zeros((3, 0)),
            )
            .unwrap(),
            readout: model.readout().unwrap(),
            initial_mean: ndarray::Array1::zeros(3),
            initial_sd: ndarray::Array1::zeros(3),
            process_sd: ndarray::Array1::zeros(3),
            observation_sd: ndarray::Array1::zeros(4),
            response: model.response().unwrap(),
            nuisance: model.nuisance_matrix().unwrap(),
        };
        let z = normal([1, 14, 3], 2);
        let expected = cube(model.mean(tensor(&z, &device())));
        let states = z.into_dimensionality::<ndarray::Ix3>().unwrap();
        let observed = exported.observe(states.index_axis(Axis(0), 0));
        assert_close(&observed.into_dyn(), &expected.index_axis(Axis(0), 0).to_owned().into_dyn(), 1e-12);
        assert_eq!(exported.history(), 10);
        assert_eq!(exported.observe(Array2::zeros((10, 3)).view()).dim(), (0, 4));
    }
}

#[test]
fn nuisance_regressors_add_their_share() {
    let model = shaken(&configs()[0], 82, &device());
    assert_eq!(model.nuisance_dim(), 2);
    let j = model.nuisance_matrix().unwrap().unwrap();
    let r = normal([2, 5, 2], 3);
    let expected = r.clone().into_shape_with_order((10, 2)).unwrap().dot(&j.t());
    let expected = expected.into_shape_with_order((2, 5, 4)).unwrap().into_dyn();
    assert_close(&array(model.nuisance(tensor(&r, &device()))), &expected, 1e-13);
}

/// Γ is diagonal, so the regions and scans that are left have a likelihood of their own: that of a model of them alone.
#[test]
fn the_masked_likelihood_is_that_of_the_data_left() {
    for config in configs() {
        let model = shaken(&config, 83, &device());
        let (z, x) = (normal([1, 16, 3], 4), normal([1, 6, 4], 5));
        // Region 2 was never measured, scan 3 of no region.
        let mut present = ArrayD::ones(vec![1, 6, 4]);
        present.slice_mut(s![.., .., 2]).fill(0.0);
        present.slice_mut(s![.., 3, ..]).fill(0.0);
        let mut holes = x.clone();
        holes.zip_mut_with(&present, |x, present| {
            if *present == 0.0 {
                *x = f64::NAN;
            }
        });
        let device = device();
        let [x_tensor, mask] = [&holes, &present].map(|values| tensor::<3>(values, &device));
        let masked = array(model.log_likelihood(x_tensor, tensor(&z, &device), Some(mask)));

        let kept = [0, 1, 3];
        let rows = |values: &ArrayD<f64>| values.select(Axis(0), &kept);
        let whole = read(&model, None);
        let smaller = HrfObservationConfig { observed: 3, ..config.clone() };
        let left =
            replace(smaller.init(&device, &mut rng(1)).unwrap(), |path, _| Some(rows(whole.get(path))));
        let expected =
            array(left.log_likelihood(tensor(&x.select(Axis(2), &kept), &device), tensor(&z, &device), None));
        for scan in 0..6 {
            let expected = if scan == 3 { 0.0 } else { expected[[0, scan]] };
            assert!((masked[[0, scan]] - expected).abs() < 1e-12, "{scan}");
        }
    }
}

/// Central differences of the likelihood with respect to every parameter and every state.
#[test]
fn gradients_are_those_of_finite_differences() {
    for config in configs() {
        let (z, x, r) = (normal([2, 13, 3], 6), normal([2, 3, 4], 7), normal([2, 3, 2], 8));
        let value = |model: &HrfObservation, z: Tensor<3>| {
            let device = z.device();
            let x = tensor::<3>(&x, &device) - model.nuisance(tensor(&r, &device));
            model.log_likelihood(x, z, None).sum() + model.weight_penalty().unwrap() * 0.1
        };
        let device = device().autodiff();
        let model = shaken(&config, 84, &device);
        let states = tensor::<3>(&z, &device).require_grad();
        let gradients = value(&model, states.clone()).backward();
        let start = read(&model, None);
        let found = read(&model, Some(&gradients));
        let expected_paths = if config.learned { 5 } else { 4 };
        assert_eq!(found.0.len(), expected_paths, "{:?}", found.0.keys());
        let number = |tensor: Tensor<1>| array(tensor)[0];
        for (path, gradient) in &found.0 {
            for (place, found) in gradient.indexed_iter() {
                let moved = |by: f64| {
                    let model = replace(model.clone(), |name, _| {
                        let mut values = start.get(name).clone();
                        if name == path {
                            values[&place] += by;
                        }
                        Some(values)
                    });
                    number(value(&model, states.clone().detach()))
                };
                let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!(
                    (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                    "{path} {place:?}: {found} {expected}"
                );
            }
        }
        let gradient = array(states.grad(&gradients).unwrap());
        for (place, found) in gradient.indexed_iter() {
            let moved = |by: f64| {
                let mut z = z.clone();
                z[&place] += by;
                number(value(&model, tensor(&z, &device)))
            };
            let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!(
                (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                "z {place:?}: {found} {expected}"
            );
        }
    }
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let [fixed, learned] = configs();
    let refused = |config: HrfObservationConfig| config.init(&device(), &mut rng(1)).unwrap_err();
    assert!(matches!(refused(HrfObservationConfig { observed: 0, ..fixed.clone() }), Error::ZeroSize { .. }));
    assert!(matches!(
        refused(HrfObservationConfig { responses: Vec::new(), ..fixed.clone() }),
        Error::ZeroSize { field: "responses", .. }
    ));
    assert!(matches!(
        refused(HrfObservationConfig { weights: vec![1.0], ..learned.clone() }),
        Error::OutOfRange { field: "weights", .. }
    ));
    let mut uneven = learned;
    uneven.responses[1].pop();
    assert!(matches!(refused(uneven), Error::OutOfRange { field: "responses", .. }));
    let infinite = HrfObservationConfig { responses: vec![vec![f64::NAN]], ..fixed };
    assert!(matches!(refused(infinite), Error::OutOfRange { field: "responses", .. }));
}
