from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from retrostats.data.codebook.reading import read_codebook
from retrostats.data.formats.table import RawTable
from retrostats.errors import DataError

LONG = """\
title = "A walk"

[roles]
subject = "id"
arm = "group"
visit = "visit"

[[arms]]
label = "retro"

[[arms]]
label = "control"
reference = true

[[visits]]
label = "week 6"
week = 6

[[visits]]
label = "baseline"
week = 0
values = ["baseline", 0]

[[outcomes]]
name = "pain"
instrument = "nrs"
column = "nrs"

[[covariates]]
name = "age"
column = "age"
type = "number"

[[covariates]]
name = "sex"
column = "sex"
type = "category"
levels = ["female", { label = "male", values = ["M", 1] }]

[[adherence]]
name = "sessions"
column = "attended"
planned = 18

[eligibility]
rules = ["age >= 40", "sex in female, male", "pain >= 3", "sessions > 2"]
"""

WriteCodebook = Callable[[str], Path]


@pytest.fixture
def write_codebook(tmp_path: Path) -> WriteCodebook:
    """Write a codebook and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "codebook.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def long_with(write_codebook: WriteCodebook) -> Callable[..., list[str]]:
    """Change the long codebook by (old, new) pairs; return its faults without their numbers."""

    def faults(*changes: tuple[str, str], base: str = LONG) -> list[str]:
        text = base
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        try:
            read_codebook(write_codebook(text))
        except DataError as error:
            head, *lines = str(error).split("\n")
            count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
            assert head == f"the codebook codebook.toml: {count} found."
            return [line.strip().split(". ", 1)[1] for line in lines]
        return []

    return faults


def raw_table(
    text: str, *, labels: Mapping[str, Mapping[str, str]] | None = None, decimal: str = "."
) -> RawTable:
    """Return comma-separated text as a table that was read."""
    header, *rows = list(csv.reader(io.StringIO(text)))
    columns = tuple(np.array([row[i] for row in rows], dtype=object) for i in range(len(header)))
    return RawTable(
        file="trial.csv",
        form="CSV, comma, UTF-8",
        digest="0" * 64,
        header=tuple(header),
        columns=columns,
        lines=np.arange(2, len(rows) + 2),
        decimal=decimal,
        labels=labels or {},
    )
