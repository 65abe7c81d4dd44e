"""Power of a comparison of two proportions: responders, falls, withdrawals."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import ndtr

from retrostats.effects.arguments import is_number
from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Given, Sizes, question
from retrostats.power.closed.chances import critical_t
from retrostats.power.closed.claims import Better
from retrostats.power.closed.design import Arms, Design, answer
from retrostats.power.closed.faults import number_faults
from retrostats.power.closed.means import TWO_ARMS
from retrostats.power.closed.slips import by_name

_SOURCES = (
    (
        "Fleiss JL, Levin B, Paik MC (2003), Statistical methods for rates and proportions, "
        "doi:10.1002/0471445428"
    ),
)


@by_name
def power_proportions(
    *,
    comparator: float,
    difference: float | None = None,
    n: Sizes | None = None,
    power: float | None = None,
    ratio: float = 1.0,
    level: float = 0.95,
    better: Better | None = None,
    dropout: float = 0.0,
) -> PowerAnswer:
    r"""Return sample size, power or difference of a comparison of two proportions.

    Use it when the outcome is yes or no and arms hold dozens of subjects; not for scores cut into
    responders, where the scores themselves need far fewer subjects, and not where fewer than
    about five events are expected in an arm. It is the chi-square test without correction:

    .. math::  \Phi\left(\frac{|\delta| - z\sqrt{\bar p\bar q(1/n_1 + 1/n_2)}}
        {\sqrt{p_1q_1/n_1 + p_2q_2/n_2}}\right), \qquad
        \bar p = \frac{n_1p_1 + n_2p_2}{n_1 + n_2}

    Parameters
    ----------
    comparator
        Proportion in the comparator arm.
    difference
        Treated minus comparator, as a fraction: 0.25 where 30% becomes 55%.
    n, power, ratio, level, dropout
        As in `power_two_groups`.
    better
        Whether events are hoped for (``"higher"``, the default) or not; for the sign of a
        difference that is asked.

    Returns
    -------
    PowerAnswer
        Both tails count; R's ``power.prop.test`` counts one, which differs by less than a
        thousandth of a subject for any power of 60% or more.

    Raises
    ------
    DataError
        With all faults.

    References
    ----------
    .. [1] Fleiss JL, Levin B, Paik MC (2003). Statistical Methods for Rates and Proportions, 3rd
       ed., ch. 4. Wiley. doi:10.1002/0471445428

    Examples
    --------
    >>> import retrostats as rs
    >>> print(rs.power_proportions(comparator=0.3, difference=0.25, power=0.8))
    61 subjects per arm (122 in total): power 80.5% at a difference of 0.25 (chi-square test)
    """
    faults = number_faults(
        "comparator", comparator, above=0, below=1, meant="a proportion between 0 and 1"
    )
    if not faults and is_number(difference) and not 0 < comparator + (difference or 0) < 1:
        faults.append(
            f"comparator={comparator:g} and difference={difference:g} give the treated arm "
            f"{comparator + (difference or 0):g}, which is no proportion between 0 and 1"
        )
    given = Given(
        n=n, power=power, difference=difference, level=level, ratio=ratio, better=better,
        dropout=dropout,
    )  # fmt: skip
    asked = question("power_proportions", given, faults)
    room = comparator if better == "lower" else 1 - comparator

    def chance(difference: float, arms: Arms) -> float:
        return min(1.0, math.fsum(proportion_tails(comparator, difference, arms, level)))

    design = Design(
        function="power_proportions",
        words="proportions in two parallel arms",
        test="chi-square test",
        arms=TWO_ARMS,
        chance=chance,
        least=2 / min(asked.allocation),
        scale=room / 8,
        farthest=room * (1 - 1e-9),
        takes=(f"a proportion of {comparator:.4g} in the comparator arm",),
        assumptions=("Counts are large enough for the normal approximation",),
        sources=_SOURCES,
        claim=f"A difference is claimed if p is below {1 - level:.4g}",
    )
    found = answer(design, asked)
    treated = comparator + found.difference
    follows = f"The proportion in the treated arm is then {treated:.4g}, against {comparator:.4g}"
    return replace(found, follows=(follows,))


def proportion_tails(
    comparator: float, difference: float, arms: Arms, level: float
) -> tuple[float, float]:
    """Return the chances of a significant result on the right and on the wrong side.

    Parameters
    ----------
    comparator, difference
        Proportion, and treated minus comparator.
    arms
        Sizes: treated, comparator.
    level
        1 minus the size of the two-sided test.

    Examples
    --------
    >>> [round(tail, 7) for tail in proportion_tails(0.3, 0.25, (60.0, 60.0), 0.95)]
    [0.7987584, 5e-07]
    """
    p, q = comparator + difference, comparator
    pooled = (arms[0] * p + arms[1] * q) / (arms[0] + arms[1])
    under_none = math.sqrt(pooled * (1 - pooled) * (1 / arms[0] + 1 / arms[1]))
    se = math.sqrt(p * (1 - p) / arms[0] + q * (1 - q) / arms[1])
    bar = critical_t(math.inf, level) * under_none
    return float(ndtr((abs(difference) - bar) / se)), float(ndtr((-abs(difference) - bar) / se))
