//! From ẑ to z̃ in lanes, and back.

use crate::{
    Forcing, Rollout,
    cell::{Block, gather},
    lanes::{Float, Lanes},
};

/// The forcing of some steps of one block, in lanes \[steps, N\].
pub(crate) struct ForcedSteps<'a, V, const NB: usize, E> {
    forcing: Option<&'a Forcing<'a, E>>,
    steps: usize,
    block: Block,
    first: usize,
    target: Vec<[V; NB]>,
    mask: Vec<[V; NB]>,
}

impl<'a, E: Float, V: Lanes<Element = E>, const NB: usize> ForcedSteps<'a, V, NB, E> {
    /// With room for `capacity` steps.
    #[inline(always)]
    pub fn new(rollout: &'a Rollout<'a, E>, block: Block, capacity: usize) -> Self {
        let forcing = rollout.forcing.as_ref();
        let entries = forcing.map_or(0, |forcing| forcing.width * capacity);
        let masked = forcing.is_some_and(|forcing| forcing.mask.is_some());
        Self {
            forcing,
            steps: rollout.steps,
            block,
            first: 0,
            target: vec![[V::zero(); NB]; entries],
            mask: vec![[V::zero(); NB]; if masked { entries } else { 0 }],
        }
    }

    /// Loads steps `from .. from + steps`, counted from 0.
    #[inline(always)]
    pub fn load(&mut self, from: usize, steps: usize) {
        let Some(Forcing { width: n, target, mask, .. }) = self.forcing else { return };
        self.first = from;
        let width = self.steps * n;
        gather(target, width, self.block, from * n, steps * n, &mut self.target);
        if let Some(mask) = mask {
            gather(mask, width, self.block, from * n, steps * n, &mut self.mask);
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
