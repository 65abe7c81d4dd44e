"""Each way from figures to an estimate, on invented and on real trials, against formulas."""

import math

import pytest
from scipy.stats import t as student

import retrostats as rs
from retrostats.analysis.collecting.arms import arm_kind, pairings
from retrostats.analysis.collecting.ways import ROUTES

from .test_collect import exact_j, g_of_means, g_of_p

OUTCOME = """
[[outcomes]]
name = "{name}"
instrument = "{instrument}"
unit = "points"
better = "{better}"
change = "{change}"
"""


def trial(folder, rows, *, arms=("retro", "control"), outcomes=(), name="made", role="cited", n=20):
    """Write and read an invented trial; rows are cells without kind and source."""
    times = 'timepoints = ["baseline", "3wk", "6wk"]'
    parts = [f'id = "{name}"\nrole = "{role}"\ncitation = "{name}"\n{times}\n']
    parts += [f'[[arms]]\nlabel = "{arm}"\n' + (f"n_analysed = {n}\n" if n else "") for arm in arms]
    usual = {"name": "pain", "instrument": "NRS", "better": "lower"}
    usual["change"] = "follow-up - baseline"
    parts += [OUTCOME.format(**(usual | one)) for one in (outcomes or ({},))]
    place = folder / name
    place.mkdir()
    place.joinpath("trial.toml").write_text("".join(parts).replace('better = ""\n', ""))
    head = "arm,outcome,timepoint,statistic,printed,contrast,test,kind,source\n"
    body = "".join(f"{row},printed,table\n" for row in rows)
    place.joinpath("values.csv").write_text(head + body)
    return rs.load_trial(place)


def scores(outcome="pain", arms=("retro", "control"), values=((3.1, 1.2), (4.0, 1.4)), at="6wk"):
    """Return the rows of means and SDs of two arms."""
    change = at.startswith("change ")
    names = ("mean_change", "sd_change") if change else ("mean", "sd")
    return [
        f"{arm},{outcome},{at},{name},{number},,"
        for arm, pair in zip(arms, values, strict=True)
        for name, number in zip(names, pair, strict=True)
    ]


def only(found):
    """Return the one estimate."""
    (estimate,) = found
    return estimate


def test_follow_up_scores(tmp_path):
    one = only(rs.collect("pain", trials=[trial(tmp_path, scores())]))
    value, se = g_of_means((3.1, 1.2, 20), (4.0, 1.4, 20))
    assert (one.value, one.se) == pytest.approx((value, se), rel=1e-12)


def test_a_contrast_printed_the_other_way_round_is_turned(tmp_path):
    rows = [*scores(), ",pain,6wk,p,0.04,control - retro,t-test"]
    found = rs.collect("pain", trials=[trial(tmp_path, rows)])
    assert found.rows[0].contrast == "retro - control"
    assert only(found).value == pytest.approx(g_of_means((3.1, 1.2, 20), (4, 1.4, 20))[0])
    by_p = next(row for row in found.rows if row.route == "p")
    assert by_p.estimate.value == pytest.approx(-g_of_p(0.04, 20, 20)[0])


def test_an_outcome_of_the_other_direction_is_turned_around(tmp_path):
    koos = [{"instrument": "KOOS pain", "better": "higher"}]
    found = rs.collect("pain", trials=[trial(tmp_path, scores(), outcomes=koos)])
    plain = rs.collect("pain", trials=[trial(tmp_path, scores(), name="plain")])
    assert only(found).value == -only(plain).value
    assert only(found).ci[:2] == tuple(-x for x in only(plain).ci[1::-1])
    assert found.chosen[0].rounding == tuple(-x for x in plain.chosen[0].rounding[::-1])
    assert "turned around: on this scale higher is better" in found.chosen[0].caveats


@pytest.mark.parametrize("change", ["follow-up - baseline", "baseline - follow-up"])
def test_changes_have_the_direction_in_which_the_paper_prints_them(tmp_path, change):
    sign = 1 if change.startswith("follow") else -1
    values = ((-2.0 * sign, 1.5), (-1.1 * sign, 1.7))
    rows = scores(at="change 6wk", values=values)
    made = trial(tmp_path, rows, outcomes=[{"change": change}])
    one = only(rs.collect("pain", trials=[made], correlation=0.7))
    value, se = g_of_means((-2.0, 1.5, 20), (-1.1, 1.7, 20))
    factor = math.sqrt(2 * (1 - 0.7))
    assert (one.value, one.se) == pytest.approx((value * factor, se * factor), rel=1e-12)


