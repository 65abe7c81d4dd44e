"""Bland and Altman's plot: differences against means, with bias and limits of agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.text import Annotation

from retrostats.description.types import Agreement
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_kind
from retrostats.figures.room import room_beside_mm, room_mm
from retrostats.figures.style import (
    MM_PER_INCH,
    OKABE_ITO,
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import apart, line_mm, size_mm, wrapped
from retrostats.layout import decimals, number, percent, true_minus

_HEIGHT = 80.0
_POINTS_PER_MM = 72 / MM_PER_INCH
#: More subjects than these are drawn as hexagons, the darker the more there are.
_MANY = 4000
#: With fewer subjects a limit is known to about half an SD or worse, and the figure says so.
_FEW = 50
#: Widest words at the right in mm, and their distance from the plot and from one another.
_WORDS, _NARROW, _GAP, _BETWEEN = 40.0, 30.0, 1.5, 0.8
#: Figures narrower than this have the narrower words.
_ROW = 120.0
_GREY = "0.35"
_BIAS, _LIMIT = OKABE_ITO["blue"], OKABE_ITO["vermillion"]
#: From one subject, which must be seen on white, to the most.
_HEXAGONS = LinearSegmentedColormap.from_list("hexagons", ["0.82", "0.05"])


def plot_agreement(
    agreement: Agreement,
    *,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw second minus first against the mean of both, with bias, limits and their intervals.

    Use it to see whether two measurements may stand for one another, and whether bias or spread
    change with their size; not with a line of equality and a correlation, which stay high where
    the measurements disagree.

    Parameters
    ----------
    agreement
        What `retrostats.agreement` returned.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes to draw on; a new figure when omitted. The words at the right are placed for the
        width that it has now.

    Returns
    -------
    Axes
        The same Axes.

    Raises
    ------
    ValueError
        If there is no subject.

    References
    ----------
    .. [1] Bland JM, Altman DG (1986). Lancet 327, 307-310. doi:10.1016/S0140-6736(86)90837-8

    Examples
    --------
    >>> import retrostats as rs
    >>> first, second = [12.1, 10.4, 9.8, 13.0], [12.6, 10.6, 10.1, 13.2]
    >>> raters = rs.agreement(first, second, names=("rater A", "rater B"), unit="s")
    >>> ax = rs.plot_agreement(raters, width="single")
    >>> rs.describe(ax).split(". ")[0]
    'rater B minus rater A in s against the mean of both'
    """
    who = "plot_agreement"
    require_kind(who, agreement, Agreement)
    if not agreement.differences:
        raise ValueError("plot_agreement: there is no subject with both measurements")
    bias, upper, lower = agreement.bias, agreement.upper, agreement.lower
    lines = (
        ("upper", upper, _LIMIT, "--"),
        ("bias", bias, _BIAS, "-"),
        ("lower", lower, _LIMIT, "--"),
    )
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, _HEIGHT)
        most = _draw_subjects(ax, agreement)
        for name, estimate, colour, dashes in lines:
            low, high, _ = estimate.ci
            ax.axhspan(
                low, high, facecolor=colour, alpha=0.15, linewidth=0, zorder=0, gid=f"{name} band"
            )
            ax.axhline(
                estimate.value, color=colour, linewidth=1.0, linestyle=dashes, zorder=3, gid=name
            )
        ax.axhline(0, color=_GREY, linewidth=0.7, linestyle=":", zorder=1, gid="zero")
        ax.tick_params(labelsize=SMALL_TEXT)
        note = _note(agreement, most)
        written = _write_estimates(ax, _words(agreement), [colour for *_, colour, _ in lines])
        _label_axes(ax, agreement)
        _write_note(ax, note)
        _place_estimates(ax, written, [estimate.value for _, estimate, _, _ in lines])
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, _sentence(agreement, note))
    return ax


