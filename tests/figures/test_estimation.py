"""Estimation plots, read back: values, means, aligned axes, intervals, order and words."""

import math
import time
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from retrostats.description.distributions import distribution_from_summary, distributions
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.two_group import cohens_d, mean_difference
from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.estimation import estimation_height, plot_estimation
from retrostats.figures.estimation_words import interval_words
from retrostats.figures.points import beside_one_another, strip
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

NAMES = {
    "control": "Control",
    "retro": "Retro (backward) walking on a treadmill",
    "forward": "Forward walking",
}
#: Both axes of one place go through doubles on their way to the screen, in px; no gap measured.
PIXELS = 1e-9
#: Seconds of the processor, as others may use the machine, to draw and to save as PNG and SVG;
#: measured 0.7. The task allows 3.
ALLOWED = 3.0
#: Bytes of an SVG of 200,000 values; measured 0.10 MB.
LARGEST = 2_000_000


def some_groups(arms=("control", "retro", "forward"), n=20, unit="points"):
    generator = np.random.default_rng(4)
    made = {
        arm: [*np.round(generator.normal(5 - 0.6 * i, 1.5, n), 1), math.nan]
        for i, arm in enumerate(arms)
    }
    return distributions(made, unit=unit)


def of(group):
    return ArmSummary(arm=group.arm, n=group.n, mean=group.mean, sd=group.sd)


def differences_of(groups, unit="points"):
    made = (mean_difference(of(group), of(groups[0]), unit=unit) for group in groups[1:])
    return EstimateTable("Differences of means", tuple(made))


THREE = some_groups()
TWO = THREE[:2]
ADJUSTED = EstimateTable(
    "Difference in Pain, week 6.",
    (
        Estimate.from_se("retro - control", -0.797, 0.319, unit="points", df=54.9),
        Estimate.from_se("forward - control", -0.561, 0.329, unit="points", df=55.1),
    ),
)


RETRO_CM = Estimate.from_se("retro - control", -1, 0.4, unit="cm")


def drawn(groups=THREE, differences=None, width=170.0, **options):
    table = differences or differences_of(groups)
    settings = {"better": "lower", "ylabel": "Pain (points)", "arm_names": NAMES} | options
    ax = blank_axes(width, estimation_height(groups, width=width))
    return plot_estimation(groups, table, ax=ax, **settings)


@pytest.fixture(scope="module")
def three():
    """Read by many tests, changed by none."""
    return drawn()


@pytest.fixture(scope="module")
def two():
    return drawn(TWO)


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def panels(ax):
    return ax, next(other for other in ax.figure.axes if other is not ax)


def on_screen(ax, x, y):
    return ax.transData.transform((x, y))


def column_words(ax):
    return [
        tick.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
        for tick in ax.get_xticklabels()
    ]


def test_every_value_is_drawn_in_the_column_of_its_group(three):
    for place, (line, group) in enumerate(zip(lines(three, "values"), THREE, strict=True)):
        assert tuple(line.get_ydata()) == group.values
        assert max(abs(line.get_xdata() - place)) < 0.5


def test_no_two_points_of_a_swarm_touch(three):
    three.figure.draw_without_rendering()
    for line in lines(three, "values"):
        places = three.transData.transform(line.get_xydata())
        diameter = line.get_markersize() / 72 * three.figure.dpi
        closest = min(np.hypot(*(a - b)) for a, b in combinations(places, 2))
        assert closest > 0.98 * diameter


def test_means_and_intervals_are_those_given_and_stand_beside_the_values(three):
    assert [line.get_ydata()[0] for line in lines(three, "mean")] == [g.mean for g in THREE]
    assert [tuple(line.get_ydata()) for line in lines(three, "mean interval")] == [
        g.mean_ci[:2] for g in THREE
    ]
    for values, mean in zip(lines(three, "values"), lines(three, "mean"), strict=True):
        assert mean.get_xdata()[0] > max(values.get_xdata())