def test_changes_of_unknown_direction_are_left_out(tmp_path):
    made = trial(tmp_path, scores(at="change 6wk"), outcomes=[{"better": ""}])
    (left,) = rs.collect("pain", trials=[made]).left_out
    assert left.reason == "which direction of pain is better is not on record"


def test_changes_over_the_baseline_sd_need_no_correlation():
    found = rs.collect("pain", trials=["thorstensson2005"])
    low, high = zip((-1.9, 8.2), (-6.6, 4.4), strict=True)
    sds = [
        (b - a) / (2 * student.isf(0.025, n - 1)) * math.sqrt(n)
        for a, b, n in zip(low, high, (30, 31), strict=True)
    ]
    pooled = {
        name: math.sqrt((29 * one**2 + 30 * two**2) / 59)
        for name, one, two in (("change", *sds), ("before", 18, 19))
    }
    j = exact_j(59)
    g = -j * (3.1 - -1.1) / pooled["before"]
    noise = (j * pooled["change"] / pooled["before"]) ** 2 * (1 / 30 + 1 / 31)
    one = only(found)
    assert (one.value, one.se) == pytest.approx((g, math.sqrt(noise + g**2 / 122)), rel=1e-10)
    assert found.chosen[0].route == "changes over the baseline SD"
    assert found.chosen[0].timepoint == "change 6mo"
    assert only(rs.collect("pain", trials=["thorstensson2005"], correlation=0.9)) == one


def test_an_interval_of_each_arm_gives_the_sd_of_change():
    one = only(rs.collect("pain", trials=["drummen2023"]))
    arms = [
        (m, (b - a) / (2 * student.isf(0.025, n - 1)) * math.sqrt(n), n)
        for m, a, b, n in ((-38.7, -47.1, -30.3, 24), (4.3, -4.9, 13.4, 16))
    ]
    assert (one.value, one.se) == pytest.approx(g_of_means(*arms), rel=1e-10)


def test_a_difference_with_its_interval():
    found = rs.collect("pain", trials=["ard_physiotherapy"])
    row = next(r for r in found.rows if r.route == "difference with its interval")
    se = (0.5 - -0.8) / (2 * student.isf(0.025, 138))
    g = exact_j(138) * -0.1 / se * math.sqrt(1 / 73 + 1 / 67)
    assert row.estimate.value == pytest.approx(g, rel=1e-10)
    points = rs.collect("pain", trials=["ard_physiotherapy"], scale="points")
    row = next(r for r in points.rows if r.route == "difference with its interval")
    assert (row.estimate.value, row.estimate.se) == pytest.approx((-0.1, se), rel=1e-12)


def test_an_adjusted_difference_is_divided_by_the_sd_of_scores():
    found = rs.collect("VAS descending stairs", trials=["kettunen2007"])
    row = next(r for r in found.rows if r.route == "difference with its interval")
    sd = math.sqrt((27.2**2 + 26.9**2) / 2)
    g = exact_j(54) * 0.9 / sd
    se = exact_j(54) * (11.9 - -10.1) / (2 * student.isf(0.025, 54)) / sd
    assert row.estimate.value == pytest.approx(g, rel=1e-12)
    assert row.estimate.se == pytest.approx(math.hypot(se, g / math.sqrt(112)), rel=1e-12)
    assert "adjusted as the paper did" in row.caveats
    assert row.estimate.label == "Kettunen 2007, adjusted"


def test_a_difference_beside_its_interval_is_refused():
    found = rs.collect("Kujala", trials=["kettunen2007"])
    row = next(r for r in found.rows if r.route == "difference with its interval")
    assert row.estimate is None
    assert "1.1 does not lie in the middle of its interval -7.4 to 5.2" in row.why


def test_a_printed_d_and_a_printed_t():
    speed = only(rs.collect("mobility", trials=["ptji277"]))
    assert speed.value == pytest.approx(-0.83 * exact_j(34), rel=1e-12)
    rows = rs.collect("WOMAC pain", trials=["pdbt2021"]).rows
    t = next(row for row in rows if row.route == "t")
    g = exact_j(36) * 2.924 * math.sqrt(2 / 19)
    assert t.estimate.value == pytest.approx(-g, rel=1e-12)
    assert t.estimate.label.endswith("from t, r = 0.5")


