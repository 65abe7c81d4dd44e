"""The figure of a tipping point shows its grid, its lines and its marks, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

import retrostats as rs
from retrostats.missing.tipping import tipping_point
from retrostats.missing.types import MissingRequest, VisitScores


def scores(effect=1.0, *, seed=7, gone=(3, 9, 12, 25, 26, 30, 33, 34)):
    rng = np.random.default_rng(seed)
    baseline, arm = rng.normal(6, 1, (40, 1)), np.repeat([0, 1], 20)
    y = baseline - np.array([1, 2]) - effect * arm[:, None] + rng.normal(0, 0.8, (40, 2))
    y[list(gone), 1] = np.nan
    return VisitScores(
        y=y,
        arm=arm,
        covariates=baseline,
        names=("baseline",),
        arms=("control", "retro"),
        visits=("week 3", "week 6"),
        unit="points",
    )


REQUEST = MissingRequest(visit=1, treatment=1, comparator=0, reference=0)


@pytest.fixture(scope="module")
def found():
    return tipping_point(scores(), REQUEST, better="lower")


def artists(ax, gid):
    return ax.findobj(lambda artist: artist.get_gid() == gid)


def key(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_marks_stand_where_the_analysis_and_the_tipping_point_are(found):
    ax = rs.plot_tipping(found)
    (start,), (point,) = artists(ax, "start"), artists(ax, "tipping")
    assert (start.get_xdata()[0], start.get_ydata()[0]) == (0, 0)
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (found.delta, 0)
    assert ax.get_xlim() == ax.get_ylim() == (found.deltas[0], found.deltas[-1])
    assert ax.get_xlabel() == "Missing scores of retro: how much worse (points)"
    assert ax.get_ylabel() == "Missing scores of control: how much worse (points)"


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_thick_line_is_where_a_limit_is_zero(level):
    request = replace(REQUEST, level=level)
    found = tipping_point(scores(), request, better="lower")
    (line,) = artists(rs.plot_tipping(found), "touching")
    corners = np.concatenate([path.vertices for path in line.get_paths()])
    for treated, other in corners[[0, len(corners) // 2, -1]]:
        at = tipping_point(
            scores(),
            request,
            better="lower",
            deltas=sorted({float(treated), float(other), 50.0}),
        )
        i, j = (int(np.flatnonzero(at.deltas == each)[0]) for each in (treated, other))
        # Straight lines between the points of the grid: p is 0.05 to 0.00011 measured.
        assert at.p[i, j] == pytest.approx(1 - level, abs=1e-3)


def test_scores_turned_round_are_the_same_picture(found):
    other = scores()
    turned = replace(other, y=-other.y, covariates=-other.covariates)
    same = tipping_point(turned, REQUEST, better="higher")
    (zones,) = artists(rs.plot_tipping(found), "zones")
    (again,) = artists(rs.plot_tipping(same), "zones")
    for one, two in zip(zones.get_paths(), again.get_paths(), strict=True):
        # A change of sign rounds nothing: no gap measured.
        np.testing.assert_allclose(one.vertices, two.vertices, atol=1e-6)


@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize("effect", [0.6, 1.0, 1.4])
def test_numbers_of_estimates_stand_clear_of_lines_marks_and_edges(effect, width):
    found = tipping_point(scores(effect), REQUEST, better="lower")
    ax = rs.plot_tipping(found, width=width)
    ax.figure.draw_without_rendering()
    plot, numbers = ax.get_window_extent(), artists(ax, "estimate")
    assert len(numbers) >= 2
    others = [each for gid in ("start", "tipping", "way") for each in artists(ax, gid)]
    drawn = [artist.get_path().vertices for artist in others]
    drawn += [path.vertices for line in artists(ax, "touching") for path in line.get_paths()]
    points = ax.transData.transform(np.vstack(drawn))
    for each in numbers:
        box = each.get_window_extent()
        assert plot.x0 <= box.x0 < box.x1 <= plot.x1
        assert plot.y0 <= box.y0 < box.y1 <= plot.y1
        assert box.count_contains(points) == 0


def test_zones_that_the_grid_does_not_reach_are_not_in_the_key(found):
    told = key(rs.plot_tipping(found))
    assert "95% interval favours retro" in told
    assert "95% interval includes zero" in told
    assert "95% interval favours control" not in told
    assert "retro - control (points)" in told
    wide = tipping_point(scores(), REQUEST, better="lower", deltas=np.linspace(-40, 40, 9))
    assert "95% interval favours control" in key(rs.plot_tipping(wide))


def test_in_grey_a_hatch_tells_the_zone_against_the_treatment():
    wide = tipping_point(scores(), REQUEST, better="lower", deltas=np.linspace(-40, 40, 9))
    ax = rs.plot_tipping(wide)
    (zones,) = artists(ax, "zones")
    keys = dict(zip(key(ax), ax.get_legend().legend_handles, strict=True))
    against, treated = (keys[f"95% interval favours {arm}"] for arm in ("control", "retro"))
    assert zones.hatches == [against.get_hatch(), None, None]
    assert against.get_hatch()
    assert treated.get_hatch() is keys["95% interval includes zero"].get_hatch() is None


def test_an_arm_without_missing_scores_is_told_beside_its_axis():
    one = tipping_point(scores(gone=(25,)), REQUEST, better="lower")
    ax = rs.plot_tipping(one)
    assert ax.get_xlabel() == "Missing scores of retro: how much worse (points)"
    assert ax.get_ylabel() == "Missing scores of control (none): how much worse (points)"


def test_without_a_tipping_point_there_is_no_mark_of_one():
    found = tipping_point(scores(0.0), REQUEST, better="lower")
    ax = rs.plot_tipping(found)
    assert artists(ax, "tipping") == artists(ax, "way") == []
    assert len(artists(ax, "start")) == 1
    assert not any("tipping point" in words for words in key(ax))
    assert "nothing can tip" in rs.describe(ax)


def test_with_nothing_missing_it_is_one_zone_without_lines():
    found = tipping_point(scores(gone=()), REQUEST, better="lower")
    ax = rs.plot_tipping(found)
    assert artists(ax, "touching") == artists(ax, "estimates") == []
    assert len(key(ax)) == 3


def test_shifts_to_one_side_only_still_have_the_start():
    found = tipping_point(scores(), REQUEST, better="lower", deltas=[0.0, 1.0, 2.0, 3.0])
    assert len(artists(rs.plot_tipping(found), "tipping")) == 1
    off = tipping_point(scores(), REQUEST, better="lower", deltas=[0.5, 1.0, 3.0])
    assert artists(rs.plot_tipping(off), "start") == []


def test_the_description_counts_the_zones(found):
    told = rs.describe(rs.plot_tipping(found))
    inside = int((found.p >= 0.05).sum())
    assert f"95% interval includes zero at {inside:,}" in told
    assert found.sentence in told
    assert "625 analyses" in told


@pytest.mark.parametrize("width", ["single", "double", 120])
def test_long_names_have_room(width):
    long = replace(
        scores(),
        arms=("usual care with forward walking on level ground", "retro walking, twice a week"),
    )
    found = tipping_point(long, REQUEST, better="lower")
    ax = rs.plot_tipping(found, width=width)
    ax.figure.draw_without_rendering()
    edge = ax.figure.bbox
    box = ax.get_tightbbox()
    assert edge.x0 - 1 <= box.x0
    assert box.x1 <= edge.x1 + 1
    assert box.y1 <= edge.y1 + 1


def test_it_draws_on_axes_that_are_given_and_refuses_what_is_none(found):
    given = rs.blank_axes(120, 100)
    assert rs.plot_tipping(found, ax=given) is given
    with pytest.raises(ValueError, match="expected TippingPoint, as made by"):
        rs.plot_tipping(found.start)
    with pytest.raises(ValueError, match="both width='single' and ax"):
        rs.plot_tipping(found, width="single", ax=rs.blank_axes(120, 100))
