"""Whether all subjects were seen at a few common times, so that visit patterns apply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats

#: A grid has no more points than this: matrices of its size are inverted for each pattern.
MAX_POINTS = 12
#: Subjects attend on average at least this share of the points.
ATTENDED = 0.5
#: Rows looked at first: irregular times are recognised without reading all of them.
SAMPLE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommonGrid:
    """Rows of the random-effects design that subjects share.

    Attributes
    ----------
    z
        The distinct rows in ascending order, shape ``(m, q)``.
    codes
        Which of them each row of the data has, shape ``(n,)``.
    """

    z: Floats
    codes: NDArray[np.intp]


def common_grid(z: Floats, subject: NDArray[np.intp]) -> CommonGrid | None:
    """Find the common grid, or return None where subjects had better be reduced.

    Parameters
    ----------
    z
        Design of the random effects, shape ``(n, q)``; with weights, each row times the root
        of its weight, because weights change the residual variance alone.
    subject
        Code of each row's subject, shape ``(n,)``.

    Returns
    -------
    CommonGrid or None
        None unless there are at most `MAX_POINTS` distinct rows, no subject has one of them
        twice, and the subjects attend at least half of them on average.
    """
    step = max(1, len(z) // SAMPLE)
    if not len(z) or (step > 1 and _distinct(z[::step]) is None):
        return None
    found = _distinct(z)
    if found is None:
        return None
    points, codes = found
    n_subjects = int(subject.max()) + 1
    present = np.zeros(n_subjects * len(points), dtype=bool)
    present[subject * len(points) + codes] = True
    if np.count_nonzero(present) < len(z):
        return None
    seen = np.count_nonzero(present.reshape(n_subjects, -1).any(axis=1))
    if len(z) < ATTENDED * seen * len(points):
        return None
    return CommonGrid(z=points, codes=codes)


def _distinct(z: Floats) -> tuple[Floats, NDArray[np.intp]] | None:
    """Return the distinct rows, sorted, and the code of each row; None for too many."""
    import pandas as pd

    codes = np.zeros(len(z), dtype=np.intp)
    points = np.zeros((1, 0))
    for column in z.T:
        if (column == column[0]).all():
            points = np.column_stack([points, np.full(len(points), column[0])])
            continue
        inside, values = pd.factorize(column)
        if len(values) > MAX_POINTS:
            return None
        codes, pairs = pd.factorize(codes * len(values) + inside)
        if len(pairs) > MAX_POINTS:
            return None
        points = np.column_stack([points[pairs // len(values)], values[pairs % len(values)]])
    order = np.lexsort(points.T[::-1])
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return points[order], place[codes]
