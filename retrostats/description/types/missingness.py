"""Who was seen when: the patterns of missing values of one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from retrostats.description.showing import patterns_html
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPattern(ShownAsFields):
    """One pattern of visits seen and missed, and how many subjects of each arm have it.

    Attributes
    ----------
    seen
        Whether the outcome is there, one entry per visit.
    counts
        Subjects, one entry per arm.
    """

    seen: tuple[bool, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Subjects of all arms."""
        return sum(self.counts)

    @property
    def monotone(self) -> bool:
        """Whether no visit is seen after one that was missed."""
        return all(earlier or not later for earlier, later in pairwise(self.seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPatterns:
    """All patterns of one outcome.

    Attributes
    ----------
    outcome
        In words.
    visits
        Labels, by week; `MissingPattern.seen` follows them.
    arms, sizes
        Labels, and subjects of each; `MissingPattern.counts` follows them.
    patterns
        Distinct, each with at least one subject: the complete one first if it occurs, the others
        by falling number of subjects.
    """

    outcome: str
    visits: tuple[str, ...]
    arms: tuple[str, ...]
    sizes: tuple[int, ...]
    patterns: tuple[MissingPattern, ...]

    def __post_init__(self) -> None:
        for place, (arm, size) in enumerate(zip(self.arms, self.sizes, strict=True)):
            found = sum(pattern.counts[place] for pattern in self.patterns)
            if found != size:
                raise ValueError(f"{arm}: {found} subjects in the patterns, {size} in the arm")

    def observed(self, visit: int) -> tuple[int, ...]:
        """Return how many subjects of each arm have the outcome at a visit, by its place."""
        return tuple(
            sum(pattern.counts[arm] for pattern in self.patterns if pattern.seen[visit])
            for arm in range(len(self.arms))
        )

    def _repr_html_(self) -> str:
        return patterns_html(self)