def _draw_subjects(ax: Axes, agreement: Agreement) -> int:
    """Draw a ring per subject or hexagons; return the most subjects of a hexagon, or 0."""
    x, y = np.array(agreement.means), np.array(agreement.differences)
    if len(x) <= _MANY:
        size = 3.0 if len(x) <= 300 else 1.8
        ax.plot(
            x, y, "o", color=_GREY, markersize=size, markerfacecolor="none", markeredgewidth=0.6,
            zorder=2, gid="subjects",
        )  # fmt: skip
        return 0
    across = 60 if room_mm(ax) >= _ROW else 35
    drawn = ax.hexbin(
        x, y, gridsize=(across, across // 2), mincnt=1, bins="log", cmap=_HEXAGONS, linewidths=0.1,
        zorder=2, gid="hexagons",
    )  # fmt: skip
    counts = drawn.get_array()
    return 0 if counts is None else int(np.max(counts))


def _note(agreement: Agreement, most: int) -> str:
    """Say how many there are, what is not one by one, and what few subjects mean."""
    n, share = len(agreement.differences), percent(agreement.share)
    told = f"n = {n:,}; {agreement.missing:,} without both. "
    told += f"Limits hold {share} of differences; bands: {percent(agreement.bias.ci.level)} CI."
    if most:
        told += f" Hexagons hold 1 to {most:,} subjects, the darker the more (log scale)."
    if n < _FEW:
        told += f" With fewer than {_FEW} subjects the limits are rough: read their bands."
    return told


def _words(agreement: Agreement) -> list[tuple[str, str]]:
    """Return what stands at the right, each value and its interval: upper limit, bias, lower."""
    named = (
        ("Upper limit", agreement.upper),
        ("Bias", agreement.bias),
        ("Lower limit", agreement.lower),
    )
    # One number of decimals for all three, so that they can be compared.
    places = decimals(agreement.bias.se, 2)
    told = []
    for name, estimate in named:
        low, high, level = estimate.ci
        value, start, end = (number(part, places) for part in (estimate.value, low, high))
        interval = f"({percent(level)} CI {start} to {end})"
        told.append((true_minus(f"{name} {value}"), true_minus(interval)))
    return told


def _write_estimates(
    ax: Axes, told: Sequence[tuple[str, str]], colours: Sequence[str]
) -> list[Annotation]:
    """Write each estimate at the right; `_place_estimates` puts it beside its line."""
    room = _WORDS if room_mm(ax) >= _ROW else _NARROW
    written = []
    for words, colour in zip(told, colours, strict=True):
        lines = [line for part in words for line in wrapped(part, room, SMALL_TEXT)]
        text = ax.annotate(
            "\n".join(lines), (1, 0), xycoords=("axes fraction", "data"),
            xytext=(_GAP * _POINTS_PER_MM, 0), textcoords="offset points", fontsize=SMALL_TEXT,
            color=colour, va="center", annotation_clip=False, gid="estimate",
        )  # fmt: skip
        written.append(text)
    return written


def _place_estimates(ax: Axes, written: Sequence[Annotation], values: Sequence[float]) -> None:
    """Move each estimate to its line, as near as the others allow."""
    _, height = size_mm(ax)
    low, high = ax.get_ylim()
    wanted = [(value - low) / (high - low) * height for value in values]
    sizes = [line_mm(SMALL_TEXT) * (t.get_text().count("\n") + 1) + _BETWEEN for t in written]
    placed = apart(wanted, sizes, within=(0.0, height))
    for text, value, before, after in zip(written, values, wanted, placed, strict=True):
        text.xy = (1, value)
        text.set_position((_GAP * _POINTS_PER_MM, (after - before) * _POINTS_PER_MM))


def _write_note(ax: Axes, note: str) -> None:
    """Write the note above the plot, as far as its place reaches to the right."""
    lines = wrapped(note, room_beside_mm(ax) - _GAP, SMALL_TEXT)
    written = ax.set_title("\n".join(lines), loc="left", fontsize=SMALL_TEXT, color=_GREY)
    written.set_gid("note")


def _label_axes(ax: Axes, agreement: Agreement) -> None:
    width, height = size_mm(ax)
    unit = f" ({agreement.unit})" if agreement.unit else ""
    across = f"Mean of {agreement.first} and {agreement.second}{unit}"
    upright = f"{agreement.second} \N{MINUS SIGN} {agreement.first}{unit}"
    ax.set_xlabel("\n".join(wrapped(across, width, TEXT)), fontsize=TEXT)
    ax.set_ylabel("\n".join(wrapped(upright, height, TEXT)), fontsize=TEXT)


def _sentence(agreement: Agreement, note: str) -> str:
    unit = f" in {agreement.unit}" if agreement.unit else ""
    estimates = "; ".join(" ".join(words) for words in _words(agreement))
    return (
        f"{agreement.second} minus {agreement.first}{unit} against the mean of both. "
        f"{estimates}. {note}"
    )