def test_two_groups_zero_of_the_difference_is_level_with_the_first_mean_on_one_scale(two):
    ax, beside = panels(two)
    ax.figure.draw_without_rendering()
    control, treated = TWO
    assert on_screen(beside, 2, 0) == pytest.approx(on_screen(ax, 2, control.mean), abs=PIXELS)
    step = treated.mean - control.mean
    assert on_screen(beside, 2, step) == pytest.approx(on_screen(ax, 2, treated.mean), abs=PIXELS)
    (zero,), (level,) = lines(ax, "zero"), lines(ax, "level")
    assert set(zero.get_ydata()) == {control.mean}
    assert set(level.get_ydata()) == {treated.mean}
    (difference,), (interval,) = lines(beside, "difference"), lines(beside, "difference interval")
    given = differences_of(TWO)[0]
    assert (*difference.get_xdata(), *difference.get_ydata()) == (2, given.value)
    assert tuple(interval.get_ydata()) == given.ci[:2]
    assert beside.spines["right"].get_visible()
    assert beside.get_ylabel() == "Difference (points)"


def test_an_adjusted_difference_is_anchored_at_the_first_mean_and_the_figure_says_so(two):
    ax, beside = panels(drawn(TWO, ADJUSTED[:1]))
    ax.figure.draw_without_rendering()
    anchored = on_screen(ax, 2, TWO[0].mean - 0.797)
    assert on_screen(beside, 2, -0.797) == pytest.approx(anchored, abs=PIXELS)
    assert lines(ax, "level") == []
    told = "differences: those of the table “Difference in Pain, week 6”, not of the means drawn"
    assert told in ax.get_title(loc="left").replace("\n", " ")
    assert f"D{told[1:]}." in describe(beside)
    assert "table" not in two.get_title(loc="left")
    unnamed, _ = panels(drawn(TWO, EstimateTable("", ADJUSTED.estimates[:1])))
    assert "those of the table given" in unnamed.get_title(loc="left").replace("\n", " ")


def test_words_for_the_differences_stand_on_their_axis_in_the_note_and_in_the_description():
    said = "adjusted mean difference (MMRM)"
    for groups, table in ((THREE, ADJUSTED), (TWO, ADJUSTED[:1]), (TWO, differences_of(TWO))):
        ax, panel = panels(drawn(groups, table, difference=said))
        label = panel.get_ylabel().replace("\n", " ")
        assert label == "Adjusted mean difference (MMRM) (points)"
        note = ax.get_title(loc="left").replace("\n", " ")
        assert note.endswith(f"; differences: {said}")
        assert describe(panel).endswith(f" Differences: {said}.")
        assert "table" not in note + describe(panel)
    _, plain = panels(drawn(THREE, ADJUSTED))
    assert plain.get_ylabel() == "Difference (points)"


def test_long_words_for_the_differences_are_wrapped_along_their_axis():
    for groups, table in ((THREE, ADJUSTED), (TWO, ADJUSTED[:1])):
        _, panel = panels(drawn(groups, table, width=85.0, difference="adjusted difference " * 5))
        panel.figure.draw_without_rendering()
        box, whole = panel.yaxis.label.get_window_extent(), panel.figure.bbox
        assert "\n" in panel.get_ylabel()
        assert (box.y0 >= whole.y0, box.y1 <= whole.y1) == (True, True)


def test_more_groups_have_their_differences_below_them(three):
    ax, below = panels(three)
    ax.figure.draw_without_rendering()
    given = differences_of(THREE)
    marks = lines(below, "difference")
    assert [(*m.get_xdata(), *m.get_ydata()) for m in marks] == [
        (place, each.value) for place, each in enumerate(given, start=1)
    ]
    assert [tuple(line.get_ydata()) for line in lines(below, "difference interval")] == [
        each.ci[:2] for each in given
    ]
    for place in range(3):
        assert on_screen(ax, place, 0)[0] == pytest.approx(
            on_screen(below, place, 0)[0], abs=PIXELS
        )
    assert below.get_window_extent().y1 < ax.get_window_extent().y0
    assert set(lines(below, "zero")[0].get_ydata()) == {0}
    colours = [line.get_color() for line in lines(ax, "mean")]
    assert [mark.get_color() for mark in marks] == colours[1:]
    assert len({mark.get_marker() for mark in lines(ax, "mean")}) == 3


