"""What a plot of power says in words: below its axis, in its legend, in its description."""

from __future__ import annotations

from retrostats.layout import percent
from retrostats.power.simulated.curve import PowerCurve


def legend_label(curve: PowerCurve) -> str:
    """Return what the line is."""
    first = curve.points[0]
    if first.margin is None:
        return f"simulated, {first.primary.label}"
    return f"simulated, {first.primary.label}, margin {first.margin:g}"


def band_words(curve: PowerCurve) -> str:
    """Return what the band is."""
    return f"{percent(curve.points[0].primary.interval.level)} CI of the simulation"


def line_words(target: float) -> str:
    """Return what the dotted line is.

    Examples
    --------
    >>> line_words(0.9)
    'power of 90%'
    """
    return f"power of {percent(target)}"


def notes_of(curve: PowerCurve) -> list[str]:
    """Return what is along the axis, and the notes below it."""
    counts = [point.replicates for point in curve.points]
    fewest, most = min(counts), max(counts)
    trials = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
    notes = [curve.words, f"{trials} simulated trials at each point"]
    if curve.over != "n":
        arms = ", ".join(f"{label} {count:,}" for label, count in curve.points[0].n)
        notes[1] += f"; subjects: {arms}"
    return notes


def sentence_of(curve: PowerCurve, target: float | None) -> str:
    """Return the alt text: what is drawn, and each power."""
    first = curve.points[0]
    told = "; ".join(
        f"{value:g}: {100 * point.aimed.value:.1f}%"
        for value, point in zip(curve.values, curve.points, strict=True)
    )
    words = curve.words[:1].lower() + curve.words[1:]
    sentence = f"Power of {first.primary.label} by simulation against {words}: {told}."
    if curve.closed:
        mark = "Cross" if len(curve) == 1 else "Dashed"
        sentence += f" {mark}: {curve.closed_words}."
    if target is not None:
        sentence += f" Dotted: a {line_words(target)}."
    return sentence
