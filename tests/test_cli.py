"""The command as a user runs it: files, messages and exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrostats.data.catalogue import data_folder, list_trials

COMMAND = Path(sys.executable).with_name("retrostats")
WRITTEN = ("reproduction.html", "reproduction.json", "reproduction.csv")
FIGURES = ("forest.svg", "forest.pdf", "forest.png")


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Two bundled trials as a user's own folder, without claims."""
    folder = tmp_path / "own"
    for name in ("qiu2023", "koos_8week"):
        shutil.copytree(data_folder() / "trials" / name, folder / name)
    return folder


@pytest.fixture
def broken(own: Path) -> Path:
    """The same, with two faults in two files of two trials."""
    with (own / "qiu2023" / "values.csv").open("a") as file:
        file.write("GT,TUG,6wk,average,x,,,printed,Table 3\n")
    path = own / "koos_8week" / "trial.toml"
    path.write_text("year = 2020\n" + path.read_text())
    return own


def test_one_trial_is_reproduced_into_a_new_folder_without_a_word(tmp_path):
    done = run("reproduce", "qiu2023", "--out", "deep/er", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    written = files(tmp_path / "deep" / "er")
    assert set(written) == {*WRITTEN, *FIGURES}
    content = json.loads(written["reproduction.json"])
    assert set(content) == {"generated_from", "rows", "claims"}
    assert {row["trial"] for row in content["rows"]} == {"qiu2023"}
    tug = [r for r in content["rows"] if (r["outcome"], r["quantity"]) == ("TUG", "p")]
    assert {row["verdict"] for row in tug} == {"reproduced"}
    assert list(tmp_path.iterdir()) == [tmp_path / "deep"]


@pytest.mark.whole
def test_all_trials_are_reproduced_when_none_is_named_and_twice_the_same(tmp_path):
    start = time.perf_counter()
    first = run("reproduce", "--out", tmp_path / "a")
    assert time.perf_counter() - start < 60
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    second = run("reproduce", "--out", tmp_path / "b")
    assert second.returncode == 0
    assert files(tmp_path / "a") == files(tmp_path / "b")
    content = json.loads((tmp_path / "a" / "reproduction.json").read_text())
    assert {row["trial"] for row in content["rows"]} == set(list_trials())
    assert content["claims"]


@pytest.mark.whole
def test_ones_own_folder_of_trials_is_reproduced_without_the_bundled_claims(own, tmp_path):
    done = run("reproduce", "--trials", own, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    content = json.loads((tmp_path / "out" / "reproduction.json").read_text())
    assert {row["trial"] for row in content["rows"]} == {"qiu2023", "koos_8week"}
    assert content["claims"] == []


def test_a_broken_folder_lists_every_fault_and_writes_nothing(broken, tmp_path):
    done = run("reproduce", "--trials", broken, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "")
    head, *lines = done.stderr.rstrip("\n").split("\n")
    assert head == "retrostats: the trials: 3 faults found."
    assert lines[0].startswith("  1. koos_8week/trial.toml, line 1, key year: unknown key 'year'")
    assert "qiu2023/values.csv, line " in lines[1]
    assert "column printed: 'x' is no number" in lines[1]
    assert "column statistic: unknown statistic 'average'" in lines[2]
    assert len(lines) == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.whole
def test_a_broken_folder_leaves_an_older_report_as_it_is(own, tmp_path, request):
    out = tmp_path / "out"
    assert run("reproduce", "--trials", own, "--out", out).returncode == 0
    (out / "notes.txt").write_text("mine")
    before = files(out)
    broken = request.getfixturevalue("broken")
    assert run("reproduce", "--trials", broken, "--out", out).returncode == 1
    assert files(out) == before
    assert {"notes.txt", *WRITTEN} <= set(before)


@pytest.mark.whole
def test_only_the_trials_that_are_named_are_read(broken, tmp_path):
    with (broken / "koos_8week" / "trial.toml").open("a") as file:
        file.write("[")
    shutil.copytree(data_folder() / "trials" / "zahra", broken / "zahra")
    done = run("reproduce", "zahra", "--trials", broken, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")


def test_broken_claims_write_nothing(own, tmp_path):
    (own / "claims.toml").write_text("claims = [1]\n")
    done = run("reproduce", "--trials", own, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr == (
        "retrostats: the claims in claims.toml: 1 fault found.\n"
        "  1. own/claims.toml, line 1, key claims: 1 should be a table of keys\n"
    )
    assert not (tmp_path / "out").exists()


def test_an_unknown_id_names_the_known_ones(tmp_path):
    done = run("reproduce", "qiu2032", "zahra", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "retrostats: no trial qiu2032; did you mean qiu2023? Trials of your own are read with "
        "--trials and the folder that holds their folders\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_single_trial_folder_is_no_folder_of_trials(own, tmp_path):
    done = run("reproduce", "--trials", own / "qiu2023", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr == (
        f"retrostats: {own / 'qiu2023'}: is itself a trial folder; give the folder that holds it\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("what", ["nowhere", "file", "empty"])
def test_a_place_without_trials_is_told(tmp_path, what):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    done = run("reproduce", "--trials", what, cwd=tmp_path)
    expected = {
        "nowhere": "nowhere: no such folder; expected a folder of trial folders",
        "file": "file: no such folder; expected a folder of trial folders",
        "empty": "empty: holds no trial folder; `retrostats new trial ID --to empty` writes one",
    }
    assert (done.returncode, done.stderr) == (1, f"retrostats: {expected[what]}\n")
    assert not (tmp_path / "reports").exists()


@pytest.mark.whole
def test_a_report_that_cannot_be_written_is_one_message(own, tmp_path):
    (tmp_path / "file").write_text("mine")
    done = run("reproduce", "--trials", own, "--out", tmp_path / "file")
    assert done.returncode == 1
    expected = "the report cannot be written: File exists"
    assert done.stderr == f"retrostats: {tmp_path / 'file'}: {expected}\n"
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.whole
def test_a_new_trial_is_written_and_reported_as_printing_nothing(tmp_path):
    made = run("new", "trial", "smith2024", "--to", "mine", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == (
        "mine/smith2024: edit trial.toml, then add rows to values.csv\n"
        "To recompute it: retrostats reproduce smith2024 --trials mine\n"
    )
    done = run("reproduce", "--trials", "mine", "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (row,) = json.loads((tmp_path / "out" / "reproduction.json").read_text())["rows"]
    assert row["trial"] == "smith2024"
    assert row["low"] is row["high"] is None
    assert "nothing" in f"{row['verdict']} {row['detail']}"


def test_a_new_trial_does_not_touch_an_old_one_and_needs_a_proper_name(tmp_path):
    assert run("new", "trial", "smith2024", "--to", tmp_path).returncode == 0
    before = files(tmp_path)
    again = run("new", "trial", "smith2024", "--to", tmp_path)
    assert again.returncode == 1
    assert again.stderr == (
        f"retrostats: {tmp_path / 'smith2024'} exists already; choose another id or edit what is "
        "there\n"
    )
    bad = run("new", "trial", "../Smith", "--to", tmp_path)
    assert bad.returncode == 1
    assert bad.stderr.startswith("retrostats: '../Smith' cannot be the id of a trial;")
    assert files(tmp_path) == before


@pytest.mark.parametrize("arguments", [["--help"], ["reproduce", "--help"], ["new", "--help"]])
def test_help_is_given(arguments):
    done = run(*arguments)
    assert done.returncode == 0
    assert "Usage: retrostats" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [[], ["reproduce", "--outt", "x"], ["fit"], ["new", "trial"]])
def test_a_command_that_does_not_exist_is_a_usage_error(arguments, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Usage: retrostats" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_new_codebook_takes_the_form_that_is_given(tmp_path):
    rows = ["Nr;Gruppe;Größe;VAS_0;VAS_6"]
    rows += [f"{i};{'ab'[i % 2]};{160 + i};{40 + i};{30 + i}" for i in range(20)]
    (tmp_path / "own.csv").write_text("\n".join(rows), encoding="cp1252")
    refused = run("new", "codebook", "own.csv", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("`retrostats new codebook` writes it with --encoding cp1252\n")
    options = ("--encoding", "cp1252", "--layout", "wide", "--delimiter", ";", "--decimal", ",")
    done = run("new", "codebook", "own.csv", *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "codebook.toml").read_text(encoding="utf-8")
    given = ['layout = "wide"', 'encoding = "cp1252"', 'delimiter = ";"', 'decimal = ","']
    assert "\n".join(["[file]", *given]) in text
    wrong = run("new", "codebook", "own.csv", "--layout", "broad", cwd=tmp_path)
    assert wrong.returncode == 2
