"""What is no pool, no list, no number: refused in words, before anything is computed."""

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.meta.weighted import weighted_fit

#: Every public function whose first argument is the result of `pool`.
OF_A_POOL = {
    "baujat": {},
    "bootstrap_pooled": {"seed": 1, "replicates": 99},
    "cumulative_pool": {},
    "egger_test": {},
    "fail_safe_n": {},
    "gosh": {},
    "heterogeneity_interval": {},
    "influence": {},
    "leave_one_out": {},
    "permutation_test_pooled": {},
    "pet_peese": {},
    "rank_correlation_test": {},
    "selection_model": {"alternative": "less"},
    "shrunken_estimates": {},
    "trim_and_fill": {},
}


@pytest.fixture(scope="module")
def trials():
    values, errors = (-0.9, -0.15, -0.4, 0.2), (0.32, 0.22, 0.28, 0.3)
    return [
        rs.Estimate.from_se(f"Trial {name}", value, se, unit="SD")
        for name, value, se in zip("ABCD", values, errors, strict=True)
    ]


@pytest.mark.parametrize("name", OF_A_POOL)
def test_what_is_no_pool_is_refused_by_its_type(name, trials):
    # A meta-regression has trials, y and v too: some functions would answer with other numbers.
    weeks = rs.meta_regression(trials, {"weeks": [3, 6, 4, 8]})
    for given in (trials, weeks, rs.pool_subgroups(trials, list("xyxy")), rs.Pooled, None, "pain"):
        with pytest.raises(TypeError) as error:
            getattr(rs, name)(given, **OF_A_POOL[name])
        assert str(error.value) == (
            f"{name}: need the result of rs.pool, a Pooled; got a value of type "
            f"{type(given).__name__}; pool the estimates first, as in {name}(rs.pool(estimates))"
        )


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True, float("nan")])
def test_a_seed_is_a_whole_number_even_where_none_is_needed(seed, trials):
    for most in (3, 1000):
        with pytest.raises(ValueError, match=r"^gosh: the seed must be a whole number of 0 or"):
            rs.gosh(rs.pool(trials), most=most, seed=seed)


def test_options_of_another_type_are_named(trials):
    pooled = rs.pool(trials)
    with pytest.raises(TypeError, match=r"cumulative_pool: by must be a list; got 5$"):
        rs.cumulative_pool(pooled, by=5)
    with pytest.raises(TypeError, match=r"cumulative_pool: order must be a list; got 'Trial A'$"):
        rs.cumulative_pool(pooled, order="Trial A")
    with pytest.raises(ValueError, match=r"alpha must lie between 0 and 1, got 'a'"):
        rs.fail_safe_n(pooled, alpha="a")
    with pytest.raises(ValueError, match=r"target must be above 0 and at most .* got 'a'"):
        rs.fail_safe_n(pooled, kind="orwin", target="a")
    with pytest.raises(ValueError, match=r"steps must be one-sided p values .* got \['a'\]"):
        rs.selection_model(pooled, alternative="less", steps=["a"])
    with pytest.raises(ValueError, match=r"the level must lie between 0 and 1, .* got 'a'"):
        rs.bootstrap_pooled(pooled, seed=1, level="a")
    with pytest.raises(ValueError, match=r"predictor must be one of .* got \[\]"):
        rs.egger_test(pooled, predictor=[])
    with pytest.raises(rs.DataError, match=r"sizes must be a list of numbers; got 'many'"):
        rs.egger_test(pooled, predictor="n", sizes="many")
    with pytest.raises(TypeError, match=r"correlations must be a list of numbers; got 0.5"):
        rs.correlation_sensitivity(trials, list("aabc"), correlations=0.5)


@pytest.mark.parametrize(
    "values", [{1, 2, 3, 4}, np.ones((4, 2)), [[1], [2], [3], [4]], dict.fromkeys(range(4), 1)]
)
def test_a_moderator_is_a_list_of_single_values(values, trials):
    with pytest.raises(TypeError, match=r"the moderator 'weeks' must be a list with one value"):
        rs.meta_regression(trials, {"weeks": values})


def test_moderators_and_formulas_that_are_none(trials):
    twice = pd.DataFrame([[1, 2], [2, 3], [4, 5], [3, 1]], columns=["weeks", "weeks"])
    with pytest.raises(
        rs.DataError, match=r"more than one column is called 'weeks'; give each moderator"
    ):
        rs.meta_regression(trials, twice)
    with pytest.raises(TypeError, match=r"the formula must be a text such as .* got 3"):
        rs.meta_regression(trials, {"weeks": [3, 6, 4, 8]}, formula=3)
    weeks = rs.meta_regression(trials, {"weeks": [3, 6, 4, 8]})
    with pytest.raises(rs.DataError, match=r"predict: there is no row to predict"):
        weeks.predict({"weeks": []})


@pytest.mark.parametrize("power", ["50", "7", "9" * 6000])
@pytest.mark.parametrize("sign", ["**", "^"])
def test_a_power_of_terms_that_would_take_hours_is_refused(power, sign, trials):
    given = {"weeks": [3, 6, 4, 8], "dose": [1, 5, 2, 2]}
    with pytest.raises(rs.DataError, match=rf"the power {power[:9]} is above 6; no trial has"):
        rs.meta_regression(trials, given, formula=f"(weeks + dose){sign}{power}")


