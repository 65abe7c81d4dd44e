"""Coordinates of random-effects parameters in which G stays positive semidefinite.

Each block of G is ``C C'``. The entries of C are the coordinates, or simple functions of
them: a standard deviation or a correlation can be held fixed while all else is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectsLayout:
    """Where the natural parameters stand: entries of G block by block, then ``sigma2``.

    Attributes
    ----------
    blocks
        Which effects correlate.
    rows, columns
        Entry of G of each parameter, shape ``(k - 1,)``.
    size
        Number of effects, q.
    """

    blocks: tuple[tuple[int, ...], ...]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    size: int

    @classmethod
    def of(cls, blocks: Sequence[Sequence[int]]) -> EffectsLayout:
        """Return the layout of `RandomEffects` with these blocks."""
        entries = [(b[i], b[j]) for b in blocks for i in range(len(b)) for j in range(i + 1)]
        rows, columns = np.array(entries, dtype=np.intp).T
        return cls(
            blocks=tuple(tuple(block) for block in blocks),
            rows=rows,
            columns=columns,
            size=sum(len(block) for block in blocks),
        )

    def matrix(self, theta: Floats) -> Floats:
        """Return G, shape ``(q, q)``."""
        g = np.zeros((self.size, self.size))
        g[self.rows, self.columns] = g[self.columns, self.rows] = theta[:-1]
        return g

    def theta(self, g: Floats, sigma2: float) -> Floats:
        """Return the natural parameters, shape ``(k,)``."""
        return np.append(g[self.rows, self.columns], sigma2)

    def slope_matrix(self, gradient: Floats) -> Floats:
        """Return M with ``d loglik = <M, dG>``: off-diagonal parameters count twice in G."""
        half = np.where(self.rows == self.columns, 1.0, 0.5)
        return self.matrix(np.append(gradient[:-1] * half, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorChart:
    """Coordinates: entries of C, divided by a scale, and the logarithm of ``sigma2``.

    Attributes
    ----------
    layout
        Where the natural parameters stand.
    rows, columns
        Nonzero entries of C, ``(q, q)``, shape ``(e,)``; column numbers are those of pivots.
    source
        Coordinate that each entry depends on, -1 for a constant, shape ``(e,)``.
    factor
        What each entry is per unit: the entry is ``factor * phi``, or ``factor`` alone.
    logged
        Entries that are ``factor * exp(phi)`` instead.
    scale
        Units of the effects, shape ``(q,)``; used to choose pivots.
    sigma2
        Residual variance held fixed; None when its logarithm is the last coordinate.
    pivoted
        Whether the order of the effects may be changed by `recentred`.
    """

    layout: EffectsLayout
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    source: NDArray[np.intp]
    factor: Floats
    logged: NDArray[np.bool_]
    scale: Floats
    sigma2: float | None = None
    pivoted: bool = False

    def _entries(self, phi: Floats) -> tuple[Floats, Floats]:
        """Return the entries of C and their derivatives by their own coordinate."""
        free = self.source >= 0
        own = np.where(free, phi[self.source] if len(phi) else 0.0, 1.0)
        grown = np.exp(np.where(self.logged, own, 0.0))
        value = self.factor * np.where(self.logged, grown, own)
        return value, np.where(free, self.factor * grown, 0.0)

    def c_matrix(self, phi: Floats) -> Floats:
        """Return C, shape ``(q, q)``: rows are effects, columns belong to pivots."""
        c = np.zeros((self.layout.size, self.layout.size))
        c[self.rows, self.columns] = self._entries(phi)[0]
        return c

    def residual(self, phi: Floats) -> float:
        """Return ``sigma2``."""
        return float(np.exp(phi[-1])) if self.sigma2 is None else self.sigma2

    def theta(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape ``(k,)``."""
        c = self.c_matrix(phi)
        return self.layout.theta(c @ c.T, self.residual(phi))

    def slopes(self, phi: Floats) -> Floats:
        """Return ``d theta / d phi``, shape ``(k, d)``."""
        c = self.c_matrix(phi)
        a, b = self.layout.rows[:, None], self.layout.columns[:, None]
        by_entry = (a == self.rows) * c[b, self.columns] + (b == self.rows) * c[a, self.columns]
        out = np.zeros((len(a) + 1, len(phi)))
        out[:-1] = (by_entry * self._entries(phi)[1]) @ self._picks(len(phi))
        if self.sigma2 is None:
            out[-1, -1] = self.residual(phi)
        return out

    def curvature(self, phi: Floats, gradient: Floats) -> Floats:
        """Return ``sum_h gradient_h d2 theta_h``, shape ``(d, d)``."""
        m = self.layout.slope_matrix(gradient)
        value, slope = self._entries(phi)
        same = self.columns[:, None] == self.columns
        by_entries = 2 * m[np.ix_(self.rows, self.rows)] * same * np.outer(slope, slope)
        picks = self._picks(len(phi))
        out = picks.T @ by_entries @ picks
        # An entry that is an exponential has a second derivative of its own.
        own = 2 * (m @ self.c_matrix(phi))[self.rows, self.columns] * value
        out[np.diag_indices(len(out))] += (own * self.logged) @ picks
        if self.sigma2 is None:
            out[-1, -1] += gradient[-1] * self.residual(phi)
        return np.asarray(out)

    def recentred(self, phi: Floats) -> tuple[FactorChart, Floats]:
        """Choose new pivots, so that a singular G has its zero columns last."""
        if not self.pivoted:
            return self, phi
        sigma2 = self.residual(phi)
        return pivoted_chart(self.layout, self.c_matrix(phi), sigma2, self.scale)

    def _picks(self, d: int) -> Floats:
        return np.asarray(self.source[:, None] == np.arange(d), dtype=np.float64)


