"""The forest plot, read back from what is on the Axes."""

import math

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.figures.forest import plot_forest
from retrostats.figures.saving import save_figure
from retrostats.figures.style import describe, house_style


def estimate(label, value, low, high, *, unit="Hedges' g", level=0.95):
    ci = Interval(low, high, level)
    return Estimate(label=label, value=value, se=math.nan, df=math.inf, ci=ci, p=0.5, unit=unit)


A = estimate("Qiu 2023: AH - GT, pain, 6wk", 0.25, -0.5, 1.0)
B = estimate("Chen 2021: BW - control, pain, 4wk", 0.89, 0.16, 1.62)
C = estimate("Zahra: backward, function", 1.2, 0.3, 2.1)
TABLE = EstimateTable("Differences", (A, B, C))


def drawn(table=TABLE, **options) -> Axes:
    return plot_forest(table, ax=Figure(layout="constrained").add_subplot(), **options)


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def words(ax, *gids):
    return [text.get_text() for text in ax.texts if text.get_gid() in gids]


def test_each_row_draws_its_own_value_and_interval():
    ax = drawn()
    assert [list(line.get_xdata()) for line in lines(ax, "interval")] == [
        [e.ci.low, e.ci.high] for e in TABLE
    ]
    assert [list(line.get_xdata()) for line in lines(ax, "value")] == [[e.value] for e in TABLE]
    assert [list(line.get_ydata()) for line in lines(ax, "value")] == [[0], [1], [2]]
    assert [list(line.get_ydata()) for line in lines(ax, "interval")] == [[0, 0], [1, 1], [2, 2]]
    assert ax.yaxis_inverted()
    assert [list(line.get_xdata()) for line in lines(ax, "zero")] == [[0, 0]]


def test_labels_stand_left_and_numbers_right_of_their_rows():
    ax = drawn()
    labels = [text for text in ax.texts if text.get_gid() == "label"]
    assert [(text.xy[1], text.get_text()) for text in labels] == [
        (row, e.label) for row, e in enumerate(TABLE)
    ]
    assert {text.get_ha() for text in labels} == {"left"}
    numbers = {text.xy[1]: text.get_text() for text in ax.texts if " to " in text.get_text()}
    assert numbers == {
        0: "0.25 (\N{MINUS SIGN}0.50 to 1.00)",
        1: "0.89 (0.16 to 1.62)",
        2: "1.20 (0.30 to 2.10)",
    }
    assert "Differences" in texts(ax)
    assert ax.get_xlabel() == "Hedges' g (95% CI)"


def test_a_small_negative_value_is_not_printed_as_minus_zero():
    ax = drawn(EstimateTable("", (estimate("a", -0.001, -0.2, 0.2),)))
    assert "0.00 (\N{MINUS SIGN}0.20 to 0.20)" in texts(ax)


def test_a_heading_stands_above_each_group():
    ax = drawn(groups=["Pain", "Pain", "Function"])
    assert words(ax, "label", "heading") == ["Pain", A.label, B.label, "Function", C.label]
    assert words(ax, "heading") == ["Pain", "Function"]
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["Pain", "Function"]
    assert [list(line.get_ydata()) for line in lines(ax, "value")] == [[1], [2], [4]]


def test_a_size_without_direction_is_hollow_and_explained():
    ax = drawn(marks=["signed", "signed", "size only"])
    faces = [mpl.colors.to_hex(line.get_markerfacecolor()) for line in lines(ax, "value")]
    assert faces == ["#0072b2", "#0072b2", "#ffffff"]
    assert "size only" in ax.get_xlabel()
    assert "size only" not in drawn(marks=["signed"] * 3).get_xlabel()


def test_favours_stand_on_their_sides_of_zero_with_arrows():
    ax = drawn(favours=("control", "retro walking"))
    sides = {t.get_text(): (t.xy[0], t.get_ha()) for t in ax.texts if "favours" in t.get_text()}
    assert sides == {
        "← favours control": (0, "right"),
        "favours retro walking →": (0, "left"),
    }


def test_an_interval_far_beyond_the_others_is_cut_and_ends_in_an_arrow():
    wide = estimate("wide", 0.5, -40.0, 50.0)
    endless = estimate("endless", 0.5, -0.1, math.inf)
    ax = drawn(EstimateTable("", (A, B, C, A, B, wide, endless)))
    low, high = ax.get_xlim()
    assert -3 < low < -0.5 < 2.1 < high < 5
    cuts = [(line.get_marker(), line.get_ydata()[0]) for line in lines(ax, "cut")]
    assert cuts == [("<", 5), (">", 5), (">", 6)]
    assert list(lines(ax, "interval")[5].get_xdata()) == [low, high]
    assert "0.50 (\N{MINUS SIGN}40.00 to 50.00)" in texts(ax)
    assert "0.50 (\N{MINUS SIGN}0.10 to ∞)" in texts(ax)


