"""Derivatives by complex step and by differences, and matrices kept positive definite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError

#: Imaginary step: nothing is subtracted, so it may be so small that its square vanishes.
COMPLEX_STEP = 1e-30
#: Relative step of central differences: the cube root of the spacing of doubles.
REAL_STEP = 6e-6
#: Smallest eigenvalue of a correlation matrix at which an optimiser may start.
MARGIN = 1e-6


def complex_step(function: Callable[[Floats], Floats], point: Floats) -> Floats:
    """Differentiate an analytic function, exact to rounding.

    Parameters
    ----------
    function
        From (k,) to an array of any shape; must carry complex numbers through.
    point
        Real, shape (k,).

    Returns
    -------
    ndarray
        Shape (k, ...): the derivative by each coordinate comes first.

    References
    ----------
    .. [1] Squire W, Trapp G (1998). SIAM Rev 40, 110-112. doi:10.1137/S003614459631241X
    """
    steps = np.eye(len(point)) * (1j * COMPLEX_STEP)
    return np.array([np.imag(function(point + step)) for step in steps]) / COMPLEX_STEP


def real_steps(point: Floats) -> Floats:
    """Return the step of a central difference for each coordinate, shape (k,)."""
    return REAL_STEP * np.where(point == 0, 1.0, np.abs(point))


def central_difference(function: Callable[[Floats], Floats], point: Floats) -> Floats:
    """Differentiate a smooth function by central differences; shapes as in `complex_step`.

    The error is about 1e-10 of the derivative where function and argument are of a size.
    """
    slopes = []
    for step in np.diag(real_steps(point)):
        above, below = point + step, point - step
        slopes.append((function(above) - function(below)) / (above - below).sum())
    return np.array(slopes)


def is_positive_definite(matrix: Floats) -> bool:
    """Say whether a symmetric (m, m) matrix has a Cholesky factor; ``False`` for ``nan``."""
    try:
        factor = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    # Not every build of LAPACK stops at nan.
    return bool(np.isfinite(factor).all())


def shrinkage(correlation: Floats) -> float:
    """Return by what to multiply the correlations so that their matrix is positive definite.

    Parameters
    ----------
    correlation
        Symmetric with unit diagonal, shape (m, m).

    Returns
    -------
    float
        1 where the smallest eigenvalue is at least `MARGIN`, and less than 1 otherwise.
        The eigenvalues of ``I + f (R - I)`` are ``1 + f (lambda - 1)``, so that the
        largest factor that passes needs no search.
    """
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    return 1.0 if smallest >= MARGIN else (1 - MARGIN) / (1 - smallest)


def variances_of(moment: Floats, dimension: int) -> Floats:
    """Return the diagonal of a moment matrix after looking at it.

    Raises
    ------
    DataError
        If its shape is not (dimension, dimension), an entry is not finite, or a
        variance is not positive.
    """
    if np.shape(moment) != (dimension, dimension):
        wanted = (dimension, dimension)
        raise DataError(
            f"start: the moment matrix must have shape {wanted}, not {np.shape(moment)}"
        )
    variances = np.diagonal(moment)
    if not np.isfinite(moment).all() or not (variances > 0).all():
        raise DataError(
            "start: the moment matrix must be finite with positive variances; "
            f"its variances are {variances.tolist()}. Leave out visits without variation."
        )
    return variances
