"""Many data sets pooled at once give what pooling each of them gives."""

import math

import numpy as np
import pytest

import retrostats as rs
from retrostats.errors import RetrostatsError
from retrostats.meta.inference import TESTS
from retrostats.meta.many.estimators import MANY
from retrostats.meta.tau.estimators import ESTIMATORS

from .golden_meta import SETS, columns

#: Rows against single fits, relative above 1; 4e-15 measured.
SAME = 1e-12
SIZES = (2, 3, 6, 13)


def trials(y, v):
    return [
        rs.Estimate.from_se(f"Trial {place}", value, math.sqrt(variance), unit="SD")
        for place, (value, variance) in enumerate(zip(y, v, strict=True))
    ]


def data(k, count=6):
    rng = np.random.default_rng(k)
    y = rng.standard_normal((count, k)) * 10 ** rng.uniform(-1, 1.5, (count, 1))
    return y, 10 ** rng.uniform(-1.5, 1.5, (count, k))


def numbers(single):
    mean = single.pooled
    return {
        "value": mean.value,
        "se": mean.se,
        "low": mean.ci.low,
        "high": mean.ci.high,
        "p": mean.p,
        "tau2": single.tau2,
        "q": single.q.statistic,
        "i2": single.i2,
    }


def require_same(many, row, single, *, scale):
    for name, wanted in numbers(single).items():
        got = getattr(many, name)[row]
        assert abs(got - wanted) <= SAME * max(abs(wanted), scale), (name, got, wanted)
    assert many.df == single.pooled.df
    assert not many.failed[row]


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_each_row_is_what_pool_gives(tau2, test):
    for k in SIZES:
        y, v = data(k)
        many = rs.pool_many(y, v, tau2=tau2, test=test, level=0.9)
        for row in range(len(y)):
            single = rs.pool(trials(y[row], v[row]), tau2=tau2, test=test, level=0.9)
            require_same(many, row, single, scale=1.0)


@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_shared_variances_give_what_pool_gives(tau2):
    for name in SETS:
        y, v = columns(name, "yi", "vi")
        many = rs.pool_many(np.stack((y, 2 * y, -y)), v, tau2=tau2)
        for row, factor in enumerate((1, 2, -1)):
            require_same(many, row, rs.pool(trials(factor * y, v), tau2=tau2), scale=1.0)


def test_every_named_estimator_is_done_at_once():
    assert set(MANY) == set(ESTIMATORS.values())


def test_an_own_estimator_is_called_row_by_row():
    def half_of_reml(y, v):
        return 0.5 * ESTIMATORS["reml"](y, v)

    y, v = data(5)
    y[2, 1] = math.nan
    many = rs.pool_many(y, v, tau2=half_of_reml, test="z")
    assert many.estimator == "half_of_reml"
    assert many.failed.tolist() == [False, False, True, False, False, False]
    require_same(many, 3, rs.pool(trials(y[3], v[3]), tau2=half_of_reml, test="z"), scale=1.0)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_the_unit_of_the_outcome_does_not_matter(tau2, scale):
    y, v = data(4)
    one, other = rs.pool_many(y, v, tau2=tau2), rs.pool_many(scale * y, scale**2 * v, tau2=tau2)
    np.testing.assert_allclose(other.value / scale, one.value, rtol=1e-11)
    np.testing.assert_allclose(other.tau2 / scale**2, one.tau2, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-10)


@pytest.mark.parametrize("tau2", ["pm", "eb", "pmm"])
def test_generalised_q_meets_its_target_at_any_spread_of_variances(tau2):
    rng = np.random.default_rng(11)
    y = rng.standard_normal((400, 5)) * 10 ** rng.uniform(-1, 3, (400, 1))
    v = 10 ** rng.uniform(-6, 6, (400, 5))
    found = rs.pool_many(y, v, tau2=tau2, test="z").tau2
    at_root = rs.pool_many(y, v + found[:, None], tau2="common").q
    target = 4 if tau2 != "pmm" else 3.3566939800333224  # median of chi-square with 4 df
    assert (found > 0).sum() > 100
    np.testing.assert_allclose(at_root[found > 0], target, rtol=1e-9)
    assert (at_root[found == 0] <= target * (1 + 1e-12)).all()


@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_a_row_fails_alone_and_where_pool_refuses(tau2):
    y, v = data(3, count=7)
    whole = rs.pool_many(y, v, tau2=tau2)
    y[1, 0], y[2, 1], v[3, 2], v[4, 0], y[5] = math.nan, math.inf, 0.0, -1.0, 0.25
    v[5] = 0.1
    many = rs.pool_many(y, v, tau2=tau2)
    assert many.failed.tolist() == [False, True, True, True, True, True, False]
    assert many.failures == 5
    for name in ("value", "se", "low", "high", "p", "tau2", "q", "i2"):
        column = getattr(many, name)
        assert np.isnan(column[1:6]).all()
        assert column[[0, 6]] == pytest.approx(getattr(whole, name)[[0, 6]], rel=1e-12)
    with pytest.raises(RetrostatsError):
        rs.pool(trials(y[5], v[5]), tau2=tau2)
    assert rs.pool_many(y, v, tau2=tau2, test="hksj_adhoc").failed.tolist()[5] is False


def test_estimates_equal_but_for_rounding_are_equal():
    y, v = np.array([[0.1 + 0.2, 0.3, 0.3]]), np.array([0.1, 0.2, 0.3])
    assert rs.pool_many(y, v).failures == 1
    with pytest.raises(RetrostatsError):
        rs.pool(trials(y[0], v))
    assert rs.pool_many(y, v, test="z").failures == 0


def test_it_says_what_it_did():
    many = rs.pool_many(*data(3))
    assert str(many) == "6 data sets of 3 trials pooled by reml, hksj; 0 without an answer"
    assert len(many) == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0.1, 0.2]}, r"a row for each data set.*got shape \(2,\)"),
        ({"y": [[0.1], [0.2]]}, r"two or more trials; got shape \(2, 1\)"),
        ({"v": [0.1, 0.1]}, r"v has shape \(2, 3\) as y, or \(3,\).*got \(2,\)"),
        ({"level": 1.0}, "the level must lie between 0 and 1, as in level=0.95; got 1.0"),
        ({"test": "hk"}, "test must be one of z, t, hksj, hksj_adhoc; got 'hk'"),
        ({"tau2": "REML"}, "tau2 must be one of common, dl"),
    ],
)
def test_wrong_arguments_are_refused(change, message):
    given = {"y": [[0.1, 0.2, 0.3], [0.2, 0.1, 0.4]], "v": [0.1, 0.1, 0.2]} | change
    with pytest.raises(ValueError, match=message):
        rs.pool_many(**given)
