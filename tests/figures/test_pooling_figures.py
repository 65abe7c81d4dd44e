"""Figures of pooled trials, read back from what is on the Axes."""

import csv
import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import retrostats as rs
from retrostats.figures.forest import forest_height
from retrostats.figures.inputs import kind_words

BCG = Path(__file__).parents[1] / "golden" / "effects" / "b_meta" / "input_bcg.csv"
VACCINE = [
    rs.Estimate.from_se(
        f"Trial {row['study'].strip()}", float(row["yi"]), float(row["vi"]) ** 0.5,
        unit="log risk ratio",
    )
    for row in csv.DictReader(BCG.read_text().splitlines())
]  # fmt: skip
FOUND = (("A", -0.9, 0.32), ("B", -0.15, 0.22), ("C", -0.4, 0.28), ("D", -0.7, 0.3), ("E", 0, 0.2))
FIVE = [rs.Estimate.from_se(f"Trial {name}", y, se, unit="SD") for name, y, se in FOUND]
POOLED = rs.pool(FIVE)
PLACES = ["home", "clinic", "home", "home", "clinic"]
GROUPED = rs.pool_subgroups(FIVE, PLACES)
LOGS = rs.pool(VACCINE)
ALL_13 = rs.gosh(LOGS)
ALL_5 = rs.gosh(POOLED)


def invented(k, seed=1):
    rng = np.random.default_rng(seed)
    se = rng.uniform(0.15, 0.5, k)
    y = rng.normal(-0.4, np.hypot(se, 0.3))
    return [rs.Estimate.from_se(f"Trial {i + 1}", y[i], se[i], unit="SD") for i in range(k)]


def baujat_of(trials):
    return rs.baujat(rs.pool(trials, tau2="common", test="z"))


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def words(ax, *gids):
    return [text.get_text() for text in ax.texts if text.get_gid() in gids]


def flat(text):
    return " ".join(text.split())


def diamonds(ax):
    """Return the left end, the middle and the right end of each summary, from the top."""
    found = [patch.get_xy() for patch in ax.patches if patch.get_gid() == "summary"]
    found.sort(key=lambda corners: corners[0, 1])
    return [(corners[0, 0], corners[1, 0], corners[2, 0]) for corners in found]


def ends(estimate):
    return (estimate.ci.low, estimate.value, estimate.ci.high)


def test_a_forest_of_a_pool_has_its_trials_weights_mean_and_prediction():
    ax = rs.plot_forest(POOLED)
    values = [line.get_xdata()[0] for line in lines(ax, "value")]
    assert values == [e.value for e in FIVE]
    assert words(ax, "label", "heading") == [
        *(e.label for e in FIVE), "Pooled", "95% prediction interval",
    ]  # fmt: skip
    assert words(ax, "weight") == [f"{100 * share:.1f}%" for share in POOLED.weights]
    areas = np.array([line.get_markersize() for line in lines(ax, "value")]) ** 2
    assert areas / areas.sum() == pytest.approx(np.array(POOLED.weights))
    assert diamonds(ax) == [ends(POOLED.pooled)]
    (bar,) = lines(ax, "prediction")
    assert tuple(bar.get_xdata()) == POOLED.prediction[:2]


def test_a_forest_of_subgroups_has_their_rows_and_a_summary_of_each():
    ax = rs.plot_forest(GROUPED)
    values = [line.get_xdata()[0] for line in lines(ax, "value")]
    assert values == [FIVE[place].value for place in (0, 2, 3, 1, 4)]
    shares = [GROUPED.overall.weights[place] for place in (0, 2, 3, 1, 4)]
    assert words(ax, "weight") == [f"{100 * share:.1f}%" for share in shares]
    groups = [GROUPED["home"].pooled, GROUPED["clinic"].pooled, GROUPED.overall.pooled]
    assert diamonds(ax) == [ends(estimate) for estimate in groups]
    assert words(ax, "heading") == ["home", "clinic", "All trials"]
    (bar,) = lines(ax, "prediction")
    assert tuple(bar.get_xdata()) == GROUPED.overall.prediction[:2]


def test_parts_that_are_given_win():
    ax = rs.plot_forest(POOLED, weights=[1, 1, 1, 1, 4])
    assert words(ax, "weight") == ["12.5%"] * 4 + ["50.0%"]
    assert diamonds(ax) == [ends(POOLED.pooled)]
    mine = rs.Estimate.from_se("Mine", -0.2, 0.1, unit="SD")
    ax = rs.plot_forest(POOLED, summaries={"overall": mine})
    assert diamonds(ax) == [ends(mine)]
    # The prediction interval is of the mean of the pool, not of another.
    assert lines(ax, "prediction") == []
    other = rs.Interval(-1.2, 0.4, 0.95)
    (bar,) = lines(rs.plot_forest(POOLED, prediction=other), "prediction")
    assert tuple(bar.get_xdata()) == (-1.2, 0.4)
    ax = rs.plot_forest(POOLED, groups=["x", "x", "y", "y", "y"])
    assert words(ax, "heading") == ["x", "y", "Pooled"]


