"""Whether a model fits: its residuals against the fit, against the normal, between visits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from retrostats.description.types import ResidualDiagnostics
from retrostats.figures.arms import arm_style
from retrostats.figures.given_axes import given
from retrostats.figures.heat_map import correlation_words, draw_correlations
from retrostats.figures.inputs import require_kind
from retrostats.figures.room import room_mm
from retrostats.figures.style import (
    MM_PER_INCH,
    OKABE_ITO,
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    house_style,
    set_description,
)
from retrostats.figures.thinning import evenly, thinned_words
from retrostats.figures.words import width_mm, wrapped

_PANEL = 66.0
#: Narrower figures have their panels below one another.
_ROW = 120.0
#: Of more rows than these some are drawn, small and pale, as an image inside a vector file, which
#: would grow too large.
_MANY, _DRAWN = 4000, 1800
#: Normal quantiles that are drawn between the tails at most, and all of either tail.
_MIDDLE, _TAIL = 1200, 200
_GREY = "0.5"
#: What stands beside a panel, and what the mark of a visit takes beside its name, in mm.
_BESIDE, _HANDLE = 12.0, 6.0


def diagnostics_height(diagnostics: ResidualDiagnostics, *, width: float = 170.0) -> float:
    """Return the height in mm at which the panels are about square.

    Parameters
    ----------
    diagnostics
        As given to `plot_diagnostics`.
    width
        Of the figure, in mm.
    """
    return _PANEL if width >= _ROW else _PANEL * _panels(diagnostics)


def plot_diagnostics(
    diagnostics: ResidualDiagnostics,
    *,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw residuals against fitted values, their normal quantiles, and the covariance by visit.

    Of many rows some are drawn, and the figure says how many: of each visit residuals at even
    distances in their order, the smallest and the largest among them; of the quantiles all of the
    200 at either end.

    Parameters
    ----------
    diagnostics
        Standardised residuals of one model. With its covariance, the last panel has the standard
        deviations of the model on the diagonal, its correlations above and those of the residuals
        below: where the two sides differ, the model misses how the visits hang together. Without
        it, the correlations of the residuals alone; a single one stands as a number above the
        first panel. One visit has no such panel.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes whose place the panels share: side by side, or below one another where the figure is
        narrow. A new figure when omitted.

    Returns
    -------
    Axes
        Those of the first panel; ``ax.figure.axes`` has all, and each has its description.

    Raises
    ------
    ValueError
        If there is no residual, or `ax` has no place in a grid to share.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({
    ...     "id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    ...     "week": ["3", "6"] * 5,
    ...     "pain": [5.5, 5.0, 7.0, 6.0, 4.0, 3.5, 5.5, 4.0, 6.0, 3.0],
    ... })
    >>> fit = rs.fit_mmrm("pain ~ week", walks, subject="id", visit="week", unit="points")
    >>> ax = rs.plot_diagnostics(rs.diagnose(fit))
    >>> print(rs.describe(ax))
    Standardised residuals against fitted values, 10 rows at 2 visits; the largest is 1.48 in \
absolute size.
    """
    who = "plot_diagnostics"
    require_kind(who, diagnostics, ResidualDiagnostics)
    if not diagnostics.residuals:
        raise ValueError("plot_diagnostics: there is no residual to draw")
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, diagnostics_height(diagnostics, width=wide))
        panels = _split(ax, _panels(diagnostics))
        _draw_residuals(panels[0], diagnostics)
        _draw_quantiles(panels[1], diagnostics)
        if len(panels) > 2:
            draw_correlations(panels[2], diagnostics)
        for letter, panel in zip("ABC", panels, strict=False):
            panel.annotate(
                letter,
                (0, 1),
                xycoords="axes fraction",
                xytext=(-20, 5),
                textcoords="offset points",
                fontsize=TEXT,
                fontweight="bold",
                annotation_clip=False,
                gid="letter",
            )
    return ax


def _panels(diagnostics: ResidualDiagnostics) -> int:
    several = len(diagnostics.correlation)
    return 3 if several > 2 or (several == 2 and diagnostics.covariance) else 2


def _split(ax: Axes, panels: int) -> list[Axes]:
    """Divide the place of some Axes; the first panel are these Axes themselves."""
    whole, figure = ax.get_subplotspec(), ax.get_figure(root=True)
    if whole is None or figure is None:
        raise ValueError(
            "plot_diagnostics: these Axes have no place in a grid that panels could share; "
            "make them by figure.add_subplot()"
        )
    wide = room_mm(ax) >= _ROW
    shape = (1, panels) if wide else (panels, 1)
    parts = whole.subgridspec(*shape)
    places = [parts[0, place] if wide else parts[place, 0] for place in range(panels)]
    ax.set_subplotspec(places[0])
    return [ax, *(ax.figure.add_subplot(place) for place in places[1:])]


