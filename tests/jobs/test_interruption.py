"""Ctrl-C and SIGTERM: what is finished is kept, and no process is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import repeated
from repeated import Products

from retrostats.jobs.run import run_replicates

ORACLES = Path(repeated.__file__).parent
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
from repeated import Products
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers

folder, count, backend = sys.argv[1:]
try:
    run_replicates(Products(wait=0.1), 400, seed=5, block=4, key="k", checkpoint=folder,
                   workers=Workers(count=int(count), backend=backend))
except BaseException as error:
    print(*error.__notes__)
    raise
"""
#: Seconds after which something hangs.
PATIENCE = 30


def started(folder, count, backend, *first):
    """Return a process with a group of its own, which looks for modules in `first` first."""
    paths = [*map(str, first), str(ORACLES), *sys.path[1:]]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(count), backend],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("count", "backend", "number", "code"),
    [
        (1, "loky", signal.SIGINT, -signal.SIGINT),
        (2, "loky", signal.SIGINT, -signal.SIGINT),
        (2, "loky", signal.SIGTERM, 128 + signal.SIGTERM),
        (2, "threads", signal.SIGINT, -signal.SIGINT),
    ],
)
def test_an_interruption_keeps_what_is_finished(tmp_path, count, backend, number, code):
    folder = tmp_path / "kept"
    process = started(folder, count, backend)
    wait_for(lambda: len(list(folder.glob("block-*"))) >= 3 or process.poll() is not None)
    # A terminal sends Ctrl-C to the whole group; an operating system stops one process.
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, errors
    wait_for(lambda: gone(process.pid))
    kept = list(folder.glob("block-*"))
    assert 3 <= len(kept) < 100
    assert out == (
        f"{len(kept)} of 100 blocks are kept in {folder}; the same call goes on from there.\n"
    )
    assert errors.count("Traceback") == (1 if number == signal.SIGINT else 0)
    assert {path.name[:6] for path in folder.iterdir()} == {"block-", "checkp"}
    begun = tmp_path / "begun"
    begun.mkdir()
    found = run_replicates(
        Products(traces=str(begun)), 400, seed=5, block=4, key="k", checkpoint=folder
    )
    assert len(list(begun.iterdir())) == 100 - len(kept)
    whole = run_replicates(Products(), 400, seed=5, block=4, key="k")
    assert found.arrays["product"].tobytes() == whole.arrays["product"].tobytes()


def test_an_interruption_while_processes_start_is_told_once(tmp_path):
    # Python imports this first of all: a worker that starts says so, and takes its time.
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(
        "import pathlib, sys, time\n"
        "if any('popen_loky' in word for word in sys.orig_argv):\n"
        f"    pathlib.Path({str(tmp_path / 'starting')!r}).touch()\n"
        "    time.sleep(1)\n"
    )
    process = started(tmp_path / "kept", 2, "loky", slow)
    wait_for(lambda: (tmp_path / "starting").exists() or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGINT, errors
    assert out.startswith("0 of 100 blocks are kept in ")
    assert errors.count("Traceback") == 1, errors
    wait_for(lambda: gone(process.pid))


def test_processes_end_with_the_one_that_was_killed(tmp_path):
    folder = tmp_path / "kept"
    process = started(folder, 2, "loky")
    wait_for(lambda: len(list(folder.glob("block-*"))) >= 2 or process.poll() is not None)
    process.kill()
    process.communicate(timeout=PATIENCE)  # its processes hold the other ends
    wait_for(lambda: gone(process.pid))


def test_no_executor_outlasts_the_end_of_a_program():
    # What is registered first is called last.
    program = """
import atexit
def look():
    from retrostats.jobs import processes
    print(processes.IDLE._kept)
atexit.register(look)
from repeated import Products
from retrostats.jobs import processes
from retrostats.jobs.run import run_replicates
run_replicates(Products(), 8, seed=5, block=4, key="k", workers=2)
assert processes.IDLE._kept is not None
"""
    paths = os.pathsep.join([str(ORACLES), *sys.path[1:]])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("None\n", "")
