"""Power of a one-way analysis of variance."""

from __future__ import annotations

from retrostats.effects.arguments import is_number, shown
from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, question
from retrostats.power.closed.chances import f_chance
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import sd_faults
from retrostats.power.closed.slips import by_name
from retrostats.power.closed.words import quantity

#: More arms than any trial has.
MOST_GROUPS = 1000
_SOURCES = (
    (
        "Cohen J (1988), Statistical power analysis for the behavioral sciences, "
        "doi:10.4324/9780203771587"
    ),
)
#: What is given for it by mistake are the means themselves.
_MEANT = "one number, the SD of the true means: float(numpy.std(means))"


@by_name
def power_anova(
    *,
    groups: int,
    sd: float = 1.0,
    difference: float | None = None,
    n: int | None = None,
    power: float | None = None,
    level: float = 0.95,
    dropout: float = 0.0,
    unit: str = "",
) -> PowerAnswer:
    r"""Return sample size, power or spread of means of a comparison of several groups at once.

    Use it when three or more equal arms are compared by one F test; not where single differences
    are what the trial is for (`power_two_groups` with a level that allows for several).

    .. math::  \lambda = k\,n\,(\sigma_\mu/\sigma)^2, \qquad F(k-1,\; k(n-1))

    Parameters
    ----------
    groups
        Number of arms, 2 or more.
    sd
        SD of the outcome in every arm.
    difference
        SD of the true means about their mean, divided by the number of arms (``numpy.std``), in
        the unit of `sd`. Over `sd` it is Cohen's f: with ``sd=1`` give f itself.
    n
        Subjects in each arm.
    power, level, dropout, unit
        As in `power_two_groups`.

    Returns
    -------
    PowerAnswer
        By the noncentral F.

    Raises
    ------
    DataError
        With all faults.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> import numpy as np
    >>> import retrostats as rs
    >>> spread = float(np.std([4.3, 5.2, 6.1]))
    >>> print(rs.power_anova(groups=3, difference=spread, sd=2.1, power=0.8, unit="points"))
    28 subjects per arm (84 in total): power 81.2% at an SD of the means of 0.7348 points (F test)
    """
    faults = sd_faults("sd", sd)
    if type(groups) is not int or not 2 <= groups <= MOST_GROUPS:
        faults.append(f"groups must be a whole number of 2 or more; got {shown(groups)}")
    if is_number(difference) and (difference or 0) < 0:
        faults.append(f"difference must be an SD of means, 0 or more; got {difference:g}")
    given = Given(
        n=n, power=power, difference=difference, level=level, arms=1, dropout=dropout,
        unit=unit, meant=_MEANT,
    )  # fmt: skip
    asked = question("power_anova", given, faults)

    def chance(difference: float, arms: Arms) -> float:
        ncp = groups * arms[-1] * (difference / sd) ** 2
        return f_chance(ncp, groups - 1, groups * (arms[-1] - 1), level)

    design = Design(
        function="power_anova",
        words=f"{groups} parallel arms at once",
        test="F test",
        arms=tuple(f"arm {i}" for i in range(1, groups + 1)),
        chance=chance,
        least=2,
        scale=sd / 4,
        takes=(f"a standard deviation of {quantity(sd, unit)} in every arm",),
        assumptions=("The scores of each arm are taken as normal",),
        sources=_SOURCES,
        effect="SD of the means",
        claim=f"A difference is claimed if p is below {1 - level:.4g}",
    )
    return answer(design, asked)
