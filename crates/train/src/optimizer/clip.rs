//! Gradient clipping by the norm over all parameters together.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::Tensor,
};

/// Scales all gradients of `module` by one factor so that their joint Euclidean norm is at most `max_norm`; gives the
/// norm before.
///
/// Burn's own clipping treats each parameter by itself, which changes the direction of the step; this does not.
pub fn clip_by_global_norm<M: Module>(module: &M, grads: &mut GradientsParams, max_norm: f64) -> f64 {
    struct Norm<'a>(&'a GradientsParams, Vec<Tensor<1>>);
    impl ModuleVisitor for Norm<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(grad) = self.0.get::<D>(param.id) {
                self.1.push(grad.square().sum());
            }
        }
    }
    struct Scale<'a>(&'a mut GradientsParams, f64);
    impl ModuleVisitor for Scale<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(grad) = self.0.remove::<D>(param.id) {
                self.0.register(param.id, grad * self.1);
            }
        }
    }
    let mut squares = Norm(grads, Vec::new());
    module.visit(&mut squares);
    if squares.1.is_empty() {
        return 0.0;
    }
    let norm = Tensor::cat(squares.1, 0).sum().into_scalar::<f32>().sqrt();
    let norm = f64::from(norm);
    if norm > max_norm {
        module.visit(&mut Scale(grads, max_norm / norm));
    }
    norm
}
