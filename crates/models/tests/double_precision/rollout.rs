//! The forced rollout against a loop written by hand: values, gradients, alignment in time.

use attractor_models::{
    Dynamics, Forcing,
    dynamics::{
        AlmostLinearRnnConfig, ClippedDendriticPlrnnConfig, ClippedShallowPlrnnConfig, DendriticPlrnnConfig,
        MeanCentredPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnnConfig,
    },
};
use burn::tensor::{Device, Tensor};
use ndarray::{ArrayD, Axis, s};
use proptest::{prelude::*, test_runner::RngSeed};

use crate::{array, assert_close, device, normal, read, shaken, tensor};

/// What forces a case: α, the number of forced latents and whether there is a mask.
#[derive(Clone, Copy)]
struct Forced<'a> {
    alpha: &'a [f32],
    width: usize,
    masked: bool,
}

/// ẑ_t = F(z̃_{t−1}, u_t), z̃_t = (1 − α_t m_t) ẑ_t + α_t m_t d_t, one step after the other.
fn by_hand(
    model: &impl Dynamics,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<(&Tensor<3>, Option<&Tensor<3>>, &[f32])>,
    inputs: Option<&Tensor<3>>,
) -> Tensor<3> {
    let [batch, m] = z0.dims();
    let at = |series: &Tensor<3>, t: usize| {
        let width = series.dims()[2];
        series.clone().slice([0..batch, t..t + 1, 0..width]).reshape([batch, width])
    };
    let mut before = z0;
    let mut states = Vec::new();
    for t in 0..steps {
        let state = model.step(before, inputs.map(|u| at(u, t)));
        states.push(state.clone().reshape([batch, 1, m]));
        before = match forcing {
            Some((target, mask, alpha)) => {
                let n = target.dims()[2];
                let strength = match mask {
                    Some(mask) => at(mask, t),
                    None => Tensor::ones([batch, n], &target.device()),
                } * f64::from(alpha[t]);
                let free = state.clone().slice([0..batch, 0..n]);
                let forced = free.clone() + strength * (at(target, t) - free);
                state.slice_assign([0..batch, 0..n], forced)
            }
            None => state,
        };
    }
    Tensor::cat(states, 1)
}

struct Case {
    z0: Tensor<2>,
    target: Tensor<3>,
    mask: Tensor<3>,
    inputs: Option<Tensor<3>>,
}

/// Everything that a rollout depends on, tracked.
fn case(model: &impl Dynamics, batch: usize, steps: usize, width: usize, device: &Device) -> Case {
    let (m, k) = (model.latent_dim(), model.input_dim());
    let tracked = |values: ArrayD<f64>| tensor::<3>(&values, device).require_grad();
    Case {
        z0: tensor::<2>(&normal([batch, m], 31), device).require_grad(),
        target: tracked(normal([batch, steps, width], 32)),
        mask: tensor(&normal([batch, steps, width], 38).mapv(|x| f64::from(u8::from(x > 0.0))), device),
        inputs: (k > 0).then(|| tracked(normal([batch, steps, k], 33))),
    }
}

/// Compares values and the gradients of a random projection with respect to parameters, start, forcing and inputs.
fn agrees_with_the_loop(model: &impl Dynamics, batch: usize, alpha: Option<&[f32]>, steps: usize) {
    let m = model.latent_dim();
    for (width, masked) in [(m, false), (m, true), (m.div_ceil(2), false), (m.div_ceil(2), true)] {
        let forced = alpha.map(|alpha| Forced { alpha, width, masked });
        agrees_where_forced(model, batch, forced, steps);
        if alpha.is_none() {
            break;
        }
    }
}

