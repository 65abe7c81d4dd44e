"""The rows of a figure of missing values: a pattern each, the rarest together, and their names."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.description.types import MissingPattern, MissingPatterns

#: More patterns than these are not told apart by eye: the rarest share a row.
_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRow:
    """One row: a pattern, or several that are joined.

    Attributes
    ----------
    name
        What kind of pattern.
    seen
        Whether each visit was seen; empty for joined patterns.
    counts
        Subjects of each arm.
    joined
        How many patterns share the row; 0 where it is one.
    """

    name: str
    seen: tuple[bool, ...]
    counts: tuple[int, ...]
    joined: int = 0


def pattern_rows(patterns: MissingPatterns) -> list[PatternRow]:
    """Return the rows of a figure, from the top.

    Parameters
    ----------
    patterns
        In the order of their type: the complete one first, then by falling number.

    Examples
    --------
    >>> two = MissingPatterns(
    ...     outcome="Pain", visits=("week 0", "week 6"), arms=("retro",), sizes=(5,),
    ...     patterns=(
    ...         MissingPattern(seen=(True, True), counts=(4,)),
    ...         MissingPattern(seen=(True, False), counts=(1,)),
    ...     ),
    ... )  # fmt: skip
    >>> [row.name for row in pattern_rows(two)]
    ['complete', 'dropout']
    """
    every = patterns.patterns
    shown = every if len(every) <= _MOST else every[: _MOST - 1]
    rows = [PatternRow(name=kind_of(one), seen=one.seen, counts=one.counts) for one in shown]
    rest = every[len(shown) :]
    if rest:
        counts = tuple(sum(numbers) for numbers in zip(*(one.counts for one in rest), strict=True))
        rows.append(PatternRow(name="others", seen=(), counts=counts, joined=len(rest)))
    return rows


def kind_of(pattern: MissingPattern) -> str:
    """Say of which kind a pattern is: of those that are not complete, dropout is monotone."""
    if all(pattern.seen):
        return "complete"
    if not any(pattern.seen):
        return "never seen"
    return "dropout" if pattern.monotone else "intermittent"


def kinds(patterns: MissingPatterns) -> dict[str, int]:
    """Return how many subjects have a pattern of each kind that occurs, complete first."""
    counts = dict.fromkeys(("complete", "dropout", "intermittent", "never seen"), 0)
    for pattern in patterns.patterns:
        counts[kind_of(pattern)] += pattern.total
    return {kind: count for kind, count in counts.items() if count}
