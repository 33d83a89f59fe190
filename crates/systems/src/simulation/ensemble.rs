//! Ensembles: many trajectories of one system at once.

#![expect(
    clippy::inline_always,
    reason = "only inlined code is compiled for the vector instructions of its caller"
)]

use ndarray::{Array3, ArrayView2, ArrayView3, Axis};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::fixed_step::{rk4, tsit5};
use super::{Method, Simulation, check_derivative, check_state};
use crate::lanes::Lanes;
use crate::{Error, Recurrence, Result, Scalar, Trajectory, VectorField};

/// Trajectories that run side by side in the lanes of vectors: two vectors of eight numbers, whose operations overlap.
const LANES: usize = 16;

/// Trajectories of one clock, \[N, T, M\], made by [`Simulation::run_ensemble`] and its like.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble {
    states: Array3<f64>,
    divergences: Vec<Option<Divergence>>,
    dt: f64,
    names: Option<Vec<String>>,
}

/// Where a member of an ensemble left the divergence bound, or ceased to be finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// The first sample beyond it, counted from the first that is kept; those of the transient are negative.
    pub sample: isize,
    /// Its time, in the system's time unit.
    pub time: f64,
}

impl Ensemble {
    /// The samples \[N, T, M\]. Those of a diverged member from its divergence on repeat the last one before it: ask
    /// [`Ensemble::divergence`].
    pub fn states(&self) -> ArrayView3<'_, f64> {
        self.states.view()
    }

    /// The last samples \[N, M\], with the same reservation.
    pub fn last_states(&self) -> ArrayView2<'_, f64> {
        self.states.index_axis(Axis(1), self.states.dim().1 - 1)
    }

    /// Number of members N.
    pub fn len(&self) -> usize {
        self.states.dim().0
    }

    /// Always false: an ensemble has at least one member.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Where a member diverged, if it did; `None` also when there is no such member.
    pub fn divergence(&self, member: usize) -> Option<Divergence> {
        self.divergences.get(member).copied().flatten()
    }

    /// The members that diverged, and where.
    pub fn diverged(&self) -> impl Iterator<Item = (usize, Divergence)> + '_ {
        self.divergences.iter().enumerate().filter_map(|(member, found)| found.map(|found| (member, found)))
    }

    /// The trajectory of a member.
    ///
    /// # Errors
    /// [`Error::Diverged`] with time and last state, [`Error::Index`] when there is no such member.
    pub fn trajectory(&self, member: usize) -> Result<Trajectory> {
        if member >= self.len() {
            return Err(Error::Index { what: "member", index: member, len: self.len() });
        }
        let data = self.states.index_axis(Axis(0), member);
        if let Some(Divergence { sample, time }) = self.divergences[member] {
            let state = data.row(data.nrows() - 1).to_vec();
            return Err(Error::Diverged { time, sample, state });
        }
        let trajectory = Trajectory::new(data.to_owned(), self.dt)?;
        match &self.names {
            Some(names) => trajectory.with_names(names.iter().cloned()),
            None => Ok(trajectory),
        }
    }
}

impl Simulation {
    /// Runs a system from many initial states, `starts` \[N, M\], by [`Method::Rk4`] or [`Method::Tsit5`] at steps of
    /// dt / [`substeps`](Simulation::substeps); the simulation's own initial state is not needed. For final states only,
    /// let the steps be 1 and the transient long.
    ///
    /// Sixteen trajectories at a time share the vector units of the machine, whichever it has, and blocks of them its
    /// cores. Each trajectory is that of [`Simulation::run`] alone, bit for bit, whatever its neighbours, the number of
    /// threads and the machine's vector instructions. (That holds where the flow's `rhs` is the same `field`; on another
    /// operating system, functions such as exp may differ.)
    ///
    /// ```
    /// use attractor_systems::{Lorenz63, Method, Simulation};
    /// use ndarray::Array2;
    ///
    /// let starts = Array2::from_shape_fn((100, 3), |(member, i)| 1.0 + 0.01 * member as f64 + i as f64);
    /// let simulation = Simulation::new(0.01, 500).method(Method::Rk4).substeps(1);
    /// let ensemble = simulation.run_ensemble(&Lorenz63::default(), starts.view())?;
    /// assert_eq!(ensemble.states().shape(), [100, 500, 3]);
    /// assert_eq!(ensemble.diverged().count(), 0);
    /// # Ok::<(), attractor_systems::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Simulation::run`] for settings and starts that make no sense, [`Error::EmptyEnsemble`] without any start,
    /// [`Error::Method`] for other methods. Divergence is no error but told by [`Ensemble::divergence`].
    pub fn run_ensemble<F: VectorField<M> + Sync, const M: usize>(
        &self,
        system: &F,
        starts: ArrayView2<'_, f64>,
    ) -> Result<Ensemble> {
        self.run_sweep(std::slice::from_ref(system), starts)
    }

