"""The page of the codebook: it explains every key, and its examples are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrostats.data.codebook.grammar import DELIMITERS, ENCODINGS, KEYS, LAYOUTS, RESERVED
from retrostats.data.codebook.reading import read_codebook
from retrostats.data.instrument_catalogue import INSTRUMENT_KEYS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "codebook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
WHOLE = [block for block in BLOCKS if block.startswith("title")]


def test_every_layout_has_an_example(write_codebook):
    books = [read_codebook(write_codebook(block)) for block in WHOLE]
    assert [book.form.layout for book in books] == list(LAYOUTS)
    parts = [block for block in BLOCKS if block not in WHOLE]
    assert len(parts) == 1
    start = WHOLE[0].index("[[outcomes]]")
    text = f"{WHOLE[0][:start]}{parts[0]}\n{WHOLE[0][start:]}"
    assert read_codebook(write_codebook(text)).outcome("steps").instrument.usual == (500.0, 30000.0)


@pytest.mark.parametrize("table", [*KEYS, "instrument"])
def test_every_key_is_explained(table):
    keys = INSTRUMENT_KEYS if table == "instrument" else KEYS[table]
    missing = [key for key in keys if f"`{key}`" not in PAGE]
    assert not missing


def test_every_choice_and_reserved_name_is_told():
    told = [*ENCODINGS, *(d for d in DELIMITERS if d != "\t"), "\\t"]
    assert [choice for choice in told if f'`"{choice}"`' not in PAGE] == []
    listed = re.search(r"These are reserved: (.*?), and the keywords", PAGE)
    assert listed
    assert listed[1] == ", ".join(f"`{name}`" for name in sorted(RESERVED))
