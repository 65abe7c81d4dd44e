"""What a raincloud says: above the plot, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.description.types import Distribution
from retrostats.figures.estimation_words import count_words, direction_words, drawn_words
from retrostats.layout import decimals, number, true_minus


def note_words(
    groups: Sequence[Distribution], better: str | None, drawn: Sequence[int], *, fewest: int
) -> str:
    """Return what stands above the plot: the direction, what the marks are, what is not drawn.

    Parameters
    ----------
    groups, better
        As given to `retrostats.figures.raincloud.plot_raincloud`.
    drawn
        How many values of each group are drawn.
    fewest
        So many values a group needs for a cloud and a box.
    """
    parts = [direction_words(better, along="x")] if better else []
    boxes = [group for group in groups if group.n >= fewest]
    if any(group.steps for group in boxes):
        tallest = max(count / group.n for group in boxes for _, count in group.steps)
        parts.append(f"bars: share of the group with each score, up to {tallest:.0%}")
    elif any(group.density for group in boxes):
        parts.append("cloud: density")
    if boxes:
        parts.append("box: quartiles and median; line: values within 1.5 box lengths of it")
    if any(0 < group.n < fewest for group in groups):
        parts.append(f"fewer than {fewest} values: points alone")
    if any(not group.steps and not group.density for group in boxes):
        parts.append("equal values: no cloud")
    return "; ".join(parts + drawn_words(groups, drawn))


def sentence(
    groups: Sequence[Distribution],
    names: Sequence[str],
    *,
    ylabel: str,
    better: str | None,
    drawn: Sequence[int],
) -> str:
    """Tell the medians, quartiles and ranges of the groups.

    Parameters
    ----------
    groups, names
        Those drawn, and their words for readers.
    ylabel, better
        As given to `retrostats.figures.raincloud.plot_raincloud`.
    drawn
        How many values of each group are drawn.
    """
    direction = f", {better} is better" if better else ""
    told = "; ".join(
        f"{name} ({count_words(group)}) {_quartile_words(group)}"
        for name, group in zip(names, groups, strict=True)
    )
    thinned = "".join(f" {words}." for words in drawn_words(groups, drawn))
    plural = "group" if len(groups) == 1 else "groups"
    return (
        f"Distribution of {ylabel or 'the outcome'} in {len(groups)} {plural}{direction}. "
        f"Medians, with quartiles and range: {told}.{thinned}"
    )


def _quartile_words(group: Distribution) -> str:
    if not group.n:
        return "no values"
    low, high = group.values[0], group.values[-1]
    places = min(decimals(high - low or abs(low)), 6)
    median, q1, q3, least, most = (
        _plain(value, places) for value in (group.median, group.q1, group.q3, low, high)
    )
    return true_minus(f"{median} ({q1} to {q3}, range {least} to {most})")


def _plain(value: float, places: int) -> str:
    """Write a number without zeros at its end, as scores of whole numbers are read."""
    written = number(value, places)
    return written.rstrip("0").rstrip(".") if "." in written and "e" not in written else written
