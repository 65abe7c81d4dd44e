"""Bring data sets to a scale on which nothing overflows, and solve them in chunks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.many.profile import Rows

#: Data sets that are solved together: enough to spare Python's time, few enough for the cache.
TOGETHER = 2048
#: Smallest variance over the square of the largest estimate; below it squares overflow.
SMALLEST = 1e-290


def solve(
    solver: Callable[[Rows], Floats],
    y: Floats,
    v: Floats,
    x: Floats | None = None,
    *,
    restricted: bool = True,
) -> Floats:
    """Return what a solver finds for the variance between trials, shape ``(n,)``.

    Parameters
    ----------
    solver
        Takes scaled data sets and returns a variance for each.
    y
        Estimates, shape ``(n, k)``.
    v
        Sampling variances, shape ``(n, k)`` or ``(k,)``.
    x
        Columns, shape ``(k, p)`` or ``(n, k, p)``; by default ones.
    restricted
        Handed to the solver in `Rows`.

    Returns
    -------
    array
        ``nan`` where a number is not finite, a variance not positive, or a square overflows.

    Raises
    ------
    ValueError
        If there are no more trials than columns.
    """
    k, p = y.shape[1], 1 if x is None else x.shape[-1]
    if k <= p:
        raise ValueError(f"{k} trials leave nothing beside {p} coefficients; need {p + 1} or more")
    found = np.full(len(y), np.nan)
    if v.ndim == 1 and not (np.isfinite(v) & (v > 0)).all():
        return found
    good = np.isfinite(y).all(axis=1)
    if v.ndim == 2:
        good &= (np.isfinite(v) & (v > 0)).all(axis=1)
    kept = np.flatnonzero(good)
    whole = len(kept) == len(y)
    for start in range(0, len(kept), TOGETHER):
        # A slice is no copy, and a list of places would be.
        part = slice(start, start + TOGETHER) if whole else kept[start : start + TOGETHER]
        columns = x[part] if x is not None and x.ndim == 3 else x
        variances = v[None] if v.ndim == 1 else v[part]
        rows, power = scaled_rows(y[part], variances, columns, restricted=restricted)
        found[part] = np.ldexp(_answers(solver, rows), 2 * power)
    return found


def _answers(solver: Callable[[Rows], Floats], rows: Rows) -> Floats:
    """Return what the solver finds, and ``nan`` where squares would overflow."""
    sound = rows.least >= SMALLEST
    if sound.all():
        return solver(rows)
    found = np.full(len(rows), np.nan)
    if sound.any():
        kept = np.flatnonzero(sound)
        found[kept] = solver(rows.take(kept))
    return found


def scaled_rows(
    y: Floats, v: Floats, x: Floats | None, *, restricted: bool
) -> tuple[Rows, np.ndarray]:
    """Return data sets at most 1 in size, and the powers of two that scale them back.

    Parameters
    ----------
    y
        Shape ``(n, k)``.
    v
        Shape ``(n, k)`` or ``(1, k)``.
    x
        Shape ``(k, p)`` or ``(n, k, p)``; by default ones.
    restricted
        As in `Rows`.

    Returns
    -------
    rows
        Estimates divided by ``2**power``, variances by ``4**power``: nothing is rounded.
    power
        Shape ``(n,)``, or ``(1,)`` where the variances are shared.
    """
    size = np.maximum(np.abs(y).max(axis=1), np.sqrt(v.max(axis=1)))
    if len(v) == 1:
        size = size.max(keepdims=True)
    power = np.frexp(size)[1]
    y, v = np.ldexp(y, -power[:, None]), np.ldexp(v, -2 * power[:, None])
    y, columns = _taken_out(y, x)
    rows = Rows(
        y=np.ascontiguousarray(y.T),
        v=np.ascontiguousarray(v.T),
        least=np.broadcast_to(v.min(axis=1), len(y)),
        columns=columns,
        restricted=restricted,
    )
    return rows, power


def _taken_out(y: Floats, x: Floats | None) -> tuple[Floats, tuple[Floats, ...] | None]:
    """Return estimates less their unweighted fit, and the columns made orthonormal."""
    if x is None:
        return y - y.mean(axis=1, keepdims=True), None
    basis, _ = np.linalg.qr(x if x.ndim == 3 else x[None])
    y = y[:, :, None]
    for _ in range(2):
        y = y - basis @ (np.swapaxes(basis, 1, 2) @ y)
    return y[:, :, 0], tuple(np.ascontiguousarray(basis[:, :, j].T) for j in range(basis.shape[2]))