fn agrees_where_forced(model: &impl Dynamics, batch: usize, forced: Option<Forced<'_>>, steps: usize) {
    let device = device().autodiff();
    let case = case(model, batch, steps, forced.map_or(1, |forced| forced.width), &device);
    let mask = forced.is_some_and(|forced| forced.masked).then_some(&case.mask);
    let forcing = forced.map(|Forced { alpha, .. }| {
        let forcing = Forcing::new(case.target.clone(), alpha.to_vec());
        match mask {
            Some(mask) => forcing.with_mask(mask.clone()),
            None => forcing,
        }
    });
    let found = model.rollout(case.z0.clone(), steps, forcing.as_ref(), case.inputs.clone());
    let by = forced.map(|forced| (&case.target, mask, forced.alpha));
    let expected = by_hand(model, case.z0.clone(), steps, by, case.inputs.as_ref());
    assert_close(&array(found.clone().inner()), &array(expected.clone().inner()), 1e-12);

    let weights = tensor::<3>(&normal([batch, steps, model.latent_dim()], 34), &device);
    let of = |states: Tensor<3>| {
        let gradients = (states * weights.clone()).sum().backward();
        let zero = || ArrayD::zeros(array(case.target.clone().inner()).raw_dim());
        let target = case.target.grad(&gradients).map_or_else(zero, array);
        let inputs = case.inputs.as_ref().map(|u| array(u.grad(&gradients).unwrap()));
        (read(model, Some(&gradients)), array(case.z0.grad(&gradients).unwrap()), target, inputs)
    };
    let (found, expected) = (of(found), of(expected));
    assert_eq!(found.0.0.keys().collect::<Vec<_>>(), expected.0.0.keys().collect::<Vec<_>>());
    assert_eq!(found.0.0.len(), read(model, None).0.len(), "every parameter has a gradient");
    for (path, gradient) in &found.0.0 {
        assert_close(gradient, expected.0.get(path), 1e-11);
    }
    assert_close(&found.1, &expected.1, 1e-11);
    assert_close(&found.2, &expected.2, 1e-11);
    if let (Some(found), Some(expected)) = (found.3, expected.3) {
        assert_close(&found, &expected, 1e-11);
    }
}

macro_rules! every_variant {
    ($k:expr, $check:expr) => {{
        let (k, device) = ($k, device().autodiff());
        $check(&shaken(&PlrnnConfig::new(3).with_inputs(k), 21, &device));
        $check(&shaken(&ShallowPlrnnConfig::new(3, 6).with_inputs(k), 22, &device));
        $check(&shaken(&ClippedShallowPlrnnConfig::new(3, 6).with_inputs(k), 23, &device));
        $check(&shaken(&RectifiedRnnConfig::new(3).with_inputs(k), 24, &device));
        $check(&shaken(&MeanCentredPlrnnConfig::new(3).with_inputs(k), 27, &device));
        $check(&shaken(&AlmostLinearRnnConfig::new(3, 2).with_inputs(k), 28, &device));
        $check(&shaken(&DendriticPlrnnConfig::new(3, 6).with_inputs(k), 29, &device));
        $check(&shaken(&ClippedDendriticPlrnnConfig::new(3, 6).with_inputs(k), 30, &device));
    }};
}

fn free(model: &impl Dynamics) {
    agrees_with_the_loop(model, 4, None, 6);
    agrees_with_the_loop(model, 4, Some(&[0.0; 6]), 6);
}

fn forced(model: &impl Dynamics) {
    agrees_with_the_loop(model, 4, Some(&[1.0; 6]), 6);
    // The last α has nothing to force: these run as one batch too.
    agrees_with_the_loop(model, 4, Some(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]), 6);
}

fn mixed(model: &impl Dynamics) {
    agrees_with_the_loop(model, 4, Some(&[0.15; 6]), 6);
    agrees_with_the_loop(model, 4, Some(&[0.0, 1.0, 0.0, 0.0, 1.0, 0.0]), 6);
    agrees_with_the_loop(model, 4, Some(&[1.0, 0.5, 0.0, 0.25, 1.0, 0.75]), 6);
    // One α short of complete forcing, at the first and at the last place where it counts.
    agrees_with_the_loop(model, 4, Some(&[0.5, 1.0, 1.0, 1.0, 1.0, 1.0]), 6);
    agrees_with_the_loop(model, 4, Some(&[1.0, 1.0, 1.0, 1.0, 0.5, 1.0]), 6);
}

