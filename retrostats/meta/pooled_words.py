"""A pooled effect in words, and as the table that a reader sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from retrostats.effects.arguments import plain_exp
from retrostats.estimate import Estimate, Interval
from retrostats.layout import (
    Layout,
    Range,
    Words,
    Written,
    decimals,
    limits,
    number,
    p_number,
    p_sentence,
    percent,
)
from retrostats.meta.inference import TEST_WORDS
from retrostats.meta.tau.estimators import ESTIMATOR_WORDS

if TYPE_CHECKING:
    from retrostats.meta.pooled import Pooled

#: An effect in such a unit is the logarithm of a ratio.
LOG = "log "
Scale = Callable[[float], float]


def sentence(pooled: Pooled) -> Written:
    """Return the pooled effect, its interval, and how far trials differ, in one sentence.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    return Written(_effect(pooled), "; ", heterogeneity(pooled), _predicted(pooled))


def in_words(pooled: Pooled) -> Written:
    """Return what was done and what came out, for the text of a paper.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    return Written(
        Words(f"{model_words(pooled)}. "), _effect(pooled), ". ", heterogeneity(pooled),
        _predicted(pooled), "."
    )  # fmt: skip


def model_words(pooled: Pooled) -> str:
    """Return the model and the test of a pooled effect.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    k, df = len(pooled.trials), pooled.pooled.df
    estimator = ESTIMATOR_WORDS.get(pooled.estimator, f"the function {pooled.estimator!r}")
    model = (
        "one effect common to all"
        if pooled.estimator == "common"
        else f"random effects, tau² by {estimator}"
    )
    spread = "" if pooled.test == "z" else f" ({df:g} df)"
    return f"{k} trials, {model}; {TEST_WORDS[pooled.test]}{spread}"


def heterogeneity(pooled: Pooled) -> Written:
    """Return tau squared, I squared and Cochran's Q.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    q = pooled.q
    between = "" if pooled.estimator == "common" else f"tau² = {pooled.tau2:.3g}, "
    return Written(
        f"{between}I² = {pooled.i2:.0%}, Q({q.df}) = {q.statistic:.3g}, ", p_sentence(q.p)
    )


def _effect(pooled: Pooled) -> Written:
    mean = pooled.pooled
    unit = Words(f" {mean.unit}") if mean.unit else ""
    value, interval = _cells(mean, _same)
    parts: list[str] = [f"Pooled effect of {len(pooled.trials)} trials: ", value, unit]
    parts += [" (", percent(pooled.level), " CI ", interval]
    if is_log(mean.unit):
        ratio, ratios = _cells(mean, plain_exp)
        parts += ["; as a ratio ", ratio, ", ", ratios]
    return Written(*parts, "), ", p_sentence(mean.p))


def _predicted(pooled: Pooled) -> Written:
    if pooled.prediction is None:
        return Written("")
    interval = _limits(pooled.prediction, pooled.pooled.se, _same)
    return Written("; ", percent(pooled.level), " prediction interval ", interval)


def is_log(unit: str) -> bool:
    """Say whether an effect in this unit is the logarithm of a ratio.

    Parameters
    ----------
    unit
        Of an estimate.

    Examples
    --------
    >>> is_log("log ratio"), is_log("SD")
    (True, False)
    """
    return unit.startswith(LOG)


def pooled_layout(pooled: Pooled) -> Layout:
    """Return the trials with their weights, the pooled effect and the prediction interval.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    scales = (_same, plain_exp) if is_log(pooled.pooled.unit) else (_same,)
    rows = [
        (each.label, *_all_cells(each, scales), f"{weight:.1%}", "")
        for each, weight in zip(pooled.table(), pooled.weights, strict=False)
    ]
    mean = pooled.pooled
    rows.append(("Pooled", *_all_cells(mean, scales), f"{1:.1%}", p_number(mean.p)))
    if pooled.prediction is not None:
        rows.append(_prediction_row(pooled.prediction, mean.se, scales))
    unit = f" ({mean.unit})" if mean.unit else ""
    interval = Written(percent(pooled.level), " CI")
    ratio = ("Ratio", interval) if len(scales) > 1 else ()
    return Layout(
        caption=caption(pooled),
        header=("", f"Estimate{unit}", interval, *ratio, "Weight", "p"),
        rows=tuple(rows),
    )


def caption(pooled: Pooled) -> Written:
    """Return the model, how far trials differ, and what was changed for the table.

    Parameters
    ----------
    pooled
        As `pool` returns it.
    """
    told = Written(Words(f"{model_words(pooled)}; "), heterogeneity(pooled))
    if any(trial.ci.level != pooled.level for trial in pooled.trials):
        return Written(told, "; every trial at ", percent(pooled.level))
    return told


def _prediction_row(interval: Interval, se: float, scales: Sequence[Scale]) -> tuple[str, ...]:
    cells: list[str] = []
    for scale in scales:
        cells += ["", _limits(interval, se, scale)]
    return ("Prediction interval", *cells, "", "")


def _all_cells(estimate: Estimate, scales: Sequence[Scale]) -> list[str]:
    return [cell for scale in scales for cell in _cells(estimate, scale)]


def _cells(estimate: Estimate, scale: Scale) -> tuple[str, Written]:
    """Return value and limits: three digits of the standard error, or of each ratio."""
    value = scale(estimate.value)
    places = decimals(value if scale is plain_exp else estimate.se)
    return number(value, places), _limits(estimate.ci, estimate.se, scale)


def _limits(interval: Interval, se: float, scale: Scale) -> Written:
    low, high = (scale(end) for end in interval[:2])
    if scale is not plain_exp:
        return limits(low, high, decimals(se))
    ends = (number(end, decimals(end)).replace("inf", "∞") for end in (low, high))
    return Written(Range(*ends))


def _same(value: float) -> float:
    return value
