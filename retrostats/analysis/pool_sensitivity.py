"""Pool the same question under other choices, to see whether the answer holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from retrostats.analysis.collect import collect_again
from retrostats.analysis.collecting.collected import Collected
from retrostats.analysis.collecting.sensitivity_table import PoolSensitivity, PoolSensitivityRow
from retrostats.effects.arguments import is_number
from retrostats.errors import DataError, RetrostatsError
from retrostats.estimate import Estimate
from retrostats.meta.inference import TESTS, TestName
from retrostats.meta.pool import pool
from retrostats.meta.studies import listed_estimates, listed_names
from retrostats.meta.tau.estimators import TauName, TauSquared, find_estimator

#: Correlations of scores before and after that trials of pain and function tend to show.
CORRELATIONS = (0.3, 0.5, 0.7, 0.9)

_LEFT_OUT, _AT_BOUND = "bounds of p left out", "bounds of p taken at the bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Trials and the way in which they are pooled."""

    estimates: tuple[Estimate, ...]
    studies: tuple[str, ...]
    tau2: TauName | TauSquared
    test: TestName
    level: float


def pool_sensitivity(
    estimates: Collected | Iterable[Estimate],
    *,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    correlations: Sequence[float] = CORRELATIONS,
    studies: Sequence[str] | None = None,
) -> PoolSensitivity:
    """Pool under other estimators, tests and assumptions, and without each trial, as one table.

    Use it beside `pool`, to show how far the answer rests on choices that readers may make
    otherwise; not to pick the row that one likes: the first is the one that was planned.

    Parameters
    ----------
    estimates
        What `collect` gives, whose correlations, p values and bounds are varied too; or a list or
        table of estimates, of which only the pooling is varied.
    tau2, test, level
        Of the first row, as in `pool`.
    correlations
        To impute in place of the one of the collection.
    studies
        Names of the trials; by default those of the collection, else the labels.

    Returns
    -------
    PoolSensitivity
        One row per choice; a row that cannot be computed says why.

    Raises
    ------
    TypeError
        If what is given is no sequence of estimates.
    ValueError
        If a word or a number is none of those above.
    DataError
        If there is not one name for each estimate.

    Examples
    --------
    >>> import retrostats as rs
    >>> table = rs.pool_sensitivity(rs.collect("pain"))
    >>> len(table), len(table.differing)
    (21, 4)
    >>> print(table.rows[-1].note)
    1 estimate given, and 2 or more are needed; one trial is not pooled, report its own estimate
    """
    find_estimator(tau2)
    given = listed_estimates("pool_sensitivity", estimates)
    known = getattr(estimates, "studies", [e.label for e in given]) if studies is None else studies
    names = listed_names("pool_sensitivity", known)
    if len(names) != len(given):
        raise DataError(
            f"pool_sensitivity: {len(names)} names of studies for {len(given)} estimates; "
            "give one each"
        )
    _require_correlations(correlations)
    planned = _Choice(estimates=given, studies=names, tau2=tau2, test=test, level=level)
    rows = [_row("", "as planned", planned), *_pooling_rows(planned)]
    if isinstance(estimates, Collected):
        rows += _figure_rows(planned, estimates, correlations)
    rows += _rows_without_each(planned)
    return PoolSensitivity(caption=_caption(planned, estimates), rows=tuple(_marked(rows)))


def _require_correlations(given: object) -> None:
    """Refuse what is no list of correlations, whether or not they are used."""
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else None
    if listed is None or not all(is_number(r) and -1 < r < 1 for r in listed):
        raise ValueError(
            "pool_sensitivity: correlations must be a list of numbers between -1 and 1; "
            f"got {given!r}"
        )


