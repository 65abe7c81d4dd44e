"""A design whose power is known at any size, and the answer to what is asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from retrostats.power.closed.answer import PowerAnswer
from retrostats.power.closed.asked import Question, whole_above
from retrostats.power.closed.faults import faults_of
from retrostats.power.closed.solving import (
    WIDEST,
    difference_reaching,
    size_reaching,
    whole_size,
)

#: Sizes per arm, treated first, which need not be whole.
Arms = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a closed form knows of a design.

    Attributes
    ----------
    function
        Public name, for messages.
    words, test
        The design and its test, as a protocol says them.
    arms
        Names of the arms, of which sizes are given.
    chance
        Power at a true difference and sizes.
    least
        Fewest of the last arm at which the test exists.
    scale
        A usual distance of the difference: the SD.
    claim
        In place of what an interval has to show.
    effect
        What the difference is, where it is not that of two arms.
    farthest
        Largest true difference on either side.
    counted, each
        What the sizes count, and how many subjects one of them holds.
    takes, follows, assumptions, sources
        What goes in, what follows from it, what has to hold, and papers with their DOI.
    """

    function: str
    words: str
    test: str
    arms: tuple[str, ...]
    chance: Callable[[float, Arms], float]
    least: float
    scale: float
    takes: tuple[str, ...]
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]
    follows: tuple[str, ...] = ()
    claim: str = ""
    effect: str = "difference"
    farthest: float = math.inf
    counted: str = "subjects"
    each: float = 1.0


def answer(design: Design, question: Question) -> PowerAnswer:
    """Return the one of sample size, power and difference that was left out.

    Parameters
    ----------
    design
        With its power at any size.
    question
        What is known.

    Raises
    ------
    DataError
        If there are too few for the test, what is asked cannot be reached, or the difference is
        of a size that none has.
    """
    _require_possible(design, question)
    if question.asked != "n":
        _require_enough(design, question)
    sizes: tuple[int, ...]
    sizes, exact = _sizes(design, question)
    difference = question.difference
    if question.asked == "difference":
        difference = _difference(design, question, sizes)
    claim = question.claim
    if len(sizes) == 1:  # all arms are equal, or there is one
        sizes = sizes * len(design.arms)
    randomised = tuple(whole_above(n / (1 - question.dropout)) for n in sizes)
    return PowerAnswer(
        design=design.words,
        test=design.test,
        asked=question.asked,
        arms=design.arms,
        n=sizes,
        n_exact=exact,
        total=sum(sizes),
        randomised=randomised,
        power=design.chance(difference, sizes),
        power_asked=question.power,
        difference=difference,
        effect=design.effect,
        unit=question.unit,
        level=claim.level,
        goal=claim.goal,
        margin=claim.margin,
        claim=design.claim or claim.words(question.unit),
        dropout=question.dropout,
        counted=design.counted,
        each=design.each,
        takes=design.takes,
        follows=design.follows,
        assumptions=design.assumptions,
        sources=design.sources,
    )


def _require_possible(design: Design, question: Question) -> None:
    if abs(question.difference) > WIDEST * design.scale:
        fault = (
            f"difference={question.difference:g} is more than a million times the spread of what "
            "is compared, which no trial has; look for a slip of the unit in either"
        )
        raise faults_of(design.function, [fault])


def _require_enough(design: Design, question: Question) -> None:
    if question.sizes[-1] < design.least:
        raise faults_of(
            design.function,
            [
                (
                    f"n={question.sizes[-1]} leaves too few degrees of freedom; with this "
                    f"allocation the test needs {math.ceil(design.least)} {design.counted} per arm "
                    "or more"
                )
            ],
        )


def _sizes(design: Design, question: Question) -> tuple[tuple[int, ...], float]:
    if question.asked != "n":
        return question.sizes, math.nan

    def sizes(n: float) -> Arms:
        return tuple(share * n for share in question.allocation)

    def whole(n: float) -> tuple[int, ...]:
        return tuple(whole_above(size) for size in sizes(n))

    def chance(arms: Arms) -> float:
        return design.chance(question.difference, arms)

    exact = size_reaching(lambda n: chance(sizes(n)), question.power, design.least)
    size = whole_size(lambda n: chance(whole(n)), question.power, exact, whole_above(design.least))
    return whole(size), exact


def _difference(design: Design, question: Question, sizes: tuple[int, ...]) -> float:
    claim = question.claim
    start = {"superiority": 0.0, "non-inferiority": -claim.margin}.get(claim.goal, -claim.margin)
    sign = -1.0 if claim.goal == "equivalence" else claim.sign
    end = 0.0 if claim.goal == "equivalence" else design.farthest
    distance = difference_reaching(
        lambda distance: design.chance(sign * distance, sizes),
        question.power,
        start=start,
        scale=claim.margin if claim.goal == "equivalence" else design.scale,
        end=end,
    )
    return sign * distance
