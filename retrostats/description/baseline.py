"""Table 1: who was randomised, arm by arm, with standardised differences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.codebook.types import Covariate, Outcome
from retrostats.data.cohort.types import Cohort
from retrostats.description.differences import (
    category_distance,
    mean_difference_sd,
    share_difference_sd,
)
from retrostats.description.groups import Groups, group_subjects
from retrostats.description.numbers import number_cell
from retrostats.description.types import BaselineRow, BaselineTable, CountCell
from retrostats.plan.types import Comparison

#: Places of treatment and comparator among the arms.
Pairs = Sequence[tuple[int, int]]


def baseline_table(
    cohort: Cohort,
    comparisons: Sequence[Comparison],
    *,
    members: NDArray[np.bool_] | None = None,
) -> BaselineTable:
    """Describe the subjects before treatment.

    Parameters
    ----------
    cohort
        The trial.
    comparisons
        Of the standardised differences, treatment minus comparator. They do not depend on the
        number of subjects. There are no tests: after randomisation every difference at
        baseline is due to chance, and a p value would say so of a large one too.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    BaselineTable
        Covariates in the order of the codebook, then every outcome at baseline. A category has
        a row per level, with the signed difference of the share that has it, and on its first
        row the distance of all levels together. Shares are of those whose level is known.

    Raises
    ------
    KeyError
        If a comparison names an arm that the codebook does not have.

    References
    ----------
    .. [1] Austin PC (2009). Stat Med 28, 3083-3107. doi:10.1002/sim.3697
    .. [2] Yang D, Dalton JE (2012). A unified approach to measuring the effect size between two
       groups using SAS. SAS Global Forum 2012, paper 335.
    """
    groups = group_subjects(cohort, members)
    place = {arm.label: at for at, arm in enumerate(cohort.codebook.arms)}
    pairs = [(place[c.treatment], place[c.comparator]) for c in comparisons]
    return BaselineTable(
        arms=tuple(groups.arms),
        sizes=groups.sizes(),
        comparisons=tuple(comparison.label for comparison in comparisons),
        rows=tuple(_rows(groups, pairs)),
    )


def _rows(groups: Groups, pairs: Pairs) -> Iterator[BaselineRow]:
    codebook = groups.cohort.codebook
    for covariate in codebook.covariates:
        if covariate.kind == "category":
            yield from _category_rows(groups, covariate, pairs)
        else:
            column = groups.subjects[covariate.name].to_numpy(dtype=np.float64, na_value=np.nan)
            yield _number_row(groups, covariate, column, pairs)
    for outcome in codebook.outcomes:
        yield _number_row(groups, outcome, groups.at(outcome.name, codebook.baseline), pairs)


def _number_row(
    groups: Groups, what: Covariate | Outcome, values: Floats, pairs: Pairs
) -> BaselineRow:
    cells = tuple(number_cell(values[inside]) for inside in _columns(groups))
    return BaselineRow(
        name=what.name,
        label=what.label,
        unit=what.unit,
        level="",
        cells=cells,
        differences=tuple(mean_difference_sd(cells[a], cells[b]) for a, b in pairs),
    )


def _category_rows(groups: Groups, covariate: Covariate, pairs: Pairs) -> Iterator[BaselineRow]:
    column = groups.subjects[covariate.name]
    has = np.array([(column == level.label).to_numpy() for level in covariate.levels], dtype=bool)
    missing = column.isna().to_numpy()
    inside = _columns(groups)
    counts = [[int((with_level & group).sum()) for group in inside] for with_level in has]
    known = [int((~missing & group).sum()) for group in inside]
    unknown = [int((missing & group).sum()) for group in inside]
    shares = np.array(
        [
            [count / n if n else math.nan for count, n in zip(row, known, strict=True)]
            for row in counts
        ]
    )
    distances = tuple(category_distance(shares[:, a], shares[:, b]) for a, b in pairs)
    for at, level in enumerate(covariate.levels):
        cells = zip(counts[at], known, unknown, strict=True)
        yield BaselineRow(
            name=covariate.name,
            label=covariate.label,
            unit="",
            level=level.label,
            cells=tuple(CountCell(count=count, n=n, missing=gone) for count, n, gone in cells),
            differences=tuple(
                share_difference_sd(float(shares[at, a]), float(shares[at, b])) for a, b in pairs
            ),
            overall=distances if at == 0 else (),
        )


def _columns(groups: Groups) -> list[NDArray[np.bool_]]:
    """Return who stands in each column of the table: every arm, then all members."""
    return [*groups.arms.values(), groups.members]
