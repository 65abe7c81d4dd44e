"""Evidence from the published trials, or from a table of a review's own."""

from __future__ import annotations

from itertools import permutations

from retrostats.analysis.collecting.arms import arm_kind
from retrostats.analysis.collecting.collected import Collected
from retrostats.analysis.collecting.types import Candidate
from retrostats.data.published import Arm, PublishedTrial
from retrostats.layout import decimals, number
from retrostats.meta.inputs.types import StudyTable
from retrostats.report.meta.types import Benefit, Contribution, Evidence


def evidence_of_table(
    table: StudyTable,
    outcome: str,
    *,
    favours: tuple[str, str] | None = None,
    benefit: Benefit = "",
) -> Evidence:
    """Return a user's own table as evidence: every row is pooled.

    Parameters
    ----------
    table
        From `retrostats.read_estimates`.
    outcome
        What it is about, in one word.
    favours
        Whom a value below zero favours, and one above.
    benefit
        Sign of a benefit of the treated arm, where published reviews shall be held against it.
    """
    sizes = _sizes(table)
    rows = tuple(
        Contribution(
            trial=study,
            label=estimate.label,
            outcome=outcome,
            route="given",
            estimate=estimate,
            n=n,
            used=True,
        )
        for study, estimate, n in zip(table.studies, table.estimates, sizes, strict=True)
    )
    return Evidence(
        outcome=outcome,
        caption=f"{outcome[:1].upper()}{outcome[1:]}, {table.measure}",
        origin=f"of {table.file}: {table.measure}",
        estimates=table.estimates,
        studies=table.studies,
        rows=rows,
        counts=(("Trials in the table", len(rows)),),
        favours=favours,
        benefit=benefit,
        caveats=table.notes,
        digests=((table.file, table.digest),),
    )


def _sizes(table: StudyTable) -> list[int | None]:
    """Return the subjects of each row, where the table has a column ``n`` of whole numbers."""
    column = table.moderators.get("n")
    return [_whole(cell) for cell in column] if column else [None] * len(table)


def _whole(cell: float | str) -> int | None:
    known = isinstance(cell, float) and cell.is_integer() and cell > 0
    return int(cell) if known else None


def evidence_of_trials(collected: Collected) -> Evidence:
    """Return what the printed figures of published trials allow as evidence.

    Parameters
    ----------
    collected
        From `retrostats.collect`.
    """
    asked, counts = collected.request, collected.counts
    trials = {trial.id: trial for trial in asked.trials}
    measured = {
        trial.id for trial in asked.trials if any(asked.wants(each) for each in trial.outcomes)
    }
    left = [(each.trial, each.label, each.reason) for each in collected.left_out]
    favours, direction = _favours(collected, trials)
    return Evidence(
        outcome=asked.outcome,
        caption=collected.estimates().caption,
        origin="made from the figures that the trials on file print",
        estimates=tuple(collected),
        studies=collected.studies,
        rows=tuple(_contribution(row, trials[row.trial]) for row in collected.rows),
        left_out=tuple((name, why) for trial, name, why in left if trial in measured),
        unrelated=tuple((name, why) for trial, name, why in left if trial not in measured),
        counts=(
            ("Publications on file", counts.on_file),
            ("of a trial of the roles asked for", counts.of_role),
            (f"with an outcome of {asked.outcome}", counts.with_outcome),
            ("comparing independent arms", counts.compared),
            ("with an estimate", counts.with_estimate),
        ),
        favours=favours,
        benefit="negative" if asked.better == "lower" else "positive",
        direction=direction,
        digests=tuple(
            (f"{trial.id}/{name}", digest)
            for trial in asked.trials
            for name, digest in trial.digests
            if trial.id in {row.trial for row in collected.chosen}
        ),
        collected=collected,
    )


def _favours(
    collected: Collected, trials: dict[str, PublishedTrial]
) -> tuple[tuple[str, str], str]:
    """Return whom each sign favours, by name where every first arm walks backward."""
    firsts = [
        arm_kind(arm) for row in collected.chosen for arm in _arms(row, trials[row.trial])[:1]
    ]
    if not firsts or set(firsts) != {"retro"}:
        below, above = collected.favours
        return (below, above), collected.direction
    lower = collected.request.better == "lower"
    sides = ("retro walking", "the comparator") if lower else ("the comparator", "retro walking")
    return sides, f"{'Negative' if lower else 'Positive'} values favour retro walking."


def _contribution(row: Candidate, trial: PublishedTrial) -> Contribution:
    return Contribution(
        trial=row.trial,
        label=row.estimate.label if row.chosen and row.estimate else row.label,
        contrast=row.contrast,
        outcome=row.outcome,
        timepoint=row.timepoint,
        route=row.route,
        estimate=row.estimate,
        n=_subjects(row, trial),
        used=row.chosen,
        why_not=row.why,
        caveats=(*row.caveats, *_rounding(row)),
    )


def _rounding(row: Candidate) -> tuple[str, ...]:
    """Say which values the printed digits allow; nothing where that is not worked out."""
    if row.rounding is None or row.estimate is None:
        return ()
    places = decimals(row.estimate.se, 2)
    low, high = (number(end, places) for end in row.rounding)
    return () if low == high else (f"the printed digits allow {low} to {high}",)


def _subjects(row: Candidate, trial: PublishedTrial) -> int | None:
    """Return the subjects of both arms: analysed, else randomised; None where one is unknown."""
    sizes = [arm.n_analysed or arm.n_randomised for arm in _arms(row, trial)]
    known = [size for size in sizes if size]
    return sum(known) if len(known) == 2 else None


def _arms(row: Candidate, trial: PublishedTrial) -> tuple[Arm, ...]:
    """Return first and second arm of a contrast; labels may hold hyphens themselves."""
    pairs = permutations(trial.arms, 2)
    return next((p for p in pairs if f"{p[0].label} - {p[1].label}" == row.contrast), ())
