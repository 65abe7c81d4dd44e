"""A notebook in memory: its cells, and a run of them in one namespace as a kernel would."""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import pytest

from retrostats.notebooks.folder import lay_example

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SCRIPTS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))


@dataclass(frozen=True)
class Run:
    """What a notebook leaves behind: its variables, what it showed, and what it printed."""

    names: dict[str, Any]
    shown: list[Any] = field(default_factory=list)
    printed: str = ""

    def of(self, kind: type) -> list[Any]:
        """Return what was shown of one type."""
        return [each for each in self.shown if isinstance(each, kind)]


def cells_of(path: Path) -> list[Any]:
    return jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells


def run_script(path: Path, folder: Path, **parameters: object) -> Run:
    """Run the code of a notebook in a folder that holds ``example/``.

    The parameters are set after the cell that has them, as a user would write over them.
    """
    (folder / "example").exists() or lay_example(folder)
    printed = io.StringIO()
    shown: list[Any] = []
    names: dict[str, Any] = {"display": lambda *each: shown.extend(each)}
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        for cell in cells_of(path):
            if cell.cell_type == "code":
                _run_cell(cell.source, names, shown)
            if "parameters" in cell.metadata.get("tags", []):
                assert set(parameters) <= set(names)
                names.update(parameters)
    return Run(names, shown, printed.getvalue())


def _run_cell(source: str, names: dict[str, Any], shown: list[Any]) -> None:
    """Run the statements of a cell; what its last expression gives is shown."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)  # noqa: S102 - our own notebook
    if last is not None:
        expression = ast.Expression(last.value)
        value = eval(compile(expression, "<cell>", "eval"), names)  # noqa: S307 - likewise
        if value is not None:
            shown.append(value)


@pytest.fixture(scope="session")
def notebook() -> Callable[..., Run]:
    """Run a notebook by the digits of its name: ``notebook("03", folder, cohort="my.csv")``."""

    def run(digits: str, folder: Path, **parameters: object) -> Run:
        (path,) = (each for each in SCRIPTS if each.name.startswith(f"{digits}_"))
        return run_script(path, folder, **parameters)

    return run
