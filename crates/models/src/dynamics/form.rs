//! The form that all PLRNN variants share, z_t = a ∘ z_{t−1} + W f(z_{t−1}) + h + C u_t, and what follows from it alone.

use attractor_systems::PiecewiseLinearMap;
use burn::{
    module::{Module, ModuleDisplay, Param},
    tensor::{Tensor, TensorData, activation::relu},
};
use nalgebra::DMatrix;
use ndarray::{Array1, Array2, Axis, concatenate, s};

use super::{Dynamics, InputMatrix};
use crate::{Forcing, Result, export, rollout};

/// The parameters of one variant in the shared form, as they are in the computational graph.
#[derive(Clone, Debug)]
pub struct Form {
    /// The diagonal a \[M\] of A.
    pub a: Tensor<1>,
    /// W \[M, U\].
    pub w: Tensor<2>,
    /// h \[M\].
    pub h: Tensor<1>,
    /// f.
    pub features: Features,
}

/// The features f(z) \[U\], piecewise linear in z.
#[derive(Clone, Debug)]
pub enum Features {
    /// U = M: f_i = z_i for i below `linear`, else max(0, z_i), with z − mean(z) in place of z where `centred`.
    Rectified {
        /// Number of leading linear units.
        linear: usize,
        /// Whether the mean over the latents is taken off first.
        centred: bool,
    },
    /// U = L: f = max(0, W2 z + h2), less max(0, W2 z) where `clipped`.
    Hidden {
        /// W2 \[L, M\].
        weights: Tensor<2>,
        /// h2 \[L\].
        thresholds: Tensor<1>,
        /// Whether the second rectification is taken off.
        clipped: bool,
    },
    /// U = M: f_i = Σ_b α_b max(0, z_i − H_ib), less Σ_b α_b max(0, z_i) where `clipped`.
    Bases {
        /// α \[L\].
        slopes: Tensor<1>,
        /// H \[M, L\].
        thresholds: Tensor<2>,
        /// Whether the second rectification is taken off.
        clipped: bool,
    },
}

/// Dynamics of the shared form. Who implements this has [`Dynamics`], with the fused rollout on every backend that
/// there are kernels for.
pub trait PiecewiseLinearRnn: Module + ModuleDisplay {
    /// The parameters in the shared form.
    fn form(&self) -> Form;

    /// The parameter a \[M\].
    fn diagonal(&self) -> &Param<Tensor<1>>;

    /// C.
    fn input_matrix(&self) -> &InputMatrix;
}

impl<R: PiecewiseLinearRnn> Dynamics for R {
    fn latent_dim(&self) -> usize {
        self.diagonal().lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.input_matrix().dim()
    }

    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        self.input_matrix().add(self.form().step(z), u)
    }

    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        self.form().jacobian(z)
    }

    fn export(&self) -> Result<PiecewiseLinearMap> {
        self.form().export(self.input_matrix().export(self.latent_dim())?)
    }

    fn rollout(
        &self,
        z0: Tensor<2>,
        steps: usize,
        forcing: Option<&Forcing>,
        inputs: Option<Tensor<3>>,
    ) -> Tensor<3> {
        rollout::fused(self, z0, steps, forcing, inputs)
    }

    fn jacobian_bound(&self) -> Result<Option<f64>> {
        self.form().jacobian_bound().map(Some)
    }

    fn manifold_penalties(&self, latents: usize) -> Option<[Tensor<1>; 3]> {
        let Form { a, w, h, .. } = self.form();
        let first = self.latent_dim().checked_sub(latents)?;
        Some([
            (a.narrow(0, first, latents) - 1.0).square().sum(),
            w.narrow(0, first, latents).square().sum(),
            h.narrow(0, first, latents).square().sum(),
        ])
    }

    fn weight_penalty(&self) -> Tensor<1> {
        self.input_matrix().penalty(self.form().penalty())
    }
}

/// A vector as a row [1, M], to broadcast over a batch.
fn row(vector: Tensor<1>) -> Tensor<2> {
    vector.unsqueeze()
}

/// 1 where `x` is above 0, else 0.
fn is_positive<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.greater_scalar(0.0).float()
}

