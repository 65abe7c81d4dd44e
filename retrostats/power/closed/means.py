"""Power of comparisons of two means: two groups, and pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, number_faults, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.words import quantity

#: Sources of the noncentral t, and of the sample-size formulas for normal data.
SOURCES = (
    "Julious SA (2004), Sample sizes for clinical trials with normal data, doi:10.1002/sim.1783",
)
TWO_ARMS = ("treated", "comparator")
_ABOVE_0 = "a number above 0"


def power_two_groups(  # noqa: PLR0913 - what a sample-size paragraph has to state
    *,
    sd: float | Sequence[float],
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    ratio: float = 1.0,
    level: float = 0.95,
    goal: Goal = "superiority",
    margin: float | None = None,
    better: Better | None = None,
    dropout: float = 0.0,
    unit: str = "",
) -> PowerAnswer:
    r"""Return sample size, power or difference of a comparison of two independent means.

    Use it when two arms are compared by a t test at one visit; not where the baseline is adjusted
    for (`power_ancova`) or subjects leave before the last of several visits (`power_mmrm`), which
    need fewer. Give two of `n`, `power` and `difference`.

    .. math::  t = \frac{\delta}{\sigma\sqrt{1/n_1 + 1/n_2}} \quad\text{with}\quad n_1+n_2-2
        \text{ degrees of freedom}

    Parameters
    ----------
    sd
        SD of the outcome in both arms, or one for each: (treated, comparator). Two different ones
        are for Welch's test, with its degrees of freedom at these SDs.
    difference
        True difference, treated minus comparator, in the unit of `sd`.
    n
        Subjects per arm who are analysed; for two sizes (treated, comparator). With `ratio` a
        single number is the comparator's.
    power
        Chance that the claim is made. Both tails of a two-sided test count.
    ratio
        Size of the treated arm over that of the comparator.
    level
        Coverage of the two-sided interval. One-sided claims use the limit of this interval: 0.95
        is one-sided 2.5%. The usual equivalence test at 5% has ``level=0.90``.
    goal
        ``"superiority"``: the interval leaves out 0. ``"non-inferiority"``: its worse limit is
        better than the margin. ``"equivalence"``: both limits lie within the margins.
    margin
        Distance above 0 for the last two goals.
    better
        ``"lower"`` or ``"higher"`` scores are better; needed for non-inferiority. For superiority
        it gives the detectable difference its sign.
    dropout
        Share without an outcome. It changes `randomised` alone; whoever is left is taken for a
        random part.
    unit
        Unit of the outcome.

    Returns
    -------
    PowerAnswer
        If the difference is asked: the smallest at which superiority has this power, the worst
        at which non-inferiority has it, or the largest at which equivalence has it.

    Raises
    ------
    DataError
        With all faults, if arguments contradict each other or no trial could show it.

    References
    ----------
    .. [1] Julious SA (2004). Stat Med 23, 1921-1986. doi:10.1002/sim.1783
    .. [2] Welch BL (1938). Biometrika 29, 350-362. doi:10.1093/biomet/29.3-4.350

    Examples
    --------
    >>> import retrostats as rs
    >>> print(rs.power_two_groups(difference=-1.5, sd=2.1, power=0.8, unit="points"))
    32 subjects per arm (64 in total): power 80.3% at a difference of -1.5 points (Student's t test)
    >>> answer = rs.power_two_groups(
    ...     difference=0, sd=2.1, n=50, goal="non-inferiority", margin=1, better="lower"
    ... )
    >>> round(answer.power, 4)
    0.6545
    """
    faults = _spread_faults(sd)
    given = Given(
        n=n,
        power=power,
        difference=difference,
        level=level,
        ratio=ratio,
        goal=goal,
        margin=margin,
        better=better,
        dropout=dropout,
        unit=unit,
    )
    asked = question("power_two_groups", given, faults)
    sds = (sd[0], sd[1]) if isinstance(sd, Sequence) else (sd, sd)
    same = sds[0] == sds[1]
    spreads = " and ".join(quantity(each, unit) for each in sds)

    def chance(difference: float, arms: Arms) -> float:
        se, df = two_group_spread(sds, arms)
        return asked.claim.chance(difference, se, df)

    design = Design(
        function="power_two_groups",
        words="two parallel arms",
        test="Student's t test" if same else "Welch's t test",
        arms=TWO_ARMS,
        chance=chance,
        least=2 / min(asked.allocation),
        scale=max(sds),
        takes=(
            f"a standard deviation of {quantity(sds[0], unit)} in both arms"
            if same
            else f"standard deviations of {spreads} (treated and comparator)",
        ),
        assumptions=("The scores of each arm are taken as normal",),
        sources=SOURCES,
    )
    return answer(design, asked)


def two_group_spread(sds: tuple[float, float], arms: Arms) -> tuple[float, float]:
    """Return the standard error of a difference of two means, and its degrees of freedom.

    Parameters
    ----------
    sds
        Of the two arms; equal ones are pooled, others are Welch's.
    arms
        Sizes, which need not be whole.

    Examples
    --------
    >>> two_group_spread((1.0, 1.0), (8.0, 8.0))
    (0.5, 14.0)
    >>> round(two_group_spread((1.0, 2.0), (9.0, 9.0))[1], 4)
    11.7647
    """
    a, b = sds[0] ** 2 / arms[0], sds[1] ** 2 / arms[1]
    se = math.sqrt(a + b)
    if sds[0] == sds[1]:
        return se, arms[0] + arms[1] - 2
    return se, (a + b) ** 2 / (a**2 / (arms[0] - 1) + b**2 / (arms[1] - 1))


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
    faults = [*_sd_faults("sd", sd), *correlation_faults("correlation", correlation)]
    given = Given(
        n=n,
        power=power,
        difference=difference,
        level=level,
        arms=1,
        goal=goal,
        margin=margin,
        better=better,
        dropout=dropout,
        unit=unit,
    )
    asked = question("power_paired", given, faults)
    spread = sd if correlation is None else sd * math.sqrt(2 * (1 - correlation))
    takes = [f"a standard deviation of the differences of {quantity(spread, unit)}"]
    if correlation is not None:
        takes.append(
            f"which is that of scores with a standard deviation of {quantity(sd, unit)} and a "
            f"correlation of {correlation:.4g}"
        )
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
        takes=tuple(takes),
        assumptions=("The differences are taken as normal",),
        sources=SOURCES,
    )
    return answer(design, asked)


def _spread_faults(sd: object) -> list[str]:
    if isinstance(sd, Sequence) and not isinstance(sd, str):
        if len(sd) != 2:
            return [f"sd must be one number, or one for each arm; got {len(sd)}"]
        return [
            *_sd_faults("sd of the treated arm", sd[0]),
            *_sd_faults("sd of the comparator", sd[1]),
        ]
    return _sd_faults("sd", sd)


def _sd_faults(name: str, value: object) -> list[str]:
    return number_faults(name, value, above=0, meant=_ABOVE_0)


def correlation_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a correlation; None is one that was not given."""
    if value is None:
        return []
    return number_faults(name, value, above=-1, below=1, meant="a correlation between -1 and 1")
