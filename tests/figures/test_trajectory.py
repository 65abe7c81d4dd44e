"""Trajectories, read back: means, intervals, names, counts, and nothing that overlaps."""

import math
import time
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.courses import thinned_courses
from retrostats.figures.saving import save_figure
from retrostats.figures.style import MM_PER_INCH, blank_axes, describe
from retrostats.figures.trajectory import plot_trajectories

NAMES = {
    "control": "Control",
    "forward": "Forward walking",
    "retro": "Retro (backward) walking on a treadmill",
}
WEEKS = (3, 6)


def table(*values, unit="points"):
    made = (Estimate.from_se(f"visit {i}", v, 0.4, unit=unit, df=60) for i, v in enumerate(values))
    return EstimateTable("", tuple(made))


#: Width in mm that the names leave to the plot; the estimate is at most 1.5 mm too large.
PLOT = 38.5

MEANS = {"control": table(5.5, 5.0), "forward": table(5.4, 4.9), "retro": table(5.0, 4.8)}
BASELINE = {"control": (0, 6.1), "forward": (0, 6.2), "retro": (0, 6.3)}
COUNTS = {"control": [23, 21, 20], "forward": [22, 21, 19], "retro": [23, 22, 21]}


def drawn(means=None, weeks=WEEKS, width=170.0, **options):
    settings = {"better": "lower", "ylabel": "Pain (points)", "arm_names": NAMES} | options
    return plot_trajectories(means or MEANS, weeks, ax=blank_axes(width, 80.0), **settings)


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def words(ax, gid):
    legend = ax.get_legend()
    return [t for t in (*ax.texts, *(legend.get_texts() if legend else ())) if t.get_gid() == gid]


def plot_mm(ax):
    """Width of the plot proper, after the layout."""
    ax.figure.draw_without_rendering()
    return ax.get_window_extent().width / ax.figure.dpi * MM_PER_INCH


def test_means_and_intervals_are_drawn_as_given():
    ax = drawn(baseline=BASELINE)
    assert [list(line.get_ydata()) for line in lines(ax, "means")] == [
        [e.value for e in means] for means in MEANS.values()
    ]
    assert [tuple(line.get_ydata()) for line in lines(ax, "interval")] == [
        e.ci[:2] for means in MEANS.values() for e in means
    ]
    assert [list(line.get_ydata()) for line in lines(ax, "baseline")] == [[6.1], [6.2], [6.3]]
    assert {line.get_markerfacecolor() for line in lines(ax, "baseline")} == {"white"}
    assert [list(line.get_ydata()) for line in lines(ax, "line")] == [
        [6.1, 5.5, 5.0], [6.2, 5.4, 4.9], [6.3, 5.0, 4.8],
    ]  # fmt: skip


def test_arms_that_share_a_start_begin_at_one_mark():
    ax = drawn(baseline=dict.fromkeys(MEANS, (0, 6.15)))
    (mark,) = lines(ax, "baseline")
    assert (*mark.get_xdata(), *mark.get_ydata()) == (0, 6.15)
    assert mark.get_marker() not in {line.get_marker() for line in lines(ax, "means")}
    assert [list(line.get_ydata()) for line in lines(ax, "line")] == [
        [6.15, *(e.value for e in means)] for means in MEANS.values()
    ]
    assert {line.get_xdata()[0] for line in lines(ax, "line")} == {0}
    assert "☆ common baseline" in ax.get_title(loc="left")
    told = (
        "All courses begin at week 0 at one mean, 6.15: that at baseline of all subjects analysed"
    )
    assert told in describe(ax)


def test_the_description_tells_where_courses_begin():
    apart = drawn(baseline=BASELINE)
    assert "at the mean of each arm at baseline: Control 6.1, Forward walking 6.2" in describe(
        apart
    )
    assert "hollow: baseline means" in apart.get_title(loc="left")
    without = drawn(baseline={})
    assert "begin" not in describe(without)
    assert lines(without, "baseline") == []
    assert list(lines(without, "line")[0].get_ydata()) == [5.5, 5.0]


def test_the_description_tells_the_means_at_the_endpoints():
    told = describe(drawn({"control": MEANS["control"]}, endpoints=(3,)))
    assert told.endswith("At week 3, with 95% confidence intervals: Control 5.5 (4.7 to 6.3).")
    both = describe(drawn({"control": MEANS["control"]}, endpoints=(6, 3)))
    assert both.index("At week 6") < both.index("At week 3")


