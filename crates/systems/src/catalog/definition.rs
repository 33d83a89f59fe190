//! What the systems of the catalogue say of themselves, once: the macros that turn it into their types.
//!
//! The equation itself is not part of it: it is a plain implementation of [`VectorField`](crate::VectorField),
//! [`Recurrence`](crate::Recurrence) or [`DelayField`](crate::DelayField) below.

/// The struct of parameters with its defaults, and [`System`](crate::System).
macro_rules! system {
    (
        $(#[$doc:meta])*
        $system:ident {
            name: $name:literal,
            $(aliases: [$($alias:literal),* $(,)?],)?
            parameters: { $($(#[$meaning:meta])* $parameter:ident: $value:expr,)* },
            variables: [$($variable:literal),* $(,)?],
            state: [$($state:expr),* $(,)?],
            dt: $dt:expr,
            period: $period:expr,
            $(time_unit: $unit:literal,)?
            $(positive: [$($positive:ident),* $(,)?],)?
            $(properties: [$($property:ident),* $(,)?],)?
            $(exponents: [$($exponent:expr),* $(,)?] within $tolerance:literal from $source:literal,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $system {
            $(
                $(#[$meaning])*
                #[doc = concat!(" Default: ", stringify!($value), ".")]
                pub $parameter: f64,
            )*
        }

        impl Default for $system {
            fn default() -> Self {
                Self { $($parameter: $value),* }
            }
        }

        impl $crate::System for $system {
            fn name(&self) -> &'static str {
                $name
            }
            $(fn aliases(&self) -> &'static [&'static str] {
                &[$($alias),*]
            })?
            fn variables(&self) -> Vec<String> {
                [$($variable),*].map(String::from).into()
            }
            fn parameters(&self) -> Vec<(&'static str, f64)> {
                vec![$((stringify!($parameter), self.$parameter)),*]
            }
            fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
                match name {
                    $(stringify!($parameter) => Some(&mut self.$parameter),)*
                    _ => None,
                }
            }
            fn default_state(&self) -> Vec<f64> {
                vec![$($state),*]
            }
            fn default_dt(&self) -> f64 {
                $dt
            }
            fn period(&self) -> Option<f64> {
                Option::from($period)
            }
            $(fn time_unit(&self) -> &'static str {
                $unit
            })?
            $(fn positive_parameters(&self) -> &'static [&'static str] {
                &[$(stringify!($positive)),*]
            })?
            $(fn properties(&self) -> &'static [$crate::Property] {
                &[$($crate::Property::$property),*]
            })?
            $(fn known_exponents(&self) -> Option<$crate::KnownExponents> {
                (*self == Self::default()).then(|| $crate::KnownExponents {
                    exponents: vec![$($exponent),*],
                    tolerance: $tolerance,
                    source: $source,
                })
            })?
        }
    };
}

/// A flow in M variables, with a Jacobian by automatic differentiation: `flow! { /// ... Name[M] { ... } }`.
///
/// `period` is that of the largest peak in the power spectrum, in the system's time unit; `None` for flows that come to rest.
macro_rules! flow {
    ($(#[$doc:meta])* $system:ident[$m:literal] { name: $name:literal, $(aliases: $aliases:tt,)? parameters: $parameters:tt,
        variables: $variables:tt, state: $state:tt, dt: $dt:expr, period: $period:expr, $($rest:tt)*
    }) => {
        $crate::catalog::definition::system! {
            $(#[$doc])* $system {
                name: $name, $(aliases: $aliases,)? parameters: $parameters, variables: $variables, state: $state, dt: $dt,
                period: $period, $($rest)*
            }
        }

        impl $crate::Flow for $system {
            fn dim(&self) -> usize {
                $m
            }
            fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
                dx.copy_from_slice(&$crate::VectorField::<$m>::field(self, t, $crate::vector_field::state(x)));
            }
            fn jacobian(&self, t: f64, x: &[f64], jacobian: ndarray::ArrayViewMut2<'_, f64>) {
                $crate::vector_field::differentiate(x, jacobian, |x| $crate::VectorField::<$m>::field(self, t, x));
            }
            fn validate(&self) -> $crate::Result<()> {
                $crate::System::check_parameters(self)
            }
        }
    };
}

