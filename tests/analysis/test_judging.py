"""An interval beside the smallest worthwhile change, in both directions of benefit."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from retrostats.analysis.judging import MEANINGS, judge, verdict_of, worthwhile_change
from retrostats.analysis.types import Verdict
from retrostats.data.codebook.types import Outcome
from retrostats.estimate import Estimate, Interval
from retrostats.instruments import Change, Instrument

MCID = Change(
    kind="important", quantity="MCID", value=2.0, population="knee pain", source="a paper"
)
MDC = Change(kind="error", quantity="MDC95", value=1.3)
SEM = Change(kind="error", quantity="SEM", value=0.5)


def outcome(better="lower", changes=(MCID, SEM, MDC), declared=None):
    instrument = Instrument(
        id="x", name="NRS 0-10", measures="pain", low=0, high=10, unit="points", better=better,
        changes=changes,
    )  # fmt: skip
    return Outcome(name="pain", label="Pain", instrument=instrument, smallest_change=declared)


def estimate(low, high):
    return Estimate(
        label="retro - control", value=(low + high) / 2, se=math.nan, df=math.inf,
        ci=Interval(low, high, 0.95), p=0.5, unit="points",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (2.0, 3.0, "worthwhile"),
        (0.1, 2.0, "better, size unclear"),
        (0.1, 1.9, "better, less than worthwhile"),
        (0.0, 1.9, "no worthwhile effect"),
        (-1.0, 2.0, "unclear"),
        (-1.0, 1.0, "no worthwhile effect"),
        (-1.9, 0.0, "no worthwhile effect"),
        (-2.0, 0.0, "no worthwhile benefit"),
        (-3.0, 1.9, "no worthwhile benefit"),
        (-3.0, 2.0, "unclear"),
        (-1.9, -0.1, "worse, less than worthwhile"),
        (-2.0, -0.1, "worse, size unclear"),
        (-3.0, -2.0, "worthwhile harm"),
    ],
)
def test_where_an_interval_lies(low, high, verdict):
    assert verdict_of(low, high, 2.0) == verdict
    assert judge(estimate(low, high), outcome("higher"), 5.0).verdict == verdict
    assert judge(estimate(-high, -low), outcome("lower"), 5.0).verdict == verdict


def test_the_sentence_names_size_and_source_and_the_error_is_the_detectable_change():
    found = judge(estimate(-1.5, -0.2), outcome(), 5.0)
    assert "2 points (MCID; knee pain; a paper)" in found.sentence
    assert found.worthwhile is MCID
    assert found.error is MDC


def test_a_relative_change_is_a_share_of_the_mean_at_baseline():
    relative = Change(kind="important", quantity="MCID", value=0.12, basis="relative")
    one = outcome("higher", changes=(relative,))
    assert judge(estimate(6.1, 9.0), one, 50.0).verdict == "worthwhile"
    assert judge(estimate(5.9, 9.0), one, 50.0).verdict == "better, size unclear"
    assert "12% of the mean at baseline, 6 points" in judge(estimate(5.9, 9.0), one, 50.0).sentence


def test_what_the_trial_declares_goes_before_the_instrument():
    own = Change(kind="important", quantity="declared", value=1.0)
    assert worthwhile_change(outcome(declared=own)) is own
    assert worthwhile_change(outcome()) is MCID


def test_nothing_is_judged_without_a_worthwhile_change():
    found = judge(estimate(-1.5, -0.2), outcome(changes=(MDC,)), 5.0)
    assert (found.verdict, found.worthwhile, found.error) == ("not judged", None, MDC)


@pytest.mark.parametrize("mean", [math.nan, 0.0, -4.0])
def test_a_share_of_a_baseline_that_is_not_positive_is_no_size(mean):
    relative = Change(kind="important", quantity="MCID", value=0.12, basis="relative")
    found = judge(estimate(-1.0, 1.0), outcome(changes=(relative,)), mean)
    assert (found.verdict, found.worthwhile) == ("not judged", None)


def test_every_verdict_has_a_meaning():
    assert set(MEANINGS) == set(get_args(Verdict))


def test_other_values_on_record_are_judged_too_unless_the_trial_declares_its_own():
    smaller = Change(kind="important", quantity="MPCI", value=1.0, source="another paper")
    found = judge(estimate(-1.5, -0.2), outcome(changes=(MCID, smaller)), 5.0)
    assert found.verdict == "better, less than worthwhile"
    assert found.alternatives == ((smaller, "better, size unclear"),)
    assert "By another value on record, 1 points (MPCI; another paper), it lies" in found.sentence
    own = Change(kind="important", quantity="declared", value=2.0)
    declared = judge(estimate(-1.5, -0.2), outcome(changes=(MCID, smaller), declared=own), 5.0)
    assert declared.alternatives == ()
