"""Power of the contrast of two arms at the last visit of an MMRM."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, cast

import numpy as np

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.means import TWO_ARMS
from retrostats.power.closed.retention import LastVisit, last_visit, retention_factor
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.visits import Pattern, PerVisit, Visits, read_visits
from retrostats.power.closed.words import quantity

Reference = Literal["kenward-roger", "normal"]

_SOURCES = (
    (
        "Lu K, Luo X, Chen PY (2008), Sample size estimation for repeated measures analysis in "
        "randomized clinical trials with missing data, doi:10.2202/1557-4679.1098"
    ),
)
_KENWARD_ROGER = (
    "Kenward MG, Roger JH (1997), Small sample inference for fixed effects from restricted "
    "maximum likelihood, doi:10.2307/2533558"
)


@by_name
def power_mmrm(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    visits: int,
    sd: PerVisit,
    correlation: float | Sequence[Sequence[float]],
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    pattern: Pattern = "cs",
    baseline: PerVisit | None = None,
    dropout: float | Sequence[float] | Sequence[Sequence[float]] = 0.0,
    df: Reference = "kenward-roger",
    ratio: float = 1.0,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    unit: str = "",
) -> PowerAnswer:
    r"""Return sample size, power or difference of two arms at the last visit of an MMRM.

    Use it when scores are taken at several visits, some subjects leave, and the arms are compared
    at the last visit by `retrostats.fit_mmrm` with an unstructured covariance; not where leaving
    depends on what was never measured, and not where subjects miss a visit and come back
    (`retrostats.simulate_power`).

    .. math::  \mathrm{se}^2 = \sum_a \frac1{n_a} \left[\Big(\sum_k (r_{ak} - r_{a,k+1})
        \Sigma_k^{-1}\Big)^{-1}\right]_{mm}

    Parameters
    ----------
    visits
        Number m of visits after the start.
    sd
        SD of the scores, or one for each visit.
    correlation
        Between visits: one number, with `pattern`, or the whole matrix.
    difference
        True difference at the last visit, treated minus comparator.
    n
        Subjects per arm who are randomised: what leaves is in the formula.
    power, ratio, level, goal, margin, better, unit
        As in `retrostats.power_two_groups`.
    pattern
        ``"cs"``: one correlation for all pairs. ``"ar1"``: it falls with their distance.
    baseline
        Correlation of the baseline with each visit, where the model has ``baseline * visit``;
        None where it does not adjust for it.
    dropout
        Cumulative share gone by each visit, or two such lists (treated, comparator). One number
        where there is one visit.
    df
        ``"kenward-roger"``: a t with the degrees of freedom and the standard error that Kenward
        and Roger's method will have on average. ``"normal"``: the formula of the paper, which
        promises too much below some 100 subjects.

    Returns
    -------
    PowerAnswer

    Raises
    ------
    DataError
        With all faults.

    References
    ----------
    .. [1] Lu K, Luo X, Chen PY (2008). Int J Biostat 4(1), 9. doi:10.2202/1557-4679.1098
    .. [2] Kenward MG, Roger JH (1997). Biometrics 53, 983-997. doi:10.2307/2533558

    Examples
    --------
    >>> import retrostats as rs
    >>> answer = rs.power_mmrm(
    ...     visits=3,
    ...     sd=2.1,
    ...     correlation=0.6,
    ...     baseline=0.5,
    ...     dropout=(0.05, 0.1, 0.15),
    ...     difference=-1.5,
    ...     power=0.9,
    ...     unit="points",
    ... )
    >>> answer.n, round(answer.power, 3)
    ((38, 38), 0.906)
    """
    found, faults = read_visits(
        visits, sd=sd, correlation=correlation, pattern=pattern, baseline=baseline, dropout=dropout
    )
    if df not in ("kenward-roger", "normal"):
        faults.append(f"df must be 'kenward-roger' or 'normal'; got {df!r}")
    given = Given(
        n=n, power=power, difference=difference, level=level, ratio=ratio, goal=goal,
        margin=margin, better=better, unit=unit,
    )  # fmt: skip
    asked = question("power_mmrm", given, faults)
    spread = _Spread(cast("Visits", found), df)  # without it there was a fault

    def chance(difference: float, arms: Arms) -> float:
        se, degrees = spread.of(arms)
        return asked.claim.chance(difference, se, degrees)

    design = Design(
        function="power_mmrm",
        words="two parallel arms "
        + ("at one visit" if visits == 1 else f"at the last of {visits} visits")
        + ("" if baseline is None else ", adjusted for the baseline"),
        test="MMRM with unstructured covariance"
        + (" and Kenward-Roger degrees of freedom" if df == "kenward-roger" else ""),
        arms=TWO_ARMS,
        chance=chance,
        least=spread.least(asked.allocation),
        scale=float(spread.visits.sds[-1]),
        takes=_takes(spread.visits, unit),
        follows=(_follows(spread.visits),),
        assumptions=(
            "Scores are taken as normal with the same covariance in both arms",
            (
                "Subjects leave for good and at random; where leaving depends on scores seen "
                "before, the precision differs a little"
            ),
        ),
        sources=(*_SOURCES, _KENWARD_ROGER) if df == "kenward-roger" else _SOURCES,
    )
    return answer(design, asked)


class _Spread:
    """Standard error and degrees of freedom of the last visit at any size."""

    def __init__(self, visits: Visits, df: Reference) -> None:
        self.visits, self.df = visits, df
        self.covariates = 0 if visits.baseline is None else 1

    def of(self, arms: Arms) -> tuple[float, float]:
        found = self._at(arms)
        if self.df == "normal":
            return math.sqrt(found.known), math.inf
        return math.sqrt(found.variance), found.df

    def _at(self, arms: Arms) -> LastVisit:
        visits = self.visits
        return last_visit(visits.sigma, np.array(arms), visits.retention, self.covariates)

    def least(self, allocation: Arms) -> float:
        """Return the fewest of the comparator arm that leave degrees of freedom."""
        staying = np.array(allocation) * self.visits.retention[:, -1]
        least = float(max(2 / staying.min(), (4 + self.covariates) / staying.sum()))
        # The information of a covariance needs a few more where many leave.
        while not self._at(tuple(share * least for share in allocation)).df >= 2:
            least *= 1.05
        return least


def _takes(visits: Visits, unit: str) -> tuple[str, ...]:
    sds, last = visits.sds, quantity(float(visits.sds[-1]), unit)
    takes = [
        f"a standard deviation of {last}" + ("" if np.ptp(sds) == 0 else " at the last visit"),
    ]
    if len(sds) > 1:
        between = visits.correlation[np.tril_indices(len(sds), -1)]
        takes.append(f"correlations of {_range(between)} between visits")
    if visits.baseline is not None:
        takes.append(f"correlations of {_range(visits.baseline)} with the baseline")
    gone = [f"{100 * (1 - share):.4g}%" for share in visits.retention[:, -1]]
    each = gone[0] if gone[0] == gone[1] else f"{gone[0]} (treated) and {gone[1]} (comparator)"
    takes.append(f"{each} gone by the {'last ' * (len(sds) > 1)}visit")
    return tuple(takes)


def _follows(visits: Visits) -> str:
    factors = [retention_factor(visits.sigma, each) for each in visits.retention]
    times = f"{factors[0]:.3f} times"
    if factors[0] != factors[1]:
        times = f"{factors[0]:.3f} (treated) and {factors[1]:.3f} (comparator) times"
    at = "the last visit" if len(visits.sds) > 1 else "the visit"
    return f"The variance at {at} is {times} that without dropout"


def _range(values: np.ndarray) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
