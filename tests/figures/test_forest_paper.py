"""Forest plots for papers: weights, summaries, prediction, ratios, and words at every width."""

import csv
import itertools
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox

from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.figures.forest import forest_height, plot_forest
from retrostats.figures.forest_ticks import mark_axis, ticks_fit
from retrostats.figures.ratio_axis import ratio_ticks
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe
from retrostats.figures.words import size_mm

BCG = Path(__file__).parents[1] / "golden" / "effects" / "b_meta" / "input_bcg.csv"

#: Words may come so near to one another or to the edge, in pixels: a hinted letter is wider.
SLACK = 0.6


def log_rr(label, value, se, df=math.inf):
    return Estimate.from_se(label, value, se, unit="log risk ratio", df=df)


ROWS = sorted(csv.DictReader(BCG.read_text().splitlines()), key=lambda row: row["alloc"].strip())
TABLE = EstimateTable(
    "BCG vaccine against tuberculosis",
    tuple(
        log_rr(f"Trial {r['study'].strip()}", float(r["yi"]), float(r["vi"]) ** 0.5) for r in ROWS
    ),
)
GROUPS = [row["alloc"].strip().capitalize() for row in ROWS]
#: metafor 5.0.1, REML with Hartung-Knapp: estimate, standard error, tau2, prediction interval.
OVERALL = log_rr("Random effects", -0.7145323421581397, 0.180791744092848, df=12)
TAU2 = 0.3132432581364859
PREDICTION = Interval(-1.996016834196212, 0.5669521498799327, 0.95)
#: Fitted to each kind of allocation alone.
RANDOM = log_rr("Random, pooled", -0.970964704263089, 0.27595610297277, df=6)
ALTERNATE = log_rr("Alternate, pooled", -0.540792961849346, 0.281601613103888, df=1)
FULL = {
    "weights": [1 / (float(row["vi"]) + TAU2) for row in ROWS],
    "summaries": [("Random", RANDOM), ("Alternate", ALTERNATE), ("overall", OVERALL)],
    "prediction": PREDICTION,
    "columns": {"n": [f"{int(row['ni']):,}" for row in ROWS]},
    "thresholds": [(0.8, "smallest worthwhile")],
    "favours": ("vaccine", "no vaccine"),
    "scale": "log",
}
LONG_UNIT = "points on a 0 to 10 numeric rating scale of pain during the last week"
LONG = EstimateTable(
    "Differences of pain between backward walking with physiotherapy and physiotherapy alone",
    tuple(
        Estimate.from_se(
            f"{k}: backward walking on a treadmill with conventional physiotherapy - conventional "
            f"physiotherapy alone, week {k}",
            0.5 - 0.3 * k, 0.3 + 0.1 * k, unit=LONG_UNIT,
        )
        for k in range(1, 5)
    ),
)  # fmt: skip
LONG_FULL = {
    "weights": [1, 200, 3, 4],
    "summaries": {"overall": Estimate.from_se("Pooled", -0.2, 0.3, unit=LONG_UNIT)},
    "prediction": Interval(-12.0, 11.0, 0.95),
    "thresholds": [(-1.8, "smallest worthwhile change (Tubach 2005)")],
    "favours": ("backward walking with conventional physiotherapy", "physiotherapy alone"),
}
SHORT = EstimateTable(
    "", tuple(Estimate.from_se(name, 0.3, 0.1, unit="SD") for name in ("A 2019", "B 2021"))
)
LONG_GROUPS = ["Trials of knee osteoarthritis in older people with pain for at least a year"] * 4


def drawn(table=TABLE, groups=GROUPS, *, width=170.0, **parts):
    height = forest_height(table, groups, width=width, **parts)
    return plot_forest(table, groups=groups, ax=blank_axes(width, height), **parts)


