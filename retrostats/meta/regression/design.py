"""From moderators and a formula to the columns of a meta-regression."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.meta.regression.scaling import centred, constant
from retrostats.meta.studies import Studies
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.aliasing import independent_columns
from retrostats.models.mean.design import Design, design_for
from retrostats.models.mean.expressions import column_expression
from retrostats.models.mean.formula import MeanModel, Term, expressions_of, read_terms

#: Columns of the frame beside the moderators; no moderator is called so.
_EFFECT, _TRIAL = "(effect)", "(trial)"
_INFINITE = (math.inf, -math.inf)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModeratorColumns:
    """What each trial has in each column of a meta-regression.

    Attributes
    ----------
    formula
        Terms as written, without effect and tilde.
    design
        Codes further rows like those of the trials.
    x
        Columns, shape ``(k, p)``, of full rank.
    caveats
        What looks odd in the moderators but is no fault.
    """

    formula: str
    design: Design
    x: Floats
    caveats: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.design.names

    @property
    def intercept(self) -> int | None:
        """Place of the intercept, if there is one."""
        return self.names.index("Intercept") if "Intercept" in self.names else None

    @property
    def tested(self) -> tuple[int, ...]:
        """Places of the columns that the test of all moderators holds: all but the intercept."""
        return tuple(place for place in range(len(self.names)) if place != self.intercept)


def moderator_columns(moderators: Any, formula: str | None, studies: Studies) -> ModeratorColumns:
    """Return the columns of a meta-regression, or say every reason why there are none.

    Parameters
    ----------
    moderators
        A data frame or a mapping of names to sequences, one value for each trial in its order.
    formula
        Terms such as ``"weeks * arm"``; by default the sum of all moderators.
    studies
        The trials.

    Raises
    ------
    DataError
        If lengths differ, rows are named otherwise than the trials, a value is missing or
        infinite, a moderator is constant, or columns depend on one another.
    """
    if formula is not None and not isinstance(formula, str):
        raise TypeError(
            f"meta_regression: the formula must be a text such as 'weeks * arm', got {formula!r}"
        )
    table = _table(moderators, studies.names)
    text = " + ".join(f"`{name}`" for name in table.columns) if formula is None else formula
    terms = read_terms(text.strip().removeprefix("~").strip())
    _require_known(table, terms, studies.names)
    told = text.replace("`", "") if formula is None else text
    model = MeanModel(text=told, outcome=column_expression(_EFFECT), terms=terms)
    whole = table.assign(**{_EFFECT: studies.y, _TRIAL: studies.names})
    frame = model_frame(model, whole, subject=_TRIAL)
    design = design_for(model, frame)
    x = design.rows(frame.numeric, frame.codes, size=len(studies))
    columns = ModeratorColumns(
        formula=told,
        design=design,
        x=x,
        caveats=tuple(_of_trials(caveat) for caveat in frame.caveats),
    )
    _require_independent(columns)
    return columns


def _of_trials(caveat: str) -> str:
    """Return a caveat of a model of subjects in words for trials."""
    told = caveat.removesuffix(" one subject")
    return caveat if told == caveat else f"{told} one trial, which alone decides its coefficient."


def _table(moderators: Any, names: Sequence[str]) -> Any:
    """Return the moderators as a data frame whose rows are labelled by the trials."""
    import pandas as pd

    if isinstance(moderators, pd.DataFrame):
        _require_order(list(moderators.index), names)
        _require_one_of_each(moderators.columns)
        columns = {str(name): moderators[name] for name in moderators.columns}
    elif isinstance(moderators, Mapping):
        columns = dict(moderators)
    else:
        raise TypeError(
            "meta_regression: moderators must be a data frame or a mapping of names to values, "
            f"got {type(moderators).__name__}; write {{'weeks': [3, 6, 4]}}"
        )
    if not columns:
        raise DataError("meta_regression: there is no moderator; to pool without one use rs.pool")
    lists = {name: _values(name, column) for name, column in columns.items()}
    wrong = [
        f"{name!r} has {len(values)} values for {len(names)} trials"
        for name, values in lists.items()
        if len(values) != len(names)
    ]
    if wrong:
        raise DataError(f"meta_regression: {'; '.join(wrong)}; give one for each trial")
    return pd.DataFrame(lists, index=list(names))


def _values(name: str, column: Any) -> Any:
    unordered = isinstance(column, str | Set | Mapping) or not hasattr(column, "__len__")
    if unordered or getattr(column, "ndim", 1) != 1 or any(map(_nested, column)):
        raise TypeError(
            f"meta_regression: the moderator {name!r} must be a list with one value for each "
            f"trial, got {column!r}"
        )
    return column.array if hasattr(column, "array") else column


def _nested(value: object) -> bool:
    return not isinstance(value, str) and isinstance(value, Iterable)


def _require_one_of_each(columns: Any) -> None:
    twice = columns[columns.duplicated()].unique().tolist()
    if twice:
        raise DataError(
            f"meta_regression: more than one column is called {', '.join(map(repr, twice))}"
            "; give each moderator once, under a name of its own"
        )


def _require_order(index: Sequence[Any], names: Sequence[str]) -> None:
    """Refuse a data frame whose rows name the trials in another order."""
    if set(index) & set(names) and list(index) != list(names):
        raise DataError(
            "meta_regression: the rows of the data frame name trials, but not those of the "
            f"estimates in their order; expected {', '.join(map(repr, names))}; use "
            "moderators.loc[names]"
        )


def _require_known(table: Any, terms: tuple[Term, ...], names: Sequence[str]) -> None:
    """Refuse missing values: which trials a result is of is for its reader to decide."""
    used = dict.fromkeys(name for each in expressions_of(terms) for name in each.columns)
    found = []
    for name in used:
        if name not in table.columns:
            continue
        column = table[name]
        for what, gone in (("missing", column.isna()), ("infinite", column.isin(_INFINITE))):
            who = [repr(trial) for trial, lost in zip(names, gone, strict=True) if lost]
            found += [f"{name!r} is {what} for {', '.join(who)}"] if who else []
    if found:
        raise DataError(
            f"meta_regression: {'; '.join(found)}; fill in the value, or leave the trial out "
            "of the estimates and say so"
        )


def _require_independent(columns: ModeratorColumns) -> None:
    """Refuse columns that say nothing of their own, each with its reason."""
    names, x, intercept = columns.names, columns.x, columns.intercept
    same = [j for j in columns.tested if intercept is not None and constant(x[:, j])]
    told = [f"{names[j]!r} is {x[0, j]:g} in every trial" for j in same]
    kept = [j for j in range(len(names)) if j not in same]
    inner = None if intercept is None else kept.index(intercept)
    found = independent_columns(centred(x[:, kept], inner).x)
    for place, shares in zip(found.dropped, found.combination.T, strict=True):
        # Of the intercept nothing is told: in centred columns it has no share.
        others = [names[kept[found.kept[i]]] for i in np.flatnonzero(np.abs(shares) > 1e-6)]
        others = [repr(name) for name in others if name != "Intercept"]
        told.append(f"{names[kept[place]]!r} follows from {' and '.join(others) or 'the others'}")
    if told:
        raise DataError(
            f"meta_regression {columns.formula!r}: {'; '.join(told)}; leave it out of the model"
        )
