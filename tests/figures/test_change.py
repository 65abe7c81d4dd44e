"""The waterfall, read back: order, band and line, counts, and words that touch nothing."""

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.text import Text

from retrostats.description.changes import changes_of
from retrostats.figures.change import change_height, plot_change
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe
from retrostats.figures.waterfall import pale, waterfall
from retrostats.instruments import Change

WORDS = {"outcome": "Pain", "visit": "week 6", "unit": "points"}
CHANGES = changes_of({"control": [0, 1, -3, float("nan")], "retro": [4, 2, 1, 0, -1.5]}, **WORDS)
MDC = Change(kind="error", quantity="MDC95", value=1.5)
MCID = Change(kind="important", quantity="MCID", value=2)
NAMES = {"control": "Usual care", "retro": "Retro walking"}
NBSP = "\N{NO-BREAK SPACE}"


def anew(changes=CHANGES, width=170.0, **options):
    settings = {"mdc": MDC, "mcid": MCID, "arm_names": NAMES} | options
    return plot_change(
        changes, ax=blank_axes(width, change_height(changes, width=width)), **settings
    )


@lru_cache(maxsize=1)
def usual():
    """The figure that most tests read, drawn once."""
    return anew()


def drawn(*arguments, **options):
    return anew(*arguments, **options) if arguments or options else usual()


def panels(ax):
    return [panel for panel in ax.figure.axes if panel.axison]


def found(ax, gid):
    return [artist for artist in ax.findobj() if artist.get_gid() == gid]


def bars(panel):
    return sorted([*found(panel, "beyond"), *found(panel, "within")], key=lambda bar: bar.get_x())


def plain(text):
    return " ".join(text.get_text().replace(NBSP, " ").split())


def test_every_subject_has_a_bar_and_the_most_improved_is_first():
    control, retro = panels(drawn())
    assert [bar.get_height() for bar in bars(retro)] == [4, 2, 1, 0, -1.5]
    assert [bar.get_height() for bar in bars(control)] == [1, 0, -3]
    # Shares of the arm: the bar of a subject lies within its part of the axis.
    for k, bar in enumerate(bars(retro)):
        assert k / 5 < bar.get_x()
        assert bar.get_x() + bar.get_width() < (k + 1) / 5
    assert control.get_xlim() == retro.get_xlim() == (0, 1)
    assert control.get_ylim() == retro.get_ylim()
    low, high = retro.get_ylim()
    assert low < -3
    assert high > 4


def test_error_is_a_band_and_importance_a_line():
    for panel in panels(drawn()):
        (band,), (line,) = found(panel, "error"), found(panel, "important")
        corners = band.get_extents().transformed(panel.transData.inverted())
        assert (corners.y0, corners.y1) == pytest.approx((-1.5, 1.5))
        assert list(line.get_ydata()) == [2, 2]
    bare = panels(drawn(mdc=None, mcid=None))[0]
    assert found(bare, "error") == found(bare, "important") == []


def test_bars_within_error_are_pale_and_no_change_is_a_dot():
    _, retro = panels(drawn())
    kinds = [(bar.get_height(), bar.get_gid()) for bar in bars(retro)]
    # A change of exactly the error is within it.
    assert kinds == [(4, "beyond"), (2, "beyond"), (1, "within"), (0, "within"), (-1.5, "within")]
    faces = {bar.get_gid(): bar.get_facecolor()[:3] for bar in bars(retro)}
    assert np.mean(faces["within"]) - np.mean(faces["beyond"]) > 0.25
    (dot,) = found(retro, "no change")
    assert (dot.get_xdata().tolist(), dot.get_ydata().tolist()) == ([0.7], [0])
    assert [bar.get_gid() for bar in bars(panels(drawn(mdc=None))[1])] == ["beyond"] * 5


def test_counts_and_names_stand_above_each_panel():
    control, retro = panels(drawn())
    assert [plain(text) for text in found(control, "arm")] == ["Usual care (n = 3, 1 missing)"]
    (counts,) = found(retro, "counts")
    assert plain(counts) == (
        "better beyond error: 2 (40%); within error: 3 (60%); worse beyond error: 0 (0%); "
        "at least MCID: 2 (40%)"
    )
    told = panels(drawn(mdc=None, mcid=0.5))[0]
    assert [plain(text) for text in found(told, "counts")] == [
        "better: 1 (33%); no change: 1 (33%); worse: 1 (33%); at least 0.5 points: 1 (33%)"
    ]


