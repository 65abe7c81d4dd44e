"""The flow diagram, read back: numbers, wrapping, and nothing that overlaps."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from retrostats.description.types import ArmFlow, Flow
from retrostats.figures.flow import flow_height, plot_flow
from retrostats.figures.saving import save_figure
from retrostats.figures.style import blank_axes, describe

NAMES = (
    "Control",
    "Forward walking",
    "Retro (backward) walking on a treadmill",
    "Strengthening under supervision",
    "Nordic walking",
)
VISITS = ("baseline", "week 3", "week 6", "week 12", "week 26", "one year")


def flow(arms=3, visits=3, **changes):
    parts = []
    for place in range(arms):
        left = (("moved away", 1), ("knee pain got worse", 1)) if place else ()
        missed = (("no outcome after baseline", 2),) if place else ()
        excluded = (("fewer than 12 sessions", 3),) if place == 1 else ()
        lost = sum(n for _, n in (*missed, *excluded))
        parts.append(
            ArmFlow(
                arm=f"arm{place}",
                name=NAMES[place],
                randomised=20 + place,
                excluded=excluded,
                attended=tuple(19 - visit for visit in range(visits)),
                withdrawn=left,
                analysed=20 + place - lost,
                not_analysed=missed,
            )
        )
    screened = {
        "assessed": 90,
        "not_randomised": (("did not meet the criteria", 15), ("declined", 12)),
    }
    return Flow(
        visits=VISITS[:visits],
        arms=tuple(parts),
        endpoint="Pain, week 6",
        **{**screened, **changes},
    )


def drawn(given, width=170.0):
    return plot_flow(given, ax=blank_axes(width, flow_height(given, width=width)))


def shapes(ax, gid):
    return [patch for patch in ax.patches if patch.get_gid() == gid]


def words_in(ax, box):
    x, y, width, height = *box.get_xy(), box.get_width(), box.get_height()
    inside = [
        text
        for text in ax.texts
        if text.get_gid() == "words"
        and x <= text.get_position()[0] <= x + width
        and y <= text.get_position()[1] <= y + height
    ]
    inside.sort(key=lambda text: text.get_position()[1])
    return " ".join(text.get_text() for text in inside).replace("\N{NO-BREAK SPACE}", " ")


def test_every_number_stands_in_its_box():
    ax = drawn(flow(2))
    assert [words_in(ax, box) for box in shapes(ax, "box")] == [
        "Assessed for eligibility (n = 90)",
        "Not randomised (n = 27) did not meet the criteria (n = 15) declined (n = 12)",
        "Randomised (n = 41)",
        "Allocated to Control (n = 20)",
        "Allocated to Forward walking (n = 21)",
        "Attended baseline (n = 19) week 3 (n = 18) week 6 (n = 17) Left the trial (n = 0)",
        (
            "Attended baseline (n = 19) week 3 (n = 18) week 6 (n = 17) Left the trial (n = 2) "
            "moved away (n = 1) knee pain got worse (n = 1)"
        ),
        "Analysed (n = 20) Pain, week 6 Excluded from the analysis (n = 0) Not analysed (n = 0)",
        (
            "Analysed (n = 16) Pain, week 6 Excluded from the analysis (n = 3) "
            "fewer than 12 sessions (n = 3) Not analysed (n = 2) no outcome after baseline (n = 2)"
        ),
    ]


def test_boxes_are_as_high_as_their_fullest_and_headings_are_bold():
    ax = drawn(flow(2))
    room = {}
    for box in shapes(ax, "box"):
        y, height = box.get_y(), box.get_height()
        inside = [t.get_position()[1] for t in ax.texts if t.get_gid() == "words"]
        lowest = max(place for place in inside if y <= place <= y + height)
        room.setdefault(y, []).append(y + height - lowest)
    assert {round(min(found), 6) for found in room.values()} == {round(min(room[0.0]), 6)}
    bold = {
        t.get_text().split("\N{NO-BREAK SPACE}")[0] for t in ax.texts
        if t.get_gid() == "words" and t.get_fontweight() == "bold"
    }  # fmt: skip
    assert {"Attended", "Left the trial (n", "Excluded from the analysis (n"} <= bold
    assert not {"moved away (n", "baseline (n"} & bold


def test_what_is_not_known_is_left_out_or_said():
    bare = flow(2, assessed=None, not_randomised=())
    bare = replace(bare, arms=(bare.arms[0], replace(bare.arms[0], arm="b", name="Other")))
    ax = drawn(bare)
    assert [words_in(ax, box) for box in shapes(ax, "box")] == [
        "Randomised (n = 40)",
        "Allocated to Control (n = 20)",
        "Allocated to Other (n = 20)",
        *["Attended baseline (n = 19) week 3 (n = 18) week 6 (n = 17)"] * 2,
        *["Analysed (n = 20) Pain, week 6"] * 2,
    ]
    ax = drawn(flow(2, not_randomised=()))
    assert words_in(ax, shapes(ax, "box")[1]) == "Not randomised (n = 49) reasons not recorded"
    ax = drawn(flow(2, assessed=None))
    first = words_in(ax, shapes(ax, "box")[0])
    assert first == "Assessed for eligibility (number not recorded)"


def overlap(a, b):
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5


@pytest.mark.whole
@pytest.mark.parametrize("width", [85.0, 170.0])
@pytest.mark.parametrize(("arms", "visits"), [(2, 1), (3, 3), (4, 2), (5, 6)])
def test_words_keep_in_their_boxes_and_boxes_apart(arms, visits, width):
    ax = drawn(flow(arms, visits), width)
    figure = ax.figure
    figure.draw_without_rendering()
    boxes = [patch.get_window_extent() for patch in shapes(ax, "box") + shapes(ax, "stage")]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    texts = [text for text in ax.texts if text.get_text()]
    extents = [text.get_window_extent() for text in texts]
    for text, own in zip(texts, extents, strict=True):
        holders = [
            box
            for box in boxes
            if box.x0 - 1 <= own.x0
            and own.x1 <= box.x1 + 1
            and box.y0 - 1 <= own.y0
            and own.y1 <= box.y1 + 1
        ]
        assert len(holders) == 1, text.get_text()
    assert not [pair for pair in combinations(extents, 2) if overlap(*pair)]
    page = figure.bbox
    assert all(page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 for b in boxes)
    assert min(text.get_fontsize() for text in ax.findobj(Text) if text.get_text()) >= 6


def test_arrows_join_boxes_and_cross_none():
    ax = drawn(flow(3))
    boxes = [(*b.get_xy(), b.get_width(), b.get_height()) for b in shapes(ax, "box")]
    arrows = [text for text in ax.texts if text.get_gid() == "arrow"]
    assert len(arrows) == 2 + 3 * 3
    for arrow in arrows:
        (x0, y0), (x1, y1) = arrow.get_position(), arrow.xy
        ends_at = [
            b for b in boxes
            if b[0] - 0.01 <= x1 <= b[0] + b[2] + 0.01 and b[1] - 0.01 <= y1 <= b[1] + b[3] + 0.01
        ]  # fmt: skip
        assert len(ends_at) == 1
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        assert not [
            b for b in boxes
            if b[0] < middle[0] < b[0] + b[2] and b[1] < middle[1] < b[1] + b[3]
        ]  # fmt: skip


def test_stages_are_named_beside_their_boxes():
    ax = drawn(flow(3))
    named = [text.get_text() for text in ax.texts if text.get_rotation() == 90]
    assert named == ["Enrolment", "Allocation", "Follow-up", "Analysis"]


def test_the_name_of_a_stage_has_room_beside_low_boxes():
    bare = flow(2, assessed=None, not_randomised=())
    low = drawn(replace(bare, arms=(bare.arms[0], replace(bare.arms[0], arm="b"))))
    strips = [(strip.get_y(), strip.get_y() + strip.get_height()) for strip in shapes(low, "stage")]
    assert all(above[1] < below[0] for above, below in pairwise(strips))
    boxes = [box.get_y() + box.get_height() for box in shapes(low, "box")]
    assert max(boxes) < strips[-1][1] <= low.get_ylim()[0]


def test_the_alt_text_tells_the_numbers():
    assert describe(drawn(flow(2))) == (
        "Participant flow: 90 assessed for eligibility, 41 randomised. "
        "Control: 20 allocated, 0 excluded from the analysis, 0 not analysed, 20 analysed; "
        "Forward walking: 21 allocated, 3 excluded from the analysis, 2 not analysed, 16 analysed. "
        "Analysed for Pain, week 6."
    )


def test_too_little_room_is_refused():
    with pytest.raises(ValueError, match=r"^plot_flow: the flow needs a height of \d+ mm"):
        plot_flow(flow(3), ax=blank_axes(85.0, 60.0))
    with pytest.raises(ValueError, match=r"^plot_flow: 5 arms need a width of 77 mm, got 68"):
        flow_height(flow(5), width=70.0)


_TOO_NARROW = (
    r"placed for 170 mm and would overlap at 85 mm; "
    r"draw it for that width: plot_\.\.\.\(\.\.\., width=85\)$"
)


def test_a_flow_drawn_wide_is_not_saved_narrow(tmp_path):
    ax = plot_flow(flow(3))
    with pytest.raises(ValueError, match=_TOO_NARROW):
        save_figure(ax.figure, tmp_path / "flow.svg", width="single")
    assert list(tmp_path.iterdir()) == []
    first = save_figure(ax.figure, tmp_path / "flow.svg", width="double").read_bytes()
    again = save_figure(plot_flow(flow(3)).figure, tmp_path / "again.svg", width="double")
    assert again.read_bytes() == first


def test_it_draws_on_the_axes_it_is_given():
    ax = Figure(figsize=(6.7, 8), layout="constrained").add_subplot()
    assert plot_flow(flow(2), ax=ax) is ax
