import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

from retrostats.effects.ordinal.score_limits import (
    newcombe_limits,
    newcombe_variance,
    signed_rank_limits,
    tango_limits,
)
from retrostats.effects.proportions.single import wilson_limits

#: Roots of a quartic by eigenvalues; measured gap 1e-13.
ROOTS = 1e-11
#: The nuisance is found by search, to about the root of a double's precision; 9e-7 measured.
SEARCHED = 1e-5

Z = float(ndtri(0.975))


def hanley_mcneil(theta, m, n):
    """As Hanley and McNeil write it, with the average size in both terms."""
    size = (m + n) / 2 - 1
    q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
    return (theta * (1 - theta) + size * (q1 - theta**2) + size * (q2 - theta**2)) / (m * n)


def by_polynomial(halves, m, n, z):
    """Both limits as roots of the equation, cleared of its fractions."""
    theta, size = halves / (2 * m * n), (m + n) / 2 - 1
    x = np.polynomial.Polynomial([0, 1])
    denominators = (2 - x) * (1 + x)
    bracket = denominators + size * ((1 - x) * (1 + x) + x * (2 - x))
    equation = m * n * (x - theta) ** 2 * denominators - z**2 * x * (1 - x) * bracket
    roots = equation.roots()
    real = np.sort(roots[np.abs(roots.imag) < 1e-7].real)
    inside = real[(real > -1e-9) & (real < 1 + 1e-9)]
    return inside[0], inside[-1]


def test_the_variance_is_that_of_hanley_and_mcneil(ledger):
    for m, n in ((2, 2), (5, 6), (10, 50), (400, 300)):
        for theta in (0.01, 0.3, 0.5, 0.9):
            ledger.add(newcombe_variance(theta, m, n), hanley_mcneil(theta, m, n), (m, n, theta))
        ledger.add(newcombe_variance(0.5, m, n), (m + n + 1) / (12 * m * n), (m, n))
    ledger.assert_settled(count=20, tolerance=1e-12)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_newcombes_limits_are_the_roots_of_his_equation(level, ledger):
    z = float(ndtri(0.5 + level / 2))
    for m, n in ((2, 2), (5, 6), (7, 30), (60, 50)):
        for share in (0.0, 0.02, 0.3, 0.5, 0.8, 1.0):
            halves = round(share * 2 * m * n)
            limits = newcombe_limits(halves, m, n, level=level)
            for ours, theirs in zip(limits, by_polynomial(halves, m, n, z), strict=True):
                ledger.add(ours, theirs, (m, n, share), least=1)
    ledger.assert_settled(count=2 * 24, tolerance=ROOTS)


def test_newcombes_interval_is_all_that_is_not_rejected():
    grid = np.linspace(0, 1, 200_001)[1:-1]
    for halves in (0, 3, 11, 30, 59, 60):
        low, high = newcombe_limits(halves, 5, 6)
        kept = grid[np.abs(grid - halves / 60) <= Z * np.sqrt(hanley_mcneil(grid, 5, 6))]
        assert (kept[0], kept[-1]) == pytest.approx((low, high), abs=6e-6)
        assert len(kept) == pytest.approx((high - low) * 200_000, abs=2)  # and has no holes


def likeliest_down(difference, up, down, n):
    def negative(p):
        terms = ((up, p + difference), (down, p), (n - up - down, 1 - 2 * p - difference))
        return -sum(count * math.log(max(q, 1e-300)) for count, q in terms if count)

    room = max(0.0, -difference), (1 - difference) / 2
    return minimize_scalar(negative, bounds=room, options={"xatol": 1e-13}, method="bounded").x


@pytest.mark.parametrize(
    ("up", "down", "n"),
    [(8, 2, 20), (1, 0, 10), (0, 0, 12), (5, 5, 30), (0, 7, 9), (40, 3, 60), (1, 9, 11)],
)
def test_tangos_limits_just_miss_rejection(up, down, n):
    limits = tango_limits(up, down, n)
    assert limits[0] <= (up - down) / n <= limits[1]
    for limit in limits:
        variance = 2 * likeliest_down(limit, up, down, n) + limit * (1 - limit)
        square = (up - down - n * limit) ** 2 / (n * variance)
        assert square == pytest.approx(Z**2, rel=SEARCHED)


def test_tangos_limits_without_ties_are_wilsons():
    for up, n in ((0, 5), (3, 10), (10, 10), (31, 60)):
        low, high = wilson_limits(up, n)
        assert tango_limits(up, n - up, n) == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-12)
    # ... and the general equation says so too, from its own side.
    nearly = tango_limits(300, 699, 1000)
    assert nearly == pytest.approx([2 * x - 1 for x in wilson_limits(300, 999)], abs=2e-3)


def test_tangos_limits_turn_with_the_direction():
    for up, down, n in ((8, 2, 20), (0, 3, 10), (0, 0, 4), (0, 6, 6)):
        low, high = tango_limits(up, down, n)
        assert tango_limits(down, up, n) == pytest.approx((-high, -low), abs=1e-14)


def test_all_ties_say_less_the_fewer_they_are():
    for n in (2, 10, 100):
        assert tango_limits(0, 0, n) == pytest.approx((-(Z**2) / (n + Z**2), Z**2 / (n + Z**2)))


@pytest.mark.parametrize("value", [-1.0, -0.4, 0.0, 0.7, 1.0])
def test_signed_rank_limits_solve_their_equation(value):
    for null in (0.01, 0.2, 1.0):
        low, high = signed_rank_limits(value, null)
        assert -1 <= low <= value <= high <= 1
        for limit in (low, high):
            assert (value - limit) ** 2 == pytest.approx(Z**2 * null * (1 - limit**2), abs=1e-14)


def test_signed_rank_limits_of_equal_ranks_are_wilsons():
    # n changes of one size: r is a share that goes up, on the scale of -1 to 1.
    low, high = wilson_limits(8, 10)
    assert signed_rank_limits(0.6, 1 / 10) == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-14)
