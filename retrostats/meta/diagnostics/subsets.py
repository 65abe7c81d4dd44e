"""Subsets of the trials, and the pooled effect of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.meta.diagnostics.measures import others
from retrostats.meta.many.estimators import ManyTauSquared, weighted_means

Flags = NDArray[np.bool_]
#: Subsets that are fitted together: their arrays then stay in the cache of the processor.
CHUNK = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubsetFits:
    """What pooling gives for each subset, shape ``(n,)`` each."""

    estimate: Floats
    tau2: Floats
    q: Floats
    i2: Floats
    h2: Floats


def all_subsets(k: int) -> Flags:
    """Return every subset of ``k`` trials but the empty one, shape ``(2^k - 1, k)``.

    Small ones come first, and among those of one size the ones with the earliest trials.

    Parameters
    ----------
    k
        Trials; the array has ``k 2^k`` elements.

    Examples
    --------
    >>> all_subsets(2).tolist()
    [[True, False], [False, True], [True, True]]
    """
    codes = np.arange(1, 1 << k)
    flags = (codes[:, None] >> np.arange(k - 1, -1, -1)) & 1 == 1
    return np.asarray(flags[np.lexsort((-codes, flags.sum(axis=1)))])


def random_subsets(k: int, count: int, seed: int) -> Flags:
    """Return so many different subsets, each of all that are not empty with the same chance.

    Parameters
    ----------
    k
        Trials.
    count
        Subsets; fewer than half of the ``2^k - 1`` that there are, or the search would be long.
    seed
        Of the draws.

    Returns
    -------
    array
        Shape ``(count, k)``, in the order of `all_subsets`.

    Examples
    --------
    >>> random_subsets(20, 3, seed=1).sum(axis=1).tolist()
    [10, 11, 12]
    """
    from retrostats.jobs.run import run_replicates

    found = run_replicates(
        CoinTosses(k),
        # Half of all subsets take 1.4 draws for each on average; the rest is for few trials.
        4 * count + 200,
        seed=seed,
        block=count,
        key="gosh",
        enough=lambda so_far: len(_distinct(so_far["held"])) >= count,
        words="Drawing subsets",
    )
    held = found.arrays["held"]
    drawn = held[_distinct(held)[:count]]
    places = (~drawn).T[::-1]
    return np.asarray(drawn[np.lexsort((*places, drawn.sum(axis=1)))])


@dataclass(frozen=True, slots=True)
class CoinTosses:
    """The work of one block: each of ``k`` trials is held or left out, by the toss of a coin."""

    k: int

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Flags]:
        """Return what each toss holds, shape ``(len(places), k)``; some may hold nothing."""
        return {"held": rng.integers(0, 2, (len(places), self.k), dtype=np.int8) == 1}


def _distinct(held: Flags) -> NDArray[np.intp]:
    """Return the first place of each subset that is not empty, in the order of the draws."""
    packed = np.ascontiguousarray(np.packbits(held, axis=1))
    _, first = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True)
    first = np.sort(first)
    return first[held[first].any(axis=1)]


def fit_subsets(
    y: Floats, v: Floats, included: Flags, estimator: ManyTauSquared, *, common: bool
) -> SubsetFits:
    """Pool each subset.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    included
        Shape ``(n, k)``; no row is empty.
    estimator
        Of tau squared, for many data sets.
    common
        Whether the model has a common effect, so that I squared and H squared come from Q.

    Returns
    -------
    SubsetFits
        A subset of one trial has its estimate, a tau squared, Q and I squared of 0 and an H
        squared of 1, by convention.
    """
    n = len(included)
    fits = SubsetFits(
        estimate=included @ y,
        tau2=np.zeros(n),
        q=np.zeros(n),
        i2=np.zeros(n),
        h2=np.ones(n),
    )
    sizes = included.sum(axis=1)
    for size in range(2, included.shape[1] + 1):
        rows = np.flatnonzero(sizes == size)
        for start in range(0, len(rows), CHUNK):
            some = rows[start : start + CHUNK]
            members = np.nonzero(included[some])[1].reshape(-1, size)
            _fill(fits, some, y[members], v[members], estimator)
            if common:
                fits.h2[some] = fits.q[some] / (size - 1)
                excess = fits.q[some] - (size - 1)
                fits.i2[some] = np.where(excess > 0, excess, 0) / np.maximum(fits.q[some], size - 1)
    return fits


def _fill(
    fits: SubsetFits, rows: NDArray[np.intp], y: Floats, v: Floats, estimator: ManyTauSquared
) -> None:
    tau2 = estimator(y, v)
    weights = 1 / v
    size = y.shape[1]
    trace = np.sum(weights * (weights @ others(size)), axis=1) / weights.sum(axis=1)
    typical = (size - 1) / trace
    fits.tau2[rows] = tau2
    fits.q[rows] = weighted_means(y, v)[2]
    fits.estimate[rows] = weighted_means(y, v + tau2[:, None])[0]
    fits.i2[rows] = tau2 / (tau2 + typical)
    fits.h2[rows] = 1 + tau2 / typical
