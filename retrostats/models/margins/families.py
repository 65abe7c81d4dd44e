"""Estimates adjusted for the number of comparisons, family by family."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.estimate import Estimate, Interval
from retrostats.models.margins.multiplicity import Adjustment, adjust


def adjusted_estimates(
    estimates: Sequence[Estimate],
    families: Sequence[NDArray[np.intp]],
    covariance_of: Callable[[NDArray[np.intp]], Floats],
    *,
    method: Adjustment,
    level: float,
) -> tuple[Estimate, ...]:
    """Return estimates with the p values and intervals of their families.

    Parameters
    ----------
    estimates
        Each by itself.
    families
        Positions of those that are adjusted together.
    covariance_of
        From positions of r estimates to their covariance, shape ``(r, r)``.
    method
        Of `multiplicity.adjust`; under ``"none"`` nothing changes.
    level
        Coverage of the intervals.
    """
    found = list(estimates)
    if method == "none":
        return tuple(found)
    for family in families:
        adjusted = adjust(
            np.array([found[k].value for k in family]),
            covariance_of(family),
            np.array([found[k].df for k in family]),
            method=method,
            level=level,
        )
        for k, p, low, high in zip(family, adjusted.p, adjusted.low, adjusted.high, strict=True):
            before = found[k]
            found[k] = Estimate(
                label=before.label,
                value=before.value,
                se=before.se,
                df=before.df,
                ci=Interval(float(low), float(high), level),
                p=float(p),
                unit=before.unit,
            )
    return tuple(found)
