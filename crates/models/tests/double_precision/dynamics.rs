//! Each PLRNN variant against its formula, automatic differentiation and its exported map.

use attractor_models::{
    Dynamics, Initialize,
    dynamics::{
        AlmostLinearRnnConfig, ClippedDendriticPlrnnConfig, ClippedShallowPlrnnConfig, DendriticPlrnnConfig,
        MeanCentredPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnnConfig,
    },
};
use attractor_systems::Map;
use burn::{
    optim::{AdamConfig, GradientsParams},
    tensor::{Device, Tensor},
};
use ndarray::{Array1, Array2, ArrayD, Axis, IxDyn, stack};
use proptest::{prelude::*, test_runner::RngSeed};

use crate::{Parameters, array, assert_close, device, normal, read, replace, shaken, tensor};

/// F(z) without inputs, from the parameters.
type Formula = fn(&Parameters, &Array1<f64>) -> Array1<f64>;

fn relu(x: &Array1<f64>) -> Array1<f64> {
    x.mapv(|x| x.max(0.0))
}

fn plrnn(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    p.vector("a") * z + without_diagonal(p).dot(&relu(z)) + p.vector("h")
}

fn without_diagonal(p: &Parameters) -> Array2<f64> {
    let mut w = p.matrix("w");
    w.diag_mut().fill(0.0);
    w
}

fn mean_centred(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    let centred = z - z.sum() / z.len() as f64;
    p.vector("a") * z + without_diagonal(p).dot(&relu(&centred)) + p.vector("h")
}

/// Of four latents, the last three are rectified; of fewer, all but the first.
fn almost_linear(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    let mut rectified = relu(z);
    rectified[0] = z[0];
    p.vector("a") * z + p.matrix("w").dot(&rectified) + p.vector("h")
}

fn bases(p: &Parameters, z: &Array1<f64>, off: impl Fn(f64) -> f64) -> Array1<f64> {
    let (alpha, levels) = (p.vector("alpha"), p.matrix("thresholds"));
    let sum = |(i, z): (usize, &f64)| -> f64 {
        (0..alpha.len()).map(|b| alpha[b] * ((z - levels[[i, b]]).max(0.0) - off(*z))).sum()
    };
    let features: Array1<f64> = z.iter().enumerate().map(sum).collect();
    p.vector("a") * z + without_diagonal(p).dot(&features) + p.vector("h")
}

fn dendritic(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    bases(p, z, |_| 0.0)
}

fn clipped_dendritic(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    bases(p, z, |z| z.max(0.0))
}

fn shallow(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    let hidden = relu(&(p.matrix("w2").dot(z) + p.vector("h2")));
    p.vector("a") * z + p.matrix("w1").dot(&hidden) + p.vector("h1")
}

fn clipped(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    let drive = p.matrix("w2").dot(z);
    let hidden = relu(&(&drive + &p.vector("h2"))) - relu(&drive);
    p.vector("a") * z + p.matrix("w1").dot(&hidden) + p.vector("h1")
}

fn rectified(p: &Parameters, z: &Array1<f64>) -> Array1<f64> {
    relu(&(p.matrix("w").dot(z) + p.vector("b")))
}

