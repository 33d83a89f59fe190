//! A progress bar in the terminal.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar as Bar, ProgressStyle};

use super::{Control, EndEvent, EpochEvent, Observer, Plan, StepEvent};
use crate::{Outcome, Result};

/// Shows steps, speed, time left, loss and its terms on standard error; draws nothing where that is not a terminal.
#[derive(Debug)]
pub struct ProgressBar {
    bar: Bar,
    shown: Instant,
    among: Option<ProgressBars>,
    name: String,
}

/// The bars of many runs, one below the other.
#[derive(Clone, Debug, Default)]
pub struct ProgressBars(MultiProgress);

impl Default for ProgressBar {
    fn default() -> Self {
        Self { bar: Bar::hidden(), shown: Instant::now(), among: None, name: String::new() }
    }
}

impl ProgressBar {
    /// One of several bars, with the name of its run before it.
    pub fn among(bars: &ProgressBars, name: &str) -> Self {
        Self { among: Some(bars.clone()), name: format!("{name} "), ..Self::default() }
    }
}

impl Observer for ProgressBar {
    fn on_start(&mut self, plan: &Plan) {
        let template = "{prefix}{bar:30} {pos}/{len} steps  {elapsed} < {eta}  {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = Bar::new((plan.epochs * plan.steps_per_epoch) as u64).with_style(style);
        self.bar = match &self.among {
            Some(bars) => bars.0.add(bar),
            None => bar,
        };
        self.bar.set_prefix(self.name.clone());
        self.bar.set_position(plan.first_step as u64);
        self.bar.reset_eta();
        self.bar.reset_elapsed();
    }

    fn on_step(&mut self, event: &StepEvent<'_>) {
        if self.shown.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.shown = Instant::now();
        let terms: Vec<_> = event.terms.iter().map(|(name, value)| format!("  {name} {value:.3}")).collect();
        self.bar.set_message(format!("loss {:.3}{}", event.loss, terms.concat()));
        self.bar.set_position(event.step as u64);
    }

    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        self.bar.set_position(event.record.step as u64);
        Ok(Control::Continue)
    }

    fn on_end(&mut self, event: &EndEvent<'_>) -> Result<()> {
        match event.outcome {
            Outcome::Completed => self.bar.finish(),
            other => self.bar.abandon_with_message(other.to_string()),
        }
        Ok(())
    }
}
