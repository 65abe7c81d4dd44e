"""Intervals of rank-based effects, in continuous and in ordinal populations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from _coverage import Case, Limits
from numpy.random import Generator
from scipy.stats import norm

import retrostats as rs

SIZES = ((10, 10), (20, 20), (50, 50), (12, 30))
#: Limits between the answers of a scale of five, on which a latent normal value is told.
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])


def values(generator: Generator, shift: float, n: int, kind: str) -> np.ndarray:
    drawn = generator.normal(shift, 1.0, n)
    return drawn if kind == "normal" else np.digitize(drawn, CUTS).astype(float)


def superiority(shift: float, kind: str) -> float:
    """Return the probability that a shifted value is larger, ties counted half."""
    if kind == "normal":
        return float(norm.cdf(shift / np.sqrt(2)))
    edges = np.concatenate([[-np.inf], CUTS, [np.inf]])
    treated, control = np.diff(norm.cdf(edges - shift)), np.diff(norm.cdf(edges))
    below = np.concatenate([[0.0], np.cumsum(control)[:-1]])
    return float(treated @ (below + control / 2))


def two(generator: Generator, *, effect, sizes, shift, kind, **options) -> Limits:
    treated = values(generator, shift, sizes[0], kind)
    control = values(generator, 0.0, sizes[1], kind)
    return effect(treated, control, **options).ci[:2]


def paired(generator: Generator, *, effect, n, shift, r, kind) -> Limits:
    first, noise = generator.standard_normal((2, n))
    after = shift + r * first + np.sqrt(1 - r * r) * noise
    pairs = (first, after) if kind == "normal" else (np.digitize(x, CUTS) for x in (first, after))
    return effect(*(np.asarray(x, dtype=float) for x in pairs)).ci[:2]


def paired_truth(shift: float, r: float, kind: str) -> tuple[float, float]:
    """Return P(after > before) + P(tie) / 2 and the matched rank-biserial correlation.

    The second is that of the signed ranks as the sample grows, from a large sample of quantiles.
    """
    scale = np.sqrt(2 * (1 - r))
    if kind == "normal":
        d = norm.ppf((np.arange(200_000) + 0.5) / 200_000) * scale + shift
    else:
        first, noise = np.random.default_rng(1).standard_normal((2, 4_000_000))
        after = shift + r * first + np.sqrt(1 - r * r) * noise
        d = np.digitize(after, CUTS).astype(float) - np.digitize(first, CUTS)
    share = float((d > 0).mean() + (d == 0).mean() / 2)
    from scipy.stats import rankdata

    moved = d[d != 0]
    ranks = rankdata(np.abs(moved))
    return share, float((np.sign(moved) * ranks).sum() / ranks.sum())


def two_arm_cases() -> Iterator[Case]:
    for kind in ("normal", "ordinal"):
        for shift in (0.0, 0.75, 1.8):
            theta = superiority(shift, kind)
            for sizes in SIZES:
                words = f"{kind}, {theta:.2f}, n = {sizes[0]} and {sizes[1]}"
                for method in ("newcombe", "brunner-munzel"):
                    draw = partial(two, effect=rs.probability_of_superiority, sizes=sizes,
                                   shift=shift, kind=kind, method=method)  # fmt: skip
                    name = f"probability_of_superiority, {method}"
                    yield Case(name, words, theta, draw, "large samples")
    for shift in (0.0, 0.75):
        for sizes in SIZES:
            words = f"normal, n = {sizes[0]} and {sizes[1]}, shift {shift:g} SD"
            draw = partial(two, effect=rs.hodges_lehmann, sizes=sizes, shift=shift, kind="normal")
            yield Case("hodges_lehmann", words, shift, draw, "exact")


def paired_cases() -> Iterator[Case]:
    for kind in ("normal", "ordinal"):
        for shift in (0.0, 0.6):
            share, biserial = paired_truth(shift, 0.5, kind)
            for n in (10, 20, 50):
                words = f"{kind}, n = {n}, shift {shift:g} SD, r = 0.5"
                for effect, truth in (
                    (rs.paired_superiority, share),
                    (rs.matched_rank_biserial, biserial),
                ):
                    draw = partial(paired, effect=effect, n=n, shift=shift, r=0.5, kind=kind)
                    yield Case(effect.__name__, words, truth, draw, "large samples")
