"""Mean effects that a meta-regression expects, and where a further trial may lie."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout import Layout, ShownAsTable, Written, decimals, limits, percent
from retrostats.meta.inference import Coefficients


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PredictedEffects(ShownAsTable):
    """Mean effects of trials with given moderators.

    Attributes
    ----------
    means
        Mean effect of such trials, with its confidence interval.
    intervals
        Prediction interval of the effect of one such trial; ``None`` in the common-effect model,
        where trials do not differ but for their moderators.
    """

    means: EstimateTable
    intervals: tuple[Interval | None, ...]

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        table = self.means.layout()
        if None in self.intervals:
            return table
        cells = tuple(
            limits(each.low, each.high, decimals(mean.se))
            for each, mean in zip(self.intervals, self.means, strict=True)
            if each is not None
        )
        rows = tuple((*row, cell) for row, cell in zip(table.rows, cells, strict=True))
        head = Written(percent(self.means[0].ci.level), " PI")
        return replace(table, header=(*table.header, head), rows=rows)

    def __repr__(self) -> str:
        return self.layout().text()


def predicted(
    rows: Floats,
    fit: Coefficients,
    *,
    labels: Sequence[str],
    unit: str,
    level: float,
    spread: float | None,
) -> PredictedEffects:
    """Return the mean of each row of a design, shape ``(n, p)``, on the scale of the fit.

    Parameters
    ----------
    rows, fit
        Design of the new trials, and the coefficients.
    labels, unit, level
        Of the estimates.
    spread
        Variance between trials; ``None`` where the model has none.
    """
    require_level(level)
    values = rows @ fit.beta
    errors = np.sqrt(np.einsum("ni,ij,nj->n", rows, fit.cov, rows))
    reach = float(stdtrit(fit.df, 0.5 + level / 2))
    means: list[Estimate] = []
    intervals: list[Interval | None] = []
    for label, value, se in zip(labels, values.tolist(), errors.tolist(), strict=True):
        means.append(Estimate.from_se(label, value, se, unit=unit, df=fit.df, level=level))
        if spread is None:
            intervals.append(None)
            continue
        margin = reach * math.hypot(se, math.sqrt(spread))
        intervals.append(Interval(value - margin, value + margin, level))
    return PredictedEffects(
        means=EstimateTable("Mean effect by moderators", tuple(means)), intervals=tuple(intervals)
    )


def by_column(new: Any) -> dict[str, Any]:
    """Return a mapping or a data frame as columns by their names.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if not hasattr(new, "keys"):
        raise TypeError(
            "predict: a mapping or a data frame of moderators is needed, such as {'weeks': [3, 6]};"
            f" got {type(new).__name__}"
        )
    return {str(name): new[name] for name in new}


def labels_of(new: Mapping[str, Any], size: int) -> list[str]:
    """Return a label for each new row, such as ``"weeks 6, arm retro"``.

    Examples
    --------
    >>> labels_of({"weeks": [3.0, 6.5], "arm": "retro"}, 2)
    ['weeks 3, arm retro', 'weeks 6.5, arm retro']
    """
    columns = {name: _listed(values, size) for name, values in new.items()}
    return [
        ", ".join(f"{name} {values[row]}" for name, values in columns.items())
        for row in range(size)
    ]


def _listed(values: Any, size: int) -> list[str]:
    array = np.asarray(values, dtype=object)
    each = array.tolist() if array.ndim else [values] * size
    return [f"{value:g}" if isinstance(value, int | float) else str(value) for value in each]
