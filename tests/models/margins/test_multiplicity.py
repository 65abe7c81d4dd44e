import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from retrostats.errors import DataError
from retrostats.models.margins.multiplicity import ADJUSTMENTS, adjust, caption_note

MIXED = Path(__file__).parents[2] / "golden" / "mixed"
TRIAL = json.loads((MIXED / "trial3" / "results.json").read_text())
MARGINS = json.loads((MIXED / "margins" / "results.json").read_text())["adjust"]

#: p by R's ptukey, which stops its integrals at about 1e-9; absolute, 8e-10 measured.
PTUKEY = 5e-9
#: Limits by R's qtukey, whose search stops early; in standard errors, 4e-9 measured.
QTUKEY = 5e-8
#: Closed forms by two programs, relative and in the unit of the outcome; 1e-13 measured.
CLOSED = 1e-11


def families(rows):
    """Rows of one visit each, as (estimate, se, df, p, low, high)."""
    visits = dict.fromkeys(row["visit"] for row in rows)
    keys = ("estimate", "SE", "df", "p.value", "lower.CL", "upper.CL")
    for visit in visits:
        yield np.array([[row[k] for k in keys] for row in rows if row["visit"] == visit]).T


def all_pairs(se):
    """A covariance of all pairs of groups with the given standard errors."""
    groups = (1 + math.isqrt(1 + 8 * len(se))) // 2
    rows = np.array(
        [np.eye(groups)[i] - np.eye(groups)[j] for i in range(groups) for j in range(i)]
    )
    correlation = rows @ rows.T / 2
    return correlation * np.outer(se, se)


def tables():
    for kind in ("mmrm_post_baseline", "mmrm_all_visits"):
        for fit in TRIAL[kind].values():
            yield fit["pairs"], fit["pairs_noadjust"]
    for fit in TRIAL["lmer"].values():
        for df in ("satterthwaite", "kenward-roger"):
            if f"pairs_{df}" in fit:
                yield fit[f"pairs_{df}"], fit[f"pairs_none_{df}"]


def test_tukey_is_that_of_emmeans_at_fractional_df():
    compared = 0
    for pairs, _ in tables():
        for estimate, se, df, p, low, high in families(pairs):
            found = adjust(estimate, all_pairs(se), df, method="tukey", level=0.95)
            assert found.p == pytest.approx(p, abs=PTUKEY)
            assert (found.low - low) / se == pytest.approx(0, abs=QTUKEY)
            assert (found.high - high) / se == pytest.approx(0, abs=QTUKEY)
            compared += len(p)
    assert compared == 1080


def test_no_adjustment_is_that_of_emmeans():
    compared = 0
    for _, pairs in tables():
        for estimate, se, df, p, low, high in families(pairs):
            found = adjust(estimate, all_pairs(se), df, method="none", level=0.95)
            assert found.p == pytest.approx(p, rel=CLOSED)
            assert found.low == pytest.approx(low, abs=CLOSED)
            assert found.high == pytest.approx(high, abs=CLOSED)
            compared += len(p)
    assert compared == 1080


@pytest.mark.parametrize("table", ["pairs holm", "control holm"])
def test_holm_has_bonferroni_intervals_as_in_emmeans(table):
    compared = 0
    for estimate, se, df, p, low, high in families(MARGINS[table]):
        found = adjust(estimate, np.diag(se**2), df, method="holm", level=0.95)
        assert found.p == pytest.approx(p, rel=CLOSED)
        assert found.low == pytest.approx(low, rel=CLOSED)
        assert found.high == pytest.approx(high, rel=CLOSED)
        compared += len(p)
    assert compared == len(MARGINS[table])


def control_family(groups, seed):
    """Comparisons of groups with one control, raw data, and the pooled t statistics."""
    rng = np.random.default_rng(seed)
    samples = [rng.normal(k / 3, 1, n) for k, n in enumerate(groups)]
    df = sum(groups) - len(groups)
    variance = sum(((s - s.mean()) ** 2).sum() for s in samples) / df
    rows = np.array([[-1, *np.eye(len(groups) - 1)[k]] for k in range(len(groups) - 1)])
    covariance = rows @ np.diag(variance / np.array(groups)) @ rows.T
    values = rows @ np.array([s.mean() for s in samples])
    return samples, values, covariance, np.full(len(values), float(df))


#: scipy.stats.dunnett integrates at random: p, 3e-5 measured with this seed.
SCIPY = 3e-4
#: Its limits come of a search over that integral; in standard errors, 8e-4 measured.
SCIPY_LIMITS = 1e-2


