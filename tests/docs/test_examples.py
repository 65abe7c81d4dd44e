"""Every public name shows in its docstring how it is called; its doctests run with the tests."""

from __future__ import annotations

import doctest
import inspect
import re

import pytest

import retrostats as rs

FUNCTIONS = [name for name in rs.__all__ if inspect.isfunction(getattr(rs, name))]
#: What a path that only the source tree has would look like in an example.
CHECKOUT_PATH = re.compile(r"""["'](?:data|docs|tests|notebooks)/""")


def sections(name):
    """Return the sections of a docstring by their headings."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.getdoc(getattr(rs, name)), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", rs.__all__)
def test_every_public_name_has_an_example_that_runs(name):
    found = sections(name)
    assert "Examples" in found
    assert doctest.DocTestParser().get_examples(found["Examples"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_calls_it(name):
    assert re.search(rf"\b{name}\(", sections(name).get("Examples", ""))


@pytest.mark.parametrize("name", rs.__all__)
def test_every_example_runs_where_the_package_is_installed(name):
    assert not CHECKOUT_PATH.search(sections(name).get("Examples", ""))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_says_what_it_returns(name):
    returned = inspect.signature(getattr(rs, name)).return_annotation
    assert returned == "None" or sections(name).get("Returns", "").strip()


def test_there_are_functions_to_look_at():
    assert len(FUNCTIONS) >= 60
