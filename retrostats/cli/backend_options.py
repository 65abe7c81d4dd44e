"""The options that commands with much to compute share: who works, and what outlasts an end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrostats.errors import DataError

if TYPE_CHECKING:
    from retrostats.jobs.types import Workers

#: What a shell expects of a program that Ctrl-C ended.
INTERRUPTED = 130


class Where(StrEnum):
    """Who may do the work."""

    LOKY = "loky"
    THREADS = "threads"
    DASK = "dask"


WorkersCount = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, help="Processes on this machine; 1 when omitted. Same results for any."
    ),
]
Backend = Annotated[
    Where | None,
    typer.Option(
        help="Processes (loky, when omitted) or threads of this machine, or a dask cluster."
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="With --backend dask: its address, e.g. tcp://10.0.0.5:8786."),
]
CheckpointFolder = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint", help="Folder that keeps finished work; the same command goes on from it."
    ),
]
Seed = Annotated[
    int, typer.Option(min=0, help="Of the random numbers; the same seed gives the same digits.")
]


def workers_of(workers: int | None, backend: Where | None, scheduler: str | None) -> Workers:
    """Return who does the work.

    Parameters
    ----------
    workers, backend, scheduler
        The options as given; None where they were left out.

    Raises
    ------
    DataError
        If they contradict one another.

    Examples
    --------
    >>> workers_of(2, None, None)
    Workers(count=2, backend='loky', scheduler=None)
    >>> workers_of(None, None, "tcp://10.0.0.5:8786")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    retrostats.errors.DataError: --scheduler belongs to a cluster; add --backend dask, or leave ...
    """
    from retrostats.jobs.types import Workers

    if backend != Where.DASK:
        if scheduler is not None:
            raise DataError("--scheduler belongs to a cluster; add --backend dask, or leave it out")
        count = 1 if workers is None else workers
        return Workers(count=count, backend="threads" if backend == Where.THREADS else "loky")
    if not scheduler:
        raise DataError(
            "--backend dask needs the address of a cluster: --scheduler tcp://HOST:8786, as "
            "`dask scheduler` prints it"
        )
    if workers is not None:
        raise DataError(
            "--workers counts processes of this machine, and with --backend dask the cluster says "
            "how many there are; leave out one of the two"
        )
    return Workers(backend="dask", scheduler=scheduler)


@contextmanager
def interruptible() -> Iterator[None]:
    """Tell at Ctrl-C what is kept, and leave with the code of an interruption."""
    try:
        yield
    except KeyboardInterrupt as end:
        for note in ("Interrupted.", *getattr(end, "__notes__", ())):
            typer.echo(note, err=True)
        raise typer.Exit(INTERRUPTED) from None
