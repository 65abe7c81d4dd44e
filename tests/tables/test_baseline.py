"""Table 1: cells as a journal prints them."""

import math

import pytest

from retrostats.description.types import BaselineRow, BaselineTable, CountCell, NumberCell
from retrostats.tables.baseline import baseline_difference_rows, baseline_layout, baseline_rows


def numbers(n, mean, sd, low, high, *, missing=0):
    return NumberCell(
        n=n, missing=missing, mean=mean, sd=sd, median=mean, q1=low, q3=high, low=low, high=high
    )


def counts(count, n, missing=0):
    return CountCell(count=count, n=n, missing=missing)


def row(name, label, cells, differences=(-0.126,), *, unit="", level="", overall=()):
    return BaselineRow(
        name=name, label=label, unit=unit, level=level, cells=cells, differences=differences,
        overall=overall,
    )  # fmt: skip


AGE = row(
    "age", "Age",
    (numbers(23, 57.16, 8.123, 41, 70), numbers(21, 55.04, 7.96, 40, 69, missing=1),
     numbers(44, 56.1, 8.0, 40, 70, missing=1)),
    (-0.264,), unit="years",
)  # fmt: skip
STRENGTH = row(
    "strength", "Strength",
    (numbers(23, 98.123, 20.5, 60.1, 140.2), numbers(1, 101.4, math.nan, 101.4, 101.4),
     numbers(24, 99.7, 19.8, 60.1, 140.2)),
    (math.nan,), unit="Nm",
)  # fmt: skip
SEX = tuple(
    row("sex", "Sex", (counts(a, 23), counts(b, 22), counts(a + b, 45)), (difference,),
        level=level, overall=overall)
    for level, a, b, difference, overall in (
        ("female", 14, 12, -0.126, (0.126,)), ("male", 9, 10, 0.126, ())
    )
)  # fmt: skip
TABLE = BaselineTable(
    arms=("control", "retro"),
    sizes=(23, 22),
    comparisons=("retro - control",),
    rows=(AGE, *SEX, STRENGTH),
)


def test_every_cell_as_printed():
    layout = baseline_layout(TABLE, {"control": "Usual care"}, caption="Table 1")
    assert layout.caption == "Table 1"
    assert layout.header == (
        "", "Usual care (n = 23)", "retro (n = 22)", "All (n = 45)",
        "Standardised difference, retro - control",
    )  # fmt: skip
    assert layout.rows == (
        ("Age, years: mean (SD)", "57.2 (8.1)", "55.0 (8.0)", "56.1 (8.0)", "-0.26"),
        ("missing: n", "0", "1", "1", ""),
        ("Sex: n (%)", "", "", "", ""),
        ("female", "14 (61%)", "12 (55%)", "26 (58%)", "-0.13"),
        ("male", "9 (39%)", "10 (45%)", "19 (42%)", "0.13"),
        ("Strength, Nm: mean (SD)", "98.1 (20.5)", "101.4 (–)", "99.7 (19.8)", "–"),
    )
    assert layout.indents == (0, 1, 0, 1, 1, 0)


def test_three_levels_have_their_distance_together_and_each_its_sign():
    grades = tuple(
        row("kl", "KL grade", (counts(5, 20),) * 3, differences, level=level, overall=overall)
        for level, differences, overall in (
            ("1", (-0.126, 0.0), (0.418, math.nan)), ("2", (0.3, 0.1), ()), ("3", (0.0, -0.1), ()),
        )
    )  # fmt: skip
    table = BaselineTable(
        arms=("a", "b"), sizes=(20, 20), comparisons=("b - a", "a - b"), rows=grades
    )
    assert [cells[-2:] for cells in baseline_layout(table).rows] == [
        ("0.42", "–"), ("-0.13", "0.00"), ("0.30", "0.10"), ("0.00", "-0.10"),
    ]  # fmt: skip
    assert [cells[-2:] for cells in baseline_difference_rows(table)[1]] == [
        (-0.126, 0.418), (0.0, None), (0.3, None), (0.1, None), (0.0, None), (-0.1, None),
    ]  # fmt: skip


