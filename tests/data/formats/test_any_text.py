"""Any table that is written comes back cell for cell; any bytes end in a table or an error."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.cells import read_cells
from retrostats.data.formats.reading import read_table
from retrostats.data.formats.records import find_records
from retrostats.data.formats.tokens import Tokeniser
from retrostats.errors import DataError

#: What RawTable strips around a cell.
AROUND = " \t\r\n\u00a0"

letters = st.sampled_from(
    [*'abé"\u00a0 ,;\t\r\n.-1', '""', "\r\n", '"a"', "week 3", "3,5", "€", "𝄞"]
)
words = st.lists(letters, max_size=5).map("".join)


def read(raw: bytes, **declared):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trial.csv"
        path.write_bytes(raw)
        return read_table(path, FileForm(**declared))


def table_or_none(raw: bytes, **declared):
    """Return the table, or nothing after a `DataError`; any other exception leaves."""
    try:
        return read(raw, **declared)
    except DataError:
        return None


def breaks_in(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def written(cell: str, delimiter: str, always: bool) -> str:
    """Return a cell as RFC 4180 has it; `csv.writer` leaves a lone CR without quotation marks."""
    if always or any(mark in cell for mark in ('"', "\r", "\n", delimiter)):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@settings(max_examples=200)
@given(st.data())
def test_a_table_comes_back_cell_for_cell_with_its_lines(data):
    width = data.draw(st.integers(2, 4))
    rows = data.draw(st.lists(st.lists(words, min_size=width, max_size=width), max_size=6))
    delimiter = data.draw(st.sampled_from(",;\t|"))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    always = data.draw(st.booleans())
    header = [f"name {n}" for n in range(width)]
    text, line, expected, lines = data.draw(st.sampled_from(["", "\ufeff"])), 1, [], []
    for row in [header, *rows]:
        blank = data.draw(st.integers(0, 2))
        text += end * blank + delimiter.join(written(c, delimiter, always) for c in row) + end
        line += blank
        if row is not header and any(cell.strip(AROUND) for cell in row):
            expected.append([cell.strip(AROUND) for cell in row])
            lines.append(line)
        line += 1 + sum(map(breaks_in, row))
    text = text.removesuffix(data.draw(st.sampled_from(["", end])))
    table = read(text.encode(), delimiter=delimiter)
    assert table.header == tuple(header)
    assert [list(row) for row in zip(*table.columns, strict=True)] == expected
    assert table.lines.tolist() == lines
    assert not {p.rule for p in table.problems} & {"ragged row", "unclosed quote", "stray quote"}


def test_what_the_csv_writer_writes_comes_back():
    rows = [["a,b", 'c"d', "e\nf"], ["", " g ", "h\r\ni"], ["j", "", "k;l"]]
    for delimiter in ",;\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC):
            text = io.StringIO(newline="")
            csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(
                [["x", "y", "z"], *rows]
            )
            table = read(text.getvalue().encode())
            found = [list(row) for row in zip(*table.columns, strict=True)]
            assert found == [[cell.strip(AROUND) for cell in row] for row in rows]
            assert table.lines.tolist() == [2, 4, 6]


@settings(max_examples=400)
@given(st.lists(letters, min_size=1, max_size=40).map("".join), st.sampled_from(",;\t"))
def test_arithmetic_on_bytes_agrees_with_reading_one_by_one(text, delimiter):
    data, mark = text.encode(), delimiter.encode()
    records = find_records(data, mark)
    tokeniser = Tokeniser(data, mark)
    at, starts, cells = 0, [], []
    while at < len(data):
        starts.append(at)
        found, at = tokeniser.record(at)
        cells.append(found)
        at += 2 if data[at : at + 2] == b"\r\n" else 1
    assert records.starts.tolist() == starts
    assert records.counts.tolist() == [len(found) for found in cells]
    assert records.lines.tolist() == [1 + breaks_in(data[:at].decode()) for at in starts]
    assert len(records.faults) == len(tokeniser.faults)
    for width in {len(found) for found in cells}:
        read_back = read_cells(
            data, mark, records=records, first=0, width=width, progress=lambda _: None
        )
        for row, position in enumerate(read_back.positions):
            if len(cells[position]) == width:
                assert [column[row] for column in read_back.columns] == cells[position]
        assert np.all(np.diff(read_back.positions) > 0)


WHOLE = (
    b"\xef\xbb\xbfid;arm;visit;nrs\r\n"
    b'1;retro;"week 0";3,5\r\n1;retro;"week\r\n3";2\n\n2;"contr""ol";=x;4\r;;;\n'
)


@settings(max_examples=300)
@given(st.data())
def test_mutated_bytes_end_in_a_table_or_an_error(data):
    raw = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        piece = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b";", b"\r"])))
        raw[at : at + data.draw(st.integers(0, 3))] = piece
    declared = data.draw(st.sampled_from([{}, {"encoding": "latin-1"}, {"delimiter": ";"}]))
    table = table_or_none(bytes(raw), **declared)
    if table is None:
        return
    assert all(isinstance(cell, str) for column in table.columns for cell in column)
    assert np.all(np.diff(table.lines) > 0)
    assert len(table.header) == len(table.columns)
    assert all(str(problem) for problem in table.problems)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_table_or_an_error(raw):
    table = table_or_none(raw)
    assert table is None or table.problems or table.n_rows
