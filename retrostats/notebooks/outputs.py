"""What may stand in an output: nothing of this machine, this moment, or this process."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
#: A picture within HTML; its letters mean nothing.
_EMBEDDED = re.compile(r"data:[\w/+.-]+;base64,[\w+/=\s]*")
#: Forms that show the state of a live page, with a random name.
_LIVE = "application/vnd.jupyter.widget-view+json"
#: Fewer parts (``/``, ``/usr``) stand in too many texts that name no place of this machine.
_PARTS = 3


def reduce(notebook: NotebookNode) -> None:
    """Leave of the metadata only what is the same in every run, and of outputs what is dead.

    Parameters
    ----------
    notebook
        As it was executed; changed in place.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = type(notebook.metadata)(name="python")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            output.get("data", {}).pop(_LIVE, None)
        cell.outputs = _joined([each for each in cell.outputs if each.get("data", True)])


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed without a break: into how many pieces it came was chance."""
    joined: list[NotebookNode] = []
    for each in outputs:
        if joined and each.output_type == joined[-1].output_type == "stream":
            joined[-1].text += each.text
        else:
            joined.append(each)
    return joined


def private_paths(own: Iterable[Path]) -> tuple[str, ...]:
    """Return the folders of this machine that no output may name.

    Parameters
    ----------
    own
        Folders and files of the run.

    Returns
    -------
    tuple of str
        Those, the folders of Python and of the package, and the home of the user.
    """
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - "~" itself where there is none
    named = [*own, Path(sys.prefix), Path(__file__).parents[2]]
    each = {str(path) for path in [*named, *(path.resolve() for path in named)]}
    kept = {path for path in each if len(Path(path).parts) >= _PARTS}
    if home.parts[1:]:
        kept.add(str(home))
    return tuple(sorted(kept))


def leaks(cell: NotebookNode, paths: Iterable[str]) -> Iterator[str]:
    """Yield what in the outputs of a cell would differ elsewhere or at another time.

    Parameters
    ----------
    cell
        A code cell that has run.
    paths
        As `private_paths` returns them.

    Yields
    ------
    str
        One sentence for each thing found.
    """
    text = "\n".join(_texts(cell))
    address = _ADDRESS.search(text)
    if address:
        yield (
            f"its output holds an address in memory ({address[0][3:]}), another in each run; "
            "show something that has a form of its own"
        )
    named = max((path for path in paths if _names(text, path)), key=len, default="")
    if named:
        yield f"its output names a place on this machine ({named}); show a relative name"


def _names(text: str, path: str) -> bool:
    """Say whether a text names a path, as it stands or within quotes of JSON or of a repr."""
    forms = {re.escape(path), re.escape(path.replace("\\", "\\\\"))}
    return bool(re.search(rf"(?<![\w.<-])(?:{'|'.join(sorted(forms))})(?![\w.-])", text))


def _texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        if "text" in output:
            yield output.text
        for kind, content in output.get("data", {}).items():
            yield from _within(kind, content)


def _within(kind: str, content: Any) -> Iterator[str]:
    if isinstance(content, str) and (kind.startswith("text/") or kind == "image/svg+xml"):
        yield _EMBEDDED.sub("", content)
    elif not isinstance(content, str):
        yield repr(content)