@pytest.mark.parametrize("groups", [(10, 10, 10), (12, 12, 12, 12), (30, 10, 20, 14)])
def test_dunnett_is_that_of_scipy(groups):
    samples, values, covariance, df = control_family(groups, 3)
    found = adjust(values, covariance, df, method="dunnett", level=0.95)
    theirs = stats.dunnett(*samples[1:], control=samples[0], rng=np.random.default_rng(1))
    assert found.p == pytest.approx(theirs.pvalue, abs=SCIPY)
    limits = theirs.confidence_interval(0.95)
    scale = np.sqrt(np.diagonal(covariance))
    assert found.low / scale == pytest.approx(limits.low / scale, abs=SCIPY_LIMITS)
    assert found.high / scale == pytest.approx(limits.high / scale, abs=SCIPY_LIMITS)


@given(
    st.lists(st.floats(-6, 6), min_size=3, max_size=3),
    st.floats(0.2, 0.8),
    st.sampled_from([0.05, 0.4, 1.7, 8.25, 61.3, math.inf]),
)
def test_adjusted_p_lie_between_one_comparison_and_bonferroni(values, rho, df):
    correlation = np.full((3, 3), rho) + (1 - rho) * np.eye(3)
    degrees = np.full(3, df)
    found = {
        method: adjust(np.array(values), correlation, degrees, method=method, level=0.9)
        for method in ("none", "holm", "dunnett")
    }
    single = found["none"].p
    assert (found["dunnett"].p >= single - 1e-12).all()
    assert (found["dunnett"].p <= np.minimum(1, 3 * single) + 1e-12).all()
    assert (found["holm"].p >= single).all()
    width = [found[m].high[0] - found[m].low[0] for m in ("none", "dunnett", "holm")]
    assert width == sorted(width)


@pytest.mark.parametrize("method", ["tukey", "dunnett"])
def test_intervals_exclude_zero_when_p_is_small_enough(method):
    se = np.array([0.3, 0.4, 0.35])
    df = np.array([12.4, 55.1, 31.0])
    for estimate in np.linspace(0.2, 2, 7):
        values = np.array([estimate, -estimate, 0.5 * estimate])
        found = adjust(values, all_pairs(se), df, method=method, level=0.95)
        outside = (found.low > 0) | (found.high < 0)
        assert (outside == (found.p < 0.05)).all()


def test_each_comparison_has_its_own_df():
    values, se = np.array([1.0, 1.0, 1.0]), np.ones(3)
    mixed = adjust(values, all_pairs(se), np.array([4.5, 30.0, np.inf]), method="tukey", level=0.95)
    for k, df in enumerate([4.5, 30.0, np.inf]):
        alone = adjust(values, all_pairs(se), np.full(3, df), method="tukey", level=0.95)
        assert mixed.p[k] == alone.p[k]
        assert mixed.high[k] == alone.high[k]


def test_adjusting_one_comparison_changes_nothing():
    one = [np.array([1.3]), np.array([[0.25]]), np.array([11.5])]
    plain = adjust(*one, method="none", level=0.9)
    for method in ADJUSTMENTS:
        found = adjust(*one, method=method, level=0.9)
        assert (found.p, found.low, found.high) == (plain.p, plain.low, plain.high)


def test_the_order_of_comparisons_does_not_matter():
    _, values, covariance, df = control_family((9, 12, 7, 15), 8)
    df = df + np.arange(3)
    turn = np.array([2, 0, 1])
    for method in ("none", "holm", "dunnett"):
        there = adjust(values, covariance, df, method=method, level=0.95)
        back = adjust(
            values[turn], covariance[np.ix_(turn, turn)], df[turn], method=method, level=0.95
        )
        assert back.p == pytest.approx(there.p[turn], rel=1e-10)
        assert back.low == pytest.approx(there.low[turn], rel=1e-10)


def test_tukey_refuses_what_is_not_all_pairs():
    _, values, covariance, df = control_family((9, 12, 7, 15), 8)
    with pytest.raises(DataError, match="these 3 comparisons are not all pairs"):
        adjust(values, covariance, df, method="tukey", level=0.95)
    with pytest.raises(DataError, match="these 2 comparisons are not all pairs"):
        adjust(values[:2], covariance[:2, :2], df[:2], method="tukey", level=0.95)


def test_faults_of_a_family():
    one = np.ones(1)
    with pytest.raises(DataError, match="choose one of none, holm, tukey, dunnett"):
        adjust(one, np.ones((1, 1)), one, method="scheffe", level=0.95)
    with pytest.raises(DataError, match=r"covariance of shape \(1, 1\).*; the level must"):
        adjust(one, np.ones((2, 2)), one, method="holm", level=95)
    with pytest.raises(DataError, match="every variance and every df must be positive"):
        adjust(one, np.zeros((1, 1)), one, method="holm", level=0.95)
    with pytest.raises(DataError, match="not known"):
        caption_note("sidak")


def test_captions_say_what_was_done():
    assert caption_note("none", family="visit") == ""
    assert caption_note("tukey") == "p and intervals adjusted by Tukey"
    assert "Bonferroni intervals, within visit" in caption_note("holm", family="visit")
    empty = adjust(np.ones(0), np.ones((0, 0)), np.ones(0), method="dunnett", level=0.95)
    assert len(empty.p) == 0
