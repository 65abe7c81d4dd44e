"""The four layouts of a cohort file, brought to one form: cells with row, subject and visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from retrostats.data.codebook.types import Codebook, FileLayout
from retrostats.data.cohort.cells import (
    Cells,
    Coder,
    Entries,
    Flags,
    Integers,
    Kind,
    Texts,
    TrialCells,
    choose,
    gather,
    select,
)
from retrostats.data.cohort.matching import match_values, missing_texts, show
from retrostats.data.cohort.types import LeftOutRow
from retrostats.data.formats.table import RawTable

#: Columns of a REDCap export that say to which instrument a repeated row belongs.
REPEAT_INSTRUMENT = "redcap_repeat_instrument"
Quantities = dict[tuple[Kind, str], Cells]


def read_cells(table: RawTable, codebook: Codebook) -> TrialCells:
    """Bring a file to the one form, by the layout that the codebook declares."""
    return LAYOUTS[codebook.form.layout](table, codebook)


def read_long(table: RawTable, codebook: Codebook) -> TrialCells:
    """Read a file with one row per subject and visit."""
    coder = Coder(table)
    who = _subjects(coder, codebook)
    visits, scheduled, reasons = _visits(coder, codebook)
    entries = select(Entries(np.arange(table.n_rows), who.codes, visits), scheduled)
    return _finish(coder, codebook, who, _Rows(entries, entries, reasons))


def read_redcap(table: RawTable, codebook: Codebook) -> TrialCells:
    """Read a REDCap export: a row per event; arm and covariates on any one event of a subject.

    Rows of repeating instruments are left out. An event that the codebook leaves out still tells
    the arm and the covariates of its subject.
    """
    coder = Coder(table)
    who = _subjects(coder, codebook)
    visits, scheduled, reasons = _visits(coder, codebook)
    repeated = np.zeros(table.n_rows, dtype=bool)
    if REPEAT_INSTRUMENT in table:
        cells = table[REPEAT_INSTRUMENT]
        repeated = cells != ""
        for row in np.flatnonzero(repeated):
            reasons[int(row)] = f"repeating instrument {show(str(cells[row]))}"
    rows = Entries(np.arange(table.n_rows), who.codes, visits)
    used = select(rows, scheduled & ~repeated)
    return _finish(coder, codebook, who, _Rows(used, select(rows, ~repeated), reasons))


def read_wide(table: RawTable, codebook: Codebook) -> TrialCells:
    """Read a file with one row per subject and a column per visit."""
    coder = Coder(table)
    who = _subjects(coder, codebook)
    rows = np.arange(table.n_rows)

    def at(visit: int) -> Entries:
        return Entries(rows, who.codes, np.full(table.n_rows, visit))

    def across(columns: Mapping[str, str]) -> Cells | None:
        held = [(i, columns[v.label]) for i, v in enumerate(codebook.visits) if v.label in columns]
        return gather(coder, [name for _, name in held], [at(i) for i, _ in held])

    quantities = _facts(coder, codebook, at(-1))
    for outcome in codebook.outcomes:
        _add(quantities, "outcome", outcome.name, across(outcome.columns))
    _add(quantities, "date", "date", across(codebook.roles.dates))
    subject = gather(coder, [codebook.roles.subject], [at(0)])
    return TrialCells(
        table=table,
        codebook=codebook,
        ids=who.ids,
        row_subjects=who.codes,
        subject=subject,
        visit=None,
        quantities=quantities,
        occasions=() if subject is None else (subject,),
        left_out_rows=np.empty(0, dtype=np.intp),
    )


def read_adam(table: RawTable, codebook: Codebook) -> TrialCells:
    """Read an ADaM file: one row per subject, visit and parameter.

    Rows of parameters that the codebook does not name are left out, and so are visits that it
    leaves out.
    """
    roles = codebook.roles
    coder = Coder(table)
    who = _subjects(coder, codebook)
    visits, scheduled, reasons = _visits(coder, codebook)
    parameters, known = _parameters(coder, codebook, reasons)
    used = scheduled & known
    entries = select(Entries(np.arange(table.n_rows), who.codes, visits), used)
    found = _finish(coder, codebook, who, _Rows(entries, entries, reasons))
    quantities = dict(found.quantities)
    wanted: list[tuple[Kind, str | None]] = [("outcome", roles.value)]
    wanted += [("base", roles.base), ("change", roles.change)]
    for kind, column in wanted:
        cells = None if column is None else gather(coder, [column], [entries])
        for position, outcome in enumerate(codebook.outcomes):
            if cells is not None:
                _add(quantities, kind, outcome.name, choose(cells, parameters[used] == position))
    every_row = Entries(np.arange(table.n_rows), who.codes, visits)
    parameter = gather(coder, [roles.parameter or ""], [every_row])
    return TrialCells(
        table=table,
        codebook=codebook,
        ids=who.ids,
        row_subjects=who.codes,
        subject=found.subject,
        visit=found.visit,
        quantities=quantities,
        occasions=tuple(cells for (kind, _), cells in quantities.items() if kind == "outcome"),
        left_out=found.left_out,
        left_out_rows=found.left_out_rows,
        parameter=parameter,
    )


#: The reader of each layout.
LAYOUTS: Mapping[FileLayout, Callable[[RawTable, Codebook], TrialCells]] = {
    "long": read_long,
    "wide": read_wide,
    "redcap": read_redcap,
    "adam": read_adam,
}


class _Who(NamedTuple):
    codes: Integers
    ids: Texts


class _Rows(NamedTuple):
    used: Entries
    facts: Entries
    reasons: dict[int, str]


def _subjects(coder: Coder, codebook: Codebook) -> _Who:
    """Return the subject of each row, -1 where the cell is empty."""
    table = coder.table
    if codebook.roles.subject not in table:
        return _Who(np.full(table.n_rows, -1), np.empty(0, dtype=object))
    codes, ids = coder(codebook.roles.subject)
    empty = missing_texts(ids, codebook.form.missing)
    place = np.where(empty, -1, np.cumsum(~empty) - 1)
    return _Who(place[codes] if len(ids) else codes, ids[~empty])


def _visits(coder: Coder, codebook: Codebook) -> tuple[Integers, Flags, dict[int, str]]:
    """Return the visit of each row, which rows stay, and why the others are left out."""
    table, column = coder.table, codebook.roles.visit or ""
    if column not in table:
        return np.full(table.n_rows, -1), np.ones(table.n_rows, dtype=bool), {}
    codes, texts = coder(column)
    labels = table.labels.get(column, {})
    declared = [visit.values for visit in codebook.visits]
    place = match_values(texts, declared, labels=labels, decimal=table.decimal)
    leave = [[text] for text in codebook.form.leave_out_visits]
    left = match_values(texts, leave, labels=labels, decimal=table.decimal) >= 0
    left &= place < 0
    reasons = {
        int(row): f"visit {show(table.label(column, str(texts[codes[row]])))} is left out"
        for row in (np.flatnonzero(left[codes]) if left.any() else ())
    }
    return place[codes], ~left[codes], reasons


def _parameters(
    coder: Coder, codebook: Codebook, reasons: dict[int, str]
) -> tuple[Integers, Flags]:
    """Return the outcome of each row, and which rows have one; add why the others do not."""
    table, column = coder.table, codebook.roles.parameter or ""
    if column not in table:
        return np.full(table.n_rows, -1), np.ones(table.n_rows, dtype=bool)
    codes, texts = coder(column)
    declared = [(outcome.code or outcome.name,) for outcome in codebook.outcomes]
    place = match_values(texts, declared, labels=table.labels.get(column, {}))
    for row in np.flatnonzero(place[codes] < 0) if (place < 0).any() else ():
        text = str(texts[codes[row]])
        reason = f"parameter {show(text)} is not in the codebook" if text else "no parameter"
        reasons.setdefault(int(row), reason)
    return place[codes], place[codes] >= 0


def _finish(coder: Coder, codebook: Codebook, who: _Who, rows: _Rows) -> TrialCells:
    """Return the cells of a layout with one row per subject and visit."""
    table, roles = coder.table, codebook.roles
    quantities = _facts(coder, codebook, rows.facts)
    if codebook.form.layout != "adam":
        for outcome in codebook.outcomes:
            column = outcome.column or ""
            _add(quantities, "outcome", outcome.name, gather(coder, [column], [rows.used]))
    if roles.date is not None:
        _add(quantities, "date", "date", gather(coder, [roles.date], [rows.used]))
    visit = gather(coder, [roles.visit or ""], [rows.used])
    left = sorted(rows.reasons)
    return TrialCells(
        table=table,
        codebook=codebook,
        ids=who.ids,
        row_subjects=who.codes,
        subject=gather(coder, [roles.subject], [rows.used]),
        visit=visit,
        quantities=quantities,
        occasions=() if visit is None else (visit,),
        left_out=tuple(
            LeftOutRow(line=int(table.lines[row]), reason=rows.reasons[row]) for row in left
        ),
        left_out_rows=np.array(left, dtype=np.intp),
    )


def _facts(coder: Coder, codebook: Codebook, entries: Entries) -> Quantities:
    """Return what is known of a subject rather than of a visit."""
    found: Quantities = {}
    _add(found, "arm", "arm", gather(coder, [codebook.roles.arm], [entries]))
    for covariate in codebook.covariates:
        cells = gather(coder, [covariate.column], [entries])
        _add(found, "covariate", covariate.name, cells)
    for adherence in codebook.adherence:
        _add(found, "adherence", adherence.name, gather(coder, [adherence.column], [entries]))
    if codebook.roles.withdrawal is not None:
        cells = gather(coder, [codebook.roles.withdrawal], [entries])
        _add(found, "withdrawal", "withdrawal", cells)
    return found


def _add(quantities: Quantities, kind: Kind, name: str, cells: Cells | None) -> None:
    if cells is not None:
        quantities[kind, name] = cells
