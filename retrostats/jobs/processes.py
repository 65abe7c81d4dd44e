"""Processes that work for this one: how they begin, wait for the next run, and end."""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from retrostats.interruptions import interruptions_held

#: After which an idle process ends by itself; until then the next run can use it.
SECONDS_IDLE = 60
#: Seconds between looks whether the process for which this one works is still there.
SECONDS_LOOK = 1.0


class Idle:
    """The processes of the last run, kept for the next: starting them takes a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Any = None
        self._mark: tuple[int, int] | None = None

    def take(self, count: int) -> Any:
        """Return an executor with so many processes, which nobody else has."""
        with self._lock:
            kept, mark = self._kept, self._mark
            self._kept = self._mark = None
        if mark == (count, os.getpid()):  # a forked process cannot use those of its parent
            return kept
        from joblib.externals.loky import ProcessPoolExecutor

        if mark is not None and mark[1] == os.getpid():
            kept.shutdown(wait=True, kill_workers=True)
        return ProcessPoolExecutor(
            count, timeout=SECONDS_IDLE, initializer=begin, initargs=(os.getpid(),)
        )

    def give_back(self, executor: Any, count: int) -> None:
        """Keep an executor; where one is kept already, end it."""
        with self._lock:
            spare, self._kept, self._mark = self._kept, executor, (count, os.getpid())
        if spare is not None:
            spare.shutdown(wait=True, kill_workers=True)

    def forget(self) -> None:
        """Let go of the executor; at exit loky has ended its processes already.

        One that lasts until modules are torn down complains of what it misses by then.
        """
        with self._lock:
            self._kept = self._mark = None


IDLE = Idle()
atexit.register(IDLE.forget)


@contextmanager
def deaf_from_birth() -> Iterator[None]:
    """Hold interruptions back while processes are started, which then never see Ctrl-C.

    A process begins with what its parent's thread holds back. It cannot ignore Ctrl-C by itself
    before it has imported what that takes, and would die of it with a traceback on the terminal.
    Windows has no such thing.
    """
    with interruptions_held():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        from multiprocessing import resource_tracker

        # It lets Ctrl-C through again when it is started, which must not come in between.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin(parent: int) -> None:
    """Make a process deaf to Ctrl-C, and let it end with the one that started it.

    A terminal sends Ctrl-C to all processes, and the parent decides. Where the parent was killed,
    nobody would ever end this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:  # on Windows it stays as it was
        time.sleep(SECONDS_LOOK)
    os._exit(1)
