"""The reference lists every public name once, and the types that the functions give back."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from constructors import MADE, signature

import retrostats as rs

PAGES = Path(__file__).parents[2] / "docs" / "reference"
LISTED = {
    page.stem: re.findall(r"^   ~?([\w.]+)$", page.read_text(encoding="utf-8"), re.M)
    for page in sorted(PAGES.glob("*.md"))
}
TYPES = LISTED.pop("results")


def names_of_results():
    return {path.rpartition(".")[2] for path in TYPES}


def test_every_public_name_stands_under_one_topic():
    listed = Counter(name for names in LISTED.values() for name in names if "." not in name)
    assert sorted(listed) == rs.__all__
    assert listed.total() == len(listed)


def test_every_topic_is_in_the_list_of_topics():
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    pages = sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "index")
    assert sorted(re.findall(r"^\| \[[^\]]+\]\((\w+)\.md\)", index, re.M)) == pages
    assert sorted(index[index.index("<!-- toctree:") :].split()[2:-1]) == pages


@pytest.mark.parametrize("path", TYPES)
def test_a_type_of_results_exists_under_its_own_name(path):
    home, _, name = path.rpartition(".")
    found = getattr(import_module(home), name)
    assert (found.__module__, found.__qualname__) == (home, name)
    assert found.__doc__


def test_what_a_function_gives_back_has_a_page():
    known = {*rs.__all__, *names_of_results()}
    functions = [getattr(rs, name) for name in rs.__all__ if inspect.isfunction(getattr(rs, name))]
    ours = {
        (function.__name__, word)
        for function in functions
        for word in re.findall(r"\b[A-Z]\w+", function.__annotations__["return"])
        if inspect.isclass(kind := vars(inspect.getmodule(function)).get(word))
        and kind.__module__.startswith("retrostats.")
    }
    assert len(ours) >= 50
    assert {(name, word) for name, word in ours if word not in known} == set()


def test_only_types_that_users_make_show_how():
    types = [getattr(rs, name) for name in rs.__all__ if inspect.isclass(getattr(rs, name))]
    types += [
        getattr(import_module(path.rpartition(".")[0]), path.rpartition(".")[2]) for path in TYPES
    ]
    types = [kind for kind in types if not issubclass(kind, Exception)]
    shown = {
        kind.__name__
        for kind in types
        if signature(None, "class", f"retrostats.{kind.__name__}", kind, {}, "", None) is None
    }
    assert shown == set(MADE)
    assert signature(None, "function", "retrostats.grim", rs.grim, {}, "", None) is None
    assert signature(None, "class", "retrostats.MmrmFit", rs.MmrmFit, {}, "", None) == ("", None)


def test_types_that_the_pages_make_show_how():
    docs = PAGES.parent
    texts = [
        *docs.glob("*.md"),
        *docs.glob("[hm]*/*.md"),
        *(docs.parent / "notebooks").glob("*.py"),
    ]
    made = {
        name
        for path in texts
        for name in re.findall(r"\brs\.([A-Z]\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert {"ArmSummary", "EstimateTable", "Journal"} <= made <= set(MADE)
