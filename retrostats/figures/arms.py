"""How arms are told apart: colour, marker and line, each enough by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from retrostats.figures.style import OKABE_ITO


class ArmStyle(NamedTuple):
    """Colour, marker and dashes of one arm; told apart in grey by the last two."""

    colour: str
    marker: str
    dashes: str | tuple[float, tuple[float, ...]]


#: The reference is first. Yellow is left out: on white it is too pale for a line or a word.
_STYLES = (
    ArmStyle("#404040", "o", "-"),
    ArmStyle(OKABE_ITO["blue"], "s", (0, (5, 1.5))),
    ArmStyle(OKABE_ITO["vermillion"], "^", (0, (3, 1, 1, 1))),
    ArmStyle(OKABE_ITO["green"], "D", (0, (1.5, 1))),
    ArmStyle(OKABE_ITO["purple"], "v", (0, (6, 1, 1, 1, 1, 1))),
    ArmStyle(OKABE_ITO["sky blue"], "P", (0, (8, 2))),
    ArmStyle(OKABE_ITO["orange"], "X", (0, (4, 2, 1, 2))),
)


def arm_style(place: int) -> ArmStyle:
    """Return the style of the arm at a place; the reference arm stands at 0.

    Examples
    --------
    >>> arm_style(0).marker, arm_style(1).marker
    ('o', 's')
    """
    return _STYLES[place % len(_STYLES)]


def arm_styles(arms: Sequence[str], names: Mapping[str, str] | None) -> list[ArmStyle]:
    """Return the style of each arm: by its place among all that have names, else in order.

    So an arm keeps its colour in a figure in which another arm is missing.

    Parameters
    ----------
    arms
        Labels of the arms drawn.
    names
        Words for readers by label, of all arms of the trial, the reference first.
    """
    every = [*(names or {}), *(arm for arm in arms if arm not in (names or {}))]
    return [arm_style(every.index(arm)) for arm in arms]
