"""Words of the report of pooled trials: on which scale, whom a sign favours, by which methods."""

from __future__ import annotations

import math

from retrostats.effects.arguments import plain_exp
from retrostats.estimate import Estimate, Interval
from retrostats.layout import number, percent
from retrostats.report.meta.types import Evidence


def range_words(interval: Interval, places: int, unit: str) -> str:
    """Return an interval, e.g. ``"-1.80 to 0.69 SD"``."""
    low, high, _ = interval
    return f"{number(low, places)} to {number(high, places)} {unit}".rstrip()


def ratio_words(estimate: Estimate) -> str:
    """Return the logarithm of a ratio as the ratio, e.g. ``"0.71 (95% CI 0.52 to 0.97)"``."""
    low, high, level = estimate.ci
    value, *ends = (f"{plain_exp(each):.3g}" for each in (estimate.value, low, high))
    return f"{value} ({percent(level)} CI {' to '.join(ends)})"


def df_words(df: float) -> str:
    """Return degrees of freedom in a sentence; nothing for the normal distribution."""
    if math.isinf(df):
        return ""
    whole = f"{df:g}"
    return f"{whole} degree{'' if df == 1 else 's'} of freedom"


def direction_words(evidence: Evidence) -> str:
    """Say whom each sign favours; empty where nobody said."""
    if evidence.direction:
        return evidence.direction
    if evidence.favours is None:
        return ""
    below, above = evidence.favours
    return f"Values below zero favour {below}, values above zero favour {above}."
