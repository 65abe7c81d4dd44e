"""What a forest plot says in words, for its alt text."""

from __future__ import annotations

from retrostats.figures.forest_parts import OVERALL, Forest
from retrostats.figures.forest_widths import places, written, written_interval
from retrostats.layout import percent, true_minus


def sentence_of(forest: Forest) -> str:
    """Say how many rows there are, on which side of zero they lie, and every summary.

    Parameters
    ----------
    forest
        What is drawn.
    """
    table, marks, favours = forest.table, forest.marks, forest.favours
    signed = [e for i, e in enumerate(table) if not marks or marks[i] == "signed"]
    above = sum(e.ci.low > 0 for e in signed)
    below = sum(e.ci.high < 0 for e in signed)
    right, left = (f" (favours {arm})" for arm in reversed(favours)) if favours else ("", "")
    in_groups = f" in {len(set(forest.groups))} groups" if forest.groups else ""
    null = "zero" if forest.scale == "linear" else "a ratio of one"
    words = [
        f"{above} intervals lie wholly above {null}{right}",
        f"{below} wholly below{left}",
        f"{len(signed) - above - below} include {'zero' if forest.scale == 'linear' else 'it'}",
    ]
    if len(signed) < len(table):
        words.append(f"{len(table) - len(signed)} are sizes without a known direction")
    of = f" of {' '.join(table.caption.rstrip('.').split(chr(10)))}" if table.caption else ""
    told = [f"Forest plot{of}: {len(table)} estimates{in_groups}; {', '.join(words)}."]
    return " ".join([*told, *_summaries(forest), *_further(forest)])


def _summaries(forest: Forest) -> list[str]:
    """Return a sentence for each summary, and one for the prediction interval."""
    digits, level = places(forest), percent(forest.table[0].ci.level)
    told = []
    for key, estimate in forest.summaries:
        of = "all" if key == OVERALL else key
        numbers = written(estimate, forest, digits)
        told.append(f"Summary of {of}, {estimate.label}: {numbers}, {level} CI.")
    if forest.prediction:
        limits = written_interval(forest.prediction, forest, digits)
        told.append(f"{percent(forest.prediction.level)} prediction interval: {limits}.")
    return told


def _further(forest: Forest) -> list[str]:
    told = []
    if forest.weights:
        share, label = max(
            (share, e.label) for share, e in zip(forest.shares, forest.table, strict=True)
        )
        told.append(f"The largest weight is {share:.1%}, of {label}.")
    if forest.thresholds:
        named = "; ".join(
            f"{true_minus(f'{value:g}')} {name}".strip() for value, name in forest.thresholds
        )
        told.append(f"Marked: {named}.")
    return told
