"""The likelihood of tau squared, its slope and curvature, for many data sets at once.

Arrays have trials first: shape ``(k, ...)``, where ``...`` are data sets, or values of tau
squared by data sets. All sums run over the first axis. Weights are taken relative to that of the
most precise trial, and slopes are those in the logarithm of its total variance ``t``: pure
numbers, whatever the unit of the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Data sets of ``k`` trials each.

    Attributes
    ----------
    y
        Estimates, shape ``(k, n)``, the regression on the columns taken out.
    v
        Sampling variances, shape ``(k, n)``, or ``(k, 1)`` where all data sets share them.
    least
        Smallest variance of each data set, shape ``(n,)``.
    columns
        None for a mean; else the orthonormal columns, each of shape ``(k, n)`` or ``(k, 1)``.
    restricted
        Whether the likelihood is restricted.
    """

    y: Floats
    v: Floats
    least: Floats
    columns: tuple[Floats, ...] | None
    restricted: bool

    def __len__(self) -> int:
        return int(self.y.shape[1])

    @property
    def spare(self) -> int:
        """Trials less coefficients."""
        return len(self.y) - (1 if self.columns is None else len(self.columns))

    def take(self, which: slice | NDArray[np.intp]) -> Rows:
        """Return some of the data sets."""
        return Rows(
            y=self.y[:, which],
            v=_some(self.v, which),
            least=self.least[which],
            columns=None if self.columns is None else tuple(_some(c, which) for c in self.columns),
            restricted=self.restricted,
        )

    def spread(self) -> Rows:
        """Return the data sets with an axis for values of tau squared after the trials."""
        columns = None if self.columns is None else tuple(c[:, None] for c in self.columns)
        return Rows(
            y=self.y[:, None],
            v=self.v[:, None],
            least=self.least,
            columns=columns,
            restricted=self.restricted,
        )


@dataclass(frozen=True, slots=True)
class _Fit:
    """Weighted fits: relative weights, what is left, orthonormal columns of the weighted design."""

    total: Floats
    weights: Floats
    left: Floats
    basis: tuple[Floats, ...]
    log_det: Floats


def _some(array: Floats, which: slice | NDArray[np.intp]) -> Floats:
    return array if array.shape[-1] == 1 else array[:, which]


def _fit(rows: Rows, tau2: Floats) -> _Fit:
    """Fit every data set at its tau squared; ``left`` is the residual times the root weight."""
    total = rows.least + tau2
    weights = total / (rows.v + tau2)
    root = np.sqrt(weights)
    left = root * rows.y
    basis: list[Floats] = []
    log_det: Floats = np.zeros(np.shape(tau2))
    for column in rows.columns if rows.columns is not None else ():
        raw = root * column
        new = _without(raw, basis)
        size = np.sqrt((new * new).sum(axis=0))
        basis.append(new / size)
        log_det = log_det + 2 * np.log(size)
    if rows.columns is None:
        size = weights.sum(axis=0)
        basis.append(root / np.sqrt(size))
        log_det = np.log(size)
    return _Fit(total, weights, _without(left, basis), tuple(basis), log_det)


def _without(column: Floats, basis: list[Floats]) -> Floats:
    """Take the basis out of a column, twice: the second time removes what rounding has left."""
    for _ in range(2):
        for one in basis:
            column = column - one * (one * column).sum(axis=0)
    return column


def slope(rows: Rows, tau2: Floats) -> Floats:
    """Return twice the slope of the log-likelihood in ``log t``; shape of ``tau2``."""
    if rows.columns is None:
        return _slope_of_a_mean(rows, tau2)
    fit = _fit(rows, tau2)
    found = (fit.weights * fit.left**2).sum(axis=0) / fit.total - fit.weights.sum(axis=0)
    if rows.restricted:
        for one in fit.basis:
            found += (fit.weights * one**2).sum(axis=0)
    return np.asarray(found)


def _slope_of_a_mean(rows: Rows, tau2: Floats) -> Floats:
    total = rows.least + tau2
    weights = total / (rows.v + tau2)
    first = weights.sum(axis=0)
    left = weights * rows.y
    mean = left.sum(axis=0) / first
    left -= weights * mean
    found = np.einsum("k...,k...->...", left, left) / total - first
    if rows.restricted:
        found += np.einsum("k...,k...->...", weights, weights) / first
    return np.asarray(found)


def slope_and_curvature(rows: Rows, tau2: Floats) -> tuple[Floats, Floats]:
    """Return twice the slope in ``log t``, and twice its derivative in ``log t``."""
    fit = _fit(rows, tau2)
    w, left, total = fit.weights, fit.left, fit.total
    second = w * left
    bent = (second**2).sum(axis=0)
    for one in fit.basis:
        bent -= (one * second).sum(axis=0) ** 2
    found = (left * second).sum(axis=0) / total - w.sum(axis=0)
    curve = (w**2).sum(axis=0) - 2 * bent / total
    if rows.restricted:
        heavy = [w * one for one in fit.basis]
        for place, one in enumerate(heavy):
            found += (one * fit.basis[place]).sum(axis=0)
            curve -= 2 * (one**2).sum(axis=0)
            for other in fit.basis:
                curve += (one * other).sum(axis=0) ** 2
    return np.asarray(found), np.asarray(curve + found)


def height(rows: Rows, tau2: Floats) -> Floats:
    """Return twice the log-likelihood, up to a constant of the data set; shape of ``tau2``."""
    fit = _fit(rows, tau2)
    found = np.log(fit.weights).sum(axis=0) - (fit.left**2).sum(axis=0) / fit.total
    logs = np.log(fit.total)
    if rows.restricted:
        return np.asarray(found - rows.spare * logs - fit.log_det)
    return np.asarray(found - len(rows.y) * logs)


def log_q(rows: Rows, tau2: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the generalised Q, and its derivative in ``log t``."""
    fit = _fit(rows, tau2)
    squares = fit.left**2
    size = squares.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = -(fit.weights * squares).sum(axis=0) / size
        return np.asarray(np.log(size) - np.log(fit.total)), np.asarray(bend)
