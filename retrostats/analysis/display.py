"""An analysis as text and as HTML: the answer, every planned contrast, what to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrostats.estimate import TIDY_COLUMNS, Estimate, tidy_row
from retrostats.layout import (
    Layout,
    Written,
    decimals,
    limits,
    number,
    p_number,
    percent,
    true_minus,
)
from retrostats.layout.html import bold, caveats, paragraphs

if TYPE_CHECKING:
    import pandas as pd

    from retrostats.analysis.types import Analysis, EndpointResult


def analysis_text(analysis: Analysis) -> str:
    """Return what a terminal shows."""
    lines = [*_head(analysis), "", contrast_layout(analysis.endpoints).text()]
    lines += ["", *(f"Caveat: {caveat}" for caveat in analysis.caveats)] if analysis.caveats else []
    return "\n".join(lines)


def analysis_html(analysis: Analysis) -> str:
    """Return what a notebook shows."""
    title, *head = map(true_minus, _head(analysis))
    table = contrast_layout(analysis.endpoints).html()
    return bold(title) + paragraphs(*head) + table + caveats(analysis.caveats)


def _head(analysis: Analysis) -> list[str]:
    title = analysis.cohort.codebook.title
    simulated = ["The data are simulated."] if analysis.cohort.codebook.simulated else []
    flow, primary = analysis.flow, analysis.primary
    numbers = f"{flow.randomised} randomised, {flow.analysed} analysed: {primary.model.kind}"
    planned = primary.planned[0]
    answer = f"{primary.outcome.label}, {primary.visit.label}. {planned.estimate}"
    return [title, *simulated, numbers, answer, planned.judgement.sentence]


def contrast_layout(endpoints: Sequence[EndpointResult]) -> Layout:
    """Return every planned contrast as a table.

    Parameters
    ----------
    endpoints
        The primary one first; all intervals have one level.
    """
    adjusted = any(c.adjusted_p is not None for e in endpoints for c in e.planned)
    level = percent(endpoints[0].planned[0].estimate.ci.level)
    rows = [
        (
            f"{endpoint.outcome.label}, {endpoint.visit.label}: {contrast.comparison.label}",
            endpoint.outcome.unit,
            *_cells(contrast.estimate),
            *([_adjusted(contrast.adjusted_p)] if adjusted else []),
        )
        for endpoint in endpoints
        for contrast in endpoint.planned
    ]
    extra = ("adjusted p",) if adjusted else ()
    header = ("", "Unit", "Difference", Written(f"{level} CI"), "p", *extra)
    return Layout(caption="Planned contrasts", header=header, rows=tuple(rows), words=2)


def contrast_frame(endpoints: Sequence[EndpointResult]) -> pd.DataFrame:
    """Return every planned contrast as a row of a data frame, numbers as they are."""
    import pandas as pd

    rows = [
        (
            endpoint.outcome.name,
            endpoint.visit.label,
            endpoint.role,
            *tidy_row(contrast.estimate),
            contrast.adjusted_p,
            contrast.judgement.verdict,
        )
        for endpoint in endpoints
        for contrast in endpoint.planned
    ]
    columns = ["outcome", "visit", "role", *TIDY_COLUMNS, "adjusted_p", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _cells(estimate: Estimate) -> tuple[str, str, str]:
    places = decimals(estimate.se)
    interval = limits(*estimate.ci[:2], places)
    return number(estimate.value, places), interval, p_number(estimate.p)


def _adjusted(p: float | None) -> str:
    return "" if p is None else p_number(p)
