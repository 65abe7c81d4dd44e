"""No output tells of this machine, this moment or this process."""

from __future__ import annotations

import pwd
import sys
from pathlib import Path

import pytest
from nbformat import from_dict

from retrostats.notebooks.outputs import leaks, private_paths, reduce

FOLDER = Path("/tmp/run-1/03_a")  # noqa: S108 - nothing is written there
HOME = Path("/home/someone")


@pytest.fixture(autouse=True)
def _home(monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(HOME))


def cell(**output: object) -> object:
    kind = "stream" if "text" in output else "display_data"
    return from_dict(
        {"cell_type": "code", "outputs": [{"output_type": kind, "metadata": {}, **output}]}
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{FOLDER}/work/own.csv", "a place on this machine (/tmp/run-1/03_a)"),
        (f"file://{HOME}/x", f"a place on this machine ({HOME})"),
        (f"'{HOME}'", f"a place on this machine ({HOME})"),
        (f"{sys.prefix}/lib", f"a place on this machine ({sys.prefix})"),
        ("<object at 0x7f00dead>", "an address in memory (0x7f00dead)"),
        (f"{HOME}-else", ""),
        (f"{HOME}s", ""),
        (f"/mnt{HOME}", ""),
        ("example/cohort.csv, at 0.05, 0x1p-3", ""),
    ],
)
def test_places_and_addresses_are_found_in_every_form_of_an_output(text, found):
    forms = [{"text": text}]
    forms += [{"data": {kind: text}} for kind in ("text/plain", "text/html", "image/svg+xml")]
    forms += [{"data": {"application/json": {"a": [text]}}}]
    for form in forms:
        told = list(leaks(cell(**form), private_paths([FOLDER])))
        assert len(told) == bool(found)
        assert all(found in each for each in told)


def test_the_letters_of_a_picture_are_no_place():
    picture = f"data:image/png;base64,ab+{HOME}/x="
    for data in ({"image/png": f"ab+{HOME}/x="}, {"text/html": f'<img src="{picture}">'}):
        assert list(leaks(cell(data=data), private_paths([FOLDER]))) == []


def test_the_root_folder_and_short_ones_are_not_searched_for(monkeypatch):
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert not {"/", "/usr"} & set(private_paths([FOLDER]))


def test_a_user_without_a_home_has_none_to_keep_private(monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda number: {}[number])
    assert [each for each in private_paths([FOLDER]) if "~" in each or HOME.name in each] == []


def test_a_mark_of_html_is_no_home(monkeypatch):
    monkeypatch.setenv("HOME", "/code")
    paths = private_paths([FOLDER])
    assert list(leaks(cell(data={"text/html": "<code>x</code>"}), paths)) == []
    assert len(list(leaks(cell(data={"text/html": "<code>/code</code>"}), paths))) == 1


def test_pieces_that_were_printed_are_joined_where_nothing_stands_between():
    def stream(text: str) -> dict[str, object]:
        return {"output_type": "stream", "name": "stdout", "text": text}

    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "eA=="}}
    notebook = from_dict(
        {
            "metadata": {"widgets": {}, "language_info": {"version": "3"}},
            "cells": [
                {"cell_type": "code", "outputs": [stream("a"), stream("b"), picture, stream("c")]}
            ],
        }
    )
    reduce(notebook)
    assert notebook.cells[0].outputs == [stream("ab"), picture, stream("c")]
    assert notebook.metadata == {"language_info": {"name": "python"}}
