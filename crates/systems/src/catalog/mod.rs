//! The catalogue: well-known systems, one a file, each with its paper, its parameters and what is known of it.
//!
//! To add a system, write a file that implements [`System`](crate::System) and [`Flow`](crate::Flow) or
//! [`Map`](crate::Map), and one `pub use` here and in the crate root.

mod bursting_neuron;
mod duffing;
mod fitzhugh_nagumo;
mod henon;
mod lorenz63;
mod lorenz96;
mod rossler;
mod van_der_pol;

pub use bursting_neuron::BurstingNeuron;
pub use duffing::Duffing;
pub use fitzhugh_nagumo::FitzHughNagumo;
pub use henon::Henon;
pub use lorenz63::Lorenz63;
pub use lorenz96::Lorenz96;
pub use rossler::Rossler;
pub use van_der_pol::VanDerPol;

#[cfg(test)]
mod check;
