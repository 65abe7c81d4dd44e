import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_trials import NAN, RETRO, STRENGTH, TRIAL, codebook, cohort_of

from retrostats.data.codebook.types import Outcome
from retrostats.description.responders import improvement_curves, responder_table
from retrostats.effects.proportions import risk_difference, wilson_limits
from retrostats.instruments import Instrument
from retrostats.plan.types import Comparison, Endpoint, ResponderPlan

PAIN_6 = Endpoint(outcome="pain", week=6.0)
BACK = Comparison(treatment="control", comparator="retro")


def definition(improvement=2.0, **more):
    return ResponderPlan(endpoint=PAIN_6, improvement=improvement, **more)


def counts(table):
    return [(arm.responders, arm.n, arm.missing, arm.undefined) for arm in table.arms]


def test_two_points_by_hand():
    table = responder_table(cohort_of(), definition(), [RETRO])
    # control: 0, 3, missing, no baseline; retro: 4, 2, missing, 2, 0
    assert counts(table) == [(1, 4, 2, 0), (3, 5, 1, 0)]
    assert [arm.arm for arm in table.arms] == ["control", "retro"]
    assert (table.outcome, table.label, table.visit) == ("pain", "Pain", "week 6")
    assert table.definition == "improvement of at least 2 points from baseline to week 6"
    assert table.missing_rule == (
        "subjects without Pain at baseline or week 6 count as non-responders"
    )
    assert table.arms[1].proportion.value == 0.6
    assert table.arms[1].proportion.ci[:2] == wilson_limits(3, 5)
    (compared,) = table.comparisons
    assert compared.difference == risk_difference(3, 5, 1, 4, label="retro - control")
    assert compared.number_needed.value == pytest.approx(1 / 0.35)
    assert compared.number_needed.label == "retro - control"
    assert table.not_compared == ()


def test_missing_may_be_left_out():
    table = responder_table(cohort_of(), definition(missing="excluded"), [RETRO], level=0.9)
    assert counts(table) == [(1, 2, 2, 0), (3, 4, 1, 0)]
    assert table.missing_rule.endswith("are left out")
    assert table.arms[0].proportion.ci.level == 0.9
    assert table.comparisons[0].difference.ci.level == 0.9


def test_a_percentage_of_zero_is_undefined_and_counted():
    table = responder_table(cohort_of(), definition(0.4, basis="relative"), [RETRO])
    # control 0 of 5, 3 of 6; retro 4 of 6, 2 of 5 (exactly 40 %), missing, 2 of 4, 0 of 0
    assert counts(table) == [(1, 4, 2, 0), (3, 4, 1, 1)]
    assert table.definition == "improvement of at least 40% from baseline to week 6"
    assert table.missing_rule == (
        "subjects without Pain at baseline or week 6 count as non-responders; subjects with Pain "
        "of 0 at baseline are left out"
    )
    gone = cohort_of([("retro", (0, NAN, NAN), 50, "male", NAN, ""), TRIAL[0]])
    table = responder_table(gone, definition(0.4, basis="relative"), [RETRO])
    assert counts(table) == [(0, 1, 0, 0), (0, 0, 0, 1)]


@pytest.mark.parametrize(
    ("basis", "improvement", "baseline", "later"),
    [
        ("absolute", 0.3, 0.7, 0.4),  # 0.29999999999999993
        ("absolute", 0.1, 0.3, 0.2),  # 0.09999999999999998
        ("relative", 0.3, 7.1, 4.97),  # 2.13 against 2.13
        ("relative", 0.3, 4.1, 2.87),  # 1.2299999999999995 against 1.23
        ("relative", 0.5, 9.7, 4.85),
    ],
)
def test_the_threshold_itself_counts(basis, improvement, baseline, later):
    plan = definition(improvement, basis=basis)
    for extra, wanted in ((0.0, 1), (0.001, 0), (-0.001, 1)):
        trial = [("retro", (baseline, NAN, later + extra), 50, "male", NAN, "")]
        assert responder_table(cohort_of(trial), plan, []).arms[1].responders == wanted


def test_higher_is_better_where_the_instrument_says_so():
    strength = Outcome(name="strength", label="Strength", instrument=STRENGTH, column="s")
    values = [(100.0, NAN, 130.0), (100.0, NAN, 129.0), (100.0, NAN, 60.0)]
    cohort = cohort_of(
        TRIAL[4:7],
        book=codebook(outcomes=(*codebook().outcomes, strength)),
        outcomes={"strength": values},
    )
    endpoint = Endpoint(outcome="strength", week=6.0)
    plan = ResponderPlan(endpoint=endpoint, improvement=0.3, basis="relative")
    assert counts(responder_table(cohort, plan, []))[1] == (1, 3, 0, 0)
    (_, curve) = improvement_curves(cohort, endpoint)
    assert (curve.improvements, curve.unit) == ((-40.0, 29.0, 30.0), "N")


def test_a_negative_baseline_has_a_positive_threshold():
    angle = Instrument(
        id="rom", name="Extension", measures="extension", low=-30, high=10, unit="degrees",
        better="higher",
    )  # fmt: skip
    book = codebook(outcomes=(Outcome(name="pain", label="Extension", instrument=angle),))
    trial = [("retro", (-10.0, NAN, later), 50, "male", NAN, "") for later in (-7.0, -8.0, -11.0)]
    cohort = cohort_of(trial, book=book)
    assert counts(responder_table(cohort, definition(0.3, basis="relative"), []))[1][0] == 1
    one = responder_table(cohort, definition(1.0), [])
    assert one.definition == "improvement of at least 1 degree from baseline to week 6"


