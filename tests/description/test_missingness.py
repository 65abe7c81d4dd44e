from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_trials import NAN, cohort_of

import retrostats as rs
from retrostats.description.missingness import missing_patterns


def trial(*rows):
    return [(arm, pain, 60, "female", NAN, "") for arm, pain in rows]


def test_patterns_by_hand():
    found = missing_patterns(cohort_of(), "pain")
    assert (found.outcome, found.visits) == ("Pain", ("baseline", "week 3", "week 6"))
    assert (found.arms, found.sizes) == (("control", "retro"), (4, 5))
    told = [(pattern.seen, pattern.counts) for pattern in found.patterns]
    assert told == [
        ((True, True, True), (2, 4)),
        ((True, False, False), (1, 1)),
        ((False, True, True), (1, 0)),
    ]
    assert [pattern.monotone for pattern in found.patterns] == [True, True, False]
    assert found.observed(0) == (3, 5)
    assert found.observed(2) == (3, 4)


def test_complete_is_first_and_equal_numbers_stay_in_order():
    rows = [("retro", (1, NAN, NAN))] * 3 + [("retro", (1, 1, NAN)), ("retro", (NAN, 1, 1))]
    found = missing_patterns(cohort_of(trial(*rows, ("control", (1, 1, 1)))), "pain")
    assert [pattern.total for pattern in found.patterns] == [1, 3, 1, 1]
    assert all(found.patterns[0].seen)
    assert found.patterns[2].seen == (True, True, False)


def test_members_only_and_an_empty_arm():
    members = np.array([False] * 4 + [True] * 5)
    found = missing_patterns(cohort_of(), "pain", members=members)
    assert found.sizes == (0, 5)
    assert [pattern.counts for pattern in found.patterns] == [(0, 4), (0, 1)]


def test_the_example_cohort_agrees_with_its_completeness():
    folder = "data/example_cohort"
    cohort = rs.read_cohort(f"{folder}/cohort.csv", f"{folder}/codebook.toml")
    known = cohort.completeness().set_index(["visit", "arm"])
    for name in ("pain", "womac", "strength", "tug"):
        found = rs.missing_patterns(cohort, name)
        for (k, visit), (j, arm) in product(enumerate(found.visits), enumerate(found.arms)):
            assert found.observed(k)[j] == known.loc[(visit, arm), name]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), *[st.booleans()] * 3), min_size=1, max_size=25))
def test_every_subject_is_in_exactly_one_pattern(rows):
    arms = ["retro" if first else "control" for first, *_ in rows]
    pains = [tuple(1.0 if seen else NAN for seen in row[1:]) for row in rows]
    found = missing_patterns(cohort_of(trial(*zip(arms, pains, strict=True))), "pain")
    slow = {}
    for arm, (_, *seen) in zip(arms, rows, strict=True):
        slow.setdefault(tuple(seen), []).append(arm)
    assert {p.seen: p.counts for p in found.patterns} == {
        seen: (own.count("control"), own.count("retro")) for seen, own in slow.items()
    }


def test_an_unknown_outcome_is_refused():
    with pytest.raises(KeyError):
        missing_patterns(cohort_of(), "mood")
