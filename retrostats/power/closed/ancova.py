"""Power of an ANCOVA with baseline, of change scores, and of scores at the end."""

from __future__ import annotations

import math

from retrostats.effects.arguments import is_number, shown
from retrostats.power.closed.adjusted import Analysis, adjusted_spread, variance_factor
from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import correlation_faults, sd_faults
from retrostats.power.closed.means import TWO_ARMS
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity

_TESTS: dict[Analysis, str] = {
    "ancova": "analysis of covariance",
    "change": "t test of changes",
    "post": "t test of scores",
}
_SOURCES = (
    (
        "Borm GF, Fransen J, Lemmens WA (2007), A simple sample size formula for analysis of "
        "covariance in randomized clinical trials, doi:10.1016/j.jclinepi.2007.02.006"
    ),
)
_REPEATED = (
    "Frison L, Pocock SJ (1992), Repeated measures in clinical trials, doi:10.1002/sim.4780111304"
)


@by_name
def power_ancova(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    sd: float,
    correlation: float,
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    analysis: Analysis = "ancova",
    baselines: int = 1,
    visits: int = 1,
    ratio: float = 1.0,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    dropout: float = 0.0,
    unit: str = "",
) -> PowerAnswer:
    r"""Return sample size, power or difference of a trial that adjusts for the baseline.

    Use it when scores after treatment are compared with the baseline as a covariate, by
    `retrostats.fit_ancova`; not where subjects leave between several visits and the model uses
    those who left (`power_mmrm`). The variance of a two-group comparison is multiplied by

    .. math::  \text{ANCOVA: } 1 - \rho^2, \qquad \text{change: } 2(1 - \rho), \qquad
        \text{post: } 1

    Parameters
    ----------
    sd
        SD of the scores, at the baseline and after it.
    correlation
        Of baseline and outcome within an arm; between any two visits where there are several.
    difference, n, power, ratio, level, goal, margin, better, dropout, unit
        As in `power_two_groups`.
    analysis
        ``"ancova"``, ``"change"`` or ``"post"``.
    baselines, visits
        How many measurements before and after the start are averaged, all equally correlated [2]_.

    Returns
    -------
    PowerAnswer
        By a noncentral t with n1 + n2 - 3 degrees of freedom (ANCOVA; else - 2). For ANCOVA the
        variance contains the price of the estimated slope, (N - 3) / (N - 4) on average where the
        baseline is normal; Borm's formula has neither and gives about one subject less.

    Raises
    ------
    DataError
        With all faults.

    References
    ----------
    .. [1] Borm GF, Fransen J, Lemmens WA (2007). J Clin Epidemiol 60, 1234-1238.
       doi:10.1016/j.jclinepi.2007.02.006
    .. [2] Frison L, Pocock SJ (1992). Stat Med 11, 1685-1704. doi:10.1002/sim.4780111304

    Examples
    --------
    >>> import retrostats as rs
    >>> for analysis in ("ancova", "change", "post"):
    ...     answer = rs.power_ancova(
    ...         difference=-1.5, sd=2.1, correlation=0.6, power=0.9, analysis=analysis
    ...     )
    ...     print(analysis, answer.n)
    ancova (28, 28)
    change (34, 34)
    post (43, 43)
    """
    faults = [*sd_faults("sd", sd), *_correlation_faults(correlation)]
    faults += _analysis_faults(analysis, baselines, visits)
    if not faults and correlation <= -1 / (baselines + visits - 1):
        faults.append(f"{baselines + visits} visits cannot all be correlated by {correlation:g}")
    given = Given(
        n=n, power=power, difference=difference, level=level, ratio=ratio, goal=goal,
        margin=margin, better=better, dropout=dropout, unit=unit,
    )  # fmt: skip
    asked = question("power_ancova", given, faults)
    factor = variance_factor(analysis, correlation, baselines, visits)
    covariates = 1 if analysis == "ancova" else 0

    def chance(difference: float, arms: Arms) -> float:
        variance, df = adjusted_spread(arms, covariates)
        return asked.claim.chance(difference, sd * math.sqrt(factor * variance), df)

    several = baselines + visits > 2
    design = Design(
        function="power_ancova",
        words=_words(analysis, baselines, visits),
        test=_TESTS[analysis],
        arms=TWO_ARMS,
        chance=chance,
        least=max(2 / min(asked.allocation), (5 + covariates) / sum(asked.allocation)),
        scale=sd * math.sqrt(factor),
        takes=(
            f"a standard deviation of {quantity(sd, unit)} in both arms",
            f"a correlation of {correlation:.4g} between "
            + ("any two visits" if several else "baseline and outcome"),
        ),
        follows=(f"The variance is {factor:.3f} times that of single scores without a baseline",),
        assumptions=(
            "Scores are taken as normal with the same correlation and spread in both arms",
        ),
        sources=(*_SOURCES, _REPEATED) if several else _SOURCES,
    )
    return answer(design, asked)


def _correlation_faults(correlation: object) -> list[str]:
    if correlation is None:
        return ["correlation must be given: of baseline and outcome within an arm"]
    return correlation_faults("correlation", correlation)


def _analysis_faults(analysis: object, baselines: object, visits: object) -> list[str]:
    faults = []
    if analysis not in tuple(_TESTS):  # what has no hash can be given too
        faults.append(f"analysis must be one of {', '.join(_TESTS)}; got {analysis!r}")
    for name, value in (("baselines", baselines), ("visits", visits)):
        if not (is_number(value) and isinstance(value, int) and 1 <= value <= 1000):
            faults.append(f"{name} must be a whole number of 1 or more; got {shown(value)}")
    return faults


def _words(analysis: Analysis, baselines: int, visits: int) -> str:
    after = "at one visit" if visits == 1 else f"on the mean of {visits} visits"
    words = f"two parallel arms {after} after the start"
    if analysis == "post":
        return words
    before = "the baseline" if baselines == 1 else f"the mean of {baselines} baselines"
    return f"{words}, {'adjusted for' if analysis == 'ancova' else 'as a change from'} {before}"
