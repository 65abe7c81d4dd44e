"""The options of the command that plans the size of a trial."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

#: What a size is looked for, where nothing else is asked.
POWER, START = 0.9, 30


class Over(StrEnum):
    """What may be drawn as a curve beside the size."""

    DROPOUT = "dropout"
    CORRELATION = "correlation"
    DIFFERENCE = "difference"


PlanFile = Annotated[
    Path, typer.Argument(metavar="PLAN", help="How the trial will be analysed (TOML).")
]
Out = Annotated[Path, typer.Option(help="Folder for the report; made if it is missing.")]
DesignFile = Annotated[
    Path | None,
    typer.Option(
        "--design", help="What is assumed (TOML); design.toml beside the plan when omitted."
    ),
]
Sizes = Annotated[
    list[int] | None,
    typer.Option(
        "--n",
        metavar="N",
        min=2,
        help="Tell the power with N subjects per arm; may be given repeatedly.",
    ),
]
Wanted = Annotated[
    float | None,
    typer.Option("--power", help="Find the size for this power; 0.9 when omitted, without --n."),
]
Start = Annotated[
    int | None, typer.Option(min=2, help="Subjects per arm at which the search begins; 30.")
]
Margin = Annotated[
    float | None,
    typer.Option(
        help="In the unit of the outcome: show that the treatment is not worse by so much; "
        "negative: better by more."
    ),
]
ReplicatesCount = Annotated[
    int,
    typer.Option(
        "--replicates", min=2, help="Trials to simulate for the answer; without --n 100 or more."
    ),
]
Precision = Annotated[
    float | None,
    typer.Option(help="With --n: stop once the Monte Carlo error is so small, e.g. 0.005."),
]
Curves = Annotated[
    list[Over] | None,
    typer.Option(
        "--over",
        metavar="WHAT",
        help="Also draw power against dropout, correlation or difference; may be given repeatedly.",
    ),
]
