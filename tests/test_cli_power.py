"""The command that plans the size of a trial: what it prints, writes and refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import retrostats as rs
from retrostats.cli import main
from retrostats.data.catalogue import data_folder

EXAMPLE = data_folder() / "example_cohort"
PLAN = """title = "Two arms"
[estimand]
treatment = "retro"
comparator = "control"
population = "adults with knee osteoarthritis"
endpoint = "pain"
week = 6
[model]
kind = "ancova"
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command in a folder with a plan and a design; return exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE / "design.toml", "design.toml")
    Path("plan.toml").write_text(PLAN)
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["retrostats", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    yield call
    signal.signal(signal.SIGTERM, before)


def content(folder):
    return json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))


def test_the_size_is_found_and_told(run):
    code, out, err = run(
        "power", "plan.toml", "--out", "a", "--power", "0.8", "--replicates", "200", "--seed", "3"
    )
    assert (code, err) == (0, "")
    wanted = rs.find_sample_size("design.toml", "plan.toml", power=0.8, replicates=200, seed=3)
    assert content("a")["found"]["n"] == wanted.n
    first, *_, last = out.splitlines()
    assert first.startswith(f"{wanted.n} subjects per arm ({wanted.total} in all) have to be")
    assert "Caution: Only 200 trials were simulated" in out
    assert last == f"Read {Path('a') / 'report.html'}"


@pytest.mark.whole
def test_options_reach_the_simulation(run):
    shutil.move("design.toml", "other.toml")
    code, _, _ = run(
        "power", "plan.toml", "--out", "a", "--design", "other.toml", "--n", "20", "--n", "30",
        "--replicates", "2000", "--precision", "0.03", "--margin", "-0.2", "--seed", "4",
        "--over", "dropout", "--over", "dropout",
    )  # fmt: skip
    assert code == 0
    found = content("a")
    wanted = rs.simulate_power(
        "other.toml", "plan.toml", n=20, replicates=2000, precision=0.03, margin=-0.2, seed=4
    )
    assert found["answer"]["comparisons"][0]["margin_power"] == pytest.approx(
        wanted.primary.margin_power.value
    )
    assert (found["answer"]["replicates"], found["answer"]["stopped_early"]) == (500, True)
    assert [curve["over"] for curve in found["curves"]] == ["n", "dropout"]
    assert found["curves"][0]["values"] == [20, 30]
    assert found["found"] is None


REFUSED = {
    "a design that is not there": (("--design", "no.toml"), "no.toml: there is no design. `retro"),
    "a plan for a design": (("--design", "plan.toml"), "this is a plan, not a design"),
    "a power beside sizes": (("--n", "20", "--power", "0.8"), "--power: of use only where a size"),
    "a start beside sizes": (("--n", "20", "--start", "9"), "--start: of use only where a size"),
    "a size twice": (("--n", "20", "--n", "20"), "--n: a size stands twice in 20, 20"),
    "a search with few trials": (("--replicates", "99"), "the search for a size takes 100 or more"),
    "a precision of a search": (("--precision", "0.01"), "--precision: of use only with --n"),
    "a power in percent": (("--power", "80"), "--power 80: expected a number between 0.5 and 1"),
    "a power of nothing": (("--power", "0"), "--power 0: expected"),
    "a precision too large": (("--n", "9", "--precision", "2"), "--precision 2: expected"),
    "a margin of nothing": (("--margin", "0"), "--margin 0 is none"),
    "a cluster that is not asked": (("--scheduler", "tcp://x:1"), "add --backend dask"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_one_message(run, name):
    arguments, told = REFUSED[name]
    code, out, err = run("power", "plan.toml", "--out", "a", *arguments)
    assert (code, out) == (1, "")
    assert told in err
    assert err.startswith("retrostats: ")
    assert not Path("a").exists()


def test_a_missing_design_says_how_to_write_one(run):
    Path("design.toml").unlink()
    code, _, err = run("power", "plan.toml", "--out", "a")
    assert code == 1
    assert "design.toml: there is no design beside the plan; name another with --design" in err
    assert "`retrostats new design --out design.toml`" in err


def test_a_design_in_place_of_the_plan_is_told_as_such(run):
    code, _, err = run("power", "design.toml", "--out", "a")
    assert code == 1
    assert "this is a design, not a plan" in err


def test_a_file_in_the_way_is_told_before_anything_is_simulated(run):
    Path("a").mkdir()
    Path("a", "report.html").write_text("mine")
    code, out, err = run("power", "plan.toml", "--out", "a", "--checkpoint", "kept")
    assert (code, out) == (1, "")
    assert "report.html would be replaced" in err
    assert not Path("kept").exists()
    assert Path("a", "report.html").read_text() == "mine"


@pytest.mark.whole
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_an_interrupted_run_goes_on_and_writes_the_same(run, tmp_path):
    arguments = ["plan.toml", "--n", "20", "--n", "30", "--replicates", "400"]
    Path("plan.toml").write_text(PLAN.replace("ancova", "mmrm"))
    kept = ["--checkpoint", "kept"]
    program = [sys.executable, "-c", "from retrostats.cli import main; main()", "power"]
    running = subprocess.Popen(
        [*program, *arguments, "--out", "a", *kept],
        stderr=subprocess.PIPE, text=True, env=os.environ | {"RETROSTATS_PROGRESS": "none"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("kept/sizes/n-20/*.npz")) and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err.startswith("Interrupted.\n")
    assert "All that is finished is in kept; the same command goes on." in err
    assert not Path("a").exists()
    before = {path: path.stat().st_mtime_ns for path in Path("kept").rglob("*.npz")}
    assert before
    assert run("power", *arguments, "--out", "a", *kept)[0] == 0
    assert before.items() <= {p: p.stat().st_mtime_ns for p in Path("kept").rglob("*.npz")}.items()
    assert run("power", *arguments, "--out", "b", "--workers", "2")[0] == 0
    written = [path for path in Path("a").rglob("*") if path.is_file()]
    assert len(written) > 10
    for path in written:
        assert path.read_bytes() == Path("b", path.relative_to("a")).read_bytes()
    # What is kept belongs to that plan; another is refused.
    Path("plan.toml").write_text(PLAN)
    code, _, told = run("power", *arguments, "--out", "c", *kept)
    assert code == 1
    assert "other work" in told


@pytest.mark.whole
def test_the_example_with_the_defaults(run):
    code, out, _ = run("power", str(EXAMPLE / "plan.toml"), "--out", "a")
    assert code == 0
    assert "subjects per arm" in out.splitlines()[0]
    found = content("a")
    assert found["answer"]["replicates"] == 10_000
    assert found["as_designed"]["replicates"] == 2000
    assert abs(found["answer"]["comparisons"][0]["power"] - 0.9) < 0.02
