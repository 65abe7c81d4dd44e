"""Correlations between visits, of residuals and of their model, with its standard deviations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from retrostats.description.types import ResidualDiagnostics
from retrostats.figures.style import OKABE_ITO, SMALL_TEXT, SMALLEST_TEXT, TEXT, set_description
from retrostats.figures.words import size_mm, width_mm, wrapped
from retrostats.layout import decimals, number

#: From strongly negative over none to strongly positive.
_COLOURS = LinearSegmentedColormap.from_list(
    "correlations", [OKABE_ITO["vermillion"], "#FFFFFF", OKABE_ITO["blue"]]
)
#: On cells with a stronger correlation words are white.
_DARK = 0.85
#: Behind standard deviations, which are no correlations.
_PLAIN = "0.93"
#: What a cell leaves free beside its number, in mm.
_FREE = 0.8
#: Widest label of a visit in mm before it is wrapped, and all of them side by side before they are
#: turned; those that are longer than so much are then left out where the rows have them too.
_LABEL, _LABELS, _TURNED = 17.0, 38.0, 12.0

Floats = NDArray[np.float64]


def correlation_words(value: float) -> str:
    """Write a correlation with a typographic minus sign.

    Examples
    --------
    >>> correlation_words(-0.5), correlation_words(float("nan"))
    ('−0.50', 'unknown')
    """
    return "unknown" if math.isnan(value) else number(value, 2).replace("-", "\N{MINUS SIGN}")


def draw_correlations(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    """Draw the correlations of residuals; with the covariance of the model that beside them.

    Parameters
    ----------
    ax
        Panel to draw on.
    diagnostics
        Of at least two visits.
    """
    if diagnostics.covariance:
        _draw_both(ax, diagnostics)
    else:
        _draw_triangle(ax, diagnostics)


def _draw_triangle(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    """Draw the triangle below the diagonal; the rest would say nothing new."""
    values = np.array(diagnostics.correlation, dtype=float)
    labels = diagnostics.visit_labels
    below = np.where(np.tri(len(values), k=-1, dtype=bool), values, np.nan)
    _draw_cells(ax, below[1:, :-1], labels[1:], labels[:-1])
    ax.set_xlabel("Correlation of residuals", fontsize=TEXT)
    told = _pairs_words(values, labels)
    set_description(ax, f"Correlations of residuals between visits: {told}.")


def _draw_both(ax: Axes, diagnostics: ResidualDiagnostics) -> None:
    """Draw residuals below the diagonal, the model above it, and its SDs on it."""
    residuals = np.array(diagnostics.correlation, dtype=float)
    sds, model = _model(diagnostics)
    labels, unit = diagnostics.visit_labels, diagnostics.unit
    shown = np.where(np.tri(len(labels), k=-1, dtype=bool), residuals, model)
    np.fill_diagonal(shown, np.nan)
    ax.set_facecolor(_PLAIN)
    _draw_cells(ax, shown, labels, labels, diagonal=_sd_words(sds))
    of = f" ({unit})" if unit else ""
    legend = [] if _names_columns(labels) else ["columns in the order of the rows"]
    legend += ["below: correlation of residuals", "above: correlation of the model"]
    legend += wrapped(f"diagonal: SD of the model{of}", _LABELS + _LABEL, SMALL_TEXT)
    ax.set_xlabel("\n".join(legend), fontsize=SMALL_TEXT)
    told = ", ".join(f"{name} {sd}" for name, sd in zip(labels, _sd_words(sds), strict=True))
    set_description(
        ax,
        f"Correlations of residuals between visits: {_pairs_words(residuals, labels)}. "
        f"Of the model: {_pairs_words(model, labels)}. "
        f"Standard deviations of the model{of}: {told}.",
    )


def _model(diagnostics: ResidualDiagnostics) -> tuple[Floats, Floats]:
    """Return the SDs of a covariance and its correlations, ``nan`` where an SD is 0."""
    covariance = np.array(diagnostics.covariance, dtype=float)
    sds = np.sqrt(np.diagonal(covariance))
    known = np.where(sds > 0, sds, np.nan)
    return sds, covariance / np.outer(known, known)


def _draw_cells(
    ax: Axes,
    shown: Floats,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    diagonal: Sequence[str] = (),
) -> None:
    """Draw a table of colours with its numbers, as far as they have room."""
    ax.imshow(shown, cmap=_COLOURS, vmin=-1, vmax=1, aspect="equal", gid="correlation")
    turned = 90 if (_widest(columns) + 2 * _FREE) * len(columns) > _LABELS else 0
    named = columns if _names_columns(columns) or not diagonal else [""] * len(columns)
    ax.set_xticks(range(len(columns)), map(_broken, named), rotation=turned)
    ax.set_yticks(range(len(rows)), map(_broken, rows))
    ax.tick_params(labelsize=SMALL_TEXT)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    size = SMALL_TEXT if len(rows) < 5 else SMALLEST_TEXT
    cells = list(_cells(shown, diagonal))
    cell = size_mm(ax)[0] / len(columns)
    if max(width_mm(words, size) for _, _, words, _ in cells) + _FREE > cell:
        return  # the description has every number
    for row, column, words, value in cells:
        ax.text(
            column, row, words, ha="center", va="center", fontsize=size,
            color="white" if abs(value) > _DARK else "black",
            gid="sd" if diagonal and row == column else "correlation",
        )  # fmt: skip


def _broken(label: str) -> str:
    return "\n".join(wrapped(label, _LABEL, SMALL_TEXT))


def _widest(labels: Sequence[str]) -> float:
    lines = (line for label in labels for line in _broken(label).split("\n"))
    return max(width_mm(line, SMALL_TEXT) for line in lines)


def _names_columns(labels: Sequence[str]) -> bool:
    """Say whether the columns have room for these labels, side by side or turned."""
    widest = _widest(labels)
    return widest <= _TURNED or (widest + 2 * _FREE) * len(labels) <= _LABELS


def _cells(shown: Floats, diagonal: Sequence[str]) -> Iterator[tuple[int, int, str, float]]:
    """Yield row, column, words and correlation of each cell that has words."""
    for row in range(len(shown)):
        for column in range(shown.shape[1] if diagonal else row + 1):
            value = float(shown[row, column])
            words = "–" if math.isnan(value) else correlation_words(value)
            own = diagonal and row == column
            yield row, column, diagonal[row] if own else words, value


def _sd_words(sds: Floats) -> list[str]:
    places = decimals(float(sds.max()))
    return [number(float(sd), places) for sd in sds]


def _pairs_words(values: Floats, labels: Sequence[str]) -> str:
    return ", ".join(
        f"{labels[column]} with {labels[row]} {correlation_words(float(values[row, column]))}"
        for row in range(1, len(labels))
        for column in range(row)
    )
