"""The commands on a cohort file: what they print, write and refuse, and their exit codes."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from retrostats.cli import main
from retrostats.data.catalogue import data_folder
from retrostats.data.problems import PROBLEM_COLUMNS

FOLDER = data_folder() / "example_cohort"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command in a folder with a copy of the example; return exit code, output, errors."""
    for name in ("cohort.csv", "codebook.toml", "plan.toml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["retrostats", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    yield call
    signal.signal(signal.SIGTERM, before)


CHECK = ("check", "cohort.csv", "--codebook", "codebook.toml")


def spoil(old: str, new: str) -> None:
    path = Path("cohort.csv")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def first_row() -> tuple[str, str]:
    line = (FOLDER / "cohort.csv").read_text(encoding="utf-8").splitlines()[1]
    cells = line.split(",")
    return line, ",".join([*cells[:5], "72", *cells[6:]])


def test_a_clean_file_is_told_to_be_clean(run):
    code, out, err = run(*CHECK)
    assert (code, err) == (0, "")
    assert "190 rows" in out
    assert "no errors" in out


def test_an_error_has_its_place_and_exit_code_and_a_list_on_request(run):
    spoil(*first_row())
    code, out, _ = run(*CHECK, "--out", "problems.csv")
    assert code == 1
    assert "line 2, column nrs" in out
    written = Path("problems.csv").read_text(encoding="utf-8-sig").splitlines()
    assert written[0] == ",".join(PROBLEM_COLUMNS)
    assert written[1].startswith("cohort.csv,2,nrs,72,error,")
    assert run(*CHECK, "--out", "problems.csv")[0] == 1  # an earlier list is replaced


@pytest.mark.parametrize("name", ["cohort.csv", "codebook.toml", "plan.toml"])
def test_the_list_of_problems_replaces_no_other_file(run, name):
    before = Path(name).read_bytes()
    code, _, err = run(*CHECK, "--out", name)
    assert code == 1
    assert name in err
    assert "--out" in err
    assert Path(name).read_bytes() == before


def test_a_file_with_errors_is_not_analysed_and_nothing_is_written(run):
    spoil(*first_row())
    arguments = ("cohort.csv", "--codebook", "codebook.toml", "--plan", "plan.toml")
    code, out, err = run("analyse", *arguments, "--out", "report")
    assert (code, out) == (1, "")
    assert err.startswith("retrostats: cohort.csv: 1 error found.")
    assert not Path("report").exists()


@pytest.mark.whole
def test_the_report_is_written_and_no_other_file_touched(run):
    Path("report/figures").mkdir(parents=True)
    mine = Path("report/figures/responders_mine.pdf")
    mine.write_text("mine")
    arguments = ("cohort.csv", "--codebook", "codebook.toml", "--plan", "plan.toml")
    code, out, err = run("analyse", *arguments, "--out", "report")
    assert (code, err) == (0, "")
    assert out.startswith("retro - control: ")
    assert "190 of 190 rows used" in out
    assert json.loads(Path("report/results.json").read_text(encoding="utf-8"))
    assert mine.read_text() == "mine"
    Path("report/tables.docx").write_text("edited by hand")
    code, _, err = run("analyse", *arguments, "--out", "report")
    assert code == 1
    assert "tables.docx would be replaced" in err
    assert Path("report/tables.docx").read_text() == "edited by hand"


def test_new_files_never_replace_old_ones(run):
    code, _, err = run("new", "codebook", "cohort.csv")
    assert code == 1
    assert "codebook.toml exists already" in err
    code, _, err = run("new", "plan")
    assert code == 1
    assert "plan.toml exists already" in err


def test_a_suggested_codebook_is_refused_until_it_is_decided(run):
    Path("codebook.toml").unlink()
    code, out, _ = run("new", "codebook", "cohort.csv")
    assert code == 0
    assert "TO DECIDE" in out
    code, _, err = run(*CHECK)
    assert code == 1
    assert "codebook.toml" in err
