"""What trials and their outcomes are called: groups of outcomes, short names of studies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from retrostats.data.published import PublishedTrial

#: Groups of outcomes by the words of their name, else of their instrument. The first group
#: with a word in the name wins: `WOMAC stiffness` and `KOOS QOL` are no function scores,
#: and a VAS of stair climbing is a pain score. PPT is the pressure pain threshold.
OUTCOME_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Other outcomes", frozenset({"stiffness", "symptoms", "qol", "quality"})),
    ("Pain", frozenset({"pain", "vas", "nrs", "nprs", "ppt"})),
    ("Strength", frozenset({"strength", "mmt", "torque", "1rm"})),
    (
        "Mobility",
        frozenset({"tug", "ftsst", "walk", "walking", "gait", "speed", "stairs", "stand", "6mwt"}),
    ),
    (
        "Function and disability",
        frozenset(
            {"function", "functional", "disability", "adl", "sport", "womac", "koos", "kujala"}
        ),
    ),
)

#: The order in which the groups stand in a figure; the last takes what has no known word.
GROUP_ORDER = ("Pain", "Function and disability", "Mobility", "Strength", "Other outcomes")

#: Roles of the trials that are about walking backward; all others are there to compare.
RETRO_ROLES = frozenset({"cited", "retro trial"})

_AUTHOR = re.compile(r"([^\W\d_][\w'’-]+)(?: [A-Z]{1,3}\b[,.]| et al)")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


def outcome_group(name: str, instrument: str = "") -> str:
    """Return the group of an outcome, by the words of its name, else of its instrument."""
    for text in (name, instrument):
        words = set(re.findall(r"\w+", text.lower()))
        for group, known in OUTCOME_GROUPS:
            if words & known:
                return group
    return GROUP_ORDER[-1]


def study_labels(trials: Sequence[PublishedTrial]) -> dict[str, str]:
    """Return a short name for each study by its id: first author and year.

    Where the citation names no author or no year, or two studies would share a name, the
    id itself is the name.
    """
    names = {trial.id: _author_year(trial.citation) or trial.id for trial in trials}
    shared = {name for name, times in Counter(names.values()).items() if times > 1}
    return {key: key if name in shared else name for key, name in names.items()}


def _author_year(citation: str) -> str:
    author = _AUTHOR.match(citation)
    # A journal's year comes before its volume ("2019;20:159"); a title may hold years too.
    years = re.findall(r"\b((?:19|20)\d{2})[;:(]", citation) or _YEAR.findall(citation)
    return f"{author[1]} {years[0]}" if author and years else ""
