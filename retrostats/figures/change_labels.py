"""The words on a waterfall: axes, counts above each panel, and the key of band and line."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from retrostats.description.types import IndividualChanges
from retrostats.figures.arms import ArmStyle
from retrostats.figures.change_words import Thresholds, count_lines
from retrostats.figures.style import SMALL_TEXT, TEXT
from retrostats.figures.waterfall import Waterfall, pale
from retrostats.figures.words import line_mm, size_mm, wrapped
from retrostats.layout import true_minus

BAND, LINE = "0.87", "black"
#: Dots and dashes: no arm's line, and told from the edges of the band.
DASHES = (0, (6, 1.5, 1, 1.5))
_GREY = "0.35"
#: Panels of this width in mm have their counts behind one another in place of below.
_WIDE = 55.0
#: Distance of lines of text as matplotlib sets them, relative to their size.
_SPACING = 1.25
#: The name of the vertical axis may be as long as this, in mm, where the bars are lower.
_TALL = 32.0
#: Free below the counts and above the name, in mm.
_ABOVE = 3.0
_NBSP = "\N{NO-BREAK SPACE}"


def label_axes(panels: Sequence[Axes], arm: IndividualChanges, columns: int) -> None:
    """Name the axes at the left and below; panels between have no numbers of their own.

    Parameters
    ----------
    panels
        Row by row.
    arm
        Any of those drawn.
    columns
        Panels beside one another.
    """
    for k, panel in enumerate(panels):
        panel.tick_params(axis="y", labelleft=not k % columns)
    width, height = size_mm(panels[0])
    unit = f" ({arm.unit})" if arm.unit else ""
    told = f"Improvement in {arm.outcome}, {arm.visit}{unit} ↑{_NBSP}better"
    upright = "\n".join(wrapped(told, max(height, _TALL), TEXT))
    level = "\n".join(level_words(width))
    for k, panel in enumerate(panels):
        if not k % columns:
            panel.set_ylabel(upright, fontsize=TEXT)
        if k + columns >= len(panels):
            panel.set_xlabel(level, fontsize=SMALL_TEXT)


def level_words(width: float) -> list[str]:
    """Return the lines of the name of the horizontal axis, for panels of a width in mm."""
    return wrapped("Share of subjects, most improved first", width, SMALL_TEXT)


def write_words(
    panels: Sequence[Axes],
    changes: Sequence[IndividualChanges],
    names: Sequence[str],
    styles: Sequence[ArmStyle],
    thresholds: Thresholds,
) -> None:
    """Write the name of each arm above its panel, and its counts below the name.

    Parameters
    ----------
    panels, changes, names, styles
        Of the arms, in one order.
    thresholds
        What is counted.
    """
    width, _ = size_mm(panels[0])
    for panel, arm, name, style in zip(panels, changes, names, styles, strict=True):
        heads, counts = _lines(arm, name, thresholds, width)
        written = panel.set_title("\n".join(counts), loc="left", fontsize=SMALL_TEXT, pad=3)
        written.set_gid("counts")
        up = 4.5 + SMALL_TEXT * _SPACING * len(counts)
        panel.annotate(
            "\n".join(heads), (0, 1),
            xycoords="axes fraction", xytext=(0, up), textcoords="offset points", fontsize=TEXT,
            fontweight="bold", color=style.colour, ha="left", va="bottom", annotation_clip=False,
            gid="arm",
        )  # fmt: skip


def words_mm(arm: IndividualChanges, name: str, thresholds: Thresholds, width: float) -> float:
    """Return how high name and counts above a panel are, in mm.

    Parameters
    ----------
    arm, name, thresholds
        As in `write_words`.
    width
        Of the panel, in mm.
    """
    heads, counts = _lines(arm, name, thresholds, width)
    return _ABOVE + line_mm(TEXT) * len(heads) + line_mm(SMALL_TEXT) * len(counts)


def _lines(
    arm: IndividualChanges, name: str, thresholds: Thresholds, width: float
) -> tuple[list[str], list[str]]:
    """Return the lines of the name of an arm, and those of its counts."""
    told = count_lines(arm, thresholds)
    together = ["; ".join(told)] if told and width >= _WIDE else told
    counts = [line for words in together for line in wrapped(words, width, SMALL_TEXT)]
    n = f"(n = {len(arm.improvements):,}, {arm.missing:,} missing)".replace(" ", _NBSP)
    return wrapped(f"{name} {n}", width, TEXT, weight="bold"), counts


def key_of(thresholds: Thresholds, falls: Sequence[Waterfall]) -> tuple[list[Artist], list[str]]:
    """Return marks and words of the key: error first, then importance.

    Parameters
    ----------
    thresholds
        What is drawn of them.
    falls
        Of the arms; a note says what of them is not drawn one by one.
    """
    marks: list[Artist] = []
    words: list[str] = []
    if thresholds.mdc is not None:
        marks += [
            Patch(facecolor=_GREY, edgecolor=_GREY, linewidth=0.6),
            Patch(facecolor=pale(_GREY), edgecolor=_GREY, linewidth=0.6),
            Patch(facecolor=BAND),
        ]
        words += ["changed by more than error", "changed within error", thresholds.error_words]
    if thresholds.mcid is not None:
        marks.append(Line2D([], [], color=LINE, linewidth=0.9, linestyle=DASHES))
        words.append(thresholds.important_words)
    for told in dict.fromkeys(fall.words for fall in falls if fall.words):
        marks.append(Line2D([], [], linestyle="none"))
        words.append(told)
    return marks, [true_minus(text) for text in words]
