//! Many subjects, one model: what they share, what each has of its own, and what few features of each make of the rest.

use burn::{
    module::{Module, ModuleDisplay, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Initialize, Result,
    error::nonzero,
    initialize::{self, normal},
};

/// Standard deviation of features and of their directions at the start: subjects start almost alike.
const START: f64 = 0.1;

/// Which parameters of a model a subject has of its own. Parts are named by their paths, such as `dynamics` or
/// `observation.linear.b`; what is not named is shared by all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Number of features F of each subject; 0 where no part is by features.
    pub features: usize,
    /// Parts whose parameters are the population's plus what a subject's features make of them.
    pub by_features: Vec<String>,
    /// Parts that every subject has of its own.
    pub own: Vec<String>,
}

impl Sharing {
    /// Shared dynamics, each subject with its own observation model, prior of z_1 and start.
    pub fn dynamics() -> Self {
        let own = ["observation", "prior.initial_mean", "prior.initial_log_sd", "start"];
        Self { features: 0, by_features: Vec::new(), own: own.map(String::from).to_vec() }
    }

    /// Dynamics that F features of each subject tell from the population's, and the rest as [`dynamics`](Self::dynamics).
    #[must_use]
    pub fn features(features: usize) -> Self {
        Self { features, by_features: vec!["dynamics".to_string()], ..Self::dynamics() }
    }

    /// With other parts that every subject has of its own.
    #[must_use]
    pub fn with_own(mut self, parts: &[&str]) -> Self {
        self.own = parts.iter().map(ToString::to_string).collect();
        self
    }

    fn rule(&self, path: &[String]) -> Rule {
        let path = path.join(".");
        let named = |parts: &[String]| {
            parts.iter().any(|part| {
                path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        if named(&self.own) {
            Rule::Own
        } else if named(&self.by_features) {
            Rule::ByFeatures
        } else {
            Rule::Shared
        }
    }
}

/// Where a parameter of a subject comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Shared,
    Own,
    ByFeatures,
}

/// A model of many subjects.
///
/// Subject s has the parameters of the population, except those it has of its own and those that its features f_s \[F\] tell
/// from the population's,
///
/// $$ \theta_s = \theta + P^\mathsf{T} f_s, $$
///
/// with directions P \[F, |θ|\] that all subjects share. [`subject`](Self::subject) is its model; gradients flow from there
/// to all that it is made of.
#[derive(Module, Debug)]
pub struct Cohort<M> {
    /// The model that subjects differ from.
    pub population: M,
    /// f_s \[F\] of every subject.
    features: Vec<Param<Tensor<1>>>,
    /// P \[F, |θ|\].
    directions: Option<Param<Tensor<2>>>,
    /// All parameters that a subject has of its own, one after the other.
    own: Vec<Param<Tensor<1>>>,
    #[module(skip)]
    sharing: Sharing,
}

/// The configuration of a [`Cohort`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortConfig<C> {
    /// Of every subject's model.
    pub model: C,
    /// Number of subjects.
    pub subjects: usize,
    /// Who has what.
    pub sharing: Sharing,
    /// Whether only what subjects have of their own is trained, as for subjects that come later.
    pub frozen: bool,
}

impl<C> CohortConfig<C> {
    /// So many subjects.
    pub fn new(model: C, subjects: usize, sharing: Sharing) -> Self {
        Self { model, subjects, sharing, frozen: false }
    }

    /// With the population as it is: only features and what subjects have of their own are trained.
    #[must_use]
    pub fn with_frozen_population(mut self) -> Self {
        self.frozen = true;
        self
    }
}

impl<C: Initialize> Initialize for CohortConfig<C> {
    type Module = Cohort<C::Module>;

    /// Every subject starts with the population's parameters. Features and directions start at N(0, 0.1²).
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Self::Module> {
        nonzero("CohortConfig", &[("subjects", self.subjects)])?;
        let Sharing { features, by_features, own } = &self.sharing;
        let mut population = self.model.init(device, rng)?;
        let mut found = Found {
            sharing: &self.sharing,
            path: Vec::new(),
            own: Vec::new(),
            featured: 0,
            paths: Vec::new(),
        };
        population.visit(&mut found);
        let known = |part: &&String| {
            found.paths.iter().any(|path| path == *part || path.starts_with(&format!("{part}.")))
        };
        if let Some(part) = by_features.iter().find(|part| !known(part)) {
            return Err(Error::UnknownPart { part: part.clone(), known: found.paths });
        }
        // Models differ in what a subject may have of its own: what a model does not have is passed over, unless all is.
        if !own.is_empty() && !own.iter().any(|part| known(&part)) {
            return Err(Error::UnknownPart { part: own[0].clone(), known: found.paths });
        }
        if (*features == 0) != by_features.is_empty() {
            let range = "above 0 where parts are by features, and 0 where none is";
            return Err(Error::OutOfRange {
                config: "Sharing",
                field: "features",
                value: *features as f64,
                range,
            });
        }
        let directions = (*features > 0)
            .then(|| Param::from_tensor(normal([*features, found.featured], START, rng, device)));
        let mut cohort = Cohort {
            features: (0..self.subjects)
                .filter(|_| *features > 0)
                .map(|_| Param::from_tensor(normal([*features], START, rng, device)))
                .collect(),
            own: (0..self.subjects)
                .filter(|_| !found.own.is_empty())
                .map(|_| initialize::parameter(found.own.clone(), [found.own.len()], device))
                .collect(),
            directions,
            population: {
                if self.frozen {
                    population = population.no_grad();
                }
                population
            },
            sharing: self.sharing.clone(),
        };
        if self.frozen {
            cohort.directions = cohort.directions.map(|directions| directions.set_require_grad(false));
        }
        Ok(cohort)
    }
}

impl<M: Module + ModuleDisplay> Cohort<M> {
    /// Number of subjects.
    pub fn subjects(&self) -> usize {
        self.own.len().max(self.features.len()).max(1)
    }

