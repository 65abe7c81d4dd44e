"""The width of a figure that a plot function makes, its height, and how they are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import retrostats as rs
from retrostats.description.types import ImprovementCurve
from retrostats.figures.change import change_height
from retrostats.figures.diagnostics import diagnostics_height
from retrostats.figures.estimation import estimation_height
from retrostats.figures.flow import flow_height
from retrostats.figures.missing import missing_height
from retrostats.figures.style import MM_PER_INCH, figure_width
from retrostats.figures.words import size_mm

#: Sizes in mm that are computed in one way agree to so much.
SAME = 1e-6
#: Least height in mm at which a panel of a figure of one column is read, and least width.
LEAST = 20.0, 20.0

FOLDER = "data/example_cohort"
LONG = [
    "Usual care alone (physiotherapy)",
    "Retro (backward) walking on a treadmill",
    "Forward walking on level ground",
    "Cycling at moderate intensity",
    "Strength training, supervised",
]


@cache
def trial() -> tuple[rs.Cohort, Any]:
    cohort = rs.read_cohort(f"{FOLDER}/cohort.csv", f"{FOLDER}/codebook.toml")
    return cohort, rs.analyse(cohort, rs.read_plan(f"{FOLDER}/plan.toml"))


def data_of(name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Data of the example cohort, positional and by name."""
    cohort, analysis = trial()
    primary = analysis.primary
    made: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
        "plot_trajectories": lambda: (
            (primary.courses, primary.weeks),
            {"better": "lower", "raw": rs.subject_courses(cohort, "pain")},
        ),
        "plot_estimation": lambda: (
            (rs.distributions(cohort, "pain", week=6), primary.differences["week 6"][:2]),
            {"difference": "adjusted mean difference (MMRM)"},
        ),
        "plot_raincloud": lambda: ((rs.distributions(cohort, "strength", week=6),), {}),
        "plot_change": lambda: ((rs.individual_changes(cohort, "pain", 6),), {"mdc": 1.3}),
        "plot_missing": lambda: ((rs.missing_patterns(cohort, "pain"),), {}),
        "plot_flow": lambda: ((analysis.flow,), {}),
        "plot_responders": lambda: (
            (analysis.curves["pain"],),
            {"thresholds": [(2, "planned: 2 points")]},
        ),
        "plot_agreement": lambda: ((rs.agreement([1.0, 2.0, 3.0, 4.0], [1.1, 2.3, 3.2, 4.6]),), {}),
        "plot_diagnostics": lambda: ((primary.diagnostics,), {}),
    }
    return made[name]()


NAMES = (
    "plot_trajectories",
    "plot_estimation",
    "plot_raincloud",
    "plot_change",
    "plot_missing",
    "plot_flow",
    "plot_responders",
    "plot_agreement",
    "plot_diagnostics",
)
every = pytest.mark.parametrize("name", NAMES)


def mm_of(ax: Any) -> tuple[float, float]:
    wide, high = ax.get_figure(root=True).get_size_inches() * MM_PER_INCH
    return float(wide), float(high)


@cache
def plotted(name: str, width: float | str | None = None) -> Any:
    """Return the figure that several tests read, drawn once; without a width none is given."""
    data, options = data_of(name)
    chosen = {} if width is None else {"width": width}
    return getattr(rs, name)(*data, **chosen, **options)


@pytest.mark.whole
@every
def test_a_figure_of_one_column_is_saved_as_such_and_its_panels_have_room(
    name: str, tmp_path: Any
) -> None:
    ax = plotted(name, "single")
    assert mm_of(ax)[0] == pytest.approx(85.0, abs=SAME)
    rs.save_figure(ax, tmp_path / "f.svg", width="single")
    for panel in ax.figure.axes:
        if panel.axison or name == "plot_flow":
            wide, high = size_mm(panel)
            assert wide > LEAST[0]
            assert high > LEAST[1]


@pytest.mark.whole
@every
def test_the_width_is_that_of_two_columns_when_omitted_or_any_number(name: str) -> None:
    assert mm_of(plotted(name))[0] == pytest.approx(170.0, abs=SAME)
    assert mm_of(plotted(name, 132.5))[0] == pytest.approx(132.5, abs=SAME)


@every
def test_a_width_and_axes_exclude_one_another(name: str) -> None:
    data, options = data_of(name)
    plot = getattr(rs, name)
    with pytest.raises(ValueError, match=rf"^{name}: both width='single' and ax .*choose one$"):
        plot(*data, width="single", ax=rs.blank_axes(85, 250), **options)
    ax = rs.blank_axes(120, 260)
    assert plot(*data, ax=ax, **options) is ax
    assert mm_of(ax) == pytest.approx((120.0, 260.0), abs=SAME)


@pytest.mark.parametrize("width", ["triple", 0, -85.0, float("nan"), 5000, True, None])
def test_what_is_no_width_is_refused(width: Any) -> None:
    with pytest.raises(ValueError, match=r"^plot_flow: width .*; expected 'single', 'double' or"):
        rs.plot_flow(trial()[1].flow, width=width)


def test_the_height_is_that_of_the_width() -> None:
    heights = {
        "plot_estimation": lambda data: estimation_height(data[0], width=85.0),
        "plot_change": lambda data: change_height(data[0], width=85.0, mdc=1.3),
        "plot_missing": lambda data: missing_height(data[0], width=85.0),
        "plot_flow": lambda data: flow_height(data[0], width=85.0),
        "plot_diagnostics": lambda data: diagnostics_height(data[0], width=85.0),
    }
    for name, height in heights.items():
        data, _ = data_of(name)
        assert mm_of(plotted(name, "single"))[1] == pytest.approx(height(data), abs=SAME), name
        assert height(data) > mm_of(plotted(name))[1]


def test_names_that_stand_below_narrow_trajectories_make_them_higher() -> None:
    arms = [f"a{k}" for k in range(len(LONG))]
    tables = {
        arm: rs.EstimateTable(
            "", (rs.Estimate.from_se("week 6", 5.0 - k / 2, 0.3, unit="points", df=60),)
        )
        for k, arm in enumerate(arms)
    }
    names = dict(zip(arms, LONG, strict=True))
    plotted = [
        rs.plot_trajectories(tables, [6], better="lower", arm_names=names, width=width)
        for width in ("single", "double")
    ]
    narrow, wide = (mm_of(ax)[1] for ax in plotted)
    assert narrow > wide
    assert size_mm(plotted[0])[1] >= 45.0


def test_narrow_responders_of_many_arms_are_higher() -> None:
    curves = [
        ImprovementCurve(arm=f"a{k}", improvements=(0.0, 2.0), shares=(1.0, 0.5), n=2, unit="N")
        for k in range(5)
    ]
    heights = [
        mm_of(rs.plot_responders(curves[:k], width=width))[1]
        for k, width in ((3, "single"), (5, "single"), (5, "double"))
    ]
    assert heights == pytest.approx([78.0, 88.0, 78.0], abs=SAME)


def test_widths_are_those_of_the_house() -> None:
    assert figure_width("single", None, "f") == 85.0
    assert figure_width("double", rs.blank_axes(50, 50), "f") == 170.0
    with pytest.raises(ValueError, match=r"^f: both width=85 and ax"):
        figure_width(85, rs.blank_axes(85, 50), "f")
