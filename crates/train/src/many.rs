//! Many runs at once: seeds and configurations on all cores.

use std::{
    any::Any,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    thread,
};

use attractor_models::Initialize;

use crate::{Error, Fit, Objective, Observer, Result, Trainer};

/// One of many runs.
pub struct Job<'a, C: Initialize, O> {
    /// Tells it from the others in reports.
    pub name: String,
    /// What is run.
    pub trainer: Trainer<'a, C, O>,
    /// Who watches.
    pub observers: Vec<Box<dyn Observer + Send + 'a>>,
}

impl<'a, C: Initialize, O> Job<'a, C, O> {
    /// A run that nobody watches.
    pub fn new(name: impl Into<String>, trainer: Trainer<'a, C, O>) -> Self {
        Self { name: name.into(), trainer, observers: Vec::new() }
    }

    /// With an observer.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Observer + Send + 'a) -> Self {
        self.observers.push(Box::new(observer));
        self
    }
}

/// Carries out all jobs, as many at a time as `threads` says (by default as the machine has cores), and gives each one's
/// name and result in the order of the jobs.
///
/// Each run computes what it would compute alone, bit for bit on a CPU. One that diverges, fails or even panics leaves the
/// others whole: divergence is an [`Outcome`](crate::Outcome) of its fit, a panic [`Error::Panicked`].
pub fn fit_many<C, O>(
    jobs: Vec<Job<'_, C, O>>,
    threads: Option<NonZeroUsize>,
) -> Vec<(String, Result<Fit<C::Module>>)>
where
    C: Initialize<Module: Send> + Send,
    O: Objective<C::Module> + Send,
{
    let count = jobs.len();
    let threads = threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let waiting = Mutex::new(jobs.into_iter().enumerate());
    let finished = Mutex::new(Vec::with_capacity(count));
    thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((index, job)) = next else { break };
                    let done = (index, job.name.clone(), run(job));
                    finished.lock().unwrap_or_else(PoisonError::into_inner).push(done);
                }
            });
        }
    });
    let mut finished = finished.into_inner().unwrap_or_else(PoisonError::into_inner);
    finished.sort_by_key(|(index, ..)| *index);
    finished.into_iter().map(|(_, name, result)| (name, result)).collect()
}

fn run<C: Initialize, O: Objective<C::Module>>(job: Job<'_, C, O>) -> Result<Fit<C::Module>> {
    let Job { trainer, mut observers, .. } = job;
    let mut watching: Vec<&mut dyn Observer> =
        observers.iter_mut().map(|observer| &mut **observer as &mut dyn Observer).collect();
    // Nothing that the run could leave half changed is used again.
    catch_unwind(AssertUnwindSafe(|| trainer.fit(&mut watching)))
        .unwrap_or_else(|panic| Err(Error::Panicked { message: message(&*panic) }))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_string())
}
