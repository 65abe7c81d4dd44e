"""Who does the work, what is repeated, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, get_args

import numpy as np

from retrostats.layout import ShownAsSentence

#: Where blocks of work are done: other processes, threads of this one, or a dask cluster.
Backend: TypeAlias = Literal["loky", "threads", "dask"]
#: Results of replicates by name; the first axis of each array counts the replicates.
Arrays: TypeAlias = Mapping[str, np.ndarray[Any, Any]]
#: Asked after each block, in order, whether the results so far are enough.
Enough: TypeAlias = Callable[[Arrays], bool]


class Task(Protocol):
    """What is repeated; a function of a module, or an object of a module-level class."""

    def __call__(self, rng: np.random.Generator, places: range, /) -> Arrays:
        """Return arrays whose first axis has one place for each replicate of `places`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers(ShownAsSentence):
    """Who shares the work. The results do not depend on it.

    Use it where a whole number of workers does not say enough: for threads, for a cluster; not
    for work of a second or less, which a pool of processes can only slow down.

    Attributes
    ----------
    count
        How many blocks are done at a time on this machine. One process worker is this process
        itself. A cluster knows its own number, and `count` stays 1.
    backend
        ``"loky"``: processes of this machine. ``"threads"``: threads of this process, for work
        that spends its time in compiled code or waits. ``"dask"``: the workers of a
        `dask.distributed` cluster.
    scheduler
        Address of the scheduler of the cluster, e.g. ``"tcp://10.0.0.5:8786"``.

    Raises
    ------
    TypeError
        If an attribute is of another type.
    ValueError
        If there is no such backend, or the attributes contradict one another.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.Workers(count=4)
    Workers(count=4, backend='loky', scheduler=None)
    >>> rs.Workers(backend="dask", scheduler="tcp://10.0.0.5:8786").backend
    'dask'
    """

    count: int = 1
    backend: Backend = "loky"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if type(self.count) is not int:
            raise TypeError(f"workers must be a whole number or Workers, got {self.count!r}")
        if self.count < 1:
            raise ValueError(f"workers must be 1 or more, got {self.count}")
        if self.backend not in get_args(Backend):
            raise ValueError(f"backend must be 'loky', 'threads' or 'dask', got {self.backend!r}")
        if self.backend != "dask" and self.scheduler is not None:
            raise ValueError(
                f"a scheduler ({self.scheduler!r}) belongs to the backend 'dask', and the backend "
                f"is {self.backend!r}; change the backend or leave the scheduler out"
            )
        if self.backend == "dask" and not (self.scheduler and isinstance(self.scheduler, str)):
            raise ValueError(
                "the backend 'dask' needs the address of a scheduler, e.g. "
                "scheduler='tcp://10.0.0.5:8786'; `dask scheduler` prints its own"
            )
        if self.backend == "dask" and self.count != 1:
            raise ValueError(
                f"the cluster says how many workers it has; leave out the count of {self.count}"
            )

    def __str__(self) -> str:
        if self.backend == "dask":
            return f"the workers of the dask cluster at {self.scheduler}"
        if self.count == 1:
            return "this process"
        kind = "threads of this process" if self.backend == "threads" else "processes"
        return f"{self.count} {kind}"

    @classmethod
    def of(cls, workers: int | Workers) -> Workers:
        """Return workers: a number means so many processes of this machine.

        Parameters
        ----------
        workers
            What a function of this package was given.

        Examples
        --------
        >>> Workers.of(2)
        Workers(count=2, backend='loky', scheduler=None)
        """
        return workers if isinstance(workers, Workers) else cls(count=workers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """The results of all replicates, in their order.

    Attributes
    ----------
    arrays
        What the task returned, by name; the first axis has length `count`. Not to be written to.
    count
        How many replicates there are.
    asked
        How many were asked for.
    stopped_early
        Whether fewer were enough.
    """

    arrays: Arrays
    count: int
    asked: int
    stopped_early: bool
