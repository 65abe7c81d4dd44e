"""How scores hang together once an instrument has rounded them and cut them at its ends."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from retrostats.arrays import Floats
from retrostats.power.design.fields import MeasurementScale
from retrostats.power.design.scale import measured_moments, possible_scores

#: What the terms that are left out may add to a correlation.
_LEFT_OUT = 1e-10
#: Terms beyond which the series of a correlation above 0.9988 is cut all the same. At 0.99999 and
#: equal means this leaves out 0.002 of the correlation, and nothing that counts below 0.999.
_MOST = 20_000


def measured_covariance(
    means: Floats, sds: Floats, correlation: Floats, scale: MeasurementScale | None
) -> Floats:
    r"""Return the covariances of normal scores after rounding and cutting.

    With :math:`\psi_m` the Hermite polynomial of order m with variance 1, and
    :math:`c_{im} = E\,Y_i\,\psi_m(Z_i)` for the measured score :math:`Y_i` of the normal one
    :math:`\mu_i + \sigma_i Z_i`,

    .. math:: \mathrm{Cov}(Y_i, Y_j) = \sum_{m \ge 1} \rho_{ij}^m \, c_{im} c_{jm}.

    Parameters
    ----------
    means, sds
        Of the scores before, shape ``(v,)``.
    correlation
        Of the scores before, shape ``(v, v)``.
    scale
        ``None``: nothing changes.

    Returns
    -------
    array of shape (v, v)
        The terms left out are at most :math:`|\rho|^m` times the product of both SDs: 1e-10 of
        it, where no correlation is above 0.9988.

    References
    ----------
    .. [1] Pearson K (1900). Phil Trans R Soc A 195, 1-47 (the tetrachoric series, of which this is
       the sum over all pairs of steps). doi:10.1098/rsta.1900.0022

    Examples
    --------
    >>> import numpy as np
    >>> given = np.array([6.0, 4.2]), np.array([1.88, 1.726]), np.array([[1, 0.757], [0.757, 1]])
    >>> found = measured_covariance(*given, MeasurementScale(low=0, high=10, step=1))
    >>> print(f"{found[0, 1] / np.sqrt(found[0, 0] * found[1, 1]):.4f}")
    0.7359
    """
    if scale is None:
        return np.asarray(correlation * np.outer(sds, sds))
    given = list(zip(means.tolist(), sds.tolist(), strict=True))
    above = np.triu_indices(len(given), 1)
    terms = _terms(float(np.abs(correlation[above]).max(initial=0.0)))
    parts = np.array([hermite_parts(mean, sd, scale, terms) for mean, sd in given])
    found = np.diag([measured_moments(mean, sd, scale)[1] ** 2 for mean, sd in given])
    for i, j in zip(*above, strict=True):
        powers = correlation[i, j] ** np.arange(1, terms + 1)
        found[i, j] = found[j, i] = (powers * parts[i] * parts[j]).sum()
    return found


def hermite_parts(mean: float, sd: float, scale: MeasurementScale, terms: int) -> Floats:
    r"""Return :math:`E\,Y\,\psi_m(Z)` of a measured score for m from 1, shape ``(terms,)``.

    A score that steps up by w where Z passes a has the parts :math:`w\,\varphi(a)\,
    \psi_{m-1}(a)/\sqrt m`; one that follows Z between two ends has their integral.

    Parameters
    ----------
    mean, sd
        Of the score before.
    scale
        Its ends and steps.
    terms
        How many.

    Examples
    --------
    >>> open_ended = MeasurementScale()
    >>> [abs(round(float(part), 12)) for part in hermite_parts(5.0, 1.5, open_ended, 3)]
    [1.5, 0.0, 0.0]
    """
    orders = np.arange(1, terms + 1)
    if scale.step is not None:
        scores = possible_scores(mean, sd, scale)
        places = (scores[1:] - scale.step / 2 - mean) / sd
        return np.asarray(scale.step * _waves(places, terms).sum(axis=1) / np.sqrt(orders))
    ends = np.array([(scale.low - mean) / sd, (scale.high - mean) / sd])
    closed = ends[np.isfinite(ends)]
    signs = np.array([1.0, -1.0])[np.isfinite(ends)]
    parts = np.empty(terms)
    parts[0] = ndtr(ends[1]) - ndtr(ends[0])
    higher = _waves(closed, terms)[: terms - 1] @ signs
    parts[1:] = higher / np.sqrt(orders[1:] * orders[:-1])
    return sd * parts


def _waves(places: Floats, terms: int) -> Floats:
    """Return the normal density times each polynomial from order 0, shape ``(terms, places)``."""
    found = np.zeros((terms, len(places)))
    found[0] = np.exp(-(places**2) / 2) / math.sqrt(2 * math.pi)
    if terms > 1:
        found[1] = places * found[0]
    for m in range(2, terms):
        found[m] = (places * found[m - 1] - math.sqrt(m - 1) * found[m - 2]) / math.sqrt(m)
    return found


def _terms(largest: float) -> int:
    """Return how many terms the strongest correlation needs."""
    if not 0 < largest < 1:
        return 2 if largest == 0 else _MOST
    return int(min(max(2, math.ceil(math.log(_LEFT_OUT) / math.log(largest))), _MOST))
