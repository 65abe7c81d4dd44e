"""What was collected, as a table of words, as a data frame, and as plain values."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrostats.analysis.collecting.types import Candidate
from retrostats.estimate import tidy_row
from retrostats.layout import Layout, decimals, limits, number, percent

if TYPE_CHECKING:
    import pandas as pd

    from retrostats.analysis.collecting.collected import Collected

#: Columns of `Collected.tidy`.
COLUMNS = (
    "trial",
    "label",
    "contrast",
    "outcome",
    "instrument",
    "timepoint",
    "route",
    "chosen",
    "estimate",
    "se",
    "df",
    "ci_low",
    "ci_high",
    "level",
    "p",
    "unit",
    "rounding_low",
    "rounding_high",
    "kind",
    "why",
    "caveats",
)


def collected_layout(collected: Collected, title: str) -> Layout:
    """Return the chosen estimates, then the trials that contribute nothing, as cells."""
    levels = {row.estimate.ci.level for row in collected.chosen if row.estimate is not None}
    interval = f"{percent(next(iter(levels)))} CI" if len(levels) == 1 else "CI"
    header = ("", "Comparison", "Outcome", "Time", "From", "Estimate", interval, "Notes")
    rows: list[tuple[str, ...]] = [_cells(row) for row in collected.chosen]
    indents = [0] * len(rows)
    if collected.left_out:
        rows.append(("Left out", ""))
        rows += [(one.label, one.reason) for one in collected.left_out]
        indents += [0] + [1] * len(collected.left_out)
    return Layout(
        caption=f"{title}. {collected.direction}",
        header=header,
        rows=tuple(rows),
        words=5,
        closing_words=1,
        indents=tuple(indents),
    )


def _cells(row: Candidate) -> tuple[str, ...]:
    estimate = row.estimate
    if estimate is None:
        raise ValueError(f"{row.label}: a chosen row holds no estimate")
    places = decimals(estimate.se)
    return (
        estimate.label,
        row.contrast,
        row.outcome,
        row.timepoint,
        row.route,
        number(estimate.value, places),
        limits(estimate.ci.low, estimate.ci.high, places),
        "; ".join([*row.caveats, *rounding_words(row)]),
    )


def rounding_words(row: Candidate) -> list[str]:
    """Say which values the printed digits allow, in a list of one or none."""
    if row.rounding is None:
        return []
    low, high = row.rounding
    ends = [f"{end:.2f}" if math.isfinite(end) else "no end" for end in (low, high)]
    return [f"rounding allows {ends[0]} to {ends[1]}"] if ends[0] != ends[1] else []


def tidy_candidates(collected: Collected) -> pd.DataFrame:
    """Return every candidate, and every trial that has none, as a data frame."""
    import pandas as pd

    rows: list[tuple[object, ...]] = [_tidy(row) for row in collected.rows]
    seen = {row.trial for row in collected.rows}
    blank = ("",) * 5
    none = (math.nan,) * 7
    rows += [
        (one.trial, one.label, *blank, False, *none, "", math.nan, math.nan, "", one.reason, "")
        for one in collected.left_out
        if one.trial not in seen
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame.attrs["caption"] = collected.layout().caption
    return frame


def _tidy(row: Candidate) -> tuple[object, ...]:
    numbers = tidy_row(row.estimate)[1:] if row.estimate else (*(math.nan,) * 7, "")
    return (
        row.trial,
        row.label,
        row.contrast,
        row.outcome,
        row.instrument,
        row.timepoint,
        row.route,
        row.chosen,
        *numbers,
        *(row.rounding or (math.nan, math.nan)),
        row.kind,
        row.why,
        "; ".join(row.caveats),
    )


def collected_dict(collected: Collected) -> dict[str, Any]:
    """Return plain JSON values of a collection; numbers that JSON lacks become ``None``."""
    asked = collected.request
    return {
        "outcome": asked.outcome,
        "scale": asked.scale,
        "timepoint": asked.timepoint,
        "correlation": asked.correlation,
        "bounds": asked.bounds,
        "compare": None if asked.compare is None else list(asked.compare),
        "direction": collected.direction,
        "counts": asdict(collected.counts),
        "rows": [_plain(row) for row in collected.rows],
        "left_out": [asdict(one) for one in collected.left_out],
    }


def _plain(row: Candidate) -> dict[str, Any]:
    names = ("trial", "label", "contrast", "outcome", "instrument", "timepoint", "route")
    ends = row.rounding
    return {
        **{name: getattr(row, name) for name in names},
        "estimate": None if row.estimate is None else row.estimate.to_dict(),
        "chosen": row.chosen,
        "why": row.why,
        "caveats": list(row.caveats),
        "rounding": None if ends is None else [x if math.isfinite(x) else None for x in ends],
        "kind": row.kind,
    }
