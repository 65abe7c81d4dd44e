"""From a percent script to a notebook whose bytes depend on the script alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from retrostats.errors import Fault, raise_faults
from retrostats.notebooks.catalogue import Script, require_modules
from retrostats.notebooks.parameters import (
    TAG,
    Parameter,
    Tell,
    Value,
    read_parameters,
    replaced,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: The line that begins a cell.
_MARK = re.compile(r"^# %%(?: .*)?$", re.MULTILINE)
#: How every notebook begins.
_FIRST = "# %% [markdown]\n# # "
#: All that a notebook says of its kernel: no version and no name of an environment.
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def as_notebook(script: Script, values: Mapping[str, Value] | None = None) -> NotebookNode:
    """Make a notebook without outputs.

    Parameters
    ----------
    script
        A percent script that begins with a Markdown cell and its title.
    values
        Parameters to replace, by name; names that the notebook lacks are left aside.

    Returns
    -------
    NotebookNode
        Valid by nbformat 4.5; cells have the ids ``cell-01``, ``cell-02``, ...

    Raises
    ------
    DataError
        With every fault of the script, each with its line: no title, two cells of parameters,
        parameters that are no literals.
    RetrostatsError
        If what the extra `lab` installs is missing.
    """
    require_modules()
    import nbformat

    parameters = parameters_of(script)
    cells: list[dict[str, object]] = []
    for number, cell in enumerate(_cells(script), start=1):
        made = {"cell_type": cell.cell_type, "id": f"cell-{number:02d}", "metadata": {}}
        made["source"] = cell.source
        if cell.cell_type == "code":
            tags = list(cell.metadata.get("tags", []))
            made |= {"execution_count": None, "outputs": []}
            made["metadata"] = {"tags": tags} if tags else {}
            if TAG in tags:
                made["source"] = replaced(cell.source, parameters, values or {})
        cells.append(made)
    whole = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    notebook: NotebookNode = nbformat.from_dict(whole)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return notebook


def parameters_of(script: Script) -> tuple[Parameter, ...]:
    """Return what a user may change in a notebook.

    Parameters
    ----------
    script
        As for `as_notebook`.

    Returns
    -------
    tuple of Parameter
        In their order; empty for a notebook without a parameters cell.

    Raises
    ------
    DataError
        As for `as_notebook`.
    """
    faults: list[Fault] = []

    def tell(line: int, message: str) -> None:
        faults.append(Fault(script.file, line, "", message))

    if not script.text.startswith(_FIRST):
        tell(1, f"a notebook begins with the line {_FIRST[:15]!r} and its title, '# # Title'")
    cells = _cells(script)
    lines = _lines_of_cells(script.text, len(cells))
    found: tuple[Parameter, ...] = ()
    seen = 0
    for cell, line in zip(cells, lines, strict=True):
        if cell.cell_type not in {"markdown", "code"}:
            tell(line, f"a cell is Markdown or code, not {cell.cell_type}")
        if TAG in cell.metadata.get("tags", []):
            if seen:
                tell(line, f"a second cell of parameters; the first is at line {seen}")
            else:
                found = read_parameters(cell.source, partial(_below, tell, line))
            seen = seen or line
    raise_faults(f"notebook {script.name}", faults)
    return found


def _below(tell: Tell, mark: int, line: int, message: str) -> None:
    """Tell a fault of a line of a cell by its line in the script."""
    tell(mark + line, message)


def _cells(script: Script) -> list[NotebookNode]:
    import jupytext

    cells: list[NotebookNode] = jupytext.reads(script.text, fmt="py:percent").cells
    return cells


def _lines_of_cells(text: str, count: int) -> list[int]:
    """Return the line of each cell's mark; the first line where marks and cells do not pair."""
    marks = [text.count("\n", 0, match.start()) + 1 for match in _MARK.finditer(text)]
    return marks if len(marks) == count else [1] * count
