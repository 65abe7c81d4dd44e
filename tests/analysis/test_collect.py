"""What the printed figures of the real trials give, against numbers worked out by hand."""

import json
import math

import pytest
from scipy.stats import t as student

import retrostats as rs
from retrostats.analysis.collecting.types import Candidate


def exact_j(df):
    """Hedges' factor from the gamma function, written out anew."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def g_of_means(first, second):
    """Hedges' g and its large-sample standard error, of (mean, SD, n) of both arms."""
    (m1, s1, n1), (m2, s2, n2) = first, second
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    g = exact_j(df) * (m1 - m2) / pooled
    return g, math.sqrt(1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)))


def g_of_p(p, n1, n2):
    """Size of Hedges' g and its standard error, of a two-sided p."""
    df = n1 + n2 - 2
    g = exact_j(df) * student.isf(p / 2, df) * math.sqrt(1 / n1 + 1 / n2)
    return g, math.sqrt(1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)))


#: (mean, SD, n) of the retro arm and of the control arm, or (p, n, n); letter by letter from the
#: abstracts. The sign is that of pain and of disability: less is better.
BY_HAND = {
    ("pain", "Alghadir 2019"): lambda: g_of_p(0.01, 23, 22),
    ("pain", "Chen 2021"): lambda: g_of_means((1.56, 0.63, 16), (2.25, 0.86, 16)),
    ("function", "Alghadir 2019"): lambda: g_of_p(0.008, 23, 22),
    ("function", "Chen 2021"): lambda: g_of_means((11.69, 2.50, 16), (16.19, 3.94, 16)),
    ("function", "pratiwi2023"): lambda: g_of_means((20.93, 5.02, 15), (11.33, 3.15, 15)),
    ("mobility", "pratiwi2023"): lambda: g_of_means((10.47, 3.50, 15), (7, 2.23, 15)),
}


def test_every_estimate_of_the_retro_trials_is_the_one_worked_out_by_hand():
    compared = set()
    for kind in ("pain", "function", "mobility", "strength"):
        found = rs.collect(kind)
        for study, estimate in zip(found.studies, found, strict=True):
            value, se = BY_HAND[kind, study]()
            assert estimate.value == pytest.approx(-abs(value), rel=1e-10)
            assert estimate.se == pytest.approx(se, rel=1e-10)
            assert estimate.unit == "SD"
            compared.add((kind, study))
    assert compared == set(BY_HAND)


def test_labels_say_how_an_estimate_was_reached():
    assert [e.label for e in rs.collect("function")] == [
        "Alghadir 2019, from p, r = 0.5 †",
        "Chen 2021",
        "pratiwi2023, r = 0.5 †",
    ]


@pytest.mark.parametrize(
    ("kind", "trial", "words"),
    [
        ("pain", "cairo2024", "the number of people of the arms is not printed; p-value <0.001"),
        ("pain", "shabbir2022", "the number of people of the arms is not printed; p< 0.001"),
        ("pain", "zahra", "size only: p gives |g| 0.16, and no printed mean gives its direction"),
        ("pain", "gondhalekar2013", "its p (not significant) is that of a repeated-measures"),
        ("pain", "baby2022", "no outcome of this kind; it has function"),
        ("pain", "goonasegaran2022", "no outcome of this kind; it has all outcomes"),
        ("pain", "gondhalekar_pilot", "no outcome of this kind; it has primary outcomes"),
        ("function", "baby2022", "(the difference 10 may have lost its sign)"),
        ("function", "zahra", "size only: p gives |g| 1.23"),
        ("function", "koos_8week", "no figure of function compares retro - forward"),
        ("function", "rangey2016", "no figure of function compares B - C"),
        ("strength", "alghadir2019", "no figure of quadriceps strength compares retro - control"),
    ],
)
def test_a_trial_that_is_left_out_is_listed_with_its_reason(kind, trial, words):
    (one,) = [one for one in rs.collect(kind).left_out if one.trial == trial]
    assert words in one.reason


@pytest.mark.parametrize("kind", ["pain", "function", "mobility", "strength"])
def test_every_trial_of_the_roles_is_either_taken_or_left_out(kind):
    found = rs.collect(kind)
    wanted = {t for t in rs.list_trials() if rs.load_trial(t).role in ("cited", "retro trial")}
    taken = {row.trial for row in found.chosen}
    left = {one.trial for one in found.left_out}
    assert taken | left == wanted
    assert not taken & left
    assert all(one.reason for one in found.left_out)
    assert all(bool(row.why) != row.chosen for row in found.rows)
    assert found.counts.with_estimate == len(found) == len(taken)
    assert found.counts.of_role == len(wanted)
    assert found.counts.on_file == len(rs.list_trials())


def test_the_question_of_forward_walking_cannot_be_answered_yet():
    found = rs.collect("pain", compare=("retro", "forward"))
    assert len(found) == 0
    reasons = {one.trial: one.reason for one in found.left_out}
    assert reasons["alghadir2019"] == "of the pain of forward no mean is printed"
    assert reasons["chen2021"] == "it does not compare retro with forward"


def test_the_correlation_moves_effects_of_change_and_no_others():
    half, high = (rs.collect("function", correlation=r) for r in (0.5, 0.9))
    ratio = [b.value / a.value for a, b in zip(half, high, strict=True)]
    assert ratio == pytest.approx([math.sqrt(0.2), 1, math.sqrt(0.2)], rel=1e-12)
    assert high[0].p == half[0].p


