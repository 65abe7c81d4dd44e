"""The cohort level of missing outcomes: who and what goes in, and what the plan makes of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retrostats.analysis.analyse import analyse
from retrostats.analysis.missing_data import analyse_missing, tipping_point
from retrostats.analysis.missing_rows import missing_row
from retrostats.analysis.missing_scores import missing_scores, primary_request
from retrostats.data.catalogue import data_folder
from retrostats.data.cohort.reading import read_cohort
from retrostats.data.rules import parse_rule
from retrostats.errors import FitError, PlanError
from retrostats.models.ancova import fit_ancova
from retrostats.models.mmrm import fit_mmrm
from retrostats.plan.names import default_model
from retrostats.plan.sensitivity import REFERENCE_BASED
from retrostats.plan.types import PopulationPlan, Sensitivity

#: Conditional means of a saturated model and the model itself are two ways to one number; their
#: iterations may end a little apart. Measured: 1.5e-15.
SAME_FIT = 1e-9
#: Sums of 40 numbers in another order. Measured: 3e-15.
ROUNDING = 1e-12

FOLDER = data_folder() / "example_cohort"
JUMP = Sensitivity(kind="jump to reference")
MI = Sensitivity(kind="multiple imputation", imputations=20, seed=1)
TIPPING = Sensitivity(kind="tipping point")


@pytest.fixture(scope="module")
def scores(cohort, plan):
    return missing_scores(cohort, plan)


def test_everyone_with_the_covariates_is_in_also_who_was_never_seen(cohort, plan, scores) -> None:
    subjects = cohort.subjects()
    assert scores.y.shape == (len(subjects), 2)
    never = ~scores.seen.any(axis=1)
    rows = cohort.follow_up("pain").groupby("subject")["pain"].count()
    assert never.sum() == (rows == 0).sum() == 4
    assert analyse(cohort, replace(plan, sensitivity=(), secondary=())).flow.analysed == 64
    assert [scores.arms[code] for code in scores.arm] == list(subjects["arm"])
    for column, visit in enumerate(scores.visits):
        frame = cohort.frame[cohort.frame["visit"] == visit]
        expected = frame.set_index("subject")["pain"].loc[subjects["subject"]]
        np.testing.assert_array_equal(scores.y[:, column], expected)
    assert scores.names == ("baseline", "kl_grade: 2", "kl_grade: 3")
    np.testing.assert_array_equal(scores.covariates[:, 0], subjects["pain"])
    np.testing.assert_array_equal(scores.covariates[:, 2], subjects["kl_grade"] == "3")
    assert scores.unit == "points"


def test_a_missing_covariate_and_a_rule_leave_a_subject_out(cohort, plan, with_frame) -> None:
    first = cohort.subjects()["subject"].iloc[0]

    def without(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame["subject"] == first, "kl_grade"] = np.nan
        return frame

    assert len(missing_scores(with_frame(without), plan).y) == 67
    rule = PopulationPlan(kind="per protocol", rules=(parse_rule("age >= 60"),))
    old = cohort.subjects()["age"] >= 60
    fewer = missing_scores(cohort, replace(plan, population=rule))
    assert len(fewer.y) == old.sum() < 68


def test_a_visit_that_nobody_had_and_a_level_that_nobody_has_are_no_columns(
    plan, with_frame
) -> None:
    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame["visit"] == "week 3", "pain"] = np.nan
        frame.loc[frame["kl_grade"] == "1", "kl_grade"] = "2"
        return frame

    scores = missing_scores(with_frame(changed), plan)
    assert scores.visits == ("week 6",)
    assert scores.names == ("baseline", "kl_grade: 3")
    # The endpoint alone: under missing at random its ANCOVA is the answer.
    found = analyse_missing(with_frame(changed), plan)
    week_6 = with_frame(changed).follow_up("pain").query("week == 6")
    own = fit_ancova("pain ~ baseline + kl_grade + arm", week_6)
    expected = own.differences("arm", reference="control")["retro - control"].value
    assert found.estimate.value == pytest.approx(expected, abs=SAME_FIT)


def test_under_missing_at_random_it_is_the_saturated_mixed_model(cohort, plan) -> None:
    found = analyse_missing(cohort, plan)
    rows = cohort.follow_up("pain").dropna(subset=["pain"])
    formula = "pain ~ baseline * visit + kl_grade * visit + arm * visit"
    fit = fit_mmrm(formula, rows, subject="subject", visit="visit", covariance="us")
    table = fit.differences("arm", by="visit", reference="control")
    expected = next(row.value for row in table if row.label == "retro - control, visit week 6")
    assert found.estimate.value == pytest.approx(expected, abs=SAME_FIT)
    assert found.estimate.label == "retro - control"


def test_nothing_missing_is_the_analysis_of_covariance_under_every_assumption(
    plan, with_frame
) -> None:
    def full(frame: pd.DataFrame) -> pd.DataFrame:
        frame["pain"] = frame["pain"].fillna(frame["pain"].mean())
        return frame

    whole = with_frame(full)
    week_6 = whole.follow_up("pain").query("week == 6")
    fit = fit_ancova("pain ~ baseline + kl_grade + arm", week_6)
    expected = fit.differences("arm", reference="control")["retro - control"]
    given: dict[str, Any]
    for given in (
        {"strategy": "jump to reference"},
        {"imputation": "posterior draws", "seed": 1},
        {"imputation": "predictive mean matching", "seed": 1},
    ):
        found = analyse_missing(whole, plan, **given).estimate
        for name in ("value", "se", "df"):
            assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=ROUNDING)
    assert tipping_point(whole, plan).verdict == "nothing missing"


def test_a_delta_is_worse_in_the_direction_of_the_instrument(cohort, plan) -> None:
    lower = analyse_missing(cohort, plan).estimate.value
    assert analyse_missing(cohort, plan, deltas={"retro": 1}).estimate.value > lower
    strength = replace(
        plan, estimand=replace(plan.estimand, endpoint=plan.secondary[1]), secondary=()
    )
    assert cohort.codebook.outcome("strength").instrument.better == "higher"
    higher = analyse_missing(cohort, strength).estimate.value
    assert analyse_missing(cohort, strength, deltas={"retro": 10}).estimate.value < higher


def test_a_delta_of_the_plan_and_of_conditional_means_move_alike(cohort, plan, scores) -> None:
    """Both move the difference by the shift times the share of the arm that is missing."""
    mine = scores.arm == scores.arms.index("retro")
    share = (~scores.seen[mine, 1]).mean()
    moved = [analyse_missing(cohort, plan, deltas={"retro": d}).estimate.value for d in (0, 2)]
    # An ANCOVA adjusts for covariates in which the missing differ a little from the others.
    assert moved[1] - moved[0] == pytest.approx(2 * share, rel=0.05)


def test_another_comparison_and_another_reference(cohort, plan) -> None:
    forward = replace(plan.estimand.comparison, treatment="forward")
    turned = replace(
        plan, estimand=replace(plan.estimand, comparison=forward), comparisons=(forward,)
    )
    assert analyse_missing(cohort, turned).estimate.label == "forward - control"
    usual = analyse_missing(cohort, plan, strategy="copy reference")
    same = analyse_missing(cohort, plan, strategy="copy reference", reference="control")
    other = analyse_missing(cohort, plan, strategy="copy reference", reference="forward")
    assert usual.estimate == same.estimate != other.estimate
    assert other.assumption == "copy reference (forward)"
    with pytest.raises(PlanError, match=r"'forwrd'; did you mean 'forward'\?"):
        analyse_missing(cohort, plan, reference="forwrd")
    with pytest.raises(PlanError, match="analyse_missing: expected a plan or the path of one"):
        analyse_missing(cohort, 3)  # type: ignore[arg-type]


def test_an_arm_that_nobody_was_seen_in_is_told(plan, with_frame) -> None:
    def emptied(frame: pd.DataFrame) -> pd.DataFrame:
        gone = (frame["arm"] == "retro") & (frame["visit"] == "week 6")
        frame.loc[gone, "pain"] = np.nan
        return frame

    with pytest.raises(PlanError, match="week 6: nobody in retro with what the model needs"):
        missing_scores(with_frame(emptied), plan)
    row = missing_row(primary_request(with_frame(emptied), plan), JUMP)
    assert row.estimate is None
    assert row.subjects == 0
    assert row.note.startswith("not fitted: pain, week 6: nobody in retro")

    def third(frame: pd.DataFrame) -> pd.DataFrame:
        gone = (frame["arm"] == "forward") & (frame["visit"] == "week 6")
        frame.loc[gone, "pain"] = np.nan
        return frame

    for planned in (JUMP, TIPPING):
        row = missing_row(primary_request(with_frame(third), plan), planned)
        assert row.note.startswith("not fitted: nobody in forward was seen at week 6")
    with pytest.raises(FitError, match=r"^analyse_missing: nobody in forward was seen at week 6"):
        analyse_missing(with_frame(third), plan)


def test_rows_of_the_plan_are_what_the_functions_give(cohort, plan) -> None:
    other = replace(JUMP, reference="forward")
    asked = replace(plan, secondary=(), subgroups=(), sensitivity=(JUMP, other, MI, TIPPING))
    first, jump, copied, drawn, tipped = analyse(cohort, asked).sensitivity
    assert first.label == "as planned"
    assert first.missing is first.tipping is None
    found = analyse_missing(cohort, plan, strategy="jump to reference")
    assert (jump.label, jump.estimate) == ("jump to reference", found.estimate)
    assert jump.subjects == 45  # the model has 42 of the two arms: 3 were never seen
    assert jump.note == (
        "filled in at week 6: 4 of control, 2 of retro, 3 of forward; conditional mean; "
        "jackknife, 68 subjects left out one at a time"
    )
    assert copied.label == "jump to reference (forward)"
    pooled = analyse_missing(cohort, plan, imputation="posterior draws", imputations=20, seed=1)
    assert drawn.estimate == pooled.estimate
    assert drawn.missing is not None
    assert drawn.note.endswith(f"{100 * round(pooled.fmi, 3):.4g}% of the information missing")
    point = tipping_point(cohort, plan)
    assert tipped.estimate is None
    assert tipped.tipping is not None
    assert tipped.tipping.delta == point.delta
    assert tipped.note.startswith(point.sentence)


def test_the_tipping_point_is_where_the_interval_touches_zero(cohort, plan) -> None:
    point = tipping_point(cohort, plan)
    at = analyse_missing(cohort, plan, deltas={"retro": point.delta}).estimate
    assert at.ci.high == pytest.approx(0, abs=1e-9)
    narrow = missing_row(primary_request(cohort, plan), replace(TIPPING, deltas=(1.0, 0.5)))
    assert narrow.tipping is not None
    assert narrow.tipping.deltas.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert narrow.tipping.verdict == "holds"
    assert math.isnan(narrow.tipping.delta)


def test_every_strategy_differs_and_none_needs_a_baseline(cohort, plan) -> None:
    bare = replace(plan, model=default_model("ancova", baseline=False), sensitivity=())
    values = [
        analyse_missing(cohort, bare, strategy=strategy).estimate.value  # type: ignore[arg-type]
        for strategy in ("missing at random", *REFERENCE_BASED)
    ]
    assert len(set(values)) == 5
    assert missing_scores(cohort, bare).covariates.shape == (68, 0)


WAYS: tuple[dict[str, Any], ...] = (
    {"strategy": "jump to reference"},
    {"strategy": "copy reference", "inference": "bootstrap", "replicates": 100, "seed": 3},
    {"imputation": "posterior draws", "imputations": 20, "seed": 3},
    {"imputation": "predictive mean matching", "imputations": 20, "seed": 3},
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: next(iter(way.values())))
def test_what_a_file_may_differ_in_without_another_answer(tmp_path, plan, cohort, way) -> None:
    """Order of rows and columns, names that keep their order: the same bytes.

    Names in another order are the same subjects in another order: sums differ by rounding, and
    draws fall to others.
    """
    table = pd.read_csv(FOLDER / "cohort.csv", dtype=str, keep_default_na=False)
    turned = {name: f"X{999 - k:03d}" for k, name in enumerate(sorted(set(table["id"])))}

    def answer(changed: pd.DataFrame) -> Any:
        changed.to_csv(tmp_path / "cohort.csv", index=False)
        other = read_cohort(tmp_path / "cohort.csv", FOLDER / "codebook.toml")
        return analyse_missing(other, plan, **way).estimate

    expected = analyse_missing(cohort, plan, **way).estimate
    assert answer(table.sample(frac=1, random_state=1)[table.columns[::-1]]) == expected
    assert answer(table.assign(id="P" + table["id"])) == expected
    other = answer(table.assign(id=table["id"].map(turned)))
    drawn = "seed" in way
    # Measured: at most 0.3 standard errors where something is drawn, 3e-15 elsewhere.
    near = expected.se if drawn else ROUNDING
    assert other.value == pytest.approx(expected.value, abs=near)
    assert other.se == pytest.approx(expected.se, rel=0.3 if drawn else 1e-9)
    assert drawn == (other.se != pytest.approx(expected.se, rel=1e-9))
