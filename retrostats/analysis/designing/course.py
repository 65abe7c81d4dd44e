"""Means by arm and visit: one baseline for all arms, and the mean change of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrostats.analysis.designing.case import DesignCase, Notes, rounded, short
from retrostats.data.published import Outcome, PublishedTrial
from retrostats.integrity.inputs import group_size, score
from retrostats.integrity.rounding import Span

Means = dict[str, tuple[float, ...]]


def rise(trial: PublishedTrial, outcome: Outcome, arm: str, visit: str) -> float | str:
    """Return the mean change from baseline, follow-up minus baseline, or why there is none.

    Parameters
    ----------
    visit
        A timepoint after baseline.

    Returns
    -------
    float or str
        From the printed mean change, else from the means at both visits. A text that is not empty
        says what contradicts itself; an empty one that nothing is printed.
    """
    change = score(trial, arm, outcome.name, f"change {visit}").mean
    before = score(trial, arm, outcome.name, trial.baseline).mean
    after = score(trial, arm, outcome.name, visit).mean
    sign = {"follow-up - baseline": 1.0, "baseline - follow-up": -1.0}.get(outcome.change)
    from_means = after - before if after is not None and before is not None else None
    if change is None:
        return from_means.middle if from_means is not None else ""
    if sign is None:
        return f"{arm}: a mean change is printed, and not in which direction"
    printed = change.times(sign)
    if from_means is not None and not printed.overlaps(from_means):
        return (
            f"{arm}: the printed mean change at {visit} is {short(printed.middle)}, and the "
            f"printed means differ by {short(from_means.middle)}"
        )
    return printed.middle


def means_of(
    case: DesignCase, notes: Notes, given: float | Mapping[str, Sequence[float]] | None
) -> tuple[Means, bool]:
    """Return the means of each arm, and whether their level is known.

    Parameters
    ----------
    given
        From the user: the mean at baseline of all arms, or means by arm, one per visit; ``None``:
        as printed.

    Returns
    -------
    tuple
        Means by arm; and ``False`` where no mean at baseline is known, so that scores are counted
        from it: 0 at baseline.
    """
    own = given if isinstance(given, Mapping) else {}
    baseline = None if isinstance(given, Mapping) else given
    found: Means = {arm: tuple(map(float, own[arm])) for arm in case.arms if arm in own}
    if found:
        notes.route.append(f"Means of {', '.join(found)}: given by the user.")
    left = [arm for arm in case.arms if arm not in found]
    if not left:
        return found, True
    start = _baseline(case, notes) if baseline is None else float(baseline)
    if baseline is not None:
        notes.route.append(f"Mean at baseline: {short(start or 0)}, given by the user.")
    if start is None and found:
        fix = f"give means= of every arm, not only of {', '.join(found)}"
        notes.missing.append(f"the mean at baseline is not printed; {fix}")
    for arm in left:
        rises = [rise(case.trial, case.outcome, arm, visit) for visit in case.visits[1:]]
        for visit, each in zip(case.visits[1:], rises, strict=True):
            if isinstance(each, str):
                why = each or f"no mean change of {arm} at {visit} is printed"
                notes.missing.append(f"{why}; give means={{{arm!r}: (...)}}")
        numbers = [each for each in rises if not isinstance(each, str)]
        found[arm] = tuple(rounded((start or 0.0) + each) for each in (0.0, *numbers))
        changes = ", ".join(
            f"{short(each)} at {visit}"
            for visit, each in zip(case.visits[1:], numbers, strict=False)
        )
        notes.route.append(f"Mean change of {arm}: {changes} ({_source(case, arm)}).")
    return found, start is not None


def _source(case: DesignCase, arm: str) -> str:
    where = {"arm": arm, "outcome": case.outcome.name}
    for statistic, words in (("mean_change", "printed"), ("mean", "from the printed means")):
        figure = next(case.trial.find(**where, statistic=statistic), None)
        if figure is not None:
            return f"{words}, {figure.source} of {case.trial.id}"
    return "not printed"


def _baseline(case: DesignCase, notes: Notes) -> float | None:
    """Return the printed mean at baseline, of all arms together."""
    weighted: list[tuple[float, int]] = []
    for arm in case.arms:
        mean = score(case.trial, arm, case.outcome.name, case.trial.baseline).mean
        size = group_size(case.trial, arm, case.outcome.name, case.trial.baseline)
        if mean is None or size is None:
            notes.route.append(
                "Level: no mean at baseline is printed. Scores are counted from it, 0 at baseline, "
                "and neither rounding nor the ends of the scale are applied; give the mean at "
                "baseline for both."
            )
            return None
        weighted.append((mean.middle, size.n))
    level = rounded(sum(mean * n for mean, n in weighted) / sum(n for _, n in weighted))
    notes.route.append(
        f"Mean at baseline: {short(level)} in every arm, that of {' and '.join(case.arms)} of "
        f"{case.trial.id} together, because randomised arms differ there by chance."
    )
    return level


def change_span(
    trial: PublishedTrial, outcome: str, arms: tuple[str, str], visit: str
) -> Span | None:
    """Return what the digits allow for the difference of two printed mean changes."""
    first, second = (score(trial, arm, outcome, f"change {visit}").mean for arm in arms)
    return first - second if first is not None and second is not None else None
