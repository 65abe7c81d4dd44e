"""A plan as a notebook shows it: every choice by the names of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrostats.layout import value_words
from retrostats.layout.html import bold, facts

if TYPE_CHECKING:
    from retrostats.plan.types import AnalysisPlan, Endpoint, ResponderPlan, Sensitivity


def plan_html(plan: AnalysisPlan) -> str:
    """Return the title and a table of what was decided.

    Parameters
    ----------
    plan
        From `retrostats.plan.reading.read_plan`.
    """
    return bold(plan.title) + facts([*_question(plan), *_methods(plan), *_further(plan)])


def _question(plan: AnalysisPlan) -> Iterator[tuple[str, str]]:
    estimand = plan.estimand
    yield "Primary question", f"{estimand.comparison.label}: {_endpoint(plan.primary)}"
    yield "In whom", estimand.population
    yield (
        "Intercurrent events",
        "; ".join(f"{each.event}: {each.strategy}" for each in estimand.intercurrent),
    )
    yield "Summary", estimand.summary
    yield "Comparisons", "; ".join(each.label for each in plan.comparisons)
    yield "Secondary endpoints", "; ".join(map(_endpoint, plan.secondary))


def _methods(plan: AnalysisPlan) -> Iterator[tuple[str, str]]:
    model = plan.model
    yield "Model", model.kind
    own = "no" if not model.baseline else "yes, by visit" if model.baseline_by_visit else "yes"
    yield "Adjusted for baseline", own
    yield "Covariates", ", ".join(model.covariates)
    if model.kind == "mmrm":
        yield "Covariance", ", then ".join(model.covariance)
    yield "Degrees of freedom", model.df
    if model.kind == "ancova":
        yield "Standard errors", model.standard_errors
    yield "Level of intervals", f"{100 * model.level:g}%"
    yield "Multiplicity", _multiplicity(plan)
    rules = "; ".join(rule.text for rule in plan.population.rules)
    yield "Analysed", plan.population.kind + (f": {rules}" if rules else "")


def _further(plan: AnalysisPlan) -> Iterator[tuple[str, str]]:
    yield "Sensitivity", "; ".join(map(_sensitivity, plan.sensitivity))
    yield "Responders", "; ".join(map(_responders, plan.responders))
    yield (
        "Subgroups",
        "; ".join(
            f"{each.covariate} at {value_words(each.at)}" if each.at else each.covariate
            for each in plan.subgroups
        ),
    )
    yield "File", plan.source
    yield "Digest", plan.digest[:12]


def _endpoint(endpoint: Endpoint) -> str:
    return f"{endpoint.outcome} at week {endpoint.week:g}"


def _multiplicity(plan: AnalysisPlan) -> str:
    method = plan.multiplicity.method
    return method if method == "none" else f"{method}, family: {plan.multiplicity.family}"


def _sensitivity(each: Sensitivity) -> str:
    details = [*(rule.text for rule in each.rules), each.covariance or "", value_words(each.deltas)]
    details += [f"reference {each.reference}" if each.reference else "", each.inference or ""]
    counts = {"imputations": each.imputations, "replicates": each.replicates}
    details += [f"{count} {name}" for name, count in counts.items() if count is not None]
    details += [f"seed {each.seed}" if each.seed is not None else ""]
    told = ", ".join(filter(None, details))
    return f"{each.kind} ({told})" if told else each.kind


def _responders(each: ResponderPlan) -> str:
    size = f"{100 * each.improvement:g}%" if each.basis == "relative" else f"{each.improvement:g}"
    missing = "missing " + ("excluded" if each.missing == "excluded" else "as non-responders")
    return f"{_endpoint(each.endpoint)}, improved by {size} or more, {missing}"
