"""Power of an MMRM with dropout: by hand, against its parts, and against fits."""

import math

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.power.closed.retention import last_visit, retention_factor
from retrostats.power.closed.visits import correlation_matrix

KNOWN = {"sd": (1.8, 2.0, 2.1), "correlation": 0.6, "visits": 3}
#: Three Monte Carlo errors of 3,000 trials at a power of 0.7.
SIMULATED = 0.026


def test_without_dropout_it_is_a_two_group_comparison():
    mmrm = rs.power_mmrm(**KNOWN, difference=1, n=(20, 31))
    plain = rs.power_two_groups(sd=2.1, difference=1, n=(20, 31))
    assert mmrm.power == pytest.approx(plain.power, rel=1e-12)


def test_with_a_baseline_it_is_an_ancova():
    mmrm = rs.power_mmrm(**KNOWN, baseline=(0.7, 0.6, 0.5), difference=1, n=20)
    ancova = rs.power_ancova(sd=2.1, correlation=0.5, difference=1, n=20)
    assert mmrm.power == pytest.approx(ancova.power, rel=1e-12)


def test_two_visits_by_hand():
    # 1 / r - rho^2 (1 - r) / r: completers, and what the others tell of the second visit.
    for rho, r in ((0.5, 0.8), (0.0, 0.7), (0.9, 0.6)):
        sigma = np.array([[1, 2 * rho], [2 * rho, 4]])
        wanted = 1 / r - rho**2 * (1 - r) / r
        assert retention_factor(sigma, np.array([1, r])) == pytest.approx(wanted, rel=1e-13)
    normal = rs.power_mmrm(
        visits=2, sd=(1, 2), correlation=0.5, dropout=(0, 0.2), difference=1, n=50, df="normal"
    )
    z = 1 / math.sqrt(4 * 1.1875 * 2 / 50)
    both = rs.power_mmrm(visits=1, sd=2, correlation=0, difference=1, n=50, df="normal")
    assert normal.power == pytest.approx(_two_sided(z), rel=1e-12)
    assert both.power == pytest.approx(_two_sided(1 / math.sqrt(4 * 2 / 50)), rel=1e-12)


def _two_sided(z):
    return sum(0.5 * math.erfc((1.959963984540054 - side * z) / math.sqrt(2)) for side in (1, -1))


def test_one_visit_with_dropout_is_a_comparison_of_those_who_stay():
    sizes, retention = np.array([40.0, 30.0]), np.array([[0.8], [0.7]])
    found = last_visit(np.array([[4.0]]), sizes, retention, 0)
    assert found.known == pytest.approx(4 / 32 + 4 / 21, rel=1e-13)
    assert found.df == pytest.approx(51, rel=1e-12)
    # Counts are binomial: the mean of 1 / n is about (1 + (1 - r) / (n r)) / (n r).
    by_chance = 4 / 32 * (1 + 0.2 / 32) + 4 / 21 * (1 + 0.3 / 21)
    assert found.variance == pytest.approx(by_chance, rel=1e-12)


def test_at_one_visit_one_number_says_who_is_gone():
    known = {"visits": 1, "sd": 2, "correlation": 0.5, "difference": 1, "n": 40}
    answer = rs.power_mmrm(**known, dropout=0.18)
    assert answer.power == rs.power_mmrm(**known, dropout=(0.18,)).power
    assert answer.power < rs.power_mmrm(**known).power
    for words in ("two parallel arms at one visit.", "18% gone by the visit.", "at the visit is"):
        assert words in answer.paragraph()


def test_the_normal_formula_is_the_limit_of_large_trials():
    for n, gap in ((100, 0.02), (10_000, 1e-3)):
        scaled = 2.1 * 2.9 * math.sqrt(2 / n)
        known = {**KNOWN, "baseline": 0.5, "dropout": (0.05, 0.1, 0.2), "n": n}
        t = rs.power_mmrm(**known, difference=scaled).power
        z = rs.power_mmrm(**known, difference=scaled, df="normal").power
        assert t < z < t + gap


def test_dropout_differs_between_arms_and_costs():
    known = {**KNOWN, "difference": 1.2, "power": 0.9}
    none = rs.power_mmrm(**known)
    one = rs.power_mmrm(**known, dropout=((0, 0.1, 0.3), (0, 0, 0)))
    both = rs.power_mmrm(**known, dropout=(0, 0.1, 0.3))
    assert none.n_exact < one.n_exact < both.n_exact
    assert both.n_exact < none.n_exact / 0.7
    assert both.randomised == both.n
    assert "30% (treated) and 0% (comparator) gone" in one.paragraph()


def test_patterns_and_matrices_agree():
    known = {"visits": 4, "sd": 2, "difference": 1, "n": 40, "dropout": (0, 0.1, 0.2, 0.3)}
    matrix = correlation_matrix(0.7, "ar1", 4)
    short = rs.power_mmrm(**known, correlation=0.7, pattern="ar1")
    assert rs.power_mmrm(**known, correlation=matrix.tolist()).power == short.power
    assert rs.power_mmrm(**known, correlation=0.7).power != short.power


def test_many_visits_take_no_time():
    answer = rs.power_mmrm(
        visits=10, sd=2, correlation=0.8, dropout=np.linspace(0, 0.4, 10), difference=1, power=0.8
    )
    assert answer.power >= 0.8


def trial(rng, sizes, dropout, difference):
    arm = np.repeat(["retro", "control"], sizes)
    matrix = correlation_matrix(0.5, "cs", 4)
    scores = rng.standard_normal((len(arm), 4)) @ np.linalg.cholesky(matrix).T
    scores[arm == "retro", -1] += difference
    seen = rng.random(len(arm))[:, None] >= np.array(dropout)
    subject, visit = np.nonzero(seen)
    return pd.DataFrame(
        {
            "subject": subject,
            "visit": visit.astype(str),
            "arm": arm[subject],
            "baseline": scores[subject, 0],
            "pain": scores[subject, visit + 1],
        }
    )


@pytest.mark.slow
def test_fits_find_the_difference_as_often_as_foreseen():
    rng = np.random.default_rng(2)
    dropout, sizes = (0.05, 0.2, 0.4), (17, 17)
    found, df = [], []
    for _ in range(3_000):
        fit = rs.fit_mmrm(
            "pain ~ baseline * visit + arm * visit",
            trial(rng, sizes, dropout, 1.0),
            subject="subject",
            visit="visit",
        )
        last = fit.differences("arm", by="visit", reference="control")[-1]
        found.append(last.p < 0.05)
        df.append(last.df)
    known = {"visits": 3, "sd": 1, "correlation": 0.5, "baseline": 0.5, "dropout": dropout}
    foreseen = rs.power_mmrm(**known, n=sizes, difference=1).power
    assert np.mean(found) == pytest.approx(foreseen, abs=SIMULATED)
    assert rs.power_mmrm(**known, n=sizes, difference=1, df="normal").power > foreseen + 0.05
