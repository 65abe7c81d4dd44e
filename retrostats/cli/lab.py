"""The command that opens the notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from retrostats.cli.writing import told_plainly

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder to work in; made if it is missing.")
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the address; open no page by itself.")
]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="By default 8888, or the next that is free.")
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Make or refresh the folder only.")]


def lab(
    folder: Folder = Path("retrostats-lab"),
    *,
    no_browser: NoBrowser = False,
    port: Port = None,
    no_open: NoOpen = False,
) -> None:
    """Lay the notebooks and an example out in a folder, and open JupyterLab there."""
    from retrostats.notebooks.catalogue import require_modules
    from retrostats.notebooks.jupyter import NEEDED, open_lab
    from retrostats.notebooks.lab_folder import lay_lab

    if not no_open:
        require_modules(NEEDED)
    with told_plainly(folder, "the folder to work in"):
        laid = lay_lab(folder)
    typer.echo(str(laid))
    if not no_open:
        typer.echo("JupyterLab runs here until Ctrl-C.")
        open_lab(folder, port=port, browser=not no_browser)
