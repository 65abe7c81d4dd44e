"""The example cohort: made by its program, of the design it names, and loudly simulated."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from retrostats.data.codebook.reading import read_codebook
from retrostats.data.cohort.reading import read_cohort
from retrostats.plan.agreement import require_fits
from retrostats.plan.reading import read_plan

FOLDER = Path(__file__).resolve().parents[2] / "data" / "example_cohort"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (FOLDER / "cohort.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_program_makes_the_file(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", str(FOLDER / "simulate.py"), str(tmp_path)], check=True)
    assert (tmp_path / "cohort.csv").read_bytes() == (FOLDER / "cohort.csv").read_bytes()


def test_the_design_is_that_of_the_cited_trial(rows: list[dict[str, str]]) -> None:
    first = [row for row in rows if row["visit"] == "baseline"]
    last = [row for row in rows if row["visit"] == "week 6"]
    assert Counter(row["group"] for row in first) == {"retro": 23, "forward": 23, "control": 22}
    assert Counter(row["group"] for row in last) == {"retro": 21, "forward": 20, "control": 18}
    assert [round(100 * n / m) for n, m in ((21, 23), (20, 23), (18, 22))] == [91, 87, 82]
    assert sum(row["sex"] == "F" for row in first) == 38
    assert all(row[column] for row in first for column in ("nrs", "womac", "strength_n", "tug_s"))
    gone = {row["id"] for row in first} - {row["id"] for row in last}
    assert {row["id"] for row in rows if row["reason_left"]} == gone


def test_it_says_on_every_row_and_in_every_file_that_it_is_simulated(
    rows: list[dict[str, str]],
) -> None:
    assert {row["note"] for row in rows} == {"simulated"}
    book = read_codebook(FOLDER / "codebook.toml")
    assert book.simulated
    assert "(simulated)" in book.title
    assert "(simulated)" in read_plan(FOLDER / "plan.toml").title
    assert "simulated" in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()[0].lower()


def test_codebook_file_and_plan_fit() -> None:
    book = read_codebook(FOLDER / "codebook.toml")
    require_fits(read_plan(FOLDER / "plan.toml"), book)
    cohort = read_cohort(FOLDER / "cohort.csv", book)
    assert cohort.n_subjects == 68
    assert cohort.ledger.rows_read == cohort.ledger.rows_used == 190
    assert cohort.warnings == ()
    excluded = sum(count for _, count in book.screening.excluded)
    assert book.screening.assessed is not None
    assert book.screening.assessed - excluded == cohort.n_subjects
    seen = cohort.frame.dropna(subset=["pain"]).groupby("visit", observed=True)["subject"].count()
    assert seen.to_dict() == {"baseline": 68, "week 3": 62, "week 6": 59}
