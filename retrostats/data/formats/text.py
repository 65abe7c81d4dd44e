"""CSV, TSV and other text files with delimiters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.assembling import Sheet, assemble
from retrostats.data.formats.cells import Cells, read_cells
from retrostats.data.formats.decoding import decode
from retrostats.data.formats.delimiters import (
    DELIMITER_NAMES,
    DETECTED,
    declared_by_excel,
    detect_delimiter,
    require_delimiter,
)
from retrostats.data.formats.listing import Findings, shown
from retrostats.data.formats.records import Records, find_records
from retrostats.data.formats.source import Progress, Source
from retrostats.data.formats.suspicion import suspects_of
from retrostats.data.formats.table import RawTable
from retrostats.data.formats.title import first_rows, require_header_first
from retrostats.data.formats.tokens import Tokeniser

#: Shares of the work: the bytes are read, the records are found, the cells are read.
_DECODED, _SPLIT, _TAKEN = 0.05, 0.25, 0.85


def read_text(source: Source, form: FileForm, progress: Progress) -> RawTable:
    """Return the table of a text file.

    Parameters
    ----------
    source
        The file.
    form
        What is declared of it; the rest is detected.
    progress
        Called with the share of the work done.

    Raises
    ------
    DataError
        If the file is no text in the declared encoding, or its delimiter remains open.
    """
    findings = Findings()
    data, encoding = decode(source, form.encoding)
    progress(_DECODED)
    by_excel, skipped = declared_by_excel(data)
    require_header_first(source, first_rows(data[skipped:], form.delimiter or by_excel or None))
    delimiter, skipped, certain = _delimiter_of(source, data, form, findings)
    mark = delimiter.encode()
    records = find_records(data, mark)
    _tell_quotes(records, findings)
    progress(_SPLIT)
    first, header = _header_of(source, data, mark, records, skipped)
    if not certain or len(header) == 1:
        _check_delimiter(header, delimiter, int(records.lines[first]), findings, certain)
    width = _width_of(data, mark, records=records, first=first, names=len(header))
    if width > len(header) and not _all_end_in(data, mark, records, first):
        _tell_short_header(len(header), width, int(records.lines[first]), findings)
    cells = read_cells(
        data,
        mark,
        records=records,
        first=first + 1,
        width=width,
        progress=lambda share: progress(_SPLIT + (_TAKEN - _SPLIT) * share),
    )
    _tell_rows(cells, records, width, findings)
    sheet = Sheet(
        form=f"CSV, {DELIMITER_NAMES.get(delimiter, repr(delimiter))}, decimal point, {encoding}",
        header=[*header, *[""] * (width - len(header))],
        header_line=int(records.lines[first]),
        columns=cells.columns,
        lines=records.lines[cells.positions].astype(np.intp),
        suspects=suspects_of(data, mark, records),
        blank=cells.blank,
    )
    return assemble(source, form, sheet, findings)


def _delimiter_of(
    source: Source, data: bytes, form: FileForm, findings: Findings
) -> tuple[str, int, bool]:
    """Return the delimiter, the bytes of a ``sep=`` line, and whether someone declared it."""
    by_excel, skipped = declared_by_excel(data)
    if form.delimiter is not None:
        return require_delimiter(source, form.delimiter), skipped, True
    if by_excel:
        delimiter = require_delimiter(source, by_excel)
        words = DELIMITER_NAMES.get(delimiter, repr(delimiter))
        findings.note(f"The first line declares the {words} as delimiter.")
        return delimiter, skipped, True
    detected = detect_delimiter(source, data)
    if detected:
        findings.note(f"The delimiter is the {DELIMITER_NAMES[detected]} (detected).")
    return detected or ",", skipped, bool(detected)


def _header_of(
    source: Source, data: bytes, mark: bytes, records: Records, skipped: int
) -> tuple[int, list[str]]:
    """Return position and cells of the first record that is not empty."""
    tokeniser = Tokeniser(data, mark)
    for position in range(len(records.starts)):
        start = int(records.starts[position])
        if start < skipped:
            continue
        cells = records.taken.get(position) or tokeniser.record(start)[0]
        if any(map(str.strip, cells)):
            return position, cells
    raise source.refusal("the file holds no header, only empty lines; export it again")


def _check_delimiter(
    header: list[str], delimiter: str, line: int, findings: Findings, certain: bool
) -> None:
    """Add an error where the header is one cell that seems to hold several."""
    others = [mark for mark in DETECTED if mark != delimiter and mark in header[0]]
    if certain and not others:
        return
    names = " or ".join(DELIMITER_NAMES[mark] for mark in DETECTED)
    if certain:
        names = DELIMITER_NAMES.get(delimiter, repr(delimiter))
    findings.error(
        "no delimiter",
        line=line,
        value=shown(header[0]),
        found=f"a header without {names}: {shown(header[0])}",
        expected="several names",
        todo="Declare the delimiter of the file under [file], or save the file as CSV",
    )


def _width_of(data: bytes, mark: bytes, *, records: Records, first: int, names: int) -> int:
    """Return the number of columns: that of the header, unless all rows agree on a larger one."""
    counts = records.counts[_filled(records, first)]
    if not len(counts) or (counts != counts[0]).any() or counts[0] <= names:
        return names
    one_more = counts[0] == names + 1 and _all_end_in(data, mark, records, first)
    return int(counts[0]) if one_more or (len(counts) > 1 and names > 1) else names


def _filled(records: Records, first: int) -> NDArray[np.bool_]:
    """Return which records stand below the header and are no blank lines."""
    filled = records.ends > records.starts
    filled[: first + 1] = False
    return filled


def _all_end_in(data: bytes, mark: bytes, records: Records, first: int) -> bool:
    """Whether all rows end in a delimiter."""
    last = records.ends[_filled(records, first)] - 1
    return bool((np.frombuffer(data, dtype=np.uint8)[last] == mark[0]).all())


def _tell_short_header(names: int, width: int, line: int, findings: Findings) -> None:
    findings.error(
        "ragged row",
        line=line,
        found=f"{names} names in the header over rows of {width} cells",
        expected="a name for every column",
        todo="Complete the header, or remove the column without a name",
    )


def _tell_quotes(records: Records, findings: Findings) -> None:
    for line, fault in records.faults:
        text = shown(fault.text.decode())
        if fault.spans:
            findings.error(
                "unclosed quote",
                position=fault.cell,
                line=line,
                value=text,
                found=f"a quotation mark that opens cell {fault.cell + 1} and is never closed",
                expected="a mark at both ends of the cell",
                todo='Close the quotation mark, or remove it (a mark within a cell is written "")',
            )
        else:
            findings.error(
                "stray quote",
                position=fault.cell,
                line=line,
                value=text,
                found=f"text behind the closing quotation mark of cell {fault.cell + 1}",
                expected="a delimiter or the end of the line",
                todo='Remove the quotation marks (a mark within a cell is written "")',
            )


def _tell_rows(cells: Cells, records: Records, width: int, findings: Findings) -> None:
    for position, count in cells.ragged:
        number = "1 cell" if count == 1 else f"{count} cells"
        findings.error(
            "ragged row",
            line=int(records.lines[position]),
            found=f"{number} in this row",
            expected=f"{width}, as in the header",
            todo="Look for a delimiter too many or too few, or one in a cell without quotes",
        )
