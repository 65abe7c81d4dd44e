"""Sums of squares and F of a groups-by-times analysis, as spans over rounded means and SDs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.integrity.rounding import Span

Effect = Literal["time", "group", "time x group"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Group means and SDs over the times, as the rounding bounds them.

    Attributes
    ----------
    n
        People per group, shape ``(g,)``.
    mean_low, mean_high, sd_low, sd_high
        Shape ``(g, t)``.
    """

    n: Floats
    mean_low: Floats
    mean_high: Floats
    sd_low: Floats
    sd_high: Floats


def effect_projection(n: Floats, times: int, effect: Effect) -> Floats:
    """Return the matrix whose squared product with the cell means is a sum of squares.

    Parameters
    ----------
    n
        People per group, shape ``(g,)``.
    times
        Number of times, ``t``.
    effect
        Which sum of squares.

    Returns
    -------
    Floats
        Shape ``(k, g t)``; the cell means are flattened group by group. Type III, as in
        `retrostats.effects.repeated_measures`: time averages over the groups unweighted.
    """
    groups = len(n)
    over_times = np.full((times, times), 1 / times)
    centre_times = np.eye(times) - over_times
    if effect == "time":
        return np.asarray(np.kron(np.ones(groups) / np.sqrt((1 / n).sum()), centre_times))
    centre_groups = np.eye(groups) - np.outer(np.ones(groups), n / n.sum())
    within = over_times if effect == "group" else centre_times
    return np.asarray(np.kron(np.sqrt(n)[:, None] * centre_groups, within))


#: Rounded means whose corners are all tried: 2**14 of them. More get an outer bound.
_MOST_CORNERS = 14


def sum_of_squares_span(cells: Cells, effect: Effect) -> Span:
    """Return the least and the greatest sum of squares of an effect over the rounding.

    It is convex in the means: the greatest value lies at a corner, the least is a bounded
    least-squares problem. With many cells the greatest is bounded from above instead, by
    the triangle inequality, which can only make the span wider.
    """
    from scipy.optimize import lsq_linear

    projection = effect_projection(cells.n, cells.mean_low.shape[1], effect)
    low, high = cells.mean_low.ravel(), cells.mean_high.ravel()
    middle, half = (low + high) / 2, (high - low) / 2
    if len(low) <= _MOST_CORNERS:
        greatest = float(((_corners(low, high) @ projection.T) ** 2).sum(axis=1).max())
    else:
        reach = np.linalg.norm(projection, 2) * np.linalg.norm(half)
        greatest = float((np.linalg.norm(projection @ middle) + reach) ** 2)
    if np.all(half < 1e-12):
        return Span.exactly(greatest)
    # solve for the way from the middle, so that the bounds are well scaled
    scale = np.maximum(half, 1e-15)
    solution = lsq_linear(projection * scale, -projection @ middle, (-1.0, 1.0), tol=1e-14)
    least = float(2 * solution.cost)
    return Span(min(max(least, 0.0), greatest), greatest)


def _corners(low: Floats, high: Floats) -> Floats:
    """Return the corners of a box, shape ``(2**k, k)``."""
    bits = (np.arange(2 ** len(low))[:, None] >> np.arange(len(low))) & 1
    return np.where(bits == 1, high, low)


def error_mean_squares(n: Floats, sds: Floats, r: Floats, effect: Effect) -> Floats:
    """Return the error mean square of an effect at each correlation.

    Parameters
    ----------
    n
        People per group, shape ``(g,)``.
    sds
        Shape ``(..., g, t)``.
    r
        Within-subject correlations, shape ``(k,)``.

    Returns
    -------
    Floats
        Shape ``(..., k)``: between people for the group effect, within people otherwise.
    """
    times = sds.shape[-1]
    square = (sds**2).sum(axis=-1)[..., None]
    total = sds.sum(axis=-1)[..., None] ** 2
    of_mean = (square + r * (total - square)) / times  # t times the variance of a person's mean
    per_group = of_mean if effect == "group" else (square - of_mean) / (times - 1)
    weights = (n - 1) / (n - 1).sum()
    return np.asarray(np.einsum("g,...gk->...k", weights, per_group))


def f_spans(cells: Cells, effect: Effect, r: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest F at each correlation, shape ``(k,)`` each.

    The error mean square is a convex quadratic of the SDs of each group. Its greatest value
    lies at a corner of their box. So does the least for the group effect; within people it
    may lie inside, and a grid finds it to far below the printed digits.
    """
    groups, times = cells.mean_low.shape
    df = {"group": groups - 1, "time": times - 1, "time x group": (groups - 1) * (times - 1)}
    squares = sum_of_squares_span(cells, effect)
    least, greatest = np.zeros(len(r)), np.zeros(len(r))
    weights = (cells.n - 1) / (cells.n - 1).sum()
    for g in range(groups):
        one_low, one_high = _error_of_group(cells.sd_low[g], cells.sd_high[g], r, effect)
        least += weights[g] * one_low
        greatest += weights[g] * one_high
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = squares.low / df[effect] / greatest, squares.high / df[effect] / least
    # no effect over no error: any F
    return np.nan_to_num(ratios[0], nan=0.0, posinf=np.inf), np.nan_to_num(
        ratios[1], nan=np.inf, posinf=np.inf
    )


def _error_of_group(low: Floats, high: Floats, r: Floats, effect: Effect) -> tuple[Floats, Floats]:
    """Return the least and greatest error mean square of one group, shape ``(k,)`` each."""
    times = len(low)
    one = np.array([2.0])  # a single group of any size weighs everything
    if times in _STEPS:
        found = error_mean_squares(one, _grid(low, high)[:, None, :], r, effect)
        return found.min(axis=0), found.max(axis=0)
    # Many times: the root of the error is a norm of the SDs, bounded by its largest eigenvalue.
    root = np.sqrt(error_mean_squares(one, ((low + high) / 2)[None, :], r, effect))
    means = np.stack([1 + (times - 1) * r, 1 - r]) / times  # eigenvalues of the mean's variance
    largest = means.max(axis=0) if effect == "group" else (1 - means).max(axis=0) / (times - 1)
    reach = np.sqrt(largest) * np.linalg.norm((high - low) / 2)
    return np.maximum(root - reach, 0.0) ** 2, (root + reach) ** 2


#: Points a side of the grid over the SDs of a group, by the number of times.
_STEPS = {1: 65, 2: 33, 3: 17, 4: 9, 5: 5, 6: 4}


def _grid(low: Floats, high: Floats) -> Floats:
    """Return points of a box of SDs, corners included, shape ``(k, t)``."""
    steps = _STEPS[len(low)]
    axes = [np.linspace(a, b, steps) for a, b in zip(low, high, strict=True)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
