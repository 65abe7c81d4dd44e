"""Reads a cohort file of any known format as a table of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.source import Progress, Source, open_source
from retrostats.data.formats.table import RawTable

_TEXT = (".csv", ".txt", ".tsv")
_KNOWN = ".csv .tsv .txt .xlsx .xlsm .sav .zsav .dta .parquet"
_ADVICE = {
    ".xls": "the old Excel format; save it as .xlsx",
    ".xlsb": "a binary Excel workbook; save it as .xlsx",
    ".ods": "an OpenDocument sheet; save it as .xlsx or as CSV UTF-8",
    ".numbers": "a Numbers sheet; export it as .xlsx or as CSV UTF-8",
    ".sas7bdat": "a SAS data set; export it as CSV",
    ".por": "the old SPSS format; save it as .sav",
    ".rds": "an R object; write it by write.csv(..., row.names = FALSE)",
}


def read_table(
    path: Path | str, form: FileForm, *, progress: Callable[[float], None] | None = None
) -> RawTable:
    """Read a file as text cells, by its suffix, with all that is wrong with its form.

    Parameters
    ----------
    path
        ``.csv .tsv .txt``: text; ``.xlsx .xlsm``: Excel; ``.sav .zsav``: SPSS; ``.dta``: Stata;
        ``.parquet``: Parquet.
    form
        What the codebook declares; the rest is detected and told in the notes.
    progress
        Called with the share of the work done, from 0 to 1.

    Returns
    -------
    RawTable
        Faults of form are in its `problems`; none of them is mended.

    Raises
    ------
    DataError
        If there is no table at all: no such file, empty, damaged, not decodable, unknown suffix.
    """
    path = Path(path)
    tell = progress or _silent
    tell(0.0)
    table = _reader_of(path)(open_source(path), form, tell)
    tell(1.0)
    return table


def _silent(share: float) -> None:
    del share


def _reader_of(path: Path) -> Callable[[Source, FileForm, Progress], RawTable]:
    suffix = path.suffix.lower()
    if suffix in _TEXT:
        from retrostats.data.formats.text import read_text

        return read_text
    if suffix in (".xlsx", ".xlsm"):
        from retrostats.data.formats.excel import read_excel

        return read_excel
    if suffix in (".sav", ".zsav", ".dta"):
        from retrostats.data.formats.statistical import read_statistical

        return read_statistical
    if suffix == ".parquet":
        from retrostats.data.formats.parquet import read_parquet

        return read_parquet
    source = open_source(path)
    if suffix in _ADVICE:
        raise source.refusal(f"is {_ADVICE[suffix]}")
    raise source.refusal(f"the suffix {suffix!r} is unknown; expected one of {_KNOWN}")
