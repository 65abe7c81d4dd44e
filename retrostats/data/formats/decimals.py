"""Whether the numbers of a file have decimal points or decimal commas."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.listing import Findings, shown

_NUMBER = re.compile(r"[+-]?(?:\d+(?P<mark>[.,])?\d*|(?P<first>[.,])\d+)(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_WORDS = {".": "decimal point", ",": "decimal comma"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """The decimal marks in one column of numbers, by distinct text."""

    position: int
    codes: NDArray[np.intp]
    texts: list[str]
    marks: list[str]
    counts: NDArray[np.intp]

    def cells(self, mark: str) -> int:
        """How many cells have this mark."""
        return int(self.counts[[found == mark for found in self.marks]].sum())


def decimal_of(
    columns: list[NDArray[np.object_]],
    header: list[str],
    *,
    lines: NDArray[np.intp],
    declared: str | None,
    missing: frozenset[str],
    findings: Findings,
) -> str:
    """Return the decimal mark of a file; add an error for each cell that has the other one.

    Only columns are asked where at least half of the cells are numbers. A column with both marks
    is in error wherever it has the rarer one (the undeclared one, where a mark is declared).

    Parameters
    ----------
    columns, header, lines
        The cells, stripped, with the names of the columns and the lines of the rows.
    declared
        What the codebook says; ``None`` to detect it.
    missing
        What stands for a missing value.
    findings
        Extended in place.
    """
    found = [
        marks
        for position, column in enumerate(columns)
        if (marks := _marks_of(position, column, missing)) is not None
    ]
    for marks in found:
        if marks.cells(".") and marks.cells(","):
            _tell_mixed(marks, header[marks.position], lines, declared, findings)
    if declared is not None:
        return declared
    points = [header[m.position] for m in found if m.cells(".") >= max(1, m.cells(","))]
    commas = [header[m.position] for m in found if m.cells(",") > m.cells(".")]
    if not commas:
        return "."
    listed = ", ".join(map(shown, commas))
    if points and len(points) >= len(commas):
        words = f"Numbers have decimal points, but those of {listed} have commas"
        findings.note(f"{words}; declare decimal = ',' if that is their decimal mark.")
        return "."
    _ask_about_thousands([m for m in found if m.cells(",")], header, lines, findings)
    findings.note(f"Numbers have decimal commas (detected in {listed}).")
    return ","


def _marks_of(position: int, column: NDArray[np.object_], missing: frozenset[str]) -> _Marks | None:
    """Return the marks of a column of numbers; ``None`` where it is none or has no comma."""
    import pandas as pd

    codes, distinct = pd.factorize(column)
    counts = np.bincount(codes, minlength=len(distinct))
    marks, numbers, others = [], 0, 0
    texts: list[str] = distinct.tolist()
    for text, count in zip(texts, counts, strict=True):
        match = _NUMBER.fullmatch(text)
        marks.append("" if match is None else match["mark"] or match["first"] or "")
        if match:
            numbers += count
        elif text and text not in missing:
            others += count
    if not numbers or others > numbers or not any(marks):
        return None
    return _Marks(position=position, codes=codes, texts=texts, marks=marks, counts=counts)


def _tell_mixed(
    marks: _Marks,
    name: str,
    lines: NDArray[np.intp],
    declared: str | None,
    findings: Findings,
) -> None:
    usual = declared or ("," if marks.cells(",") > marks.cells(".") else ".")
    wrong = {code for code, mark in enumerate(marks.marks) if mark and mark != usual}
    other = _WORDS["," if usual == "." else "."]
    expected = f"a {_WORDS[usual]}, as in the other {marks.cells(usual)} numbers of the column"
    for row, code in enumerate(marks.codes.tolist()):
        if code in wrong:
            findings.error(
                "mixed decimal marks",
                position=marks.position,
                line=int(lines[row]),
                column=shown(name),
                value=marks.texts[code],
                found=f"a {other} in {marks.texts[code]}",
                expected=expected,
                todo="Write all numbers with one mark and without thousands separators",
            )


def _ask_about_thousands(
    found: list[_Marks], header: list[str], lines: NDArray[np.intp], findings: Findings
) -> None:
    """Add an error where every comma could as well separate thousands."""
    marked = [pair for m in found for pair in zip(m.texts, m.marks, strict=True)]
    commas = [text for text, mark in marked if mark == ","]
    if not all(map(_THOUSANDS.fullmatch, commas)):
        return
    first = found[0]
    code = first.marks.index(",")
    findings.error(
        "ambiguous comma",
        position=first.position,
        line=int(lines[int(np.argmax(first.codes == code))]),
        column=shown(header[first.position]),
        value=first.texts[code],
        found="three digits behind every comma, so it may separate thousands",
        expected="a decimal mark that is plain",
        todo="Declare decimal = ',' under [file], or remove the thousands separators",
    )
