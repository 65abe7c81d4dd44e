"""The pages on how the package is built: their paths exist, their layers are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
RECORDS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
LIMITS = DOCS / "limitations.md"

#: A path of the project in backticks.
PATH = re.compile(r"`((?:retrostats|tests|docs|data|notebooks|benchmarks)/[^`\s<>*]*|README\.md)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
#: Sections of a record, in this order.
SECTIONS = ["Context", "Choice", "What was rejected, and why", "Consequences"]
#: Fewest records and rows that the pages promise.
RECORDS_AT_LEAST, CHANGES_AT_LEAST = 10, 20


def layers_of_the_test() -> list[set[str]]:
    """Return the table of `tests/test_layers.py`, from the bottom."""
    tree = ast.parse((ROOT / "tests" / "test_layers.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LAYERS":
            return list(ast.literal_eval(node.value))
    raise AssertionError("tests/test_layers.py has no table LAYERS")


def table_under(heading: str) -> list[list[str]]:
    """Return the cells of the first table of a section, without its head."""
    section = ARCHITECTURE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.split("\n") if line.startswith("|")]
    table = rows[2 : next((k for k, _ in enumerate(rows) if k > 2 and "---" in rows[k]), None)]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def exists(name: str) -> bool:
    return (ROOT / name).exists()


def test_the_layers_are_those_that_the_tests_hold():
    here = {path.stem for path in (ROOT / "retrostats").iterdir() if path.name[0] not in "_."}
    shown = {
        int(number): set(re.findall(r"`(\w+)`", names))
        for number, names, _ in table_under("Layers")
    }
    assert list(shown) == sorted(shown, reverse=True)
    built = [layer & here for layer in layers_of_the_test()]
    assert [shown[number] for number in sorted(shown)] == built


def test_every_path_of_the_page_exists():
    names = PATH.findall(ARCHITECTURE)
    assert len(names) > 100
    assert [name for name in names if not exists(name)] == []


def test_enough_changes_have_a_place():
    rows = table_under("Where does my change go")
    assert len(rows) >= CHANGES_AT_LEAST
    for change, code, tests, pages in rows:
        assert change, code
        assert PATH.search(code) or PATH.search(pages) or "_HOMES" in code, change
        assert code or tests or pages


def test_types_stand_where_the_page_says():
    rows = table_under("The types between the layers")
    assert len(rows) > 10
    for names, where, *_ in rows:
        places = [ROOT / name for name in PATH.findall(where)]
        text = "\n".join(
            file.read_text(encoding="utf-8")
            for place in places
            for file in (sorted(place.glob("*.py")) if place.is_dir() else [place])
        )
        for name in re.findall(r"`(\w+)`", names):
            assert f"class {name}" in text, name


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts(path):
    text = path.read_text(encoding="utf-8")
    number = path.stem.split("-")[0]
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.*)$", text, re.M) == SECTIONS
    assert [name for name in PATH.findall(text) if not exists(name)] == []


def test_decisions_are_numbered_and_listed():
    assert len(RECORDS) >= RECORDS_AT_LEAST
    assert [path.stem[:3] for path in RECORDS] == [f"{k:03}" for k in range(1, len(RECORDS) + 1)]
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    titles = {path.name: path.read_text(encoding="utf-8").split("\n")[0][2:] for path in RECORDS}
    listed = re.findall(r"^- \[(\d{3}\. [^\]]+)\]\(([^)]+)\)", index, re.M)
    assert {name: title for title, name in listed} == titles


@pytest.mark.parametrize(
    "page", [DOCS / "architecture.md", LIMITS, DOCS / "decisions" / "index.md", *RECORDS],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_every_link_leads_to_a_file(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_limitation_says_what_to_do():
    text = LIMITS.read_text(encoding="utf-8")
    rows = [line for line in text.split("\n") if line.startswith("| ") and "---" not in line]
    heads = [row for row in rows if row.startswith("| limit |")]
    assert len(heads) > 5
    for row in rows:
        limit, instead = (cell.strip() for cell in row.strip("|").split("|"))
        assert limit, row
        assert instead, row
