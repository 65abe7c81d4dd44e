"""Standardised mean change with a small-sample correction, in one group and between two."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.paired_t import SD_OF_CHANGE, dz_value, scaled_from_paired_t
from retrostats.effects.pairs import PairedSummary, require_pairs
from retrostats.estimate import Estimate


def standardised_mean_change(
    summary: PairedSummary,
    *,
    standardiser: Literal["before", "change"],
    variance: Literal["equal-sds", "unequal-sds"] = "equal-sds",
    level: float = 0.95,
) -> Estimate:
    """Standardised mean change of Becker, corrected for small samples.

    Use it when changes of single groups are pooled over trials: ``"before"``, because the SD
    before treatment does not depend on it; ``"change"`` only where no other SD is printed. Not for
    the effect of a treatment where there is a second group: `pre_post_control_d`.

    Parameters
    ----------
    summary
        One group at two visits.
    standardiser
        ``"before"``: the SD at the first visit (metafor's SMCR). ``"change"``: the SD
        of the changes (SMCC).
    variance
        Only of ``"before"``. ``"equal-sds"``: Becker's, for one SD at both visits.
        ``"unequal-sds"``: Bonett's [2]_, with the SD of change as it is (metafor's SMCRH); take it
        where the SDs differ, since the other one's 95% interval covers 85 to 88% where the SD
        grows by half.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In SDs of that standardiser (unit ``"SD"`` or ``"SD of change"``), with the exact J of
        ``n - 1`` df.
        ``"before"``: large-sample standard error
        ``sqrt(2 (1 - r) / n + g^2 / (2 n))`` with a normal interval and p; under
        ``"unequal-sds"`` it is ``sqrt((sd_change^2 / sd_before^2 + g^2 / 2) / (n - 1))``.
        ``"change"``: J times `paired_dz` and its exact interval, p of the paired t
        test, standard error ``sqrt(1/n + g^2 / (2 n))``.

    Raises
    ------
    ValueError
        If a word is not one of the above, ``"unequal-sds"`` meets ``"change"``, or ``n`` is 2 so
        that J does not exist.

    References
    ----------
    .. [1] Becker BJ (1988). Br J Math Stat Psychol 41, 257-278.
       doi:10.1111/j.2044-8317.1988.tb00901.x
    .. [2] Bonett DG (2008). Psychol Methods 13, 99-109. doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> pain = PairedSummary.of("week 6 - baseline", [7, 6, 8, 5, 7], [4, 5, 5, 4, 3])
    >>> print(standardised_mean_change(pain, standardiser="before"))
    week 6 - baseline: -1.68 SD (95% CI -3.25 to -0.111)
    """
    require_pairs(level, summary=summary)
    s = summary
    if standardiser not in ("before", "change"):
        raise ValueError(f"standardiser must be 'before' or 'change', got {standardiser!r}")
    if variance not in ("equal-sds", "unequal-sds"):
        raise ValueError(f"variance must be 'equal-sds' or 'unequal-sds', got {variance!r}")
    factor = small_sample_factor(s.n - 1)
    if standardiser == "change":
        if variance == "unequal-sds":
            raise ValueError(
                "variance='unequal-sds' goes with standardiser='before'; the SD of change needs "
                "no such choice, because it is one SD"
            )
        g = factor * dz_value(s)
        square = (1 + g**2 / 2) / s.n
        return scaled_from_paired_t(s, factor, variance=square, level=level, unit=SD_OF_CHANGE)
    g = factor * s.mean_change / s.sd_before
    if variance == "equal-sds":
        se = math.sqrt((2 * (1 - s.correlation) + g**2 / 2) / s.n)
    else:
        se = math.sqrt(((s.sd_change / s.sd_before) ** 2 + g**2 / 2) / (s.n - 1))
    return Estimate.from_se(s.label, g, se, unit="SD", level=level)


def pre_post_control_d(
    treated: PairedSummary,
    control: PairedSummary,
    *,
    standardiser: Literal["pooled", "own"] = "pooled",
    level: float = 0.95,
) -> Estimate:
    r"""Difference of the mean changes over the SD at baseline.

    .. math::  d_{ppc2} = J(\nu)\,\frac{(\bar x_{T,after} - \bar x_{T,before})
               - (\bar x_{C,after} - \bar x_{C,before})}{s_{p,before}},\quad
               \nu = n_T + n_C - 2

    Use it when two groups were measured twice and only means, SDs and the correlation are known;
    not with raw data, where `retrostats.fit_ancova` or a mixed model adjusts for baseline and
    `standardised_effect` divides its difference. ``"pooled"`` after randomisation; ``"own"`` where
    the groups come from populations of different spread.

    Parameters
    ----------
    treated, control
        Each group at the same two visits. The sign is treated minus control, of
        changes after minus before.
    standardiser
        ``"pooled"``: the formula above. ``"own"``: each group's mean change over its own SD at
        baseline, each with its own J (Morris's d_ppc1; Becker's difference of two
        `standardised_mean_change`).
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In baseline SDs, with the exact J. Interval and p: normal. Standard error: of
        ``"pooled"`` Morris's variance (his equation 25), which assumes one correlation for both
        groups; where they differ it is their mean weighted by ``n - 1``. Of ``"own"`` the root of
        the sum of the two groups' variances.

    Raises
    ------
    ValueError
        If ``standardiser`` is another word; if ``n_T + n_C`` is below 5 under ``"pooled"``, or a
        group has 2 under ``"own"``, where the variance or J does not exist.

    References
    ----------
    .. [1] Morris SB (2008). Organ Res Methods 11, 364-386. doi:10.1177/1094428106291059

    Examples
    --------
    >>> retro = PairedSummary(label="retro", n=20, mean_before=30.6, sd_before=15.0,
    ...                       mean_after=38.5, sd_after=11.6, correlation=0.47)
    >>> usual = PairedSummary(label="usual care", n=20, mean_before=23.1, sd_before=13.8,
    ...                       mean_after=19.7, sd_after=14.8, correlation=0.47)
    >>> print(pre_post_control_d(retro, usual))
    retro - usual care: 0.768 SD (95% CI 0.102 to 1.44)
    """
    require_pairs(level, treated=treated, control=control)
    if standardiser not in ("pooled", "own"):
        raise ValueError(f"standardiser must be 'pooled' or 'own', got {standardiser!r}")
    a, b = treated, control
    if standardiser == "own":
        one, two = (standardised_mean_change(x, standardiser="before") for x in (a, b))
        se = math.hypot(one.se, two.se)
        label = f"{a.label} - {b.label}"
        return Estimate.from_se(label, one.value - two.value, se, unit="SD", level=level)
    df = a.n + b.n - 2
    if df <= 2:
        raise ValueError(f"{a.label} - {b.label}: d_ppc2 needs n1 + n2 >= 5, got {a.n} and {b.n}")
    factor = small_sample_factor(df)
    pooled = math.sqrt(((a.n - 1) * a.sd_before**2 + (b.n - 1) * b.sd_before**2) / df)
    d = factor * (a.mean_change - b.mean_change) / pooled
    correlation = ((a.n - 1) * a.correlation + (b.n - 1) * b.correlation) / df
    noise = 2 * (1 - correlation) * (1 / a.n + 1 / b.n)
    variance = factor**2 * df / (df - 2) * (noise + d**2) - d**2
    return Estimate.from_se(
        f"{a.label} - {b.label}", d, math.sqrt(variance), unit="SD", level=level
    )
