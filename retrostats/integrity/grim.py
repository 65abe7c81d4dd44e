"""GRIM: whether a printed mean can come from this many whole numbers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn, SupportsIndex

from retrostats.data.printed import Printed
from retrostats.errors import DataError
from retrostats.integrity.integers import Exact, Rounding, Sample, candidate_sums
from retrostats.layout import ShownAsSentence

_SAFE_DIGITS = 15  # a double carries this many decimal digits unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyCheck(ShownAsSentence):
    """Whether printed figures can come from whole numbers at all.

    Attributes
    ----------
    test
        ``"GRIM"``, ``"GRIMMER"`` or ``"DEBIT"``.
    consistent
        Some sample has the printed figures. It proves no more than that.
    informative
        False when no figures of this size and with these digits could have failed, so that
        passing says nothing. A check that failed is always informative.
    detail
        One sentence with the numbers behind the verdict.

    Notes
    -----
    A check has no truth value: ``if grim(...)`` would hold for every mean. Ask for
    ``.consistent``.
    """

    test: str
    consistent: bool
    informative: bool
    detail: str

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a {self.test} check is neither true nor false; ask for .consistent")

    def __str__(self) -> str:
        verdict = "consistent" if self.consistent else "inconsistent"
        caveat = "" if self.informative else " (not informative: no such figures could fail)"
        return f"{self.test}: {verdict}{caveat}; {self.detail}"


def read_figure(name: str, figure: str | Printed) -> Exact:
    """Return the exact value and last digit of a printed mean or SD.

    Raises
    ------
    TypeError
        If ``figure`` is a number.
    DataError
        If it is a bound, a range, a percentage, a p value or too long.
    """
    if not isinstance(figure, str | Printed):
        raise TypeError(
            f'{name} must be the text as printed, such as "3.50", not {figure!r}: '
            "a number has lost its trailing zeros, and 3.50 says more than 3.5"
        )
    printed = figure if isinstance(figure, Printed) else Printed(figure)
    if printed.value is None or printed.decimals is None:
        kind = {"range": "a range", "not significant": "words"}.get(printed.relation, "a bound")
        raise DataError(
            f'{name} {printed.text!r} is {kind}; expected one number such as "3.50". '
            "Only a number with its digits can be checked."
        )
    if printed.unit == "%" or "p" in printed.text.casefold():
        kind = "a percentage" if printed.unit == "%" else "a p value"
        raise DataError(
            f'{name} {printed.text!r} is {kind}; expected a plain number such as "3.50". Write a '
            'share of people as a proportion ("0.12"), a score in per cent without the sign.'
        )
    exact = Decimal(repr(printed.value))
    if len(exact.as_tuple().digits) > _SAFE_DIGITS:
        raise DataError(f"{name} {printed.text!r} has more than {_SAFE_DIGITS} digits; check it")
    unit = Fraction(10) ** -printed.decimals
    return Exact(text=printed.text, units=int(Fraction(exact) / unit), unit=unit)


def whole(name: str, number: SupportsIndex, *, least: int | None = None) -> int:
    """Return ``number`` as an int, or say what is wrong with it."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{name} must be a whole number (int), not {number!r}")
    found = operator.index(number)
    if least is not None and found < least:
        raise DataError(f"{name} is {found}; expected {least} or more")
    return found


def read_sample(
    n: SupportsIndex,
    items: SupportsIndex,
    low: SupportsIndex | None,
    high: SupportsIndex | None,
    *,
    fewest: int = 1,
) -> Sample:
    """Return the checked size and scale of a sample.

    Raises
    ------
    TypeError
        If one of them is no int.
    DataError
        If ``n`` is below ``fewest``, ``items`` below 1, or ``low`` is not below ``high``.
    """
    people, each = whole("n", n, least=1), whole("items", items, least=1)
    if people < fewest:
        raise DataError(f"n is {people}; an SD needs {fewest} participants or more. Check n.")
    bottom = None if low is None else whole("low", low)
    top = None if high is None else whole("high", high)
    if bottom is not None and top is not None and not bottom < top:
        raise DataError(f"the scale runs from {bottom} to {top}; expected low below high")
    return Sample(n=people, items=each, low=bottom, high=top)


def sample_text(sample: Sample) -> str:
    """Return what a sentence calls the sample, e.g. ``"15 whole numbers from 1 to 5"``."""
    plural = "" if sample.n == 1 else "s"
    kind = f"whole number{plural}"
    if sample.items > 1:
        kind = f"mean{plural} of {sample.items} whole numbers"
    start = f" from {sample.low}" if sample.low is not None else ""
    end = f" to {sample.high}" if sample.high is not None else " and above"
    if not start:
        end = "" if sample.high is None else f" up to {sample.high}"
    return f"{sample.n} {kind}{start}{end}"


