"""From checked evidence to a cohort: the grid of subjects and visits, and the row ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from retrostats.data.checks.evidence import Evidence, label_fact
from retrostats.data.checks.quantities import Verdict
from retrostats.data.cohort.cells import Integers, first_at, positions
from retrostats.data.cohort.content import content_digest
from retrostats.data.cohort.types import Cohort, RowLedger
from retrostats.data.problems import CheckReport

if TYPE_CHECKING:
    import pandas as pd


def build_cohort(evidence: Evidence, report: CheckReport) -> Cohort:
    """Return the cohort of a file without errors.

    Parameters
    ----------
    evidence
        The file, weighed.
    report
        What the rules found; it holds no error.
    """
    table, left_out = evidence.cells.table, evidence.cells.left_out
    frame = cohort_frame(evidence)
    return Cohort(
        frame=frame,
        codebook=evidence.codebook,
        file=table.file,
        form=table.form,
        file_digest=table.digest,
        digest=content_digest(frame),
        ledger=RowLedger(
            rows_read=table.n_rows, rows_used=_rows_placed(evidence), left_out=left_out
        ),
        warnings=report.warnings,
        notes=report.notes,
    )


def cohort_frame(evidence: Evidence) -> pd.DataFrame:
    """Return the complete grid of subjects (by identifier) and visits (by week)."""
    import pandas as pd

    codebook, n_visits = evidence.codebook, evidence.n_visits
    members = np.flatnonzero(evidence.members)
    names = evidence.cells.ids[members]
    members = members[np.array(sorted(range(len(members)), key=names.__getitem__), dtype=np.intp)]
    at = np.repeat(members, n_visits)
    weeks = [visit.week for visit in codebook.visits]
    arms = evidence.facts["arm", "arm"].values[at].astype(np.intp)
    visits = np.tile(np.arange(n_visits), len(members))
    ids = pd.array(evidence.cells.ids[members], dtype="str")
    columns: dict[str, object] = {
        "subject": ids.take(np.repeat(np.arange(len(members)), n_visits)),
        "arm": pd.Categorical.from_codes(arms, pd.Index([arm.label for arm in codebook.arms])),
        "visit": pd.Categorical.from_codes(
            visits, pd.Index([visit.label for visit in codebook.visits])
        ),
        "week": np.tile(np.array(weeks, dtype=float), len(members)),
    }
    columns.update(_dates(evidence, members))
    columns.update(_withdrawal(evidence, at))
    for outcome in codebook.outcomes:
        columns[outcome.name] = evidence.grids["outcome", outcome.name].values[members].reshape(-1)
    for kind, name in evidence.facts:
        if kind in {"covariate", "adherence"}:
            values = evidence.facts[kind, name].values[at]
            columns[name] = label_fact(codebook, kind, name, values)
    columns["line"] = _lines(evidence, members)
    return pd.DataFrame(columns)


def _dates(evidence: Evidence, members: Integers) -> dict[str, object]:
    roles = evidence.codebook.roles
    if roles.date is None and not roles.dates:
        return {}
    days = evidence.grids["date", "date"].values[members].reshape(-1)
    whole = np.where(np.isnan(days), 0.0, days).astype("int64").astype("datetime64[D]")
    dates = whole.astype("datetime64[us]")
    dates[np.isnan(days)] = np.datetime64("NaT")
    return {"date": dates}


def _withdrawal(evidence: Evidence, at: Integers) -> dict[str, object]:
    import pandas as pd

    if evidence.codebook.roles.withdrawal is None:
        return {}
    texts = evidence.quantities["withdrawal", "withdrawal"].cells.texts
    found = evidence.facts["withdrawal", "withdrawal"].values[at]
    words = np.append(texts, "")
    chosen = np.where(np.isnan(found), len(texts), found).astype(np.intp)
    return {"withdrawal": pd.array(words, dtype="str").take(chosen)}


def _lines(evidence: Evidence, members: Integers) -> Integers:
    """Return the line of each subject and visit, 0 where there is no row."""
    grid = np.zeros(evidence.seen.shape, dtype=np.intp)
    lines = evidence.cells.table.lines
    for cells in evidence.cells.occasions[::-1]:
        entries = cells.entries
        if evidence.codebook.form.layout == "wide":
            grid[entries.subjects] = lines[entries.rows][:, None]
        else:
            grid[entries.subjects[::-1], entries.visits[::-1]] = lines[entries.rows[::-1]]
    return grid[members].reshape(-1)


def _rows_placed(evidence: Evidence) -> int:
    """Count the rows that stand at a place of the grid, whatever the reader left out.

    It does not ask what was left out, so that `RowLedger` finds a row that is in neither.
    """
    shape, members = evidence.seen.shape, evidence.members
    placed = np.zeros(evidence.cells.table.n_rows, dtype=bool)
    for cells in evidence.cells.occasions:
        known, places = positions(cells.entries, shape[1])
        entries = first_at(places, known, shape[0] * shape[1]).reshape(shape)[members]
        placed[cells.entries.rows[entries[entries >= 0]]] = True
    return int(placed.sum())


def fact_notes(evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for each fact that stands on some rows of a subject and holds for all."""
    if evidence.codebook.form.layout in {"redcap", "wide"}:
        return
    for quantity in evidence.of_kind("covariate", "adherence"):
        subjects = quantity.cells.entries.subjects
        fact = evidence.facts[quantity.kind, quantity.name].values
        if not len(fact) or not len(quantity.verdicts):
            continue
        missing = (quantity.verdicts == Verdict.MISSING)[quantity.cells.codes]
        lacking = subjects[missing & (subjects >= 0)]
        partly = len(np.unique(lacking[~np.isnan(fact[lacking])]))
        if partly:
            people = "1 subject" if partly == 1 else f"{partly} subjects"
            yield f"{quantity.name} stands on some rows of {people} only and holds for all of them."
