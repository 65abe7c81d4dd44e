"""The answer first: how many subjects, and with what power."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.layout import limits, number, percent
from retrostats.plan.words import amount, listed, quantity
from retrostats.power.simulated.comparison import percent_words
from retrostats.power.simulated.result import SimulatedPower
from retrostats.report.analysis.words import sentence
from retrostats.report.blocks import Block, Heading, Notice, Paragraph
from retrostats.report.power.types import PowerStudy

#: Fewer trials leave a Monte Carlo error that a protocol should not rest on.
_ENOUGH = 1000


def answer_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return the first section: sizes and power, and what a reader must know of them."""
    return (
        Heading(text="The answer", anchor="answer"),
        Paragraph(text=lead(study), lead=True),
        *(Notice(text=caution, kind="caution") for caution in cautions(study)),
        Paragraph(text=f"{_lost(study.main)} {_LIMIT}"),
    )


_LIMIT = (
    "The answer is as good as the design: if the true difference is smaller or scores vary more "
    "than it says, the power is lower, as the section on its assumptions shows."
)


def lead(study: PowerStudy) -> str:
    """Return the size and its power, or the power at each size that was given."""
    return " ".join(_found(study) if study.found else _given(study))


def _found(study: PowerStudy) -> Iterator[str]:
    found, main = study.found, study.main
    if found is None:
        return
    wanted = percent(found.power)
    per_protocol = study.plan.population.kind == "per protocol"
    what = "have to be analysed per protocol" if per_protocol else "have to be randomised"
    yield f"{sizes_words(main)} {what} for a power of {wanted} {_aim(main)}."
    yield (
        f"In {main.replicates:,} simulated trials of this size, each analysed as planned, with a "
        f"true difference of {truth_words(main)}, the power was {power_words(main)}."
    )
    if found.fewest:
        yield (
            "These are the fewest that leave the planned model enough degrees of freedom; smaller "
            "sizes were not tried."
        )
    elif found.low < found.high:
        yield (
            f"By the curve through all simulations the size for {wanted} lies between "
            f"{found.low:,} and {found.high:,}{_each(main)}."
        )


def _each(main: SimulatedPower) -> str:
    return " per arm" if _equal(main) else " in an arm with allocation 1"


def _given(study: PowerStudy) -> Iterator[str]:
    first, *others = study.asked
    if first.primary.truth == 0 and first.margin is None:
        yield (
            f"In the design {_pair(first)} do not differ, so that the answer is how often the plan "
            f"finds a difference where there is none: with {sizes_words(first)} in "
            f"{power_words(first)} of {first.replicates:,} simulated trials."
        )
    else:
        yield (
            f"With {sizes_words(first)} the power {_aim(first)} is {power_words(first)}, by "
            f"{first.replicates:,} simulated trials, each analysed as planned, with a true "
            f"difference of {truth_words(first)}."
        )
    for each in others:
        yield f"With {sizes_words(each)} it is {power_words(each)}."


def _aim(main: SimulatedPower) -> str:
    """Return what the trial is to show."""
    plan, margin = main.plan, main.margin
    where = f"in {plan.primary.outcome} at week {amount(plan.primary.week)}"
    if margin is None:
        return f"to show that {_pair(main)} differ {where}"
    first, size = plan.comparisons[0], quantity(abs(margin), main.design.unit)
    if margin > 0:
        told = f"is not worse than {first.comparator} by {size} or more"
    else:
        told = f"is better than {first.comparator} by more than {size}"
    return f"to show that {first.treatment} {told} {where}"


def _pair(main: SimulatedPower) -> str:
    first = main.plan.comparisons[0]
    return f"{first.treatment} and {first.comparator}"


def sizes_words(main: SimulatedPower) -> str:
    """Return the subjects of the arms, e.g. ``"64 subjects per arm (192 in all)"``."""
    if _equal(main):
        return f"{main.n[0][1]:,} subjects per arm ({main.total:,} in all)"
    arms = listed([f"{count:,} subjects of {label}" for label, count in main.n])
    return f"{arms} ({main.total:,} in all)"


def _equal(main: SimulatedPower) -> bool:
    return len({count for _, count in main.n}) == 1


def power_words(main: SimulatedPower) -> str:
    """Return the power of the first comparison with its error and interval, in percent."""
    aimed = main.aimed
    error = f"Monte Carlo error {100 * aimed.error:.2f} percentage points"
    if main.margin is not None:
        return f"{percent_words(aimed.value)} ({error})"
    low, high, level = main.primary.interval
    ends = limits(100 * low, 100 * high, 1)
    return f"{percent_words(aimed.value)} ({percent(level)} CI {ends}%; {error})"


def truth_words(main: SimulatedPower) -> str:
    """Return the true difference of the first comparison, e.g. ``"-0.80 points"``."""
    unit = f" {main.design.unit}" if main.design.unit else ""
    return f"{number(main.primary.truth, 2)}{unit}"


def _lost(main: SimulatedPower) -> str:
    lost = [(label, 1 - share) for label, share in main.seen]
    if not any(share for _, share in lost):
        return "Everybody has a score at the endpoint."
    told = listed([f"{100 * share:.1f}% of {label}" for label, share in lost])
    return f"Among these subjects are those who will have no score at the endpoint: {told}."


def cautions(study: PowerStudy) -> tuple[str, ...]:
    """Return what a reader of the answer must know, in sentences."""
    told = list(study.main.caveats)
    trials = study.main.replicates
    if trials < _ENOUGH and not study.main.stopped_early:
        told.append(f"only {trials:,} trials were simulated; a protocol should rest on more")
    return tuple(map(sentence, told))
