"""Calls of the collection and of what follows it with arguments that are none."""

import math

import pytest

import retrostats as rs
from retrostats.errors import DataError

TRIALS = [
    rs.Estimate.from_se("A", -0.9, 0.32, unit="SD"),
    rs.Estimate.from_se("B", -0.15, 0.22, unit="SD"),
]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"outcome": ""}, "the outcome must be a word"),
        ({"outcome": None}, "the outcome must be a word"),
        ({"outcome": 5}, "the outcome must be a word"),
        ({"trials": 5}, "trials must be a list of ids or a Path"),
        ({"roles": None}, "roles must be a list"),
        ({"roles": []}, "roles must be a list"),
        ({"roles": ["friend"]}, "roles must be a list of some of biomechanics"),
        ({"timepoint": None}, "timepoint must be a word"),
    ],
)
def test_what_is_no_question(arguments, told):
    with pytest.raises(ValueError, match=told):
        rs.collect(**arguments)


def test_an_empty_list_of_trials_is_told():
    with pytest.raises(DataError, match="the list of trials is empty"):
        rs.collect(trials=[])


@pytest.mark.parametrize("outcome", ["Pain", "PAIN", " pain "])
def test_a_kind_of_outcome_is_one_however_it_is_written(outcome):
    assert tuple(rs.collect(outcome)) == tuple(rs.collect("pain"))
    assert rs.collect(outcome).request.outcome == "pain"


def test_a_list_without_a_name_for_each_trial():
    with pytest.raises(DataError, match="1 names of studies for 2 estimates"):
        rs.pool_sensitivity(TRIALS, studies=["a"])


@pytest.mark.parametrize("given", [None, 0.5, [None], [2], ["x"], [math.nan], "0.5"])
def test_correlations_that_are_none(given):
    with pytest.raises(ValueError, match="correlations must be a list of numbers"):
        rs.pool_sensitivity(TRIALS, correlations=given)


@pytest.mark.parametrize("given", [None, 3, [1, 2], "ab", {"a": 1}, (t for t in TRIALS)])
def test_what_is_no_list_of_effects(given):
    with pytest.raises(TypeError, match="need a list of estimates or ratios"):
        rs.common_scale(given, sources=["d", "d"])


@pytest.mark.parametrize("sources", [None, "dd", ["d"], 5, iter("dd")])
def test_what_is_no_list_of_sources(sources):
    with pytest.raises(ValueError, match="give a list with a source for each of 2 effects"):
        rs.common_scale(TRIALS, sources=sources)


def test_risks_of_control_arms_go_by_name():
    with pytest.raises(TypeError, match="control_risks must be a dict by label; got 5"):
        rs.common_scale(TRIALS, sources=["d", "d"], control_risks=5)
