"""Run a task many times: the same results for any number of workers, and after any interruption."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from retrostats.jobs.blocks import Job, one_thread
from retrostats.jobs.checkpoint import Checkpoint
from retrostats.jobs.order import Board, Result
from retrostats.jobs.pools import Inline, Pool, Processes, Threads
from retrostats.jobs.types import Enough, Replicates, Task, Workers
from retrostats.progress import Show, told


def run_replicates(  # noqa: PLR0913 - what is repeated, by whom, and who is told
    task: Task,
    replicates: int,
    *,
    seed: int,
    block: int,
    key: str,
    workers: Workers | int = 1,
    checkpoint: Path | str | None = None,
    enough: Enough | None = None,
    progress: Show | None = None,
    words: str = "Simulating",
) -> Replicates:
    """Run a task many times, in blocks, and return the results in order.

    Use it for work that repeats itself with other random numbers: simulations, bootstraps,
    permutations, imputations; not for a single vectorised call of a second or less, which other
    processes can only slow down.

    Parameters
    ----------
    task
        Called as ``task(rng, places)`` with a `numpy.random.Generator` and the range of the
        replicates' places among all; returns arrays by name, whose first axis has the length of
        `places`. With more than one process it must be possible to pickle it.
    replicates
        How many at most.
    seed
        Whole number of 0 or more. Block ``b`` draws from ``SeedSequence(seed, spawn_key=(b,))``.
    block
        Replicates of one block. It is a part of the result: other blocks draw other numbers.
    key
        Says what is run, e.g. a digest of design and plan. A checkpoint belongs to one key.
    workers
        A number of processes, or `Workers`. The results are the same, bit for bit.
    checkpoint
        Folder that keeps finished blocks. The same call goes on from there; one for more
        replicates uses the blocks too. Without it, nothing outlasts an interruption.
    enough
        Asked after each block but the last, in their order, with all results so far: whether to
        stop. The answer must depend on nothing else.
    progress
        Told words and a share from 0 to 1.
    words
        What the bar says.

    Returns
    -------
    Replicates
        Of all blocks, or of the shortest row of first blocks for which `enough` says True.

    Raises
    ------
    DataError
        If the checkpoint belongs to other work, holds foreign files or is damaged, or the cluster
        cannot be used.
    FitError
        If a block's worker was killed each time, the last time with no other block beside it.
    Exception
        What the task raised, with a note that names the block. The blocks before it are in the
        checkpoint.

    Examples
    --------
    >>> def means(rng, places):
    ...     return {"mean": rng.normal(size=(len(places), 30)).mean(axis=1)}
    >>> found = run_replicates(means, 1000, seed=1, block=250, key="means of 30")
    >>> found.arrays["mean"].shape, round(float(found.arrays["mean"].std()), 2)
    ((1000,), 0.18)
    """
    job = Job(task=task, replicates=replicates, block=block, seed=seed, key=key)
    workers = Workers.of(workers)
    kept = None if checkpoint is None else Checkpoint(folder=Path(checkpoint), job=job)
    stored = {} if kept is None else kept.load()
    with told(progress) as tell, _terminated_as_interrupt():
        return Run(job, stored, kept, lambda share: tell(words, share)).replicates(workers, enough)


class Run:
    """One run: counts and keeps blocks as they finish, joins them in order."""

    def __init__(self, job: Job, stored: dict[int, Result], kept: Checkpoint | None, tell: Any):
        self._job, self._stored, self._kept, self._tell = job, stored, kept, tell
        self._done = sum(len(job.places(block)) for block in stored)

    def replicates(self, workers: Workers, enough: Enough | None) -> Replicates:
        """Return the results of as many blocks as are needed."""
        joined, job = _Joined(job=self._job), self._job
        self._tell(self._done / job.replicates)
        with self.board(workers) as board:
            for block in range(job.blocks):
                stored = self._stored.pop(block, None)
                joined.add(board.result(block) if stored is None else stored)
                if enough is not None and block + 1 < job.blocks and enough(joined.so_far()):
                    break
        count = joined.count
        return Replicates(
            arrays=MappingProxyType(joined.whole()),
            count=count,
            asked=job.replicates,
            stopped_early=count < job.replicates,
        )

    @contextmanager
    def board(self, workers: Workers) -> Iterator[Board]:
        """Hand out the board of all blocks; leave in good order whatever happens."""
        missing = [block for block in range(self._job.blocks) if block not in self._stored]
        pool = _pool(self._job, workers, len(missing))
        board = Board(pool, self._job, missing, self._finished)
        try:
            with one_thread():
                yield board
            pool.close()
        except BaseException as error:
            if isinstance(error, Exception):
                pool.close()
            else:
                pool.abandon()
            board.keep_finished()
            error.add_note(self._what_is_kept())
            raise

    def _finished(self, block: int, result: Result) -> None:
        if self._kept is not None:
            self._kept.save(block, result)
        self._done += len(self._job.places(block))
        self._tell(self._done / self._job.replicates)

    def _what_is_kept(self) -> str:
        if self._kept is None:
            return "Nothing is kept: finished blocks outlast an end only in a checkpoint."
        return (
            f"{self._kept.count():,} of {self._job.blocks:,} blocks are kept in "
            f"{self._kept.folder}; the same call goes on from there."
        )


class _Joined:
    """The arrays of all replicates, filled from the front."""

    def __init__(self, *, job: Job) -> None:
        self._job = job
        self._arrays: Result = {}
        self.count = 0

    def add(self, result: Result) -> None:
        """Append the results of the next block."""
        if not self._arrays:
            self._arrays = {
                name: np.empty((self._job.replicates, *values.shape[1:]), values.dtype)
                for name, values in result.items()
            }
        self._require_alike(result)
        size = len(next(iter(result.values())))
        for name, values in result.items():
            self._arrays[name][self.count : self.count + size] = values
        self.count += size

    def so_far(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the results so far, not to be written to."""
        views = {name: values[: self.count] for name, values in self._arrays.items()}
        for view in views.values():
            view.setflags(write=False)
        return views

    def whole(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the results, without the room that was kept for more."""
        if self.count < self._job.replicates:
            self._arrays = {
                name: values[: self.count].copy() for name, values in self._arrays.items()
            }
        return self.so_far()

    def _require_alike(self, result: Result) -> None:
        shapes = {name: (values.dtype, values.shape[1:]) for name, values in result.items()}
        first = {name: (values.dtype, values.shape[1:]) for name, values in self._arrays.items()}
        if shapes != first:
            raise ValueError(
                f"run_replicates: the task returned {shapes} for {self._job.key!r}, and {first} "
                "before; every block must have the same names, types and shapes"
            )


def _pool(job: Job, workers: Workers, missing: int) -> Pool:
    """Return who does the work; processes only where there is work for two, and they may be."""
    if workers.backend == "dask":
        from retrostats.jobs.cluster import Cluster

        return Cluster(job, str(workers.scheduler))
    if workers.count == 1 or missing < 2:
        return Inline(job)
    if workers.backend == "threads":
        return Threads(job, workers.count)
    if multiprocessing.current_process().daemon:  # one of a multiprocessing.Pool
        return Inline(job)
    return Processes(job, workers.count)


@contextmanager
def _terminated_as_interrupt() -> Iterator[None]:
    """Leave in good order at SIGTERM too, where nobody else has decided what it means."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
