"""Several notebooks at once, each in a folder of its own; all succeed, or the run fails."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retrostats.errors import RetrostatsError
from retrostats.notebooks.catalogue import Script, require_modules
from retrostats.notebooks.folder import lay_example
from retrostats.notebooks.outputs import leaks, private_paths, reduce
from retrostats.notebooks.percent import as_notebook
from retrostats.notebooks.settings import Prepared, prepare

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from retrostats.notebooks.kernel import Room

#: Shows words and a share of the work done, from 0 to 1.
Progress = Callable[[str, float], object]
#: Seconds that one cell may take: ten minutes, a hundred times what the longest one takes.
CELL_SECONDS = 600
_BREAK = "\n"
_HEADINGS = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(RetrostatsError):
    """A notebook did not run to its end, or its outputs cannot be handed on."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook that has run to its end.

    Attributes
    ----------
    script
        What was run.
    notebook
        With its outputs, the same in every run.
    """

    script: Script
    notebook: NotebookNode


def run_notebooks(
    scripts: Sequence[Script],
    settings: Sequence[str] = (),
    *,
    progress: Progress = lambda _words, _share: None,
    seconds: int = CELL_SECONDS,
) -> tuple[Executed, ...]:
    """Run notebooks, as many at once as there are cores.

    Parameters
    ----------
    scripts
        As `find_notebooks` returns them.
    settings
        Values of parameters, each ``"name=value"``; see `prepare`.
    progress
        Called with words and the share of all cells that have run.
    seconds
        What one cell may take.

    Returns
    -------
    tuple of Executed
        In the order of `scripts`, the same whatever ran beside.

    Raises
    ------
    DataError
        If a script or a setting is at fault; nothing has run then.
    NotebookError
        If a cell failed: with the first failing cell of every notebook.
    RetrostatsError
        If what the extra `lab` installs is missing.
    """
    require_modules()
    with tempfile.TemporaryDirectory(prefix="retrostats-", ignore_cleanup_errors=True) as place:
        root = Path(place)
        laid = root / "laid"
        laid.mkdir()
        lay_example(laid)
        tasks = [_Task(each) for each in prepare(scripts, settings, laid=laid)]
        problems = asyncio.run(_run_all(tasks, root, progress=progress, seconds=seconds))
    if any(problems):
        raise NotebookError("\n".join(problem for problem in problems if problem))
    return tuple(Executed(task.prepared.script, task.notebook) for task in tasks)


class _Task:
    """One notebook on its way."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.name = prepared.script.name
        self.notebook = as_notebook(prepared.script, prepared.values)
        self.code = [
            cell for cell in self.notebook.cells if cell.cell_type == "code" and cell.source.strip()
        ]
        self.done = 0


async def _run_all(
    tasks: Sequence[_Task], root: Path, *, progress: Progress, seconds: int
) -> list[str]:
    """Run all; return for each notebook what went wrong, or nothing."""
    free = asyncio.Semaphore(os.cpu_count() or 1)
    cells = max(1, sum(len(task.code) for task in tasks))

    async def one(task: _Task) -> str:
        def done(number: int) -> None:
            task.done = number
            share = sum(each.done for each in tasks) / cells
            progress(f"{task.name}, cell {number} of {len(task.code)}", share)

        async with free:
            return await _problem(task, _room(task, root, seconds), done)

    return await asyncio.gather(*(one(task) for task in tasks))


def _room(task: _Task, root: Path, seconds: int) -> Room:
    """Make the folder of a notebook: the example, and links to the user's files."""
    from retrostats.notebooks.kernel import Room

    room = Room(folder=root / task.name / "work", private=root / task.name / "own", timeout=seconds)
    room.folder.mkdir(parents=True)
    room.private.mkdir()
    lay_example(room.folder)
    for name, target in task.prepared.files.items():
        link = room.folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)  # a copy of a patient's data might be left behind
    return room


async def _problem(task: _Task, room: Room, done: Callable[[int], None]) -> str:
    """Run one notebook; return in a sentence why it cannot be handed on, or nothing."""
    from retrostats.notebooks.kernel import CellFailed, execute

    try:
        await execute(task.notebook, room, done)
    except CellFailed as failed:
        said = _harmless(failed.problem).replace(f"{room.folder}{os.sep}", "")
        return f"{_where(task, failed.number)}: {said.replace(_BREAK, _BREAK + '  ')}"
    reduce(task.notebook)
    paths = private_paths([room.folder.parent, *task.prepared.files.values()])
    for number, cell in enumerate(task.code, start=1):
        found = "; ".join(leaks(cell, paths))
        if found:
            return f"{_where(task, number)}: {found}"
    return ""


def _harmless(text: str) -> str:
    """Return a text without what would move, colour or rename the terminal that shows it."""
    plain = _COLOURS.sub("", text)
    return "".join(c if c.isprintable() or c == _BREAK else ascii(c)[1:-1] for c in plain)


def _where(task: _Task, number: int) -> str:
    """Name a code cell by its number, the heading above it and its first line."""
    if not number:
        return f"notebook {task.name}"
    heading, count = "", 0
    for cell in task.notebook.cells:
        if cell.cell_type == "markdown":
            heading = next(iter(reversed(_HEADINGS.findall(cell.source))), heading)
            continue
        count += bool(cell.source.strip())
        if count == number:
            break
    first = next(line.strip() for line in cell.source.splitlines() if line.strip())
    return f"notebook {task.name}, code cell {number} (under {heading!r}, {first!r})"
