"""Means of arms at visits as rows of weights on cells, with the words of marginal means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.frame.types import Variable
from retrostats.models.margins.comparisons import difference_rows
from retrostats.models.margins.grid import listed
from retrostats.models.margins.labelled_rows import LabelledRows, labelled
from retrostats.models.margins.means import marginal_rows
from retrostats.models.mean.coding import coded_columns
from retrostats.models.mean.design import Design
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.formula import Term
from retrostats.models.mean.transforms import Transforms
from retrostats.models.split_plot.strata import Cells


class CellGrid:
    """The cells of two crossed factors, and averages of them.

    Parameters
    ----------
    factors
        Levels by name: the factor between, then the one within. A row of weights has the arms
        of the first visit first.
    """

    def __init__(self, factors: Mapping[str, tuple[Any, ...]]) -> None:
        self.between, self.within = factors
        self.levels = dict(factors)
        self.variables = {
            name: Variable(name=name, kind="factor", levels=levels)
            for name, levels in factors.items()
        }
        terms = (Term(tuple(Expression(name, categorical=True, column=name) for name in factors)),)
        self.design = Design(
            terms=terms,
            columns=coded_columns(tuple(term.factors for term in terms), self.levels, {}),
            factors=self.levels,
            bases={},
            transforms=Transforms(),
        )

    def means(
        self, factor: str | Sequence[str], by: str | Sequence[str] | None = None
    ) -> LabelledRows:
        """Return means at the levels of factors; others are averaged equally.

        Raises
        ------
        DataError
            If a name is none of the two factors.
        """
        return marginal_rows(self.design, self.variables, factor, by=by)

    def changes(self, *, reference: Any = None, baseline: Any = None) -> LabelledRows:
        """Return differences between arms of the change since one visit.

        Parameters
        ----------
        reference
            The arm to subtract; None for all pairs.
        baseline
            The visit from which change is counted; None for the first.

        Raises
        ------
        DataError
            If a level is not known.
        """
        visits = self.levels[self.within]
        first = visits[0] if baseline is None else baseline
        if first not in visits:
            raise DataError(
                f"changes: the baseline {first!r} is no level of {self.within}; there are "
                f"{listed(visits)}"
            )
        rows = difference_rows(self.means(self.between, self.within), reference=reference)
        start = visits.index(first)
        before = rows.rows[rows.families[start]]
        name = rows.texts[rows.families[start][0]][1]
        kept = [family for k, family in enumerate(rows.families) if k != start]
        places = np.concatenate(kept)
        edges = np.cumsum([0, *(len(family) for family in kept)])
        return labelled(
            np.concatenate([rows.rows[family] - before for family in kept]),
            [rows.keys[k] for k in places],
            [(rows.texts[k][0], f"{rows.texts[k][1]} - {name}") for k in places],
            tuple(np.arange(a, b) for a, b in pairwise(edges)),
            (rows.factors, rows.by),
        )


def cell_values(rows: Floats, cells: Cells) -> Floats:
    """Return averages of cell means, shape ``(r,)``, for rows of shape ``(r, k * g)``."""
    return np.asarray(rows @ cells.means.T.reshape(-1))


def cell_covariance(rows: Floats, cells: Cells) -> Floats:
    """Return their covariance, shape ``(r, r)``.

    The visits of a subject have the covariance pooled within arms, whatever it is: neither
    sphericity nor equal variances of visits are assumed.
    """
    arms, visits = cells.means.shape
    weights = rows.reshape(len(rows), visits, arms)
    return np.asarray(
        np.einsum("rvj,vw,swj,j->rs", weights, cells.sigma, weights, 1 / cells.counts)
    )
