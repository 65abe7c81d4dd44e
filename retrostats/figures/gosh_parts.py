"""What a plot of the subsets of trials is made of, checked once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.estimate import Estimate
from retrostats.figures.forest_parts import Scale
from retrostats.figures.inputs import kind_words
from retrostats.meta.diagnostics.gosh import Gosh

#: What units of logarithms begin with.
_LOG = "log "
#: Beyond the outermost effects, as a share of the axis.
_BEYOND = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsets:
    """Effects and heterogeneity of subsets, and what stands out among them.

    Attributes
    ----------
    effects
        Shape ``(n,)``, in the unit.
    i2
        In percent, shape ``(n,)``.
    holds
        Which subsets hold the trial `highlight`, shape ``(n,)``; None without one.
    centre
        Where the upright line stands; ``nan`` where there is none.
    line
        What the line shows.
    """

    gosh: Gosh
    effects: Floats
    i2: Floats
    highlight: str | None
    holds: NDArray[np.bool_] | None
    centre: float
    line: str
    scale: Scale

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the axis of effects: every subset and the centre are within."""
        places = [float(self.effects.min()), float(self.effects.max())]
        if not math.isnan(self.centre):
            places.append(self.centre)
        low, high = min(places), max(places)
        # All in one place: an axis as wide as the effect is large, or 1 around zero.
        room = _BEYOND * (high - low) or abs(low) or 1.0
        return low - room, high + room


def gather_subsets(
    gosh: object, highlight: str | None, centre: Estimate | float | None, scale: Scale
) -> Subsets:
    """Return the parts of the figure, or say what is wrong with them.

    Parameters
    ----------
    gosh, highlight, centre, scale
        As given to `retrostats.figures.gosh.plot_gosh`.

    Raises
    ------
    ValueError
        As `plot_gosh` does.
    """
    who = "plot_gosh"
    if not isinstance(gosh, Gosh):
        raise ValueError(
            f"{who}: expected Gosh, as made by rs.gosh(pooled); got {kind_words(gosh)}"
        )
    _require_scale(who, gosh.unit, scale)
    if highlight is not None and highlight not in gosh.studies:
        raise ValueError(
            f"{who}: no trial {highlight!r}; expected one of {'; '.join(gosh.studies)}"
        )
    lost = int(np.sum(~np.isfinite(gosh.estimate) | ~np.isfinite(gosh.i2)))
    if lost:
        raise ValueError(
            f"{who}: effect or I² of {lost:,} subsets is not finite; such subsets have no place in "
            "the figure"
        )
    return Subsets(
        gosh=gosh,
        effects=gosh.estimate,
        i2=100 * gosh.i2,
        highlight=highlight,
        holds=None if highlight is None else gosh.included[:, gosh.studies.index(highlight)],
        centre=_centre(who, gosh, centre),
        line="all trials" if centre is None else "centre",
        scale=scale,
    )


def _require_scale(who: str, unit: str, scale: Scale) -> None:
    if scale not in ("linear", "log"):
        raise ValueError(f"{who}: unknown scale {scale!r}; expected linear or log")
    if scale == "log" and not unit.startswith(_LOG):
        raise ValueError(
            f"{who}: scale='log' draws logarithms, whose unit begins with {_LOG!r}; got {unit!r}. "
            "Pool logarithms, or give scale='linear'"
        )


def _centre(who: str, gosh: Gosh, centre: Estimate | float | None) -> float:
    """Return the given centre, else the effect of the subset of all trials, else ``nan``."""
    if centre is None:
        (whole,) = np.nonzero(gosh.size == len(gosh.studies))
        return float(gosh.estimate[whole[0]]) if whole.size else math.nan
    if isinstance(centre, Estimate):
        if centre.unit != gosh.unit:
            raise ValueError(
                f"{who}: the centre {centre.label!r} is in {centre.unit!r} and the subsets in "
                f"{gosh.unit!r}; give both in one unit"
            )
        centre = centre.value
    if not math.isfinite(centre):
        raise ValueError(f"{who}: the centre must be finite, got {centre}")
    return float(centre)
