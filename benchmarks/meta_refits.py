"""How long 100,000 REML fits of 13 trials take; run by `make bench-pooling`.

Resamples and sign flips of the 13 trials of BCG vaccine (Colditz et al. 1994), in one call; a
sample of the fits is checked against a dense search for the highest likelihood. Beside it a loop
over single fits, Newton steps and Fisher scoring from the estimate of DerSimonian and Laird, and
PyMARE. Times are seconds of CPU, the fastest of some runs; with OPENBLAS_NUM_THREADS=1 all of them
use one thread.
"""

from __future__ import annotations

import argparse
import csv
import platform
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar

import retrostats as rs
from retrostats.meta.tau.likelihood import maximise, reml

DATA = Path(__file__).parents[1] / "tests/golden/effects/b_meta/input_bcg.csv"
SEED = 20261121
#: Below the highest log-likelihood by more than this, a fit has ended elsewhere.
ELSEWHERE = 1e-6
#: Points of the dense search, and digits to which each of its maxima is refined.
POINTS, DIGITS = 4000, 1e-12

Fits = Callable[[np.ndarray, np.ndarray], np.ndarray]


def log_likelihoods(tau2: np.ndarray, y: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return restricted log-likelihoods; the last axis of ``y`` and ``v`` is trials."""
    w = 1 / (v + tau2[..., None])
    size = w.sum(axis=-1)
    left = y - ((w * y).sum(axis=-1) / size)[..., None]
    return 0.5 * (np.log(w).sum(axis=-1) - np.log(size) - (w * left**2).sum(axis=-1))


def by_search(y: np.ndarray, v: np.ndarray) -> tuple[float, int]:
    """Return the highest log-likelihood of one data set, and how many maxima there are."""
    top = 10 * (y.var() * len(y) + v.max())
    grid = np.concatenate(([0.0], np.geomspace(v.min() * 1e-4, top, POINTS)))
    found = log_likelihoods(grid, y, v)
    inner = np.flatnonzero((found[1:-1] >= found[:-2]) & (found[1:-1] >= found[2:])) + 1
    best = found[0]
    for j in inner:
        refined = minimize_scalar(
            lambda tau2: -float(log_likelihoods(np.array(tau2), y, v)),
            bounds=(grid[j - 1], grid[j + 1]),
            method="bounded",
            options={"xatol": DIGITS * grid[j]},
        )
        best = max(best, -refined.fun)
    return float(best), len(inner) + int(found[1] < found[0])


def loop(y: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.array([reml(*row) for row in zip(y, np.broadcast_to(v, y.shape), strict=True)])


def stepwise(information: Literal["observed", "expected"]) -> Fits:
    """Return unguarded steps from DerSimonian and Laird, not below 0, all data sets at once."""

    def fits(y: np.ndarray, v: np.ndarray) -> np.ndarray:
        tau2 = rs.pool_many(y, v, tau2="dl", test="z").tau2
        for _ in range(100):
            w = 1 / (v + tau2[:, None])
            size, squares, cubes = w.sum(axis=1), (w**2).sum(axis=1), (w**3).sum(axis=1)
            left = y - ((w * y).sum(axis=1) / size)[:, None]
            slope = (w**2 * left**2).sum(axis=1) - size + squares / size
            curve = squares - 2 * cubes / size + (squares / size) ** 2
            if information == "observed":
                bent = (w**3 * left**2).sum(axis=1) - (w**2 * left).sum(axis=1) ** 2 / size
                curve = 2 * bent - curve
            tau2 = np.maximum(0.0, tau2 + slope / curve)
        return tau2

    return fits


def pymare_fits(name: str, **options: str) -> Fits:
    """Return the fits of an estimator of PyMARE, all data sets in one call."""
    import pymare.estimators

    def fits(y: np.ndarray, v: np.ndarray) -> np.ndarray:
        estimator = getattr(pymare.estimators, name)(**options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(y=y.T, v=np.broadcast_to(v, y.shape).T, X=np.ones((y.shape[1], 1)))
        return np.ravel(estimator.params_["tau2"])

    return fits


def contenders() -> list[tuple[str, Fits, int]]:
    """Return names, functions, and of how many data sets one takes a share."""
    found = [
        ("retrostats, one call", maximise, 1),
        ("retrostats, one call, DL", lambda y, v: rs.pool_many(y, v, tau2="dl", test="z").tau2, 1),
        ("retrostats, a loop over single fits", loop, 50),
        ("Newton steps from DL, all rows at once", stepwise("observed"), 1),
        ("Fisher scoring from DL, all rows at once", stepwise("expected"), 1),
    ]
    try:
        found += [
            (
                f"PyMARE {version('pymare')}, REML",
                pymare_fits("VarianceBasedLikelihoodEstimator", method="REML"),
                1,
            ),
            (f"PyMARE {version('pymare')}, DL", pymare_fits("DerSimonianLaird"), 1),
        ]
    except PackageNotFoundError:
        print("PyMARE is not installed: left out\n")
    return found


def fastest(fits: Fits, y: np.ndarray, v: np.ndarray, runs: int) -> tuple[float, np.ndarray]:
    times = []
    for _ in range(runs):
        start = time.process_time()
        found = fits(y, v)
        times.append(time.process_time() - start)
    return min(times), found


def compare(title: str, y: np.ndarray, v: np.ndarray, options: argparse.Namespace) -> None:
    """Print a table of times, and of how many fits ended below the highest likelihood."""
    best = log_likelihoods(maximise(y, v), y, v)
    print(f"{title}, {len(y):,} data sets\n")
    print(f"| {'':40} | {'CPU seconds':>11} | {'a fit':>8} | {'ratio':>6} |       elsewhere |")
    print(f"| {'-' * 40} | {'-' * 10}: | {'-' * 7}: | {'-' * 5}: | --------------: |")
    first = 0.0
    for name, fits, share in contenders():
        part = len(y) // share
        variances = v if v.ndim == 1 else v[:part]
        seconds, found = fastest(fits, y[:part], variances, options.runs if share == 1 else 1)
        whole = seconds * share
        first = first or whole
        lost = ~(best[:part] - log_likelihoods(found, y[:part], variances) <= ELSEWHERE)
        elsewhere = "" if name.endswith(" DL") else f"{lost.sum():,} of {part:,}"
        cells = f"{whole:11.3g} | {1e6 * whole / len(y):5.3g} us | {whole / first:6.3g}"
        print(f"| {name:40} | {cells} | {elsewhere:>15} |")


def check(y: np.ndarray, v: np.ndarray, count: int) -> None:
    """Hold a sample of the fits against the dense search."""
    rows = np.random.default_rng(SEED).choice(len(y), count, replace=False)
    variances = np.broadcast_to(v, y.shape)
    found = log_likelihoods(maximise(y, v), y, v)
    searched = [by_search(y[i], variances[i]) for i in rows]
    below = max(best - found[i] for i, (best, _) in zip(rows, searched, strict=True))
    several = sum(maxima > 1 for _, maxima in searched)
    print(f"\n{count:,} of them by a search of {POINTS:,} points, every maximum refined: ours is")
    print(f"below the best by {below:.1g} at most; {several} have several maxima\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3, help="of which the fastest counts")
    parser.add_argument("--checked", type=int, default=2000, help="fits held against the search")
    options = parser.parse_args()
    with DATA.open(newline="", encoding="utf-8") as file:
        trials = list(csv.DictReader(file))
    y, v = (np.array([float(trial[name]) for trial in trials]) for name in ("yi", "vi"))
    rng = np.random.default_rng(SEED)
    places = rng.integers(0, len(y), (options.fits, len(y)))
    signs = rng.choice([-1.0, 1.0], (options.fits, len(y)))
    print(f"Python {platform.python_version()}, numpy {version('numpy')}, {platform.machine()}\n")
    for title, values, variances in (
        ("Trials resampled with replacement", y[places], v[places]),
        ("Signs flipped, variances shared", signs * y, v),
    ):
        compare(title, values, variances, options)
        check(values, variances, min(options.checked, options.fits))


if __name__ == "__main__":
    main()
