"""The figures of the report: what they take from the analysis."""

from dataclasses import replace

import pytest

from retrostats.figures.style import describe
from retrostats.plan.types import Endpoint, ResponderPlan
from retrostats.report.analysis.drawings import draw_figures

from . import invented
from .invented import WEEK_3


@pytest.fixture
def analysis():
    return invented.analysis()


def marks(ax, gid):
    return [(*line.get_xdata(), *line.get_ydata()) for line in ax.lines if line.get_gid() == gid]


def test_courses_start_where_the_model_does_with_the_subjects_that_it_uses(analysis):
    primary = replace(
        analysis.primary,
        start=dict.fromkeys(("control", "retro"), 5.25),
        counts={"week 3": {"control": 7, "retro": 8}, "week 6": {"control": 5, "retro": 6}},
    )
    figures = draw_figures(replace(analysis, endpoints=(primary,)))
    ax = figures["trajectories_pain"]
    assert marks(ax, "baseline") == [(0.0, 5.25)]
    counts = [(text.xy[0], text.get_text()) for text in ax.texts if text.get_gid() == "count"]
    assert counts == [(3, "7"), (6, "5"), (3, "8"), (6, "6")]
    without = draw_figures(replace(analysis, endpoints=(replace(primary, start={}),)))
    assert marks(without["trajectories_pain"], "baseline") == []


def test_the_description_names_the_weeks_of_the_endpoints(analysis):
    earlier = replace(analysis.primary, visit=WEEK_3)
    alone = draw_figures(replace(analysis, endpoints=(earlier,)))["trajectories_pain"]
    assert "At week 3," in describe(alone)
    assert "At week 6," not in describe(alone)
    both = draw_figures(replace(analysis, endpoints=(analysis.primary, earlier)))
    told = describe(both["trajectories_pain"])
    assert 0 < told.index("At week 6,") < told.index("At week 3,")


def test_a_percentage_is_named_and_an_amount_is_marked(analysis):
    week_6 = Endpoint(outcome="pain", week=6)
    plans = (
        ResponderPlan(endpoint=week_6, improvement=2.0),
        ResponderPlan(endpoint=week_6, improvement=0.3, basis="relative"),
    )
    plan = replace(analysis.plan, responders=plans)
    ax = draw_figures(replace(analysis, plan=plan))["responders_pain"]
    assert {x for x, _ in marks(ax, "share")} == {2.0}
    assert "Not marked: the planned 30% of baseline" in describe(ax)