def test_percentages_of_large_groups_have_a_decimal():
    cells = (counts(100, 199), counts(100, 200), counts(0, 0))
    table = BaselineTable(
        arms=("a", "b"),
        sizes=(199, 200),
        comparisons=(),
        rows=(row("x", "X", cells, (), level="l"),),
    )
    assert baseline_layout(table).rows[1] == ("l", "100 (50%)", "100 (50.0%)", "0 (–)")


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (1, 9, "5.0 (1.0)"),
        (1.5, 9, "5.00 (1.00)"),
        (0.1 + 0.2, 9, "5.00 (1.00)"),
        (1.25, 9, "5.000 (1.000)"),
        (1 / 3, 9.123456, "5.000 (1.000)"),
    ],
)
def test_means_have_a_decimal_more_than_was_measured(low, high, written):
    cell = numbers(20, 5.0, 1.0, low, high)
    table = BaselineTable(
        arms=("a",), sizes=(20,), comparisons=(), rows=(row("x", "X", (cell, cell), ()),)
    )
    assert baseline_layout(table).rows[0][1] == written


@pytest.mark.parametrize(
    ("mean", "sd", "low", "written"),
    [
        (11.274, 1.812, 8.14, "11.27 (1.81)"),  # measured to 0.01
        (229.71, 63.62, 114.8, "229.7 (63.6)"),  # to 0.1
        (9996.4, 812.4, 4000, "9996 (812)"),  # to 1
        (12345.6, 812.4, 4000, "12346 (812)"),
        (99.996, 8.12, 80.14, "100.0 (8.1)"),
        (-38.246, 4.153, -45.11, "-38.25 (4.15)"),
        (100.012, 0.034, 99.95, "100.012 (0.034)"),  # an SD keeps two digits
        (5.2, 1.46, 2, "5.2 (1.5)"),  # no finer than a tenth of what was measured
        (0.0, 0.0, 0.01, "0.000 (0.000)"),
    ],
)
def test_means_have_at_most_four_digits(mean, sd, low, written):
    cell = numbers(20, mean, sd, low, low + 5)
    table = BaselineTable(
        arms=("a",), sizes=(20,), comparisons=(), rows=(row("x", "X", (cell, cell), ()),)
    )
    assert baseline_layout(table).rows[0][1] == written


def test_groups_of_one_quantity_have_the_decimals_of_the_largest_mean():
    cells = (numbers(9, 9.874, 1.2, 8.14, 12.1), numbers(9, 101.234, 0.0, 8.14, 200.1))
    table = BaselineTable(arms=("a",), sizes=(9,), comparisons=(), rows=(row("x", "X", cells, ()),))
    assert baseline_layout(table).rows[0][1:] == ("9.9 (1.2)", "101.2 (0.0)")


def test_nobody_measured_is_a_dash():
    none = NumberCell(
        n=0, missing=5, mean=math.nan, sd=math.nan, median=math.nan, q1=math.nan, q3=math.nan,
        low=math.nan, high=math.nan,
    )  # fmt: skip
    table = BaselineTable(
        arms=("a",), sizes=(5,), comparisons=(), rows=(row("x", "X", (none, none), ()),)
    )
    assert baseline_layout(table).rows == (
        ("X: mean (SD)", "– (–)", "– (–)"),
        ("missing: n", "5", "5"),
    )


def test_rows_for_machines_keep_every_digit():
    header, rows = baseline_rows(TABLE)
    assert len(rows) == 4 * 3
    assert all(len(cells) == len(header) for cells in rows)
    first = dict(zip(header, rows[0], strict=True))
    assert (first["name"], first["arm"], first["mean"], first["sd"]) == (
        "age",
        "control",
        57.16,
        8.123,
    )
    level = dict(zip(header, rows[5], strict=True))
    assert (level["level"], level["arm"], level["count"], level["n"]) == ("female", "", 26, 45)
    assert level["mean"] is None
    single = dict(zip(header, rows[10], strict=True))
    assert single["sd"] is None
    header, rows = baseline_difference_rows(TABLE)
    assert header[-2:] == ("standardised_difference", "all_levels_distance")
    assert [cells[-2:] for cells in rows] == [
        (-0.264, None), (-0.126, 0.126), (0.126, None), (None, None),
    ]  # fmt: skip
