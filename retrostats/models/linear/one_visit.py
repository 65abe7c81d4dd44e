"""A linear model as the repeated-measures model of a single visit, whose optimum is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from retrostats.errors import FitError
from retrostats.models.frame.columns import as_table
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import OptimiserRecord, Optimum
from retrostats.models.mean.formula import read_formula
from retrostats.models.sums.basis import Coordinates
from retrostats.models.sums.prepared import Prepared
from retrostats.models.sums.sources import Roles, prepare_frame

#: Columns that stand in for roles that a table with a row per subject does not need. No name
#: of a formula can be mistaken for them.
EACH_ROW, THE_VISIT = "(a subject per row)", "(the visit analysed)"
#: Column that says who in every cohort.
SUBJECT = "subject"


def prepare_rows(
    formula: str,
    data: Any,
    *,
    subject: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
) -> Prepared:
    """Read, check and sum up data with one row per subject.

    Parameters
    ----------
    formula
        The mean.
    data
        A data frame, or a cohort or other object with one in ``frame``.
    subject
        Column that says who; None when every row is another subject. A cohort says itself.
    levels
        Levels by column.

    Returns
    -------
    Prepared
        With one visit.

    Raises
    ------
    DataError
        With all faults of the data, among them two usable rows of one subject.
    """
    import pandas as pd

    model = read_formula(formula)
    table = as_table(data)
    if subject is None and table is not data and SUBJECT in table.columns:
        subject = SUBJECT
    size = len(table)
    kind = pd.CategoricalDtype(["the visit analysed"])
    visit = pd.Categorical.from_codes(np.zeros(size, dtype=np.intp), dtype=kind)
    added: dict[str, Any] = {THE_VISIT: visit}
    if subject is None:
        added[EACH_ROW] = np.arange(size)
    roles = Roles(subject=subject or EACH_ROW, visit=THE_VISIT)
    return prepare_frame(model, table.assign(**added), roles, levels)


def require_full_rank(coordinates: Coordinates, names: Sequence[str]) -> None:
    """Refuse a design in which a column depends on earlier ones.

    Parameters
    ----------
    coordinates
        Of the settled moments.
    names
        Of all columns.

    Raises
    ------
    FitError
        Naming the columns.
    """
    if not len(coordinates.dropped):
        return
    told = ", ".join(repr(names[column]) for column in coordinates.dropped)
    several = len(coordinates.dropped) > 1
    raise FitError(
        f"the design is rank deficient: {told} {'depend' if several else 'depends'} on earlier "
        "columns, as when a combination of levels has no rows, a covariate is constant, or two "
        "terms say the same. Leave the term out or join levels"
    )


def closed_form(likelihood: Likelihood) -> Optimum:
    """Return the optimum of a model with one visit: the residual mean square.

    Parameters
    ----------
    likelihood
        Restricted, of one stratum with one visit and more rows than coefficients.

    Returns
    -------
    Optimum
        At ``theta = RSS / (n - p)``, which solves the restricted score equation exactly.
    """
    gram = likelihood.strata[0].moments.gram()
    p = likelihood.n_columns
    half = gram[:p, p]
    squares = float(gram[p, p] - half @ np.linalg.solve(gram[:p, :p], half))
    theta = np.array([squares / (likelihood.n_rows - p)])
    at = likelihood.evaluate(theta)
    if at is None:
        raise FitError(
            f"the residual variance of {theta[0]:.3g} cannot be used in double precision; give "
            "the outcome in another unit"
        )
    slopes = likelihood.derivatives(at)
    scaled = float(abs(slopes.gradient[0]) / np.sqrt(slopes.expected[0, 0]))
    record = OptimiserRecord(iterations=(), evaluations=1, max_gradient=scaled, route="closed form")
    return Optimum(at=at, derivatives=slopes, record=record)
