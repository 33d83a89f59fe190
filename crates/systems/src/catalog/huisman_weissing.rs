//! Plankton that competes for nutrients, after Huisman and Weissing.

use std::array;

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Flow, Property, Result, Scalar, System, VectorField, vector_field};

/// Five species of phytoplankton that compete for five nutrients in a chemostat, each growing as the nutrient that it is
/// shortest of allows,
///
/// $$ \dot N_i = N_i (\mu_i - m), \quad \dot R_j = D (S_j - R_j) - \sum_i c_{ji} \mu_i N_i, \quad
/// \mu_i = r \min_j \frac{R_j}{K_{ji} + R_j}. $$
///
/// Huisman, J. & Weissing, F. J. (1999). Biodiversity of plankton by species oscillations and chaos. *Nature* 402,
/// 407-410, on the ground of MacArthur, R. (1969). Species packing, and what competition minimizes. *Proceedings of the
/// National Academy of Sciences* 64, 1369-1371; `MacArthur` is its name in dysts. Time is in days; the abundances N_1 to
/// N_5 and nutrients R_1 to R_5 have the units of the supply. Chaotic at the defaults: all species coexist, and none of
/// them is ever settled. The coefficients are parameters by the names `c11` to `c55` and `k11` to `k55`, nutrient first,
/// and `s1` to `s5`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HuismanWeissing {
    /// D, share of the chemostat's water that is renewed each day; 0.25 by default.
    pub dilution: f64,
    /// m, death rate, per day; 0.25 by default.
    pub mortality: f64,
    /// r, largest growth rate, per day; 1 by default.
    pub growth: f64,
    /// `S_j`, concentration of nutrient j in the supply; 6, 10, 14, 4, 9 by default.
    pub supply: [f64; 5],
    /// `c_ji`, content of nutrient j in species i.
    pub content: [[f64; 5]; 5],
    /// `K_ji`, nutrient j at which it lets species i grow at half its largest rate.
    pub half_saturation: [[f64; 5]; 5],
}

const SUPPLY: [&str; 5] = ["s1", "s2", "s3", "s4", "s5"];

const CONTENT: [[&str; 5]; 5] = [
    ["c11", "c12", "c13", "c14", "c15"],
    ["c21", "c22", "c23", "c24", "c25"],
    ["c31", "c32", "c33", "c34", "c35"],
    ["c41", "c42", "c43", "c44", "c45"],
    ["c51", "c52", "c53", "c54", "c55"],
];

const HALF_SATURATION: [[&str; 5]; 5] = [
    ["k11", "k12", "k13", "k14", "k15"],
    ["k21", "k22", "k23", "k24", "k25"],
    ["k31", "k32", "k33", "k34", "k35"],
    ["k41", "k42", "k43", "k44", "k45"],
    ["k51", "k52", "k53", "k54", "k55"],
];

impl Default for HuismanWeissing {
    fn default() -> Self {
        Self {
            dilution: 0.25,
            mortality: 0.25,
            growth: 1.0,
            supply: [6.0, 10.0, 14.0, 4.0, 9.0],
            content: [
                [0.04, 0.04, 0.07, 0.04, 0.04],
                [0.08, 0.08, 0.08, 0.10, 0.08],
                [0.10, 0.10, 0.10, 0.10, 0.14],
                [0.05, 0.03, 0.03, 0.03, 0.03],
                [0.07, 0.09, 0.07, 0.07, 0.07],
            ],
            half_saturation: [
                [0.39, 0.34, 0.30, 0.24, 0.23],
                [0.22, 0.39, 0.34, 0.30, 0.27],
                [0.27, 0.22, 0.39, 0.34, 0.30],
                [0.30, 0.24, 0.22, 0.39, 0.34],
                [0.34, 0.30, 0.22, 0.20, 0.39],
            ],
        }
    }
}

