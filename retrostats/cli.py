"""The command line; it holds no statistics."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from retrostats.data.claims import ClaimFile
    from retrostats.data.published import PublishedTrial
    from retrostats.integrity.verdicts import Reproduction

app = typer.Typer(
    help="Recompute what published trials print, and see which of it their figures support.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
new = typer.Typer(help="Write an empty folder or file to fill in.", no_args_is_help=True)
app.add_typer(new, name="new")

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Trials to recompute; all when omitted."),
]
Trials = Annotated[
    Path | None,
    typer.Option(help="Your own folder of trial folders, in place of the bundled one."),
]
Out = Annotated[Path, typer.Option(help="Folder for the report; made if it does not exist.")]


@app.command()
def reproduce(ids: Ids = None, trials: Trials = None, out: Out = Path("reports")) -> None:
    """Recompute every printed comparison; write the report, its data and a forest plot."""
    from retrostats.data.catalogue import load_trials
    from retrostats.errors import DataError
    from retrostats.integrity.claims import judge_claims
    from retrostats.report.reproduction import provenance, write_reproduction

    loaded = load_trials(tuple(ids or ()), trials)
    claims = _claims(trials)
    reproductions = tuple(_reproduced(loaded))
    judged = judge_claims(claims.claims if claims else (), reproductions)
    origin = provenance(reproductions, claims.digest if claims and judged else None)
    try:
        written = write_reproduction(reproductions, judged, out, generated_from=origin)
    except OSError as error:
        place = error.filename or out
        raise DataError(f"{place}: the report cannot be written: {error.strerror}") from error
    if sys.stdout.isatty():
        typer.echo(f"{len(reproductions)} studies recomputed; read {written[0]}")


def _claims(trials: Path | None) -> ClaimFile | None:
    """Return the bundled claims, or those beside a user's own trials, if there are any."""
    from retrostats.data.catalogue import data_folder
    from retrostats.data.claims import read_claims

    path = (data_folder() if trials is None else trials) / "claims.toml"
    return read_claims(path) if trials is None or path.exists() else None


def _reproduced(trials: Sequence[PublishedTrial]) -> Iterator[Reproduction]:
    """Yield each reproduction; show a progress bar on a terminal."""
    from retrostats.analysis.reproduce import reproduce as recompute

    if not sys.stderr.isatty():
        yield from map(recompute, trials)
        return
    from rich.console import Console
    from rich.progress import track

    label = "Recomputing"
    for trial in track(trials, label, console=Console(stderr=True), transient=True):
        yield recompute(trial)


@new.command("trial")
def new_trial(
    trial: Annotated[str, typer.Argument(metavar="ID", help="e.g. smith2024")],
    to: Annotated[Path, typer.Option(help="The folder of trial folders to write into.")] = Path(
        "data/trials"
    ),
) -> None:
    """Write an empty trial folder: trial.toml to edit, values.csv to fill."""
    from retrostats.data.template import new_trial as write

    typer.echo(f"{write(trial, to)}: edit trial.toml, then add rows to values.csv")
    typer.echo(f"To recompute it: retrostats reproduce {trial} --trials {to}")


def main() -> None:
    """Run one command: exit 0 on success, 1 on an error that the user can mend."""
    from retrostats.errors import RetrostatsError

    try:
        app()
    except RetrostatsError as error:
        typer.echo(f"retrostats: {error}", err=True)
        sys.exit(1)
