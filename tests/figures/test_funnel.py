"""The funnel plot, read back from what is on the Axes."""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.figures.funnel import plot_funnel
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

BCG = Path(__file__).parents[1] / "golden" / "effects" / "b_meta" / "input_bcg.csv"
ROWS = list(csv.DictReader(BCG.read_text().splitlines()))
TABLE = EstimateTable(
    "BCG vaccine against tuberculosis",
    tuple(
        Estimate.from_se(
            f"Trial {row['study'].strip()}", float(row["yi"]), float(row["vi"]) ** 0.5,
            unit="log risk ratio",
        )
        for row in ROWS
    ),
)  # fmt: skip
#: metafor 5.0.1, REML.
CENTRE = -0.7145323421581397
#: By a separate one-line calculation from the file: |yi - centre| > 1.96 sqrt(vi).
OUTSIDE = ["Trial 2", "Trial 4", "Trial 5", "Trial 8", "Trial 10", "Trial 11", "Trial 13"]
FEW = EstimateTable("Pain", TABLE.estimates[:6])


def drawn(table=TABLE, *, width=170.0, **options):
    return plot_funnel(table, ax=blank_axes(width, 86.0), **options)


def line(ax, gid):
    (found,) = [each for each in ax.lines if each.get_gid() == gid]
    return found


def words(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def flat(text):
    return " ".join(text.split())


def test_each_estimate_stands_at_its_value_and_standard_error():
    points = line(drawn(), "estimates")
    assert points.get_xydata().tolist() == [[e.value, e.se] for e in TABLE]
    ax = drawn()
    assert ax.yaxis_inverted()
    assert ax.get_ylim()[1] == 0
    assert ax.get_ylabel() == "Standard error (log risk ratio)"


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_funnel_is_the_normal_quantile_of_the_level(level):
    table = EstimateTable(
        "", tuple(Estimate.from_se(e.label, e.value, e.se, unit="SD", level=level) for e in TABLE)
    )
    ax = drawn(table, centre=CENTRE)
    deepest = ax.get_ylim()[0]
    reach = norm.ppf(0.5 + level / 2) * deepest
    expected = [[CENTRE - reach, deepest], [CENTRE, 0], [CENTRE + reach, deepest]]
    assert line(ax, "funnel").get_xydata() == pytest.approx(np.array(expected))
    assert set(line(ax, "centre").get_xdata()) == {CENTRE}
    assert f"pseudo {100 * level:.4g}% limits" in flat(ax.get_xlabel())


def test_a_pooled_estimate_is_a_centre_like_its_value():
    pooled = Estimate.from_se("pooled", CENTRE, 0.18, unit="log risk ratio")
    one, two = (line(drawn(centre=c), "funnel").get_xydata() for c in (pooled, CENTRE))
    assert (one == two).all()
    assert "funnel" not in {each.get_gid() for each in drawn().lines}


@pytest.mark.parametrize("contours", [(0.1, 0.05, 0.01), (0.01, 0.1, 0.05)])
def test_contours_run_where_the_p_value_says(contours):
    ax = drawn(contours=contours)
    patches = [patch for patch in ax.patches if patch.get_gid() == "contour"]
    greys = [patch.get_facecolor()[0] for patch in patches]
    assert greys == sorted(greys, reverse=True)
    for p, pair in zip(
        (0.1, 0.05, 0.01), zip(patches[::2], patches[1::2], strict=True), strict=True
    ):
        for patch, sign in zip(pair, (-1, 1), strict=True):
            tip, edge = patch.get_xy()[:2]
            assert tip.tolist() == [0, 0]
            assert edge[0] / edge[1] == pytest.approx(sign * norm.isf(p / 2))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["p > 0.1", "0.05 < p ≤ 0.1", "0.01 < p ≤ 0.05", "p ≤ 0.01"]
    low, high = ax.get_xlim()
    assert low < 0 < high


@settings(max_examples=10, deadline=None)
@given(st.floats(-3, 3), st.floats(0.01, 0.7), st.sampled_from([0.1, 0.05, 0.01]))
def test_a_point_in_a_grey_has_that_p(value, se, p):
    ax = drawn(contours=(p,))
    inside = [
        patch.get_path().contains_point((value, se))
        for patch in ax.patches
        if patch.get_gid() == "contour"
    ]
    (low, high) = ax.get_xlim()
    own = 2 * norm.sf(abs(value) / se)
    if low < value < high and abs(own - p) > 1e-6:
        assert any(inside) == (own < p)


def test_points_outside_the_funnel_are_named():
    assert sorted(words(drawn(centre=CENTRE), "name")) == sorted(OUTSIDE)
    sentence = describe(drawn(centre=CENTRE))
    assert f"outside the pseudo 95% limits: 7 ({'; '.join(OUTSIDE)})." in sentence
    assert "7 left and 6 right of the centre" in sentence
    assert words(drawn(), "name") == []


def test_of_many_estimates_none_is_named_unless_asked_for():
    table = EstimateTable("", TABLE.estimates + TABLE.estimates[:3])
    assert words(drawn(table, centre=CENTRE), "name") == []
    labels = [""] * 12 + ["this one"] + [""] * 3
    assert words(drawn(table, centre=CENTRE, labels=labels), "name") == ["this one"]


def test_names_without_room_become_letters_that_are_explained():
    labels = [f"a study with a rather long name, number {k}" for k in range(13)]
    ax = drawn(width=85.0, centre=CENTRE, labels=labels)
    assert sorted(words(ax, "name")) == list("abcdefghijklm")
    below = flat(ax.get_xlabel().replace("\N{NO-BREAK SPACE}", " "))
    for letter, label in zip("abcdefghijklm", labels, strict=True):
        assert f"{letter} {label}" in below


@pytest.mark.parametrize("width", [85.0, 120.0, 170.0])
def test_names_overlap_neither_one_another_nor_points(width):
    ax = drawn(
        width=width, centre=CENTRE, contours=(0.1, 0.05, 0.01), scale="log",
        favours=("vaccination", "no vaccination at all"),
    )  # fmt: skip
    ax.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in ax.texts if t.get_gid() in {"name", "favours"}]
    below = [ax.title, ax._left_title, ax.xaxis.label, *ax.get_legend().get_texts()]
    boxes += [t.get_window_extent() for t in below if t.get_text()]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.padded(-0.6).overlaps(two.padded(-0.6))
    points = ax.transData.transform(line(ax, "estimates").get_xydata())
    assert not any(box.contains(*point) for box in boxes for point in points)
    page = ax.figure.bbox
    assert all(page.x0 <= box.x0 + 1 and box.x1 - 1 <= page.x1 for box in boxes)


