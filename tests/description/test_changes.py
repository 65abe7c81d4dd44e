import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_trials import NAN, STRENGTH, cohort_of

import retrostats as rs
from retrostats.data.codebook.types import Outcome
from retrostats.description.changes import changes_of, individual_changes
from retrostats.description.responders import improvement_curves
from retrostats.description.types import IndividualChanges
from retrostats.plan.types import Endpoint

WORDS = {"outcome": "Pain", "visit": "week 6", "unit": "points"}


def one(values, **more):
    (found,) = changes_of({"retro": values}, **(WORDS | more))
    return found


def test_improvements_by_hand():
    control, retro = individual_changes(cohort_of(), "pain", 6)
    # control: 5 to 5, 6 to 3, missing, no baseline; retro: 6 to 2, 5 to 3, missing, 4 to 2, 0 to 0
    assert (control.arm, control.improvements, control.missing) == ("control", (0.0, 3.0), 2)
    assert (retro.arm, retro.improvements, retro.missing) == ("retro", (0.0, 2.0, 2.0, 4.0), 1)
    assert (retro.outcome, retro.visit, retro.unit) == ("Pain", "week 6", "points")
    assert individual_changes(cohort_of(), "pain", 3)[1].improvements == (-1.0, 1.0, 1.0, 2.0)


def test_where_higher_is_better_a_rise_is_an_improvement():
    from small_trials import TRIAL, codebook

    strength = Outcome(name="quad", label="Strength", instrument=STRENGTH, column="quad")
    book = codebook(outcomes=(strength,))
    values = [(100, 110, 120 + k) for k in range(len(TRIAL))]
    control, retro = individual_changes(cohort_of(book=book, outcomes={"quad": values}), "quad", 6)
    assert control.improvements == (20.0, 21.0, 22.0, 23.0)
    assert retro.unit == "N"


def test_only_members_count():
    members = np.array([True, False, True, True, True, True, False, False, False])
    control, retro = individual_changes(cohort_of(), "pain", 6, members=members)
    assert (control.improvements, control.missing) == ((0.0,), 2)
    assert (retro.improvements, retro.missing) == ((2.0, 4.0), 0)


def test_the_cohort_and_the_curves_tell_the_same():
    folder = "data/example_cohort"
    cohort = rs.read_cohort(f"{folder}/cohort.csv", f"{folder}/codebook.toml")
    for name in ("pain", "womac", "strength", "tug"):
        arms = rs.individual_changes(cohort, name, 6)
        curves = improvement_curves(cohort, Endpoint(outcome=name, week=6.0))
        sizes = cohort.subjects()["arm"].value_counts()
        for arm, curve in zip(arms, curves, strict=True):
            assert len(arm.improvements) + arm.missing == sizes[arm.arm]
            for amount, share in zip(curve.improvements, curve.shares, strict=True):
                assert arm.counts(mcid=amount).important == round(share * curve.n)


def test_baseline_has_no_change_and_unknown_visits_do_not_exist():
    with pytest.raises(ValueError, match="week 0 is baseline, from which changes are counted"):
        individual_changes(cohort_of(), "pain", 0)
    with pytest.raises(KeyError):
        individual_changes(cohort_of(), "pain", 5)


def test_error_and_importance_are_counted_apart():
    found = one([-3, -2, -1, 0, 0, 1, 2, 3, 4, NAN])
    counts = found.counts(mdc=2, mcid=3)
    # A change of exactly the error is within it; one of exactly the MCID matters.
    assert (counts.improved, counts.within, counts.worsened) == (2, 6, 1)
    assert (counts.better, counts.same, counts.worse) == (4, 2, 3)
    assert (counts.important, counts.n, counts.missing) == (2, 9, 1)
    bare = found.counts()
    assert (bare.improved, bare.within, bare.worsened, bare.important) == (None,) * 4


def test_binary_noise_does_not_decide():
    found = one([0.7 - 0.4, 0.1 + 0.2 - 0.3, -(0.7 - 0.4)])
    assert found.improvements == (-0.3, 0.0, 0.3)
    counts = found.counts(mdc=0.3, mcid=0.3)
    assert (counts.improved, counts.within, counts.important, counts.same) == (0, 3, 1, 1)
    assert str(one([-0.0]).improvements) == "(0.0,)"


@settings(max_examples=60)
@given(
    st.lists(st.integers(-50, 50), max_size=30),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 1000),
)
def test_counts_add_up_turn_with_the_sign_and_ignore_the_unit(values, mdc, mcid, factor):
    here = one(np.array(values, dtype=float)).counts(mdc=mdc, mcid=mcid)
    assert here.improved + here.within + here.worsened == here.n == len(values)
    assert here.better + here.same + here.worse == here.n
    if mcid > mdc:
        assert here.important <= here.improved
    turned = one(-np.array(values, dtype=float)).counts(mdc=mdc)
    assert (turned.improved, turned.worsened) == (here.worsened, here.improved)
    scaled = one(factor * np.array(values, dtype=float)).counts(
        mdc=factor * mdc, mcid=factor * mcid
    )
    assert scaled == here


def test_what_is_no_list_of_improvements_is_refused():
    with pytest.raises(ValueError, match="at least one arm"):
        changes_of({}, **WORDS)
    with pytest.raises(ValueError, match=r"retro needs a list of finite numbers.*\(1, 2\)"):
        one([[1, 2]])
    with pytest.raises(ValueError, match="1 infinite values"):
        one([1, float("inf")])
    for wrong in ((2.0, 1.0), (1.0, NAN), (NAN, 1.0)):
        with pytest.raises(ValueError, match="must be ascending"):
            IndividualChanges(arm="x", improvements=wrong, missing=0, **WORDS)
