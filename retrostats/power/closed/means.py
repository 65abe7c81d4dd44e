"""Power of a comparison of two independent means."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.claims import Better, Goal
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import sd_faults
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity

#: Sources of the noncentral t, and of the sample-size formulas for normal data.
SOURCES = (
    "Julious SA (2004), Sample sizes for clinical trials with normal data, doi:10.1002/sim.1783",
)
TWO_ARMS = ("treated", "comparator")


@by_name
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
        n=n, power=power, difference=difference, level=level, ratio=ratio, goal=goal,
        margin=margin, better=better, dropout=dropout, unit=unit,
    )  # fmt: skip
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


def _spread_faults(sd: object) -> list[str]:
    if isinstance(sd, Sequence) and not isinstance(sd, str):
        if len(sd) != 2:
            return [f"sd must be one number, or one for each arm; got {len(sd)}"]
        return [
            *sd_faults("sd of the treated arm", sd[0]),
            *sd_faults("sd of the comparator", sd[1]),
        ]
    return sd_faults("sd", sd)
