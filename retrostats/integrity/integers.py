"""The whole numbers behind printed figures, in exact arithmetic on ints and fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Literal, TypeAlias

#: What happens to a number half-way between two printable ones.
Rounding: TypeAlias = Literal["either", "half-up", "half-even"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """A printed number, exactly: ``units`` of its last digit, each worth ``unit``."""

    text: str
    units: int
    unit: Fraction

    @property
    def low(self) -> Fraction:
        """Half a unit below."""
        return (self.units - Fraction(1, 2)) * self.unit

    @property
    def high(self) -> Fraction:
        """Half a unit above."""
        return (self.units + Fraction(1, 2)) * self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Scores of ``n`` people, each the mean of ``items`` whole numbers, from low to high.

    All arithmetic is on totals, that is scores times ``items``, which are whole.
    """

    n: int
    items: int = 1
    low: int | None = None
    high: int | None = None

    @property
    def count(self) -> int:
        """How many whole numbers the mean is over."""
        return self.n * self.items

    @property
    def ends(self) -> tuple[int | None, int | None]:
        """Least and greatest total of a person; ``None`` is no limit."""
        low = None if self.low is None else self.low * self.items
        return low, None if self.high is None else self.high * self.items

    def allowed(self, sums: range) -> range:
        """Return those of the consecutive ``sums`` that the scale allows."""
        low, high = self.ends
        first = sums.start if low is None else max(sums.start, self.n * low)
        stop = sums.stop if high is None else min(sums.stop, self.n * high + 1)
        return range(first, max(first, stop))


def candidate_sums(mean: Exact, count: int, rounding: Rounding = "either") -> range:
    """Return every sum of ``count`` whole numbers whose mean prints as ``mean``."""
    first, last = ceil(mean.low * count), floor(mean.high * count)
    if rounding == "half-up":  # away from zero, as spreadsheets and SAS do
        keep_low, keep_high = mean.units > 0, mean.units < 0
    else:
        keep_low = keep_high = rounding == "either" or mean.units % 2 == 0
    first += first == mean.low * count and not keep_low
    last -= last == mean.high * count and not keep_high
    return range(first, last + 1)


# Write S for the sum, Q for the sum of squares, and D = nQ - S^2 (n times the sum of squared
# deviations). Four facts decide whether n whole numbers exist; brute force verifies each.
#
# 1. Parity. x^2 and x have the same parity, hence so have Q and S. For a given S, Q is least
#    when the numbers differ by at most one.
# 2. Reach. (nx - S)^2 <= (n - 1) D for every number x (Cauchy-Schwarz on the others).
# 3. Four numbers exist if and only if Q and S have equal parity and 4Q - S^2 is a sum of three
#    squares A^2 + B^2 + C^2. Only if: A = x + y - z - w and its like. If: the numbers are
#    (S + A + B + C)/4, (S + A - B - C)/4 and so on. With S even, A, B and C are even, and the
#    halves have an even sum; with S odd, they are odd, and the sign of C can be chosen; either
#    way the quarters are whole. By Legendre's theorem [1] a whole number is a sum of three
#    squares unless it is negative or 4^a (8b + 7).
# 4. Five or more numbers exist if and only if the parity holds and Q is not below its least,
#    which occurs. n = 5: set aside a number t with S - t odd. Then 4(Q - t^2) - (S - t)^2 is
#    3 mod 8, never of the excepted form, so by 3 the other four exist as soon as it is not
#    negative, that is |5t - S| <= 2 sqrt(D). Numbers of one parity are two apart: some t is
#    within 1 of S/5, and D >= 25/4 is enough; D >= 10 as soon as Q exceeds its least value.
#    n > 5: set aside floor(S/n); Q exceeds its least by as much as before, and n - 1 remain.


def whole_numbers_exist(
    n: int, total: int, squares: int, *, low: int | None = None, high: int | None = None
) -> bool:
    """Say whether ``n`` whole numbers from ``low`` to ``high`` have this sum and these squares.

    The answer is exact either way. Without bounds it is fact 3 or 4 (below four numbers, they
    are tried one by one); with bounds likewise where every solution lies within them, or one
    is plain to see, and else a complete search over how many numbers equal either bound.

    References
    ----------
    .. [1] Hardy GH, Wright EM. An Introduction to the Theory of Numbers, chapter XX (sums of
       three squares).

    Examples
    --------
    >>> whole_numbers_exist(4, 10, 38)  # 0, 2, 3, 5
    True
    >>> whole_numbers_exist(4, 10, 38, low=1)
    False
    """
    if low is None and high is None:
        return _exist_anywhere(n, total, squares)
    total, low, top = _as_box(n, total, low, high)
    return _exist_from_zero(n, total - n * low, squares - 2 * low * total + n * low**2, top)


