//! Which instructions the processor has, and the kernels compiled for each of them.

use crate::{
    Rollout, Wanted,
    backward::{RowGradients, WeightGradients, backward},
    cell::{Block, Cell},
    forward::forward,
    lanes::{Float, Portable},
};

/// A set of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512 F: 16 lanes of f32.
    Avx512,
    /// AVX2 and FMA: 8 lanes of f32.
    Avx2,
    /// What the compiler makes of arrays: any processor, f32 and f64.
    Portable,
}

impl Instructions {
    /// All sets that this processor has, the fastest first.
    pub fn available() -> Vec<Self> {
        [Self::Avx512, Self::Avx2, Self::Portable].into_iter().filter(|set| set.is_available()).collect()
    }

    /// Whether this processor has them.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 | Self::Avx2 => false,
            Self::Portable => true,
        }
    }

    /// The fastest set that this processor has.
    pub fn best() -> Self {
        [Self::Avx512, Self::Avx2].into_iter().find(|set| set.is_available()).unwrap_or(Self::Portable)
    }
}

/// The backward pass of one block: what it reads.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a, E> {
    pub states: &'a [E],
    pub grad: &'a [E],
    pub wanted: Wanted,
}

/// The kernels of one number type. `instructions` are available wherever these are called.
pub(crate) trait Kernels: Float {
    /// Rows of the batch that a block holds at most.
    fn rows(instructions: Instructions) -> usize;

    fn forward(
        instructions: Instructions,
        rollout: &Rollout<'_, Self>,
        cell: &Cell<'_, Self>,
        block: Block,
        states: &mut [Self],
    );

    fn backward(
        instructions: Instructions,
        rollout: &Rollout<'_, Self>,
        cell: &Cell<'_, Self>,
        block: Block,
        way: Way<'_, Self>,
        rows: RowGradients<'_, Self>,
    ) -> WeightGradients<Self>;
}

/// Portable vectors: 256 bits of f32, 512 of f64, which compilers split as the processor needs.
type Lanes8<E> = Portable<E, 8>;

impl Kernels for f64 {
    fn rows(_: Instructions) -> usize {
        8
    }

    fn forward(
        _: Instructions,
        rollout: &Rollout<'_, f64>,
        cell: &Cell<'_, f64>,
        block: Block,
        states: &mut [f64],
    ) {
        forward::<f64, Lanes8<f64>, 1>(rollout, cell, block, states);
    }

    fn backward(
        _: Instructions,
        rollout: &Rollout<'_, f64>,
        cell: &Cell<'_, f64>,
        block: Block,
        way: Way<'_, f64>,
        rows: RowGradients<'_, f64>,
    ) -> WeightGradients<f64> {
        backward::<f64, Lanes8<f64>, 1>(rollout, cell, block, way, rows)
    }
}

impl Kernels for f32 {
    fn rows(instructions: Instructions) -> usize {
        match instructions {
            Instructions::Avx512 => 32,
            Instructions::Avx2 | Instructions::Portable => 8,
        }
    }

    fn forward(
        instructions: Instructions,
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        states: &mut [f32],
    ) {
        match instructions {
            // SAFETY: instructions were checked to be available by the only caller.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx512 if block.rows > 16 => unsafe {
                x86::forward_avx512::<2>(rollout, cell, block, states);
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx512 => unsafe { x86::forward_avx512::<1>(rollout, cell, block, states) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx2 => unsafe { x86::forward_avx2(rollout, cell, block, states) },
            _ => forward::<f32, Lanes8<f32>, 1>(rollout, cell, block, states),
        }
    }

    fn backward(
        instructions: Instructions,
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        way: Way<'_, f32>,
        rows: RowGradients<'_, f32>,
    ) -> WeightGradients<f32> {
        match instructions {
            // SAFETY: instructions were checked to be available by the only caller.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx512 if block.rows > 16 => unsafe {
                x86::backward_avx512::<2>(rollout, cell, block, way, rows)
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx512 => unsafe { x86::backward_avx512::<1>(rollout, cell, block, way, rows) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            Instructions::Avx2 => unsafe { x86::backward_avx2(rollout, cell, block, way, rows) },
            _ => backward::<f32, Lanes8<f32>, 1>(rollout, cell, block, way, rows),
        }
    }
}

/// The kernels inside functions that enable the instructions of their vectors.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Block, Cell, Rollout, RowGradients, Way, WeightGradients, backward, forward};
    use crate::lanes::x86::{Avx2, Avx512};

    #[target_feature(enable = "avx512f,avx2,fma")]
    pub(super) fn forward_avx512<const NB: usize>(
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        states: &mut [f32],
    ) {
        forward::<f32, Avx512, NB>(rollout, cell, block, states);
    }

    #[target_feature(enable = "avx512f,avx2,fma")]
    pub(super) fn backward_avx512<const NB: usize>(
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        way: Way<'_, f32>,
        rows: RowGradients<'_, f32>,
    ) -> WeightGradients<f32> {
        backward::<f32, Avx512, NB>(rollout, cell, block, way, rows)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn forward_avx2(
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        states: &mut [f32],
    ) {
        forward::<f32, Avx2, 1>(rollout, cell, block, states);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn backward_avx2(
        rollout: &Rollout<'_, f32>,
        cell: &Cell<'_, f32>,
        block: Block,
        way: Way<'_, f32>,
        rows: RowGradients<'_, f32>,
    ) -> WeightGradients<f32> {
        backward::<f32, Avx2, 1>(rollout, cell, block, way, rows)
    }
}
