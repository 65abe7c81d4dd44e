"""Sphericity: Mauchly's test, and the corrections of degrees of freedom for its lack."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from retrostats.arrays import Floats

#: An eigenvalue below this share of the largest is rounding: the visits determine one another.
SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sphericity:
    """What the data say of equal variances of all differences between visits.

    Attributes
    ----------
    epsilon_gg
        Greenhouse and Geisser's factor, from ``1 / (k - 1)`` to 1.
    epsilon_hf
        Huynh and Feldt's, with Lecoutre's correction for several arms; not truncated, so that it
        may exceed 1. ``nan`` where too few subjects leave it undefined.
    w, p
        Mauchly's statistic and its p value, to the second order of Box; ``nan`` where there is
        no test.
    note
        Why there is no test; empty when there is one.
    """

    epsilon_gg: float
    epsilon_hf: float
    w: float
    p: float
    note: str = ""


def sphericity(error: Floats, df: int) -> Sphericity:
    """Return epsilons and Mauchly's test.

    Parameters
    ----------
    error
        Sums of squares and products of orthonormal contrasts of the visits within arms, shape
        ``(k - 1, k - 1)``, not all zero.
    df
        Subjects less arms.

    References
    ----------
    .. [1] Greenhouse SW, Geisser S (1959). Psychometrika 24, 95-112. doi:10.1007/BF02289823
    .. [2] Huynh H, Feldt LS (1976). J Educ Stat 1, 69-82. doi:10.3102/10769986001001069
    .. [3] Lecoutre B (1991). J Educ Stat 16, 371-372. doi:10.3102/10769986016004371
    .. [4] Mauchly JW (1940). Ann Math Stat 11, 204-209. doi:10.1214/aoms/1177731915

    Examples
    --------
    >>> sphericity(np.diag([2.0, 1.0]), 10).epsilon_gg
    0.9
    """
    width = len(error)
    if width == 1:
        note = "two visits have one difference, so that there is nothing to test"
        return Sphericity(epsilon_gg=1.0, epsilon_hf=1.0, w=math.nan, p=math.nan, note=note)
    gg = float(np.trace(error) ** 2 / (width * (error * error).sum()))
    left = df - width * gg
    hf = ((df + 1) * width * gg - 2) / (width * left) if left > SINGULAR * df else math.nan
    eigenvalues = np.asarray(np.linalg.eigvalsh(error), dtype=np.float64)
    if df < width:
        note = f"{df} error degrees of freedom are too few for {width} contrasts of visits"
    elif eigenvalues[0] <= SINGULAR * eigenvalues[-1]:
        note = "some visits determine another one exactly"
    else:
        w, p = mauchly(eigenvalues, df)
        return Sphericity(epsilon_gg=gg, epsilon_hf=hf, w=w, p=p)
    return Sphericity(epsilon_gg=gg, epsilon_hf=hf, w=math.nan, p=math.nan, note=note)


def mauchly(eigenvalues: Floats, df: int) -> tuple[float, float]:
    """Return Mauchly's W and its p value.

    Parameters
    ----------
    eigenvalues
        Of the error matrix of orthonormal contrasts, shape ``(p,)``, all positive.
    df
        Error degrees of freedom.

    Notes
    -----
    R's ``mauchly.test``, car and pingouin put the number of visits, ``p + 1``, in one place of the
    second-order term where Anderson has p. With three visits that term is zero; with four and
    more their p is larger by some thousandths of itself.

    References
    ----------
    .. [1] Anderson TW (2003). An Introduction to Multivariate Statistical Analysis, 3rd edition,
       section 10.7.4. Wiley.
    """
    p = len(eigenvalues)
    log_w = float(np.log(eigenvalues).sum() - p * math.log(eigenvalues.mean()))
    rho = 1 - (2 * p * p + p + 2) / (6 * p * df)
    counted = (p + 2) * (p - 1) * (p - 2) * (2 * p**3 + 6 * p * p + 3 * p + 2)
    second = counted / (288 * (df * p * rho) ** 2)
    z, f = -df * rho * log_w, p * (p + 1) / 2 - 1
    first, later = float(chdtrc(f, z)), float(chdtrc(f + 4, z))
    return math.exp(log_w), min(1.0, max(0.0, first + second * (later - first)))