fn small(model: &impl Dynamics) {
    for batch in [1, 3] {
        for alpha in [None, Some(&[0.0][..]), Some(&[0.3]), Some(&[1.0])] {
            agrees_with_the_loop(model, batch, alpha, 1);
        }
    }
    agrees_with_the_loop(model, 1, Some(&[1.0; 5]), 5);
    agrees_with_the_loop(model, 1, Some(&[0.5; 5]), 5);
}

#[test]
fn without_forcing_it_iterates_the_step() {
    every_variant!(0, free);
    every_variant!(2, free);
}

#[test]
fn complete_forcing_starts_every_step_from_the_data() {
    every_variant!(0, forced);
    every_variant!(2, forced);
}

#[test]
fn partial_forcing_mixes_state_and_data() {
    every_variant!(0, mixed);
    every_variant!(2, mixed);
}

#[test]
fn one_series_and_one_step_are_no_special_cases() {
    every_variant!(0, small);
    every_variant!(2, small);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10,
        rng_seed: RngSeed::Fixed(30),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_forcing_and_size_agree_with_the_loop(
        batch in 1..5usize,
        [m, l] in [1..5usize, 1..9usize],
        k in 0..3usize,
        alpha in prop::collection::vec(prop_oneof![Just(0.0_f32), Just(1.0), 0.0..1.0_f32], 1..9),
        seed in any::<u64>(),
    ) {
        let model = shaken(&ShallowPlrnnConfig::new(m, l).with_inputs(k), seed, &device().autodiff());
        agrees_with_the_loop(&model, batch, Some(&alpha), alpha.len());
    }
}

/// u_t drives the step into z_t: a kick by δ at t moves ẑ_t by C δ, and nothing before it.
#[test]
fn inputs_act_on_the_step_that_they_belong_to() {
    let (batch, steps, at) = (2, 7, 3);
    let model = shaken(&PlrnnConfig::new(3).with_inputs(2), 25, &device());
    let c = read(&model, None).matrix("c.c");
    let (z0, quiet) = (normal([batch, 3], 35), normal([batch, steps, 2], 36));
    let mut kicked = quiet.clone();
    kicked.slice_mut(s![.., at, 1]).map_inplace(|u| *u += 2.0);
    for alpha in [0.0, 0.4, 1.0] {
        let forcing = Forcing::constant(tensor(&normal([batch, steps, 3], 37), &device()), alpha);
        let run = |u: &ArrayD<f64>| {
            array(model.rollout(tensor(&z0, &device()), steps, Some(&forcing), Some(tensor(u, &device()))))
        };
        let difference = run(&kicked) - run(&quiet);
        for t in 0..steps {
            let moved = difference.index_axis(Axis(1), t);
            if t < at || (alpha == 1.0 && t > at) {
                assert!(moved.iter().all(|moved| *moved == 0.0), "t = {t}, α = {alpha}");
            } else if t == at {
                for moved in moved.rows() {
                    assert_close(&moved.to_owned().into_dyn(), &(&c.column(1) * 2.0).into_dyn(), 1e-13);
                }
            } else {
                assert!(moved.iter().any(|moved| *moved != 0.0), "t = {t}, α = {alpha}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "one α for each of the T steps")]
fn alpha_has_one_entry_a_step() {
    Forcing::new(Tensor::zeros([1, 3, 2], &device()), vec![1.0; 2]);
}

#[test]
#[should_panic(expected = "every α lies in [0, 1]")]
fn alpha_is_a_fraction() {
    Forcing::new(Tensor::zeros([1, 2, 2], &device()), vec![1.0, f32::NAN]);
}

#[test]
#[should_panic(expected = "these dynamics have external inputs, but none were given")]
fn inputs_are_not_forgotten() {
    let model = shaken(&PlrnnConfig::new(2).with_inputs(1), 26, &device());
    model.rollout(Tensor::zeros([1, 2], &device()), 3, None, None);
}

#[test]
#[should_panic(expected = "the inputs have one entry a step")]
fn inputs_are_as_long_as_the_rollout() {
    let model = shaken(&PlrnnConfig::new(2).with_inputs(1), 26, &device());
    model.rollout(Tensor::zeros([1, 2], &device()), 3, None, Some(Tensor::zeros([1, 2, 1], &device())));
}
