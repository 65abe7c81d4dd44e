"""Pool trials."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from retrostats.estimate import Estimate, Interval
from retrostats.meta.heterogeneity import cochran_q, typical_variance
from retrostats.meta.inference import TestName, coefficients, standard_errors
from retrostats.meta.pooled import Pooled
from retrostats.meta.studies import gather_studies
from retrostats.meta.tau.estimators import TauName, TauSquared, find_estimator


def pool(
    estimates: Sequence[Estimate],
    *,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> Pooled:
    """Pool estimates of trials by a random-effects model."""
    gathered = gather_studies("pool", tuple(estimates), studies=studies)
    y, v = gathered.y, gathered.v
    name, estimator = find_estimator(tau2)
    between = float(estimator(y, v))
    fit = coefficients(y, v, between, test=test)
    mean, se = float(fit.beta[0]), float(standard_errors(fit)[0])
    q, typical = cochran_q(y, v), typical_variance(v)
    weights = 1 / (v + between)
    margin = float(stdtrit(fit.df, 0.5 + level / 2)) * math.hypot(se, math.sqrt(between))
    i2 = max(0.0, 1 - q.df / q.statistic) if name == "common" else between / (between + typical)
    return Pooled(
        trials=gathered.estimates,
        studies=gathered.names,
        pooled=Estimate.from_se("pooled", mean, se, unit=gathered.unit, df=fit.df, level=level),
        tau2=between,
        tau2_se=math.nan,
        i2=i2,
        h2=max(1.0, q.statistic / q.df) if name == "common" else 1 + between / typical,
        q=q,
        prediction=Interval(mean - margin, mean + margin, level),
        weights=tuple(np.asarray(weights / weights.sum()).tolist()),
        estimator=name,
        test=test,
        tau2_of=estimator,
    )
