"""Excel, SPSS, Stata and Parquet files, written here and read back."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import random
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from retrostats.errors import DataError


def workbook(*rows, change=lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows_of(table):
    return [list(row) for row in zip(*table.columns, strict=True)]


def message_of(read, raw: bytes, suffix: str) -> str:
    """Return the message of the refusal; empty where there is a table."""
    try:
        read(raw, suffix)
    except DataError as error:
        return str(error)
    return ""


def with_notes(book: openpyxl.Workbook) -> None:
    notes = book.create_sheet("Notes", 0)
    for text in ("Walk", "exported by me", "-99 is missing"):
        notes.append([text])
    book.create_sheet("Empty")


DATA = [["id", "group", "pain"], ["a", "x", 1], ["b", "y", 2]]


def test_notes_on_the_first_sheet_are_told_with_the_sheet_of_the_data(read):
    raw = workbook(*DATA, change=with_notes)
    assert message_of(read, raw, ".xlsx") == (
        "trial.xlsx: the first sheet 'Notes' is no table of 3 columns or more; the sheet 'Sheet' "
        "seems to hold the data (3 rows, 3 columns); declare sheet = 'Sheet' under [file]; "
        "`retrostats new codebook` writes it with --sheet 'Sheet'"
    )
    table = read(raw, ".xlsx", sheet="Sheet")
    assert (table.n_rows, table.sheet) == (2, "Sheet")
    assert read(workbook(*DATA), ".xlsx").sheet == ""  # there is no other


def test_a_title_above_the_header_of_a_sheet_is_told(read):
    raw = workbook(["Walk, 2024"], [], *DATA)
    assert message_of(read, raw, ".xlsx") == (
        "trial.xlsx, line 1: 'Walk, 2024' looks like a title or a note, where the header should "
        "be; the header seems to be on line 3; delete the lines above it and save the file again"
    )


def test_every_kind_of_cell_of_excel_becomes_text(read):
    moment = dt.datetime(2024, 3, 1, 10, 30)
    raw = workbook(
        ["id", "x", "day"],
        ["007", 7.0, dt.date(2024, 3, 1)],
        ["b", 7.5, moment],
        ["c", -0.1, dt.time(9, 5)],
        [" d ", True, None],
        [12, 1e-7, dt.datetime(2024, 3, 1)],
    )
    table = read(raw, ".xlsx")
    assert rows_of(table) == [
        ["007", "7", "2024-03-01"],
        ["b", "7.5", "2024-03-01 10:30:00"],
        ["c", "-0.1", "09:05:00"],
        ["d", "TRUE", ""],
        ["12", "1e-07", "2024-03-01"],
    ]
    assert table.lines.tolist() == [2, 3, 4, 5, 6]
    assert (table.problems, table.notes, table.form) == ((), (), "Excel, sheet 'Sheet'")


def test_rows_of_a_sheet_keep_their_numbers(read):
    raw = workbook([], [None, None], ["id", "x"], [1, 2], [None, " "], [], [3, 4, None], [None])
    table = read(raw, ".xlsm")
    assert (table.header, table.lines.tolist()) == (("id", "x"), [4, 7])
    assert rows_of(table) == [["1", "2"], ["3", "4"]]
    assert "2 rows without any value left out." in table.notes


def test_a_declared_decimal_comma_holds_for_the_numbers_of_excel(read):
    table = read(workbook(["id", "x"], [1, 3.5], [2, "4,5"]), ".xlsx", decimal=",")
    assert (rows_of(table), table.problems) == ([["1", "3,5"], ["2", "4,5"]], ())


def test_sheets(read):
    def two(book):
        book.create_sheet("Zwei & 'x'").append(["id", "y"])
        book["Zwei & 'x'"].append([1, 2])
        book["Zwei & 'x'"].row_dimensions[2].hidden = True

    raw = workbook(["id", "x"], [1, 2], change=two)
    first = read(raw, ".xlsx")
    assert first.header == ("id", "x")
    assert first.notes[0].startswith("The sheet 'Sheet' is read, the first of ")
    second = read(raw, ".xlsx", sheet="Zwei & 'x'")
    assert second.header == ("id", "y")
    assert second.notes == ("1 row is hidden in the sheet and read all the same (2).",)
    with pytest.raises(DataError, match="has no sheet 'Drei'; expected one of 'Sheet', "):
        read(raw, ".xlsx", sheet="Drei")


def test_a_chart_is_no_sheet(read):
    raw = workbook(["id", "x"], [1, 2], change=lambda book: book.create_chartsheet("Plot", 0))
    table = read(raw, ".xlsx")
    assert (table.header, table.notes) == (
        ("id", "x"),
        ("Sheets that are charts have no cells and are not read: 'Plot'.",),
    )
    with pytest.raises(DataError, match="the sheet 'Plot' is a chart; expected one of 'Sheet'"):
        read(raw, ".xlsx", sheet="Plot")


def test_faults_of_a_sheet(read):
    def merge(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("B1:C1")

    raw = workbook(
        ["id", "x", None, "id"],
        [1, "#DIV/0!", "=1+", "=B2*2"],
        [None, "+cmd|' /C'!A", 3, 4],
        change=merge,
    )
    table = read(raw, ".xlsx")
    assert [(p.rule, p.severity, p.line, p.column) for p in table.problems] == [
        ("empty header", "error", 1, ""),
        ("duplicated header", "error", 1, "id"),
        ("merged cells", "warning", 2, ""),
        ("spreadsheet error", "error", 2, "x"),
        ("formula without result", "error", 2, ""),
        ("formula without result", "error", 2, "id"),
        ("formula injection", "error", 3, "x"),
    ]
    assert "Cells B1:C1 of the header are merged; the name is the first's." in table.notes


@pytest.mark.parametrize("claimed", [b"A1", b"A1:XFD1048576"])
def test_a_wrong_dimension_hides_no_cell(read, claimed):
    raw = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(workbook(["id", "x"], [1, 2])))
    with zipfile.ZipFile(raw, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b'ref="A1:B2"', b'ref="' + claimed + b'"')
            new.writestr(name, content)
    assert rows_of(read(raw.getvalue(), ".xlsx")) == [["1", "2"]]


def bomb() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(250_000_000))
    return raw.getvalue()


@pytest.mark.parametrize(
    ("raw", "suffix", "message"),
    [
        (b"id,x\n", ".xlsx", "is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0abc", ".xlsx", "protected by a password or an old .xls"),
        (b"abc", ".xls", "the old Excel format; save it as .xlsx"),
        (b"abc", ".doc", "the suffix '.doc' is unknown; expected one of .csv"),
        (b"abc", "", "the suffix '' is unknown"),
        (workbook(), ".xlsx", "the sheet 'Sheet' is empty"),
        (workbook(["id"])[:-30], ".xlsx", "is no Excel workbook, or a damaged one"),
        (bomb(), ".xlsx", "would unpack to 250,000,000 bytes"),
        (b"abc", ".sav", "is no SPSS file, or a damaged one"),
        (b"abc", ".dta", "is no Stata file, or a damaged one"),
        (b"", ".xlsx", "the file is empty"),
    ],
)
def test_no_table(read, raw, suffix, message):
    with pytest.raises(DataError) as error:
        read(raw, suffix)
    assert message in str(error.value)
    assert str(error.value).startswith("trial")


def test_a_missing_file_and_a_folder(tmp_path):
    from retrostats.data.codebook.types import FileForm
    from retrostats.data.formats.reading import read_table

    with pytest.raises(DataError, match=r"x\.csv: there is no such file"):
        read_table(tmp_path / "x.csv", FileForm())
    (tmp_path / "y.csv").mkdir()
    with pytest.raises(DataError, match=r"y\.csv: is no file but a folder"):
        read_table(tmp_path / "y.csv", FileForm())
    with pytest.raises(DataError, match="cannot be the name of a file"):
        read_table("a\0.csv", FileForm())


def test_damaged_workbooks_end_in_a_table_or_an_error(read):
    good = workbook(["id", "x"], [1, "=1"], ["a", dt.date(2024, 3, 1)])
    dice = random.Random(1)  # noqa: S311
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    ended = []
    for _ in range(150):
        name = dice.choice(sorted(members))
        content = bytearray(members[name])
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(content))
            content[at : at + dice.randint(0, 2)] = bytes([dice.choice(b'<>"/=0Aaz9\x00\xff')])
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            for other, whole in members.items():
                archive.writestr(other, bytes(content) if other == name else whole)
        ended.append(message_of(read, raw.getvalue(), ".xlsx"))
    assert all(not message or message.startswith("trial.xlsx: ") for message in ended)
    assert "" in ended
    for end in range(4, len(good), 400):
        with pytest.raises(DataError):
            read(good[:end], ".xlsx")


#: Seeds of damages; the C library crashes on at least one of them.
SEEDS = (0, 1, 2, 44)
DAYS = pd.to_datetime(["2024-03-01", "1931-12-31", None])


def spss(path, frame, **kwargs):
    pyreadstat.write_sav(frame, str(path), **kwargs)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".sav", ".zsav"])
def test_spss(read, tmp_path, suffix):
    frame = pd.DataFrame(
        {
            "id": ["a ", "é", "c"],
            "arm": [1.0, 2.0, 1.0],
            "nrs": [7.5, -99, np.nan],
            "day": DAYS,
            "seen": DAYS + pd.Timedelta(hours=9),
            "why": ["moved", "xx", ""],
        }
    )
    raw = spss(
        tmp_path / f"w{suffix}",
        frame,
        compress=suffix == ".zsav",
        variable_value_labels={"arm": {1: "retro", 2.5: "none"}, "nrs": {-99: "refused"}},
        missing_ranges={"nrs": [-99, {"lo": -8, "hi": -5}], "why": ["xx"]},
        variable_format={"day": "ADATE10", "seen": "DATETIME20"},
    )
    table = read(raw, suffix)
    assert rows_of(table) == [
        ["a", "1", "7.5", "2024-03-01", "2024-03-01 09:00:00", "moved"],
        ["é", "2", "", "1931-12-31", "1931-12-31 09:00:00", ""],
        ["c", "1", "", "", "", ""],
    ]
    assert table.labels["arm"] == {"1": "retro", "2.5": "none"}
    assert table.label("arm", "1") == "retro"
    assert table.lines.tolist() == [1, 2, 3]
    assert (table.form, table.problems) == ("SPSS", ())
    assert table.notes == (
        "Column nrs: declared missing by the file, so empty here: -99 (refused) in 1 row.",
        "Column why: declared missing by the file, so empty here: xx in 1 row.",
    )


def test_stata(read, tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "arm": [1, 2, 1],
            "nrs": [7.5, "a", "z"],
            "day": [dt.date(2024, 3, 1), dt.date(1931, 12, 31), None],
        }
    )
    pyreadstat.write_dta(
        frame,
        str(tmp_path / "w.dta"),
        variable_value_labels={"arm": {1: "retro", 2: "control"}, "nrs": {"a": "refused"}},
        missing_user_values={"nrs": ["a", "z"]},
    )
    table = read((tmp_path / "w.dta").read_bytes(), ".dta")
    assert rows_of(table) == [
        ["a", "1", "7.5", "2024-03-01"],
        ["b", "2", "", "1931-12-31"],
        ["c", "1", "", ""],
    ]
    assert table.labels["arm"] == {"1": "retro", "2": "control"}
    (note,) = table.notes
    assert note.startswith("Column nrs: declared missing by the file, so empty here: .a (refused)")
    assert note.endswith(" in 1 row, .z in 1 row.")


def test_singles_and_whole_numbers_of_stata_read_back(read, tmp_path):
    frame = pd.DataFrame(
        {
            "x": np.array([7.3, 1.1, np.nan], dtype="f4"),
            "n": np.array([1, 2, 100], dtype="i1"),
            "day": DAYS,
            "week": pd.to_datetime(["2024-03-01", "2024-03-08", None]),
        }
    )
    frame.to_stata(tmp_path / "w.dta", write_index=False, convert_dates={"day": "tc", "week": "tw"})
    table = read((tmp_path / "w.dta").read_bytes(), ".dta")
    assert rows_of(table)[0] == ["7.3", "1", "2024-03-01", "3336"]
    assert rows_of(table)[2] == ["", "100", "", ""]
    assert table.notes == ("Column week counts periods (%tw) and is read as numbers.",)


def test_a_date_that_is_none(read, tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "day": [13928630400.0, 1e18]})
    raw = spss(tmp_path / "w.sav", frame, variable_format={"day": "DATE11"})
    table = read(raw, ".sav")
    assert table["day"].tolist() == ["2024-03-01", "1e+18"]
    (problem,) = table.problems
    assert (problem.rule, problem.line, problem.column) == ("not a date", 2, "day")


def test_damaged_statistical_files_end_in_a_table_or_an_error(read, tmp_path):
    """Some of these crash the C library outright, so a process of its own must take it."""
    frame = pd.DataFrame({"id": ["a", "b", "c"], "arm": [1.0, 2, 1], "nrs": [7.5, -99, np.nan]})
    raw = spss(
        tmp_path / "w.sav",
        frame,
        variable_value_labels={"arm": {1: "retro", 2: "ctl"}},
        missing_ranges={"nrs": [-99]},
    )
    ended = []
    for seed in SEEDS:
        dice, content = random.Random(seed), bytearray(raw)  # noqa: S311
        for _ in range(dice.randint(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        ended.append(message_of(read, bytes(content), ".sav"))
    assert {"", "trial.sav: is no SPSS file, or a damaged one"} >= {m.split(" (")[0] for m in ended}
    assert any("the reader broke down on it" in message for message in ended)
    with pytest.raises(DataError, match="damaged"):
        read(raw[: len(raw) // 2], ".sav")


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is here")
def test_parquet_without_pyarrow_says_what_to_install(read):
    with pytest.raises(DataError, match=r"pip install 'retrostats\[parquet\]'"):
        read(b"PAR1", ".parquet")


def test_parquet(read, tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame(
        {
            "id": ["a", None],
            "n": [1, 2],
            "x": np.array([7.3, np.nan], dtype="f4"),
            "day": [dt.date(2024, 3, 1), None],
            "seen": pd.to_datetime(["2024-03-01 09:30", None]),
            "arm": pd.Categorical(["retro", "control"]),
            "yes": [True, False],
        }
    )
    frame.to_parquet(tmp_path / "w.parquet", index=False)
    raw = (tmp_path / "w.parquet").read_bytes()
    table = read(raw, ".parquet")
    assert rows_of(table) == [
        ["a", "1", "7.3", "2024-03-01", "2024-03-01 09:30:00", "retro", "TRUE"],
        ["", "2", "", "", "", "control", "FALSE"],
    ]
    with pytest.raises(DataError, match="damaged"):
        read(raw[:-20], ".parquet")
