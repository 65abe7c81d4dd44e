"""How results show themselves in a notebook: as their sentence, their table or their fields."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from numbers import Real
from typing import Any, Protocol

from retrostats.layout.html import bold, cut, facts, paragraphs
from retrostats.layout.numbers import p_sentence, true_minus
from retrostats.layout.table import Layout

#: Of a list of numbers all are told up to here, and their range beyond.
_NUMBERS = 8
#: Of a list of words so many are told, and how many more there are.
_WORDS = 12
#: By these a part of a result is called.
_NAMES = (
    "label",
    "name",
    "title",
    "arm",
    "outcome",
    "id",
    "caption",
    "quantity",
    "event",
    "column",
)


class ShownAsSentence:
    """A result that a notebook shows as the sentence that it prints."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return paragraphs(true_minus(str(self)))


class _Tested(Protocol):
    @property
    def p(self) -> float: ...


class ShownAsEffect:
    """An effect that a notebook shows as the sentence that it prints, with its p value."""

    __slots__ = ()

    def _repr_html_(self: _Tested) -> str:
        tested = "" if math.isnan(self.p) else f", {p_sentence(self.p)}"
        return paragraphs(true_minus(f"{self}{tested}"))


class _HasLayout(Protocol):
    def layout(self) -> Layout: ...


class ShownAsTable:
    """A result with a method ``layout``, whose table a notebook shows."""

    __slots__ = ()

    def _repr_html_(self: _HasLayout) -> str:
        return self.layout().html()


class ShownAsFields:
    """A data class that a notebook shows as a table of its fields.

    Fields without content are left out; long lists are counted, and never shown in full.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return fields_html(self)


def fields_html(result: Any, *, without: Sequence[str] = ()) -> str:
    """Return the name of the class of a result, and a table of its fields.

    Parameters
    ----------
    result
        Of a data class.
    without
        Fields that are shown in another way.
    """
    pairs = [
        (field.name.replace("_", " "), value_words(getattr(result, field.name)))
        for field in fields(result)
        if field.name not in without
    ]
    return bold(type(result).__name__) + facts(pairs)


def value_words(value: object) -> str:
    """Return a value of any kind in a few words; nothing where there is none.

    Examples
    --------
    >>> value_words(-1.25), value_words(True), value_words(None), value_words(float("inf"))
    ('−1.25', 'yes', '', '∞')
    >>> value_words((1.0, 2.0)), value_words(tuple(range(100)))
    ('1, 2', '100 values, 0 to 99')
    >>> value_words({"a": 1, "b": 2.5})
    'a: 1; b: 2.5'
    """
    match value:
        case None | str():
            return value or ""
        case Real():
            return _number(value)
        case Mapping():
            return "; ".join(cut([f"{k}: {value_words(v)}" for k, v in value.items()], _WORDS))
        case tuple() if hasattr(value, "_asdict"):
            return ", ".join(f"{k} {value_words(v)}" for k, v in value._asdict().items())
    if hasattr(value, "shape"):
        return f"{' x '.join(map(str, value.shape))} numbers"
    if isinstance(value, Iterable) and not is_dataclass(value):
        return _list_words(sorted(value) if isinstance(value, frozenset) else list(value))
    return _part_words(value)


def _number(number: Real) -> str:
    if isinstance(number, bool):
        return "yes" if number else "no"
    value = float(number)
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return true_minus(f"{value:,.6g}" if abs(value) >= 1 else f"{value:.6g}")


def _list_words(items: Sequence[object]) -> str:
    numbers = [float(item) for item in items if isinstance(item, Real)]
    if len(numbers) == len(items) > _NUMBERS:
        known = [number for number in numbers if not math.isnan(number)] or [math.nan]
        ends = " to ".join(map(value_words, (min(known), max(known))))
        return f"{len(items):,} values, {ends}"
    if items and isinstance(items[0], tuple):
        rows = [" ".join(map(value_words, item)) for item in items if isinstance(item, tuple)]
        return "; ".join(rows) if len(rows) <= _NUMBERS else f"{len(rows):,} of them"
    joint = ", " if numbers else "; "
    return joint.join(cut([value_words(item) for item in items], _WORDS))


def _part_words(value: object) -> str:
    """Return what a part of a result is called, or the sentence that it prints."""
    told = type(value).__str__ is not object.__str__
    if told or not is_dataclass(value):
        return true_minus(str(value))
    for name in _NAMES:
        part = getattr(value, name, None)
        if isinstance(part, str) and part:
            return part
    known = ", ".join(
        words for field in fields(value) if (words := value_words(getattr(value, field.name)))
    )
    return known or type(value).__name__
