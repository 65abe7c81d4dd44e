"""Where the boxes, words and arrows of a participant flow stand, in mm from the top left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrostats.description.types import ArmFlow, Counts, Flow
from retrostats.figures.style import SMALL_TEXT, SMALLEST_TEXT
from retrostats.figures.words import kept_together, line_mm, width_mm, wrapped

#: Length of an arrow, in mm.
_ARROW = 5.0
#: Width of the strip that names a stage, its distance from the boxes, and from the next strip.
_STRIP = 4.6
_STRIP_GAP, _STRIP_APART = 2.0, 1.0
#: Width of the boxes before randomisation, as a share of all columns, and at most in mm.
_ENROLMENT_SHARE, _ENROLMENT_MOST = 0.47, 64.0
#: Words need columns of this width in mm at least.
_NARROWEST = 13.0
#: In columns below this width everything is set closer.
_CLOSE = 24.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Size of the words in points; padding of boxes, indentation and gap of columns in mm."""

    size: float
    padding: float
    indent: float
    gap: float


_WIDE = Setting(size=SMALL_TEXT, padding=1.2, indent=1.8, gap=2.4)
_NARROW = Setting(size=SMALLEST_TEXT, padding=0.8, indent=0.9, gap=1.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of a box: its words, how far it is indented in mm, and its weight."""

    text: str
    indent: float = 0.0
    weight: str = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle and the lines in it."""

    left: float
    top: float
    width: float
    height: float
    lines: tuple[Words, ...]

    @property
    def middle(self) -> float:
        """Its centre from left to right."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All pieces of a participant flow.

    Attributes
    ----------
    boxes
        From top to bottom, of a row from left to right.
    stages
        Strips at the left edge that name the stages, each at the height of its boxes.
    arrows, lines
        Paths, with and without a head at their last point.
    height
        Of all.
    setting
        How closely it is set.
    """

    boxes: tuple[Box, ...]
    stages: tuple[Box, ...]
    arrows: tuple[tuple[Point, Point], ...]
    lines: tuple[tuple[Point, Point], ...]
    height: float
    setting: Setting


def flow_chart(flow: Flow, width: float) -> Chart:
    """Place everything for a width in mm.

    Parameters
    ----------
    flow
        What became of the subjects.
    width
        Of the chart.

    Raises
    ------
    ValueError
        If the columns become too narrow for words.
    """
    left = _STRIP + _STRIP_GAP
    setting, column = _columns(len(flow.arms), width, left)
    enrolment, arrows = _enrolment(flow, left, width, setting)
    randomised = enrolment[-1]
    stages = [_strip("Enrolment", 0.0, randomised.bottom)] if len(enrolment) > 1 else []
    lefts = [left + place * (column + setting.gap) for place in range(len(flow.arms))]
    centres = [edge + column / 2 for edge in lefts]
    above = randomised.bottom + 0.6 * _ARROW
    lines = (
        ((randomised.middle, randomised.bottom), (randomised.middle, above)),
        ((centres[0], above), (centres[-1], above)),
    )
    boxes = list(enrolment)
    for name, contents in _stages(flow, setting):
        row = [
            _box(words, edge, 0.0, column, setting)
            for words, edge in zip(contents, lefts, strict=True)
        ]
        height = max(box.height for box in row)
        # A box is as high as its words need; the name of a stage may need more, on both sides.
        beyond = max(0.0, _strip_height(name) - height) / 2
        free = stages[-1].bottom + _STRIP_APART if stages else 0.0
        top = max(above + _ARROW, free + beyond)
        arrows += [((centre, above), (centre, top)) for centre in centres]
        boxes += [replace(box, top=top, height=height) for box in row]
        stages.append(_strip(name, top - beyond, top + height + beyond))
        above = top + height
    return Chart(
        boxes=tuple(boxes),
        stages=tuple(stages),
        arrows=tuple(arrows),
        lines=lines,
        height=stages[-1].bottom,
        setting=setting,
    )


def _columns(arms: int, width: float, left: float) -> tuple[Setting, float]:
    """Return the setting for so many arms, and the width of their columns."""
    for setting, least in ((_WIDE, _CLOSE), (_NARROW, _NARROWEST)):
        column = (width - left - setting.gap * (arms - 1)) / arms
        if column >= least:
            return setting, column
    needed = left + _NARROW.gap * (arms - 1) + _NARROWEST * arms
    raise ValueError(f"plot_flow: {arms} arms need a width of {needed:.0f} mm, got {width:.0f}")


def _enrolment(
    flow: Flow, left: float, width: float, setting: Setting
) -> tuple[list[Box], list[tuple[Point, Point]]]:
    """Return the boxes down to "Randomised", which is the last, and the arrows between them."""
    room = width - left
    wide = min(_ENROLMENT_MOST, _ENROLMENT_SHARE * room)
    start, centre = left + (room - wide) / 2, left + room / 2
    last = [Words(text=f"Randomised (n = {flow.randomised})", weight="bold")]
    side = _not_randomised(flow, setting)
    if flow.assessed is None and not side:
        return [_box(last, start, 0.0, wide, setting)], []
    known = "number not recorded" if flow.assessed is None else f"n = {flow.assessed}"
    words = [Words(text=f"Assessed for eligibility ({known})", weight="bold")]
    first = _box(words, start, 0.0, wide, setting)
    if not side:
        box = _box(last, start, first.bottom + _ARROW, wide, setting)
        return [first, box], [((centre, first.bottom), (centre, box.top))]
    edge = centre + _ARROW
    beside = _box(side, edge, first.bottom + _ARROW / 2, width - edge, setting)
    box = _box(last, start, beside.bottom + _ARROW / 2, wide, setting)
    middle = beside.top + beside.height / 2
    down = ((centre, first.bottom), (centre, box.top))
    return [first, beside, box], [down, ((centre, middle), (edge, middle))]


def _not_randomised(flow: Flow, setting: Setting) -> list[Words]:
    if flow.not_randomised:
        return list(_reasons("Not randomised", flow.not_randomised, setting))
    gap = (flow.assessed or 0) - flow.randomised
    if gap <= 0:
        return []
    words = Words(text=f"Not randomised (n = {gap})", weight="bold")
    return [words, Words(text="reasons not recorded", indent=setting.indent)]


def _stages(flow: Flow, setting: Setting) -> Iterator[tuple[str, list[list[Words]]]]:
    """Yield the name of each stage and the words of each arm; no follow-up where none is known.

    Where one arm has a reason, the others are known to have none, and say so.
    """
    for name, of in (
        ("Allocation", _allocation),
        ("Follow-up", _follow_up),
        ("Analysis", _analysis),
    ):
        words = [list(of(flow, arm, setting)) for arm in flow.arms]
        if any(words):
            yield name, words


def _allocation(_flow: Flow, arm: ArmFlow, _setting: Setting) -> Iterator[Words]:
    yield Words(text=f"Allocated to {arm.name} (n = {arm.randomised})", weight="bold")


def _follow_up(flow: Flow, arm: ArmFlow, setting: Setting) -> Iterator[Words]:
    if flow.visits:
        yield Words(text="Attended", weight="bold")
    for visit, n in zip(flow.visits, arm.attended, strict=True):
        yield Words(text=f"{visit} (n = {n})", indent=setting.indent)
    if any(other.withdrawn for other in flow.arms):
        yield from _reasons("Left the trial", arm.withdrawn, setting)


def _analysis(flow: Flow, arm: ArmFlow, setting: Setting) -> Iterator[Words]:
    yield Words(text=f"Analysed (n = {arm.analysed})", weight="bold")
    if flow.endpoint:
        yield Words(text=flow.endpoint, indent=setting.indent)
    if any(other.excluded for other in flow.arms):
        yield from _reasons("Excluded from the analysis", arm.excluded, setting)
    if any(other.not_analysed for other in flow.arms):
        yield from _reasons("Not analysed", arm.not_analysed, setting)


def _reasons(label: str, counts: Counts, setting: Setting) -> Iterator[Words]:
    yield Words(text=f"{label} (n = {sum(n for _, n in counts)})", weight="bold")
    for reason, n in counts:
        yield Words(text=f"{reason} (n = {n})", indent=setting.indent)


def _box(words: Sequence[Words], left: float, top: float, width: float, setting: Setting) -> Box:
    """Return a box as high as its words need; "(n = 3)" never breaks."""
    room, size = width - 2 * setting.padding, setting.size
    lines = [
        replace(entry, text=line)
        for entry in words
        for line in wrapped(
            kept_together(entry.text), room - entry.indent, size, weight=entry.weight
        )
    ]
    height = len(lines) * line_mm(size) + 2 * setting.padding
    return Box(left=left, top=top, width=width, height=height, lines=tuple(lines))


def _strip_height(name: str) -> float:
    return width_mm(name, SMALL_TEXT, weight="bold") + 2 * _WIDE.padding


def _strip(name: str, top: float, bottom: float) -> Box:
    words = (Words(text=name, weight="bold"),)
    return Box(left=0.0, top=top, width=_STRIP, height=bottom - top, lines=words)
