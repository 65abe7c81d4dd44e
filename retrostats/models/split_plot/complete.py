"""Complete subjects of long data: a matrix of subjects by visits, and whom it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.frame.checks import LISTED, rows_text
from retrostats.models.frame.columns import Columns, as_table
from retrostats.models.frame.ledger import Ledger
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.frame.types import ModelFrame
from retrostats.models.inference.choosing import require_texts
from retrostats.models.mean.expressions import column_expression
from retrostats.models.mean.formula import MeanModel
from retrostats.models.split_plot.incomplete import Incomplete
from retrostats.models.sums.prepared import digest_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns of a split-plot analysis, by what they say."""

    outcome: str
    subject: str
    between: str
    within: str

    def require_different(self) -> None:
        """Raise `DataError` unless these are four different texts."""
        named = {
            "outcome": self.outcome,
            "subject": self.subject,
            "between": self.between,
            "within": self.within,
        }
        require_texts(**named)
        if len(set(named.values())) < len(named):
            told = ", ".join(f"{role}={name!r}" for role, name in named.items())
            raise DataError(f"mixed ANOVA: four different columns are needed, got {told}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompleteSubjects:
    """Subjects seen at every visit.

    Attributes
    ----------
    y
        Outcomes, shape ``(n, k)``.
    arm
        Code of each subject's arm, shape ``(n,)``.
    arms, visits
        Levels, in order.
    incomplete
        Who could not enter.
    ledger
        Every row is used or listed here.
    caveats
        What looks odd in the data.
    """

    y: Floats
    arm: NDArray[np.intp]
    arms: tuple[Any, ...]
    visits: tuple[Any, ...]
    incomplete: Incomplete
    ledger: Ledger
    caveats: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers analysed."""
        return digest_of(self.y, self.arm)


def complete_subjects(
    data: Any, roles: Roles, levels: Mapping[str, Sequence[Any]] | None = None
) -> CompleteSubjects:
    """Read long data and keep the subjects who have every visit.

    Parameters
    ----------
    data
        A data frame with one row per subject and visit, or an object with one in ``frame``.
    roles
        Names of columns.
    levels
        Levels by column, in order; by default those of a categorical, or sorted.

    Raises
    ------
    DataError
        With the faults found: columns, duplicates, subjects in several arms, one arm or visit.
    FitError
        If an arm has fewer than two complete subjects.
    """
    roles.require_different()
    table = as_table(data)
    model = MeanModel(
        text=f"{roles.outcome} by {roles.between} and {roles.within}",
        outcome=column_expression(roles.outcome),
        terms=(),
    )
    frame = model_frame(
        model,
        table,
        subject=roles.subject,
        visit=roles.within,
        group=roles.between,
        levels=levels,
    )
    who, arm_of, known = _arms_of_subjects(table, roles, levels)
    _require_levels(frame, roles)
    seen = np.bincount(who[frame.kept], minlength=len(arm_of))
    whole = seen == len(frame.visits)
    rows = np.flatnonzero(whole[who[frame.kept]])
    member = np.unique(who[frame.kept[rows]], return_inverse=True)[1]
    assert frame.visit is not None  # noqa: S101 - both were asked for
    assert frame.group is not None  # noqa: S101
    y = np.zeros((int(whole.sum()), len(frame.visits)))
    y[member, frame.visit[rows]] = frame.outcome[rows]
    arm = np.zeros(len(y), dtype=np.intp)
    arm[member] = frame.group[rows]
    incomplete = Incomplete.of(arm_of, known, whole, within=roles.within)
    _require_subjects(np.bincount(arm, minlength=len(frame.groups)), frame.groups, incomplete)
    return CompleteSubjects(
        y=y,
        arm=arm,
        arms=frame.groups,
        visits=frame.visits,
        incomplete=incomplete,
        ledger=_ledger(frame, rows, roles.within),
        caveats=frame.caveats,
    )


def _arms_of_subjects(
    table: pd.DataFrame, roles: Roles, levels: Mapping[str, Sequence[Any]] | None
) -> tuple[NDArray[np.intp], NDArray[np.intp], tuple[Any, ...]]:
    """Return codes of each row's subject and of each subject's arm (-1: none), and the arms."""
    wanted = {name: each for name, each in (levels or {}).items() if name == roles.between}
    columns = Columns(table, wanted, [])
    assert columns.has(roles.subject)  # noqa: S101 - the model frame has read both
    assert columns.has(roles.between)  # noqa: S101
    who, labels = columns.labels(roles.subject)
    coded = columns.coded(roles.between)
    known = np.flatnonzero((who >= 0) & (coded.codes >= 0))
    first = np.full(len(labels), -1, dtype=np.intp)
    first[who[known][::-1]] = coded.codes[known][::-1]  # the last one written is the first row's
    moved = known[coded.codes[known] != first[who[known]]]
    if len(moved):
        names = list(dict.fromkeys(str(labels[code]) for code in who[moved]))
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        raise DataError(
            f"mixed ANOVA: {roles.between} changes within {len(names)} "
            f"subject{'s' if len(names) > 1 else ''}: {', '.join(names[:LISTED])}{more} "
            f"({rows_text(table.index, moved)}); a factor between subjects has one level for "
            "each. Correct the rows, or give the subjects different names"
        )
    return who, first, coded.levels


def _require_levels(frame: ModelFrame, roles: Roles) -> None:
    if len(frame.visits) < 2:
        raise DataError(
            f"mixed ANOVA: {roles.within} has one usable level, {frame.visits[0]!r}, so that "
            "nothing changes within subjects; compare the arms at one visit with fit_ancova"
        )
    if len(frame.groups) < 2:
        raise DataError(
            f"mixed ANOVA: {roles.between} has one usable level, {frame.groups[0]!r}; two arms "
            "are needed at least"
        )


def _require_subjects(
    counts: NDArray[np.intp], arms: tuple[Any, ...], incomplete: Incomplete
) -> None:
    few = [
        f"{arm} has {count}" for arm, count in zip(arms, counts.tolist(), strict=True) if count < 2
    ]
    if few:
        raise FitError(
            "mixed ANOVA: every arm needs two subjects with all visits at least, and "
            f"{', '.join(few)}. {incomplete} fit_mmrm uses the visits that they have"
        )


def _ledger(frame: ModelFrame, rows: NDArray[np.intp], within: str) -> Ledger:
    """Return the ledger with the rows of incomplete subjects added to those of the frame."""
    size, before = len(frame.index), frame.ledger
    reasons = (*before.reasons, f"subject without every {within}")
    code = np.full(size, len(reasons) - 1, dtype=np.intp)
    left_out = np.ones(size, dtype=np.bool_)
    left_out[frame.kept] = False
    code[left_out] = before.codes
    left_out[frame.kept] = True
    left_out[frame.kept[rows]] = False
    own = np.flatnonzero(left_out)
    if len(own) == len(before):
        return before
    return Ledger(rows_in=size, labels=frame.index[own], reasons=reasons, codes=code[own])
