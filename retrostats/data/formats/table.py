"""A file as a table of text, with the line on which each of its rows begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.data.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawTable:
    """A file as it was read: every cell is text, and nothing has been judged.

    Attributes
    ----------
    file
        Name of the file, as shown in messages.
    form
        What it was read as, e.g. ``"CSV, semicolon, decimal comma, UTF-8"``.
    digest
        SHA-256 of the bytes of the file.
    header
        Names of the columns, stripped of spaces around them, in their order.
    columns
        One array of ``str`` (dtype object) per column, each of shape ``(n,)``; an empty cell is
        ``""``. Text is stripped of spaces around it; whole numbers of binary formats are written
        without decimals (``"7"``), others in the shortest form that reads back, dates as
        ``2024-03-01``.
    lines
        Line of the file on which each row begins, counted from 1, shape ``(n,)``. For a
        spreadsheet the row of the sheet; for SPSS, Stata and Parquet the case, counted from 1.
    decimal
        The decimal mark of numbers in the cells, ``"."`` or ``","``.
    labels
        Value labels of SPSS and Stata, by column, by the text of the cell.
    sheet
        Of a workbook with several sheets: the one that was read.
    problems
        What is wrong with the form of the file: ragged rows, duplicated names and the like.
    notes
        What was detected rather than declared, in sentences.
    """

    file: str
    form: str
    digest: str
    header: tuple[str, ...]
    columns: tuple[NDArray[np.object_], ...]
    lines: NDArray[np.intp]
    decimal: str = "."
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    sheet: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.header) != len(self.columns):
            raise ValueError(f"{self.file}: {len(self.header)} names, {len(self.columns)} columns")
        if any(len(column) != len(self.lines) for column in self.columns):
            raise ValueError(f"{self.file}: every column needs {len(self.lines)} cells")

    @property
    def n_rows(self) -> int:
        """Rows of data."""
        return len(self.lines)

    def __contains__(self, name: object) -> bool:
        return name in self.header

    def __getitem__(self, name: str) -> NDArray[np.object_]:
        """Return the cells of the first column with this name.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        if name not in self.header:
            raise KeyError(name)
        return self.columns[self.header.index(name)]

    def label(self, column: str, text: str) -> str:
        """Return the value label of a cell, or the text itself where there is none."""
        found: Any = self.labels.get(column, {}).get(text, text)
        return str(found)
