"""GRIMMER against exact truth and against every sample there is."""

import csv
import json
import time
from collections import defaultdict
from fractions import Fraction
from itertools import combinations_with_replacement
from math import isqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.errors import DataError
from retrostats.integrity.grim import grim
from retrostats.integrity.grimmer import grimmer, read_sd, sd_can_fail, some_exist, squares_window
from retrostats.integrity.integers import Sample, squares_limits, whole_numbers_exist

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "f_consistency"


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((GOLDEN / name).read_text().splitlines()))


def text(units: int, decimals: int) -> str:
    digits = f"{abs(units):0{decimals + 1}d}"
    point = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{point}" if units < 0 else point


def mean_units(mean: Fraction, decimals: int) -> set[int]:
    """Return the units of the last digit that ``mean`` may print as, ties either way."""
    steps = mean * 10**decimals
    near = round(steps)
    return {u for u in (near - 1, near, near + 1) if 2 * abs(steps - u) <= 1}


def sd_units(variance: Fraction, decimals: int) -> set[int]:
    """Return the units of the last digit that the root of ``variance`` may print as."""
    fourfold = 4 * variance * 100**decimals  # (2 sd / unit)^2
    near = isqrt(int(fourfold)) // 2
    return {u for u in (near, near + 1) if max(0, 2 * u - 1) ** 2 <= fourfold <= (2 * u + 1) ** 2}


def figures(sample: tuple[int, ...], items: int, decimals: int) -> set[tuple[int, int]]:
    """Return every printed mean and SD, in units, of a sample of totals."""
    n, total = len(sample), sum(sample)
    variance = Fraction(n * sum(x * x for x in sample) - total**2, n * (n - 1) * items**2)
    means = mean_units(Fraction(total, n * items), decimals)
    return {(mean, sd) for mean in means for sd in sd_units(variance, decimals)}


def test_every_row_of_the_exact_truth_agrees_unbounded_and_from_0_to_10():
    rows = rows_of("grimmer_2dp.csv")
    wrong = []
    for row in rows:
        figures_of_row = row["mean"], row["sd"], int(row["n"])
        for column, scale in {"exact_unbounded": {}, "exact_0_10": {"low": 0, "high": 10}}.items():
            if grimmer(*figures_of_row, **scale).consistent != (row[column] == "consistent"):
                wrong.append((row, column))
        if (row["exact_unbounded"] == "grim") == grim(row["mean"], int(row["n"])).consistent:
            wrong.append((row, "GRIM"))
    assert len(rows) == 900
    assert not wrong


def test_no_genuine_sample_with_several_items_is_flagged():
    rows = rows_of("genuine_items.csv")
    for row in rows:
        check = grimmer(row["mean"], row["sd"], int(row["n"]), items=int(row["items"]))
        assert check.consistent, row
    assert len(rows) == 1152
    assert {int(row["items"]) for row in rows} == {1, 2, 3, 5}


def test_a_sum_of_squares_of_zero_counts_as_one():
    assert grimmer("0.00", "0.00", 8).consistent
    assert grimmer("0.00", "0.00", 8, low=0, high=10).consistent


def test_the_examples_in_other_programs_documents_agree():
    for row in (examples := json.loads((GOLDEN / "truth.json").read_text())["docs"]):
        check = grimmer(row["mean"], row["sd"], row["n"])
        assert check.consistent == (row["exact_unbounded"] == "consistent"), check
    assert len(examples) == 9


