"""A number as a paper prints it: its text, and the interval that its digits allow."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, DecimalException

from retrostats.errors import DataError
from retrostats.layout import ShownAsFields

_MINUS = "\u2212\u2013\u2012\ufe63\uff0d"  # typographic signs that papers print for minus
_SPACES = "\u00a0\u2009\u202f\u2007\t"
_NOT_SIGNIFICANT = re.compile(
    r"(p\s*[:=]?\s*)?(not\s+significant|non-?\s?significant|n\.?s\.?)", re.I | re.A
)
_NUMBER = r"[+-]?(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?"
_FORM = r"""
    (?P<p>p(?:[\s-]*val(?:ue)?)?\s*)?       # P, p-value
    (?P<relation><=|>=|[<>=\u2264\u2265])?\s*
    (?P<number>{number})\s*
    (?P<unit>[%\u00b0])?
"""
_RANGE = r"(?P<from>{number})\s*(?:to|-)\s*(?P<to>{number})\s*(?P<unit>[%\u00b0])?"
_RELATIONS = {"\u2264": "<", "<=": "<", "\u2265": ">", ">=": ">"}
_EXPECTED = "expected a number such as 0.50, -38.7, 12%, < 0.001, P = 0.040 or 'not significant'"

#: No number in print is longer, and the patterns take quadratic time.
_LONGEST = 80
#: Exact for every number of that length, whatever the caller's own decimal context.
_EXACT = Context(prec=4 * _LONGEST, Emax=MAX_EMAX, Emin=MIN_EMIN)

#: Where "significant" ends when a paper gives only the word.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Printed(ShownAsFields):
    """A printed number and the values that would have been printed so.

    ``0.50`` may stand for anything from 0.495 to 0.505; ``1`` for 0.5 to 1.5.

    Parameters
    ----------
    text
        As printed, kept letter by letter. Numbers (``0.50``, ``.18``, ``-38.7``, a
        typographic minus, ``12%``, ``10°``, ``1.2e-5``), bounds (``< 0.001``), p values
        (``P = 0.040``), ranges (``2.89 to 16.24``) and ``not significant``.
    decimal_mark
        ``"."``, or ``","`` where the whole source prints decimal commas.

    Attributes
    ----------
    value
        The number itself; ``None`` for a bound, a range or words.
    low, high
        Closed limits of what the text allows: half a unit of the last digit on either
        side, the bound itself after ``<`` or ``>``. A probability stays within 0 to 1;
        a bound from 0 to 1 is taken as one.
    relation
        ``"="``, ``"<"``, ``">"``, ``"range"`` or ``"not significant"``.
    decimals
        Digits after the decimal mark (less the power of ten); ``None`` for words.
    unit
        ``"%"``, ``"°"`` or empty.

    Raises
    ------
    DataError
        If the text is no number, is beyond what a computer's number holds, or uses the
        other decimal mark.

    Examples
    --------
    >>> import retrostats as rs
    >>> printed = rs.Printed("0.50")
    >>> printed.value, printed.low, printed.high
    (0.5, 0.495, 0.505)
    >>> rs.Printed("P < 0.001").high
    0.001
    """

    text: str
    decimal_mark: str = "."
    value: float | None = field(init=False)
    low: float = field(init=False)
    high: float = field(init=False)
    relation: str = field(init=False)
    decimals: int | None = field(init=False)
    unit: str = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            kind = type(self.text).__name__
            raise TypeError(
                f"Printed takes the text as printed, e.g. '0.50', not a {kind}: digits count"
            )
        if self.decimal_mark not in (".", ","):
            raise DataError(f"decimal mark {self.decimal_mark!r} should be '.' or ','")
        plain = _plain(self.text)
        if len(plain) > _LONGEST or not plain.isprintable():
            raise DataError(_complaint(self.text, plain, self.decimal_mark))
        if _NOT_SIGNIFICANT.fullmatch(plain):
            self._set(value=None, low=SIGNIFICANT, high=1.0)
            self._set(relation="not significant", decimals=None, unit="")
            return
        mark = re.escape(self.decimal_mark)
        number = _NUMBER.format(mark=mark)
        match = re.fullmatch(_FORM.format(number=number), plain, re.X | re.I | re.A)
        if match:
            self._read_number(match)
            return
        match = re.fullmatch(_RANGE.format(number=number), plain, re.I | re.A)
        if match is None:
            raise DataError(_complaint(self.text, plain, self.decimal_mark))
        self._read_range(match)

    def _read_number(self, match: re.Match[str]) -> None:
        number, decimals, half = self._digits(match["number"])
        relation = match["relation"] or "="
        relation = _RELATIONS.get(relation, relation)
        value = float(number)
        probability = bool(match["p"]) or (relation != "=" and 0 <= value <= 1)
        floor, ceiling = (0.0, 1.0) if probability else (-math.inf, math.inf)
        if not floor <= value <= ceiling:
            raise DataError(f"{self.text!r} is no probability; expected a p value from 0 to 1")
        if relation == "=":
            low, high = _limits(number, half)
            self._set(value=value, low=max(floor, low), high=min(ceiling, high))
        elif relation == "<":
            self._set(value=None, low=floor, high=value)
        else:
            self._set(value=None, low=value, high=ceiling)
        self._set(relation=relation, decimals=decimals, unit=match["unit"] or "")

    def _read_range(self, match: re.Match[str]) -> None:
        start, decimals, half = self._digits(match["from"])
        end, _, half_end = self._digits(match["to"])
        if start > end:
            raise DataError(f"the range {self.text!r} runs backwards; write the lower end first")
        self._set(value=None, low=_limits(start, half)[0], high=_limits(end, half_end)[1])
        self._set(relation="range", decimals=decimals, unit=match["unit"] or "")

    def _digits(self, text: str) -> tuple[Decimal, int, Decimal]:
        try:
            number = Decimal(text.replace(self.decimal_mark, "."))
        except DecimalException:
            number = Decimal("inf")
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or not _fits(number, exponent):
            raise DataError(f"{self.text!r} is too large or too small to compute with")
        return number, -exponent, Decimal((0, (5,), exponent - 1))

    def _set(self, **fields: float | str | int | None) -> None:
        """Fill the derived fields once; the class is frozen for everyone else."""
        for name, entry in fields.items():
            object.__setattr__(self, name, entry)

    def __str__(self) -> str:
        return self.text


def _fits(number: Decimal, exponent: int) -> bool:
    """Whether a number has at most 15 digits before the mark, and floats hold its last digit."""
    return exponent > -300 and number.adjusted() < 15


def _limits(number: Decimal, half: Decimal) -> tuple[float, float]:
    """Return the floats nearest to half a unit below and above."""
    return float(_EXACT.subtract(number, half)), float(_EXACT.add(number, half))


def _plain(text: str) -> str:
    """Return ``text`` with ordinary spaces and an ordinary minus sign."""
    table = dict.fromkeys(map(ord, _MINUS), "-") | dict.fromkeys(map(ord, _SPACES), " ")
    return text.translate(table).strip()


def _complaint(text: str, plain: str, decimal_mark: str) -> str:
    """Say what is wrong with a text that is no number."""
    shown = repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}..."
    other = "," if decimal_mark == "." else "."
    if not plain:
        return f"the printed number is empty; {_EXPECTED}"
    if re.search(rf"\d{re.escape(other)}\d", plain):
        hint = (
            'if the source prints decimal commas, declare decimal_mark = "," in trial.toml; '
            "a thousands separator is left out"
            if other == ","
            else 'this source declares decimal_mark = ","; a thousands separator is left out'
        )
        return f"{shown} has a {'comma' if other == ',' else 'point'} between digits: {hint}"
    if "±" in plain:
        return f"{shown} holds two numbers; enter mean and sd on a row each"
    if re.search(r"\d\s*([*†‡§#]+|[a-d])$", plain):
        return f"{shown} has more than the number; leave out asterisks and footnote letters"
    return f"{shown} is no number; {_EXPECTED}"
