"""The commands together, and what happens to a deliberate error."""

from __future__ import annotations

import sys

import typer

from retrostats.cli import cohorts, reproduction, templates

app = typer.Typer(
    help="Recompute what published trials print; analyse the file of a new trial by its plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(reproduction.reproduce)
app.command()(cohorts.check)
app.command()(cohorts.analyse)
app.add_typer(templates.new, name="new")


def main() -> None:
    """Run one command: exit 0 on success, 1 on an error that the user can mend."""
    from retrostats.errors import RetrostatsError

    try:
        app()
    except RetrostatsError as error:
        typer.echo(f"retrostats: {error}", err=True)
        sys.exit(1)
