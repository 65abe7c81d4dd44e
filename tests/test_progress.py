"""Bars of progress: where they show, where they do not, and that they leave nothing behind."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

import retrostats as rs
from retrostats import progress as bars

#: Moves back to the start of a line, as a bar does that leaves nothing behind.
CLEARED = "\r"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _no_switch(monkeypatch):
    monkeypatch.delenv(bars.SWITCH, raising=False)


@pytest.fixture
def terminal(monkeypatch):
    """A terminal on which long work begins at once."""
    screen = Terminal()  # sys.stderr itself is put back by pytest when the test begins
    streams = SimpleNamespace(stderr=screen, stdout=io.StringIO(), modules=sys.modules)
    monkeypatch.setattr(bars, "sys", streams)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    return screen


@pytest.fixture
def notebook(monkeypatch):
    """A kernel, as far as can be told from inside; its bars are noted, not drawn."""
    monkeypatch.setattr(bars, "in_notebook", lambda: True)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    made: list[SimpleNamespace] = []

    def note(_words):
        seen: list[tuple[str, float]] = []
        bar = SimpleNamespace(n=0.0, total=1.0, words="", seen=seen, closed=0)

        def update(step):
            bar.n += step
            seen.append((bar.words, bar.n))

        bar.set_description_str = lambda words, **_: setattr(bar, "words", words)
        bar.update = update
        bar.close = lambda: setattr(bar, "closed", bar.closed + 1)
        made.append(bar)
        return bar, lambda: None

    monkeypatch.setattr(bars, "_new_bar", note)
    return made


@pytest.mark.parametrize(
    ("shell", "is_one"),
    [
        (SimpleNamespace(config={"IPKernelApp": {}}), True),
        (SimpleNamespace(config={"TerminalIPythonApp": {}}), False),
        (None, False),
    ],
    ids=["a kernel", "IPython on a terminal", "IPython merely imported"],
)
def test_a_notebook_is_a_kernel_of_jupyter(monkeypatch, shell, is_one):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert bars.in_notebook() is is_one


def work() -> None:
    with bars.progress() as show:
        for share in (0.0, 0.5, 1.0):
            show("Fitting pain", share)
            time.sleep(0.12)  # tqdm draws ten times a second at most


def test_a_terminal_shows_words_and_share_and_then_nothing(terminal):
    work()
    drawn = terminal.getvalue()
    assert "Fitting pain:  50%" in drawn
    assert drawn.rpartition("\r")[2].strip() == ""
    assert drawn.endswith(CLEARED)
    assert "\n" not in drawn


def test_short_work_shows_nothing_and_loads_no_tqdm(terminal, monkeypatch):
    monkeypatch.setattr(bars, "DELAY", 60.0)
    monkeypatch.setattr(bars, "_new_bar", lambda _words: pytest.fail("a bar for short work"))
    work()
    assert terminal.getvalue() == ""


def test_the_switch_silences_a_terminal_and_a_notebook(terminal, notebook, monkeypatch):
    monkeypatch.setenv(bars.SWITCH, "none")
    work()
    with bars.told(None) as tell:
        tell("x", 0.5)
    assert terminal.getvalue() == ""
    assert notebook == []


def test_a_file_or_pipe_shows_nothing(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    work()
    assert screen.getvalue() == ""


def test_an_error_takes_the_bar_with_it(notebook):
    def fail() -> None:
        with bars.progress() as show:
            show("Fitting", 0.3)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    (bar,) = notebook
    assert bar.closed == 1
    assert bar.n == bar.total  # or tqdm leaves a red bar in the notebook
    work()
    assert len(notebook) == 2  # the next bar is shown again


def test_a_bar_never_goes_back_nor_past_its_end(notebook):
    with bars.progress() as show:
        for share in (0.5, 0.2, 1.7):
            show("x", share)
    assert [share for _, share in notebook[0].seen] == [0.5, 0.5, 1.0]


def test_a_bar_within_a_bar_is_not_shown(notebook):
    with bars.progress() as show:
        show("outer", 0.1)
        with bars.told(None) as tell, bars.progress() as third:
            tell("inner", 0.5)
            third("innermost", 0.5)
        list(bars.followed([1, 2], "steps"))
        show("outer", 0.2)
    assert len(notebook) == 1
    assert {words for words, _ in notebook[0].seen} == {"outer"}


def test_what_the_caller_gave_is_told_and_no_bar_is_shown_within(notebook):
    told = []
    with bars.told(lambda *seen: told.append(seen)) as tell:
        tell("mine", 0.25)
        with bars.told(None) as inner:
            inner("inner", 0.5)
    shares, counts = [], []
    with bars.told_share(shares.append, "x") as share, bars.told_count(None, "y"):
        share(0.5)
    with bars.told_count(lambda *seen: counts.append(seen), "x") as count:
        count(3, 4)
    assert (told, shares, counts, notebook) == ([("mine", 0.25)], [0.5], [(3, 4)], [])


def analysed():
    folder = "data/example_cohort"
    cohort = rs.read_cohort(f"{folder}/cohort.csv", f"{folder}/codebook.toml")
    return rs.analyse(cohort, f"{folder}/plan.toml")


@pytest.mark.whole
def test_long_functions_show_one_bar_each_in_a_notebook(notebook, tmp_path):
    analysis = analysed()
    rs.write_analysis(analysis, tmp_path / "report")
    rs.check_cohort("data/example_cohort/cohort.csv", "data/example_cohort/codebook.toml")
    rs.bootstrap_interval(np.mean, [np.arange(20.0)], seed=1, replicates=999)
    first = [bar.seen[0][0] for bar in notebook]
    assert first == [
        "Reading and checking",
        "Fitting pain",
        "Drawing the figures",
        "Reading and checking",
        "Resampling",
    ]
    assert all(bar.closed == 1 for bar in notebook)
    for bar in notebook:
        shares = [share for _, share in bar.seen]
        assert shares == sorted(shares)
        assert 0.5 < shares[-1] <= 1


def test_they_show_none_on_a_terminal_where_the_command_does(terminal):
    analysed()
    rs.bootstrap_interval(np.mean, [np.arange(20.0)], seed=1, replicates=999)
    assert terminal.getvalue() == ""


def test_progress_changes_no_number(notebook):
    arms = [np.arange(20.0)]
    with_bar = rs.bootstrap_interval(np.mean, arms, seed=1, replicates=999)
    with bars.progress():
        without = rs.bootstrap_interval(np.mean, arms, seed=1, replicates=999)
    assert with_bar == without
    assert len(notebook) == 1


BARE = """
import sys, types
sys.modules["ipywidgets"] = None
import ipykernel.zmqshell  # by which tqdm knows a notebook
shell = types.SimpleNamespace(config={"IPKernelApp": {}})
sys.modules["IPython"].get_ipython = lambda: shell
from retrostats import progress
progress.DELAY = 0.0
with progress.progress() as show:
    show("Fitting", 0.5)
