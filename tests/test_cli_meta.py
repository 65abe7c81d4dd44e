"""The command that pools trials: what it prints, writes and refuses, and its exit codes."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

import pytest

import retrostats as rs
from retrostats.cli import main

TABLE = "study,estimate,se\nTrial A,-0.5,0.2\nTrial B,-0.1,0.3\nTrial C,-0.3,0.25\n"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command in an empty folder; return exit code, output and errors."""
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


def content(folder):
    return json.loads((Path(folder) / "meta.json").read_text(encoding="utf-8"))


@pytest.mark.whole
def test_the_bundled_trials_are_pooled(run):
    code, out, err = run("meta", "--outcome", "pain", "--out", "report")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("2 trials with 77 subjects can be pooled for pain.")
    *_, caution, last = out.splitlines()
    assert caution.startswith("Caution: The estimates agree more closely")
    assert "test='hksj_adhoc'" in caution
    assert last == f"Read {Path('report') / 'meta.html'}"
    pooled = rs.pool(rs.collect("pain")).pooled
    assert content("report")["pooled"]["pooled"]["value"] == pytest.approx(pooled.value)


def test_one_trial_and_none_are_answers(run):
    code, out, _ = run("meta", "--outcome", "mobility", "--out", "one")
    assert code == 0
    assert "Nothing is pooled for mobility: only one trial gives an estimate" in out
    code, out, _ = run("meta", "--outcome", "strength", "--out", "none")
    assert code == 0
    assert "Nothing is pooled for strength: no trial gives an estimate" in out
    assert not Path("none/forest.svg").exists()


@pytest.mark.whole
def test_options_reach_the_pool(run):
    options = ("--tau2", "dl", "--test", "z", "--level", "0.9", "--correlation", "0.7")
    code, _, _ = run("meta", "--out", "a", *options)
    assert code == 0
    wanted = rs.pool(rs.collect("pain", correlation=0.7), tau2="dl", test="z", level=0.9)
    found = content("a")["pooled"]
    assert (found["estimator"], found["test"]) == ("dl", "z")
    assert found["pooled"]["ci"]["low"] == pytest.approx(wanted.pooled.ci.low)
    assert found["pooled"]["ci"]["level"] == 0.9


@pytest.mark.whole
def test_a_table_of_ones_own(run):
    Path("mine.csv").write_text(TABLE)
    code, out, _ = run(
        "meta", "--estimates", "mine.csv", "--out", "a", "--favours", "walking", "rest",
        "--outcome", "pain", "--benefit", "negative", "--instrument", "nrs", "--sd", "2",
    )  # fmt: skip
    assert code == 0
    assert out.startswith("3 trials can be pooled for pain.")
    found = content("a")
    assert found["favours"] == ["walking", "rest"]
    assert {each["review"] for each in found["reviews"]} == {"lin2025", "balasukumaran2019"}
    assert "On NRS 0-10, if the SD" in (Path("a") / "meta.html").read_text(encoding="utf-8")


@pytest.mark.whole
def test_judgements_are_written_filled_and_shown(run):
    code, out, _ = run("new", "grade", "mine.toml", "--outcome", "function")
    assert code == 0
    assert "retrostats meta --outcome function --grade mine.toml" in out
    text = Path("mine.toml").read_text(encoding="utf-8")
    text = text.replace("not judged", "serious", 4).replace('"not judged"', '"undetected"')
    Path("mine.toml").write_text(text.replace('reason = ""', 'reason = "few trials"'))
    code, _, err = run("meta", "--outcome", "function", "--grade", "mine.toml", "--out", "a")
    assert (code, err) == (0, "")
    assert content("a")["grade"]["certainty"] == "very low"
    assert "mine.toml" in content("a")["generated_from"]["digests"]
    code, _, err = run("meta", "--outcome", "pain", "--grade", "mine.toml", "--out", "b")
    assert code == 1
    assert "the judgements are about 'function'" in err
    assert not Path("b").exists()


def test_the_next_command_can_be_typed_as_it_is_told(run):
    _, out, _ = run("new", "grade", "my file.toml", "--outcome", "knee pain")
    told = out.splitlines()[-1].partition(": ")[2]
    assert shlex.split(told)[1:] == [
        *("meta", "--outcome", "knee pain", "--grade", "my file.toml", "--out", "FOLDER")
    ]
    code, _, err = run("new", "grade", "other.toml", "--outcome", " ")
    assert (code, Path("other.toml").exists()) == (1, False)
    assert "--outcome is empty" in err


def test_judgements_are_not_written_over_others(run):
    run("new", "grade", "mine.toml")
    code, _, err = run("new", "grade", "mine.toml")
    assert code == 1
    assert "exists already; choose another name, or remove it" in err


REFUSED = {
    "an outcome that no trial has": (("--outcome", "luck"), "has an outcome 'luck'"),
    "a role that there is not": (("--roles", "cited,friend"), "there is no role 'friend'"),
    "a level": (("--level", "95"), "--level 95 is no coverage"),
    "a correlation": (("--correlation", "1.5"), "--correlation 1.5 is none"),
    "an instrument": (("--instrument", "ruler"), "there is no 'ruler'"),
    "an SD alone": (("--sd", "2"), "name it by --instrument"),
    "an SD that cannot be": (("--instrument", "nrs", "--sd", "-2"), "an SD of -2"),
    "judgements that are not there": (("--grade", "no.toml"), "retrostats new grade"),
    "a table that is not there": (("--estimates", "no.csv", "--outcome", "pain"), "no.csv: there"),
    "a table of no outcome": (("--estimates", "no.csv"), "--estimates: of which outcome?"),
    "an outcome without a name": (("--outcome", " "), "--outcome is empty"),
    "a unit of no table": (("--unit", "points"), "--unit: of use only with --estimates"),
    "directions of no table": (("--favours", "a", "b"), "--favours: of use only with"),
    "a measure of no table": (("--measure", "generic"), "--measure: of use only with"),
    "roles beside a table": (
        ("--estimates", "no.csv", "--roles", "cited"),
        "--roles: of use only without --estimates",
    ),
    "a correlation and arms beside a table": (
        ("--estimates", "no.csv", "--compare", "a", "b", "--correlation", "0.3"),
        "--compare, --correlation: of use only without --estimates",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_one_message(run, name):
    arguments, told = REFUSED[name]
    code, out, err = run("meta", "--out", "a", *arguments)
    assert (code, out) == (1, "")
    assert told in err
    assert err.startswith("retrostats: ")
    assert not Path("a").exists()


def test_the_input_is_never_replaced(run):
    Path("estimates.csv").write_text(TABLE)
    code, _, err = run("meta", "--estimates", "estimates.csv", "--outcome", "pain", "--out", ".")
    assert code == 1
    assert "estimates.csv would be replaced" in err
    assert Path("estimates.csv").read_text() == TABLE


@pytest.mark.parametrize("kind", ["notes", "bytes", "folder", "link"])
def test_a_file_of_others_under_the_name_of_the_list_is_left_alone(run, kind):
    Path("trials.csv").write_text(TABLE)
    Path("a").mkdir()
    place = Path("a", "meta.sha256")
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("elsewhere")
    else:
        place.write_bytes(b"my own notes\n" if kind == "notes" else bytes(range(256)))
    code, _, err = run("meta", "--estimates", "trials.csv", "--outcome", "pain", "--out", "a")
    assert code == 1
    assert "meta.sha256 would be replaced" in err
    assert [path.name for path in Path("a").iterdir()] == ["meta.sha256"]