def words(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def test_the_area_of_a_square_is_in_proportion_to_its_weight():
    ax = drawn(weights=FULL["weights"])
    sides = [line.get_markersize() for line in lines(ax, "value")]
    areas = [side**2 for side in sides]
    whole, all_areas = sum(FULL["weights"]), sum(areas)
    for area, weight in zip(areas, FULL["weights"], strict=True):
        assert area / all_areas == pytest.approx(weight / whole)
    shares = words(ax, "weight")
    assert shares == [f"{100 * weight / whole:.1f}%" for weight in FULL["weights"]]
    assert words(ax, "head") == ["Estimate (95% CI)", "Weight"]
    # The interval stands above its square, which may be wider.
    for line, square in zip(lines(ax, "interval"), lines(ax, "value"), strict=True):
        assert line.get_zorder() > square.get_zorder()


@pytest.mark.parametrize("factor", [0.01, 3.0, 1000.0])
def test_weights_are_relative(factor):
    own = [1.0, 2.0, 5.0, 0.0]
    first, second = (
        drawn(LONG, None, weights=weights) for weights in (own, [factor * w for w in own])
    )
    assert words(first, "weight") == words(second, "weight") == ["12.5%", "25.0%", "62.5%", "0.0%"]
    sides = [[line.get_markersize() for line in lines(ax, "value")] for ax in (first, second)]
    assert sides[0] == pytest.approx(sides[1])


def test_a_weight_too_small_to_see_has_a_tick():
    ax = drawn(LONG, None, weights=[1, 200, 3, 4])
    assert [line.get_xdata()[0] for line in lines(ax, "small")] == [
        LONG[0].value, LONG[2].value, LONG[3].value,
    ]  # fmt: skip
    assert lines(drawn(weights=FULL["weights"]), "small") == []


def test_diamonds_stand_below_their_groups_and_below_all():
    ax = drawn(**FULL)
    diamonds = [patch for patch in ax.patches if patch.get_gid() == "summary"]
    places = {text.get_text(): text.xy[1] for text in ax.texts if text.get_gid() != "numbers"}
    # Groups in the order of the rows: alternate, random, systematic.
    expected = [ALTERNATE, RANDOM, OVERALL]
    for diamond, estimate in zip(diamonds, expected, strict=True):
        left, top, right, bottom = diamond.get_xy()[:4]
        assert top[0] == bottom[0] == estimate.value
        assert (top[1] + bottom[1]) / 2 == left[1] == right[1] == places[estimate.label]
        low, high = ax.get_xlim()
        assert [left[0], right[0]] == [max(estimate.ci.low, low), min(estimate.ci.high, high)]
    assert places["Alternate"] < places[ALTERNATE.label] < places["Random"]
    assert places[ALTERNATE.label] == max(places[e.label] for e in TABLE[:2]) + 1
    last = max(places[estimate.label] for estimate in TABLE)
    assert places[OVERALL.label] > last + 1
    # metafor prints 0.4894 (0.3301, 0.7257).
    assert "0.49 (0.33 to 0.73)" in words(ax, "numbers")


def test_the_summary_of_all_is_never_cut_and_that_of_a_group_may_be():
    ax = drawn(**FULL)
    low, high = ax.get_xlim()
    assert low < OVERALL.ci.low < OVERALL.ci.high < high
    assert ALTERNATE.ci.high > high
    wide = Estimate.from_se("Pooled", -0.2, 5.0, unit=LONG_UNIT)
    ends = drawn(LONG, None, summaries={"overall": wide}).get_xlim()
    assert ends[0] < wide.ci.low < wide.ci.high < ends[1]
    row = next(t.xy[1] for t in ax.texts if t.get_text() == ALTERNATE.label)
    cuts = {line.get_marker() for line in lines(ax, "cut") if line.get_ydata()[0] == row}
    assert cuts == {"<", ">"}
    assert "0.58 (0.02 to 20.85)" in words(ax, "numbers")


def test_prediction_is_a_bar_of_its_own_with_words():
    ax = drawn(**FULL)
    (bar,) = lines(ax, "prediction")
    assert list(bar.get_xdata()) == [*PREDICTION[:2]]
    assert bar.is_dashed()
    row = next(t.xy[1] for t in ax.texts if t.get_text() == "95% prediction interval")
    assert list(bar.get_ydata()) == [row, row]
    assert words(ax, "numbers")[-1] == "0.14 to 1.76"
    ends = [line.get_xdata()[0] for line in lines(ax, "prediction end")]
    assert ends == [*PREDICTION[:2]]
    ax = drawn(LONG, None, **LONG_FULL)
    assert lines(ax, "prediction end") == []
    assert words(ax, "numbers")[-1] == "\N{MINUS SIGN}12.00 to 11.00"


def test_columns_stand_beside_the_labels_in_order():
    treated, control = ["3/20", "4/30", "5/9", "1/2"], ["1/20", "2/30", "3/9", "2/2"]
    ax = drawn(LONG, None, columns={"Treated": treated, "Control": control})
    cells = [text for text in ax.texts if text.get_gid() == "cell"]
    first = [text.get_text() for text in cells[::2]]
    assert first == treated
    assert [text.get_text() for text in cells[1::2]] == control
    ax.figure.draw_without_rendering()
    ends = {round(text.get_window_extent().x1) for text in cells[::2]}
    assert len(ends) == 1
    assert ends.pop() < min(text.get_window_extent().x0 for text in cells[1::2])
    assert [t.xy[1] for t in cells[::2]] == [line.get_ydata()[0] for line in lines(ax, "value")]


def test_a_threshold_is_a_dotted_line_with_its_name_below():
    ax = drawn(**FULL)
    (line,) = lines(ax, "threshold")
    assert set(line.get_xdata()) == {math.log(0.8)}
    assert "dotted: 0.8 smallest worthwhile" in ax.get_xlabel()
    ax = drawn(LONG, None, thresholds=[(-1.8, "worthwhile"), (3.5, "harm")])
    assert [line.get_xdata()[0] for line in lines(ax, "threshold")] == [-1.8, 3.5]
    assert ax.get_xlim()[1] > 3.5
    assert "dotted: \N{MINUS SIGN}1.8 worthwhile; 3.5 harm" in " ".join(ax.get_xlabel().split())


def test_a_log_scale_shows_ratios_at_the_places_of_logarithms():
    ax = drawn(**FULL)
    ticks = dict(
        zip((t.get_text() for t in ax.get_xticklabels()), ax.get_xticks().tolist(), strict=True)
    )
    assert ticks["1"] == 0
    assert ticks["0.25"] == math.log(0.25)
    assert ax.get_xlabel().startswith("risk ratio (95% CI)")
    value = TABLE[0].value
    assert lines(ax, "value")[0].get_xdata()[0] == value
    assert words(ax, "numbers")[0].startswith(f"{math.exp(value):.2f} (")


@given(st.floats(-20, 5), st.floats(0.05, 30), st.integers(3, 9))
def test_ratio_ticks_are_few_in_order_and_inside(low, width, most):
    ticks = ratio_ticks(low, low + width, most)
    assert 1 <= len(ticks) <= max(most, 3)
    assert ticks == sorted(set(ticks))
    assert all(low - 1e-6 <= math.log(tick) <= low + width + 1e-6 for tick in ticks)
    if low < 0 < low + width and width > 1.5:
        assert 1.0 in ticks


def test_the_alt_text_tells_summaries_and_prediction():
    sentence = describe(drawn(**FULL))
    for told in (
        "13 estimates in 3 groups; 0 intervals lie wholly above a ratio of one (favours no ",
        "Summary of Random, Random, pooled: 0.38 (0.19 to 0.74), 95% CI.",
        "Summary of all, Random effects: 0.49 (0.33 to 0.73), 95% CI.",
        "95% prediction interval: 0.14 to 1.76.",
        "The largest weight is 10.2%, of Trial 8.",
        "Marked: 0.8 smallest worthwhile.",
    ):
        assert told in sentence


CASES = {
    "full": (TABLE, GROUPS, FULL),
    "long": (LONG, LONG_GROUPS, LONG_FULL),
    "plain": (TABLE, None, {"scale": "log"}),
    "short": (SHORT, None, {"favours": ("control", "retro walking")}),
    "long without more": (LONG, None, {"marks": ["size only"] * 4}),
}


def extent(text) -> Bbox:
    return text.get_window_extent().padded(-SLACK)


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 120.0, 170.0])
@pytest.mark.parametrize("case", CASES)
def test_no_words_overlap_or_leave_the_page(case, width):
    table, groups, parts = CASES[case]
    ax = drawn(table, groups, width=width, **parts)
    ax.figure.draw_without_rendering()
    page, plot = ax.figure.bbox, ax.get_window_extent()
    ticks = [t for t in ax.get_xticklabels() if plot.x0 <= t.get_window_extent().x1 <= page.x1]
    texts = [text for text in [*ax.texts, ax.xaxis.label, *ticks] if text.get_text()]
    boxes = [(extent(text), text.get_text()) for text in texts]
    for box, text in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for (one, first), (two, second) in itertools.combinations(boxes, 2):
        assert not one.overlaps(two), (first, second)
    marks = [line for line in ax.lines if line.get_gid() in {"interval", "zero", "threshold"}]
    segments = [
        Bbox(ends)
        for line in marks
        for ends in itertools.pairwise(ax.transData.transform(line.get_xydata()).tolist())
        if not math.isnan(ends[0][1] + ends[1][1])
    ]
    for (box, text), segment in itertools.product(boxes[: len(ax.texts)], segments):
        assert not segment.overlaps(box), text
    assert plot.width / ax.figure.dpi * 25.4 > 15


