"""What was assumed, and how each trial is analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from retrostats.plan.model_sentences import model_sentences
from retrostats.plan.sentences import STRATEGY_WORDS
from retrostats.plan.types import AnalysisPlan
from retrostats.plan.words import amount, listed
from retrostats.power.design.showing import design_sentences
from retrostats.report.blocks import Block, Facts, Heading, Listing, Paragraph, Table
from retrostats.report.power.types import PowerStudy

if TYPE_CHECKING:
    from retrostats.data.codebook.types import Codebook

#: What is done about several tests.
_MULTIPLICITY = {
    "none": "No adjustment for the number of comparisons",
    "holm": "Holm's method over the comparisons",
    "hierarchical": "Fixed order: each comparison only while all before it are significant",
}


def design_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return the design as a table, and where each of its numbers comes from."""
    design = study.design
    told = design_sentences(design)
    own, route = told[: len(told) - len(design.route)], design.route
    blocks: list[Block] = [
        Heading(text="What was assumed", anchor="design"),
        Table(
            id="design",
            layout=design.layout(),
            note="Gone, cumulative share that has left by the visit. SD, standard deviation "
            "within an arm. Means and SDs are those before scores are rounded to the scale.",
        ),
        Listing(items=own),
        Heading(text="Where each number comes from", anchor="route", depth=3),
    ]
    if route:
        blocks.append(Listing(items=route))
    else:
        blocks.append(Paragraph(text="The design does not say; a protocol should."))
    return tuple(blocks)


def plan_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return the planned analysis of the primary endpoint in words."""
    plan = study.plan
    return (
        Heading(text="How each simulated trial is analysed", anchor="plan"),
        Paragraph(
            text="Every simulated trial goes through the model of the plan, as the real one will."
        ),
        Facts(pairs=_facts(plan)),
        Paragraph(text=" ".join(plan_sentences(plan))),
    )


def _facts(plan: AnalysisPlan) -> tuple[tuple[str, str], ...]:
    events = [
        f"{each.event}: {STRATEGY_WORDS[each.strategy]}" for each in plan.estimand.intercurrent
    ]
    return (
        ("Plan", plan.title),
        ("Population", plan.estimand.population),
        ("Primary endpoint", f"{plan.primary.outcome} at week {amount(plan.primary.week)}"),
        ("Comparisons", "; ".join(each.label for each in plan.comparisons)),
        ("Tests", f"Two-sided at {amount(100 * (1 - plan.model.level))}%"),
        ("Multiplicity", _MULTIPLICITY[plan.multiplicity.method]),
        ("Intercurrent events", "; ".join(events) or "none named"),
    )


class _NamesAsLabels:
    """Stands for a codebook where there is none: a covariate is called by its name."""

    def __init__(self, label: str = "") -> None:
        self.label = label

    def covariate(self, name: str) -> _NamesAsLabels:
        return _NamesAsLabels(name)


def plan_sentences(plan: AnalysisPlan) -> tuple[str, ...]:
    """Return the planned model in the sentences of the report of a trial.

    Covariates are called by their names: labels stand in a codebook, and before a trial there
    need not be one.
    """
    return tuple(model_sentences(plan, cast("Codebook", _NamesAsLabels())))


_PUT_IN = (
    "Whether the difference of the design is true, or worth finding, is not in the simulation: it "
    "is what was put in."
)
_NORMAL = (
    "Scores are drawn from normal distributions with the same standard deviations and "
    "correlations in every arm"
)
_AT_RANDOM = (
    "Who leaves depends on no score that nobody sees: missing outcomes are at random, and not "
    "otherwise."
)
_INDEPENDENT = (
    "Subjects are independent of one another: no effect of a therapist, a group or a centre."
)


def limit_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return what the simulation takes as given and what it cannot say."""
    return (
        Heading(text="What this cannot say", anchor="limits"),
        Listing(items=limits_of(study)),
    )


def limits_of(study: PowerStudy) -> tuple[str, ...]:
    """Return what the simulation takes as given, a sentence each."""
    design, plan = study.design, study.plan
    rounded = ", then rounded to the scale and cut at its ends" if design.scale else ""
    told = [
        _PUT_IN,
        f"{_NORMAL}{rounded}. Nobody is selected by the score at baseline.",
        _AT_RANDOM,
        _events(plan),
        _INDEPENDENT,
    ]
    left_out = [
        name
        for name, there in (
            ("secondary endpoints", plan.secondary),
            ("sensitivity analyses", plan.sensitivity),
            ("subgroups", plan.subgroups),
            ("shares of responders", plan.responders),
        )
        if there
    ]
    if left_out:
        told.append(f"The plan also has {listed(left_out)}; their power is not told here.")
    return tuple(told)


def _events(plan: AnalysisPlan) -> str:
    events = [each.event for each in plan.estimand.intercurrent]
    named = f" ({listed(events)})" if events else ""
    return (
        f"Intercurrent events{named} are not simulated: the means of the design have to be those "
        "that the strategies of the plan ask for, events and all."
    )