    /// Runs P systems, which differ in their parameters, from N initial states each, `starts` \[N, M\]: member
    /// p N + n of the ensemble is system p from start n. Otherwise as [`Simulation::run_ensemble`]; vector units are
    /// shared by trajectories of one system, so they help where N is 16 or more.
    ///
    /// # Errors
    /// As [`Simulation::run_ensemble`].
    pub fn run_sweep<F: VectorField<M> + Sync, const M: usize>(
        &self,
        systems: &[F],
        starts: ArrayView2<'_, f64>,
    ) -> Result<Ensemble> {
        let starts = self.check_starts::<M>(systems.len(), starts)?;
        for system in systems {
            for start in &starts {
                check_derivative(&system.field(self.start_time, *start), start)?;
            }
        }
        let (h, substeps) = (self.dt / self.substeps as f64, self.substeps);
        match self.method {
            Method::Rk4 => {
                let steps = systems.iter().map(|system| Rk4Steps { system, h, substeps }).collect();
                self.run_blocks(steps, &starts)
            }
            Method::Tsit5 => {
                let steps = systems.iter().map(|system| Tsit5Steps { system, h, substeps }).collect();
                self.run_blocks(steps, &starts)
            }
            method => {
                Err(Error::Method { method, task: "ensembles", advice: "Method::Rk4 or Method::Tsit5" })
            }
        }
    }

    /// Iterates a map from many initial states, `starts` \[N, M\], as [`Simulation::run_ensemble`] does with flows.
    ///
    /// # Errors
    /// As [`Simulation::run_ensemble`]; the method does not matter.
    pub fn run_map_ensemble<F: Recurrence<M> + Sync, const M: usize>(
        &self,
        map: &F,
        starts: ArrayView2<'_, f64>,
    ) -> Result<Ensemble> {
        self.run_map_sweep(std::slice::from_ref(map), starts)
    }

    /// Iterates P maps, which differ in their parameters, from N initial states each, as [`Simulation::run_sweep`].
    ///
    /// # Errors
    /// As [`Simulation::run_map_ensemble`].
    pub fn run_map_sweep<F: Recurrence<M> + Sync, const M: usize>(
        &self,
        maps: &[F],
        starts: ArrayView2<'_, f64>,
    ) -> Result<Ensemble> {
        let starts = self.check_starts::<M>(maps.len(), starts)?;
        self.run_blocks(maps.iter().map(Iteration).collect(), &starts)
    }

    /// The settings and the initial states of P systems in M variables; gives the states.
    fn check_starts<const M: usize>(
        &self,
        systems: usize,
        starts: ArrayView2<'_, f64>,
    ) -> Result<Vec<[f64; M]>> {
        if systems == 0 || starts.nrows() == 0 {
            return Err(Error::EmptyEnsemble { systems, starts: starts.nrows() });
        }
        self.clone().initial_state(starts.row(0).to_vec()).check(M)?;
        if let Some(&value) = self.process_noise.iter().find(|sd| **sd != 0.0) {
            return Err(Error::OutOfRange { what: "process noise", value, requirement: "0 for ensembles" });
        }
        let mut states = Vec::with_capacity(starts.nrows());
        for row in starts.rows() {
            let mut state = [0.0; M];
            state.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            check_state("initial state", &state, M)?;
            states.push(state);
        }
        Ok(states)
    }

