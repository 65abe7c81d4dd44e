"""Few trials, equal trials, extreme sizes: an answer that holds, or an error that says why."""

import math

import numpy as np
import pytest
from scipy.stats import t

import retrostats as rs
from retrostats.meta.inference import TESTS
from retrostats.meta.tau.estimators import ESTIMATORS

#: Sums of a dozen doubles in another order.
SUMS = 1e-12


def trial(name, value, se, *, unit="SD", level=0.95, df=math.inf):
    return rs.Estimate.from_se(name, value, se, unit=unit, level=level, df=df)


def trials(values, errors, unit="SD"):
    return [
        trial(f"Trial {chr(65 + place)}", value, se, unit=unit)
        for place, (value, se) in enumerate(zip(values, errors, strict=True))
    ]


def test_one_trial_is_not_pooled():
    with pytest.raises(rs.DataError) as error:
        rs.pool([trial("Trial A", -0.5, 0.2)])
    assert str(error.value) == (
        "pool: 1 estimate given, and 2 or more are needed; one trial is not pooled, report its own "
        "estimate"
    )
    with pytest.raises(rs.DataError, match=r"no estimates given, and 2 or more are needed$"):
        rs.pool([])


@pytest.mark.parametrize("k", [2, 3])
def test_two_and_three_trials_by_hand(k):
    values, errors = (-0.52, -0.11, -0.9)[:k], (0.20, 0.25, 0.31)[:k]
    pooled = rs.pool(trials(values, errors))
    w = 1 / (np.square(errors) + pooled.tau2)
    mean = w @ values / w.sum()
    se = math.sqrt(w @ (np.array(values) - mean) ** 2 / ((k - 1) * w.sum()))
    assert pooled.pooled.value == pytest.approx(mean, rel=SUMS)
    assert pooled.pooled.se == pytest.approx(se, rel=SUMS)
    assert pooled.pooled.df == k - 1
    margin = t.ppf(0.975, k - 1) * se
    assert pooled.pooled.ci.low == pytest.approx(mean - margin, rel=1e-10)
    assert pooled.pooled.p == pytest.approx(2 * t.sf(abs(mean) / se, k - 1), rel=1e-10)
    assert sum("degree" in caveat for caveat in pooled.caveats) == 1


def test_of_two_trials_all_quadratic_estimators_agree():
    two = trials((-0.52, -0.11), (0.20, 0.25))
    expected = (0.41**2 - 0.20**2 - 0.25**2) / 2
    for name in ("dl", "pm", "eb", "reml", "he"):
        assert rs.pool(two, tau2=name).tau2 == pytest.approx(expected, rel=1e-9), name


@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e8, 1 / 3])
@pytest.mark.parametrize("values", [(0.3, 0.3, 0.3), (0.1 + 0.2, 0.3, 0.3), (0.0, 0.0, 0.0)])
@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_equal_estimates_have_no_hksj_error(values, scale, tau2):
    same = trials(np.multiply(values, scale), np.multiply((0.2, 0.3, 0.25), scale))
    with pytest.raises(rs.FitError) as error:
        rs.pool(same, tau2=tau2)
    assert "the 3 estimates agree to the last digit" in str(error.value)
    assert "use test='hksj_adhoc', 't' or 'z'" in str(error.value)
    for test in ("hksj_adhoc", "t", "z"):
        pooled = rs.pool(same, tau2=tau2, test=test)
        assert pooled.tau2 <= 1e-24 * scale**2
        assert pooled.q.statistic < 1e-24
        assert pooled.i2 == pytest.approx(0, abs=1e-20)
        se = scale / math.sqrt(1 / 0.2**2 + 1 / 0.3**2 + 1 / 0.25**2)
        assert pooled.pooled.se == pytest.approx(se, rel=SUMS)


def test_the_mean_of_equal_estimates_is_theirs_to_the_last_digit():
    for value in (0.3, 1 / 3, -1e8 / 7):
        same = trials((value,) * 7, (0.2, 0.3, 0.25, 0.1, 0.7, 0.21, 0.11))
        assert rs.pool(same, test="z").pooled.value == value


