"""SPRITE against the exact counts and against every distribution there is."""

import json
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.errors import DataError
from retrostats.integrity.grimmer import grimmer
from retrostats.integrity.sprite import sd_bounds, sprite

TRUTH = json.loads(
    (Path(__file__).parents[1] / "golden/effects/f_consistency/truth.json").read_text()
)
#: The truth subtracts floats before the root; the largest gap measured is 1.7e-13, relative.
ROOT = 1e-12


@pytest.mark.parametrize("row", TRUTH["sprite"], ids=lambda row: row["label"])
def test_counts_and_first_distributions_are_those_of_the_truth(row):
    mean, sd = f"{row['mean']:.{row['d_mean']}f}", f"{row['sd']:.{row['d_sd']}f}"
    samples = sprite(mean, sd, row["n"], low=row["lo"], high=row["hi"])
    assert samples.complete
    assert len(samples) == row["n_solutions"]
    assert samples.counts[:2].tolist() == row["first"]
    assert samples.values.tolist() == list(range(row["lo"], row["hi"] + 1))
    if len(samples):
        highest = [max(np.nonzero(counts)[0]) + row["lo"] for counts in samples.counts]
        assert min(highest) == row["min_of_max"]


def test_the_truth_has_as_many_cases_as_it_had():
    assert (len(TRUTH["sprite"]), len(TRUTH["sd_bounds"])) == (7, 6)


def prints_as(value: Fraction, units: int) -> bool:
    """Say whether ``value`` may print as ``units`` tenths, ties either way."""
    return 2 * abs(10 * value - units) <= 1


def brute_force(mean: int, sd: int, n: int, *, low: int, high: int, items: int):
    """Return all counts whose mean and SD print as so many tenths, in ascending order."""
    totals = range(low * items, high * items + 1)
    found = []
    for sample in combinations_with_replacement(totals, n):
        total, squares = sum(sample), sum(x * x for x in sample)
        fourfold = Fraction(400 * (n * squares - total**2), n * (n - 1) * items**2)
        sd_fits = max(0, 2 * sd - 1) ** 2 <= fourfold <= (2 * sd + 1) ** 2
        if prints_as(Fraction(total, n * items), mean) and sd_fits:
            found.append([sample.count(x) for x in totals])
    return sorted(found)


@pytest.mark.parametrize(
    ("n", "low", "high", "items"), [(2, -2, 3, 1), (4, -1, 3, 1), (6, 0, 3, 1), (4, 0, 2, 2)]
)
def test_every_distribution_is_found_and_no_other(n, low, high, items):
    for mean in range(low * 10 - 1, high * 10 + 2):
        for sd in range((high - low) * 8):
            printed = f"{mean / 10:.1f}", f"{sd / 10:.1f}", n
            scale = {"low": low, "high": high, "items": items}
            samples = sprite(*printed, **scale)
            assert samples.counts.tolist() == brute_force(mean, sd, n, **scale)
            assert samples.complete
            assert bool(len(samples)) == grimmer(*printed, **scale).consistent


@given(st.lists(st.integers(1, 5), min_size=5, max_size=12))
def test_the_distribution_that_was_printed_is_among_them(scores):
    n, mean, sd = len(scores), np.mean(scores), np.std(scores, ddof=1)
    samples = sprite(f"{mean:.2f}", f"{sd:.2f}", n, low=1, high=5)
    assert [scores.count(x) for x in range(1, 6)] in samples.counts.tolist()


def test_the_scores_of_several_items_are_fractions():
    samples = sprite("1.33", "0.58", 3, low=0, high=2, items=3)
    assert samples.values == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2])
    assert (samples.counts.sum(axis=1) == 3).all()
    assert samples.counts @ samples.values / 3 == pytest.approx([4 / 3] * len(samples))


def test_every_row_on_a_wide_scale_has_the_printed_figures():
    samples = sprite("48.3", "9.4", 30, low=0, high=96, most=500)
    scores = [np.repeat(samples.values, counts) for counts in samples.counts]
    assert len(scores) == 500
    assert all(len(sample) == 30 for sample in scores)
    assert {f"{sample.mean():.1f}" for sample in scores} == {"48.3"}
    assert {f"{sample.std(ddof=1):.1f}" for sample in scores} == {"9.4"}
    assert len({tuple(counts) for counts in samples.counts.tolist()}) == 500
    assert samples.counts.tolist() == sorted(samples.counts.tolist())


def test_a_search_that_stopped_says_so():
    samples = sprite("2.2", "1.3", 20, low=1, high=5, most=70)
    assert not samples.complete
    assert repr(samples) == (
        "SpriteSamples(NOT ALL: the first 70 distributions of 20 scores from 1 to 5 with mean "
        "2.2 and SD 1.3)"
    )


def test_a_limit_that_is_just_enough_leaves_the_answer_complete():
    samples = sprite("2.2", "1.3", 20, low=1, high=5, most=71)
    assert samples.complete
    assert repr(samples).startswith("SpriteSamples(71 distributions of 20 scores")


def test_no_distribution_is_an_answer():
    samples = sprite("3.44", "2.47", 18, low=1, high=7)
    assert samples.complete
    assert samples.counts.shape == (0, 7)
    assert repr(samples) == (
        "SpriteSamples(no distribution of 18 scores from 1 to 7 with mean 3.44 and SD 2.47)"
    )


def test_the_counts_cannot_be_written_to():
    samples = sprite("4.60", "1.14", 5, low=0, high=10)
    with pytest.raises(ValueError, match="read-only"):
        samples.counts[0, 0] = 1


@pytest.mark.parametrize(
    ("row", "mean"),
    list(zip(TRUTH["sd_bounds"], ["4.2", "1.00", "4.00", "6.4", "5.19", "48.3"], strict=True)),
)
def test_the_sd_bounds_are_those_of_the_truth(row, mean):
    assert float(mean) == row["mean"]
    bounds = sd_bounds(mean, row["n"], row["lo"], row["hi"])
    if row["sd_min_max"] is None:
        assert bounds is None
    else:
        assert bounds == pytest.approx(row["sd_min_max"], rel=ROOT, abs=0)


def test_the_sd_bounds_are_those_of_the_distributions():
    samples = [s for s in combinations_with_replacement(range(-2, 5), 4) if sum(s) == 2]
    sds = [np.std(np.array(s) / 2, ddof=1) for s in samples]
    expected = min(sds), max(sds)
    assert sd_bounds("0.3", 4, -1, 2, items=2) == pytest.approx(expected, rel=ROOT)


def test_wrong_input_is_refused():
    with pytest.raises(TypeError, match="mean must be the text as printed"):
        sprite(2.2, "1.3", 20, low=1, high=5)
    with pytest.raises(TypeError, match="high must be a whole number"):
        sprite("2.2", "1.3", 20, low=1, high=None)
    with pytest.raises(DataError, match="most is 0; expected 1 or more"):
        sprite("2.2", "1.3", 20, low=1, high=5, most=0)
    with pytest.raises(DataError, match="the scale runs from 5 to 1; expected low below high"):
        sprite("2.2", "1.3", 20, low=5, high=1)
    with pytest.raises(TypeError, match="low must be a whole number"):
        sd_bounds("2.2", 20, 1.0, 5)
    with pytest.raises(DataError, match="n is 1; an SD needs 2 participants or more"):
        sd_bounds("2", 1, 1, 5)