def _draw_residuals(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    fitted, residuals = np.array(diagnostics.fitted), np.array(diagnostics.residuals)
    visits = np.array(diagnostics.visits)
    labels = diagnostics.visit_labels or tuple(dict.fromkeys(diagnostics.visits))
    single = correlation_words(diagnostics.correlation[0][1]) if _is_one(diagnostics) else ""
    drawn, many = 0, len(residuals) > _MANY
    for place, label in enumerate(labels):
        own, style = _thinned(residuals, visits == label, len(labels)), arm_style(place)
        drawn += len(own)
        ax.plot(
            fitted[own], residuals[own], style.marker, color=style.colour,
            markersize=1.6 if many else 2.4, markerfacecolor="none", markeredgewidth=0.6,
            alpha=0.5 if many else 0.8, label=label, rasterized=many, gid="residuals",
        )  # fmt: skip
    ax.axhline(0, color=_GREY, linewidth=0.8, zorder=0, gid="zero")
    thinned = thinned_words(drawn, len(residuals), "rows")
    ax.set_xlabel(_noted("Fitted value", thinned), fontsize=TEXT)
    ax.set_ylabel("Standardised residual", fontsize=TEXT)
    if len(labels) > 1:
        _write_legend(ax, labels, f"Correlation of residuals: {single}" if single else None)
    related = f" Correlation of residuals between {' and '.join(labels)}: {single}."
    set_description(
        ax,
        f"Standardised residuals against fitted values, {len(residuals):,} rows"
        f"{f' at {len(labels)} visits' if len(labels) > 1 else ''}"
        f"{f', {thinned}' if thinned else ''}; "
        f"the largest is {diagnostics.largest:.2f} in absolute size."
        f"{related if single else ''}",
    )


def _write_legend(ax: Axes, labels: Sequence[str], title: str | None) -> None:
    """Name the visits above the panel, in as many columns as it has room for."""
    place = ax.get_subplotspec()
    figure = ax.get_figure(root=True)
    panels = place.get_gridspec().ncols if place else 1
    room = (figure.get_figwidth() * MM_PER_INCH if figure else _ROW) / panels - _BESIDE
    handles, _ = ax.get_legend_handles_labels()
    names = ["\n".join(wrapped(label, room - _HANDLE, SMALL_TEXT)) for label in labels]
    widest = max(width_mm(line, SMALL_TEXT) for name in names for line in name.split("\n"))
    ax.legend(
        handles, names, loc="lower left", bbox_to_anchor=(0.0, 1.0),
        ncols=max(1, min(len(labels), int(room // (widest + _HANDLE)))), frameon=False,
        fontsize=SMALL_TEXT, handletextpad=0.1, columnspacing=0.8, borderpad=0.2,
        title=title, title_fontsize=SMALL_TEXT, alignment="left",
    )  # fmt: skip


def _thinned(
    residuals: NDArray[np.float64], own: NDArray[np.bool_], visits: int
) -> NDArray[np.intp]:
    """Return rows of one visit, in their order: all, or evenly by the size of their residuals."""
    rows = np.flatnonzero(own)
    if len(residuals) <= _MANY:
        return rows
    ordered = rows[np.argsort(residuals[rows], kind="stable")]
    return np.sort(ordered[evenly(len(ordered), _DRAWN // visits)])


def _noted(label: str, note: str) -> str:
    return f"{label}\n({note})" if note else label


def _is_one(diagnostics: ResidualDiagnostics) -> bool:
    """Say whether there are two visits, whose one correlation needs no panel."""
    return len(diagnostics.correlation) == 2 and not diagnostics.covariance


def _draw_quantiles(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    ordered, normal = np.sort(diagnostics.residuals), np.array(diagnostics.quantiles)
    ends = [min(ordered[0], normal[0]), max(ordered[-1], normal[-1])]
    ax.plot(ends, ends, color=_GREY, linewidth=0.8, zorder=0, gid="normal")
    n = len(ordered)
    middle = _TAIL + evenly(max(0, n - 2 * _TAIL), _MIDDLE)
    tails = np.r_[: min(_TAIL, n), max(0, n - _TAIL) : n]
    shown = np.union1d(middle, tails)
    ax.plot(
        normal[shown], ordered[shown], "o", color=OKABE_ITO["blue"], markersize=2.4,
        markerfacecolor="none", markeredgewidth=0.6, rasterized=n > _MANY, gid="quantiles",
    )  # fmt: skip
    thinned = thinned_words(len(shown), n, "rows")
    ax.set_xlabel(_noted("Normal quantile", thinned), fontsize=TEXT)
    ax.set_ylabel("Standardised residual", fontsize=TEXT)
    set_description(
        ax,
        f"Sorted standardised residuals against normal quantiles: from {ordered[0]:.2f} at "
        f"{normal[0]:.2f} to {ordered[-1]:.2f} at {normal[-1]:.2f}"
        f"{f', {thinned} with all {_TAIL} at either end' if thinned else ''}; "
        "on the line they would be normal.",
    )