def test_the_key_keeps_error_and_importance_apart():
    def words(**options):
        (key,) = found(drawn(**options).figure, "key")
        return [plain(text) for text in key.get_texts()]

    assert words() == [
        "changed by more than error",
        "changed within error",
        "±1.5 points (MDC95): cannot be told from measurement error",
        "2 points (MCID): smallest improvement that matters",
    ]
    assert words(mdc=1, mcid=None)[2:] == ["±1 points: cannot be told from measurement error"]
    assert words(mdc=None, mcid=None) == []


def test_the_direction_is_marked_and_the_text_tells_the_numbers():
    ax = drawn()
    assert " ".join(ax.get_ylabel().split()) == "Improvement in Pain, week 6 (points) ↑ better"
    first, second = (describe(panel) for panel in panels(ax))
    assert first == (
        "Improvement of each subject in Pain from baseline to week 6 in points, most improved "
        "first; positive is better. Grey band: ±1.5 points (MDC95): cannot be told from "
        "measurement error. Line: 2 points (MCID): smallest improvement that matters. Usual care "
        "(n = 3, 1 missing): from -3 to 1 points; better beyond error: 0 (0%); within error: 2 "
        "(67%); worse beyond error: 1 (33%); at least MCID: 0 (0%)."
    )
    assert second.startswith("Retro walking (n = 5, 0 missing): from -1.5 to 4 points; ")


def many(arms, n=30):
    generator = np.random.default_rng(1)
    return changes_of({f"a{k}": np.round(generator.normal(k, 3, n)) for k in range(arms)}, **WORDS)


def unseen(ax):
    """Numbers of an axis beyond its ends, which are not drawn."""
    low, high = ax.get_ylim()
    ticks = ax.yaxis.get_major_ticks()
    return [tick.label1 for tick in ticks if not low <= tick.get_loc() <= high]


