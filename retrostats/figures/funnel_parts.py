"""What a funnel plot is made of, checked once, and the geometry of its lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest_parts import Scale, require_one_scale

Floats = NDArray[np.float64]

#: Sterne and others (2011) ask for at least so many studies before asymmetry is judged.
FEW = 10
#: Beyond the outermost estimates, as a share of the axis: a point must not lie on its edge.
_BEYOND = 0.12
#: Of the estimates that an error names, at most so many.
_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Estimates with their standard errors, and the lines around them.

    Attributes
    ----------
    values, errors
        Shape ``(k,)``, in the unit of the table.
    centre
        Where the funnel has its tip; ``nan`` where there is none.
    contours
        Two-sided p values, the largest first.
    """

    table: EstimateTable
    values: Floats
    errors: Floats
    centre: float
    contours: tuple[float, ...]
    scale: Scale
    favours: tuple[str, str] | None

    @property
    def level(self) -> float:
        """Nominal coverage of the intervals of the table."""
        return self.table[0].ci.level

    @property
    def slope(self) -> float:
        """Half of the width of the funnel at a standard error of 1."""
        return normal_quantile(1 - self.level)

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which estimates lie outside the funnel; none where there is no funnel."""
        if math.isnan(self.centre):
            return np.zeros(len(self.values), dtype=bool)
        return np.abs(self.values - self.centre) > self.slope * self.errors


def normal_quantile(p: float) -> float:
    """Return how many standard errors from zero a two-sided p value is, by the normal."""
    return float(-ndtri(p / 2))


def gather_funnel(
    table: EstimateTable,
    centre: Estimate | float | None,
    contours: Sequence[float],
    scale: Scale,
    favours: tuple[str, str] | None,
) -> Funnel:
    """Return the parts of a funnel plot, or say what is wrong with them.

    Parameters
    ----------
    table, centre, contours, scale, favours
        As given to `retrostats.figures.funnel.plot_funnel`.

    Raises
    ------
    ValueError
        As `plot_funnel` does.
    """
    if not len(table):
        raise ValueError("plot_funnel: the table has no estimate; give at least one")
    require_one_scale("plot_funnel", table.estimates, scale)
    lacking = [estimate.label for estimate in table if not math.isfinite(estimate.se)]
    if lacking:
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        raise ValueError(
            f"plot_funnel: no standard error for {'; '.join(lacking[:_NAMED])}{more}; give "
            "estimates that have one, or draw them by plot_forest"
        )
    if isinstance(centre, Estimate) and centre.unit != table[0].unit:
        raise ValueError(
            f"plot_funnel: the centre {centre.label!r} is in {centre.unit!r} and the estimates in "
            f"{table[0].unit!r}; give both in one unit"
        )
    tip = centre.value if isinstance(centre, Estimate) else centre
    if tip is not None and not math.isfinite(tip):
        raise ValueError(f"plot_funnel: the centre must be finite, got {tip}")
    strange = [p for p in contours if not 0 < p < 1]
    if strange or len(set(contours)) < len(contours):
        raise ValueError(
            f"plot_funnel: contours {', '.join(f'{p:g}' for p in contours)}; expected distinct "
            "p values between 0 and 1, such as (0.1, 0.05, 0.01)"
        )
    return Funnel(
        table=table,
        values=np.array([estimate.value for estimate in table]),
        errors=np.array([estimate.se for estimate in table]),
        centre=math.nan if tip is None else float(tip),
        contours=tuple(sorted(contours, reverse=True)),
        scale=scale,
        favours=favours,
    )


def frame(funnel: Funnel) -> tuple[tuple[float, float], float]:
    """Return the ends of the axis of values, and the largest standard error drawn.

    Every estimate is within, and the funnel wherever there is one; zero where contours or words
    of whom a side favours stand around it.
    """
    deepest = (1 + _BEYOND) * float(funnel.errors.max())
    places = [float(funnel.values.min()), float(funnel.values.max())]
    if not math.isnan(funnel.centre):
        reach = funnel.slope * deepest
        places += [funnel.centre - reach, funnel.centre + reach]
    if funnel.contours or funnel.favours or math.isnan(funnel.centre):
        places.append(0.0)
    room = _BEYOND * (max(places) - min(places)) or 1.0
    return (min(places) - room, max(places) + room), deepest
