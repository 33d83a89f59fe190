//! Working memory of a kernel, kept by its thread from call to call: small rollouts would else spend their time on page
//! faults.

use std::cell::RefCell;

use crate::lanes::Lanes;

/// One cache line, and one vector of the widest kind.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

thread_local! {
    static MEMORY: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Memory beyond this is given back after the call that needed it: 16 MiB.
const KEPT: usize = (16 << 20) / size_of::<Line>();

/// The thread's working memory while one call has it.
pub(crate) struct Memory(Vec<Line>);

impl Memory {
    /// With room for `vectors` vectors of lanes in at most `pieces` pieces.
    pub fn for_lanes<V: Lanes>(vectors: usize, pieces: usize) -> Self {
        let lines = (vectors * size_of::<V>()).div_ceil(size_of::<Line>()) + pieces;
        let mut memory = MEMORY.take();
        if memory.len() < lines {
            memory.resize(lines, Line([0; 64]));
        }
        Self(memory)
    }

    /// All of it.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch { rest: &mut self.0 }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.0.len() <= KEPT {
            MEMORY.set(std::mem::take(&mut self.0));
        }
    }
}

/// Memory that lanes are taken from. What is taken holds whatever was there before.
pub(crate) struct Scratch<'a> {
    rest: &'a mut [Line],
}

impl<'a> Scratch<'a> {
    /// The next `count` blocks of lanes.
    #[inline(always)]
    pub fn take<V: Lanes, const NB: usize>(&mut self, count: usize) -> &'a mut [[V; NB]] {
        const { assert!(align_of::<V>() <= align_of::<Line>()) };
        let lines = (count * size_of::<[V; NB]>()).div_ceil(size_of::<Line>());
        let (taken, rest) = std::mem::take(&mut self.rest).split_at_mut(lines);
        self.rest = rest;
        // SAFETY: the lines are initialised, exclusively borrowed for 'a, at least as large as `count` blocks and at least as
        // aligned; vectors of floats may hold any bits.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts_mut(taken.as_mut_ptr().cast(), count)
        }
    }

    /// As [`take`](Self::take), all zero.
    #[inline(always)]
    pub fn zeros<V: Lanes, const NB: usize>(&mut self, count: usize) -> &'a mut [[V; NB]] {
        let taken = self.take(count);
        taken.fill([V::zero(); NB]);
        taken
    }
}
