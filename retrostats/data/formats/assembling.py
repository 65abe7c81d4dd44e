"""From names and cells of any format to a checked table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.content import (
    CONTENT_RULES,
    check_cells,
    content_rules,
    empty_rows,
    strip_cells,
)
from retrostats.data.formats.decimals import decimal_of
from retrostats.data.formats.header import check_header, without_nameless
from retrostats.data.formats.listing import Findings
from retrostats.data.formats.source import Source
from retrostats.data.formats.table import RawTable

#: Everything that `assemble` can look for, beside the header.
EVERYTHING = CONTENT_RULES | {"spaces", "decimal mark"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Names and cells as a format gives them, before anything was checked.

    Attributes
    ----------
    form
        What the file was read as; the decimal mark is added where a text file has commas.
    header
        Names of the columns.
    header_line
        Where they stand; 0 where the format keeps them apart.
    columns
        One array of ``str`` per column, each of shape ``(n,)``.
    lines
        Of the rows, shape ``(n,)``.
    labels
        Value labels, by column, by text.
    suspects
        What has to be looked for; a format may know that the rest cannot be there.
    blank
        Rows without any value that were left out already.
    name
        Of the sheet, where the workbook has several.
    """

    form: str
    header: Sequence[str]
    header_line: int
    columns: Sequence[NDArray[np.object_]]
    lines: NDArray[np.intp]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    suspects: frozenset[str] = EVERYTHING
    blank: int = 0
    name: str = ""


def assemble(source: Source, form: FileForm, sheet: Sheet, findings: Findings) -> RawTable:
    """Return the table with all problems of its form.

    Raises
    ------
    DataError
        If a decimal mark is declared that is none.
    """
    if form.decimal not in (None, ".", ","):
        message = f"the decimal mark {form.decimal!r} is declared; expected '.' or ','"
        raise source.refusal(f"{message}; mend it in the codebook")
    columns, header = list(sheet.columns), list(sheet.header)
    if "spaces" in sheet.suspects:
        columns, header = strip_cells(columns, header, findings)
    columns, lines = _without_empty_rows(columns, sheet, findings)
    header, columns = without_nameless(header, columns, findings)
    check_header(header, columns, line=sheet.header_line, findings=findings)
    missing = frozenset(form.missing)
    rules = content_rules(missing)
    names = [np.array([name], dtype=object) for name in header]
    at_header = np.array([sheet.header_line])
    check_cells(names, header, lines=at_header, rules=rules, findings=findings)
    suspected = [rule for rule in rules if rule.name in sheet.suspects]
    check_cells(columns, header, lines=lines, rules=suspected, findings=findings)
    decimal = form.decimal or "."
    if "decimal mark" in sheet.suspects:
        decimal = decimal_of(
            columns,
            header,
            lines=lines,
            declared=form.decimal,
            missing=missing,
            findings=findings,
        )
    if not len(lines):
        findings.error(
            "no rows",
            found="a header and no rows",
            expected="a row for each subject and visit",
            todo="Export the file again",
        )
    return RawTable(
        file=source.name,
        form=sheet.form.replace("decimal point", "decimal comma") if decimal == "," else sheet.form,
        digest=source.digest,
        header=tuple(header),
        columns=tuple(columns),
        lines=lines,
        decimal=decimal,
        labels=sheet.labels,
        sheet=sheet.name,
        problems=findings.problems(),
        notes=tuple(findings.notes),
    )


def _without_empty_rows(
    columns: list[NDArray[np.object_]], sheet: Sheet, findings: Findings
) -> tuple[list[NDArray[np.object_]], NDArray[np.intp]]:
    """Leave out the rows without any value, and tell how many; spreadsheets leave them behind."""
    empty, lines = empty_rows(columns), sheet.lines
    if empty.any():
        columns, lines = [column[~empty] for column in columns], lines[~empty]
    left_out = int(empty.sum()) + sheet.blank
    if left_out:
        count = "1 row" if left_out == 1 else f"{left_out} rows"
        findings.note(f"{count} without any value left out (only delimiters or empty cells).")
    return columns, lines
