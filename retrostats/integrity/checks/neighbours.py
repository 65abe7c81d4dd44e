"""What stands beside a printed figure and belongs to it, and what its test allows."""

from __future__ import annotations

from retrostats.data import grammar
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.rounding import Span

#: Tests whose words allow a two-sample t-test.
T_TESTS = frozenset({"t-test", "unstated", "", "z-test"})

#: Tests within one arm, or of conditions that the same people went through.
WITHIN = frozenset({"within arm", "paired t-test", "paired"})

#: A paper that names no test.
UNNAMED = frozenset({"", "unstated"})


def beside(trial: PublishedTrial, figure: Figure) -> dict[str, Figure]:
    """Return what is printed at the same place and for the same test, by statistic.

    A row that names no test belongs to the others of its place, unless several tests there
    make it unsure to which.
    """
    found: dict[str, Figure] = {}
    unsure: set[str] = set()
    for other in trial.find(outcome=figure.outcome, timepoint=figure.timepoint):
        if other is figure or other.place != figure.place or not _same_test(figure, other):
            continue
        if other.test == figure.test or other.statistic not in found:
            found[other.statistic] = other
        elif found[other.statistic].test != figure.test:
            unsure.add(other.statistic)
    return {
        statistic: other
        for statistic, other in found.items()
        if statistic not in unsure or other.test == figure.test
    }


def _same_test(one: Figure, other: Figure) -> bool:
    return one.test == other.test or one.test in UNNAMED or other.test in UNNAMED


def interval_owner(trial: PublishedTrial, limit: Figure) -> Figure | None:
    """Return the estimate that a limit belongs to, where several stand at its place.

    Limits carry no word of what they are of; the estimate nearest to their middle, on the
    scale of their width, is taken.
    """
    others = beside(trial, limit) | {limit.statistic: limit}
    estimates = [f for name, f in others.items() if name in grammar.WITH_INTERVAL]
    if not {"ci_low", "ci_high"} <= set(others) or not estimates:
        return None
    middle = (Span.of(others["ci_low"].printed) + Span.of(others["ci_high"].printed)).middle / 2

    def distance(figure: Figure) -> tuple[float, bool]:
        away = abs(abs(Span.of(figure.printed).middle) - abs(middle))
        return away, figure.statistic.startswith("adjusted")

    return min(estimates, key=distance)
