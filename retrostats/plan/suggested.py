"""What a codebook suggests for a plan: endpoints, a change that matters, a rule of adherence."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.codebook.types import Codebook, Outcome
from retrostats.instruments import Change
from retrostats.plan.words import amount
from retrostats.plan.writing import toml_text

#: Of the sessions planned, who took so many counts as treated by protocol.
_PROTOCOL_SHARE = 2 / 3


def primary_endpoint(book: Codebook) -> tuple[Outcome, float]:
    """Return the first outcome that can be an endpoint, and its last week."""
    for outcome in book.outcomes:
        week = last_week(book, outcome)
        if week is not None:
            return outcome, week
    return book.outcomes[0], book.follow_ups[-1].week


def last_week(book: Codebook, outcome: Outcome) -> float | None:
    """Return the last week at which an outcome is measured; `None` without a baseline of it."""
    columns = outcome.columns
    if columns and book.baseline.label not in columns:
        return None
    weeks = [v.week for v in book.follow_ups if not columns or v.label in columns]
    return weeks[-1] if weeks else None


def important_change(outcome: Outcome) -> Change | None:
    """Return the change that matters: the trial's own, or the first of the instrument."""
    changes = [*_own(outcome), *outcome.instrument.important()]
    usable = (each for each in changes if each.basis == "absolute" or outcome.instrument.low >= 0)
    return next(usable, None)


def _own(outcome: Outcome) -> Iterator[Change]:
    if outcome.smallest_change is not None:
        yield outcome.smallest_change


def protocol_rule(book: Codebook) -> str:
    """Return the rule that two thirds of what was planned are taken; empty without a plan."""
    for measure in book.adherence:
        if measure.planned:
            return toml_text(
                f"{measure.name} >= {amount(round(measure.planned * _PROTOCOL_SHARE))}"
            )
    return ""
