//! The linear observation x_t = B z_t + b.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use nalgebra::DMatrix;
use rand::Rng;

use super::{Observation, gaussian_log_likelihood};
use crate::{
    Initialize, LinearReadout, Result,
    error::{nonzero, positive},
    initialize, matrix, vector,
};

/// Sizes and start of a [`LinearObservation`].
#[derive(Config, Debug, PartialEq)]
pub struct LinearObservationConfig {
    /// Observed variables N.
    pub observed: usize,
    /// Latents M.
    pub latent: usize,
    /// Starting standard deviation of the observation noise, in the units of the data.
    #[config(default = 0.1)]
    pub initial_sd: f64,
}

/// x_t ~ N(B z_t + b, Γ) with B \[N, M\], b \[N\] and learned diagonal Γ.
#[derive(Module, Debug)]
pub struct LinearObservation {
    b: Param<Tensor<2>>,
    offset: Param<Tensor<1>>,
    log_sd: Param<Tensor<1>>,
}

impl Initialize for LinearObservationConfig {
    type Module = LinearObservation;

    /// B starts at the identity (padded with zeros) plus N(0, 0.1²).
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<LinearObservation> {
        let (n, m) = (self.observed, self.latent);
        nonzero("LinearObservationConfig", &[("observed", n), ("latent", m)])?;
        positive("LinearObservationConfig", "initial_sd", self.initial_sd)?;
        let identity: Vec<f32> = (0..n * m).map(|i| f32::from(u8::from(i / m == i % m))).collect();
        let identity = Tensor::<2>::from_data(TensorData::new(identity, [n, m]), device);
        Ok(LinearObservation {
            b: Param::from_tensor(identity + initialize::normal([n, m], 0.1, rng, device)),
            offset: initialize::zeros([n], device),
            log_sd: Param::from_tensor(Tensor::full([n], self.initial_sd.ln(), device)),
        })
    }
}

impl LinearObservation {
    /// B in `f64`.
    fn entries(&self) -> DMatrix<f64> {
        let b: Vec<f64> = self.b.val().into_data().iter::<f64>().collect();
        assert!(b.iter().all(|entry| entry.is_finite()), "B must be finite to be inverted");
        DMatrix::from_row_slice(self.observed_dim(), self.latent_dim(), &b)
    }
}

/// The Moore-Penrose inverse: (BᵀB)⁻¹Bᵀ where the columns of B are clearly independent, which is an order of magnitude
/// faster than the singular value decomposition that does for all others.
fn pseudo_inverse(b: &DMatrix<f64>) -> DMatrix<f64> {
    let gram = b.tr_mul(b);
    let independent = gram.clone().cholesky().filter(|cholesky| {
        let diagonal = cholesky.l_dirty().diagonal();
        diagonal.min() > 1e-4 * diagonal.max()
    });
    match independent {
        Some(cholesky) => cholesky.solve(&b.transpose()),
        None => b.clone().pseudo_inverse(1e-12).expect("the tolerance of the pseudo-inverse is not negative"),
    }
}

impl Observation for LinearObservation {
    fn observed_dim(&self) -> usize {
        self.b.lazy_shape()[0]
    }

    fn latent_dim(&self) -> usize {
        self.b.lazy_shape()[1]
    }

    fn mean(&self, z: Tensor<3>) -> Tensor<3> {
        let [batch, steps, m] = z.dims();
        let x =
            z.reshape([batch * steps, m]).matmul(self.b.val().transpose()) + self.offset.val().unsqueeze();
        x.reshape([batch, steps, self.observed_dim()])
    }

    fn log_likelihood(&self, x: Tensor<3>, z: Tensor<3>, present: Option<Tensor<3>>) -> Tensor<2> {
        gaussian_log_likelihood(x, self.mean(z), self.log_sd.val(), present)
    }

    /// B⁺(x − b) by the Moore-Penrose inverse. No gradient flows through B⁺.
    ///
    /// # Panics
    /// When B has an entry that is not finite: there is no inverse of it to search for.
    fn inverse(&self, x: Tensor<3>) -> Tensor<3> {
        let (n, m) = (self.observed_dim(), self.latent_dim());
        let inverse = pseudo_inverse(&self.entries());
        // Row-major B⁺ᵀ [N, M] is column-major B⁺ [M, N].
        let transposed: Vec<f32> = inverse.iter().map(|value| *value as f32).collect();
        let device = x.device();
        let [batch, steps, _] = x.dims();
        let centred = x.reshape([batch * steps, n]) - self.offset.val().detach().unsqueeze();
        let transposed = Tensor::<2>::from_data(TensorData::new(transposed, [n, m]), &device);
        centred.matmul(transposed).reshape([batch, steps, m])
    }

    /// (1 − σ_max / σ_min)² with the largest and the smallest of the min(N, M) singular values of B \[H23\].
    ///
    /// # Panics
    /// When B has an entry that is not finite.
    fn conditioning_penalty(&self) -> Option<Tensor<1>> {
        let (n, m) = (self.observed_dim(), self.latent_dim());
        // Of the smaller of BᵀB and BBᵀ, whose eigenvalues are the squares σ².
        let (b, wide) = (self.entries(), n < m);
        let gram = if wide { &b * b.transpose() } else { b.tr_mul(&b) };
        let eigen = gram.symmetric_eigen();
        // σ_i = u_iᵀ B v_i, whose derivative with respect to B is u_i v_iᵀ at fixed u_i and v_i.
        let singular_value = |i: usize| {
            let sigma = eigen.eigenvalues[i].max(f64::MIN_POSITIVE).sqrt();
            let vector = eigen.eigenvectors.column(i);
            let (u, v) = if wide {
                (vector.into_owned(), b.tr_mul(&vector) / sigma)
            } else {
                (&b * vector / sigma, vector.into_owned())
            };
            let outer: Vec<f32> = (0..n * m).map(|k| (u[k / m] * v[k % m]) as f32).collect();
            let b = self.b.val();
            (Tensor::<2>::from_data(TensorData::new(outer, [n, m]), &b.device()) * b).sum()
        };
        let (largest, smallest) = (eigen.eigenvalues.imax(), eigen.eigenvalues.imin());
        Some((singular_value(largest) / singular_value(smallest) - 1.0).square())
    }

    /// ‖B‖².
    fn weight_penalty(&self) -> Option<Tensor<1>> {
        Some(self.b.val().square().sum())
    }

    fn readout(&self) -> Result<LinearReadout> {
        Ok(LinearReadout { matrix: matrix("B", &self.b)?, offset: vector("b", &self.offset)? })
    }

    fn log_sd(&self) -> &Param<Tensor<1>> {
        &self.log_sd
    }
}
