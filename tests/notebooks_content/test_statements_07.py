"""What notebook 07 says of the published trials is so, and it runs on other outcomes."""

from __future__ import annotations

import math

import pytest

import retrostats as rs

#: A whole notebook is run.
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def pooling(notebook, tmp_path_factory):
    return notebook("07", tmp_path_factory.mktemp("pooling"))


def test_most_trials_cannot_enter_for_the_reasons_told(pooling):
    found = pooling.names["found"]
    reasons = [each.reason for each in found.left_out]
    assert len(found.left_out) > len(found)
    assert any("the number of people of the arms is not printed" in each for each in reasons)
    assert any("is a bound" in each for each in reasons)
    assert any("size only" in each and "direction" in each for each in reasons)


def test_the_test_decides_more_than_the_estimator(pooling):
    table = pooling.of(rs.PoolSensitivity)[0]
    as_planned = table.rows[0]
    width = {row.label: row.pooled.ci.high - row.pooled.ci.low for row in table if row.pooled}
    assert width["z"] < width["as planned"] < width["hksj_adhoc"]
    assert width["hksj_adhoc"] > 3 * width["as planned"]
    estimators = ("dl", "pm", "ml", "eb", "sj", "he")
    assert all(width[each] == pytest.approx(width["as planned"], rel=0.05) for each in estimators)
    assert "hksj_adhoc" in {row.label for row in table.differing}
    assert as_planned.pooled.df < math.inf


def test_moving_the_correlation_moves_the_answer(pooling):
    table = pooling.of(rs.PoolSensitivity)[0]
    moved = {row.label: row.pooled.value for row in table if row.label.startswith("r = ")}
    assert len(moved) >= 3
    assert max(moved.values()) - min(moved.values()) > 0.2
    assert any(row.label in moved for row in table.differing)


def test_the_second_outcome_comes_from_mostly_the_same_publications(pooling):
    found, other = pooling.names["found"], pooling.names["other"]
    assert set(found.studies) <= set(other.studies)


def test_the_interval_of_tau_runs_from_none_to_more_than_anybody_believes(pooling):
    table = pooling.shown[[type(each).__name__ for each in pooling.shown].index("Heterogeneity")]
    assert "0.000 to" in table.layout().text()
    low, high, _ = rs.heterogeneity_interval(pooling.names["second_pool"]).tau_ci
    assert low == 0
    # A tau of 2 SD: effects of one treatment would spread over 8 standard deviations.
    assert high > 2


def test_the_last_rows_leave_out_each_trial(pooling):
    table = pooling.of(rs.PoolSensitivity)[1]
    left_out = [row.label for row in table.rows[-len(pooling.names["other"]) :]]
    assert left_out == list(pooling.names["other"].studies)


def test_the_funnel_is_far_from_ten_trials(pooling):
    assert len(pooling.names["second_pool"].trials) < 10


def test_the_reviews_point_the_same_way_and_one_prints_no_interval(pooling):
    printed = pooling.names["printed"]
    standardised = printed[printed.statistic.isin(["hedges_g", "smd"])]
    effects = standardised[
        standardised.outcome.isin(["pain", "disability", "functional disability"])
    ]
    assert (effects.printed.astype(float) < 0).all()
    assert pooling.names["pooled"].pooled.value < 0
    assert pooling.names["second_pool"].pooled.value < 0
    with_limits = set(printed[printed.statistic == "ci_low"].index.get_level_values(0))
    assert with_limits == {"lin2025"}
    counts = printed[printed.statistic == "k"].printed.astype(int)
    assert (counts > len(pooling.names["other"])).all()


def test_nothing_compares_retro_with_forward_walking(pooling):
    chosen = (*pooling.names["found"].chosen, *pooling.names["other"].chosen)
    assert chosen
    assert not any("forward" in row.contrast for row in chosen)
    assert len(rs.collect("pain", compare=("retro", "forward"))) == 0


def test_it_cites_the_trials_that_entered(pooling):
    (cited,) = pooling.of(rs.Citations)
    assert all(word in str(cited) for word in ("Alghadir", "Chen", "Pratiwi"))


def test_the_outcomes_can_be_exchanged(notebook, tmp_path):
    run = notebook("07", tmp_path, outcome="function", second="pain", correlation=0.7)
    assert "Function" in run.of(rs.Collected)[0].layout().text()