@pytest.mark.parametrize("case", ["full", "long", "plain"])
def test_a_narrow_figure_keeps_every_word(case):
    table, groups, parts = CASES[case]
    wide, narrow = (drawn(table, groups, width=width, **parts) for width in (170.0, 85.0))
    assert words(narrow, "numbers") == words(wide, "numbers")
    for ax in (wide, narrow):
        assert " ".join(words(ax, "label")).startswith(table[0].label)
        for estimate in table:
            assert estimate.label in " ".join(words(ax, "label"))


def test_labels_stand_above_their_rows_where_the_figure_is_narrow():
    ax = drawn(LONG, None, width=85.0)
    rows = [line.get_ydata()[0] for line in lines(ax, "value")]
    labels = [text.xy[1] for text in ax.texts if text.get_gid() == "label"]
    assert not set(rows) & set(labels)
    assert forest_height(LONG, width=85.0) > forest_height(LONG, width=170.0)


def test_words_placed_for_one_width_are_not_saved_narrower(tmp_path):
    with pytest.raises(ValueError, match="words of this figure were placed for 170 mm"):
        save_figure(drawn(LONG, None), tmp_path / "f.png", width="single")
    # Short labels stand in the same lines at both widths.
    save_figure(drawn(SHORT, None), tmp_path / "f.png", width="single")


