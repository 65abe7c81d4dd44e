"""One block of replicates: what it draws, and what it must give back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from retrostats.jobs.types import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Replicates in blocks. Nothing here depends on who does the work.

    Attributes
    ----------
    task
        What is repeated.
    replicates, block
        How many in all, and in one block; the last block may be smaller.
    seed
        Whole number of 0 or more. The generator of block ``b`` is made from
        ``SeedSequence(seed, spawn_key=(b,))``.
    key
        Says what is run.
    """

    task: Task
    replicates: int
    block: int
    seed: int
    key: str

    def __post_init__(self) -> None:
        for name, least in (("replicates", 1), ("block", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                raise TypeError(f"run_replicates: {name} must be a whole number, got {value!r}")
            if value < least:
                raise ValueError(f"run_replicates: {name} must be {least} or more, got {value}")
            object.__setattr__(self, name, int(value))

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return -(-self.replicates // self.block)

    def places(self, block: int) -> range:
        """Return the places of a block's replicates among all.

        Examples
        --------
        >>> Job(task=dict, replicates=10, block=4, seed=1, key="").places(2)
        range(8, 10)
        """
        start = block * self.block
        return range(start, min(start + self.block, self.replicates))

    def told(self, block: int) -> str:
        """Return the words for a block, which people count from 1.

        Examples
        --------
        >>> Job(task=dict, replicates=1000, block=250, seed=1, key="").told(3)
        'block 4 of 4, replicates 751 to 1,000'
        """
        places = self.places(block)
        last = f"replicates {places.start + 1:,} to {places.stop:,}"
        return f"block {block + 1:,} of {self.blocks:,}, {last}"

    def run(self, block: int) -> dict[str, np.ndarray[Any, Any]]:
        """Return the results of one block."""
        return run_block(self.task, self.seed, block, self.places(block))


def run_block(task: Task, seed: int, block: int, places: range) -> dict[str, np.ndarray[Any, Any]]:
    """Run one block, with the linear algebra on one thread.

    The order in which several threads add up numbers, and with it the last bit, would depend on
    how many cores a machine has.

    Returns
    -------
    dict of str to numpy.ndarray
        The first axis of each has the length of `places`.

    Raises
    ------
    TypeError
        If the task returns anything else than arrays by name.
    ValueError
        If the first axis of an array has another length.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
    with one_thread():
        return checked(task(rng, places), len(places))


def run_packed(
    packed: bytes, seed: int, block: int, places: range
) -> dict[str, np.ndarray[Any, Any]]:
    """Run one block of a task that came as bytes; a worker unpacks it once.

    Raises
    ------
    Exception
        What the task raised, or a RuntimeError that tells it where the process that asked for
        the block could not read it, or would take it for the death of a worker.
    """
    try:
        return run_block(_unpacked(packed), seed, block, places)
    except Exception as error:
        if _travels(error):
            raise
        raise RuntimeError(f"the task raised {type(error).__name__}: {error}") from None


def _travels(error: Exception) -> bool:
    """Say whether an error reaches another process as what it is.

    Many classes of errors cannot be made again from their message. Sending one kills the worker
    or the pool, and the block would seem to have run out of memory.
    """
    import pickle

    from joblib.externals.loky.cloudpickle_wrapper import dumps

    try:
        return not isinstance(pickle.loads(dumps(error)), BrokenExecutor | CancelledError)  # noqa: S301 - our own bytes
    except Exception:
        return False


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Task:
    import pickle

    task: Task = pickle.loads(packed)  # noqa: S301 - the bytes come from our own parent process
    return task


def checked(given: Any, length: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return what a task gave as arrays of numbers.

    Examples
    --------
    >>> checked({"p": [0.5, 0.25]}, 2)
    {'p': array([0.5 , 0.25])}
    """
    if not isinstance(given, Mapping) or not given:
        raise TypeError(
            "run_replicates: the task must return a mapping from names to arrays, got "
            f"{type(given).__name__}"
        )
    arrays = {name: np.asarray(values) for name, values in given.items()}
    for name, values in arrays.items():
        if not isinstance(name, str) or values.dtype.hasobject:
            raise TypeError(
                f"run_replicates: {name!r} of the task must be an array of numbers or texts under "
                f"a text as its name, got {values.dtype}"
            )
        if not values.ndim or len(values) != length:
            raise ValueError(
                f"run_replicates: {name!r} of the task must have {length} entries along its first "
                f"axis, one for each replicate, got the shape {values.shape}"
            )
    return arrays


class _OneThread:
    """Limits the threads of linear algebra while at least one block runs in this process.

    The limit holds for a whole process, so that the first of several threads sets it and the last
    one removes it.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._limits: Any = None
        self._found: tuple[int, Any] = (-1, None)

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limits = self._libraries().limit(limits=1)

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limits.restore_original_limits()
                self._limits = None

    def _libraries(self) -> Any:
        """Return what limits the libraries; they are looked for again after each import."""
        modules = len(sys.modules)
        if self._found[0] != modules:
            from threadpoolctl import ThreadpoolController

            self._found = (modules, ThreadpoolController())
        return self._found[1]


_ONE_THREAD = _OneThread()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra on one thread in this process for as long as the work lasts."""
    _ONE_THREAD.enter()
    try:
        yield
    finally:
        _ONE_THREAD.leave()
