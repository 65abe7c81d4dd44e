"""Tails of the largest of several correlated t statistics, and of the studentised range.

Both are normal tails, integrals over one normal deviate, at a critical value times a random
scale.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, stdtrit

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.margins.random_scale import Tail, Tails, studentised

#: Normal deviates beyond this are left out: 2e-19 of the probability.
_Z_END = 9.0
#: Step of the normal deviate under the range.
_Z_STEP = 0.2
#: A conditional probability this many standard deviations past its jump is 1: 1e-17.
_PAST = 8.5
#: Gauss-Legendre panels behind a jump: nodes in each, first length in widths of the jump,
#: growth from one to the next, longest.
_NODES = 24
_FIRST = 3.0
_GROWTH = 1.8
_LONGEST = 4.0
#: Where the search for a critical value ends, relative.
_ENOUGH = 1e-13


def range_tail(groups: int) -> Tails:
    r"""Return the upper tails of the studentised range of independent means.

    .. math:: P(Q > q) = E_s \int k \varphi(z) \{\Phi(z)^{k-1}
              - [\Phi(z) - \Phi(z - q s)]^{k-1}\}\, dz

    Parameters
    ----------
    groups
        Number of means, k, at least 2.

    Returns
    -------
    callable
        From the degrees of freedom of the common standard error, fractional or ``inf``, to
        the tail: a function of q.

    Notes
    -----
    Agrees with `scipy.stats.studentized_range` to 2e-14 (which takes infinitely many degrees
    of freedom from 100000 on) and with R's ``ptukey`` to 1e-9.

    References
    ----------
    .. [1] Tukey JW (1953). The problem of multiple comparisons. Princeton.
    .. [2] Kramer CY (1956). Biometrics 12, 307-310. doi:10.2307/3001469
    """
    step = _Z_STEP
    z = np.arange(-_Z_END, _Z_END + step, step)
    below = ndtr(z)
    outer = groups * step * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * below ** (groups - 1)

    def normal(x: Floats) -> Floats:
        share = ndtr(z - x[:, None]) / below
        with np.errstate(divide="ignore"):  # a share that rounds to 1 is log(0): certain
            beyond = -np.expm1((groups - 1) * np.log1p(-np.minimum(share, 1.0)))
        return np.asarray(beyond @ outer)

    return studentised(normal, math.sqrt(2))


def product_tail(loadings: Floats) -> Tails:
    r"""Return the upper tails of ``max |T_i|`` when correlations are products of loadings.

    .. math:: T_i = \{\lambda_i Z + (1 - \lambda_i^2)^{1/2} Z_i\} / s,\qquad
              \rho_{ij} = \lambda_i \lambda_j

    so that given Z and s the statistics are independent. Comparisons of independent groups
    with one control are of this kind.

    Parameters
    ----------
    loadings
        Each strictly between -1 and 1, shape ``(r,)``.

    Returns
    -------
    callable
        From the degrees of freedom of the common scale s, fractional or ``inf``, to the tail:
        from a critical value to the probability that any statistic exceeds it in size.

    References
    ----------
    .. [1] Dunnett CW (1955). J Am Stat Assoc 50, 1096-1121.
       doi:10.1080/01621459.1955.10501294
    """
    size = np.maximum(np.abs(loadings), 1e-9)  # signs do not matter: the integrand is even in z
    rest = np.sqrt(1 - loadings**2)
    width = rest / size
    behind, outer = _panels(float(width.min()))

    def normal(x: Floats) -> Floats:
        # Given z, statistic i jumps at x / size_i. Where the first has jumped all is certain;
        # jumps that matter end less than twice _PAST of their widths before that.
        end = np.minimum((x[:, None] / size + _PAST * width).min(axis=1), _Z_END)
        edges = np.maximum(end[:, None] - behind, 0.0)
        length = edges[:, :-1] - edges[:, 1:]
        z = edges[:, 1:, None] + length[:, :, None] * outer[0]
        weight = length[:, :, None] * outer[1] * np.exp(-0.5 * z * z) * math.sqrt(2 / math.pi)
        used = weight > 0
        at, log_inside = z[used], np.zeros(int(used.sum()))
        far = np.broadcast_to(x[:, None, None], z.shape)[used]
        with np.errstate(divide="ignore"):  # far out, log(0) is certainty
            for one, spread in zip(size, rest, strict=True):
                outside = ndtr((one * at - far) / spread) + ndtr((-one * at - far) / spread)
                log_inside += np.log1p(-np.minimum(outside, 1.0))
        weight[used] *= -np.expm1(log_inside)
        return np.asarray(weight.sum(axis=(1, 2)) + 2 * ndtr(-end))

    return studentised(normal, 1.0)


def _panels(width: float) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return edges of panels behind a jump, and nodes and weights within one from 0 to 1."""
    edges, length = [0.0], _FIRST * width
    while edges[-1] < _Z_END:
        edges.append(edges[-1] + min(length, _LONGEST))
        length *= _GROWTH
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return np.array(edges), (0.5 + 0.5 * nodes, 0.5 * weights)


def critical_value(tail: Tail, level: float, *, low: float, high: float) -> float:
    """Return the value that is exceeded with probability ``1 - level``.

    Parameters
    ----------
    tail
        Decreasing.
    level
        Coverage, between 0 and 1.
    low, high
        Positive values between which it lies; they are moved apart where rounding put them
        inside.

    Raises
    ------
    FitError
        If no such value was found.
    """

    def gap(log_critical: float) -> float:
        return math.log(tail(math.exp(log_critical)) / (1 - level))

    # Logarithms on both axes: with few degrees of freedom tails are powers.
    left, right = math.log(low) - 1e-3, math.log(high) + 1e-3
    at_left, at_right = gap(left), gap(right)
    if not at_left >= 0 >= at_right:
        raise FitError(f"no critical value between {low} and {high} for level {level}")
    # Secants inside the bracket.
    last, at_last, now, at_now = left, at_left, right, at_right
    for _ in range(60):
        slope = (at_now - at_last) / (now - last) if now != last else 0.0
        guess = now - at_now / slope if slope < 0 else left
        if abs(at_now) <= _ENOUGH or abs(guess - now) <= _ENOUGH or right - left <= _ENOUGH:
            return math.exp(now)
        last, at_last = now, at_now
        now = guess if left < guess < right else 0.5 * (left + right)
        at_now = gap(now)
        left, right = (now, right) if at_now > 0 else (left, now)
    raise FitError(f"the search for the critical value of level {level} did not end")


def single_critical(df: Floats | float, level: float) -> Floats:
    """Return two-sided critical values of t for one comparison, of the shape of ``df``."""
    return np.asarray(stdtrit(df, 0.5 + level / 2), dtype=np.float64)
