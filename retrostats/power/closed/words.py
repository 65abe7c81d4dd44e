"""Sentences of a sample size, for a terminal and for a protocol."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from retrostats.plan.words import with_unit

if TYPE_CHECKING:
    from retrostats.power.closed.answer import PowerAnswer


def quantity(value: float, unit: str) -> str:
    """Write a number with four digits and its unit.

    Examples
    --------
    >>> quantity(-1.5, "points"), quantity(-1, "points"), quantity(0.25, "")
    ('-1.5 points', '-1 point', '0.25')
    """
    return with_unit(f"{value:.4g}", unit)


def power(chance: float) -> str:
    """Write a power, never as more than it is.

    Examples
    --------
    >>> power(0.80146), power(0.99999), power(1.0), power(0.8)
    ('80.1%', 'above 99.9%', 'above 99.9%', '80.0%')
    """
    return "above 99.9%" if chance > 0.9995 else f"{100 * chance:.1f}%"


def effect(answer: PowerAnswer) -> str:
    """Write the effect by the name that it has in this design."""
    article = "an" if answer.effect.startswith("SD") else "a"
    return f"{article} {answer.effect} of {quantity(answer.difference, answer.unit)}"


def sizes(answer: PowerAnswer) -> str:
    """Write the sizes per arm and in total."""
    return _sizes(answer, answer.n)


def inflated(answer: PowerAnswer) -> str:
    """Write how many are to be randomised; empty where everybody stays."""
    if math.isclose(answer.dropout, 0):
        return ""
    verb = "randomise" if len(answer.n) > 1 else "include"
    return (
        f"; {_sizes(answer, answer.randomised)} to {verb}, "
        f"for {100 * answer.dropout:.4g}% without an outcome"
    )


def _sizes(answer: PowerAnswer, n: tuple[int, ...]) -> str:
    counted = answer.counted
    if len(n) == 1:
        return f"{n[0]:,} {counted}"
    groups = {"subjects": "arm", "clusters": "arm"}.get(counted, "arm")
    groups = "sequence" if answer.arms[0].startswith("treated first") else groups
    total = f"({sum(n):,} in total)"
    if len(set(n)) == 1:
        return f"{n[0]:,} {counted} per {groups} {total}"
    each = " and ".join(f"{size:,} ({arm})" for size, arm in zip(n, answer.arms, strict=True))
    return f"{each} {counted} {total}"


def paragraph(answer: PowerAnswer) -> str:
    """Return the sample-size paragraph of a paper or protocol.

    Parameters
    ----------
    answer
        With all that was given and computed.
    """
    takes = ", ".join(answer.takes[:-1]) + " and " * (len(answer.takes) > 1) + answer.takes[-1]
    sentences = [
        f"The trial compares {answer.design}",
        answer.claim,
        _main(answer),
        f"Analysis: {answer.test}",
        f"The calculation takes {takes}",
        *answer.follows,
        *_dropout(answer),
        *answer.assumptions,
        f"Sources: {'; '.join(answer.sources)}",
    ]
    return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences)


def _main(answer: PowerAnswer) -> str:
    difference = quantity(answer.difference, answer.unit)
    true = f"a true difference (treated - comparator) of {difference}"
    if answer.effect != "difference":
        true = f"a true {answer.effect} of {difference}"
    has = f"{sizes(answer)}{_subjects(answer)}"
    if answer.asked == "n":
        wanted = f"{100 * answer.power_asked:.4g}%"
        reached = f"; with these whole numbers it is {power(answer.power)}"
        return f"For a power of {wanted} at {true}, {has} are needed{reached}"
    if answer.asked == "power":
        return f"With {has} the power is {power(answer.power)} at {true}"
    return f"With {has} a power of {power(answer.power)} is reached at {true}"


def _subjects(answer: PowerAnswer) -> str:
    if answer.each == 1:
        return ""
    return f", {answer.each:g} subjects in each and {round(answer.total * answer.each):,} in all,"


def _dropout(answer: PowerAnswer) -> list[str]:
    if math.isclose(answer.dropout, 0):
        return []
    verb = "are to be randomised" if len(answer.n) > 1 else "are to be included"
    return [
        (
            f"With {100 * answer.dropout:.4g}% expected to be left without an outcome, "
            f"{_sizes(answer, answer.randomised)} {verb}"
        )
    ]
