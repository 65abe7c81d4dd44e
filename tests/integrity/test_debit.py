"""DEBIT against exact truth and against every sample of zeros and ones."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from retrostats.errors import DataError
from retrostats.integrity.debit import debit
from retrostats.integrity.grimmer import grimmer

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "f_consistency"


def test_every_row_of_the_exact_truth_agrees():
    with (GOLDEN / "debit_2dp.csv").open() as file:
        rows = list(csv.DictReader(file))
    wrong = [
        row
        for row in rows
        if debit(row["mean"], row["sd"], int(row["n"])).consistent != (row["exact"] == "1")
    ]
    assert len(rows) == 320
    assert {row["exact"] for row in rows} == {"0", "1"}
    assert not wrong


@pytest.mark.parametrize("n", [2, 3, 7, 8, 40, 200])
def test_exactly_the_figures_of_some_number_of_ones_pass(n):
    possible = set()
    for ones in range(n + 1):
        mean, variance = Fraction(ones, n), Fraction(ones * (n - ones), n * (n - 1))
        for m in range(101):
            if abs(2 * (100 * mean - m)) <= 1:
                possible |= {
                    (m, s)
                    for s in range(75)
                    if max(0, 2 * s - 1) ** 2 <= 40_000 * variance <= (2 * s + 1) ** 2
                }
    for m in range(101):
        for s in range(75):
            check = debit(f"{m / 100:.2f}", f"{s / 100:.2f}", n)
            assert check.consistent == ((m, s) in possible), check
            assert check.informative


def test_it_is_grimmer_on_a_scale_from_zero_to_one():
    for m in range(0, 101, 5):
        for s in range(0, 75, 2):
            figures = f"{m / 100:.2f}", f"{s / 100:.2f}", 20
            assert debit(*figures).consistent == grimmer(*figures, low=0, high=1).consistent


def test_the_sentence_gives_the_sd_that_the_ones_have():
    assert str(debit("0.40", "0.57", 5)) == (
        "DEBIT: inconsistent; no 5 zeros and ones whose mean prints as 0.40 have an SD that "
        "prints as 0.57: 2 ones give 0.548"
    )
    assert debit("0.4", "0.7", 50).detail == (
        "no 50 zeros and ones whose mean prints as 0.4 have an SD that prints as 0.7: "
        "18 to 22 ones give 0.48 to 0.50"
    )
    assert debit("0.20", "0.45", 5).detail == (
        "5 zeros and ones whose mean prints as 0.20 have an SD that prints as 0.45: "
        "1 one gives 0.447"
    )


def test_a_mean_that_no_zeros_and_ones_have_is_named():
    assert debit("1.20", "0.45", 5).detail == (
        "no 5 whole numbers from 0 to 1 have a mean that prints as 1.20: the sum 6 lies outside "
        "the scale"
    )


def test_wrong_input_is_refused():
    with pytest.raises(TypeError, match="mean must be the text as printed"):
        debit(0.4, "0.57", 5)
    with pytest.raises(DataError, match="n is 1; an SD needs 2 participants or more"):
        debit("1.00", "0.00", 1)
    with pytest.raises(DataError, match=r"sd '-0\.57' is negative"):
        debit("0.40", "-0.57", 5)
