"""The figure of power: its line, band, closed form, target and words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.patches import Patch

import retrostats as rs
from retrostats.plan.names import default_model
from retrostats.plan.types import AnalysisPlan, Comparison, Endpoint, Estimand
from retrostats.power.design.types import DesignArm, exchangeable


@cache
def curve(over="n", margin=None, label="retro"):
    """Return a curve of an ANCOVA without a scale, which has a closed form."""
    design = rs.TrialDesign(
        title="A trial",
        outcome="pain",
        unit="points",
        visits=("baseline", "week 6"),
        weeks=(0.0, 6.0),
        arms=(
            DesignArm(label="control", means=(6.0, 5.0)),
            DesignArm(label=label, means=(6.0, 4.0)),
        ),
        sds=(1.5, 1.7),
        correlation=exchangeable(0.5, 2),
    )
    comparison = Comparison(treatment=label, comparator="control")
    plan = AnalysisPlan(
        title="Plan",
        estimand=Estimand(
            comparison=comparison,
            population="adults",
            endpoint=Endpoint(outcome="pain", week=6.0),
            intercurrent=(),
        ),
        comparisons=(comparison,),
        model=default_model("ancova"),
    )
    values = {"n": [15, 25, 40], "dropout": [0.0, 0.2]}[over]
    return rs.power_curve(
        design, plan, over=over, values=values, n=None if over == "n" else 30,
        replicates=100, seed=1, margin=margin,
    )  # fmt: skip


def part(ax, gid):
    (found,) = [each for each in ax.get_children() if each.get_gid() == gid]
    return found


def _legend(ax):
    legend = ax.get_legend()
    return legend.legend_handles, legend.get_texts()


@pytest.mark.parametrize("width", ["single", "double"])
def test_points_band_and_closed_form_are_those_of_the_curve(width):
    drawn = curve()
    ax = rs.plot_power(drawn, target=0.9, width=width)
    line = part(ax, "power")
    assert list(line.get_xdata()) == [15, 25, 40]
    assert list(line.get_ydata()) == [100 * point.power.value for point in drawn]
    assert list(part(ax, "closed").get_ydata()) == [100 * each for each in drawn.closed]
    assert set(part(ax, "target").get_ydata()) == {90.0}
    limits = [path.vertices[:, 1].tolist() for path in part(ax, "intervals").get_paths()]
    wanted = [[100 * p.primary.interval.low, 100 * p.primary.interval.high] for p in drawn]
    np.testing.assert_allclose(limits, wanted)
    words = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert "power of 90%" in words.replace("\n", " ")
    assert ax.get_xlabel().startswith("Subjects per arm\n100 simulated trials")


def test_its_description_tells_every_power():
    drawn = curve()
    told = rs.describe(rs.plot_power(drawn, target=0.8))
    for value, point in zip(drawn.values, drawn, strict=True):
        assert f"{value:g}: {100 * point.power.value:.1f}%" in told
    assert "Dashed: closed form, ANCOVA." in told
    assert "power_ancova" not in told
    assert "Dotted: a power of 80%." in told


def test_other_axes_tell_the_subjects():
    ax = rs.plot_power(curve("dropout"))
    told = ax.get_xlabel().replace("\n", " ")
    assert "Share gone by the last visit" in told
    assert "control 30, retro 30" in told


def test_many_points_leave_the_line_and_the_band():
    few = curve()
    many = replace(few, values=tuple(range(10, 310)), points=few.points * 100, closed=())
    ax = rs.plot_power(many, width="single")
    assert part(ax, "power").get_marker() == "None"
    assert len(part(ax, "power").get_xdata()) == 300
    assert part(ax, "band")
    assert not [each for each in ax.get_children() if each.get_gid() == "intervals"]


def test_one_point_is_seen_with_its_closed_form_and_whole_subjects_beside_it():
    few = curve()
    one = replace(few, values=few.values[:1], points=few.points[:1], closed=few.closed[:1])
    ax = rs.plot_power(one)
    assert part(ax, "closed").get_marker() == "x"
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "closed form, ANCOVA" in words
    keys = {label.get_text(): key for key, label in zip(*_legend(ax), strict=True)}
    assert not any(isinstance(key, Patch) for key in keys.values())  # no band without a width
    assert keys["95% CI of the simulation"].get_marker() == "|"
    assert {key.get_linestyle() for key in keys.values()} == {"None"}
    assert "Cross: closed form, ANCOVA." in rs.describe(ax)
    low, high = ax.get_xlim()
    assert (low, high) == (14, 16)
    ticks = [each for each in ax.get_xticks() if low <= each <= high]
    assert ticks == [14, 15, 16]


def test_with_a_margin_the_power_is_that_of_the_margin():
    drawn = curve(margin=0.5)
    ax = rs.plot_power(drawn)
    shown = list(part(ax, "power").get_ydata())
    assert shown == [100 * point.primary.margin_power.value for point in drawn]
    assert not [each for each in ax.get_children() if each.get_gid() in ("band", "closed")]


def test_a_single_point_has_room_on_both_sides():
    whole = curve()
    one = replace(
        whole, values=whole.values[1:2], points=whole.points[1:2], closed=whole.closed[1:2]
    )
    low, high = rs.plot_power(one).get_xlim()
    assert low < 25 < high


def test_long_names_stay_inside():
    name = "backward walking on a treadmill with partial body-weight support, thrice a week"
    ax = rs.plot_power(curve(label=name), width="single")
    figure = ax.figure
    figure.canvas.draw()
    box, plot = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert box.x0 >= plot.x0
    assert box.x1 <= plot.x1


@pytest.mark.parametrize("target", [0, 1, 90])
def test_a_target_that_is_no_power_is_refused(target):
    with pytest.raises(ValueError, match="target must lie between 0 and 1"):
        rs.plot_power(curve(), target=target)


def test_something_else_is_refused():
    with pytest.raises(ValueError, match=r"rs\.power_curve"):
        rs.plot_power(curve()[0])
