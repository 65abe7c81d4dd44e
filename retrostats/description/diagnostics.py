"""What the residuals of a model look like: against the normal, and between visits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from retrostats.arrays import Floats
from retrostats.description.types import ResidualDiagnostics

#: A correlation of two pairs is always 1 or -1.
FEWEST_PAIRS = 3


def residual_diagnostics(
    fitted: ArrayLike,
    residuals: ArrayLike,
    visits: ArrayLike,
    subjects: ArrayLike,
    visit_labels: Sequence[str],
    *,
    covariance: ArrayLike | None = None,
    unit: str = "",
) -> ResidualDiagnostics:
    """Put the residuals of a model beside what the model expects of them.

    Parameters
    ----------
    fitted, residuals
        Shape ``(n,)`` each, in the order of the rows of the model. Residuals over the standard
        deviation that the model gives them (Pearson), so that 2 is large at any visit.
    visits, subjects
        Of each row, shape ``(n,)``. Subjects are only used to pair rows and do not stay.
    visit_labels
        The visits in order; one that has no row gets ``nan`` correlations.
    covariance
        That the model gives the outcomes of one subject at these visits, shape ``(k, k)``, in
        squared units; None where it has none, or another for each group.
    unit
        Of the outcome.

    Returns
    -------
    ResidualDiagnostics
        The normal quantiles are those at Blom's positions ``(i - 3/8) / (n + 1/4)``. A
        correlation between two visits is Pearson's, of the subjects with both, ``nan`` where
        fewer than 3 have or where one of the two does not vary.

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, a visit is unknown, a subject has two rows at
        one visit, or the covariance is none of these visits.

    References
    ----------
    .. [1] Blom G (1958). Statistical Estimates and Transformed Beta-Variables. Wiley, New York.
    """
    at, observed = np.asarray(fitted, dtype=np.float64), np.asarray(residuals, dtype=np.float64)
    when, who = np.asarray(visits, dtype=object), np.asarray(subjects, dtype=object)
    n = observed.size
    if any(column.shape != (n,) for column in (at, observed, when, who)):
        raise ValueError(
            f"diagnostics: need one of each per row, got fitted values of shape {at.shape}, "
            f"residuals {observed.shape}, visits {when.shape} and subjects {who.shape}"
        )
    if not (np.isfinite(at).all() and np.isfinite(observed).all()):
        raise ValueError("diagnostics: fitted values and residuals must be finite")
    labels = tuple(visit_labels)
    several = len(labels) > 1
    wide = _wide(observed, when, who, labels)
    return ResidualDiagnostics(
        fitted=tuple(at.tolist()),
        residuals=tuple(observed.tolist()),
        visits=tuple(map(str, when)),
        quantiles=tuple(blom_quantiles(n).tolist()),
        correlation=pairwise_correlation(wide) if several else (),
        visit_labels=labels,
        largest=float(np.abs(observed).max(initial=0.0)),
        covariance=() if covariance is None else _covariance(covariance, labels),
        unit=unit,
    )


def _covariance(covariance: ArrayLike, labels: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    matrix, k = np.asarray(covariance, dtype=np.float64), len(labels)
    if matrix.shape != (k, k):
        raise ValueError(
            f"diagnostics: need a covariance of shape ({k}, {k}), one row for each of "
            f"{list(labels)}, got shape {matrix.shape}"
        )
    if not (np.isfinite(matrix).all() and np.allclose(matrix, matrix.T)):
        raise ValueError("diagnostics: a covariance must be finite and symmetric")
    if (np.diagonal(matrix) < 0).any():
        raise ValueError("diagnostics: a covariance must have no negative variance")
    return tuple(tuple(row) for row in matrix.tolist())


def blom_quantiles(n: int) -> Floats:
    """Return the normal quantiles that belong to ``n`` sorted values, shape ``(n,)``.

    Examples
    --------
    >>> blom_quantiles(3).round(4).tolist()
    [-0.8694, 0.0, 0.8694]
    """
    return np.asarray(ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25)), dtype=np.float64)


def pairwise_correlation(wide: Floats) -> tuple[tuple[float, ...], ...]:
    """Return the correlations between columns, each of the rows where both are known.

    Parameters
    ----------
    wide
        Shape ``(subjects, k)``, ``nan`` where missing.

    Returns
    -------
    tuple of tuples
        Shape ``(k, k)``, symmetric, 1 on the diagonal; ``nan`` where fewer than 3 rows have
        both or a column does not vary.
    """
    k = wide.shape[1]
    matrix = np.full((k, k), math.nan)
    for a in range(k):
        for b in range(a + 1):
            both = ~np.isnan(wide[:, [a, b]]).any(axis=1)
            matrix[a, b] = matrix[b, a] = _correlation(wide[both, a], wide[both, b])
    return tuple(tuple(row) for row in matrix.tolist())


def _correlation(x: Floats, y: Floats) -> float:
    # np.ptp and not the SD: equal values must not correlate by their rounding.
    if x.size < FEWEST_PAIRS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    if x is y or np.array_equal(x, y):
        return 1.0
    return float(np.corrcoef(x, y)[0, 1])


def _wide(
    residuals: Floats,
    visits: NDArray[np.object_],
    subjects: NDArray[np.object_],
    labels: tuple[str, ...],
) -> Floats:
    """Return the residuals as ``(subjects, visits)``, ``nan`` where there is none."""
    import pandas as pd

    column = pd.Index(labels, dtype=object).get_indexer(pd.Index(visits, dtype=object))
    unknown = sorted(set(map(str, visits[column < 0])))
    if unknown:
        raise ValueError(f"diagnostics: visits {unknown} are not among {list(labels)}")
    row, names = pd.factorize(subjects)
    cell: NDArray[np.int64] = row * len(labels) + column
    if np.unique(cell).size < cell.size:
        raise ValueError("diagnostics: a subject has two rows at one visit")
    wide = np.full((len(names), len(labels)), math.nan)
    wide.flat[cell] = residuals
    return wide
