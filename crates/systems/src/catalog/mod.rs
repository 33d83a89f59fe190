//! The catalogue: well-known systems, one a file, each with its paper, its parameters and what is known of it.
//!
//! [`flow`], [`map`] and [`delay_flow`] find a system by its name, [`flows`], [`maps`] and [`delay_flows`] list them all
//! with their defaults; [`System`] tells their parameters, periods and properties; [`invariants`] has what this project measured of them.
//!
//! To add a system, write a file with its definition and equation, and one line below.

mod definition;
mod invariants;

#[cfg(test)]
mod check;

use crate::{DelayFlow, Error, Flow, Map, Result, System};

pub use invariants::{
    Behaviour, Invariants, Kind, Literature, Measured, MeasuredDimension, Settings, invariants,
    invariants_of, invariants_table,
};

/// A flow of the catalogue.
pub trait CatalogFlow: Flow + System + Send + Sync {}
impl<F: Flow + System + Send + Sync> CatalogFlow for F {}

/// A map of the catalogue.
pub trait CatalogMap: Map + System + Send + Sync {}
impl<F: Map + System + Send + Sync> CatalogMap for F {}

/// A delay flow of the catalogue.
pub trait CatalogDelayFlow: DelayFlow + System + Send + Sync {}
impl<F: DelayFlow + System + Send + Sync> CatalogDelayFlow for F {}

/// Declares the files and lists their systems: `file: Type, Type;` each.
macro_rules! catalog {
    (
        flows { $($flow_file:ident: $($flow:ident),+;)* }
        maps { $($map_file:ident: $($map:ident),+;)* }
        delay_flows { $($delay_file:ident: $($delay_flow:ident),+;)* }
    ) => {
        $(mod $flow_file; pub use $flow_file::{$($flow),+};)*
        $(mod $map_file; pub use $map_file::{$($map),+};)*
        $(mod $delay_file; pub use $delay_file::{$($delay_flow),+};)*

        /// All flows at their default parameters, in alphabetical order of their files.
        pub fn flows() -> Vec<Box<dyn CatalogFlow>> {
            vec![$($(Box::new($flow::default())),+),*]
        }

        /// All maps at their default parameters, in alphabetical order of their files.
        pub fn maps() -> Vec<Box<dyn CatalogMap>> {
            vec![$($(Box::new($map::default())),+),*]
        }

        /// All delay flows at their default parameters, in alphabetical order of their files.
        pub fn delay_flows() -> Vec<Box<dyn CatalogDelayFlow>> {
            vec![$($(Box::new($delay_flow::default())),+),*]
        }
    };
}

