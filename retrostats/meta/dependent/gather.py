"""Estimates and their covariance, from whatever form they are given in."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from retrostats.arrays import real_numbers
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.dependent.types import DependentEstimates, covariance_faults
from retrostats.meta.dependent.working import (
    USUAL_CORRELATION,
    require_correlation,
    require_one_spelling,
    working_covariance,
)
from retrostats.meta.studies import gather_studies


def as_dependent(
    caller: str,
    estimates: Sequence[Estimate] | DependentEstimates,
    studies: Sequence[str] | None,
    *,
    correlation: float | None = None,
    covariance: ArrayLike | None = None,
) -> DependentEstimates:
    """Return estimates with their covariance, or say every reason why there is none.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    estimates
        With their covariance, or without.
    studies
        Name of the trial of each, where `estimates` do not have them.
    correlation
        Within a trial, where the covariance is not known; by default `USUAL_CORRELATION`.
    covariance
        Shape ``(k, k)``, where it is known.

    Raises
    ------
    DataError
        If names are missing, or the covariance is none.
    ValueError
        If the covariance comes in two ways.
    """
    known = isinstance(estimates, DependentEstimates)
    if (known + (covariance is not None) + (correlation is not None)) > 1:
        raise ValueError(
            f"{caller}: the covariance is given more than once; give DependentEstimates, or "
            "covariance=, or correlation="
        )
    if isinstance(estimates, DependentEstimates):
        if studies is not None:
            raise ValueError(f"{caller}: DependentEstimates know their trials; leave out studies")
        require_one_spelling(caller, estimates.clusters)
        return estimates
    if studies is None:
        raise DataError(
            f"{caller}: give the name of the trial of each estimate, as in studies=[...]"
        )
    gathered = gather_studies(caller, estimates, studies=studies, fewest=1, repeated="allowed")
    require_one_spelling(caller, gathered.names)
    if covariance is None:
        used = USUAL_CORRELATION if correlation is None else correlation
        require_correlation(caller, used, gathered.names)
        return working_covariance(gathered.estimates, gathered.names, correlation=used)
    matrix = real_numbers(f"{caller}: covariance", covariance)
    faults = covariance_faults(gathered.estimates, gathered.names, matrix)
    if faults:
        raise DataError(f"{caller}: " + "; ".join(faults))
    return DependentEstimates(
        estimates=gathered.estimates, clusters=gathered.names, covariance=matrix
    )
