"""What a journal asks of numbers and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """How numbers are written and how large figures are, in one journal or one house.

    Attributes
    ----------
    name
        By which it is asked for, e.g. ``"lancet"``.
    title
        For readers, e.g. ``"The Lancet"``.
    source
        Where its instructions say so.
    decimal_mark
        Between whole number and decimals.
    interval
        ``"to"``: 0.2 to 1.4; ``"dash"``: 0.2–1.4, but "to" in a table with any negative limit,
        where a dash would stand beside a minus sign.
    p_digits
        ``"three"``: always three decimals; ``"two or three"``: two from 0.01 on, three below, and
        three as well where two would turn a value below 0.05 into 0.05.
    p_zero
        Whether a zero stands before the decimal mark of p.
    single_mm, double_mm
        Widths of one and of two text columns.
    tallest_mm
        Of a figure.
    smallest_text
        In figures, in points at the printed size.
    dpi
        Of figures made of pixels.
    """

    name: str
    title: str
    source: str = ""
    decimal_mark: Literal[".", ",", "·"] = "."
    interval: Literal["to", "dash"] = "to"
    p_digits: Literal["three", "two or three"] = "three"
    p_zero: bool = True
    single_mm: float = 85.0
    double_mm: float = 170.0
    tallest_mm: float = 230.0
    smallest_text: float = 6.0
    dpi: int = 600


#: What is used where no journal is named.
HOUSE = Journal(name="house", title="retrostats")

JOURNALS: Mapping[str, Journal] = MappingProxyType({each.name: each for each in (HOUSE,)})


def find_journal(journal: str | Journal | None) -> Journal:
    """Return a journal by its name.

    Parameters
    ----------
    journal
        Name of one in `JOURNALS`; a journal of your own is returned as it is, ``None`` stands for
        the house style.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    if isinstance(journal, Journal):
        return journal
    name = HOUSE.name if journal is None else journal
    if name not in JOURNALS:
        known = ", ".join(sorted(JOURNALS))
        raise ValueError(
            f"journal {name!r} is not known; expected one of {known}, or a Journal of your own"
        )
    return JOURNALS[name]
