"""Apply a function to each of several items: here, in other processes, or on a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from retrostats.jobs.blocks import Job
from retrostats.jobs.run import Run
from retrostats.jobs.types import Workers

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Each(Generic[Item, Answer]):
    """The function and the items, as a task whose replicates are the items."""

    function: Callable[[Item], Answer]
    items: Sequence[Item]

    def __call__(self, _rng: np.random.Generator, places: range) -> dict[str, np.ndarray[Any, Any]]:
        answers = [self.function(self.items[place]) for place in places]
        content = np.frombuffer(pickle.dumps(answers), dtype=np.uint8)
        return {"answers": np.broadcast_to(content, (len(places), len(content)))}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Items(Job):
    """One item to a block; a message calls it by its number."""

    def told(self, block: int) -> str:
        return f"item {block + 1:,} of {self.replicates:,}"


def run_each(
    function: Callable[[Item], Answer], items: Sequence[Item], *, workers: Workers | int = 1
) -> Iterator[Answer]:
    """Yield the function of each item, in their order.

    Use it where items differ and nothing is drawn, as for the files of a folder; for replicates
    that draw random numbers there is `run_replicates`.

    Parameters
    ----------
    function
        Of one item. With more than one process it must be possible to pickle it, the items and
        what it returns.
    items
        What it is applied to.
    workers
        A number of processes, or `Workers`. They work ahead by a few items at most, so that
        answers do not pile up.

    Yields
    ------
    object
        The answers. An item whose worker was killed is done again.

    Raises
    ------
    FitError
        If an item's worker was killed each time, the last time with no other item beside it.
    Exception
        What the function raised.

    Examples
    --------
    >>> list(run_each(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if not items:
        return
    task = _Each(function, tuple(items))
    job = _Items(task=task, replicates=len(items), block=1, seed=0, key="")
    try:
        with Run(job, {}, None, lambda _share: None).board(Workers.of(workers)) as board:
            for place in range(len(items)):
                content = board.result(place)["answers"]
                (answer,) = pickle.loads(content.tobytes())  # noqa: S301 - written by `_Each`
                yield answer
    except Exception as error:
        # These notes are of replicates: there is no seed here, and nothing to go on from.
        notes = getattr(error, "__notes__", [])
        notes[:] = [note for note in notes if not note.startswith(("in item ", "Nothing is kept"))]
        raise
