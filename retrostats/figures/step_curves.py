"""Falling step curves of many subjects: their corners, without those that nobody could see."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrostats.description.types import ImprovementCurve

Floats = NDArray[np.float64]

#: Curves of more steps than these are simplified.
_MANY = 2000
#: By less than this share they move: a twelfth of a millimetre in a plot that is 80 mm high.
_UNSEEN = 0.001
#: An outline of a curve with more corners than these has boxes of about so many mm.
_CORNERS, _BOX = 200, 1.0


def visible(curve: ImprovementCurve) -> ImprovementCurve:
    """Return a curve without the steps that move it by less than a thousandth.

    Parameters
    ----------
    curve
        With at least one improvement.

    Returns
    -------
    ImprovementCurve
        The same curve if it has few steps. Every fall of a thousandth or more stays as it is.
    """
    if len(curve.improvements) <= _MANY:
        return curve
    level = np.floor(np.array(curve.shares) / _UNSEEN)
    falls = np.flatnonzero(np.diff(level))
    kept = np.unique(np.r_[0, falls, falls + 1, len(level) - 1]).tolist()
    return replace(
        curve,
        improvements=tuple(curve.improvements[place] for place in kept),
        shares=tuple(curve.shares[place] for place in kept),
    )


def corners(curve: ImprovementCurve, low: float, high: float) -> tuple[list[float], list[float]]:
    """Return the corners of a curve: it holds a share up to the improvement that reaches it.

    Parameters
    ----------
    curve
        With at least one improvement.
    low, high
        Ends of the axis.
    """
    x, y = [low], [curve.shares[0]]
    for here, share, below in zip(
        curve.improvements, curve.shares, (*curve.shares[1:], 0.0), strict=True
    ):
        x += [here, here]
        y += [share, below]
    return [*x, high], [*y, 0.0]


def outline(path: Floats) -> Floats:
    """Return a falling curve as the corners of boxes that cover it, for labels to keep clear of.

    Parameters
    ----------
    path
        Corners in mm, shape ``(k, 2)``; the first falls to the last without rising.

    Returns
    -------
    array
        Some of the corners, so that the box between one and the next holds the curve between
        them; all of them if they are few.
    """
    if len(path) <= _CORNERS:
        return path
    box = np.floor(path / _BOX)
    leaves = np.flatnonzero((np.diff(box, axis=0) != 0).any(axis=1))
    kept: Floats = path[np.unique(np.r_[0, leaves, leaves + 1, len(path) - 1])]
    return kept


def share_at(curve: ImprovementCurve, value: float) -> float:
    """Return the share with at least this improvement, as the curve has it."""
    place = bisect_left(curve.improvements, value)
    return curve.shares[place] if place < len(curve.shares) else 0.0