def test_usual_intervals_are_never_cut():
    assert lines(drawn(), "cut") == []
    assert lines(drawn(EstimateTable("", (estimate("one", 0.1, -5.0, 5.2),))), "cut") == []


def test_the_alt_text_counts_the_sides():
    ax = drawn(
        groups=["Pain", "Pain", "Function"],
        marks=["signed", "signed", "size only"],
        favours=("control", "retro walking"),
    )
    assert describe(ax) == (
        "Forest plot of Differences: 3 estimates in 2 groups; 1 intervals lie wholly above zero "
        "(favours retro walking), 0 wholly below (favours control), 1 include zero, "
        "1 are sizes without a known direction."
    )


def test_axes_of_someone_else_have_no_description():
    with pytest.raises(ValueError, match="not drawn by a plot function of retrostats"):
        describe(Figure().add_subplot())


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (EstimateTable("", ()), {}, "the table has no estimate; give at least one"),
        (
            EstimateTable("", (A, estimate("b", 1, 0, 2, unit="mm"))),
            {},
            "one unit per plot, got Hedges' g, mm; split the table",
        ),
        (
            EstimateTable("", (A, estimate("b", 1, 0, 2, level=0.9))),
            {},
            "one level per plot, got 0.9, 0.95; split the table",
        ),
        (TABLE, {"groups": ["Pain"]}, "1 groups for 3 estimates; give one each"),
        (TABLE, {"marks": ["open"] * 3}, "unknown mark 'open'; expected signed or size only"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, options, message):
    with pytest.raises(ValueError, match=f"^plot_forest: {message}$"):
        drawn(table, **options)


def test_the_style_does_not_leak():
    with mpl.rc_context({"font.size": 11.5, "svg.hashsalt": "mine"}):
        before = dict(mpl.rcParams)
        with house_style():
            assert mpl.rcParams["pdf.fonttype"] == 42
        drawn()
        assert dict(mpl.rcParams) == before


def test_no_text_is_below_six_points_and_a_dollar_is_a_dollar():
    table = EstimateTable("cost in $", (estimate("a $x$ b", 0.1, -1, 1),))
    ax = drawn(table, favours=("a", "b"), marks=["size only"])
    shown = [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()]
    assert {t.get_parse_math() for t in shown if "$" in t.get_text()} == {False}
    assert min(text.get_fontsize() for text in shown) >= 6


def test_a_large_font_of_the_user_does_not_enter():
    with mpl.rc_context({"font.size": 30}):
        ax = drawn()
        ax.figure.draw_without_rendering()
    shown = [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()]
    assert {text.get_fontsize() for text in shown} <= {6.5, 7.0}


def test_text_keeps_to_the_page_and_off_the_plot(tmp_path):
    ax = drawn(groups=["Pain", "Pain", "Function"], favours=("control", "retro"))
    figure = ax.figure
    save_figure(figure, tmp_path / "forest.png", width="double")
    figure.set_size_inches(170 / 25.4, figure.get_figheight())
    figure.draw_without_rendering()
    page, plot = figure.bbox, ax.get_window_extent()
    for text in [*ax.texts, ax.xaxis.label]:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 <= box.x1 <= page.x1 + 1, text.get_text()
    labels = [t for t in ax.texts if t.get_gid() in {"label", "heading"}]
    assert max(t.get_window_extent().x1 for t in labels) <= plot.x0
    numbers = [t for t in ax.texts if " to " in t.get_text()]
    assert min(t.get_window_extent().x0 for t in numbers) >= plot.x1


def test_long_headings_and_labels_take_several_lines(tmp_path):
    long = "a label that goes on and on, as those of visits and outcomes sometimes do, " * 3
    table = EstimateTable(
        "Caption",
        tuple(Estimate.from_se(f"{k} {long.strip()}", 0.1 * k, 0.2, unit="SD") for k in range(2)),
    )
    groups = [f"group of {long.strip()}"] * 2
    ax = plot_forest(table, groups=groups)
    shown = words(ax, "label", "heading")
    assert " ".join(shown) == " ".join([groups[0], *(e.label for e in table)])
    headings = len(words(ax, "heading"))
    assert " ".join(shown[:headings]) == groups[0]
    assert headings > 1
    assert len(shown) > headings + 2
    values = [line.get_ydata()[0] for line in ax.lines if line.get_gid() == "value"]
    assert values[-1] == len(shown) - 1
    assert save_figure(ax, tmp_path / "forest.svg", width="double").stat().st_size
