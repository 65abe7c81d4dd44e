"""The visits that a file names: their weeks, and which of them are not scheduled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.visit_names import week_of

_UNSCHEDULED = re.compile(r"unsched|early.?term|unplanned|extra", re.I)


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


def visits_of(
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


def from_zero(names: list[str]) -> bool:
    """Whether bare numbers begin at 0, as weeks do and serial numbers do not."""
    return "0" in names


def events_without_outcome(when: Seen, outcomes: Iterable[Seen]) -> tuple[str, ...]:
    """Return the events at which no outcome has a value; none where that were all of them.

    Parameters
    ----------
    when
        The column of events.
    outcomes
        The columns of outcomes.
    """
    held: set[int] = set()
    for column in outcomes:
        held |= set(when.codes[(column.codes >= 0) & (when.codes >= 0)].tolist())
    return tuple(text for i, text in enumerate(when.texts) if held and i not in held)
