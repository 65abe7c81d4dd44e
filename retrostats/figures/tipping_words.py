"""What a figure of a tipping point says in words: beside its axes, and in its description."""

from __future__ import annotations

import math

import numpy as np

from retrostats.layout import decimals, number, percent, true_minus
from retrostats.missing.tipping_result import TippingPoint


def axis_words(tipping: TippingPoint) -> tuple[str, str]:
    """Return what the axis across and the upright one show."""
    unit = tipping.start.estimate.unit
    of = f" ({unit})" if unit else ""
    missing = dict(zip(tipping.start.arms, tipping.start.imputed, strict=True))
    across, up = (
        f"Missing scores of {arm}{'' if missing[arm] else ' (none)'}: how much worse{of}"
        for arm in (tipping.treatment, tipping.comparator)
    )
    return across, up


def zone_words(tipping: TippingPoint) -> tuple[str, str, str]:
    """Return what is told where the interval is on the side of treatment, open, or against it."""
    level = percent(tipping.start.estimate.ci.level)
    return (
        f"{level} interval favours {tipping.treatment}",
        f"{level} interval includes zero",
        f"{level} interval favours {tipping.comparator}",
    )


def line_words(tipping: TippingPoint) -> str:
    """Return what the thin lines and their numbers are."""
    unit = tipping.start.estimate.unit
    return f"{tipping.start.estimate.label} ({unit})" if unit else tipping.start.estimate.label


def zone_counts(tipping: TippingPoint) -> tuple[int, int, int]:
    """Return at how many places of the grid each of the zones of `zone_words` is."""
    outside = tipping.p < 1 - tipping.start.estimate.ci.level
    good = tipping.value < 0 if tipping.better == "lower" else tipping.value > 0
    inside = int(np.sum(~outside))
    return int(np.sum(outside & good)), inside, int(np.sum(outside & ~good))


def mark_words(tipping: TippingPoint) -> tuple[str, str]:
    """Return the words for the analysis without a shift and for the tipping point, if any."""
    start = f"{tipping.start.assumption}: {_shown(tipping, tipping.start.estimate.value)}"
    if math.isnan(tipping.delta):
        return start, ""
    sds = f"{tipping.delta_in_sds:.2g} SD"
    return start, f"tipping point of {tipping.treatment}: {_shown(tipping, tipping.delta)} ({sds})"


def sentence_of(tipping: TippingPoint) -> str:
    """Return the alt text: the answer without a shift, where it tips, and the grid's shares."""
    found = tipping.start.estimate
    ends = " to ".join(number(float(end), 3).rstrip("0").rstrip(".") for end in _ends(tipping))
    zones = zip(zone_words(tipping), zone_counts(tipping), strict=True)
    shares = "; ".join(f"{words} at {count:,}" for words, count in zones)
    return true_minus(
        f"Tipping point of {found.label} at {tipping.start.visit}. Without a shift: "
        f"{str(found).removeprefix(f'{found.label}: ')}. {tipping.sentence}. Shifts of both arms "
        f"from {ends} worse, {tipping.p.size:,} analyses: {shares}."
    )


def _ends(tipping: TippingPoint) -> tuple[float, float]:
    return float(tipping.deltas[0]), float(tipping.deltas[-1])


def _shown(tipping: TippingPoint, value: float) -> str:
    unit = tipping.start.estimate.unit
    written = true_minus(number(value, decimals(tipping.start.estimate.se, 2)))
    return f"{written} {unit}" if unit else written
