"""What a plot of the subsets of trials says in words: below its axis, and in its description."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.figures.gosh_parts import Subsets
from retrostats.layout import decimals, number, true_minus


def axis_words(subsets: Subsets) -> str:
    """Return what the axis of effects shows."""
    unit = subsets.gosh.unit
    if subsets.scale == "log":
        return f"Pooled {unit.removeprefix('log ')}"
    return f"Pooled effect ({unit})" if unit else "Pooled effect"


def notes_of(subsets: Subsets, busiest: int) -> list[str]:
    """Return the notes below the axis.

    Parameters
    ----------
    subsets
        What is drawn.
    busiest
        Subsets in the fullest hexagon; 0 where each is a point.
    """
    gosh, k = subsets.gosh, len(subsets.gosh.studies)
    if len(gosh) == gosh.possible:
        notes = [f"All {len(gosh):,} subsets of {k} trials"]
    else:
        notes = [f"{len(gosh):,} of the {gosh.possible:,} subsets of {k} trials, drawn by chance"]
    if math.isnan(subsets.centre):
        notes[0] += "; the subset of all trials is not among them"
    else:
        notes[0] += f"; dashed: {subsets.line}, {_shown(subsets.centre, subsets)}"
    if busiest and subsets.holds is None:
        notes.append(f"Hexagons, the darker the more subsets: 1 to {busiest:,} in each")
    elif busiest:
        fewer = f"Hexagons hold 1 to {busiest:,} subsets, the paler the fewer"
        notes.append(f"{fewer}; their colour: the share with the trial")
    return notes


def legend_words(subsets: Subsets) -> tuple[str, str]:
    """Return the words for subsets without the highlighted trial and for those with it."""
    within = 0 if subsets.holds is None else int(subsets.holds.sum())
    without = len(subsets.effects) - within
    return f"without {subsets.highlight} ({without:,})", f"with {subsets.highlight} ({within:,})"


def sentence_of(subsets: Subsets, busiest: int) -> str:
    """Return the alt text: how many subsets, where their effects lie, and what one trial does.

    Parameters
    ----------
    subsets, busiest
        As in `notes_of`.
    """
    unit = f" {subsets.gosh.unit}" if subsets.gosh.unit and subsets.scale == "linear" else ""
    notes = [f"{note}." for note in notes_of(subsets, busiest)]
    every = np.ones(len(subsets.effects), dtype=bool)
    middle = _range(np.quantile(subsets.effects, [0.25, 0.75]), subsets)
    i2 = f"I² from {subsets.i2.min():.0f}% to {subsets.i2.max():.0f}%"
    told = [f"Pooled effect and I² of subsets of the trials. {notes[0]}"]
    told.append(f"Effects from {_range(subsets.effects, subsets)}{unit}, half of them {middle}.")
    told.append(f"{i2}, median {_median_i2(subsets, every)}.")
    if subsets.holds is not None:
        for words, which in zip(
            legend_words(subsets), (~subsets.holds, subsets.holds), strict=True
        ):
            if which.any():
                told.append(f"Subsets {words}: {_medians(subsets, which)}.")
    return " ".join([*told, *notes[1:]])


def _medians(subsets: Subsets, which: NDArray[np.bool_]) -> str:
    effect = _shown(float(np.median(subsets.effects[which])), subsets)
    return f"median effect {effect}, median I² {_median_i2(subsets, which)}"


def _median_i2(subsets: Subsets, which: NDArray[np.bool_]) -> str:
    return f"{float(np.median(subsets.i2[which])):.0f}%"


def _range(values: Floats, subsets: Subsets) -> str:
    ends = (float(values.min()), float(values.max()))
    return " to ".join(_shown(end, subsets) for end in ends)


def _shown(value: float, subsets: Subsets) -> str:
    """Return an effect as the axis has it, to digits that the spread of the effects bears."""
    if subsets.scale == "log":
        return f"{math.exp(value):.2f}"
    spread = float(np.ptp(subsets.effects)) or abs(value)
    return true_minus(number(value, decimals(spread, 3)))