@pytest.mark.parametrize("printed", ["P < 0.001", "0.000", "P < 0.05"])
def test_a_bound_is_left_out_unless_it_is_asked_for(tmp_path, printed):
    rows = [
        "retro,pain,6wk,mean,3.1,,",
        "control,pain,6wk,mean,4.0,,",
        f",pain,6wk,p,{printed},retro - control,t-test",
    ]
    made = trial(tmp_path, rows)
    at = {"P < 0.001": 0.001, "0.000": 0.0005, "P < 0.05": 0.05}[printed]
    size, _ = g_of_p(at, 20, 20)
    (left,) = rs.collect("pain", trials=[made]).left_out
    assert f"{printed} is a bound: |g| is at least {size:.2f}" in left.reason
    found = rs.collect("pain", trials=[made], bounds="at the bound")
    assert only(found).value == pytest.approx(-size, rel=1e-10)
    assert only(found).label == "made, p at its bound"
    assert any("the least size that it allows" in words for words in found.chosen[0].caveats)


@pytest.mark.parametrize("printed", ["not significant", "P > 0.05"])
def test_no_difference_found_is_never_turned_into_one(tmp_path, printed):
    rows = [
        "retro,pain,6wk,mean,3.1,,",
        "control,pain,6wk,mean,4.0,,",
        f",pain,6wk,p,{printed},retro - control,t-test",
    ]
    made = trial(tmp_path, rows)
    size, _ = g_of_p(0.05, 20, 20)
    for bounds in ("left out", "at the bound"):
        (left,) = rs.collect("pain", trials=[made], bounds=bounds).left_out
        assert f"{printed} is a bound: |g| is at most {size:.2f}" in left.reason


def test_the_p_of_an_adjusted_difference_gives_no_g(tmp_path):
    rows = [
        "retro,pain,6wk,mean,3.1,,",
        "control,pain,6wk,mean,4.0,,",
        ",pain,6wk,adjusted_mean_difference,-0.8,retro - control,unstated",
        ",pain,6wk,p,0.02,retro - control,unstated",
    ]
    (left,) = rs.collect("pain", trials=[trial(tmp_path, rows)]).left_out
    assert "its p (0.02) belongs to an adjusted difference" in left.reason
    named = [
        row.replace("0.02,retro - control,unstated", "0.02,retro - control,t-test") for row in rows
    ]
    assert len(rs.collect("pain", trials=[trial(tmp_path, named, name="named")])) == 1


def test_in_points_a_p_goes_with_the_means_of_its_own_place(tmp_path):
    rows = [
        *(f"{arm},pain,6wk,mean,3,," for arm in ("retro", "control")),
        "retro,pain,change 6wk,mean_change,-2.1,,",
        "control,pain,change 6wk,mean_change,-1.2,,",
        ",pain,6wk,p,0.02,retro - control,t-test",
    ]
    made = trial(tmp_path, rows)
    assert only(rs.collect("pain", trials=[made])).value < 0
    reasons = rs.collect("pain", trials=[made], scale="points").left_out[0].reason
    assert "no means are printed that its p belongs to" in reasons


def test_without_sizes_there_is_nothing(tmp_path):
    rows = [*scores(), ",pain,6wk,p,0.03,retro - control,t-test"]
    (left,) = rs.collect("pain", trials=[trial(tmp_path, rows, n=0)]).left_out
    assert left.reason == "the number of people of the arms is not printed"


def test_means_that_rounding_leaves_equal_give_no_direction(tmp_path):
    rows = [
        "retro,pain,6wk,mean,3,,",
        "control,pain,6wk,mean,4,,",
        ",pain,6wk,p,0.03,retro - control,t-test",
    ]
    sure = rs.collect("pain", trials=[trial(tmp_path, rows)])
    unsure = rs.collect(
        "pain", trials=[trial(tmp_path, [r.replace("4,,", "3,,") for r in rows], name="even")]
    )
    assert len(sure) == 0  # 3 may be 3.5 and 4 may be 3.5
    assert "size only" in unsure.left_out[0].reason
    finer = [row.replace("3,,", "3.0,,").replace("4,,", "4.0,,") for row in rows]
    assert len(rs.collect("pain", trials=[trial(tmp_path, finer, name="finer")])) == 1


def test_an_sd_printed_as_nothing_is_refused(tmp_path):
    made = trial(tmp_path, scores(values=((3.1, 0.0), (4.0, 1.4))))
    (left,) = rs.collect("pain", trials=[made]).left_out
    assert left.reason == "the SD of retro is printed so coarsely that it may be 0"


