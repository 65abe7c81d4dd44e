"""Marginal means over a reference grid, as rows of weights on coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.frame.coded import as_objects
from retrostats.models.frame.types import Variable
from retrostats.models.margins.grid import At, Grid, level_texts, read_grid
from retrostats.models.margins.labelled_rows import LabelledRows, families_of, labelled
from retrostats.models.margins.proportions import Proportions
from retrostats.models.mean.design import Design

#: Numbers of a design that are made at a time.
_AT_ONCE = 4_000_000


def marginal_rows(
    design: Design,
    variables: Mapping[str, Variable],
    factor: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    weights: Literal["equal", "proportional"] = "equal",
    at: At | None = None,
    proportions: Proportions | None = None,
) -> LabelledRows:
    """Return marginal means over a reference grid, as emmeans does.

    Parameters
    ----------
    design, variables
        Of the model; numbers stand at their mean over the rows used, and expressions such as
        ``I(age**2)`` are evaluated there (which is not the mean of the squares).
    factor
        The factor of the means, or several: one mean for each combination of levels.
    by
        Further variables to tell apart; comparisons stay within their combinations. A number,
        such as a week that is a covariate, needs its values in `at`.
    weights
        How levels of the other factors are averaged: ``"equal"``, or ``"proportional"`` to
        how often their combinations occur in the rows used, whatever the levels shown.
    at
        By variable, the value or values to use: ``{"age": 60, "visit": ["3", "6"]}``. Several
        values of a variable that is averaged over count as levels; numbers count equally.
    proportions
        Counts of the combinations; needed for ``"proportional"``.

    Returns
    -------
    LabelledRows
        The first factor varies fastest, `by` slowest.

    Raises
    ------
    DataError
        With all faults found: a name that is not in the model, a number without values, a
        level that does not exist, combinations without rows to average over in proportion.

    References
    ----------
    .. [1] Searle SR, Speed FM, Milliken GA (1980). Am Stat 34, 216-221.
       doi:10.1080/00031305.1980.10483031
    """
    grid = read_grid(variables, factor, by, at)
    share = _shares(grid, variables, weights, proportions)
    rows = _averaged(design, grid, variables, share)
    shown = grid.by + grid.factors[::-1]
    points = list(product(*(range(len(grid.values[name])) for name in shown)))
    texts = level_texts(grid)
    keys, halves, within = [], [], []
    for point in points:
        place = dict(zip(shown, point, strict=True))
        keys.append(tuple(grid.values[n][place[n]] for n in grid.factors + grid.by))
        first, second = (
            ", ".join(texts[n][place[n]] for n in names) for names in (grid.factors, grid.by)
        )
        halves.append((first, second))
        within.append(point[: len(grid.by)])
    return labelled(rows, keys, halves, families_of(within), (grid.factors, grid.by))


def _averaged(
    design: Design, grid: Grid, variables: Mapping[str, Variable], share: Floats
) -> Floats:
    """Return the design of the grid averaged over what is not shown, shape ``(r, p)``."""
    # In this order the combinations averaged over are consecutive rows.
    order = grid.by + grid.factors[::-1] + grid.averaged
    sizes = [len(grid.values[name]) for name in order]
    total = math.prod(sizes)
    means = max(1, _AT_ONCE // (len(share) * len(design.columns)))
    pieces = []
    for start in range(0, total, means * len(share)):
        points = np.arange(start, min(total, start + means * len(share)))
        codes = np.unravel_index(points, sizes) if sizes else ()
        values = {
            name: _column(variables[name], grid.values[name])[code]
            for name, code in zip(order, codes, strict=True)
        }
        dense = design.rows_for(values)
        pieces.append(np.tensordot(share, dense.reshape(-1, len(share), dense.shape[1]), (0, 1)))
    return np.concatenate(pieces)


def _column(variable: Variable, values: Sequence[Any]) -> NDArray[Any]:
    if variable.kind != "factor":
        return np.array(values, dtype=float)
    if all(isinstance(value, bool) for value in values):
        return np.array(values, dtype=bool)
    return as_objects(values)


def _shares(
    grid: Grid,
    variables: Mapping[str, Variable],
    weights: str,
    proportions: Proportions | None,
) -> Floats:
    """Return the weight of each combination averaged over, the last variable fastest."""
    if weights == "equal":
        size = math.prod(len(grid.values[name]) for name in grid.averaged)
        return np.full(size, 1 / size)
    if weights != "proportional":
        raise DataError(f"weights={weights!r} is not known; choose 'equal' or 'proportional'")
    if proportions is None:
        raise DataError("weights='proportional' needs the counts of the combinations of levels")
    averaged = {name: grid.values[name] for name in grid.averaged}
    counted = [name for name in averaged if variables[name].kind == "factor"]
    return proportions.shares(averaged, counted)