/// z_i − H_ib for every basis, \[B, M, L\].
fn above(z: Tensor<2>, thresholds: Tensor<2>) -> Tensor<3> {
    z.unsqueeze_dim::<3>(2) - thresholds.unsqueeze()
}

impl Form {
    /// F(z) without inputs: \[B, M\] -> \[B, M\].
    pub(crate) fn step(self, z: Tensor<2>) -> Tensor<2> {
        let features = self.features.apply(z.clone());
        z * row(self.a) + features.matmul(self.w.transpose()) + row(self.h)
    }

    /// ∂F_i/∂z_j at z: \[B, M\] -> \[B, M, M\].
    fn jacobian(self, z: Tensor<2>) -> Tensor<3> {
        let m = z.dims()[1];
        let eye = Tensor::<2>::eye(m, &z.device());
        let diagonal = (eye * row(self.a)).unsqueeze::<3>();
        // W diag(g), for gates g [B, U].
        let w = self.w.clone();
        let gated = |gates: Tensor<2>| w.clone().unsqueeze::<3>() * gates.unsqueeze_dim::<3>(1);
        let rest = match self.features {
            Features::Rectified { linear, centred } => {
                let z = centre(z, centred);
                let on: Vec<f32> = (0..m).map(|i| f32::from(u8::from(i < linear))).collect();
                let on = Tensor::<2>::from_data(TensorData::new(on, [1, m]), &z.device());
                let gates = is_positive(z).max_pair(on);
                let gated = gated(gates);
                if centred { gated.clone() - gated.mean_dim(2) } else { gated }
            }
            Features::Hidden { weights, thresholds, clipped } => {
                let drive = z.matmul(weights.clone().transpose());
                let mut gates = is_positive(drive.clone() + row(thresholds));
                if clipped {
                    gates = gates - is_positive(drive);
                }
                // Σ_l g_l w1_l ⊗ w2_l, as one product of the gates with all outer products.
                let l = weights.dims()[0];
                let outer = self.w.transpose().unsqueeze_dim::<3>(2) * weights.unsqueeze_dim::<3>(1);
                let [batch, _] = gates.dims();
                gates.matmul(outer.reshape([l, m * m])).reshape([batch, m, m])
            }
            Features::Bases { slopes, thresholds, clipped } => {
                let slopes = slopes.unsqueeze::<3>();
                let mut active = is_positive(above(z.clone(), thresholds));
                if clipped {
                    active = active - is_positive(z).unsqueeze_dim::<3>(2);
                }
                gated((active * slopes).sum_dim(2).squeeze_dim(2))
            }
        };
        diagonal + rest
    }

    /// The same map in `f64`, with input weights C \[M, K\].
    fn export(self, c: Array2<f64>) -> Result<PiecewiseLinearMap> {
        let [w_name, h_name] = match self.features {
            Features::Hidden { .. } => ["W1", "h1"],
            Features::Rectified { .. } | Features::Bases { .. } => ["W", "h"],
        };
        let (a, w) = (export::vector_of("A", self.a)?, export::matrix_of(w_name, self.w)?);
        let h = export::vector_of(h_name, self.h)?;
        let m = a.len();
        let mut linear_part = Array2::from_diag(&a);
        let (v, units, thresholds) = match self.features {
            Features::Rectified { linear, centred } => {
                let centring = if centred { Array2::eye(m) - 1.0 / m as f64 } else { Array2::<f64>::eye(m) };
                linear_part += &w.slice(s![.., ..linear]).dot(&centring.slice(s![..linear, ..]));
                let rectified = centring.slice(s![linear.., ..]).to_owned();
                (w.slice(s![.., linear..]).to_owned(), rectified, Array1::zeros(m - linear))
            }
            Features::Hidden { weights, thresholds, clipped } => {
                let (w2, h2) = (export::matrix_of("W2", weights)?, export::vector_of("h2", thresholds)?);
                if clipped {
                    let off = Array1::zeros(h2.len());
                    (
                        concatenate![Axis(1), w, -&w],
                        concatenate![Axis(0), w2, w2],
                        concatenate![Axis(0), h2, off],
                    )
                } else {
                    (w, w2, h2)
                }
            }
            Features::Bases { slopes, thresholds, clipped } => {
                let (alpha, levels) =
                    (export::vector_of("alpha", slopes)?, export::matrix_of("thresholds", thresholds)?);
                // One unit for every latent and basis, and one more for every latent where clipped.
                let bases = alpha.len() + usize::from(clipped);
                let basis = |unit: usize| (unit / bases, unit % bases);
                let unit = |values: &dyn Fn(usize, usize) -> f64| {
                    Array1::from_shape_fn(m * bases, |unit| values(basis(unit).0, basis(unit).1))
                };
                let slope = unit(&|_, b| if b < alpha.len() { alpha[b] } else { -alpha.sum() });
                let level = unit(&|i, b| if b < alpha.len() { -levels[[i, b]] } else { 0.0 });
                let spread = Array2::from_shape_fn((m, m * bases), |(i, unit)| w[[i, basis(unit).0]]);
                let axes = Array2::from_shape_fn((m * bases, m), |(unit, i)| {
                    f64::from(u8::from(basis(unit).0 == i))
                });
                (spread * &slope, axes, level)
            }
        };
        Ok(PiecewiseLinearMap::new(linear_part, v, units, thresholds, h, c)
            .expect("the shapes of one module fit together"))
    }

