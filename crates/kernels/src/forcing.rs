//! From ẑ to z̃ in lanes, and back.

use crate::{
    Forcing, Rollout,
    cell::{Block, gather},
    lanes::{Float, Lanes},
    scratch::Scratch,
};

/// The forcing of some steps of one block, in lanes \[steps, N\].
pub(crate) struct ForcedSteps<'a, 's, V, const NB: usize, E> {
    forcing: Option<&'a Forcing<'a, E>>,
    steps: usize,
    block: Block,
    first: usize,
    target: &'s mut [[V; NB]],
    mask: &'s mut [[V; NB]],
}

impl<'a, 's, E: Float, V: Lanes<Element = E>, const NB: usize> ForcedSteps<'a, 's, V, NB, E> {
    /// Entries of target and mask for `capacity` steps.
    fn entries(rollout: &Rollout<'_, E>, capacity: usize) -> [usize; 2] {
        match rollout.forcing {
            Some(Forcing { width, mask, .. }) => {
                [width * capacity, if mask.is_some() { width * capacity } else { 0 }]
            }
            None => [0, 0],
        }
    }

    /// Blocks of lanes that `capacity` steps need.
    pub fn room(rollout: &Rollout<'_, E>, capacity: usize) -> usize {
        Self::entries(rollout, capacity).into_iter().sum()
    }

    /// With room for `capacity` steps.
    #[inline(always)]
    pub fn new(
        rollout: &'a Rollout<'a, E>,
        block: Block,
        capacity: usize,
        scratch: &mut Scratch<'s>,
    ) -> Self {
        let [target, mask] = Self::entries(rollout, capacity).map(|entries| scratch.take(entries));
        Self { forcing: rollout.forcing.as_ref(), steps: rollout.steps, block, first: 0, target, mask }
    }

    /// Loads steps `from .. from + steps`, counted from 0.
    #[inline(always)]
    pub fn load(&mut self, from: usize, steps: usize) {
        let Some(Forcing { width: n, target, mask, .. }) = self.forcing else { return };
        self.first = from;
        let width = self.steps * n;
        gather(target, width, self.block, from * n, steps * n, self.target);
        if let Some(mask) = mask {
            gather(mask, width, self.block, from * n, steps * n, self.mask);
        }
    }

    /// Number of forced latents N after step `t`; 0 where α is 0.
    #[inline(always)]
    fn width(&self, t: usize) -> usize {
        match self.forcing {
            Some(forcing) if forcing.alpha[t] != E::ZERO => forcing.width,
            _ => 0,
        }
    }

    /// α_t m_t of latent i, after step t.
    #[inline(always)]
    fn strength(&self, t: usize, i: usize, b: usize) -> V {
        let Some(forcing) = self.forcing else { return V::zero() };
        let alpha = V::splat(forcing.alpha[t]);
        match forcing.mask {
            Some(_) => alpha.mul(self.mask[(t - self.first) * forcing.width + i][b]),
            None => alpha,
        }
    }

    /// z̃_t from ẑ_t, both \[M\], in place. `t` counts from 0 over the whole rollout.
    #[inline(always)]
    pub fn apply(&self, t: usize, z: &mut [[V; NB]]) {
        let one = V::splat(E::ONE);
        let n = self.width(t);
        for i in 0..n {
            let target = self.target[(t - self.first) * n + i];
            for b in 0..NB {
                let strength = self.strength(t, i, b);
                let forced = strength.mul_add(target[b], one.sub(strength).mul(z[i][b]));
                z[i][b] = forced.unless_zero(strength, z[i][b]);
            }
        }
    }

    /// dL/dẑ_t from dL/dz̃_t, in place; writes dL/dd_t to `target` \[N\] where that is wanted.
    #[inline(always)]
    pub fn apply_back(&self, t: usize, dz: &mut [[V; NB]], mut target: Option<&mut [[V; NB]]>) {
        let one = V::splat(E::ONE);
        for i in 0..self.width(t) {
            for b in 0..NB {
                let strength = self.strength(t, i, b);
                if let Some(target) = &mut target {
                    target[i][b] = strength.mul(dz[i][b]);
                }
                dz[i][b] = one.sub(strength).mul(dz[i][b]);
            }
        }
    }
}
