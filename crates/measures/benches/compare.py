"""Times NumPy and SciPy programs of the same definitions as the measures, and `cargo bench` of the measures, in one run.

    python3 -m venv .venv && .venv/bin/pip install numpy scipy
    .venv/bin/python crates/measures/benches/compare.py

Prints a Markdown table of minima and medians in milliseconds, on one core. Each Python program is timed before and after
the benches of Rust, so that a change of the machine's load shows.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import pathlib
import platform
import subprocess
import time

import numpy as np
import scipy
from scipy.integrate import solve_ivp
from scipy.ndimage import gaussian_filter1d
from scipy.signal import correlate
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

ROOT = pathlib.Path(__file__).resolve().parents[3]


def lorenz63(start, count=100_000, dt=0.01):
    def rhs(_, x):
        return [10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]]

    times = np.arange(1000, 1000 + count) * dt
    return solve_ivp(rhs, (0, times[-1]), start, "DOP853", times, rtol=1e-6, atol=1e-6).y.T.copy()


def state_space_divergence(x, y, bins=30, alpha=1e-5):
    sd = x.std(0, ddof=1)
    edges = [np.linspace(low, high, bins + 1) for low, high in zip(x.min(0) - 0.1 * sd, x.max(0) + 0.1 * sd)]
    p, q = np.histogramdd(x, edges)[0] + alpha, np.histogramdd(y, edges)[0] + alpha
    p, q = p / p.sum(), q / q.sum()
    return (p * np.log(p / q)).sum()


def power_spectrum_distance(x, y, sigma=20):
    def spectrum(x):
        power = np.abs(np.fft.rfft((x - x.mean(0)) / x.std(0), axis=0)) ** 2
        power = gaussian_filter1d(power, sigma, axis=0, mode="mirror")
        return power / power.sum(0)

    return (np.sqrt(((np.sqrt(spectrum(x)) - np.sqrt(spectrum(y))) ** 2).sum(0)) / 2**0.5).mean()


def box_dimension(x, visits=10):
    scaled = (x - x.min(0)) / (x - x.min(0)).max()
    points = []
    for level in range(40):
        cells = np.minimum((scaled * 2**level).astype(np.int64), 2**level - 1)
        count = len(np.unique(cells @ [1, 2**20, 2**40]))
        if count > len(x) / visits:
            break
        if count >= 2 ** x.shape[1]:
            points.append((level * np.log(2), np.log(count)))
    return np.polyfit(*np.array(points).T, 1)[0]


def gaussian_mixture_divergence(x, y, samples=1000):
    rng = np.random.default_rng(1)
    s = x[rng.integers(len(x), size=samples)] + rng.standard_normal((samples, x.shape[1]))
    log = [logsumexp(-0.5 * cdist(s, z, "sqeuclidean"), axis=1) - np.log(len(z)) for z in (x, y)]
    return (log[0] - log[1]).mean()


DIRECTIONS = np.random.default_rng(1).standard_normal((64, 3))
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=1, keepdims=True)


def sliced_wasserstein_distance(x, y):
    return np.abs(np.sort(x @ DIRECTIONS.T, 0) - np.sort(y @ DIRECTIONS.T, 0)).mean()


def cross_correlation_error(x, y, lags=1000):
    def correlation(x):
        z, t = (x - x.mean(0)) / x.std(0), len(x)
        pairs = [(i, j) for j in range(x.shape[1]) for i in range(j)]
        return [correlate(z[:, j], z[:, i], method="fft")[t - 1 - lags : t + lags] / t for i, j in pairs]

    return np.mean([np.sqrt(((p - q) ** 2).mean()) for p, q in zip(correlation(x), correlation(y))])


RADII = 0.2 * 1.2 ** np.arange(16)


def correlation_sum(x, theiler=50):
    near = np.zeros(len(RADII))
    for lag in range(1, theiler):
        near += np.searchsorted(np.sort(np.linalg.norm(x[lag:] - x[:-lag], axis=1)), RADII)
    tree = cKDTree(x)
    counts = (tree.count_neighbors(tree, RADII) - len(x)) / 2 - near
    apart = len(x) - theiler
    return counts / (apart * (apart + 1) / 2)


def embedding_dimension(x, lag=10, theiler=50, dimensions=5):
    x = (x[:, 0] - x[:, 0].mean()) / x[:, 0].std()
    shares = []
    for dim in range(1, dimensions + 1):
        count = len(x) - dim * lag
        points = np.stack([x[i * lag : i * lag + count] for i in range(dim)], 1)
        tree, near = cKDTree(points), np.full(count, -1)
        distance, left, k = np.empty(count), np.arange(count), 8
        while len(left):
            d, index = tree.query(points[left], min(k, count))
            ok = np.abs(index - left[:, None]) >= theiler
            first, found = ok.argmax(1), ok.any(1)
            near[left[found]] = index[found, first[found]]
            distance[left[found]] = d[found, first[found]]
            left, k = left[~found], 4 * k
        following = np.abs(x[dim * lag : dim * lag + count] - x[near + dim * lag])
        shares.append(((following > 15 * distance) | (np.hypot(following, distance) > 2)).mean())
    return shares


def network(states, units):
    rng = np.random.default_rng(5)
    v = 0.4 / units**0.5 * rng.uniform(-1, 1, (states, units))
    return v, rng.uniform(-1, 1, (units, states))


V3, W3 = network(3, 50)
V20, W20 = network(20, 50)


def prediction_error(x, steps=20):
    z, errors = x, []
    for n in range(1, steps + 1):
        z = 0.5 * z[: len(x) - n] + np.maximum(z[: len(x) - n] @ W3.T + 0.1, 0) @ V3.T + 0.1
        errors.append(((z - x[n:]) ** 2).mean())
    return errors


def lyapunov_spectrum(steps):
    z, q, sums = np.full(20, 0.1), np.eye(20), np.zeros(20)
    for _ in range(steps):
        units = W20 @ z + 0.1
        q, r = np.linalg.qr(0.5 * q + (V20 * (units > 0)) @ (W20 @ q))
        sums += np.log(np.abs(np.diag(r)))
        z = 0.5 * z + V20 @ np.maximum(units, 0) + 0.1
    return sums / steps


def maximum_mean_discrepancy(x, y, width=5.0):
    def mean(x, y):
        return np.exp(-cdist(x, y, "sqeuclidean") / (2 * width**2)).mean()

    return mean(x, x) + mean(y, y) - 2 * mean(x, y)


def timed(run, repeats):
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def rust(name):
    """Milliseconds of one call in each sample of criterion."""
    text = (ROOT / "target/criterion" / f"measures_{name}" / "new/sample.json").read_text()
    sample = json.loads(text)
    return [t / n / 1e6 for t, n in zip(sample["times"], sample["iters"])]


def main():
    x, y = lorenz63([1.0, 1.0, 20.0]), lorenz63([-3.0, 2.0, 15.0])
    a, b = x[:10_000], y[:10_000]
    # Name in Rust, program, repeats, and the part of the work that the program does.
    programs = [
        ("state_space_divergence_1e5x3_30_bins", lambda: state_space_divergence(x, y), 7, 1),
        ("power_spectrum_distance_1e5x3", lambda: power_spectrum_distance(x, y), 7, 1),
        ("box_dimension_1e5x3", lambda: box_dimension(x), 5, 1),
        ("gaussian_mixture_divergence_1e4x3_1e3_samples", lambda: gaussian_mixture_divergence(a, b), 5, 1),
        ("sliced_wasserstein_distance_1e4x3_64_directions", lambda: sliced_wasserstein_distance(a, b), 5, 1),
        ("cross_correlation_error_1e4x3_1e3_lags", lambda: cross_correlation_error(a, b), 7, 1),
        ("correlation_sum_1e4x3_16_radii", lambda: correlation_sum(a), 3, 1),
        ("embedding_dimension_1e4_lag_10", lambda: embedding_dimension(a), 3, 1),
        ("prediction_error_1e4x3_20_steps_50_units", lambda: prediction_error(a), 5, 1),
        ("lyapunov_spectrum_1e5_steps_20_states_50_units", lambda: lyapunov_spectrum(5000), 3, 20),
        ("maximum_mean_discrepancy_3e3x3", lambda: maximum_mean_discrepancy(a[:3000], b[:3000]), 5, 1),
    ]
    before = [timed(run, repeats) for _, run, repeats, _ in programs]
    command = ["cargo", "bench", "-q", "-p", "attractor-measures", "--bench", "measures"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = [timed(run, repeats) for _, run, repeats, _ in programs]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True)
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, Python {platform.python_version()}, {rustc.stdout.strip()}")
    print(f"commit {commit.stdout.strip()}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| measure | Rust min | Rust median | Python min | Python median | ratio of minima |")
    print("|---|---|---|---|---|---|")
    for (name, _, _, part), first, second in zip(programs, before, after):
        ours, theirs = rust(name), [part * t for t in first + second]
        print(
            f"| {name} | {min(ours):.2f} | {np.median(ours):.2f} | {min(theirs):.1f} | {np.median(theirs):.1f} "
            f"| {min(theirs) / min(ours):.1f} |"
        )


if __name__ == "__main__":
    main()
