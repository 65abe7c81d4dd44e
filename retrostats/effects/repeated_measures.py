"""Repeated-measures ANOVA of groups by times from what a table prints.

A table of means and standard deviations lacks one thing for this test: how strongly
the visits of one person are correlated. Given the covariance, or one correlation
for all pairs of visits, F follows; without, a scan over correlations shows which
ones would give the printed p.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FScan:
    """One F test, at each of the correlations asked for.

    Attributes
    ----------
    label
        What is tested.
    f, p
        F ratio and upper tail probability, in the shape of the correlation; of shape
        ``()`` for a single one.
    df1, df2
        Degrees of freedom, sphericity assumed.
    """

    label: str
    f: Floats
    df1: float
    df2: float
    p: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SplitPlotAnova:
    """The three F tests of groups by times.

    Attributes
    ----------
    group
        Do the groups differ, averaged over times?
    time
        Do the times differ, averaged over groups?
    interaction
        Do the groups change differently?
    """

    group: FScan
    time: FScan
    interaction: FScan


def split_plot_anova(n: ArrayLike, means: ArrayLike, covariances: ArrayLike) -> SplitPlotAnova:
    """Return the split-plot ANOVA that raw data with these moments would give.

    Parameters
    ----------
    n
        Group sizes, shape ``(G,)``, each at least 2; everyone measured at every time.
    means
        Group means, shape ``(G, T)``.
    covariances
        Sample covariance of the times within each group, shape ``(..., G, T, T)``;
        leading axes are carried through.

    Returns
    -------
    SplitPlotAnova
        Type III tests, as SPSS gives: the group test is a one-way ANOVA of the
        subjects' averages; the test of time compares *unweighted* averages over
        groups. With equal group sizes all types agree. Degrees of freedom assume
        sphericity. Where all persons change alike F is infinite or, for rounding
        of the covariances, beyond all reason.

    Raises
    ------
    ValueError
        If the shapes do not match, or a size is below 2.

    References
    ----------
    .. [1] Maxwell SE, Delaney HD, Kelley K (2017). Designing experiments and analyzing
       data, 3rd ed., chapter 14. Routledge. doi:10.4324/9781315642956

    Examples
    --------
    >>> covariance = [[4.0, 2.0], [2.0, 4.0]]
    >>> anova = split_plot_anova([20, 18], [[7, 4], [7, 5]], [covariance, covariance])
    >>> round(float(anova.interaction.f), 3), anova.interaction.df2
    (2.368, 36.0)
    """
    size, mean, cov = _checked(n, means, covariances)
    groups, times = mean.shape
    level = mean.mean(axis=1)
    shape = mean - level[:, None]
    weight = size / size.sum()
    # Each person's average carries T observations, hence the factors T.
    ss_group = times * float(size @ (level - weight @ level) ** 2)
    ss_time = groups**2 / float((1 / size).sum()) * float((shape.mean(axis=0) ** 2).sum())
    ss_interaction = float(size @ ((shape - weight @ shape) ** 2).sum(axis=1))
    sums = cov.sum(axis=(-2, -1)) / times
    traces = np.trace(cov, axis1=-2, axis2=-1)
    error_between = sums @ (size - 1)
    error_within = (traces - sums) @ (size - 1)
    df_between = float(size.sum()) - groups
    df_within = df_between * (times - 1)
    return SplitPlotAnova(
        group=_scan("group", (ss_group, groups - 1), (error_between, df_between)),
        time=_scan("time", (ss_time, times - 1), (error_within, df_within)),
        interaction=_scan(
            "group x time",
            (ss_interaction, (groups - 1) * (times - 1)),
            (error_within, df_within),
        ),
    )


def repeated_measures_anova(
    n: ArrayLike, means: ArrayLike, sds: ArrayLike, correlation: ArrayLike
) -> SplitPlotAnova:
    """Return the split-plot ANOVA from means, SDs and one correlation of all visits.

    Parameters
    ----------
    n
        Group sizes, shape ``(G,)``, each at least 2.
    means, sds
        Group means and standard deviations, shape ``(G, T)``.
    correlation
        Correlation r of any two visits of a person, the same in every group; the
        covariance of visits s and t is ``r * sd_s * sd_t``. A number, or an array of
        any shape to scan; at least ``-1 / (T - 1)`` and at most 1.

    Returns
    -------
    SplitPlotAnova
        With F and p in the shape of ``correlation``; see `split_plot_anova` for what
        is assumed.

    Raises
    ------
    ValueError
        If the shapes do not match, a size is below 2, an SD is negative, or a
        correlation is one that no data can have.

    Examples
    --------
    >>> scan = repeated_measures_anova(
    ...     [20, 18], [[7, 4], [7, 5]], [[2, 2], [2, 2]], correlation=[0.2, 0.5, 0.8]
    ... )
    >>> scan.interaction.p.round(3)
    array([0.232, 0.133, 0.02 ])
    """
    sd, r = np.asarray(sds, dtype=np.float64), np.asarray(correlation, dtype=np.float64)
    if sd.ndim != 2 or sd.shape[1] < 2 or not (np.isfinite(sd).all() and (sd >= 0).all()):
        raise ValueError(f"need SDs >= 0 of shape (groups, times >= 2), got shape {sd.shape}")
    least = -1 / (sd.shape[1] - 1)
    if not ((r >= least) & (r <= 1)).all():
        raise ValueError(
            f"a correlation common to {sd.shape[1]} visits must lie in {least:.3g} to 1, "
            f"got {r.min():g} to {r.max():g}"
        )
    off_diagonal = 1 - np.eye(sd.shape[1])
    pattern = np.eye(sd.shape[1]) + r[..., None, None, None] * off_diagonal
    return split_plot_anova(n, means, pattern * sd[:, :, None] * sd[:, None, :])


def _checked(
    n: ArrayLike, means: ArrayLike, covariances: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    size, mean, cov = (np.asarray(x, dtype=np.float64) for x in (n, means, covariances))
    if mean.ndim != 2 or min(mean.shape) < 2:
        raise ValueError(f"means need shape (groups >= 2, times >= 2), got {mean.shape}")
    groups, times = mean.shape
    if size.shape != (groups,) or cov.shape[-3:] != (groups, times, times):
        raise ValueError(
            f"means of shape {mean.shape} need sizes of shape ({groups},) and covariances of "
            f"shape (..., {groups}, {times}, {times}), got {size.shape} and {cov.shape}"
        )
    if not ((size >= 2) & (size == np.floor(size))).all():
        raise ValueError(f"need whole group sizes of at least 2, got {size.tolist()}")
    if not (np.isfinite(mean).all() and np.isfinite(cov).all()):
        raise ValueError("means and covariances must be finite; a table with gaps cannot be used")
    return size, mean, cov


def _scan(label: str, effect: tuple[float, float], error: tuple[Floats, float]) -> FScan:
    (ss, df1), (ss_error, df2) = effect, error
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.asarray((ss / df1) / (np.maximum(ss_error, 0.0) / df2))
    return FScan(label=label, f=f, df1=float(df1), df2=float(df2), p=np.asarray(fdtrc(df1, df2, f)))
