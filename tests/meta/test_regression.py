"""Meta-regression: exact arithmetic, what must hold for any trials, and what is refused."""

import json
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import retrostats as rs

#: The same sums in another order or unit; measured 3e-14.
ROUNDING = 1e-12

EFFECTS = ((-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2), (-0.35, 0.25))
WEEKS = (12, 4, 6, 8, 3, 4)
ARMS = ("b", "a", "b", "a", "b", "a")
TESTS = ("z", "t", "hksj", "hksj_adhoc")
ESTIMATORS = ("common", "dl", "pm", "pmm", "reml", "ml", "eb", "sj", "he", "hs", "hsk")


def some(effects=EFFECTS, unit="SD"):
    return [
        rs.Estimate.from_se(f"Trial {name}", *effect, unit=unit)
        for name, effect in zip("ABCDEFGHIJ", effects, strict=False)
    ]


def exact_line(effects, x):
    """Weighted intercept and slope, and their variances, in whole fractions."""
    pairs = [(Fraction(value), Fraction(se) ** 2) for value, se in effects]
    w = [1 / v for _, v in pairs]
    x = [Fraction(each) for each in x]
    total = sum(w)
    middle = sum(a * b for a, b in zip(w, x, strict=True)) / total
    mean = sum(a * y for a, (y, _) in zip(w, pairs, strict=True)) / total
    spread = sum(a * (b - middle) ** 2 for a, b in zip(w, x, strict=True))
    cross = sum(a * (b - middle) * y for a, b, (y, _) in zip(w, x, pairs, strict=True))
    slope = cross / spread
    errors = (1 / total + middle**2 / spread, 1 / spread)
    return (float(mean - slope * middle), float(slope)), [math.sqrt(e) for e in errors]


@pytest.mark.parametrize(
    ("effects", "x"),
    [
        (EFFECTS, WEEKS),
        (EFFECTS, (2012, 2004, 2006, 2008, 2003, 2019)),
        ([(v, se * 10 ** (3 - place)) for place, (v, se) in enumerate(EFFECTS)], WEEKS),
        ([(1000 + v, se) for v, se in EFFECTS], (1e6, 1e6 + 1, 1e6 + 3, 1e6 + 2, 1e6 + 7, 1e6)),
    ],
)
def test_exact_fractions(effects, x):
    fit = rs.meta_regression(some(effects), {"x": x}, tau2="common", test="z")
    values, errors = exact_line(effects, x)
    for mine, value, error in zip(fit.coefficients, values, errors, strict=True):
        assert mine.value == pytest.approx(value, rel=1e-9)
        assert mine.se == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("tau2", ESTIMATORS)
@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_another_unit_of_the_effect(tau2, factor):
    larger = [(value * factor, se * factor) for value, se in EFFECTS]
    one = rs.meta_regression(some(), {"weeks": WEEKS}, tau2=tau2)
    two = rs.meta_regression(some(larger), {"weeks": WEEKS}, tau2=tau2)
    assert two.tau2 == pytest.approx(factor**2 * one.tau2, rel=ROUNDING)
    assert two.moderators.statistic == pytest.approx(one.moderators.statistic, rel=ROUNDING)
    assert two.r2 == pytest.approx(one.r2, rel=1e-10)
    for a, b in zip(one.coefficients, two.coefficients, strict=True):
        assert b.value == pytest.approx(factor * a.value, rel=ROUNDING)
        assert b.se == pytest.approx(factor * a.se, rel=ROUNDING)


@pytest.mark.parametrize("tau2", ["reml", "pm", "sj"])
@pytest.mark.parametrize(("factor", "shift"), [(1e-9, 0), (1e9, 0), (7, 3), (1, 2019)])
def test_another_unit_of_the_moderator(tau2, factor, shift):
    moved = [factor * week + shift for week in WEEKS]
    one = rs.meta_regression(some(), {"weeks": WEEKS}, tau2=tau2)
    two = rs.meta_regression(some(), {"weeks": moved}, tau2=tau2)
    a, b = one.coefficients["weeks"], two.coefficients["weeks"]
    assert b.value * factor == pytest.approx(a.value, rel=1e-11)
    assert b.se * factor == pytest.approx(a.se, rel=1e-11)
    assert two.tau2 == pytest.approx(one.tau2, rel=1e-11)
    at, also = one.predict({"weeks": 5}), two.predict({"weeks": 5 * factor + shift})
    assert also.means[0].value == pytest.approx(at.means[0].value, rel=1e-11)
    assert also.intervals[0].low == pytest.approx(at.intervals[0].low, rel=1e-11)


@pytest.mark.parametrize("test", TESTS)
def test_one_coefficient_has_one_test(test):
    fit = rs.meta_regression(some(), {"weeks": WEEKS}, test=test)
    slope = fit.coefficients["weeks"]
    assert fit.moderators.statistic == pytest.approx((slope.value / slope.se) ** 2, rel=ROUNDING)
    assert fit.moderators.p == pytest.approx(slope.p, rel=1e-10)
    assert math.isinf(slope.df) == (test == "z")


