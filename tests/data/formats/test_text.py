"""Small text files as they come, with the table, the lines and the problems that they hold."""

from __future__ import annotations

import hashlib

import pytest

from retrostats.data.formats.listing import LISTED
from retrostats.errors import DataError

#: name, bytes, header, rows, lines
CLEAN = [
    ("comma", b"id,x\n1,2\n3,4\n", "id x", ["1 2", "3 4"], [2, 3]),
    ("semicolon", b"id;x\n1;2\n", "id x", ["1 2"], [2]),
    ("tab", b"id\tx\n1\t2\n", "id x", ["1 2"], [2]),
    ("no last line end", b"id,x\n1,2", "id x", ["1 2"], [2]),
    ("byte order mark", b"\xef\xbb\xbfid,x\n1,2\n", "id x", ["1 2"], [2]),
    ("mark before a quote", b'\xef\xbb\xbf"id",x\n1,2\n', "id x", ["1 2"], [2]),
    ("CRLF", b"id,x\r\n1,2\r\n\r\n3,4\r\n", "id x", ["1 2", "3 4"], [2, 4]),
    ("CR", b"id,x\r1,2\r\r3,4", "id x", ["1 2", "3 4"], [2, 4]),
    ("mixed line ends", b"id,x\r\n1,2\n3,4\r5,6\r\n\n7,8", "id x", "12 34 56 78", [2, 3, 4, 6]),
    ("blank lines first", b"\n\r\n  \nid,x\n\n1,2\n", "id x", ["1 2"], [6]),
    ("quoted line ends", b'id,x\n"a\nb",2\n"c\r\nd",4\n5,6\n', "id x", None, [2, 4, 6]),
    ("quoted header over two lines", b'"i\nd",x\n1,2\n', None, ["1 2"], [3]),
    ("quotes", b'id,x\n"1","2"\n"3",4\n', "id x", ["1 2", "3 4"], [2, 3]),
    ("spaces around quotes", b'id, "x"\n "1" , 2\n', "id x", ["1 2"], [2]),
    ("spaces around", b" id ,x\n 1\t,  2 \n", "id x", ["1 2"], [2]),
    ("delimiters only", b"id,x\n1,2\n,\n , \n,,,\n3,4\n", "id x", ["1 2", "3 4"], [2, 6]),
    ("quoted emptiness", b'id,x\n1,2\n"",""\n3,4\n', "id x", ["1 2", "3 4"], [2, 4]),
    ("delimiter at each end", b"id,x,\n1,2,\n3,4,\n", "id x", ["1 2", "3 4"], [2, 3]),
    ("delimiter at each row's end", b"id,x\n1,2,\n3,4,\n", "id x", ["1 2", "3 4"], [2, 3]),
    ("delimiter at each end, CRLF", b"id,x\r\n1,2,\r\n3,4,\r\n", "id x", ["1 2", "3 4"], [2, 3]),
    ("space at either end of the file", b" id,x\n1,2 ", "id x", ["1 2"], [2]),
    ("empty columns", b"id,,x,,\n1,,2,,\n", "id x", ["1 2"], [2]),
    ("sep", b"sep=;\r\nid;x\r\n1;2\r\n", "id x", ["1 2"], [3]),
    ("sep, quoted", b'"sep=|"\nid|x\n1|2\n', "id x", ["1 2"], [3]),
    ("comma in semicolons", b"id;x\na,b;2\n", "id x", ["a,b 2"], [2]),
    ("semicolons in quotes", b'id,x\n"a;b;c",2\n', "id x", ["a;b;c 2"], [2]),
    ("delimiters in quoted names", b'"a;b",c\n1,2\n', "a;b c", ["1 2"], [2]),
    ("an inch within a cell", b'id,x\n5"3,2\n', "id x", ['5"3 2'], [2]),
    ("doubled quotes", b'id,x\n"5""3",""""\n', "id x", ['5"3 "'], [2]),
    ("signs that are no formula", b"id,x\n-1,+2\n-.5e-3,+\n-,-1.2\n", "id x", None, [2, 3, 4]),
    ("weeks as names", b"id,arm,0,6\n1,a,3,4\n", "id arm 0 6", ["1 a 3 4"], [2]),
]


def rows_of(table):
    return [" ".join(cells) for cells in zip(*table.columns, strict=True)]


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case[0])
def test_a_file_without_faults(read, case):
    name, raw, header, rows, lines = case
    table = read(raw)
    assert [str(problem) for problem in table.problems] == []
    assert table.lines.tolist() == lines, name
    assert table.digest == hashlib.sha256(raw).hexdigest()
    if header:
        assert table.header == tuple(header.split(" "))
    if isinstance(rows, str):
        rows = [" ".join(pair) for pair in rows.split(" ")]
    if rows:
        assert rows_of(table) == rows


