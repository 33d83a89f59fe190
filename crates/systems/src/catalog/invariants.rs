//! Invariants of the catalogue's systems as this project measures them: the table in `data/invariants.json`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{delay_flow, flow, map, plain};

/// A measured number and its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Its standard error; how it is found differs from column to column.
    pub error: f64,
}

/// What kind of equation a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A [`Flow`](crate::Flow).
    Flow,
    /// A [`Map`](crate::Map).
    Map,
    /// A [`DelayFlow`](crate::DelayFlow).
    DelayFlow,
}

/// What the measured exponents say of the motion. An exponent counts as 0 within three standard errors, and within
/// what the ends of the run may contribute to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Behaviour {
    /// Two or more positive exponents.
    Hyperchaotic,
    /// One positive exponent.
    Chaotic,
    /// None: a fixed point, a cycle or a torus.
    Regular,
    /// The two runs disagree.
    Undecided,
}

/// A slope in a log-log plot, and where it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredDimension {
    /// The slope.
    pub value: f64,
    /// The larger of the standard error of the fit and half the difference between the two halves of the trajectory.
    pub error: f64,
    /// Standard deviation of the slopes between neighbouring points of the fit: large where nothing scales.
    pub spread: f64,
    /// Least and largest scale of the fit: radii in standard deviations of the variables for the correlation
    /// dimension, boxes along the longest side for the box dimension.
    pub range: [f64; 2],
}

/// How a row was measured. Times in the time unit of the system; steps for a map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Time before the first measurement.
    pub transient: f64,
    /// Measured time of each of the two runs for the exponents.
    pub duration: f64,
    /// Time between orthonormalisations.
    pub interval: f64,
    /// Relative and absolute tolerance of the integrator, for flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// Integrator steps in the largest delay, for delay flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_per_delay: Option<usize>,
    /// Samples of the trajectory behind dimensions, times and periods.
    pub samples: usize,
    /// Their distance in time.
    pub dt: f64,
    /// Seed of the displacement between the two runs.
    pub seed: u64,
}

/// The literature's exponents, as [`KnownExponents`](crate::KnownExponents).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Literature {
    /// The exponents, largest first; perhaps only the leading ones.
    pub exponents: Vec<f64>,
    /// Their uncertainty.
    pub tolerance: f64,
    /// Where they come from.
    pub source: String,
}

/// Invariants of a system at its default parameters, measured by this project with the program
/// `crates/measures/examples/invariants`; only [`literature`](Self::literature) comes from elsewhere.
///
/// What could not be measured is absent, and `notes` says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invariants {
    /// Name of the system.
    pub name: String,
    /// What kind of equation it is.
    pub kind: Kind,
    /// Number of state variables M.
    pub dim: usize,
    /// What the exponents say of the motion; absent where they failed.
    pub behaviour: Option<Behaviour>,
    /// Whether the two runs agree, on every exponent, within five standard errors of their difference.
    pub converged: bool,
    /// Lyapunov exponents, to base e, per time unit (per step for maps), largest first: the mean of two runs. The error
    /// is the larger of that of means over batches in time and half the difference of the runs.
    pub exponents: Vec<Measured>,
    /// Exponents of −∞ after them.
    pub collapsed: usize,
    /// The Kaplan-Yorke dimension, with exponents compatible with 0 taken as 0.
    pub kaplan_yorke_dimension: Option<Measured>,
    /// The sum of all M exponents, where all were measured.
    pub exponent_sum: Option<Measured>,
    /// What it has to be: the mean divergence along the trajectory; for maps the mean of ln |det J|.
    pub mean_divergence: Option<Measured>,
    /// The correlation dimension of the standardised variables.
    pub correlation_dimension: Option<MeasuredDimension>,
    /// The box-counting dimension of the standardised variables.
    pub box_dimension: Option<MeasuredDimension>,
    /// The longest time that a variable's autocorrelation takes to fall below 1/e; the error is half the difference
    /// between the halves of the trajectory.
    pub autocorrelation_time: Option<Measured>,
    /// The period of the highest peak in the power spectrum, summed over standardised variables.
    pub dominant_period: Option<Measured>,
    /// How it was measured.
    pub settings: Option<Settings>,
    /// Values of the literature to compare with.
    pub literature: Option<Literature>,
    /// What failed, did not converge, or is peculiar.
    pub notes: Vec<String>,
}

