"""The two-sample t-test on rounded summaries: everything it gives, as spans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from retrostats.arrays import Floats
from retrostats.effects.noncentral import small_sample_factor
from retrostats.integrity.rounding import Span, extremes_over_sds

Method = Literal["Student", "Welch"]
METHODS: tuple[Method, ...] = ("Student", "Welch")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundedArm:
    """Mean and SD of one arm as far as the print settles them, and its exact size."""

    n: int
    mean: Span
    sd: Span

    def as_printed(self) -> RoundedArm:
        """Return the arm with its figures taken as printed, the rounding left out."""
        mean, sd = Span.exactly(self.mean.middle), Span.exactly(self.sd.middle)
        return RoundedArm(n=self.n, mean=mean, sd=sd)


def standard_error(method: Method, sd1: Floats, n1: int, sd2: Floats, n2: int) -> Floats:
    """Return the standard error of a difference of two means, shape of the SDs."""
    if method == "Student":
        pooled = ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2)
        return np.asarray(np.sqrt(pooled * (1 / n1 + 1 / n2)))
    return np.asarray(np.sqrt(sd1**2 / n1 + sd2**2 / n2))


def degrees_of_freedom(method: Method, sd1: Floats, n1: int, sd2: Floats, n2: int) -> Floats:
    """Return the degrees of freedom: exact for Student, Satterthwaite's for Welch.

    Two SDs of zero leave Welch's df open; the smaller of the two limits is taken.
    """
    if method == "Student":
        return np.full_like(np.asarray(sd1, dtype=float), n1 + n2 - 2)
    a, b = np.asarray(sd1**2 / n1, dtype=float), np.asarray(sd2**2 / n2, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = a / (a + b)
        df = 1 / (share**2 / (n1 - 1) + (1 - share) ** 2 / (n2 - 1))
    return np.asarray(np.where(a + b > 0, df, min(n1, n2) - 1))


def p_span(treated: RoundedArm, control: RoundedArm, method: Method) -> Span:
    """Return every two-sided p that the rounded summaries allow.

    Parameters
    ----------
    treated, control
        Arms on the same scale.
    method
        ``"Student"`` (pooled SD) or ``"Welch"``.
    """
    size = (treated.mean - control.mean).size()

    def p_at(difference: float) -> Span:
        def p_value(sd1: Floats, sd2: Floats) -> Floats:
            se = standard_error(method, sd1, treated.n, sd2, control.n)
            df = degrees_of_freedom(method, sd1, treated.n, sd2, control.n)
            with np.errstate(divide="ignore", invalid="ignore"):
                t = np.where(difference == 0, 0.0, difference / se)
            return np.asarray(2 * stdtr(df, -t))

        return extremes_over_sds(p_value, treated.sd, control.sd)

    greatest = 1.0 if size.low == 0 else p_at(size.low).high
    return Span(min(p_at(size.high).low, greatest), greatest)


def t_span(treated: RoundedArm, control: RoundedArm, method: Method) -> Span:
    """Return every t statistic, treated minus control."""
    difference = treated.mean - control.mean
    low, high = (
        float(standard_error(method, np.array(a), treated.n, np.array(b), control.n))
        for a, b in ((treated.sd.low, control.sd.low), (treated.sd.high, control.sd.high))
    )
    return difference.over(Span(low, high))


def interval_spans(
    treated: RoundedArm, control: RoundedArm, method: Method, *, level: float = 0.95
) -> tuple[Span, Span]:
    """Return the spans of the lower and of the upper confidence limit of the difference."""
    difference = treated.mean - control.mean

    def margin(sd1: Floats, sd2: Floats) -> Floats:
        df = degrees_of_freedom(method, sd1, treated.n, sd2, control.n)
        se = standard_error(method, sd1, treated.n, sd2, control.n)
        return np.asarray(stdtrit(df, 0.5 + level / 2) * se)

    margins = extremes_over_sds(margin, treated.sd, control.sd)
    return difference - margins, difference + margins


def cohens_d_span(treated: RoundedArm, control: RoundedArm) -> Span:
    """Return every Cohen's d (pooled SD), treated minus control."""
    df = treated.n + control.n - 2
    pooled = [
        math.sqrt(((treated.n - 1) * a**2 + (control.n - 1) * b**2) / df)
        for a, b in ((treated.sd.low, control.sd.low), (treated.sd.high, control.sd.high))
    ]
    return (treated.mean - control.mean).over(Span(*pooled))


def t_from_p(p: float, df: float) -> float:
    """Return the size of t at a two-sided p; infinite for p = 0."""
    return float(-stdtrit(df, p / 2)) if p > 0 else math.inf


def t_span_from_p(p: Span, df: float) -> Span:
    """Return the sizes of t that a span of two-sided p values allows."""
    return Span(t_from_p(min(p.high, 1.0), df), t_from_p(p.low, df))


def p_span_from_t(t: Span, df: float) -> Span:
    """Return the two-sided p values of a span of t statistics."""
    size = t.size()
    return Span(float(2 * stdtr(df, -size.high)), float(2 * stdtr(df, -size.low)))


def hedges_g_span(treated: RoundedArm, control: RoundedArm) -> Span:
    """Return every Hedges' g (exact small-sample correction), treated minus control."""
    correction = small_sample_factor(treated.n + control.n - 2)
    return cohens_d_span(treated, control).times(correction)
