"""What the report of an analysis says of one result, in the words of a paper."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from retrostats.data.rules import parse_rule
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.instruments import Change
from retrostats.plan.sensitivity import Sensitivity
from retrostats.plan.sentences import planned_sentences
from retrostats.plan.types import IntercurrentEvent, PopulationPlan
from retrostats.report.analysis.answer import answer_blocks, lead, left_sentences
from retrostats.report.analysis.content import analysis_document
from retrostats.report.analysis.effects import contrast_note
from retrostats.report.analysis.further import subgroup_sizes, subgroups_layout
from retrostats.report.analysis.methods import fitted_sentences, method_blocks
from retrostats.report.analysis.models import model_facts
from retrostats.report.analysis.responders import risk_ratios
from retrostats.report.analysis.words import (
    df_words,
    f_words,
    interval_words,
    measure_words,
    p_words,
    places_of,
    term_words,
)
from retrostats.report.analysis.worthwhile import (
    baseline_mean,
    disputed_words,
    error_words,
    other_words,
    worthwhile_words,
)
from retrostats.report.blocks import Heading, Listing, Paragraph

from . import invented
from .invented import PAIN


@pytest.fixture(scope="module")
def analysis():
    return invented.analysis()


@pytest.fixture(scope="module")
def tables(analysis):
    figures = ("flow", "trajectories_pain", "trajectories_force", "diagnostics_pain",
               "diagnostics_force")  # fmt: skip
    document = analysis_document(analysis, dict.fromkeys(figures, ""))
    return {table.id: table for table in document.tables}


def estimated(low, high, p=0.01, level=0.95):
    return Estimate(
        label="retro - control", value=(low + high) / 2, se=0.5, df=30, p=p, unit="points",
        ci=Interval(low, high, level),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0021, 1.9, "0.951 points (95% CI 0.002 to 1.900)"),
        (-1.9, -0.04, "-0.97 points (95% CI -1.90 to -0.04)"),
        (-0.0021, 1.9, "0.95 points (95% CI 0.00 to 1.90)"),
        (0.0, 1.9, "0.95 points (95% CI 0.00 to 1.90)"),
    ],
)
def test_a_limit_that_excludes_0_is_not_written_as_0(low, high, words):
    assert interval_words(estimated(low, high)) == words
    assert places_of(estimated(low, high)) == (3 if "0.002" in words else 2)


@pytest.mark.parametrize(
    ("p", "level", "words"),
    [(0.0496, 0.95, "p = 0.0496"), (0.05, 0.95, "p = 0.050"), (0.0496, 0.9, "p = 0.050"),
     (0.0004, 0.95, "p < 0.001")],
)  # fmt: skip
def test_a_p_does_not_seem_to_contradict_its_interval(analysis, p, level, words):
    planned = replace(
        analysis.primary.planned[0], estimate=estimated(0.1, 2.0, p, level), adjusted_p=None
    )
    assert p_words(planned, "") == words


def relative(analysis, **changes):
    change = Change(kind="important", quantity="MCID", value=0.12, basis="relative")
    planned = analysis.primary.planned[0]
    judged = replace(planned.judgement, worthwhile=change)
    return replace(planned, judgement=judged), replace(analysis.primary, **changes)


def test_a_share_of_baseline_is_told_in_the_unit_too(analysis):
    planned, result = relative(analysis)
    # 12% of 5.25
    assert worthwhile_words(planned, result) == (
        "The smallest worthwhile change is 12% of the mean at baseline, 0.63 points."
    )
    without = relative(analysis, start={})
    assert worthwhile_words(*without) == (
        "The smallest worthwhile change is 12% of the mean at baseline."
    )
    own = replace(result, start={"control": 5.0, "retro": 6.0})
    # (17 * 5 + 19 * 6) / 36
    assert baseline_mean(own) == pytest.approx(199 / 36, rel=1e-12)


def test_what_cannot_be_judged_is_told_by_the_judgement(analysis):
    force = analysis.endpoints[1]
    assert worthwhile_words(force.planned[0], force) == (
        "No smallest worthwhile change of Strength is on record."
    )


def test_measurement_error_concerns_single_people(analysis):
    assert error_words(analysis.primary.planned[0], PAIN) == (
        "The smallest detectable change of one person is 1.1 points (MDC95; 120 adults; Retest 1); "
        "it concerns single people and not means."
    )
    assert error_words(analysis.endpoints[1].planned[0], PAIN) == ""


def test_other_worthwhile_changes_are_told_where_they_judge_otherwise(analysis):
    result, planned = analysis.primary, analysis.primary.planned[0]
    assert other_words(planned, result) == ""
    one = Change(kind="important", quantity="MIC", value=1.0, source="Other 2003")
    for verdict, told in (("worthwhile", True), (planned.judgement.verdict, False)):
        judged = replace(planned.judgement, alternatives=((one, verdict),))
        contrast = replace(planned, judgement=judged)
        assert other_words(contrast, result) == "Also on record: 1 point (MIC; Other 2003)."
        assert bool(disputed_words(contrast, result)) == told
    assert disputed_words(
        replace(planned, judgement=replace(judged, alternatives=((one, "worthwhile"),))), result
    ) == (
        " Other values on record judge otherwise: by 1 point, it holds only benefits of at least "
        "that size."
    )


def test_the_lead_names_what_was_estimated(analysis):
    quantity = "mean difference in change from baseline"
    primary = replace(analysis.primary, quantity=quantity)
    told = lead(replace(analysis, endpoints=(primary, *analysis.endpoints[1:])))
    assert f"The {quantity} was -1.40 points" in told
    assert "djusted mean" not in told


def test_a_strategy_that_was_not_carried_out_is_not_said_to_be(analysis):
    event = IntercurrentEvent(event="surgery", strategy="hypothetical")
    estimand = replace(analysis.plan.estimand, intercurrent=(event,))
    changed = replace(analysis, plan=replace(analysis.plan, estimand=estimand))
    told = " ".join(b.text for b in answer_blocks(changed) if isinstance(b, Paragraph))
    assert (
        'For "surgery" the plan names a hypothetical strategy; every value in the file was used as '
        "it stands."
    ) in told
    assert "treatment policy" not in told


def test_excluded_by_rule_and_lacking_data_are_kept_apart(analysis):
    control, retro = analysis.flow.arms
    arms = (
        replace(control, excluded=(("not age >= 45", 2),), analysed=17),
        replace(retro, excluded=(("not age >= 45", 1), ("not sessions >= 10", 1)), analysed=18),
    )
    changed = replace(analysis, flow=replace(analysis.flow, arms=arms))
    assert tuple(left_sentences(changed)) == (
        (
            "4 randomised subjects were excluded by the rules of the plan (not age >= 45: 3; not "
            "sessions >= 10: 1)."
        ),
        "1 further subject could not enter the model of the primary endpoint (no visit: 1).",
    )


def test_captions_say_whose_data_they_show(analysis, tables):
    assert tables["baseline"].layout.caption.endswith("by arm, all randomised subjects")
    assert tables["adherence"].layout.caption.endswith("by arm, all randomised subjects")
    assert tables["outcomes_tug"].layout.caption == (
        "Timed up and go (TUG, s) as observed in all randomised subjects"
    )
    assert tables["responders_1"].layout.caption.endswith(", in all randomised subjects")
    rules = PopulationPlan(kind="per protocol", rules=(parse_rule("sessions >= 10"),))
    plan = replace(analysis.plan, population=rules)
    figures = dict.fromkeys(
        ("flow", "trajectories_pain", "trajectories_force", "diagnostics_pain",
         "diagnostics_force", "responders_pain"), ""
    )  # fmt: skip
    protocol = analysis_document(replace(analysis, plan=plan), figures)
    found = {table.id: table.layout.caption for table in protocol.tables}
    assert found["outcomes_tug"].endswith("as observed in the per-protocol population")
    assert found["responders_1"].endswith(", in the per-protocol population")
    assert found["baseline"].endswith(", all randomised subjects")
    curve = next(f for f in protocol.figures if f.id == "responders_pain")
    assert "of the per-protocol population those measured at both visits" in curve.caption


def test_the_table_of_means_has_the_subjects_behind_each(tables):
    layout = tables["means_pain"].layout
    assert layout.header[:3] == ("", "n", "Mean (points)")
    assert [row[:2] for row in layout.rows] == [
        ("week 3", ""), ("Usual care", "18"), ("Retro walking", "20"),
        ("week 6", ""), ("Usual care", "17"), ("Retro walking", "19"),
    ]  # fmt: skip
    assert "means adjusted by the model" in layout.caption


def test_raw_means_are_not_called_adjusted(analysis):
    quantity = "mean difference in change from baseline"
    endpoints = tuple(replace(each, quantity=quantity) for each in analysis.endpoints)
    plan = replace(analysis.plan, model=replace(analysis.plan.model, kind="mixed_anova"))
    changed = replace(analysis, endpoints=endpoints, plan=plan)
    figures = ("flow", "forest", "trajectories_pain", "trajectories_force", "diagnostics_pain",
               "diagnostics_force")  # fmt: skip
    document = analysis_document(changed, dict.fromkeys(figures, ""))
    found = {table.id: table for table in document.tables}
    means, contrasts = found["means_pain"], found["contrasts"]
    assert means.layout.caption.endswith(": means of the model, not adjusted")
    assert "average of the covariates" not in means.note
    assert contrasts.layout.caption.startswith("Mean differences in change from baseline of the ")
    forest = next(f for f in document.figures if f.id == "forest")
    assert "mean differences in change from baseline over the standard" in forest.caption
    assert "degrees of freedom as subjects minus arms" in contrasts.note


def test_the_note_of_the_contrasts_says_what_is_not_adjusted(analysis):
    note = contrast_note(analysis)
    assert "verdicts are those of single comparisons and are not adjusted for multiplicity" in note
    assert "it has the sign of the outcome; in the figure it is turned" in note
    assert "Arms: control (Usual care) and retro (Retro walking)." in note
    assert "No error rate is shared" not in note
    alone = replace(analysis.plan.multiplicity, family="comparisons")
    each = replace(analysis, plan=replace(analysis.plan, multiplicity=alone))
    assert "No error rate is shared across endpoints." in contrast_note(each)


def test_subjects_of_a_number_are_counted_once(analysis):
    assert subgroup_sizes(analysis.subgroups[0]) == (20, 19)
    assert subgroups_layout(analysis).header[1] == "Subjects of the two arms"
    age = replace(analysis.cohort.codebook.covariates[0], name="age", kind="number", levels=())
    codebook = replace(analysis.cohort.codebook, covariates=(age,))
    effects = tuple(
        Estimate.from_se(f"Age {value} years", -1.0, 0.5, unit="points", df=30)
        for value in (50, 60, 70)
    )
    result = replace(
        analysis.subgroups[0], covariate="age", label="Age", effects=EstimateTable("x", effects),
        sizes=(39,),
    )  # fmt: skip
    changed = replace(
        analysis, cohort=replace(analysis.cohort, codebook=codebook), subgroups=(result,)
    )
    assert subgroup_sizes(result) == (39, 39, 39)
    rows = subgroups_layout(changed).rows
    assert rows[0][0] == "Age, all 39 subjects of the two arms"
    assert [row[1] for row in rows[1:]] == ["", "", ""]


def test_what_was_fitted_in_words(analysis):
    facts = dict(model_facts(analysis.primary))
    assert facts["Planned, not fitted"] == "unstructured: the information is not positive definite"
    assert facts["Fit"] == (
        "log likelihood \N{MINUS SIGN}120.50, AIC 247.00 (REML; AIC and BIC count covariance "
        "parameters only)"
    )
    assert facts["Estimation"] == "restricted maximum likelihood (REML)"
    advice = (("us", "it did not converge.\n Try another."),)
    model = replace(
        analysis.primary.model,
        not_fitted=advice,
        kind="linear mixed model with a random intercept of the subject",
        covariance="random intercept",
    )
    result = replace(analysis.primary, model=model)
    facts = dict(model_facts(result))
    assert facts["Planned, not fitted"] == "unstructured: it did not converge."
    assert "Covariance" not in facts
    told = fitted_sentences(replace(analysis, endpoints=(result,)))[0]
    assert told.count("random intercept") == 1
    assert "heteroscedasticity-consistent standard errors" in df_words("HC3")


def test_parameters_are_of_residuals(tables):
    labels = [row[0] for row in tables["parameters_pain"].layout.rows]
    assert labels == ["residual SD, week 3", "residual SD, week 6"]


def test_terms_and_tests_in_words(analysis):
    codebook = analysis.cohort.codebook
    assert term_words("center(baseline):visit", codebook) == "baseline of the outcome by visit"
    assert term_words("sex", codebook) == "Sex"
    assert f_words(1.0, 52.04, 3.236) == "F(1, 52.0) = 3.24"
    same = replace(PAIN, label="nrs 0-10")
    assert measure_words(same) == "nrs 0-10"


def test_risk_ratios_stand_beside_risk_differences(analysis, tables):
    # 12 of 20 over 6 of 20, the variance of the logarithm is 1/12 - 1/20 + 1/6 - 1/20 = 0.15.
    ((label, ratio),) = risk_ratios(analysis.responders[0], analysis.plan.comparisons)
    assert (label, round(ratio.value, 10)) == ("retro - control", 2.0)
    assert ratio.ci.low == pytest.approx(
        2 * math.exp(-1.959963984540054 * math.sqrt(0.15)), rel=1e-12
    )
    note = tables["responders_1"].note
    assert "p by the chi-square test without correction" in str(note)
    assert "Risk ratios of response: retro - control 2.00 (95% CI 0.94 to 4.27)." in note
    control, retro = analysis.responders[0].arms
    nobody = replace(analysis.responders[0], arms=(replace(control, responders=0), retro))
    assert dict(risk_ratios(nobody, analysis.plan.comparisons)) == {"retro - control": None}


@pytest.mark.parametrize("count", [4, 5, 15])
def test_many_sensitivity_analyses_are_a_list_that_reads_as_their_sentence(analysis, count):
    deltas = tuple(Sensitivity(kind="delta", deltas=(0.5 + k,)) for k in range(count - 1))
    plan = replace(analysis.plan, sensitivity=(Sensitivity(kind="unadjusted"), *deltas))
    heading, *blocks = method_blocks(replace(analysis, plan=plan))
    assert isinstance(heading, Heading)
    lists = [block for block in blocks if isinstance(block, Listing)]
    assert [len(each.items) for each in lists] == ([] if count == 4 else [count])
    if lists:
        lead = blocks[blocks.index(lists[0]) - 1]
        assert lead.text == "The sensitivity analyses of the primary endpoint are:"
        assert [item[-1] for item in lists[0].items] == [*";" * (count - 2), "d", "."]
    told = " ".join(
        each
        for block in blocks
        for each in (block.items if isinstance(block, Listing) else [block.text])
    )
    planned = " ".join(planned_sentences(plan, analysis.cohort.codebook))
    marks = r"[,;:]"
    assert re.sub(marks, "", planned) in re.sub(marks, "", told)
