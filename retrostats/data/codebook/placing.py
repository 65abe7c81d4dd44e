"""What each column of a table may be for: outcomes, covariates, adherence, or not placed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from retrostats.data.codebook.guesses import Sketch
from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.words import is_called

_ADHERENCE = re.compile(r"session|attend|adher|complian|dose|minutes.?walked|steps.?done", re.I)
_WITHDRAWAL = re.compile(r"withdr|drop.?out|reason|discontin", re.I)
_PERSONAL = re.compile(
    r"((first|last|full|given|sur|family|patient)_?)?name|initials?|e?_?mail|phone|address"
    r"|dob|.*birth.*|mrn|nhs.*|ssn|post_?code|zip",
    re.I,
)
_MEASURED = re.compile(r"age|bmi.*|.*height.*|.*weight.*|.*mass.*|.*duration.*|.*years", re.I)
#: Columns of ADaM files that repeat others or describe the study.
_ADAM = re.compile(
    r"STUDYID|SUBJID|SITEID|AVISITN|ADY|PARAM|PARAMN|TRT\d+[PA]N?|TRTP|TRTPN|TRTA|TRTAN|ABLFL|"
    r".*FL|PCHG|DTYPE|ASEQ|AVALC|AWEEK",
)
#: What REDCap itself adds to an export.
_REDCAP = re.compile(r"redcap_.*|.*_complete|.*_timestamp")
#: More levels than that are no category.
_MOST_LEVELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An outcome: its name, its values at all visits, and where they stand."""

    name: str
    values: Seen
    column: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the columns may be for.

    Attributes
    ----------
    numbers, categories
        Covariates.
    unplaced
        Column and the reason why it was not placed.
    """

    outcomes: tuple[Measured, ...]
    numbers: tuple[Seen, ...]
    categories: tuple[Seen, ...]
    adherence: tuple[Seen, ...]
    withdrawal: str | None
    date: str | None
    dates: dict[str, str]
    unplaced: tuple[tuple[str, str], ...]


def place(columns: tuple[Seen, ...], seen: Sketch) -> Place:
    """Place every column that has no role yet.

    Parameters
    ----------
    columns
        As seen.
    seen
        Who, in which arm, and when.
    """
    by_name = {column.name: column for column in columns}
    families, dates = _families(by_name, seen)
    taken = {column for group in families.values() for column in group.values()}
    taken |= {*dates.values(), seen.subject.column or "", seen.arm.column or ""}
    taken |= {(seen.visit.column if seen.visit else None) or ""}
    outcomes = [
        Measured(name=stem, values=_together([by_name[c] for c in group.values()]), columns=group)
        for stem, group in families.items()
    ]
    if seen.layout == "adam" and {"PARAMCD", "AVAL"} <= set(by_name):
        outcomes += _parameters(by_name)
        taken |= {"PARAMCD", "AVAL", "BASE", "CHG"}
    sorter = _Sorter(by_name, seen)
    for column in columns:
        if column.name not in taken:
            sorter.sort(column)
    sorted_ = sorter.found
    return Place(
        outcomes=(
            *outcomes,
            *(Measured(name=c.name, values=c, column=c.name) for c in sorted_["outcome"]),
        ),
        numbers=tuple(sorted_["number"]),
        categories=tuple(sorted_["category"]),
        adherence=tuple(sorted_["adherence"]),
        withdrawal=sorted_["withdrawal"][0].name if sorted_["withdrawal"] else None,
        date=sorted_["date"][0].name if sorted_["date"] else None,
        dates=dates,
        unplaced=tuple(sorter.unplaced),
    )


class _Sorter:
    """Puts columns on heaps, and notes why one goes on none."""

    def __init__(self, by_name: dict[str, Seen], seen: Sketch) -> None:
        heaps = ("outcome", "number", "category", "adherence", "withdrawal", "date")
        self.found: dict[str, list[Seen]] = {heap: [] for heap in heaps}
        self.unplaced: list[tuple[str, str]] = []
        self._layout = seen.layout
        self._who = by_name.get(seen.subject.column or "")
        self._arm = by_name.get(seen.arm.column or "")
        self._visit = by_name.get((seen.visit.column if seen.visit else None) or "")

    def sort(self, column: Seen) -> None:
        """Put one column on its heap."""
        heap, why = self._heap(column)
        if heap and not (heap in ("date", "withdrawal") and self.found[heap]):
            self.found[heap].append(column)
        else:
            self.unplaced.append((column.name, why or f"a second {heap}"))

    def _heap(self, column: Seen) -> tuple[str, str]:
        """Return the heap, or an empty name and the reason."""
        name = column.name
        fixed = self._is_fixed(column)
        if unusable := _unusable(column):
            return "", unusable
        if _WITHDRAWAL.search(name) and column.numbers is None:
            return "withdrawal", ""
        if column.dates:
            return ("", "dates, one per subject") if fixed else ("date", "")
        repeated = self._repeated(column)
        if repeated:
            return "", repeated
        if _ADHERENCE.search(name) and column.numbers is not None:
            return "adherence", ""
        if not fixed:
            if column.numbers is not None and self._layout != "adam":
                return "outcome", ""
            return "", "differs within subjects, and is no number"
        return self._covariate(column)

    def _is_fixed(self, column: Seen) -> bool:
        """Whether a column says one thing of each subject, slips of a few rows aside."""
        if self._who is None or self._layout == "wide":
            return True
        if column.numbers is None or _is_measured(column.name):
            return column.nearly_constant_within(self._who)
        return column.constant_within(self._who)

    def _repeated(self, column: Seen) -> str:
        """Say what a column repeats; empty when it says something of its own."""
        if len(column.texts) == 1:
            return "one value only"
        if self._layout == "adam" and _ADAM.fullmatch(column.name):
            return "of the study or a repetition of another column"
        if self._layout == "redcap" and _REDCAP.fullmatch(column.name):
            return "of REDCap itself"
        if self._visit is not None and column.repeats(self._visit):
            return f"goes with {self._visit.name}"
        same = self._arm is not None and len(column.texts) == len(self._arm.texts)
        if self._arm is not None and same and column.repeats(self._arm):
            return f"goes with {self._arm.name}"
        return ""

    def _covariate(self, column: Seen) -> tuple[str, str]:
        levels = len(column.texts)
        measured = column.numbers is not None and _is_measured(column.name)
        if measured or (column.numbers is not None and (levels > _MOST_LEVELS or not column.whole)):
            return "number", ""
        if self._who is None:  # it may be the subjects themselves, who are never printed
            return "", "the column of subjects comes first"
        if levels <= _MOST_LEVELS and len(self._who.texts) >= 2 * levels:
            return "category", ""
        return "", "text of many kinds, or a category of too many levels"


def _unusable(column: Seen) -> str:
    """Say why a column can have no place as it is; empty when it may have one."""
    if not column.texts:
        return "empty"
    if _PERSONAL.fullmatch(column.name):
        return "may tell who somebody is; take it out of the file"
    if column.other_dates:
        return "dates, but not written as 2024-12-31; write them so to use the column"
    return ""


def _is_measured(name: str) -> bool:
    return bool(_MEASURED.fullmatch(name)) or is_called(name, "age")


def _families(
    by_name: dict[str, Seen], seen: Sketch
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the columns at the label of each visit: of outcomes by stem, and of dates."""
    label_of = {value: visit.label for visit in seen.visits for value in visit.values}
    numbers: dict[str, dict[str, str]] = {}
    dates: dict[str, str] = {}
    for stem, group in seen.families.items():
        at = {label_of[visit]: column for visit, column in group.items() if visit in label_of}
        if any(by_name[column].dates for column in at.values()):
            dates = dates or at
        elif any(by_name[column].numbers is not None for column in at.values()):
            numbers[stem] = at
    return numbers, dates


def _together(columns: list[Seen]) -> Seen:
    """Return the values of several columns as one."""
    numbers = [c.numbers for c in columns if c.numbers is not None]
    texts = dict.fromkeys(text for column in columns for text in column.texts)
    merged = np.unique(np.concatenate(numbers)) if numbers else None
    if merged is not None:
        merged = merged[~np.isnan(merged)]
    empty = np.array([], dtype=np.intp)
    return Seen(name=columns[0].name, texts=tuple(texts), codes=empty, numbers=merged)


def _parameters(by_name: dict[str, Seen]) -> list[Measured]:
    """Return the parameters of an ADaM file with their values."""
    code, value = by_name["PARAMCD"], by_name["AVAL"]
    return [
        Measured(name=text, values=value.where(code.codes == position), code=text)
        for position, text in enumerate(code.texts)
    ]
