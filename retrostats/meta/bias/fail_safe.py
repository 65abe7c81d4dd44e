"""Fail-safe numbers: how many unseen trials would change a conclusion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import ndtr, ndtri

from retrostats.effects.arguments import is_number
from retrostats.errors import DataError
from retrostats.layout import ShownAsSentence
from retrostats.meta.bias.common import as_sentence, plain
from retrostats.meta.pooled import Pooled, require_pooled

Kind = Literal["rosenthal", "orwin", "rosenberg"]

_OBSOLETE = "fail-safe numbers are no longer recommended; see egger_test and selection_model"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeN(ShownAsSentence):
    """A number of unseen trials without effect.

    Attributes
    ----------
    count
        So many trials would be needed.
    kind
        Whose definition.
    p
        Of the trials at hand in that definition: one-sided for Rosenthal, two-sided for Rosenberg,
        ``nan`` for Orwin.
    goal
        What the unseen trials bring about: the p value (Rosenthal, Rosenberg), or the size of the
        mean effect (Orwin).
    trials
        Number of trials at hand.
    caveats
        What a reader must know.
    """

    count: int
    kind: Kind
    p: float
    goal: float
    trials: int
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        done = f"raise p to {self.goal:g}"
        if self.kind == "orwin":
            done = f"bring the mean effect to {self.goal:.3g}"
        text = (
            f"Fail-safe N of {self.kind.capitalize()} ({self.trials} trials): {self.count} unseen "
            f"trials without effect would {done}"
        )
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        return plain(self)


def fail_safe_n(
    pooled: Pooled,
    *,
    kind: Kind = "rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
) -> FailSafeN:
    """Count the unseen trials without effect that would undo the result.

    Use it only to reproduce a number that a paper prints; not in a new analysis: it rests on p
    alone or on a plain mean, takes unseen trials to average zero, knows no heterogeneity, and the
    Cochrane Handbook (chapter 13) advises against it. `egger_test` and `selection_model` ask
    better questions.

    Parameters
    ----------
    pooled
        A pool of two or more trials.
    kind
        ``"rosenthal"``: until the sum of the z values has a one-sided p of ``alpha``.
        ``"rosenberg"``: until the common-effect mean has a two-sided p of ``alpha``.
        ``"orwin"``: until the unweighted mean has the size ``target``.
    alpha
        Between 0 and 1; Orwin's does not use it.
    target
        For ``"orwin"`` alone: a size above 0 and not above that of the mean effect, in its unit;
        by default half of it, which always takes as many trials as there are.

    Returns
    -------
    FailSafeN
        Rounded up, and 0 if the trials at hand do not reach ``alpha``.

    Raises
    ------
    DataError
        If Orwin's mean effect is 0.
    ValueError
        If ``kind``, ``alpha`` or ``target`` are outside their range.

    References
    ----------
    .. [1] Rosenthal R (1979). Psychol Bull 86, 638-641. doi:10.1037/0033-2909.86.3.638
    .. [2] Orwin RG (1983). J Educ Stat 8, 157-159. doi:10.3102/10769986008002157
    .. [3] Rosenberg MS (2005). Evolution 59, 464-468. doi:10.1111/j.0014-3820.2005.tb01004.x

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.3, unit="points"),
    ...     rs.Estimate.from_se("Trial B", -0.5, 0.2, unit="points"),
    ... ]
    >>> rs.fail_safe_n(rs.pool(trials)).count
    10
    """
    require_pooled("fail_safe_n", pooled)
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; got {kind!r}")
    if not is_number(alpha) or not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha!r}")
    if target is not None and kind != "orwin":
        raise ValueError(f"a target belongs to kind='orwin', not to {kind!r}; give alpha")
    goal, p = alpha, math.nan
    if kind == "rosenthal":
        count, p = _rosenthal(pooled, alpha)
    elif kind == "rosenberg":
        count, p = _rosenberg(pooled, alpha)
    else:
        count, goal = _orwin(pooled, target)
    return FailSafeN(
        count=count,
        kind=kind,
        p=p,
        goal=goal,
        trials=len(pooled.trials),
        caveats=(_OBSOLETE,),
    )


def _rosenthal(pooled: Pooled, alpha: float) -> tuple[int, float]:
    k = len(pooled.trials)
    z = abs(float(np.sum(pooled.y / np.sqrt(pooled.v)))) / math.sqrt(k)
    p = float(ndtr(-z))
    return (_up(k * (z / ndtri(alpha)) ** 2 - k) if p < alpha else 0), p


def _rosenberg(pooled: Pooled, alpha: float) -> tuple[int, float]:
    k = len(pooled.trials)
    w = float(pooled.v.min()) / pooled.v
    z = abs(float(w @ pooled.y)) / math.sqrt(float(pooled.v.min() * w.sum()))
    p = float(2 * ndtr(-z))
    return (_up(k * (z / ndtri(alpha / 2)) ** 2 - k) if p < alpha else 0), p


def _orwin(pooled: Pooled, target: float | None) -> tuple[int, float]:
    size = abs(float(pooled.y.mean()))
    if size <= 1e-15 * float(np.abs(pooled.y).max()):
        raise DataError("fail_safe_n: the mean effect is 0; no trial is needed to bring it there")
    goal = size / 2 if target is None else target
    if not is_number(goal) or not 0 < goal <= size:
        raise ValueError(
            f"target must be above 0 and at most the size of the mean effect, {size:.4g}; "
            f"got {target!r}"
        )
    return _up(len(pooled.trials) * (size - goal) / goal), float(goal)


def _up(count: float) -> int:
    """Round up; what rounding left above a whole number does not count."""
    return math.ceil(count * (1 - 1e-12))
