"""Two ways to pool groups: each by itself, or with one variance between trials for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.estimate import Estimate
from retrostats.meta.heterogeneity import cochran_q, typical_variance
from retrostats.meta.inference import Coefficients, TestName, standard_errors
from retrostats.meta.levels import at_level
from retrostats.meta.pool import pool
from retrostats.meta.regression.numbers import ModeratorTest, joint_test, regress, residual_tau2
from retrostats.meta.regression.scaling import centred
from retrostats.meta.studies import Studies
from retrostats.meta.subgroups.types import Subgroup
from retrostats.meta.tau.estimators import TauName, TauSquared, find_estimator


def pooled_alone(
    trials: Studies,
    name: str,
    places: NDArray[np.intp],
    *,
    tau2: TauName | TauSquared,
    test: TestName,
    level: float,
) -> Subgroup:
    """Pool the trials of one group; a single trial speaks for itself."""
    where = tuple(places.tolist())
    own = tuple(trials.estimates[place] for place in where)
    if len(own) == 1:
        (one,) = own
        single = _renamed(name, at_level(one, level))
        return Subgroup(name=name, places=where, pooled=single, tau2=math.nan, i2=math.nan, q=None)
    try:
        studies = tuple(trials.names[place] for place in where)
        found = pool(own, tau2=tau2, test=test, level=level, studies=studies)
    except FitError as error:
        raise FitError(f"pool_subgroups, group {name!r}: {error}") from error
    mean = _renamed(name, found.pooled)
    return Subgroup(name=name, places=where, pooled=mean, tau2=found.tau2, i2=found.i2, q=found.q)


def _renamed(name: str, estimate: Estimate) -> Estimate:
    return replace(estimate, label=name)


def means_test(means: Sequence[Estimate]) -> ModeratorTest:
    r"""Test that the means of groups are one, each with its own standard error.

    With normal quantiles it is Cochran's Q of the means. Where standard errors have degrees of
    freedom, it is Welch's F, which asks more of a standard error that is hardly known.

    .. math::  F = \frac{Q / (G - 1)}{1 + 2\frac{G - 2}{G^2 - 1}\Lambda},\qquad
               \Lambda = \sum_g \frac{(1 - w_g/\sum w)^2}{df_g},\qquad
               df_2 = \frac{G^2 - 1}{3\Lambda}

    References
    ----------
    .. [1] Welch BL (1951). Biometrika 38, 330-336. doi:10.1093/biomet/38.3-4.330
    """
    y = np.array([mean.value for mean in means])
    v = np.array([mean.se for mean in means]) ** 2
    q, groups = cochran_q(y, v), len(means)
    weights = 1 / v
    others = np.array([np.delete(weights, place).sum() for place in range(groups)])
    lack = float(np.sum((others / weights.sum()) ** 2 / np.array([mean.df for mean in means])))
    if lack == 0:
        return ModeratorTest(statistic=q.statistic, df1=q.df, df2=math.inf, p=q.p)
    f = q.statistic / q.df / (1 + 2 * (groups - 2) / (groups**2 - 1) * lack)
    df2 = (groups**2 - 1) / (3 * lack)
    return ModeratorTest(statistic=f, df1=q.df, df2=df2, p=float(fdtrc(q.df, df2, f)))


def pooled_with_common(
    trials: Studies,
    names: dict[str, NDArray[np.intp]],
    *,
    tau2: TauName | TauSquared,
    test: TestName,
    level: float,
) -> tuple[list[Subgroup], ModeratorTest]:
    """Return the groups with one variance between trials for all, and the test between them."""
    k, count = len(trials), len(names)
    if k <= count:
        raise FitError(
            f"pool_subgroups: every one of {count} groups has one trial, so that nothing says how "
            "much trials of a group differ; join groups"
        )
    x = np.zeros((k, count))
    for column, places in enumerate(names.values()):
        x[places, column] = 1.0
    label, estimator = find_estimator(tau2)
    shared = residual_tau2(label, estimator, trials.y, trials.v, x)
    fit = regress(trials.y, trials.v, centred(x, None), tau2=shared, test=test)
    own = [
        Subgroup(
            name=name,
            places=tuple(places.tolist()),
            pooled=Estimate.from_se(name, value, se, unit=trials.unit, df=fit.df, level=level),
            tau2=shared,
            i2=_share(shared, trials.v[places]),
            q=cochran_q(trials.y[places], trials.v[places]) if len(places) > 1 else None,
        )
        for (name, places), value, se in zip(
            names.items(), fit.beta.tolist(), standard_errors(fit).tolist(), strict=True
        )
    ]
    return own, joint_test(_against_first(fit), range(count - 1))


def _against_first(fit: Coefficients) -> Coefficients:
    """Return the differences of all means from the first."""
    contrast: Floats = np.eye(len(fit.beta))[1:]
    contrast[:, 0] = -1.0
    return replace(fit, beta=contrast @ fit.beta, cov=contrast @ fit.cov @ contrast.T)


def _share(tau2: float, v: Floats) -> float:
    """Return I squared of a group; of a single trial its own variance is the typical one."""
    typical = typical_variance(v) if len(v) > 1 else float(v[0])
    return tau2 / (tau2 + typical)