def test_one_second_keeps_its_unit():
    tug = Instrument(id="tug", name="TUG", measures="mobility", low=0, high=99, unit="s",
                     better="lower")  # fmt: skip
    book = codebook(outcomes=(Outcome(name="pain", label="TUG", instrument=tug),))
    table = responder_table(cohort_of(book=book), definition(1.0), [])
    assert table.definition == "improvement of at least 1 s from baseline to week 6"


def test_an_empty_arm_is_not_compared_and_it_is_said():
    trial = [("control", (5, NAN, NAN), 50, "male", NAN, ""), *TRIAL[4:]]
    table = responder_table(cohort_of(trial), definition(missing="excluded"), [RETRO, BACK])
    assert table.comparisons == ()
    assert table.not_compared == (
        ("retro - control", "nobody to count in control"),
        ("control - retro", "nobody to count in control"),
    )
    assert math.isnan(table.arms[0].proportion.value)


def test_members_and_the_order_of_subjects():
    members = np.array([True] * 4 + [True, True, False, False, False])
    assert counts(responder_table(cohort_of(), definition(), [RETRO], members=members)) == [
        (1, 4, 2, 0),
        (2, 2, 0, 0),
    ]
    moved = cohort_of(list(reversed(TRIAL)))
    assert responder_table(moved, definition(), [RETRO]) == responder_table(
        cohort_of(), definition(), [RETRO]
    )
    assert improvement_curves(moved, PAIN_6) == improvement_curves(cohort_of(), PAIN_6)


def test_swapped_arms_turn_the_sign():
    there, back = responder_table(cohort_of(), definition(), [RETRO, BACK]).comparisons
    assert there.difference.value == -back.difference.value
    assert there.number_needed.value == -back.number_needed.value


def test_curves_by_hand():
    control, retro = improvement_curves(cohort_of(), PAIN_6)
    assert (control.arm, control.improvements, control.shares) == (
        "control",
        (0.0, 3.0),
        (1.0, 0.5),
    )
    assert (retro.improvements, retro.shares) == ((0.0, 2.0, 4.0), (1.0, 0.75, 0.25))
    assert (control.n, retro.n, retro.unit) == (2, 4, "points")
    members = np.array([True] * 4 + [False] * 5)
    (_, nobody) = improvement_curves(cohort_of(), PAIN_6, members=members)
    assert (nobody.improvements, nobody.shares, nobody.n) == ((), (), 0)


def test_improvements_that_differ_by_rounding_are_one():
    trial = [
        ("retro", (0.7, NAN, 0.4), 50, "male", NAN, ""),
        ("retro", (0.9, NAN, 0.6), 50, "male", NAN, ""),
        ("retro", (0.3, NAN, 0.3), 50, "male", NAN, ""),
    ]
    (_, curve) = improvement_curves(cohort_of(trial), PAIN_6)
    assert curve.improvements == (0.0, 0.3)
    assert math.copysign(1, curve.improvements[0]) == 1
    assert curve.shares == (1.0, 2 / 3)


score = st.one_of(st.integers(0, 100).map(lambda x: x / 10), st.just(NAN))
people = st.lists(
    st.tuples(
        st.sampled_from(["control", "retro"]), st.tuples(score, score, score),
        st.just(50.0), st.just("male"), st.just(NAN), st.just(""),
    ),
    min_size=1, max_size=15,
)  # fmt: skip


@given(people, st.integers(1, 40).map(lambda x: x / 10))
def test_curves_fall_from_one_and_agree_with_every_threshold(trial, threshold):
    cohort = cohort_of(trial)
    table = responder_table(cohort, definition(threshold, missing="excluded"), [])
    for curve, arm in zip(improvement_curves(cohort, PAIN_6), table.arms, strict=True):
        assert (curve.n, len(curve.shares)) == (arm.n, len(curve.improvements))
        assert list(curve.improvements) == sorted(set(curve.improvements))
        assert list(curve.shares) == sorted(curve.shares, reverse=True)
        assert not curve.n or curve.shares[0] == 1.0
        # The share that improved by the threshold is that at the next amount which occurred.
        reached = [s for x, s in zip(curve.improvements, curve.shares, strict=True)
                   if x >= threshold - 1e-9]  # fmt: skip
        assert arm.responders == round((reached or [0.0])[0] * arm.n)


@given(people, st.sampled_from(["absolute", "relative"]))
def test_everybody_is_counted_somewhere(trial, basis):
    cohort = cohort_of(trial)
    kept = responder_table(cohort, definition(0.3, basis=basis), [RETRO])
    out = responder_table(cohort, definition(0.3, basis=basis, missing="excluded"), [RETRO])
    for known, arm in zip(kept.arms, out.arms, strict=True):
        size = sum(person[0] == arm.arm for person in trial)
        assert known.n + known.undefined == size
        assert arm.n + arm.missing + arm.undefined == size
        assert (known.responders, known.missing) == (arm.responders, arm.missing)
        assert known.responders <= arm.n
    assert len(kept.comparisons) + len(kept.not_compared) == 1
