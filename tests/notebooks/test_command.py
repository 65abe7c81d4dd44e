"""The command as a user runs it: files, messages, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from retrostats.cli.app import app
from retrostats.errors import RetrostatsError
from retrostats.notebooks import catalogue

pytestmark = pytest.mark.whole

COMMAND = Path(sys.executable).with_name("retrostats")
GOOD = """\
# %% [markdown]
# # Good
#
# It works.

# %% tags=["parameters"]
cohort = "example/cohort.csv"
times = 2

# %%
from pathlib import Path

print(Path(cohort).read_text().splitlines()[0] * times)
"""
BAD = "# %% [markdown]\n# # Bad\n\n# %%\nraise ValueError('on purpose')\n"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Two notebooks in place of those of the package; the second fails."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "01_good.py").write_text(GOOD)
    (folder / "02_bad.py").write_text(BAD)
    monkeypatch.setattr(catalogue, "notebook_folder", lambda: folder)
    return folder


def run(*arguments: object) -> str:
    """Run the command here; return what it says."""
    done = CliRunner().invoke(app, ["notebooks", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def refusal(*arguments: object) -> str:
    with pytest.raises(RetrostatsError) as caught:
        run(*arguments)
    return str(caught.value)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.usefixtures("notebooks")
def test_a_notebook_is_written_twice_the_same_and_other_files_stay(here):
    assert run("01", "--out", "out/a") == f"1 notebook run; read {Path('out/a/01_good.html')}\n"
    (here / "out" / "b").mkdir()
    (here / "out" / "b" / "mine.txt").write_text("mine")
    (here / "out" / "b" / "01_good.html").write_text("old")
    run("1", "--out", "out/b")
    first, second = files(here / "out" / "a"), files(here / "out" / "b")
    assert second.pop("mine.txt") == b"mine"
    assert first == second
    assert set(first) == {"01_good.html", "01_good.ipynb", "index.html"}
    notebook = nbformat.read(here / "out" / "a" / "01_good.ipynb", as_version=4)
    nbformat.validate(notebook)
    cohort = Path(__file__).parents[2] / "data" / "example_cohort" / "cohort.csv"
    head = cohort.read_text().splitlines()[0]
    assert notebook.cells[2].outputs[0].text == f"{head}{head}\n"
    page = first["01_good.html"].decode()
    assert f"<pre>{head}{head}\n</pre>" in page or f'<pre class="prose">{head}{head}' in page
    assert b"01_good.html" in first["index.html"]
    assert b"02_bad.html" not in first["index.html"]
    assert str(here).encode() not in b"".join(first.values())


@pytest.mark.usefixtures("notebooks")
def test_a_notebook_runs_on_the_users_own_file(here):
    (here / "data").mkdir()
    (here / "data" / "it's mine.csv").write_text("own line\n")
    run("01", "--set", "cohort=data/it's mine.csv", "--set", "times=3", "--out", "out")
    notebook = nbformat.read(here / "out" / "01_good.ipynb", as_version=4)
    assert notebook.cells[1].source == 'cohort = "data/it\'s mine.csv"\ntimes = 3'
    assert notebook.cells[2].outputs[0].text == "own line" * 3 + "\n"
    assert (here / "data" / "it's mine.csv").read_text() == "own line\n"


@pytest.mark.usefixtures("notebooks")
def test_one_failing_notebook_keeps_all_files_as_they_were(here):
    (here / "out").mkdir()
    (here / "out" / "01_good.html").write_text("old")
    told = refusal("--out", "out")
    assert told == (
        "notebook 02_bad, code cell 1 (under 'Bad', \"raise ValueError('on purpose')\"): "
        "ValueError: on purpose"
    )
    assert files(here) == {str(Path("out/01_good.html")): b"old"}
    assert refusal("--out", "new") == told
    assert not (here / "new").exists()


@pytest.mark.usefixtures("notebooks")
def test_a_refusal_of_the_disk_keeps_all_files_as_they_were(here):
    (here / "out" / "01_good.ipynb").mkdir(parents=True)
    (here / "out" / "index.html").write_text("old")
    assert "the notebooks cannot be written: " in refusal("1", "--out", "out")
    assert files(here) == {str(Path("out/index.html")): b"old"}


@pytest.mark.usefixtures("notebooks")
def test_what_can_be_refused_at_once_is_refused_before_anything_runs(here, monkeypatch):
    monkeypatch.setattr("retrostats.notebooks.running._run_all", None)
    (here / "file").write_text("")
    assert "no notebook '3'; there are: 01_good, 02_bad" in refusal("3")
    assert "file is a file; choose a folder with --out" in refusal("1", "--out", "file/below")
    (here / "nowhere").symlink_to("nowhere")
    assert "nowhere is a link that leads nowhere" in refusal("1", "--out", "nowhere/below")
    with monkeypatch.context() as context:
        context.setattr(os, "access", lambda *_: False)
        assert ". may not be written into; choose another" in refusal("1", "--out", "out")
    assert "no notebook '999" in refusal("9" * 5000)
    told = refusal("--set", "cohrt=x", "--set", "times=x")
    assert "2 faults found" in told
    assert '01_good has cohort = "example/cohort.csv", times = 2; 02_bad has no par' in told
    monkeypatch.setattr(catalogue, "find_spec", lambda _name: None)
    assert 'pip install "retrostats[lab]"' in refusal("1")


def test_the_command_ends_with_one_and_a_line_that_tells(tmp_path):
    done = subprocess.run(
        [COMMAND, "notebooks", "4", "--set", "cohort=none.csv", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("retrostats: the settings: 1 fault found.\n  1. --set cohort: ")
    assert "there is no such file" in done.stderr
    assert list(tmp_path.iterdir()) == []