def test_nearly_equal_estimates_are_not_equal():
    pooled = rs.pool(trials((0.3, 0.3 + 1e-9, 0.3), (0.2, 0.3, 0.25)))
    assert 0 < pooled.pooled.se < 1e-9
    assert any("narrower than that of a common effect" in caveat for caveat in pooled.caveats)


def test_a_narrow_interval_is_said_and_the_floor_widens_it():
    close = trials((0.21, 0.25, 0.19, 0.22, 0.24), (0.17, 0.22, 0.14, 0.28, 0.2))
    narrow, floor = rs.pool(close), rs.pool(close, test="hksj_adhoc")
    assert any("test='hksj_adhoc'" in caveat for caveat in narrow.caveats)
    assert not any("narrower" in caveat for caveat in floor.caveats)
    assert floor.pooled.se == pytest.approx(rs.pool(close, test="z").pooled.se, rel=SUMS)
    assert floor.pooled.se > narrow.pooled.se


def test_tau_squared_of_zero_is_said():
    close = trials((0.21, 0.25, 0.19, 0.22, 0.24), (0.17, 0.22, 0.14, 0.28, 0.2))
    pooled = rs.pool(close)
    assert pooled.tau2 == pooled.i2 == 0
    assert pooled.prediction == pytest.approx(pooled.pooled.ci)
    assert any("tau² is estimated as 0" in caveat for caveat in pooled.caveats)
    assert not any("estimated as 0" in caveat for caveat in rs.pool(close, tau2="common").caveats)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_a_single_huge_trial(tau2, test):
    pooled = rs.pool(trials((-0.4, -0.9, -0.1, 0.3), (1e-6, 0.4, 0.5, 0.6)), tau2=tau2, test=test)
    assert math.isfinite(pooled.tau2)
    assert sum(pooled.weights) == pytest.approx(1, rel=SUMS)
    if pooled.tau2 == 0:
        assert pooled.pooled.value == pytest.approx(-0.4, abs=1e-9)
        assert any("Trial A has 100.0% of the weight" in each for each in pooled.caveats)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("tau2", ESTIMATORS)
def test_variances_from_1e_minus_12_to_1e12(tau2, test):
    rng = np.random.default_rng(7)
    errors = np.geomspace(1e-6, 1e6, 9)
    values = rng.normal(0, 1, 9) * np.sqrt(errors**2 + 0.25)
    pooled = rs.pool(trials(values, errors), tau2=tau2, test=test)
    assert 0 <= pooled.tau2 < math.inf
    assert 0 <= pooled.i2 <= 1
    assert math.isfinite(pooled.pooled.se)
    assert values.min() <= pooled.pooled.value <= values.max()
    if tau2 != "common":
        assert math.isfinite(pooled.tau2_se)


@pytest.mark.parametrize("se", [1e-200, 5e-324, 1e-51, 1e51])
def test_a_standard_error_of_no_measured_thing_is_refused_by_name(se):
    with pytest.raises(rs.DataError, match="Trial B has no usable standard error"):
        rs.pool(trials((-0.4, -0.9), (0.2, se)))


def test_values_beyond_all_measured_things_are_refused_by_name():
    with pytest.raises(rs.DataError, match=r"Trial A: 1e\+150 is too large to pool; change the"):
        rs.pool(trials((1e150, -0.9), (1e40, 0.2)))


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("scale", [1e-45, 1e45])
def test_sizes_up_to_the_limit_do_not_overflow(tau2, scale):
    values, errors = np.array([-0.52, -0.11, -0.9]), np.array([0.20, 0.25, 0.31])
    here = rs.pool(trials(values, errors), tau2=tau2)
    there = rs.pool(trials(values * scale, errors * scale), tau2=tau2)
    assert there.tau2 == pytest.approx(here.tau2 * scale**2, rel=SUMS)
    assert there.pooled.se == pytest.approx(here.pooled.se * scale, rel=SUMS)
    assert there.i2 == pytest.approx(here.i2, rel=SUMS)
    if tau2 != "common":
        assert there.tau2_se == pytest.approx(here.tau2_se * scale**2, rel=SUMS)