def test_categories_and_their_reference():
    fit = rs.meta_regression(some(), {"arm": ARMS}, tau2="common", test="z")
    y, w = fit.y, 1 / fit.v
    b = np.array(ARMS) == "b"
    means = np.average(y[~b], weights=w[~b]), np.average(y[b], weights=w[b])
    assert [each.label for each in fit.coefficients] == ["Intercept", "arm[T.b]"]
    assert fit.coefficients[0].value == pytest.approx(means[0])
    assert fit.coefficients[1].value == pytest.approx(means[1] - means[0])
    other = rs.meta_regression(
        some(), {"arm": ARMS}, formula='C(arm, contr.treatment("b"))', tau2="common", test="z"
    )
    assert other.coefficients[1].value == pytest.approx(means[0] - means[1])
    ordered = pd.DataFrame({"arm": pd.Categorical(ARMS, ["b", "a"])})
    assert rs.meta_regression(some(), ordered).coefficients[1].label == "arm[T.a]"


def test_a_formula_with_an_interaction_and_without_an_intercept():
    frame = {"weeks": WEEKS, "arm": ARMS}
    crossed = rs.meta_regression(some(), frame, formula="~ weeks * arm")
    assert crossed.columns.names == ("Intercept", "weeks", "arm[T.b]", "weeks:arm[T.b]")
    assert (crossed.moderators.df1, crossed.df) == (3, 2)
    means = rs.meta_regression(some(), frame, formula="0 + arm")
    assert means.columns.names == ("arm[a]", "arm[b]")
    assert math.isnan(means.r2)
    assert means.to_dict()["r2"] is None
    assert "R²" not in repr(means)
    joined = rs.pool_subgroups(some(), ARMS, between="common")
    assert means.coefficients["arm[b]"].se == pytest.approx(joined["b"].pooled.se, rel=ROUNDING)


def test_a_data_frame_and_names_that_are_no_words():
    one = rs.meta_regression(some(), {"weeks of walking": WEEKS})
    two = rs.meta_regression(some(), pd.DataFrame({"weeks of walking": WEEKS}))
    assert one.coefficients == two.coefficients
    assert one.formula == "weeks of walking"
    assert one.predict({"weeks of walking": [3]}).means[0].label == "weeks of walking 3"


def test_predictions():
    fit = rs.meta_regression(some(), {"weeks": WEEKS, "arm": ARMS})
    new = fit.predict({"weeks": [3, 6.5], "arm": "a"}, level=0.8)
    a, b = (fit.coefficients[name].value for name in ("Intercept", "weeks"))
    assert [mean.label for mean in new.means] == ["weeks 3, arm a", "weeks 6.5, arm a"]
    assert new.means[1].value == pytest.approx(a + 6.5 * b)
    assert new.means[0].ci.level == new.intervals[0].level == 0.8
    for mean, interval in zip(new.means, new.intervals, strict=True):
        reach = (mean.ci.high - mean.value) / mean.se
        margin = reach * math.sqrt(mean.se**2 + fit.tau2)
        assert interval.high == pytest.approx(mean.value + margin)
    frame = pd.DataFrame({"weeks": [3, 6.5], "arm": ["a", "a"]})
    assert fit.predict(frame, level=0.8) == new
    common = rs.meta_regression(some(), {"weeks": WEEKS}, tau2="common").predict({"weeks": 6})
    assert common.intervals == (None,)
    assert "PI" not in repr(common)


def test_predictions_that_are_refused():
    fit = rs.meta_regression(some(), {"weeks": WEEKS, "arm": ARMS})
    with pytest.raises(rs.DataError, match="this column is needed"):
        fit.predict({"weeks": 3})
    with pytest.raises(rs.DataError, match="not among the levels"):
        fit.predict({"weeks": 3, "arm": "water"})
    with pytest.raises(TypeError, match="a mapping or a data frame"):
        fit.predict([3, 4])
    with pytest.raises(ValueError, match="level"):
        fit.predict({"weeks": 3, "arm": "a"}, level=95)


@pytest.mark.parametrize(
    ("moderators", "formula", "error", "message"),
    [
        ({"a": [1] * 6, "b": WEEKS}, None, rs.DataError, "'a' is 1 in every trial"),
        ({"a": [0.3] * 5 + [0.1 + 0.2]}, None, rs.DataError, "is 0.3 in every trial"),
        ({"a": WEEKS, "b": [2 * w for w in WEEKS]}, None, rs.DataError, "'b' follows from 'a';"),
        (
            {"a": WEEKS, "b": (1, 2, 1, 2, 3, 5), "c": [w + 3 for w in WEEKS]},
            None,
            rs.DataError,
            "'c' follows from 'a';",
        ),
        (
            {"a": (1, 2, 3, None, 5, 6), "b": [*ARMS[:5], None]},
            None,
            rs.DataError,
            "'a' is missing for 'Trial D'; 'b' is missing for 'Trial F'",
        ),
        ({"a": (1, 2, 3, 4, 5, math.inf)}, None, rs.DataError, "'a' is infinite for 'Trial F'"),
        ({"a": (1, 2), "b": (1,)}, None, rs.DataError, "'a' has 2 values for 6 trials; 'b' has 1"),
        ({"a": ["x"] * 6}, None, rs.DataError, "two levels at least"),
        ({"a": WEEKS}, "a + b", rs.DataError, "no such column"),
        ({"a": WEEKS}, "1", rs.DataError, "no moderator in the formula"),
        ({}, None, rs.DataError, "there is no moderator"),
        ({"a": list("abcdef")}, None, rs.FitError, "6 trials cannot determine 6 coefficients"),
        ([1, 2], None, TypeError, "a data frame or a mapping"),
        ({"a": "abcdef"}, None, TypeError, "must be a list"),
        ({"a": 3}, None, TypeError, "must be a list"),
    ],
)
def test_moderators_that_say_nothing_are_refused(moderators, formula, error, message):
    with pytest.raises(error, match=message):
        rs.meta_regression(some(), moderators, formula=formula)


