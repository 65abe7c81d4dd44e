"""What a model says beside its contrasts: marginal means, and the tests of its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, df_numbers, limits, number, p_number
from retrostats.tables.cells import (
    ESTIMATE_COLUMNS,
    LongTable,
    estimate_places,
    interval_head,
    known,
    names_of,
    plain,
    plain_estimate,
)

#: A test of a model term: its name, numerator and denominator df, F, and p.
TermTest = tuple[str, float, float, float, float]


def means_layout(
    means: Mapping[str, EstimateTable],
    *,
    names: Mapping[str, str] | None = None,
    caption: str = "",
) -> Layout:
    """Lay out marginal means, a heading per visit and a row per arm below it.

    Parameters
    ----------
    means
        A table of the arms by label of the visit, all in one unit and at one level.
    names
        Words for readers by label of the estimate.
    caption
        Above the table.

    Raises
    ------
    ValueError
        If there is no mean, or the tables mix units or levels.
    """
    every = [estimate for table in means.values() for estimate in table]
    if len({(estimate.unit, estimate.ci.level) for estimate in every}) != 1:
        raise ValueError("means_layout: give at least one mean, all in one unit and at one level")
    places = estimate_places(every)
    unit = f" ({every[0].unit})" if every[0].unit else ""
    header = ("", f"Mean{unit}", "SE", interval_head([every[0].ci.level]))
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    for visit, table in means.items():
        rows += [(visit, "", "", ""), *(_mean(estimate, places, names) for estimate in table)]
        indents += [0, *[1] * len(table)]
    return Layout(caption=caption, header=header, rows=tuple(rows), indents=tuple(indents))


def _mean(estimate: Estimate, places: int, names: Mapping[str, str] | None) -> tuple[str, ...]:
    numbers = number(estimate.value, places), known(estimate.se, places)
    return (*names_of([estimate.label], names), *numbers, limits(*estimate.ci[:2], places))


def means_rows(means: Mapping[str, EstimateTable]) -> LongTable:
    """Return a row per visit and arm."""
    rows = tuple(
        (visit, estimate.label, estimate.unit, *plain_estimate(estimate))
        for visit, table in means.items()
        for estimate in table
    )
    return ("visit", "arm", "unit", *ESTIMATE_COLUMNS), rows


def tests_layout(tests: Sequence[TermTest], *, caption: str = "") -> Layout:  # noqa: PT028
    """Lay out type III tests, a row per term.

    Parameters
    ----------
    tests
        Term, numerator df, denominator df, F and p of each.
    caption
        Above the table.
    """
    first = df_numbers([test[1] for test in tests])
    second = df_numbers([test[2] for test in tests])
    rows = tuple(
        (term, above, below, number(statistic, 2), p_number(p))
        for (term, _, _, statistic, p), above, below in zip(tests, first, second, strict=True)
    )
    header = ("", "Numerator df", "Denominator df", "F", "p")
    return Layout(caption=caption, header=header, rows=rows)


def tests_rows(tests: Sequence[TermTest]) -> LongTable:
    """Return a row per term."""
    rows = tuple((term, *map(plain, numbers)) for term, *numbers in tests)
    return ("term", "df_numerator", "df_denominator", "f", "p"), rows
