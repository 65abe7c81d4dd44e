"""What a funnel plot says in words: below its axis, and in its description."""

from __future__ import annotations

import math

from retrostats.figures.funnel_parts import FEW, Floats, Funnel
from retrostats.layout import decimals, number, percent, true_minus

#: Of the estimates outside the funnel, at most so many are named.
_NAMED = 15
_FEWER = f"Fewer than {FEW} estimates: asymmetry cannot be judged (Sterne 2011)"


def axis_words(funnel: Funnel) -> str:
    """Return what the axis of values shows."""
    unit = funnel.table[0].unit
    return (unit.removeprefix("log ") if funnel.scale == "log" else unit) or "Estimate"


def notes_of(funnel: Funnel, busiest: int) -> list[str]:
    """Return the notes below the axis.

    Parameters
    ----------
    funnel
        What is drawn.
    busiest
        Estimates in the fullest hexagon; 0 where each is a point.
    """
    k = len(funnel.table)
    notes = [f"k = {k:,}"]
    if not math.isnan(funnel.centre):
        notes[0] += (
            f"; dashed: centre {_shown(funnel.centre, funnel)}, and pseudo "
            f"{percent(funnel.level)} limits around it"
        )
    if busiest:
        notes.append(f"Hexagons, the darker the more estimates: 1 to {busiest:,} in each")
    if k < FEW:
        notes.append(_FEWER)
    return notes


def sentence_of(funnel: Funnel, busiest: int) -> str:
    """Return the alt text: how many estimates, how sure, and which lie outside the funnel.

    Parameters
    ----------
    funnel, busiest
        As in `notes_of`.
    """
    errors, k = funnel.errors, len(funnel.table)
    of = f" of {' '.join(funnel.table.caption.rstrip('.').split())}" if funnel.table.caption else ""
    low, high = (number(float(end), decimals(float(end), 2)) for end in _ends(errors))
    told = [f"Funnel plot{of}: 1 estimate, with a standard error of {low}."]
    if k > 1:
        told = [f"Funnel plot{of}: {k:,} estimates against their standard errors, {low} to {high}."]
    if not math.isnan(funnel.centre):
        left = int((funnel.values < funnel.centre).sum())
        right = int((funnel.values > funnel.centre).sum())
        told.append(
            f"{left:,} left and {right:,} right of the centre, {_shown(funnel.centre, funnel)}; "
            f"outside the pseudo {percent(funnel.level)} limits: {_outside(funnel)}."
        )
    if funnel.favours:
        null = "0" if funnel.scale == "linear" else "1"
        told.append(f"Values below {null} favour {funnel.favours[0]}, above {funnel.favours[1]}.")
    if funnel.contours:
        null = "zero" if funnel.scale == "linear" else "a ratio of 1"
        listed = ", ".join(f"{p:g}" for p in funnel.contours)
        told.append(f"Greys change around {null} at p {listed}.")
    told += [f"{note}." for note in notes_of(funnel, busiest)[1:]]
    return " ".join(told)


def _ends(errors: Floats) -> tuple[float, float]:
    return float(errors.min()), float(errors.max())


def _outside(funnel: Funnel) -> str:
    labels = [e.label for e, out in zip(funnel.table, funnel.outside, strict=True) if out]
    if not labels:
        return "none"
    named = len(labels) <= _NAMED
    return f"{len(labels):,} ({'; '.join(labels)})" if named else f"{len(labels):,}"


def _shown(value: float, funnel: Funnel) -> str:
    """Return a value as the axis has it, to the digits that its standard errors bear."""
    if funnel.scale == "log":
        return f"{math.exp(value):.2f}"
    return true_minus(number(value, max(2, decimals(float(funnel.errors.max()), 2))))