def sums_text(sums: range) -> str:
    """Return ``"the sum 270"`` or ``"a sum from 262 to 277"``."""
    return f"the sum {sums[0]}" if len(sums) == 1 else f"a sum from {sums[0]} to {sums[-1]}"


def _mean_text(total: int, count: int, unit: Fraction) -> str:
    """Return ``total / count`` with the digits of ``unit``, and one more where it is a tie."""
    steps = Fraction(total, count) / unit
    digits = max(0, len(str(unit.denominator)) - 1)
    if steps.denominator == 2:
        steps, digits = steps * 10, digits + 1
    return f"{total}/{count} = {Decimal(round(steps)).scaleb(-digits):f}"


def mean_failure(mean: Exact, sums: range, sample: Sample) -> str:
    """Say why no sample has the mean: no sum at all, or none that the scale allows."""
    start = f"no {sample_text(sample)} {_have(sample)} a mean that prints as {mean.text}: "
    if sums:
        return start + f"{sums_text(sums)} lies outside the scale"
    below, above = (_mean_text(s, sample.count, mean.unit) for s in (sums.stop - 1, sums.stop))
    return start + f"{below} and {above}"


def _have(sample: Sample) -> str:
    return "has" if sample.n == 1 else "have"


def mean_can_fail(count: int, unit: Fraction, rounding: Rounding = "either") -> bool:
    """Say whether some mean with these digits has no sum of ``count`` whole numbers.

    With ``a / b`` sums to a printed unit, in lowest terms, none can fail from ``a = b`` on;
    where ties go either way and ``a`` is even, from ``a = b - 1`` on, because a tie then serves
    the one mean that would be missed (eight numbers, one decimal).
    """
    steps = count * unit
    spared = rounding == "either" and steps.numerator % 2 == 0
    return steps.numerator + spared < steps.denominator


def grim(
    mean: str | Printed,
    n: SupportsIndex,
    *,
    items: SupportsIndex = 1,
    low: SupportsIndex | None = None,
    high: SupportsIndex | None = None,
    rounding: Rounding = "either",
) -> ConsistencyCheck:
    """Check whether a printed mean can come from ``n`` whole numbers.

    Every whole-number sum inside the rounding interval of the mean is tried, not only the
    nearest, so a genuine sample is never flagged.

    Parameters
    ----------
    mean
        As printed, with its trailing zeros: ``"3.50"``.
    n
        Number of participants.
    items
        Whole-number items that are averaged into each participant's score.
    low, high
        Least and greatest score of a participant; ``None`` where the scale has no end.
    rounding
        What a tie prints as. ``"either"`` (the default) accepts both neighbours,
        ``"half-up"`` goes away from zero, ``"half-even"`` to the even digit.

    Returns
    -------
    ConsistencyCheck
        Uninformative where ``n * items`` is so large that every mean with these digits passes.

    Raises
    ------
    TypeError
        If ``mean`` is a number, or ``n``, ``items``, ``low`` or ``high`` is no int.
    DataError
        If ``mean`` is a bound, a range or a percentage, ``n`` or ``items`` is below 1, or
        ``low`` is not below ``high``.
    ValueError
        If ``rounding`` is none of the three.

    References
    ----------
    .. [1] Brown NJL, Heathers JAJ (2017). Social Psychological and Personality Science 8,
       363-369. doi:10.1177/1948550616673876

    Examples
    --------
    >>> print(grim("17.98", 15))
    GRIM: inconsistent; no 15 whole numbers have a mean that prints as 17.98: \
269/15 = 17.93 and 270/15 = 18.00
    >>> grim("17.98", 15, items=3).consistent
    True
    """
    if rounding not in ("either", "half-up", "half-even"):
        raise ValueError(f"rounding is {rounding!r}; expected 'either', 'half-up' or 'half-even'")
    figure, sample = read_figure("mean", mean), read_sample(n, items, low, high)
    sums = candidate_sums(figure, sample.count, rounding)
    possible = sample.allowed(sums)
    if possible:
        who = f"{sample_text(sample)} with {sums_text(possible)}"
        detail = f"{who} {_have(sample)} a mean that prints as {figure.text}"
    else:
        detail = mean_failure(figure, sums, sample)
    return ConsistencyCheck(
        test="GRIM",
        consistent=bool(possible),
        informative=not possible or mean_can_fail(sample.count, figure.unit, rounding),
        detail=detail,
    )
