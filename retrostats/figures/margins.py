"""The words around a forest plot: labels, numbers, caption, and whom a side favours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.style import SMALL_TEXT, TEXT

_GAP = 4.0  # points between a text and what stands beside it


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a forest plot: of a group heading, or of a label with its estimate and mark.

    A long label takes several lines, of which the last has the estimate.
    """

    text: str
    estimate: Estimate | None = None
    mark: str = "signed"
    heading: bool = False


def write_labels(ax: Axes, lines: list[Line], caption: str) -> None:
    """Write the labels flush left, and value and interval flush right, beside their rows.

    Parameters
    ----------
    ax
        Axes whose rows are numbered from 0 at the top.
    lines
        What stands in each row.
    caption
        What stands above them.
    """
    estimates = [line.estimate for line in lines if line.estimate]
    decimals = _decimals(estimates)
    ax.set_yticks(range(len(lines)), [line.text for line in lines], fontsize=TEXT)
    for label, line in zip(ax.get_yticklabels(), lines, strict=True):
        label.set(horizontalalignment="left", fontweight="bold" if line.heading else "normal")
        label.set_parse_math(False)  # these texts may be older than the house style
    widest = max(_points(line.text, bold=line.heading) for line in lines)
    ax.tick_params(axis="y", length=0, pad=widest + _GAP)
    _write_title(ax, caption, indent=widest + _GAP)
    ax.tick_params(axis="x", labelsize=SMALL_TEXT)
    ax.spines["left"].set_visible(False)
    ax.spines[["top", "right"]].set_visible(False)
    texts = [(row, _interval(line.estimate, decimals)) for row, line in enumerate(lines)]
    column = max(_points(text) for _, text in texts)
    for row, text in texts:
        if text:
            ax.annotate(
                text,
                (1, row),
                xycoords=("axes fraction", "data"),
                xytext=(column + 2 * _GAP, 0),
                textcoords="offset points",
                fontsize=TEXT,
                ha="right",
                va="center",
                annotation_clip=False,
            )


def _write_title(ax: Axes, caption: str, indent: float) -> None:
    """Write the caption above the labels; a title would begin above the plot and run out."""
    ax.annotate(
        caption,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-indent, _GAP),
        textcoords="offset points",
        fontsize=TEXT,
        ha="left",
        va="bottom",
        annotation_clip=False,
    )


def _decimals(estimates: Sequence[Estimate]) -> int:
    """Return the decimals that give the values about three significant digits."""
    largest = max(abs(estimate.value) for estimate in estimates)
    return 2 if largest < 10 else 1 if largest < 100 else 0


def _interval(estimate: Estimate | None, decimals: int) -> str:
    if estimate is None:
        return ""
    value, low, high = (
        f"{round(number, decimals) + 0.0:.{decimals}f}"  # + 0.0 turns -0.00 into 0.00
        for number in (estimate.value, estimate.ci.low, estimate.ci.high)
    )
    return f"{value} ({low} to {high})".replace("-", "\N{MINUS SIGN}").replace("inf", "∞")


def _points(text: str, *, bold: bool = False) -> float:
    """Return the width of a text in points at the size of the labels."""
    if not text:
        return 0.0
    font = FontProperties(weight="bold" if bold else "normal", size=TEXT)
    return float(TextPath((0, 0), text, prop=font).get_extents().width)


def write_margins(
    ax: Axes, table: EstimateTable, favours: tuple[str, str] | None, *, hollow: bool
) -> None:
    """Write what stands below the rows: whom a side favours, the unit, the hollow mark.

    Parameters
    ----------
    ax, table, favours
        As in `retrostats.figures.forest.plot_forest`.
    hollow
        Whether any mark is hollow and so to be explained.
    """
    percent = f"{100 * table[0].ci.level:.4g}%"
    notes = [f"{table[0].unit} ({percent} CI)" if table[0].unit else f"estimate ({percent} CI)"]
    if hollow:
        notes.append("□ size only: the printed figures do not tell the direction")
    ax.set_xlabel("\n".join(notes), fontsize=TEXT, labelpad=12 if favours else 3)
    sides: tuple[tuple[float, Literal["left", "right"], str], ...] = ()
    if favours:
        sides = ((-_GAP, "right", f"← favours {favours[0]}"),)
        sides += ((_GAP, "left", f"favours {favours[1]} →"),)
    for offset, side, text in sides:
        ax.annotate(
            text,
            (0, 0),
            xycoords=("data", "axes fraction"),
            xytext=(offset, -15),
            textcoords="offset points",
            fontsize=SMALL_TEXT,
            ha=side,
            va="top",
            annotation_clip=False,
        )