#: name, bytes, problems as (rule, line, column, value) in their order
FAULTY = [
    ("ragged", b"id,x\n1,2,3\n\n4\n5,6\n", [("ragged row", 2, "", ""), ("ragged row", 4, "", "")]),
    ("ragged after quoted lines", b'id,x\r\n"a\r\nb",2\r\n4\r\n', [("ragged row", 4, "", "")]),
    ("short header", b"id,x\n1,2,3\n4,5,6\n", [("ragged row", 1, "", ""), ("empty header", 1)]),
    ("duplicate", b"id,x,id\n1,2,3\n", [("duplicated header", 1, "id", "id")]),
    ("duplicate by spaces", b"id,x, id\n1,2,3\n", [("duplicated header", 1, "id", "id")]),
    ("no name", b"\n\nid,,x\n1,2,3\n", [("empty header", 3, "", "")]),
    ("no header", b"s1,a,0,5\ns1,a,6,4\n", [("header looks like data", 1)]),
    ("no header, numbers", b"1,2,0,5\n1,2,6,4\n", [("header looks like data", 1)]),
    ("no rows", b"id,x\n", [("no rows", 0, "", "")]),
    ("control", b"id,x\n\n1,a\x07b\n", [("control character", 3, "x", "a\\x07b")]),
    ("NUL", b"id,x\n1,2\n" * 9 + b"1,a\0b\n", [("control character", 19, "x", "a\\x00b")]),
    ("mark inside", b"id,x\n1,\xef\xbb\xbf2\n", [("control character", 2, "x", "\\ufeff2")]),
    ("mark at a row", b"id,x\n\xef\xbb\xbf1,2\n", [("control character", 2, "id", "\\ufeff1")]),
    ("delete", b"id,x\n1,\x7f\n", [("control character", 2, "x", "\\x7f")]),
    ("zero width", "id,x\n1,2\u200b\n".encode(), [("control character", 2, "x", "2\\u200b")]),
    ("control in a name", b"id,x\x01\n1,2\n", [("control character", 1, "x\\x01", "x\\x01")]),
    ("huge", b"id,x\n1," + b"a" * 1001 + b"\n", [("huge field", 2, "x", "a" * 60 + "...")]),
    ("formula", b"id,x\n1,=1+2\n", [("formula injection", 2, "x", "=1+2")]),
    ("DDE", b"id,x\n1,+cmd|' /C calc'!A0\n", [("formula injection", 2, "x", None)]),
    ("DDE behind a number", b"id,x\n1,-2+3+cmd|' /C'!A\n", [("formula injection", 2, "x", None)]),
    ("at", b'id,x\n1,"@SUM(1,2)"\n', [("formula injection", 2, "x", "@SUM(1,2)")]),
    ("formula behind spaces", b"id,x\n1,  =1\n", [("formula injection", 2, "x", "=1")]),
    ("fullwidth", "id,x\n1,\uff1d1\n".encode(), [("formula injection", 2, "x", "\uff1d1")]),
    ("formula in a name", b"id,=x\n1,2\n", [("formula injection", 1, "=x", "=x")]),
    ("spreadsheet error", b"id,x\n1,#DIV/0!\n", [("spreadsheet error", 2, "x", "#DIV/0!")]),
    ("open quote", b'id,x\n1,"a\n2,b\n3,c\n', [("unclosed quote", 2, "", '"a')]),
    ("open quote, closed late", b'id,x\n1,"a\n2,"b"\n', [("unclosed quote", 2, "", '"a')]),
    ("text behind a quote", b'id,x\n1,"a"b\n2,c\n', [("stray quote", 2, "", '"a"b')]),
    ("marks", b"id;x\n1;3,5\n2;4,5\n3;3.5\n", [("mixed decimal marks", 4, "x", "3.5")]),
    ("quoted marks", b'id,x\n1,3.5\n2,4.5\n3,"3,5"\n', [("mixed decimal marks", 4, "x", "3,5")]),
    ("thousands", b"id;x\n1;1,234\n2;12,500\n", [("ambiguous comma", 2, "x", "1,234")]),
    ("no delimiter", b"id x\n1 2\n", [("no delimiter", 1, "", "id x")]),
]


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case[0])
def test_a_fault_is_found_at_its_place(read, case):
    name, raw, expected = case
    problems = read(raw).problems
    found = [(p.rule, p.line, p.column, p.value) for p in problems]
    assert [place[:2] for place in found] == [place[:2] for place in expected], name
    for place, wanted in zip(found, expected, strict=True):
        for part, should in zip(place, wanted, strict=False):
            assert should is None or part == should
    assert all(p.severity == "error" and p.found and p.expected and p.todo for p in problems)
    assert not any("\n" in str(p) or "\x07" in str(p) for p in problems)


