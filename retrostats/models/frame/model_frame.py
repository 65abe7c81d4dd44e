"""The model frame: what a formula needs of a data set, as arrays, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrostats.errors import raise_faults
from retrostats.models.frame.caveats import (
    CHECKED_ROWS,
    label_caveats,
    order_caveats,
    second_row_caveats,
    spelling_caveats,
    subject_caveats,
)
from retrostats.models.frame.checks import duplicates_text, find_duplicates
from retrostats.models.frame.coded import Coded
from retrostats.models.frame.columns import Columns, as_table
from retrostats.models.frame.ledger import Ledger
from retrostats.models.frame.reader import FrameReader, Mean
from retrostats.models.frame.row_selection import Roles, select_rows
from retrostats.models.frame.types import ModelFrame, Variable
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.formula import MeanModel, Term, expressions_of

__all__ = ["Ledger", "ModelFrame", "Variable", "find_duplicates", "model_frame"]


def model_frame(  # noqa: PLR0913 - the roles of columns are what a user names
    model: MeanModel,
    data: Any,
    *,
    subject: str,
    visit: str | None = None,
    weights: str | None = None,
    group: str | None = None,
    extra: Sequence[Term] = (),
    levels: Mapping[str, Sequence[Any]] | None = None,
    unused: Literal["drop", "keep"] = "drop",
) -> ModelFrame:
    """Read the columns of a model into arrays, and check them.

    Parameters
    ----------
    model
        From `read_formula`.
    data
        A data frame, or an object whose attribute ``frame`` is one. One row per subject and
        visit; the index labels name the rows in messages.
    subject, visit, weights, group
        Names of columns. Without ``visit`` a subject may have any number of rows. A visit
        that is a number in the data is a number in the mean and a category in ``visits``.
    extra
        Further terms whose columns are needed, as from `read_terms`.
    levels
        Levels by column, in order; the first is the reference. By default a categorical
        column has its own order, text is sorted, and booleans are False, True. A column of
        numbers whose levels are named is a category where it stands as a term itself.
    unused
        ``"drop"``: levels without rows leave the model, with a caveat. ``"keep"``: ``data`` is
        one part of a larger data set; all declared levels stay, every level must be declared
        (by ``levels`` or a categorical column), and a part may be empty.

    Returns
    -------
    ModelFrame
        Rows with a missing value in any column used are in its ledger.

    Raises
    ------
    DataError
        With all faults found: absent columns, an outcome that is not numeric, infinite
        values, weights that are not positive, values outside the given levels, two rows of a
        subject at a visit, categories with one level or a level that lost all its rows,
        expressions that cannot be evaluated or give no finite number, no rows left.
    """
    if unused not in {"drop", "keep"}:
        raise ValueError(f"unused must be 'drop' or 'keep', got {unused!r}")
    columns = Columns(as_table(data), levels or {}, [], hints={visit: _LONG})
    whole = unused == "drop"
    roles = Roles(subject=subject, visit=visit, weights=weights, group=group)
    expressions = expressions_of(model.terms + tuple(extra))
    selection = select_rows(model.outcome, expressions, roles, columns)
    if whole and not len(selection.kept):
        columns.fault("", f"no row is left: {selection.ledger}")
        raise_faults(f"model {model.text!r}", columns.faults)
    reader = FrameReader(columns, selection, visit, whole=whole)
    frame = _read(model, expressions, roles, columns, reader)
    if frame.ledger.rows_used != len(frame):
        raise AssertionError("a row is neither used nor in the ledger")
    return frame


def _read(
    model: MeanModel,
    expressions: tuple[Expression, ...],
    roles: Roles,
    columns: Columns,
    reader: FrameReader,
) -> ModelFrame:
    """Read what the selection has kept; raise one error with every fault."""
    selection, where = reader.selection, f"model {model.text!r}"
    outcome = reader.outcome(model.outcome)
    mean = reader.mean(expressions)
    visit = None if roles.visit is None else reader.levels(roles.visit)
    group = None if roles.group is None else reader.levels(roles.group)
    subject, subjects = reader.subjects(roles.subject)
    if visit is not None and len(subjects):
        rows = find_duplicates(subject, visit.codes, len(visit.levels))
        if len(rows):
            names = (subjects, visit.levels)
            cells = (subject[rows], visit.codes[rows])
            text = duplicates_text(selection.kept[rows], cells, names, columns.index)
            columns.fault("", text)
    columns.check_levels()
    raise_faults(where, columns.faults)
    variables = reader.variables(expressions_of(model.terms), mean)
    raise_faults(where, columns.faults)
    weights = None if roles.weights is None else columns.numbers(roles.weights)[selection.rows]
    labels, who = (mean, visit, group), (subject, len(subjects))
    odd = _caveats(labels, who, expressions, roles, reader) if reader.whole else []
    frame = ModelFrame(
        outcome=outcome,
        numeric=mean.numeric,
        bases=mean.bases,
        codes=mean.codes,
        factors=mean.factors,
        subject=subject,
        subjects=subjects,
        visit=None if visit is None else visit.codes,
        visits=() if visit is None else visit.levels,
        weights=weights,
        group=None if group is None else group.codes,
        groups=() if group is None else group.levels,
        kept=selection.kept,
        index=columns.index,
        ledger=selection.ledger,
        variables=variables,
        transforms=reader.transforms,
        caveats=(*reader.caveats, *odd),
    )
    for array in (*frame.numeric.values(), *frame.codes.values(), *_own_arrays(frame)):
        array.setflags(write=False)
    return frame


_LONG = "; one row per subject and visit is needed; a wide table becomes long with pandas.melt"


def _caveats(
    labels: tuple[Mean, Coded | None, Coded | None],
    subject: tuple[NDArray[np.intp], int],
    expressions: tuple[Expression, ...],
    roles: Roles,
    reader: FrameReader,
) -> list[str]:
    """Return what looks odd in the labels of a whole data set, but is no fault."""
    columns, selection = reader.columns, reader.selection
    mean, visit, group = labels
    # Visits may be rare, and labels of subjects are personal.
    aside = {roles.subject, *(() if visit is None else (roles.visit,))}
    factors = {
        e.column or e.text: (mean.factors[e.text], mean.codes[e.text])
        for e in expressions
        if e.text in mean.factors and e.column not in aside
    }
    told = label_caveats(columns, factors)
    for role, own in ((roles.visit, visit), (roles.group, group)):
        if role is not None and own is not None and role not in factors:
            told += spelling_caveats(role, own.levels)
    if roles.visit is not None and visit is not None and columns.is_text(roles.visit):
        told += order_caveats(roles.visit, visit.levels)
    if len(columns.index) > CHECKED_ROWS:
        return told
    for name, factor in factors.items():
        told += subject_caveats(name, factor, subject, selection.named(columns.index))
    if roles.visit is not None and not selection.every:
        told += second_row_caveats(columns, selection, roles.subject, roles.visit)
    return told


def _own_arrays(frame: ModelFrame) -> list[NDArray[Any]]:
    own = (frame.outcome, frame.subject, frame.visit, frame.weights, frame.group, frame.kept)
    return [array for array in own if array is not None]
