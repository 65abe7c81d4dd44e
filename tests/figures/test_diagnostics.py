"""Diagnostics, read back: residuals by visit, quantiles, and correlations as numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from retrostats.description.types import ResidualDiagnostics
from retrostats.figures.diagnostics import diagnostics_height, plot_diagnostics
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

TWO = ResidualDiagnostics(
    fitted=(5.0, 4.0, 6.0, 3.0),
    residuals=(0.5, -1.0, -0.2, 1.5),
    visits=("week 3", "week 6", "week 3", "week 6"),
    quantiles=(-1.05, -0.3, 0.3, 1.05),
    correlation=((1.0, 0.62), (0.62, 1.0)),
    visit_labels=("week 3", "week 6"),
    largest=1.5,
)
THREE = replace(
    TWO,
    correlation=((1.0, 0.6, -0.9), (0.6, 1.0, math.nan), (-0.9, math.nan, 1.0)),
    visit_labels=("week 3", "week 6", "week 12"),
)
ONE = replace(TWO, visits=("week 6",) * 4, correlation=(), visit_labels=("week 6",))


def drawn(diagnostics=TWO, width=170.0):
    height = diagnostics_height(diagnostics, width=width)
    return plot_diagnostics(diagnostics, ax=blank_axes(width, height))


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def test_residuals_stand_over_their_fit_by_visit():
    ax = drawn()
    assert [
        (list(line.get_xdata()), list(line.get_ydata())) for line in lines(ax, "residuals")
    ] == [
        ([5.0, 6.0], [0.5, -0.2]),
        ([4.0, 3.0], [-1.0, 1.5]),
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["week 3", "week 6"]
    assert len({line.get_marker() for line in lines(ax, "residuals")}) == 2
    assert lines(ax, "zero")[0].get_ydata()[0] == 0


def test_sorted_residuals_stand_over_their_quantiles():
    panel = drawn().figure.axes[1]
    (points,) = lines(panel, "quantiles")
    assert list(points.get_xdata()) == [-1.05, -0.3, 0.3, 1.05]
    assert list(points.get_ydata()) == [-1.0, -0.2, 0.5, 1.5]
    (line,) = lines(panel, "normal")
    assert list(line.get_xdata()) == list(line.get_ydata()) == [-1.05, 1.5]


def test_correlations_are_written_below_the_diagonal():
    panel = drawn(THREE).figure.axes[2]
    cells = {t.get_position(): t.get_text() for t in panel.texts if t.get_gid() == "correlation"}
    assert cells == {(0, 0): "0.60", (0, 1): "−0.90", (1, 1): "–"}
    assert [t.get_text() for t in panel.get_xticklabels()] == ["week 3", "week 6"]
    assert [t.get_text() for t in panel.get_yticklabels()] == ["week 6", "week 12"]
    image = panel.images[0]
    assert image.get_clim() == (-1, 1)
    shown = np.ma.filled(image.get_array(), math.nan)
    assert shown[0, 0] == 0.6
    assert math.isnan(shown[0, 1])


def test_one_visit_has_no_correlations_and_no_legend():
    ax = drawn(ONE)
    assert len(ax.figure.axes) == 2
    assert ax.get_legend() is None


def test_one_correlation_is_a_number_and_no_panel():
    ax = drawn(TWO)
    assert len(ax.figure.axes) == 2
    assert ax.get_legend().get_title().get_text() == "Correlation of residuals: 0.62"
    assert "Correlation of residuals between week 3 and week 6: 0.62." in describe(ax)
    unknown = replace(TWO, correlation=((1.0, math.nan), (math.nan, 1.0)))
    assert drawn(unknown).get_legend().get_title().get_text().endswith(": unknown")
    assert drawn(THREE).get_legend().get_title().get_text() == ""


@pytest.mark.parametrize(("width", "columns"), [(170.0, 3), (85.0, 1)])
def test_panels_stand_beside_or_below_one_another(width, columns):
    ax = drawn(THREE, width)
    ax.figure.draw_without_rendering()
    boxes = [panel.get_window_extent() for panel in ax.figure.axes]
    assert len({round(box.x0) for box in boxes}) >= columns
    assert ax is ax.figure.axes[0]
    if columns == 1:
        assert [box.y0 for box in boxes] == sorted((box.y0 for box in boxes), reverse=True)
        assert boxes[1].y1 < boxes[0].y0
    else:
        assert boxes[0].x1 < boxes[1].x0
        assert boxes[1].x1 < boxes[2].x0
    texts = [t for t in ax.figure.findobj(Text) if t.get_text() and t.get_visible()]
    assert min(text.get_fontsize() for text in texts) >= 6


def test_each_panel_has_its_description():
    first, second, third = (describe(panel) for panel in drawn(THREE).figure.axes)
    assert "4 rows at 3 visits; the largest is 1.50 in absolute size" in first
    assert "from -1.00 at -1.05 to 1.50 at 1.05" in second
    assert third == (
        "Correlations of residuals between visits: week 3 with week 6 0.60, "
        "week 3 with week 12 −0.90, week 6 with week 12 unknown."
    )


def test_many_points_do_not_swell_a_vector_file(tmp_path):
    n = 5000
    values = tuple(float(v) for v in np.linspace(-2, 2, n))
    big = ResidualDiagnostics(
        fitted=values, residuals=values, visits=("v",) * n, quantiles=values, correlation=(),
        visit_labels=("v",), largest=2.0,
    )  # fmt: skip
    path = save_figure(drawn(big).figure, tmp_path / "d.svg", width="double")
    assert path.stat().st_size < 200_000


def test_files_repeat(tmp_path):
    paths = [
        save_figure(drawn(THREE).figure, tmp_path / name, width="double")
        for name in ("a.svg", "b.svg")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_cannot_be_drawn_is_refused():
    nothing = replace(ONE, fitted=(), residuals=(), visits=(), quantiles=())
    with pytest.raises(ValueError, match=r"^plot_diagnostics: there is no residual"):
        plot_diagnostics(nothing)
    free = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
    with pytest.raises(ValueError, match="no place in a grid"):
        plot_diagnostics(TWO, ax=free)
