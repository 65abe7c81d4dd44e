"""Rules about the columns of a file and the rows that it keeps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.layouts import REPEAT_INSTRUMENT
from retrostats.data.cohort.matching import listed, near_misses, show, suggestion


def needed_columns(codebook: Codebook) -> dict[str, str]:
    """Return the columns that a codebook names, and what each is for."""
    roles, layout = codebook.roles, codebook.form.layout
    named: list[tuple[str | None, str]] = [(roles.subject, "the subject"), (roles.arm, "the arm")]
    if layout != "wide":
        named += [(roles.visit, "the visit"), (roles.date, "the date")]
    named += [(roles.withdrawal, "the reason for withdrawal")]
    if layout == "adam":
        named += [(roles.parameter, "the parameter"), (roles.value, "the value")]
        named += [(roles.base, "the baseline value"), (roles.change, "the change")]
    if layout == "wide":
        named += [(date, f"the date at {label}") for label, date in roles.dates.items()]
    for outcome in codebook.outcomes if layout != "adam" else ():
        if layout != "wide":
            named.append((outcome.column, f"outcome {outcome.name}"))
            continue
        for label, at_visit in outcome.columns.items():
            named.append((at_visit, f"outcome {outcome.name} at {label}"))
    named += [(c.column, f"covariate {c.name}") for c in codebook.covariates]
    named += [(a.column, f"adherence {a.name}") for a in codebook.adherence]
    needed: dict[str, str] = {}
    for column, purpose in named:
        if column is not None:
            needed.setdefault(column, purpose)
    return needed


def unused_columns(evidence: Evidence) -> Iterator[str]:
    """Yield a sentence that lists the columns of the file that the codebook does not name."""
    needed = {*needed_columns(evidence.codebook), REPEAT_INSTRUMENT}
    unused = [name for name in evidence.cells.table.header if name and name not in needed]
    if unused:
        count = "1 column" if len(unused) == 1 else f"{len(unused)} columns"
        yield f"The codebook does not use {count} of the file: {listed(unused, most=30)}."


def missing_column(evidence: Evidence) -> Iterator[Found]:
    """Yield each column that the codebook names and the file lacks."""
    header = evidence.cells.table.header
    needed = needed_columns(evidence.codebook)
    free = [name for name in header if name and name not in needed]
    for column, purpose in needed.items():
        if column in header:
            continue
        near = near_misses(column, free)
        meant = f"; did you mean {' or '.join(show(name) for name in near)}" if near else ""
        yield Found(
            0,
            column,
            "",
            f"the file has no column {show(column)}{meant}",
            f"a column for {purpose}; the file has {listed(header)}",
            "correct the name in the file or in the codebook",
        )


def missing_parameter(evidence: Evidence) -> Iterator[Found]:
    """Yield each outcome whose parameter an ADaM file does not hold, and rows without one."""
    cells = evidence.cells.parameter
    if cells is None:
        return
    column = evidence.codebook.roles.parameter or ""
    held = [str(text) for text in cells.texts]
    for outcome in evidence.codebook.outcomes:
        code = outcome.code or outcome.name
        if code not in held and len(cells.codes):
            yield Found(
                0,
                column,
                code,
                f"no row has the parameter {show(code)} of outcome {outcome.name}"
                f"{suggestion(code, held)}",
                f"rows with it; the file has {listed(held)}",
                "correct the code of the outcome in the codebook",
            )
    empty = np.array([text == "" for text in held], dtype=bool)
    for entry in np.flatnonzero(empty[cells.codes]) if empty.any() else ():
        yield Found(
            evidence.cells.line(cells, int(entry)),
            column,
            "",
            "the parameter is empty",
            "the code of a parameter",
            "write what the row is about, or delete the row",
        )


def similar_parameter(evidence: Evidence) -> Iterator[Found]:
    """Yield each row that is left out though its parameter is nearly one of the codebook."""
    cells = evidence.cells.parameter
    if cells is None:
        return
    codes = [outcome.code or outcome.name for outcome in evidence.codebook.outcomes]
    simple = {code.casefold().replace(" ", ""): code for code in codes}
    meant = [simple.get(str(text).casefold().replace(" ", "")) for text in cells.texts]
    similar = [m is not None and t not in codes for m, t in zip(meant, cells.texts, strict=True)]
    chosen = np.array(similar, dtype=bool)
    for entry in np.flatnonzero(chosen[cells.codes]) if chosen.any() else ():
        yield Found(
            evidence.cells.line(cells, int(entry)),
            evidence.codebook.roles.parameter or "",
            cells.text(int(entry)),
            f"the row is left out, because {show(cells.text(int(entry)))} is no parameter of the "
            f"codebook; did you mean {show(meant[cells.codes[entry]] or '')}",
            f"one of {listed(codes)}",
            "correct the parameter if the row belongs to the outcome",
        )


def nothing_left(evidence: Evidence) -> Iterator[Found]:
    """Yield one fault where no row of the file is used."""
    table, left = evidence.cells.table, evidence.cells.left_out
    if table.n_rows > len(left) or any(p.severity == "error" for p in table.problems):
        return
    reasons = sorted({row.reason for row in left})
    told = f"every row is left out ({'; '.join(reasons[:3])})" if left else "there are no rows"
    yield Found(
        0,
        "",
        "",
        told,
        "at least one row of a scheduled visit",
        "check the layout, the visits and the parameters in the codebook",
    )


def subject_left_out(evidence: Evidence) -> Iterator[Found]:
    """Yield each subject all of whose rows are left out."""
    column = evidence.codebook.roles.subject
    for subject in np.flatnonzero(~evidence.members):
        yield Found(
            evidence.first_line(int(subject)),
            column,
            "",
            "every row of this subject is left out, so that the subject is not in the trial",
            "a row of a scheduled visit for every subject who was randomised",
            "add one (outcomes may be empty) if the subject was randomised",
        )
