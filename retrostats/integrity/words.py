"""Numbers and spans as a reader of the report sees them."""

from __future__ import annotations

import math

from retrostats.data.printed import SIGNIFICANT
from retrostats.integrity.rounding import Span


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, without powers of ten if avoidable."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        places = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
        return _trimmed(f"{value:.{max(places, 0)}f}")
    return f"{value:.{digits - 1}e}"


def between(span: Span) -> str:
    """Return a span as ``"a to b"``, with the digits that its width calls for.

    Four significant digits at most; one number where both ends then read the same.
    """
    width = span.high - span.low
    size = max(abs(span.low), abs(span.high))
    if not 0 < width < math.inf or not 1e-4 <= size < 1e6:
        low, high = number(span.low), number(span.high)
        return low if low == high else f"{low} to {high}"
    called_for = 1 - math.floor(math.log10(width / 2))
    places = max(min(called_for, 3 - math.floor(math.log10(size))), 0)
    low, high = (_trimmed(f"{end:.{places}f}") for end in (span.low, span.high))
    return low if low == high else f"{low} to {high}"


def _trimmed(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def p_words(span: Span) -> str:
    """Return a span of p values."""
    if span.high < 1e-4:
        return "p < 0.0001"
    if span.low < 1e-4:
        return f"p < 0.0001 to {number(span.high)}"
    return f"p {between(span)}"


def reach(span: Span) -> str:
    """Return a span of sizes, whose ends may be zero or infinity, in words."""
    if math.isinf(span.high):
        return f"at least {number(span.low)}"
    return f"at most {number(span.high)}" if span.low == 0 else between(span)


def from_p(text: str) -> str:
    """Return ``"from p = 0.04"`` for a printed p with or without its letter."""
    return f"from {text}" if text[:1] in "pP" else f"from p {text}"


#: What a detail says where the recomputation reverses a printed decision.
FLIPS = "The decision at 0.05 flips."


#: What a detail says where a printed number comes out only under a condition.
NEEDS = "the printed p needs one SD at least"


def decision(printed: Span, found: Span) -> str:
    """Say what becomes of the decision at 0.05, empty when it stands or was never taken.

    Parameters
    ----------
    printed, found
        The p values that the paper and the recomputation allow.
    """
    significant = printed.high <= SIGNIFICANT
    not_significant = printed.low >= SIGNIFICANT
    if significant == not_significant:
        return ""
    if (significant and found.low > SIGNIFICANT) or (not_significant and found.high < SIGNIFICANT):
        return FLIPS
    if found.low <= SIGNIFICANT <= found.high:
        return "The rounding leaves the decision at 0.05 open."
    return ""