@pytest.mark.whole
@pytest.mark.parametrize(("arms", "width"), [(1, 85.0), (2, 85.0), (3, 170.0), (7, 170.0)])
def test_words_touch_neither_one_another_nor_the_edge(arms, width):
    names = {f"a{k}": f"Retro walking on a treadmill, group {k}" for k in range(arms)}
    ax = drawn(many(arms), width, arm_names=names)
    ax.figure.draw_without_rendering()
    hidden = [label for panel in panels(ax) for label in unseen(panel)]
    every = [t for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    texts = [text for text in every if text not in hidden]
    boxes = [text.get_window_extent() for text in texts]
    page = ax.figure.bbox
    for box, text in zip(boxes, texts, strict=True):
        assert page.x0 - 0.5 <= box.x0, text.get_text()
        assert box.x1 <= page.x1 + 0.5, text.get_text()
        assert page.y0 - 0.5 <= box.y0, text.get_text()
        assert box.y1 <= page.y1 + 0.5, text.get_text()
    shrunk = [box.padded(-0.6) for box in boxes]
    for (a, one), (b, other) in combinations(zip(shrunk, texts, strict=True), 2):
        assert not a.overlaps(b), (one.get_text(), other.get_text())
    assert min(text.get_fontsize() for text in texts) >= 6
    colours = [found(panel, "arm")[0].get_color() for panel in panels(ax)]
    assert len(set(colours)) == arms
    beside = {round(panel.get_position().y0, 3) for panel in panels(ax)}
    assert len(beside) == (arms if width < 100 else -(-arms // 4))


def test_an_arm_without_anybody_keeps_its_panel():
    changes = changes_of({"control": [float("nan")], "retro": [1.0]}, **WORDS)
    ax = drawn(changes)
    assert len(panels(ax)) == 2
    assert plain(found(ax, "nobody")[0]) == "nobody measured at both visits"
    assert describe(ax).endswith("Usual care: nobody measured at both visits, 1 missing.")


def test_many_subjects_become_an_outline_and_the_figure_says_so(tmp_path):
    generator = np.random.default_rng(2)
    changes = changes_of({"retro": generator.normal(1, 3, 100_000)}, **WORDS)
    ax = drawn(changes)
    (outline,) = found(ax, "outline")
    values, edges, _ = outline.get_data()
    assert len(values) == 1500
    assert (values[0], values[-1]) == (changes[0].improvements[-1], changes[0].improvements[0])
    assert (edges[0], edges[-1]) == (0, 1)
    assert describe(ax).endswith("n > 100: 1,500 of 100,000 subjects drawn.")
    (key,) = found(ax.figure, "key")
    assert "1,500 of 100,000" in plain(key.get_texts()[-1])
    # Half of the subjects lie on either side of the median.
    assert np.interp(0.5, edges[:-1], values) == pytest.approx(
        np.median(changes[0].improvements), abs=0.02
    )
    assert save_figure(ax, tmp_path / "a.svg", width=170).stat().st_size < 500_000


def test_the_outline_of_a_scale_is_exact():
    values = np.sort(np.repeat([-1.0, 0.0, 2.0], [50, 30, 120]))
    fall = waterfall(values.tolist(), 1.0)
    assert fall.values.tolist() == [2, 0, -1]
    assert fall.edges.tolist() == [0, 0.6, 0.75, 1]
    assert fall.within == (1, 3)
    assert not fall.bars
    # To either side a change of exactly the error is within it.
    assert waterfall([-2, -1, 0, 1, 2], 1.0).within == (1, 4)
    assert "drawn" not in fall.words
    assert all(a > b for a, b in pairwise(fall.values))
    assert pale("#000000") != "#000000"


def test_files_repeat(tmp_path):
    pairs = ((usual(), "a.svg"), (anew(), "b.svg"))
    paths = [save_figure(ax, tmp_path / name, width="double") for ax, name in pairs]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mdc": 0.0}, "mdc must be a positive amount, got 0"),
        ({"mcid": float("nan")}, "mcid must be a positive amount"),
        ({"mdc": MCID}, "mdc needs a change of the kind 'error', got MCID, which is 'important'"),
        ({"mcid": MDC}, "mcid needs a change of the kind 'important', got MDC95"),
        (
            {"mcid": Change(kind="important", quantity="MCID", value=0.12, basis="relative")},
            r"mcid = 12% of baseline \(MCID\) is another amount for each subject",
        ),
    ],
)
def test_thresholds_that_are_no_place_on_the_axis_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        drawn(**options)


def test_what_cannot_be_drawn_is_refused():
    for nothing in ((), changes_of({"a": [float("nan")]}, **WORDS)):
        with pytest.raises(ValueError, match="at least one arm with a subject measured at both"):
            plot_change(nothing)
    other = changes_of({"x": [1.0]}, **(WORDS | {"unit": "mm"}))
    with pytest.raises(
        ValueError, match="one outcome, visit and unit per figure, got Pain, week 6"
    ):
        plot_change((*CHANGES, *other))
    placed = blank_axes(170.0, 60.0).figure.add_axes((0, 0, 1, 1))
    with pytest.raises(ValueError, match="plot_change: these Axes have no place in a grid"):
        plot_change(CHANGES, ax=placed)


LONG = (
    "Übliche Behandlung ohne Rückwärtsgehen",
    "Walking backwards, three times a week",
    "Tai Chi",
)


# Below one another at 85 mm; at 170 mm one row, two, and the last of two nearly full.
@pytest.mark.whole
@pytest.mark.parametrize(
    ("arms", "width"), [(1, 85.0), (3, 85.0), (7, 85.0), (1, 170.0), (5, 170.0), (7, 170.0)]
)
def test_the_height_leaves_the_bars_room_under_their_words(arms, width):
    labels = [f"arm {k}" for k in range(arms)]
    names = {label: LONG[k % 3] for k, label in enumerate(labels)}
    changes = changes_of({label: range(-3, 17) for label in labels}, **WORDS)
    options = {"mdc": MDC, "mcid": MCID, "arm_names": names}
    height = change_height(changes, width=width, **options)
    ax = plot_change(changes, ax=blank_axes(width, height), **options)
    ax.figure.draw_without_rendering()
    to_mm = 25.4 / ax.figure.dpi
    heights = [panel.get_window_extent().height * to_mm for panel in panels(ax)]
    # 35 mm are asked for: lower bars cannot be compared.
    assert 35 <= min(heights) <= max(heights) <= 45


def test_a_figure_of_its_own_has_bars_of_that_height():
    ax = plot_change(CHANGES, mdc=MDC, mcid=MCID, arm_names=NAMES)
    ax.figure.draw_without_rendering()
    assert ax.get_window_extent().height * 25.4 / ax.figure.dpi >= 35