def test_columns_say_names_numbers_and_differences():
    ax, below = panels(drawn(differences=ADJUSTED))
    assert column_words(ax) == [f"{name} n = 20, 1 missing" for name in NAMES.values()]
    assert column_words(below) == ["reference", "−0.8 (−1.4 to −0.2)", "−0.6 (−1.2 to 0.1)"]
    two, _ = panels(drawn(TWO, ADJUSTED[:1]))
    assert column_words(two)[2] == f"{NAMES['retro']} − Control −0.8 (95% CI −1.4 to −0.2)"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((-3.8, -0.7, -1.4), "−1.4 (95% CI −3.8 to −0.7)"),
        ((-2.2, -0.03, -1.1), "−1.10 (95% CI −2.20 to −0.03)"),
        ((0.0, 2.0, 1.0), "1.0 (95% CI 0.0 to 2.0)"),
        ((-31.9, 57.2, 12.7), "13 (95% CI −32 to 57)"),
    ],
)
def test_numbers_are_rounded_so_that_the_side_of_zero_stays(limits, words):
    low, high, value = limits
    fields = {"label": "a - b", "se": 1.0, "df": 9.0, "p": 0.5, "unit": ""}
    interval = Estimate.from_se("a", 1, 1, unit="").ci._replace(low=low, high=high)
    assert interval_words(Estimate(value=value, ci=interval, **fields), level=True) == words


def test_each_panel_has_its_description_with_the_numbers():
    groups = distributions({"control": [5, 7, 6], "retro": [3, 4, 4, None]}, unit="points")
    table = EstimateTable("", (Estimate.from_se("retro - control", -7 / 3, 0.7, unit="points"),))
    ax, beside = panels(drawn(groups, table, arm_names={"control": "Control", "retro": "Retro"}))
    assert describe(ax) == (
        "Values of Pain (points) in 2 groups, lower is better. Means with 95% confidence "
        "intervals: Control (n = 3) 6.00 (3.52 to 8.48); Retro (n = 3, 1 missing) "
        "3.667 (2.232 to 5.101)."
    )
    assert describe(beside) == "Difference from Control: Retro −2.3 (95% CI −3.7 to −1.0)."


def test_summaries_have_bars_of_one_sd_and_the_figure_says_so():
    arms = [ArmSummary(arm=a, n=15, mean=m, sd=1.5) for a, m in (("control", 5), ("retro", 4))]
    groups = [distribution_from_summary(arm, unit="cm") for arm in arms]
    ax, beside = panels(drawn(groups, EstimateTable("", (mean_difference(arms[1], arms[0]),))))
    assert [tuple(line.get_ydata()) for line in lines(ax, "sd")] == [(3.5, 6.5), (2.5, 5.5)]
    assert lines(ax, "values") == []
    assert "pale bars: mean ± SD" in ax.get_title(loc="left")
    assert describe(ax).startswith("Means and SDs of Pain (points) in 2 groups")
    assert beside.get_ylabel() == "Difference (cm)"
    mixed = drawn([groups[0], some_groups(unit="cm")[1]], EstimateTable("", (RETRO_CM,)))
    assert "mean ± SD, where single values are not known" in mixed.get_title(loc="left")
    assert len(lines(mixed, "sd")) == len(lines(mixed, "values")) == 1


def test_a_mean_of_one_value_has_no_interval():
    groups = distributions({"a": [1.5], "b": [2.0, 3.5]})
    table = EstimateTable("", (Estimate.from_se("b - a", 1.25, 0.7, unit=""),))
    ax, _ = panels(drawn(groups, table, arm_names=None))
    assert all(map(math.isnan, lines(ax, "mean interval")[0].get_ydata()))
    assert "a (n = 1) 1.50; b (n = 2)" in describe(ax)


def test_two_levels_are_both_told():
    table = EstimateTable("", (mean_difference(of(TWO[1]), of(TWO[0]), level=0.975),))
    ax, beside = panels(drawn(TWO, table))
    assert "bars: 95% CI of means, 97.5% CI of differences" in ax.get_title(loc="left")
    assert "(97.5% CI" in describe(beside)