/// Runs a check on every variant with M, L and K, its parameters drawn from a seed.
macro_rules! every_variant {
    ($check:ident, [$m:expr, $l:expr, $k:expr], $seed:expr, $device:expr) => {{
        let (m, l, k, seed, device): (usize, usize, usize, u64, &Device) = ($m, $l, $k, $seed, $device);
        $check(&shaken(&PlrnnConfig::new(m).with_inputs(k), seed, device), plrnn as Formula);
        $check(&shaken(&ShallowPlrnnConfig::new(m, l).with_inputs(k), seed, device), shallow as Formula);
        $check(
            &shaken(&ClippedShallowPlrnnConfig::new(m, l).with_inputs(k), seed, device),
            clipped as Formula,
        );
        $check(&shaken(&RectifiedRnnConfig::new(m).with_inputs(k), seed, device), rectified as Formula);
        $check(
            &shaken(&MeanCentredPlrnnConfig::new(m).with_inputs(k), seed, device),
            mean_centred as Formula,
        );
        $check(
            &shaken(&AlmostLinearRnnConfig::new(m, m - 1).with_inputs(k), seed, device),
            almost_linear as Formula,
        );
        $check(&shaken(&DendriticPlrnnConfig::new(m, l).with_inputs(k), seed, device), dendritic as Formula);
        $check(
            &shaken(&ClippedDendriticPlrnnConfig::new(m, l).with_inputs(k), seed, device),
            clipped_dendritic as Formula,
        );
    }};
}

/// A batch of states, and of inputs where the dynamics have some, away from the kinks with probability one.
fn points(
    model: &impl Dynamics,
    batch: usize,
    device: &Device,
) -> (ArrayD<f64>, Option<ArrayD<f64>>, Tensor<2>, Option<Tensor<2>>) {
    let z = normal([batch, model.latent_dim()], 71) * 1.5;
    let u = (model.input_dim() > 0).then(|| normal([batch, model.input_dim()], 72));
    let (z_tensor, u_tensor) = (tensor(&z, device), u.as_ref().map(|u| tensor(u, device)));
    (z, u, z_tensor, u_tensor)
}

fn row(batch: &ArrayD<f64>, index: usize) -> Array1<f64> {
    batch.index_axis(Axis(0), index).iter().copied().collect()
}

