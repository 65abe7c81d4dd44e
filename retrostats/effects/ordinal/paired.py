"""Which way people go between two visits, and how much the larger changes agree."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.ordinal.changes import SignedRanks, individual_change, signed_ranks
from retrostats.effects.ordinal.null_distributions import signed_rank_p
from retrostats.effects.ordinal.score_limits import signed_rank_limits, tango_limits
from retrostats.estimate import Estimate, Interval

#: So many changes have their p from the exact distribution, as scipy's wilcoxon has.
EXACT_UP_TO = 50


def paired_superiority(
    before: ArrayLike,
    after: ArrayLike,
    *,
    level: float = 0.95,
    label: str = "probability of a higher value after",
) -> Estimate:
    r"""Estimate how often a participant has a higher value after than before.

    .. math::  \theta = P(\text{after} > \text{before}) + \tfrac12 P(\text{after} = \text{before})

    Use it when the outcome is ordinal and only the direction of each participant's change can be
    trusted; not when the sizes of the changes can be compared: `matched_rank_biserial` uses their
    order, `paired_dz` their amount. It says nothing of a control arm.

    Parameters
    ----------
    before, after
        Raw values, shape ``(n,)`` each, the same participants in the same order. Where lower is
        better, a value below 1/2 is improvement.
    level
        Coverage of the interval.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From 0 to 1. Interval: Tango's score interval of the share that goes up minus the share
        that goes down, carried to this scale; Wilson's where nobody stays the same. **p tests
        theta = 1/2** by the exact sign test of those who changed, and may disagree with the
        interval near 0.05. Standard error: ``sqrt((theta (1 - theta) - ties / 4) / n)``, ties as
        a share; ``nan`` where it is 0.

    Raises
    ------
    ValueError
        If values are missing or the lengths differ.

    Notes
    -----
    effectsize's ``p_superiority(paired = TRUE)`` is another number: by default
    ``Phi(dz / sqrt(2))`` of normal changes, which is no probability about one participant.

    References
    ----------
    .. [1] Tango T (1998). Stat Med 17, 891-908.
       doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B

    Examples
    --------
    >>> print(paired_superiority([7, 6, 8, 5, 7, 6], [4, 5, 5, 4, 7, 7], label="pain rises"))
    pain rises: 0.25 (95% CI 0.0714 to 0.61)
    """
    from scipy.stats import binomtest

    change = individual_change(label, before, after)
    n, up, down = len(change), int((change > 0).sum()), int((change < 0).sum())
    low, high = tango_limits(up, down, n, level=level)
    # (up + down) / n - ((up - down) / n)^2 is four times the variance of one score 0, 1/2 or 1.
    spread = n * (up + down) - (up - down) ** 2
    return Estimate(
        label=label,
        value=(n + up - down) / (2 * n),
        se=math.sqrt(spread / n) / (2 * n) if spread else math.nan,
        df=math.inf,
        ci=Interval((1 + low) / 2, (1 + high) / 2, level),
        p=float(binomtest(up, up + down).pvalue) if up + down else 1.0,
        unit="",
    )


def matched_rank_biserial(
    before: ArrayLike,
    after: ArrayLike,
    *,
    zeros: Literal["wilcoxon", "pratt"] = "wilcoxon",
    level: float = 0.95,
    label: str = "matched rank-biserial correlation",
) -> Estimate:
    r"""Estimate the matched-pairs rank-biserial correlation, the effect of Wilcoxon's test.

    .. math::  r = \frac{W_+ - W_-}{\text{sum of the ranks}}

    Use it when Wilcoxon's signed-rank test is reported and needs an effect size; not when the
    changes have a unit that patients know: `hodges_lehmann` of the paired kind, or the mean
    change, says how much. It says nothing of a control arm.

    Parameters
    ----------
    before, after
        Raw values, shape ``(n,)`` each, the same participants in the same order. The sign is
        after minus before.
    zeros
        Participants who do not change: ``"wilcoxon"`` leaves them out, so that the number speaks
        of those who changed; ``"pratt"`` ranks them with the others and counts them on neither
        side, which draws the number to 0.
    level
        Coverage of the interval.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From -1 to 1. Interval: Wilson's equation with the null variance of the signed-rank
        statistic (ties as they are), ``(r - rho)^2 = z^2 V0 (1 - rho^2)``; it has a width at -1
        and 1. p: Wilcoxon's test, exact (given the ranks, with ties and zeros as they are) where
        up to 50 changed, otherwise normal with the variance corrected for ties; it may disagree
        with the interval near 0.05. There is no standard error.

    Raises
    ------
    ValueError
        If values are missing, the lengths differ, or nobody changed.

    References
    ----------
    .. [1] Kerby DS (2014). Compr Psychol 3, 11.IT.3.1. doi:10.2466/11.IT.3.1
    .. [2] Pratt JW (1959). J Am Stat Assoc 54, 655-667. doi:10.1080/01621459.1959.10501526

    Examples
    --------
    >>> print(matched_rank_biserial([7, 6, 8, 5, 7, 6], [4, 5, 5, 4, 7, 7], label="pain"))
    pain: -0.733 (95% CI -0.969 to 0.195)
    """
    if zeros not in ("wilcoxon", "pratt"):
        raise ValueError(f"zeros must be 'wilcoxon' or 'pratt', got {zeros!r}")
    change = individual_change(label, before, after)
    if not np.any(change):
        raise ValueError(
            f"{label}: nobody changed, so that there are no ranks to compare. "
            "paired_superiority() has an interval here."
        )
    ranks = signed_ranks(change, zeros=zeros)
    value = (ranks.up - ranks.down) / ranks.total
    low, high = signed_rank_limits(value, ranks.null_variance, level=level)
    return Estimate(
        label=label,
        value=value,
        se=math.nan,
        df=math.inf,
        ci=Interval(low, high, level),
        p=_wilcoxon_p(change, ranks, zeros),
        unit="",
    )


def _wilcoxon_p(change: Floats, ranks: SignedRanks, zeros: str) -> float:
    from scipy.stats import wilcoxon

    if len(ranks.changed) <= EXACT_UP_TO:
        return signed_rank_p(ranks.changed, ranks.up)
    words = {"wilcoxon": "wilcox", "pratt": "pratt"}
    test = wilcoxon(change, zero_method=words[zeros], method="asymptotic")
    return min(1.0, float(test.pvalue))
