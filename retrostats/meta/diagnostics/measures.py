"""How far each trial lies from the others, and how far it moves the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr

from retrostats.arrays import Floats

#: The rules of metafor. A trial that breaks one deserves a second look, no more.
RULES = ("DFFITS", "Cook's distance", "hat value", "DFBETAS")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """One pooled mean or, with arrays of shape ``(k,)``, the means without each trial.

    Attributes
    ----------
    mean, variance
        Pooled effect and its squared standard error, as the test has it.
    tau2
        Variance between trials.
    """

    mean: Floats | float
    variance: Floats | float
    tau2: Floats | float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """Measures of influence, shape ``(k,)`` each; `Influence` explains them."""

    residuals: Floats
    rstandard: Floats
    rstudent: Floats
    dffits: Floats
    cook: Floats
    cov_ratio: Floats
    hat: Floats
    dfbetas: Floats


def others(k: int) -> Floats:
    """Return the matrix that adds up all trials but one, shape ``(k, k)``.

    Taking one trial off the sum of all would lose the digits of light trials beside a heavy one.
    """
    return 1 - np.eye(k)


def influence_measures(y: Floats, v: Floats, whole: Fitted, deleted: Fitted) -> Measures:
    r"""Return the measures of influence of a pooled mean.

    With weights ``w = 1/(v + tau2)``, hat values ``h = w / sum w`` and the index (i) for fits
    without trial i:

    - ``rstandard = (y - mean) / sqrt((v + tau2)(1 - h))``
    - ``rstudent = (y - mean(i)) / sqrt(v + tau2(i) + variance(i))``
    - ``dffits = (mean - mean(i)) / sqrt(f(i) h (v + tau2(i)))``
    - ``cook = (mean - mean(i))^2 / variance``
    - ``cov_ratio = variance(i) / variance``
    - ``dfbetas = (mean - mean(i)) / sqrt(f(i) / sum_j 1/(v_j + tau2(i)))``

    where ``f(i)`` is the factor of Hartung and Knapp of the fit without the trial; 1 for z and t.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    whole
        The fit of all trials.
    deleted
        The fits without each, arrays of shape ``(k,)``.

    References
    ----------
    .. [1] Viechtbauer W, Cheung MWL (2010). Res Synth Methods 1, 112-125. doi:10.1002/jrsm.11
    """
    weights = 1 / (v + whole.tau2)
    hat = weights / weights.sum()
    left = others(len(y)) @ weights / weights.sum()
    shift = whole.mean - deleted.mean
    refitted = 1 / (v[None, :] + np.asarray(deleted.tau2)[:, None])
    factor = deleted.variance * np.sum(refitted * others(len(y)), axis=1)
    return Measures(
        residuals=y - whole.mean,
        rstandard=(y - whole.mean) / np.sqrt((v + whole.tau2) * left),
        rstudent=(y - deleted.mean) / np.sqrt(v + deleted.tau2 + deleted.variance),
        dffits=np.asarray(shift / np.sqrt(factor * hat * (v + deleted.tau2))),
        cook=np.asarray(shift**2 / whole.variance),
        cov_ratio=np.asarray(deleted.variance / whole.variance),
        hat=hat,
        dfbetas=np.asarray(shift * np.sqrt(refitted.sum(axis=1) / factor)),
    )


def broken_rules(measures: Measures) -> tuple[tuple[str, ...], ...]:
    """Return which of `RULES` each trial breaks.

    DFFITS beyond ``3 / sqrt(k - 1)``; a Cook's distance beyond the median of a chi-squared
    distribution with 1 degree of freedom; a hat value beyond ``3 / k``; DFBETAS beyond 1.

    Parameters
    ----------
    measures
        Of one pool.
    """
    k = len(measures.hat)
    broken = np.column_stack(
        [
            np.abs(measures.dffits) > 3 / np.sqrt(k - 1),
            chdtr(1, measures.cook) > 0.5,
            measures.hat > 3 / k,
            np.abs(measures.dfbetas) > 1,
        ]
    )
    return tuple(
        tuple(rule for rule, hit in zip(RULES, row, strict=True) if hit) for row in broken.tolist()
    )