impl VectorField<10> for HuismanWeissing {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 10]) -> [S; 10] {
        let species: [S; 5] = array::from_fn(|i| x[i]);
        let nutrients: [S; 5] = array::from_fn(|j| x[5 + j]);
        let rates: [S; 5] = array::from_fn(|i| {
            let limit = |j: usize| nutrients[j] / (nutrients[j] + self.half_saturation[j][i]);
            (1..5).fold(limit(0), |least, j| least.min(limit(j))) * self.growth
        });
        array::from_fn(|k| {
            if k < 5 {
                return species[k] * (rates[k] - self.mortality);
            }
            let mut change = (-nutrients[k - 5] + self.supply[k - 5]) * self.dilution;
            for (i, content) in self.content[k - 5].into_iter().enumerate() {
                change -= rates[i] * species[i] * content;
            }
            change
        })
    }
}

impl Flow for HuismanWeissing {
    fn dim(&self) -> usize {
        10
    }

    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        dx.copy_from_slice(&self.field(t, vector_field::state(x)));
    }

    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        vector_field::differentiate(x, jacobian, |x| self.field(t, x));
    }

    fn validate(&self) -> Result<()> {
        for (name, value) in
            HALF_SATURATION.into_iter().flatten().zip(self.half_saturation.into_iter().flatten())
        {
            self.check_positive(name, value)?;
        }
        self.check_parameters()
    }
}

impl System for HuismanWeissing {
    fn name(&self) -> &'static str {
        "Huisman-Weissing"
    }
    fn aliases(&self) -> &'static [&'static str] {
        &["MacArthur"]
    }
    fn variables(&self) -> Vec<String> {
        ["N", "R"].into_iter().flat_map(|letter| (1..=5).map(move |i| format!("{letter}{i}"))).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let rates = [("dilution", self.dilution), ("mortality", self.mortality), ("growth", self.growth)];
        let matrices = [(CONTENT, self.content), (HALF_SATURATION, self.half_saturation)];
        let coefficients = matrices
            .into_iter()
            .flat_map(|(names, values)| names.into_iter().flatten().zip(values.into_iter().flatten()));
        rates.into_iter().chain(SUPPLY.into_iter().zip(self.supply)).chain(coefficients).collect()
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "dilution" => Some(&mut self.dilution),
            "mortality" => Some(&mut self.mortality),
            "growth" => Some(&mut self.growth),
            _ => {
                let supply = SUPPLY.into_iter().zip(&mut self.supply);
                let content = CONTENT.into_iter().flatten().zip(self.content.iter_mut().flatten());
                let half_saturation =
                    HALF_SATURATION.into_iter().flatten().zip(self.half_saturation.iter_mut().flatten());
                let mut all = supply.chain(content).chain(half_saturation);
                all.find(|(known, _)| *known == name).map(|(_, value)| value)
            }
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![9.4323, 18.8387, 34.37572, 15.08545, 42.2284, 0.1703, 0.1014, 0.3148, 0.2125, 0.226]
    }
    fn default_dt(&self) -> f64 {
        0.5
    }
    fn period(&self) -> Option<f64> {
        Some(43.406)
    }
    fn time_unit(&self) -> &'static str {
        "d"
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::NonSmooth]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn nutrients_free_and_bound_go_to_the_supply() {
        // With m = D, the sum T_j = R_j + Σ c_ji N_i of nutrient j obeys dT_j/dt = D (S_j - T_j).
        let plankton = HuismanWeissing::default();
        let x: [f64; 10] = [9.0, 19.0, 34.0, 15.0, 42.0, 0.2, 0.1, 0.4, 0.3, 0.25];
        let dx = plankton.field(0.0, x);
        for j in 0..5 {
            let sum = |x: [f64; 10]| x[5 + j] + (0..5).map(|i| plankton.content[j][i] * x[i]).sum::<f64>();
            let expected = plankton.dilution * (plankton.supply[j] - sum(x));
            assert!((sum(dx) - expected).abs() < 1e-13, "{} against {expected}", sum(dx));
        }
    }

    #[test]
    fn coefficients_are_parameters_by_nutrient_and_species() {
        let mut plankton = HuismanWeissing::default();
        plankton.set_parameter("k25", 0.0).unwrap();
        assert_eq!(plankton.half_saturation[1][4], 0.0);
        let error = plankton.validate().unwrap_err();
        assert!(matches!(error, Error::Parameter { parameter: "k25", .. }), "{error}");
        for (name, _) in plankton.parameters() {
            plankton.set_parameter(name, 0.5).unwrap();
        }
        assert!(plankton.parameters().iter().all(|(_, value)| *value == 0.5));
    }
}