def test_axes_of_a_grid_share_the_width(tmp_path):
    figure = Figure(figsize=(170 / 25.4, 90 / 25.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for part in (left, right):
        plot_forest(LONG, ax=part)
    figure.draw_without_rendering()
    ends = [max(t.get_window_extent().x1 for t in part.texts) for part in (left, right)]
    starts = [min(t.get_window_extent().x0 for t in part.texts) for part in (left, right)]
    assert ends[0] < starts[1]
    assert ends[1] <= figure.bbox.x1
    assert save_figure(figure, tmp_path / "f.png", width="double").stat().st_size


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"weights": [1.0]}, "1 weights for 13 estimates; give one each"),
        ({"weights": [-1.0] * 13}, "Trial 5 has the weight -1; expected 0 or more"),
        ({"weights": [math.nan] * 13}, "Trial 5 has the weight nan; expected 0 or more"),
        ({"weights": [0.0] * 13}, "all weights are 0; give one above 0, or none at all"),
        ({"columns": {"n": ["1"]}}, "1 cells of the column 'n' for 13 estimates; give one each"),
        (
            {"summaries": {"Randon": RANDOM}},
            (
                "the summary 'Random, pooled' belongs to 'Randon'; expected one of 'Alternate', "
                "'Random', 'Systematic', 'overall'"
            ),
        ),
        (
            {"prediction": PREDICTION},
            (
                "a prediction interval belongs to a summary of all rows; give "
                "summaries={'overall': ...} too"
            ),
        ),
        (
            {"summaries": {"overall": OVERALL}, "prediction": Interval(1.0, -1.0, 0.95)},
            "the prediction interval 1 to -1 at level 0.95 is none",
        ),
        (
            {"summaries": {"overall": Estimate.from_se("x", 1, 1, unit="SD")}},
            "one unit per plot, got SD, log risk ratio; split the table",
        ),
        ({"scale": "ln"}, "unknown scale 'ln'; expected linear or log"),
        (
            {"scale": "log", "thresholds": [(-0.2, "x")]},
            "the threshold 'x' is -0.2; expected a number above 0, as the axis of ratios has it",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(parts, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        plot_forest(TABLE, groups=GROUPS, **parts)
    assert str(caught.value) == f"plot_forest: {message}"


def test_estimates_that_are_no_logarithms_have_no_log_scale():
    with pytest.raises(ValueError, match=r"whose unit begins with 'log '.*got 'SD'"):
        plot_forest(SHORT, scale="log")


def test_a_group_called_overall_has_no_summary_of_its_own():
    with pytest.raises(ValueError, match="rename the group 'overall'"):
        plot_forest(TABLE, groups=["overall"] * 13, summaries={"overall": OVERALL})


def test_columns_that_leave_no_plot_are_refused():
    columns = {f"Column {k}": ["a rather long cell"] * 13 for k in range(3)}
    with pytest.raises(
        ValueError, match="at 85 mm the columns and numbers leave 0 mm for the plot"
    ):
        drawn(width=85.0, columns=columns)


def test_more_rows_than_a_page_holds_are_refused():
    table = EstimateTable("", (SHORT[0],) * 1001)
    with pytest.raises(ValueError, match="1,001 estimates, and a page holds 1,000 at most"):
        plot_forest(table)


#: Measured: rows of 3.62 to 3.67 mm, and of 4.30 where there are two without a caption.
ROW_GAP = 0.8


def size_of(ax):
    return [25.4 * inches for inches in ax.figure.get_size_inches()]


@pytest.mark.parametrize(("width", "mm"), [("single", 85.0), ("double", 170.0), (120, 120.0)])
@pytest.mark.parametrize("case", ["full", "long", "short"])
def test_a_width_makes_a_figure_as_high_as_its_rows_need(case, width, mm):
    table, groups, parts = CASES[case]
    ax = plot_forest(table, groups=groups, width=width, **parts)
    assert size_of(ax) == pytest.approx([mm, forest_height(table, groups, width=width, **parts)])
    row = size_mm(ax)[1] / abs(ax.get_ylim()[0] - ax.get_ylim()[1])
    # forest_height leaves 3.6 mm a row, and a little more than the words below the axis need.
    assert row == pytest.approx(3.6, abs=ROW_GAP)


def test_the_default_is_two_columns():
    assert size_of(plot_forest(TABLE))[0] == pytest.approx(170.0)


def test_a_width_and_axes_are_one_too_many():
    with pytest.raises(ValueError, match=r"^plot_forest: both width='single' and ax.*choose one$"):
        plot_forest(SHORT, width="single", ax=blank_axes(85.0, 60.0))


@pytest.mark.parametrize("size", [(85.0, 60.0), (170.0, 40.0)])
def test_axes_too_low_for_their_rows_are_refused_with_the_height_they_need(size):
    with pytest.raises(ValueError, match=r"^plot_forest: words would lie on.*width=") as caught:
        plot_forest(TABLE, groups=GROUPS, ax=blank_axes(*size), **FULL)
    height = float(str(caught.value).split("these rows need ")[1].split(" mm")[0])
    assert height == math.ceil(forest_height(TABLE, GROUPS, width=size[0], **FULL))
    assert plot_forest(TABLE, groups=GROUPS, ax=blank_axes(size[0], height), **FULL)


def test_a_part_of_a_figure_that_is_too_low_says_how_high_the_whole_should_be():
    def part(height):
        figure = Figure(figsize=(170 / 25.4, height / 25.4), layout="constrained")
        return figure.subplots(2, 1)[1]

    with pytest.raises(ValueError, match="in a figure 90 mm high; these rows need") as caught:
        plot_forest(TABLE, groups=GROUPS, ax=part(90), **FULL)
    needed = float(str(caught.value).split("these rows need ")[1].split(" mm")[0])
    # The space that a grid keeps between its parts is counted too.
    assert (
        2 * forest_height(TABLE, GROUPS, **FULL)
        <= needed
        < 2.3 * forest_height(TABLE, GROUPS, **FULL)
    )
    assert plot_forest(TABLE, groups=GROUPS, ax=part(needed), **FULL)


@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize("case", CASES)
def test_the_unit_stands_below_the_middle_of_the_plot(case, width):
    table, groups, parts = CASES[case]
    ax = plot_forest(table, groups=groups, width=width, **parts)
    ax.figure.draw_without_rendering()
    label, plot = ax.xaxis.label.get_window_extent(), ax.get_window_extent()
    assert (label.x0 + label.x1) / 2 == pytest.approx((plot.x0 + plot.x1) / 2, abs=1)


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 120.0, 170.0])
@pytest.mark.parametrize("case", ["full", "long", "short"])
@pytest.mark.parametrize("arms", [("control", "backward walking"), ("backward walking", "a b c")])
def test_favours_keep_out_of_the_columns_of_numbers(case, width, arms):
    table, groups, parts = CASES[case]
    ax = plot_forest(table, groups=groups, width=width, **{**parts, "favours": arms})
    ax.figure.draw_without_rendering()
    sides = [text for text in ax.texts if text.get_gid() == "favours"]
    numbers = [text for text in ax.texts if text.get_gid() == "numbers"]
    column = min(text.get_window_extent().x0 for text in numbers)
    assert max(text.get_window_extent().x1 for text in sides) <= column + SLACK
    shown = " ".join(text.get_text() for text in sides)
    assert shown == f"← favours {arms[0]} favours {arms[1]} →"
    assert not {"←", "→"} & {text.get_text() for text in sides}


