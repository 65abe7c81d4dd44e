"""Every type that the public functions return shows itself in a notebook, and how."""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import html
import inspect
import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from IPython.core.formatters import DisplayFormatter

import retrostats as rs

from .makers import MAKERS

#: Types that are told by others: errors by their message, and Axes by their picture.
OTHERWISE = {"Axes", "DataError", "FitError", "PlanError", "RetrostatsError"}
#: A value of a notebook fills a screen or scrolls in a box; its HTML stays below this per row.
PER_ROW = 3000
HOSTILE = "<script>alert('x')</script> & <b>"
#: A colour of text, or of a page, that is the same in light and in dark.
FIXED = re.compile(r"(?<![-\w])color\s*:|background[\w-]*\s*:\s*(#|rgb|white|black)")
VOID = {"br", "img"}


class Reader(HTMLParser):
    """Reads HTML strictly: every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.styles: list[str] = []
        self.text: list[str] = []
        self.loose: list[str] = []

    def handle_starttag(self, tag, attrs):
        style = dict(attrs).get("style") or ""
        self.tags.append(tag)
        self.styles.append(style)
        if tag == "table" and not any("overflow-x:auto" in each for _, each in self.open):
            self.loose.append(tag)
        if tag not in VOID:
            self.open.append((tag, style))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        self.text.append(data)


def read(view: str) -> Reader:
    reader = Reader()
    reader.feed(view)
    reader.close()
    assert reader.open == []
    return reader


def words_of(view: str) -> str:
    return " ".join(read(view).text).replace("\N{MINUS SIGN}", "-")


def returned(function) -> set[str]:
    """Return the names of the types of this package in what a function says it returns."""
    space = vars(sys.modules[function.__module__])
    names = re.findall(r"[A-Za-z_]\w*", str(inspect.signature(function).return_annotation))
    found = {name: space.get(name, getattr(builtins, name, None)) for name in names}
    unknown = [name for name, value in found.items() if value is None and name != "None"]
    assert not unknown, f"{function.__name__}: what is {unknown}?"
    return {name for name, value in found.items() if is_ours(value)}


def is_ours(value: object) -> bool:
    return inspect.isclass(value) and (
        value.__module__.startswith("retrostats") or value.__name__ == "Axes"
    )


def test_what_any_public_function_returns_is_made_here():
    public = [getattr(rs, name) for name in rs.__all__]
    wanted = {value.__name__ for value in public if inspect.isclass(value)}
    for function in filter(inspect.isfunction, public):
        wanted |= returned(function)
    assert len(wanted) > 35
    assert wanted - {name.partition(":")[0] for name in MAKERS} == OTHERWISE


def test_a_type_that_is_not_shown_is_noticed():
    def fresh() -> Path: ...

    assert returned(fresh) == set()
    fresh.__module__ = "retrostats.effects.proportions.number_needed"
    fresh.__annotations__["return"] = "tuple[NumberNeededToTreat, ...]"
    assert returned(fresh) == {"NumberNeededToTreat"}


@pytest.fixture(params=MAKERS, scope="module")
def name(request):
    return request.param


@pytest.fixture(scope="module")
def made(name):
    value = MAKERS[name]()
    assert name.partition(":")[0] in {each.__name__ for each in type(value).__mro__}
    return value


@pytest.fixture(scope="module")
def view(made):
    return made._repr_html_()


def test_it_is_whole_html_for_light_and_dark_pages(view):
    reader = read(view)
    assert not {"style", "script"} & set(reader.tags)
    for style in reader.styles:
        assert not re.search(
            r"(?<![-\w])color\s*:|background[\w-]*\s*:\s*(#|rgb|white|black)", style
        )
    assert reader.loose == []
    rows = reader.tags.count("tr") + reader.tags.count("li")
    assert len(view) < PER_ROW * (2 + rows)


def test_long_tables_scroll_below_their_heads(view):
    for box in re.findall(r'<div style="overflow-x:auto[^"]*"><table.*?</table></div>', view, re.S):
        high = "max-height" in box[: box.index(">")]
        rows = box.count("<tr>") - box.count("<thead>")
        assert high == (rows > 25)
        assert not high or "position:sticky" in box or "<thead>" not in box


def test_it_says_what_the_text_says(made, view):
    words = words_of(view)
    written = not hasattr(type(made).__repr__, "__wrapped__") and not isinstance(made, tuple)
    told = type(made).__str__ is not object.__str__
    if written or told:
        numbers = re.findall(r"\d+(?:\.\d+)?", str(made))
        assert [each for each in numbers if each not in words] == []
    elif dataclasses.is_dataclass(made) and type(made).__name__ in words:
        # A table of its fields: all that are words or whole numbers are in it.
        kept = [getattr(made, field.name) for field in dataclasses.fields(made)]
        plain = [str(each) for each in kept if isinstance(each, str) or type(each) is int]
        assert [each for each in plain if each.replace("\N{MINUS SIGN}", "-") not in words] == []


def test_it_shows_the_same_again_and_no_address(made, view):
    first = DisplayFormatter().format(made)[0]
    assert DisplayFormatter().format(made)[0] == first
    assert first["text/html"] == view
    for each in first.values():
        assert str(Path.cwd()) not in each
        assert not re.search(r"\b0x[0-9a-f]{6,}", each)


def hostile_views(value: object):
    """Yield the HTML of the value with words that are no HTML in one field of text after another.

    Fields that take only some words, such as the name of a structure, refuse these.
    """
    if not dataclasses.is_dataclass(value):
        return
    for field in dataclasses.fields(value):
        if isinstance(getattr(value, field.name), str) and field.init:
            with contextlib.suppress(ValueError, KeyError, rs.RetrostatsError):
                yield dataclasses.replace(value, **{field.name: HOSTILE})._repr_html_()


@cache
def spoilt(name):
    """Return these views of a type, written once for both tests below."""
    return tuple(hostile_views(MAKERS[name]()))


def test_everything_is_escaped(name):
    for each in spoilt(name):
        assert "script" not in read(each).tags
        assert HOSTILE not in each


def test_many_are_tried_with_words_that_are_no_html():
    views = [view for name in MAKERS for view in spoilt(name)]
    assert sum(HOSTILE in html.unescape(view) for view in views) > 40
