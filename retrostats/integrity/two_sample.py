"""The two-sample t-test on rounded summaries: everything it gives, as spans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.t_tests import pooled_sd, student_t, two_sided_p, welch_t
from retrostats.integrity.rounding import Span, extremes_over_sds

Method = Literal["Student", "Welch", "z"]
METHODS: tuple[Method, ...] = ("Student", "Welch")


def _large_sample_z(
    difference: float, sd1: Floats, n1: int, sd2: Floats, n2: int
) -> tuple[Floats, Floats]:
    """Return z with a standard error of its own in each arm, and df without end."""
    z, df = welch_t(difference, sd1, n1, sd2, n2)
    return z, np.full_like(df, np.inf)


_TESTS = {"Student": student_t, "Welch": welch_t, "z": _large_sample_z}


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

    def with_sd_from_se(self) -> RoundedArm:
        """Return the arm with its SD taken for a standard error and converted."""
        return RoundedArm(n=self.n, mean=self.mean, sd=self.sd.times(math.sqrt(self.n)))


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
    if size.high == 0:
        return Span(1.0, 1.0)

    def p_at(difference: float) -> Span:
        def p_value(sd1: Floats, sd2: Floats) -> Floats:
            return two_sided_p(*_TESTS[method](difference, sd1, treated.n, sd2, control.n))

        return extremes_over_sds(p_value, treated.sd, control.sd)

    greatest = 1.0 if size.low == 0 else p_at(size.low).high
    return Span(min(p_at(size.high).low, greatest), greatest)


def t_span(treated: RoundedArm, control: RoundedArm, method: Method) -> Span:
    """Return every t statistic, treated minus control."""
    difference = treated.mean - control.mean
    lows, highs = (treated.sd.low, control.sd.low), (treated.sd.high, control.sd.high)
    low, high = (
        float(_standard_error(method, np.array(a), treated.n, np.array(b), control.n)[0])
        for a, b in (lows, highs)
    )
    return difference.over(Span(low, high))


def _standard_error(
    method: Method, sd1: Floats, n1: int, sd2: Floats, n2: int
) -> tuple[Floats, Floats]:
    """Return the standard error of a difference of two means, and its df."""
    t_of_one, df = _TESTS[method](1.0, sd1, n1, sd2, n2)
    return 1 / t_of_one, df


def interval_spans(
    treated: RoundedArm, control: RoundedArm, method: Method, *, level: float = 0.95
) -> tuple[Span, Span]:
    """Return the spans of the lower and of the upper confidence limit of the difference."""
    difference = treated.mean - control.mean

    def margin(sd1: Floats, sd2: Floats) -> Floats:
        se, df = _standard_error(method, sd1, treated.n, sd2, control.n)
        return np.asarray(np.where(se > 0, stdtrit(df, 0.5 + level / 2) * se, 0.0))

    margins = extremes_over_sds(margin, treated.sd, control.sd)
    return difference - margins, difference + margins


def cohens_d_span(treated: RoundedArm, control: RoundedArm) -> Span:
    """Return every Cohen's d (pooled SD), treated minus control."""
    low, high = (
        float(pooled_sd(a, treated.n, b, control.n))
        for a, b in ((treated.sd.low, control.sd.low), (treated.sd.high, control.sd.high))
    )
    return (treated.mean - control.mean).over(Span(low, high))


def t_from_p(p: float, df: float) -> float:
    """Return the size of t at a two-sided p; infinite for p = 0."""
    return float(-stdtrit(df, p / 2)) if p > 0 else math.inf


def t_span_from_p(p: Span, df: float) -> Span:
    """Return the sizes of t that a span of two-sided p values allows."""
    return Span(t_from_p(min(p.high, 1.0), df), t_from_p(p.low, df))


def p_span_from_t(t: Span, df: float) -> Span:
    """Return the two-sided p values of a span of t statistics."""
    size = t.size()
    return Span(float(two_sided_p(size.high, df)), float(two_sided_p(size.low, df)))


def hedges_g_span(treated: RoundedArm, control: RoundedArm) -> Span:
    """Return every Hedges' g (exact small-sample correction), treated minus control."""
    correction = small_sample_factor(treated.n + control.n - 2)
    return cohens_d_span(treated, control).times(correction)
