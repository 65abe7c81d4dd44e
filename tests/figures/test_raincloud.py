"""Rainclouds, read back: clouds, bars, boxes, every point, and words that touch nothing."""

import math
import time
from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from retrostats.description.distributions import distribution_from_summary, distributions
from retrostats.effects.summaries import ArmSummary
from retrostats.figures.raincloud import plot_raincloud, raincloud_height
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

NAMES = {"control": "Control", "retro": "Retro (backward) walking on a treadmill"}
#: Heights are scaled and shifted; measured 1e-16 of a row.
EXACT = 1e-12
#: Seconds of the processor to describe, draw and save as PNG and SVG, measured 0.4; bytes of the
#: SVG, measured 0.13 MB. The task allows 3 seconds and 2 MB.
ALLOWED, LARGEST = 3.0, 2_000_000


def some_groups(arms=("control", "retro"), n=30):
    generator = np.random.default_rng(6)
    return distributions(
        {arm: [*generator.lognormal(1 + 0.2 * i, 0.4, n), math.nan] for i, arm in enumerate(arms)},
        unit="s",
    )


SMOOTH = some_groups()
SCORES = distributions({"control": [1, 2, 2, 3, 3, 3, 7, None], "retro": [0, 0, 2, 2, 10]})


def drawn(groups=SMOOTH, width=170.0, **options):
    settings = {"better": "lower", "ylabel": "Timed up and go (s)", "arm_names": NAMES} | options
    return plot_raincloud(groups, ax=blank_axes(width, raincloud_height(groups)), **settings)


@pytest.fixture(scope="module")
def smooth():
    """Read by many tests, changed by none."""
    return drawn()


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def patches(ax, gid):
    return [patch for patch in ax.patches if patch.get_gid() == gid]


def note(ax):
    (text,) = (text for text in ax.texts if text.get_gid() == "note")
    return text.get_text().replace("\n", " ")


def test_every_value_is_a_point_below_its_row(smooth):
    for place, (line, group) in enumerate(zip(lines(smooth, "values"), SMOOTH, strict=True)):
        assert tuple(line.get_xdata()) == group.values
        assert (-place - 0.5 < line.get_ydata()).all()
        assert (line.get_ydata() < -place - 0.1).all()
        assert len(set(line.get_ydata())) == group.n


def test_clouds_are_the_densities_on_one_scale(smooth):
    tallest = max(height for group in SMOOTH for _, height in group.density)
    for place, (line, group) in enumerate(zip(lines(smooth, "outline"), SMOOTH, strict=True)):
        x, heights = np.array(group.density).T
        assert tuple(line.get_xdata()) == tuple(x)
        assert line.get_ydata() == pytest.approx(
            -place + 0.08 + 0.42 * heights / tallest, abs=EXACT
        )
    clouds = [each for each in smooth.collections if each.get_gid() == "cloud"]
    assert len(clouds) == 2
    for cloud, line in zip(clouds, lines(smooth, "outline"), strict=True):
        assert cloud.get_paths()[0].get_extents().y1 == pytest.approx(max(line.get_ydata()))


def test_scores_have_bars_of_their_shares_and_no_cloud():
    ax = drawn(SCORES)
    bars = patches(ax, "bar")
    wanted = [(place, *step) for place, group in enumerate(SCORES) for step in group.steps]
    assert [bar.get_x() + bar.get_width() / 2 for bar in bars] == pytest.approx(
        [value for _, value, _ in wanted], abs=EXACT
    )
    assert [bar.get_y() for bar in bars] == [-place + 0.08 for place, _, _ in wanted]
    shares = [count / SCORES[place].n for place, _, count in wanted]
    assert [bar.get_height() for bar in bars] == pytest.approx(
        [0.42 * share / max(shares) for share in shares], abs=EXACT
    )
    assert lines(ax, "outline") == []
    assert "bars: share of the group with each score, up to 43%" in note(ax)
    low, high = ax.get_xlim()
    assert low < -0.4 < 10.4 < high
    assert all(tick == int(tick) for tick in ax.get_xticks())


def test_boxes_show_quartiles_median_and_whiskers(smooth):
    boxes, medians, whiskers = (
        patches(smooth, "box"),
        lines(smooth, "median"),
        lines(smooth, "whiskers"),
    )
    for place, group in enumerate(SMOOTH):
        box = boxes[place]
        assert (box.get_x(), box.get_x() + box.get_width()) == pytest.approx((group.q1, group.q3))
        assert set(medians[place].get_xdata()) == {group.median}
        assert tuple(whiskers[place].get_xdata()) == group.whiskers
        assert box.get_y() < whiskers[place].get_ydata()[0] < box.get_y() + box.get_height()


def test_rows_say_names_and_numbers_from_the_top(smooth):
    assert [tick.get_text().replace("\n", " ") for tick in smooth.get_yticklabels()] == [
        f"{name} n = 30 1 missing" for name in NAMES.values()
    ]
    smooth.figure.draw_without_rendering()
    tops = [tick.get_window_extent().y1 for tick in smooth.get_yticklabels()]
    assert tops == sorted(tops, reverse=True)
    colours = [line.get_color() for line in lines(smooth, "values")]
    assert len(set(colours)) == 2
    assert lines(drawn(SMOOTH[1:]), "values")[0].get_color() == colours[1]


