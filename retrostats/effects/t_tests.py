"""Student's and Welch's t from what a table prints, for numbers and arrays.

The inputs broadcast and nothing warns, so that a search over every number a
rounded table may stand for can run through these functions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from retrostats.arrays import Floats


def pooled_sd(sd1: ArrayLike, n1: ArrayLike, sd2: ArrayLike, n2: ArrayLike) -> Floats:
    """Return the SD of both arms around their own means, with n1 + n2 - 2 df.

    Parameters
    ----------
    sd1, n1, sd2, n2
        Standard deviations and sizes of the arms; shapes that broadcast.

    Examples
    --------
    >>> float(pooled_sd(3.0, 10, 3.0, 20))
    3.0
    """
    a, m, b, n = (np.asarray(x, dtype=np.float64) for x in (sd1, n1, sd2, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(((m - 1) * a**2 + (n - 1) * b**2) / (m + n - 2))


def student_t(
    difference: ArrayLike, sd1: ArrayLike, n1: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> tuple[Floats, Floats]:
    """Return t and its degrees of freedom, with one SD common to both arms.

    Parameters
    ----------
    difference
        First mean minus second.
    sd1, n1, sd2, n2
        Standard deviations and sizes; all five broadcast.

    Returns
    -------
    t, df
        Shape of the broadcast. Where both SDs are 0, t is infinite with the sign
        of the difference, or nan when that is 0 too.

    Examples
    --------
    >>> t, df = student_t(2.2, 0.9, 5, 1.3, 7)
    >>> round(float(t), 4), float(df)
    (3.2482, 10.0)
    """
    m, n = np.asarray(n1, dtype=np.float64), np.asarray(n2, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.asarray(difference) / (pooled_sd(sd1, m, sd2, n) * np.sqrt(1 / m + 1 / n))
    t, df = np.broadcast_arrays(t, m + n - 2)
    return t, df


def welch_t(
    difference: ArrayLike, sd1: ArrayLike, n1: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> tuple[Floats, Floats]:
    """Return t and its degrees of freedom, with an SD of its own in each arm.

    Parameters
    ----------
    difference
        First mean minus second.
    sd1, n1, sd2, n2
        Standard deviations and sizes; all five broadcast.

    Returns
    -------
    t, df
        Shape of the broadcast. Where both SDs are 0, t is infinite with the sign
        of the difference (nan when that is 0 too), and df, having no limit, is nan.

    References
    ----------
    .. [1] Welch BL (1947). Biometrika 34, 28-35. doi:10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> t, df = welch_t(2.2, 0.9, 5, 1.3, 7)
    >>> round(float(t), 4), round(float(df), 4)
    (3.4637, 9.9999)
    """
    m, n = np.asarray(n1, dtype=np.float64), np.asarray(n2, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = np.asarray(sd1) ** 2 / m, np.asarray(sd2) ** 2 / n
        t = np.asarray(difference) / np.sqrt(a + b)
        df = (a + b) ** 2 / (a**2 / (m - 1) + b**2 / (n - 1))
    t, df = np.broadcast_arrays(t, df)
    return t, df


def two_sided_p(t: ArrayLike, df: ArrayLike) -> Floats:
    """Return the two-sided p value of t.

    Parameters
    ----------
    t, df
        Statistic and degrees of freedom; shapes that broadcast. ``df`` may be infinite.

    Returns
    -------
    ndarray
        0 where t is infinite, whatever the df; nan where t is nan.

    Examples
    --------
    >>> float(two_sided_p(0.0, 12))
    1.0
    """
    size = np.abs(np.asarray(t, dtype=np.float64))
    return np.where(np.isinf(size), 0.0, 2 * stdtr(df, -size))
