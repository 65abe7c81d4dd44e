"""One record of a text file taken apart cell by cell, where speed does not matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFault:
    """A quotation mark that does not enclose a cell.

    Attributes
    ----------
    at
        Offset of the opening mark.
    cell
        Position of the cell in its record, from 0.
    text
        What stands there up to the end of the cell or line.
    spans
        Whether no closing mark was found on its line.
    """

    at: int
    cell: int
    text: bytes
    spans: bool


@dataclass(frozen=True, slots=True)
class _Patterns:
    quoted: re.Pattern[bytes]
    opening: re.Pattern[bytes]
    plain: re.Pattern[bytes]


@lru_cache(maxsize=8)
def _patterns(delimiter: bytes) -> _Patterns:
    mark = re.escape(delimiter)
    space = b"[ \t]*" if delimiter not in b" \t" else b"[ ]*" if delimiter == b"\t" else b""
    content = rb'"([^"]*+(?:""[^"]*+)*+)'
    return _Patterns(
        quoted=re.compile(space + content + b'"' + space + b"(?=" + mark + rb"|\r|\n|\Z)"),
        opening=re.compile(space + content + b'("?)'),
        plain=re.compile(b"[^" + mark + rb"\r\n]*"),
    )


class Tokeniser:
    """Takes records apart; remembers the marks that enclose nothing.

    Quotation marks inside an unquoted cell are text, as spreadsheets read them; spaces outside
    the marks of a quoted cell are left out.

    Parameters
    ----------
    data
        The text in UTF-8.
    delimiter
        One byte.
    patience
        After so many faults a quotation mark is text everywhere, so that a broken file is not
        searched to its end again and again.
    """

    def __init__(self, data: bytes, delimiter: bytes, *, patience: int = 1000) -> None:
        self._data, self._delimiter, self._patience = data, delimiter, patience
        self._patterns = _patterns(delimiter)
        self.faults: list[QuoteFault] = []

    def record(self, start: int) -> tuple[list[str], int]:
        """Return the cells of the record at an offset, and the offset where its last one ends.

        A cell whose mark is never closed, or followed by text, is taken as it stands up to the
        next delimiter or line end, and added to the faults.
        """
        data, patterns = self._data, self._patterns
        cells: list[str] = []
        at = start
        while True:
            quoted = patterns.quoted.match(data, at) if self._patient else None
            if quoted:
                cells.append(quoted[1].replace(b'""', b'"').decode())
                at = quoted.end()
            else:
                at, cell = self._plain(at, len(cells))
                cells.append(cell)
            if data[at : at + 1] != self._delimiter:
                return cells, at
            at += 1

    @property
    def _patient(self) -> bool:
        return len(self.faults) < self._patience

    def _plain(self, at: int, cell: int) -> tuple[int, str]:
        plain = self._patterns.plain.match(self._data, at)
        end = plain.end() if plain else at
        text = self._data[at:end]
        opening = self._patterns.opening.match(self._data, at) if self._patient else None
        if opening:
            mark = self._data.index(b'"', at)
            spans = not opening[2] or b"\n" in opening[1] or b"\r" in opening[1]
            self.faults.append(QuoteFault(at=mark, cell=cell, text=text, spans=spans))
        return end, text.decode()
