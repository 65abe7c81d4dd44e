"""Replicates in one process: what is drawn, when it stops, and what a task must return."""

from threading import Barrier

import numpy as np
import pytest
from repeated import Products

from retrostats.errors import DataError
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers


def drawn(rng, places):
    return {"x": rng.normal(size=(len(places), 3)), "place": np.array(places)}


def run(task=drawn, replicates=10, **given):
    return run_replicates(task, replicates, **{"seed": 5, "block": 4, "key": "k", **given})


def test_each_block_draws_from_its_own_generator():
    found = run()
    expected = [
        np.random.default_rng(np.random.SeedSequence(5, spawn_key=(block,))).normal(size=(size, 3))
        for block, size in enumerate((4, 4, 2))
    ]
    assert np.array_equal(found.arrays["x"], np.concatenate(expected))
    assert found.arrays["place"].tolist() == list(range(10))
    assert (found.count, found.asked, found.stopped_early) == (10, 10, False)


def test_more_replicates_begin_with_the_same_ones():
    assert np.array_equal(run(replicates=20).arrays["x"][:8], run().arrays["x"][:8])
    assert not np.array_equal(run(seed=6).arrays["x"], run().arrays["x"])


def test_enough_is_asked_in_order_and_ends_the_work():
    asked = []

    def enough(so_far):
        asked.append(so_far["place"].tolist())
        return len(so_far["x"]) >= 8

    found = run(replicates=30, enough=enough)
    assert asked == [list(range(4)), list(range(8))]
    assert (found.count, found.asked, found.stopped_early) == (8, 30, True)
    assert np.array_equal(found.arrays["x"], run(replicates=8).arrays["x"])


def test_after_the_last_block_nobody_is_asked():
    asked = []
    found = run(enough=lambda so_far: asked.append(len(so_far["x"])))
    assert asked == [4, 8]
    assert not found.stopped_early


@pytest.mark.parametrize("stop", [False, True])
def test_results_cannot_be_written_to(stop):
    found = run(enough=lambda _so_far: stop)
    with pytest.raises(ValueError, match="read-only"):
        found.arrays["x"][0] = 0
    with pytest.raises(TypeError, match="assignment"):
        found.arrays["y"] = found.arrays["x"]


def test_what_enough_sees_cannot_be_written_to():
    def enough(so_far):
        so_far["x"][0] = 0

    with pytest.raises(ValueError, match="read-only"):
        run(enough=enough)


def test_progress_counts_replicates():
    told = []
    run(progress=lambda words, share: told.append((words, share)), words="Drawing")
    assert told == [("Drawing", share) for share in (0, 0.4, 0.8, 1)]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("replicates", 0, ValueError),
        ("replicates", 2.5, TypeError),
        ("block", 0, ValueError),
        ("block", True, TypeError),
        ("seed", -1, ValueError),
        ("seed", None, TypeError),
        ("workers", 0, ValueError),
    ],
)
def test_sizes_and_seed_are_whole_numbers(name, value, error):
    with pytest.raises(error, match=rf"{name} must be .* got {value}"):
        run(**{name: value})


def test_numpy_whole_numbers_are_whole_numbers():
    assert np.array_equal(run(seed=np.int64(5), block=np.int32(4)).arrays["x"], run().arrays["x"])


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (None, TypeError, "a mapping from names to arrays, got NoneType"),
        ({}, TypeError, "a mapping from names to arrays, got dict"),
        ({"x": [None] * 4}, TypeError, "'x' of the task must be an array of numbers"),
        ({"x": 1.0}, ValueError, r"4 entries along its first axis.*got the shape \(\)"),
        ({"x": np.zeros((3, 4))}, ValueError, r"got the shape \(3, 4\)"),
    ],
)
def test_a_task_returns_arrays_of_its_replicates(answer, error, message):
    with pytest.raises(error, match=message) as caught:
        run(lambda _rng, _places: answer)
    assert caught.value.__notes__[0] == "in block 1 of 3, replicates 1 to 4, seed 5"


@pytest.mark.parametrize(
    "answer",
    [
        lambda places: {"x" if places.start else "y": np.zeros(len(places))},
        lambda places: {"x": np.zeros(len(places), int if places.start else float)},
        lambda places: {"x": np.zeros((len(places), 2 if places.start else 1))},
    ],
)
def test_all_blocks_return_alike(answer):
    with pytest.raises(ValueError, match="every block must have the same names, types and shapes"):
        run(lambda _rng, places: answer(places))


def test_an_error_names_its_block_and_seed():
    with pytest.raises(RuntimeError, match="the task failed at 4") as caught:
        run(Products(failing=(4, 8)))
    assert caught.value.__notes__ == [
        "in block 2 of 3, replicates 5 to 8, seed 5",
        "Nothing is kept: finished blocks outlast an end only in a checkpoint.",
    ]


def test_linear_algebra_runs_on_one_thread_and_gets_its_threads_back():
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(limits=2):  # a machine of one core would not tell
        found = run(lambda _rng, places: {"n": np.full(len(places), max(threads()))})
        assert threads() == {2}
    assert found.arrays["n"].tolist() == [1] * 10


def test_threads_give_the_same_bits_and_the_first_error():
    threads = Workers(count=3, backend="threads")
    assert np.array_equal(run(workers=threads).arrays["x"], run().arrays["x"])
    with pytest.raises(RuntimeError, match="failed at 4"):
        run(Products(failing=(4, 8)), workers=threads)
    stopped = run(
        Products(failing=(8,)), 30, workers=threads, enough=lambda found: len(found["place"]) == 8
    )
    assert stopped.count == 8


def test_threads_work_at_the_same_time():
    together = Barrier(3, timeout=5)

    def task(_rng, places):
        return {"waited": np.full(len(places), together.wait() >= 0)}

    assert run(task, 12, workers=Workers(count=3, backend="threads")).count == 12


def test_dask_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(DataError, match=r'pip install "retrostats\[dask\]"'):
        run(workers=Workers(backend="dask", scheduler="tcp://127.0.0.1:1"))
