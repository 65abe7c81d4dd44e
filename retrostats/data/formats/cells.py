"""The columns of a text file, cell by cell as text."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.records import Records
from retrostats.data.formats.source import Progress
from retrostats.data.formats.tokens import Tokeniser

#: Bytes that are taken apart between two reports of progress.
_CHUNK = 6_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What stands below the header.

    Attributes
    ----------
    columns
        One array of ``str`` per column, each of shape ``(n,)``.
    positions
        Which record each row is, shape ``(n,)``.
    ragged
        Records with another number of cells: position and that number; their missing cells are
        empty here, and what they have too much is left out.
    blank
        How many records of another number of cells hold delimiters and no value; they are left
        out.
    """

    columns: list[NDArray[np.object_]]
    positions: NDArray[np.intp]
    ragged: list[tuple[int, int]]
    blank: int


def read_cells(
    data: bytes, delimiter: bytes, *, records: Records, first: int, width: int, progress: Progress
) -> Cells:
    """Return the cells of all records from `first` on that are no blank lines.

    Parameters
    ----------
    data
        The text in UTF-8.
    delimiter
        One byte.
    records
        Of the same text.
    first
        Position of the first record below the header.
    width
        Number of columns.
    progress
        Called with the share of the work done.
    """
    position = np.arange(first, len(records.starts))
    filled = records.ends[first:] > records.starts[first:]
    plain = filled & (records.counts[first:] == width)
    if records.taken:
        plain[[taken - first for taken in records.taken if taken >= first]] = False
    regular = position[plain]
    columns = _regular(
        data, delimiter, records=records, regular=regular, width=width, tell=progress
    )
    odd = position[filled & ~plain]
    if not len(odd):
        return Cells(columns=columns, positions=regular, ragged=[], blank=0)
    rows, kept, ragged, blank = _one_by_one(data, delimiter, records, odd, width)
    everything = np.concatenate([regular, np.array(kept, dtype=np.intp)])
    order = np.argsort(everything, kind="stable")
    merged = []
    for column, further in zip(columns, _transposed(rows, width), strict=True):
        merged.append(np.concatenate([column, further])[order])
    return Cells(columns=merged, positions=everything[order], ragged=ragged, blank=blank)


def _one_by_one(
    data: bytes, delimiter: bytes, records: Records, odd: NDArray[np.intp], width: int
) -> tuple[list[list[str]], list[int], list[tuple[int, int]], int]:
    """Take single records apart; return rows, their positions, the ragged ones, blank ones."""
    tokeniser = Tokeniser(data, delimiter)
    rows, kept, ragged, blank = [], [], [], 0
    for position in odd.tolist():
        cells = records.taken.get(position)
        if cells is None:
            cells, _ = tokeniser.record(int(records.starts[position]))
        if not any(map(str.strip, cells)):
            blank += len(cells) > 1
            continue
        if len(cells) != width:
            ragged.append((position, len(cells)))
        rows.append([*cells, *[""] * (width - len(cells))][:width])
        kept.append(position)
    return rows, kept, ragged, blank


def _transposed(rows: list[list[str]], width: int) -> list[NDArray[np.object_]]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return [np.array(column, dtype=object) for column in columns]


def _regular(
    data: bytes,
    delimiter: bytes,
    *,
    records: Records,
    regular: NDArray[np.intp],
    width: int,
    tell: Progress,
) -> list[NDArray[np.object_]]:
    """Return the columns of records that all have the right number of cells."""
    import pandas as pd

    nexts = np.append(records.starts[1:], len(data))
    sizes = (nexts - records.starts)[regular]
    parts: list[list[NDArray[np.object_]]] = []
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // _CHUNK)) + 1
    chunks = np.split(regular, cuts)
    for number, chunk in enumerate(chunks, start=1):
        if not len(chunk):
            continue
        frame = pd.read_csv(
            io.BytesIO(_bytes_of(data, records.starts, nexts, chunk)),
            sep=delimiter.decode(),
            header=None,
            names=range(width),
            index_col=False,
            dtype=object,
            engine="c",
            na_filter=False,
            keep_default_na=False,
            skip_blank_lines=False,
            encoding="utf-8",
        )
        parts.append([frame[name].to_numpy(dtype=object) for name in range(width)])
        tell(number / len(chunks))
    if not parts:
        return [np.array([], dtype=object) for _ in range(width)]
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _bytes_of(
    data: bytes, starts: NDArray[np.intp], nexts: NDArray[np.intp], chunk: NDArray[np.intp]
) -> bytes:
    """Return the records of a chunk with their line ends, without what lies between them."""
    low, high = int(starts[chunk[0]]), int(nexts[chunk[-1]])
    if chunk[-1] - chunk[0] + 1 == len(chunk):
        return data[low:high]
    among = np.arange(chunk[0], chunk[-1] + 1)
    kept = np.repeat(np.isin(among, chunk), (nexts - starts)[among])
    return np.frombuffer(data, dtype=np.uint8)[low:high][kept].tobytes()
