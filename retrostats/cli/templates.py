"""Commands that write a file or folder to fill in."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from retrostats.cli.writing import write_new
from retrostats.errors import DataError

new = typer.Typer(help="Write a folder or file to fill in.", no_args_is_help=True)


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


class Layout(StrEnum):
    """How a file is laid out."""

    LONG = "long"
    WIDE = "wide"
    REDCAP = "redcap"
    ADAM = "adam"


class Encoding(StrEnum):
    """How the letters of a text file are written."""

    UTF_8 = "utf-8"
    CP1252 = "cp1252"
    LATIN_1 = "latin-1"


@new.command("codebook")
def new_codebook(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The data of a trial.")],
    to: Annotated[Path, typer.Option(help="The codebook to write.")] = Path("codebook.toml"),
    *,
    layout: Annotated[Layout | None, typer.Option(help="Where the guess is wrong.")] = None,
    encoding: Annotated[Encoding | None, typer.Option(help="Of a text file.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook; default the first.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="',' or ';' or tab.")] = None,
    decimal: Annotated[str | None, typer.Option(help="'.' or ','")] = None,
) -> None:
    """Suggest a codebook from a data file: what each column could mean, to be confirmed."""
    from retrostats.data.codebook.suggest import suggest_codebook
    from retrostats.data.codebook.types import FileForm

    form = FileForm(
        encoding=encoding.value if encoding else None,
        sheet=sheet,
        delimiter="\t" if delimiter in ("tab", "\\t") else delimiter,
        decimal=decimal,
    )
    text = suggest_codebook(file, layout=layout.value if layout else None, form=form)
    write_new(to, text, "the codebook")
    typer.echo(f"{to}: a suggestion; read every line, decide what is marked TO DECIDE")
    typer.echo(f"To check the data with it: retrostats check {file} --codebook {to}")


@new.command("plan")
def new_plan(
    codebook: Annotated[
        Path | None, typer.Option(help="The codebook of the trial; its names fill the plan.")
    ] = None,
    to: Annotated[Path, typer.Option(help="The plan to write.")] = Path("plan.toml"),
) -> None:
    """Write a commented analysis plan, to be decided on before the data are seen."""
    from retrostats.data.codebook.reading import read_codebook
    from retrostats.plan.template import new_plan as template

    write_new(to, template(read_codebook(codebook) if codebook else None), "the plan")
    typer.echo(f"{to}: read every line, decide what is marked TO DECIDE, and sign it off before")
    typer.echo("anyone sees the outcomes by arm")


@new.command("design")
def new_design(  # noqa: PLR0913 - each is an option of the command
    to: Annotated[Path, typer.Option("--to", "--out", help="The design to write.")] = Path(
        "design.toml"
    ),
    trial: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TRIAL",
            help="Propose the numbers from a bundled trial, or from a trial folder of yours.",
        ),
    ] = None,
    *,
    outcome: Annotated[
        str | None, typer.Option(help="With --from: the outcome; pain if not given.")
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            help="With --from: an arm to take, in place of all whose course is printed; give two "
            "or more.",
        ),
    ] = None,
    baseline: Annotated[
        float | None, typer.Option(help="With --from: mean at baseline, if not printed.")
    ] = None,
    sds_from: Annotated[
        str | None,
        typer.Option(metavar="TRIAL", help="With --from: another trial to take the SDs from."),
    ] = None,
    correlation: Annotated[
        float | None, typer.Option(help="With --from: of two visits, in place of the printed one.")
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(help="With --from: share gone by the last visit, as 0.15.")
    ] = None,
    week: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=WEEK",
            help="With --from: the week of a timepoint whose name does not tell, as post=6.",
        ),
    ] = None,
) -> None:
    """Write the design of the next trial: to fill in, or proposed from a trial before."""
    from retrostats.cli.proposing import proposal, refuse_without_trial
    from retrostats.power.design.template import new_design as template
    from retrostats.power.design.template import proposed_design

    if trial is None:
        refuse_without_trial(
            {
                "--outcome": outcome,
                "--arm": arm,
                "--baseline": baseline,
                "--sds-from": sds_from,
                "--correlation": correlation,
                "--dropout": dropout,
                "--week": week,
            }
        )
        write_new(to, template(), "the design")
        typer.echo(f"{to}: write a number where <...> stands, and where it comes from")
        return
    design = proposal(
        trial,
        outcome=outcome or "pain",
        arms=arm or (),
        baseline=baseline,
        sds_from=sds_from,
        correlation=correlation,
        dropout=dropout,
        weeks=week or (),
    )
    write_new(to, proposed_design(design), "the design")
    typer.echo(f"{to}: a proposal; read its route, and change what you know better")
    typer.echo(str(design))


@new.command("grade")
def new_grade(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path(
        "grade.toml"
    ),
    outcome: Annotated[str, typer.Option(help="What will be judged.")] = "pain",
) -> None:
    """Write a file for the judgements of GRADE and the numbers of a search; nothing is judged."""
    from retrostats.report.meta.judgements_template import new_judgements

    if not outcome.strip():
        raise DataError("--outcome is empty; expected a word, e.g. pain")
    write_new(file, new_judgements(outcome), "the judgements", option="")
    typer.echo(f"{file}: judge each domain and write why; the program judges nothing")
    command = shlex.join(["retrostats", "meta", "--outcome", outcome, "--grade", str(file)])
    typer.echo(f"To see it beside the facts: {command} --out FOLDER")
