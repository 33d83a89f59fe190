//! Symbolic dynamics: orbits as sequences of the linear regions that they visit \[B24b\].
//!
//! A [`SymbolSequence`] codes an orbit of a piecewise-linear map by its regions, or any trajectory by labels of one's
//! own. Its [`TransitionGraph`] says which symbol follows which, and how often; from it come the topological entropy,
//! the stationary distribution, the periodic words, and a picture.
//!
//! What is computed from a sequence is that of the *observed* graph: a transition that the orbit never took is taken
//! to be impossible, and one that is there says nothing of longer words. The topological entropy of the graph is that
//! of the map's symbolic dynamics if the regions are a Markov partition and the orbit is long enough; otherwise it
//! bounds it from above, up to transitions not seen.

mod block_entropy;
mod graph;
mod graphviz;
mod perron;
mod sequence;
mod words;

pub use block_entropy::BlockEntropy;
pub use graph::{RecurrentClass, Transition, TransitionGraph};
pub use perron::{GraphBudget, TopologicalEntropy};
pub use sequence::{Numbering, Symbol, SymbolSequence, SymbolicConfig, symbolic_orbit};
pub use words::PeriodicWords;