static TABLE: LazyLock<Vec<Invariants>> = LazyLock::new(|| {
    let table = include_str!("../../data/invariants.json");
    serde_json::from_str(table).expect("the table of invariants is generated, and read by the tests")
});

/// The measured invariants of the system of this name or alias at its default parameters, flow, map or delay flow, in this order
/// where a name is that of several; nothing where there is no such system, or none measured. Case, spaces, hyphens and
/// accents of the name do not count.
///
/// These are measurements of this project, not values of the literature; those are in
/// [`System::known_exponents`](crate::System::known_exponents).
pub fn invariants(name: &str) -> Option<&'static Invariants> {
    [Kind::Flow, Kind::Map, Kind::DelayFlow].into_iter().find_map(|kind| invariants_of(kind, name))
}

/// As [`invariants`], of a system of this kind.
pub fn invariants_of(kind: Kind, name: &str) -> Option<&'static Invariants> {
    let row = |name: &str| TABLE.iter().find(|row| row.kind == kind && plain(&row.name) == plain(name));
    row(name).or_else(|| {
        let name = match kind {
            Kind::Flow => flow(name).ok()?.name(),
            Kind::Map => map(name).ok()?.name(),
            Kind::DelayFlow => delay_flow(name).ok()?.name(),
        };
        row(name)
    })
}

