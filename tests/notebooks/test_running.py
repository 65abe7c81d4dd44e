"""Running: what a cell finds, what its outputs may be, and how failures are told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest

from retrostats.notebooks import kernel
from retrostats.notebooks.running import NotebookError, run_notebooks

SURROUNDINGS = """\
import json, os, sys
from pathlib import Path
import retrostats
print(json.dumps({
    "python": sys.executable,
    "files": sorted(str(p) for p in Path().rglob("*")),
    "environment": dict(os.environ),
    "path": sys.path,
    "hash": hash("retrostats"),
    "row": Path(cohort).read_text()[:6],
    "link": Path(cohort).is_symlink(),
}, default=str).replace(os.getcwd(), "HERE").replace(str(Path.home()), "HOME")
    .replace(sys.prefix, "PREFIX").replace(str(Path(retrostats.__file__).parents[1]), "ROOT")
    .replace(str(Path.cwd().parent), "ABOVE"))"""

PICTURE = """\
from IPython.display import display
print("before")
display({"image/png": "aGVsbG8=", "text/plain": "A dot"}, raw=True)
print("after")
print("and \\u65e5\\u672c")"""

UNSHOWN = "class A:\n    def _repr_html_(self):\n        raise KeyError('bad')\n"

WIDGET = """\
display({"application/vnd.jupyter.widget-view+json": {"model_id": "1f"}}, raw=True)
7"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made, so that one that stays is seen."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def children_of(marker: Path) -> list[str]:
    """Return the processes whose command line or environment names a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(marker).encode() in said and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_a_notebook_finds_the_example_the_users_file_and_nothing_of_the_user(
    small, outputs, here, temporary, monkeypatch
):
    (here / "own.csv").write_text("mine,1\n")
    for name, value in (("PYTHONWARNINGS", "error"), ("PYTHONSTARTUP", str(here / "x.py"))):
        monkeypatch.setenv(name, value)
    (here / "x.py").write_text("1 / 0")
    script = small(SURROUNDINGS, parameters='cohort = "example/cohort.csv"')
    found = json.loads(outputs(script, "cohort=own.csv")[1][0]["text"])
    assert found["row"] == "mine,1"
    assert found["link"]
    files = {"cohort.csv", "codebook.toml", "plan.toml", "design.toml", "README.md"}
    assert set(found["files"]) == {"own.csv", "example"} | {f"example/{name}" for name in files}
    environment = found["environment"]
    assert environment["RETROSTATS_PROGRESS"] == "none"
    assert environment["IPYKERNEL_CELL_NAME"] == "<cell>"
    assert environment["PYTHONHASHSEED"] == "0"
    assert environment["MPLBACKEND"] == "agg"
    assert environment["IPYTHONDIR"].startswith("ABOVE")
    assert not {"PYTHONWARNINGS", "PYTHONSTARTUP"} & set(environment)
    assert "" not in found["path"]
    assert found["python"].replace("PREFIX", sys.prefix) == sys.executable
    assert list(temporary.iterdir()) == []


def test_outputs_are_the_same_bytes_in_every_run_whatever_runs_beside(small):
    scripts = [
        small(PICTURE, WIDGET, "sorted({'a', 'b'}, key=hash)", "", name=f"0{n}_small")
        for n in (1, 2, 3)
    ]
    together = [nbformat.writes(each.notebook) for each in run_notebooks(scripts)]
    (alone,) = run_notebooks(scripts[:1])
    assert [nbformat.writes(alone.notebook)] * 3 == together
    first, second, third, empty = (c for c in alone.notebook.cells if c.cell_type == "code")
    assert [output.output_type for output in first.outputs] == ["stream", "display_data", "stream"]
    assert first.outputs[2].text == "after\nand 日本\n"
    assert [output.data for output in second.outputs] == [{"text/plain": "7"}]
    assert (third.execution_count, empty.execution_count, empty.outputs) == (3, None, [])
    assert set(alone.notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in alone.notebook.cells)


FAILING = {
    "01_error": ("x = 1\n\n# %% [markdown]\n# ## Why?\n\n# %%\n\n# A sum\n1 / 0", ": Zero"),
    "02_syntax": ("def f(:", ": SyntaxError: invalid syntax"),
    "03_exit": ("raise SystemExit(3)", ": SystemExit: 3"),
    "04_warning": ("import warnings; warnings.warn('care')", ": it wrote to the error stream: <c"),
    "06_dead": ("import os; os._exit(0)", ": it ended the Python that ran it (os._exit, a crash"),
    "07_endless": ("while True: print('x' * 1000)", ": its outputs are longer than 100,000 char"),
    "08_slow": ("import time; time.sleep(300)", ": it took longer than 6 seconds"),
    "09_address": ("object()", ": its output holds an address in memory (0x"),
    "10_lines": ("raise ValueError('a\\nb')", ": ValueError: a\n  b"),
    "12_terminal": ("raise ValueError('\\x1b]0;x\\x07\\r\\x1b[31m!')", r": \x1b]0;x\x07\r!"),
    "13_tag": ("# %% tags=['raises-exception']\n1 / 0", ": ZeroDivisionError: division by zero"),
    "14_skipped": ("# %% tags=['skip-execution']\n1 / 0", ": ZeroDivisionError: division by zero"),
    "15_font": (
        "import matplotlib.font_manager as f; f._log.warning('no such font')",
        ": it wrote to the error stream: no such font",
    ),
    "16_display": (
        f"{UNSHOWN}    def __repr__(self): return 'A'\ndisplay(A())",
        ": KeyError: 'bad'",
    ),
    "17_last": (f"{UNSHOWN}A()", ": KeyError: 'bad'"),
    "18_temporary": ("import tempfile; tempfile.mkdtemp()", ": its output names a place on this"),
}


@pytest.mark.whole
def test_every_failing_notebook_is_told_with_its_cell_and_its_error(small, temporary, monkeypatch):
    monkeypatch.setattr(kernel, "OUTPUT_LIMIT", 100_000)
    scripts = [small(code, name=name) for name, (code, _) in FAILING.items()]
    good = small("1", name="11_good")
    with pytest.raises(NotebookError) as caught:
        run_notebooks([*scripts, good], seconds=6)
    told = str(caught.value).split("\nnotebook ")
    assert len(told) == len(FAILING)
    for line, (name, (_, message)) in zip(told, FAILING.items(), strict=True):
        assert line.removeprefix("notebook ").startswith(f"{name}, code cell ")
        assert message in line, (name, line)
    assert told[0].startswith(
        "notebook 01_error, code cell 2 (under 'Why?', '# A sum'): ZeroDivisionError: division"
    )
    assert "11_good" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert list(temporary.iterdir()) == []
    assert children_of(temporary) == []


@pytest.mark.parametrize("end", ["1", "import os; os._exit(1)"])
def test_processes_that_a_cell_starts_end_with_it(small, temporary, end):
    code = "import subprocess, sys\np = subprocess.Popen([sys.executable, '-c', {!r}])\n{}"
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(300)"
    script = small(code.format(stubborn, end))
    with nullcontext() if end == "1" else pytest.raises(NotebookError, match="it ended the Python"):
        run_notebooks([script])
    assert children_of(temporary) == []


def test_a_process_that_outlives_its_parent_ends_with_the_cell(small, temporary):
    run_notebooks([small("import os\nos.system('sleep 300 >/dev/null 2>&1 &')")])
    assert children_of(temporary) == []


def test_a_home_that_cannot_be_written_is_no_complaint_of_a_cell(small, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "file" / "below"))
    slow = "matplotlib.font_manager._log.warning('building the font cache; this may take')"
    names = "sorted(each for each in dir() if each in {'each', 'logging'})"
    (executed,) = run_notebooks([small(f"import matplotlib.font_manager\n{slow}\n{names}")])
    assert executed.notebook.cells[1].outputs[0].data == {"text/plain": "[]"}


def test_progress_names_notebook_and_cell_and_ends_at_one(small, outputs):
    told: list[tuple[str, float]] = []
    outputs(small("1", "2"), progress=lambda words, share: told.append((words, share)))
    assert told == [("01_small, cell 1 of 2", 0.5), ("01_small, cell 2 of 2", 1.0)]


@pytest.mark.whole
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_no_process_and_no_folder(tmp_path, number):
    temporary, notebooks = tmp_path / "temporary", tmp_path / "notebooks"
    temporary.mkdir()
    notebooks.mkdir()
    for name in ("01_a", "02_b"):
        text = "# %% [markdown]\n# # T\n\n# %%\nopen('begun', 'w').close()\nwhile True: pass\n"
        (notebooks / f"{name}.py").write_text(text)
    code = (
        "import sys; from pathlib import Path; from retrostats.notebooks import catalogue\n"
        "folder = Path(sys.argv.pop()); catalogue.notebook_folder = lambda: folder\n"
        "from retrostats.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "notebooks", "--out", tmp_path / "out", notebooks],
        env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            deadline = time.monotonic() + 60
            while len(list(temporary.rglob("begun"))) < min(2, os.cpu_count() or 1):
                assert time.monotonic() < deadline
                assert started.poll() is None, started.stderr.read()
                time.sleep(0.1)
            started.send_signal(number)
            _, said = started.communicate(timeout=30)
        finally:
            started.kill()
    assert started.returncode == 128 + number
    assert "Traceback" not in said
    assert children_of(temporary) == []
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out").exists()