def test_a_forest_of_log_ratios_shows_ratios():
    ax = rs.plot_forest(LOGS, scale="log")
    low, value, high = (math.exp(end) for end in ends(LOGS.pooled))
    assert f"{value:.2f} ({low:.2f} to {high:.2f})" in words(ax, "numbers")
    assert [round(math.exp(tick), 9) for tick in ax.get_xticks()] == [
        float(text.get_text()) for text in ax.get_xticklabels()
    ]
    assert f"Pooled: {value:.2f} ({low:.2f} to {high:.2f})" in rs.describe(ax)
    with pytest.raises(ValueError, match=r"^plot_forest: scale='log' draws logarithms"):
        rs.plot_forest(POOLED, scale="log")


@pytest.mark.parametrize("pooled", [POOLED, GROUPED], ids=["all", "groups"])
@pytest.mark.parametrize("width", ["single", "double"])
def test_a_forest_is_as_high_as_forest_height_says(pooled, width):
    figure = rs.plot_forest(pooled, width=width).figure
    assert 25.4 * figure.get_figheight() == pytest.approx(forest_height(pooled, width=width))


def test_a_funnel_of_a_pool_stands_around_its_mean():
    ax = rs.plot_funnel(LOGS)
    (points,) = lines(ax, "estimates")
    assert points.get_xydata().tolist() == [[e.value, e.se] for e in VACCINE]
    (centre,) = lines(ax, "centre")
    assert set(centre.get_xdata()) == {LOGS.pooled.value}
    (own,) = lines(rs.plot_funnel(LOGS, centre=-0.2), "centre")
    assert set(own.get_xdata()) == {-0.2}


@pytest.mark.whole
@pytest.mark.parametrize("k", [3, 6, 13, 40])
@pytest.mark.parametrize("width", ["single", "double"])
def test_a_baujat_plot_has_every_trial_and_names_that_keep_apart(k, width):
    baujat = baujat_of(invented(k))
    ax = rs.plot_baujat(baujat, width=width)
    (points,) = lines(ax, "trials")
    wanted = np.column_stack([baujat.contribution, baujat.influence])
    assert (points.get_xydata() == wanted).all()
    assert (ax.get_xlim()[0], ax.get_ylim()[0]) == (0, 0)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.padded(-0.6).overlaps(two.padded(-0.6))
    at = ax.transData.transform(wanted)
    assert not any(box.contains(*point) for box in boxes for point in at)
    window = ax.get_window_extent()
    # On a screen of 100 dots to the inch letters are up to half a millimetre wider than in print.
    assert all(window.x0 <= box.x0 and box.x1 <= window.x1 + 2 for box in boxes)
    named = words(ax, "name")
    assert min(3, k) <= len(named) <= 15
    assert flat(ax.get_xlabel()).endswith(f"k = {k}" + f"; named: {len(named)}" * (len(named) < k))
    # The nearest point of each name is its own, and the trial farthest out has one.
    farthest = int(np.hypot(*(wanted / wanted.max(axis=0)).T).argmax())
    assert baujat.studies[farthest] in named
    for text, box in zip(ax.texts, boxes, strict=True):
        gaps = np.maximum(np.maximum([box.x0, box.y0] - at, at - [box.x1, box.y1]), 0)
        assert baujat.studies[int(np.hypot(*gaps.T).argmin())] == text.get_text()


def test_points_in_one_place_share_a_name():
    same = [rs.Estimate.from_se(f"Trial {name}", -0.4, 0.2, unit="SD") for name in "ABCDE"]
    ax = rs.plot_baujat(baujat_of(same), width="single")
    assert words(ax, "name") == ["Trial A and 4 more"]
    assert flat(ax.get_xlabel()).endswith("k = 5")
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))
    twins = [*FIVE, replace(FIVE[0], label="Trial F")]
    assert "Trial A; Trial F" in [
        flat(name) for name in words(rs.plot_baujat(baujat_of(twins)), "name")
    ]


