"""Times SciPy, JAX and dysts beside this crate, in turn on one core, and prints one line per figure.

    cargo bench -p attractor-systems --bench simulation --no-run
    python3 -m venv .venv && .venv/bin/pip install numpy scipy jax dysts
    .venv/bin/python crates/systems/benches/compare.py [scipy] [jax] [dysts] [--rounds 5]

Run it from the root of the workspace. Each round takes a measurement of this crate (by its criterion bench) and then
one of the peer, so that both see the same machine; the ratio is the median over rounds of the ratios. Times are of the
CPU, so that other programs disturb little; both sides run on one thread and keep their state in 64-bit floats. dysts brings many dependencies and can be left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

CORE = 0
# Before any library starts its threads.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

RHO, SIGMA, BETA = 28.0, 10.0, 8.0 / 3.0


def own(group, name):
    """Median CPU seconds of one of this crate's benches, measured now."""
    command = ["cargo", "bench", "-q", "-p", "attractor-systems", "--bench", "simulation", "--"]
    command += [f"^{group}/{name}$", "--warm-up-time", "0.5", "--measurement-time", "2", "--noplot"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    estimates = json.loads((target / "criterion" / group / name / "new" / "estimates.json").read_text())
    return estimates["median"]["point_estimate"] * 1e-9


def timed(function, repeats=1):
    """Median CPU seconds of calls of `function`."""
    seconds = []
    for _ in range(repeats):
        begin = time.process_time()
        function()
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds)


def report(what, rounds, unit, scale=1.0, inverse=False):
    """Prints the medians of pairs (ours, theirs) and of their ratios; figures are scale x seconds, or scale / seconds."""
    ours, theirs = (statistics.median(side) for side in zip(*rounds))
    ratios = sorted(theirs / own for own, theirs in rounds)
    figure = (lambda seconds: scale / seconds) if inverse else (lambda seconds: scale * seconds)
    print(
        f"{what}: ours {figure(ours):.4g} {unit}, theirs {figure(theirs):.4g} {unit}, "
        f"ratio {statistics.median(ratios):.3g} (from {ratios[0]:.3g} to {ratios[-1]:.3g}, {len(rounds)} rounds)",
        flush=True,
    )


def scipy(rounds):
    """10^5 points of Lorenz-63 every 0.01 by DOP853 at rtol = atol = 1e-10, samples by its dense output."""
    import numpy
    from scipy import __version__
    from scipy.integrate import solve_ivp

    def lorenz(_t, state):
        x, y, z = state
        return [SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z]

    times = numpy.arange(100_000) * 0.01

    def run():
        solution = solve_ivp(lorenz, (0, times[-1]), [1.0, 1.0, 1.0], "DOP853", times, rtol=1e-10, atol=1e-10)
        assert solution.success and solution.y.shape == (3, 100_000)

    pairs = [(own("lorenz63", "dop853_1e5_samples"), timed(run)) for _ in range(rounds)]
    report(f"Lorenz-63, 1e5 samples by DOP853 (SciPy {__version__})", pairs, "s")


def jax(rounds):
    """Steps of batched RK4 of Lorenz-63 per second, at JAX's best batch size and form of loop."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    h, steps = 0.01, 1000

    def lorenz(state):
        x, y, z = state
        return SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z

    def rk4(state):
        def moved(factor, slope):
            return tuple(x + factor * k for x, k in zip(state, slope))

        k1 = lorenz(state)
        k2 = lorenz(moved(0.5 * h, k1))
        k3 = lorenz(moved(0.5 * h, k2))
        k4 = lorenz(moved(h, k3))
        return tuple(x + h / 6 * (a + 2 * b + 2 * c + d) for x, a, b, c, d in zip(state, k1, k2, k3, k4))

    def scan(unroll):
        def solve(state):
            return jax.lax.scan(lambda state, _: (rk4(state), None), state, None, length=steps, unroll=unroll)[0]

        return solve

    def vmapped(state):
        def solve(state):
            return jax.lax.fori_loop(0, steps, lambda _, state: rk4(state), state)

        return jax.vmap(solve)(state)

    forms = {"scan": scan(1), "scan, unrolled by 4": scan(4), "vmap of fori_loop": vmapped}
    candidates = []
    for form, solve in forms.items():
        compiled = jax.jit(solve)
        for batch in (256, 1024, 4096, 16384, 65536):
            state = tuple(1.0 + i + 1e-3 * jnp.arange(batch, dtype=jnp.float64) for i in range(3))
            assert state[0].dtype == jnp.float64
            run = lambda compiled=compiled, state=state: jax.block_until_ready(compiled(state))
            run()
            candidates.append((timed(run, 3) / batch, form, batch, run))
    _, form, batch, run = min(candidates, key=lambda candidate: candidate[0])
    members = 1024
    pairs = [(own("lorenz63", "rk4_ensemble") / members, timed(run, 9) / batch) for _ in range(rounds)]
    what = f"Lorenz-63, batched RK4 on one core (JAX {jax.__version__}, f64, {form}, batch {batch})"
    report(what, pairs, "steps/s", scale=steps, inverse=True)


def dysts(rounds):
    """1000 points, 100 to the period, of every flow of dysts by DOP853 at 1e-10; ours is the whole catalogue, with maps and
    delay flows."""
    import warnings

    import dysts.flows
    from dysts.systems import get_attractor_list

    warnings.simplefilter("ignore")
    systems = [getattr(dysts.flows, name)() for name in get_attractor_list("continuous_no_delay")]

    def run():
        for system in systems:
            system.make_trajectory(1000, pts_per_period=100, method="DOP853", rtol=1e-10, atol=1e-10)

    pairs = [(own("catalogue", "1000_points_each"), timed(run)) for _ in range(rounds)]
    report(f"catalogue, 1000 points each (dysts: {len(systems)} flows)", pairs, "s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", help="which of scipy, jax and dysts; scipy and jax if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {CORE})
    known = {"scipy": scipy, "jax": jax, "dysts": dysts}
    for peer in arguments.peers or ["scipy", "jax"]:
        if peer not in known:
            sys.exit(f"no peer named {peer!r}; there are {', '.join(known)}")
        known[peer](arguments.rounds)
