//! Simulation: adaptive and batched integration of Lorenz-63, and the whole catalogue.
//!
//! Times are those of the main thread's CPU, and everything runs on it. `../compare.py` times what others take for the same.

mod cpu_time;

use std::time::Duration;

use attractor_systems::{Lorenz63, Method, Property, Simulation, System, catalog};
use cpu_time::CpuTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array2;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// 100,000 samples of Lorenz-63 every 0.01 by DOP853 at tolerances of 1e-10.
fn adaptive(criterion: &mut Criterion<CpuTime>) {
    let lorenz = Lorenz63::default();
    let simulation =
        Simulation::of(&lorenz, 100_000).dt(0.01).initial_state([1.0, 1.0, 1.0]).tolerances(1e-10, 1e-10);
    let mut group = criterion.benchmark_group("lorenz63");
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    group.bench_function("dop853_1e5_samples", |bencher| {
        bencher.iter(|| simulation.run(&lorenz).expect("Lorenz-63 does not diverge"));
    });
    group.finish();
}

/// A pool of the main thread alone.
fn one_thread() -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build()
        .expect("the thread is in no other pool")
}

/// 1000 steps of many trajectories of Lorenz-63 on one thread, of which the last states are kept.
fn ensemble(criterion: &mut Criterion<CpuTime>) {
    let (members, steps) = (1024, 1000);
    let lorenz = Lorenz63::default();
    let starts = Array2::from_shape_fn((members, 3), |(member, i)| 1.0 + i as f64 + 1e-3 * member as f64);
    let pool = one_thread();
    let mut group = criterion.benchmark_group("lorenz63");
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Elements((members * steps) as u64));
    for (name, method) in [("rk4_ensemble", Method::Rk4), ("tsit5_ensemble", Method::Tsit5)] {
        let simulation = Simulation::new(0.01 * steps as f64, 1).transient(1).substeps(steps).method(method);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                pool.install(|| simulation.run_ensemble(&lorenz, starts.view()).expect("good starts"))
            });
        });
    }
    group.finish();
}

/// A simulation of 1000 points, 100 to the period where there is one.
fn thousand(system: &(impl System + ?Sized)) -> Simulation {
    let simulation = Simulation::of(system, 1000);
    simulation.clone().points_per_period(system, 100).unwrap_or(simulation)
}

/// 1000 points of every system of the catalogue; stiff flows by Radau5.
fn whole_catalogue(criterion: &mut Criterion<CpuTime>) {
    let (flows, maps, delay_flows) = (catalog::flows(), catalog::maps(), catalog::delay_flows());
    let mut group = criterion.benchmark_group("catalogue");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function("1000_points_each", |bencher| {
        bencher.iter(|| {
            let mut points = 0;
            for flow in &flows {
                let stiff = flow.properties().contains(&Property::Stiff);
                let method = if stiff { Method::Radau5 } else { Method::Dop853 };
                points += thousand(&**flow).method(method).run(&**flow).map_or(0, |run| run.len());
            }
            for map in &maps {
                points += Simulation::of(&**map, 1000).run_map(&**map).map_or(0, |run| run.len());
            }
            for flow in &delay_flows {
                points += thousand(&**flow).run_delay(&**flow).map_or(0, |run| run.len());
            }
            assert_eq!(points, 1000 * (flows.len() + maps.len() + delay_flows.len()), "some system failed");
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = adaptive, ensemble, whole_catalogue
}
criterion_main!(benches);
