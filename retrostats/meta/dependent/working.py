"""A working covariance: what is assumed where no paper prints the correlation of its estimates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.arguments import is_number, require_numbers
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.dependent.types import DependentEstimates
from retrostats.meta.studies import gather_studies

#: Of a working covariance where nothing else is said. Outcomes of one scale, or visits some weeks
#: apart, mostly correlate by 0.4 to 0.8; `correlation_sensitivity` shows what it does.
USUAL_CORRELATION = 0.6


def equally_correlated(variances: Floats, correlation: float) -> Floats:
    """Return the covariance of estimates that all correlate alike.

    Parameters
    ----------
    variances
        Shape ``(n,)``.
    correlation
        Of any two of them.
    """
    root = np.sqrt(variances)
    return np.asarray(np.outer(root, root) * (correlation + (1 - correlation) * np.eye(len(root))))


def fading(variances: Floats, times: Floats, correlation: float) -> Floats:
    """Return the covariance of estimates whose correlation fades with the time between them.

    Parameters
    ----------
    variances, times
        Shape ``(n,)``.
    correlation
        Of two estimates one unit of time apart, above 0; over ``t`` units it is its power ``t``.
    """
    root = np.sqrt(variances)
    return np.asarray(np.outer(root, root) * correlation ** np.abs(times[:, None] - times[None, :]))


def working_covariance(
    estimates: Sequence[Estimate],
    studies: Sequence[str],
    *,
    correlation: float = USUAL_CORRELATION,
    times: Sequence[float] | None = None,
) -> DependentEstimates:
    r"""Give estimates of the same patients an assumed covariance.

    .. math::  \operatorname{cov}(y_i, y_j) = \rho\,se_i\,se_j\qquad\text{or}\qquad
               \rho^{|t_i - t_j|}\,se_i\,se_j

    Use it when trials give several outcomes or visits of the same patients and no paper prints
    how they correlate; not for arms that share a control (`shared_control_covariance` knows the
    covariance from the sizes), and not where the covariance is known.

    Parameters
    ----------
    estimates
        Of one or more trials, in one unit.
    studies
        Name of the trial of each.
    correlation
        Of two sampling errors within a trial; with `times`, of two visits one unit of time apart.
    times
        When each was measured, in any unit; every time comes once in a trial.

    Returns
    -------
    DependentEstimates
        With correlation 0 between trials.

    Raises
    ------
    DataError
        If an estimate has no standard error, a time comes twice in a trial, or no estimates can
        correlate so.

    References
    ----------
    .. [1] Pustejovsky JE, Tipton E (2022). Prev Sci 23, 425-438. doi:10.1007/s11121-021-01246-3

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [rs.Estimate.from_se(visit, -0.5, 0.2, unit="SD") for visit in ("3 wk", "6 wk")]
    >>> found = rs.working_covariance(pain, ["Trial A"] * 2, correlation=0.5)
    >>> round(float(found.covariance[0, 1]), 3)
    0.02
    """
    gathered = gather_studies(
        "working_covariance", estimates, studies=studies, fewest=1, repeated="allowed"
    )
    require_one_spelling("working_covariance", gathered.names)
    clusters = np.unique(gathered.names, return_inverse=True)[1]
    require_correlation("working_covariance", correlation, gathered.names)
    if times is None:
        whole = equally_correlated(gathered.v, correlation)
        words = f"correlation {correlation:g} within a trial (assumed)"
    else:
        whole = fading(gathered.v, _times(times, gathered.names, correlation), correlation)
        words = f"correlation {correlation:g} per unit of time within a trial (assumed)"
    return DependentEstimates(
        estimates=gathered.estimates,
        clusters=gathered.names,
        covariance=np.where(clusters[:, None] == clusters[None, :], whole, 0.0),
        assumption=words,
    )


def require_correlation(caller: str, correlation: float, clusters: Sequence[str]) -> None:
    """Refuse a correlation that the estimates of the largest trial cannot all have.

    Parameters
    ----------
    caller
        Opens the message.
    correlation
        Of any two estimates of a trial.
    clusters
        Trial of each estimate.

    Raises
    ------
    DataError
        If it is 1 or more, or too far below 0 for so many estimates.
    """
    if not is_number(correlation):
        raise ValueError(f"{caller}: the correlation must be one number, got {correlation!r}")
    most = max(Counter(clusters).values())
    lowest = -1 / (most - 1) if most > 1 else -1.0
    if not lowest < correlation < 1:
        raise DataError(
            f"{caller}: the correlation within a trial must lie above {lowest:.3g} (a trial has "
            f"{most} estimates) and below 1; got {correlation:g}"
        )


def require_one_spelling(caller: str, names: Sequence[str]) -> None:
    """Refuse names of trials that differ only in spaces or capitals.

    Raises
    ------
    DataError
        If two do.
    """
    spelt: dict[str, str] = {}
    for name in dict.fromkeys(names):
        first = spelt.setdefault(" ".join(name.casefold().split()), name)
        if first != name:
            raise DataError(
                f"{caller}: {first!r} and {name!r} are one trial or two? Write each in one way"
            )


def _times(times: Sequence[float], clusters: Sequence[str], correlation: float) -> Floats:
    for time in times:
        require_numbers("working_covariance", times=time)
    if len(times) != len(clusters):
        raise DataError(
            f"working_covariance: {len(times)} times for {len(clusters)} estimates; give one each"
        )
    if not correlation > 0:
        raise DataError(
            "working_covariance: a correlation that fades with time lies above 0; "
            f"got {correlation:g}"
        )
    counted = Counter(zip(clusters, times, strict=True))
    twice = [f"{trial!r} at {time:g}" for (trial, time), n in counted.items() if n > 1]
    if twice:
        raise DataError(
            f"working_covariance: {', '.join(twice)} comes more than once; combine what was "
            "measured at one time first, or leave out times"
        )
    return np.array(times, dtype=float)
