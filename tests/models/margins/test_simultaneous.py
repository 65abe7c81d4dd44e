import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from retrostats.errors import FitError
from retrostats.models.margins.correlated import fitted_loadings, largest_tail
from retrostats.models.margins.random_scale import scale_nodes
from retrostats.models.margins.simultaneous import (
    critical_value,
    product_tail,
    range_tail,
    single_critical,
)

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "mixed" / "margins" / "results.json").read_text()
)["dunnett"]

#: Sums that converge geometrically, against closed forms and scipy's range; 3e-14 measured.
NEAR_ROUNDING = 1e-12
#: Against scipy's adaptive integrals, which ask for 1.5e-8; 2e-11 measured.
ADAPTIVE = 1e-9


def single(critical, df):
    return 2 * stats.t.sf(critical, df)


@pytest.mark.parametrize("df", [0.4, 1.0, 1.5, 7.3, 59.68, 1e4, math.inf])
def test_scale_has_the_moments_of_chi(df):
    s, weight = scale_nodes(df)
    assert weight.sum() == pytest.approx(1, rel=NEAR_ROUNDING)
    assert weight @ s**2 == pytest.approx(1, rel=NEAR_ROUNDING)
    if df < 1e9:
        mean = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) * math.sqrt(2 / df)
        assert weight @ s == pytest.approx(mean, rel=1e-10)  # lgamma cancels at df 1e4


@pytest.mark.parametrize("df", [0.05, 0.4, 1.0, 7.3, 49.9, 50.1, 59.68, 1e4, math.inf])
@pytest.mark.parametrize("critical", [0.3, 2.0, 5.0])
def test_one_statistic_is_students(df, critical):
    expected = single(critical, df)
    assert range_tail(2)(df)(critical * math.sqrt(2)) == pytest.approx(expected, rel=1e-10)
    for loading in (0.0, -0.7, 0.999):
        tail = product_tail(np.array([loading]))(df)
        assert tail(critical) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("groups", "df", "q"),
    [(3, 59.68, 3.4), (3, 58.4, 4.2), (10, 12.5, 4.0), (4, 1.0, 20.0), (5, 0.7, 9.0), (3, 20, 20)],
)
def test_the_studentised_range_is_that_of_scipy(groups, df, q):
    expected = stats.studentized_range.sf(q, groups, df)
    assert range_tail(groups)(df)(q) == pytest.approx(expected, abs=NEAR_ROUNDING)


def test_many_groups():
    # 100 groups and infinite df in closed form, by quad at 1e-13.
    def density(z):
        return 100 * stats.norm.pdf(z) * (stats.norm.cdf(z) - stats.norm.cdf(z - 5)) ** 99

    inside = integrate.quad(density, -9, 9, epsabs=1e-14, points=[0, 2.5])[0]
    assert range_tail(100)(math.inf)(5) == pytest.approx(1 - inside, abs=NEAR_ROUNDING)


def test_independent_normal_statistics_multiply():
    expected = 1 - (1 - single(2.1, math.inf)) ** 4
    assert product_tail(np.zeros(4))(math.inf)(2.1) == pytest.approx(expected, rel=NEAR_ROUNDING)


def by_quadrature(loadings, df, critical):
    """Dunnett's double integral by scipy's adaptive rule, over the log of the limit."""
    rest = np.sqrt(1 - loadings**2)

    def inside(x):
        def given(z):
            high, low = (x - loadings * z) / rest, (-x - loadings * z) / rest
            return stats.norm.pdf(z) * np.prod(stats.norm.cdf(high) - stats.norm.cdf(low))

        reach = min(9.0, x / np.abs(loadings).max() + 9 * (rest / np.abs(loadings)).min())
        return 2 * integrate.quad(given, 0, reach, limit=200)[0]

    def joint(log_x):
        squared = df * (math.exp(log_x) / critical) ** 2
        return 2 * squared * stats.chi2.pdf(squared, df) * inside(math.exp(log_x))

    edges = [-12.0, -3.0, -1.0, 0.0, 1.0, 2.0]
    within = sum(integrate.quad(joint, *pair)[0] for pair in itertools.pairwise(edges))
    return 1 - within - stats.chi2.sf(df * (math.exp(2.0) / critical) ** 2, df)


@pytest.mark.parametrize(
    ("loadings", "df", "critical"),
    [
        ([0.7, 0.6, 0.8, 0.5], 17.3, 2.4),
        ([0.95, -0.3], 5.5, 2.4),
        ([0.7, 0.6, 0.8], 0.3, 5e4),
        ([0.999, 0.6, 0.2], 1.2, 22.0),
        ([0.7, 0.7], 0.05, 1e25),
    ],
)
def test_products_of_loadings_against_an_adaptive_rule(loadings, df, critical):
    loadings = np.array(loadings)
    expected = by_quadrature(loadings, df, critical)
    assert product_tail(loadings)(df)(critical) == pytest.approx(expected, abs=ADAPTIVE)


@pytest.mark.parametrize("critical", [0.2, 3.0, 25.0, 1e6])
def test_two_cauchy_statistics_in_closed_form(critical):
    outside = 2 / math.pi * math.atan2(math.sqrt(1 + 2 * critical**2), critical**2)
    found = product_tail(np.zeros(2))(1.0)(critical)
    assert found == pytest.approx(outside, rel=NEAR_ROUNDING)


