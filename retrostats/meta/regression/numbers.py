"""The numbers of a meta-regression, as functions of arrays."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.layout import ShownAsSentence, df_numbers, p_sentence
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.inference import Coefficients, TestName, coefficients
from retrostats.meta.regression.scaling import Centred
from retrostats.meta.tau.estimators import TauSquared, estimate_tau2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorTest(ShownAsSentence):
    """A joint test of several coefficients.

    Attributes
    ----------
    statistic
        Chi-square where ``df2`` is infinite, else F.
    df1, df2
        Degrees of freedom.
    p
        Probability of more.
    """

    statistic: float
    df1: int
    df2: float
    p: float

    def __str__(self) -> str:
        if math.isinf(self.df2):
            return f"chi-square({self.df1}) = {self.statistic:.4g}, {p_sentence(self.p)}"
        (df2,) = df_numbers([self.df2])
        return f"F({self.df1}, {df2.strip()}) = {self.statistic:.4g}, {p_sentence(self.p)}"


def regress(y: Floats, v: Floats, columns: Centred, *, tau2: float, test: TestName) -> Coefficients:
    """Return coefficients of centred columns; a factor of 0 is refused.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape ``(k,)``.
    columns
        Design, shape ``(k, p)`` with ``k > p``.
    tau2
        Residual variance between trials.
    test
        As in `coefficients`.

    Raises
    ------
    FitError
        If the columns fit every estimate, and the test takes its scale from what is left.
    """
    try:
        return coefficients(y, v, tau2, test=test, x=columns.x)
    except FitError as error:
        raise FitError(
            "the estimates lie on the fitted values exactly, so that the standard errors of "
            "test='hksj', which are built on what is left, would be 0; use test='hksj_adhoc', "
            "'t' or 'z'"
        ) from error


def residual_tau2(
    name: str, estimator: TauSquared, y: Floats, v: Floats, x: Floats | None
) -> float:
    """Return the variance between trials that the columns leave, shape of ``x`` ``(k, p)``.

    Raises
    ------
    ValueError
        If a function of the user takes no columns.
    FitError
        If it gives no variance.
    """
    given = (y, v) if x is None else (y, v, x)
    try:
        inspect.signature(estimator).bind(*given)
    except TypeError:
        raise ValueError(
            f"tau2: the function {name!r} must take (y, v, x) here, x being the columns of the "
            "moderators, of shape (k, p)"
        ) from None
    return estimate_tau2(name, lambda *_: estimator(*given), y, v)


def joint_test(fit: Coefficients, places: Sequence[int]) -> ModeratorTest:
    """Test that the coefficients at some places are all 0: chi-square, or F where df is finite.

    Parameters
    ----------
    fit
        The coefficients and their covariance, which holds the factor of Hartung and Knapp.
    places
        One or more.
    """
    own = list(places)
    wald = float(fit.beta[own] @ np.linalg.solve(fit.cov[np.ix_(own, own)], fit.beta[own]))
    count = len(own)
    if math.isinf(fit.df):
        return ModeratorTest(statistic=wald, df1=count, df2=math.inf, p=float(chdtrc(count, wald)))
    f = wald / count
    return ModeratorTest(statistic=f, df1=count, df2=fit.df, p=float(fdtrc(count, fit.df, f)))


def explained(tau2: float, without: float) -> float:
    """Return the share of the variance between trials that moderators take away, 0 to 1.

    Parameters
    ----------
    tau2, without
        Variance between trials with and without them. Where there is none without, the share is
        0, as in metafor.
    """
    return max(0.0, 1 - tau2 / without) if without > 0 else 0.0


def explained_of_q(q: CochranQ, without: CochranQ) -> float:
    """Return the adjusted R squared of weighted least squares, 0 to 1, for the common effect.

    Parameters
    ----------
    q, without
        Cochran's Q with and without the moderators.
    """
    return max(0.0, 1 - q.statistic / q.df * without.df / without.statistic)
