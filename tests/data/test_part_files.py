"""Folders of data files: what is found there, what is refused, and what is read."""

from __future__ import annotations

import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import DataError

CENTRES = (
    pd.DataFrame({"id": ["007", "008"], "arm": ["retro", "control"], "pain": [5.0, 6.0]}),
    pd.DataFrame({"id": ["107", "108"], "arm": ["forward", None], "pain": [4.5, None]}),
)


def write(folder, tables=CENTRES, kind="csv"):
    for number, table in enumerate(tables):
        path = folder / f"centre-{number}.{kind}"
        if kind == "csv":
            table.to_csv(path, index=False)
        else:
            table.to_parquet(path)
    return folder


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_come_one_after_the_other_by_name(tmp_path, kind):
    parts = rs.read_parts(write(tmp_path, kind=kind), texts=("id",))
    assert parts.files == (f"centre-0.{kind}", f"centre-1.{kind}")
    for _ in range(2):  # can be read again
        for found, expected in zip(parts, CENTRES, strict=True):
            pd.testing.assert_frame_equal(found, expected)


def test_only_the_columns_asked_for_are_read(tmp_path):
    parts = rs.read_parts(write(tmp_path, kind="parquet"))
    assert list(parts.read(1, ("pain",)).columns) == ["pain"]


def test_levels_are_those_of_all_files_without_missing_ones(tmp_path):
    parts = rs.read_parts(write(tmp_path))
    assert parts.levels("arm", "pain") == {
        "arm": ("control", "forward", "retro"),
        "pain": (4.5, 5.0, 6.0),
    }


def test_levels_of_a_category_keep_their_order(tmp_path):
    order = ["retro", "control"]
    tables = [
        pd.DataFrame({"arm": pd.Categorical([arm], categories=order)}) for arm in reversed(order)
    ]
    parts = rs.read_parts(write(tmp_path, tables, "parquet"))
    assert parts.levels("arm") == {"arm": ("retro", "control")}


def test_categories_that_differ_between_files_are_refused(tmp_path):
    tables = [pd.DataFrame({"arm": pd.Categorical([arm])}) for arm in ("retro", "control")]
    parts = rs.read_parts(write(tmp_path, tables, "parquet"))
    with pytest.raises(
        DataError, match=r"centre-1\.parquet: arm has the categories \('control',\)"
    ):
        parts.levels("arm")


def test_texts_and_numbers_of_one_column_are_refused(tmp_path):
    tables = [pd.DataFrame({"visit": ["week 3"]}), pd.DataFrame({"visit": [6]})]
    parts = rs.read_parts(write(tmp_path, tables))
    with pytest.raises(DataError, match=r"texts=\('visit',\)"):
        parts.levels("visit")
    assert rs.read_parts(tmp_path, texts=("visit",)).levels("visit") == {"visit": ("6", "week 3")}


def test_all_files_that_differ_are_told_together(tmp_path):
    first = CENTRES[0]
    write(tmp_path, [first, first.drop(columns="pain"), first.assign(age=60)])
    with pytest.raises(DataError) as caught:
        rs.read_parts(tmp_path, texts=("name",))
    told = str(caught.value)
    assert "centre-1.csv: lacks pain" in told
    assert "centre-2.csv: has age beside them" in told
    assert "texts: no column 'name'" in told


def test_a_column_named_twice_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("id,pain,pain\n1,2,3\n")
    with pytest.raises(DataError, match=r"a\.csv: repeats the column 'pain'"):
        rs.read_parts(tmp_path)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "no .parquet and no .csv file"),
        (("a.csv", "b.parquet"), "both Parquet and CSV files"),
        (("a.csv", "notes.txt"), "notes.txt: neither a .parquet nor a .csv"),
        (("a.csv", "old.csv/"), "old.csv: neither"),
        (("a.csv", "b.csv.gz"), "b.csv.gz: neither a .parquet nor a .csv file; unpack the files"),
    ],
)
def test_folders_that_are_not_of_one_kind(tmp_path, names, told):
    for name in names:
        (tmp_path / name).mkdir() if name.endswith("/") else (tmp_path / name).write_text("id\n1\n")
    with pytest.raises(DataError, match=told.replace(".", r"\.")):
        rs.read_parts(tmp_path)


def test_endings_in_capitals_are_read(tmp_path):
    (tmp_path / "A.CSV").write_text("id\n1\n")
    (tmp_path / "b.csv").write_text("id\n2\n")
    assert [part["id"].tolist() for part in rs.read_parts(tmp_path)] == [[1], [2]]


def test_one_text_is_no_list_of_columns(tmp_path):
    with pytest.raises(TypeError, match=r"texts=\('id',\)"):
        rs.read_parts(write(tmp_path), texts="id")


def test_marks_of_other_programs_are_passed_over(tmp_path):
    write(tmp_path)
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".hidden").touch()
    assert len(rs.read_parts(tmp_path)) == len(CENTRES)


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(DataError, match="registry: not a folder"):
        rs.read_parts(tmp_path / "registry")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_is_damaged_is_named(tmp_path, kind):
    write(tmp_path, kind=kind)
    (tmp_path / f"centre-1.{kind}").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=rf"centre-1\.{kind}: cannot be read"):
        rs.read_parts(tmp_path)


