"""A published trial as a notebook shows it: who, what was measured, and how much is printed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from retrostats.layout import Layout
from retrostats.layout.html import facts, safe, small

if TYPE_CHECKING:
    from retrostats.data.published import Arm, Outcome, PublishedTrial


def trial_html(trial: PublishedTrial) -> str:
    """Return the citation, the arms, and the outcomes with how many numbers are printed of each.

    Parameters
    ----------
    trial
        As loaded.
    """
    numbers = Counter(figure.outcome for figure in trial.figures)
    told = (
        ("Design", trial.design),
        ("Population", trial.population),
        ("Arms", "; ".join(map(_arm, trial.arms))),
        ("Timepoints", "; ".join(trial.timepoints)),
        ("Analysis reported", trial.analysis_reported),
        ("DOI", trial.doi),
    )
    outcomes = Layout(
        caption=f"{len(trial.outcomes)} outcomes, {len(trial.figures)} printed numbers",
        header=("", "Instrument", "Unit", "Better", "Numbers"),
        rows=tuple((*_outcome(outcome), str(numbers[outcome.name])) for outcome in trial.outcomes),
        words=4,
    )
    head = f"<p><b>{safe(trial.id)}</b> ({safe(trial.role)}): {safe(trial.citation)}</p>"
    return head + facts(told) + outcomes.html() + small(trial.note)


def _arm(arm: Arm) -> str:
    size = f"{arm.n_randomised} randomised" if arm.n_randomised is not None else ""
    analysed = f"{arm.n_analysed} analysed" if arm.n_analysed is not None else ""
    sizes = ", ".join(filter(None, (size, analysed)))
    return f"{arm.label} ({sizes})" if sizes else arm.label


def _outcome(outcome: Outcome) -> tuple[str, str, str, str]:
    return outcome.name, outcome.instrument, outcome.unit, outcome.better
