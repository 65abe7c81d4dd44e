"""SDs of the scores and their correlation, by the most direct way that the print allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrostats.analysis.designing.case import DesignCase, Notes, rounded, short
from retrostats.analysis.designing.course import change_span
from retrostats.effects.recover import sd_from_two_group_p
from retrostats.integrity.checks.implied import sizes_of
from retrostats.integrity.inputs import Score, pair, score
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import t_span_from_p

#: Where nothing printed gives a correlation; `collect` imputes the same.
ASSUMED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """An SD over several arms, and how it was reached."""

    sd: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """SDs by visit, and one correlation between any two visits."""

    sds: tuple[float, ...]
    correlation: float


def spread_of(
    case: DesignCase,
    notes: Notes,
    *,
    sds: Sequence[float] | None,
    correlation: float | Literal["printed"] | None,
) -> Spread | None:
    """Return SDs and correlation; ``None`` where something is missing, which is noted.

    Parameters
    ----------
    case
        Whose figures: the trial's own, or those of a donor.
    sds
        From the user; ``None``: as printed.
    correlation
        From the user; ``None``: as printed, and assumed where nothing printed gives one;
        ``"printed"`` refuses there.
    """
    printed = [_pooled(case, visit) for visit in case.visits]
    changes = [_pooled(case, f"change {visit}") for visit in case.visits[1:]]
    spreads = _given(notes, sds) if sds is not None else _as_printed(case, notes, printed)
    rho: float | None
    if isinstance(correlation, (int, float)):
        rho = float(correlation)
        notes.route.append(f"Correlation: {short(rho)}, given by the user.")
    else:
        faults = len(notes.missing)
        rho = _correlation(case, notes, spreads, changes)
        if rho is None and len(notes.missing) == faults:
            rho = _assumed(notes, refuse=correlation == "printed")
    if spreads is None and rho is not None:
        spreads = _from_change(case, notes, changes, rho)
    return Spread(sds=spreads, correlation=rho) if spreads and rho is not None else None


def _given(notes: Notes, sds: Sequence[float]) -> tuple[float, ...]:
    notes.route.append("SDs: given by the user.")
    return tuple(map(float, sds))


def _pooled(case: DesignCase, place: str) -> Pooled | None:
    """Return the SD at a place over the arms that print one."""
    scores = {arm: score(case.trial, arm, case.outcome.name, place) for arm in case.arms}
    have = {arm: one for arm, one in scores.items() if _usable(one)}
    if not have:
        return None
    weights = {arm: one.size.n - 1 for arm, one in have.items() if one.size}
    square = sum(weights[arm] * one.sd.middle**2 for arm, one in have.items() if one.sd)
    notes = ", ".join(dict.fromkeys(one.note for one in have.values() if one.note))
    how = f"{notes} of" if notes else "printed for"
    words = f"{how} {' and '.join(have)} of {case.trial.id}"
    return Pooled(sd=math.sqrt(square / sum(weights.values())), words=words)


def _usable(one: Score) -> bool:
    return one.sd is not None and one.sd.middle > 0 and one.size is not None and one.size.n > 1


def _as_printed(
    case: DesignCase, notes: Notes, printed: Sequence[Pooled | None]
) -> tuple[float, ...] | None:
    """Return the SDs at the visits; a visit without one takes that of the visit before."""
    first = next((each for each in printed if each is not None), None)
    if first is None:
        return None
    found: list[float] = []
    for visit, each in zip(case.visits, printed, strict=True):
        if each is not None:
            found.append(rounded(each.sd))
            notes.route.append(f"SD at {visit}: {short(each.sd)}, {each.words}.")
        else:
            found.append(found[-1] if found else rounded(first.sd))
            near = "the visit before" if len(found) > 1 else "the first visit with one"
            notes.route.append(f"SD at {visit}: not printed, taken as at {near}.")
    return tuple(found)


def _correlation(
    case: DesignCase,
    notes: Notes,
    sds: Sequence[float] | None,
    changes: Sequence[Pooled | None],
) -> float | None:
    r"""Return the correlation with the baseline, a mean over the visits.

    At each it is :math:`(s_0^2 + s_v^2 - s_\Delta^2) / (2 s_0 s_v)`.
    """
    if sds is None or len(sds) != len(case.visits):
        return None
    found = []
    for visit, sd, change in zip(case.visits[1:], sds[1:], changes, strict=True):
        if change is None:
            continue
        rho = (sds[0] ** 2 + sd**2 - change.sd**2) / (2 * sds[0] * sd)
        if not -1 < rho < 1:
            notes.missing.append(
                f"the SD of change at {visit} ({short(change.sd)}) cannot be that of scores with "
                f"SDs {short(sds[0])} and {short(sd)}; give correlation="
            )
            return None
        found.append(rho)
        notes.route.append(
            f"Correlation of baseline and {visit}: {short(rho)}, from the SD of change "
            f"{short(change.sd)}, {change.words}."
        )
    if found and len(case.visits) > 2:
        notes.route.append(
            "Correlation between any two visits: the mean of these; between visits after baseline "
            "nothing is printed."
        )
    return rounded(sum(found) / len(found)) if found else None


def _assumed(notes: Notes, *, refuse: bool) -> float | None:
    if refuse:
        notes.missing.append(
            "the correlation of the visits is not printed; give correlation=, as in correlation=0.5"
        )
        return None
    notes.route.append(
        f"Correlation: {short(ASSUMED)} is an ASSUMPTION; nothing printed gives one. Give "
        "one of your own where you know it."
    )
    return ASSUMED


def _from_change(
    case: DesignCase, notes: Notes, changes: Sequence[Pooled | None], rho: float
) -> tuple[float, ...] | None:
    r"""Return SDs of scores as :math:`s_\Delta / \sqrt{2 (1 - r)}`, the same at every visit."""
    change = next((each for each in reversed(changes) if each is not None), None)
    change = change or _from_p(case)
    if change is None:
        notes.missing.append(
            f"no SD of {case.outcome.name} is printed, and no interval or p it follows from; give "
            f"sds=, one for each of {', '.join(case.visits)}, or the id of another trial"
        )
        return None
    sd = rounded(change.sd / math.sqrt(2 * (1 - rho)))
    notes.route.append(f"SD of change: {short(change.sd)}, {change.words}.")
    notes.route.append(
        f"SDs: {short(sd)} at every visit, the SD of change over sqrt(2 (1 - {short(rho)})); no "
        "SD of scores is printed."
    )
    return (sd,) * len(case.visits)


def _from_p(case: DesignCase) -> Pooled | None:
    """Return the SD of change behind the p of two printed mean changes, with what digits allow."""
    for visit in reversed(case.visits[1:]):
        for figure in case.trial.find(outcome=case.outcome.name, timepoint=f"change {visit}"):
            arms, sizes = pair(case.trial, figure.contrast), sizes_of(case.trial, figure)
            p = figure.printed.value
            if figure.statistic != "p" or arms is None or sizes is None or p is None:
                continue
            gap = change_span(case.trial, case.outcome.name, arms, visit)
            if gap is None or not 0 < p < 1 or gap.middle == 0:
                continue
            n1, n2 = sizes[0].n, sizes[1].n
            root = math.sqrt(1 / n1 + 1 / n2)
            reach = gap.size().over(t_span_from_p(Span.of(figure.printed), n1 + n2 - 2))
            low, high = (end / root for end in (reach.low, reach.high))
            test = "no test is named, taken as" if figure.test == "unstated" else "by"
            words = (
                f"behind the difference {short(abs(gap.middle))} of {' and '.join(arms)} and its "
                f"{_p_words(figure.printed.text)} ({figure.source} of {case.trial.id}; {test} a t "
                f"test with n {n1} and {n2}); the digits printed allow {short(low)} to "
                f"{short(high)}"
            )
            return Pooled(sd=sd_from_two_group_p(gap.middle, p, n1, n2), words=words)
    return None


def _p_words(text: str) -> str:
    return text if text[:1] in "pP" else f"p {text}"
