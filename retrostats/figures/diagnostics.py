"""Whether a model fits: its residuals against the fit, against the normal, between visits."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from retrostats.description.types import ResidualDiagnostics
from retrostats.figures.arms import arm_style
from retrostats.figures.style import (
    MM_PER_INCH,
    OKABE_ITO,
    SMALL_TEXT,
    SMALLEST_TEXT,
    TEXT,
    blank_axes,
    house_style,
    set_description,
)
from retrostats.layout import number

_PANEL = 66.0
#: Narrower figures have their panels below one another.
_ROW = 120.0
#: More points than these are drawn as an image inside a vector file, which would grow too large.
_MANY = 4000
_GREY = "0.5"
#: From strongly negative over none to strongly positive.
_CORRELATIONS = LinearSegmentedColormap.from_list(
    "correlations", [OKABE_ITO["vermillion"], "#FFFFFF", OKABE_ITO["blue"]]
)
#: On cells with a stronger correlation words are white.
_DARK = 0.85


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


def plot_diagnostics(diagnostics: ResidualDiagnostics, *, ax: Axes | None = None) -> Axes:
    """Draw residuals against fitted values, their normal quantiles, and their correlations.

    Parameters
    ----------
    diagnostics
        Standardised residuals of one model. With one visit there are no correlations to draw;
        with two there is one, which stands as a number above the first panel.
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
    """
    if not diagnostics.residuals:
        raise ValueError("plot_diagnostics: there is no residual to draw")
    with house_style():
        ax = ax or blank_axes(170.0, diagnostics_height(diagnostics))
        panels = _split(ax, _panels(diagnostics))
        _draw_residuals(panels[0], diagnostics)
        _draw_quantiles(panels[1], diagnostics)
        if len(panels) > 2:
            _draw_correlation(panels[2], diagnostics)
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
    return 3 if len(diagnostics.correlation) > 2 else 2


def _split(ax: Axes, panels: int) -> list[Axes]:
    """Divide the place of some Axes; the first panel are these Axes themselves."""
    whole, figure = ax.get_subplotspec(), ax.get_figure(root=True)
    if whole is None or figure is None:
        raise ValueError(
            "plot_diagnostics: these Axes have no place in a grid that panels could share; "
            "make them by figure.add_subplot()"
        )
    wide = figure.get_figwidth() * MM_PER_INCH >= _ROW
    shape = (1, panels) if wide else (panels, 1)
    parts = whole.subgridspec(*shape)
    places = [parts[0, place] if wide else parts[place, 0] for place in range(panels)]
    ax.set_subplotspec(places[0])
    return [ax, *(ax.figure.add_subplot(place) for place in places[1:])]


def _draw_residuals(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    fitted, residuals = np.array(diagnostics.fitted), np.array(diagnostics.residuals)
    visits = np.array(diagnostics.visits)
    labels = diagnostics.visit_labels or tuple(dict.fromkeys(diagnostics.visits))
    single = _correlation_words(diagnostics.correlation[0][1]) if _is_one(diagnostics) else ""
    for place, label in enumerate(labels):
        own, style = visits == label, arm_style(place)
        ax.plot(
            fitted[own], residuals[own], style.marker, color=style.colour, markersize=2.4,
            markerfacecolor="none", markeredgewidth=0.6, alpha=0.8, label=label,
            rasterized=len(residuals) > _MANY, gid="residuals",
        )  # fmt: skip
    ax.axhline(0, color=_GREY, linewidth=0.8, zorder=0, gid="zero")
    ax.set_xlabel("Fitted value", fontsize=TEXT)
    ax.set_ylabel("Standardised residual", fontsize=TEXT)
    if len(labels) > 1:
        ax.legend(
            loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=min(3, len(labels)), frameon=False,
            fontsize=SMALL_TEXT, handletextpad=0.1, columnspacing=0.8, borderpad=0.2,
            title=f"Correlation of residuals: {single}" if single else None,
            title_fontsize=SMALL_TEXT, alignment="left",
        )  # fmt: skip
    related = f" Correlation of residuals between {' and '.join(labels)}: {single}."
    set_description(
        ax,
        f"Standardised residuals against fitted values, {len(residuals)} rows"
        f"{f' at {len(labels)} visits' if len(labels) > 1 else ''}; "
        f"the largest is {diagnostics.largest:.2f} in absolute size."
        f"{related if single else ''}",
    )


def _is_one(diagnostics: ResidualDiagnostics) -> bool:
    """Say whether there are two visits, whose one correlation needs no panel."""
    return len(diagnostics.correlation) == 2


def _correlation_words(value: float) -> str:
    return "unknown" if math.isnan(value) else number(value, 2).replace("-", "\N{MINUS SIGN}")


def _draw_quantiles(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    ordered = sorted(diagnostics.residuals)
    ends = [min(ordered[0], diagnostics.quantiles[0]), max(ordered[-1], diagnostics.quantiles[-1])]
    ax.plot(ends, ends, color=_GREY, linewidth=0.8, zorder=0, gid="normal")
    ax.plot(
        diagnostics.quantiles, ordered, "o", color=OKABE_ITO["blue"], markersize=2.4,
        markerfacecolor="none", markeredgewidth=0.6, rasterized=len(ordered) > _MANY,
        gid="quantiles",
    )  # fmt: skip
    ax.set_xlabel("Normal quantile", fontsize=TEXT)
    ax.set_ylabel("Standardised residual", fontsize=TEXT)
    set_description(
        ax,
        f"Sorted standardised residuals against normal quantiles: from {ordered[0]:.2f} at "
        f"{diagnostics.quantiles[0]:.2f} to {ordered[-1]:.2f} at {diagnostics.quantiles[-1]:.2f}; "
        "on the line they would be normal.",
    )


def _draw_correlation(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    """Draw the triangle below the diagonal; the rest would say nothing new."""
    values = np.array(diagnostics.correlation, dtype=float)
    labels, visits = diagnostics.visit_labels, len(values)
    shown = np.where(np.tri(visits, k=-1, dtype=bool), values, np.nan)[1:, :-1]
    ax.imshow(shown, cmap=_CORRELATIONS, vmin=-1, vmax=1, aspect="equal", gid="correlation")
    pairs = [(row, column) for row in range(visits - 1) for column in range(row + 1)]
    for row, column in pairs:
        value = float(shown[row, column])
        ax.text(
            column, row, "–" if math.isnan(value) else _correlation_words(value),
            ha="center", va="center", fontsize=SMALL_TEXT if visits < 6 else SMALLEST_TEXT,
            color="white" if abs(value) > _DARK else "black", gid="correlation",
        )  # fmt: skip
    turned = 90 if max(map(len, labels)) * visits > 30 else 0
    ax.set_xticks(range(visits - 1), labels[:-1], fontsize=SMALL_TEXT, rotation=turned)
    ax.set_yticks(range(visits - 1), labels[1:], fontsize=SMALL_TEXT)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("Correlation of residuals", fontsize=TEXT)
    told = ", ".join(
        f"{labels[c]} with {labels[r + 1]} {_correlation_words(float(shown[r, c]))}"
        for r, c in pairs
    )
    set_description(ax, f"Correlations of residuals between visits: {told}.")
