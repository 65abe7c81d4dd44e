"""The forest of published effects as a table that anyone can ask for."""

import pytest

import retrostats as rs
from retrostats.report.effects import select_effects


def test_the_effects_are_those_of_the_report_with_their_marks_explained():
    found = [rs.reproduce(name) for name in ("alghadir2019", "chen2021", "pdbt2021")]
    table = rs.published_effects(found)
    shown = select_effects(found)
    assert [each.label for each in table] == [each.label for each in shown]
    assert [each.value for each in table] == [each.value for each in shown]
    assert "† rests on an inferred figure" in table.caption
    assert "‡ the figures of this outcome do not fit one another" in table.caption


def test_marks_that_do_not_occur_are_not_explained():
    table = rs.published_effects([rs.reproduce("chen2021")])
    assert table.caption == "Standardised differences that the printed figures allow"


def test_positive_favours_the_arm_named_first_whatever_the_scale():
    (pain,) = (
        each for each in rs.published_effects([rs.reproduce("chen2021")]) if "pain" in each.label
    )
    trial = rs.load_trial("chen2021")
    treated, control = (
        trial.printed(arm=arm, outcome="pain", timepoint="4wk", statistic="mean").value
        for arm in ("BW", "control")
    )
    assert treated < control
    assert trial.outcome("pain").better == "lower"
    assert pain.value > 0


@pytest.mark.parametrize("trials", [(), ("goonasegaran2022",)])
def test_where_no_figure_allows_an_effect_the_table_is_empty(trials):
    assert len(rs.published_effects([rs.reproduce(name) for name in trials])) == 0
