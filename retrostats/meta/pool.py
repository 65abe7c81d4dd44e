"""Pool trials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from retrostats.effects.arguments import require_level
from retrostats.estimate import Estimate
from retrostats.meta.caveats import pooling_caveats
from retrostats.meta.heterogeneity import cochran_q, inconsistency, typical_variance
from retrostats.meta.inference import TestName, coefficients, require_test, standard_errors
from retrostats.meta.pooled import Pooled
from retrostats.meta.prediction import prediction_limits
from retrostats.meta.studies import Studies, gather_studies
from retrostats.meta.tau.estimators import (
    TauName,
    TauSquared,
    estimate_tau2,
    find_estimator,
)
from retrostats.meta.tau.standard_errors import tau2_standard_error


def pool(
    estimates: Iterable[Estimate],
    *,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> Pooled:
    r"""Pool estimates of trials by a random-effects model.

    .. math::  \hat\mu = \frac{\sum w_i y_i}{\sum w_i},\qquad w_i = \frac1{v_i + \hat\tau^2},\qquad
               se^2_\text{HKSJ} = \frac{\sum w_i (y_i - \hat\mu)^2}{(k - 1)\sum w_i}

    Use it when two or more trials ask one question of different people and measure it on one scale;
    not when trials share an arm or give several estimates each, which are not independent, and not
    to find one number where trials differ so much that no trial resembles the mean: then tell the
    prediction interval, or the trials.

    Parameters
    ----------
    estimates
        One for each trial, in one unit: a list, a tuple, an `EstimateTable`, what `collect` or
        `read_estimates` gives; of ratios their logarithms (``.log``).
    tau2
        Estimator of the variance between trials: ``"reml"``, ``"ml"``, ``"dl"``
        (DerSimonian-Laird), ``"pm"`` (Paule-Mandel; ``"eb"`` is the same number), ``"pmm"`` (its
        median-unbiased form), ``"sj"`` (Sidik-Jonkman), ``"he"`` (Hedges), ``"hs"``, ``"hsk"``
        (Hunter-Schmidt, plain and corrected), ``"common"`` (no variance), or a function of
        ``(y, v)``, arrays of shape ``(k,)``, that returns a number of 0 or more.
    test
        ``"hksj"``: t with k - 1 df and the standard error of Hartung, Knapp, Sidik and Jonkman;
        ``"hksj_adhoc"``: the same, never below that of the model; ``"t"`` and ``"z"``: the
        standard error of the model with t or normal quantiles.
    level
        Coverage of the intervals.
    studies
        Name of the trial of each estimate; by default those that `collect` and `read_estimates`
        give, else the labels.

    Returns
    -------
    Pooled

    Raises
    ------
    TypeError
        If what is given is no sequence of estimates.
    ValueError
        If an option is unknown.
    DataError
        If there are fewer than two trials, units differ, a standard error is missing, or a trial
        comes twice.
    FitError
        If ``"hksj"`` is asked for and all estimates are equal, or a function gives no variance.

    References
    ----------
    .. [1] IntHout J, Ioannidis JPA, Borm GF (2014). BMC Med Res Methodol 14, 25.
       doi:10.1186/1471-2288-14-25
    .. [2] Röver C, Knapp G, Friede T (2015). BMC Med Res Methodol 15, 99.
       doi:10.1186/s12874-015-0091-1
    .. [3] Veroniki AA et al. (2016). Res Synth Methods 7, 55-79. doi:10.1002/jrsm.1164

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> pooled = rs.pool(pain)
    >>> print(pooled.pooled)
    pooled: -0.435 SD (95% CI -1.36 to 0.49), df 2
    >>> print(pooled.caveats[0])
    3 trials: the interval rests on 2 degrees of freedom, and tau² is hardly known.
    """
    require_level(level)
    require_test(test)
    name, estimator = find_estimator(tau2)
    gathered = gather_studies("pool", estimates, studies=studies)
    between = estimate_tau2(name, estimator, gathered.y, gathered.v)
    return _pooled(gathered, between, name=name, estimator=estimator, test=test, level=level)


def _pooled(
    gathered: Studies,
    between: float,
    *,
    name: str,
    estimator: TauSquared,
    test: TestName,
    level: float,
) -> Pooled:
    y, v = gathered.y, gathered.v
    fit = coefficients(y, v, between, test=test)
    mean, se = float(fit.beta[0]), float(standard_errors(fit)[0])
    pooled = Estimate.from_se("pooled", mean, se, unit=gathered.unit, df=fit.df, level=level)
    q = cochran_q(y, v)
    i2, h2 = inconsistency(name, between, q, typical_variance(v))
    raw = 1 / (v + between)
    weights = np.asarray(raw / raw.sum())
    return Pooled(
        trials=gathered.estimates,
        studies=gathered.names,
        pooled=pooled,
        tau2=between,
        tau2_se=tau2_standard_error(name, y, v, between),
        i2=i2,
        h2=h2,
        q=q,
        prediction=None
        if name == "common"
        else prediction_limits(mean, se, between, df=fit.df, level=level),
        weights=tuple(weights.tolist()),
        estimator=name,
        test=test,
        tau2_of=estimator,
        caveats=pooling_caveats(gathered, pooled, weights, tau2=between, name=name, test=test),
    )
