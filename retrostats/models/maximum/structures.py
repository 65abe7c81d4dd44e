"""The covariance that a user asked for, as strata of a likelihood with a place to start."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.covariance import CovarianceStructure, check_structure, structure
from retrostats.models.maximum.optimise import Reparametrisation
from retrostats.models.maximum.residual_checks import require_varying_visits
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.prepared import Prepared
from retrostats.models.sums.subject_rows import SubjectRows

#: Eigenvalues of the starting covariance are at least this share of its largest one.
FLOOR = 1e-3


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
    moment = squares / np.maximum(pairs, 1.0)
    variances = np.diagonal(moment)
    require_varying_visits(variances, pairs, labels, unstructured=stratum.structure.name == "us")
    scale = np.sqrt(np.diagonal(moment))
    values, vectors = np.linalg.eigh(moment / np.outer(scale, scale))
    values = np.maximum(values, FLOOR * values.max())
    return stratum.structure.start((vectors * values) @ vectors.T * np.outer(scale, scale))


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