def test_a_missing_value_that_no_term_uses_does_not_matter():
    moderators = {"weeks": WEEKS, "age": (60, None, 61, 58, 63, 59)}
    fit = rs.meta_regression(some(), moderators, formula="weeks")
    assert fit.coefficients == rs.meta_regression(some(), {"weeks": WEEKS}).coefficients


def test_rows_that_name_trials_must_be_in_their_order():
    names = [trial.label for trial in some()]
    frame = pd.DataFrame({"weeks": WEEKS}, index=names)
    assert rs.meta_regression(some(), frame).studies == tuple(names)
    with pytest.raises(rs.DataError, match="not those of the estimates in their order"):
        rs.meta_regression(some(), frame.iloc[::-1])


def test_estimates_on_the_line():
    line = [(0.5 - 0.1 * week, 0.2) for week in WEEKS]
    with pytest.raises(rs.FitError, match="lie on the fitted values exactly"):
        rs.meta_regression(some(line), {"weeks": WEEKS})
    fit = rs.meta_regression(some(line), {"weeks": WEEKS}, test="hksj_adhoc")
    assert fit.coefficients["weeks"].value == pytest.approx(-0.1)
    assert fit.tau2 == 0


def test_a_function_of_the_user():
    def half(y, _, x=None):
        return float(np.var(y)) / (2 if x is None else 2 * x.shape[1])

    fit = rs.meta_regression(some(), {"weeks": WEEKS}, tau2=half)
    assert (fit.estimator, fit.r2) == ("half", pytest.approx(0.5))
    with pytest.raises(ValueError, match="must take"):
        rs.meta_regression(some(), {"weeks": WEEKS}, tau2=lambda y, _: float(np.var(y)))
    with pytest.raises(rs.FitError, match="one finite number of 0 or more"):
        rs.meta_regression(some(), {"weeks": WEEKS}, tau2=lambda *_: -1.0)


def test_caveats():
    fit = rs.meta_regression(some(), {"weeks": WEEKS, "arm": ["one", *ARMS[1:]]})
    first, last = fit.caveats
    assert first.startswith("6 trials for 3 coefficients beside the intercept")
    assert last == "arm: 'one' has one trial, which alone decides its coefficient."
    assert "Caveat" in fit._repr_html_()
    many = [(0.1 * (place % 5) + 0.02 * place, 0.1) for place in range(10)]
    wide = rs.meta_regression(some(many), {"x": [(7 * place) % 11 for place in range(10)]})
    assert wide.caveats == ()


def test_estimates_near_the_line_are_told():
    near = [(0.5 - 0.1 * week + 0.01 * (place % 2), 0.2) for place, week in enumerate(WEEKS)]
    told = rs.meta_regression(some(near), {"weeks": WEEKS}).caveats
    assert told[1].startswith("The Hartung-Knapp interval of 'weeks' is narrower than")
    for test in ("z", "t", "hksj_adhoc"):
        assert len(rs.meta_regression(some(near), {"weeks": WEEKS}, test=test).caveats) == 1


def test_plain_json_values():
    fit = rs.meta_regression(some(), {"weeks": WEEKS}, test="z")
    told = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert told["moderators"]["df2"] is None
    assert told["coefficients"]["estimates"][1]["label"] == "weeks"


def test_the_joint_test_of_two_is_that_of_nested_models():
    """With no variance between trials it is the F of weighted least squares."""
    moderators = {"weeks": WEEKS, "arm": ARMS}
    fit = rs.meta_regression(some(), moderators, tau2="common")
    without = rs.pool(some(), tau2="common").q
    f = (without.statistic - fit.q.statistic) / 2 / (fit.q.statistic / fit.df)
    assert (fit.moderators.df1, fit.moderators.df2) == (2, 3)
    assert fit.moderators.statistic == pytest.approx(f, rel=ROUNDING)
    z = rs.meta_regression(some(), moderators, tau2="common", test="z").moderators
    assert z.statistic == pytest.approx(without.statistic - fit.q.statistic, rel=ROUNDING)
    assert str(z).startswith("chi-square(2) = ")
