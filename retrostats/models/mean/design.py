"""The design of the mean: columns, names and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.frame.types import ModelFrame
from retrostats.models.mean.coding import Column, coded_columns
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.factored import FactoredRows, find_cells
from retrostats.models.mean.formula import MeanModel, Term, expressions_of
from retrostats.models.mean.new_rows import expression_values
from retrostats.models.mean.transforms import Basis, Transforms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """How expressions become the columns of a design.

    Attributes
    ----------
    terms
        Terms of the formula.
    columns
        What each column multiplies.
    factors
        Levels of the categorical expressions.
    bases
        Columns of the numeric expressions.
    transforms
        Evaluates expressions on new data.
    """

    terms: tuple[Term, ...]
    columns: tuple[Column, ...]
    factors: Mapping[str, tuple[Any, ...]]
    bases: Mapping[str, Basis]
    transforms: Transforms

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, as formulaic gives them."""
        return tuple([column.name for column in self.columns])

    @property
    def term_of(self) -> NDArray[np.intp]:
        """Position in ``terms`` of each column, shape ``(p,)``."""
        return np.array([column.term for column in self.columns], dtype=np.intp)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression once."""
        return expressions_of(self.terms)

    def rows(
        self,
        numeric: Mapping[str, Floats],
        codes: Mapping[str, NDArray[np.intp]],
        *,
        size: int | None = None,
    ) -> Floats:
        """Return the design, shape ``(n, p)``.

        Parameters
        ----------
        numeric, codes
            By expression, as in `ModelFrame`, each of shape ``(n,)``.
        size
            Number of rows; needed only for a design without expressions.
        """
        return self._factored(numeric, codes, size).take(slice(None))

    def rows_for(self, values: Mapping[str, Any]) -> Floats:
        """Return the design of new rows, shape ``(n, p)``.

        Parameters
        ----------
        values
            By column of the data, labels or numbers of one length (a mapping or a data
            frame); a single value stands for all rows. Stateful expressions, such as
            ``center(x)``, use what they learnt from the data of the model.

        Raises
        ------
        DataError
            If a column is absent, a level is not known, or a value is missing or infinite.
        """
        numeric, codes, size = expression_values(
            values, self.expressions, self.factors, self.transforms
        )
        return self.rows(numeric, codes, size=size)

    def factored(self, frame: ModelFrame) -> FactoredRows:
        """Return the rows of a model frame in factored form."""
        return self._factored(frame.numeric, frame.codes, len(frame))

    def _factored(
        self,
        numeric: Mapping[str, Floats],
        codes: Mapping[str, NDArray[np.intp]],
        size: int | None,
    ) -> FactoredRows:
        used = dict.fromkeys(e for column in self.columns for e, _ in column.levels)
        if size is None:
            size = len(next(iter([*numeric.values(), *codes.values()])))
        found = find_cells(
            {e: codes[e] for e in used}, {e: len(self.factors[e]) for e in used}, size
        )
        full = np.ones((len(found.counts), len(self.columns)))
        for expression, own in found.levels.items():
            full *= self._indicators(expression)[own]
        multiples: dict[tuple[str, ...], list[int]] = {}
        for j, column in enumerate(self.columns):
            multiples.setdefault(column.numeric, []).append(j)
        parts = [
            (_product(numeric, names), self._table(full, js)) for names, js in multiples.items()
        ]
        return FactoredRows(
            cells=found.cells,
            parts=tuple(parts),
            cell_counts=found.counts,
            cell_levels=found.levels,
        )

    def _indicators(self, expression: str) -> Floats:
        """Return by level and column what the column takes, 1 where it does not depend on it."""
        asked = [dict(column.levels).get(expression, -1) for column in self.columns]
        levels = np.arange(len(self.factors[expression]))
        return np.where(np.array(asked) < 0, 1.0, levels[:, None] == np.array(asked))

    def _table(self, full: Floats, chosen: list[int]) -> Floats:
        """Return the table of the columns that share a multiplier."""
        mask = np.zeros(full.shape[1])
        mask[chosen] = 1.0
        if not any(self.columns[j].levels for j in chosen):
            return np.broadcast_to(mask, full.shape)  # one row for all cells: see take
        return full * mask


def _product(numeric: Mapping[str, Floats], names: tuple[str, ...]) -> Floats | None:
    if not names:
        return None
    product = numeric[names[0]]
    for name in names[1:]:
        product = product * numeric[name]
    return product


def design_for(model: MeanModel, frame: ModelFrame) -> Design:
    """Return the design of the mean.

    Parameters
    ----------
    model
        From `read_formula`.
    frame
        From `model_frame` with the same model.

    Raises
    ------
    DataError
        If two columns would have one name.
    """
    design = design_for_terms(model.terms, frame)
    twice = sorted(name for name, count in Counter(design.names).items() if count > 1)
    if twice:
        raise DataError(
            f"formula {model.text!r}: several columns of the design are called "
            f"{', '.join(map(repr, twice))}, as when a column of the data is called 'Intercept' or "
            "two levels read alike; rename the column or the levels"
        )
    return design


def design_for_terms(terms: tuple[Term, ...], frame: ModelFrame) -> Design:
    """Return the design of any terms whose columns the frame has.

    Parameters
    ----------
    terms
        From `read_terms`, e.g. the random effects given to `model_frame` as ``extra``.
    frame
        From `model_frame`.
    """
    texts = [expression.text for expression in expressions_of(terms)]
    factors = {text: frame.factors[text] for text in texts if text in frame.factors}
    bases = {text: frame.bases[text] for text in texts if text in frame.bases}
    return Design(
        terms=terms,
        columns=coded_columns(tuple([term.factors for term in terms]), factors, bases),
        factors=factors,
        bases=bases,
        transforms=frame.transforms,
    )