def test_without_a_correlation_effects_of_change_keep_their_own_unit():
    found = rs.collect("function", correlation=None)
    assert [e.unit for e in found] == ["SD of change", "SD", "SD of change"]
    with pytest.raises(rs.DataError, match="units differ"):
        rs.pool(found)


def test_in_points_the_difference_has_the_unit_of_its_instrument():
    found = rs.collect("pain", scale="points")
    retro, chen = found
    assert retro.value == pytest.approx(-0.8, rel=1e-12)
    assert retro.se == pytest.approx(0.8 / student.isf(0.005, 43), rel=1e-10)
    assert chen.value == pytest.approx(1.56 - 2.25, rel=1e-12)
    assert chen.se == pytest.approx(math.hypot(0.63 / 4, 0.86 / 4), rel=1e-12)
    assert {e.unit for e in found} == {"points on the NRS"}
    assert rs.pool(found).pooled.unit == "points on the NRS"


def test_points_of_two_instruments_do_not_pool():
    found = rs.collect("pain", roles=("comparator",), scale="points")
    with pytest.raises(rs.DataError, match="units differ"):
        rs.pool(found)
    with pytest.raises(rs.DataError, match="directions of benefit differ"):
        _ = found.favours


def test_g_can_be_told_in_points_by_a_named_sd():
    found = rs.collect("pain")
    table = found.in_points(1.8, unit="points on the NRS", source="an invented survey")
    assert [e.value for e in table] == pytest.approx([1.8 * e.value for e in found], rel=1e-12)
    assert [e.ci.low for e in table] == pytest.approx([1.8 * e.ci.low for e in found], rel=1e-12)
    assert table[0].label.endswith("g times 1.8")
    assert "an SD of 1.8 (an invented survey)" in table.caption
    with pytest.raises(ValueError, match="positive"):
        found.in_points(0, unit="points", source="none")


def test_it_is_a_sequence_that_pool_takes():
    found = rs.collect("function")
    assert rs.pool(found).pooled == rs.pool(found.estimates()).pooled
    assert list(found) == [found[0], *found[1:]]
    assert rs.pool(found, studies=found.studies).studies == (
        "Alghadir 2019",
        "Chen 2021",
        "pratiwi2023",
    )


def test_rounding_is_told_as_the_range_that_the_digits_allow():
    chen = rs.collect("pain").chosen[1]
    ends = [
        g_of_means((m1, s1, 16), (m2, s2, 16))[0]
        for m1, m2 in ((1.555, 2.255), (1.565, 2.245))
        for s1, s2 in ((0.625, 0.855), (0.635, 0.865))
    ]
    assert chen.rounding == pytest.approx((min(ends), max(ends)), rel=1e-10)
    assert "rounding allows -0.91 to -0.87" in rs.collect("pain").layout().text()


def test_others_may_be_taken_but_no_trial_twice():
    found = rs.collect("pain", trials=["qiu2023"])
    places = [i for i, row in enumerate(found.rows) if row.estimate is not None]
    assert len(found.estimates([places[1]])) == 1
    with pytest.raises(rs.DataError, match="the trial Qiu 2023 comes 2 times"):
        found.estimates(places[:2])
    without = rs.collect("pain", trials=["zahra"])
    with pytest.raises(rs.DataError, match="zahra gives no estimate there"):
        without.estimates([0])


def test_all_forms_tell_the_same():
    found = rs.collect("pain")
    frame = found.tidy()
    assert frame.chosen.sum() == len(found)
    assert frame[frame.chosen].estimate.tolist() == [e.value for e in found]
    assert set(frame.trial) == {*(r.trial for r in found.rows), *(o.trial for o in found.left_out)}
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [row["estimate"]["value"] for row in plain["rows"] if row["chosen"]] == [
        e.value for e in found
    ]
    assert len(plain["left_out"]) == len(found.left_out)
    text = repr(found)
    assert all(one.label in text and one.reason in text for one in found.left_out)
    assert all(e.label in text for e in found)


def test_direction_and_favours_agree():
    pain, strength = rs.collect("pain"), rs.collect("strength")
    assert pain.direction == "Negative values favour the first-named arm."
    assert pain.favours == ("the first-named arm", "the second-named arm")
    assert strength.direction == "Positive values favour the first-named arm."
    assert strength.favours == pain.favours[::-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scale": "d"}, "scale must be one of"),
        ({"bounds": "in"}, "bounds must be one of"),
        ({"correlation": 1.0}, "correlation must lie between"),
        ({"correlation": "high"}, "correlation must lie between"),
        ({"compare": "retro"}, "compare must be two words"),
        ({"compare": ("retro", "")}, "compare must be two words"),
        ({"trials": "chen2021"}, "trials must be a list"),
        ({"roles": "cited"}, "roles must be a list"),
    ],
)
def test_a_slip_in_a_call_is_told(arguments, words):
    with pytest.raises(ValueError, match=words):
        rs.collect("pain", **arguments)


def test_faults_that_a_user_can_mend():
    with pytest.raises(rs.DataError, match="expected pain, function, mobility, strength"):
        rs.collect("happiness")
    with pytest.raises(rs.DataError, match="chen2021 given more than once"):
        rs.collect("pain", trials=["chen2021", rs.load_trial("chen2021")])


def test_candidates_know_whether_they_rest_on_p():
    rows = rs.collect("pain").chosen
    assert all(isinstance(row, Candidate) for row in rows)
    assert [row.from_p for row in rows] == [True, False]
