"""The commands together, and what happens to a deliberate error."""

from __future__ import annotations

import signal
import sys

import typer

from retrostats.cli import cohorts, lab, meta, notebooks, power, reproduction, templates

app = typer.Typer(
    help="Recompute what published trials print; pool trials; plan the next one; analyse its file "
    "by its plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(reproduction.reproduce)
app.command()(cohorts.check)
app.command()(cohorts.analyse)
app.command()(meta.meta)
app.command()(power.power)
app.command()(notebooks.notebooks)
app.command()(lab.lab)
app.add_typer(templates.new, name="new")


def main() -> None:
    """Run one command: exit 0 on success, 1 on an error that the user can mend."""
    from retrostats.errors import RetrostatsError

    # So that a program that is told to end takes its unfinished files with it.
    # SIGHUP: the terminal was closed; Windows has none, and `nohup` has it ignored.
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        app()
    except RetrostatsError as error:
        typer.echo(f"retrostats: {error}", err=True)
        for note in getattr(error, "__notes__", ()):
            typer.echo(note, err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of the output has seen enough
        sys.stdout = None
        sys.exit(1)
    except OSError as error:
        typer.echo(f"retrostats: {error.filename or 'output'}: {error.strerror}", err=True)
        sys.exit(1)
