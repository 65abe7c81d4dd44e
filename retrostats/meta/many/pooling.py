"""Pool many data sets in one call."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from retrostats.arrays import Floats, real_numbers
from retrostats.effects.arguments import require_level
from retrostats.layout import ShownAsSentence
from retrostats.meta.inference import ROUNDING, TestName, require_test
from retrostats.meta.many.estimators import find_many, trace, weighted_means
from retrostats.meta.tau.estimators import TauName, TauSquared


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledMany(ShownAsSentence):
    """Pooled effects of many data sets, each number as `retrostats.pool` gives it.

    Attributes
    ----------
    value, se, low, high, p
        Pooled effects, standard errors, limits and p values, shape ``(n,)``.
    tau2, q, i2
        Variances between trials, Cochran's Q, and I squared (0 to 1), shape ``(n,)``.
    failed
        Data sets without an answer, shape ``(n,)``; their numbers are ``nan``.
    trials
        Trials of each data set.
    df, level
        Of the intervals; ``df`` is infinite for the normal.
    estimator, test
        Names of the estimator of `tau2` and of the test.

    Examples
    --------
    >>> import retrostats as rs
    >>> found = rs.pool_many([[-0.9, -0.2, -0.4], [-0.5, -0.6, -0.1]], [0.1, 0.05, 0.08])
    >>> print(found)
    2 data sets of 3 trials pooled by reml, hksj; 0 without an answer
    >>> found.value.round(3).tolist(), found.tau2.round(3).tolist()
    ([-0.453, -0.427], [0.046, 0.005])
    """

    value: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats
    tau2: Floats
    q: Floats
    i2: Floats
    failed: NDArray[np.bool_]
    trials: int
    df: float
    level: float
    estimator: str
    test: TestName

    def __repr__(self) -> str:
        return str(self)

    def __len__(self) -> int:
        return len(self.value)

    @property
    def failures(self) -> int:
        """Number of data sets without an answer."""
        return int(self.failed.sum())

    def __str__(self) -> str:
        return (
            f"{len(self):,} data sets of {self.trials} trials pooled by {self.estimator}, "
            f"{self.test}; {self.failures:,} without an answer"
        )


def pool_many(
    y: ArrayLike,
    v: ArrayLike,
    *,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
) -> PooledMany:
    """Pool many data sets at once, each as `retrostats.pool` does it.

    Use it for simulations, resamples and permutations, where it is some hundred times faster than
    a loop; not for a single set of trials, where `retrostats.pool` explains what it finds.

    Parameters
    ----------
    y
        Estimates, shape ``(n, k)``: a row for each data set, a column for each trial.
    v
        Sampling variances, shape ``(n, k)``, or ``(k,)`` if all data sets share them.
    tau2, test, level
        As in `retrostats.pool`. An own function of ``(y, v)`` is called row by row.

    Returns
    -------
    PooledMany
        A row that cannot be pooled (a number missing, a variance of 0, estimates all equal under
        ``test="hksj"``) is ``nan`` and marked in ``failed``; it never stops the others. REML and
        ML are the highest of all local maxima in every row.

    Raises
    ------
    ValueError
        If shapes do not fit, there are fewer than two trials, or an argument is out of range.

    Examples
    --------
    >>> import retrostats as rs
    >>> many = rs.pool_many([[-0.9, -0.15, -0.4], [0.3, 0.1, float("nan")]], [0.1, 0.05, 0.08])
    >>> print(many)
    2 data sets of 3 trials pooled by reml, hksj; 1 without an answer
    >>> many.value.round(3), many.tau2.round(4)
    (array([-0.439,    nan]), array([0.0643,    nan]))
    """
    values, variances = _read(y, v)
    require_test(test)
    require_level(level)
    name, estimator = find_many(tau2)
    with np.errstate(all="ignore"):
        usable = np.isfinite(values).all(axis=1)
        usable &= (np.isfinite(variances) & (variances > 0)).all(axis=-1)
        between = np.where(usable, estimator(values, variances), np.nan)
        mean, se = _means(values, variances, between, test)
        q = weighted_means(values, variances)[2]
    usable &= np.isfinite(mean) & (se > 0) & np.isfinite(se)
    df = math.inf if test == "z" else float(values.shape[1] - 1)
    margin = float(stdtrit(df, 0.5 + level / 2)) * se
    columns = {
        "value": mean,
        "se": se,
        "low": mean - margin,
        "high": mean + margin,
        "p": 2 * stdtr(df, -np.abs(mean / np.where(usable, se, np.nan))),
        "tau2": between,
        "q": q,
        "i2": _i2(name, between, q, variances, df=values.shape[1] - 1),
    }
    return PooledMany(
        **{key: np.where(usable, column, np.nan) for key, column in columns.items()},
        failed=~usable,
        trials=values.shape[1],
        df=df,
        level=level,
        estimator=name,
        test=test,
    )


def _read(y: ArrayLike, v: ArrayLike) -> tuple[Floats, Floats]:
    values, variances = real_numbers("pool_many: y", y), real_numbers("pool_many: v", v)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(
            f"pool_many: y has a row for each data set and a column for each of two or more "
            f"trials; got shape {values.shape}"
        )
    if variances.shape not in (values.shape, values.shape[1:]):
        raise ValueError(
            f"pool_many: v has shape {values.shape} as y, or {values.shape[1:]} if all data sets "
            f"share the variances; got {variances.shape}"
        )
    return values, variances


def _means(y: Floats, v: Floats, tau2: Floats, test: TestName) -> tuple[Floats, Floats]:
    """Return pooled means and standard errors; 0 where no residuals are left for HKSJ."""
    mean, size, rss = weighted_means(y, v + tau2[:, None])
    se = 1 / np.sqrt(size)
    if not test.startswith("hksj"):
        return mean, se
    factor = np.sqrt(rss / (y.shape[1] - 1))
    if test == "hksj_adhoc":
        return mean, se * np.maximum(1.0, factor)
    scale = np.maximum(np.abs(y).max(axis=1), np.sqrt(v.min(axis=-1)))
    equal = np.abs(y - mean[:, None]).max(axis=1) <= ROUNDING * scale
    return mean, np.where(equal, 0.0, se * factor)


def _i2(name: str, tau2: Floats, q: Floats, v: Floats, *, df: int) -> Floats:
    """Return I squared as `retrostats.meta.heterogeneity.inconsistency` does."""
    with np.errstate(all="ignore"):
        if name == "common":
            return np.asarray(np.where(q > 0, np.maximum(0.0, 1 - df / q), 0.0))
        return np.asarray(tau2 / (tau2 + df / trace(v)))
