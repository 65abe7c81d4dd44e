"""Where blocks run: in this process, in its threads, in processes of this machine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor, wait
from time import monotonic, sleep
from typing import Any, Protocol

from retrostats.jobs.blocks import Job, run_packed
from retrostats.jobs.processes import IDLE, deaf_from_birth

#: Seconds for which the end of blocks that nobody needs is awaited, before processes are killed
#: and the next run must start others, which takes longer.
MOMENT = 0.5
#: Seconds between looks whether a block is on its way to a process.
LOOK = 0.001
#: Blocks handed out for each worker: one to work on, one to go on with.
AHEAD = 2


class Pool(Protocol):
    """Does blocks. `submit` hands out a future whose callbacks may come from another thread."""

    #: How often a block may be lost with its worker before it is given up; the last time it runs
    #: with no other block beside it.
    most_losses: int
    #: Whether the death of a worker takes all blocks with it that are handed out.
    falls_whole: bool
    #: What is told of a block that is given up.
    death: str

    def room(self) -> int:
        """Return how many blocks may be handed out at a time."""

    def submit(self, block: int) -> Any:
        """Hand out a block; return its future."""

    def lost(self, error: BaseException) -> bool:
        """Say whether an error means that a worker died, so that the block can run again."""

    def told(self, error: Exception) -> Exception:
        """Return an error of the task as it is, one of the pool's own in words for a user."""

    def renew(self) -> None:
        """Replace the workers after one has died."""

    def close(self) -> None:
        """Hand back what was taken, with no work left or none wanted."""

    def abandon(self) -> None:
        """Stop at once, whatever is running."""


class Inline:
    """The calling process: a block is done when it has been handed out."""

    most_losses, falls_whole, death = 1, True, ""  # nothing is ever lost here

    def __init__(self, job: Job) -> None:
        self._job = job

    def room(self) -> int:
        """Return 1."""
        return 1

    def submit(self, block: int) -> Future[Any]:
        """Run the block."""
        future: Future[Any] = Future()
        try:
            future.set_result(self._job.run(block))
        except Exception as error:  # told by whoever asks for the result
            future.set_exception(error)
        return future

    def lost(self, _error: BaseException) -> bool:
        """Return False: if this process dies there is nobody to ask."""
        return False

    def told(self, error: Exception) -> Exception:
        """Return the error: it is the task's own."""
        return error

    def renew(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def abandon(self) -> None:
        """Do nothing."""


class Threads(Inline):
    """Threads of this process."""

    def __init__(self, job: Job, count: int) -> None:
        super().__init__(job)
        self._count = count
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="retrostats-block")

    def room(self) -> int:
        """Return two blocks for each thread."""
        return AHEAD * self._count

    def submit(self, block: int) -> Future[Any]:
        """Hand the block to a thread."""
        return self._executor.submit(self._job.run, block)

    def close(self) -> None:
        """Drop blocks that have not begun; a thread ends what it has begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def abandon(self) -> None:
        """Wait for the blocks that have begun: a thread cannot be stopped."""
        self._executor.shutdown(wait=True, cancel_futures=True)


class Processes:
    """Processes of this machine, by the executor of joblib."""

    most_losses, falls_whole = 3, True
    death = (
        f"the worker that ran it was killed {most_losses} times, the last time with no other block "
        "beside it; most often memory runs out: use smaller blocks or a machine with more memory"
    )

    def __init__(self, job: Job, count: int) -> None:
        self._job, self._count = job, count
        self._packed = packed(job.task)
        self._handed_out: set[Future[Any]] = set()
        self._executor = IDLE.take(count)

    def room(self) -> int:
        """Return two blocks for each process."""
        return AHEAD * self._count

    def submit(self, block: int) -> Future[Any]:
        """Hand the block to a process."""
        with deaf_from_birth():  # and so that no block is handed out that nobody remembers
            future = self._submitted(block)
            self._handed_out = {*(old for old in self._handed_out if not old.done()), future}
        return future

    def _submitted(self, block: int) -> Future[Any]:
        job = self._job
        try:
            future: Future[Any] = self._executor.submit(
                run_packed, self._packed, job.seed, block, job.places(block)
            )
        except BrokenExecutor as error:  # a process died while nobody was looking
            future = Future()
            future.set_exception(error)
        return future

    def lost(self, error: BaseException | None) -> bool:
        """Say whether a process was killed."""
        return isinstance(error, (BrokenExecutor, CancelledError))

    def told(self, error: Exception) -> Exception:
        """Return the error: it is the task's own."""
        return error

    def renew(self) -> None:
        """Start other processes."""
        self.abandon()
        self._handed_out = set()
        self._executor = IDLE.take(self._count)

    def close(self) -> None:
        """Leave idle processes to the next run; kill those that work on what nobody needs.

        Nothing is cancelled: loky (of joblib 1.6) loses control of its processes when it is
        shut down with a cancelled block.
        """
        ended, working = wait(self._handed_out, timeout=MOMENT)
        if working or any(self.lost(future.exception()) for future in ended):
            self.abandon()
        else:
            IDLE.give_back(self._executor, self._count)
            self._executor = None

    def abandon(self) -> None:
        """Kill the processes."""
        if self._executor is not None:
            self._await_begun()
            self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None

    def _await_begun(self) -> None:
        """Wait until each block is on its way to a process.

        The thread of loky that sends them stumbles over one that it finds when it is told to kill
        the processes, and says so on the terminal.
        """
        end = monotonic() + MOMENT
        while monotonic() < end:
            if all(future.running() or future.done() for future in self._handed_out):
                return
            sleep(LOOK)


def packed(task: Callable[..., Any]) -> bytes:
    """Return the task as bytes that another process can unpack.

    Raises
    ------
    TypeError
        If it holds something that cannot be sent, such as an open file.
    """
    # That of joblib, wherever this version of it keeps it: it packs functions of scripts, too.
    from joblib.externals.loky.cloudpickle_wrapper import dumps

    try:
        content: bytes = dumps(task)
    except Exception as error:
        raise TypeError(
            f"run_replicates: {task!r} cannot be sent to another process ({error}); use a function "
            "of a module or an object that can be pickled, or one worker"
        ) from error
    return content