def test_a_baujat_plot_is_described_by_its_outermost_trials():
    told = rs.describe(rs.plot_baujat(baujat_of(VACCINE)))
    assert told.startswith(
        "Baujat plot of 13 trials. Contribution to heterogeneity, the 5 largest:"
    )
    found = baujat_of(VACCINE)
    right, top = (found.studies[int(v.argmax())] for v in (found.contribution, found.influence))
    assert f"the 5 largest: {right} {found.contribution.max():.1f};" in told
    assert f"Influence on the pooled effect, the 5 largest: {top} " in told


def test_a_gosh_plot_has_a_point_for_each_subset():
    ax = rs.plot_gosh(ALL_5)
    (points,) = lines(ax, "subsets")
    wanted = np.column_stack([ALL_5.estimate, 100 * ALL_5.i2])
    assert points.get_xydata() == pytest.approx(wanted)
    (centre,) = lines(ax, "centre")
    assert set(centre.get_xdata()) == {ALL_5.estimate[-1]}
    assert ALL_5.estimate[-1] == pytest.approx(POOLED.pooled.value, rel=1e-9)
    assert ax.get_xlabel().startswith("Pooled effect (SD)\n")
    assert ax.get_ylabel() == "I² (%)"
    low, high = ax.get_ylim()
    assert (low < 0, high > 100) == (True, True)
    assert "All 31 subsets of 5 trials; dashed: all trials" in flat(ax.get_xlabel())
    assert ax.get_legend() is None


def test_a_highlighted_trial_parts_the_subsets():
    ax = rs.plot_gosh(ALL_5, highlight="Trial B")
    for gid, which in (("without", ~ALL_5.included[:, 1]), ("with", ALL_5.included[:, 1])):
        (points,) = lines(ax, gid)
        assert points.get_xdata().tolist() == ALL_5.estimate[which].tolist()
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["without Trial B (15)", "with Trial B (16)"]
    median = np.median(ALL_5.estimate[ALL_5.included[:, 1]])
    told = rs.describe(ax).replace("\N{MINUS SIGN}", "-")
    assert f"Subsets with Trial B (16): median effect {median:.3f}," in told


@pytest.mark.parametrize("width", ["single", "double"])
def test_many_subsets_are_counted_in_hexagons(width):
    ax = rs.plot_gosh(ALL_13, width=width)
    (cells,) = ax.collections
    counts = np.asarray(cells.get_array())
    assert (cells.get_gid(), counts.sum()) == ("hexagons", 8191)
    assert f"1 to {int(counts.max()):,} in each" in flat(ax.get_xlabel())
    shown = rs.plot_gosh(ALL_13, width=width, highlight="Trial 4")
    (cells,) = shown.collections
    # By hand: the hexagons of each half of the subsets, in a grid of the same size.
    assert cells.get_gid() == "shares"
    opacity, shares = np.asarray(cells.get_alpha()), np.asarray(cells.get_array())
    assert {0.0, 1.0} < set(shares.tolist())
    most = int(flat(shown.get_xlabel()).split("1 to ")[1].split()[0])
    held = (np.expm1((opacity - 0.25) / 0.75 * np.log1p(most))).round(6)
    assert (held == held.round()).all()
    assert held.sum() == 8191
    assert (held * shares).sum() == pytest.approx(ALL_13.included[:, 3].sum())


def test_a_sample_says_so_and_takes_a_centre():
    sample = rs.gosh(rs.pool(invented(20)), most=3000, seed=1)
    ax = rs.plot_gosh(sample)
    note = "3,000 of the 1,048,575 subsets of 20 trials, drawn by chance; the subset of all trials"
    assert f"{note} is not among them" in flat(ax.get_xlabel())
    assert lines(ax, "centre") == []
    mean = rs.pool(invented(20)).pooled
    (centre,) = lines(rs.plot_gosh(sample, centre=mean), "centre")
    assert set(centre.get_xdata()) == {mean.value}


def test_a_log_scale_shows_ratios():
    ax = rs.plot_gosh(ALL_13, scale="log")
    ticks = [text.get_text() for text in ax.get_xticklabels()]
    assert ax.get_xticks().tolist() == pytest.approx([math.log(float(tick)) for tick in ticks])
    assert ax.get_xlabel().startswith("Pooled risk ratio\n")
    assert f"all trials, {math.exp(LOGS.pooled.value):.2f}" in flat(ax.get_xlabel())


LOST = replace(baujat_of(FIVE), influence=np.array([0.1, math.nan, 0.2, math.inf, 0.3]))