def test_arms_stand_beside_one_another_at_their_week():
    ax = drawn(baseline=BASELINE)
    at_six = [line.get_xdata()[-1] for line in lines(ax, "means")]
    assert at_six == sorted(at_six)
    assert len(set(at_six)) == 3
    assert at_six[1] == 6
    assert max(abs(x - 6) for x in at_six) < 0.5
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "3", "6"]
    assert ax.get_xlabel() == "Week"


def test_arms_differ_in_colour_marker_and_dashes():
    ax = drawn()
    assert len({line.get_marker() for line in lines(ax, "means")}) == 3
    assert len({line.get_color() for line in lines(ax, "line")}) == 3
    assert (
        len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines(ax, "line")})
        == 3
    )
    reference = mpl.colors.to_rgb(lines(ax, "line")[0].get_color())
    assert len(set(reference)) == 1  # grey


def test_an_arm_keeps_its_colour_where_another_is_missing():
    alone = drawn({"retro": MEANS["retro"]})
    assert lines(alone, "line")[0].get_color() == lines(drawn(), "line")[2].get_color()


def test_subjects_are_pale_and_behind():
    courses = [((0, 3, 6), (7, math.nan, 5)), ((0, 3), (6, 6))]
    ax = drawn(raw={"control": courses})
    (collection,) = [c for c in ax.collections if c.get_gid() == "courses"]
    assert len(collection.get_segments()) == 2
    assert collection.get_alpha() < 0.3
    assert collection.get_zorder() < min(line.get_zorder() for line in lines(ax, "line"))
    assert ax.get_ylim()[1] > 7


def test_a_value_without_neighbours_is_a_dot_and_a_course_without_values_is_not_counted():
    nan = math.nan
    courses = [
        ((0, 3, 6), (9.0, nan, 5.0)),
        ((0, 3, 6), (6.0, 6.5, nan)),
        ((0, 3, 6), (nan, 8.0, nan)),
        ((3,), (2.0,)),
        ((0, 3, 6), (nan, nan, nan)),
        ((), ()),
    ]
    ax = drawn(raw={"control": courses, "retro": [((0, 6), (5.0, 4.0))]}, baseline=BASELINE)
    (dots,) = lines(ax, "alone")
    assert dots.get_xydata().tolist() == [[0, 9], [6, 5], [3, 8], [3, 2]]
    assert dots.get_color() == lines(ax, "line")[0].get_color()
    assert dots.get_alpha() < 0.5
    assert dots.get_zorder() < min(line.get_zorder() for line in lines(ax, "line"))
    low, high = ax.get_ylim()
    assert (low < 2, high > 9) == (True, True)
    assert "Behind the means: the courses of 5 subjects." in describe(ax)
    nobody = drawn(raw={"control": [((0, 3), (nan, nan))]})
    assert "Behind" not in describe(nobody)


def test_counts_stand_below_their_visits():
    ax = drawn(baseline=BASELINE, counts=COUNTS)
    assert [(t.xy[0], t.get_text()) for t in words(ax, "count")] == [
        (week, str(n)) for arm in COUNTS for week, n in zip((0, 3, 6), COUNTS[arm], strict=True)
    ]
    without = drawn(baseline=BASELINE, counts={arm: row[1:] for arm, row in COUNTS.items()})
    assert [t.xy[0] for t in words(without, "count")] == [3, 6] * 3


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize("weeks", [WEEKS, (1, 2, 4, 12, 26, 52), (6,)])
def test_no_words_overlap_or_leave_the_page(width, weeks):
    arms = {f"a{i}": table(*(5 + 0.02 * i for _ in weeks)) for i in range(5)}
    ax = drawn(
        arms,
        weeks,
        width,
        baseline=dict.fromkeys(arms, (0, 6.0)),
        counts={arm: [123] * (len(weeks) + 1) for arm in arms},
        arm_names={arm: f"{NAMES['retro']} {arm}" for arm in arms},
    )
    ax.figure.draw_without_rendering()
    low, high = ax.get_ylim()
    shown = [
        *words(ax, "arm"),
        *words(ax, "count"),
        *words(ax, "head"),
        *ax.get_xticklabels(),
        ax.xaxis.label,
        ax.yaxis.label,
        ax._left_title,
    ]
    shown += [t for t in ax.get_yticklabels() if low <= t.get_position()[1] <= high]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    page = ax.figure.bbox
    for text, box in boxes:
        assert page.x0 <= box.x0, text
        assert box.x1 <= page.x1 + 1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not (
            min(a.x1, b.x1) - max(a.x0, b.x0) > 0 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6
        ), (one, other)
    plot = ax.get_window_extent()
    assert len(words(ax, "arm")) == 5
    if ax.get_legend():
        assert width == 85.0
        assert all(t.get_window_extent().y1 <= plot.y0 for t in words(ax, "arm"))
    else:
        assert all(t.get_window_extent().x0 >= plot.x1 for t in words(ax, "arm"))
    assert plot_mm(ax) >= PLOT


