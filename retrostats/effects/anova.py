"""Analysis of variance from group sizes, means and standard deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from retrostats.arrays import Floats
from retrostats.effects.summaries import ArmSummary, require_all_arms


@dataclass(frozen=True, slots=True, kw_only=True)
class FRatio:
    """One F test.

    Attributes
    ----------
    label
        What is tested.
    f, df1, df2, p
        F ratio, its degrees of freedom, and the upper tail probability.
    """

    label: str
    f: float
    df1: float
    df2: float
    p: float


def one_way_f(n: ArrayLike, means: ArrayLike, sds: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return F and its degrees of freedom of a one-way ANOVA, one SD common to all.

    Parameters
    ----------
    n, means, sds
        Shape ``(..., k)`` each, or shapes that broadcast; the groups run along the
        last axis.

    Returns
    -------
    f, df1, df2
        Shape ``(...)``. Where all SDs are 0, F is infinite, or nan if the means are
        equal too.

    Examples
    --------
    >>> f, df1, df2 = one_way_f([15, 14, 16], [6.1, 5.2, 4.3], [1.4, 1.2, 1.6])
    >>> round(float(f), 4), float(df1), float(df2)
    (6.2315, 2.0, 42.0)
    """
    size, mean, sd = _broadcast(n, means, sds)
    total = size.sum(axis=-1)
    df1 = np.full(total.shape, mean.shape[-1] - 1.0)
    df2 = total - mean.shape[-1]
    between = (size * _around_weighted(mean, size) ** 2).sum(axis=-1)
    within = ((size - 1) * sd**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (between / df1) / (within / df2), df1, df2


def welch_f(n: ArrayLike, means: ArrayLike, sds: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return Welch's F and its degrees of freedom, an SD of its own in each group.

    Parameters
    ----------
    n, means, sds
        Shape ``(..., k)`` each, or shapes that broadcast. An SD of 0 gives nan: it
        would carry all the weight.

    Returns
    -------
    f, df1, df2
        Shape ``(...)``.

    References
    ----------
    .. [1] Welch BL (1951). Biometrika 38, 330-336. doi:10.1093/biomet/38.3-4.330

    Examples
    --------
    >>> f, df1, df2 = welch_f([15, 14, 16], [6.1, 5.2, 4.3], [1.4, 1.2, 1.6])
    >>> round(float(f), 4), float(df1), round(float(df2), 3)
    (5.4667, 2.0, 27.968)
    """
    size, mean, sd = _broadcast(n, means, sds)
    k = mean.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = size / sd**2
        share = weight / weight.sum(axis=-1, keepdims=True)
        lack = ((1 - share) ** 2 / (size - 1)).sum(axis=-1)
        between = (weight * _around_weighted(mean, weight) ** 2).sum(axis=-1) / (k - 1)
        f = between / (1 + 2 * (k - 2) / (k**2 - 1) * lack)
        return f, np.full(f.shape, k - 1.0), (k**2 - 1) / (3 * lack)


def one_way_anova(arms: Sequence[ArmSummary]) -> FRatio:
    """Test whether all arms have the same mean, one SD common to all.

    Parameters
    ----------
    arms
        Two or more summaries of the same outcome.

    Raises
    ------
    ValueError
        If there are fewer than two arms.

    Examples
    --------
    >>> arms = [
    ...     ArmSummary(arm="control", n=15, mean=6.1, sd=1.4),
    ...     ArmSummary(arm="forward", n=14, mean=5.2, sd=1.2),
    ...     ArmSummary(arm="retro", n=16, mean=4.3, sd=1.6),
    ... ]
    >>> round(one_way_anova(arms).p, 4)
    0.0043
    """
    return _ratio("one-way ANOVA", one_way_f(*_columns(arms)))


def welch_anova(arms: Sequence[ArmSummary]) -> FRatio:
    """Test whether all arms have the same mean, an SD of its own in each arm.

    Parameters
    ----------
    arms
        Two or more summaries of the same outcome.

    Raises
    ------
    ValueError
        If there are fewer than two arms.

    References
    ----------
    .. [1] Welch BL (1951). Biometrika 38, 330-336. doi:10.1093/biomet/38.3-4.330

    Examples
    --------
    >>> arms = [
    ...     ArmSummary(arm="control", n=15, mean=6.1, sd=1.4),
    ...     ArmSummary(arm="forward", n=14, mean=5.2, sd=1.2),
    ...     ArmSummary(arm="retro", n=16, mean=4.3, sd=1.6),
    ... ]
    >>> round(welch_anova(arms).p, 4)
    0.0099
    """
    return _ratio("Welch's ANOVA", welch_f(*_columns(arms)))


def _columns(arms: Sequence[ArmSummary]) -> tuple[Floats, Floats, Floats]:
    require_all_arms(arms)
    if len(arms) < 2:
        raise ValueError(f"an ANOVA needs two arms or more, got {len(arms)}")
    n, mean, sd = np.array([(arm.n, arm.mean, arm.sd) for arm in arms], dtype=np.float64).T
    return n, mean, sd


def _ratio(label: str, test: tuple[Floats, Floats, Floats]) -> FRatio:
    f, df1, df2 = (float(part) for part in test)
    return FRatio(label=label, f=f, df1=df1, df2=df2, p=float(fdtrc(df1, df2, f)))


def _broadcast(n: ArrayLike, means: ArrayLike, sds: ArrayLike) -> tuple[Floats, Floats, Floats]:
    size, mean, sd = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (n, means, sds))
    )
    if mean.ndim == 0 or mean.shape[-1] < 2:
        raise ValueError(f"an ANOVA needs two groups or more along the last axis, got {mean.shape}")
    return size, mean, sd


def _around_weighted(means: Floats, weights: Floats) -> Floats:
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(means - (weights * means).sum(axis=-1, keepdims=True) / total)
