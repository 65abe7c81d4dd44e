"""Commands on published trials."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrostats.cli.writing import told_plainly
from retrostats.progress import progress

if TYPE_CHECKING:
    from retrostats.data.claims import ClaimFile
    from retrostats.data.published import PublishedTrial
    from retrostats.integrity.verdicts import Reproduction

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Trials to recompute; all when omitted."),
]
Trials = Annotated[
    Path | None,
    typer.Option(help="Your own folder of trial folders, in place of the bundled one."),
]
Out = Annotated[Path, typer.Option(help="Folder for the report; made if it does not exist.")]


def reproduce(ids: Ids = None, trials: Trials = None, out: Out = Path("reports")) -> None:
    """Recompute every printed comparison; write the report, its data and a forest plot."""
    from retrostats.data.catalogue import load_trials
    from retrostats.integrity.claims import judge_claims
    from retrostats.report.reproduction import provenance, write_reproduction

    loaded = load_trials(tuple(ids or ()), trials)
    claims = _claims(trials)
    reproductions = tuple(_reproduced(loaded))
    judged = judge_claims(claims.claims if claims else (), reproductions)
    origin = provenance(reproductions, claims.digest if claims and judged else None)
    with told_plainly(out, "the report"):
        written = write_reproduction(reproductions, judged, out, generated_from=origin)
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

    with progress() as show:
        for place, trial in enumerate(trials):
            show(f"Recomputing {trial.id}", place / len(trials))
            yield recompute(trial)