def test_powers_of_numbers_and_small_powers_of_terms_stay(trials):
    squared = rs.meta_regression(trials, {"weeks": [3, 6, 4, 8]}, formula="I(weeks**12)")
    assert squared.columns.names[1] == "I(weeks ** 12)"
    both = {"weeks": [3, 6, 4, 8], "dose": [1, 5, 2, 2]}
    with pytest.raises(rs.FitError, match="weeks:dose"):
        rs.meta_regression(trials, both, formula="(weeks + dose)**2")


def test_groups_that_differ_in_spelling_alone_are_asked_about(trials):
    with pytest.raises(rs.DataError, match=r"'ground' and 'Ground ' are one group or two\?"):
        rs.pool_subgroups(trials, ["ground", "treadmill", "Ground ", "treadmill"])
    with pytest.raises(TypeError, match="groups must be a list with one name for each trial"):
        rs.pool_subgroups(trials, {"a", "b", "c", "d"})


@pytest.mark.parametrize(
    "y",
    [
        [["a", "b"]],
        [[1, 2], [1]],
        [[1j, 2, 3]],
        [[10**400, 1, 2]],
        np.ma.masked_array([[1.0, 2, 3]], [[0, 1, 0]]),
    ],
)
def test_data_sets_are_real_numbers(y):
    with pytest.raises(TypeError, match=r"^pool_many: y must be an array of real numbers"):
        rs.pool_many(y, [1, 1, 1])


@pytest.mark.parametrize("covariance", ["a", [["a"] * 4] * 4, np.eye(4) * 1j, [[1], [1, 2]]])
def test_a_covariance_is_of_real_numbers(covariance, trials):
    with pytest.raises(TypeError, match=r"^pool_dependent: covariance must be an array of real"):
        rs.pool_dependent(trials, list("aabc"), covariance=covariance)
    with pytest.raises(TypeError, match=r"^dependent estimates: covariance must be an array of"):
        rs.DependentEstimates(
            estimates=tuple(trials), clusters=tuple("aabc"), covariance=covariance
        )


def test_dependent_estimates_may_come_from_a_generator(trials):
    listed = rs.pool_dependent(trials, list("aabc"), correlation=0.5)
    drawn = rs.pool_dependent((each for each in trials), iter("aabc"), correlation=0.5)
    assert drawn.pooled == listed.pooled


def test_arms_that_are_none_and_arms_without_number():
    control = rs.ArmSummary(arm="control", n=10**12, mean=1.0, sd=1.0)
    retro = rs.ArmSummary(arm="retro", n=20, mean=3.1, sd=1.5)
    with pytest.raises(ValueError, match="2 or more, and at most 100; got 1000000000"):
        rs.split_control(control, 10**9)
    for given in (None, 1, "control"):
        with pytest.raises((TypeError, ValueError), match="ArmSummary"):
            rs.shared_control_covariance([retro], given, trial="Trial A")


def pairwise(y, v):
    """Return ``y'Py`` and ``P`` from all pairs of trials: sums of one sign, and slow."""
    w = 1 / v
    products = np.outer(w / w.sum(), w)
    squared = products * (y[:, None] - y) ** 2
    projector = -products
    np.fill_diagonal(products, 0.0)
    np.fill_diagonal(projector, products.sum(axis=0))
    return squared.sum() / 2, projector


@pytest.mark.parametrize("spread", [0, 2, 6, 12])
@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_a_mean_without_pairs_is_that_of_all_pairs(spread, offset):
    rng = np.random.default_rng(spread)
    for k in (2, 3, 40):
        v = 10 ** rng.uniform(-spread, spread, k)
        y = offset + rng.normal(0, 1, k) * np.sqrt(v + 1)
        fit = weighted_fit(y, v)
        rss, projector = pairwise(y, v)
        # The largest gap that was seen is 2e-15; the bound of the docstring is 2 eps sqrt(1 + k).
        assert fit.rss == pytest.approx(rss, rel=1e-14)
        np.testing.assert_allclose(fit.projector, projector, rtol=1e-13)
        assert fit.trace == pytest.approx(np.trace(projector), rel=1e-13)
        left, right = v, rng.uniform(0, 1, k)
        squares = left @ projector**2 @ right
        assert fit.squares(left, right) == pytest.approx(squares, rel=1e-13)
        assert fit.squares() == pytest.approx(np.sum(projector**2), rel=1e-13)


@pytest.mark.parametrize("tau2", ["reml", "pm", "dl", "sj", "he"])
def test_no_square_of_the_number_of_trials_is_held(tau2):
    import tracemalloc

    from retrostats.meta.inference import coefficients
    from retrostats.meta.tau.estimators import find_estimator
    from retrostats.meta.tau.standard_errors import tau2_standard_error

    k = 3000
    rng = np.random.default_rng(1)
    y, v = rng.normal(0, 0.5, k), rng.uniform(0.05, 0.3, k)
    tracemalloc.start()
    found = find_estimator(tau2)[1](y, v)
    coefficients(y, v, found, test="hksj")
    tau2_standard_error(tau2, y, v, found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < k * k * 8 / 4