@pytest.mark.parametrize("loading", [0.99999, 0.9999, 0.99, 0.3])
@pytest.mark.parametrize("critical", [0.01, 0.5, 2.5, 4.0])
def test_two_normal_statistics_by_the_angle_between_them(loading, critical):
    # In two dimensions, by the length and the direction of the vector (Plackett's route).
    angle = math.acos(loading**2)

    def beyond(direction):
        size = max(abs(math.cos(direction)), abs(math.cos(direction - angle)))
        return math.exp(-0.5 * (critical / size) ** 2) / math.pi

    edges = [0.0, angle / 2, math.pi / 2 + angle / 2, math.pi]
    expected = sum(
        integrate.quad(beyond, *pair, epsabs=1e-14, limit=200)[0]
        for pair in itertools.pairwise(edges)
    )
    found = product_tail(np.full(2, loading))(math.inf)(critical)
    assert found == pytest.approx(expected, abs=NEAR_ROUNDING)


@pytest.mark.parametrize("df", [0.05, 0.3, 1.1, 5.0, 49.0, 51.0, 1e6, math.inf])
@pytest.mark.parametrize("loadings", [[0.7, 0.7], [0.9, 0.5, 0.2, 0.6], [0.99999, 0.6, 0.3]])
def test_critical_values_are_found_in_few_evaluations(loadings, df):
    tail, asked = product_tail(np.array(loadings))(df), []

    def counted(critical):
        asked.append(critical)
        return tail(critical)

    low, high = single_critical(df, 0.95), single_critical(df, 1 - 0.05 / len(loadings))
    found = critical_value(counted, 0.95, low=float(low), high=float(high))
    assert tail(found) == pytest.approx(0.05, rel=NEAR_ROUNDING)
    assert low < found < high
    assert len(asked) <= 8


#: mvtnorm integrates at random and states its error, 1e-15 for two comparisons and up to 1e-6
#: else; where correlations are no products, our lattice adds some 1e-6. 2e-6 measured.
SIMULATED = 5e-6


@pytest.mark.parametrize("name", GOLDEN)
def test_largest_statistic_against_mvtnorm(name):
    case = GOLDEN[name]
    df = math.inf if case["df"] is None else case["df"]
    tail = largest_tail(np.array(case["correlation"]))(df)
    tolerance = NEAR_ROUNDING if case["error"] < 1e-14 else SIMULATED
    assert tail(case["critical"]) == pytest.approx(case["tail"], abs=tolerance)


#: All pairs: correlations that are singular and far from products, all left to the lattice of
#: directions in 2, 3 and 4 dimensions; 4e-13, 6e-10 and 3e-7 measured.
LATTICE = {3: 1e-11, 4: 1e-8, 5: 2e-6}


@pytest.mark.parametrize(("groups", "df"), [(3, 20.0), (4, 11.3), (3, math.inf), (5, 33.0)])
def test_all_pairs_are_the_studentised_range(groups, df):
    pairs = [(i, j) for i in range(groups) for j in range(i)]
    rows = np.array([[(k == i) - (k == j) for k in range(groups)] for i, j in pairs]) / 2**0.5
    tail = largest_tail(rows @ rows.T)(df)
    assert tail(2.7) == pytest.approx(
        range_tail(groups)(df)(2.7 * math.sqrt(2)), abs=LATTICE[groups]
    )
    assert tail(2.7) == tail(2.7)


def test_loadings_are_found_and_repeated_statistics_left_out():
    loadings = np.array([0.7, -0.6, 0.8, 0.5])
    correlation = np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1)
    found = fitted_loadings(correlation)
    assert np.outer(found, found) == pytest.approx(np.outer(loadings, loadings), abs=1e-12)
    again = np.ix_([0, 1, 1, 2, 3], [0, 1, 1, 2, 3])
    assert largest_tail(correlation[again])(12.0)(2.0) == largest_tail(correlation)(12.0)(2.0)


def test_loadings_at_their_bound_stay_there():
    correlation = np.array([[1, 0.45, -0.45], [0.45, 1, 0.45], [-0.45, 0.45, 1]])
    found = fitted_loadings(correlation)
    assert np.abs(found).max() < 1
    low = largest_tail(correlation)(0.05)(1e25)
    assert single(1e25, 0.05) < low < 3 * single(1e25, 0.05)


def test_the_certain_and_the_impossible():
    for tail in (range_tail(3)(9.0), product_tail(np.array([0.5, 0.5]))(9.0)):
        assert tail(0.0) == 1.0
        assert tail(1e-9) == pytest.approx(1.0)
        assert 0 <= tail(1e3) < 1e-12
    normal = largest_tail(np.array([[1, 0.9, 0], [0.9, 1, 0.9], [0, 0.9, 1.0]]))(4.0)
    assert normal(0.0) == 1.0


def test_a_bracket_without_the_answer_is_told():
    with pytest.raises(FitError, match="no critical value between"):
        critical_value(range_tail(3)(9.0), 0.95, low=0.1, high=0.2)
