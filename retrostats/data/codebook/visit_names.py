"""Weeks and stems that names of visits and columns suggest."""

from __future__ import annotations

import re

_UNIT = r"(?P<{0}>weeks?|wks?|w|months?|mths?|mo|m|days?|d)"
_COUNTED = re.compile(
    rf"{_UNIT.format('unit')}[ _.-]*(?P<after>\d+)|(?P<before>\d+)[ _.-]*{_UNIT.format('unit2')}"
)
_BASELINE = frozenset(
    {"baseline", "base", "bl", "pre", "before", "t0", "v0", "week0", "pretest", "pre-test"}
)
#: Ends of column names of wide files that tell a visit.
_WORDS = r"baseline|base|bl|pre|post|before|after|followup|follow_up|fu|final|end"
_LONG = r"weeks?|wks?|months?|days?"
_SPLITS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?P<stem>.+?)[_. -]?(?P<visit>(?:{_LONG})[_. -]?\d+)",
        r"(?P<stem>.+?)[_. -](?P<visit>(?:w|mo|m|d)_?\d+)",
        rf"(?P<stem>.+?)[_. -]?(?P<visit>\d+[_. -]?(?:{_LONG}|w|mo|m|d))",
        rf"(?P<stem>.+?)[_. -](?P<visit>{_WORDS})",
        rf"(?P<visit>{_WORDS})[_. -](?P<stem>.+)",
        rf"(?P<visit>(?:{_LONG}|w|v|t)_?\d+)[_. -](?P<stem>.+)",
        r"(?P<stem>.+?)[_. -](?P<visit>[vt]\d+)",
        r"(?P<stem>.*?[A-Za-z%)])[_. -]?(?P<visit>\d+)",
    )
)
#: painPre, painPost: the capital letter is what separates.
_CAMEL = re.compile(r"(?P<stem>.+?[a-z0-9])(?P<visit>Baseline|Base|BL|Pre|Post|Before|After)")


def week_of(text: str, *, plain_numbers: bool = False) -> float | None:
    """Return the week that the name of a visit suggests; ``None`` when it suggests none.

    Parameters
    ----------
    text
        E.g. ``"week 6"``, ``"6wk"``, ``"Baseline"``, ``"week_6_arm_1"``.
    plain_numbers
        Whether a bare number is a week.

    Examples
    --------
    >>> week_of("6wk"), week_of("week_6_arm_1"), week_of("pre"), week_of("V2")
    (6.0, 6.0, 0.0, None)
    """
    name = re.sub(r"_arm_\d+[a-z]?$", "", text.strip().lower())
    if name in _BASELINE or name.startswith("baseline"):
        return 0.0
    if plain_numbers and re.fullmatch(r"-?\d+(\.\d+)?", name, re.A):
        return float(name)
    counted = _COUNTED.fullmatch(name)
    if not counted:
        return None
    number = float(counted["after"] or counted["before"])
    unit = (counted["unit"] or counted["unit2"])[0]
    return round(number * {"w": 1, "m": 52 / 12, "d": 1 / 7}[unit], 1)


def split(name: str) -> tuple[str, str] | None:
    """Return a column name as a stem and a visit; ``None`` where it names no visit.

    Examples
    --------
    >>> split("womac_w6"), split("painPost"), split("age")
    (('womac', 'w6'), ('pain', 'Post'), None)
    """
    matches = (pattern.fullmatch(name) for pattern in (_CAMEL, *_SPLITS))
    match = next((match for match in matches if match), None)
    return (match["stem"].strip("_. -"), match["visit"]) if match else None


def family(columns: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the columns that share a stem and differ by visit: column by visit, by stem.

    Parameters
    ----------
    columns
        Names of a wide file.

    Examples
    --------
    >>> family(("id", "nrs_0", "nrs_6", "age"))
    {'nrs': {'0': 'nrs_0', '6': 'nrs_6'}}
    """
    groups: dict[str, dict[str, str]] = {}
    for column in columns:
        parts = split(column)
        if parts:
            groups.setdefault(parts[0], {}).setdefault(parts[1], column)
    return {stem: group for stem, group in groups.items() if len(group) > 1}