/// The whole table, in the order of the catalogue.
pub fn invariants_table() -> &'static [Invariants] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::super::{delay_flows, flows, maps};
    use super::*;
    use crate::{KnownExponents, Property, System};

    fn catalogue() -> Vec<(Kind, &'static str, usize)> {
        fn describe(kind: Kind, system: &(impl System + ?Sized)) -> (Kind, &'static str, usize) {
            (kind, system.name(), system.variables().len())
        }
        let flows = flows().into_iter().map(|system| describe(Kind::Flow, &*system));
        let maps = maps().into_iter().map(|system| describe(Kind::Map, &*system));
        let delay_flows = delay_flows().into_iter().map(|system| describe(Kind::DelayFlow, &*system));
        flows.chain(maps).chain(delay_flows).collect()
    }

    #[test]
    fn every_system_has_a_row_or_says_why_not() {
        let rows: Vec<_> =
            invariants_table().iter().map(|row| (row.kind, row.name.as_str(), row.dim)).collect();
        assert_eq!(
            rows,
            catalogue(),
            "cargo run --release -p attractor-measures --example invariants measures new systems"
        );
        for row in invariants_table() {
            assert!(row.behaviour.is_some() || !row.notes.is_empty(), "{}", row.name);
            assert!(row.converged || !row.notes.is_empty(), "{}", row.name);
            assert_eq!(row.behaviour.is_some(), !row.exponents.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn lorenz_roessler_and_henon_are_those_of_the_literature() {
        // Sprott (2003), Chaos and Time-Series Analysis, appendix A.
        for (name, expected) in [
            ("Lorenz", &[0.906, 0.0, -14.57][..]),
            ("Rössler", &[0.0714, 0.0, -5.3943]),
            ("Hénon", &[0.419_22, -1.623_19]),
        ] {
            let row = invariants(name).unwrap();
            assert_eq!(row.exponents.len(), expected.len());
            for (ours, theirs) in row.exponents.iter().zip(expected) {
                assert!((ours.value - theirs).abs() < 5e-3, "{name}: {ours:?} against {theirs}");
            }
            assert!(row.converged && row.behaviour == Some(Behaviour::Chaotic), "{row:?}");
        }
        assert!(invariants("no such system").is_none());
        assert_eq!(invariants("Duffing").unwrap().kind, Kind::Flow);
        assert_eq!(invariants_of(Kind::Map, "duffing").unwrap().kind, Kind::Map);
    }

    /// Properties and known exponents of all systems, in the order of the table.
    fn claims() -> Vec<(&'static [Property], Option<KnownExponents>)> {
        fn claim(system: &(impl System + ?Sized)) -> (&'static [Property], Option<KnownExponents>) {
            (system.properties(), system.known_exponents())
        }
        let flows = flows().into_iter().map(|system| claim(&*system));
        let maps = maps().into_iter().map(|system| claim(&*system));
        let delay_flows = delay_flows().into_iter().map(|system| claim(&*system));
        flows.chain(maps).chain(delay_flows).collect()
    }

    #[test]
    fn exponents_are_those_that_the_catalogue_cites() {
        let mut compared = 0;
        for (row, (_, known)) in invariants_table().iter().zip(claims()) {
            let cited = row.literature.as_ref().map(|cited| (cited.exponents.clone(), cited.tolerance));
            assert_eq!(cited, known.map(|known| (known.exponents, known.tolerance)), "{}", row.name);
            let Some((exponents, tolerance)) = cited else { continue };
            assert!(exponents.len() <= row.exponents.len(), "{}", row.name);
            for (ours, theirs) in row.exponents.iter().zip(exponents) {
                // Four joint errors: some hundred numbers are compared.
                let allowed = 4.0 * ours.error.hypot(tolerance);
                assert!(
                    (ours.value - theirs).abs() <= allowed,
                    "{}: {ours:?}, {theirs} ± {tolerance}",
                    row.name
                );
                compared += 1;
            }
        }
        assert!(compared > 80, "{compared}");
    }

    /// Systems whose exponents do not settle what their properties claim, and why the claim stands.
    const UNSETTLED: &[(&str, &str)] = &[(
        "fluid trampoline",
        "chaotic for thousands of periods, in which short runs find an exponent of 0.05; of two long runs one ends on a cycle",
    )];

    #[test]
    fn systems_behave_as_their_properties_say() {
        let mut wrong = Vec::new();
        for (row, (properties, _)) in invariants_table().iter().zip(claims()) {
            let claim = if properties.contains(&Property::Regular) {
                Behaviour::Regular
            } else if properties.contains(&Property::Hyperchaotic) {
                Behaviour::Hyperchaotic
            } else {
                Behaviour::Chaotic
            };
            let agrees = row.behaviour == Some(claim);
            if agrees == UNSETTLED.iter().any(|(name, _)| *name == row.name) {
                wrong.push(format!("{}: {claim:?}, measured {:?} {:?}", row.name, row.behaviour, row.notes));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn numbers_make_sense() {
        for row in invariants_table() {
            let name = &row.name;
            assert!(row.exponents.is_sorted_by(|a, b| a.value >= b.value - a.error - b.error), "{name}");
            assert!(row.exponents.iter().all(|x| x.value.is_finite() && x.error >= 0.0), "{name}");
            if let (Some(dimension), true) = (row.kaplan_yorke_dimension, row.kind != Kind::DelayFlow) {
                assert!((0.0..=row.dim as f64).contains(&dimension.value), "{name}: {dimension:?}");
            }
            if let (Some(sum), Some(divergence), true) =
                (row.exponent_sum, row.mean_divergence, row.converged)
            {
                // Liouville.
                let allowed = 5.0 * sum.error.hypot(divergence.error) + 1e-3 * divergence.value.abs() + 1e-5;
                assert!((sum.value - divergence.value).abs() <= allowed, "{name}: {sum:?} {divergence:?}");
            }
        }
    }
}
