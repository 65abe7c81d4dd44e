"""Where blocks run: the workers of a dask cluster, on this machine or on many."""

from __future__ import annotations

import logging
import platform
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from time import monotonic
from typing import Any

import numpy as np

from retrostats import __version__
from retrostats.errors import DataError
from retrostats.jobs.blocks import Job, run_packed
from retrostats.jobs.pools import AHEAD, packed

#: Seconds to wait for the scheduler, and then for its first worker.
PATIENCE = 5


class Cluster:
    """The workers of a cluster. It replaces workers that die and runs their blocks again.

    Parameters
    ----------
    job
        What is done.
    scheduler
        Address of the scheduler.

    Raises
    ------
    DataError
        If dask is not installed, nobody answers at the address, there are no workers, or a worker
        has other versions of retrostats or numpy than this process, so that its results might
        differ.

    Notes
    -----
    The scheduler runs a block again that was lost with its worker, and after some losses gives it
    up. It counts a loss for every block that the worker held, so that those it gives up may be
    innocent: each is handed in once more, with no other beside it.
    """

    most_losses, falls_whole = 2, False
    death = (
        "each worker of the cluster that ran it was killed, the last ones with no other block "
        "beside it; most often memory runs out: use smaller blocks or workers with more memory"
    )

    def __init__(self, job: Job, scheduler: str) -> None:
        self._job, self._scheduler = job, scheduler
        self._packed = packed(job.task)
        self._client = _connected(scheduler)
        self._threads, self._look_again = 1, 0.0
        try:
            _require_workers(self._client, scheduler)
            self.renew()
        except BaseException:
            self._client.close()
            raise

    def room(self) -> int:
        """Return two blocks for each thread of the workers there are, looked up now and then."""
        if monotonic() >= self._look_again:
            with self._reached():
                self._threads = sum(self._client.nthreads().values())
            self._look_again = monotonic() + PATIENCE
        return AHEAD * max(1, self._threads)

    def submit(self, block: int) -> Any:
        """Hand the block to the scheduler."""
        job = self._job
        key = f"{self._mark}-{block}"
        with self._reached():
            return self._client.submit(
                run_packed, self._content, job.seed, block, job.places(block), key=key
            )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (OSError, CancelledError, RuntimeError) as error:  # by a client that is closed
            raise self._gone() from error

    def _gone(self) -> DataError:
        return DataError(
            f"the dask scheduler {self._scheduler} is gone, or took the work back; see that the "
            "cluster runs, and call again"
        )

    def lost(self, error: BaseException) -> bool:
        """Say whether the scheduler gave a block up because workers that held it died."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def told(self, error: Exception) -> Exception:
        """Return the error in words of this package, if it is one of the cluster."""
        return self._gone() if isinstance(error, CancelledError) else error

    def renew(self) -> None:
        """Begin with names that the scheduler does not know: it gave up what it knows."""
        self._mark = f"retrostats-{uuid.uuid4().hex}"
        # The cluster keeps the task as the result of a task, which it can make again when the
        # worker that holds it dies.
        with self._reached():
            self._content = self._client.submit(bytes, self._packed, key=f"{self._mark}-task")

    def close(self) -> None:
        """Leave the cluster; what has not begun there is dropped."""
        with _quiet():
            self._client.close()

    def abandon(self) -> None:
        """Leave the cluster; a block that has begun there is worked on to its end."""
        self.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Drop what dask writes while a client closes.

    One that just tries to reach a scheduler again, which is gone, writes a traceback of the
    attempt that is broken off. `DataError` tells it in a sentence.
    """
    log = logging.getLogger("distributed.client")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def versions() -> dict[str, str]:
    """Return the versions on which the bits of the results may depend."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"retrostats": __version__, "numpy": np.__version__, "Python": python}


def _connected(scheduler: str) -> Any:
    try:
        from distributed import Client
        from distributed.comm import get_address_host
    except ImportError as error:
        raise DataError(
            f"the backend 'dask' needs dask.distributed, which cannot be imported ({error}): "
            'pip install "retrostats[dask]"'
        ) from error
    try:
        look: Any = get_address_host  # it has no types, nor has the next
        look(scheduler)  # a client at http:// would wait for its own end, and then write a trace
        connect: Any = Client
        return connect(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:  # TypeError: TLS that is not set up
        raise DataError(
            f"no dask scheduler answers at {scheduler} ({str(error).splitlines()[0]}); start one "
            "with `dask scheduler`, which prints its address, or mend the address"
        ) from error


def _require_workers(client: Any, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise DataError(
            f"the dask scheduler {scheduler} has no workers; start some with "
            f"`dask worker {scheduler}`"
        ) from error
    here, faults = versions(), []
    answers: Mapping[str, Any] = client.run(versions, on_error="return")
    for address, there in sorted(answers.items()):
        if isinstance(there, Exception):
            faults.append(f"{address}: {there}")
        elif there != here:
            faults.append(f"{address}: {_words(there)}")
    if faults:
        raise DataError(
            f"workers of {scheduler} would not give the results of this process, which has "
            f"{_words(here)}; install the same on all machines:\n  " + "\n  ".join(faults)
        )


def _words(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())
