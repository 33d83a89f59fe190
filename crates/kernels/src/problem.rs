//! What is rolled out: sizes, weights, features, forcing and drive, as plain slices.

/// The features f(z) \[U\] of a piecewise-linear RNN, between its two linear maps.
#[derive(Clone, Copy, Debug)]
pub enum Features<'a, E> {
    /// U = M: f_i = z_i for i below `linear`, else max(0, z_i), with z − mean(z) in place of z where `centred`.
    Rectified {
        /// Number of leading linear units.
        linear: usize,
        /// Whether the mean over the M latents is taken off first.
        centred: bool,
    },
    /// U = L: f = max(0, W2 z + h2), less max(0, W2 z) where `clipped`.
    Hidden {
        /// W2 \[L, M\].
        weights: &'a [E],
        /// h2 \[L\].
        thresholds: &'a [E],
        /// Whether the second rectification is taken off.
        clipped: bool,
    },
    /// U = M: f_i = Σ_b α_b max(0, z_i − H_ib), less Σ_b α_b max(0, z_i) where `clipped`.
    Bases {
        /// α \[L\].
        slopes: &'a [E],
        /// H \[M, L\].
        thresholds: &'a [E],
        /// Whether the second rectification is taken off.
        clipped: bool,
    },
}

/// What forces a rollout: the first N latents are drawn towards `target`.
#[derive(Clone, Copy, Debug)]
pub struct Forcing<'a, E> {
    /// Forced latents N, at most M.
    pub width: usize,
    /// d \[B, T, N\].
    pub target: &'a [E],
    /// α \[T\].
    pub alpha: &'a [E],
    /// Factors of α \[B, T, N\], in \[0, 1\]; where one is 0 the target is not looked at.
    pub mask: Option<&'a [E]>,
}

/// A forced rollout of B sequences over T steps:
///
/// $$ \hat z_t = a \circ \tilde z_{t-1} + W f(\tilde z_{t-1}) + h + c_t, \qquad
///    \tilde z_t = \hat z_t + \alpha_t m_t (d_t - \hat z_t) $$
///
/// All slices are row-major.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a, E> {
    /// Sequences B.
    pub batch: usize,
    /// Steps T.
    pub steps: usize,
    /// Latents M.
    pub latent: usize,
    /// a \[M\].
    pub a: &'a [E],
    /// W \[M, U\].
    pub w: &'a [E],
    /// h \[M\].
    pub h: &'a [E],
    /// f.
    pub features: Features<'a, E>,
    /// z̃_0 \[B, M\].
    pub z0: &'a [E],
    /// c \[B, T, M\], such as C u_t.
    pub drive: Option<&'a [E]>,
    /// d, α and m.
    pub forcing: Option<Forcing<'a, E>>,
}

impl<E> Rollout<'_, E> {
    /// Number of features U.
    pub fn units(&self) -> usize {
        match self.features {
            Features::Rectified { .. } | Features::Bases { .. } => self.latent,
            Features::Hidden { thresholds, .. } => thresholds.len(),
        }
    }

    /// # Panics
    /// When a slice has another length than its shape says.
    pub(crate) fn check(&self) {
        let (b, t, m, units) = (self.batch, self.steps, self.latent, self.units());
        let expect = |what: &str, found: usize, expected: usize| {
            assert_eq!(found, expected, "{what} has {found} entries instead of {expected}");
        };
        assert!(m > 0, "a rollout has at least one latent");
        expect("a", self.a.len(), m);
        expect("W", self.w.len(), m * units);
        expect("h", self.h.len(), m);
        expect("z0", self.z0.len(), b * m);
        match self.features {
            Features::Rectified { linear, .. } => assert!(linear <= m, "{linear} of {m} latents are linear"),
            Features::Hidden { weights, .. } => expect("W2", weights.len(), units * m),
            Features::Bases { slopes, thresholds, .. } => expect("H", thresholds.len(), slopes.len() * m),
        }
        if let Some(drive) = self.drive {
            expect("the drive", drive.len(), b * t * m);
        }
        if let Some(forcing) = &self.forcing {
            assert!(forcing.width <= m, "{} of {m} latents are forced", forcing.width);
            expect("the forcing", forcing.target.len(), b * t * forcing.width);
            expect("α", forcing.alpha.len(), t);
            if let Some(mask) = forcing.mask {
                expect("the mask", mask.len(), b * t * forcing.width);
            }
        }
    }
}

/// Which gradients of a rollout are wanted besides those of the weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// That of the drive c.
    pub drive: bool,
    /// That of the forcing d.
    pub target: bool,
}

/// The gradient of a scalar with respect to all that a rollout is made of, each in the shape of what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<E> {
    /// Of a \[M\].
    pub a: Vec<E>,
    /// Of W \[M, U\].
    pub w: Vec<E>,
    /// Of h \[M\].
    pub h: Vec<E>,
    /// Of W2 \[L, M\] or α \[L\]; empty for rectified features.
    pub weights: Vec<E>,
    /// Of h2 \[L\] or H \[M, L\]; empty for rectified features.
    pub thresholds: Vec<E>,
    /// Of z̃_0 \[B, M\].
    pub z0: Vec<E>,
    /// Of c \[B, T, M\], if wanted.
    pub drive: Option<Vec<E>>,
    /// Of d \[B, T, N\], if wanted and forced.
    pub target: Option<Vec<E>>,
}