def squares_limits(
    n: int, total: int, *, low: int | None = None, high: int | None = None
) -> tuple[int, int | None]:
    """Return the least and greatest sum of squares; without bounds there is no greatest."""
    least = _smallest_squares(n, total)
    if low is None and high is None:
        return least, None
    total, low, top = _as_box(n, total, low, high)
    return least, _largest_squares(total - n * low, top) + 2 * low * total - n * low**2


def _as_box(n: int, total: int, low: int | None, high: int | None) -> tuple[int, int, int]:
    """Return the sum, lower bound and width of an equivalent problem with both bounds."""
    if low is not None:
        # Numbers that are not negative cannot exceed their sum.
        return total, low, total - n * low if high is None else high - low
    assert high is not None  # noqa: S101 - for mypy: the callers have dealt with no bounds
    return -total, -high, n * high - total


def _smallest_squares(n: int, total: int) -> int:
    floor_, over = divmod(total, n)
    return (n - over) * floor_**2 + over * (floor_ + 1) ** 2


def _largest_squares(total: int, top: int) -> int:
    """Return the greatest sum of squares of numbers from 0 to ``top`` with this sum."""
    full, rest = divmod(total, top) if top else (0, 0)
    return full * top**2 + rest**2


def _exist_anywhere(n: int, total: int, squares: int) -> bool:
    if (total - squares) % 2 or squares < _smallest_squares(n, total):
        return False
    if n == 1:
        return squares == total**2
    if n == 2:
        return isqrt(2 * squares - total**2) ** 2 == 2 * squares - total**2
    if n == 3:
        low, high = _reach(3, total, squares)
        return any(
            _exist_anywhere(2, total - number, squares - number**2)
            for number in range(low, high + 1)
        )
    return n > 4 or _is_sum_of_three_squares(4 * squares - total**2)


def _is_sum_of_three_squares(number: int) -> bool:
    while number and number % 4 == 0:
        number //= 4
    return number % 8 != 7


def _reach(n: int, total: int, squares: int) -> tuple[int, int]:
    """Return the least and greatest value that fact 2 leaves to any of the numbers."""
    spread = isqrt((n - 1) * (n * squares - total**2))
    return -((spread - total) // n), (total + spread) // n


def _exist_from_zero(n: int, total: int, squares: int, top: int) -> bool:
    """Search the numbers 0 to ``top``; every state stands for a smaller box of this kind."""
    pending, seen = [(n, total, squares, top)], set()
    while pending:
        state = pending.pop()
        verdict = False if state in seen else _at_once(*state)
        seen.add(state)
        if verdict:
            return True
        if verdict is None:
            pending.extend(_strictly_inside(*state))
    return False


def _at_once(n: int, total: int, squares: int, top: int) -> bool | None:
    """Decide a state by bounds and theorems alone; ``None`` when they do not settle it."""
    if n == 0:
        return total == squares == 0
    if (total - squares) % 2 or not 0 <= total <= n * top:
        return False
    least, greatest = _smallest_squares(n, total), _largest_squares(total, top)
    if squares in (least, greatest):
        return True
    if not least < squares < greatest:
        return False
    low, high = _reach(n, total, squares)
    if low >= 0 and high <= top:
        return _exist_anywhere(n, total, squares)
    return True if _exists_beside_extremes(n, total, squares, top) else None


def _exists_beside_extremes(n: int, total: int, squares: int, top: int) -> bool:
    """Say whether 0 and ``top`` some times each leave five or more numbers that fact 4 gives.

    Fact 2 must hold those inside the bounds. "No" proves nothing, so it may look at the likely
    places only: the fewer numbers fit strictly inside, the closer the rest keeps to one end.
    """
    full, near = total // top, 2 * (top * total - squares) // top**2 + 2
    for rest in range(n - 1, 4, -1):
        low_side = range(max(0, full - near), min(n - rest, full) + 1)
        high_side = range(max(0, full - rest), min(n - rest, full - rest + near) + 1)
        for at_top in {*low_side, *high_side}:
            left, left_squares = total - at_top * top, squares - at_top * top**2
            if left <= rest * top and left_squares >= _smallest_squares(rest, left):
                low, high = _reach(rest, left, left_squares)
                if low >= 0 and high <= top:
                    return True
    return False


def _strictly_inside(n: int, total: int, squares: int, top: int) -> list[tuple[int, int, int, int]]:
    """Return what remains for each possible count of numbers at 0 and at ``top``.

    The numbers strictly inside are moved down by one, into a box that is smaller by two. The
    sum of x (top - x) bounds how many they are: a number at a bound gives nothing, any other
    from ``top - 1`` to ``top ** 2 / 4``. Few are soonest settled: they come last, to go first.
    """
    product = top * total - squares
    fewest, most = -(-4 * product // top**2), min(n, product // (top - 1))
    states = []
    for inside in range(most, fewest - 1, -1):
        for at_top in range(n - inside + 1):
            left, left_squares = total - at_top * top, squares - at_top * top**2
            if left < inside:
                break
            moved = left - inside
            if moved <= inside * (top - 2):
                states.append((inside, moved, left_squares - 2 * left + inside, top - 2))
    return states
