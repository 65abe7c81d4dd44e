"""Blocks finish in any order and are handed on in theirs; lost ones run again."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from retrostats.errors import FitError
from retrostats.jobs.blocks import Job
from retrostats.jobs.pools import Pool

#: Seconds between looks at work whose end nobody told; also lets Ctrl-C through on Windows.
LOOK = 1.0

Result = dict[str, np.ndarray[Any, Any]]


class Board:
    """Hands out blocks, and keeps what came back until it is asked for.

    Parameters
    ----------
    pool
        Who does the work.
    job
        What is done.
    waiting
        Blocks to do.
    finished
        Called with each block and its result when it arrives, in any order.
    """

    def __init__(
        self,
        pool: Pool,
        job: Job,
        waiting: Iterable[int],
        finished: Callable[[int, Result], None],
    ) -> None:
        self._pool, self._job, self._finished = pool, job, finished
        self._waiting = sorted(waiting)
        self._running: dict[int, Any] = {}
        self._ended: SimpleQueue[int] = SimpleQueue()
        self._losses: Counter[int] = Counter()
        self._results: dict[int, Result] = {}
        self._errors: dict[int, Exception] = {}

    def result(self, block: int) -> Result:
        """Return the result of a block; wait until it is there.

        Raises
        ------
        FitError
            If its worker died each time.
        Exception
            What the task raised, with a note that names the block. A later block's error is not
            told before all earlier blocks are handed on, so that it does not depend on who was
            faster.
        """
        while block not in self._results:
            if block in self._errors:
                raise self._errors[block]
            self._hand_out()
            self._take_in()
        return self._results.pop(block)

    def keep_finished(self) -> None:
        """Take in, without waiting, what has finished."""
        for block in [b for b, future in self._running.items() if future.done()]:
            with suppress(Exception):  # what failed or was cancelled cannot be kept
                self._finished(block, self._running.pop(block).result())

    def _hand_out(self) -> None:
        while self._waiting and len(self._running) < self._room():
            block = heapq.heappop(self._waiting)
            future = self._pool.submit(block)
            self._running[block] = future
            future.add_done_callback(lambda _future, block=block: self._ended.put(block))

    def _room(self) -> int:
        """Return how many blocks may run at a time; none after a block that failed."""
        if self._errors and min(self._errors) < self._waiting[0]:
            return 0
        if any(self._on_trial(block) for block in (*self._running, self._waiting[0])):
            return 1
        return self._pool.room()

    def _on_trial(self, block: int) -> bool:
        """Say whether a block that was lost before is given up at its next loss.

        It runs with no other beside it, so that the loss tells whose it was.
        """
        losses = self._losses[block]
        return losses > 0 and losses + 1 >= self._pool.most_losses

    def _take_in(self) -> None:
        """Wait until a block ends; take in all that have."""
        lost = {block for block in self._just_ended() if self._was_lost(block)}
        if not lost:
            return
        if self._pool.falls_whole:
            for block in [*self._running]:
                self._was_lost(block)  # takes in what had ended in time
            lost = {*self._running}
        for block in sorted(lost):
            del self._running[block]
            self._count_loss(block)
        self._pool.renew()

    def _just_ended(self) -> Iterator[int]:
        try:
            yield self._ended.get(timeout=LOOK)
        except Empty:
            yield from [block for block, future in self._running.items() if future.done()]
        while not self._ended.empty():
            yield self._ended.get()

    def _was_lost(self, block: int) -> bool:
        """Say whether a block was lost with its worker; take it in if it ended otherwise."""
        future = self._running.get(block)
        if future is None or not future.done():  # of a pool that is gone, or told already
            return False
        # It is asked once: a cluster may lose a result, and the block with it, while that comes.
        try:
            result = future.result()
        except Exception as error:
            if self._pool.lost(error):
                return True
            self._errors[block] = self._named(error, block)  # raised when its turn comes
        else:
            self._results[block] = result
            self._finished(block, result)
        del self._running[block]
        return False

    def _named(self, error: Exception, block: int) -> Exception:
        told = self._pool.told(error)
        if told is error:
            error.add_note(f"in {self._job.told(block)}, seed {self._job.seed}")
        return told

    def _count_loss(self, block: int) -> None:
        self._losses[block] += 1
        if self._losses[block] < self._pool.most_losses:
            heapq.heappush(self._waiting, block)
            return
        self._errors[block] = FitError(f"{self._job.told(block)}: {self._pool.death}")
