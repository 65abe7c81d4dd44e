"""Autocorrelations and partial autocorrelations: the Durbin-Levinson recursion both ways."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats


def from_partial(partial: Floats) -> Floats:
    """Return the autocorrelations of partial autocorrelations.

    Parameters
    ----------
    partial
        Of distance 1 to r, shape (r,), each between -1 and 1; may be complex.

    Returns
    -------
    ndarray
        Autocorrelations of distance 1 to r, shape (r,). Their banded matrix is positive
        definite for any partial autocorrelations, and the map is one to one [1]_.

    References
    ----------
    .. [1] Barndorff-Nielsen O, Schou G (1973). J Multivar Anal 3, 408-419.
       doi:10.1016/0047-259X(73)90030-4
    """
    rho = np.zeros_like(partial)
    weights = rho[:0]
    innovation = 1.0
    for lag, reflection in enumerate(partial):
        rho[lag] = weights @ rho[:lag][::-1] + reflection * innovation
        weights = _longer(weights, reflection)
        innovation = innovation * (1 - reflection**2)
    return rho


def to_partial(rho: Floats) -> Floats:
    """Return the partial autocorrelations of autocorrelations; shapes as in `from_partial`."""
    partial = np.zeros_like(rho)
    weights = rho[:0]
    innovation = 1.0
    for lag in range(len(rho)):
        partial[lag] = (rho[lag] - weights @ rho[:lag][::-1]) / innovation
        weights = _longer(weights, partial[lag])
        innovation = innovation * (1 - partial[lag] ** 2)
    return partial


def _longer(weights: Floats, reflection: float) -> Floats:
    """Add one visit to the best linear predictor."""
    return np.append(weights - reflection * weights[::-1], reflection)
