"""Every table of the report for programs and spreadsheets: one CSV each, in long form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.report.analysis.effects import contrast_lines
from retrostats.report.analysis.further import sensitivity_lines, subgroup_sizes
from retrostats.report.analysis.keys import endpoint_keys
from retrostats.report.analysis.missing import missing_rows, tipping_rows
from retrostats.report.exports import round_number
from retrostats.tables.adherence import adherence_rows_long
from retrostats.tables.baseline import baseline_difference_rows, baseline_rows
from retrostats.tables.cells import ESTIMATE_COLUMNS, Cell, LongTable, plain, plain_estimate
from retrostats.tables.contrasts import contrasts_rows
from retrostats.tables.flow import flow_rows
from retrostats.tables.models import means_rows, tests_rows
from retrostats.tables.outcomes import outcomes_rows
from retrostats.tables.responders import responders_rows
from retrostats.tables.sensitivity import sensitivity_rows
from retrostats.tables.spreadsheet import harmless

#: Every name that `csv_tables` can give: an older file of this name is from an older run.
NAMES = (
    "flow", "baseline", "baseline_differences", "outcomes", "contrasts", "means", "differences",
    "responders", "improvement", "sensitivity", "missing", "tipping", "subgroups", "adherence",
    "tests", "parameters",
)  # fmt: skip


def csv_tables(analysis: Analysis) -> dict[str, str]:
    """Return the text of each table by its name without suffix; tables without rows are left out.

    Parameters
    ----------
    analysis
        The answers. No subject is named in any table.
    """
    by_endpoint = endpoint_keys(analysis)
    found: dict[str, LongTable] = {
        "flow": flow_rows(analysis.flow),
        "baseline": baseline_rows(analysis.baseline),
        "baseline_differences": baseline_difference_rows(analysis.baseline),
        "outcomes": outcomes_rows(analysis.outcomes),
        "contrasts": contrasts_rows(contrast_lines(analysis)),
        "means": _stacked((key, _means(result)) for key, result in by_endpoint),
        "differences": _differences(analysis),
        "responders": _stacked(
            (str(place), responders_rows(table))
            for place, table in enumerate(analysis.responders, start=1)
        ),
        "improvement": _improvement(analysis),
        "sensitivity": sensitivity_rows(sensitivity_lines(analysis)),
        "missing": missing_rows(analysis),
        "tipping": tipping_rows(analysis),
        "subgroups": _subgroups(analysis),
        "adherence": adherence_rows_long(analysis.adherence),
        "tests": _stacked((key, tests_rows(r.model.tests)) for key, r in by_endpoint),
        "parameters": _parameters(analysis),
    }
    return {name: as_csv(found[name]) for name in NAMES if found[name][1]}


def as_csv(table: LongTable) -> str:
    """Return a table as CSV text: byte order mark, line feeds, no cell that is a formula.

    Parameters
    ----------
    table
        Names of the columns, and rows. Numbers get 12 significant digits; None is empty.
    """
    header, rows = table
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return repr(round_number(float(value))) if isinstance(value, float) else harmless(str(value))


def _stacked(tables: Iterable[tuple[str, LongTable]]) -> LongTable:
    """Return tables of the same columns below one another, each row with the key of its table."""
    header: tuple[str, ...] = ()
    found: list[tuple[Cell, ...]] = []
    for key, (columns, rows) in tables:
        header = ("key", *columns)
        found += [(key, *row) for row in rows]
    return header, tuple(found)


def _means(result: EndpointResult) -> LongTable:
    """Return the means of an endpoint with the subjects behind each."""
    header, rows = means_rows(result.means)
    visit, arm = header.index("visit"), header.index("arm")
    counted = tuple((*row, result.counts[str(row[visit])][str(row[arm])]) for row in rows)
    return (*header, "n"), counted


def _differences(analysis: Analysis) -> LongTable:
    rows = tuple(
        (key, visit, estimate.label, estimate.unit, *plain_estimate(estimate))
        for key, result in endpoint_keys(analysis)
        for visit, table in result.differences.items()
        for estimate in table
    )
    return ("key", "visit", "comparison", "unit", *ESTIMATE_COLUMNS), rows


def _improvement(analysis: Analysis) -> LongTable:
    rows = tuple(
        (name, curve.arm, curve.unit, curve.n, improvement, share)
        for name, curves in analysis.curves.items()
        for curve in curves
        for improvement, share in zip(curve.improvements, curve.shares, strict=True)
    )
    return ("outcome", "arm", "unit", "n", "improvement", "share_with_at_least"), rows


def _subgroups(analysis: Analysis) -> LongTable:
    header = (
        "covariate", "subgroup", "subjects", "unit", *ESTIMATE_COLUMNS, "interaction_df_numerator",
        "interaction_df_denominator", "interaction_f", "interaction_p",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for result in analysis.subgroups:
        sizes = subgroup_sizes(result)
        for size, effect in zip(sizes, result.effects, strict=True):
            about = (result.covariate, effect.label, size, effect.unit)
            test = (plain(number) for number in result.interaction)
            rows.append((*about, *plain_estimate(effect), *test))
    return header, tuple(rows)


def _parameters(analysis: Analysis) -> LongTable:
    rows = tuple(
        (key, name, plain(value))
        for key, result in endpoint_keys(analysis)
        for name, value in result.model.parameters
    )
    return ("key", "parameter", "estimate"), rows
