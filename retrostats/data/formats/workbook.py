"""What the reader of a workbook does not tell: formulas, merged cells, hidden rows."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from retrostats.data.formats.source import Source

#: A workbook that unpacks to more than this, or to more than so many times its size, is no data.
_LARGEST, _LARGE, _RATIO = 3_000_000_000, 200_000_000, 250

_TAG = r"<(?:\w+:)?"
_SHEET = re.compile(_TAG + r"sheet\s([^>]*)>")
_RELATION = re.compile(_TAG + r"Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\s(?=[^>]*\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"'](\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMarkup:
    """Peculiarities of one sheet.

    Attributes
    ----------
    formulas
        Whether it has any.
    merged
        First cell, last cell, first row and last row of each merged block.
    hidden
        Rows that are hidden.
    """

    formulas: bool = False
    merged: tuple[tuple[str, str, int, int], ...] = ()
    hidden: tuple[int, ...] = ()


def open_archive(source: Source) -> zipfile.ZipFile:
    """Open a workbook as the archive that it is.

    Raises
    ------
    DataError
        If it is none, is encrypted, or would unpack to something far too large.
    """
    if source.raw.startswith(b"\xd0\xcf\x11\xe0"):
        message = "is protected by a password or an old .xls workbook"
        raise source.refusal(f"{message}; save it as .xlsx without a password")
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.raw))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        message = "is no Excel workbook, or a damaged one"
        raise source.refusal(f"{message}; open it in Excel and save it again") from None
    size = sum(member.file_size for member in members)
    if size > _LARGEST or (size > _LARGE and size > _RATIO * len(source.raw)):
        message = f"would unpack to {size:,} bytes, which is far more than data need"
        raise source.refusal(f"{message}; save the sheet as CSV UTF-8")
    return archive


def load_worksheets(source: Source, *, data_only: bool = True) -> tuple[Any, tuple[str, ...]]:
    """Return a workbook of openpyxl without its chart sheets, and their names.

    Parameters
    ----------
    source
        The workbook.
    data_only
        Whether cells give the results of formulas rather than their text.

    Raises
    ------
    Exception
        Whatever a damaged file makes openpyxl raise.
    """
    from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped, unused-ignore]

    charts: list[str] = []
    reader: Any = ExcelReader(io.BytesIO(source.raw), read_only=True, data_only=data_only)
    # the method of openpyxl fails on charts of other programs, and nothing in them is read
    reader.read_chartsheet = lambda sheet, _: charts.append(sheet.name)
    reader.read()
    return reader.wb, tuple(charts)


def markup_of(archive: zipfile.ZipFile, sheet: str) -> SheetMarkup:
    """Return the peculiarities of a sheet; none where it is not found.

    Raises
    ------
    Exception
        Whatever a damaged archive makes `zipfile` raise.
    """
    names = set(archive.namelist())
    path = _path_of(archive, sheet)
    if path not in names:
        return SheetMarkup()
    xml = archive.read(path)
    merged = tuple(
        ((m[1] + m[2]).decode(), (m[3] + m[4]).decode(), int(m[2]), int(m[4]))
        for m in _MERGED.finditer(xml)
    )
    hidden = tuple(int(match[1]) for match in _HIDDEN.finditer(xml))
    return SheetMarkup(formulas=_FORMULA.search(xml) is not None, merged=merged, hidden=hidden)


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the member of the archive that holds a sheet."""
    book = archive.read("xl/workbook.xml").decode(errors="replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    targets = {}
    for match in _RELATION.finditer(relations):
        found = _attributes(match[1])
        targets[found.get("Id", "")] = found.get("Target", "")
    for match in _SHEET.finditer(book):
        found = _attributes(match[1])
        if found.get("name") == sheet:
            target = targets.get(found.get("r:id", ""), "")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return ""


def _attributes(text: str) -> dict[str, str]:
    return {m[1]: html.unescape(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(text)}