catalog! {
    flows {
        aizawa: Aizawa;
        anishchenko_astakhov: AnishchenkoAstakhov;
        arneodo: Arneodo, Coullet;
        arnold_beltrami_childress: ArnoldBeltramiChildress;
        arnold_web: ArnoldWeb;
        atmospheric_regime: AtmosphericRegime;
        beer_rnn: BeerRnn;
        belousov_zhabotinsky: BelousovZhabotinsky;
        bickley_jet: BickleyJet;
        blasius: Blasius;
        blinking_rotlet: BlinkingRotlet, BlinkingVortex;
        bouali: Bouali, Bouali2;
        brusselator: Brusselator;
        burke_shaw: BurkeShaw;
        bursting_neuron: BurstingNeuron;
        calcium: Calcium, CalciumQuasiperiodic;
        cell_cycle: CellCycle;
        cellular_neural_network: CellularNeuralNetwork;
        chen: Chen;
        chen_lee: ChenLee;
        chua: Chua;
        circadian_rhythm: CircadianRhythm;
        coevolving_predator_prey: CoevolvingPredatorPrey;
        colpitts: Colpitts;
        dadras: Dadras;
        dequan_li: DequanLi;
        double_gyre: DoubleGyre;
        double_pendulum: DoublePendulum;
        double_well: DoubleWell;
        duffing: Duffing;
        excitable_cell: ExcitableCell;
        finance: Finance;
        fitzhugh_nagumo: FitzHughNagumo, ForcedFitzHughNagumo;
        fluid_trampoline: FluidTrampoline;
        forced_brusselator: ForcedBrusselator;
        genesio_tesi: GenesioTesi;
        glycolytic_oscillation: GlycolyticOscillation;
        guckenheimer_holmes: GuckenheimerHolmes;
        hadley: Hadley;
        halvorsen: Halvorsen;
        hastings_powell: HastingsPowell;
        henon_heiles: HenonHeiles;
        hindmarsh_rose: HindmarshRose;
        hindmarsh_rose_neuron: HindmarshRoseNeuron;
        hopfield: Hopfield;
        huisman_weissing: HuismanWeissing;
        hyper_bao: HyperBao;
        hyper_cai: HyperCai;
        hyper_lorenz: HyperJha, HyperLorenz;
        hyper_lu: HyperLu;
        hyper_pang: HyperPang;
        hyper_qi: HyperQi;
        hyper_rossler: HyperRossler;
        hyper_wang: HyperWang;
        hyper_xu: HyperXu;
        hyper_yan: HyperYan;
        hyper_yang_chen: HyperYangChen;
        interior_squirmer: InteriorSquirmer;
        isothermal_chemical: IsothermalChemical;
        itik_banks_tumor: ItikBanksTumor;
        jansen_rit: JansenRit;
        jerk_circuit: JerkCircuit;
        kawczynski_strizhak: KawczynskiStrizhak;
        kuramoto: Kuramoto;
        kuramoto_sivashinsky: KuramotoSivashinsky;
        laser: Laser;
        lid_driven_cavity_flow: LidDrivenCavityFlow;
        liu_chen: LiuChen;
        lorenz63: Lorenz63;
        lorenz84: Lorenz84;
        lorenz96: Lorenz96;
        lorenz96_two_scale: Lorenz96TwoScale;
        lorenz_bounded: LorenzBounded;
        lorenz_coupled: LorenzCoupled;
        lorenz_stenflo: LorenzStenflo;
        lu_chen: LuChen;
        lu_chen_cheng: LuChenCheng;
        moore_spiegel: MooreSpiegel;
        multi_chua: MultiChua;
        mutual_inhibition: FlipFlop, LineAttractor;
        newton_leipnik: NewtonLeipnik;
        nose_hoover: NoseHoover;
        nuclear_quadrupole: NuclearQuadrupole;
        oscillating_flow: OscillatingFlow;
        pan_xu_zhou: PanXuZhou;
        pehlivan_wei: PehlivanWei;
        qi: Qi;
        qi_chen: QiChen;
        rabinovich_fabrikant: RabinovichFabrikant;
        rayleigh_benard: RayleighBenard;
        rikitake: RikitakeDynamo;
        rossler: Rossler;
        rucklidge: Rucklidge;
        sakarya: Sakarya;
        salton_sea: SaltonSea;
        san_um_srisuchinwong: SanUmSrisuchinwong;
        selkov: Selkov;
        shimizu_morioka: ShimizuMorioka;
        sprott_a_to_j: SprottA, SprottB, SprottC, SprottD, SprottE, SprottF, SprottG, SprottH, SprottI, SprottJ;
        sprott_jerk: SprottJerk;
        sprott_k_to_s: SprottK, SprottL, SprottM, SprottN, SprottO, SprottP, SprottQ, SprottR, SprottS;
        sprott_multifractal: SprottMultifractal;
        sprott_torus: SprottTorus;
        stick_slip: StickSlip;
        stuart_landau: StuartLandau;
        swinging_atwood: SwingingAtwood;
        thomas: Thomas, ThomasLabyrinth;
        torus: Torus;
        tsucs2: Tsucs2;
        turchin_hanski: TurchinHanski;
        vallis: VallisElNino;
        van_der_pol: VanDerPol, ForcedVanDerPol;
        wang_sun: WangSun;
        wilson_cowan: WilsonCowan;
        windmi: WindmiReduced;
        wong_wang: WongWang;
        yu_wang: YuWang, YuWang2;
        zhou_chen: ZhouChen;
    }
    maps {
        baker_map: BakerMap;
        bedhead_map: BedheadMap;
        blinking_vortex_map: BlinkingVortexMap;
        bogdanov_map: BogdanovMap;
        chebyshev_map: ChebyshevMap;
        chirikov_map: ChirikovMap;
        circle_map: CircleMap;
        coupled_map_lattice: CoupledMapLattice;
        de_jong_map: DeJongMap;
        duffing_map: DuffingMap;
        gauss_map: GaussMap;
        gingerbreadman_map: GingerbreadmanMap;
        gumowski_mira_map: GumowskiMiraMap;
        henon: Henon;
        hopalong_map: HopalongMap;
        ikeda_map: IkedaMap;
        kaplan_yorke_map: KaplanYorkeMap;
        logistic_map: LogisticMap;
        maynard_smith_map: MaynardSmithMap;
        pickover_map: PickoverMap;
        ricker_map: RickerMap;
        svensson_map: SvenssonMap;
        tent_map: TentMap;
        tinkerbell_map: TinkerbellMap;
    }
    delay_flows {
        ikeda_delay: IkedaDelay;
        mackey_glass: MackeyGlass;
        piecewise_circuit: PiecewiseCircuit;
        scroll_delay: ScrollDelay;
        sprott_delay: SprottDelay;
        voss_delay: VossDelay;
    }
}

