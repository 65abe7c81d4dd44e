"""A design proposed from what a published trial prints, each number with its route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from retrostats.analysis.designing.case import DesignCase, Notes, week_of
from retrostats.analysis.designing.course import means_of, rise
from retrostats.analysis.designing.flow import dropout_of
from retrostats.analysis.designing.instrument import scale_of
from retrostats.analysis.designing.spread import Spread, spread_of
from retrostats.data.catalogue import load_trial
from retrostats.data.published import Outcome, PublishedTrial
from retrostats.effects.arguments import is_number
from retrostats.errors import DataError
from retrostats.plan.names import unknown
from retrostats.power.design.fields import DesignArm, exchangeable
from retrostats.power.design.types import TrialDesign


def design_from_trial(
    trial: str | PublishedTrial,
    *,
    outcome: str = "pain",
    arms: Sequence[str] | None = None,
    means: float | Mapping[str, Sequence[float]] | None = None,
    sds: Sequence[float] | str | PublishedTrial | None = None,
    correlation: float | Literal["printed"] | None = None,
    dropout: float | Mapping[str, float | Sequence[float]] | None = None,
    weeks: Mapping[str, float] | None = None,
) -> TrialDesign:
    """Propose the design of the next trial from the printed figures of one before.

    Use it for a first proposal whose every number shows where it comes from, not as an estimate
    of what the next trial will find: small trials overstate effects, and an SD that is worked out
    of a p value inherits its rounding. Read the route, and change what you know better.

    Parameters
    ----------
    trial
        Id of a bundled trial, or a trial that was loaded.
    outcome
        Its name in the trial.
    arms
        Labels; default all arms whose course is printed.
    means
        In place of printed ones: the mean at baseline of all arms, or by arm a mean per visit.
    sds
        In place of printed ones: an SD per visit, or another trial whose SDs and correlation of
        the same instrument are taken.
    correlation
        Between any two visits. ``None``: the one that printed SDs of change give; where there are
        none 0.5 is assumed, and the route says so. ``"printed"`` refuses instead.
    dropout
        Share of every arm gone by the last visit; or by arm that share, or one per visit.
    weeks
        Weeks of timepoints whose names do not tell, as in ``{"post": 4}``.

    Returns
    -------
    TrialDesign
        Its `route` has a sentence for each number. All arms share one mean at baseline, and each
        moves by its own mean change.

    Raises
    ------
    DataError
        If there is no such trial, outcome or arm, or if something is neither printed nor given;
        all that is missing is listed with the way to give it.
    ValueError
        If an argument is not of its kind, or the correlation does not lie between -1 and 1.

    Examples
    --------
    >>> import retrostats as rs
    >>> design = rs.design_from_trial("alghadir2019", means=6, correlation=0.6)
    >>> for sentence in design.route[:4]:
    ...     print(sentence)
    Mean at baseline: 6, given by the user.
    Mean change of retro: -1.8 at 6wk (printed, abstract of alghadir2019).
    Mean change of control: -1 at 6wk (printed, abstract of alghadir2019).
    Correlation: 0.6, given by the user.
    >>> design.sds
    (1.113, 1.113)
    """
    source = load_trial(trial) if isinstance(trial, str) else trial
    _check(means, sds, correlation, dropout)
    notes = Notes()
    own = means if isinstance(means, Mapping) else {}
    case = _case(source, _outcome(source, outcome), arms=arms, means=own, weeks=weeks or {})
    found, known_level = means_of(case, notes, means)
    if isinstance(sds, (str, PublishedTrial)):
        donor = _donor(case, sds, notes)
        spread = spread_of(donor, notes, sds=None, correlation=correlation)
        spread = spread and _at_visits(spread, len(case.visits))
    else:
        spread = spread_of(case, notes, sds=sds, correlation=correlation)
    gone = dropout_of(case, notes, dropout)
    scale = scale_of(case, notes) if known_level else None
    if notes.missing or spread is None:
        listed = "\n".join(f"  {at}. {each}" for at, each in enumerate(notes.missing, start=1))
        raise DataError(f"a design from trial {source.id}: some numbers are missing.\n{listed}")
    return TrialDesign(
        title=f"Design after {source.id}",
        outcome=case.outcome.name,
        unit=case.outcome.unit,
        better="higher" if case.outcome.better == "higher" else "lower",
        visits=case.visits,
        weeks=case.weeks,
        arms=tuple(DesignArm(label=arm, means=found[arm], dropout=gone[arm]) for arm in case.arms),
        sds=spread.sds,
        correlation=exchangeable(spread.correlation, len(case.visits)),
        scale=scale,
        route=tuple(notes.route),
    )


def _check(means: object, sds: object, correlation: object, dropout: object) -> None:
    """Refuse arguments of another kind: slips in a program, not faults of the figures."""
    wanted: dict[str, tuple[object, type | tuple[type, ...], str]] = {
        "means": (means, Mapping, "the mean at baseline, or means by arm"),
        "sds": (sds, (str, PublishedTrial, Sequence, np.ndarray), "an SD per visit, or a trial"),
        "dropout": (dropout, Mapping, "a share, or shares by arm"),
    }
    for name, (given, kind, words) in wanted.items():
        number = name != "sds" and is_number(given)
        if given is not None and not number and not isinstance(given, kind):
            raise ValueError(f"design_from_trial: {name} must be {words}; got {given!r}")
    between = is_number(correlation) and -1 < correlation < 1  # type: ignore[operator]
    if not (correlation is None or correlation == "printed" or between):
        raise ValueError(
            "design_from_trial: correlation must lie between -1 and 1, or be 'printed' or None; "
            f"got {correlation!r}"
        )


def _outcome(trial: PublishedTrial, name: str) -> Outcome:
    names = {each.name.casefold(): each for each in trial.outcomes}
    found = names.get(name.strip().casefold())
    if found is None:
        message = unknown("outcome", name, [each.name for each in trial.outcomes])
        raise DataError(f"trial {trial.id}: {message}")
    if not found.better:
        raise DataError(
            f"trial {trial.id}: the direction of benefit of {found.name} is not on file; a design "
            "needs it"
        )
    return found


def _case(
    trial: PublishedTrial,
    outcome: Outcome,
    *,
    arms: Sequence[str] | None,
    means: Mapping[str, Sequence[float]],
    weeks: Mapping[str, float],
) -> DesignCase:
    """Return the arms and visits of the design; those with a printed course, if not asked."""
    labels = [arm.label for arm in trial.arms]
    wrong = [label for label in (*(arms or ()), *means) if label not in labels]
    if wrong:
        raise DataError(f"trial {trial.id}: {unknown('arm', wrong[0], labels)}")
    strange = [visit for visit in weeks if visit not in trial.timepoints]
    if strange:
        message = unknown("timepoint", strange[0], list(trial.timepoints))
        raise DataError(f"trial {trial.id}: {message}")
    if not trial.baseline:
        raise DataError(f"trial {trial.id} has no visit before treatment; a design needs one")
    printed = {
        (label, visit): rise(trial, outcome, label, visit) != ""
        for label in labels
        for visit in trial.timepoints[1:]
    }
    visits = [
        visit
        for visit in trial.timepoints[1:]
        if means or any(printed[label, visit] for label in labels)
    ]
    known = [
        label
        for label in labels
        if label in means or any(printed[label, visit] for visit in visits)
    ]
    chosen = tuple(known if arms is None else arms)
    if len(chosen) < 2 or not visits:
        raise DataError(
            f"trial {trial.id}: means of {outcome.name} over time are printed for "
            f"{', '.join(known) or 'no arm'} of {', '.join(labels)}; a design needs two arms. Give "
            f"means=, by arm with a mean for each of {', '.join(trial.timepoints)}"
        )
    return DesignCase(
        trial=trial,
        outcome=outcome,
        arms=chosen,
        visits=(trial.baseline, *visits),
        weeks=(0.0, *_weeks(trial, visits, weeks)),
    )


def _weeks(
    trial: PublishedTrial, visits: Sequence[str], given: Mapping[str, float]
) -> tuple[float, ...]:
    times = {visit: week_of(visit, given) for visit in visits}
    unclear = [visit for visit, week in times.items() if week is None]
    if unclear:
        raise DataError(
            f"trial {trial.id}: the week of {', '.join(unclear)} is not clear from its name; give "
            f"weeks={{{unclear[0]!r}: ...}}"
        )
    return tuple(week for week in times.values() if week is not None)


def _donor(case: DesignCase, given: str | PublishedTrial, notes: Notes) -> DesignCase:
    """Return another trial's figures of the same outcome on the same instrument."""
    trial = load_trial(given) if isinstance(given, str) else given
    instrument = case.outcome.instrument.casefold()
    same = [
        each
        for each in trial.outcomes
        if each.instrument.casefold() == instrument
        and (each.low, each.high, each.unit)
        == (case.outcome.low, case.outcome.high, case.outcome.unit)
    ]
    if not instrument or not same:
        raise DataError(
            f"trial {trial.id} has no outcome on {case.outcome.instrument or 'a named instrument'} "
            f"as {case.outcome.name} of {case.trial.id} is; SDs of another scale would not fit"
        )
    visits = [
        visit
        for visit in trial.timepoints
        if any(trial.find(outcome=same[0].name, timepoint=visit))
    ]
    notes.route.append(f"SDs and correlation come from another trial, {trial.id}.")
    return DesignCase(
        trial=trial,
        outcome=same[0],
        arms=tuple(arm.label for arm in trial.arms),
        visits=tuple(visits),
        weeks=tuple(float(at) for at in range(len(visits))),
    )


def _at_visits(spread: Spread, visits: int) -> Spread:
    """Return the SDs of a donor at the visits of the design: its last one is kept."""
    kept = (*spread.sds[:visits], *(spread.sds[-1],) * max(visits - len(spread.sds), 0))
    return Spread(sds=kept, correlation=spread.correlation)
