"""Fit a meta-regression."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from retrostats.effects.arguments import require_level
from retrostats.errors import DataError, FitError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.meta.heterogeneity import cochran_q, inconsistency, typical_variance
from retrostats.meta.inference import Coefficients, TestName, coefficients
from retrostats.meta.regression.design import ModeratorColumns, moderator_columns
from retrostats.meta.regression.numbers import (
    explained,
    explained_of_q,
    joint_test,
    regress,
    residual_tau2,
)
from retrostats.meta.regression.scaling import Centred, centred
from retrostats.meta.regression.types import MetaRegression
from retrostats.meta.studies import Studies, gather_studies
from retrostats.meta.tau.estimators import TauName, TauSquared, find_estimator

if TYPE_CHECKING:
    import pandas as pd

#: Trials to a coefficient below which a regression is easily led by chance; the usual advice.
FEW = 10


def meta_regression(
    estimates: Iterable[Estimate],
    moderators: Mapping[str, Sequence[Any]] | pd.DataFrame,
    *,
    formula: str | None = None,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> MetaRegression:
    """Regress the effects of trials on what is known of the trials.

    Use it to ask whether trials that differ in one moderator, named beforehand, differ in effect;
    not with fewer than about ten trials to a moderator, nor with means of the people in a trial,
    such as their age, to say for whom a treatment works: that needs data of single people.

    Parameters
    ----------
    estimates
        One for each trial, all in one unit.
    moderators
        A data frame, or a mapping of names to lists: one value for each trial, in the order of
        the estimates. Numbers are numbers; words are categories, whose first in the alphabet is
        the reference (a pandas Categorical has its own order).
    formula
        Terms such as ``"weeks * grade"``, written as for `fit_mmrm`, without effect and tilde; by
        default the sum of all moderators. ``C(grade, contr.treatment("mild"))`` names a
        reference.
    tau2, test, level, studies
        As for `pool`. A function for ``tau2`` takes ``(y, v, x)`` here, the design ``x`` of shape
        ``(k, p)``, and ``(y, v)`` for the fit without moderators.

    Returns
    -------
    MetaRegression
        Coefficients, their joint test, what heterogeneity is left, and predictions.

    Raises
    ------
    DataError
        With all faults found: trials that `pool` would refuse, lengths that differ, values that
        are missing (with the names of the trials; none is left out unasked) or infinite,
        moderators that are constant or follow from others.
    FitError
        If there are no more trials than coefficients; or if the estimates lie on the line, and
        the test takes its scale from the residuals.
    ValueError
        If an argument is not among its choices.

    References
    ----------
    .. [1] Thompson SG, Higgins JPT (2002). Stat Med 21, 1559-1573. doi:10.1002/sim.1187
    .. [2] Knapp G, Hartung J (2003). Stat Med 22, 2693-2710. doi:10.1002/sim.1482

    Examples
    --------
    >>> import retrostats as rs
    >>> effects = [(-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2)]
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", *effect, unit="SD")
    ...     for name, effect in zip("ABCDE", effects)
    ... ]
    >>> found = rs.meta_regression(trials, {"weeks": [12, 4, 6, 8, 3]})
    >>> print(found.coefficients["weeks"])
    weeks: -0.0772 SD (95% CI -0.19 to 0.036), df 3
    >>> print(found.caveats[0].partition(":")[0])
    5 trials for 1 coefficient beside the intercept
    """
    require_level(level)
    name, estimator = find_estimator(tau2)
    gathered = gather_studies("meta_regression", estimates, studies=studies)
    columns = moderator_columns(moderators, formula, gathered)
    _require_spare(columns, len(gathered))
    y, v = gathered.y, gathered.v
    inner = centred(columns.x, columns.intercept)
    left = residual_tau2(name, estimator, y, v, inner.x)
    without = residual_tau2(name, estimator, y, v, None)
    fit = regress(y, v, inner, tau2=left, test=test)
    q = cochran_q(y, v, inner.x)
    table = _table(columns, inner, fit, gathered, level)
    i2, h2 = inconsistency(name, left, q, typical_variance(v, inner.x))
    r2 = explained_of_q(q, cochran_q(y, v)) if name == "common" else explained(left, without)
    return MetaRegression(
        trials=gathered.estimates,
        studies=gathered.names,
        formula=columns.formula,
        coefficients=table,
        moderators=joint_test(fit, columns.tested),
        tau2=left,
        tau2_without=without,
        r2=r2 if columns.intercept is not None else math.nan,
        i2=i2,
        h2=h2,
        q=q,
        df=q.df,
        estimator=name,
        test=test,
        tau2_of=estimator,
        columns=columns,
        centred=inner,
        fit=fit,
        caveats=(*_caveats(columns, gathered, inner, table, test), *columns.caveats),
    )


def _table(
    columns: ModeratorColumns, inner: Centred, fit: Coefficients, trials: Studies, level: float
) -> EstimateTable:
    """Return the coefficients of the columns as they were given."""
    back = inner.back
    errors = np.sqrt(np.diag(back @ fit.cov @ back.T))
    estimates = [
        Estimate.from_se(name, value, se, unit=trials.unit, df=fit.df, level=level)
        for name, value, se in zip(columns.names, back @ fit.beta, errors, strict=True)
    ]
    caption = f"Meta-regression of {len(trials)} trials on {columns.formula}"
    return EstimateTable(caption, tuple(estimates))


def _require_spare(columns: ModeratorColumns, k: int) -> None:
    if not columns.tested:
        raise DataError(
            f"meta_regression {columns.formula!r}: there is no moderator in the formula; to pool "
            "without one use rs.pool"
        )
    p = len(columns.names)
    if k <= p:
        raise FitError(
            f"meta_regression: {k} trials cannot determine {p} coefficients "
            f"({', '.join(columns.names)}) and how much trials differ; more trials than "
            "coefficients are needed, so leave moderators out or join categories"
        )


def _caveats(
    columns: ModeratorColumns, trials: Studies, inner: Centred, table: EstimateTable, test: TestName
) -> list[str]:
    """Return what a reader must know of the numbers of trials and of the intervals."""
    told, own, k = [], len(columns.tested), len(trials)
    if k < FEW * own:
        coefficients_ = "1 coefficient" if own == 1 else f"{own} coefficients"
        told.append(
            f"{k} trials for {coefficients_} beside the intercept: with fewer than {FEW} to each "
            "the line may be chance."
        )
    common = coefficients(trials.y, trials.v, 0.0, test="z", x=inner.x)
    level = table[0].ci.level
    reach = float(stdtrit(common.df, 0.5 + level / 2))
    errors = reach * np.sqrt(np.diag(inner.back @ common.cov @ inner.back.T))
    narrow = [
        repr(table[place].label)
        for place in columns.tested
        if table[place].ci.high - table[place].ci.low < 2 * errors[place]
    ]
    if test == "hksj" and narrow:
        told.append(
            f"The Hartung-Knapp interval of {', '.join(narrow)} is narrower than that of a common "
            "effect, because the estimates lie closer to the line than their standard errors let "
            "one expect. With few trials this is mostly luck: report test='hksj_adhoc' beside it "
            "(doi:10.1186/s12874-015-0091-1)."
        )
    return told
