"""What every plot function says to data of the wrong kind, and to Axes that are not free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import retrostats as rs
from retrostats.description.changes import changes_of
from retrostats.description.diagnostics import residual_diagnostics
from retrostats.description.types import (
    ArmFlow,
    Flow,
    ImprovementCurve,
    MissingPattern,
    MissingPatterns,
)
from retrostats.figures.inputs import kind_words
from retrostats.figures.words import size_mm

GROUPS = rs.distributions({"control": [6.0, 5.5, 7.2, 4.1], "retro": [4.0, 3.3, 5.1, 2.8]})
DIFFERENCES = rs.EstimateTable(
    "Differences", (rs.Estimate.from_se("retro - control", -1.9, 0.6, unit=""),)
)
CHANGES = changes_of(
    {"control": [1.0, 0.0, -1.0], "retro": [3.0, 2.0, 0.0]}, outcome="Pain", visit="week 6", unit=""
)
PAIRS = rs.agreement([1.0, 2.0, 3.0, 4.0], [1.1, 2.3, 3.2, 4.6])
PATTERNS = MissingPatterns(
    outcome="Pain",
    visits=("week 0", "week 6"),
    arms=("control", "retro"),
    sizes=(3, 2),
    patterns=(
        MissingPattern(seen=(True, True), counts=(2, 2)),
        MissingPattern(seen=(True, False), counts=(1, 0)),
    ),
)
CURVES = [
    ImprovementCurve(arm=arm, improvements=(0.0, 2.0), shares=(1.0, 0.5), n=2, unit="points")
    for arm in ("control", "retro")
]
FLOW = Flow(
    assessed=None,
    not_randomised=(),
    visits=("baseline",),
    endpoint="Pain",
    arms=(
        ArmFlow(
            arm="retro",
            name="Retro",
            randomised=2,
            excluded=(),
            attended=(2,),
            withdrawn=(),
            analysed=2,
            not_analysed=(),
        ),
    ),
)
RESIDUALS = residual_diagnostics(
    [1.0, 2.0, 3.0, 4.0], [0.1, -0.4, 0.9, -0.2], ["w"] * 4, list("abcd"), ["w"]
)

POOLED = rs.pool(
    [
        rs.Estimate.from_se(f"Trial {name}", value, 0.3, unit="")
        for name, value in (("A", -1.9), ("B", -0.2), ("C", -0.9))
    ]
)

#: By name of the function: how it is called, data that it takes, and what makes them.
PLOTS: dict[str, tuple[Callable[..., Axes], Any, str]] = {
    "plot_raincloud": (rs.plot_raincloud, GROUPS, "rs.distributions"),
    "plot_estimation": (
        lambda data, **more: rs.plot_estimation(data, DIFFERENCES, **more),
        GROUPS,
        "rs.distributions",
    ),
    "plot_change": (rs.plot_change, CHANGES, "rs.individual_changes"),
    "plot_agreement": (rs.plot_agreement, PAIRS, "rs.agreement"),
    "plot_missing": (rs.plot_missing, PATTERNS, "rs.missing_patterns"),
    "plot_baujat": (rs.plot_baujat, rs.baujat(POOLED), "rs.baujat"),
    "plot_gosh": (rs.plot_gosh, rs.gosh(POOLED), "rs.gosh"),
    "plot_funnel": (rs.plot_funnel, DIFFERENCES, "rs.EstimateTable"),
    "plot_forest": (rs.plot_forest, DIFFERENCES, "rs.EstimateTable"),
    "plot_responders": (rs.plot_responders, CURVES, ".curves"),
    "plot_flow": (rs.plot_flow, FLOW, ".flow"),
    "plot_diagnostics": (rs.plot_diagnostics, RESIDUALS, ".diagnostics"),
    "plot_trajectories": (
        lambda data, **more: rs.plot_trajectories(data, [6.0], better="lower", **more),
        {"control": DIFFERENCES, "retro": DIFFERENCES},
        ".courses",
    ),
}
#: These have panels in the place of their Axes, which only a place in a grid can hold.
PANELS = {"plot_change", "plot_missing", "plot_diagnostics"}
STRANGE = {
    "frame": pd.DataFrame({"pain": [1.0, 2.0]}),
    "array": np.arange(6.0).reshape(3, 2),
    "numbers": [1.0, 2.0],
    "estimates": list(DIFFERENCES),
    "nothing": None,
    "text": "pain",
    "mapping": {"retro": [1.0, 2.0]},
    "number": 3,
}

every = pytest.mark.parametrize("name", PLOTS)


@every
@pytest.mark.parametrize("strange", STRANGE)
def test_data_of_the_wrong_kind_are_refused_with_what_makes_the_right_ones(
    name: str, strange: str
) -> None:
    plot, _, made_by = PLOTS[name]
    with pytest.raises(ValueError, match="expected") as caught:
        plot(STRANGE[strange])
    assert str(caught.value).startswith(f"{name}: ")
    assert made_by in str(caught.value)
    if not isinstance(STRANGE[strange], dict):
        assert f"got {kind_words(STRANGE[strange])}" in str(caught.value)


def test_one_group_by_itself_is_told_to_be_put_into_a_list() -> None:
    with pytest.raises(ValueError, match="one Distribution by itself, so put it into a list"):
        rs.plot_raincloud(GROUPS[0])  # type: ignore[arg-type]


def test_a_generator_of_groups_is_drawn() -> None:
    ax = rs.plot_raincloud(group for group in GROUPS)  # type: ignore[arg-type]
    assert len(ax.get_yticklabels()) == 2


def test_differences_that_are_no_table_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected EstimateTable.*got a list of Estimate"):
        rs.plot_estimation(GROUPS, list(DIFFERENCES))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["plot_raincloud", "plot_estimation"])
def test_a_direction_that_is_none_is_refused(name: str) -> None:
    plot, data, _ = PLOTS[name]
    with pytest.raises(ValueError, match="better is 'low'; expected 'lower' or 'higher'"):
        plot(data, better="low")


def test_the_courses_too_ask_for_a_known_direction() -> None:
    with pytest.raises(ValueError, match="plot_trajectories: better is 'down'"):
        rs.plot_trajectories({"retro": DIFFERENCES}, [6.0], better="down")  # type: ignore[arg-type]


def test_names_without_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"arm_names are words by label.*got a list of str"):
        rs.plot_change(CHANGES, arm_names=["Control", "Retro"])  # type: ignore[arg-type]


@every
def test_axes_of_subplots_are_drawn_on_in_the_house_style(name: str) -> None:
    plot, data, _ = PLOTS[name]
    figure = Figure(figsize=(16, 9))  # no layout, and the style of matplotlib
    left, right = figure.subplots(ncols=2)
    drawn = plot(data, ax=left)
    assert drawn is left
    assert not left.spines["top"].get_visible()
    figure.draw_without_rendering()
    others = [ax for ax in figure.axes if ax is not right]
    ends = [box.x1 for ax in others if (box := ax.get_tightbbox()) is not None]
    beside = right.get_tightbbox()
    assert beside is not None
    assert max(ends) <= beside.x0 + 1, "words lie on the Axes beside"


@every
def test_axes_outside_a_grid_are_drawn_on_or_refused(name: str) -> None:
    plot, data, _ = PLOTS[name]
    ax = Figure(figsize=(12, 9)).add_axes((0.2, 0.2, 0.5, 0.6))
    if name in PANELS:
        with pytest.raises(ValueError, match=f"{name}: .*no place in a grid"):
            plot(data, ax=ax)
    else:
        assert plot(data, ax=ax) is ax


def test_words_that_would_be_cut_off_are_refused() -> None:
    ax = Figure(figsize=(8, 6)).add_axes((0.1, 0.1, 0.85, 0.8))
    with pytest.raises(ValueError, match=r"plot_agreement: words would be cut off.*right by"):
        rs.plot_agreement(PAIRS, ax=ax)


@every
def test_a_second_figure_on_the_same_axes_is_refused(name: str) -> None:
    plot, data, _ = PLOTS[name]
    ax = plot(data)
    with pytest.raises(ValueError, match=rf"{name}: these Axes hold a figure already.*ax\.clear"):
        plot(data, ax=ax)


def test_cleared_axes_are_free_again() -> None:
    ax = rs.plot_agreement(PAIRS)
    ax.clear()
    assert rs.plot_agreement(PAIRS, ax=ax) is ax


@every
def test_what_is_no_axes_is_refused(name: str) -> None:
    plot, data, _ = PLOTS[name]
    with pytest.raises(ValueError, match=rf"{name}: ax must be .*ndarray.*axes\[0\]"):
        plot(data, ax=Figure().subplots(ncols=2))
    with pytest.raises(ValueError, match=f"{name}: ax must be .*Figure; give its figure's Axes"):
        plot(data, ax=Figure())


def test_a_figure_without_room_is_an_error_that_tells_its_size() -> None:
    with pytest.raises(ValueError, match="no room to draw in a figure of 20 by 10 mm"):
        rs.plot_agreement(PAIRS, ax=rs.blank_axes(20, 10))


def test_the_note_of_subplots_is_wrapped_to_its_own_place() -> None:
    figure = Figure(figsize=(14, 6), layout="constrained")
    left, right = figure.subplots(ncols=2)
    rs.plot_raincloud(rs.distributions({"retro": range(30)}), better="lower", ax=left)
    size_mm(left)
    note = next(text for text in left.texts if text.get_gid() == "note")
    assert note.get_window_extent().x1 < right.get_window_extent().x0
