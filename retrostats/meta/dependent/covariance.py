"""The covariance of effects that share one control arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.ratio_of_means import ratio_of_means
from retrostats.effects.summaries import ArmSummary, require_all_arms, require_arms
from retrostats.effects.two_group import hedges_g, mean_difference
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.dependent.types import DependentEstimates

SharedEffect = Literal["hedges_g", "mean_difference", "ratio_of_means"]
SharedForm = Literal["gleser-olkin", "correlation"]


def gleser_olkin(g: Floats, sizes: Floats, control_size: float) -> Floats:
    """Return the covariance of standardised differences from one control, shape ``(p, p)``.

    Parameters
    ----------
    g
        Standardised mean differences, shape ``(p,)``.
    sizes
        Participants of the active arms, shape ``(p,)``.
    control_size
        Participants of the control arm.
    """
    whole = float(np.sum(sizes)) + control_size
    return np.asarray(1 / control_size + np.outer(g, g) / (2 * whole) + np.diag(1 / sizes))


def by_correlation(variances: Floats, sizes: Floats, control_size: float) -> Floats:
    """Return the covariance of variances as given, correlated as differences of means are.

    Parameters
    ----------
    variances
        Of the effects, shape ``(p,)``.
    sizes, control_size
        As in `gleser_olkin`; the correlation is that of mean differences with one common SD.
    """
    own = 1 / sizes + 1 / control_size
    share = (1 / control_size) / np.sqrt(np.outer(own, own))
    np.fill_diagonal(share, 1.0)
    return np.asarray(share * np.sqrt(np.outer(variances, variances)))


def shared_control_covariance(
    active: Sequence[ArmSummary],
    control: ArmSummary,
    *,
    trial: str,
    effect: SharedEffect = "hedges_g",
    form: SharedForm = "gleser-olkin",
    unit: str = "",
) -> DependentEstimates:
    r"""Compare several arms with one control, and tell how the comparisons correlate.

    For standardised differences (Gleser and Olkin), with ``N`` participants in all arms,

    .. math::  \operatorname{cov}(g_i, g_j) = \frac{1}{n_C} + \frac{g_i g_j}{2N},\qquad
               \operatorname{var}(g_i) = \frac{1}{n_i} + \frac{1}{n_C} + \frac{g_i^2}{2N}

    for mean differences the covariance is :math:`s_C^2/n_C`, for logarithms of ratios of means
    :math:`s_C^2/(n_C\,\bar x_C^2)`.

    Use it when a trial compares two or more active arms with one control and each comparison is
    to be pooled; not where the arms are one treatment for the question (`combine_arms`), and not
    for several outcomes of the same patients (`working_covariance`).

    Parameters
    ----------
    active
        One or more arms.
    control
        The arm that they share; the sign is active minus control.
    trial
        Name of the trial.
    effect
        ``"hedges_g"``, ``"mean_difference"`` (each arm with its own SD) or ``"ratio_of_means"``
        (logarithms).
    form
        Of standardised differences only. ``"gleser-olkin"``: variances and covariances above.
        ``"correlation"``: the variances of `hedges_g`, with the correlation of mean differences
        (metafor's ``vcalc`` with sizes as weights).
    unit
        Of the outcome, for mean differences.

    Returns
    -------
    DependentEstimates
        One estimate for each active arm.

    Raises
    ------
    DataError
        If there is no active arm, or two have one name.
    ValueError
        If a word is not one of the above, or a mean of a ratio is not above 0.

    References
    ----------
    .. [1] Gleser LJ, Olkin I (2009). Stochastically dependent effect sizes. In: Cooper H et al.,
       The Handbook of Research Synthesis and Meta-Analysis, 2nd ed., 357-376.

    Examples
    --------
    >>> import retrostats as rs
    >>> retro = rs.ArmSummary(arm="retro", n=20, mean=3.1, sd=1.5)
    >>> forward = rs.ArmSummary(arm="forward", n=22, mean=2.5, sd=1.6)
    >>> control = rs.ArmSummary(arm="control", n=21, mean=4.2, sd=1.4)
    >>> found = rs.shared_control_covariance([retro, forward], control, trial="Trial A")
    >>> round(float(found.correlations[0, 1]), 3)
    0.529
    """
    require_all_arms(active)
    require_all_arms([control])
    names = [arm.arm for arm in active]
    if not active or len(set(names)) < len(names) or control.arm in names:
        raise DataError(
            f"shared_control_covariance: trial {trial!r} needs one or more active arms and its "
            f"control, each with its own name; got {names} and {control.arm!r}"
        )
    if form == "correlation" and effect != "hedges_g":
        raise ValueError(f"form='correlation' goes with effect='hedges_g', not {effect!r}")
    for arm in active:
        require_arms(arm, control, 0.95)
    estimates, covariance = _compared(active, control, effect, form, unit)
    return DependentEstimates(
        estimates=estimates,
        clusters=(trial,) * len(active),
        covariance=covariance,
        assumption="covariance of a shared control",
    )


def _compared(
    active: Sequence[ArmSummary], control: ArmSummary, effect: str, form: str, unit: str
) -> tuple[tuple[Estimate, ...], Floats]:
    if effect == "hedges_g":
        return _standardised(active, control, form)
    if effect == "mean_difference":
        found = [mean_difference(arm, control, unit=unit) for arm in active]
        shared = control.sd**2 / control.n
    elif effect == "ratio_of_means":
        found = [ratio_of_means(arm, control).log for arm in active]
        shared = control.sd**2 / (control.n * control.mean**2)
    else:
        raise ValueError(
            f"effect must be 'hedges_g', 'mean_difference' or 'ratio_of_means', got {effect!r}"
        )
    covariance = np.full((len(found), len(found)), shared)
    np.fill_diagonal(covariance, [estimate.se**2 for estimate in found])
    return tuple(found), covariance


def _standardised(
    active: Sequence[ArmSummary], control: ArmSummary, form: str
) -> tuple[tuple[Estimate, ...], Floats]:
    found = tuple(hedges_g(arm, control) for arm in active)
    sizes = np.array([arm.n for arm in active], dtype=float)
    if form == "correlation":
        variances = np.array([estimate.se for estimate in found]) ** 2
        return found, by_correlation(variances, sizes, control.n)
    if form != "gleser-olkin":
        raise ValueError(f"form must be 'gleser-olkin' or 'correlation', got {form!r}")
    covariance = gleser_olkin(np.array([e.value for e in found]), sizes, control.n)
    roots = np.sqrt(np.diag(covariance))
    named = zip(found, roots, strict=True)
    return tuple(Estimate.from_se(e.label, e.value, float(r), unit="SD") for e, r in named), (
        covariance
    )
