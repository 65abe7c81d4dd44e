"""From scripts to notebooks: what is made, what is refused, and where."""

from __future__ import annotations

import ast

import nbformat
import pytest

from retrostats.errors import DataError, RetrostatsError
from retrostats.notebooks import catalogue
from retrostats.notebooks.catalogue import Script, find_notebooks, require_modules
from retrostats.notebooks.parameters import as_type, read_parameters, replaced
from retrostats.notebooks.percent import as_notebook, parameters_of

HEAD = "# %% [markdown]\n# # A title\n"
PARAMETERS = '\n# %% tags=["parameters"]\n'


def test_a_notebook_is_valid_and_says_nothing_of_versions():
    notebook = as_notebook(Script("01_a", f"{HEAD}\n# %%\n1 + 1\n{PARAMETERS}week = 6\n"))
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == ["cell-01", "cell-02", "cell-03"]
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[0].source == "# A title"
    assert notebook.cells[2].metadata == {"tags": ["parameters"]}
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_a_value_is_replaced_where_it_stands_and_nothing_else():
    source = (
        '# Größe: "cohort"\ncohort = "größe/é.csv"  # cohort = "x"\nlevel =  0.95\n\nn = (\n  -3\n)'
    )
    script = Script("01_a", f"{HEAD}{PARAMETERS}{source}\n")
    values = {"cohort": 'a"b\\c=ß.csv', "n": 12, "other": 1}
    changed = as_notebook(script, values).cells[1].source
    assert changed == (
        '# Größe: "cohort"\ncohort = "a\\"b\\\\c=ß.csv"  # cohort = "x"\n'
        "level =  0.95\n\nn = (\n  12\n)"
    )
    namespace: dict[str, object] = {}
    exec(changed, namespace)  # noqa: S102 - it is what a kernel does with it
    assert (namespace["cohort"], namespace["n"]) == ('a"b\\c=ß.csv', 12)
    assert as_notebook(script).cells[1].source == source


@pytest.mark.parametrize(
    "text",
    ["'", '"', '"""', "\\", "\\n", "{x}", "# none", "=", "é", "\u2028", "\x7f", "日本"],
)
def test_any_text_survives_as_a_value(text):
    source = "name = 'x'  # ü"
    changed = replaced(source, read_parameters(source, print), {"name": text})
    assert ast.literal_eval(ast.parse(changed).body[0].value) == text


@pytest.mark.parametrize(
    ("cell", "line", "message"),
    [
        ("a = 1\nb = len('x')", 6, "not \"b = len('x')\""),
        ("a = b = 1", 5, "not 'a = b = 1'"),
        ("a, b = 1, 2", 5, "not 'a, b = (1, 2)'"),
        ("a = [1]", 5, "not 'a = [1]'"),
        ("a = None", 5, "not 'a = None'"),
        ("a = b'x'", 5, "assignments of a text"),
        ("a: int = 1", 5, "not 'a: int = 1'"),
        ("a = f'{1}'", 5, "assignments of a text"),
        ("a.b = 1", 5, "not 'a.b = 1'"),
        ("import os", 5, "not 'import os'"),
        ("a = 1\na = 2", 6, "assigns a twice"),
        ("a = 1\nb = ", 6, "is no Python"),
    ],
)
def test_parameters_are_literals_and_a_fault_has_its_line(cell, line, message):
    script = Script("01_a", f"{HEAD}{PARAMETERS}{cell}\n")
    with pytest.raises(DataError) as caught:
        as_notebook(script)
    assert f"1. notebooks/01_a.py, line {line}: " in str(caught.value)
    assert message in str(caught.value)


def test_all_faults_of_a_script_are_told_together():
    text = f"# %%\n1\n{PARAMETERS}a = 1\n{PARAMETERS}b = 1\n\n# %% [raw]\n# x\n"
    with pytest.raises(DataError) as caught:
        parameters_of(Script("01_a", text))
    head, *lines = str(caught.value).split("\n")
    assert head == "notebook 01_a: 3 faults found."
    assert "line 1: a notebook begins with the line '# %% [markdown]'" in lines[0]
    assert "line 7: a second cell of parameters; the first is at line 4" in lines[1]
    assert "line 10: a cell is Markdown or code, not raw" in lines[2]


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("-3", 1, -3),
        ("3", 1.0, 3.0),
        ("1e-3", 1.0, 0.001),
        ("False", True, False),
        ("TRUE", False, True),
        ("3", "x", "3"),
        ("a=b", "x", "a=b"),
    ],
)
def test_a_value_is_read_by_the_type_of_the_default(text, default, value):
    read = as_type(text, default)
    assert read == value
    assert type(read) is type(default)


@pytest.mark.parametrize(
    ("text", "default"),
    [
        *(("3.0", 1), ("three", 1), ("--3", 1), ("٣", 1), ("1_000", 1), ("9" * 19, 1)),
        *(("1,5", 1.0), ("nan", 1.0), ("inf", 1.0), ("1e999", 1.0), ("1_0", 1.0)),
        *(("yes", True), ("1", False), ("", True)),
    ],
)
def test_a_value_of_another_type_is_refused(text, default):
    with pytest.raises(ValueError, match="expected "):
        as_type(text, default)


@pytest.fixture
def folder(tmp_path):
    for name in ("01_first", "02_second", "10_tenth"):
        (tmp_path / f"{name}.py").write_text(HEAD, encoding="utf-8")
    (tmp_path / "helper.py").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], ["01_first", "02_second", "10_tenth"]),
        (["10", "2", "02_second.py"], ["02_second", "10_tenth"]),
        (["01"], ["01_first"]),
        (["01_first"], ["01_first"]),
    ],
)
def test_notebooks_are_found_by_name_or_number(folder, names, found):
    assert [script.name for script in find_notebooks(names, folder)] == found


def test_unknown_names_are_told_together_with_all_there_are(folder):
    with pytest.raises(DataError) as caught:
        find_notebooks(["1", "3", "first", "../01_first"], folder)
    assert str(caught.value) == (
        "no notebook '3', 'first', '../01_first'; there are: 01_first, 02_second, 10_tenth"
    )


def test_a_folder_without_notebooks_and_a_script_of_other_letters_are_told(tmp_path):
    with pytest.raises(DataError, match="holds no notebook"):
        find_notebooks([], tmp_path)
    (tmp_path / "01_a.py").write_bytes(b"# caf\xe9")
    with pytest.raises(DataError, match=r"notebooks/01_a\.py: is not UTF-8"):
        find_notebooks([], tmp_path)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(catalogue, "find_spec", lambda name: None if name == "nbclient" else name)
    with pytest.raises(RetrostatsError) as caught:
        require_modules()
    assert str(caught.value) == (
        "notebooks need nbclient, which is not installed; "
        'install them with: pip install "retrostats[lab]"'
    )
