"""A planned analysis against the same model asked for by hand, statsmodels and pingouin."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.formula.api as smf

import retrostats as rs
from retrostats.analysis.analyse import analyse
from retrostats.analysis.sensitivity import delta_adjusted
from retrostats.data.catalogue import data_folder
from retrostats.errors import FitError, PlanError
from retrostats.estimate import Estimate
from retrostats.plan.types import Endpoint, Multiplicity, Sensitivity, Subgroup

#: Two fits of the same likelihood in other coordinates (baseline centred or not); measured 1e-9.
SAME_FIT = 1e-7
#: Least squares by other programs; measured 1e-12.
LEAST_SQUARES = 1e-10


@pytest.fixture(scope="module")
def analysis(cohort, plan):
    return analyse(cohort, plan)


def rows_of(cohort, outcome):
    return cohort.follow_up(outcome).dropna(subset=[outcome, "baseline", "kl_grade"])


def numbers(estimate):
    return [estimate.value, estimate.se, estimate.df, *estimate.ci[:2], estimate.p]


@pytest.mark.parametrize("outcome", ["pain", "womac", "strength", "tug"])
def test_every_endpoint_is_the_mmrm_that_the_plan_describes(analysis, cohort, outcome):
    fit = rs.fit_mmrm(
        f"{outcome} ~ baseline + baseline:visit + kl_grade + arm * visit",
        rows_of(cohort, outcome),
        subject="subject",
        visit="visit",
    )
    result = next(each for each in analysis.endpoints if each.outcome.name == outcome)
    by_hand = fit.differences("arm", by="visit", reference="control")
    for contrast in result.planned[:2]:
        expected = by_hand[f"{contrast.comparison.label}, visit week 6"]
        assert numbers(contrast.estimate) == pytest.approx(numbers(expected), rel=SAME_FIT)
    retro_forward = fit.differences("arm", by="visit", reference="forward")
    expected = retro_forward["retro - forward, visit week 6"]
    assert numbers(result.planned[2].estimate) == pytest.approx(numbers(expected), rel=SAME_FIT)
    means = fit.marginal_means("arm", by="visit")
    for visit, table in result.means.items():
        for mean in table:
            expected = means[f"{mean.label}, visit {visit}"]
            assert numbers(mean)[:5] == pytest.approx(numbers(expected)[:5], rel=SAME_FIT)


def test_the_primary_endpoint_comes_first_and_the_estimand_is_the_answer(analysis):
    assert [e.role for e in analysis.endpoints] == ["primary", *["secondary"] * 3]
    assert analysis.answer is analysis.primary.planned[0].estimate
    assert analysis.answer.label == "retro - control"
    assert analysis.answer.unit == "points"


def test_an_endpoint_prints_its_contrasts_and_what_they_mean_and_no_raw_numbers(analysis):
    primary = analysis.primary
    warned = replace(primary, model=replace(primary.model, caveats=("the fit is singular",)))
    printed = str(warned).splitlines()
    assert printed[0] == "Pain, week 6 (primary endpoint)"
    assert [line.split()[5] for line in printed[3:6]] == ["control", "control", "forward"]
    sentences = [f"  {each.judgement.sentence}" for each in primary.planned]
    assert printed[6:] == [*sentences, "  Caveat: the fit is singular"]


def test_an_ancova_is_least_squares_of_the_week(cohort, with_model):
    result = analyse(cohort, with_model(kind="ancova")).primary
    rows = rows_of(cohort, "pain")
    rows = rows[rows.week == 6].astype({"arm": object, "kl_grade": object})
    by_hand = smf.ols("pain ~ baseline + C(kl_grade) + C(arm, Treatment('control'))", rows).fit()
    name = "C(arm, Treatment('control'))[T.retro]"
    low, high = by_hand.conf_int().loc[name]
    expected = [by_hand.params[name], by_hand.bse[name], by_hand.df_resid, low, high]
    got = numbers(result.planned[0].estimate)
    assert got == pytest.approx([*expected, by_hand.pvalues[name]], rel=LEAST_SQUARES)
    assert result.model.rows == len(rows)


@pytest.mark.parametrize("errors", ["HC2", "HC3"])
def test_an_ancova_can_have_robust_standard_errors(cohort, with_model, errors):
    planned = with_model(kind="ancova", standard_errors=errors)
    rows = rows_of(cohort, "pain")
    rows = rows[rows.week == 6].astype({"arm": object, "kl_grade": object})
    formula = "pain ~ baseline + C(kl_grade) + C(arm, Treatment('control'))"
    by_hand = smf.ols(formula, rows).fit(cov_type=errors, use_t=True)
    got = analyse(cohort, planned).answer
    expected = by_hand.bse["C(arm, Treatment('control'))[T.retro]"]
    assert got.se == pytest.approx(expected, rel=LEAST_SQUARES)


def test_a_mixed_anova_compares_changes_of_complete_subjects(cohort, with_model):
    planned = with_model(kind="mixed_anova")
    got = analyse(cohort, planned)
    wide = cohort.frame.pivot_table(index="subject", columns="week", values="pain").dropna()
    arm = cohort.subjects().set_index("subject")["arm"].loc[wide.index]
    change = wide[6.0] - wide[0.0]
    groups = [change[arm == name] for name in ("control", "retro", "forward")]
    df = len(change) - 3
    pooled = sum((len(g) - 1) * g.var() for g in groups) / df
    expected = groups[1].mean() - groups[0].mean()
    se = math.sqrt(pooled * (1 / len(groups[1]) + 1 / len(groups[0])))
    assert numbers(got.answer)[:3] == pytest.approx([expected, se, df], rel=LEAST_SQUARES)
    assert got.primary.model.subjects == len(wide)
    assert sum(arm.analysed for arm in got.flow.arms) == len(wide)


@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")
def test_a_balanced_mixed_anova_has_the_tests_of_pingouin(with_frame, cohort, with_model):
    wide = cohort.frame.pivot_table(index="subject", columns="week", values="pain").dropna()
    arms = cohort.subjects().set_index("subject")["arm"].loc[wide.index]
    keep = [s for name in arms.unique() for s in arms.index[arms == name][:12]]
    planned = with_model(kind="mixed_anova")
    small = with_frame(lambda frame: frame[frame.subject.isin(keep)].reset_index(drop=True))
    got = {term: (f, p) for term, _, _, f, p in analyse(small, planned).primary.model.tests}
    frame = small.frame.astype({"arm": object, "visit": object})
    by_hand = pingouin.mixed_anova(
        frame, dv="pain", within="visit", subject="subject", between="arm", correction=True
    ).set_index("Source")
    for term, source in (("arm", "arm"), ("visit", "visit"), ("arm:visit", "Interaction")):
        assert got[term][0] == pytest.approx(by_hand.loc[source, "F"], rel=LEAST_SQUARES)
    p = by_hand.loc["visit", "p_GG_corr"]
    assert got["visit"][1] == pytest.approx(p, rel=LEAST_SQUARES)


def test_rows_offered_are_rows_used_and_rows_left_out(analysis, cohort):
    follow_up = len(cohort.frame) * 2 // 3
    for endpoint in analysis.endpoints:
        model = endpoint.model
        assert model.rows + sum(count for _, count in model.left_out) == follow_up
        assert model.rows == len(rows_of(cohort, endpoint.outcome.name))


def test_a_covariance_that_cannot_be_fitted_gives_way_to_the_next_of_the_plan(
    cohort, with_model, monkeypatch
):
    from retrostats.analysis import fitting

    original = fitting.fit_mmrm

    def failing(*args, covariance, **kwargs):
        if covariance == "us":
            raise FitError("no maximum")
        return original(*args, covariance=covariance, **kwargs)

    monkeypatch.setattr(fitting, "fit_mmrm", failing)
    got = analyse(cohort, with_model(covariance=("us", "cs")))
    assert got.primary.model.covariance == "cs"
    assert got.primary.model.not_fitted == (("us", "no maximum"),)
    assert got.caveats[0] == (
        "Pain, week 6: the unstructured covariance could not be fitted; the plan's next, "
        "compound symmetry, was used"
    )
    with pytest.raises(PlanError, match=r"(?s)primary endpoint \(pain, week 6\).*us: no maximum"):
        analyse(cohort, with_model(covariance=("us",)))


def test_a_secondary_endpoint_without_an_answer_is_listed(with_frame, plan):
    def constant(frame):
        frame["tug"] = frame["tug"].where(frame["tug"].isna(), 9.0)
        return frame

    got = analyse(with_frame(constant), replace(plan, sensitivity=(), subgroups=()))
    assert [e.outcome.name for e in got.endpoints] == ["pain", "womac", "strength"]
    assert [each.endpoint for each in got.unanswered] == [Endpoint(outcome="tug", week=6)]
    assert got.caveats[0].startswith("Timed up and go, week 6: no answer; ")


def test_an_arm_without_outcomes_at_the_week_is_a_plan_error(with_frame, short):
    def lost(frame):
        frame.loc[(frame.arm == "forward") & (frame.week == 6), "pain"] = np.nan
        return frame

    with pytest.raises(PlanError, match="the plan compares forward, of which no subject"):
        analyse(with_frame(lost), short)


def test_holm_within_endpoints_and_over_all(cohort, plan, analysis):
    p = [c.estimate.p for c in analysis.primary.planned]
    expected = [min(1, 3 * p[0]), max(3 * p[0], 2 * p[1]), max(2 * p[1], p[2])]
    assert [c.adjusted_p for c in analysis.primary.planned] == pytest.approx(expected)
    over_all = replace(
        plan, sensitivity=(), subgroups=(), responders=(),
        multiplicity=Multiplicity(method="hierarchical", family="all"),
    )  # fmt: skip
    got = analyse(cohort, over_all)
    flat = [c for e in got.endpoints for c in e.planned]
    running = np.maximum.accumulate([c.estimate.p for c in flat])
    assert [c.adjusted_p for c in flat] == pytest.approx(list(running))


def test_the_standardised_effect_is_over_the_pooled_sd_at_baseline(analysis, cohort):
    rows = rows_of(cohort, "pain").drop_duplicates("subject")
    groups = rows.groupby("arm", observed=True)["baseline"]
    pooled = math.sqrt(((groups.size() - 1) * groups.var()).sum() / (len(rows) - 3))
    contrast = analysis.primary.planned[0]
    assert contrast.standardised.value == pytest.approx(contrast.estimate.value / pooled)


class TestSensitivity:
    def test_each_row_is_the_analysis_it_names(self, analysis, cohort):
        rows = {row.label: row for row in analysis.sensitivity}
        assert rows["as planned"].estimate == analysis.answer
        frame = rows_of(cohort, "pain")
        whole = frame[frame.groupby("subject")["pain"].transform("size") == 2]
        fit = rs.fit_mmrm(
            "pain ~ baseline + baseline:visit + kl_grade + arm * visit",
            whole,
            subject="subject",
            visit="visit",
        )
        expected = fit.differences("arm", by="visit", reference="control")
        got = rows["complete cases"]
        pair = whole[whole["arm"].isin(["retro", "control"])]
        assert got.subjects == pair["subject"].nunique()
        assert numbers(got.estimate) == pytest.approx(
            numbers(expected["retro - control, visit week 6"]), rel=SAME_FIT
        )
        assert rows["covariance cs"].estimate.value != analysis.answer.value

    def test_delta_moves_the_difference_by_its_share_and_widens_it(self):
        base = Estimate.from_se("retro - control", -1.0, 0.4, unit="points", df=50)
        shifted = delta_adjusted(base, 2.0, 0.25, 20)
        assert shifted.value == pytest.approx(-0.5)
        assert shifted.se == pytest.approx(math.sqrt(0.16 + 4 * 0.25 * 0.75 / 20))
        assert (shifted.df, shifted.label, shifted.ci.level) == (50, "retro - control", 0.95)

    def test_delta_is_worse_for_the_treated_arm_in_either_direction(self, cohort, plan):
        deltas = Sensitivity(kind="delta", deltas=(1.0,))
        bare = replace(plan, secondary=(), responders=(), subgroups=(), sensitivity=(deltas,))
        pain = analyse(cohort, bare)
        assert pain.sensitivity[1].estimate.value > pain.answer.value  # lower pain is better
        endpoint = Endpoint(outcome="strength", week=6)
        strong = replace(bare, estimand=replace(bare.estimand, endpoint=endpoint))
        strength = analyse(cohort, strong)
        assert strength.sensitivity[1].estimate.value < strength.answer.value

    @pytest.mark.parametrize(("missing", "words"), [(0, "lack"), (1, "lacks"), (2, "lack")])
    def test_delta_counts_who_lacks_the_outcome(self, cohort, plan, monkeypatch, missing, words):
        from retrostats.analysis import sensitivity

        monkeypatch.setattr(sensitivity, "_missing_of", lambda *_: (missing, 12))
        deltas = Sensitivity(kind="delta", deltas=(1.0,))
        bare = replace(plan, secondary=(), responders=(), subgroups=(), sensitivity=(deltas,))
        note = analyse(cohort, bare).sensitivity[1].note
        assert note.startswith(f"{missing} of 12 subjects of retro, in the model or not, {words} ")

    def test_an_analysis_that_cannot_be_made_says_why(self, cohort, plan, monkeypatch):
        from retrostats.analysis import fitting

        original = fitting.fit_mmrm

        def failing(*args, covariance, **kwargs):
            if covariance == "toep":
                raise FitError("no\nmaximum")
            return original(*args, covariance=covariance, **kwargs)

        monkeypatch.setattr(fitting, "fit_mmrm", failing)
        toep = Sensitivity(kind="covariance", covariance="toep")
        bare = replace(plan, secondary=(), responders=(), subgroups=(), sensitivity=(toep,))
        row = analyse(cohort, bare).sensitivity[1]
        assert row.estimate is None
        assert row.note.startswith("not fitted: ")
        assert "no maximum" in row.note


class TestSubgroups:
    def test_a_category_has_an_effect_per_level_and_the_f_test_of_the_interaction(
        self, cohort, with_model
    ):
        planned = replace(
            with_model(kind="ancova", covariates=()),
            subgroups=(Subgroup(covariate="kl_grade"),),
        )
        got = analyse(cohort, planned).subgroups[0]
        rows = rows_of(cohort, "pain")
        rows = rows[rows.week == 6].astype({"arm": object, "kl_grade": object})
        fit = smf.ols("pain ~ baseline + C(arm, Treatment('control')) * C(kl_grade)", rows).fit()
        arm = "C(arm, Treatment('control'))[T.retro]"
        levels = sorted(rows["kl_grade"].unique())
        extra = [f"{arm}:C(kl_grade)[T.{level}]" for level in levels[1:]]
        by_hand = [fit.params[arm], *(fit.params[arm] + fit.params[name] for name in extra)]
        assert [e.value for e in got.effects] == pytest.approx(by_hand, rel=LEAST_SQUARES)
        test = fit.f_test(", ".join(f"{name} = 0" for name in extra))
        expected = [test.df_num, test.df_denom, float(test.fvalue), float(test.pvalue)]
        assert got.interaction == pytest.approx(expected, rel=1e-8)
        pair = rows[rows["arm"] != "forward"]
        assert got.sizes == tuple(int((pair["kl_grade"] == level).sum()) for level in levels)

    def test_a_number_is_shown_at_the_values_of_the_plan(self, cohort, with_model):
        planned = replace(
            with_model(kind="ancova", covariates=()),
            subgroups=(Subgroup(covariate="age", at=(50.0, 60.0)),),
        )
        got = analyse(cohort, planned).subgroups[0]
        rows = rows_of(cohort, "pain")
        rows = rows[rows.week == 6].astype({"arm": object})
        fit = smf.ols("pain ~ baseline + C(arm, Treatment('control')) * age", rows).fit()
        arm = "C(arm, Treatment('control'))[T.retro]"
        slope = fit.params[f"{arm}:age"]
        by_hand = [fit.params[arm] + slope * age for age in (50, 60)]
        assert [e.value for e in got.effects] == pytest.approx(by_hand, rel=1e-9)
        p = fit.pvalues[f"{arm}:age"]
        assert got.interaction[3] == pytest.approx(p, rel=1e-8)
        assert [e.label for e in got.effects] == ["Age 50 years", "Age 60 years"]


def test_per_protocol_leaves_out_who_breaks_a_rule_and_counts_them(cohort, plan):
    from retrostats.data.rules import parse_rule
    from retrostats.plan.types import PopulationPlan

    rules = (parse_rule("sessions >= 16"),)
    population = PopulationPlan(kind="per protocol", rules=rules)
    got = analyse(cohort, replace(plan, sensitivity=(), subgroups=(), population=population))
    subjects = cohort.subjects()
    outside = ~(subjects["sessions"] >= 16)
    by_arm = {flow.arm: dict(flow.excluded) for flow in got.flow.arms}
    for arm, counts in by_arm.items():
        expected = int((outside & (subjects["arm"] == arm)).sum())
        assert counts == ({"not sessions >= 16": expected} if expected else {})
    inside = set(subjects.loc[~outside, "subject"])
    rows = rows_of(cohort, "pain")
    assert got.primary.model.rows == int(rows["subject"].isin(inside).sum())


def test_a_rule_that_empties_an_arm_is_named(plan, with_frame):
    from retrostats.data.rules import parse_rule

    def only_walkers(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(sessions=frame["sessions"].where(frame["arm"] != "control"))

    rule = Sensitivity(kind="per protocol", rules=(parse_rule("sessions >= 12"),))
    bare = replace(plan, secondary=(), responders=(), subgroups=(), sensitivity=(rule,))
    row = analyse(with_frame(only_walkers), bare).sensitivity[1]
    assert row.estimate is None
    assert row.note.startswith("not fitted: nobody in control meets sessions >= 12, and a missing")


def test_the_same_input_gives_the_same_numbers(cohort, plan, analysis):
    again = analyse(cohort, plan)
    assert again.primary.means == analysis.primary.means
    assert again.sensitivity == analysis.sensitivity
    assert again.subgroups == analysis.subgroups


def test_the_order_of_the_rows_does_not_matter(cohort, short, with_frame):
    def reversed_subjects(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sort_values(["subject", "week"], ascending=[False, True], ignore_index=True)

    first = analyse(cohort, short).answer
    second = analyse(with_frame(reversed_subjects), short).answer
    assert numbers(second) == pytest.approx(numbers(first), rel=SAME_FIT)


def test_notes_of_other_fits_name_the_fallback_and_the_caveats(cohort, plan, monkeypatch):
    from retrostats.analysis import fitting

    original = fitting.fit_mmrm

    def failing(*args, covariance, **kwargs):
        if covariance == "us":
            raise FitError("no maximum")
        return original(*args, covariance=covariance, **kwargs)

    monkeypatch.setattr(fitting, "fit_mmrm", failing)
    planned = replace(
        plan,
        secondary=(),
        responders=(),
        sensitivity=(Sensitivity(kind="complete cases"),),
        subgroups=(Subgroup(covariate="sex"),),
    )
    got = analyse(cohort, planned)
    told = (
        "the unstructured covariance could not be fitted; the plan's next, heterogeneous Toeplitz"
    )
    assert told in got.sensitivity[1].note
    assert told in got.subgroups[0].note


@pytest.mark.parametrize("arm", ["forward", "retro"])
def test_a_subgroup_that_an_arm_lacks_is_told_and_the_rest_stands(with_frame, plan, arm):
    def unknown(frame):
        frame.loc[frame.arm == arm, "sex"] = None
        return frame

    planned = replace(plan, secondary=(), responders=(), sensitivity=())
    got = analyse(with_frame(unknown), planned)
    assert got.answer.label == "retro - control"
    assert len(got.subgroups[0].effects) == 0
    assert got.subgroups[0].note.startswith("not fitted: ")
    assert arm in got.subgroups[0].note


def test_a_subgroup_value_outside_the_data_is_told(cohort, plan):
    planned = replace(
        plan, secondary=(), responders=(), sensitivity=(),
        subgroups=(Subgroup(covariate="age", at=(20.0, 60.0)),),
    )  # fmt: skip
    note = analyse(cohort, planned).subgroups[0].note
    used = rows_of(cohort, "pain")["age"]
    assert f"20 lies outside the data ({used.min():g} to {used.max():g})" in note


def test_counts_and_start_are_those_of_the_rows_used(cohort, analysis):
    rows = rows_of(cohort, "pain")
    primary = analysis.primary
    for visit, counts in primary.counts.items():
        for arm, count in counts.items():
            assert count == int(((rows["visit"] == visit) & (rows["arm"] == arm)).sum())
    mean = rows.drop_duplicates("subject")["baseline"].mean()
    assert primary.start == pytest.approx(dict.fromkeys(("control", "retro", "forward"), mean))
    assert primary.quantity == "adjusted mean difference"


def test_a_row_counts_under_its_first_reason(with_frame, short):
    def gaps(frame):
        frame.loc[frame.subject == "S001", "pain"] = np.nan
        frame.loc[frame.subject == "S002", "kl_grade"] = None
        return frame

    left_out = dict(analyse(with_frame(gaps), short).primary.model.left_out)
    assert left_out["Pain at baseline missing"] == 2
    assert left_out["Kellgren-Lawrence grade missing"] == 2


def test_courses_are_the_means_of_each_arm_over_the_visits(analysis):
    primary = analysis.primary
    assert primary.weeks == (3.0, 6.0)
    assert set(primary.courses) == {"control", "retro", "forward"}
    for arm, course in primary.courses.items():
        assert [mean.value for mean in course] == [
            primary.means[visit][arm].value for visit in ("week 3", "week 6")
        ]


def test_the_fit_answers_further_questions(analysis):
    found = analysis.primary.fit.differences("arm", by="visit", reference="control")
    assert found["retro - control, visit week 6"].value == pytest.approx(analysis.answer.value)


def test_a_plan_may_be_given_by_its_path(cohort, analysis):
    path = data_folder() / "example_cohort" / "plan.toml"
    assert analyse(cohort, path).answer == analysis.answer
    assert analyse(cohort, str(path)).plan.file_digest
    with pytest.raises(PlanError, match="a plan or the path of one"):
        analyse(cohort, 3)  # type: ignore[arg-type]


def test_the_planned_contrasts_as_a_data_frame(analysis):
    frame = analysis.tidy()
    assert len(frame) == 12
    assert list(frame.columns[:3]) == ["outcome", "visit", "role"]
    assert frame.loc[0, "estimate"] == analysis.answer.value
    assert frame.loc[0, "adjusted_p"] == analysis.primary.planned[0].adjusted_p
