"""The participant flow of CONSORT as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from retrostats.description.types import ArmFlow, Counts, Flow
from retrostats.layout import Layout
from retrostats.tables.cells import Cell, LongTable

_Line = tuple[int, tuple[str, ...]]


def flow_layout(flow: Flow, *, caption: str = "") -> Layout:
    """Lay out the participant flow: a row per stage, a column per arm and one for all.

    Parameters
    ----------
    flow
        What became of the subjects.
    caption
        Above the table.
    """
    lines = list(_lines(flow))
    return Layout(
        caption=caption,
        header=("", *(arm.name for arm in flow.arms), "All"),
        rows=tuple(cells for _, cells in lines),
        indents=tuple(depth for depth, _ in lines),
    )


def _lines(flow: Flow) -> Iterator[_Line]:
    blank = ("",) * len(flow.arms)
    if flow.assessed is not None:
        yield 0, ("Assessed for eligibility", *blank, str(flow.assessed))
    if flow.not_randomised:
        yield 0, ("Not randomised", *blank, str(sum(n for _, n in flow.not_randomised)))
        for reason, n in flow.not_randomised:
            yield 1, (reason, *blank, str(n))
    yield 0, _counted("Randomised", flow, lambda arm: arm.randomised)
    yield 0, ("Attended", *blank, "")
    for place, visit in enumerate(flow.visits):
        yield 1, _counted(visit, flow, lambda arm, place=place: arm.attended[place])  # type: ignore[misc]
    yield from _reasons("Left the trial", flow, lambda arm: arm.withdrawn)
    yield 0, _counted(f"Analysed: {flow.endpoint}", flow, lambda arm: arm.analysed)
    yield from _reasons("Excluded from the analysis", flow, lambda arm: arm.excluded)
    yield from _reasons("Not analysed", flow, lambda arm: arm.not_analysed)


def _counted(label: str, flow: Flow, count: Callable[[ArmFlow], int]) -> tuple[str, ...]:
    counts = [count(arm) for arm in flow.arms]
    return (label, *map(str, counts), str(sum(counts)))


def _reasons(label: str, flow: Flow, counts: Callable[[ArmFlow], Counts]) -> Iterator[_Line]:
    """Yield how many, then a row per reason in the order of its first mention."""
    reasons = dict.fromkeys(reason for arm in flow.arms for reason, _ in counts(arm))
    if reasons:
        yield 0, _counted(label, flow, lambda arm: sum(n for _, n in counts(arm)))
    for reason in reasons:
        yield 1, _counted(reason, flow, _times(reason, counts))


def _times(reason: str, counts: Callable[[ArmFlow], Counts]) -> Callable[[ArmFlow], int]:
    return lambda arm: sum(n for word, n in counts(arm) if word == reason)


def flow_rows(flow: Flow) -> LongTable:
    """Return a row per stage, arm and visit or reason; the arm of the screening is empty."""
    rows: list[tuple[Cell, ...]] = []
    if flow.assessed is not None:
        rows.append(("assessed", "", "", flow.assessed))
    rows += [("not randomised", "", reason, n) for reason, n in flow.not_randomised]
    for arm in flow.arms:
        parts = chain(
            [("randomised", "", arm.randomised)],
            (("excluded", reason, n) for reason, n in arm.excluded),
            (("attended", v, n) for v, n in zip(flow.visits, arm.attended, strict=True)),
            (("withdrawn", reason, n) for reason, n in arm.withdrawn),
            [("analysed", flow.endpoint, arm.analysed)],
            (("not analysed", reason, n) for reason, n in arm.not_analysed),
        )
        rows += [(stage, arm.arm, detail, n) for stage, detail, n in parts]
    return ("stage", "arm", "detail", "n"), tuple(rows)
