"""Intervals by resampling, of several comparisons together, and of agreement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from _coverage import Case, Limits
from numpy.random import Generator
from scipy.stats import norm

import retrostats as rs

REPLICATES = 1999


def mean(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.mean(x, axis=axis)


def median(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.median(x, axis=axis)


def apart(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def skewed(generator: Generator, n: int) -> np.ndarray:
    """Draw from an exponential distribution, of mean 1."""
    return generator.exponential(1.0, n)


def resampled(generator: Generator, *, statistic, n, arms, method) -> Limits:
    samples = tuple(skewed(generator, n) for _ in range(arms))
    seed = int(generator.integers(2**31))
    estimate = rs.bootstrap_interval(
        statistic, samples, replicates=REPLICATES, seed=seed, method=method
    )
    return estimate.ci[:2]


def family(generator: Generator, *, test, sizes, sds) -> Limits:
    """Return limits that hold 0 exactly when all intervals hold their true difference: 0."""
    arms = [
        rs.ArmSummary.of(f"arm {i}", generator.normal(0.0, sd, n))
        for i, (n, sd) in enumerate(zip(sizes, sds, strict=True))
    ]
    held = all(each.ci.low <= 0 <= each.ci.high for each in test(arms))
    return (-1.0, 1.0) if held else (1.0, 2.0)


def upper_limit(generator: Generator, *, n: int) -> Limits:
    first, second = generator.standard_normal((2, n))
    return rs.agreement(first, second).upper.ci[:2]


def bootstrap_cases() -> Iterator[Case]:
    for n in (20, 50):
        for method in ("bca", "percentile", "basic"):
            for name, statistic, truth, arms in (
                ("mean", mean, 1.0, 1),
                ("median", median, float(np.log(2)), 1),
                ("difference of means", apart, 0.0, 2),
            ):
                draw = partial(resampled, statistic=statistic, n=n, arms=arms, method=method)
                words = f"{name}, exponential, n = {n}{' per arm' if arms > 1 else ''}"
                yield Case(f"bootstrap_interval, {method}", words, truth, draw, "large samples", 4)


def family_cases() -> Iterator[Case]:
    for sizes, sds in (
        ((10, 10, 10), (1, 1, 1)),
        ((20, 20, 20), (1, 1, 1)),
        ((10, 20, 30), (2, 1, 1)),
    ):
        words = f"3 arms of {', '.join(map(str, sizes))}, SDs {', '.join(map(str, sds))}"
        for test in (rs.tukey_hsd, rs.games_howell):
            draw = partial(family, test=test, sizes=sizes, sds=sds)
            name = f"{test.__name__}, all pairs together"
            exact = test is rs.tukey_hsd and len({*sizes}) == 1
            cost = 4 if test is rs.tukey_hsd else 20
            yield Case(name, words, 0.0, draw, "exact" if exact else "approximate", cost)


def agreement_cases() -> Iterator[Case]:
    truth = float(norm.ppf(0.975) * np.sqrt(2))
    for n in (10, 20, 50):
        draw = partial(upper_limit, n=n)
        yield Case("agreement, upper limit", f"n = {n} pairs", truth, draw, "exact")
