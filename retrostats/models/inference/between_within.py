"""Between-within degrees of freedom: subjects for what they are, visits for what changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.inference.fixed_effects import estimating_rows

#: A column varies when it moves by more than this share of its largest entry; a change of
#: basis leaves 1e-14.
_MOVES = 1e-10
#: The same for sums of squares, from sums over a million rows.
_MOVES_SQUARED = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """How the observations divide into what is seen between and within subjects.

    Attributes
    ----------
    within
        Which of the p columns vary within at least one subject, shape (p,).
    intercept
        Which column is the intercept, shape (p,); all False when there is none.
    observations, subjects
        Their numbers.

    Raises
    ------
    DataError
        If the shapes differ, or the intercept is said to vary.
    """

    within: NDArray[np.bool_]
    intercept: NDArray[np.bool_]
    observations: int
    subjects: int

    def __post_init__(self) -> None:
        if self.within.shape != self.intercept.shape or (self.within & self.intercept).any():
            raise DataError(
                f"between-within: flags of shape {self.within.shape} and "
                f"{self.intercept.shape}; expected one of each for every column, and an "
                "intercept that does not vary"
            )

    @property
    def between_df(self) -> int:
        """Subjects less the columns that are constant within subjects, intercept included."""
        return self.subjects - int((~self.within).sum())

    @property
    def within_df(self) -> int:
        """Observations less subjects less the columns that vary within subjects."""
        return self.observations - self.subjects - int(self.within.sum())


def within_subject_columns(x: Floats, subject: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which columns vary within at least one subject.

    Parameters
    ----------
    x
        Design, shape (n, p), before any scaling by weights.
    subject
        Code of the subject of each row, shape (n,), 0 or more.

    Returns
    -------
    NDArray of bool
        Shape (p,).

    Examples
    --------
    >>> x = np.array([[1.0, 0.0, 3.0], [1.0, 1.0, 3.0], [1.0, 0.0, 5.0]])
    >>> within_subject_columns(x, np.array([0, 0, 1])).tolist()
    [False, True, False]
    """
    if not len(x):
        return np.zeros(x.shape[1], dtype=bool)
    first = np.zeros(int(subject.max()) + 1, dtype=np.intp)
    first[subject[::-1]] = np.arange(len(x) - 1, -1, -1)
    reference = first[subject]
    # By column: a copy of the whole design would be felt with millions of rows.
    return np.array(
        [
            bool(np.abs(column - column[reference]).max() > _MOVES * np.abs(column).max())
            for column in x.T
        ],
        dtype=bool,
    )


def within_from_moments(centred: Floats, total: Floats) -> NDArray[np.bool_]:
    """Tell the same from sums of squares, where the rows are no longer at hand.

    Parameters
    ----------
    centred
        Sum over subjects of the squares about the subject's own mean, shape (p,): the
        diagonal of ``sum X'MX`` with ``M = I - 11'/m`` for a subject with m visits.
    total
        Sum of squares, shape (p,).

    Returns
    -------
    NDArray of bool
        Shape (p,).
    """
    return np.asarray(centred > _MOVES_SQUARED * total, dtype=bool)


def constant_columns(x: Floats) -> NDArray[np.bool_]:
    """Tell which columns are one constant other than 0: the intercept.

    Parameters
    ----------
    x
        Design, shape (n, p), before any scaling by weights.

    Returns
    -------
    NDArray of bool
        Shape (p,).
    """
    if not len(x):
        return np.zeros(x.shape[1], dtype=bool)
    return np.asarray((x == x[0]).all(axis=0) & (x[0] != 0), dtype=bool)


def degrees_of_freedom(rows: Floats, split: Split) -> float:
    """Return the degrees of freedom of one combination, or of a joint test of several.

    A coefficient has the between-subject degrees of freedom when its column is constant
    within every subject, and the within-subject ones otherwise. The intercept is counted
    among the former and tested with the latter, and a combination of several coefficients
    takes the smaller: both as in R's mmrm.

    Parameters
    ----------
    rows
        Combinations of the coefficients that the columns belong to, shape (p,) or (q, p).
        (In an orthonormal basis every column would look involved: change back first.)
    split
        From the design.

    Returns
    -------
    float
        Positive.

    Raises
    ------
    DataError
        If a row is zero or a shape does not fit.
    FitError
        If nothing is left, e.g. within subjects who were all seen once.

    References
    ----------
    .. [1] Schluchter MD, Elashoff JT (1990). J Stat Comput Simul 37, 69-87.
       doi:10.1080/00949659008811295
    """
    rows = np.abs(estimating_rows(rows, len(split.within)))
    involved = (rows > _MOVES * rows.max(axis=1, keepdims=True)).any(axis=0)
    inner = split.within | split.intercept
    parts = {
        "between": split.between_df if (involved & ~inner).any() else None,
        "within": split.within_df if (involved & inner).any() else None,
    }
    name, df = min(
        ((name, df) for name, df in parts.items() if df is not None), key=lambda part: part[1]
    )
    if df <= 0:
        raise FitError(
            f"between-within: no degrees of freedom are left {name} subjects "
            f"({split.observations} observations of {split.subjects} subjects, {len(inner)} "
            'coefficients). Use df="residual" or another method.'
        )
    return float(df)