@pytest.mark.parametrize(("better", "mark"), [("lower", "↓ lower"), ("higher", "↑ higher")])
def test_it_says_which_direction_is_better(better, mark):
    assert drawn(TWO, better=better).get_title(loc="left") == f"{mark} is better; bars: 95% CI"
    assert drawn(TWO, better=None).get_title(loc="left") == "bars: 95% CI"


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize("arms", [2, 3, 7])
def test_no_words_overlap_or_leave_the_page(arms, width):
    labels = [f"a{i}" for i in range(arms)]
    groups = some_groups(labels)
    names = {label: f"{NAMES['retro']}, dose {label}" for label in labels}
    ax = drawn(groups, width=width, arm_names=names)
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    unseen = {
        tick
        for panel in ax.figure.axes
        for tick in panel.get_yticklabels()
        if not panel.get_ylim()[0] <= tick.get_position()[1] <= panel.get_ylim()[1]
    }
    shown = {t for t in ax.figure.findobj(Text) if t.get_text() and t.get_visible()} - unseen
    for text in shown:
        box = text.get_window_extent()
        assert text.get_fontsize() >= 6
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1, text.get_text()
    for panel in ax.figure.axes:
        ticks = [t.get_window_extent() for t in panel.get_xticklabels() if t.get_text()]
        assert all(a.x1 < b.x0 for a, b in pairwise(ticks))


def test_numbers_too_wide_for_their_columns_stand_in_a_list():
    groups = distributions({f"a{i}": np.linspace(0, 1e6, 30) + 1e5 * i for i in range(7)}, unit="N")
    _, below = panels(drawn(groups, differences_of(groups, "N"), width=85.0, arm_names=None))
    assert [tick.get_text() for tick in below.get_xticklabels()] == ["ref.", *[""] * 6]
    listed = below.get_xlabel().split("\n")
    assert len(listed) == 6
    assert listed[0].startswith("a1: 100000 (−")


def test_thousands_of_values_are_thinned_by_rank_and_the_figure_says_so(tmp_path):
    generator = np.random.default_rng(5)
    groups = distributions({arm: generator.normal(50, 9, 100_000) for arm in ("a", "b")})
    table = differences_of(groups, unit="")
    begin = time.process_time()
    ax = drawn(groups, table, arm_names=None)
    files = [save_figure(ax, tmp_path / f"f.{kind}", width="double") for kind in ("png", "svg")]
    assert time.process_time() - begin < ALLOWED
    assert files[1].stat().st_size < LARGEST
    assert [len(line.get_ydata()) for line in lines(ax, "values")] == [400, 400]
    for line, group in zip(lines(ax, "values"), groups, strict=True):
        assert (line.get_ydata()[0], line.get_ydata()[-1]) == (group.values[0], group.values[-1])
        assert np.median(line.get_ydata()) == pytest.approx(group.median, abs=0.1)
    told = "800 of 200,000 values drawn, evenly by rank"
    assert told in ax.get_title(loc="left").replace("\n", " ")
    assert told in describe(ax)


def test_values_that_fit_no_swarm_stand_in_strips():
    room = {"limits": (0.0, 2.0), "width": 10.0, "height": 50.0}
    one, crowded = [1.0], [1.0] * 60
    swarm, few = beside_one_another([one, [1.0, 1.0]], **room)
    assert swarm.aside.tolist() == [0]
    assert few.aside[1] - few.aside[0] != 0
    strips = beside_one_another([one, crowded], **room)
    assert strips[1].aside.tolist() == strip(crowded).aside.tolist()
    assert strips[0].size == strips[1].size < swarm.size
    assert len({*strips[1].aside.tolist()}) == 60
    assert np.abs(strips[1].aside).max() <= 0.5


def test_groups_too_large_for_a_swarm_stand_in_strips():
    room = {"limits": (0.0, 1.0), "width": 40.0, "height": 400.0}
    most, more = (beside_one_another([np.linspace(0, 1, n)], **room)[0] for n in (250, 251))
    assert (most.size, more.size) == (3.0, 2.2)
    assert len(more.values) == 251


