"""The search for a sample size, on powers that are known: it neither stops early nor goes on."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from scipy.special import ndtr

import retrostats as rs
from retrostats.analysis import sample_size
from retrostats.analysis.sample_size import _Search
from retrostats.analysis.simulating.crossing import crossing

WANTED, FEW, MANY = 0.9, 2_000, 10_000
#: A curve that crosses 0.9 at 61.2 subjects, by a z test.
SLOPE = 0.3


def true_power(n):
    return float(ndtr(SLOPE * n**0.5 - 1.0652))


class Runs:
    """Simulations whose powers are known; short ones may be wrong by what is given."""

    replicates = MANY

    def __init__(self, wrong):
        self.wrong, self.asked = wrong, []

    def run(self, n, _name, *, span, replicates):
        assert 0 <= span[0] < span[1] <= 1.1
        self.asked.append((n, replicates))
        value = true_power(n) + (self.wrong if replicates < MANY else 0.0)
        error = (value * (1 - value) / replicates) ** 0.5
        return SimpleNamespace(
            aimed=SimpleNamespace(value=value, error=error), replicates=replicates, total=2 * n
        )


def found_by(runs, monkeypatch, guess=60.0):
    monkeypatch.setattr(sample_size, "_guess", lambda *_: guess)
    return _Search(runs=runs, power=WANTED).answer(30)


def finals(runs):
    return [n for n, replicates in runs.asked if replicates == MANY]


def test_a_good_first_look_needs_one_final_simulation(monkeypatch):
    runs = Runs(0.0)
    found = found_by(runs, monkeypatch)
    assert finals(runs) == [found.n]
    assert abs(true_power(found.n) - WANTED) < 0.01


def test_a_generous_size_is_followed_by_a_smaller_one(monkeypatch):
    runs = Runs(-0.03)
    found = found_by(runs, monkeypatch)
    assert len(finals(runs)) > 1
    assert finals(runs)[0] > found.n
    assert true_power(finals(runs)[0]) > WANTED + 0.01
    assert true_power(found.n) == pytest.approx(WANTED, abs=0.01)
    assert found.confirmed.aimed.value == true_power(found.n)
    assert found.low <= found.n <= found.high


def test_a_size_that_is_too_small_is_followed_by_a_larger_one(monkeypatch):
    runs = Runs(0.03)
    found = found_by(runs, monkeypatch)
    assert finals(runs)[0] < found.n
    assert true_power(found.n) == pytest.approx(WANTED, abs=0.01)


def test_a_flat_curve_gives_no_firm_answer(monkeypatch):
    class Flat(Runs):
        def run(self, n, name, **options):
            found = super().run(n, name, **options)
            found.aimed.value = 0.90 + 1e-4 * (n % 7)  # of 2,000 trials, one or none
            return found

    with pytest.raises(rs.DataError, match="too few to tell how the power rises with the size"):
        found_by(Flat(0.0), monkeypatch)


def test_a_smaller_size_that_fails_leaves_the_larger_one(monkeypatch):
    class Steep(Runs):
        def run(self, n, name, **options):
            found = super().run(n, name, **options)
            if options["replicates"] == MANY:
                found.aimed.value = 0.95 if n >= 70 else 0.80
            return found

    runs = Steep(-0.03)
    found = found_by(runs, monkeypatch)
    assert found.n >= 70
    assert found.confirmed.aimed.value == 0.95


def test_a_line_that_may_be_flat_leaves_the_size_open():
    found = crossing({20: (0.5, 10), 21: (0.55, 10)}, 0.8)
    assert math.isfinite(found.n)
    assert (found.low, found.high) == (0.0, math.inf)


def test_powers_of_none_and_all_still_have_a_line():
    found = crossing({20: (0.0, 50), 40: (1.0, 50)}, 0.5)
    assert 20 < found.low < found.n < found.high < 40