@pytest.mark.parametrize(
    ("plot", "data", "options", "message"),
    [
        (rs.plot_baujat, LOST, {}, (
            "contribution or influence is not finite for Trial B; Trial D; such a trial has no "
            "place in the figure"
        )),
        (rs.plot_gosh, ALL_5, {"highlight": "Trial X"}, (
            "no trial 'Trial X'; expected one of Trial A; Trial B; Trial C; Trial D; Trial E"
        )),
        (rs.plot_gosh, ALL_5, {"scale": "log"}, (
            "scale='log' draws logarithms, whose unit begins with 'log '; got 'SD'. Pool "
            "logarithms, or give scale='linear'"
        )),
        (rs.plot_gosh, ALL_5, {"scale": "ln"}, "unknown scale 'ln'; expected linear or log"),
        (rs.plot_gosh, ALL_5, {"centre": math.nan}, "the centre must be finite, got nan"),
        (rs.plot_gosh, ALL_5, {"centre": LOGS.pooled}, (
            "the centre 'pooled' is in 'log risk ratio' and the subsets in 'SD'; give both in one "
            "unit"
        )),
        (rs.plot_gosh, replace(ALL_5, i2=ALL_5.i2 + np.nan), {}, (
            "effect or I² of 31 subsets is not finite; such subsets have no place in the figure"
        )),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(plot, data, options, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        plot(data, **options)
    assert str(caught.value) == f"{plot.__name__}: {message}"


@pytest.mark.parametrize(
    ("plot", "strange", "made_by"),
    [
        (rs.plot_baujat, POOLED, "Baujat, as made by rs.baujat(pooled)"),
        (rs.plot_baujat, ALL_5, "Baujat, as made by rs.baujat(pooled)"),
        (rs.plot_gosh, POOLED, "Gosh, as made by rs.gosh(pooled)"),
        (rs.plot_gosh, None, "Gosh, as made by rs.gosh(pooled)"),
        (rs.plot_funnel, GROUPED, "EstimateTable"),
        (rs.plot_forest, [POOLED], "EstimateTable"),
    ],
)
def test_another_kind_of_result_is_refused_with_what_makes_the_right_one(plot, strange, made_by):
    with pytest.raises(ValueError, match=f"^{plot.__name__}: expected ") as caught:
        plot(strange)
    assert made_by in str(caught.value)
    assert str(caught.value).endswith(f"; got {kind_words(strange)}")


DRAWN = {
    "baujat": lambda **more: rs.plot_baujat(baujat_of(VACCINE), **more),
    "gosh": lambda **more: rs.plot_gosh(ALL_5, highlight="Trial A", **more),
    "hexagons": lambda **more: rs.plot_gosh(ALL_13, highlight="Trial 4", scale="log", **more),
}


@pytest.mark.whole
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(("width", "mm"), [("single", 85.0), ("double", 170.0)])
def test_all_words_stand_on_the_page_and_files_repeat(name, width, mm, tmp_path):
    ax = DRAWN[name](width=width)
    assert 25.4 * ax.figure.get_figwidth() == pytest.approx(mm)
    ax.figure.draw_without_rendering()
    page, legend = ax.figure.bbox, ax.get_legend()
    told = [*ax.texts, ax.xaxis.label, ax.yaxis.label, *(legend.get_texts() if legend else ())]
    for text in told:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text.get_text()
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text.get_text()
    one, two = (
        rs.save_figure(drawn, tmp_path / file, width=width).read_bytes()
        for drawn, file in ((ax, "a.svg"), (DRAWN[name](width=width), "b.svg"))
    )
    assert one == two


@pytest.mark.parametrize("name", DRAWN)
def test_axes_of_the_caller_are_used_and_a_second_width_is_refused(name):
    ax = rs.blank_axes(85, 80)
    assert DRAWN[name](ax=ax) is ax
    with pytest.raises(ValueError, match="hold a figure already"):
        DRAWN[name](ax=ax)
    with pytest.raises(ValueError, match="both width='single' and ax"):
        DRAWN[name](ax=rs.blank_axes(85, 80), width="single")


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_the_unit_moves_no_mark(factor):
    scaled = [rs.Estimate.from_se(e.label, factor * e.value, factor * e.se, unit="") for e in FIVE]
    one, two = (rs.plot_gosh(rs.gosh(rs.pool(trials))) for trials in (FIVE, scaled))
    (left,), (right,) = (lines(ax, "subsets") for ax in (one, two))
    assert right.get_xdata() == pytest.approx(factor * left.get_xdata(), rel=1e-9)
    assert right.get_ydata() == pytest.approx(left.get_ydata(), abs=1e-7)
    ends_of = [np.array(ax.get_xlim()) for ax in (one, two)]
    assert ends_of[1] == pytest.approx(factor * ends_of[0], rel=1e-9)
