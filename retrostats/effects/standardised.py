"""A model's difference in standard deviations: of the outcome at baseline, or of the model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from scipy.special import stdtrit

from retrostats.effects.arguments import require_kind, require_numbers, shown
from retrostats.effects.noncentral import small_sample_factor
from retrostats.estimate import Estimate, Interval

_HINT = "Take one from a model, as fit.differences(...)[0], or mean_difference()."


def standardised_effect(
    difference: Estimate,
    sds: Sequence[float],
    sizes: Sequence[int],
    *,
    correction: Literal["none", "hedges"] = "none",
    label: str = "",
) -> Estimate:
    r"""Express a difference of two arms in pooled standard deviations at baseline.

    .. math::

        d = \frac{\hat\Delta}{s},\qquad s^2 = \frac{\sum (n_i - 1) s_i^2}{\nu_s},\qquad
        \nu_s = \sum (n_i - 1),\qquad
        se^2(d) = \frac{se^2(\hat\Delta)}{s^2} + \frac{d^2}{2\nu_s}

    Use it when a model's difference is to be compared between trials; not where nobody was
    measured at baseline: `model_standardised_effect` divides by the SD of the model.

    The standard deviation at baseline is that of the patients before any treatment: it is not
    narrowed by covariates or widened by the treatment, so that trials can be compared.

    The standard error (delta method) takes the outcome at baseline as normal, with one standard
    deviation in all arms, and its estimate as independent of the difference; a difference that
    is adjusted for baseline is. Both parts of the variance are estimates; the t distribution of
    the interval has the degrees of freedom of their sum,

    .. math::

        \nu = \frac{(A + B)^2}{A^2/\nu_\Delta + B^2/\nu_s},\qquad
        A = \frac{se^2(\hat\Delta)}{s^2},\quad B = \frac{d^2}{2\nu_s}.

    Parameters
    ----------
    difference
        Treated minus comparator, from a model, in the unit of the outcome.
    sds, sizes
        Standard deviation at baseline, in the same unit, and size of each arm whose standard
        deviations are pooled. An arm of one subject adds nothing; its SD may be ``nan``.
    correction
        ``"none"``; or ``"hedges"``: value, standard error and limits times the exact factor J of
        the degrees of freedom of `s`.
    label
        What a reader sees; by default that of the difference.

    Returns
    -------
    Estimate
        In SD, at the level of the difference. p is that of the difference: both are 0 together.
        The interval also has the uncertainty of the standard deviation, and so may just hold 0
        where p is just below ``1 - level``.

    Raises
    ------
    ValueError
        If the difference has no standard error, or the arms no standard deviation above 0.

    References
    ----------
    .. [1] Feingold A (2009). Psychol Methods 14, 43-53. doi:10.1037/a0014699

    Examples
    --------
    >>> pain = Estimate.from_se("retro - control", -1.2, 0.5, unit="points", df=40)
    >>> print(standardised_effect(pain, [1.8, 2.1], [22, 21]))
    retro - control: -0.615 SD (95% CI -1.15 to -0.0812), df 45.6
    """
    require_kind("difference", difference, Estimate, _HINT)
    sd, df = _pooled(sds, sizes, difference.label)
    return _over_sd(difference, sd, df, correction=correction, label=label)


def model_standardised_effect(
    difference: Estimate,
    total_sd: float,
    df_total: float,
    *,
    correction: Literal["none", "hedges"] = "none",
    label: str = "",
) -> Estimate:
    r"""Express a difference of two arms in total standard deviations of the model.

    .. math::

        d = \frac{\hat\Delta}{s_T},\qquad s_T^2 = \sum_k \hat\sigma_k^2,\qquad
        \nu_T = \frac{2\,s_T^4}{\widehat{\operatorname{var}}(s_T^2)}

    The sum runs over all variances of the model: random effects and residual. Interval and degrees
    of freedom are those of `standardised_effect` with these two in place of the baseline's.

    Use it when no baseline was measured, or the spread at a later visit is the natural yardstick;
    not when there is a baseline (`standardised_effect`), and not with the SD of a model that
    adjusts for covariates: what they explain is missing from it, so that the effect looks larger.

    Parameters
    ----------
    difference
        Treated minus comparator, from the model, in the unit of the outcome.
    total_sd
        Standard deviation of one outcome about its mean in the model, in the same unit: the root
        of a diagonal element of `MmrmFit.sigma`, or of the summed variances of an `LmmFit`.
    df_total
        Degrees of freedom of its square; ``inf`` for an SD that is known.
    correction
        ``"none"``; or ``"hedges"``: value, standard error and limits times the exact J of
        ``df_total``.
    label
        What a reader sees; by default that of the difference.

    Returns
    -------
    Estimate
        In SD, at the level of the difference; p is that of the difference.

    Raises
    ------
    ValueError
        If the difference has no standard error, or an argument is not positive.

    References
    ----------
    .. [1] Westfall J, Kenny DA, Judd CM (2014). J Exp Psychol Gen 143, 2020-2045.
       doi:10.1037/xge0000014

    Examples
    --------
    >>> pain = Estimate.from_se("retro - control", -1.2, 0.5, unit="points", df=40)
    >>> print(model_standardised_effect(pain, 1.95, 41))
    retro - control: -0.615 SD (95% CI -1.15 to -0.0813), df 45.6
    """
    require_kind("difference", difference, Estimate, _HINT)
    require_numbers(difference.label, total_sd=total_sd, df_total=df_total)
    if not 0 < total_sd < math.inf or not df_total > 0:
        raise ValueError(
            f"{difference.label}: need a total SD above 0 and degrees of freedom above 0, got "
            f"{total_sd:g} and {df_total:g}. The total SD is the root of a variance of the model."
        )
    return _over_sd(difference, total_sd, df_total, correction=correction, label=label)


def _over_sd(
    difference: Estimate,
    sd: float,
    df_sd: float,
    *,
    correction: Literal["none", "hedges"],
    label: str,
) -> Estimate:
    """Divide by an estimated standard deviation: delta method, Satterthwaite's df."""
    if correction not in ("none", "hedges"):
        raise ValueError(f"correction must be 'none' or 'hedges', got {correction!r}")
    if math.isnan(difference.se):
        raise ValueError(
            f"{difference.label}: the difference has no standard error, and the interval of the "
            "standardised effect is made from it"
        )
    value = difference.value / sd
    of_difference, of_sd = (difference.se / sd) ** 2, value**2 / (2 * df_sd)
    total = of_difference + of_sd
    spread = of_difference**2 / difference.df + of_sd**2 / df_sd
    df = total**2 / spread if spread else math.inf
    known = correction == "none" or math.isinf(df_sd)
    factor = 1.0 if known else small_sample_factor(df_sd)
    se = math.sqrt(total)
    margin = float(stdtrit(df, 0.5 + difference.ci.level / 2)) * se
    return Estimate(
        label=label or difference.label,
        value=factor * value,
        se=factor * se,
        df=df,
        ci=Interval(factor * (value - margin), factor * (value + margin), difference.ci.level),
        p=difference.p,
        unit="SD",
    )


def _pooled(sds: Sequence[float], sizes: Sequence[int], label: str) -> tuple[float, int]:
    """Return the pooled standard deviation and its degrees of freedom."""
    for what, numbers in (("SDs", sds), ("sizes", sizes)):
        if not hasattr(numbers, "__len__") or isinstance(numbers, str):
            raise ValueError(f"{label}: {what} must be a list of numbers, got {shown(numbers)}")
        for number in numbers:
            require_numbers(label, **{f"one of the {what}": number})
    if len(sds) != len(sizes):
        raise ValueError(f"{label}: {len(sds)} standard deviations of {len(sizes)} arms")
    arms = [(sd, n) for sd, n in zip(sds, sizes, strict=True) if n > 1]
    df = sum(n - 1 for _, n in arms)
    if any(not 0 <= sd < math.inf for sd, _ in arms) or all(sd == 0 for sd, _ in arms):
        raise ValueError(
            f"{label}: no standard deviation above 0 at baseline, got {list(sds)} of arms of "
            f"{list(sizes)}. Without one there is no standardised effect; report the difference "
            "in the unit of the outcome."
        )
    return math.sqrt(sum((n - 1) * sd**2 for sd, n in arms) / df), df