"""


def test_a_notebook_without_ipywidgets_gets_a_bar_as_text_and_no_warning():
    run = subprocess.run(
        [sys.executable, "-W", "always", "-c", BARE], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    assert "Fitting" in run.stdout


CELL = """
from retrostats import progress
progress.DELAY = 0.0
with progress.progress() as show:
    show("Fitting", 0.5)
"""


def test_a_kernel_shows_a_bar_and_leaves_nothing_in_the_notebook():
    manager = KernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    seen: list[dict] = []
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(CELL, output_hook=seen.append, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    told = [(each["msg_type"], each["content"]) for each in seen]
    shown = [content["data"] for kind, content in told if kind == "display_data"]
    after = [content["data"] for kind, content in told if kind == "update_display_data"]
    assert len(shown) == 1
    assert "application/vnd.jupyter.widget-view+json" in shown[0]
    assert after == [{"text/plain": ""}]
    assert not [content for kind, content in told if kind in {"stream", "error"}]


def test_a_terminal_gets_a_bar_as_text_although_ipykernel_is_loaded(terminal):
    import ipykernel.zmqshell  # noqa: F401 - as in a command that runs notebooks

    work()
    assert "Fitting pain:  50%" in terminal.getvalue()


def test_the_bar_loads_nothing_before_it_is_due():
    code = "import retrostats.progress, sys; print('tqdm' in sys.modules, 'rich' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
