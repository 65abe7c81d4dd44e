"""The flow of a publication: the numbers that it prints, and no others."""

from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.description.published_flow import published_flow


def test_the_numbers_are_those_of_the_publication():
    flow = published_flow(rs.load_trial("brosseau2012"))
    assert (flow.randomised, flow.analysed) == (222, 221)
    assert [arm.randomised for arm in flow.arms] == [79, 69, 74]
    assert [arm.not_analysed for arm in flow.arms] == [(), (), (("reason not entered", 1),)]
    assert (flow.assessed, flow.visits, flow.endpoint) == (None, (), "")


def test_what_is_not_known_is_named():
    with pytest.raises(ValueError, match="n_analysed of retro, n_analysed of forward"):
        published_flow(rs.load_trial("alghadir2019"))
    with pytest.raises(ValueError, match="lin2025: the trial has no arms"):
        published_flow(rs.load_trial("lin2025"))


def test_more_analysed_than_randomised_is_refused():
    trial = rs.load_trial("brosseau2012")
    arms = (replace(trial.arms[0], n_analysed=80), *trial.arms[1:])
    with pytest.raises(ValueError, match="80 analysed of 79 randomised to walking"):
        published_flow(replace(trial, arms=arms))


def test_it_is_drawn_without_a_stage_of_follow_up():
    ax = rs.plot_flow(published_flow(rs.load_trial("brosseau2012")))
    words = [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in ax.texts]
    assert "Allocation" in words
    assert "Analysis" in words
    assert "Follow-up" not in words
    assert "Attended" not in words
    assert "Analysed (n = 73)" in words
    assert rs.describe(ax).endswith("1 not analysed, 73 analysed.")