def test_the_latest_time_counts_then_the_most_direct_route(tmp_path):
    rows = [*scores(at="3wk"), *scores(at="change 6wk", values=((-2.0, 1.5), (-1.1, 1.7)))]
    made = trial(tmp_path, rows)
    chosen = {
        when: rs.collect("pain", trials=[made], timepoint=when).chosen[0].timepoint
        for when in ("last", "first", "3wk", "6wk")
    }
    assert chosen == {"last": "change 6wk", "first": "3wk", "3wk": "3wk", "6wk": "change 6wk"}
    (left,) = rs.collect("pain", trials=[made], timepoint="12wk").left_out
    assert left.reason == "no figure of pain compares retro - control at 12wk"
    both = trial(tmp_path, [*rows, *scores()], name="both")
    found = rs.collect("pain", trials=[both])
    assert found.chosen[0].route == "follow-up scores"
    assert found.rows[1].why == "another comes first: 6wk, follow-up scores"


def test_of_several_outcomes_the_first_of_the_trial_counts(tmp_path):
    named = [{"name": "pain at rest"}, {"name": "pain on stairs"}]
    rows = [*scores("pain on stairs"), *scores("pain at rest")]
    found = rs.collect("pain", trials=[trial(tmp_path, rows, outcomes=named)])
    assert [row.outcome for row in found.rows] == ["pain at rest", "pain on stairs"]


def test_retro_walking_stands_first_and_is_compared_with_control_first(tmp_path):
    arms = ("forward", "usual care", "backward walking")
    values = ((3.5, 1.2), (4.0, 1.4), (3.0, 1.1))
    made = trial(tmp_path, scores(arms=arms, values=values), arms=arms)
    found = rs.collect("pain", trials=[made])
    assert [row.contrast for row in found.rows] == [
        "backward walking - usual care",
        "backward walking - forward",
    ]
    forward = rs.collect("pain", trials=[made], compare=("retro", "forward"))
    assert forward.studies == ("made",)
    assert only(forward).value == pytest.approx(g_of_means((3.0, 1.1, 20), (3.5, 1.2, 20))[0])
    back = rs.collect("pain", trials=[made], compare=("forward", "retro"))
    assert only(back).value == pytest.approx(-only(forward).value, rel=1e-12)
    assert only(rs.collect("pain", trials=[made], compare=("backward", "usual"))) == only(found)


def test_people_who_went_through_all_conditions_are_no_arms():
    found = rs.collect("EKAM first peak", trials=["zhang2025"])
    assert "the same people went through all conditions" in found.left_out[0].reason


def test_trials_come_from_a_folder_by_their_roles(tmp_path):
    trial(tmp_path, scores(), name="one")
    trial(tmp_path, scores(), name="two", role="comparator")
    assert rs.collect("pain", trials=tmp_path).studies == ("one",)
    assert rs.collect("pain", trials=tmp_path, roles=("comparator",)).studies == ("two",)
    assert rs.collect("pain", trials=tmp_path).counts.on_file == 2


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_g_does_not_depend_on_the_unit(tmp_path, factor):
    plain = only(rs.collect("pain", trials=[trial(tmp_path, scores())]))
    values = [[f"{x * factor:.6e}" for x in pair] for pair in ((3.1, 1.2), (4.0, 1.4))]
    other = only(rs.collect("pain", trials=[trial(tmp_path, scores(values=values), name="b")]))
    assert (other.value, other.se) == pytest.approx((plain.value, plain.se), rel=1e-12)


def test_arms_are_told_apart_by_their_words():
    kinds = {
        (name, arm.label): arm_kind(arm)
        for name in ("alghadir2019", "gondhalekar2013", "rangey2016", "chen2021", "zahra")
        for arm in rs.load_trial(name).arms
    }
    assert kinds == {
        ("alghadir2019", "retro"): "retro",
        ("alghadir2019", "forward"): "forward",
        ("alghadir2019", "control"): "control",
        ("gondhalekar2013", "A"): "control",
        ("gondhalekar2013", "B"): "retro",
        ("rangey2016", "A"): "forward",
        ("rangey2016", "B"): "retro",
        ("rangey2016", "C"): "control",
        ("chen2021", "BW"): "retro",
        ("chen2021", "control"): "control",
        ("zahra", "backward"): "retro",
        ("zahra", "conventional"): "control",
    }
    words = [one.label for one in pairings(rs.load_trial("rangey2016"), None)]
    assert words == ["B - C", "B - A"]


def test_every_route_is_seen_in_these_tests():
    seen = {
        row.route
        for kind in ("pain", "function", "mobility", "strength")
        for row in rs.collect(kind, roles=("cited", "retro trial", "comparator")).rows
    }
    assert seen | {"p at its bound"} == set(ROUTES)
