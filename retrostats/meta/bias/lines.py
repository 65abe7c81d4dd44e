"""Straight lines through the effects of trials, weighted by their precision."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.inference import TestName, coefficients, standard_errors
from retrostats.meta.tau.estimators import TauSquared
from retrostats.meta.weighted import weighted_fit

#: Weighted residuals below this share of the weighted effects are rounding, not disagreement:
#: with standard errors that are right their root mean square is near 1, and the share 1 / z.
_PERFECT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line and how well it is known.

    Attributes
    ----------
    intercept, intercept_se
        Effect where the predictor is 0, in the unit of the effects.
    slope, slope_se
        Change of the effect for one more of the predictor.
    df
        Of the reference distribution; ``inf`` is the normal.
    tau2
        Variance between trials around the line; 0 where it has a dispersion instead.
    """

    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    df: float
    tau2: float


def dispersed_line(caller: str, y: Floats, v: Floats, predictor: Floats) -> Line:
    """Fit by weights ``1 / v``, with a dispersion of residuals that is estimated.

    This is ``lm(y ~ predictor, weights = 1 / v)``: the covariance is multiplied by the residual
    sum of squares over ``k - 2``, be that above or below 1.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    y, v, predictor
        Effects, sampling variances and positive predictor, shape ``(k,)`` each.

    Raises
    ------
    FitError
        If all trials lie on the line, so that the dispersion is 0.
    """
    return _line(caller, y, v, predictor, tau2=0.0, test="hksj")


def mixed_line(
    caller: str,
    y: Floats,
    v: Floats,
    predictor: Floats,
    *,
    estimator: TauSquared,
    test: TestName,
) -> Line:
    """Fit with a variance between trials that is added to the sampling variances.

    Parameters
    ----------
    caller, y, v, predictor
        As for `dispersed_line`.
    estimator
        Function of effects, variances and columns.
    test
        As of `pool`.

    Raises
    ------
    FitError
        If the standard error is taken from residuals and there are none.
    TypeError
        If the estimator takes no columns.
    """
    try:
        inspect.signature(estimator).bind(y, v, predictor)
    except TypeError as error:
        raise TypeError(
            f"{caller}: the estimator of tau squared must take (y, v, x) for a model with a "
            "predictor; pool again with such a function, or choose model='weighted regression'"
        ) from error
    tau2 = float(estimator(y, v, _columns(predictor)))
    return _line(caller, y, v, predictor, tau2=tau2, test=test)


def _columns(predictor: Floats) -> Floats:
    """Return ones and the predictor, scaled to at most 1 so that no unit upsets the fit."""
    return np.column_stack([np.ones_like(predictor), predictor / predictor.max()])


def _line(
    caller: str, y: Floats, v: Floats, predictor: Floats, *, tau2: float, test: TestName
) -> Line:
    x = _columns(predictor)
    rest = weighted_fit(y, v + tau2, x).rss
    if test == "hksj" and rest <= _PERFECT**2 * float(np.sum(y**2 / (v + tau2))):
        raise FitError(
            f"{caller}: the {len(y)} trials lie on a line without any residual, so no standard "
            "error can be taken from residuals; their effects or standard errors are not "
            "independent figures, or equal. Look at the numbers"
        )
    fit = coefficients(y, v, tau2, test=test, x=x)
    se, largest = standard_errors(fit), float(predictor.max())
    return Line(
        intercept=float(fit.beta[0]),
        intercept_se=float(se[0]),
        slope=float(fit.beta[1]) / largest,
        slope_se=float(se[1]) / largest,
        df=fit.df,
        tau2=tau2,
    )