@given(
    st.lists(st.integers(-40, 120), min_size=2, max_size=30),
    st.integers(1, 4),
    st.integers(0, 3),
)
def test_a_real_sample_is_never_flagged(totals, items, decimals):
    ends = {"low": min(totals) // items, "high": max(totals) // items + 1}
    for mean, sd in figures(tuple(totals), items, decimals):
        printed = text(mean, decimals), text(sd, decimals), len(totals)
        for bounds in ({}, ends, {"low": ends["low"]}, {"high": ends["high"]}):
            assert grimmer(*printed, items=items, **bounds).consistent


@pytest.mark.parametrize(
    ("n", "low", "high", "items", "decimals"),
    [(2, -2, 3, 1, 1), (3, 0, 5, 1, 2), (4, -1, 3, 1, 1), (5, 0, 3, 1, 1), (3, 0, 2, 2, 2)],
)
def test_with_bounds_exactly_the_figures_of_some_sample_pass(n, low, high, items, decimals):
    totals = range(low * items, high * items + 1)
    possible = set()
    for sample in combinations_with_replacement(totals, n):
        possible |= figures(sample, items, decimals)
    unit = 10**decimals
    for mean in range(low * unit, high * unit + 1, 3 if decimals == 2 else 1):
        for sd in range(0, (high - low) * unit, 7 if decimals == 2 else 1):
            check = grimmer(
                text(mean, decimals), text(sd, decimals), n, items=items, low=low, high=high
            )
            assert check.consistent == ((mean, sd) in possible), check


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_without_bounds_exactly_the_figures_of_some_sample_pass(n):
    # With the mean in 0 to 1 and an SD up to 2, no number lies outside -5 to 6 (fact 2).
    possible = set()
    for sample in combinations_with_replacement(range(-5, 7), n):
        possible |= figures(sample, 1, 1)
    for mean in range(11):
        for sd in range(20):
            check = grimmer(text(mean, 1), text(sd, 1), n)
            assert check.consistent == ((mean, sd) in possible), check


def reachable(n: int, top: int) -> dict[int, int]:
    """Return, by sum, the sums of squares of n numbers from 0 to ``top``, as bits."""
    table = {0: 1}
    for _ in range(n):
        longer: dict[int, int] = defaultdict(int)
        for total, bits in table.items():
            for value in range(top + 1):
                longer[total + value] |= bits << value**2
        table = longer
    return table


def every_case_agrees(n: int, top: int, shift: int) -> int:
    table, cases = reachable(n, top), 0
    for total in range(-1, n * top + 2):
        for squares in range(n * top**2 + 2):
            expected = bool(total >= 0 and table.get(total, 0) >> squares & 1)
            moved = squares + 2 * shift * total + n * shift**2
            found = whole_numbers_exist(n, total + n * shift, moved, low=shift, high=shift + top)
            assert found == expected, (n, top, total, squares)
            cases += 1
    return cases


@pytest.mark.parametrize("n", range(1, 9))
def test_existence_within_bounds_agrees_with_every_sample(n):
    assert sum(every_case_agrees(n, top, shift=-2) for top in range(1, 7)) > 100


@pytest.mark.slow
@pytest.mark.parametrize(("n", "tops"), [(5, 18), (6, 16), (8, 13), (12, 10), (20, 6)])
def test_existence_within_wide_bounds_agrees_with_every_sample(n, tops):
    assert sum(every_case_agrees(n, top, shift=0) for top in range(1, tops + 1)) > 10_000


@pytest.mark.parametrize("n", range(1, 8))
def test_existence_without_bounds_agrees_with_every_sample(n):
    # Numbers with a sum from 0 to n and squares below 50 lie within -7 to 7.
    found = defaultdict(set)
    for sample in combinations_with_replacement(range(-7, 8), n):
        found[sum(sample)].add(sum(x * x for x in sample))
    for total in range(n + 1):
        for squares in range(50):
            assert whole_numbers_exist(n, total, squares) == (squares in found[total])


@given(st.lists(st.integers(0, 96), min_size=20, max_size=60))
def test_the_figures_of_a_womac_sample_exist_and_the_other_parity_does_not(scores):
    n, total, squares = len(scores), sum(scores), sum(x * x for x in scores)
    assert whole_numbers_exist(n, total, squares, low=0, high=96)
    assert whole_numbers_exist(n, total, squares, high=96)
    assert not whole_numbers_exist(n, total, squares + 1, low=0, high=96)
    least, most = squares_limits(n, total, low=0, high=96)
    assert least <= squares <= most
    assert whole_numbers_exist(n, total, least, low=0, high=96)
    assert whole_numbers_exist(n, total, most, low=0, high=96)


@pytest.mark.parametrize("n", [20, 30, 60, 300])
def test_a_wide_scale_takes_well_under_a_second_even_near_the_largest_sd(n):
    most = squares_limits(n, n * 48 + 1, low=0, high=96)[1]
    start = time.perf_counter()
    for squares in range(most, most - 400, -2):
        whole_numbers_exist(n, n * 48 + 1, squares, low=0, high=96)
    assert (time.perf_counter() - start) / 200 < 1  # seconds; measured: 0.002


def test_the_sentence_names_the_nearest_sds():
    assert str(grimmer("3.44", "2.47", 18)) == (
        "GRIMMER: inconsistent; no 18 whole numbers whose mean prints as 3.44 have an SD that "
        "prints as 2.47: with the sum 62, the nearest SDs are 2.455 and 2.479"
    )
    assert grimmer("3.44", "2.47", 18, low=1, high=7).detail.endswith("SDs are 2.455 and 2.479")
    assert grimmer("48.3", "50.2", 30, low=0, high=96).detail == (
        "no 30 whole numbers from 0 to 96 whose mean prints as 48.3 have an SD that prints as "
        "50.2: with a sum from 1448 to 1450, the nearest SD is 48.57"
    )


def test_where_the_mean_fails_the_sentence_is_that_of_grim_and_passing_is_stated():
    assert grimmer("48.3", "9.4", 30, low=0, high=96).detail == (
        "some 30 whole numbers from 0 to 96 have a mean that prints as 48.3 and an SD that "
        "prints as 9.4"
    )
    assert grimmer("17.98", "3.20", 15).detail == grim("17.98", 15).detail


def test_informative_where_the_mean_or_the_sd_could_fail():
    assert grimmer("48.30", "9.40", 30).informative  # the mean could
    assert grimmer("8.3", "0.4", 12).informative  # the SD could: a narrow window
    assert grimmer("8", "90.4", 3).informative  # three numbers leave gaps of any width
    assert not grimmer("48.3", "9.4", 30).informative
    assert grimmer("48.3", "99.4", 30, low=0, high=96).informative  # it failed


@pytest.mark.parametrize("n", [3, 4, 5, 9])
def test_an_sd_that_cannot_fail_by_its_digits_never_does_and_others_do(n):
    sample, missed = Sample(n=n), 0
    for units in range(10, 150):
        sd = read_sd(text(units, 1))
        windows = [squares_window(sd, sample, total) for total in range(n)]
        found = [some_exist(n, s, windows[s], low=None, high=None) for s in range(n)]
        assert all(found) or sd_can_fail(sd, sample), units
        missed += not all(found)
    assert missed
    assert sd_can_fail(read_sd("6.5"), sample) == (n < 5)


def test_impossible_figures_are_refused():
    with pytest.raises(DataError, match="is negative; an SD is 0 or more"):
        grimmer("3.50", "-0.5", 10)
    with pytest.raises(DataError, match="n is 1; an SD needs 2 participants or more"):
        grimmer("3.50", "0.5", 1)
    with pytest.raises(DataError, match="is a bound; expected one number"):
        grimmer("3.50", "< 0.5", 10)
    with pytest.raises(TypeError, match="sd must be the text as printed"):
        grimmer("3.50", 1.2, 10)
