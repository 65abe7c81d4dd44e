"""Estimates of several levels brought to one."""

from __future__ import annotations

from retrostats.estimate import Estimate


def at_level(estimate: Estimate, level: float) -> Estimate:
    """Return an estimate with its interval at a level: ``value ± t * se`` with its own df.

    Exact limits stay where they have that level already, or where there is no standard error.

    Parameters
    ----------
    estimate
        Any.
    level
        Coverage of the interval that is wanted.

    Examples
    --------
    >>> one = Estimate.from_se("Trial A", -0.9, 0.3, unit="SD", level=0.9)
    >>> print(at_level(one, 0.95))
    Trial A: -0.9 SD (95% CI -1.49 to -0.312)
    """
    if estimate.ci.level == level or not estimate.se > 0:
        return estimate
    return Estimate.from_se(
        estimate.label,
        estimate.value,
        estimate.se,
        unit=estimate.unit,
        df=estimate.df,
        level=level,
    )
