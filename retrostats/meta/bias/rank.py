"""The rank correlation of effects with their variances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import ndtr

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.layout import ShownAsSentence, number, p_sentence
from retrostats.meta.bias.common import (
    EQUAL,
    as_sentence,
    few_trials,
    own_error,
    plain,
    require_spread,
    require_trials,
    tied_ranks,
)
from retrostats.meta.pooled import Pooled

#: Orders are counted up to here, in well under a second; beyond, the normal is exact enough.
COUNTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCorrelationTest(ShownAsSentence):
    """Begg and Mazumdar's test.

    Attributes
    ----------
    tau
        Kendall's tau-b of the standardised effects with the sampling variances, -1 to 1.
    p
        Two-sided.
    method
        ``"exact"``: p counted over all orders; ``"normal"``: approximated, where there are ties.
    trials
        Number of trials.
    caveats
        What a reader must know.
    """

    tau: float
    p: float
    method: Literal["exact", "normal"]
    trials: int
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        text = (
            f"Rank correlation of effects with their variances ({self.trials} trials): "
            f"Kendall's tau {number(self.tau, 3)}, {p_sentence(self.p)} ({self.method})"
        )
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return plain(self)


def rank_correlation_test(pooled: Pooled) -> RankCorrelationTest:
    r"""Test by ranks whether the effect changes with the precision of the trials.

    Kendall's tau of :math:`v_i` with

    .. math::  y_i^* = \frac{y_i - \hat\mu}{\sqrt{v_i - 1/\sum_j w_j}},\qquad w_j = 1/v_j,\qquad
               \hat\mu = \sum w_j y_j \Big/ \sum w_j.

    Use it beside `egger_test` when a single odd trial may carry the slope there; not in its
    place: it finds less. It knows nothing of a variance between trials.

    Parameters
    ----------
    pooled
        A pool of three or more trials.

    Returns
    -------
    RankCorrelationTest
        Tau and p: counted over all orders if no two trials tie, else by the normal with the
        variance for ties and no correction of continuity, as ``cor.test`` of R has it.

    Raises
    ------
    DataError
        If there are fewer than three trials, or all have the same variance or the same effect.

    References
    ----------
    .. [1] Begg CB, Mazumdar M (1994). Biometrics 50, 1088-1101. doi:10.2307/2533446

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-0.9, -0.15, -0.4, -0.6), (0.32, 0.22, 0.28, 0.35)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="points")
    ...     for name, value, se in zip("ABCD", values, errors)
    ... ]
    >>> test = rs.rank_correlation_test(rs.pool(trials))
    >>> round(test.tau, 3), round(test.p, 3), test.method
    (-0.667, 0.333, 'exact')
    """
    require_trials("rank_correlation_test", pooled, 3)
    y, v = pooled.y, pooled.v
    require_spread("rank_correlation_test", "sampling variance", v)
    standardised, noise = deviates(y, v)
    x, z = tied_ranks(standardised, noise), tied_ranks(v, EQUAL * v)
    if not x.any():
        raise DataError(
            "rank_correlation_test: all trials have the same effect; there are no ranks"
        )
    k = len(y)
    score = concordance(x, z)
    ties = x.max() < k - 1 or z.max() < k - 1
    exact = not ties and k <= COUNTED
    return RankCorrelationTest(
        tau=score / math.sqrt(_untied_pairs(x) * _untied_pairs(z)),
        p=exact_p(score, k) if exact else normal_p(score, x, z),
        method="exact" if exact else "normal",
        trials=k,
        caveats=few_trials(k)
        + own_error(pooled.pooled.unit, "look at egger_test with 'inverse root n' too")
        + (("some trials tie: p is approximate",) if ties else ()),
    )


def deviates(y: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Return the standardised deviates from the weighted mean, and their noise by rounding.

    The variance of a deviate is ``v`` times the share of weight that the other trials have. Share
    and deviate are summed over the others: by subtraction a single huge trial would leave only
    rounding.

    Parameters
    ----------
    y, v
        Shape ``(k,)`` each.
    """
    w = v.min() / v
    w /= w.sum()
    others = (1 - np.eye(len(v))) @ w
    sd = np.sqrt(v * others)
    size = others * np.abs(y) + (1 - np.eye(len(v))) @ (w * np.abs(y))
    return np.subtract.outer(y, y) @ w / sd, EQUAL * size / sd


def concordance(x: Floats, z: Floats) -> int:
    """Return Kendall's score: concordant less discordant pairs of two lists of ranks."""
    signs = np.sign(np.subtract.outer(x, x)) * np.sign(np.subtract.outer(z, z))
    return round(float(signs.sum()) / 2)


def exact_p(score: int, k: int) -> float:
    """Return the two-sided p of a score, all orders of ``k`` untied trials being equally likely.

    Examples
    --------
    >>> round(exact_p(-3, 3), 6), exact_p(0, 4)
    (0.333333, 1.0)
    """
    share = np.ones(1)
    for m in range(2, k + 1):
        # The m-th trial stands in one of m places among the others: 0 to m - 1 more inversions.
        padded = np.concatenate([share, np.zeros(m - 1)])
        total = np.cumsum(padded)
        share = (total - np.concatenate([np.zeros(m), total[:-m]])) / m
    rarer = (k * (k - 1) // 2 - abs(score)) // 2
    return min(1.0, 2 * float(share[: rarer + 1].sum()))


def normal_p(score: int, x: Floats, z: Floats) -> float:
    """Return the two-sided p of a score of ranks with ties, without a correction of continuity."""
    k = len(x)
    a, b = _tied(x), _tied(z)

    def variance(t: Floats) -> float:
        return float(np.sum(t * (t - 1) * (2 * t + 5)))

    whole = k * (k - 1) * (2 * k + 5)
    total = (whole - variance(a) - variance(b)) / 18
    total += float(np.sum(a * (a - 1)) * np.sum(b * (b - 1))) / (2 * k * (k - 1))
    triples = float(np.sum(a * (a - 1) * (a - 2)) * np.sum(b * (b - 1) * (b - 2)))
    total += triples / (9 * k * (k - 1) * (k - 2))
    return min(1.0, 2 * float(ndtr(-abs(score) / math.sqrt(total))))


def _tied(ranks: Floats) -> Floats:
    """Return how many trials share each rank."""
    return np.bincount(ranks.astype(np.int64)).astype(np.float64)


def _untied_pairs(ranks: Floats) -> float:
    k, tied = len(ranks), _tied(ranks)
    return k * (k - 1) / 2 - float(np.sum(tied * (tied - 1))) / 2
