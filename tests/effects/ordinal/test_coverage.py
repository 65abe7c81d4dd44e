"""How often the intervals contain the truth, on average over many made-up trials."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from retrostats.effects.ordinal.placements import place
from retrostats.effects.ordinal.score_limits import (
    newcombe_limits,
    signed_rank_limits,
    tango_limits,
)
from retrostats.effects.ordinal.superiority import probability_of_superiority

#: Trials of each kind; the Monte Carlo error of a share near 0.95 is then 0.0034.
TRIALS = 4000
SIZES = ((10, 10), (20, 20), (50, 50), (10, 30))

#: Borders of the points 0 to 10 of a pain scale with mean 5 and SD 2.
POINTS = (np.arange(1, 11) - 0.5 - 5) / 2


def shifts(theta, kind):
    """Return the shift in SDs that gives this theta, and the theta that it gives exactly."""
    if kind == "normal":
        return float(np.sqrt(2) * ndtri(theta)), theta
    grid = np.linspace(0, 6, 6001)
    exact = np.array([ordinal_theta(shift) for shift in grid])
    best = int(np.abs(exact - theta).argmin())
    return float(grid[best]), float(exact[best])


def ordinal_theta(shift):
    control, treated = (np.diff([0, *ndtr(POINTS - s), 1]) for s in (-shift / 2, shift / 2))
    return float(treated @ (np.cumsum(control) - control / 2))


def arms(generator, sizes, shift, kind):
    """Return the values of many trials, shapes ``(TRIALS, m)`` and ``(TRIALS, n)``."""
    values = [
        generator.normal(s, 1, size=(TRIALS, n))
        for s, n in zip((shift / 2, -shift / 2), sizes, strict=True)
    ]
    return (
        values if kind == "normal" else [np.searchsorted(POINTS, x).astype(float) for x in values]
    )


def newcombe_coverage(theta, sizes, kind, seed=1):
    generator = np.random.default_rng(seed)
    shift, truth = shifts(theta, kind)
    treated, control = arms(generator, sizes, shift, kind)
    limits, inside = {}, 0
    for t, c in zip(treated, control, strict=True):
        halves = place(t, c).halves
        if halves not in limits:
            limits[halves] = newcombe_limits(halves, *sizes)
        low, high = limits[halves]
        inside += low <= truth <= high
    return inside / TRIALS


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "ordinal"])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("theta", [0.5, 0.7, 0.9])
def test_newcombes_interval_covers(theta, sizes, kind):
    assert 0.935 <= newcombe_coverage(theta, sizes, kind) <= 0.985


def plain_coverage(method, theta, sizes, kind, seed=1):
    """Return the coverage, and the share of trials that have no such interval."""
    generator = np.random.default_rng(seed)
    shift, truth = shifts(theta, kind)
    inside = refused = 0
    for t, c in zip(*arms(generator, sizes, shift, kind), strict=True):
        try:
            ci = probability_of_superiority(t, c, method=method).ci
        except ValueError:
            refused += 1
            continue
        inside += ci.low <= truth <= ci.high
    return inside / (TRIALS - refused), refused / TRIALS


@pytest.mark.slow
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("theta", [0.5, 0.7, 0.9])
def test_the_logit_interval_covers(theta, sizes):
    coverage, refused = plain_coverage("brunner-munzel-logit", theta, sizes, "ordinal")
    assert 0.935 <= coverage <= 0.99
    assert refused < 0.06


def pairs(generator, n, shift, kind):
    change = generator.normal(shift, 1, size=(TRIALS, n))
    if kind == "normal":
        return change
    if kind == "exponential":
        return generator.exponential(1, size=(TRIALS, n)) - 1 + shift
    return np.round(change * {"points": 2.0, "many zeros": 0.7}[kind])


def correlations(change, zeros):
    """Return r and its null variance of every trial; nan where nobody changes."""
    size = np.abs(change)
    rank = rankdata(size, axis=1)
    none = (change == 0).sum(axis=1, keepdims=True)
    if zeros == "wilcoxon":
        rank = rank - none
    rank = np.where(change == 0, 0, rank)
    n = change.shape[1] - (none[:, 0] if zeros == "wilcoxon" else 0)
    total = n * (n + 1) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return (np.sign(change) * rank).sum(axis=1) / total, (rank**2).sum(axis=1) / total**2


def matched_coverage(n, shift, kind, zeros, seed=1):
    generator = np.random.default_rng(seed)
    many = [correlations(pairs(generator, n, shift, kind), zeros)[0] for _ in range(10)]
    truth = np.nanmean(many)
    value, null = correlations(pairs(generator, n, shift, kind), zeros)
    inside = [
        low <= truth <= high
        for low, high in (
            signed_rank_limits(r, v)
            for r, v in zip(value, null, strict=True)
            if np.isfinite(r) and v > 0
        )
    ]
    return float(np.mean(inside))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "exponential", "points"])
@pytest.mark.parametrize("n", [8, 10, 20, 50])
@pytest.mark.parametrize("shift", [0.0, 0.4, 0.8])
def test_the_interval_of_the_matched_correlation_covers(n, shift, kind):
    for zeros in ("wilcoxon", "pratt"):
        assert 0.93 <= matched_coverage(n, shift, kind, zeros) <= 0.99


def tango_coverage(n, shift, kind, seed=1):
    generator = np.random.default_rng(seed)
    scale = {"points": 2.0, "many zeros": 0.7, "normal": None}[kind]
    if scale is None:
        truth = 2 * float(ndtr(shift)) - 1
    else:
        up, down = ndtr(shift - 0.5 / scale), ndtr(-0.5 / scale - shift)
        truth = float(up - down)
    change = pairs(generator, n, shift, kind)
    limits, inside = {}, 0
    for key in zip((change > 0).sum(axis=1), (change < 0).sum(axis=1), strict=True):
        if key not in limits:
            limits[key] = tango_limits(int(key[0]), int(key[1]), n)
        low, high = limits[key]
        inside += low <= truth <= high
    return inside / TRIALS


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "points", "many zeros"])
@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("shift", [0.0, 0.4, 0.8])
def test_the_interval_of_paired_superiority_covers(n, shift, kind):
    # Counts are discrete: coverage goes up and down around 0.95 as Wilson's does.
    assert 0.915 <= tango_coverage(n, shift, kind) <= 0.99
