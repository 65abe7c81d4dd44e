"""One notebook in one Python process of its own, which ends with it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

#: Characters that the outputs of one notebook may hold; a page of more opens in no browser.
OUTPUT_LIMIT = 50_000_000
#: Seconds that a new Python may take to answer; generous, for a busy machine.
_START = 120
#: Seconds in which it may end by itself before it is killed.
_GRACE = 2.0
#: The user's own settings of Python and IPython, which must not change an output.
_NOT_PASSED_ON = ("PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONINSPECT", "COLUMNS", "LINES")
#: Run in the process before the first cell. Where matplotlib may not keep its list of fonts, or
#: takes seconds to make it, it says so on the error stream; that is no complaint of a cell.
_FIRST = """\
import logging
for each in ("matplotlib", "matplotlib.font_manager"):
    logging.getLogger(each).addFilter(
        lambda record: not any(word in str(record.msg) for word in ("cache", "mkdir"))
    )
del logging, each
"""
_LOG = logging.getLogger("retrostats.notebooks")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


class CellFailed(Exception):  # noqa: N818 - it is caught and told, never shown
    """A cell that did not run, and why; the number counts code cells from 1."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(problem)
        self.number, self.problem = number, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a notebook runs.

    Attributes
    ----------
    folder
        Its working directory.
    private
        For the settings and sockets of its process.
    timeout
        Seconds that one cell may take.
    """

    folder: Path
    private: Path
    timeout: int


class _Manager(AsyncKernelManager):
    """Starts the Python that runs now, not the first one registered on the machine."""

    @property
    def kernel_spec(self) -> KernelSpec:
        # A file of the user in the working directory must not pass for a module.
        arguments = ["-m", "ipykernel_launcher", "--IPKernelApp.ignore_cwd=True"]
        return KernelSpec(
            argv=[sys.executable, *arguments, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )


class _Client(NotebookClient):
    """Stops a cell whose outputs never end."""

    written = 0

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], *rest: Any) -> Any:
        self.written += len(str(msg["content"]))
        if self.written <= OUTPUT_LIMIT:
            return super().output(outs, msg, *rest)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()
        return None


async def execute(notebook: NotebookNode, room: Room, done: Callable[[int], None]) -> None:
    """Run the cells of a notebook in order; its outputs are put into it.

    Parameters
    ----------
    notebook
        Without outputs; changed in place.
    room
        Where it runs.
    done
        Called after each code cell with the number of those that have run.

    Raises
    ------
    CellFailed
        If a cell raises an error, writes to the error stream, takes too long, writes without
        end, or ends its process.
    """
    manager = _Manager(connection_file=str(room.private / "kernel.json"), log=_LOG)
    client = _Client(
        notebook,
        km=manager,
        log=_LOG,
        timeout=room.timeout,
        startup_timeout=_START,
        record_timing=False,
        force_raise_errors=True,  # whatever the tags of a cell say
        skip_cells_with_tag="",
        store_widget_state=False,
    )
    try:
        await _start(client, room)
        number = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                number += 1
                await _run_cell(client, index, number)
                done(number)
    finally:
        await _end(manager, client)


async def _start(client: _Client, room: Room) -> None:
    (room.private / "temporary").mkdir()
    before = room.private / "ipython" / "profile_default" / "startup" / "first.py"
    before.parent.mkdir(parents=True)
    before.write_text(_FIRST, encoding="utf-8")
    try:
        await client.async_start_new_kernel(
            cwd=str(room.folder),
            env=_environment(room.private),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await client.async_start_new_kernel_client()
    except RuntimeError as error:
        raise CellFailed(0, f"its Python could not be started: {error}") from error


async def _run_cell(client: _Client, index: int, number: int) -> None:
    cell = client.nb.cells[index]
    try:
        await client.async_execute_cell(cell, index, execution_count=number)
        problem = ""
    except CellExecutionError as error:
        problem = _said(error)
    except CellTimeoutError:
        problem = f"it took longer than {client.timeout} seconds"
    except DeadKernelError:
        problem = "it ended the Python that ran it (os._exit, a crash, or too little memory)"
        if client.written > OUTPUT_LIMIT:
            problem = f"its outputs are longer than {OUTPUT_LIMIT:,} characters"
    # Also where a result failed to show itself, which Jupyter lets pass or tells without a name.
    problem = next((_said(o) for o in cell.outputs if o.output_type == "error"), problem)
    if not problem:
        complaint = "".join(o.text for o in cell.outputs if o.get("name") == "stderr").strip()
        problem = complaint and f"it wrote to the error stream: {complaint}"
    if problem:
        raise CellFailed(number, problem)


def _said(error: Any) -> str:
    return f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)


async def _end(manager: _Manager, client: _Client) -> None:
    """End the process and those it started, whatever happened before."""
    group = getattr(manager.provisioner, "pgid", None)
    try:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            manager.shutdown_wait_time = _GRACE
            await asyncio.shield(manager.shutdown_kernel())
        await ensure_async(manager.cleanup_resources())
    finally:
        # Jupyter ends the children of the process, not what a child left behind.
        if group and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)


def _environment(private: Path) -> dict[str, str]:
    """Return the environment of the process: the user's, without what could change an output."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    # One thread: how sums are split would change their last digits, and the cores are taken.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | {
        "IPYTHONDIR": str(private / "ipython"),
        "IPYKERNEL_CELL_NAME": "<cell>",
        "JUPYTER_PLATFORM_DIRS": "1",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "RETROSTATS_PROGRESS": "none",
        "TMPDIR": str(private / "temporary"),
        "TZ": "UTC",
        **threads,
    }
