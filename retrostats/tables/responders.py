"""Responders by arm, their difference in risk, and how many must be treated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from retrostats.description.types import ResponderTable
from retrostats.layout import Layout, Range, Written, p_number
from retrostats.tables.cells import (
    ESTIMATE_COLUMNS,
    Cell,
    LongTable,
    count_share,
    interval_head,
    names_of,
    plain_estimate,
    share,
)


def responders_layout(
    table: ResponderTable, *, names: Mapping[str, str] | None = None, caption: str | None = None
) -> Layout:
    """Lay out responders: a row per arm, then a row per comparison.

    Where subjects lack the outcome, or a percentage of their baseline is undefined, a row says how
    many in each arm; a comparison that could not be made says why.

    Parameters
    ----------
    table
        Responders by one definition.
    names
        Words for readers by label of the arm.
    caption
        Above the table; outcome and definition when omitted.
    """
    level = table.arms[0].proportion.ci.level
    size = min(arm.n for arm in table.arms)
    head = ("Responders: n of N (%)", "", "", "", "")
    rows: list[tuple[str, ...]] = [head]
    for name, arm in zip(names_of([a.arm for a in table.arms], names), table.arms, strict=True):
        counted = count_share(arm.responders, arm.n).replace(" (", f" of {arm.n} (")
        low, high = (share(end, arm.n) for end in arm.proportion.ci[:2])
        rows.append((name, counted, Written(Range(low, high)), "", ""))
    rows += _without(table, names)
    if table.comparisons or table.not_compared:
        rows.append(("Difference (percentage points)", "", "", "", ""))
    for line in table.comparisons:
        value, low, high = (
            share(part, size).removesuffix("%")
            for part in (line.difference.value, *line.difference.ci[:2])
        )
        p, needed = p_number(line.difference.p), Written(line.number_needed.text())
        rows.append((line.label, value, Written(Range(low, high)), p, needed))
    rows += [(label, f"not compared: {reason}") for label, reason in table.not_compared]
    heads = [row[1] == "" for row in rows]
    return Layout(
        caption=f"{table.label}: {table.definition}" if caption is None else caption,
        header=("", "Value", interval_head([level]), "p", "Number needed to treat"),
        rows=tuple(rows),
        closing_words=1,
        indents=tuple(0 if head else 1 for head in heads),
    )


def _without(table: ResponderTable, names: Mapping[str, str] | None) -> Iterator[tuple[str, str]]:
    """Yield what subjects lack and how many of each arm; nothing where none does."""
    arms = names_of([arm.arm for arm in table.arms], names)
    for label, counts in (
        ("Outcome missing", [arm.missing for arm in table.arms]),
        ("Left out, baseline of 0", [arm.undefined for arm in table.arms]),
    ):
        if any(counts):
            told = (f"{name} {count}" for name, count in zip(arms, counts, strict=True))
            yield label, ", ".join(told)


def responders_rows(table: ResponderTable) -> LongTable:
    """Return a row per arm, per comparison, and per comparison that could not be made.

    Their kinds are ``"arm"``, ``"comparison"`` and ``"not compared"``; only the last has a reason.
    """
    header = (
        "outcome", "visit", "definition", "missing_rule", "kind", "label", "responders", "n",
        "missing", "undefined", *ESTIMATE_COLUMNS, "number_needed", "number_needed_best",
        "number_needed_worst", "reason",
    )  # fmt: skip
    about = (table.outcome, table.visit, table.definition, table.missing_rule)
    rows: list[tuple[Cell, ...]] = []
    for arm in table.arms:
        low, high, level = arm.proportion.ci
        proportion = (arm.proportion.value, None, None, low, high, level, None)
        counts = (arm.responders, arm.n, arm.missing, arm.undefined)
        rows.append((*about, "arm", arm.arm, *counts, *proportion, None, None, None, None))
    for line in table.comparisons:
        needed = (line.number_needed.value, *line.number_needed.limits)
        estimate = plain_estimate(line.difference)
        nobody = (None,) * 4
        rows.append((*about, "comparison", line.label, *nobody, *estimate, *needed, None))
    between = len(header) - len(about) - 3
    for label, reason in table.not_compared:
        rows.append((*about, "not compared", label, *(None,) * between, reason))
    return header, tuple(rows)
