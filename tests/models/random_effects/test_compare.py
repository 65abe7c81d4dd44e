import numpy as np
import pytest
from scipy.stats import chi2

from retrostats.errors import DataError
from retrostats.models.results.compare import Compared, likelihood_ratio, mixture_p

MEAN = ("Intercept", "week")


def fit(label="fit", loglik=-100.0, **other):
    facts = {"method": "reml", "n_rows": 90, "columns": MEAN, "n_covariance": 2}
    return Compared(label=label, loglik=loglik, **(facts | {"effects": ("Intercept",)} | other))


SLOPE = {"effects": ("Intercept", "week"), "n_covariance": 4}


def test_one_more_correlated_effect_mixes_q_and_q_plus_one():
    result = likelihood_ratio(fit(), fit(loglik=-97.0, **SLOPE))
    assert result.statistic == pytest.approx(6.0)
    assert (result.df, result.weights) == ((1, 2), (0.5, 0.5))
    assert result.p == pytest.approx((chi2.sf(6, 1) + chi2.sf(6, 2)) / 2, rel=1e-12)
    assert "50:50 mixture" in result.reference


def test_a_first_variance_mixes_zero_and_one():
    none = fit(effects=(), n_covariance=1)
    result = likelihood_ratio(none, fit(loglik=-99.0))
    assert result.df == (0, 1)
    assert result.p == pytest.approx(chi2.sf(2, 1) / 2, rel=1e-12)
    assert likelihood_ratio(none, fit(loglik=-100.0)).p == 1.0


def test_same_effects_take_the_plain_chi_square():
    small = fit(method="ml", columns=("Intercept",))
    result = likelihood_ratio(small, fit(method="ml", loglik=-96.5))
    assert (result.df, result.weights) == ((1,), (1.0,))
    assert result.p == pytest.approx(chi2.sf(7, 1), rel=1e-12)


def test_several_more_effects_are_told_to_be_cautious():
    three = fit(loglik=-95.0, effects=("Intercept", "week", "heel"), n_covariance=7)
    result = likelihood_ratio(fit(), three)
    assert result.df == (5,)
    assert "cautious" in result.reference
    assert str(result).startswith("likelihood ratio 10.00, chi-square 5 df, p = 0.075; cautious: 2")


def test_a_test_prints_as_one_line():
    mixed = likelihood_ratio(fit(), fit(loglik=-93.15, **SLOPE))
    line = "likelihood ratio 13.70, 50:50 mixture of chi-square 1 and 2 df, p < 0.001"
    assert str(mixed) == repr(mixed) == line
    plain = likelihood_ratio(
        fit(method="ml", columns=("Intercept",)), fit(method="ml", loglik=-96.5)
    )
    assert str(plain) == "likelihood ratio 7.00, chi-square 1 df, p = 0.008"


@pytest.mark.parametrize(
    ("smaller", "larger", "words"),
    [
        ({}, {"method": "ml"}, "one was fitted by reml, the other by ml"),
        ({"columns": ("Intercept",)}, {}, 'different means are not comparable.*method="ml"'),
        (
            {},
            SLOPE | {"n_rows": 89},
            "different rows, outcomes, subjects or weights .90 and 89 rows.",
        ),
        ({"data": "a"}, SLOPE | {"data": "b"}, "different rows"),
        ({"effects": ("week",)}, SLOPE | {"effects": ("Intercept", "x")}, "lacks random week"),
        (SLOPE, {}, "lacks random week"),
        ({}, {}, "give the larger model second"),
        ({}, SLOPE | {"loglik": -100.1}, "larger model has the lower log-likelihood"),
        ({}, SLOPE | {"loglik": float("nan")}, "larger model has the lower log-likelihood"),
    ],
)
def test_fits_that_cannot_be_compared(smaller, larger, words):
    with pytest.raises(DataError, match=words):
        likelihood_ratio(fit("small", **smaller), fit("large", **larger))


def test_all_faults_are_told_at_once():
    with pytest.raises(DataError, match=r"small against large.*fitted by.*different rows.*nested"):
        likelihood_ratio(fit("small", **SLOPE), fit("large", method="ml", n_rows=80))


def test_mixture_at_zero_and_far_out():
    assert mixture_p(0.0, (0, 1), (0.5, 0.5)) == 1.0
    assert mixture_p(1e-12, (0, 1), (0.5, 0.5)) == pytest.approx(0.5, abs=1e-6)
    assert 0 < mixture_p(300.0, (1, 2), (0.5, 0.5)) < 1e-60


def test_the_statistic_has_the_mixture_as_its_distribution(make_rows):
    """Under no random effect, half of the statistics are zero and the tail is halved."""
    rng = np.random.default_rng(7)
    subject = np.repeat(np.arange(40), 3)
    p = []
    for _ in range(150):
        y = rng.standard_normal(120)
        model = make_rows(
            np.ones((120, 1)), y, subject, np.ones((120, 1)), ("Intercept",)
        ).reduced()
        optimum = model.fit()
        alone = max(model.likelihood.evaluate(np.array([0.0, s])).loglik for s in [y.var(ddof=1)])
        none = fit(loglik=alone, effects=(), n_covariance=1)
        p.append(likelihood_ratio(none, fit(loglik=optimum.at.loglik)).p)
    # Three standard errors of a share of 150.
    assert np.mean(np.array(p) == 1.0) == pytest.approx(0.53, abs=0.13)
    assert np.mean(np.array(p) < 0.2) == pytest.approx(0.2, abs=0.1)
