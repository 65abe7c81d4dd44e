"""What a journal asks of numbers and figures."""

from __future__ import annotations

import math
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
        The address of its instructions, and which of the values below they give; the others are
        those of the house. Instructions change: read them before you submit.
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

    Raises
    ------
    ValueError
        If a size is not above zero, or one column is wider than two.

    Examples
    --------
    >>> mine = Journal(name="mine", title="A journal of mine", decimal_mark=",", single_mm=80.0)
    >>> mine.decimal_mark, mine.double_mm
    (',', 170.0)
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

    def __post_init__(self) -> None:
        sizes = {
            "single_mm": self.single_mm,
            "double_mm": self.double_mm,
            "tallest_mm": self.tallest_mm,
            "smallest_text": self.smallest_text,
            "dpi": self.dpi,
        }
        wrong = [f"{size} {value:g}" for size, value in sizes.items() if not 0 < value < math.inf]
        if wrong:
            raise ValueError(f"journal {self.name!r}: {', '.join(wrong)}; expected more than 0")
        if self.single_mm > self.double_mm:
            raise ValueError(
                f"journal {self.name!r}: one column of {self.single_mm:g} mm is wider than two of "
                f"{self.double_mm:g} mm"
            )


#: What is used where no journal is named.
HOUSE = Journal(name="house", title="retrostats")

_PRESETS = (
    HOUSE,
    Journal(
        name="bmj",
        title="The BMJ",
        source="https://www.bmj.com/about-bmj/resources-authors/house-style "
        "(the interval is that of its papers; sizes of the house)",
    ),
    # Widths and the digits of p are left to the house: no source was found for them.
    Journal(
        name="lancet",
        title="The Lancet",
        source="https://www.thelancet.com/for-authors (formatting guidelines: decimal mark; "
        "the dash in intervals is that of its papers)",
        decimal_mark="·",
        interval="dash",
    ),
    Journal(
        name="jama",
        title="JAMA",
        source="https://jamanetwork.com/journals/jama/pages/instructions-for-authors and the AMA "
        "Manual of Style, 11th edition, 18.7.1 and 19.5 (p, as quoted by JMIR; the word between "
        "the limits of an interval is ours)",
        p_digits="two or three",
        p_zero=False,
    ),
    Journal(
        name="plos",
        title="PLOS journals",
        source="https://journals.plos.org/plosmedicine/s/figures (widest 2250 and highest 2625 "
        "pixels at 300 dpi, 300 to 600 dpi, text of 8 to 12 pt; TIFF or EPS)",
        double_mm=190.5,
        tallest_mm=222.25,
        smallest_text=8.0,
        dpi=300,
    ),
    # Lettering of 7 pt, and no smaller than 6 pt for sub- and superscripts; "a rule of thumb".
    # 140 mm stands between: give the width as a number.
    Journal(
        name="elsevier",
        title="Elsevier journals",
        source="https://www.elsevier.com/about/policies-and-standards/author/"
        "artwork-and-media-instructions/artwork-sizing (widths 90, 140 and 190 mm, smallest text)",
        single_mm=90.0,
        double_mm=190.0,
    ),
    Journal(
        name="springer",
        title="Springer journals of large format",
        source="https://www.springer.com/journal/450, artwork and illustrations guidelines "
        "(widths, height, 600 dpi of combined line and halftone art)",
        single_mm=84.0,
        double_mm=174.0,
        tallest_mm=234.0,
    ),
    Journal(
        name="nature",
        title="Nature",
        source="https://research-figure-guide.nature.com/figures/"
        "building-and-exporting-figure-panels (widths, height, text of 5 to 7 pt) and "
        "preparing-figures-our-specifications (450 dpi)",
        single_mm=89.0,
        double_mm=183.0,
        tallest_mm=170.0,
        smallest_text=5.0,
        dpi=450,
    ),
    Journal(
        name="comma",
        title="Decimal comma and en dash, as in much of continental Europe",
        decimal_mark=",",
        interval="dash",
    ),
)

JOURNALS: Mapping[str, Journal] = MappingProxyType({each.name: each for each in _PRESETS})


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

    Examples
    --------
    >>> find_journal("lancet").decimal_mark, find_journal(None).name
    ('·', 'house')
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
