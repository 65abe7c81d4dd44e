"""Standard errors of a pooled mean that hold even where the working covariance is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.dependent.spectra import covariance_axes, right_singular

#: CR2 divides the residuals of a trial by the root of the weight of the others; with less than
#: this they are mostly rounding.
SMALLEST_REST = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledMean:
    """A weighted mean with its standard error.

    Attributes
    ----------
    value, se, df
        Mean, standard error, and degrees of freedom of its t.
    weights
        Share of each trial in the mean.
    """

    value: float
    se: float
    df: float
    weights: tuple[float, ...]


def by_model(values: Sequence[Floats], blocks: Sequence[Floats]) -> PooledMean:
    """Pool with the standard error of the model, and trials less 1 degrees of freedom.

    Parameters
    ----------
    values
        Estimates of each of ``m`` trials, shape ``(n_i,)``.
    blocks
        Total covariance within each trial, shape ``(n_i, n_i)``; its inverse is the weight.
    """
    shares = [np.linalg.solve(block, np.ones(len(block))) for block in blocks]
    total = float(sum(share.sum() for share in shares))
    mean = float(sum(share @ y for share, y in zip(shares, values, strict=True))) / total
    return PooledMean(
        value=mean,
        se=1 / math.sqrt(total),
        df=float(len(blocks) - 1),
        weights=tuple(float(share.sum()) / total for share in shares),
    )


def by_cr1(values: Sequence[Floats], blocks: Sequence[Floats]) -> PooledMean:
    r"""Pool with the sandwich of the trials' residuals times ``m / (m - 1)``.

    Parameters
    ----------
    values, blocks
        As in `by_model`.
    """
    model = by_model(values, blocks)
    total, m = model.se**-2, len(blocks)
    scores = [
        np.linalg.solve(block, np.ones(len(block))) @ (y - model.value)
        for y, block in zip(values, blocks, strict=True)
    ]
    square = float(np.square(scores).sum()) / total**2 * m / (m - 1)
    return PooledMean(value=model.value, se=math.sqrt(square), df=model.df, weights=model.weights)


def by_cr2(values: Sequence[Floats], blocks: Sequence[Floats]) -> PooledMean:
    r"""Pool with the sandwich that is unbiased if the weights are right (Bell and McCaffrey).

    The residuals of each trial are multiplied by

    .. math::  A_i = D_i'\,[D_i\,(M_i - 1 1'/S)\,D_i']^{-1/2}\,D_i,\qquad D_i'D_i = M_i,\quad
               S = \sum 1'M_i^{-1}1

    and the degrees of freedom are those of Satterthwaite if the ``M_i`` are right.

    Parameters
    ----------
    values, blocks
        As in `by_model`; two trials or more.

    Raises
    ------
    FitError
        If one trial has all the weight.

    References
    ----------
    .. [1] Bell RM, McCaffrey DF (2002). Surv Methodol 28, 169-181.
    .. [2] Tipton E (2015). Psychol Methods 20, 375-393. doi:10.1037/met0000011
    .. [3] Pustejovsky JE, Tipton E (2018). J Bus Econ Stat 36, 672-683.
       doi:10.1080/07350015.2016.1247004
    """
    model = by_model(values, blocks)
    total = model.se**-2
    fillers = [
        _adjusted(block, total, others=_without(model.weights, place))
        for place, block in enumerate(blocks)
    ]
    scores = [q @ (y - model.value) for q, y in zip(fillers, values, strict=True)]
    own = np.array([q @ block @ q for q, block in zip(fillers, blocks, strict=True)])
    sums = np.array([q.sum() for q in fillers])
    # Row i of the residual maker, applied to trial i, has covariances own - sums sums' / S.
    spread = np.diag(own) - np.outer(sums, sums) / total
    df = float(np.trace(spread)) ** 2 / float(np.square(spread).sum())
    se = math.sqrt(float(np.square(scores).sum()))
    return PooledMean(value=model.value, se=se, df=df, weights=model.weights)


def _without(shares: Sequence[float], place: int) -> float:
    return math.fsum(share for i, share in enumerate(shares) if i != place)


def _adjusted(block: Floats, total: float, others: float) -> Floats:
    """Return ``A M^-1 1 / S``, shape ``(n,)``: what the residuals of a trial are multiplied by.

    With the eigenvalues ``L`` and eigenvectors of ``M``, ``u`` the rotated ones and
    ``c = L^-1/2 u / S^1/2``, the matrix in brackets is ``L (I - cc') L``, and ``I - cc'`` the
    square of ``I - gamma cc'``.
    """
    if not others > SMALLEST_REST:
        raise FitError(
            "pool_dependent: one trial has all the weight, so that CR2 finds no residuals of the "
            "others to go by; look for a standard error in another unit than the rest, or take "
            "standard_errors='model'"
        )
    lengths, axes = covariance_axes(block)
    root, ones = np.sqrt(lengths), axes.sum(axis=0)
    c = ones / root / math.sqrt(total)
    gamma = 1 / (1 + math.sqrt(others))
    singular, vectors = right_singular((np.eye(len(c)) - gamma * np.outer(c, c)) * lengths)
    middle = (vectors / singular) @ (vectors.T @ (ones / root))
    return np.asarray(axes @ (root * middle) / total)
