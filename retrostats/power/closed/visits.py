"""What a user gives of the visits of a longitudinal design, checked as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats, real_numbers
from retrostats.effects.arguments import is_number, shown
from retrostats.power.closed.faults import sd_faults

Pattern = Literal["cs", "ar1"]
#: One number for all visits, or one for each.
PerVisit = float | Sequence[float]
#: So many take four seconds, and ten more would take a minute: their covariance has 465 entries.
MOST_VISITS = 20


_COURSE = "the cumulative share gone by each of {} visits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Spread, correlation and retention of the visits after the start.

    Attributes
    ----------
    sds
        Shape ``(m,)``.
    correlation
        Of the visits, shape ``(m, m)``.
    baseline
        Correlation of each visit with the baseline, shape ``(m,)``; None if not adjusted for.
    retention
        Share still there, per arm (treated, comparator) and visit, shape ``(2, m)``.
    """

    sds: Floats
    correlation: Floats
    baseline: Floats | None
    retention: Floats

    @property
    def sigma(self) -> Floats:
        """Return the covariance of the visits, given the baseline if that is adjusted for."""
        left = self.correlation
        if self.baseline is not None:
            left = left - np.outer(self.baseline, self.baseline)
        return np.asarray(left * np.outer(self.sds, self.sds))


def read_visits(
    count: object, *, sd: object, correlation: object, pattern: object, **others: object
) -> tuple[Visits | None, list[str]]:
    """Return the visits, or all that is wrong with them.

    Parameters
    ----------
    count
        Visits after the start.
    sd, correlation, pattern
        As in `retrostats.power_mmrm`.
    **others
        ``baseline`` and ``dropout``, as there.

    Returns
    -------
    tuple
        The visits and no fault, or None and all faults.
    """
    if not (is_number(count) and isinstance(count, int) and 1 <= count <= MOST_VISITS):
        return None, [f"visits must be a whole number from 1 to {MOST_VISITS}; got {shown(count)}"]
    faults: list[str] = []
    sds = _per_visit("sd", sd, count, faults)
    if sds is not None:
        each = dict.fromkeys(fault for sd in sds.tolist() for fault in sd_faults("every sd", sd))
        faults += each
    matrix = _matrix(correlation, pattern, count, faults)
    given = others.get("baseline")
    baseline = None if given is None else _per_visit("baseline", given, count, faults)
    retention = _retention(others.get("dropout"), count, faults)
    if matrix is not None and not faults:
        faults += _not_definite(matrix, baseline)
    if faults or sds is None or matrix is None or retention is None:
        return None, faults
    return Visits(sds=sds, correlation=matrix, baseline=baseline, retention=retention), []


def correlation_matrix(rho: float, pattern: Pattern, visits: int) -> Floats:
    """Return a correlation matrix of one parameter.

    Parameters
    ----------
    rho
        Correlation of neighbouring visits.
    pattern
        ``"cs"``: the same for all pairs. ``"ar1"``: its power for visits further apart.
    visits
        How many.

    Examples
    --------
    >>> correlation_matrix(0.5, "ar1", 3).tolist()
    [[1.0, 0.5, 0.25], [0.5, 1.0, 0.5], [0.25, 0.5, 1.0]]
    """
    apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    power = np.minimum(apart, 1) if pattern == "cs" else apart
    return np.asarray(np.float64(rho) ** power)


def _per_visit(name: str, given: object, count: int, faults: list[str]) -> Floats | None:
    array = _numbers(given)
    if array is not None and array.shape in ((), (count,)):
        return np.broadcast_to(array, (count,))
    each = "" if count == 1 else f", or one for each of {count} visits"
    faults.append(f"{name} must be one number{each}; got {shown(given)}")
    return None


def _numbers(given: object) -> Floats | None:
    try:
        array = real_numbers("power_mmrm", given)  # type: ignore[arg-type]
    except TypeError:
        return None
    return array if np.isfinite(array).all() else None


def _matrix(given: object, pattern: object, count: int, faults: list[str]) -> Floats | None:
    array = _numbers(given)
    if pattern not in ("cs", "ar1"):
        faults.append(f"pattern must be 'cs' or 'ar1'; got {pattern!r}")
    elif array is not None and array.shape == () and -1 < array < 1:
        return correlation_matrix(float(array), "cs" if pattern == "cs" else "ar1", count)
    elif array is not None and array.shape == (count, count):
        if np.allclose(array, array.T, rtol=0, atol=1e-9) and np.allclose(array.diagonal(), 1):
            return array
        faults.append("correlation must be symmetric with ones on its diagonal")
    else:
        faults.append(
            f"correlation must be one number between -1 and 1, or a matrix of {count} "
            f"{'row and column' if count == 1 else 'rows and columns'}; got {shown(given)}"
        )
    return None


def _retention(given: object, count: int, faults: list[str]) -> Floats | None:
    array = _numbers(given)
    if array is None or array.shape not in ((), (count,), (2, count)):
        one = "the share gone by the visit, or [[treated], [comparator]]"
        more = f"{_COURSE.format(count)}, or two such lists (treated, comparator)"
        faults.append(f"dropout must be {one if count == 1 else more}; got {shown(given)}")
        return None
    # With one visit there is one time to leave before.
    if array.shape == () and 0 < array < 1 < count:
        faults.append(f"dropout={array:g} does not say when subjects leave; {_forms(array, count)}")
        return None
    gone = np.broadcast_to(array, (2, count))
    if not ((gone >= 0) & (gone < 1)).all():
        faults.append(_no_shares(array))
    elif (np.diff(gone, axis=1) < 0).any():
        faults.append(
            f"dropout must not fall from one visit to the next: it is {_COURSE.format(count)}; got "
            f"{shown(given)}"
        )
    else:
        return np.asarray(1 - gone)
    return None


def _no_shares(given: Floats) -> str:
    """Tell what shares are; whoever has percent sees them divided."""
    fault = "dropout must be shares from 0 to below 1"
    if given.min() < 0 or not 1 < given.max() < 100:
        return f"{fault}; got {given.tolist()}"
    divided = (given / 100).round(12).tolist()
    return f"{fault}; got {given.tolist()}, which in percent would be dropout={divided}"


def _forms(share: Floats, count: int) -> str:
    """Show how a share gone by the last visit is written, by when those subjects leave."""
    steady = ", ".join(f"{share * (at + 1) / count:.3g}" for at in range(count))
    late = ", ".join([*["0"] * (count - 1), f"{share:g}"])
    return (
        f"give {_COURSE.format(count)}: dropout=({steady}) if as many leave before each visit, "
        f"dropout=({late}) if all leave before the last"
    )


def _not_definite(matrix: Floats, baseline: Floats | None) -> list[str]:
    whole = matrix
    if baseline is not None:
        whole = np.block([[np.ones((1, 1)), baseline[None]], [baseline[:, None], matrix]])
    least = float(np.linalg.eigvalsh(whole)[0])
    if least > 1e-10:
        return []
    among = "the visits" if baseline is None else "the baseline and the visits"
    fault = f"no scores have these correlations among {among}: their smallest eigenvalue is "
    return [f"{fault}{least:.3g} and must be above 0"]
