"""Who, in which arm, and when: what a table suggests, and what it leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.types import FileLayout
from retrostats.data.codebook.visit_names import family, week_of

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
_REFERENCE = re.compile(r"control|placebo|usual|sham|standard|comparator|no treatment|wait", re.I)
_UNSCHEDULED = re.compile(r"unsched|early.?term|unplanned|extra", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A column that a role may have: guessed with a reason, or open with the choices."""

    column: str | None
    why: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVisit:
    """A visit that the file names.

    Attributes
    ----------
    label
        For the codebook.
    week
        ``None`` where the name tells none.
    why
        What the week rests on, or what the name was.
    values
        How the file names it: in the visit column, or in the columns of a wide file.
    """

    label: str
    week: float | None
    why: str
    values: tuple[str, ...]


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


def sketch(columns: tuple[Seen, ...]) -> Sketch:
    """Return what the columns of a table suggest.

    Parameters
    ----------
    columns
        As seen; without their meaning.
    """
    by_name = {column.name: column for column in columns}
    subject = _subject(columns)
    who = by_name.get(subject.column or "")
    arm = _arm(columns, who)
    families = _families(tuple(c for c in columns if c.name not in (subject.column, arm.column)))
    layout, why = _layout(by_name, who, families)
    if layout == "wide":
        names = list(dict.fromkeys(visit for group in families.values() for visit in group))
        visits, left_out = _visits(tuple(names), plain_weeks=_from_zero(names))
        return Sketch(
            layout=layout, why=why, subject=subject, arm=arm, visit=None, visits=visits,
            left_out=(), families=families,
        )  # fmt: skip
    visit = _visit(columns, who)
    when = by_name.get(visit.column or "")
    visits, left_out = (), ()
    if when is not None:
        weeks = bool(re.search(r"week|wk", when.name, re.I)) or _from_zero(list(when.texts))
        visits, left_out = _visits(when.texts, plain_weeks=weeks)
    return Sketch(
        layout=layout, why=why, subject=subject, arm=arm, visit=visit, visits=visits,
        left_out=left_out,
    )  # fmt: skip


def looks_like_reference(name: str) -> bool:
    """Whether the name of an arm is one of those that others are compared with."""
    return bool(_REFERENCE.search(name))


def _subject(columns: tuple[Seen, ...]) -> Guess:
    """Return the column of subjects: by its name, and many values."""
    named = [c for c in columns if _SUBJECT.fullmatch(c.name) and len(c.texts) > 2]
    if named:
        first = max(named, key=lambda c: (c.name.upper() == "USUBJID", len(c.texts)))
        return Guess(column=first.name, why=f"the name; {len(first.texts)} different values")
    likely = sorted((c for c in columns if not c.dates), key=lambda c: -len(c.texts))
    choices = tuple(column.name for column in likely[:5])
    return Guess(column=None, why="no column is named like an identifier", choices=choices)


def _families(columns: tuple[Seen, ...]) -> dict[str, dict[str, str]]:
    """Return the columns that share a stem, where they hold numbers or dates."""
    useful = tuple(c.name for c in columns if c.numbers is not None or c.dates or not c.texts)
    return family(useful)


def _layout(
    by_name: dict[str, Seen], who: Seen | None, families: dict[str, dict[str, str]]
) -> tuple[FileLayout, str]:
    """Return the layout and what it rests on."""
    if "redcap_event_name" in by_name:
        return "redcap", "there is a column redcap_event_name"
    if {"PARAMCD", "AVAL"} <= set(by_name):
        return "adam", "there are the columns PARAMCD and AVAL"
    if who is not None and families:
        rows = int((who.codes >= 0).sum())
        if rows == len(who.texts):
            stem = next(iter(families))
            return (
                "wide",
                f"a row per subject, and columns such as {', '.join(families[stem].values())}",
            )
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
            who is None or (column.constant_within(who) and len(who.texts) >= 2 * len(column.texts))
        )
    ]
    named = [column for column in few if _ARM.fullmatch(column.name)]
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
        and (who is None or not column.constant_within(who))
    ]
    named = [column for column in few if _VISIT.fullmatch(column.name)]
    named.sort(key=lambda c: (c.name not in ("redcap_event_name", "AVISIT"), c.numbers is not None))
    if named:
        first = named[0]
        return Guess(column=first.name, why=f"the name; {len(first.texts)} values within subjects")
    told = [c for c in few if c.numbers is None and any(week_of(t) is not None for t in c.texts)]
    if len(told) == 1:
        return Guess(column=told[0].name, why="its values name weeks")
    choices = tuple(column.name for column in few)
    return Guess(column=None, why="no column is named like visits", choices=choices)


def _visits(
    names: tuple[str, ...], *, plain_weeks: bool
) -> tuple[tuple[SeenVisit, ...], tuple[str, ...]]:
    """Return the visits by week, those without a week last, and the unscheduled ones."""
    left_out = tuple(name for name in names if _UNSCHEDULED.search(name))
    by_week: dict[float, list[str]] = {}
    open_ones: list[str] = []
    for name in names:
        week = week_of(name, plain_numbers=plain_weeks)
        if name in left_out:
            continue
        if week is None:
            open_ones.append(name)
        else:
            by_week.setdefault(week, []).append(name)
    visits = [
        SeenVisit(
            label="baseline" if week == 0 else f"week {week:g}",
            week=week,
            why=f"named {', '.join(by_week[week])}",
            values=tuple(by_week[week]),
        )
        for week in sorted(by_week)
    ]
    numbered = sorted(open_ones, key=_rank)
    for name in numbered:
        first = not by_week and name == numbered[0] and bool(re.search(r"\d", name))
        label = f"visit {name}" if name.isdigit() else name
        why = "the first of the series" if first else f"named {name}"
        week = 0.0 if first else None
        visits.append(SeenVisit(label=label, week=week, why=why, values=(name,)))
    return tuple(visits), left_out


def _rank(name: str) -> tuple[float, str]:
    number = re.search(r"\d+", name)
    return (float(number[0]) if number else np.inf, name)


def _from_zero(names: list[str]) -> bool:
    """Whether bare numbers begin at 0, as weeks do and serial numbers do not."""
    return "0" in names
