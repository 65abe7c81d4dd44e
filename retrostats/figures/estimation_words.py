"""What an estimation plot says: below its groups and differences, above it, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrostats.description.types import Distribution
from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.thinning import thinned_words
from retrostats.layout import decimals, number, percent, true_minus

#: Differences closer than this share of the means are the differences of the means.
_SAME = 1e-9


def count_words(group: Distribution) -> str:
    """Return how many values a group has, and how many are missing.

    Parameters
    ----------
    group
        Any.
    """
    return f"n = {group.n:,}" + (f", {group.missing:,} missing" if group.missing else "")


def direction_words(better: str | None, *, along: str = "y") -> str:
    """Return which direction is benefit, with an arrow along the axis; empty if not told.

    Parameters
    ----------
    better
        ``"lower"``, ``"higher"`` or ``None``.
    along
        ``"x"`` or ``"y"``: the axis of the values.
    """
    arrows = {("y", "lower"): "↓", ("y", "higher"): "↑", ("x", "lower"): "←", ("x", "higher"): "→"}
    return f"{arrows[along, better]} {better} is better" if better else ""


def interval_words(estimate: Estimate, *, level: bool) -> str:
    """Return an estimate and its interval, rounded to two digits of the width of the interval.

    A limit that is not 0 gets as many further digits, up to two, as show on which side it lies.

    Parameters
    ----------
    estimate
        With finite limits.
    level
        Whether the coverage is written too.

    Examples
    --------
    >>> interval_words(Estimate.from_se("a - b", -0.797, 0.319, unit="", df=54.9), level=True)
    '−0.8 (95% CI −1.4 to −0.2)'
    """
    low, high, coverage = estimate.ci
    least = decimals(high - low, 2)
    hidden = [
        any(limit and not round(limit, places) for limit in (low, high))
        for places in range(least, least + 2)
    ]
    places = least + sum(hidden)
    said = f"{percent(coverage)} CI " if level else ""
    value, low_text, high_text = (number(each, places) for each in (estimate.value, low, high))
    return true_minus(f"{value} ({said}{low_text} to {high_text})")


def are_of_the_means(groups: Sequence[Distribution], differences: EstimateTable) -> bool:
    """Say whether the differences are those of the means drawn, and not those of a model.

    Parameters
    ----------
    groups, differences
        As given to `retrostats.figures.estimation.plot_estimation`.
    """
    reference = groups[0].mean
    return all(
        abs(each.value - (group.mean - reference))
        <= _SAME * max(abs(group.mean), abs(reference), abs(each.value))
        for group, each in zip(groups[1:], differences, strict=True)
    )


def note_words(
    groups: Sequence[Distribution],
    differences: EstimateTable,
    better: str | None,
    drawn: Sequence[int],
    *,
    told: str = "",
) -> str:
    """Return what stands above the plot: the direction, what the marks are, what is not drawn.

    Parameters
    ----------
    groups, differences, better
        As given to `retrostats.figures.estimation.plot_estimation`.
    drawn
        How many values of each group are drawn.
    told
        What the differences are, in the words of the caller.
    """
    parts = [direction_words(better)] if better else []
    of_means, of_differences = (
        percent(groups[0].mean_ci.level),
        percent(differences[0].ci.level),
    )
    if of_means == of_differences:
        parts.append(f"bars: {of_means} CI")
    else:
        parts.append(f"bars: {of_means} CI of means, {of_differences} CI of differences")
    without = sum(not group.values for group in groups)
    if without:
        which = "" if without == len(groups) else ", where single values are not known"
        parts.append(f"pale bars: mean ± SD{which}")
    parts += drawn_words(groups, drawn)
    if source := _source_words(groups, differences, told):
        parts.append(source)
    return "; ".join(parts)


def drawn_words(groups: Sequence[Distribution], drawn: Sequence[int]) -> list[str]:
    """Return how many values are drawn, if not all are.

    Parameters
    ----------
    groups
        Those drawn.
    drawn
        How many values of each.
    """
    every = sum(len(group.values) for group in groups)
    told = thinned_words(sum(drawn), every, "values")
    return [f"{told}, evenly by rank"] if told else []


def _source_words(groups: Sequence[Distribution], differences: EstimateTable, told: str) -> str:
    """Say what the differences are; nothing where they are plainly those of the means."""
    if told:
        return f"differences: {told}"
    if are_of_the_means(groups, differences):
        return ""
    caption = " ".join(differences.caption.rstrip(".").split())
    table = f"the table “{caption}”" if caption else "the table given"
    return f"differences: those of {table}, not of the means drawn"


def groups_sentence(
    groups: Sequence[Distribution],
    names: Sequence[str],
    *,
    ylabel: str,
    better: str | None,
    drawn: Sequence[int],
) -> str:
    """Tell what the groups look like.

    Parameters
    ----------
    groups, names
        Those drawn, and their words for readers.
    ylabel, better
        As given to `retrostats.figures.estimation.plot_estimation`.
    drawn
        How many values of each group are drawn.
    """
    shown = "Values" if all(group.values for group in groups) else "Values, means and SDs"
    shown = shown if any(group.values for group in groups) else "Means and SDs"
    direction = f", {better} is better" if better else ""
    told = "; ".join(
        f"{name} ({count_words(group)}) {_mean_words(group)}"
        for name, group in zip(names, groups, strict=True)
    )
    thinned = "".join(f" {words}." for words in drawn_words(groups, drawn))
    level = percent(groups[0].mean_ci.level)
    return (
        f"{shown} of {ylabel or 'the outcome'} in {len(groups)} groups{direction}. "
        f"Means with {level} confidence intervals: {told}.{thinned}"
    )


def _mean_words(group: Distribution) -> str:
    low, high, _ = group.mean_ci
    if group.n < 2:
        return number(group.mean, decimals(abs(group.mean)))
    places = decimals(group.sd)
    limits = f"{number(low, places)} to {number(high, places)}"
    return true_minus(f"{number(group.mean, places)} ({limits})")


def differences_sentence(
    groups: Sequence[Distribution],
    differences: EstimateTable,
    names: Mapping[str, str],
    *,
    told: str = "",
) -> str:
    """Tell the differences, and whether they are those of the means.

    Parameters
    ----------
    groups, differences
        As given to `retrostats.figures.estimation.plot_estimation`.
    names
        Words for readers by label.
    told
        What the differences are, in the words of the caller.
    """
    reference = names[groups[0].arm]
    each_of = "; ".join(
        f"{names[group.arm]} {interval_words(each, level=True)}"
        for group, each in zip(groups[1:], differences, strict=True)
    )
    sentence = f"Difference from {reference}: {each_of}."
    words = _source_words(groups, differences, told)
    return f"{sentence} {words[0].upper()}{words[1:]}." if words else sentence
