"""Power of a comparison within subjects."""

from __future__ import annotations

import math

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Design, answer
from retrostats.power.closed.faults import correlation_faults, sd_faults
from retrostats.power.closed.means import SOURCES
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity


@by_name
def power_paired(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    sd: float,
    correlation: float | None = None,
    difference: float | None = None,
    n: int | None = None,
    power: float | None = None,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    dropout: float = 0.0,
    unit: str = "",
) -> PowerAnswer:
    """Return sample size, power or difference of a comparison within subjects.

    Use it when each subject is measured under both conditions, or before and after, and the
    differences are tested against 0; not for a trial of two arms (`power_two_groups`), and not
    where the order of the conditions is randomised (`power_crossover`).

    Parameters
    ----------
    sd
        SD of the differences; or with `correlation` the SD of the scores themselves.
    correlation
        Of the two scores of a subject.
    difference, power, level, goal, margin, better, dropout, unit
        As in `power_two_groups`.
    n
        Pairs.

    Returns
    -------
    PowerAnswer

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
    >>> print(rs.power_paired(difference=0.6, sd=1, power=0.8))
    24 pairs: power 80.4% at a difference of 0.6 (paired t test)
    """
    faults = [*sd_faults("sd", sd), *correlation_faults("correlation", correlation)]
    given = Given(
        n=n, power=power, difference=difference, level=level, arms=1, goal=goal, margin=margin,
        better=better, dropout=dropout, unit=unit,
    )  # fmt: skip
    asked = question("power_paired", given, faults)
    spread = sd if correlation is None else sd * math.sqrt(2 * (1 - correlation))
    takes: tuple[str, ...] = (
        f"a standard deviation of the differences of {quantity(spread, unit)}",
    )
    if correlation is not None:
        scores = f"a standard deviation of {quantity(sd, unit)}"
        takes = (scores, f"a correlation of {correlation:.4g}")
    design = Design(
        function="power_paired",
        words="two measurements of each subject",
        test="paired t test",
        arms=("pairs",),
        chance=lambda difference, arms: asked.claim.chance(
            difference, spread / math.sqrt(arms[0]), arms[0] - 1
        ),
        least=2,
        scale=spread,
        counted="pairs",
        takes=takes,
        follows=()
        if correlation is None
        else (f"The standard deviation of the differences is {quantity(spread, unit)}",),
        assumptions=("The differences are taken as normal",),
        sources=SOURCES,
    )
    return answer(design, asked)
