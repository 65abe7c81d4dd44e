"""A selection model: trials with small p values are published more often, by steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate, Interval
from retrostats.layout import ShownAsSentence, number, p_sentence
from retrostats.meta.bias.common import as_sentence, plain, require_trials
from retrostats.meta.bias.selection_search import Optimum, highest
from retrostats.meta.bias.step_function import selected
from retrostats.meta.inference import coefficients
from retrostats.meta.pooled import Pooled
from retrostats.meta.tau.likelihood import maximum_likelihood

Alternative = Literal["less", "greater"]

#: Trials in each interval of p below which its weight is mostly guess.
_THIN = 4
#: Trials in all below which limits and tests of the model do not hold.
_FEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionModel(ShownAsSentence):
    """Effect and publication weights, estimated together.

    Attributes
    ----------
    effect
        Mean effect of all trials, published or not; normal limits.
    tau2
        Variance between trials.
    steps
        One-sided p values at which the weight steps.
    counts
        Trials in each interval of p.
    weights
        Chance of publication in each interval beyond the first, relative to the first; unit empty,
        limits from the log scale, p of a weight of 1.
    alternative
        Direction in which small p values lie.
    likelihood_ratio, df, p
        Test that all weights are 1.
    log_likelihood
        At the optimum.
    unadjusted
        The effect by maximum likelihood without selection.
    trials
        Number of trials.
    caveats
        What a reader must know.
    """

    effect: Estimate
    tau2: float
    steps: tuple[float, ...]
    counts: tuple[int, ...]
    weights: tuple[Estimate, ...]
    alternative: Alternative
    likelihood_ratio: float
    df: int
    p: float
    log_likelihood: float
    unadjusted: Estimate
    trials: int
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        effect, before = (str(e).partition(": ")[2] for e in (self.effect, self.unadjusted))
        weights = ", ".join(f"{w.value:.3g}" for w in self.weights)
        steps = ", ".join(f"{step:g}" for step in self.steps)
        text = (
            f"Selection model ({self.trials} trials, steps at one-sided p of {steps}): "
            f"weights 1, {weights}; no selection: "
            f"chi-square({self.df}) = {number(self.likelihood_ratio, 2)}, {p_sentence(self.p)}; "
            f"effect {effect}, without selection {before}"
        )
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        return plain(self)


def selection_model(
    pooled: Pooled, *, alternative: Alternative, steps: Sequence[float] = (0.025,)
) -> SelectionModel:
    r"""Estimate the effect and how p values were selected, by maximum likelihood.

    .. math::  f(y_i) = \frac{\omega(p_i)\,\phi\big((y_i-\mu)/\sigma_i\big)/\sigma_i}
               {\sum_j \omega_j\,P_{ij}},\qquad \sigma_i^2 = v_i + \tau^2,

    with :math:`\omega_j` the chance of publication in interval j of the one-sided p, 1 in the
    first, and :math:`P_{ij}` the probability that trial i falls into it.

    Use it as a sensitivity analysis when some twenty trials or more are pooled and several lie on
    either side of each step; not with a handful of trials: the weight of an interval with two
    trials in it is a guess. It assumes normal effects and that selection was by p alone.

    Parameters
    ----------
    pooled
        A pool of trials. tau squared is estimated anew by maximum likelihood, and limits are
        normal, whatever the test of the pool.
    alternative
        ``"less"`` if negative effects were worth publishing (less pain), ``"greater"`` if
        positive ones were. It has no default: the wrong one answers another question.
    steps
        One-sided p values between 0 and 1, ascending.

    Returns
    -------
    SelectionModel

    Raises
    ------
    DataError
        If an interval of p holds no trial, or there are too few trials.
    FitError
        If the search reaches no maximum.
    ValueError
        If ``alternative`` or ``steps`` are outside their range.

    References
    ----------
    .. [1] Vevea JL, Hedges LV (1995). Psychometrika 60, 419-435. doi:10.1007/BF02294384

    Examples
    --------
    >>> import retrostats as rs
    >>> values = (-0.9, -0.7, -0.8, -0.5, -0.1, 0.2, -0.45, -0.6)
    >>> errors = (0.32, 0.3, 0.28, 0.24, 0.2, 0.4, 0.22, 0.35)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="points")
    ...     for name, value, se in zip("ABCDEFGH", values, errors)
    ... ]
    >>> result = rs.selection_model(rs.pool(trials), alternative="less")
    >>> result.counts, result.df
    ((5, 3), 1)
    """
    cut = _checked_steps(steps)
    if alternative not in ("less", "greater"):
        raise ValueError(f"alternative must be 'less' or 'greater'; got {alternative!r}")
    require_trials("selection_model", pooled, len(cut) + 2)
    sign = -1.0 if alternative == "less" else 1.0
    scale = float(np.median(np.sqrt(pooled.v)))
    data = selected(sign * pooled.y / scale, pooled.v / scale**2, cut)
    counts = tuple(int(np.sum(data.place == j)) for j in range(len(cut) + 1))
    _require_filled(counts, cut)
    plain_tau2 = float(maximum_likelihood(data.y, data.v))
    fit = coefficients(data.y, data.v, plain_tau2, test="z")
    start = np.array([fit.beta[0], plain_tau2, *np.zeros(len(cut))])
    optimum = highest(data, float(fit.beta[0]), plain_tau2)
    ratio = max(0.0, 2 * (optimum.log_likelihood - data.log_likelihood(start)))
    return SelectionModel(
        effect=_effect("effect", optimum.theta[0], optimum.cov[0, 0], pooled, sign * scale),
        tau2=float(optimum.theta[1]) * scale**2,
        steps=tuple(float(step) for step in cut),
        counts=counts,
        weights=_weights(optimum, cut, pooled.level),
        alternative=alternative,
        likelihood_ratio=ratio,
        df=len(cut),
        p=float(chdtrc(len(cut), ratio)),
        log_likelihood=optimum.log_likelihood - len(pooled.y) * math.log(scale),
        unadjusted=_effect("unadjusted", fit.beta[0], fit.cov[0, 0], pooled, sign * scale),
        trials=len(pooled.trials),
        caveats=_caveats(counts, float(optimum.theta[1])),
    )


def _checked_steps(steps: Sequence[float]) -> Floats:
    try:
        cut = np.asarray(steps, dtype=np.float64)
    except (TypeError, ValueError):
        cut = np.array([])
    inside = cut.ndim == 1 and cut.size and bool(np.all((cut > 0) & (cut < 1)))
    if not inside or np.any(np.diff(cut) <= 0):
        raise ValueError(
            f"steps must be one-sided p values between 0 and 1, ascending, as in (0.025, 0.5); "
            f"got {steps!r}"
        )
    return cut


def _require_filled(counts: tuple[int, ...], cut: Floats) -> None:
    ends = [0.0, *cut.tolist(), 1.0]
    empty = [
        f"{low:g} to {high:g}"
        for count, low, high in zip(counts, ends[:-1], ends[1:], strict=True)
        if not count
    ]
    if empty:
        raise DataError(
            f"selection_model: no trial has a one-sided p of {' or of '.join(empty)}, so its "
            "weight cannot be estimated; choose other steps, or the other alternative"
        )


def _effect(label: str, mean: float, variance: float, pooled: Pooled, scale: float) -> Estimate:
    return Estimate.from_se(
        label,
        float(mean) * scale,
        math.sqrt(variance) * abs(scale),
        unit=pooled.pooled.unit,
        level=pooled.level,
    )


def _weights(optimum: Optimum, cut: Floats, level: float) -> tuple[Estimate, ...]:
    """Return the weights with limits from the log scale and delta-method standard errors."""
    ends = [*cut.tolist(), 1.0]
    margin = float(ndtri(0.5 + level / 2))
    found = []
    for j, log_weight in enumerate(optimum.theta[2:].tolist()):
        se = math.sqrt(optimum.cov[j + 2, j + 2])
        low, high = math.exp(log_weight - margin * se), math.exp(log_weight + margin * se)
        found.append(
            Estimate(
                label=f"p from {ends[j]:g} to {ends[j + 1]:g}",
                value=math.exp(log_weight),
                se=math.exp(log_weight) * se,
                df=math.inf,
                ci=Interval(low, high, level),
                p=float(2 * ndtr(-abs(log_weight) / se)),
                unit="",
            )
        )
    return tuple(found)


def _caveats(counts: tuple[int, ...], tau2: float) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if sum(counts) < _FEW:
        found += (f"{sum(counts)} trials: with fewer than {_FEW} limits and p are rough",)
    if min(counts) < _THIN:
        trials = "one trial" if min(counts) == 1 else f"{min(counts)} trials"
        found += (f"an interval of p holds {trials}, so its weight is mostly a guess",)
    if tau2 == 0:
        found += ("tau squared is 0, and the limits take it as known",)
    return found
