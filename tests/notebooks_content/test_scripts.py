"""The notebooks as texts: questions, short cells, public names, and how to cite."""

from __future__ import annotations

import ast
from pathlib import Path

import jupytext
import pytest

import retrostats as rs

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SCRIPTS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))

#: About ten lines answer a question; the few longer cells are calls with one argument a line.
MOST_LINES = 15
#: Everything else that a notebook imports is well known or does not belong there.
IMPORTS = {"retrostats", "pandas", "numpy", "statsmodels", "pingouin", "warnings", "pathlib"}
#: Constructs that hide a question behind a name; they belong into the package.
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def cells_of(script: str) -> list[tuple[str, str]]:
    """Return kind and text of each cell; that of the parameters is a kind of its own."""
    return [
        ("parameters" if "parameters" in cell.metadata.get("tags", []) else kind, cell.source)
        for cell in jupytext.reads(script, "py:percent").cells
        for kind in (cell.cell_type,)
    ]


def code_of(script: str) -> list[str]:
    return [text for kind, text in cells_of(script) if kind != "markdown"]


def faults(script: str) -> list[str]:
    """Return a sentence for each rule of the notebooks that a script breaks."""
    found = [] if script.startswith("# %% [markdown]\n# # ") else ["it does not begin with a title"]
    found += [each for check in CHECKS for each in check(script)]
    return found


def headings(script: str) -> list[str]:
    """Every code cell stands in a section whose heading is a question, behind some words."""
    found, heading, words = [], "", 0
    for kind, text in cells_of(script):
        if kind == "code":
            question = heading.endswith("?") or heading == "How to cite"
            found += [] if question else [f"no question above {text.splitlines()[0]!r}"]
            found += [] if words else [f"no words before {text.splitlines()[0]!r}"]
        if kind != "markdown":
            continue
        first, *others = text.splitlines()
        is_heading = first.startswith("## ")
        heading = first.removeprefix("## ") if is_heading else heading
        words = len(" ".join(others if is_heading else [first, *others]).split())
    return found


def short_cells(script: str) -> list[str]:
    """No cell is longer than a question needs."""
    lengths = {text: len([line for line in text.splitlines() if line]) for text in code_of(script)}
    return [
        f"{length} lines in the cell {text.splitlines()[0]!r}"
        for text, length in lengths.items()
        if length > MOST_LINES
    ]


def definitions(script: str) -> list[str]:
    """Code that is needed twice belongs into the package."""
    return [
        f"{type(node).__name__} in a notebook"
        for text in code_of(script)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, DEFINITIONS)
    ]


def imports(script: str) -> list[str]:
    """The package comes as `rs`, and nothing of its inside."""
    asked = []
    for text in code_of(script):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                asked += [(alias.name, alias.asname) for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                asked.append((node.module or "", None))
    found = [f"imports {name}" for name, _ in asked if name.split(".")[0] not in IMPORTS]
    own = [(name, known) for name, known in asked if name.split(".")[0] == "retrostats"]
    return found + [f"imports {n} as {k}" for n, k in own if (n, k) != ("retrostats", "rs")]


def public_names(script: str) -> list[str]:
    """Only names that `rs` offers are used of it, and no private attribute of anything."""
    attributes = [
        node
        for text in code_of(script)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    ]
    of_rs = {
        node.attr
        for node in attributes
        if isinstance(node.value, ast.Name) and node.value.id == "rs"
    }
    private = {node.attr for node in attributes if node.attr.startswith("_")}
    return [f"rs.{name} is not public" for name in sorted(of_rs - set(rs.__all__))] + [
        f"{name} is private" for name in sorted(private)
    ]


def citing(script: str) -> list[str]:
    """The last section tells how to cite."""
    titles = [text.splitlines()[0] for kind, text in cells_of(script) if kind == "markdown"]
    last = [title for title in titles if title.startswith("## ")][-1:]
    kind, text = cells_of(script)[-1]
    called = kind == "code" and text.splitlines()[-1].startswith("rs.cite(")
    return [] if last == ["## How to cite"] and called else ["it does not end with how to cite"]


CHECKS = (headings, short_cells, definitions, imports, public_names, citing)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem[:2])
def test_a_notebook_keeps_the_rules(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_there_are_the_first_notebooks():
    assert [path.stem[:2] for path in SCRIPTS][:3] == ["01", "02", "03"]


GOOD = """\
# %% [markdown]
# # Title
#
# What it is about.

# %% [markdown]
# ## Is it so?
#
# What is asked.

# %%
import retrostats as rs

trial = rs.load_trial("qiu2023")

# %% [markdown]
# How to read it.

# %% [markdown]
# ## How to cite
#
# The package and the trial.

# %%
rs.cite(trial)
"""


def test_a_good_script_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# # Title", "# Title", "it does not begin with a title"),
        ("Is it so?", "It is so", "no question above 'import retrostats as rs'"),
        ("#\n# What is asked.\n", "", "no words before 'import retrostats as rs'"),
        ("trial = rs", "\n".join(["x = 1"] * 14) + "\ntrial = rs", "16 lines in the cell"),
        ("trial = rs", "def f():\n    pass\n\ntrial = rs", "FunctionDef in a notebook"),
        ("trial = rs", "f = lambda: 1\ntrial = rs", "Lambda in a notebook"),
        ("import retrostats as rs", "import retrostats", "imports retrostats as None"),
        ("trial = rs", "from retrostats.data import files\ntrial = rs", "imports retrostats.data"),
        ("trial = rs", "import os\ntrial = rs", "imports os"),
        ("rs.load_trial", "rs.read_trial", "rs.read_trial is not public"),
        ('("qiu2023")', '("qiu2023")._x', "_x is private"),
        ("## How to cite", "## How to cite?", "it does not end with how to cite"),
        ("rs.cite(trial)", "trial", "it does not end with how to cite"),
    ],
)
def test_each_rule_is_kept_by_a_check(old, new, message):
    assert GOOD.count(old) == 1
    assert any(message in fault for fault in faults(GOOD.replace(old, new)))
