"""What notebook 08 says of the published trial and of the example design is so."""

from __future__ import annotations

import re

import pytest

import retrostats as rs

#: Monte Carlo errors that a simulated number may be off by chance; none measured beyond 2.2.
CHANCE = 3.0
#: Closed forms put into one another.
EXACT = 1e-12


#: The notebook simulates for a quarter of a minute.
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def planning(notebook, tmp_path_factory):
    return notebook("08", tmp_path_factory.mktemp("planning"))


def frames(run):
    return [each for each in run.shown if hasattr(each, "columns")]


def power(point: rs.SimulatedPower) -> float:
    return point.power.value


def test_the_route_tells_what_is_printed_and_what_is_ours(planning):
    route = planning.names["earlier"].route
    assert any("6, given by the user" in each for each in route)
    assert sum("(printed, abstract of alghadir2019)" in each for each in route) == 2
    assert any("SDs and correlation come from another trial, qiu2023" in each for each in route)


def test_the_baseline_saves_more_than_half_of_the_people(planning):
    table = frames(planning)[0]
    assert list(table.index) == ["scores", "changes", "ANCOVA"]
    scores, changes, ancova = table["per arm"]
    assert ancova <= changes < scores
    assert list(table["total"]) == [2 * scores, 2 * changes, 2 * ancova]


def test_the_sd_from_the_p_value_promises_a_much_smaller_trial(planning):
    names = planning.names
    assert names["own"].n[0] < 0.7 * names["answers"]["ANCOVA"].n[0]
    (told,) = (each for each in names["alone"].route if "the digits printed allow" in each)
    assert "p = 0.01" in told
    assert "no test is named" in told
    assert "is an ASSUMPTION" in planning.printed
    low, high = map(float, re.findall(r"allow (\d\.\d+) to (\d\.\d+)", told)[0])
    assert high / low == pytest.approx(6, abs=0.5)
    own = planning.names["answers"]["ANCOVA"]
    assert f"qiu2023: 1.73, {own.n[0]} people per arm" in planning.printed


def test_changes_lose_below_a_correlation_of_one_half_and_ancova_never(planning):
    table = frames(planning)[1]
    low, half, *high = (row for _, row in table.iterrows())
    assert low["changes"] > low["scores"]
    assert half["changes"] == half["scores"]
    assert all(row["changes"] < row["scores"] for row in high)
    assert (table["ANCOVA"] <= table[["scores", "changes"]].min(axis=1)).all()


def test_visits_in_between_bring_back_a_small_part(planning):
    table = frames(planning)[2]
    assert table["nobody leaves"].nunique() == 1
    lost = table["as published"] - table["nobody leaves"]
    assert lost[1] > 0
    assert 0 < lost[1] - lost[3] < lost[1] / 2


def test_formula_and_simulation_agree_on_a_scale_of_whole_points(planning):
    curve = planning.names["curve"]
    for closed, point in zip(curve.closed, curve, strict=True):
        assert abs(closed - power(point)) < CHANCE * point.power.error
    assert curve[0].design.scale.step == 1
    assert curve[0].primary.truth > planning.names["difference"]


def test_recording_loosens_the_tie_and_costs_power(planning):
    designed, *recorded = frames(planning)[3].to_numpy()
    assert all(one[1] < designed[1] for one in recorded)
    curve, smooth = planning.names["curve"], planning.names["smooth"]
    lost = [after - before for after, before in zip(smooth.closed, curve.closed, strict=True)]
    assert min(lost) > 0.01
    # The first table asks for as many as have the power without a scale.
    whole = planning.names["sizes"].index(planning.names["answers"]["ANCOVA"].n[0])
    assert curve.closed[whole] < smooth.closed[whole]


def test_without_the_scale_formula_and_simulation_agree(planning):
    smooth = planning.names["smooth"]
    assert smooth[0].design.scale is None
    for closed, point in zip(smooth.closed, smooth, strict=True):
        assert abs(closed - power(point)) < CHANCE * point.power.error
    assert smooth[0].primary.truth == pytest.approx(planning.names["difference"], abs=EXACT)


def test_the_simulated_plan_is_the_one_of_the_example(planning):
    found = planning.names["found"]
    assert [each.label for each in found] == [
        "retro - control", "forward - control", "retro - forward",
    ]  # fmt: skip
    assert dict(found.n) == {"retro": 50, "forward": 50, "control": 50}
    assert found.plan.multiplicity.method == "holm"
    assert found.failed == 0
    for each in found:
        assert abs(each.bias.value) < CHANCE * each.bias.error
        assert each.model_se.value == pytest.approx(each.empirical_se.value, rel=0.05)
        assert abs(each.coverage.value - 0.95) < CHANCE * each.coverage.error


def test_the_size_has_the_power_asked_and_the_others_have_less(planning):
    size = planning.names["size"]
    assert size.low <= size.n <= size.high
    aimed = size.confirmed.power
    assert abs(aimed.value - planning.names["power"]) < CHANCE * aimed.error
    assert all(each.power.value < 0.5 for each in size.confirmed.comparisons[1:])
    assert planning.printed.count(size.paragraph()) == 1


def test_power_falls_with_dropout_and_difference_and_rises_with_correlation(planning):
    curves = {each.over: list(map(power, each)) for each in planning.of(rs.PowerCurve)}
    assert set(curves) == {"n", "dropout", "difference"}
    assert curves["dropout"] == sorted(curves["dropout"], reverse=True)
    by_correlation = list(map(power, planning.names["correlations"]))
    assert by_correlation == sorted(by_correlation)
    assert by_correlation[-1] - by_correlation[0] > 0.25
    assert planning.names["smaller"] == pytest.approx([-0.6, -0.4])
    assert planning.names["size"].confirmed.power.value > max(curves["difference"])
    assert curves["difference"] == sorted(curves["difference"], reverse=True)


def test_an_sd_larger_by_a_third_does_what_three_quarters_of_the_difference_do():
    given = {"n": 60, "unit": "points"}
    wide = rs.power_two_groups(sd=2.0, difference=-0.8, **given)
    small = rs.power_two_groups(sd=1.5, difference=-0.6, **given)
    assert wide.power == pytest.approx(small.power, abs=EXACT)


def test_false_findings_stay_within_the_level(planning):
    null = planning.names["null"]
    assert null.replicates == 4 * planning.names["replicates"]
    for each in null:
        assert each.truth == pytest.approx(0, abs=EXACT)
        assert each.power.value < 0.05
        assert 1 - each.coverage.value < 0.05 + CHANCE * each.coverage.error
    gone = dict(null.seen)
    assert gone["retro"] > gone["forward"] > gone["control"]
    assert null.design.dropout.odds_ratio > 1


def test_it_cites_both_publications(planning):
    (cited,) = planning.of(rs.Citations)
    assert all(word in str(cited) for word in ("Alghadir", "Qiu"))


@pytest.mark.whole
def test_two_workers_print_the_same_and_less_power_needs_fewer(notebook, tmp_path, planning):
    few = {"replicates": 100, "n": 20, "power": 0.8}
    one = notebook("08", tmp_path, **few)
    two = notebook("08", tmp_path, **few, workers=2)
    assert one.printed == two.printed
    assert one.names["size"].n < planning.names["size"].n
