"""The command that runs the notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from retrostats.cli.writing import told_plainly
from retrostats.progress import progress

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Names or numbers (03); all when omitted."),
]
Out = Annotated[Path, typer.Option(help="Folder for .ipynb and .html; made if it is missing.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Another value for a parameter, such as your own file: cohort=my.csv. Repeatable.",
    ),
]


def notebooks(
    names: Names = None, out: Out = Path("reports/notebooks"), settings: Set = None
) -> None:
    """Run notebooks from their first cell to their last; write each as .ipynb and .html."""
    from retrostats.notebooks.catalogue import find_notebooks, require_modules
    from retrostats.notebooks.running import run_notebooks

    require_modules()
    from retrostats.notebooks.writing import require_folder, write_notebooks

    scripts = find_notebooks(names or ())
    require_folder(out)
    with progress() as show:
        executed = run_notebooks(scripts, settings or (), progress=show)
    with told_plainly(out, "the notebooks"):
        written = write_notebooks(executed, out)
    count = "1 notebook" if len(executed) == 1 else f"{len(executed)} notebooks"
    typer.echo(f"{count} run; read {written[2] if len(executed) == 1 else written[0]}")
