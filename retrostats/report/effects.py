"""Which standardised effects the forest plot shows: one per study, outcome and comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retrostats.data.published import PublishedTrial
from retrostats.data.study_words import GROUP_ORDER, RETRO_ROLES, outcome_group, study_labels
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.integrity.findings import Effect
from retrostats.integrity.verdicts import Reproduction, Row

#: What the marks after a label mean; they belong into every caption of the table.
MARKS = {
    "†": "rests on an inferred figure",
    "‡": "the figures of this outcome do not fit one another",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEffect:
    """One row of the forest plot.

    Attributes
    ----------
    trial
        Id of the study.
    group
        Heading under which it stands.
    label
        Study, who is compared, outcome and time.
    value, low, high
        Hedges' g and its 95% limits; positive favours the first-named arm.
    p, df
        Two-sided p of no difference, and its degrees of freedom.
    sized
        Whether only the size is known and the sign means nothing.
    """

    trial: str
    group: str
    label: str
    value: float
    low: float
    high: float
    p: float
    df: int
    sized: bool


def select_effects(reproductions: Sequence[Reproduction]) -> tuple[ShownEffect, ...]:
    """Choose one effect per study, outcome and comparison, in the order of the figure.

    Follow-up scores come first, because their SD is that of the scores and so comparable
    between studies; then change scores, whose SD depends on how closely the two visits go
    together; then a printed standardised difference; last what a p value implies. Of
    several times the latest is kept, so that repeated periods count once.

    Parameters
    ----------
    reproductions
        In the order in which the studies shall stand within a group.
    """
    names = study_labels([reproduction.trial for reproduction in reproductions])
    shown: list[ShownEffect] = []
    for reproduction in reproductions:
        chosen: dict[tuple[str, str], Row] = {}
        for row in sorted(
            (row for row in reproduction.rows if row.effect),
            key=lambda row: _preference(row, reproduction.trial),
        ):
            chosen.setdefault((row.outcome, row.contrast), row)
        first = list(dict.fromkeys((r.outcome, r.contrast) for r in reproduction.rows))
        for place in sorted(chosen, key=first.index):
            name = names[reproduction.trial.id]
            row = chosen[place]
            shown.append(_shown(row, reproduction.trial, name, broken=_broken(row, reproduction)))
    headings = [f"{group}: {kin}" for group in GROUP_ORDER for kin in _KIN]
    return tuple(sorted(shown, key=lambda effect: headings.index(effect.group)))


_KIN = ("retro walking", "other trials")


def _preference(row: Row, trial: PublishedTrial) -> tuple[int, int, bool]:
    """Return a key that sorts the effect to be shown first."""
    effect = _effect(row)
    routes = ("scores", "follow-up scores", "change scores", "from the printed")
    ranks = {"scores": 0, "follow-up scores": 0, "change scores": 1, "from the printed": 2}
    rank = next((ranks[route] for route in routes if effect.route.startswith(route)), 3)
    return rank, -_when(row.timepoint, trial), not effect.signed


def _when(timepoint: str, trial: PublishedTrial) -> int:
    """Return how late a timepoint is; of several joined ones the last counts."""
    last = timepoint.removeprefix("change ").split("/")[-1]
    return trial.timepoints.index(last) if last in trial.timepoints else -1


def _effect(row: Row) -> Effect:
    if row.effect is None:
        raise ValueError(f"{row.trial}: the row of {row.outcome} holds no effect")
    return row.effect


def _broken(row: Row, reproduction: Reproduction) -> bool:
    """Whether the table is inconsistent at the outcome and visit of a row."""
    visit = row.timepoint.removeprefix("change ")
    return any(
        other.verdict == "inconsistent table"
        and other.outcome == row.outcome
        and other.timepoint.removeprefix("change ") == visit
        for other in reproduction.rows
    )


def _shown(row: Row, trial: PublishedTrial, study: str, *, broken: bool) -> ShownEffect:
    effect = _effect(row)
    sized = not effect.signed or effect.benefit == 0
    flip = effect.value < 0 if sized else effect.benefit < 0
    limits = (-effect.ci_high, -effect.ci_low) if flip else (effect.ci_low, effect.ci_high)
    instrument = trial.outcome(row.outcome).instrument
    kin = _KIN[trial.role not in RETRO_ROLES]
    return ShownEffect(
        trial=trial.id,
        group=f"{outcome_group(row.outcome, instrument)}: {kin}",
        label=_label(row, study, sized=sized, broken=broken),
        value=-effect.value if flip else effect.value,
        low=limits[0],
        high=limits[1],
        p=effect.p,
        df=effect.df,
        sized=sized,
    )


def _label(row: Row, study: str, *, sized: bool, broken: bool) -> str:
    joined = row.timepoint.count("/") + 1
    when = f"{joined} times" if joined > 1 else row.timepoint
    notes = ["from p"] if _effect(row).route.casefold().startswith("from p") else []
    notes += ["size only"] if sized else []
    contrast, outcome = _short(row.contrast), _short(row.outcome)
    label = f"{_short(study)}: {contrast}, {outcome}, {_short(when)}"
    marks = ("†" if row.kind == "inferred" else "") + ("‡" if broken else "")
    label += f" ({', '.join(notes)})" if notes else ""
    return f"{label} {marks}".rstrip()


#: Letters of a name that a row label has room for.
_ROOM = 38


def _short(name: str) -> str:
    """Return a name cut to the room of a label; the tables of the page have it whole."""
    return name if len(name) <= _ROOM else f"{name[: _ROOM - 1].rstrip()}…"


def forest_table(shown: Sequence[ShownEffect], caption: str = "") -> EstimateTable:
    """Return the chosen effects in the shape that `plot_forest` draws.

    The limits are exact and widened over the rounding, so no standard error belongs to them.
    """
    estimates = [
        Estimate(
            label=effect.label,
            value=effect.value,
            se=math.nan,
            df=effect.df,
            ci=Interval(effect.low, effect.high, 0.95),
            p=effect.p,
            unit="Hedges' g",
        )
        for effect in shown
    ]
    return EstimateTable(caption, tuple(estimates))