#: name, bytes, what is declared, what the message has
REFUSED = [
    ("empty", b"", {}, "the file is empty"),
    ("blank", b"\n \n\r\n", {}, "empty but for blank lines"),
    ("no header", b",,\n,,\n", {"delimiter": ","}, "no header"),
    ("cp1252", b"id,x\n1,\xe9\n", {}, "line 2: byte 0xE9 (byte 3 of the line) is not UTF-8; save"),
    ("cp1252 after CR", b"id,x\r\r1,\xe9\r", {}, "line 3: byte 0xE9 (byte 3 "),
    ("cp1252 after CRLF", b"id,x\r\n\r\n1,\xe9\r\n", {}, "line 3: byte 0xE9 (byte 3 "),
    ("UTF-16", "id,x\n1,2\n".encode("utf-16"), {}, "UTF-16"),
    ("UTF-16 without mark", "id,x\n1,2\n".encode("utf-16-le"), {}, "line 1: holds 9 NUL bytes"),
    ("zip", b"PK\x03\x04abc", {}, "name it .xlsx"),
    ("old Excel", b"\xd0\xcf\x11\xe0abc", {}, "save it as .xlsx"),
    ("both", b"id,a;x\n1,2;3\n", {}, "comma and semicolon could both be the delimiter"),
    ("long delimiter", b"id,x\n", {"delimiter": ",,"}, "the delimiter ',,' is declared"),
    ("letter", b"id,x\n", {"delimiter": "d"}, "the delimiter 'd' is declared"),
    ("encoding", b"id,x\n", {"encoding": "klingon"}, "the encoding 'klingon' is declared"),
    ("binary encoding", b"id,x\n", {"encoding": "utf-7"}, "'utf-8', 'latin-1' or 'cp1252'"),
    ("undefined", b"id,x\n1,\x81\n", {"encoding": "cp1252"}, "byte 0x81 (byte 3 of the line)"),
    ("two marks", b"\xef\xbb\xbfid,x\n", {"encoding": "latin-1"}, "byte order mark of UTF-8"),
    ("decimal", b"id,x\n1,2\n", {"decimal": "'"}, "the decimal mark"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_no_table_without_text(read, case):
    _, raw, declared, message = case
    with pytest.raises(DataError) as error:
        read(raw, **declared)
    assert message in str(error.value)
    assert str(error.value).startswith("trial.csv")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ISO-8859-1"])
def test_a_declared_encoding(read, encoding):
    table = read("id,größe\n1,é\n".encode("latin-1"), encoding=encoding)
    assert table.header == ("id", "größe")
    assert rows_of(table) == ["1 é"]
    assert table.form.endswith("cp1252" if encoding == "cp1252" else "Latin-1")


def test_a_decimal_comma_is_detected_and_told(read):
    table = read(b"\xef\xbb\xbfid;x;y\n1;3,5;2\n2;NA;3\n")
    assert (table.decimal, table.problems) == (",", ())
    assert table.form == "CSV, semicolon, decimal comma, UTF-8 with byte order mark"
    assert "Numbers have decimal commas (detected in x)." in table.notes
    assert "The delimiter is the semicolon (detected)." in table.notes


def test_what_is_declared_is_not_told_and_wins(read):
    table = read(b"id;x\n1;3,500\n2;4,500\n", delimiter=";", decimal=",")
    assert (table.decimal, table.notes, table.problems) == (",", (), ())


def test_the_undeclared_mark_is_the_wrong_one(read):
    problems = read(b"id;x\n1;3,5\n2;4.5\n3;5.5\n", decimal=",").problems
    assert [p.value for p in problems] == ["4.5", "5.5"]


def test_marks_that_differ_between_columns_are_told(read):
    table = read(b"id;x;y\n1;3,5;2.5\n2;3,5;2.5\n")
    assert (table.decimal, table.problems) == (".", ())
    assert any("those of x have commas" in note for note in table.notes)


def test_text_with_commas_is_no_number(read):
    assert read(b"id;x\n1;a, b\n2;c\n3;1,2\n4;d\n").decimal == "."


def test_wide_spaces_are_left_out_and_told_once(read):
    table = read("id,x\n1,\u00a07\n2,\u20098\u202f\n3,9 9\n".encode())
    assert rows_of(table) == ["1 7", "2 8", "3 9 9"]
    (note,) = [note for note in table.notes if "spaces" in note]
    assert "around 2 cells" in note
    assert "x" in note


def test_empty_rows_are_counted_in_a_note(read):
    table = read(b"id,x\n1,2\n,\n,,,\n\n3,4\n")
    assert "2 rows without any value left out (only delimiters or empty cells)." in table.notes


def test_missing_codes_are_no_formula(read):
    assert read(b"id,x\n1,=NA\n", missing=("=NA",)).problems == ()
    assert read(b"id,x\n1,#N/A\n", missing=("#N/A",)).problems == ()


def test_a_minus_of_print_is_left_to_who_reads_numbers(read):
    table = read("id,x\n1,\u22125\n".encode())
    assert (rows_of(table), table.problems) == (["1 \u22125"], ())


def test_all_faults_of_a_file_at_once_by_line_then_column(read):
    raw = b'id,x,x\n=1,\x01,"a"b\n1,2\n\n3,"' + b"y" * 1001 + b'",@a\n'
    assert [(p.rule, p.line, p.column) for p in read(raw).problems] == [
        ("duplicated header", 1, "x"),
        ("formula injection", 2, "id"),
        ("control character", 2, "x"),
        ("stray quote", 2, ""),
        ("ragged row", 3, ""),
        ("huge field", 5, "x"),
        ("formula injection", 5, "x"),
    ]


def test_a_ragged_row_keeps_its_cells_and_its_place(read):
    table = read(b"id,x\n1,2\n3\n4,5,6\n7,8\n")
    assert rows_of(table) == ["1 2", "3 ", "4 5", "7 8"]
    assert table.lines.tolist() == [2, 3, 4, 5]
    assert [p.found for p in table.problems] == ["1 cell in this row", "3 cells in this row"]


def test_faults_without_end_are_counted(read):
    problems = read(b"id,x\n1,2\n" + b"1\n" * (LISTED + 7)).problems
    assert len(problems) == LISTED + 1
    assert problems[-1].found == f"7 more of these beside the {LISTED} listed"
    assert problems[-1].line == 0


def test_quotation_marks_without_end_take_no_time(read):
    table = read(b"id,x\n" + b'1,"a""\n' * 20_000)
    assert table.problems[0].rule == "unclosed quote"
    assert table.n_rows == 20_000


def test_single_quoted_column_when_declared(read):
    table = read(b'id\n1\n""\n2\n', delimiter=",")
    assert (table.columns[0].tolist(), table.lines.tolist()) == (["1", "2"], [2, 4])


def test_a_declared_delimiter_that_is_not_there(read):
    (problem,) = read(b"id;x\n1;2\n", delimiter=",").problems
    assert problem.rule == "no delimiter"


def test_progress_rises_to_one(tmp_path):
    from retrostats.data.codebook.types import FileForm
    from retrostats.data.formats.reading import read_table

    path = tmp_path / "x.csv"
    path.write_bytes(b"id,x\n" + b"1,2\n" * 10)
    shares = []
    read_table(str(path), FileForm(), progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 3


TITLES = {
    "above semicolons": (b"Export 3.5.2024\nid;group;pain\na;x;1\nb;y;2\n", None, 2),
    "with commas, and a blank line": (b"Walk, 3 sites, 2024\n\nid;group;pain\na;x;1\n", None, 3),
    "filled up by Excel": (b"Walk;;\nby me;;\nid;group;pain\na;x;1\n", None, 3),
    "over two lines": (b'"Walk\nagain"\nid,group,pain\na,x,1\n', None, 3),
    "declared delimiter": (b"Walk\nid|group|pain\na|x|1\n", "|", 2),
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_above_the_header_is_the_one_error(name, read):
    raw, delimiter, line = TITLES[name]
    with pytest.raises(DataError) as told:
        read(raw, delimiter=delimiter)
    assert str(told.value).startswith("trial.csv, line 1: '")
    assert "looks like a title or a note, where the header should be; " in str(told.value)
    assert f"seems to be on line {line}; delete the lines above it" in str(told.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"id,,\na,x,1\nb,y,2\n",  # the second line is data
        b"id\na,x,y\n",  # and this may be
        b"id,x,,\na,b,c,d\ne,f,g,h\n",  # half of the names are there
        b"id;pain;tug\na;1,5;2,5\nb;3,5;4,5\n",
    ],
)
def test_a_poor_header_is_no_title(raw, read):
    assert read(raw).n_rows == raw.count(b"\n") - 1
