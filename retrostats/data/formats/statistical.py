"""SPSS and Stata files, with their value labels and declared missing values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.assembling import Sheet, assemble
from retrostats.data.formats.cell_text import column_text, moments_text, number_text
from retrostats.data.formats.isolated import open_isolated
from retrostats.data.formats.listing import Findings, shown
from retrostats.data.formats.source import Progress, Source
from retrostats.data.formats.table import RawTable

#: Formats of SPSS: counts of seconds since the Gregorian calendar began.
_SPSS_EPOCH = "1582-10-14"
_SPSS_DATES = frozenset("DATE ADATE EDATE JDATE SDATE QYR MOYR WKYR".split())  # noqa: SIM905
_SPSS_MOMENTS = frozenset({"DATETIME", "YMDHMS"})
#: Formats of Stata: days or milliseconds since 1960.
_STATA_EPOCH = "1960-01-01"
_STATA_PERIODS = ("%tw", "%tm", "%tq", "%th", "%ty")


def read_statistical(source: Source, form: FileForm, progress: Progress) -> RawTable:
    """Return the table of an SPSS or Stata file.

    Codes stay codes, as text, with their value labels beside them; values that the file declares
    missing become empty, which a note tells by column.

    Raises
    ------
    DataError
        If the file is damaged or not of the format that its suffix names.
    """
    content = open_isolated(source, form.encoding)
    progress(0.5)
    findings = Findings()
    decimal = form.decimal if form.decimal in (".", ",") else "."
    names = list(content["values"])
    columns, labels = [], {}
    for number, name in enumerate(names, start=1):
        cells, wrong = _column(content, name, decimal, findings)
        _tell_no_dates(cells, wrong, (number - 1, name), findings)
        columns.append(cells)
        if content["labels"].get(name):
            labels[name.strip()] = _labels(content["labels"][name], decimal)
        progress(0.5 + 0.4 * number / len(names))
    if not names:
        raise source.refusal("the file has no variables; export it again")
    sheet = Sheet(
        form="Stata" if source.path.suffix.lower() == ".dta" else "SPSS",
        header=names,
        header_line=0,
        columns=columns,
        lines=np.arange(1, len(columns[0]) + 1),
        labels=labels,
    )
    return assemble(source, form, sheet, findings)


def _column(
    content: Mapping[str, Any], name: str, decimal: str, findings: Findings
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return one variable as text, and which of its values are no date though they should be."""
    values = content["values"][name]
    nothing = np.zeros(len(values), dtype=bool)
    labels = content["labels"].get(name, {})
    if content["types"].get(name) == "string":
        texts = np.array(["" if value is None else str(value) for value in values], dtype=object)
        missing = _in_ranges(texts, content["ranges"].get(name, []))
        _tell_missing(name, Counter(texts[missing].tolist()), labels, findings)
        texts[missing] = ""
        return texts, nothing
    letters = Counter(value for value in values if isinstance(value, str))
    _tell_missing(name, Counter({f".{key}": n for key, n in letters.items()}), labels, findings)
    single = content["types"].get(name) == "float"
    numbers = np.array(
        [np.nan if value is None or isinstance(value, str) else value for value in values],
        dtype=np.float32 if single else np.float64,
    )
    missing = _in_ranges(numbers, content["ranges"].get(name, []))
    codes = Counter(number_text(value) for value in numbers[missing].tolist())
    _tell_missing(name, codes, labels, findings)
    numbers[missing] = np.nan
    written = content["formats"].get(name) or ""
    if written.replace("-", "").startswith(_STATA_PERIODS):
        findings.note(f"Column {shown(name)} counts periods ({written}) and is read as numbers.")
    return _numbers_text(numbers, written, decimal)


def _numbers_text(
    numbers: NDArray[Any], written: str, decimal: str
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return numbers as their format says: as dates, moments, or numbers."""
    kind = re.match(r"[A-Z]*", written)
    spss = kind[0] if kind else ""
    if spss in _SPSS_DATES:
        return moments_text(numbers, unit="s", epoch=_SPSS_EPOCH, dates="D")
    if spss in _SPSS_MOMENTS:
        return moments_text(numbers, unit="s", epoch=_SPSS_EPOCH, dates="s")
    if written.startswith(("%td", "%d", "%-td", "%-d")):
        return moments_text(numbers, unit="D", epoch=_STATA_EPOCH, dates="D")
    if written.lower().startswith(("%tc", "%-tc")):
        return moments_text(numbers, unit="ms", epoch=_STATA_EPOCH, dates="s")
    return column_text(numbers, decimal=decimal), np.zeros(len(numbers), dtype=bool)


def _in_ranges(values: NDArray[Any], ranges: list[dict[str, Any]]) -> NDArray[np.bool_]:
    """Return which values the file declares missing."""
    inside = np.zeros(len(values), dtype=bool)
    for pair in ranges:
        low, high = pair.get("lo"), pair.get("hi")
        if low is None or high is None or isinstance(low, str) != (values.dtype == object):
            continue
        inside |= np.asarray((values >= low) & (values <= high), dtype=bool)
    return inside


def _tell_missing(
    name: str, counts: Counter[str], labels: Mapping[Any, str], findings: Findings
) -> None:
    if not counts:
        return
    by_text = {key if isinstance(key, str) else number_text(key): labels[key] for key in labels}
    parts = []
    for text, count in sorted(counts.items()):
        label = by_text.get(text.removeprefix(".") if text not in by_text else text)
        words = f"{shown(text)} ({shown(label)})" if label else shown(text)
        parts.append(f"{words} in {'1 row' if count == 1 else f'{count} rows'}")
    listed = ", ".join(parts)
    findings.note(f"Column {shown(name)}: declared missing by the file, so empty here: {listed}.")


def _labels(labels: Mapping[Any, str], decimal: str) -> dict[str, str]:
    """Return value labels by the text of the cell."""
    return {
        key if isinstance(key, str) else number_text(key, decimal=decimal): label
        for key, label in labels.items()
    }


def _tell_no_dates(
    cells: NDArray[np.object_],
    wrong: NDArray[np.bool_],
    where: tuple[int, str],
    findings: Findings,
) -> None:
    position, name = where
    for row in np.flatnonzero(wrong):
        findings.error(
            "not a date",
            position=position,
            line=int(row) + 1,
            column=shown(name),
            value=cells[row],
            found=f"{cells[row]} in a column of dates",
            expected="a date of the years 1 to 9999",
            todo="Correct the value in the program that wrote the file",
        )