    /// Runs every system from every start.
    fn run_blocks<A: Advance<M>, const M: usize>(
        &self,
        systems: Vec<A>,
        starts: &[[f64; M]],
    ) -> Result<Ensemble> {
        let members = systems.len() * starts.len();
        let mut values = Vec::new();
        let row = self.steps.checked_mul(M);
        let length = row.and_then(|row| row.checked_mul(members));
        let (Some(row), Some(length)) =
            (row, length.filter(|&length| values.try_reserve_exact(length).is_ok()))
        else {
            return Err(Error::OutOfRange {
                what: "number of steps",
                value: self.steps as f64,
                requirement: "so small that N x T x M numbers fit into memory",
            });
        };
        values.resize(length, 0.0);
        let mut divergences = vec![None; members];
        let mut blocks = Vec::with_capacity(members.div_ceil(LANES) + systems.len());
        let (mut rest, mut fates) = (values.as_mut_slice(), divergences.as_mut_slice());
        for system in &systems {
            for starts in starts.chunks(LANES) {
                let (samples, other) = rest.split_at_mut(starts.len() * row);
                let (divergences, others) = fates.split_at_mut(starts.len());
                (rest, fates) = (other, others);
                blocks.push(Block { simulation: self, system, starts, samples, divergences });
            }
        }
        let arch = Arch::new();
        blocks.into_par_iter().for_each(|block| arch.dispatch(block));
        let shape = (members, self.steps, M);
        let states = Array3::from_shape_vec(shape, values).map_err(|_| Error::Shape {
            what: "samples",
            expected: format!("{shape:?}"),
            found: vec![length],
        })?;
        Ok(Ensemble { states, divergences, dt: self.dt, names: self.names.clone() })
    }
}

/// From one sample to the next.
trait Advance<const M: usize>: Sync {
    fn advance<S: Scalar>(&self, begin: f64, x: [S; M]) -> [S; M];
}

struct Rk4Steps<'a, F> {
    system: &'a F,
    h: f64,
    substeps: usize,
}

impl<F: VectorField<M> + Sync, const M: usize> Advance<M> for Rk4Steps<'_, F> {
    #[inline(always)]
    fn advance<S: Scalar>(&self, begin: f64, mut x: [S; M]) -> [S; M] {
        for substep in 0..self.substeps {
            x = rk4(begin + substep as f64 * self.h, self.h, x, |t, x| self.system.field(t, x));
        }
        x
    }
}

struct Tsit5Steps<'a, F> {
    system: &'a F,
    h: f64,
    substeps: usize,
}

impl<F: VectorField<M> + Sync, const M: usize> Advance<M> for Tsit5Steps<'_, F> {
    #[inline(always)]
    fn advance<S: Scalar>(&self, begin: f64, mut x: [S; M]) -> [S; M] {
        for substep in 0..self.substeps {
            x = tsit5(begin + substep as f64 * self.h, self.h, x, |t, x| self.system.field(t, x));
        }
        x
    }
}

struct Iteration<'a, F>(&'a F);

impl<F: Recurrence<M> + Sync, const M: usize> Advance<M> for Iteration<'_, F> {
    #[inline(always)]
    fn advance<S: Scalar>(&self, _begin: f64, x: [S; M]) -> [S; M] {
        self.0.next(x)
    }
}

/// Up to [`LANES`] trajectories of one system.
struct Block<'a, A, const M: usize> {
    simulation: &'a Simulation,
    system: &'a A,
    starts: &'a [[f64; M]],
    /// \[members, T, M\]
    samples: &'a mut [f64],
    divergences: &'a mut [Option<Divergence>],
}

impl<A: Advance<M>, const M: usize> WithSimd for Block<'_, A, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<V: Simd>(self, _simd: V) {
        if self.starts.len() == 1 { self.run::<1>() } else { self.run::<LANES>() }
    }
}

impl<A: Advance<M>, const M: usize> Block<'_, A, M> {
    #[inline(always)]
    fn run<const K: usize>(self) {
        let Self { simulation, system, starts, samples, divergences } = self;
        let transient = simulation.transient_samples();
        // Lanes without a member do the work of the first again.
        let mut x: [Lanes<K>; M] = std::array::from_fn(|i| {
            Lanes(std::array::from_fn(|lane| starts.get(lane).unwrap_or(&starts[0])[i]))
        });
        let mut kept = x;
        for sample in 0..simulation.total() {
            if sample > 0 {
                let begin = simulation.time(sample - 1);
                x = system.advance(begin, x);
                for (lane, divergence) in divergences.iter_mut().enumerate() {
                    if divergence.is_some() {
                        continue;
                    }
                    if x.iter().all(|value| value.0[lane].abs() <= simulation.bound) {
                        for i in 0..M {
                            kept[i].0[lane] = x[i].0[lane];
                        }
                    } else {
                        *divergence = Some(Divergence {
                            sample: sample.cast_signed() - transient.cast_signed(),
                            time: simulation.time(sample),
                        });
                    }
                }
            }
            if sample >= transient {
                let rows = samples.chunks_exact_mut(simulation.steps * M);
                for (lane, rows) in rows.enumerate() {
                    let at = (sample - transient) * M;
                    for (i, value) in rows[at..at + M].iter_mut().enumerate() {
                        *value = kept[i].0[lane];
                    }
                }
            }
        }
    }
}
