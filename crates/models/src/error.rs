//! What can go wrong when a model is configured or applied.

/// An error of this crate: what happened, with its numbers, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A size in a configuration is zero.
    #[error("{config}: `{field}` is 0; it must be at least 1")]
    ZeroSize {
        /// The configuration.
        config: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A number in a configuration is outside its range.
    #[error("{config}: `{field}` is {value}; it must be {range}")]
    OutOfRange {
        /// The configuration.
        config: &'static str,
        /// The field.
        field: &'static str,
        /// The value found.
        value: f64,
        /// The range in words.
        range: &'static str,
    },
    /// Two parts of a model disagree on a dimension.
    #[error(
        "the {first} has {name} = {first_value}, but the {second} has {name} = {second_value}; give both the same"
    )]
    Mismatch {
        /// The dimension with its letter.
        name: &'static str,
        /// One part.
        first: &'static str,
        /// Its value.
        first_value: usize,
        /// The other part.
        second: &'static str,
        /// Its value.
        second_value: usize,
    },
    /// The identity observation reads the first N latents, so it needs at least N of them.
    #[error(
        "the identity observation needs at least as many latents as observed variables, but M = {latent} is less than N = {observed}; raise the latent size or use a linear observation"
    )]
    TooFewLatents {
        /// M.
        latent: usize,
        /// N.
        observed: usize,
    },
    /// A part of a model that it does not have.
    #[error("the model has no part `{part}`; its parameters are {}", known.join(", "))]
    UnknownPart {
        /// The part asked for.
        part: String,
        /// Paths of its parameters.
        known: Vec<String>,
    },
    /// A backend that this build was not compiled with.
    #[error("this build has no {backend} backend; build with `--features {backend}`")]
    BackendMissing {
        /// The backend, which is also the name of its feature.
        backend: &'static str,
    },
    /// A name that no backend has.
    #[error("there is no backend `{name}`; there are flex, ndarray and wgpu")]
    UnknownBackend {
        /// The name.
        name: String,
    },
    /// A parameter of a model is NaN or infinite, so it cannot be exported or run.
    #[error("parameter `{parameter}` has a value that is not finite; go back to the last good checkpoint")]
    NotFinite {
        /// The parameter.
        parameter: String,
    },
}

/// Fails with [`Error::ZeroSize`] when one of the named sizes is 0.
pub(crate) fn nonzero(config: &'static str, sizes: &[(&'static str, usize)]) -> Result<(), Error> {
    match sizes.iter().find(|(_, size)| *size == 0) {
        Some((field, _)) => Err(Error::ZeroSize { config, field }),
        None => Ok(()),
    }
}

/// Fails with [`Error::OutOfRange`] unless `value` is finite and above 0.
pub(crate) fn positive(config: &'static str, field: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(Error::OutOfRange { config, field, value, range: "finite and above 0" })
    }
}
