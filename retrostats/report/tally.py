"""How many printed numbers came out, each counted once under its gravest verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from retrostats.integrity.verdicts import Reproduction, Row, headline
from retrostats.integrity.words import FLIPS, NEEDS

#: What a printed number can come to, the gravest first, in the words of the report. An
#: estimate that only sits in the middle of its interval has not been recomputed.
OUTCOMES = (
    "contradicted",
    "inconsistent table",
    "reproduced by some tests",
    "not recomputable",
    "reproduced",
)


def tally(reproductions: Iterable[Reproduction]) -> dict[str, int]:
    """Return how many printed numbers have each of `OUTCOMES`, and how many were derived.

    A reproduction has one row per number *and variant*; here each number counts once, with
    the gravest of its verdicts. ``"derived"`` counts rows: nothing is printed for them.

    Parameters
    ----------
    reproductions
        The studies to count.
    """
    counts = dict.fromkeys((*OUTCOMES, "derived"), 0)
    for reproduction in reproductions:
        counts["derived"] += sum(row.verdict == "derived" for row in reproduction.rows)
        counts |= {
            outcome: counts[outcome] + times
            for outcome, times in Counter(_numbers(reproduction.rows).values()).items()
        }
    return counts


def _numbers(rows: Sequence[Row]) -> dict[tuple[str, ...], str]:
    """Return the gravest outcome of each printed number of one study."""
    found: dict[tuple[str, ...], str] = {}
    for row in rows:
        outcome = _outcome(row)
        if not outcome:
            continue
        number = (row.outcome, row.timepoint, row.contrast, row.quantity, row.printed)
        found[number] = min(found.get(number, outcome), outcome, key=OUTCOMES.index)
    return found


def _outcome(row: Row) -> str:
    """Return what a row says of its number; empty where it is about no printed number."""
    word = headline(row.verdict)
    if word == "derived" or not row.printed or (word == "reproduced" and row.variant in _DIGITS):
        return ""
    if word in {"reproduced", "contradicted"} and row.verdict != word:
        return "reproduced by some tests"
    return word


#: Checks that can only fail: passing, they confirm no number.
_DIGITS = frozenset({"GRIM", "GRIMMER"})


def stands_out(row: Row) -> bool:
    """Whether a reader should see a row first.

    So for a contradicted number, for whatever does not fit the rest of its own table, and
    for a number that comes out only under a condition that is hard to believe.
    """
    contradicted = row.verdict == "contradicted"
    return contradicted or row.verdict == "inconsistent table" or NEEDS in row.detail


def rank(row: Row) -> int:
    """Return how grave a row is that stands out, the gravest first."""
    if FLIPS in row.detail:
        return 0
    if row.verdict.startswith("contradicted"):
        return 1
    if row.variant in _DIGITS:
        return 4
    return 3 if NEEDS in row.detail else 2
