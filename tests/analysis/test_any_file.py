"""Whatever becomes of a file, the run ends in a report or in an error that says what to mend."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.analysis.analyse import analyse
from retrostats.data.catalogue import data_folder
from retrostats.data.codebook.reading import read_codebook
from retrostats.data.cohort.reading import read_cohort
from retrostats.errors import DataError, PlanError
from retrostats.plan.reading import read_plan
from retrostats.report.analysis import write_analysis
from retrostats.report.analysis.content import analysis_document
from retrostats.report.analysis.results import as_json

#: Each file goes through the whole analysis.
pytestmark = pytest.mark.whole

FOLDER = data_folder() / "example_cohort"
TABLE = list(csv.reader(io.StringIO((FOLDER / "cohort.csv").read_text(encoding="utf-8"))))
HEADER, ROWS = TABLE[0], TABLE[1:]
BOOK = read_codebook(FOLDER / "codebook.toml")
PLAN = read_plan(FOLDER / "plan.toml")
OUTCOMES = [HEADER.index(name) for name in ("nrs", "womac", "strength_n", "tug_s")]
ODD = ("", "NA", "-99", "0", "7,5", "11", "-1", "x", "=1+1", "1e400", "nan", "10" * 600, "retro")

Rows = list[list[str]]


def blank_a_cell(rows: Rows, chance: Random) -> None:
    chance.choice(rows)[chance.choice(OUTCOMES)] = ""


def spoil_a_cell(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(ODD)


def copy_a_cell(rows: Rows, chance: Random) -> None:
    place = chance.randrange(len(HEADER))
    chance.choice(rows)[place] = chance.choice(rows)[place]


def drop_rows(rows: Rows, chance: Random) -> None:
    for _ in range(min(chance.randrange(1, 40), len(rows) - 1)):
        rows.pop(chance.randrange(len(rows)))


def repeat_a_row(rows: Rows, chance: Random) -> None:
    rows.insert(chance.randrange(len(rows)), list(chance.choice(rows)))


def empty_an_outcome(rows: Rows, chance: Random) -> None:
    """Lose an outcome at one visit, in one arm or in all."""
    outcome, one = chance.choice(OUTCOMES), chance.choice(rows)
    arm = one[2] if chance.random() < 0.6 else None
    for row in rows:
        if row[3] == one[3] and arm in {None, row[2]}:
            row[outcome] = ""


def level_an_outcome(rows: Rows, chance: Random) -> None:
    """Give everybody the same value, or one value per arm."""
    outcome = chance.choice(OUTCOMES)
    value = {arm: str(chance.randrange(1, 10)) for arm in ("retro", "forward", "control", "")}
    alike = chance.random() < 0.5
    for row in rows:
        row[outcome] = value["" if alike else row[2]] if row[2] in value else row[outcome]


def keep_few_subjects(rows: Rows, chance: Random) -> None:
    subjects = sorted({row[1] for row in rows})
    kept = set(chance.sample(subjects, min(len(subjects), chance.randrange(2, 14))))
    rows[:] = [row for row in rows if row[1] in kept] or rows[:1]


MUTATIONS = (
    blank_a_cell, spoil_a_cell, copy_a_cell, drop_rows, repeat_a_row, empty_an_outcome,
    level_an_outcome, keep_few_subjects,
)  # fmt: skip


def mutated(seed: int) -> bytes:
    chance = Random(seed)  # noqa: S311 - repeatable, and nothing is secret
    rows = [list(row) for row in ROWS]
    for _ in range(chance.randrange(1, 5)):
        chance.choice(MUTATIONS)(rows, chance)
    text = io.StringIO()
    ends = chance.choice(("\n", "\r\n"))
    csv.writer(text, lineterminator=ends).writerows([HEADER, *rows])
    return text.getvalue().encode("utf-8-sig" if chance.random() < 0.3 else "utf-8")


def outcome_of_a_run(path: Path) -> str:
    """Analyse a file, and hold every count against the others."""
    try:
        cohort = read_cohort(path, BOOK)
        analysis = analyse(cohort, PLAN)
    except (DataError, PlanError) as error:
        return type(error).__name__ if str(error).strip() else "an empty message"
    ledger = cohort.ledger
    assert ledger.rows_read == ledger.rows_used + len(ledger.left_out)
    assert (cohort.frame["line"] > 0).sum() == ledger.rows_used
    for endpoint in analysis.endpoints:
        model = endpoint.model
        assert model.rows + sum(n for _, n in model.left_out) == 2 * cohort.n_subjects
    assert analysis.flow.analysed == analysis.primary.model.subjects
    assert analysis.flow.randomised == cohort.n_subjects
    json.loads(as_json(analysis))
    alternative = {f"{kind}_{e.outcome.name}": "" for e in analysis.endpoints
                   for kind in ("trajectories", "diagnostics")}  # fmt: skip
    known = {"flow": "", "forest": "", **alternative}
    document = analysis_document(analysis, known | {f"responders_{k}": "" for k in analysis.curves})
    assert document.tables
    return "report"


def check_many(folder: Path, seeds: range | list[int]) -> dict[str, int]:
    ended: dict[str, int] = {}
    for seed in seeds:
        path = folder / "cohort.csv"
        path.write_bytes(mutated(seed))
        found = outcome_of_a_run(path)
        ended[found] = ended.get(found, 0) + 1
    return ended


def test_a_mutated_file_ends_in_a_report_or_in_a_message(tmp_path):
    ended = check_many(tmp_path, range(40))
    assert set(ended) == {"report", "DataError", "PlanError"}  # the mutations reach all three


@pytest.mark.slow
def test_thousands_of_mutated_files_end_in_a_report_or_in_a_message(tmp_path):
    ended = check_many(tmp_path, range(1000, 4000))
    assert min(ended["report"], ended["DataError"], ended["PlanError"]) > 50


@pytest.mark.slow
@settings(max_examples=25)
@given(seed=st.integers(10_000, 99_999))
def test_a_report_is_whole_or_not_there(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("run")
    path, out = folder / "cohort.csv", folder / "report"
    path.write_bytes(mutated(seed))
    try:
        written = write_analysis(analyse(read_cohort(path, BOOK), PLAN), out)
    except (DataError, PlanError):
        assert not out.exists()
        return
    assert all(each.stat().st_size for each in written)
    assert {p for p in out.rglob("*") if p.is_file()} == set(written)
