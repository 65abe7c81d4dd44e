"""What a journal asks of numbers and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal(ShownAsFields):
    """How numbers are written and how large figures are, in one journal or one house.

    Attributes
    ----------
    name
        By which it is asked for, e.g. ``"lancet"``.
    title
        For readers, e.g. ``"The Lancet"``.
    source
        The address of its instructions, which of the values below they give, and in what copy they
        were read. Instructions change: read them before you submit.
    unknown
        Names of the attributes below for which no instruction of the journal was found. Their
        values are those of the house; they are not told to be the journal's, and nothing is
        refused for them.
    decimal_mark
        Between whole number and decimals.
    interval
        ``"to"``: 0.2 to 1.4; ``"dash"``: 0.2–1.4, but "to" in a table with any negative limit,
        where a dash would stand beside a minus sign.
    p_digits
        ``"three"``: always three decimals; ``"two or three"``: two from 0.01 on, three below, and
        three as well where two would turn a value below 0.05 into 0.05; ``"two significant"``: two
        significant digits, at most four decimals. The smallest value that is written is 0.001,
        with ``"two significant"`` 0.0001.
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
        If a size is not above zero, one column is wider than two, or a word is not one of those
        above.

    Examples
    --------
    >>> import retrostats as rs
    >>> mine = rs.Journal(name="mine", title="A journal of mine", decimal_mark=",", single_mm=80.0)
    >>> mine.decimal_mark, mine.double_mm
    (',', 170.0)
    """

    name: str
    title: str
    source: str = ""
    unknown: frozenset[str] = frozenset()
    decimal_mark: Literal[".", ",", "·"] = "."
    interval: Literal["to", "dash"] = "to"
    p_digits: Literal["three", "two or three", "two significant"] = "three"
    p_zero: bool = True
    single_mm: float = 85.0
    double_mm: float = 170.0
    tallest_mm: float = 230.0
    smallest_text: float = 6.0
    dpi: int = 600

    def __post_init__(self) -> None:
        _require_sizes(self)
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"journal {self.name!r}: {name} {getattr(self, name)!r}; "
                    f"expected one of {', '.join(map(repr, allowed))}"
                )
        if strange := sorted(set(self.unknown) - {*_SIZES, *_ALLOWED}):
            raise ValueError(
                f"journal {self.name!r}: unknown {', '.join(strange)} is no value of it"
            )

    def owner_of(self, attribute: str) -> str:
        """Say whose rule a value is: the title of the journal, or that of the house.

        Examples
        --------
        >>> find_journal("jama").owner_of("p_zero"), find_journal("jama").owner_of("double_mm")
        ('JAMA', 'retrostats')
        """
        return HOUSE.title if attribute in self.unknown else self.title


_SIZES = ("single_mm", "double_mm", "tallest_mm", "smallest_text", "dpi")
_ALLOWED: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "decimal_mark": (".", ",", "·"),
        "interval": ("to", "dash"),
        "p_digits": ("three", "two or three", "two significant"),
        "p_zero": (True, False),
    }
)


def _is_size(value: object) -> bool:
    return type(value) is not bool and isinstance(value, (int, float)) and 0 < value < math.inf


def _shown(value: object) -> str:
    return f"{value:g}" if type(value) is float else repr(value)


def _require_sizes(journal: Journal) -> None:
    values: dict[str, object] = {size: getattr(journal, size) for size in _SIZES}
    wrong = [f"{size} {_shown(value)}" for size, value in values.items() if not _is_size(value)]
    if wrong:
        raise ValueError(f"journal {journal.name!r}: {', '.join(wrong)}; expected more than 0")
    if journal.single_mm > journal.double_mm:
        raise ValueError(
            f"journal {journal.name!r}: one column of {journal.single_mm:g} mm is wider than two "
            f"of {journal.double_mm:g} mm"
        )


#: What is used where no journal is named.
HOUSE = Journal(name="house", title="retrostats")

_NO_SIZES = frozenset(_SIZES)
_NO_NUMBERS = frozenset(_ALLOWED)

# The BMJ is not among them: no rule of it was found in any copy of its instructions.
_PRESETS = (
    HOUSE,
    Journal(
        name="lancet",
        title="The Lancet",
        source="https://www.thelancet.com/for-authors, formatting guidelines of July 2025: decimal "
        "mark and p, as others quote them; no copy of the page itself was read. The dash is not a "
        "written rule; it is that of intervals in its papers.",
        unknown=_NO_SIZES,
        decimal_mark="·",
        interval="dash",
        p_digits="two significant",
    ),
    Journal(
        name="jama",
        title="JAMA",
        source="https://jamanetwork.com/DocumentLibrary/InstructionsForAuthors/"
        "InstructionsForTableCreation.pdf (digits of p), and the AMA Manual of Style (no zero "
        "before p; three digits where two would round to .05), as others quote them; neither was "
        "read itself.",
        unknown=_NO_SIZES | {"interval"},
        p_digits="two or three",
        p_zero=False,
    ),
    Journal(
        name="nejm",
        title="The New England Journal of Medicine",
        source="https://www.nejm.org/author-center/new-manuscripts, statistical reporting "
        "guidelines: p, as others quote them; the page itself was not read. Three digits where "
        "two would round to 0.05 are the house's.",
        unknown=_NO_SIZES | {"interval"},
        p_digits="two or three",
    ),
    Journal(
        name="plos",
        title="PLOS journals",
        source="https://journals.plos.org/plosmedicine/s/figures (a stored copy was read: 789 to "
        "2250 pixels wide and at most 2625 high at 300 dpi, 300 to 600 dpi, text of 8 to 12 pt; "
        "TIFF or EPS)",
        unknown=_NO_NUMBERS | {"single_mm"},
        double_mm=190.5,
        tallest_mm=222.25,
        smallest_text=8.0,
        dpi=300,
    ),
    # 140 mm stands between: give the width as a number.
    Journal(
        name="elsevier",
        title="Elsevier journals",
        source="https://www.elsevier.com/about/policies-and-standards/author/"
        "artwork-and-media-instructions/artwork-sizing (a stored copy was read: as a rule of "
        "thumb 7 pt for normal text and 6 pt, the limit here, for sub- and superscripts; widths of "
        "90, 140 and 190 mm as others quote the page)",
        unknown=_NO_NUMBERS | {"tallest_mm", "dpi"},
        single_mm=90.0,
        double_mm=190.0,
    ),
    Journal(
        name="springer",
        title="Springer journals of large format",
        source="https://www.springer.com, artwork guidelines of its journals (widths, height, "
        "600 dpi of combined line and halftone art, lettering usually of 8 to 12 pt), as others "
        "quote them; no page of the publisher was read.",
        unknown=_NO_NUMBERS | {"smallest_text"},
        single_mm=84.0,
        double_mm=174.0,
        tallest_mm=234.0,
    ),
    Journal(
        name="nature",
        title="Nature",
        source="https://research-figure-guide.nature.com/figures/"
        "building-and-exporting-figure-panels (a stored copy was read: widths, height, text of 5 "
        "to 7 pt) and preparing-figures-our-specifications (a stored copy was read: 450 dpi)",
        unknown=_NO_NUMBERS,
        single_mm=89.0,
        double_mm=183.0,
        tallest_mm=170.0,
        smallest_text=5.0,
        dpi=450,
    ),
    Journal(
        name="comma",
        title="decimal comma and en dash, as in much of continental Europe",
        unknown=_NO_SIZES,
        decimal_mark=",",
        interval="dash",
    ),
)

#: The journals that are known, by name; docs/tables.md and docs/figures.md list them.
JOURNALS: Mapping[str, Journal] = MappingProxyType({each.name: each for each in _PRESETS})


def find_journal(journal: str | Journal | None) -> Journal:
    """Return a journal by its name.

    Parameters
    ----------
    journal
        Name of one in `JOURNALS`; a journal of your own is returned as it is, ``None`` stands for
        the house style.

    Returns
    -------
    Journal
        Its column widths, page, dots per inch and ways to write numbers.

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
    for each in _PRESETS:
        if each.name == name:
            return each
    known = ", ".join(sorted(JOURNALS))
    raise ValueError(
        f"journal {name!r} is not known; expected one of {known}, or a Journal of your own"
    )
