"""A trial in memory from a few lines of text, in the form of `values.csv`."""

from __future__ import annotations

import csv
import io

import pytest

from retrostats.data.grammar import COLUMNS
from retrostats.data.printed import Printed
from retrostats.data.published import Arm, Figure, Outcome, PublishedTrial


def trial_of(rows: str, **about):
    """Return a trial of arms ``treated`` and ``control`` with one outcome ``pain``.

    A row holds the columns up to `test`; those at the end may be left out.
    """
    figures = []
    filled = (cells for cells in csv.reader(io.StringIO(rows)) if cells)
    for line, cells in enumerate(filled, start=2):
        padded = [cell.strip() for cell in cells] + [""] * (7 - len(cells))
        row = dict(zip(COLUMNS[:7], padded, strict=True))
        row["printed"] = Printed(row["printed"])
        kind = about.get("kinds", {}).get(line, "printed")
        figures.append(Figure(**row, kind=kind, source="table", line=line))
    defaults = {
        "id": "made_up",
        "role": "retro trial",
        "citation": "Nobody A. 2020",
        "timepoints": ("baseline", "6wk"),
        "arms": (Arm(label="treated"), Arm(label="control")),
        "outcomes": (
            Outcome(name="pain", low=0, high=100, better="lower", change="baseline - follow-up"),
        ),
        "digests": (),
    }
    about = {key: value for key, value in about.items() if key != "kinds"}
    return PublishedTrial(**defaults | about, figures=tuple(figures))


@pytest.fixture(name="trial_of")
def _trial_of():
    return trial_of
