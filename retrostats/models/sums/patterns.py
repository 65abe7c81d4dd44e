"""Which subjects attended the same visits: the groups in which moments are summed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Up to this many visits a pattern is one integer with a bit for each visit.
BITS = 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisitPattern:
    """Subjects of one group who attended the same visits.

    Attributes
    ----------
    group
        Code of the covariance group, 0 when there is only one.
    visits
        Codes of the visits attended, ascending, shape ``(m_g,)``.
    subjects
        Codes of the subjects, shape ``(n_g,)``.
    rows
        Positions of their rows in the model frame, shape ``(n_g, m_g)``.
    """

    group: int
    visits: NDArray[np.intp]
    subjects: NDArray[np.intp]
    rows: NDArray[np.intp]


def visit_table(
    subject: NDArray[np.intp], visit: NDArray[np.intp], *, n_subjects: int, n_visits: int
) -> NDArray[np.intp]:
    """Return the row of every subject at every visit, -1 where there is none.

    Parameters
    ----------
    subject, visit
        Codes of each row, shape ``(n,)``; a subject has at most one row per visit.

    Returns
    -------
    ndarray
        Shape ``(n_subjects, n_visits)``.
    """
    table = np.full(n_subjects * n_visits, -1, dtype=np.intp)
    table[subject * n_visits + visit] = np.arange(len(subject), dtype=np.intp)
    return table.reshape(n_subjects, n_visits)


def visit_patterns(
    table: NDArray[np.intp], group: NDArray[np.intp] | None = None
) -> tuple[VisitPattern, ...]:
    """Group the subjects by the visits they attended.

    Parameters
    ----------
    table
        Row of every subject at every visit or -1, shape ``(n_subjects, m)``.
    group
        Code of each subject's covariance group, shape ``(n_subjects,)``.

    Returns
    -------
    tuple of VisitPattern
        Ordered by group, then by the visits attended; subjects without any row are left out.
    """
    present = table >= 0
    keys = _keys(present)
    if group is not None:
        keys = group * (int(keys.max(initial=0)) + 1) + keys
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    patterns = []
    for subjects in np.split(order, starts[1:]):
        if not len(subjects):
            continue
        visits = np.flatnonzero(present[subjects[0]])
        if len(visits):
            patterns.append(
                VisitPattern(
                    group=0 if group is None else int(group[subjects[0]]),
                    visits=visits,
                    subjects=subjects,
                    rows=table[subjects[:, None], visits],
                )
            )
    return tuple(patterns)


def _keys(present: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return one integer per subject, equal for equal rows of ``present``."""
    n_visits = present.shape[1]
    if n_visits <= BITS:
        keys = np.zeros(len(present), dtype=np.intp)
        for visit in range(n_visits):
            keys |= present[:, visit].astype(np.intp) << visit
        # A 16-bit key is sorted by counting, which matters for millions of subjects.
        return keys
    packed = np.packbits(present, axis=1)
    return np.asarray(np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.intp)
