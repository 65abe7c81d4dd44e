"""Which data the answers rest on: the file, its rows, and what the checks found."""

from __future__ import annotations

from collections import Counter

from retrostats.analysis.types import Analysis
from retrostats.data.problems import Problem
from retrostats.layout import Layout
from retrostats.report.analysis.words import counted, sentence
from retrostats.report.blocks import Block, Facts, Heading, Listing, Paragraph, Table


def data_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return file, digests, what became of every row, and the warnings by rule.

    No value of a cell and no subject is named.
    """
    cohort = analysis.cohort
    ledger = cohort.ledger
    visits = len(cohort.codebook.visits)
    facts = (
        ("File", f"{cohort.file} ({cohort.form})"),
        ("SHA-256 of the file", cohort.file_digest),
        ("SHA-256 of its content", cohort.digest),
        ("Codebook", cohort.codebook.source),
        ("SHA-256 of the codebook", cohort.codebook.digest),
        ("Plan", analysis.plan.source),
        ("SHA-256 of the plan", analysis.plan.digest),
        ("Subjects", f"{cohort.n_subjects}, each with {counted(visits, 'scheduled visit')}"),
        ("Rows read", str(ledger.rows_read)),
        ("Rows used", str(ledger.rows_used)),
        ("Rows left out", str(len(ledger.left_out))),
    )
    blocks: list[Block] = [
        Heading(text="Data", anchor="data"),
        Paragraph(
            text="Every row of the file is either used or counted here with the reason why not. "
            "The digest of the content is the same for every file form of the same data."
        ),
        Facts(pairs=tuple((term, value) for term, value in facts if value)),
    ]
    if cohort.notes:
        blocks.append(Listing(items=tuple(sentence(note) for note in cohort.notes)))
    if ledger.left_out:
        blocks.append(Table(id="rows", layout=_left_out(ledger.reasons()), paper=False))
    if cohort.warnings:
        blocks.append(
            Paragraph(
                text="What the checks of the file found worth a second look, counted by rule. "
                "The command retrostats check lists each with its line and column."
            )
        )
        blocks.append(Table(id="warnings", layout=_warnings(cohort.warnings), paper=False))
    else:
        blocks.append(Paragraph(text="The checks of the file gave no warning."))
    return tuple(blocks)


def warning_counts(warnings: tuple[Problem, ...]) -> tuple[tuple[str, str, int], ...]:
    """Return rule, column and number of warnings, in order of appearance."""
    counts = Counter((warning.rule, warning.column) for warning in warnings)
    return tuple((rule, column, count) for (rule, column), count in counts.items())


def _left_out(reasons: dict[str, int]) -> Layout:
    rows = tuple((reason, str(count)) for reason, count in reasons.items())
    return Layout(caption="Rows of the file that were left out", header=("", "Rows"), rows=rows)


def _warnings(warnings: tuple[Problem, ...]) -> Layout:
    rows = tuple((rule, column, str(n)) for rule, column, n in warning_counts(warnings))
    return Layout(
        caption="Warnings of the checks",
        header=("Rule", "Column", "Warnings"),
        rows=rows,
        words=2,
    )