def test_names_stand_in_the_order_of_the_line_ends():
    ax = drawn()
    ax.figure.draw_without_rendering()
    middles = [(t.get_window_extent().y0 + t.get_window_extent().y1) / 2 for t in words(ax, "arm")]
    assert middles == sorted(middles, reverse=True)
    assert [t.get_text().split(" ")[1] for t in words(ax, "arm")] == ["Control", "Forward", "Retro"]


@pytest.mark.whole
@pytest.mark.parametrize("width", [60.0, 75.0, 85.0, 120.0, 170.0])
@pytest.mark.parametrize("names", [NAMES, {"control": "C", "forward": "F", "retro": "R"}])
def test_names_never_squeeze_the_plot(width, names):
    ax = drawn(width=width, baseline=BASELINE, counts=COUNTS, arm_names=names)
    assert plot_mm(ax) >= min(PLOT, width - 25)
    if width != 85:
        assert (ax.get_legend() is not None) == (width <= 75 and names is NAMES)
    colours = [mpl.colors.to_hex(t.get_color()) for t in words(ax, "arm")]
    assert colours == [mpl.colors.to_hex(line.get_color()) for line in lines(ax, "line")]


def test_names_below_have_the_marks_of_their_lines():
    ax = drawn(width=60.0)
    keys = ax.get_legend().get_lines()
    assert [key.get_marker() for key in keys] == [m.get_marker() for m in lines(ax, "means")]
    assert [key._dash_pattern[1] is None for key in keys] == [True, False, False]
    told = [t.get_text().replace("\n", " ") for t in words(ax, "arm")]
    assert told == list(NAMES.values())


def courses_of(ends):
    return [((0, 3, 6), (5.0, 5.5, end)) for end in ends]


def test_of_many_courses_some_are_drawn_and_the_figure_says_so():
    raw = {
        "control": courses_of(np.linspace(0, 10, 3000).tolist()),
        "forward": courses_of([math.nan] * 10),
        "retro": courses_of(np.linspace(10, 0, 2990).tolist()),
    }
    ax = drawn(raw=raw)
    drawn_by_arm = [c for c in ax.collections if c.get_gid() == "courses"]
    assert [len(c.get_segments()) for c in drawn_by_arm] == [300, 2, 299]
    for collection in (drawn_by_arm[0], drawn_by_arm[2]):
        ends = np.sort([segment[-1, 1] for segment in collection.get_segments()])
        assert (ends[0], ends[-1]) == (0, 10)
        assert np.diff(ends).max() < 2 * np.diff(ends).mean()
    assert "601 of 6,000 courses drawn" in ax.get_title(loc="left").replace("\n", " ")
    told = "the courses of 601 of 6,000 subjects, chosen evenly by their last value."
    assert f"Behind the means: {told}" in describe(ax)
    few = drawn(raw={"control": courses_of([1.0, 2.0])})
    assert "courses" not in few.get_title(loc="left")
    assert "Behind the means: the courses of 2 subjects." in describe(few)
    assert "Behind" not in describe(drawn())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=7))
