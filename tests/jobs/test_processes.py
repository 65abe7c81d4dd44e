"""Processes of this machine: the same bytes, whoever dies on the way."""

import multiprocessing
import re
import threading
import time
from concurrent.futures import BrokenExecutor

import numpy as np
import pytest
from repeated import Products

from retrostats.errors import FitError
from retrostats.jobs.blocks import Job
from retrostats.jobs.pools import Processes
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers

TWO = Workers(count=2)


def run(task, replicates=30, **given):
    found = run_replicates(task, replicates, **{"seed": 5, "block": 4, "key": "k", **given})
    return {name: values.tobytes() for name, values in found.arrays.items()}


def begun(traces):
    return {int(path.name): len(path.read_text().split()) for path in traces.iterdir()}


def test_any_number_of_processes_gives_the_same_bytes():
    whole = run(Products())
    assert run(Products(), workers=2) == whole
    assert run(Products(), workers=3) == whole
    scripted = 1.0  # a function of a script or notebook, which no other process can import

    def task(rng, places):
        return Products()(rng, places) if scripted else {}

    assert run(task, workers=3) == whole


def test_a_killed_process_loses_nothing(tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    task = Products(killed=8, once=str(tmp_path / "killed"), traces=str(traces))
    assert run(task, workers=TWO, checkpoint=tmp_path / "kept") == run(Products())
    assert (tmp_path / "killed").exists()
    counts = begun(traces)
    assert counts[8] == 2
    assert sorted(counts) == list(range(0, 30, 4))
    assert max(counts.values()) == 2  # those beside it were lost with it once, at most


def test_a_block_that_kills_each_process_is_named_and_the_others_are_kept(tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    # The first block is at work each time that the second one kills its process.
    task = Products(wait=0.3, killed=4, traces=str(traces))
    with pytest.raises(FitError, match=r"^block 2 of 2, replicates 5 to 8: .*killed 3 times"):
        run(task, 8, workers=TWO, checkpoint=tmp_path / "kept")
    assert begun(traces)[4] == 3
    kept = [path.name for path in (tmp_path / "kept").glob("block-*")]
    assert kept == ["block-000001-4.npz"]
    assert run(Products(), workers=TWO, checkpoint=tmp_path / "kept") == run(Products())


def test_the_first_error_in_order_is_told(tmp_path):
    for _ in range(3):
        with pytest.raises(RuntimeError, match="failed at 8") as caught:
            run(Products(failing=(8, 12)), workers=TWO, checkpoint=tmp_path)
        place, kept = caught.value.__notes__
        assert place == "in block 3 of 8, replicates 9 to 12, seed 5"
        # Those before it, and those after it that had finished.
        assert re.fullmatch(r"[2-6] of 8 blocks are kept in .*; the same call goes on .*", kept)


def test_what_comes_after_enough_changes_nothing_and_is_not_waited_for():
    def enough(found):
        return len(found["place"]) >= 8

    task = Products(failing=(8, 12), killed=16)
    assert run(task, 300, workers=TWO, enough=enough) == run(Products(), 8)
    assert run(Products(), workers=TWO) == run(Products())


def test_processes_that_died_between_two_runs_are_replaced():
    import os
    import signal
    import time

    def who(_rng, places):
        time.sleep(0.05)
        return {"pid": np.full(len(places), os.getpid())}

    found = run_replicates(who, 8, seed=1, block=1, key="k", workers=TWO)
    for pid in set(found.arrays["pid"].tolist()):
        os.kill(pid, signal.SIGKILL)
    assert run(Products(), workers=TWO) == run(Products())


def test_processes_work_at_the_same_time(tmp_path):
    import time

    def task(_rng, places):
        (tmp_path / str(places.start)).touch()
        end = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < 2:
            assert time.monotonic() < end, "no other block has begun"
            time.sleep(0.01)
        return {"place": np.array(places)}

    run(task, 8, workers=TWO)


def test_runs_of_two_threads_do_not_take_each_others_processes():
    answers = {}

    def work(count):
        answers[count] = run(Products(wait=0.02), workers=count)

    threads = [threading.Thread(target=work, args=(count,)) for count in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == dict.fromkeys((2, 3), run(Products()))


def test_a_task_that_cannot_be_sent_is_told():
    lock = threading.Lock()

    def task(_rng, places):
        with lock:
            return {"x": np.zeros(len(places))}

    with pytest.raises(TypeError, match="cannot be sent to another process"):
        run(task, workers=TWO)


class OddError(Exception):
    """Cannot be made again from its message, like many an error of a library."""

    def __init__(self, what, number):
        super().__init__(f"{what} {number}")


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        (OddError, ("level", 3), "OddError: level 3"),
        (BrokenExecutor, ("a pool of the task's own",), "BrokenExecutor: a pool of the task's own"),
    ],
)
def test_an_error_that_cannot_travel_is_told_and_no_memory_is_blamed(kind, given, message):
    def task(_rng, places):
        if places.start == 4:
            raise kind(*given)
        return {"place": np.array(places)}

    with pytest.raises(RuntimeError, match=r"^the task raised ") as caught:
        run(task, 8, workers=TWO)
    assert str(caught.value) == f"the task raised {message}"
    assert caught.value.__notes__[0] == "in block 2 of 2, replicates 5 to 8, seed 5"


def test_a_process_that_may_have_no_children_does_the_work_itself(monkeypatch):
    # As within a multiprocessing.Pool.
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    assert run(Products(), workers=2) == run(Products())


def test_processes_are_killed_in_silence_when_a_block_was_handed_out_just_now(monkeypatch):
    from joblib.externals.loky.process_executor import _ExecutorManagerThread as Sender

    look = Sender.wait_result_broken_or_wakeup

    def look_late(self):
        found = look(self)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(Sender, "wait_result_broken_or_wakeup", look_late)
    pool = Processes(Job(task=Products(wait=9), replicates=8, block=4, seed=5, key="k"), 2)
    futures = [pool.submit(0)]
    time.sleep(0.5)  # until nothing more is looked for
    futures.append(pool.submit(1))
    pool.abandon()  # an error in a thread, whatever it is, is an error of this test
    assert all(future.exception() is not None for future in futures)  # none came to its end
