"""Where each record of a text file begins and ends, and how many cells it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.tokens import QuoteFault, Tokeniser

_LF, _CR, _QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of a text, blank lines included.

    Attributes
    ----------
    starts, ends
        Offsets of the first byte and behind the last, without the line end, shape ``(n,)``.
    lines
        Line on which each begins, counted from 1, shape ``(n,)``.
    counts
        Cells of each, shape ``(n,)``.
    taken
        Cells of the records that had to be taken apart one by one, by their position.
    file_lines
        Lines of the whole text; more than records where cells hold line ends.
    faults
        Quotation marks that enclose no cell, each with its line.
    """

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    lines: NDArray[np.intp]
    counts: NDArray[np.intp]
    taken: Mapping[int, list[str]]
    file_lines: int
    faults: tuple[tuple[int, QuoteFault], ...] = ()


def find_records(data: bytes, delimiter: bytes) -> Records:
    """Return the records of a text.

    Where all quotation marks enclose whole cells, as RFC 4180 has it, this is arithmetic on
    arrays of bytes; otherwise the lines with quotation marks are taken apart one by one.

    Parameters
    ----------
    data
        The text in UTF-8, not empty.
    delimiter
        One byte.
    """
    codes = np.frombuffer(data, dtype=np.uint8)
    breaks = _line_breaks(data, codes)
    line_starts = np.concatenate([[0], breaks + 1])
    if line_starts[-1] == len(data):
        line_starts = line_starts[:-1]
    line_ends = np.append(breaks, len(data))[: len(line_starts)]
    at_crlf = (line_ends > 0) & (line_ends < len(data))
    at_crlf[at_crlf] = (codes[line_ends[at_crlf]] == _LF) & (codes[line_ends[at_crlf] - 1] == _CR)
    line_ends = line_ends - at_crlf
    marks = codes == delimiter[0]
    by_hand = b"\xef\xbb\xbf" in data  # pandas drops this mark where a chunk begins with it
    if not by_hand and b'"' not in data:
        lines = np.arange(1, len(line_starts) + 1)
        counts = _count(np.flatnonzero(marks), line_starts, line_ends)
        return Records(
            starts=line_starts,
            ends=line_ends,
            lines=lines,
            counts=counts,
            taken={},
            file_lines=len(line_starts),
        )
    quotes = np.flatnonzero(codes == _QUOTE)
    if by_hand or not _well_formed(codes, quotes, delimiter[0]):
        first = np.arange(len(line_starts))
        if not by_hand:
            first = np.unique(np.searchsorted(line_starts, quotes, side="right") - 1)
        return _by_hand(data, delimiter, (line_starts, line_ends), first)
    inside = (np.cumsum(codes == _QUOTE, dtype=np.uint8) & 1).astype(bool)
    first = np.concatenate([[True], ~inside[line_starts[1:] - 1]])
    position = np.flatnonzero(first)
    starts, ends = line_starts[first], line_ends[np.append(position[1:], len(first)) - 1]
    counts = _count(np.flatnonzero(marks & ~inside), starts, ends)
    return Records(
        starts=starts,
        ends=ends,
        lines=position + 1,
        counts=counts,
        taken={},
        file_lines=len(line_starts),
    )


def _line_breaks(data: bytes, codes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return the offset of the last byte of each line end: LF, CR LF or CR."""
    if b"\r" not in data:
        return np.flatnonzero(codes == _LF)
    feeds = codes == _LF
    alone = codes == _CR
    alone[:-1] &= ~feeds[1:]
    return np.flatnonzero(feeds | alone)


def _count(
    marks: NDArray[np.intp], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    return 1 + np.searchsorted(marks, ends) - np.searchsorted(marks, starts)


def _well_formed(codes: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int) -> bool:
    """Whether every quotation mark opens or closes a whole cell, or is doubled within one."""
    if len(quotes) % 2:
        return False
    separates = np.zeros(256, dtype=bool)
    separates[[_LF, _CR, delimiter]] = True
    opening, closing = quotes[::2], quotes[1::2]
    opens = (opening == 0) | separates[codes[opening - 1]]
    opens[1:] |= opening[1:] == closing[:-1] + 1
    last = len(codes) - 1
    closes = (closing == last) | separates[codes[np.minimum(closing + 1, last)]]
    closes[:-1] |= opening[1:] == closing[:-1] + 1
    return bool(opens.all() and closes.all())


def _by_hand(
    data: bytes,
    delimiter: bytes,
    lines: tuple[NDArray[np.intp], NDArray[np.intp]],
    suspects: NDArray[np.intp],
) -> Records:
    """Take the suspected lines apart one by one; the others hold no quotation mark."""
    starts, ends = lines
    tokeniser = Tokeniser(data, delimiter)
    taken: dict[int, list[str]] = {}
    begins = np.ones(len(starts), dtype=bool)
    ends = ends.copy()
    covered = 0
    for line in suspects.tolist():
        if line < covered:
            continue
        cells, end = tokeniser.record(int(starts[line]))
        covered = int(np.searchsorted(starts, end, side="right"))
        covered = max(covered, line + 1)
        begins[line + 1 : covered] = False
        ends[line] = end
        taken[line] = cells
    marks = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == delimiter[0])
    counts = _count(marks, starts, ends)
    counts[list(taken)] = [len(cells) for cells in taken.values()]
    position = np.cumsum(begins) - 1
    faults = tuple(
        (int(np.searchsorted(starts, fault.at, side="right")), fault) for fault in tokeniser.faults
    )
    return Records(
        starts=starts[begins],
        ends=ends[begins],
        lines=np.flatnonzero(begins) + 1,
        counts=counts[begins],
        taken={int(position[line]): cells for line, cells in taken.items()},
        file_lines=len(begins),
        faults=faults,
    )
