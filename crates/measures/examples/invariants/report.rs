//! What the program prints: a line per system, and the findings at the end.

use attractor_systems::catalog::{Behaviour, Invariants, Measured};

fn number(measured: Option<Measured>) -> String {
    measured.map_or("-".into(), |measured| format!("{}±{}", measured.value, measured.error))
}

/// One system.
pub fn line(row: &Invariants) -> String {
    let exponents: Vec<String> =
        row.exponents.iter().take(4).map(|exponent| number(Some(*exponent))).collect();
    let behaviour =
        row.behaviour.map_or("failed".into(), |behaviour| format!("{behaviour:?}").to_lowercase());
    let dimension = row.correlation_dimension.map(|d| Measured { value: d.value, error: d.error });
    let boxes = row.box_dimension.map(|d| Measured { value: d.value, error: d.error });
    format!(
        "{:24} {behaviour:12} [{}] KY {} D2 {} D0 {} time {} period {}{}{}",
        row.name,
        exponents.join(", "),
        number(row.kaplan_yorke_dimension),
        number(dimension),
        number(boxes),
        number(row.autocorrelation_time),
        number(row.dominant_period),
        if row.notes.is_empty() { "" } else { " | " },
        row.notes.join("; ")
    )
}

/// How far the worst exponent of the literature is from ours, in standard errors of the difference.
pub fn disagreement(row: &Invariants) -> Option<f64> {
    let literature = row.literature.as_ref()?;
    let differences = literature
        .exponents
        .iter()
        .zip(&row.exponents)
        .map(|(theirs, ours)| (theirs - ours.value).abs() / ours.error.hypot(literature.tolerance));
    Some(differences.fold(0.0, f64::max))
}

/// Counts, what did not converge, and where the literature has other values.
pub fn findings<'a>(rows: impl Iterator<Item = &'a Invariants>) {
    let rows: Vec<&Invariants> = rows.collect();
    let count = |behaviour: Option<Behaviour>| rows.iter().filter(|row| row.behaviour == behaviour).count();
    println!(
        "{} rows: {} hyperchaotic, {} chaotic, {} regular, {} undecided, {} failed",
        rows.len(),
        count(Some(Behaviour::Hyperchaotic)),
        count(Some(Behaviour::Chaotic)),
        count(Some(Behaviour::Regular)),
        count(Some(Behaviour::Undecided)),
        count(None),
    );
    for row in rows.iter().filter(|row| !row.converged) {
        println!("not converged: {}: {}", row.name, row.notes.join("; "));
    }
    for row in &rows {
        match (disagreement(row), &row.literature) {
            (Some(errors), Some(literature)) if errors > 4.0 => {
                let ours: Vec<String> =
                    row.exponents.iter().map(|exponent| number(Some(*exponent))).collect();
                println!(
                    "literature: {}: {:?} ± {} there, [{}] here, {errors:.0} standard errors ({})",
                    row.name,
                    literature.exponents,
                    literature.tolerance,
                    ours.join(", "),
                    literature.source
                );
            }
            _ => {}
        }
    }
}