def test_few_estimates_are_not_judged():
    told = "Fewer than 10 estimates: asymmetry cannot be judged (Sterne 2011)"
    ax = drawn(FEW, centre=CENTRE)
    assert told in flat(ax.get_xlabel())
    assert describe(ax).endswith(f"{told}.")
    ax = drawn(centre=CENTRE)
    assert "judged" not in ax.get_xlabel() + describe(ax)
    assert "k = 13" in ax.get_xlabel()


def test_a_log_scale_shows_ratios_and_words_of_the_ratio():
    ax = drawn(scale="log", centre=CENTRE)
    ticks = [text.get_text() for text in ax.get_xticklabels()]
    assert ticks == ["0.125", "0.25", "0.5", "1", "2"]
    assert ax.get_xticks()[ticks.index("1")] == 0
    assert ax.get_xlabel().startswith("risk ratio\n")
    assert f"centre {math.exp(CENTRE):.2f}" in ax.get_xlabel()


def test_favours_stand_on_their_sides_of_zero():
    ax = drawn(favours=("vaccine", "no vaccine"))
    assert words(ax, "favours") == ["← favours vaccine", "favours no vaccine →"]
    assert "Values below 0 favour vaccine, above no vaccine." in describe(ax)


def test_a_hundred_thousand_estimates_are_counted_in_hexagons(tmp_path):
    rng = np.random.default_rng(1)
    se = np.exp(rng.normal(-1, 0.5, 100_000))
    one = TABLE[0]
    # A shortcut past 100,000 checks of arguments, which are not what is drawn here.
    table = EstimateTable(
        "Many",
        tuple(
            Estimate(label="t", value=v, se=s, df=math.inf, ci=one.ci, p=0.5, unit="SD")
            for v, s in zip(rng.normal(0.2, se).tolist(), se.tolist(), strict=True)
        ),
    )
    ax = drawn(table, centre=0.2)
    (cells,) = [each for each in ax.collections if each.get_gid() == "hexagons"]
    counts = np.asarray(cells.get_array())
    assert counts.sum() == 100_000
    assert f"1 to {int(counts.max()):,} in each" in flat(ax.get_xlabel())
    assert "Hexagons" in describe(ax)
    assert save_figure(ax, tmp_path / "f.svg", width="double").stat().st_size < 2e6


