"""Commands on the file of a new trial: check it, analyse it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from retrostats.cli.writing import replace_list, told_plainly
from retrostats.progress import progress

File = Annotated[Path, typer.Argument(metavar="FILE", help="The data: CSV, Excel, .sav, .dta.")]
CodebookFile = Annotated[Path, typer.Option("--codebook", help="What its columns mean (TOML).")]
PlanFile = Annotated[Path, typer.Option("--plan", help="What was planned (TOML).")]


def check(
    file: File,
    codebook: CodebookFile,
    out: Annotated[
        Path | None, typer.Option(help="Also write every problem to this CSV file.")
    ] = None,
) -> None:
    """Check a data file: every problem with its line and column. Exit 1 when there are errors."""
    from retrostats.data.cohort.reading import check_cohort

    with progress() as show:
        report = check_cohort(file, codebook, progress=lambda share: show("Checking", share))
    if out is not None:
        replace_list(out, report.to_csv(), inputs=(file, codebook))
    typer.echo(report.text())
    if out is not None:
        typer.echo(f"All {len(report.problems)} problems are listed in {out}")
    if report.errors:
        raise typer.Exit(1)


def analyse(
    file: File,
    codebook: CodebookFile,
    plan: PlanFile,
    out: Annotated[Path, typer.Option(help="Folder for the report; made if it is missing.")],
) -> None:
    """Analyse a data file by its plan; write the report, its tables, figures and numbers."""
    from retrostats.analysis.analyse import analyse as run
    from retrostats.data.codebook.reading import read_codebook
    from retrostats.data.cohort.reading import read_cohort
    from retrostats.plan.agreement import require_fits
    from retrostats.plan.reading import read_plan
    from retrostats.report.analysis.writing import write_analysis

    meaning, planned = read_codebook(codebook), read_plan(plan)
    require_fits(planned, meaning)  # before a large file is read
    with progress() as show:
        cohort = read_cohort(
            file, meaning, progress=lambda share: show("Reading and checking", 0.2 * share)
        )
        analysis = run(
            cohort,
            planned,
            progress=lambda words, share: show(words, 0.2 + 0.3 * share),
        )
        with told_plainly(out, "the report"):
            written = write_analysis(
                analysis, out, progress=lambda words, share: show(words, 0.5 + 0.5 * share)
            )
    typer.echo(str(analysis.answer))
    typer.echo(f"{cohort.ledger}; {len(cohort.warnings)} warnings. Read {written[0]}")
