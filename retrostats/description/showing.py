"""What describes a trial, as a notebook shows it: flow, missing values, agreement, responders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from retrostats.estimate import EstimateTable
from retrostats.layout import Layout, limits, number, p_number, percent
from retrostats.layout.html import facts, listed, small

if TYPE_CHECKING:
    from retrostats.description.types import (
        Agreement,
        Counts,
        Flow,
        MissingPatterns,
        ResponderTable,
    )

#: Decimals of a share of an arm.
_SHARE = 3
_LEFT = "left out, because a measurement is missing"


def flow_html(flow: Flow) -> str:
    """Return the participant flow with a column for each arm.

    Parameters
    ----------
    flow
        Of a cohort or a publication.
    """
    rows = [*_flow_rows(flow)]
    table = Layout(
        caption="Participant flow",
        header=("", *(arm.arm for arm in flow.arms)),
        rows=tuple(row for _, row in rows),
        indents=tuple(depth for depth, _ in rows),
    )
    told = (
        ("Assessed for eligibility", "" if flow.assessed is None else f"{flow.assessed:,}"),
        ("Not randomised", "; ".join(f"{reason} {count}" for reason, count in flow.not_randomised)),
        ("Endpoint", flow.endpoint),
    )
    return facts(told) + table.html()


def _flow_rows(flow: Flow) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield how deep each row is indented, and its cells."""
    arms = flow.arms
    yield 0, ("Randomised", *(str(arm.randomised) for arm in arms))
    yield from _reasons("Excluded by the plan", [arm.excluded for arm in arms])
    for place, visit in enumerate(flow.visits):
        yield 0, (f"Seen, {visit}", *(str(arm.attended[place]) for arm in arms))
    yield from _reasons("Withdrawn", [arm.withdrawn for arm in arms])
    yield from _reasons("Not analysed", [arm.not_analysed for arm in arms])
    yield 0, ("Analysed", *(str(arm.analysed) for arm in arms))


def _reasons(title: str, counts: Sequence[Counts]) -> Iterator[tuple[int, tuple[str, ...]]]:
    reasons = dict.fromkeys(reason for each in counts for reason, _ in each)
    if reasons:
        yield 0, (title, *[""] * len(counts))
    for reason in reasons:
        yield 1, (reason, *(str(dict(each).get(reason, 0)) for each in counts))


def patterns_html(patterns: MissingPatterns) -> str:
    """Return the patterns of visits seen and missed, and how many subjects have each.

    Parameters
    ----------
    patterns
        Of one outcome.
    """
    rows = tuple(
        (
            *("seen" if seen else "missed" for seen in pattern.seen),
            *map(str, pattern.counts),
            str(pattern.total),
        )
        for pattern in patterns.patterns
    )
    sizes = ", ".join(f"{a} {n}" for a, n in zip(patterns.arms, patterns.sizes, strict=True))
    table = Layout(
        caption=f"Missing values of {patterns.outcome}; subjects: {sizes}",
        header=(*patterns.visits, *patterns.arms, "all"),
        rows=rows,
        words=len(patterns.visits),
    )
    return table.html()


def agreement_html(agreement: Agreement) -> str:
    """Return bias and limits of agreement with their intervals.

    Parameters
    ----------
    agreement
        Of two measurements of the same subjects.
    """
    caption = f"Agreement, {agreement.second} minus {agreement.first}"
    table = EstimateTable(caption, (agreement.bias, agreement.lower, agreement.upper))
    told = [f"n = {len(agreement.differences)}"]
    told += [f"{agreement.missing} {_LEFT}"] * bool(agreement.missing)
    told += [f"the limits are to hold {percent(agreement.share)} of the differences"]
    return table.layout().html() + small("; ".join(told))


def responders_html(table: ResponderTable) -> str:
    """Return responders by arm, and the comparisons of the arms.

    Parameters
    ----------
    table
        By one definition.
    """
    arms = Layout(
        caption=f"Responders, {table.label}, {table.visit}: {table.definition}",
        header=("", "responders", "n", "missing", "share", "CI"),
        rows=tuple(
            (
                each.arm,
                *map(str, (each.responders, each.n, each.missing)),
                number(each.proportion.value, _SHARE) if each.n else "",
                limits(*each.proportion.ci[:2], _SHARE) if each.n else "",
            )
            for each in table.arms
        ),
    )
    compared = Layout(
        caption="",
        header=("", "risk difference", "CI", "p", "number needed to treat"),
        rows=tuple(
            (
                each.label,
                number(each.difference.value, _SHARE),
                limits(*each.difference.ci[:2], _SHARE),
                p_number(each.difference.p),
                each.number_needed.text(),
            )
            for each in table.comparisons
        ),
        closing_words=1,
    )
    not_compared = listed(f"{label}: {why}" for label, why in table.not_compared)
    return arms.html() + compared.html() + not_compared + small(table.missing_rule)
