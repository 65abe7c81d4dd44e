"""Pool estimates that depend on one another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level
from retrostats.errors import DataError, FitError
from retrostats.estimate import Estimate, Interval
from retrostats.meta.dependent.fitting import (
    Variances,
    from_likelihood,
    from_moments,
    homogeneity,
)
from retrostats.meta.dependent.gather import as_dependent
from retrostats.meta.dependent.likelihood import Rotated, rotate
from retrostats.meta.dependent.moments import correlated_effects, hierarchical_effects
from retrostats.meta.dependent.results import PooledDependent, StandardErrors, Structure
from retrostats.meta.dependent.robust import PooledMean, by_cr1, by_cr2, by_model
from retrostats.meta.dependent.types import DependentEstimates
from retrostats.meta.dependent.working import USUAL_CORRELATION

#: Below so many degrees of freedom the t of Satterthwaite is far from the truth (Tipton 2015).
FEWEST_DF = 4.0
#: Residuals of equal values are rounding, and a robust standard error of them is as well.
ROUNDING = 1e-13
#: From so many trials on CR1 is about right (Cameron and Miller 2015 name 20 to 50).
MANY_TRIALS = 40
MEANS: dict[str, Callable[[Sequence[Floats], Sequence[Floats]], PooledMean]] = {
    "CR2": by_cr2,
    "CR1": by_cr1,
    "model": by_model,
}


def pool_dependent(
    estimates: Sequence[Estimate] | DependentEstimates,
    studies: Sequence[str] | None = None,
    *,
    correlation: float | None = None,
    covariance: ArrayLike | None = None,
    structure: Structure = "hierarchical",
    standard_errors: StandardErrors = "CR2",
    level: float = 0.95,
) -> PooledDependent:
    r"""Pool several estimates of each trial by a model that knows that they depend.

    .. math::  y_{ij} = \mu + u_i + w_{ij} + e_{ij},\qquad u_i \sim N(0, \tau^2),\quad
               w_{ij} \sim N(0, \omega^2),\quad e_i \sim N(0, V_i)

    Use it when trials give several outcomes, visits or arms and all are wanted; not with one
    estimate to a trial (`pool`, which has the better test for few trials), and not where one
    outcome and visit was named beforehand: pool that one.

    Parameters
    ----------
    estimates, studies
        Estimates in one unit and the name of the trial of each; or `DependentEstimates`, which
        have both, and the covariance.
    correlation
        Of the sampling errors of two estimates of a trial, where it is not known; 0.6 by
        default. `correlation_sensitivity` shows what it does.
    covariance
        Shape ``(k, k)``, where it is known.
    structure
        ``"hierarchical"``: the model above, variances by restricted likelihood (metafor's
        ``rma.mv``; with a working correlation the correlated hierarchical effects model).
        ``"correlated effects"`` and ``"hierarchical effects"``: weights and moments of Hedges,
        Tipton and Johnson (robumeta), the latter for independent sampling errors.
    standard_errors
        ``"CR2"``: cluster-robust, corrected for few trials, Satterthwaite's degrees of freedom.
        ``"CR1"``: cluster-robust, ``m - 1`` degrees of freedom for ``m`` trials; too small in few
        trials. ``"model"``: right if the covariance is; ``m - 1``.
    level
        Coverage of the intervals.

    Returns
    -------
    PooledDependent
        With a caveat where the degrees of freedom are below 4.

    Raises
    ------
    DataError
        If there is one trial only, or the covariance is none.
    FitError
        If the variances cannot be found.

    References
    ----------
    .. [1] Konstantopoulos S (2011). Res Synth Methods 2, 61-76. doi:10.1002/jrsm.35
    .. [2] Pustejovsky JE, Tipton E (2022). Prev Sci 23, 425-438. doi:10.1007/s11121-021-01246-3
    .. [3] Hedges LV, Tipton E, Johnson MC (2010). Res Synth Methods 1, 39-65.
       doi:10.1002/jrsm.5

    Examples
    --------
    >>> import retrostats as rs
    >>> given = [("A", -0.9, 0.2), ("A", -0.5, 0.2), ("B", -0.1, 0.3), ("B", -0.4, 0.3),
    ...          ("C", -0.2, 0.1), ("D", -0.6, 0.2), ("E", -0.3, 0.2), ("E", -0.4, 0.2)]
    >>> pain = [rs.Estimate.from_se(trial, y, se, unit="SD") for trial, y, se in given]
    >>> print(rs.pool_dependent(pain, [trial for trial, _, _ in given]).pooled)
    pooled: -0.414 SD (95% CI -0.723 to -0.104), df 3.7
    """
    require_level(level)
    if structure not in get_args(Structure):
        raise ValueError(
            f"structure must be one of {', '.join(get_args(Structure))}; got {structure!r}"
        )
    if standard_errors not in MEANS:
        raise ValueError(
            f"standard_errors must be 'CR2', 'CR1' or 'model', got {standard_errors!r}"
        )
    if structure != "hierarchical":
        _refuse_for_moments(estimates, correlation, covariance, structure, standard_errors)
        correlation = 0.0 if structure == "hierarchical effects" else correlation
    given = as_dependent(
        "pool_dependent", estimates, studies, correlation=correlation, covariance=covariance
    )
    if len(given.trials) < 2:
        raise DataError(
            f"pool_dependent: all estimates are of the trial {given.trials[0]!r}, and 2 or more "
            "trials are needed; combine_within_trials makes one estimate of one trial"
        )
    y = given.y
    values = [y[list(places)] for places in given.places]
    data = rotate(values, given.blocks)
    found = _variances(given, data, values, structure, correlation)
    mean = MEANS[standard_errors](values, found.totals)
    _require_spread(mean, y, standard_errors)
    label, unit = "pooled", given.estimates[0].unit
    pooled = Estimate.from_se(label, mean.value, mean.se, unit=unit, df=mean.df, level=level)
    return PooledDependent(
        given=given,
        pooled=pooled,
        tau2=found.tau2,
        omega2=found.omega2,
        i2=found.i2,
        q=homogeneity(data),
        loglik=found.loglik,
        prediction=_prediction(pooled, found),
        weights=mean.weights,
        structure=structure,
        standard_errors=standard_errors,
        caveats=tuple(_caveats(given, found, mean, standard_errors)),
    )


def _variances(
    given: DependentEstimates,
    data: Rotated,
    values: Sequence[Floats],
    structure: Structure,
    correlation: float | None,
) -> Variances:
    if structure == "hierarchical":
        return from_likelihood(data, given.blocks)
    variances = [np.diag(block) for block in given.blocks]
    if structure == "hierarchical effects":
        return from_moments(hierarchical_effects(values, variances))
    rho = USUAL_CORRELATION if correlation is None else correlation
    return from_moments(correlated_effects(values, variances, rho))


def _refuse_for_moments(
    estimates: object,
    correlation: float | None,
    covariance: ArrayLike | None,
    structure: Structure,
    standard_errors: StandardErrors,
) -> None:
    """Refuse what the weights of Hedges, Tipton and Johnson have no place for."""
    wrong = []
    if isinstance(estimates, DependentEstimates) or covariance is not None:
        wrong.append("takes no covariance; give estimates and studies")
    if structure == "hierarchical effects" and correlation is not None:
        wrong.append("takes sampling errors as independent; leave out correlation")
    if standard_errors == "model":
        wrong.append("has weights that are no model of the covariance; take 'CR2'")
    if wrong:
        raise ValueError(f"pool_dependent: structure={structure!r} " + "; it ".join(wrong))


def _require_spread(mean: PooledMean, y: Floats, standard_errors: StandardErrors) -> None:
    if not mean.se > ROUNDING * float(np.abs(y).max()):
        raise FitError(
            f"pool_dependent: the trials agree exactly, so that {standard_errors} has nothing to "
            "make a standard error of; standard_errors='model' takes it from those of the trials"
        )


def _prediction(pooled: Estimate, found: Variances) -> Interval:
    """Return the interval of the effect of one estimate of a further trial."""
    omega2 = 0.0 if math.isnan(found.omega2) else found.omega2
    spread = math.sqrt(pooled.se**2 + found.tau2 + omega2)
    margin = float(stdtrit(pooled.df, 0.5 + pooled.ci.level / 2)) * spread
    return Interval(pooled.value - margin, pooled.value + margin, pooled.ci.level)


def _caveats(
    given: DependentEstimates,
    found: Variances,
    mean: PooledMean,
    standard_errors: StandardErrors,
) -> list[str]:
    words = []
    if "assumed" in given.assumption and len(given) > len(given.trials):
        words.append(f"{given.assumption}; see correlation_sensitivity")
    if standard_errors == "CR2" and mean.df < FEWEST_DF:
        words.append(
            f"{mean.df:.2g} degrees of freedom, fewer than {FEWEST_DF:g}: interval and p are not "
            "to be trusted"
        )
    if standard_errors == "CR1" and len(given.trials) < MANY_TRIALS:
        words.append(f"CR1 with {len(given.trials)} trials is too small; take CR2")
    if len(given) == len(given.trials):
        words.append("every trial gives one estimate; pool has the better test for few trials")
    for variance, where in ((found.tau2, "trials"), (found.omega2, "the estimates of a trial")):
        if variance == 0:
            words.append(f"the variance between {where} is estimated as 0, not known to be 0")
    return words