@pytest.mark.parametrize(
    ("value", "se"), [(0.3, 0.1), (-1.2, 0.4), (0.02, 0.011), (37.0, 8.0), (0.9, 0.07)]
)
@pytest.mark.parametrize("name", ["A 2019", "A trial with a name of some length, 2019"])
def test_one_column_has_three_ticks_that_keep_apart(name, value, se):
    one = EstimateTable("", (Estimate.from_se(name, value, se, unit="SD"),))
    ax = plot_forest(one, width="single")
    ax.figure.draw_without_rendering()
    low, high = ax.get_xlim()
    shown = [t for t in ax.get_xticklabels() if low <= t.get_position()[0] <= high]
    assert len(shown) >= 3
    boxes = [t.get_window_extent() for t in shown]
    assert all(one.x1 < two.x0 for one, two in itertools.pairwise(boxes))
    for tick in shown:
        written = float(tick.get_text().replace("\N{MINUS SIGN}", "-"))
        assert written == pytest.approx(tick.get_position()[0], abs=1e-9)


@pytest.mark.parametrize(
    ("width", "limits", "least"),
    [(16.0, (-3.0, 0.1), 3), (40.0, (-0.929, 1.757), 3), (16.0, (-0.0013, 0.0001), 0)],
)
def test_ticks_are_three_where_their_numbers_have_room(width, limits, least):
    ax = blank_axes(85.0, 40.0)
    ax.set_xlim(*limits)
    mark_axis(ax, width, "linear")
    chosen = isinstance(ax.xaxis.get_major_locator(), FixedLocator)
    assert chosen == (least > 0)
    if chosen:
        ticks = [tick for tick in ax.get_xticks() if limits[0] <= tick <= limits[1]]
        assert len(ticks) >= least
        assert len({tick.get_text() for tick in ax.get_xticklabels()}) == len(ticks)
        assert ticks_fit(ax, width)
        assert not ticks_fit(ax, width / 4)


def test_ratios_placed_for_a_wide_plot_are_not_saved_where_they_would_overlap(tmp_path):
    table = EstimateTable("", tuple(log_rr(name, 0.1, 1.5) for name in "ABC"))
    ax = plot_forest(table, scale="log")
    assert {"0.0625", "0.125", "16"} <= {tick.get_text() for tick in ax.get_xticklabels()}
    with pytest.raises(ValueError, match="were placed for 170 mm"):
        save_figure(ax, tmp_path / "f.png", width="single")
