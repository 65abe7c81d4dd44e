"""A plan that asks for what the trial does not have is refused, with all it asks wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from retrostats.data.codebook.types import Codebook
from retrostats.data.rules import parse_rule
from retrostats.errors import PlanError
from retrostats.models.covariance import structure
from retrostats.models.inference.methods import METHODS
from retrostats.plan import names
from retrostats.plan.agreement import require_fits
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    IntercurrentEvent,
    ModelKind,
    ModelPlan,
    Multiplicity,
    PopulationPlan,
    ResponderPlan,
    Sensitivity,
    Subgroup,
)

MMRM = ModelPlan()
ANCOVA = names.default_model("ancova")
ANOVA = names.default_model("mixed_anova")
LMM = names.default_model("lmm")


def rules(*texts: str) -> Any:
    return tuple(parse_rule(text) for text in texts)


def per_protocol(*texts: str) -> dict[str, Any]:
    return {"population": PopulationPlan(kind="per protocol", rules=rules(*texts))}


def further(kind: Any, **choices: Any) -> dict[str, Any]:
    return {"sensitivity": (Sensitivity(kind=kind, **choices),)}


def responder(improvement: float = 2, basis: Any = "absolute", **endpoint: Any) -> dict[str, Any]:
    at = Endpoint(**{"outcome": "pain", "week": 6, **endpoint})
    return {"responders": (ResponderPlan(endpoint=at, improvement=improvement, basis=basis),)}


def subgroup(covariate: str, *at: float) -> dict[str, Any]:
    return {"subgroups": (Subgroup(covariate=covariate, at=at),)}


def secondary(outcome: str, week: float) -> dict[str, Any]:
    return {"secondary": (Endpoint(outcome=outcome, week=week),)}


def compared(treatment: str, comparator: str) -> Callable[[AnalysisPlan], AnalysisPlan]:
    comparison = Comparison(treatment=treatment, comparator=comparator)
    return lambda plan: replace(plan, comparisons=(*plan.comparisons, comparison))


def estimand(**changes: Any) -> Callable[[AnalysisPlan], AnalysisPlan]:
    def change(plan: AnalysisPlan) -> AnalysisPlan:
        changed = replace(plan.estimand, **changes)
        return replace(plan, estimand=changed, comparisons=(changed.comparison,))

    return change


def twice(event: str) -> tuple[IntercurrentEvent, ...]:
    return tuple(
        IntercurrentEvent(event=word, strategy="composite") for word in (event, event.upper())
    )


#: What is changed in a plan that fits, where the fault is, and part of the message.
CONTRADICTIONS: list[tuple[Any, str, str]] = [
    (
        compared("retr", "control"),
        "comparisons[1].treatment",
        "no arm 'retr'; did you mean 'retro'?",
    ),
    (compared("forward", "x"), "comparisons[1].comparator", "There are: control, retro, forward"),
    (compared("forward", "forward"), "comparisons[1]", "compared with itself"),
    (compared("retro", "control"), "comparisons[1]", "stands twice"),
    (compared("control", "retro"), "comparisons[1]", "turned round"),
    ({"comparisons": ()}, "comparisons[1]", "the first comparison must be that of the estimand"),
    (
        estimand(comparison=Comparison(treatment="retro", comparator="contrl")),
        "estimand.comparator",
        "did you mean 'control'?",
    ),
    (
        estimand(comparison=Comparison(treatment="retro", comparator="retro")),
        "estimand.treatment",
        "compared with itself",
    ),
    (
        estimand(endpoint=Endpoint(outcome="pian", week=6)),
        "estimand.endpoint",
        "no outcome 'pian'; did you mean 'pain'?",
    ),
    (
        estimand(endpoint=Endpoint(outcome="pain", week=12)),
        "estimand.week",
        "no visit at week 12. There are: 3 (week 3), 6 (end)",
    ),
    (estimand(endpoint=Endpoint(outcome="pain", week=0)), "estimand.week", "not after baseline"),
    (estimand(endpoint=Endpoint(outcome="pain", week=-2)), "estimand.week", "not after baseline"),
    (estimand(population=" "), "estimand.population", "population is empty"),
    (estimand(intercurrent=twice("stop")), "estimand.intercurrent[2].event", "'STOP' stands twice"),
    (estimand(intercurrent=twice("")), "estimand.intercurrent[1].event", "event is empty"),
    (secondary("pain", 6), "secondary[1]", "is the primary endpoint and cannot be secondary"),
    (secondary("womac", 6), "secondary[1].outcome", "no outcome 'womac'"),
    (secondary("pain", 4), "secondary[1].week", "no visit at week 4"),
    ({"secondary": (Endpoint(outcome="pain", week=3),) * 2}, "secondary[2]", "stands twice"),
    ({"model": replace(MMRM, covariates=("agee",))}, "model.covariates", "did you mean 'age'?"),
    (
        {"model": replace(MMRM, covariates=("sessions",))},
        "model.covariates",
        "known only after randomisation",
    ),
    ({"model": replace(MMRM, covariates=("pain",))}, "model.covariates", "'pain' is an outcome"),
    ({"model": replace(MMRM, covariates=("baseline",))}, "model.covariates", "is in the model"),
    ({"model": replace(MMRM, covariates=("age", "age"))}, "model.covariates", "stands twice"),
    ({"model": replace(MMRM, covariance=("ar2",))}, "model.covariance", "'ar2' is not known"),
    ({"model": replace(MMRM, covariance=("cs", "cs"))}, "model.covariance", "stands twice"),
    ({"model": replace(MMRM, covariance=())}, "model.covariance", "needs a covariance structure"),
    ({"model": replace(MMRM, df="kr")}, "model.df", "'kr' is not known"),
    ({"model": replace(MMRM, baseline=False)}, "model.baseline_by_visit", "needs baseline = true"),
    ({"model": replace(MMRM, standard_errors="HC3")}, "model.standard_errors", 'df = "CR2"'),
    ({"model": replace(MMRM, level=95)}, "model.level", "did you mean 0.95?"),
    ({"model": replace(MMRM, level=0.5)}, "model.level", "between 0.5 and 1"),
    ({"model": replace(ANCOVA, covariance=("us",))}, "model.covariance", "an ANCOVA has no covar"),
    ({"model": replace(ANCOVA, baseline_by_visit=True)}, "model.baseline_by_visit", "an ANCOVA"),
    ({"model": replace(ANCOVA, df="satterthwaite")}, "model.df", "has residual degrees"),
    (
        {"model": replace(ANOVA, covariates=("age",)), "sensitivity": ()},
        "model.covariates",
        "has no covariates",
    ),
    (
        {"model": replace(ANOVA, baseline=True), "sensitivity": ()},
        "model.baseline",
        "one of the visits",
    ),
    ({"multiplicity": Multiplicity(family="all")}, "multiplicity.family", "does nothing under"),
    (
        {"multiplicity": Multiplicity(method="holm", family="all")},
        "multiplicity.family",
        "there is no secondary one",
    ),
    (per_protocol(), "population.rules", "needs rules"),
    (per_protocol("session >= 12"), "population.rules", "did you mean"),
    (per_protocol("sex >= 2"), "population.rules", "category without order"),
    (per_protocol("sex == woman"), "population.rules", "'woman' is no level"),
    (per_protocol("age == old"), "population.rules", "age is a number"),
    (per_protocol("sessions >= 19"), "population.rules", "nobody can meet it"),
    (
        per_protocol("pain > 10"),
        "population.rules",
        "nobody can meet it, for pain runs from 0 to 10",
    ),
    (per_protocol("age < 18"), "population.rules", "nobody can meet it"),
    (per_protocol("age in 5, 6"), "population.rules", "nobody can meet it"),
    (
        {"population": PopulationPlan(rules=rules("age >= 40"))},
        "population.rules",
        "leaves nobody out",
    ),
    (further("per protocol"), "sensitivity[1].rules", "needs rules"),
    (further("per protocol", rules=rules("x > 1")), "sensitivity[1].rules", "'x' is no covariate"),
    (
        further("per protocol", rules=rules("age > 50", "age>50")),
        "sensitivity[1].rules",
        "a rule stands twice",
    ),
    (
        per_protocol("age >= 40", "sessions >= 12")
        | further("per protocol", rules=rules("sessions>=12")),
        "sensitivity[1].rules",
        "the population meets these rules already",
    ),
    (further("covariance"), "sensitivity[1].covariance", "needs covariance"),
    (further("covariance", covariance="us"), "sensitivity[1].covariance", "main analysis already"),
    (further("covariance", covariance="un"), "sensitivity[1].covariance", "'un' is not known"),
    (
        {"model": LMM} | further("covariance", covariance="cs"),
        "sensitivity[1].kind",
        "only an MMRM has a covariance",
    ),
    (further("delta"), "sensitivity[1].deltas", "needs deltas"),
    (further("delta", deltas=(0.0,)), "sensitivity[1].deltas", "each delta is positive"),
    (further("delta", deltas=(float("nan"),)), "sensitivity[1].deltas", "each delta is positive"),
    (further("delta", deltas=(1.0, 11.0)), "sensitivity[1].deltas", "nobody can be worse by 11"),
    (further("ancova", deltas=(1.0,)), "sensitivity[1].deltas", "belongs to kind = 'delta'"),
    (further("lmm") | {"model": LMM}, "sensitivity[1].kind", "is the main analysis already"),
    (further("delta", deltas=(1.0,)) | {"model": ANOVA}, "sensitivity[1].kind", "no delta"),
    (further("complete cases") | {"model": ANOVA}, "sensitivity[1].kind", "main analysis again"),
    (
        further("unadjusted") | {"model": replace(MMRM, baseline=False, baseline_by_visit=False)},
        "sensitivity[1].kind",
        "unadjusted already",
    ),
    (
        {
            "sensitivity": (
                Sensitivity(kind="delta", deltas=(1.0,)),
                Sensitivity(kind="delta", deltas=(2.0,)),
            )
        },
        "sensitivity[2].kind",
        "stands twice",
    ),
    (responder(week=5), "responders[1].week", "no visit at week 5"),
    (responder(outcome="x"), "responders[1].outcome", "no outcome 'x'"),
    (responder(11), "responders[1].improvement", "nobody can improve by 11"),
    (responder(1.5, "relative"), "responders[1].improvement_percent", "more than 100 %"),
    (
        responder(0.3, "relative", outcome="extension"),
        "responders[1].improvement_percent",
        "a percentage of a negative baseline",
    ),
    (responder(0), "responders[1]", "an improvement is positive"),
    (subgroup("agee", 50), "subgroups[1].covariate", "did you mean 'age'?"),
    (subgroup("sessions", 5), "subgroups[1].covariate", "known only after randomisation"),
    (subgroup("age"), "subgroups[1].at", "say at which values"),
    (subgroup("sex", 1), "subgroups[1].at", "is a category, whose levels are the subgroups"),
    (subgroup("age", 10, 50, 95), "subgroups[1].at", "10, 95 outside the range of age, 18 to 90"),
    (subgroup("age", 50, 50), "subgroups[1].at", "stands twice"),
    ({"subgroups": (Subgroup(covariate="sex"),) * 2}, "subgroups[2]", "stand twice"),
    (
        subgroup("sex") | {"model": ANOVA, "sensitivity": ()},
        "subgroups[1]",
        "no interaction with a covariate",
    ),
]


@pytest.mark.parametrize(("change", "place", "message"), CONTRADICTIONS)
def test_a_contradiction_is_told(
    change: Any, place: str, message: str, plan: AnalysisPlan, codebook: Codebook
) -> None:
    wrong = change(plan) if callable(change) else replace(plan, **change)
    with pytest.raises(PlanError) as told:
        require_fits(wrong, codebook)
    lines = [line for line in str(told.value).split("\n")[1:] if message in line]
    assert lines, str(told.value)
    assert f"plan.toml, key {place}: " in lines[0]
    assert len(str(told.value).split("\n")) == 2 or "event" in place, "one cause, one fault"


def test_all_contradictions_come_together(plan: AnalysisPlan, codebook: Codebook) -> None:
    wrong = replace(
        plan,
        model=replace(ANCOVA, covariates=("x",), covariance=("us",)),
        **secondary("pain", 9),
        **subgroup("age"),
    )
    with pytest.raises(PlanError, match=r"'A plan' against codebook\.toml: 4 faults found"):
        require_fits(wrong, codebook)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"model": LMM},
        {"model": replace(ANCOVA, standard_errors="HC3")},
        {"model": ANOVA, "sensitivity": ()},
        {"model": replace(MMRM, covariates=("age",)), **subgroup("age", 50, 60)},
        {"multiplicity": Multiplicity(method="hierarchical")},
        per_protocol("sessions >= 12", "sex in female", "pain >= 3"),
        further("per protocol", rules=rules("sessions >= 18")),
        further("covariance", covariance="toeph"),
        responder(0.3, "relative"),
        {"multiplicity": Multiplicity(method="holm", family="all"), **secondary("extension", 3)},
    ],
)
def test_a_plan_that_fits_passes(
    change: dict[str, Any], plan: AnalysisPlan, codebook: Codebook
) -> None:
    require_fits(replace(plan, **change), codebook)


def test_a_wide_file_has_no_column_for_it(plan: AnalysisPlan, wide: Codebook) -> None:
    require_fits(plan, wide)
    with pytest.raises(PlanError, match="extension was not measured at baseline and week 3"):
        require_fits(replace(plan, **secondary("extension", 3)), wide)
    unadjusted = replace(plan, model=replace(MMRM, baseline=False, baseline_by_visit=False))
    require_fits(replace(unadjusted, **secondary("extension", 6)), wide)
    with pytest.raises(PlanError, match=r"responders\[1\].outcome: extension was not measured"):
        require_fits(replace(unadjusted, **responder(outcome="extension")), wide)


def test_one_visit_after_baseline(plan: AnalysisPlan, one_follow_up: Codebook) -> None:
    with pytest.raises(PlanError, match='this trial has one; write kind = "ancova"'):
        require_fits(plan, one_follow_up)
    require_fits(replace(plan, model=ANCOVA, sensitivity=()), one_follow_up)
    with pytest.raises(PlanError, match="the main analysis uses complete cases"):
        require_fits(replace(plan, model=ANCOVA), one_follow_up)
    with pytest.raises(PlanError, match="lmm models repeated visits"):
        require_fits(replace(plan, model=ANCOVA, **further("lmm")), one_follow_up)


def test_the_words_are_those_of_the_models() -> None:
    assert set(names.DEGREES_OF_FREEDOM) == set(METHODS)
    for name in names.COVARIANCES:
        structure(name, (0, 3, 6))
    assert set(names.MODEL_WORDS) == set(get_args(ModelKind))
    with pytest.raises(Exception, match="is not a covariance structure") as told:
        structure("no such", (0, 3, 6))
    assert all(name in str(told.value) for name in names.COVARIANCES)