/// The flow of this name at its default parameters. Case, spaces, hyphens and accents do not count.
///
/// # Errors
/// [`Error::UnknownSystem`] with the nearest names.
pub fn flow(name: &str) -> Result<Box<dyn CatalogFlow>> {
    find("flow", name, flows(), |system| (system.name(), system.aliases()))
}

/// The map of this name, as [`flow`].
///
/// # Errors
/// [`Error::UnknownSystem`] with the nearest names.
pub fn map(name: &str) -> Result<Box<dyn CatalogMap>> {
    find("map", name, maps(), |system| (system.name(), system.aliases()))
}

/// The delay flow of this name, as [`flow`].
///
/// # Errors
/// [`Error::UnknownSystem`] with the nearest names.
pub fn delay_flow(name: &str) -> Result<Box<dyn CatalogDelayFlow>> {
    find("delay flow", name, delay_flows(), |system| (system.name(), system.aliases()))
}

fn find<T: ?Sized>(
    kind: &'static str,
    name: &str,
    systems: Vec<Box<T>>,
    names: impl Fn(&T) -> (&'static str, &'static [&'static str]),
) -> Result<Box<T>> {
    let wanted = plain(name);
    let mut distances = Vec::new();
    for system in systems {
        let (own, aliases) = names(&system);
        for known in aliases.iter().copied().chain([own]) {
            let plain = plain(known);
            if plain == wanted {
                return Ok(system);
            }
            distances.push((strsim::osa_distance(&wanted, &plain), known));
        }
    }
    distances.sort_by_key(|(distance, _)| *distance);
    let nearest = distances.into_iter().take(3).map(|(_, known)| known).collect();
    Err(Error::UnknownSystem { kind, name: name.to_string(), nearest })
}

/// A name without case, accents, spaces and signs.
fn plain(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase).map(|letter| match letter {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'č' | 'ç' | 'ć' => 'c',
        letter => letter,
    });
    letters.filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn systems_are_found_by_any_spelling_of_their_names() {
        for name in ["Lorenz-63", "lorenz 63", "LORENZ63", "Lorenz"] {
            assert_eq!(flow(name).unwrap().name(), "Lorenz-63");
        }
        assert_eq!(map("henon").unwrap().name(), "Hénon");
        let mut rossler = flow("Roessler").or_else(|_| flow("Rossler")).unwrap();
        rossler.set_parameter("c", 9.0).unwrap();
        assert!(rossler.parameters().contains(&("c", 9.0)));
        let error = rossler.set_parameter("d", 1.0).unwrap_err();
        assert_eq!(error.to_string(), "Rössler has no parameter \"d\" to set; there are a, b, c");
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest_ones() {
        let Err(Error::UnknownSystem { nearest, .. }) = flow("Lorens 63") else { panic!("not an error") };
        assert_eq!(nearest[0], "Lorenz-63");
    }

    #[test]
    fn names_are_unique() {
        let mut seen = HashMap::new();
        let mut take = |name: &'static str, aliases: &'static [&'static str]| {
            for name in aliases.iter().copied().chain([name]) {
                if let Some(other) = seen.insert(plain(name), name) {
                    panic!("{name} and {other} are one name");
                }
            }
        };
        for system in flows() {
            take(system.name(), system.aliases());
        }
        for system in delay_flows() {
            take(system.name(), system.aliases());
        }
        let mut seen = HashMap::new();
        for system in maps() {
            for name in system.aliases().iter().copied().chain([system.name()]) {
                assert!(seen.insert(plain(name), name).is_none(), "{name} twice");
            }
        }
    }

    #[test]
    fn every_flow_passes_the_checks() {
        for flow in flows() {
            check::flow(&*flow);
        }
    }

    #[test]
    fn every_map_passes_the_checks() {
        for map in maps() {
            check::map(&*map);
        }
    }

    #[test]
    fn every_delay_flow_passes_the_checks() {
        for flow in delay_flows() {
            check::delay_flow(&*flow);
        }
    }
}