    /// The model of one subject.
    ///
    /// # Panics
    /// When there are fewer subjects.
    pub fn subject(&self, subject: usize) -> M {
        assert!(subject < self.subjects(), "subject {subject} of {}", self.subjects());
        let shift = self.directions.as_ref().map(|directions| {
            let features = self.features[subject].val().unsqueeze::<2>();
            features.matmul(directions.val()).squeeze_dim::<1>(0)
        });
        self.population.clone().map(&mut Individual {
            sharing: &self.sharing,
            path: Vec::new(),
            own: self.own.get(subject).map(Param::val),
            owned: 0,
            shift,
            shifted: 0,
        })
    }

    /// f_s \[F\] of every subject, row by row; `None` without features.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when one is NaN or infinite.
    pub fn features(&self) -> Result<Option<Vec<Vec<f64>>>> {
        if self.features.is_empty() {
            return Ok(None);
        }
        let rows = self.features.iter().map(|features| Ok(crate::vector("features", features)?.to_vec()));
        rows.collect::<Result<_>>().map(Some)
    }

    /// This cohort's population for others to be fitted to: `newcomers` (of
    /// [`with_frozen_population`](CohortConfig::with_frozen_population)) with its population and directions.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they share parts otherwise.
    pub fn welcome(&self, newcomers: Self) -> Result<Self> {
        if self.sharing != newcomers.sharing {
            return Err(Error::Mismatch {
                name: "F",
                first: "cohort",
                first_value: self.sharing.features,
                second: "newcomers (or they share other parts)",
                second_value: newcomers.sharing.features,
            });
        }
        let device = newcomers.population.devices()[0].clone();
        let taken = |parameter: &Param<Tensor<2>>| {
            let value = Tensor::<2>::from_data(parameter.val().into_data(), &device);
            Param::from_tensor(value).set_require_grad(false)
        };
        // Newcomers start from what the subjects have of their own on average.
        let mean = |parts: &[Param<Tensor<1>>]| -> Option<Tensor<1>> {
            let sum = parts.iter().map(Param::val).reduce(|sum, part| sum + part)?;
            Some(Tensor::from_data((sum / parts.len() as f64).into_data(), &device))
        };
        let started = |mine: &[Param<Tensor<1>>], theirs: Vec<Param<Tensor<1>>>| match mean(mine) {
            Some(mean) => theirs.iter().map(|_| Param::from_tensor(mean.clone())).collect(),
            None => theirs,
        };
        Ok(Self {
            population: self.population.clone().fork(&device).no_grad(),
            features: started(&self.features, newcomers.features),
            directions: self.directions.as_ref().map(taken),
            own: started(&self.own, newcomers.own),
            sharing: newcomers.sharing,
        })
    }
}

/// Visits a population for what subjects are made of.
struct Found<'a> {
    sharing: &'a Sharing,
    path: Vec<String>,
    paths: Vec<String>,
    own: Vec<f32>,
    featured: usize,
}

impl ModuleVisitor for Found<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.paths.push(self.path.join("."));
        match self.sharing.rule(&self.path) {
            Rule::Shared => {}
            Rule::Own => self.own.extend(param.val().into_data().iter::<f32>()),
            Rule::ByFeatures => self.featured += param.lazy_shape().num_elements(),
        }
    }
}

/// Makes a population's model into a subject's.
struct Individual<'a> {
    sharing: &'a Sharing,
    path: Vec<String>,
    own: Option<Tensor<1>>,
    owned: usize,
    shift: Option<Tensor<1>>,
    shifted: usize,
}

impl ModuleMapper for Individual<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let rule = self.sharing.rule(&self.path);
        if rule == Rule::Shared {
            return param;
        }
        let (id, value, _) = param.consume();
        let (shape, count) = (value.dims(), value.shape().num_elements());
        let taken = |from: &Option<Tensor<1>>, place: &mut usize| {
            let from = from.as_ref().expect("a part that is named has parameters");
            *place += count;
            from.clone().narrow(0, *place - count, count).reshape(shape)
        };
        let value = match rule {
            Rule::Own => taken(&self.own, &mut self.owned),
            _ => value + taken(&self.shift, &mut self.shifted),
        };
        Param::initialized(id, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_by_whole_steps_of_their_paths() {
        let sharing = Sharing::features(2).with_own(&["observation", "prior.initial"]);
        let rule = |path: &str| sharing.rule(&path.split('.').map(String::from).collect::<Vec<_>>());
        assert!(rule("observation.linear.b") == Rule::Own);
        assert!(rule("prior.initial_mean") == Rule::Shared);
        assert!(rule("dynamics.w") == Rule::ByFeatures);
        assert!(rule("dynamic") == Rule::Shared);
    }
}