    /// max|a| + ‖W‖ times a bound of the norm of df/dz: 1 for rectified units, ‖W2‖ for hidden ones, Σ_b |α_b| for bases.
    fn jacobian_bound(self) -> Result<f64> {
        let norm = |matrix: Array2<f64>| {
            let (rows, columns) = matrix.dim();
            DMatrix::from_fn(rows, columns, |i, j| matrix[[i, j]]).singular_values().max()
        };
        let slope = match self.features {
            Features::Rectified { .. } => 1.0,
            Features::Hidden { weights, .. } => norm(export::matrix_of("W2", weights)?),
            Features::Bases { slopes, .. } => export::vector_of("alpha", slopes)?.mapv(f64::abs).sum(),
        };
        let decay = export::vector_of("A", self.a)?.fold(0.0, |largest: f64, a| largest.max(a.abs()));
        Ok(decay + norm(export::matrix_of("W", self.w)?) * slope)
    }

    /// ‖1 − a‖² and the squares of everything else.
    fn penalty(self) -> Tensor<1> {
        let squares = (self.a - 1.0).square().sum() + self.w.square().sum() + self.h.square().sum();
        match self.features {
            Features::Rectified { .. } => squares,
            Features::Hidden { weights, thresholds, .. } => {
                squares + weights.square().sum() + thresholds.square().sum()
            }
            Features::Bases { slopes, thresholds, .. } => {
                squares + slopes.square().sum() + thresholds.square().sum()
            }
        }
    }
}

fn centre(z: Tensor<2>, centred: bool) -> Tensor<2> {
    if centred { z.clone() - z.mean_dim(1) } else { z }
}

impl Features {
    /// f(z): \[B, M\] -> \[B, U\].
    fn apply(self, z: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Rectified { linear, centred } => {
                let z = centre(z, centred);
                let rectified = z.dims()[1] - linear;
                match (linear, rectified) {
                    (0, _) => relu(z),
                    (_, 0) => z,
                    _ => Tensor::cat(
                        vec![z.clone().narrow(1, 0, linear), relu(z.narrow(1, linear, rectified))],
                        1,
                    ),
                }
            }
            Self::Hidden { weights, thresholds, clipped } => {
                let drive = z.matmul(weights.transpose());
                let on = relu(drive.clone() + row(thresholds));
                if clipped { on - relu(drive) } else { on }
            }
            Self::Bases { slopes, thresholds, clipped } => {
                let mut bases = relu(above(z.clone(), thresholds));
                if clipped {
                    bases = bases - relu(z).unsqueeze_dim::<3>(2);
                }
                (bases * slopes.unsqueeze::<3>()).sum_dim(2).squeeze_dim(2)
            }
        }
    }
}
