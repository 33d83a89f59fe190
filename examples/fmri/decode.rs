//! What the subject did, told from freely generated latents \[K19, fig. 7\].

use attractor::{
    measures::{ClassPrior, DecodingConfig, LabelPermutation, decode, decoding_test},
    prelude::*,
};
use ndarray::{Array2, s};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

use crate::{fit::Models, options::Options, source::Study};

/// The task told from the free runs, by linear discriminants of each subject in blocks that are left out in turn.
#[derive(Clone, Debug, Serialize)]
pub struct Decoded {
    /// Mean over the subjects of the balanced accuracy.
    pub balanced_accuracy: f64,
    /// The same from the inputs that drive the free runs, at the same scans: what the model adds is memory.
    pub balanced_accuracy_of_inputs: Option<f64>,
    /// What guessing has: one over the number of classes.
    pub chance: f64,
    /// Share of permutations, by whole stretches of a label in every subject, with a mean at least as high.
    pub p_value: f64,
    /// The means under permutations.
    pub permuted: Vec<f64>,
    /// Scans by true (row) and decoded (column) class, over all subjects.
    pub confusion: Array2<usize>,
    /// Of each subject.
    pub per_subject: Vec<(String, f64)>,
    /// Subjects that could not be decoded.
    pub left_out: Vec<String>,
}

/// Decodes the labels of the study, where it has some.
pub fn task(options: &Options, study: &Study, models: &Models) -> Option<Decoded> {
    let labels = study.labels.as_ref()?;
    let permutations = if options.common.quick { 19 } else { 199 };
    let config = DecodingConfig {
        prior: ClassPrior::Equal,
        permutations,
        permutation: LabelPermutation::Runs,
        ..DecodingConfig::default()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(options.common.seed);
    let classes = 1 + labels.iter().flatten().copied().max().unwrap_or(0);
    let mut permuted = vec![0.0; permutations];
    let mut confusion = Array2::zeros((classes, classes));
    let (mut per_subject, mut left_out) = (Vec::new(), Vec::new());
    let mut of_inputs = Vec::new();
    for ((judged, labels), recording) in models.judged.iter().zip(labels).zip(study.data.recordings()) {
        let Some(run) = judged.as_ref().ok().and_then(|judged| judged.run.as_ref()) else { continue };
        let states = &run.generated.states;
        let seen = &labels[run.first_scan..run.first_scan + states.len()];
        match decoding_test(states, seen, None, &config, &mut rng) {
            Ok(test) => {
                per_subject.push((recording.name().to_string(), test.decoding.balanced_accuracy));
                permuted.iter_mut().zip(&test.permuted).for_each(|(sum, value)| *sum += value);
                let known = &test.decoding.classes;
                for ((row, column), count) in test.decoding.confusion.indexed_iter() {
                    confusion[[known[row], known[column]]] += count;
                }
            }
            Err(error) => left_out.push(format!("{}: {error}", recording.name())),
        }
        of_inputs.extend(recording.inputs().and_then(|inputs| {
            let rows = inputs.data().slice(s![run.first_scan..run.first_scan + states.len(), ..]).to_owned();
            let inputs = Trajectory::new(rows, inputs.dt()).ok()?;
            Some(decode(&inputs, seen, None, &config).ok()?.balanced_accuracy)
        }));
    }
    if per_subject.is_empty() {
        return None;
    }
    let count = per_subject.len() as f64;
    for sum in &mut permuted {
        *sum /= count;
    }
    let balanced_accuracy = per_subject.iter().map(|(_, accuracy)| accuracy).sum::<f64>() / count;
    let as_high = permuted.iter().filter(|value| **value >= balanced_accuracy - 1e-12).count();
    Some(Decoded {
        balanced_accuracy,
        balanced_accuracy_of_inputs: (!of_inputs.is_empty())
            .then(|| of_inputs.iter().sum::<f64>() / of_inputs.len() as f64),
        chance: 1.0 / classes as f64,
        p_value: (1 + as_high) as f64 / (1 + permutations) as f64,
        permuted,
        confusion,
        per_subject,
        left_out,
    })
}

impl Decoded {
    /// What was found.
    pub fn sentence(&self) -> String {
        let inputs = self.balanced_accuracy_of_inputs.map_or_else(String::new, |accuracy| {
            format!(", from the inputs that drive them alone {accuracy:.3}")
        });
        format!(
            "Task told from freely generated latents: balanced accuracy {:.3}{inputs} (chance {:.3}), p = {:.3}, mean over {} \
             subjects.",
            self.balanced_accuracy,
            self.chance,
            self.p_value,
            self.per_subject.len()
        )
    }
}
