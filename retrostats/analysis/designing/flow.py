"""Dropout by arm and visit from the printed flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrostats.analysis.designing.case import DesignCase, Notes, rounded
from retrostats.data.published import Figure
from retrostats.integrity.inputs import Size

Shares = dict[str, tuple[float, ...]]


def dropout_of(
    case: DesignCase,
    notes: Notes,
    given: float | Mapping[str, float | Sequence[float]] | None,
) -> Shares:
    """Return the share of each arm that is gone by each visit.

    Parameters
    ----------
    given
        From the user: a share for all arms by the last visit, or by arm a share by the last visit
        or one per visit; ``None``: as printed. A share by the last visit is reached in proportion
        to the weeks.
    """
    if given is not None:
        notes.route.append("Dropout: given by the user.")
        each = dict.fromkeys(case.arms, given) if not isinstance(given, Mapping) else given
        missing = [arm for arm in case.arms if arm not in each]
        if missing:
            notes.missing.append(f"dropout= does not name {', '.join(missing)}")
        return {arm: _by_week(case, each[arm]) for arm in case.arms if arm in each}
    found: Shares = {}
    for arm in case.arms:
        shares = _printed(case, notes, arm)
        if shares is None:
            notes.missing.append(
                f"how many of {arm} left by {case.visits[-1]} is not printed; give dropout=, as in "
                "dropout=0.1"
            )
        else:
            found[arm] = shares
    if len(found) == len(case.arms):
        notes.route.append("Who leaves: nothing printed says; taken as not depending on scores.")
    return found


def _by_week(case: DesignCase, share: object) -> tuple[float, ...]:
    if isinstance(share, (int, float)):
        return tuple(float(share) * (week / case.weeks[-1]) for week in case.weeks)
    return tuple(share)  # type: ignore[arg-type]


def _printed(case: DesignCase, notes: Notes, arm: str) -> tuple[float, ...] | None:
    """Return the shares of one arm; visits without a figure lie between by the weeks."""
    last = _completed(case, arm, case.visits[-1])
    if last is None:
        return None
    known = {0.0: 0.0}
    for visit, week in zip(case.visits[1:], case.weeks[1:], strict=True):
        stayed = _completed(case, arm, visit)
        if stayed is not None:
            known[week] = rounded(1 - stayed[0])
    notes.route.append(f"Dropout of {arm}: {last[1]}.")
    between = [
        visit for visit, week in zip(case.visits, case.weeks, strict=True) if week not in known
    ]
    if between:
        notes.route.append(f"Dropout of {arm} at {', '.join(between)}: in proportion to the weeks.")
    return tuple(_between(known, week) for week in case.weeks)


def _between(known: Mapping[float, float], week: float) -> float:
    """Return a share on the line between the nearest known ones."""
    before = max(each for each in known if each <= week)
    after = min(each for each in known if each >= week)
    if before == after:
        return known[before]
    part = (week - before) / (after - before)
    return known[before] + part * (known[after] - known[before])


def _completed(case: DesignCase, arm: str, visit: str) -> tuple[float, str] | None:
    """Return the share of an arm that was there at a visit, and how it is known."""
    start = _randomised(case, arm)
    figure = next(
        case.trial.find(arm=arm, outcome="completers", timepoint=visit, statistic="n"), None
    )
    if figure is not None and start is not None and figure.printed.value is not None:
        stayed = int(figure.printed.value)
        sure = _sure(figure, start)
        return stayed / start.n, f"{start.n - stayed} of {start.n} by {visit} ({sure})"
    figure = next(
        case.trial.find(arm=arm, outcome="completion", timepoint=visit, statistic="percent"), None
    )
    if figure is not None and figure.printed.value is not None:
        percent = figure.printed.value
        return percent / 100, f"{100 - percent:g}% by {visit} ({figure.kind}, {figure.source})"
    return None


def _randomised(case: DesignCase, arm: str) -> Size | None:
    for figure in case.trial.find(arm=arm, outcome="sample", timepoint="randomised", statistic="n"):
        if figure.printed.value:
            return Size(n=int(figure.printed.value), kind=figure.kind, source=figure.source)
    number = case.trial.arm(arm).n_randomised
    return Size(n=number, kind="printed", source="trial.toml") if number else None


def _sure(figure: Figure, start: Size) -> str:
    kinds = sorted({figure.kind, start.kind})
    return f"{' and '.join(kinds)}, {figure.source}"
