"""The covariance that a user asked for, as strata of a likelihood with a place to start."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.covariance import CovarianceStructure, check_structure, structure
from retrostats.models.likelihood import Stratum
from retrostats.models.moments import Moments, SubjectRows
from retrostats.models.optimise import Reparametrisation
from retrostats.models.prepared import Prepared

#: Eigenvalues of the starting covariance are at least this share of its largest one.
FLOOR = 1e-3
#: A residual variance this small against the outcome's own, at every visit, is a perfect fit.
PERFECT = 1e-20


def chosen_structure(
    covariance: str | CovarianceStructure, visits: tuple[object, ...]
) -> CovarianceStructure:
    """Return the structure by name, or the user's own once it has been checked."""
    if isinstance(covariance, str):
        return structure(covariance, visits)
    if not isinstance(covariance, CovarianceStructure):
        raise DataError(
            "covariance: a name or an object derived from CovarianceStructure is needed, got "
            f"{type(covariance).__name__}"
        )
    if covariance.dimension != len(visits):
        raise DataError(
            f"covariance: {covariance.name} is made for {covariance.dimension} visits, the data "
            f"have {len(visits)}: {', '.join(map(str, visits))}"
        )
    check_structure(covariance, covariance.start(np.eye(len(visits))))
    return covariance


def strata_of(
    covariance: str | CovarianceStructure, prepared: Prepared, moments: Moments | SubjectRows
) -> tuple[Stratum, ...]:
    """Return one stratum for each covariance group."""
    own = chosen_structure(covariance, prepared.visits)
    if len(prepared.groups) < 2:
        return (Stratum(moments, own),)
    parts = tuple(moments.of_group(code) for code in range(len(prepared.groups)))
    return tuple(Stratum(part, own) for part in parts)


def starting_values(strata: tuple[Stratum, ...], labels: tuple[object, ...]) -> Floats:
    """Return natural parameters near the moments of the ordinary residuals.

    Parameters
    ----------
    strata
        With settled moments, whose last column holds residuals.
    labels
        Visits, for messages.

    Raises
    ------
    FitError
        If there is nothing to estimate a covariance from.
    """
    return np.concatenate([_start(stratum, labels) for stratum in strata])


def _start(stratum: Stratum, labels: tuple[object, ...]) -> Floats:
    moments = stratum.moments
    size = moments.n_columns
    last = np.zeros((size, size))
    last[-1, -1] = 1.0
    squares = moments.inner(last).sum(axis=0)
    present = moments.present.astype(float)
    pairs = (present * moments.counts[:, None]).T @ present
    _check_visits(stratum, pairs, labels)
    moment = squares / np.maximum(pairs, 1.0)
    variances = np.diagonal(moment)
    if not variances.max() > 0:
        raise FitError(
            "the mean fits every row exactly, so nothing is left to estimate a covariance from; "
            "use fewer terms, or check that the outcome varies within the cells of the design"
        )
    # A visit where all residuals vanish would start at a variance of 0.
    floor = max(float(variances.max()) * FLOOR, float(np.finfo(float).tiny))
    moment = moment + np.diag(np.maximum(floor - variances, 0.0))
    scale = np.sqrt(np.diagonal(moment))
    values, vectors = np.linalg.eigh(moment / np.outer(scale, scale))
    values = np.maximum(values, FLOOR * values.max())
    return stratum.structure.start((vectors * values) @ vectors.T * np.outer(scale, scale))


def _check_visits(stratum: Stratum, pairs: Floats, labels: tuple[object, ...]) -> None:
    absent = [str(labels[j]) for j in np.flatnonzero(np.diagonal(pairs) == 0)]
    if absent:
        raise FitError(
            f"nobody in one covariance group attended visit {', '.join(absent)}, so its variance "
            "cannot be estimated; leave the visit out or do not split the covariance by group"
        )
    if stratum.structure.name != "us":
        return
    rows, columns = np.nonzero(np.tril(pairs == 0, -1))
    if len(rows):
        listed = ", ".join(
            f"{labels[j]} and {labels[i]}" for i, j in zip(rows, columns, strict=True)
        )
        raise FitError(
            f"no subject was seen at both visits of these pairs: {listed}; their covariance cannot "
            'be estimated. Use a covariance with fewer parameters, for instance "toeph" or "ar1"'
        )


def covariance_names(groups: tuple[object, ...], strata: tuple[Stratum, ...]) -> tuple[str, ...]:
    """Return the names of all covariance parameters, with the group in front if there are some."""
    if len(strata) == 1:
        return tuple(strata[0].structure.parameter_names)
    return tuple(
        f"{label}: {name}"
        for label, stratum in zip(groups, strata, strict=True)
        for name in stratum.structure.parameter_names
    )


def unconstrained_of(strata: tuple[Stratum, ...]) -> Reparametrisation:
    """Return the way to unconstrained parameters and back, strata one after the other."""
    edges = np.cumsum([stratum.n_parameters for stratum in strata])[:-1]
    own = [stratum.structure for stratum in strata]

    def to(theta: Floats) -> Floats:
        parts = np.split(theta, edges)
        return np.concatenate(
            [s.to_unconstrained(part) for s, part in zip(own, parts, strict=True)]
        )

    def back(phi: Floats) -> Floats:
        parts = np.split(phi, edges)
        return np.concatenate(
            [s.from_unconstrained(part) for s, part in zip(own, parts, strict=True)]
        )

    def jacobian(phi: Floats) -> Floats:
        parts = np.split(phi, edges)
        return np.asarray(
            block_diag(*(s.jacobian(part) for s, part in zip(own, parts, strict=True)))
        )

    return Reparametrisation(to, back, jacobian)