def test_every_arm_keeps_its_share_of_courses(sizes):
    raw = {f"a{i}": courses_of(map(float, range(n))) for i, n in enumerate(sizes)}
    chosen = thinned_courses(raw)
    assert chosen.given == sum(sizes)
    assert chosen.shown <= 600 + 2 * len(sizes)
    for arm, courses in raw.items():
        kept = chosen.drawn[arm]
        assert min(len(courses), 2) <= len(kept) <= len(courses)
        assert list(kept) == sorted(set(kept), key=lambda course: course[1][2])
        if courses:
            assert {courses[0], courses[-1]} <= set(kept)
        if sum(sizes) <= 600:
            assert len(kept) == len(courses)


#: Seconds of the processor to draw and save 100,000 subjects; 1.2 measured.
SECONDS = 3.0


def test_a_hundred_thousand_subjects_are_drawn_fast_and_small(tmp_path):
    rng = np.random.default_rng(3)
    raw = {
        arm: [((0, 3, 6), values) for values in rng.normal(5, 1, (33_334, 3)).tolist()]
        for arm in MEANS
    }
    begun = time.process_time()
    svg = save_figure(drawn(raw=raw), tmp_path / "t.svg", width="double")
    assert time.process_time() - begun < SECONDS
    #: 140 kB measured.
    assert svg.stat().st_size < 300_000


def test_means_may_come_from_a_printed_table():
    # Arm, n, mean and SD at two visits; t quantiles of 22 and 21 df by hand.
    printed = {
        "control": ((22, 6.1, 1.2), (21, 5.9, 1.4)),
        "retro": ((23, 6.3, 1.1), (22, 4.2, 1.5)),
    }
    means = {
        arm: EstimateTable(
            arm,
            tuple(
                Estimate.from_se(arm, mean, sd / math.sqrt(n), unit="points", df=n - 1)
                for n, mean, sd in visits
            ),
        )
        for arm, visits in printed.items()
    }
    ax = drawn(means, (0, 6), arm_names=None)
    low, high = lines(ax, "interval")[2].get_ydata()
    assert (low + high) / 2 == pytest.approx(6.3)
    assert (high - low) / 2 == pytest.approx(2.073873 * 1.1 / math.sqrt(23), abs=1e-6)


def test_uneven_visits_are_drawn_at_equal_distances_and_say_so():
    arms = {"a": table(6, 5, 4)}
    ax = drawn(arms, (1, 2, 52), arm_names=None)
    assert list(lines(ax, "means")[0].get_xdata()) == [0, 1, 2]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "52"]
    assert ax.get_xlabel() == "Week (not to scale)"


@pytest.mark.parametrize(("better", "arrow"), [("lower", "↓"), ("higher", "↑")])
def test_it_says_which_direction_is_better(better, arrow):
    assert drawn(better=better).get_title(loc="left") == f"{arrow} {better} is better; bars: 95% CI"


def test_text_is_large_enough_and_files_repeat(tmp_path):
    written = []
    for name in ("a.svg", "b.svg"):
        ax = drawn(baseline=BASELINE, counts=COUNTS)
        written.append(save_figure(ax.figure, tmp_path / name, width="double").read_bytes())
    assert written[0] == written[1]
    shown = [t for t in ax.findobj(Text) if t.get_text() and t.get_visible()]
    assert min(text.get_fontsize() for text in shown) >= 6


def test_the_alt_text_tells_the_last_means():
    assert describe(drawn({"control": MEANS["control"]})) == (
        "Means of Pain (points) over 2 visits in 1 arm, lower is better. "
        "At week 6, with 95% confidence intervals: Control 5 (4.2 to 5.8)."
    )


@pytest.mark.parametrize(
    ("means", "weeks", "options", "message"),
    [
        ({}, WEEKS, {}, "give the means of at least one arm"),
        (MEANS, (), {}, "give the means of at least one arm"),
        (MEANS, WEEKS, {"endpoints": (3, 4)}, r"week 4 is none of \[3, 6\]"),
        (MEANS, (6, 3), {}, r"the weeks \[6, 3\] do not increase"),
        (MEANS, (3, 6, 9), {}, "control has 2 means at 3 visits"),
        (MEANS, WEEKS, {"counts": {"control": [1, 2]}}, "forward has 0 counts at 2 visits"),
        (
            {"a": table(1, 2), "b": table(1, 2, unit="mm")},
            WEEKS,
            {},
            "one unit and one level per plot",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(means, weeks, options, message):
    with pytest.raises(ValueError, match=f"^plot_trajectories: {message}"):
        plot_trajectories(means, weeks, better="lower", **options)