/// A map in M variables, as [`flow`].
macro_rules! map {
    ($(#[$doc:meta])* $system:ident[$m:literal] { name: $name:literal, $(aliases: $aliases:tt,)? parameters: $parameters:tt,
        variables: $variables:tt, state: $state:tt, $($rest:tt)*
    }) => {
        $crate::catalog::definition::system! {
            $(#[$doc])* $system {
                name: $name, $(aliases: $aliases,)? parameters: $parameters, variables: $variables, state: $state, dt: 1.0,
                period: None, $($rest)*
            }
        }

        impl $crate::Map for $system {
            fn dim(&self) -> usize {
                $m
            }
            fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
                next.copy_from_slice(&$crate::Recurrence::<$m>::next(self, $crate::vector_field::state(x)));
            }
            fn jacobian(&self, x: &[f64], _u: &[f64], jacobian: ndarray::ArrayViewMut2<'_, f64>) {
                $crate::vector_field::differentiate(x, jacobian, |x| $crate::Recurrence::<$m>::next(self, x));
            }
            fn validate(&self) -> $crate::Result<()> {
                $crate::System::check_parameters(self)
            }
        }
    };
}

/// A delay flow in M variables with D delays, which are parameters: `delay_flow! { /// ... Name[M; tau, ...; D] { ... } }`.
///
/// Its state is the constant history.
macro_rules! delay_flow {
    ($(#[$doc:meta])* $system:ident[$m:literal; $($delay:ident),+; $d:literal] { name: $name:literal, $(aliases: $aliases:tt,)?
        parameters: $parameters:tt, variables: $variables:tt, state: $state:tt, dt: $dt:expr, period: $period:expr, $($rest:tt)*
    }) => {
        $crate::catalog::definition::system! {
            $(#[$doc])* $system {
                name: $name, $(aliases: $aliases,)? parameters: $parameters, variables: $variables, state: $state, dt: $dt,
                period: Some($period), $($rest)*
            }
        }

        impl $crate::DelayFlow for $system {
            fn dim(&self) -> usize {
                $m
            }
            fn delays(&self) -> Vec<f64> {
                vec![$(self.$delay),+]
            }
            fn rhs(&self, t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
                let delayed: [[f64; $m]; $d] =
                    std::array::from_fn(|i| $crate::vector_field::state(&delayed[i * $m..]));
                let x = $crate::vector_field::state(x);
                dx.copy_from_slice(&$crate::DelayField::<$m, $d>::field(self, t, x, delayed));
            }
            fn jacobian(
                &self,
                t: f64,
                x: &[f64],
                delayed: &[f64],
                jacobian: ndarray::ArrayViewMut2<'_, f64>,
            ) {
                $crate::vector_field::differentiate(x, jacobian, |x| {
                    let delayed = std::array::from_fn(|i| $crate::vector_field::state(&delayed[i * $m..]));
                    $crate::DelayField::<$m, $d>::field(self, t, x, delayed)
                });
            }
            fn delayed_jacobian(
                &self,
                delay: usize,
                t: f64,
                x: &[f64],
                delayed: &[f64],
                jacobian: ndarray::ArrayViewMut2<'_, f64>,
            ) {
                $crate::vector_field::differentiate(&delayed[delay * $m..], jacobian, |varied| {
                    let mut delayed: [[_; $m]; $d] =
                        std::array::from_fn(|i| $crate::vector_field::state(&delayed[i * $m..]));
                    delayed[delay] = varied;
                    $crate::DelayField::<$m, $d>::field(self, t, $crate::vector_field::state(x), delayed)
                });
            }
            fn validate(&self) -> $crate::Result<()> {
                $($crate::System::check_positive(self, stringify!($delay), self.$delay)?;)+
                $crate::System::check_parameters(self)
            }
        }
    };
}

pub(crate) use {delay_flow, flow, map, system};
