"""The fits of metafor, clubSandwich and robumeta, and the trials they were made from."""

import csv
import json
import math
from functools import cache
from pathlib import Path

import numpy as np

from retrostats.estimate import Estimate

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "effects" / "b_meta"
SETS = ("bcg", "normand_smd", "k2", "k3", "k6", "homog")
#: Names of metafor, and ours.
ESTIMATOR = {"EE": "common", "FE": "common", "HSk": "hsk"}
TEST = {"knha": "hksj", "adhoc": "hksj_adhoc"}


def estimator(name):
    return ESTIMATOR.get(name, name.lower())


def test_name(name):
    return TEST.get(name, name)


test_name.__test__ = False


@cache
def reference():
    """All of ref.json."""
    return json.loads((FOLDER / "ref.json").read_text())


@cache
def rows(name):
    """The rows of an input file as text, by column; blank cells stay blank."""
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(file)]


def columns(name, *wanted):
    """Columns of an input file as arrays of numbers."""
    return tuple(np.array([float(row[c]) for row in rows(f"input_{name}")]) for c in wanted)


def trials(name):
    """The trials of one of `SETS` as estimates."""
    y, v = columns(name, "yi", "vi")
    return [
        Estimate.from_se(f"trial {place}", float(value), math.sqrt(variance), unit="SD")
        for place, (value, variance) in enumerate(zip(y, v, strict=True), 1)
    ]


def gap(got, wanted):
    """Relative to the reference, absolute below 1."""
    return abs(got - wanted) / max(1.0, abs(wanted))


#: Names of chances in the reference numbers.
CHANCES = ("p", "pval", "Qp", "QEp", "QMp")


def gap_of(name, got, wanted):
    """As `gap`, but of a chance relative to itself: it may be smaller than any tolerance."""
    if name in CHANCES and got and wanted:
        return abs(got - wanted) / abs(wanted)
    return gap(got, wanted)
