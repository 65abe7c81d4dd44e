"""What a design is wanted of, and what was found and missed on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from retrostats.data.published import Outcome, PublishedTrial

#: Weeks of one unit of a timepoint; 52 weeks are a year.
_WEEKS = {"w": 1.0, "d": 1 / 7, "m": 52 / 12, "y": 52.0}
_TIME = re.compile(r"(\d+(?:\.\d+)?) ?(w|d|m|y)[a-z]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignCase:
    """Where figures are looked for.

    Attributes
    ----------
    trial, outcome
        Whose figures.
    arms
        Labels of the arms of the design.
    visits
        Timepoints of the design, the baseline first.
    weeks
        Of the visits.
    """

    trial: PublishedTrial
    outcome: Outcome
    arms: tuple[str, ...]
    visits: tuple[str, ...]
    weeks: tuple[float, ...]


@dataclass(slots=True)
class Notes:
    """Where each number comes from, and what is missing with the way to give it."""

    route: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def week_of(timepoint: str, weeks: Mapping[str, float]) -> float | None:
    """Return the week of a timepoint: as given, or as its name says; else ``None``.

    Months and years are rounded to whole weeks.

    Examples
    --------
    >>> week_of("6wk", {}), week_of("9mo", {}), week_of("post", {}), week_of("post", {"post": 4})
    (6.0, 39.0, None, 4.0)
    """
    if timepoint in weeks:
        return float(weeks[timepoint])
    found = _TIME.fullmatch(timepoint.strip())
    if found is None:
        return None
    unit = found[2].lower()
    week = float(found[1]) * _WEEKS[unit]
    return float(round(week)) if unit in "my" else week


def short(value: float) -> str:
    """Return a number in a sentence: four significant digits."""
    return f"{value:.4g}"


def rounded(value: float) -> float:
    """Return a number with the four significant digits that a sentence tells."""
    return float(short(value))