fn step_is_its_formula(model: &impl Dynamics, formula: Formula) {
    let (z, u, z_tensor, u_tensor) = points(model, 5, &device());
    let p = read(model, None);
    let expected: Vec<_> = (0..5)
        .map(|b| {
            let next = formula(&p, &row(&z, b));
            match &u {
                Some(u) => next + p.matrix("c.c").dot(&row(u, b)),
                None => next,
            }
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|row| row.view()).collect();
    let found = array(model.step(z_tensor, u_tensor));
    assert_close(&found, &stack(Axis(0), &expected).unwrap().into_dyn(), 1e-13);
}

/// ∂F_i/∂z_j of every point of a batch, by reverse-mode differentiation of each F_i.
fn differentiated(model: &impl Dynamics, z: &Tensor<2>, u: Option<&Tensor<2>>) -> ArrayD<f64> {
    let [batch, m] = z.dims();
    let mut jacobian = ArrayD::zeros(IxDyn(&[batch, m, m]));
    for i in 0..m {
        let z = z.clone().detach().require_grad();
        let gradients = model.step(z.clone(), u.cloned()).narrow(1, i, 1).sum().backward();
        jacobian.index_axis_mut(Axis(1), i).assign(&array(z.grad(&gradients).unwrap()));
    }
    jacobian
}

fn jacobian_is_the_derivative(model: &impl Dynamics, _: Formula) {
    let (_, _, z, u) = points(model, 7, &device().autodiff());
    let expected = differentiated(model, &z, u.as_ref());
    assert!(expected.iter().any(|entry| *entry != 0.0));
    assert_close(&array(model.jacobian(z).inner()), &expected, 1e-13);
}

fn export_is_the_same_map(model: &impl Dynamics, _: Formula) {
    let (m, batch) = (model.latent_dim(), 6);
    let (z, u, z_tensor, u_tensor) = points(model, batch, &device());
    let map = model.export().unwrap();
    assert_eq!((map.dim(), map.input_dim()), (m, model.input_dim()));
    let (steps, jacobians) = (array(model.step(z_tensor.clone(), u_tensor)), array(model.jacobian(z_tensor)));
    for b in 0..batch {
        let u = u.as_ref().map_or_else(Vec::new, |u| row(u, b).to_vec());
        let (mut next, mut jacobian) = (vec![0.0; m], Array2::zeros((m, m)));
        map.step(row(&z, b).as_slice().unwrap(), &u, &mut next);
        map.jacobian(row(&z, b).as_slice().unwrap(), &u, jacobian.view_mut());
        assert_close(&Array1::from(next).into_dyn(), &row(&steps, b).into_dyn(), 1e-13);
        assert_close(&jacobian.into_dyn(), &jacobians.index_axis(Axis(0), b).to_owned(), 1e-13);
    }
}

#[test]
fn step_is_the_formula_of_the_variant() {
    for k in [0, 2] {
        every_variant!(step_is_its_formula, [4, 9, k], 1, &device());
    }
}

#[test]
fn jacobian_agrees_with_automatic_differentiation() {
    for k in [0, 2] {
        every_variant!(jacobian_is_the_derivative, [4, 9, k], 2, &device().autodiff());
    }
}

#[test]
fn export_agrees_with_step_and_jacobian() {
    for k in [0, 2] {
        every_variant!(export_is_the_same_map, [4, 9, k], 3, &device());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn all_of_it_holds_at_any_size(m in 1..7usize, l in 1..12usize, k in 0..4usize, seed in any::<u64>()) {
        every_variant!(step_is_its_formula, [m, l, k], seed, &device());
        every_variant!(export_is_the_same_map, [m, l, k], seed, &device());
        every_variant!(jacobian_is_the_derivative, [m, l, k], seed, &device().autodiff());
    }
}

#[test]
fn exported_orbits_follow_the_free_rollout() {
    fn check(model: &impl Dynamics, _: Formula) {
        let (steps, m) = (40, model.latent_dim());
        let u = normal([1, steps, model.input_dim()], 5);
        let start = normal([1, m], 6);
        let inputs = tensor(&u, &device());
        let orbit = array(model.rollout(tensor(&start, &device()), steps, None, Some(inputs)));
        let map = model.export().unwrap();
        let (mut z, mut next) = (row(&start, 0).to_vec(), vec![0.0; m]);
        for t in 0..steps {
            map.step(&z, row(&row_of_series(&u, t), 0).as_slice().unwrap(), &mut next);
            std::mem::swap(&mut z, &mut next);
            let found = row(&row_of_series(&orbit, t), 0);
            // Random weights may make an orbit grow; errors then grow with it.
            assert_close(&found.into_dyn(), &Array1::from(z.clone()).into_dyn(), 1e-9);
        }
        assert!(z.iter().all(|z| z.is_finite()));
    }
    every_variant!(check, [3, 8, 2], 4, &device());
}

/// Step t of `[B, T, ·]`, as `[B, ·]`.
fn row_of_series(series: &ArrayD<f64>, t: usize) -> ArrayD<f64> {
    series.index_axis(Axis(1), t).to_owned()
}

/// A unit at exactly 0 counts as off in the Jacobian, in the exported map and in the derivative alike.
#[test]
fn the_kink_belongs_to_the_inactive_side() {
    fn check(model: &impl Dynamics, _: Formula) {
        let m = model.latent_dim();
        let z = Tensor::<2>::zeros([1, m], &device().autodiff());
        let expected = differentiated(model, &z, None);
        assert_close(&array(model.jacobian(z.clone()).inner()), &expected, 0.0);
        let mut jacobian = Array2::ones((m, m));
        model.export().unwrap().jacobian(&vec![0.0; m], &[], jacobian.view_mut());
        assert_close(&jacobian.into_dyn(), &expected.index_axis(Axis(0), 0).to_owned(), 0.0);
    }
    let model = shaken(&PlrnnConfig::new(3), 7, &device().autodiff());
    check(&model, plrnn);
    let a = array(model.jacobian(Tensor::zeros([1, 3], &device().autodiff())).inner());
    assert_close(
        &a.index_axis(Axis(0), 0).to_owned(),
        &Array2::from_diag(&read(&model, None).vector("a")).into_dyn(),
        0.0,
    );
    // Thresholds of zero put the kinks of the other variants at the origin too.
    let zero_thresholds =
        |path: &str, shape: &[usize]| ["h2", "b"].contains(&path).then(|| ArrayD::zeros(IxDyn(shape)));
    let device = device().autodiff();
    check(&replace(shaken(&ShallowPlrnnConfig::new(3, 5), 7, &device), zero_thresholds), shallow);
    check(&replace(shaken(&ClippedShallowPlrnnConfig::new(3, 5), 7, &device), zero_thresholds), clipped);
    check(&replace(shaken(&RectifiedRnnConfig::new(3), 7, &device), zero_thresholds), rectified);
}

/// The parameter behind W has a diagonal; nothing that it holds, and no optimiser step, may reach the model.
#[test]
fn the_diagonal_of_w_stays_zero() {
    let device = device().autodiff();
    let mut model = PlrnnConfig::new(4).init(&device, &mut crate::rng(8)).unwrap();
    let start = model.export().unwrap();
    let mut adam = AdamConfig::new().init();
    for step in 0..5 {
        let z = tensor::<2>(&normal([16, 4], 80 + step), &device);
        let loss = (model.step(z, None) - 3.0).square().mean() + model.weight_penalty();
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = adam.step(0.1, model, gradients);
    }
    let map = model.export().unwrap();
    assert!(map.v().diag().iter().all(|entry| *entry == 0.0));
    let moved = (map.v() - start.v()).mapv(f64::abs);
    assert!(moved.indexed_iter().all(|((i, j), by)| i == j || *by > 0.01), "training moves the rest of W");

    // A unit that is on adds nothing to its own derivative: it is A_ii on either side of the kink.
    let jacobian = array(model.jacobian(Tensor::ones([1, 4], &device)).inner());
    for i in 0..4 {
        assert_eq!(jacobian[[0, i, i]], map.a()[[i, i]]);
    }
    let loud = replace(model.clone(), |path, shape| {
        (path == "w").then(|| read(&model, None).get("w") + &(Array2::<f64>::eye(shape[0]) * 1e3).into_dyn())
    });
    let z = tensor::<2>(&normal([3, 4], 9), &device);
    assert_close(&array(loud.step(z.clone(), None).inner()), &array(model.step(z, None).inner()), 0.0);
    assert_close(&array(loud.weight_penalty().inner()), &array(model.weight_penalty().inner()), 0.0);
}

#[test]
fn weight_penalty_pulls_a_to_one_and_the_rest_to_zero() {
    fn check(model: &impl Dynamics, formula: Formula) {
        let p = read(model, None);
        // Of the PLRNN, which has an A beside its W, the diagonal of W is no part of the model.
        // The almost-linear RNN keeps it.
        let masked = p.0.contains_key("a") && (formula as usize) != (almost_linear as Formula as usize);
        let each = p.0.iter().map(|(path, values)| match path.as_str() {
            "a" => values.iter().map(|a| (1.0 - a).powi(2)).sum::<f64>(),
            "w" if masked => values.indexed_iter().filter(|(at, _)| at[0] != at[1]).map(|(_, w)| w * w).sum(),
            _ => values.iter().map(|value| value * value).sum(),
        });
        let expected: f64 = each.sum();
        let found = array(model.weight_penalty());
        assert_close(&found, &Array1::from(vec![expected]).into_dyn(), 1e-14);
    }
    every_variant!(check, [3, 5, 2], 10, &device());
    every_variant!(check, [3, 5, 0], 11, &device());
}

#[test]
fn a_clipped_shallow_plrnn_with_contracting_a_stays_bounded() {
    let device = device();
    let model = shaken(&ClippedShallowPlrnnConfig::new(3, 20), 12, &device);
    let model =
        replace(model, |path, _| (path == "a").then(|| Array1::from(vec![0.9, -0.8, 0.5]).into_dyn()));
    let p = read(&model, None);
    // |z| stays below (|W1| |h2| + |h1|) / (1 − 0.9), entry by entry, once it is there.
    let kick =
        p.matrix("w1").mapv(f64::abs).dot(&p.vector("h2").mapv(f64::abs)) + p.vector("h1").mapv(f64::abs);
    let bound = kick.iter().copied().fold(0.0, f64::max) / 0.1;
    let orbit = array(model.rollout(tensor(&normal([4, 3], 13), &device), 300, None, None));
    assert!(orbit.iter().all(|z| z.abs() <= bound + 5.0));
}

#[test]
fn sizes_of_zero_are_refused() {
    let device = device();
    let mut rng = crate::rng(0);
    let text = |error: attractor_models::Error| error.to_string();
    let error = text(PlrnnConfig::new(0).init(&device, &mut rng).unwrap_err());
    assert_eq!(error, "PlrnnConfig: `latent` is 0; it must be at least 1");
    let error = text(ShallowPlrnnConfig::new(3, 0).init(&device, &mut rng).unwrap_err());
    assert_eq!(error, "ShallowPlrnnConfig: `hidden` is 0; it must be at least 1");
    assert!(ShallowPlrnnConfig::new(0, 3).init(&device, &mut rng).is_err());
    assert!(ClippedShallowPlrnnConfig::new(0, 3).init(&device, &mut rng).is_err());
    assert!(ClippedShallowPlrnnConfig::new(3, 0).init(&device, &mut rng).is_err());
    assert!(RectifiedRnnConfig::new(0).init(&device, &mut rng).is_err());
    assert!(MeanCentredPlrnnConfig::new(0).init(&device, &mut rng).is_err());
    assert!(DendriticPlrnnConfig::new(2, 0).init(&device, &mut rng).is_err());
    assert!(ClippedDendriticPlrnnConfig::new(0, 2).init(&device, &mut rng).is_err());
    let flat = ClippedDendriticPlrnnConfig::new(2, 2).with_threshold_range(0.0);
    assert!(flat.init(&device, &mut rng).is_err());
    assert!(AlmostLinearRnnConfig::new(0, 0).init(&device, &mut rng).is_err());
    let error = text(AlmostLinearRnnConfig::new(2, 3).init(&device, &mut rng).unwrap_err());
    assert_eq!(error, "AlmostLinearRnnConfig: `rectified` is 3; it must be at most the number of latents");
}

#[test]
fn one_seed_gives_one_model() {
    fn start(seed: u64) -> Parameters {
        let config = ShallowPlrnnConfig::new(3, 4).with_inputs(1);
        read(&config.init(&device(), &mut crate::rng(seed)).unwrap(), None)
    }
    assert_eq!(start(3).0, start(3).0);
    assert_ne!(start(3).0, start(4).0);
}

#[test]
fn a_parameter_that_is_not_finite_is_not_exported() {
    fn check(model: &impl Dynamics, _: Formula) {
        for broken in [f64::NAN, f64::INFINITY] {
            for path in read(model, None).0.keys() {
                let model = replace(model.clone(), |at, shape| {
                    (at == path).then(|| {
                        let mut values = ArrayD::zeros(IxDyn(shape));
                        // The last entry: of a square matrix one on the diagonal, so the one before it.
                        let entry = values.len().saturating_sub(2);
                        values.as_slice_mut().unwrap()[entry] = broken;
                        values
                    })
                });
                let error = model.export().unwrap_err();
                let name = path.rsplit('.').next().unwrap();
                let attractor_models::Error::NotFinite { parameter } = error else { panic!("{error}") };
                assert_eq!(parameter.to_lowercase(), name);
            }
        }
    }
    every_variant!(check, [3, 4, 2], 14, &device());
}
