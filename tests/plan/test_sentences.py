"""The plan in words: what was planned is said, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrostats.data.codebook.types import Codebook
from retrostats.data.rules import parse_rule
from retrostats.plan import names
from retrostats.plan.sentences import (
    STRATEGY_WORDS,
    planned_sentences,
    strategy_caveats,
)
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    IntercurrentEvent,
    ModelPlan,
    Multiplicity,
    PopulationPlan,
    ResponderPlan,
    Sensitivity,
    Subgroup,
)


def test_the_plan_in_words(plan: AnalysisPlan, codebook: Codebook) -> None:
    forward = Comparison(treatment="forward", comparator="control")
    pain = Endpoint(outcome="pain", week=6)
    full = replace(
        plan,
        comparisons=(*plan.comparisons, forward),
        secondary=(Endpoint(outcome="extension", week=3),),
        model=ModelPlan(covariates=("sex", "age"), df="CR2", level=0.9),
        multiplicity=Multiplicity(method="holm"),
        sensitivity=(Sensitivity(kind="unadjusted"), Sensitivity(kind="delta", deltas=(0.5, 1))),
        responders=(
            ResponderPlan(endpoint=pain, improvement=0.29, basis="relative", missing="excluded"),
            ResponderPlan(endpoint=pain, improvement=1),
        ),
        subgroups=(Subgroup(covariate="age", at=(50, 60)),),
    )
    assert planned_sentences(full, codebook) == (
        (
            "The primary estimand is the difference of means, treatment minus comparator, in Pain "
            "at end (week 6) (NRS 0-10, points; lower is better): Retro walking compared with "
            "Usual care, in this population: adults."
        ),
        (
            'The intercurrent event "stopping" is handled by treatment policy: values are used as '
            "observed, whatever happened."
        ),
        "The further comparison is Forward walking minus Usual care.",
        "The secondary endpoint is Extension at week 3.",
        (
            "Each endpoint is analysed by a mixed model for repeated measures with arm, visit and "
            "their interaction at all visits after baseline."
        ),
        "It adjusts for the baseline of the outcome (with a slope for each visit), Sex and Age.",
        (
            "The covariance of the visits is unstructured, estimated by restricted maximum "
            "likelihood; if it cannot be fitted, heterogeneous Toeplitz, then first-order "
            "autoregressive take its place in this order, and the result says so."
        ),
        (
            "Two-sided tests and 90% confidence intervals use a cluster-robust (CR2) covariance "
            "with Bell and McCaffrey's degrees of freedom; tests of model terms are of type III."
        ),
        (
            "Every value observed after baseline is used of subjects who have what the model "
            "adjusts for; missing outcomes are taken as missing at random given what the model "
            "holds."
        ),
        (
            "p values are adjusted by Holm's method over the comparisons of each endpoint by "
            "themselves."
        ),
        "No error rate is shared across endpoints.",
        (
            "Estimates, intervals and what they say of the smallest worthwhile change are those "
            "of single comparisons and are not adjusted for multiplicity."
        ),
        "The planned population is all randomised subjects, in the arm of their allocation.",
        (
            "The sensitivity analyses of the primary endpoint are the planned model with "
            "neither baseline nor covariates and the planned model with the missing outcomes of "
            "the treated arm worse by 0.5 and 1 points than it expects."
        ),
        (
            "A responder improves from baseline to end (week 6) in Pain by at least 29% of the "
            "baseline value; who lacks the value is left out."
        ),
        (
            "A responder improves from baseline to end (week 6) in Pain by at least 1 point; who "
            "lacks the value counts as a non-responder."
        ),
        (
            "Shares of responders have Wilson's intervals, their differences Newcombe's; risk "
            "ratios have normal intervals on the log scale."
        ),
        (
            "Subgroup effects on the primary endpoint are estimated by the interaction with Age "
            "(shown at 50 and 60 years)."
        ),
    )


@pytest.mark.parametrize("kind", names.MODELS)
def test_every_model_has_its_words(kind: str, plan: AnalysisPlan, codebook: Codebook) -> None:
    model = names.default_model(kind)  # type: ignore[arg-type]
    told = " ".join(planned_sentences(replace(plan, model=model), codebook))
    assert names.MODEL_WORDS[kind] in told
    assert ("covariance of the visits" in told) == (kind == "mmrm")
    assert ("Greenhouse" in told) == (kind == "mixed_anova")
    assert ("residual degrees" in told) == (kind == "ancova")
    assert ("as many degrees of freedom as subjects minus arms" in told) == (kind == "mixed_anova")
    assert ("ordinary least squares" in told) == (kind == "ancova")
    assert ("restricted maximum likelihood" in told) == (kind in ("mmrm", "lmm"))
    assert ("missing completely at random" in told) == (kind == "mixed_anova")
    assert ("missing at random given" in told) == (kind != "mixed_anova")
    assert told.count("of type III") == told.lower().count("two-sided") == 1
    assert ("baseline of the outcome" in told) == (kind != "mixed_anova")
    assert ("slope for each visit" in told) == (kind in ("mmrm", "lmm"))


def test_words_of_hierarchy_protocol_and_robust_errors(
    plan: AnalysisPlan, codebook: Codebook
) -> None:
    changed = replace(
        plan,
        model=replace(names.default_model("ancova", baseline=False), standard_errors="HC3"),
        multiplicity=Multiplicity(method="hierarchical", family="all"),
        population=PopulationPlan(kind="per protocol", rules=(parse_rule("sessions >= 12"),)),
    )
    told = " ".join(planned_sentences(changed, codebook))
    assert "neither for the baseline of the outcome nor for covariates" in told
    assert (
        "residual degrees of freedom and HC3 heteroscedasticity-consistent standard errors" in told
    )
    assert "in the order of the plan over the comparisons of each endpoint by themselves" in told
    both = replace(changed, secondary=(Endpoint(outcome="extension", week=3),))
    told_both = " ".join(planned_sentences(both, codebook))
    assert "of the plan over the comparisons of primary and secondary endpoints" in told_both
    assert "No error rate is shared" not in told + told_both
    assert "per protocol: subjects who meet sessions >= 12, in the arm of their allocation." in told


def test_a_strategy_that_the_data_cannot_give_is_a_caveat(plan: AnalysisPlan) -> None:
    assert strategy_caveats(plan) == ()
    for strategy in names.STRATEGIES[1:]:
        event = IntercurrentEvent(event="surgery", strategy=strategy)  # type: ignore[arg-type]
        estimand = replace(plan.estimand, intercurrent=(*plan.estimand.intercurrent, event))
        (caveat,) = strategy_caveats(replace(plan, estimand=estimand))
        assert caveat.startswith(f'The strategy for "surgery", {strategy}, ')
        assert caveat.endswith("The analysis itself uses every value in the file as it stands.")
    none = replace(plan, estimand=replace(plan.estimand, intercurrent=()))
    assert "names no intercurrent event" in strategy_caveats(none)[0]


def test_a_strategy_other_than_treatment_policy_is_named_and_not_claimed(
    plan: AnalysisPlan, codebook: Codebook
) -> None:
    for strategy in names.STRATEGIES[1:]:
        event = IntercurrentEvent(event="surgery", strategy=strategy)  # type: ignore[arg-type]
        estimand = replace(plan.estimand, intercurrent=(event,))
        told = planned_sentences(replace(plan, estimand=estimand), codebook)[1]
        named = f'For the intercurrent event "surgery" the plan names {STRATEGY_WORDS[strategy]}'
        assert told == f"{named}; every value in the file is used as it stands."


def test_a_population_per_protocol_is_a_caveat(plan: AnalysisPlan) -> None:
    population = PopulationPlan(kind="per protocol", rules=(parse_rule("sessions >= 12"),))
    (caveat,) = strategy_caveats(replace(plan, population=population))
    assert 'takes "stopping" by treatment policy, whatever happened, but' in caveat
