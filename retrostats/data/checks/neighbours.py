"""What a value is compared with: its arm, the other visits of its subject, and their spread."""

from __future__ import annotations

import math

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.cohort.cells import Integers

#: From the median absolute deviation to the SD of a normal distribution.
_MAD = 1.4826


def arm_medians(values: Floats, arms: Floats) -> Floats:
    """Return for each subject the median of the positive values of its arm, shape ``(s, 1)``."""
    medians = np.full((len(values), 1), np.nan)
    for arm in np.unique(arms[~np.isnan(arms)]):
        members = arms == arm
        held = values[members]
        held = held[held > 0]
        if len(held):
            medians[members] = np.median(held)
    return medians


def visit_spread(values: Floats) -> tuple[float, float]:
    """Return robust SDs of the difference and of the log ratio between two visits of a subject."""
    before, after = values[:, :-1], values[:, 1:]
    gaps = (after - before)[~np.isnan(after - before)]
    both = (before > 0) & (after > 0)
    ratios = np.log(after[both]) - np.log(before[both])
    return _about_zero(gaps), _about_zero(ratios)


def _about_zero(values: Floats) -> float:
    return float(_MAD * np.median(np.abs(values))) if len(values) else math.nan


def other_visits(values: Floats, subjects: Integers, visits: Integers) -> Floats:
    """Return the median of the other positive values of each subject, NaN where there is none."""
    rest = values[subjects].copy()
    rest[np.arange(len(subjects)), visits] = np.nan
    rest[~(rest > 0)] = np.nan
    ordered = np.sort(rest, axis=1)
    count = np.count_nonzero(~np.isnan(ordered), axis=1)
    rows = np.arange(len(subjects))
    last = np.maximum(count - 1, 0)
    middle = (ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2
    return np.where(count > 0, middle, np.nan)
