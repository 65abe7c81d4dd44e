"""How often combinations of factor levels occur among the rows used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.mean.design import Design


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proportions:
    """Counts of combinations of levels.

    Attributes
    ----------
    factors
        Columns of the data.
    counts
        By their levels, in the order of `factors`: rows, or sums of weights.
    """

    factors: tuple[str, ...]
    counts: Mapping[tuple[Any, ...], float]

    def shares(self, averaged: Mapping[str, Sequence[Any]], counted: Sequence[str]) -> Floats:
        """Return weights, which sum to 1, of the combinations that are averaged over.

        Parameters
        ----------
        averaged
            By variable, the values averaged over; the last varies fastest.
        counted
            Those of them that are factors. The values of the others count equally.

        Raises
        ------
        DataError
            If the counts of a factor are not known, or no row has any of the combinations.
        """
        absent = [name for name in counted if name not in self.factors]
        if absent:
            raise DataError(
                f"weights='proportional': no counts are known for {', '.join(absent)}, which is "
                "no factor of the formula by itself; use weights='equal', or hold it by at="
            )
        where = [self.factors.index(name) for name in counted]
        totals: dict[tuple[Any, ...], float] = {}
        for levels, count in self.counts.items():
            key = tuple(levels[i] for i in where)
            totals[key] = totals.get(key, 0.0) + float(count)
        chosen = [i for i, name in enumerate(averaged) if name in counted]
        weights = np.array(
            [
                totals.get(tuple(point[i] for i in chosen), 0.0)
                for point in product(*averaged.values())
            ]
        )
        if not weights.sum() > 0:
            raise DataError(
                "weights='proportional': no row has any of the combinations to average over, of "
                f"{', '.join(counted)}; change at=, or use weights='equal'"
            )
        return np.asarray(weights / weights.sum())


def counted_levels(
    design: Design, expressions: Sequence[str], cells: Mapping[tuple[int, ...], float]
) -> Proportions:
    """Return counts by levels from counts by codes.

    Parameters
    ----------
    design
        Of the model; tells which column and which levels a code belongs to.
    expressions
        The categorical expressions that are coded. Those that are no column of the data, nor
        a column as a category, are summed over.
    cells
        Counts by the codes of the expressions, in their order.
    """
    column_of = {e.text: e.column for e in design.expressions if e.column}
    where = {column_of[text]: i for i, text in enumerate(expressions) if text in column_of}
    counts: dict[tuple[Any, ...], float] = {}
    for codes, count in cells.items():
        levels = tuple(design.factors[expressions[i]][codes[i]] for i in where.values())
        counts[levels] = counts.get(levels, 0.0) + float(count)
    return Proportions(factors=tuple(where), counts=counts)
