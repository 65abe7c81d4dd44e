"""Whether the ordinary residuals leave something to estimate a covariance from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.subject_rows import SubjectRows

#: The mean fits exactly when the residuals are this small beside the outcome, as root mean
#: squares: rounding leaves about 1e-16 times the number of columns.
EXACT = 1e-13
#: Fewer rows than this may agree by chance.
FEW = 3
#: Root mean square residuals beyond these would overflow or vanish when squared twice.
SMALLEST, LARGEST = 1e-60, 1e60


def require_residuals(moments: Moments | SubjectRows, raw: Moments | SubjectRows) -> None:
    """Refuse data that the mean fits exactly, and outcomes in absurd units.

    Parameters
    ----------
    moments
        Of settled coordinates.
    raw
        Of the preliminary coordinates, whose basis is square.

    Raises
    ------
    FitError
        If there are no more rows than coefficients, the residuals vanish, or their size is
        beyond what double precision can square.
    """
    p = moments.n_columns - 1
    if moments.n_rows <= p:
        raise FitError(
            f"{moments.n_rows} rows cannot determine {p} coefficients and a covariance; use fewer "
            "terms"
        )
    squares = float(moments.gram()[-1, -1])
    inverse = np.linalg.inv(raw.basis)
    outcome = float(inverse[:, -1] @ raw.gram() @ inverse[:, -1])
    if not squares > EXACT**2 * outcome:
        raise FitError(
            "the mean fits every row exactly, so nothing is left to estimate a covariance from; "
            "use fewer terms, or check that the outcome varies within the cells of the design"
        )
    size = float(np.sqrt(squares / moments.n_rows))
    if not SMALLEST < size < LARGEST:
        raise FitError(
            f"the residuals have a root mean square of {size:.3g}, whose powers double precision "
            "cannot hold; give the outcome in another unit"
        )


def require_new_outcomes(
    outcome: Floats,
    numeric: Mapping[str, Floats],
    visit: NDArray[np.intp],
    labels: tuple[object, ...],
) -> None:
    """Refuse a visit at which every outcome equals a covariate, as a baseline does twice.

    Parameters
    ----------
    outcome
        Shape ``(n,)``.
    numeric
        Covariates by name, shape ``(n,)`` each.
    visit
        Code of each row's visit, shape ``(n,)``.
    labels
        Of the visits.

    Raises
    ------
    DataError
        Naming visits and covariates.
    """
    faults = []
    for name, values in numeric.items():
        equal = outcome == values
        if not equal.any():
            continue
        rows = np.bincount(visit, minlength=len(labels))
        same = np.bincount(visit, equal, minlength=len(labels))
        faults += [
            f"at visit {labels[j]} the outcome equals {name} in all {rows[j]} rows"
            for j in np.flatnonzero((same == rows) & (rows >= FEW))
        ]
    if faults:
        raise DataError(
            f"model: {'; '.join(faults)}. A baseline is either a covariate or a visit: leave that "
            "visit out, or the covariate"
        )


def require_varying_visits(
    variances: Floats, pairs: Floats, labels: tuple[object, ...], *, unstructured: bool
) -> None:
    """Refuse visits without variance, and pairs of visits that nobody attended both.

    Parameters
    ----------
    variances
        Mean squares of the residuals by visit, shape ``(m,)``.
    pairs
        Subjects seen at both visits, shape ``(m, m)``.
    labels
        Of the visits.
    unstructured
        Whether every pair has a covariance of its own.

    Raises
    ------
    FitError
        Naming the visits.
    """
    seen = np.diagonal(pairs)
    absent = [str(labels[j]) for j in np.flatnonzero(seen == 0)]
    if absent:
        raise FitError(
            f"nobody in one covariance group attended visit {', '.join(absent)}, so its variance "
            "cannot be estimated; leave the visit out or do not split the covariance by group"
        )
    flat = [str(labels[j]) for j in np.flatnonzero(variances <= EXACT**2 * variances.max())]
    if flat:
        raise FitError(
            f"at visit {', '.join(flat)} the mean fits every outcome exactly, so its variance "
            "would be 0; leave the visit out, or use fewer terms that involve it"
        )
    if len(labels) > 1 and not np.triu(pairs, 1).any():
        raise FitError(
            "no subject was seen at two visits, so no covariance of visits can be estimated; a "
            "linear model (ANCOVA) fits these data"
        )
    rows, columns = np.nonzero(np.tril(pairs == 0, -1))
    if unstructured and len(rows):
        listed = ", ".join(
            f"{labels[j]} and {labels[i]}" for i, j in zip(rows, columns, strict=True)
        )
        raise FitError(
            f"no subject was seen at both visits of these pairs: {listed}; their covariance cannot "
            "be estimated. If two of them are one visit under two names, give it one name; else "
            'use a covariance with fewer parameters, for instance "toeph" or "ar1"'
        )
