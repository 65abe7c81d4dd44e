"""Scores as an instrument gives them, and the means that rounding and the ends leave."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from retrostats.arrays import Floats
from retrostats.power.design.fields import MeasurementScale

#: Beyond so many SDs no score is drawn: the probability is below 1e-22.
_FAR = 10.0


def as_measured(scores: Floats, scale: MeasurementScale | None) -> Floats:
    """Return scores rounded to the steps of a scale and cut at its ends.

    Parameters
    ----------
    scores
        Any shape.
    scale
        ``None`` leaves them as they are.

    Returns
    -------
    array of the same shape
        A score half-way between two steps goes to the even one, counted from the origin.

    Examples
    --------
    >>> import numpy as np
    >>> as_measured(np.array([-0.3, 4.6, 12.0]), MeasurementScale(low=0, high=10, step=1))
    array([ 0.,  5., 10.])
    """
    if scale is None:
        return scores
    if scale.step is not None:
        steps = np.rint((scores - scale.origin) / scale.step)
        scores = scale.origin + steps * scale.step
    return np.clip(scores, scale.low, scale.high)


def measured_moments(mean: float, sd: float, scale: MeasurementScale | None) -> tuple[float, float]:
    r"""Return mean and SD of a normal score after rounding and cutting, exactly.

    With the possible scores :math:`g_0 < \dots < g_K`, half-way points :math:`c_k` between
    :math:`g_{k-1}` and :math:`g_k`, and any power h,

    .. math:: E\,h(Y) = h(g_0) + \sum_k (h(g_k) - h(g_{k-1})) \, \Phi((\mu - c_k) / \sigma).

    Parameters
    ----------
    mean, sd
        Of the score before.
    scale
        ``None``: nothing changes.

    Returns
    -------
    tuple of float
        Mean and SD.

    Examples
    --------
    >>> mean, sd = measured_moments(1.0, 1.5, MeasurementScale(low=0, high=10, step=1))
    >>> print(f"{mean:.4f} {sd:.4f}")
    1.2177 1.2201
    """
    if scale is None:
        return mean, sd
    if scale.step is None:
        return _cut_moments(mean, sd, scale)
    # Centred at the mean, so that the square loses no digits.
    scores = possible_scores(mean, sd, scale) - mean
    above = ndtr(-(scores[1:] - scale.step / 2) / sd)
    centre = scores[0] + scale.step * above.sum()
    square = scores[0] ** 2 + (np.diff(scores**2) * above).sum()
    return float(mean + centre), math.sqrt(max(float(square - centre**2), 0.0))


def possible_scores(mean: float, sd: float, scale: MeasurementScale) -> Floats:
    """Return the scores of a scale with steps that a normal score can be rounded to.

    Parameters
    ----------
    mean, sd
        Of the score before; scores more than 10 SDs away are left out.
    scale
        With a step.

    Examples
    --------
    >>> possible_scores(1.0, 0.5, MeasurementScale(low=0, high=3, step=1))
    array([0., 1., 2., 3.])
    """
    step = scale.step or math.nan
    near = min(max(mean, scale.low), scale.high)
    low = max(scale.low, near - _FAR * sd - step)
    high = min(scale.high, near + _FAR * sd + step)
    first = math.floor((low - scale.origin) / step + 0.5)
    last = math.floor((high - scale.origin) / step + 0.5)
    return scale.origin + step * np.arange(first, last + 1.0)


def _cut_moments(mean: float, sd: float, scale: MeasurementScale) -> tuple[float, float]:
    """Return mean and SD of a normal variable that is cut at both ends and not rounded."""
    ends = (scale.low - mean) / sd, (scale.high - mean) / sd
    below, above = float(ndtr(ends[0])), float(ndtr(-ends[1]))
    inside = 1 - below - above
    density = [math.exp(-(end**2) / 2) / math.sqrt(2 * math.pi) for end in ends]
    # An end that is open contributes nothing.
    a, b = (end if math.isfinite(end) else 0.0 for end in ends)
    first = a * below + b * above + density[0] - density[1]
    second = a**2 * below + b**2 * above + inside + a * density[0] - b * density[1]
    return mean + sd * first, sd * math.sqrt(max(second - first**2, 0.0))
