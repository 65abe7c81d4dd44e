"""The t-test on rounded summaries: golden envelopes, brute force, and what must always hold."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import t as t_distribution
from scipy.stats import ttest_ind_from_stats

from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import (
    METHODS,
    RoundedArm,
    cohens_d_span,
    interval_spans,
    p_span,
    p_span_from_t,
    t_span,
    t_span_from_p,
)

ENVELOPES = Path(__file__).parents[1] / "golden/effects/e_summary/rounding_envelope.csv"

#: Same closed form as the golden program; measured gap 3e-13.
CLOSED_FORM = 1e-10

#: The search over an edge stops at 1/32**5 of its length. Measured gap to a grid 1e-7.
SEARCH = 1e-6


def arm(n, mean, sd, half_mean=0.0, half_sd=0.0):
    return RoundedArm(
        n=n,
        mean=Span(mean - half_mean, mean + half_mean),
        sd=Span(max(sd - half_sd, 0.0), sd + half_sd),
    )


def test_student_envelopes_equal_the_golden_ones():
    rows = list(csv.DictReader(ENVELOPES.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        cell = {name: float(text) for name, text in row.items()}
        halves = (0.5 * 10 ** -cell["dm"], 0.5 * 10 ** -cell["ds"])
        first = arm(int(cell["n1"]), cell["m1"], cell["s1"], *halves)
        second = arm(int(cell["n2"]), cell["m2"], cell["s2"], *halves)
        found = p_span(first, second, "Student")
        assert found.low == pytest.approx(cell["p_min"], rel=CLOSED_FORM)
        assert found.high == pytest.approx(cell["p_max"], rel=CLOSED_FORM)
    assert len(rows) == 4


def test_the_least_welch_p_lies_between_the_corners():
    # a difference of 5, SDs printed as 1 and 2, 7 and 6 people
    first, second = arm(7, 5, 1, 0, 0.5), arm(6, 0, 2, 0, 0.5)
    corners = [
        ttest_ind_from_stats(5, a, 7, 0, b, 6, equal_var=False).pvalue
        for a in (0.5, 1.5)
        for b in (1.5, 2.5)
    ]
    assert min(corners) == pytest.approx(1.0e-4, rel=0.05)
    assert p_span(first, second, "Welch").low == pytest.approx(7.8e-5, rel=0.005)


@pytest.mark.parametrize("method", METHODS)
def test_p_spans_equal_a_fine_grid(method):
    rng = np.random.default_rng(20130)
    for _ in range(25):
        n1, n2 = (int(n) for n in rng.integers(2, 40, 2))
        s1, s2 = (float(s) for s in rng.uniform(1, 9, 2))
        difference = float(rng.uniform(0.5, 8))
        half = float(rng.choice([0.05, 0.5]))
        found = p_span(arm(n1, difference, s1, 0, half), arm(n2, 0, s2, 0, half), method)
        a, b = np.meshgrid(*(np.linspace(s - half, s + half, 301) for s in (s1, s2)))
        equal = method == "Student"
        p = ttest_ind_from_stats(difference, a, n1, 0, b, n2, equal_var=equal).pvalue
        assert found.low <= p.min() * (1 + 1e-12)
        assert found.high >= p.max() * (1 - 1e-12)
        assert found.low == pytest.approx(p.min(), rel=1e-4)
        assert found.high == pytest.approx(p.max(), rel=SEARCH * 100)


@pytest.mark.parametrize("method", METHODS)
def test_without_rounding_everything_is_scipys_t_test(method):
    first, second = arm(15, 4.3, 1.6), arm(12, 5.2, 1.2)
    answer = ttest_ind_from_stats(4.3, 1.6, 15, 5.2, 1.2, 12, equal_var=method == "Student")
    low, high = interval_spans(first, second, method)
    assert p_span(first, second, method).low == pytest.approx(answer.pvalue, rel=1e-12)
    assert p_span(first, second, method).high == pytest.approx(answer.pvalue, rel=1e-12)
    assert t_span(first, second, method).low == pytest.approx(answer.statistic, rel=1e-12)
    summary = ttest_ind_from_stats(4.3, 1.6, 15, 5.2, 1.2, 12, equal_var=method == "Student")
    margin = abs(-0.9 / summary.statistic) * float(t_distribution.ppf(0.975, summary_df(method)))
    for limit, expected in ((low, -0.9 - margin), (high, -0.9 + margin)):
        assert limit.low == pytest.approx(expected, rel=1e-9)
        assert limit.high == pytest.approx(expected, rel=1e-9)


def summary_df(method):
    """Return the df of 15 people with SD 1.6 and 12 with SD 1.2, from the textbook formula."""
    a, b = 1.6**2 / 15, 1.2**2 / 12
    return 25 if method == "Student" else (a + b) ** 2 / (a**2 / 14 + b**2 / 11)


def test_the_interval_excludes_zero_where_p_is_below_5_percent():
    first, second = arm(18, 1.67, 1.28), arm(18, 0.18, 1.45)
    for method in METHODS:
        low, _ = interval_spans(first, second, method)
        assert p_span(first, second, method).high < 0.05
        assert low.low > 0


def test_two_sds_of_zero_give_certainty_or_nothing():
    assert p_span(arm(5, 3, 0), arm(5, 2, 0), "Student") == Span(0.0, 0.0)
    assert p_span(arm(5, 3, 0), arm(5, 2, 0), "Welch") == Span(0.0, 0.0)
    assert p_span(arm(5, 3, 0), arm(5, 3, 0), "Welch").high == 1.0


arms = st.builds(
    arm,
    n=st.integers(2, 60),
    mean=st.floats(0, 100),
    sd=st.floats(1, 30),
    half_mean=st.sampled_from([0.0, 0.005, 0.05, 0.5]),
    half_sd=st.sampled_from([0.0, 0.005, 0.05, 0.5]),
)


@settings(max_examples=60, deadline=None)
@given(arms, arms, st.sampled_from(METHODS))
def test_swapping_the_arms_only_flips_the_sign(a, b, method):
    assert p_span(a, b, method).low == pytest.approx(p_span(b, a, method).low, rel=1e-9, abs=1e-300)
    assert p_span(a, b, method).high == pytest.approx(p_span(b, a, method).high, rel=1e-9)
    assert t_span(a, b, method).low == pytest.approx(-t_span(b, a, method).high)
    assert cohens_d_span(a, b).low == pytest.approx(-cohens_d_span(b, a).high)


@settings(max_examples=60, deadline=None)
@given(arms, arms, st.sampled_from(METHODS), st.floats(0.1, 10))
def test_a_change_of_unit_changes_no_p_and_no_d(a, b, method, factor):
    scaled = [RoundedArm(n=x.n, mean=x.mean.times(factor), sd=x.sd.times(factor)) for x in (a, b)]
    before, after = p_span(a, b, method), p_span(*scaled, method)
    assert after.low == pytest.approx(before.low, rel=1e-6, abs=1e-300)
    assert after.high == pytest.approx(before.high, rel=1e-6)
    assert cohens_d_span(*scaled).high == pytest.approx(cohens_d_span(a, b).high)


@settings(max_examples=60, deadline=None)
@given(arms, arms, st.sampled_from(METHODS), st.floats(0.001, 1))
def test_widening_the_rounding_only_widens_the_answer(a, b, method, more):
    assume(min(a.sd.low, b.sd.low) > more)
    wider = [
        RoundedArm(
            n=x.n,
            mean=Span(x.mean.low - more, x.mean.high + more),
            sd=Span(x.sd.low - more, x.sd.high + more),
        )
        for x in (a, b)
    ]
    narrow = (p_span(a, b, method), t_span(a, b, method), *interval_spans(a, b, method))
    wide = (p_span(*wider, method), t_span(*wider, method), *interval_spans(*wider, method))
    for inside, outside in zip(narrow, wide, strict=True):
        slack = 1e-9 * max(1.0, abs(inside.low), abs(inside.high))
        assert outside.low <= inside.low + slack
        assert outside.high >= inside.high - slack


def test_p_and_t_lead_back_to_each_other():
    p = Span(0.0395, 0.0405)
    t = t_span_from_p(p, 28)
    assert p_span_from_t(t, 28).low == pytest.approx(p.low)
    assert p_span_from_t(t, 28).high == pytest.approx(p.high)
    assert t_span_from_p(Span(0.0, 0.001), 10).high == math.inf
    assert t_span_from_p(Span(0.05, 1.0), 10).low == 0
