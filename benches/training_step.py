#!/usr/bin/env python3
"""One training step by generalized teacher forcing in JAX, to measure beside `cargo run --release --example training_step`.

Draws a batch of windows, rolls the PLRNN out with forcing alpha, takes the gradient of the mean squared error, clips it by its
global norm and steps by RAdam; all in one compiled program, float32, on one CPU thread. Needs: pip install jax numpy.

    python benches/training_step.py --model plrnn --latent 20
    python benches/training_step.py --model alrnn --latent 20 --hidden 2
    python benches/training_step.py --model csh
"""

import argparse
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=["plrnn", "alrnn", "csh", "cdend"], default="csh")
parser.add_argument("--latent", type=int, default=3)
parser.add_argument("--hidden", type=int, default=50, help="hidden units, bases, or rectified units of an almost-linear RNN")
parser.add_argument("--observed", type=int, default=3)
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--length", type=int, default=200)
parser.add_argument("--alpha", type=float, default=0.1)
parser.add_argument("--clip", type=float, default=10.0)
parser.add_argument("--warmup", type=int, default=5)
parser.add_argument("--reps", type=int, default=100)
options = parser.parse_args()

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np

M, L, N, T = options.latent, options.hidden, options.observed, options.length
rng = np.random.default_rng(0)


def uniform(*shape, columns):
    return rng.uniform(-1, 1, shape) / np.sqrt(columns)


def initial_parameters():
    """Talathi & Vartak (2016) for the linear part, uniform for hidden units."""
    r = rng.standard_normal((M, M))
    k = r.T @ r / M + np.eye(M)
    k /= np.abs(np.linalg.eigvals(k)).max()
    p = {"a": np.diag(k), "h": np.zeros(M)}
    if options.model == "csh":
        p |= {"w1": uniform(M, L, columns=L), "w2": uniform(L, M, columns=M), "h2": uniform(L, columns=L)}
    elif options.model == "cdend":
        p |= {"w": k - np.diag(np.diag(k)), "slopes": uniform(L, columns=L), "levels": rng.uniform(-2, 2, (M, L))}
    else:
        p |= {"w": k - np.diag(np.diag(k))}
    if M > N:
        p["start"] = uniform(M - N, N, columns=N)
    return {name: jnp.asarray(value, jnp.float32) for name, value in p.items()}


def step(p, z):
    relu = jax.nn.relu
    if options.model == "csh":
        y = z @ p["w2"].T
        return p["a"] * z + (relu(y + p["h2"]) - relu(y)) @ p["w1"].T + p["h"]
    if options.model == "cdend":
        bases = relu(z[..., None] - p["levels"]) - relu(z[..., None])
        return p["a"] * z + (bases * p["slopes"]).sum(-1) @ p["w"].T + p["h"]
    if options.model == "plrnn":
        w = p["w"] * (1 - jnp.eye(M))
        return p["a"] * z + relu(z) @ w.T + p["h"]
    linear, rectified = z[:, : M - L], relu(z[:, M - L :])
    return p["a"] * z + jnp.concatenate([linear, rectified], 1) @ p["w"].T + p["h"]


def loss(p, windows):
    x = jnp.swapaxes(windows, 0, 1)
    z = x[0] if M == N else jnp.concatenate([x[0], x[0] @ p["start"].T], 1)

    def forced(z, target):
        z = step(p, z)
        seen = z[:, :N]
        mixed = (1 - options.alpha) * seen + options.alpha * target
        return (mixed if M == N else jnp.concatenate([mixed, z[:, N:]], 1)), seen

    _, seen = jax.lax.scan(forced, z, x[1:])
    return ((seen - x[1:]) ** 2).mean()


def lorenz(samples):
    """Standardised Lorenz-63 by RK4; as many noisy variables as are asked for where these are not three."""
    if N != 3:
        return rng.standard_normal((20_000, N))
    f = lambda s: np.array([10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])
    s, out = np.array([1.0, 1.0, 1.0]), []
    for _ in range(samples + 1_000):
        k1 = f(s)
        k2 = f(s + 0.005 * k1)
        k3 = f(s + 0.005 * k2)
        k4 = f(s + 0.01 * k3)
        s = s + 0.01 / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out.append(s)
    out = np.array(out[1_000:])
    return (out - out.mean(0)) / out.std(0)


data = jnp.asarray(lorenz(20_000), jnp.float32)
B1, B2, EPS = 0.9, 0.999, 1e-8
RHO_INF = 2 / (1 - B2) - 1


@jax.jit
def train_step(p, m, v, t, key):
    key, drawn = jax.random.split(key)
    first = jax.random.randint(drawn, (options.batch,), 0, data.shape[0] - T - 1)
    windows = jax.vmap(lambda i: jax.lax.dynamic_slice(data, (i, 0), (T + 1, N)))(first)
    value, g = jax.value_and_grad(loss)(p, windows)
    norm = jnp.sqrt(sum((leaf**2).sum() for leaf in jax.tree.leaves(g)))
    g = jax.tree.map(lambda leaf: leaf * jnp.minimum(1.0, options.clip / norm), g)
    t = t + 1
    m = jax.tree.map(lambda m, g: B1 * m + (1 - B1) * g, m, g)
    v = jax.tree.map(lambda v, g: B2 * v + (1 - B2) * g**2, v, g)
    decay = B2**t
    rho = RHO_INF - 2 * t * decay / (1 - decay)
    ratio = (rho - 4) * (rho - 2) * RHO_INF / ((RHO_INF - 4) * (RHO_INF - 2) * jnp.maximum(rho, 1e-3))
    rectification = jnp.sqrt(jnp.maximum(ratio, 0) * (1 - decay))

    def update(p, m, v):
        m = 1e-3 * m / (1 - B1**t)
        return p - jnp.where(rho > 5, rectification * m / (jnp.sqrt(v) + EPS), m)

    return jax.tree.map(update, p, m, v), m, v, t, key, value


p = initial_parameters()
zeros = jax.tree.map(jnp.zeros_like, p)
state = (p, zeros, zeros, jnp.float32(0), jax.random.PRNGKey(0))
for _ in range(options.warmup):
    *state, value = train_step(*state)
value.block_until_ready()
times = []
for _ in range(options.reps):
    start = time.perf_counter()
    *state, value = train_step(*state)
    value.block_until_ready()
    times.append((time.perf_counter() - start) * 1e3)
print(
    f"jax {jax.__version__} {options.model} M={M} L={L} b={options.batch} T={T} thr=1 "
    f"ms/step median={statistics.median(times):.3f} min={min(times):.3f} n={options.reps} loss={float(value):.3f}"
)