def test_a_file_that_went_away_is_named(tmp_path):
    parts = rs.read_parts(write(tmp_path))
    (tmp_path / "centre-1.csv").unlink()
    with pytest.raises(DataError, match=r"centre-1\.csv: cannot be read"):
        list(parts)


HEAD = "id,arm,note,pain\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,retro,,5\n2,control,,6,5\n", "line 3 has 5 cells, and there are 4 columns"),
        # pandas alone would take the identifiers for names of rows, and shift all columns.
        ("1,retro,,5,5\n2,control,,6,5\n", "line 2 has 5 cells"),
        ('1,retro,"a, b",5\n2,control,a, b,6\n', "line 3 has 5 cells"),
        ('1,retro,"a\nb",5\n2,control,a, b,6\n', "line 4 has 5 cells"),
        ('"1","retro","",5\n"2","control","say ""a, b"", c",6,5\n', "line 3 has 5 cells"),
    ],
)
def test_a_row_with_more_cells_than_columns_is_refused(tmp_path, rows, told):
    (tmp_path / "a.csv").write_text(HEAD + rows)
    with pytest.raises(DataError, match=rf"a\.csv: {told}"):
        rs.read_parts(tmp_path).read(0, ("id", "pain"))


@pytest.mark.parametrize(
    "rows",
    [
        '1,retro,"a, b",5\n2,control,"c\n, d",6\n',
        '1,retro,"say ""a, b"", c",5\n2,control,,6\n',
        "1,retro,,5,\n2,control,,6,\n",  # a separator at the end of each row
        "1,retro,,5,\n2,control,,6\n",
        "1,retro,,5\r\n2,control,,6\r\n",
        "\n1,retro,,5\n\n2,control,,6",
    ],
)
def test_commas_in_quotes_and_at_the_end_of_rows_are_none_of_them(tmp_path, rows):
    (tmp_path / "a.csv").write_text(HEAD + rows, newline="")
    found = rs.read_parts(tmp_path).read(0, ("id", "pain"))
    assert found.to_dict("list") == {"id": [1, 2], "pain": [5, 6]}


def test_rows_are_counted_across_blocks_of_bytes(tmp_path, monkeypatch):
    from retrostats.data.parts import long_rows

    monkeypatch.setattr(long_rows, "_BLOCK", 3)
    path = tmp_path / "a.csv"
    path.write_text('id,arm,pain\n1,"re, tro",5\n2,"con\ntrol",6\n')
    long_rows.require_no_long_rows(path, ",", 3)
    assert not long_rows._suspicious(path, ord(","), 3)
    path.write_text('id,arm,pain\n1,"re, tro",5\n2,"con\ntrol",6,1\n')
    with pytest.raises(DataError, match="line 4 has 4 cells"):
        long_rows.require_no_long_rows(path, ",", 3)


def test_a_quote_that_is_never_closed_is_told(tmp_path):
    lines = "".join(f'"{k}","retro","x","5"\n' for k in range(20_000))
    (tmp_path / "a.csv").write_text(HEAD + '1,retro,"x,5\n' + lines)
    with pytest.raises(DataError, match=r"a\.csv: line 3 has 6 cells"):
        rs.read_parts(tmp_path).read(0)
    (tmp_path / "a.csv").write_text(HEAD + '1,retro,x,5\n2,retro,"' + "x,5\n" * 60_000)
    with pytest.raises(DataError, match=r"a\.csv: cannot be read: field larger than"):
        rs.read_parts(tmp_path).read(0)


def test_a_file_that_grew_since_the_folder_was_looked_at_is_refused(tmp_path):
    parts = rs.read_parts(write(tmp_path))
    with (tmp_path / "centre-1.csv").open("a") as file:
        file.write("109,forward,3\n")
    with pytest.raises(DataError, match=r"centre-1\.csv: another size .* read_parts again"):
        parts.levels("arm")
    assert len(rs.read_parts(tmp_path).read(1)) == 3


def test_a_message_names_no_folder(tmp_path):
    parts = rs.read_parts(write(tmp_path))
    (tmp_path / "centre-1.csv").unlink()
    with pytest.raises(DataError) as caught:
        parts.read(1)
    assert str(tmp_path) not in str(caught.value)


def test_files_divided_by_another_sign_are_told_with_the_way_to_read_them(tmp_path):
    write(tmp_path)
    for path in tmp_path.iterdir():
        path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(DataError, match=r"centre-1\.csv: seems to be divided by semicolons; sep"):
        rs.read_parts(tmp_path)
    assert rs.read_parts(tmp_path, separator=";").columns == ("id", "arm", "pain")


def test_other_letters_and_empty_files_are_told_in_words(tmp_path):
    write(tmp_path)
    path = tmp_path / "centre-1.csv"
    path.write_bytes("id,arm,pain\n9,r\u00e9tro,5\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"centre-1\.csv: cannot be read: it is no UTF-8 text"):
        rs.read_parts(tmp_path).read(1)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"centre-1\.csv: cannot be read: it is empty; delete it"):
        rs.read_parts(tmp_path)
