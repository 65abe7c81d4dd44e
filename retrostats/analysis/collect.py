"""Gather the estimates that the printed figures of trials allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from retrostats.analysis.collecting.arms import pairings
from retrostats.analysis.collecting.choosing import Found, find_candidates
from retrostats.analysis.collecting.collected import Collected
from retrostats.analysis.collecting.request import KINDS, Bounds, CollectRequest, ScaleName
from retrostats.analysis.collecting.types import CollectedCounts, LeftOut
from retrostats.data.catalogue import load_trial, load_trials
from retrostats.data.grammar import ROLES
from retrostats.data.published import PublishedTrial
from retrostats.data.study_words import study_labels
from retrostats.errors import DataError


def collect(
    outcome: str = "pain",
    *,
    trials: Sequence[str | Path | PublishedTrial] | Path | None = None,
    roles: Sequence[str] = ("cited", "retro trial"),
    compare: tuple[str, str] | None = None,
    scale: ScaleName = "g",
    timepoint: str = "last",
    correlation: float | None = 0.5,
    bounds: Bounds = "left out",
) -> Collected:
    """Gather every estimate of an outcome that printed figures allow, and choose one per trial.

    Use it before `pool`, to see which trials contribute, by which figures, and which cannot; not
    for trials whose raw data are at hand: those are analysed, and their estimates pooled beside.

    Parameters
    ----------
    outcome
        ``"pain"``, ``"function"``, ``"mobility"`` or ``"strength"``, found by the words of each
        outcome's name, else of its instrument; or the name or instrument of an outcome.
    trials
        Ids, folders or `PublishedTrial` objects, all of which are taken whatever their role; or
        a `Path` to a folder of trial folders. By default the bundled trials.
    roles
        Roles of the trials that are taken from the bundled ones or from a folder.
    compare
        Words of the first and of the second arm: ``"retro"``, ``"forward"``, ``"control"``
        (walks in neither direction), or words of a label or an intervention. ``None``: any
        comparison; where an arm walks backward, only its own, against ``"control"`` first.
    scale
        ``"g"``: Hedges' g, outcomes of the other direction turned around. ``"points"``: mean
        difference in the unit of the instrument, with its sign; instruments are not mixed.
    timepoint
        ``"last"``, ``"first"`` after baseline, or the name of a visit.
    correlation
        Of scores before and after, which brings effects in SDs of change to SDs of scores.
        ``None`` leaves them in SDs of change, which do not pool with the others.
    bounds
        ``"at the bound"`` takes ``p < 0.001`` as 0.001: the least size that it allows.

    Returns
    -------
    Collected
        A sequence of estimates that `pool` takes, with all candidates and the trials left out.

    Raises
    ------
    DataError
        If a trial cannot be read, comes twice, or no trial has such an outcome.
    ValueError
        If an argument is another word or out of range.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.collect("pain")
    >>> print(pain.estimates()[1])
    Chen 2021: -0.892 SD (95% CI -1.6 to -0.174), df 30
    >>> print(pain.left_out[1])
    cairo2024: the number of people of the arms is not printed; p-value <0.001 is a bound
    """
    on_file, taken = _gather_trials(trials, roles)
    asked = CollectRequest(
        outcome=outcome,
        trials=taken,
        on_file=on_file,
        compare=compare,
        scale=scale,
        timepoint=timepoint,
        correlation=correlation,
        bounds=bounds,
    )
    return collect_for(asked)


def collect_for(asked: CollectRequest) -> Collected:
    """Collect what a request asks for."""
    if not any(asked.wants(outcome) for trial in asked.trials for outcome in trial.outcomes):
        raise DataError(
            f"collect: none of {len(asked.trials)} trials has an outcome {asked.outcome!r}; "
            f"expected {', '.join(KINDS)}, or the name or instrument of an outcome"
        )
    labels = study_labels(asked.trials)
    found = {trial.id: find_candidates(trial, labels[trial.id], asked) for trial in asked.trials}
    left_out = tuple(
        LeftOut(trial=trial.id, label=labels[trial.id], reason=reason)
        for trial in asked.trials
        if (reason := _reason(trial, found[trial.id], asked))
    )
    with_outcome = [one for one in found.values() if one.outcomes]
    compared = [one for one in with_outcome if one.pairs]
    counts = CollectedCounts(
        on_file=asked.on_file,
        of_role=len(asked.trials),
        with_outcome=len(with_outcome),
        compared=len(compared),
        with_estimate=len(asked.trials) - len(left_out),
    )
    rows = tuple(row for one in found.values() for row in one.candidates)
    return Collected(rows=rows, left_out=left_out, counts=counts, request=asked)


def collect_again(collected: Collected, **changes: Any) -> Collected:
    """Collect from the same trials with some things asked otherwise.

    Parameters
    ----------
    changes
        Fields of the request, such as ``correlation``.
    """
    return collect_for(replace(collected.request, **changes))


def _gather_trials(
    given: Sequence[str | Path | PublishedTrial] | Path | None, roles: Sequence[str]
) -> tuple[int, tuple[PublishedTrial, ...]]:
    """Return how many trials there are, and those that are taken."""
    if isinstance(given, str) or not isinstance(given, Iterable | Path | None):
        raise ValueError(f"collect: trials must be a list of ids or a Path, got {given!r}")
    _require_roles(roles)
    if given is None or isinstance(given, Path):
        everything = load_trials(folder=given)
        return len(everything), tuple(trial for trial in everything if trial.role in roles)
    given = tuple(given)
    if not given:
        raise DataError("collect: the list of trials is empty; name some, or leave it out for all")
    taken = tuple(one if isinstance(one, PublishedTrial) else load_trial(one) for one in given)
    names = [trial.id for trial in taken]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"collect: {', '.join(twice)} given more than once; give each trial once")
    return len(taken), taken


def _require_roles(roles: object) -> None:
    """Refuse what is no list of roles that trials have."""
    listed = list(roles) if isinstance(roles, Iterable) and not isinstance(roles, str) else None
    if not listed or not ROLES.issuperset(map(str, listed)):
        raise ValueError(
            f"collect: roles must be a list of some of {', '.join(sorted(ROLES))}; got {roles!r}"
        )


def _reason(trial: PublishedTrial, found: Found, asked: CollectRequest) -> str:
    """Return why a trial contributes nothing; nothing where it contributes."""
    if any(row.chosen for row in found.candidates):
        return ""
    if not found.outcomes:
        names = ", ".join(outcome.name for outcome in trial.outcomes) or "no outcome at all"
        return f"no outcome of this kind; it has {names}"
    if found.pairs:
        whys = dict.fromkeys(row.why for row in _telling(found))
        return "; ".join(whys)
    if len(trial.arms) < 2:
        return "one arm only, so there is nothing to compare" if trial.arms else "it names no arms"
    if asked.compare is not None and pairings(trial, None):
        return f"it does not compare {' with '.join(asked.compare)}"
    return "the same people went through all conditions, so its arms are not independent"


def _telling(found: Found) -> list[Any]:
    """Return the rows of a trial that tell something; those of figures before empty places."""
    printed = [row for row in found.candidates if row.route != "nothing printed"]
    return printed or list(found.candidates)