def test_an_estimate_without_a_standard_error_is_refused_by_name():
    exact = rs.Estimate(
        label="Trial B", value=0.3, se=math.nan, df=math.inf, unit="SD", p=math.nan,
        ci=rs.Interval(0.1, 0.6, 0.95),
    )  # fmt: skip
    with pytest.raises(rs.DataError, match=r"Trial B has no usable standard error \(nan\)"):
        rs.pool([trial("Trial A", -0.4, 0.2), exact])


def test_a_huge_q_has_a_p_of_zero():
    pooled = rs.pool(trials((-50.0, 50.0), (0.01, 0.01)))
    assert pooled.q.statistic == pytest.approx(5e7)
    assert pooled.q.p == 0
    assert "p < 0.001" in str(pooled)


@pytest.mark.parametrize("other", ["Trial A", "trial  a", " TRIAL A "])
def test_a_trial_that_comes_twice_is_refused_by_its_name(other):
    with pytest.raises(rs.DataError) as error:
        rs.pool([trial("Trial A", -0.4, 0.2), trial("Trial B", 0.0, 0.2), trial(other, -0.9, 0.3)])
    spelt = "'Trial A'" if other == "Trial A" else f"'Trial A' or {other!r}"
    assert str(error.value).count("comes more than once") == 1
    assert f"the trial {spelt} comes more than once" in str(error.value)
    assert "dependent estimates" in str(error.value)


def test_names_of_studies_take_the_place_of_labels():
    three = [trial("g", -0.4, 0.2), trial("g", 0.0, 0.2), trial("g", -0.9, 0.3)]
    pooled = rs.pool(three, studies=["one", "two", "three"])
    assert pooled.studies == ("one", "two", "three")
    with pytest.raises(rs.DataError, match="the trial 'one' or 'ONE' comes more than once"):
        rs.pool(three, studies=["one", "two", "ONE"])
    with pytest.raises(rs.DataError, match="2 names of studies for 3 estimates; give one each"):
        rs.pool(three, studies=["one", "two"])
    with pytest.raises(TypeError, match="studies must be a list of names"):
        rs.pool(three, studies="abc")
    with pytest.raises(TypeError, match="studies must be a list of names"):
        rs.pool(three, studies=[1, 2, 3])


def test_twins_under_two_names_are_told():
    pooled = rs.pool(trials((-0.4, -0.9, -0.4), (0.2, 0.3, 0.2)))
    assert any("Trial A and Trial C have the same estimate" in each for each in pooled.caveats)


def test_all_faults_are_told_at_once():
    with pytest.raises(rs.DataError) as error:
        rs.pool([
            trial("Trial A", -0.4, 1e-60), trial("trial a", -4, 0.2, unit="points"),
        ])  # fmt: skip
    for part in ("units differ ('SD', 'points')", "no usable standard error", "more than once"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (trial("Trial A", -0.4, 0.2), "got one Estimate"),
        ("pain", "got one str"),
        (3.0, "got a float"),
        ([0.2, 0.3], "among them is a value of type float"),
        ([rs.risk_ratio(15, 20, 8, 20)], r"of type Ratio; of a ratio give its \.log"),
    ],
)
def test_what_is_no_list_of_estimates_is_a_plain_type_error(given, words):
    with pytest.raises(TypeError, match=words):
        rs.pool(given)


def test_options_are_checked():
    two = trials((-0.52, -0.11), (0.20, 0.25))
    for level in (0, 1, 95, "95%"):
        with pytest.raises(ValueError, match="the level must lie between 0 and 1"):
            rs.pool(two, level=level)
    with pytest.raises(ValueError, match="test must be one of z, t, hksj, hksj_adhoc; got 'knha'"):
        rs.pool(two, test="knha")
    with pytest.raises(ValueError, match=r"tau2 must be one of common, .* function of \(y, v\)"):
        rs.pool(two, tau2="REML")
    with pytest.raises(ValueError, match="df must be 'test' or 'k-2'; got 1"):
        rs.pool(two).prediction_interval(df=1)
