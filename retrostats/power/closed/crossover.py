"""Power of a crossover trial of two periods."""

from __future__ import annotations

import math

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import correlation_faults, sd_faults
from retrostats.power.closed.means import SOURCES
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity


@by_name
def power_crossover(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    sd: float,
    correlation: float | None = None,
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    dropout: float = 0.0,
    unit: str = "",
) -> PowerAnswer:
    r"""Return sample size, power or difference of a crossover trial of two periods.

    Use it when every subject walks both ways, in one of two random orders, and nothing of the
    first way lasts into the second period; not for programmes of weeks, whose effect stays.

    .. math::  \mathrm{se}^2 = \tfrac12 \sigma_w^2 (1/n_1 + 1/n_2), \qquad
        n_1 + n_2 - 2 \text{ degrees of freedom}

    Parameters
    ----------
    sd
        SD within a subject, the square root of the residual mean square; or with `correlation`
        the SD of the scores.
    correlation
        Of the two periods of a subject: the SD within is ``sd * sqrt(1 - correlation)``.
    difference, power, level, goal, margin, better, dropout, unit
        As in `power_two_groups`; the difference is between the treatments.
    n
        Subjects in each order, or one number for each: (treated first, comparator first).

    Returns
    -------
    PowerAnswer
        Period effects are adjusted for.

    Raises
    ------
    DataError
        With all faults.

    References
    ----------
    .. [1] Julious SA (2004). Stat Med 23, 1921-1986. doi:10.1002/sim.1783

    Examples
    --------
    >>> import retrostats as rs
    >>> answer = rs.power_crossover(difference=1.5, sd=2.1, correlation=0.6, power=0.9)
    >>> answer.n, answer.total
    ((10, 10), 20)
    """
    faults = [
        *sd_faults("sd", sd),
        *correlation_faults("correlation", correlation),
    ]
    given = Given(
        n=n, power=power, difference=difference, level=level, goal=goal, margin=margin,
        better=better, dropout=dropout, unit=unit,
    )  # fmt: skip
    asked = question("power_crossover", given, faults)
    within = sd if correlation is None else sd * math.sqrt(1 - correlation)
    takes: tuple[str, ...] = (f"a standard deviation within subjects of {quantity(within, unit)}",)
    if correlation is not None:
        scores = f"a standard deviation of {quantity(sd, unit)}"
        takes = (scores, f"a correlation of {correlation:.4g} between the periods")

    def chance(difference: float, arms: Arms) -> float:
        se = within * math.sqrt((1 / arms[0] + 1 / arms[1]) / 2)
        return asked.claim.chance(difference, se, arms[0] + arms[1] - 2)

    design = Design(
        function="power_crossover",
        words="two treatments within subjects, in two periods and both orders",
        test="t test of a crossover trial, adjusted for periods",
        arms=("treated first", "comparator first"),
        chance=chance,
        least=2 / min(asked.allocation),
        scale=within,
        takes=takes,
        follows=()
        if correlation is None
        else (f"The standard deviation within subjects is {quantity(within, unit)}",),
        assumptions=(
            "No effect of the first period is carried over into the second",
            "Differences within subjects are taken as normal",
        ),
        sources=SOURCES,
    )
    return answer(design, asked)
