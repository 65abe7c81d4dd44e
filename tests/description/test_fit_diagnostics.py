import numpy as np
import pandas as pd
import pytest

import retrostats as rs

#: The same numbers through two ways of the same code; equal to the last bits measured.
SAME = 1e-12
TRIAL = "data/example_cohort"


@pytest.fixture(scope="module")
def cohort():
    return rs.read_cohort(f"{TRIAL}/cohort.csv", f"{TRIAL}/codebook.toml")


@pytest.fixture(scope="module")
def rows(cohort):
    return cohort.follow_up("pain")


def fitted(rows, **options):
    mean = "pain ~ center(baseline) * visit + arm * visit"
    return rs.fit_mmrm(mean, rows, subject="subject", visit="visit", unit="points", **options)


def test_the_residuals_are_those_of_the_fit_in_its_order(rows):
    fit = fitted(rows)
    found = rs.diagnose(fit)
    assert found.residuals == pytest.approx(fit.residuals("pearson").tolist(), abs=SAME)
    assert found.fitted == pytest.approx(fit.predict()["estimate"].tolist(), abs=SAME)
    used = rows.loc[fit.residuals().index]
    assert found.visits == tuple(used["visit"].astype(str))
    assert found.visit_labels == ("week 3", "week 6")
    assert np.array(found.covariance) == pytest.approx(fit.sigma, abs=SAME)
    assert found.unit == "points"


def test_an_analysis_has_the_same(cohort):
    primary = rs.analyse(cohort, rs.read_plan(f"{TRIAL}/plan.toml")).primary
    found = rs.diagnose(primary.fit)
    assert found.residuals == pytest.approx(primary.diagnostics.residuals, abs=SAME)
    assert found.fitted == pytest.approx(primary.diagnostics.fitted, abs=SAME)
    assert found.correlation[0][1] == pytest.approx(primary.diagnostics.correlation[0][1], abs=SAME)


def test_a_covariance_for_each_arm_is_not_drawn_as_one(rows):
    assert rs.diagnose(fitted(rows, group="arm")).covariance == ()


def test_no_subject_is_named(rows):
    assert not any(name in repr(rs.diagnose(fitted(rows))) for name in rows["subject"].unique())


def test_the_figure_takes_it(rows):
    ax = rs.plot_diagnostics(rs.diagnose(fitted(rows)))
    assert len(ax.figure.axes) == 3


def test_other_models_are_refused(rows):
    week_6 = rows[rows["visit"] == "week 6"]
    with pytest.raises(TypeError, match="need what fit_mmrm returned, got AncovaFit"):
        rs.diagnose(rs.fit_ancova("pain ~ baseline + arm", week_6))


def test_data_in_parts_have_no_rows_left(rows):
    halves = [part for _, part in rows.groupby(rows["subject"] <= "S034")]
    mean = "pain ~ baseline + arm * visit"
    levels = {"arm": ["control", "retro", "forward"], "visit": ["week 3", "week 6"]}
    halves = [pd.DataFrame(part) for part in halves]
    fit = rs.fit_mmrm(mean, halves, subject="subject", visit="visit", levels=levels)
    with pytest.raises(rs.FitError, match="fit from one data frame"):
        rs.diagnose(fit)
