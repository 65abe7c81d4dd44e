"""What one printed figure says of a claim: for it, against it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from retrostats.data import grammar
from retrostats.data.printed import SIGNIFICANT
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.neighbours import beside
from retrostats.integrity.inputs import pair, score
from retrostats.integrity.rounding import Span
from retrostats.integrity.verdicts import Reproduction, Row
from retrostats.integrity.words import FLIPS

Says = Literal["for", "against", "silent"]


def speaks(figure: Figure, trial: PublishedTrial) -> bool:
    """Whether a figure states a comparison: its p, or an estimate where no p is printed."""
    if not figure.contrast:
        return False
    if figure.statistic == "p":
        return True
    estimates = grammar.DIFFERENCES | grammar.STANDARDISED
    return figure.statistic in estimates and "p" not in beside(trial, figure)


def as_printed(figure: Figure, trial: PublishedTrial) -> str:
    """Return the figure as printed, with its interval where it has one."""
    others = beside(trial, figure)
    if figure.statistic == "p" or not {"ci_low", "ci_high"} <= set(others):
        return figure.printed.text
    low, high = others["ci_low"].printed.text, others["ci_high"].printed.text
    return f"{figure.printed.text} ({low} to {high})"


def says_of(figure: Figure, reproduction: Reproduction, expect: str) -> tuple[Says, str]:
    """Return what one figure says of a claim, and why.

    Parameters
    ----------
    figure
        A printed comparison.
    reproduction
        Its study, recomputed.
    expect
        ``"lower"`` or ``"higher"`` where the claim names a direction; else empty.
    """
    trial = reproduction.trial
    significant = _significant(figure, trial)
    if significant is None:
        return "silent", "The print does not settle whether there is a difference."
    if _flips(figure, reproduction.rows):
        words = "The printed figures contradict the printed p at 0.05."
        return ("against" if significant else "silent"), words
    if not significant:
        return "against", "No significant difference is printed; that is no proof of none."
    direction = _direction(figure, trial, expect)
    if direction < 0:
        return "against", "A significant difference in the other direction."
    if direction > 0:
        return "for", "A significant difference in the claimed direction."
    return "for", "A significant difference; its direction is not in the printed figures."


def _significant(figure: Figure, trial: PublishedTrial) -> bool | None:
    """Return whether the printed decision at 0.05 is for a difference, ``None`` if open."""
    if figure.statistic == "p":
        printed = figure.printed
        if printed.high < SIGNIFICANT or (printed.relation == "<" and printed.high <= SIGNIFICANT):
            return True
        return False if printed.low >= SIGNIFICANT else None
    others = beside(trial, figure)
    if not {"ci_low", "ci_high"} <= set(others):
        return None
    low, high = Span.of(others["ci_low"].printed), Span.of(others["ci_high"].printed)
    if low.low > 0 or high.high < 0:
        return True
    return False if low.high < 0 < high.low else None


def _flips(figure: Figure, rows: Iterable[Row]) -> bool:
    """Whether every variant of some route reverses the printed decision."""
    place = (figure.outcome, figure.timepoint, figure.contrast, figure.statistic)
    return any(
        row.verdict == "contradicted" and FLIPS in row.detail
        for row in rows
        if (row.outcome, row.timepoint, row.contrast, row.quantity) == place
        and row.printed == figure.printed.text
    )


def _direction(figure: Figure, trial: PublishedTrial, expect: str) -> int:
    """Return +1 for the claimed direction, -1 for the other, 0 where no figure tells."""
    outcome = trial.outcome(figure.outcome)
    in_change = figure.is_change or figure.statistic.endswith("in_change")
    benefit = replace(outcome, better=expect or outcome.better).benefit(change=in_change)
    difference = _difference(trial, figure)
    if difference.low <= 0 <= difference.high:
        return 0
    return benefit if difference.low > 0 else -benefit


def _difference(trial: PublishedTrial, figure: Figure) -> Span:
    """Return treated minus control: of the means, which keep their sign, or as printed."""
    arms = pair(trial, figure.contrast)
    if arms is not None and "/" not in figure.timepoint:
        treated, control = (
            score(trial, arm, figure.outcome, figure.timepoint).mean for arm in arms
        )
        if treated is not None and control is not None:
            return treated - control
    return Span.of(figure.printed) if figure.statistic != "p" else Span.exactly(0)
