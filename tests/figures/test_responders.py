"""Cumulative responders, read back: steps, thresholds, and labels that touch nothing."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.text import Text

from retrostats.description.types import ImprovementCurve
from retrostats.figures.responders import plot_responders
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

CONTROL = ImprovementCurve(
    arm="control", improvements=(-1.0, 0.0, 2.0), shares=(1.0, 0.75, 0.25), n=4, unit="points"
)
RETRO = ImprovementCurve(
    arm="retro", improvements=(1.0, 2.0, 5.0), shares=(1.0, 0.8, 0.4), n=5, unit="points"
)
THRESHOLDS = ((2.0, "smallest worthwhile change"), (2.4, "measurement error of the scale"))
NAMES = {"control": "Control", "retro": "Retro walking"}


def drawn(curves=(CONTROL, RETRO), width=170.0, **options):
    settings = {"thresholds": THRESHOLDS, "arm_names": NAMES} | options
    return plot_responders(curves, ax=blank_axes(width, 78.0), **settings)


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def words(ax, gid):
    return [text for text in ax.texts if text.get_gid() == gid]


def height_at(line, x):
    """The height of a curve just left of a place and just right of it."""
    xs, ys = (np.asarray(part) for part in line.get_data())
    return ys[np.searchsorted(xs, x, side="left") - 1], ys[np.searchsorted(xs, x, side="right")]


def test_a_share_holds_up_to_the_improvement_that_reaches_it():
    control = lines(drawn(), "curve")[0]
    assert height_at(control, -0.5) == (0.75, 0.75)
    assert height_at(control, 1.0) == (0.25, 0.25)
    # At an improvement itself those who reach it still count.
    assert height_at(control, 2.0) == (0.25, 0.0)
    assert control.get_ydata()[0] == 1.0
    assert control.get_ydata()[-1] == 0.0


def test_thresholds_are_marked_and_named():
    ax = drawn()
    assert [line.get_xdata()[0] for line in lines(ax, "threshold")] == [2.0, 2.4]
    named = [text.get_text().replace("\n", " ") for text in words(ax, "threshold name")]
    assert named == [name for _, name in THRESHOLDS]
    assert [text.xy[0] for text in words(ax, "threshold name")] == [2.0, 2.4]
    assert drawn(thresholds=()).get_xlabel() == "Improvement (points)"


def test_the_share_that_reaches_a_threshold_is_marked_on_each_curve():
    ax = drawn()
    marks = [(*m.get_xdata(), *m.get_ydata(), m.get_marker()) for m in lines(ax, "share")]
    # At 2 the curves fall, and whoever improved by exactly 2 has reached it.
    assert marks == [(2.0, 0.25, "o"), (2.0, 0.8, "s"), (2.4, 0.0, "o"), (2.4, 0.4, "s")]
    colours = [curve.get_color() for curve in lines(ax, "curve")]
    assert [m.get_color() for m in lines(ax, "share")] == colours * 2
    percentage = drawn(not_drawn=["the planned 30% of baseline"])
    told = " Not marked: the planned 30% of baseline, which is another amount for each subject."
    assert describe(percentage) == describe(ax) + told


def many(arms, n=21):
    generator = np.random.default_rng(5)
    curves = []
    for arm in range(arms):
        values = np.round(generator.normal(1 + 0.5 * arm, 1.6, n))
        distinct = np.unique(values)
        curves.append(
            ImprovementCurve(
                arm=f"a{arm}",
                improvements=tuple(distinct.tolist()),
                shares=tuple(float((values >= value).mean()) for value in distinct),
                n=n,
                unit="points",
            )
        )
    return curves


@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize("arms", [2, 3, 5])
def test_labels_touch_neither_curves_nor_one_another(arms, width):
    names = {f"a{i}": "Retro walking on a treadmill" for i in range(arms)}
    ax = drawn(many(arms), width, arm_names=names)
    ax.figure.draw_without_rendering()
    labels = [*words(ax, "arm"), *words(ax, "threshold name")]
    boxes = [text.get_window_extent() for text in labels]
    for a, b in combinations(boxes, 2):
        assert not (min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0))
    for curve in lines(ax, "curve"):
        corners = ax.transData.transform(curve.get_xydata())
        for (x0, y0), (x1, y1) in pairwise(corners):
            for box, text in zip(boxes, labels, strict=True):
                covered = (
                    min(x0, x1) < box.x1
                    and max(x0, x1) > box.x0
                    and min(y0, y1) < box.y1
                    and max(y0, y1) > box.y0
                )
                assert not covered, text.get_text()
    page = ax.figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and box.y1 <= page.y1 for box in boxes)
    assert min(t.get_fontsize() for t in ax.findobj(Text) if t.get_text()) >= 6


def test_labels_tell_how_many_and_have_the_colour_of_their_curve():
    ax = drawn()
    texts = [
        t.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ") for t in words(ax, "arm")
    ]
    assert texts == ["Control (n = 4)", "Retro walking (n = 5)"]
    assert [t.get_color() for t in words(ax, "arm")] == [c.get_color() for c in lines(ax, "curve")]
    alone = drawn([RETRO])
    assert lines(alone, "curve")[0].get_color() == lines(ax, "curve")[1].get_color()


def test_the_alt_text_reads_the_thresholds():
    assert describe(drawn(thresholds=THRESHOLDS[:1])) == (
        "Share of each arm that improved by at least so much, for Control (n = 4), "
        "Retro walking (n = 5). At least 2 points (smallest worthwhile change): "
        "Control 25%, Retro walking 80%."
    )


def test_files_repeat(tmp_path):
    paths = [
        save_figure(drawn().figure, tmp_path / name, width="double") for name in ("a.svg", "b.svg")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"^plot_responders: give at least one curve"):
        plot_responders(())
    empty = ImprovementCurve(arm="x", improvements=(), shares=(), n=0, unit="points")
    with pytest.raises(ValueError, match="x has 0 improvements and 0 shares"):
        plot_responders((CONTROL, empty))
    other = ImprovementCurve(arm="x", improvements=(1.0,), shares=(1.0,), n=1, unit="mm")
    with pytest.raises(ValueError, match="one unit per plot, got mm, points"):
        plot_responders((CONTROL, other))


def test_names_that_would_cover_one_another_stand_below_the_plot():
    long = "Forward walking on a treadmill with partial body-weight support"
    curves = many(7)
    names = {curve.arm: f"{long} {k}" for k, curve in enumerate(curves)}
    ax = plot_responders(curves, arm_names=names, ax=blank_axes(85.0, 120.0))
    told = [" ".join(text.get_text().split()) for text in ax.get_legend().get_texts()]
    assert [each.removesuffix(" (n = 21)") for each in told] == list(names.values())
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.get_legend().get_texts()]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    label = ax.yaxis.label.get_window_extent()
    assert label.y1 <= ax.figure.bbox.y1
