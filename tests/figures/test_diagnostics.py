"""Diagnostics, read back: residuals by visit, quantiles, and correlations as numbers."""

import math
import time
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


COVARIANCE = ((4.0, 1.5, 0.0), (1.5, 1.0, 0.3), (0.0, 0.3, 9.0))
BOTH = replace(THREE, covariance=COVARIANCE, unit="points")


def cells(panel, gid):
    return {t.get_position(): t.get_text() for t in panel.texts if t.get_gid() == gid}


def test_the_model_stands_above_the_diagonal_and_its_sds_on_it():
    panel = drawn(BOTH).figure.axes[2]
    assert cells(panel, "sd") == {(0, 0): "2.00", (1, 1): "1.00", (2, 2): "3.00"}
    assert cells(panel, "correlation") == {
        (0, 1): "0.60", (0, 2): "−0.90", (1, 2): "–",  # of the residuals: column, row
        (1, 0): "0.75", (2, 0): "0.00", (2, 1): "0.10",
    }  # fmt: skip
    shown = np.ma.filled(panel.images[0].get_array(), math.nan)
    assert np.isnan(np.diagonal(shown)).all()
    assert (shown[0, 1], shown[1, 0]) == (0.75, 0.6)
    for axis in (panel.xaxis, panel.yaxis):
        assert [t.get_text() for t in axis.get_ticklabels()] == list(THREE.visit_labels)
    assert panel.get_xlabel().split("\n") == [
        "below: correlation of residuals",
        "above: correlation of the model",
        "diagonal: SD of the model (points)",
    ]
    assert describe(panel) == (
        "Correlations of residuals between visits: week 3 with week 6 0.60, "
        "week 3 with week 12 −0.90, week 6 with week 12 unknown. Of the model: "
        "week 3 with week 6 0.75, week 3 with week 12 0.00, week 6 with week 12 0.10. "
        "Standard deviations of the model (points): week 3 2.00, week 6 1.00, week 12 3.00."
    )


def test_two_visits_with_a_covariance_have_a_panel():
    ax = drawn(replace(TWO, covariance=((4.0, 1.0), (1.0, 1.0))))
    assert len(ax.figure.axes) == 3
    assert cells(ax.figure.axes[2], "correlation") == {(0, 1): "0.62", (1, 0): "0.50"}
    assert ax.get_legend().get_title().get_text() == ""
    assert "diagonal: SD of the model" in ax.figure.axes[2].get_xlabel()
    flat = drawn(replace(TWO, covariance=((0.0, 0.0), (0.0, 1.0)))).figure.axes[2]
    assert cells(flat, "correlation")[1, 0] == "–"


def test_numbers_without_room_are_left_to_the_description():
    k = 20
    labels = tuple(f"w {j}" for j in range(k))
    unit = tuple(tuple(float(i == j) for j in range(k)) for i in range(k))
    many = replace(TWO, visit_labels=labels, correlation=unit, covariance=unit)
    panel = drawn(many).figure.axes[2]
    assert cells(panel, "correlation") == {}
    assert "w 18 with w 19 0.00" in describe(panel)


@pytest.mark.parametrize("width", [85.0, 170.0])
def test_long_names_of_visits_find_room(tmp_path, width):
    labels = ("end of treatment", "follow-up after three months", "follow-up after one year")
    many = replace(BOTH, visit_labels=labels, visits=tuple(labels[i % 3] for i in range(4)))
    ax = drawn(many, width)
    path = save_figure(ax, tmp_path / "f.svg", width=width)
    assert "columns in the order of the rows" in path.read_text()
    page = ax.figure.bbox
    names = [*ax.get_legend().get_texts(), *ax.figure.axes[2].get_yticklabels()]
    for text in names:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text.get_text()


def many_rows(n, visits=3):
    rng = np.random.default_rng(5)
    residuals = tuple(rng.standard_normal(n * visits).tolist())
    return replace(
        BOTH,
        fitted=tuple(rng.uniform(0, 10, n * visits).tolist()),
        residuals=residuals,
        visits=THREE.visit_labels[:visits] * n,
        quantiles=tuple(np.linspace(-4, 4, n * visits).tolist()),
        largest=max(map(abs, residuals)),
    )


def test_of_many_rows_some_are_drawn_and_the_figure_says_so():
    big = many_rows(2000)
    ax = drawn(big)
    residuals = np.array(big.residuals)
    for place, line in enumerate(lines(ax, "residuals")):
        own = np.sort(residuals[place::3])
        shown = np.sort(line.get_ydata())
        assert len(shown) == 600
        assert (shown[0], shown[-1]) == (own[0], own[-1])
        # Evenly by their order: the quartiles stay, to half a step of 2000 / 600 rows.
        assert np.quantile(shown, [0.25, 0.5, 0.75]) == pytest.approx(
            np.quantile(own, [0.25, 0.5, 0.75]), abs=0.02
        )
        pairs = set(zip(big.fitted, big.residuals, strict=True))
        assert set(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True)) <= pairs
    assert ax.get_xlabel() == "Fitted value\n(1,800 of 6,000 rows drawn)"
    assert "6,000 rows at 3 visits, 1,800 of 6,000 rows drawn; the largest" in describe(ax)
    panel = ax.figure.axes[1]
    (points,) = lines(panel, "quantiles")
    ordered, drawn_y = np.sort(residuals), points.get_ydata()
    assert drawn_y[:200].tolist() == ordered[:200].tolist()
    assert drawn_y[-200:].tolist() == ordered[-200:].tolist()
    assert len(drawn_y) == 1600
    assert panel.get_xlabel() == "Normal quantile\n(1,600 of 6,000 rows drawn)"
    assert "1,600 of 6,000 rows drawn with all 200 at either end" in describe(panel)


@pytest.mark.parametrize("n", [1, 399, 400, 401, 1600])
def test_few_rows_are_all_drawn(n):
    values = tuple(float(v) for v in range(n))
    few = replace(ONE, fitted=values, residuals=values, visits=("week 6",) * n, quantiles=values)
    ax = drawn(few)
    assert len(lines(ax, "residuals")[0].get_ydata()) == n
    assert lines(ax.figure.axes[1], "quantiles")[0].get_ydata().tolist() == list(values)
    assert ax.get_xlabel() == "Fitted value"


#: Seconds of the processor to draw and save 100,000 subjects; 0.8 measured.
SECONDS = 3.0


def test_a_hundred_thousand_subjects_are_drawn_fast_and_small(tmp_path):
    big = many_rows(100_000)
    begun = time.process_time()
    ax = drawn(big)
    svg = save_figure(ax, tmp_path / "d.svg", width="double")
    assert time.process_time() - begun < SECONDS
    #: 220 kB measured.
    assert svg.stat().st_size < 600_000


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
