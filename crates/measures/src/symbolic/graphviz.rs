//! Transition graphs as text for Graphviz.

use std::fmt::Write;

use super::TransitionGraph;

impl TransitionGraph {
    /// The graph in the DOT language of Graphviz: symbols with their label and share of visits, as large as they are
    /// frequent; transitions with their probability, as thick as it is high.
    pub fn to_dot(&self) -> String {
        let total: usize = self.symbols().iter().map(|symbol| symbol.visits).sum();
        let mut dot = String::from("digraph symbols {\n  node [shape=circle, fixedsize=false];\n");
        for (number, symbol) in self.symbols().iter().enumerate() {
            let share = symbol.visits as f64 / total.max(1) as f64;
            let label = escape(&symbol.label);
            let width = 0.4 + share.sqrt();
            // Writing to a text cannot fail.
            let _ = writeln!(
                dot,
                "  {number} [label=\"{number}\\n{label}\\n{:.1}%\", width={width:.3}];",
                100.0 * share
            );
        }
        for transition in self.transitions() {
            let (from, to, p) = (transition.from, transition.to, transition.probability);
            let _ = writeln!(dot, "  {from} -> {to} [label=\"{p:.3}\", penwidth={:.3}];", 0.5 + 2.5 * p);
        }
        dot.push_str("}\n");
        dot
    }
}

/// A label inside the quotes of the DOT language.
fn escape(label: &str) -> String {
    let mut escaped = String::with_capacity(label.len());
    for letter in label.chars() {
        match letter {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            other => escaped.push(other),
        }
    }
    escaped
}