def test_it_may_not_be_saved_narrower_than_it_was_placed(tmp_path):
    with pytest.raises(ValueError, match="placed for 170 mm"):
        save_figure(drawn(TWO), tmp_path / "a.png", width="single")


@pytest.mark.parametrize("groups", [TWO, THREE])
def test_files_repeat(groups, tmp_path):
    written = [
        save_figure(drawn(groups), tmp_path / name, width="double").read_bytes()
        for name in ("a.svg", "b.svg")
    ]
    assert written[0] == written[1]


def test_without_axes_a_figure_is_made_and_the_unit_is_its_label():
    ax = plot_estimation(THREE, differences_of(THREE))
    assert ax.get_ylabel() == "points"
    assert len(ax.figure.axes) == 2


def changed(table, *order):
    return EstimateTable("", tuple(table[place] for place in order))


@pytest.mark.parametrize(
    ("groups", "table", "message"),
    [
        (THREE[:1], ADJUSTED[:0], "1 groups; a difference needs two"),
        (THREE, ADJUSTED[:1], "1 differences for 3 groups; give that of each of retro, forward"),
        (THREE, changed(ADJUSTED, 1, 0), "the difference 'forward - control' stands where retro"),
        ((TWO[1], TWO[0]), ADJUSTED[:1], "the difference 'retro - control' stands where control"),
        ((TWO[0], TWO[0]), ADJUSTED[:1], "two groups are named control"),
        (some_groups(unit="mm")[:2], ADJUSTED[:1], "must have one unit, got mm, points"),
        (
            distributions({"control": [1, 2], "retro": [math.nan]}),
            ADJUSTED[:1],
            "retro has no values; leave it",
        ),
        (
            (TWO[0], distributions({"retro": [1, 2]}, level=0.9)[0]),
            ADJUSTED[:1],
            "one level for all means, got 0.9, 0.95",
        ),
        (
            some_groups(unit="")[:2],
            EstimateTable("", (cohens_d(of(TWO[1]), of(TWO[0])),)),
            "must have one unit, got SD; standardised differences have no place",
        ),
        (
            some_groups(unit="")[:2],
            EstimateTable("", (Estimate.from_se("retro - control", 1, 1, unit="SD of change"),)),
            "must have one unit, got SD of change; standardised differences have no place",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(groups, table, message):
    with pytest.raises(ValueError, match=f"^plot_estimation: .*{message}"):
        plot_estimation(groups, table)


def test_names_for_readers_are_known_in_labels():
    renamed = Estimate.from_se("Forward walking - Control", -1, 1, unit="points")
    with pytest.raises(ValueError, match="stands where retro - control was expected"):
        drawn(THREE, EstimateTable("", (renamed, renamed)))
    fitting = EstimateTable("", (ADJUSTED[0], renamed))
    assert len(lines(panels(drawn(THREE, fitting))[1], "difference")) == 2
    free = EstimateTable("", (Estimate.from_se("week 6", -1, 1, unit="points"),))
    assert lines(panels(drawn(TWO, free))[1], "difference")[0].get_ydata()[0] == -1


def test_open_intervals_and_mixed_levels_are_refused():
    made = Estimate.from_se("retro - control", -1, 1, unit="points")
    wide = Estimate(
        label=made.label, value=-1, se=1, df=9, ci=made.ci._replace(high=math.inf), p=1,
        unit="points",
    )  # fmt: skip
    with pytest.raises(ValueError, match="the interval must have both limits"):
        plot_estimation(TWO, EstimateTable("", (wide,)))
    levels = Estimate.from_se("forward - control", -1, 1, unit="points", level=0.9)
    with pytest.raises(ValueError, match="one level for all differences"):
        plot_estimation(THREE, EstimateTable("", (made, levels)))


def test_panels_need_a_place_in_a_grid():
    free = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
    with pytest.raises(ValueError, match="no place in a grid"):
        plot_estimation(THREE, differences_of(THREE), ax=free)
