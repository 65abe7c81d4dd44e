"""What all looks at small-study effects share: refusals, caveats, plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.pooled import Pooled, require_pooled

#: Below this number of trials a test of asymmetry has too little power to tell chance from
#: asymmetry (Sterne et al. 2011, doi:10.1136/bmj.d4002).
ENOUGH = 10
#: Values nearer than this share of what they were computed from are equal: rounding leaves some
#: 1e-16 of it, and no outcome is measured to a millionth of a millionth.
EQUAL = 1e-12
#: Predictors that vary by less than this share of the largest carry no information on a slope.
SAME = 1e-6


def require_trials(caller: str, pooled: Pooled, fewest: int) -> None:
    """Refuse a pool of too few trials.

    Raises
    ------
    DataError
        If there are fewer than ``fewest``.
    TypeError
        If it is no pool.
    """
    require_pooled(caller, pooled)
    k = len(pooled.trials)
    if k < fewest:
        raise DataError(
            f"{caller}: {k} trials are pooled, and {fewest} or more are needed; with so few say "
            "that small-study effects could not be examined"
        )


def require_spread(caller: str, what: str, predictor: Floats) -> None:
    """Refuse a predictor that is the same in all trials.

    Raises
    ------
    DataError
        If its values differ by less than a millionth.
    """
    if float(np.ptp(predictor)) <= SAME * float(np.abs(predictor).max()):
        raise DataError(
            f"{caller}: the {what} is the same in all trials ({predictor[0]:.6g}); "
            "effects of small and of large trials cannot be told apart"
        )


def few_trials(k: int) -> tuple[str, ...]:
    """Return the caveat of a test with fewer than ten trials.

    Examples
    --------
    >>> print(*few_trials(4))
    4 trials: with fewer than 10 chance and asymmetry cannot be told apart, so a large p says little
    >>> few_trials(10)
    ()
    """
    if k >= ENOUGH:
        return ()
    text = f"{k} trials: with fewer than {ENOUGH} chance and asymmetry cannot be told apart"
    return (f"{text}, so a large p says little",)


def own_error(unit: str, remedy: str) -> tuple[str, ...]:
    """Return the caveat of standardised effects, whose standard error depends on the effect.

    Parameters
    ----------
    unit
        Of the effects.
    remedy
        What to do.
    """
    if not unit.startswith("SD"):
        return ()
    text = "the standard error of a standardised effect grows with the effect itself, which looks "
    return (f"{text}like asymmetry where there is none; {remedy}",)


def as_sentence(text: str, caveats: Sequence[str]) -> str:
    """Return a sentence and its caveats as printed.

    Examples
    --------
    >>> as_sentence("p = 0.5 (3 trials)", ("few trials", "wide limits"))
    'p = 0.5 (3 trials). Caveats: few trials; wide limits.'
    """
    if not caveats:
        return f"{text}."
    head = "Caveat" if len(caveats) == 1 else "Caveats"
    return f"{text}. {head}: {'; '.join(caveats)}."


def plain(result: Any) -> dict[str, Any]:
    """Return the fields of a result as plain JSON values; what is not finite becomes ``None``."""
    return {field.name: _plain(getattr(result, field.name)) for field in fields(result)}


def _plain(value: Any) -> Any:
    match value:
        case Estimate():
            return value.to_dict()
        case Pooled():
            return {"pooled": value.pooled.to_dict(), "tau2": _plain(value.tau2)}
        case tuple():
            return [_plain(each) for each in value]
        case float():
            return value if math.isfinite(value) else None
    return value


def tied_ranks(values: Floats, noise: Floats) -> Floats:
    """Rank values from 0; neighbours that only rounding tells apart share a rank.

    Parameters
    ----------
    values
        Shape ``(k,)``.
    noise
        How far each may be off, shape ``(k,)``.

    Returns
    -------
    ndarray, shape (k,)
        Whole numbers without gaps.

    Examples
    --------
    >>> tied_ranks(np.array([3.0, 1.0, 3.0 + 1e-15]), np.full(3, 1e-12)).tolist()
    [1.0, 0.0, 1.0]
    """
    order = np.argsort(values, kind="stable")
    wide = np.maximum(noise[order][1:], noise[order][:-1])
    ranks = np.empty(len(values))
    ranks[order] = np.concatenate([[0.0], np.cumsum(np.diff(values[order]) > wide)])
    return ranks