def test_small_and_equal_groups_are_drawn_honestly(smooth):
    groups = distributions(
        {"none": [math.nan], "one": [1.5], "four": [1.0, 2.2, 3.3, 9.0], "equal": [3.0] * 20}
    )
    ax = drawn(groups, arm_names=None)
    assert [len(line.get_xdata()) for line in lines(ax, "values")] == [0, 1, 4, 20]
    assert len(patches(ax, "box")) == 1
    assert lines(ax, "outline") == []
    assert "fewer than 5 values: points alone; equal values: no cloud" in note(ax)
    assert "none (n = 0, 1 missing) no values" in describe(ax)
    assert "fewer" not in note(smooth)
    assert "equal" not in note(smooth)
    few_scores = distributions({"a": [1, 2, 2, 3], "b": [1, 1, 2, 2, 3]})
    assert len(patches(drawn(few_scores, arm_names=None), "bar")) == 3


def test_one_value_alone_can_be_drawn():
    ax = drawn(distributions({"a": [1.5]}), arm_names=None)
    low, high = ax.get_xlim()
    assert low < 1.5 < high
    assert note(ax) == "← lower is better; fewer than 5 values: points alone"


def test_the_description_tells_the_quartiles():
    assert describe(drawn(SCORES, ylabel="Pain (points)")) == (
        "Distribution of Pain (points) in 2 groups, lower is better. Medians, with quartiles and "
        "range: Control (n = 7, 1 missing) 3 (2 to 3, range 1 to 7); "
        "Retro (backward) walking on a treadmill (n = 5) 2 (0 to 2, range 0 to 10)."
    )


@pytest.mark.parametrize(
    ("better", "mark"),
    [("lower", "← lower is better; "), ("higher", "→ higher is better; "), (None, "")],
)
def test_it_says_which_direction_is_better(better, mark):
    box = "box: quartiles and median; line: values within 1.5 box lengths of it"
    assert note(drawn(better=better)) == f"{mark}cloud: density; {box}"


@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize("arms", [1, 3, 7])
def test_no_words_overlap_or_leave_the_page(arms, width):
    labels = [f"a{i}" for i in range(arms)]
    names = {label: f"{NAMES['retro']}, dose {label}" for label in labels}
    ax = drawn(some_groups(labels), width, arm_names=names)
    ax.figure.draw_without_rendering()
    page, (low, high) = ax.figure.bbox, ax.get_xlim()
    shown = [*ax.texts, *ax.get_yticklabels(), ax.xaxis.label]
    shown += [t for t in ax.get_xticklabels() if low <= t.get_position()[0] <= high]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1, text
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        across, along = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert not (across > 0 and along > 0.6), (one, other)
    assert min(t.get_fontsize() for t in ax.findobj(Text) if t.get_text()) >= 6


def test_thousands_of_values_are_thinned_and_the_figure_says_so(tmp_path, smooth):
    generator = np.random.default_rng(7)
    begin = time.process_time()
    groups = distributions({arm: generator.normal(50, 9, 100_000) for arm in ("a", "b")})
    ax = drawn(groups, arm_names=None)
    files = [save_figure(ax, tmp_path / f"f.{kind}", width="double") for kind in ("png", "svg")]
    assert time.process_time() - begin < ALLOWED
    assert files[1].stat().st_size < LARGEST
    for line, group in zip(lines(ax, "values"), groups, strict=True):
        assert len(line.get_xdata()) == 400
        assert (line.get_xdata()[0], line.get_xdata()[-1]) == (group.values[0], group.values[-1])
    told = "800 of 200,000 values drawn, evenly by rank"
    assert told in note(ax)
    assert told in describe(ax)
    assert "drawn" not in note(smooth)


def test_files_repeat(tmp_path):
    written = [
        save_figure(drawn(), tmp_path / name, width="double").read_bytes()
        for name in ("a.svg", "b.svg")
    ]
    assert written[0] == written[1]
    with pytest.raises(ValueError, match="placed for 170 mm"):
        save_figure(drawn(), tmp_path / "c.png", width="single")


def test_without_axes_a_figure_is_made_and_the_unit_is_its_label():
    assert plot_raincloud(SMOOTH).get_xlabel() == "s"
    assert plot_raincloud(SCORES).get_xlabel() == "Value"


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ((), "there is no value to draw"),
        (distributions({"a": [], "b": [math.nan]}), "there is no value to draw"),
        ((SMOOTH[0], SMOOTH[0]), "two groups are named control"),
        (
            (SMOOTH[0], distribution_from_summary(ArmSummary(arm="x", n=9, mean=1, sd=1))),
            "x has a summary and no values",
        ),
        (
            (SMOOTH[0], distributions({"x": [1.5, 2.5]}, unit="min")[0]),
            "one unit per plot, got min, s",
        ),
        ((SMOOTH[0], SCORES[1]), "some groups have a density and some counts of whole numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused(groups, message):
    with pytest.raises(ValueError, match=f"^plot_raincloud: {message}"):
        plot_raincloud(groups)
