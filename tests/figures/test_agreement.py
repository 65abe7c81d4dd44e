"""Bland and Altman's plot, read back: points, lines, bands, and the words beside them."""

from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from retrostats.description.agreement import agreement
from retrostats.description.types import Agreement
from retrostats.figures.agreement import plot_agreement
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

FIRST = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
SECOND = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
METERS = agreement(FIRST, SECOND, names=("Wright meter", "mini meter"), unit="l/min")


def anew(found=METERS, width=170.0):
    return plot_agreement(found, ax=blank_axes(width, 80.0))


@lru_cache(maxsize=1)
def usual():
    """The figure that most tests read, drawn once."""
    return anew()


def drawn(*arguments, **options):
    return anew(*arguments, **options) if arguments or options else usual()


def artists(ax, gid):
    return [artist for artist in ax.findobj() if artist.get_gid() == gid]


def plain(text):
    return " ".join(text.get_text().split())


def noisy(n):
    generator = np.random.default_rng(4)
    true = generator.normal(50, 10, n)
    pair = true + generator.normal(0, 3, n), true + generator.normal(1, 3, n)
    return agreement(*pair, names=("a", "b"), unit="mm")


def test_points_lines_and_bands_stand_where_the_numbers_are():
    ax = drawn()
    (points,) = artists(ax, "subjects")
    assert tuple(points.get_xdata()) == METERS.means
    assert tuple(points.get_ydata()) == METERS.differences
    for name in ("upper", "bias", "lower"):
        estimate = getattr(METERS, name)
        (line,), (band,) = artists(ax, name), artists(ax, f"{name} band")
        assert list(line.get_ydata()) == [estimate.value] * 2
        corners = band.get_extents().transformed(ax.transData.inverted())
        assert (corners.y0, corners.y1) == pytest.approx(estimate.ci[:2])
    assert artists(ax, "zero")[0].get_ydata()[0] == 0
    assert artists(ax, "bias")[0].get_linestyle() != artists(ax, "upper")[0].get_linestyle()


def test_numbers_stand_beside_their_lines():
    ax = drawn()
    told = [plain(text) for text in artists(ax, "estimate")]
    assert told == [
        "Upper limit 78.1 (95% CI 53.1 to 124.2)",
        "Bias 2.1 (95% CI −17.8 to 22.0)",
        "Lower limit −73.9 (95% CI −119.9 to −48.9)",
    ]
    assert [t.get_color() for t in artists(ax, "estimate")] == [
        artists(ax, name)[0].get_color() for name in ("upper", "bias", "lower")
    ]
    middles = [t.get_window_extent() for t in artists(ax, "estimate")]
    heights = [ax.transData.inverted().transform((0, (b.y0 + b.y1) / 2))[1] for b in middles]
    values = [METERS.upper.value, METERS.bias.value, METERS.lower.value]
    assert heights == pytest.approx(values, abs=5)  # l/min, of an axis of 250
    assert ax.get_xlabel() == "Mean of Wright meter and mini meter (l/min)"
    assert ax.get_ylabel() == "mini meter − Wright meter (l/min)"


def test_the_alt_text_has_the_numbers():
    assert describe(drawn()) == (
        "mini meter minus Wright meter in l/min against the mean of both. Upper limit 78.1 (95% CI "
        "53.1 to 124.2); Bias 2.1 (95% CI −17.8 to 22.0); Lower limit −73.9 (95% CI −119.9 to "
        "−48.9). n = 17; 0 without both. Limits hold 95% of differences; bands: 95% CI. With fewer "
        "than 50 subjects the limits are rough: read their bands."
    )
    assert "fewer than" not in describe(drawn(noisy(50)))
    assert "fewer than 50" in describe(drawn(noisy(49)))


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize("case", ["meters", "tiny", "large"])
def test_words_touch_neither_one_another_nor_the_edge(case, width):
    long = ("first rater of the university hospital", "second rater, who has a long name as well")
    found = {
        "meters": METERS,
        "tiny": agreement([1, 2, 3], [1.2, 2.1, 3.4], names=long),
        "large": noisy(9000),
    }[case]
    ax = drawn(found, width)
    ax.figure.draw_without_rendering()
    texts = [t for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    boxes = [text.get_window_extent() for text in texts]
    page = ax.figure.bbox
    for box, text in zip(boxes, texts, strict=True):
        inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
        # Numbers of the axis beyond its ends are not drawn.
        assert inside or text.get_text() in [
            t.get_text() for t in ax.get_xticklabels() + ax.get_yticklabels()
        ]
    kept = [b.padded(-0.6) for b, t in zip(boxes, texts, strict=True) if t.get_gid() == "estimate"]
    assert len(kept) == 3
    assert not any(a.overlaps(b) for a, b in combinations(kept, 2))
    assert min(text.get_fontsize() for text in texts) >= 6


def test_many_subjects_become_hexagons_and_none_is_lost(tmp_path):
    found = noisy(100_000)
    ax = drawn(found)
    assert artists(ax, "subjects") == []
    (hexagons,) = artists(ax, "hexagons")
    counts = hexagons.get_array()
    assert counts.sum() == 100_000
    assert counts.min() == 1
    most = int(counts.max())
    assert f"Hexagons hold 1 to {most:,} subjects, the darker the more" in describe(ax)
    assert f"1 to {most:,} subjects" in plain(artists(ax, "note")[0])
    assert save_figure(ax, tmp_path / "a.svg", width=170).stat().st_size < 1_500_000
    assert artists(drawn(noisy(4000)), "subjects")


def test_files_repeat(tmp_path):
    paths = [save_figure(anew(), tmp_path / name, width="double") for name in ("a.svg", "b.svg")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_nothing_to_draw_is_refused():
    bare = {name: getattr(METERS, name) for name in Agreement.__slots__}
    empty = Agreement(**(bare | {"means": (), "differences": ()}))
    with pytest.raises(ValueError, match="plot_agreement: there is no subject"):
        plot_agreement(empty)
