"""Which rows of the data a model can use: every column read once, every fault noted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.models.frame.checks import no_numbers_text, outcome_text, rows_text
from retrostats.models.frame.columns import Columns
from retrostats.models.frame.ledger import Ledger
from retrostats.models.mean.expressions import Expression

if TYPE_CHECKING:
    import pandas as pd

#: Reads one column and returns where it is missing; ``None`` when it cannot be used.
_Read: TypeAlias = "Callable[[Columns, str], NDArray[np.bool_] | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns that a user names beside the formula."""

    subject: str
    visit: str | None = None
    weights: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """The rows that have everything.

    Attributes
    ----------
    kept
        Their positions, ascending.
    every
        Whether no row was left out.
    ledger
        The others.
    broken
        Columns that cannot be used; the faults say why.
    """

    kept: NDArray[np.intp]
    every: bool
    ledger: Ledger
    broken: frozenset[str]

    @property
    def rows(self) -> NDArray[np.intp] | slice:
        """Index of the rows kept, without copying when these are all."""
        return slice(None) if self.every else self.kept

    def named(self, index: pd.Index[Any]) -> Callable[[NDArray[np.intp]], str]:
        """Return what names rows, given by their positions among those kept."""
        return lambda positions: rows_text(index, self.kept[positions])


def select_rows(
    outcome: Expression, expressions: tuple[Expression, ...], roles: Roles, columns: Columns
) -> Selection:
    """Keep the rows where no column is missing.

    Parameters
    ----------
    outcome, expressions
        Of the formula and of random effects.
    roles
        Further columns.
    columns
        Collects the faults.
    """
    reasons: list[str] = []
    masks: list[NDArray[np.bool_]] = []
    broken = set()
    for column, reason, read in _uses(outcome, expressions, roles):
        before = len(columns.faults)
        mask = read(columns, column) if columns.has(column) else None
        if mask is None or len(columns.faults) > before:
            broken.add(column)
        if mask is not None and mask.any():
            reasons.append(reason)
            masks.append(mask)
    size = len(columns.index)
    if not masks:
        kept, code = np.arange(size), np.zeros(0, dtype=np.intp)
        left_out = code
    else:
        first = np.full(size, len(masks), dtype=np.int16)
        for k in range(len(masks) - 1, -1, -1):  # the first reason is written last and stays
            first[masks[k]] = k
        kept, left_out = np.flatnonzero(first == len(masks)), np.flatnonzero(first < len(masks))
        code = first[left_out].astype(np.intp)
    return Selection(
        kept=kept,
        every=not masks,
        ledger=_ledger(columns, left_out, reasons, code),
        broken=frozenset(broken),
    )


def _ledger(
    columns: Columns, left_out: NDArray[np.intp], reasons: list[str], code: NDArray[np.intp]
) -> Ledger:
    """Return the ledger with the reasons that some row has, each once."""
    names = list(dict.fromkeys(reasons))  # a column may be read in two roles
    place = np.array([names.index(reason) for reason in reasons], dtype=np.intp)
    code = place[code] if reasons else code
    used = np.bincount(code, minlength=len(names)) > 0
    return Ledger(
        rows_in=len(columns.index),
        labels=columns.index[left_out],
        reasons=tuple(name for name, found in zip(names, used, strict=True) if found),
        codes=(np.cumsum(used) - 1)[code],
    )


def _uses(
    outcome: Expression, expressions: tuple[Expression, ...], roles: Roles
) -> Iterator[tuple[str, str, _Read]]:
    """Yield column, reason for leaving out a row, and how to read it, in the fixed order."""
    for column in outcome.columns:
        yield column, "outcome missing", _outcome if outcome.column else _any
    for expression in expressions:
        category = expression.categorical and bool(expression.column)
        read = _category if category else _variable if expression.column else _any
        for column in expression.columns:
            yield column, f"{column} missing", read
    if roles.visit is not None:
        yield roles.visit, f"{roles.visit} missing", _category
    yield roles.subject, f"{roles.subject} missing", _subject
    if roles.weights is not None:
        yield roles.weights, f"{roles.weights} missing", _weights
    if roles.group is not None:
        yield roles.group, f"{roles.group} missing", _category


def _any(columns: Columns, name: str) -> NDArray[np.bool_] | None:
    if columns.is_number(name):
        return np.isnan(columns.numbers(name))
    if columns.is_label(name):
        return _category(columns, name)
    told = no_numbers_text(columns.table[name]) if columns.kind(name) == "mixed values" else ""
    columns.fault(
        name,
        f"holds {columns.kind(name)}; a column of numbers (see pandas.to_numeric), text, "
        f"booleans or categories is needed{'; of numbers, ' if told else ''}{told}",
    )
    return None


def _variable(columns: Columns, name: str) -> NDArray[np.bool_] | None:
    """Read a column that is a term itself: a category where levels are given for it."""
    if columns.is_number(name) and columns.is_category(name):
        return _category(columns, name)
    return _any(columns, name)


def _category(columns: Columns, name: str) -> NDArray[np.bool_]:
    coded = columns.coded(name)
    infinite = [k for k, v in enumerate(coded.levels) if isinstance(v, float) and math.isinf(v)]
    if infinite:
        rows = np.flatnonzero(np.isin(coded.codes, infinite))
        columns.fault(name, f"infinite in {rows_text(columns.index, rows)}")
    return coded.codes < 0


def _subject(columns: Columns, name: str) -> NDArray[np.bool_]:
    return columns.labels(name)[0] < 0


def _outcome(columns: Columns, name: str) -> NDArray[np.bool_] | None:
    if columns.is_number(name):
        return _any(columns, name)
    columns.fault(name, outcome_text(columns.table[name], columns.kind(name)))
    return None


def _weights(columns: Columns, name: str) -> NDArray[np.bool_] | None:
    if not columns.is_number(name):
        columns.fault(name, f"holds {columns.kind(name)}; weights are numbers greater than 0")
        return None
    values = columns.numbers(name)
    wrong = np.flatnonzero(values <= 0)
    if len(wrong):
        columns.fault(
            name, f"weights must be greater than 0; see {rows_text(columns.index, wrong)}"
        )
    return np.isnan(values)