def test_the_same_funnel_gives_the_same_bytes(tmp_path):
    one, two = (
        save_figure(drawn(centre=CENTRE), tmp_path / name, width="double").read_bytes()
        for name in ("a.svg", "b.svg")
    )
    assert one == two


EXACT = Estimate(
    label="exact", value=0.1, se=math.nan, df=math.inf, ci=Interval(0, 1, 0.95), p=math.nan,
    unit="log risk ratio",
)  # fmt: skip


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (EstimateTable("", ()), {}, "the table has no estimate; give at least one"),
        (
            EstimateTable("", (*TABLE, EXACT)),
            {},
            (
                "no standard error for exact; give estimates that have one, or draw them by "
                "plot_forest"
            ),
        ),
        (
            TABLE,
            {"centre": Estimate.from_se("pooled", 1, 1, unit="SD")},
            (
                "the centre 'pooled' is in 'SD' and the estimates in 'log risk ratio'; give both "
                "in one unit"
            ),
        ),
        (TABLE, {"centre": math.inf}, "the centre must be finite, got inf"),
        (
            TABLE,
            {"contours": (0.05, 1.0)},
            (
                "contours 0.05, 1; expected distinct p values between 0 and 1, such as "
                "(0.1, 0.05, 0.01)"
            ),
        ),
        (TABLE, {"labels": ["a"]}, "1 labels for 13 estimates; give one each, '' for none"),
        (TABLE, {"scale": "ln"}, "unknown scale 'ln'; expected linear or log"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, options, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        drawn(table, **options)
    assert str(caught.value) == f"plot_funnel: {message}"


@pytest.mark.parametrize("width", [85.0, 170.0])
def test_no_point_lies_at_the_edge_of_the_axis(width):
    ax = drawn(width=width)
    ax.figure.draw_without_rendering()
    box, to_mm = ax.get_window_extent(), 25.4 / ax.figure.dpi
    points = ax.transData.transform(np.asarray(line(ax, "estimates").get_xydata()))
    # A point is 1.5 mm wide; half as much again stays free beside it.
    assert (points[:, 0] - box.x0).min() * to_mm >= 2.2
    assert (box.x1 - points[:, 0]).min() * to_mm >= 2.2
    assert (points[:, 1] - box.y0).min() * to_mm >= 2.2


@pytest.mark.parametrize(("width", "mm"), [("single", 85.0), ("double", 170.0), (120, 120.0)])
def test_a_width_makes_a_figure_of_it(width, mm, tmp_path):
    ax = plot_funnel(TABLE, centre=CENTRE, favours=("vaccine", "no vaccine at all"), width=width)
    assert 25.4 * ax.figure.get_figwidth() == pytest.approx(mm)
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    for text in [*ax.texts, ax.xaxis.label, ax.title]:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text.get_text()
    assert save_figure(ax, tmp_path / "f.png", width=width).stat().st_size


def test_a_width_and_axes_are_one_too_many():
    with pytest.raises(ValueError, match=r"^plot_funnel: both width='single' and ax.*choose one$"):
        plot_funnel(TABLE, width="single", ax=blank_axes(85.0, 86.0))
