"""Texts that remember their numbers, so that each journal can have them written its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, Self

#: Smallest p that is written as a number, by its digits.
_SMALLEST_P = {"three": 0.001, "two or three": 0.001, "two significant": 0.0001}

#: Between the ends of a range.
TO, DASH = " to ", "–"

# The point of a number: neither that of a date or a version, nor the full stop of a sentence.
_POINT = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?!\.?\d)")


class NumberStyle(Protocol):
    """What a journal asks of numbers; `retrostats.journals.Journal` says what each word means."""

    @property
    def decimal_mark(self) -> str: ...  # noqa: D102
    @property
    def interval(self) -> str: ...  # noqa: D102
    @property
    def p_digits(self) -> str: ...  # noqa: D102
    @property
    def p_zero(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _AsPrinted:
    """The style of everything before a journal is named."""

    decimal_mark: str = "."
    interval: str = "to"
    p_digits: str = "three"
    p_zero: bool = True


class Words(str):
    """A part of a `Written` that no style changes, e.g. the name of an arm."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class P:
    """A p value as it was computed, for a cell (``<0.001``) or a sentence (``< 0.001``)."""

    value: float
    within: Literal["cell", "sentence"] = "cell"


@dataclass(frozen=True, slots=True)
class Range:
    """Two ends, each as it is written with a decimal point."""

    low: str
    high: str


#: A plain text is one of numbers: each decimal point in it is a decimal mark.
Part = str | P | Range


class Written(str):
    """A text that can be written anew in another style, always from its numbers.

    Attributes
    ----------
    parts
        What the text is made of: `P`, `Range`, `Words`, and plain texts of numbers. A `Written`
        among them gives its own parts.

    Examples
    --------
    >>> from retrostats.journals import find_journal
    >>> cell = Written(Words("dose 0.5: "), "1.52, p ", P(0.0332, "sentence"))
    >>> print(cell)
    dose 0.5: 1.52, p = 0.033
    >>> print(cell.in_style(find_journal("jama")))
    dose 0.5: 1.52, p = .03
    >>> print(cell.in_style(find_journal("lancet")))
    dose 0.5: 1·52, p = 0·033
    """

    __slots__ = ("parts",)

    parts: tuple[Part, ...]

    def __new__(cls, *parts: Part) -> Self:
        """Put parts together as they are printed before a journal is named."""
        flat: list[Part] = []
        for part in parts:
            flat += part.parts if isinstance(part, Written) else (part,)
        return cls._made(tuple(flat), _AsPrinted(), TO)

    @classmethod
    def _made(cls, parts: tuple[Part, ...], style: NumberStyle, joint: str) -> Self:
        made = super().__new__(cls, "".join(_write(part, style, joint) for part in parts))
        made.parts = parts
        return made

    def in_style(self, style: NumberStyle, joint: str = TO) -> Self:
        """Return the same numbers in a style.

        Parameters
        ----------
        style
            What a journal asks for.
        joint
            Between the ends of a range; see `range_joint`.
        """
        return self._made(self.parts, style, joint)


def range_joint(style: NumberStyle, texts: Iterable[str]) -> str:
    """Return what stands between the ends of every range of a table.

    Parameters
    ----------
    style
        What a journal asks for.
    texts
        Everything in the table. Where an end is negative a dash would stand beside a minus sign,
        so that all ranges of the table keep the word.
    """
    ranges = (
        part
        for text in texts
        if isinstance(text, Written)
        for part in text.parts
        if isinstance(part, Range)
    )
    if style.interval != "dash" or any(r.low[:1] == "-" or r.high[:1] == "-" for r in ranges):
        return TO
    return DASH


def _write(part: Part, style: NumberStyle, joint: str) -> str:
    match part:
        case Words():
            return part
        case P():
            return _p_text(part, style)
        case Range():
            return f"{_marked(part.low, style)}{joint}{_marked(part.high, style)}"
        case _:
            return _marked(part, style)


def _marked(text: str, style: NumberStyle) -> str:
    return _POINT.sub(rf"\1{style.decimal_mark}\2", text)


def _p_text(p: P, style: NumberStyle) -> str:
    """Write p, rounded once from what was computed."""
    smallest = _SMALLEST_P[style.p_digits]
    small = p.value < smallest
    text = f"{max(p.value, smallest):.{_p_places(max(p.value, smallest), style)}f}"
    if not style.p_zero:
        text = text.removeprefix("0")
    sign = "<" if small else ""
    if p.within == "sentence":
        sign = "< " if small else "= "
    return sign + text.replace(".", style.decimal_mark)


def _p_places(p: float, style: NumberStyle) -> int:
    if style.p_digits == "two significant":
        # The power of ten of the rounded value: 0.0096 is 0.0096, and 0.00996 is 0.010.
        power = int(f"{p:.1e}".partition("e")[2])
        return min(4, 1 - power)
    if style.p_digits == "three" or p < 0.01:
        return 3
    # 0.0496 is not written as 0.05.
    return 3 if p < 0.05 and f"{p:.2f}" == "0.05" else 2
