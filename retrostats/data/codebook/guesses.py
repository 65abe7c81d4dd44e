"""Who, in which arm, and when: what a table suggests, and what it leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrostats.data.codebook.schedule import SeenVisit, from_zero, visits_of
from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.types import FileLayout
from retrostats.data.codebook.visit_names import family, week_of
from retrostats.data.codebook.words import is_called, mentions

_SUBJECT = re.compile(
    r"(usubjid|subj(ect)?(_?(id|no|nr))?|(record|participant|patient|study)_?(id|no|nr)?|pid|id|n|nr|no)",
    re.I,
)
_ARM = re.compile(
    r"(arm|trt\d*[pa]?|th|treat(ment)?|group|grp|alloc\w*|random\w*|intervention|condition)"
    r"(_?(arm|group|code|assigned|allocated))?",
    re.I,
)
_VISIT = re.compile(
    r"(redcap_event_name|a?visit(_?(name|no|num))?|time(_?point)?|tp|weeks?|wk|event|session|wave"
    r"|occasion|assessment|phase)",
    re.I,
)
#: A wide file may have so many more rows than subjects: people who were entered twice.
_ENTERED_TWICE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A column that a role may have: guessed with a reason, or open with the choices."""

    column: str | None
    why: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What a table suggests about who, in which arm, and when.

    Attributes
    ----------
    families
        Of a wide file: column by name of the visit, by stem.
    """

    layout: FileLayout
    why: str
    subject: Guess
    arm: Guess
    visit: Guess | None
    visits: tuple[SeenVisit, ...]
    left_out: tuple[str, ...] = ()
    families: dict[str, dict[str, str]] = field(default_factory=dict)


def sketch(columns: tuple[Seen, ...], layout: FileLayout | None = None) -> Sketch:
    """Return what the columns of a table suggest.

    Parameters
    ----------
    columns
        As seen; without their meaning.
    layout
        As the user has it; ``None`` to find it out.
    """
    by_name = {column.name: column for column in columns}
    subject = _subject(columns)
    who = by_name.get(subject.column or "")
    arm = _arm(columns, who)
    families = _families(tuple(c for c in columns if c.name not in (subject.column, arm.column)))
    layout, why = (layout, "") if layout else _layout(by_name, who, families)
    if layout == "wide":
        names = list(dict.fromkeys(visit for group in families.values() for visit in group))
        visits, left_out = visits_of(tuple(names), plain_weeks=from_zero(names))
        return Sketch(
            layout=layout, why=why, subject=subject, arm=arm, visit=None, visits=visits,
            left_out=(), families=families,
        )  # fmt: skip
    visit = _visit(columns, who)
    when = by_name.get(visit.column or "")
    visits, left_out = (), ()
    if when is not None:
        weeks = bool(re.search(r"week|wk", when.name, re.I)) or from_zero(list(when.texts))
        visits, left_out = visits_of(when.texts, plain_weeks=weeks)
    return Sketch(
        layout=layout, why=why, subject=subject, arm=arm, visit=visit, visits=visits,
        left_out=left_out,
    )  # fmt: skip


def looks_like_reference(name: str) -> bool:
    """Whether the name of an arm is one of those that others are compared with."""
    return mentions(name, "reference")


def _subject(columns: tuple[Seen, ...]) -> Guess:
    """Return the column of subjects: by its name, and many values."""
    named = [c for c in columns if _names_subjects(c.name) and len(c.texts) > 2]
    if named:
        first = max(named, key=lambda c: (c.name.upper() == "USUBJID", len(c.texts)))
        return Guess(column=first.name, why=f"the name; {len(first.texts)} different values")
    likely = sorted((c for c in columns if not c.dates), key=lambda c: -len(c.texts))
    choices = tuple(column.name for column in likely[:5])
    return Guess(column=None, why="no column is named like an identifier", choices=choices)


def _families(columns: tuple[Seen, ...]) -> dict[str, dict[str, str]]:
    """Return the columns that share a stem, where most of them hold numbers or dates.

    A column whose name fits stays in its series, whatever its cells hold: they are for the check.
    """
    by_name = {column.name: column for column in columns}
    groups = family(tuple(by_name))
    series = (stem for stem, at in groups.items() if _is_series([by_name[c] for c in at.values()]))
    return {stem: groups[stem] for stem in series}


def _is_series(columns: list[Seen]) -> bool:
    filled = [column for column in columns if column.texts]
    measured = sum(column.numbers is not None or column.dates for column in filled)
    return 2 * measured > len(filled) or not filled


def _names_subjects(name: str) -> bool:
    return bool(_SUBJECT.fullmatch(name)) or is_called(name, "subject")


def _layout(
    by_name: dict[str, Seen], who: Seen | None, families: dict[str, dict[str, str]]
) -> tuple[FileLayout, str]:
    """Return the layout and what it rests on."""
    if "redcap_event_name" in by_name:
        return "redcap", "there is a column redcap_event_name"
    if {"PARAMCD", "AVAL"} <= set(by_name):
        return "adam", "there are the columns PARAMCD and AVAL"
    if who is not None and families:
        repeated = int((who.codes >= 0).sum()) - len(who.texts)
        if repeated <= max(1, _ENTERED_TWICE * len(who.texts)):
            such = ", ".join(next(iter(families.values())).values())
            rows = "" if not repeated else f" but for {repeated} that repeat one"
            return "wide", f"a row per subject{rows}, and columns such as {such}"
    if who is not None:
        return "long", "several rows per subject"
    return ("wide", "columns that differ by visit") if families else ("long", "nothing else fits")


def _arm(columns: tuple[Seen, ...], who: Seen | None) -> Guess:
    """Return the column of arms: few values, one for each subject, named like one."""
    few = [
        column
        for column in columns
        if 2 <= len(column.texts) <= 6
        and column is not who
        and (
            who is None
            or (column.nearly_constant_within(who) and len(who.texts) >= 2 * len(column.texts))
        )
    ]
    named = [c for c in few if _ARM.fullmatch(c.name) or is_called(c.name, "arm")]
    words = [column for column in named if column.numbers is None] or named
    if len(words) == 1 or (words and words[0].name.upper().startswith("TRT01P")):
        first = words[0]
        return Guess(column=first.name, why=f"the name; {len(first.texts)} values, one per subject")
    why = "several columns are named like arms" if words else "no column is named like arms"
    return Guess(column=None, why=why, choices=tuple(c.name for c in (words or few)))


def _visit(columns: tuple[Seen, ...], who: Seen | None) -> Guess:
    """Return the column of visits: few values that differ within subjects."""
    few = [
        column
        for column in columns
        if 2 <= len(column.texts) <= 30
        and column is not who
        and (who is None or not column.nearly_constant_within(who))
    ]
    named = [c for c in few if _VISIT.fullmatch(c.name) or is_called(c.name, "visit")]
    named.sort(key=lambda c: (c.name not in ("redcap_event_name", "AVISIT"), c.numbers is not None))
    if named:
        first = named[0]
        return Guess(column=first.name, why=f"the name; {len(first.texts)} values within subjects")
    told = [c for c in few if c.numbers is None and any(week_of(t) is not None for t in c.texts)]
    if len(told) == 1:
        return Guess(column=told[0].name, why="its values name weeks")
    choices = tuple(column.name for column in few)
    return Guess(column=None, why="no column is named like visits", choices=choices)
