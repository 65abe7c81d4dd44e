"""Mantel-Haenszel and Peto on arrays of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The four cells of each trial, shape ``(k,)`` each.

    Attributes
    ----------
    a, b, c, d
        With and without the event in the treated arm, then in the control arm.
    """

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @property
    def n1(self) -> Floats:
        """Sizes of the treated arms."""
        return self.a + self.b

    @property
    def n2(self) -> Floats:
        """Sizes of the control arms."""
        return self.c + self.d

    @property
    def n(self) -> Floats:
        """Sizes of the trials."""
        return self.n1 + self.n2


def risk_ratio(cells: Cells) -> tuple[float, float]:
    """Return the log of the Mantel-Haenszel risk ratio and its variance (Greenland, Robins 1985).

    Both are infinite or ``nan`` where one arm has no event in any trial.
    """
    treated, control = cells.a * cells.n2 / cells.n, cells.c * cells.n1 / cells.n
    spread = cells.n1 * cells.n2 * (cells.a + cells.c) / cells.n**2 - cells.a * cells.c / cells.n
    r, s = float(treated.sum()), float(control.sum())
    if not (r and s):
        return math.nan, math.nan
    return math.log(r / s), float(spread.sum()) / (r * s)


def odds_ratio(cells: Cells) -> tuple[float, float]:
    """Return the log of the Mantel-Haenszel odds ratio and its variance (Robins et al. 1986)."""
    r, s = cells.a * cells.d / cells.n, cells.b * cells.c / cells.n
    p, q = (cells.a + cells.d) / cells.n, (cells.b + cells.c) / cells.n
    rs, ss = float(r.sum()), float(s.sum())
    if not (rs and ss):
        return math.nan, math.nan
    variance = (p @ r / rs**2 + (p @ s + q @ r) / (rs * ss) + q @ s / ss**2) / 2
    return math.log(rs / ss), float(variance)


def risk_difference(cells: Cells) -> tuple[float, float]:
    """Return the Mantel-Haenszel risk difference and its variance (Sato et al. 1989)."""
    weight = cells.n1 * cells.n2 / cells.n
    total = float(weight.sum())
    share1, share2 = cells.n1 / cells.n, cells.n2 / cells.n
    value = float((cells.a * share2 - cells.c * share1).sum()) / total
    p = cells.c * share1**2 - cells.a * share2**2 + share1 * share2 * (cells.n2 - cells.n1) / 2
    q = (cells.a * cells.d + cells.c * cells.b) / cells.n / 2
    return value, (value * float(p.sum()) + float(q.sum())) / total**2


def peto(cells: Cells) -> tuple[Floats, Floats]:
    """Return observed minus expected events, and their hypergeometric variances, shape ``(k,)``."""
    events = cells.a + cells.c
    expected = cells.n1 * events / cells.n
    variance = cells.n1 * cells.n2 * events * (cells.n - events) / (cells.n**2 * (cells.n - 1))
    return cells.a - expected, variance


def single_effects(cells: Cells, measure: str) -> tuple[Floats, Floats]:
    """Return effects and variances of the single trials that have one, for Cochran's Q.

    A trial with an empty cell has a half added to its four cells; one without any event, or with
    nothing else, has no ratio and is left out.

    Parameters
    ----------
    cells
        Of all trials.
    measure
        ``"risk ratio"``, ``"odds ratio"`` or ``"risk difference"``.
    """
    table = np.array([cells.a, cells.b, cells.c, cells.d])
    if measure != "risk difference":
        table = table[:, informative(cells)]
    table += 0.5 * (table == 0).any(axis=0)
    a, b, c, d = table
    n1, n2 = a + b, c + d
    if measure == "risk ratio":
        return np.log(a / n1) - np.log(c / n2), b / (a * n1) + d / (c * n2)
    if measure == "odds ratio":
        return np.log(a * d) - np.log(b * c), 1 / a + 1 / b + 1 / c + 1 / d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def informative(cells: Cells) -> Mask:
    """Return which trials have both people with the event and people without."""
    events = cells.a + cells.c
    return np.asarray((events > 0) & (events < cells.n))
