"""Covariance of random-effects parameters when G is singular, and what to say about it."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.inference.fixed_effects import parameter_covariance
from retrostats.models.random_effects.boundary import EffectsOptimum
from retrostats.models.random_effects.climb import in_chart

#: Which information of the covariance parameters is inverted.
Information: TypeAlias = Literal["observed", "expected"]


def boundary_information(
    optimum: EffectsOptimum, information: Information, names: tuple[str, ...] = ()
) -> Floats:
    r"""Return the covariance of the natural parameters that inference uses.

    Parameters
    ----------
    optimum
        Of `maximise_effects`.
    information
        ``"expected"``: the inverse expected information of all parameters at the estimate,
        whether or not G is singular. It exists on the boundary, and is what pbkrtest uses.
        ``"observed"``: inside, the inverse observed information. When G is singular, its rank
        is held fixed: with coordinates :math:`\phi` of the matrices of this rank and ``sigma2``,
        :math:`J = d\theta/d\phi`, the result is :math:`J I_\phi^{-1} J'`, where
        :math:`I_\phi` is the observed information in :math:`\phi` with the curvature of the
        boundary. Variances in the directions that leave the boundary are zero.
    names
        Names of the parameters, for messages.

    Returns
    -------
    ndarray
        Shape ``(k, k)``; singular on the boundary with observed information.

    Raises
    ------
    FitError
        If the information is not positive definite.

    Notes
    -----
    Held at its rank, a random intercept of variance 0 leaves ``sigma2`` alone: the degrees of
    freedom are those of ordinary least squares. lmerTest differentiates by the Cholesky factor of
    ``G / sigma2``, whose entry at zero has no slope in G: the same but for its numerical
    derivatives. The expected information counts the variance as estimated: in Dyestuff2 5
    degrees of freedom, the number of batches less one, against 29.
    """
    if information == "expected":
        return parameter_covariance(optimum.derivatives.expected, names)
    if not optimum.singular:
        return parameter_covariance(-optimum.derivatives.hessian, names)
    curved = in_chart(optimum.derivatives, optimum.face, optimum.phi)[1]
    slopes = optimum.face.slopes(optimum.phi)
    covariance = slopes @ parameter_covariance(curved) @ slopes.T
    return np.asarray((covariance + covariance.T) / 2)


def boundary_caveat(optimum: EffectsOptimum, information: Information) -> str | None:
    """Return what a report must say about a singular fit; None for one inside."""
    if not optimum.singular:
        return None
    where = "; ".join(optimum.directions)
    if information == "expected":
        treated = (
            "standard errors and degrees of freedom come from the expected information at the "
            "estimate and treat every variance as estimated (as pbkrtest does), which is "
            "cautious"
        )
    else:
        treated = (
            "standard errors and degrees of freedom take the rank of the covariance of the random "
            "effects as known (as lmerTest does), which may overstate the degrees of freedom; "
            'information="expected" counts every variance as estimated'
        )
    return f"singular fit: {where}. Here {treated}. Consider fewer random effects."