def pivoted_chart(
    layout: EffectsLayout, c: Floats, sigma2: float, scale: Floats
) -> tuple[FactorChart, Floats]:
    """Return a chart around ``G = C C'`` and the coordinates of this point.

    Parameters
    ----------
    layout
        Where the natural parameters stand.
    c
        Any factor of G with blocks where G has them, shape ``(q, q)``.
    sigma2
        Residual variance.
    scale
        Units of the effects, shape ``(q,)``.

    Notes
    -----
    Effects with the largest variance left come first in the triangle. Then the zero columns of
    a singular G are the last ones, and G determines the other columns smoothly.
    """
    from scipy.linalg import qr

    rows, columns, values = [], [], []
    for block in layout.blocks:
        ids = np.array(block)
        inside = c[np.ix_(ids, ids)] / scale[ids, None]
        triangle, order = qr(inside.T, mode="r", pivoting=True)
        for j in range(len(ids)):
            rows.extend(ids[order[j:]])
            columns.extend([ids[j]] * (len(ids) - j))
            values.extend(triangle[j, j:])
    places = np.array(rows, dtype=np.intp)
    chart = FactorChart(
        layout=layout,
        rows=places,
        columns=np.array(columns, dtype=np.intp),
        source=np.arange(len(places)),
        factor=scale[places],
        logged=np.zeros(len(places), dtype=bool),
        scale=scale,
        pivoted=True,
    )
    return chart, np.append(values, np.log(sigma2))


def on_face(chart: FactorChart, phi: Floats) -> tuple[FactorChart, Floats]:
    """Return the chart without the columns of C that are zero, and the same point in it.

    These are coordinates of the matrices of the same rank around G: as many as such a matrix
    has degrees of freedom, and ``sigma2``.
    """
    c = chart.c_matrix(phi)
    kept = np.flatnonzero(np.abs(c).max(axis=0)[chart.columns] > 0)
    face = replace(
        chart,
        rows=chart.rows[kept],
        columns=chart.columns[kept],
        source=np.arange(len(kept)),
        factor=chart.factor[kept],
        logged=chart.logged[kept],
        pivoted=False,
    )
    return face, np.append(phi[:-1][kept], phi[-1])