def _row(group: str, label: str, choice: _Choice, note: str = "") -> PoolSensitivityRow:
    """Return the pooled effect under a choice, or why there is none."""
    k = len(choice.estimates)
    try:
        found = pool(
            choice.estimates,
            tau2=choice.tau2,
            test=choice.test,
            level=choice.level,
            studies=choice.studies,
        )
    except RetrostatsError as error:
        return PoolSensitivityRow(
            group=group,
            label=label,
            k=k,
            pooled=None,
            tau2=math.nan,
            i2=math.nan,
            prediction=None,
            differs=False,
            note="; ".join(filter(None, [note, str(error).removeprefix("pool: ")])),
        )
    return PoolSensitivityRow(
        group=group,
        label=label,
        k=k,
        pooled=found.pooled,
        tau2=found.tau2,
        i2=found.i2,
        prediction=found.prediction,
        differs=False,
        note=note,
    )


def _pooling_rows(planned: _Choice) -> Iterator[PoolSensitivityRow]:
    """Yield every other estimator of tau squared, and every other test."""
    first = find_estimator(planned.tau2)[0]
    for name in get_args(TauName):
        if name != first:
            yield _row("Variance between trials", name, replace(planned, tau2=name))
    for test in TESTS:
        if test != planned.test:
            yield _row("Test", test, replace(planned, test=test))


def _figure_rows(
    planned: _Choice, collected: Collected, correlations: Sequence[float]
) -> Iterator[PoolSensitivityRow]:
    """Yield what other readings of the printed figures give."""
    asked = collected.request
    if asked.scale == "g":
        for r in correlations:
            if r != asked.correlation:
                other = _with(planned, collect_again(collected, correlation=r))
                yield _row("Imputed correlation", f"r = {r:g}", other)
    yield _without(
        planned, collected, "without trials known by p alone", lambda i: collected.chosen[i].from_p
    )
    bounds, label = (
        ("at the bound", _AT_BOUND) if asked.bounds == "left out" else ("left out", _LEFT_OUT)
    )
    again = collect_again(collected, bounds=bounds)
    same = tuple(again) == tuple(collected)
    note = "nothing changes: no further bound can be used" if same else ""
    yield _row("Figures", label, _with(planned, again), note)


def _with(planned: _Choice, collected: Collected) -> _Choice:
    return replace(planned, estimates=tuple(collected), studies=collected.studies)


def _without(
    planned: _Choice, collected: Collected, label: str, drop: Callable[[int], bool]
) -> PoolSensitivityRow:
    kept = [i for i in range(len(collected)) if not drop(i)]
    note = "" if len(kept) < len(collected) else "nothing changes: none is known by p alone"
    return _row("Figures", label, _some(planned, kept), note)


def _some(planned: _Choice, kept: Sequence[int]) -> _Choice:
    return replace(
        planned,
        estimates=tuple(planned.estimates[i] for i in kept),
        studies=tuple(planned.studies[i] for i in kept),
    )


def _rows_without_each(planned: _Choice) -> Iterator[PoolSensitivityRow]:
    everyone = range(len(planned.estimates))
    for left in everyone:
        kept = [i for i in everyone if i != left]
        yield _row("Leaving out", planned.studies[left], _some(planned, kept))


def _marked(rows: Sequence[PoolSensitivityRow]) -> Iterator[PoolSensitivityRow]:
    """Mark the rows whose interval tells another story than that of the first."""
    first = _conclusion(rows[0])
    for row in rows:
        own = _conclusion(row)
        known = first is not None and own is not None
        yield replace(row, differs=known and own != first)


def _conclusion(row: PoolSensitivityRow) -> int | None:
    """Return the side of 0 on which the interval lies, 0 where it holds 0."""
    if row.pooled is None:
        return None
    low, high, _ = row.pooled.ci
    return int(low > 0) - int(high < 0)


def _caption(planned: _Choice, estimates: Collected | Iterable[Estimate]) -> str:
    name = find_estimator(planned.tau2)[0]
    of = f"{estimates.request.title}, pooled" if isinstance(estimates, Collected) else "Pooled"
    return f"{of} under other choices; as planned: {name}, {planned.test}"
