import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from retrostats.errors import DataError, FitError
from retrostats.models.inference.kenward_roger import adjusted_covariance, f_test, scaled_f
from retrostats.models.inference.satterthwaite import degrees_of_freedom

#: The same formulas written twice; 2e-13 measured.
ROUNDING = 1e-10


def textbook_covariance(dense, theta_cov, *, r=True):
    bracket = np.zeros_like(dense.phi)
    for h in range(dense.k):
        for j in range(dense.k):
            term = dense.q[h][j] - dense.p[h] @ dense.phi @ dense.p[j]
            bracket += theta_cov[h, j] * (term - (dense.r[h][j] / 4 if r else 0))
    return dense.phi + 2 * dense.phi @ bracket @ dense.phi


def textbook_moments(a1, a2, count):
    """Kenward and Roger's page 988, line by line; exact with fractions."""
    b = (a1 + 6 * a2) / (2 * count)
    g = ((count + 1) * a1 - (count + 4) * a2) / ((count + 2) * a2)
    below = 3 * count + 2 * (1 - g)
    c1, c2, c3 = g / below, (count - g) / below, (count + 2 - g) / below
    e = 1 / (1 - a2 / count)
    v = (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b)) * 2 / count
    rho = v / (2 * e * e)
    df = 4 + (count + 2) / (count * rho - 1)
    return df, df / (e * (df - 2))


def textbook_f(rows, dense, theta_cov):
    count = len(rows)
    theta = rows.T @ np.linalg.inv(rows @ dense.phi @ rows.T) @ rows
    a1 = a2 = 0.0
    for h in range(dense.k):
        for j in range(dense.k):
            left = theta @ dense.phi @ dense.p[h] @ dense.phi
            right = theta @ dense.phi @ dense.p[j] @ dense.phi
            a1 += theta_cov[h, j] * np.trace(left) * np.trace(right)
            a2 += theta_cov[h, j] * np.trace(left @ right)
    df, scale = textbook_moments(a1, a2, count)
    value = rows @ dense.beta
    adjusted = rows @ textbook_covariance(dense, theta_cov) @ rows.T
    return scale * value @ np.linalg.inv(adjusted) @ value / count, df, scale


def test_the_adjusted_covariance_is_the_textbook_one(dense, fixed):
    expected = textbook_covariance(dense, fixed.theta_cov)
    assert np.abs(adjusted_covariance(fixed) / expected - 1).max() < ROUNDING
    linear = replace(fixed, r_sum=np.zeros_like(fixed.r_sum))
    expected = textbook_covariance(dense, fixed.theta_cov, r=False)
    assert np.abs(adjusted_covariance(linear) / expected - 1).max() < ROUNDING


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_f_test_is_the_textbook_one(dense, fixed, count):
    rows = np.eye(len(fixed.beta))[-count:] + 0.3
    found = f_test(rows, rows @ fixed.beta, fixed, adjusted_covariance(fixed))
    statistic, df, scale = textbook_f(rows, dense, fixed.theta_cov)
    assert (found.df_num, found.method) == (count, "kenward-roger")
    assert [found.statistic, found.df_den, found.scale] == pytest.approx(
        [statistic, df, scale], rel=ROUNDING
    )
    assert found.p == pytest.approx(stats.f.sf(statistic, count, df), rel=ROUNDING)


def test_one_row_is_satterthwaite_with_the_adjusted_covariance(fixed):
    row = np.arange(1.0, len(fixed.beta) + 1)
    adjusted = adjusted_covariance(fixed)
    value = row @ fixed.beta
    found = f_test(row[None], np.array([value]), fixed, adjusted)
    assert found.df_den == degrees_of_freedom(row, fixed)
    assert found.scale == 1
    assert found.statistic == pytest.approx(value**2 / (row @ adjusted @ row), rel=ROUNDING)


def test_only_the_space_of_the_rows_matters(fixed):
    p = len(fixed.beta)
    rows = np.eye(p)[1:3]
    adjusted = adjusted_covariance(fixed)
    expected = f_test(rows, rows @ fixed.beta, fixed, adjusted)
    variants = {
        "redundant": np.vstack([rows, rows[0] + rows[1], np.zeros(p)]),
        "scaled": rows * np.array([[-1e4], [1e-5]]),
        "permuted": rows[::-1],
        "rotated": np.array([[1.0, 1.0], [1.0, -2.0]]) @ rows,
    }
    for name, variant in variants.items():
        found = f_test(variant, variant @ fixed.beta, fixed, adjusted)
        for field in ("statistic", "df_num", "df_den", "scale", "p"):
            assert getattr(found, field) == pytest.approx(getattr(expected, field), rel=ROUNDING), (
                name,
                field,
            )


def with_moments(fixed, a1, a2, count):
    """Make a model of `count` independent coefficients with the given A1 and A2.

    With two parameters, one moves all variances together and one moves them apart:
    A1 = v l^2 and A2 = v l + u l.
    """
    apart = np.diag([(-1.0) ** i for i in range(count)])
    apart -= np.trace(apart) / count * np.eye(count)
    v = a1 / count**2
    u = (a2 - v * count) / np.trace(apart @ apart)
    zeros = np.zeros((count, count))
    return replace(
        fixed,
        beta=np.zeros(count),
        phi=np.eye(count),
        p_matrices=np.array([np.eye(count), apart]),
        theta_cov=np.diag([v, u]),
        q_sum=zeros,
        r_sum=zeros,
    )


@pytest.mark.parametrize("size", [1e-2, 1e-6, 1e-10, 1e-14])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.9])
def test_df_keep_their_digits_with_many_subjects(fixed, size, ratio):
    # Written as in the paper, l rho - 1 has no digit left at 1e-14.
    a1, a2 = ratio * size, size
    df, scale = scaled_f(np.eye(2), with_moments(fixed, a1, a2, 2))
    exact_df, exact_scale = textbook_moments(Fraction(a1), Fraction(a2), 2)
    assert df == pytest.approx(float(exact_df), rel=ROUNDING)
    assert scale == pytest.approx(float(exact_scale), rel=ROUNDING)


def test_no_dependence_on_theta_gives_chi_square(fixed):
    known = replace(
        fixed, p_matrices=np.zeros_like(fixed.p_matrices), q_sum=np.zeros_like(fixed.q_sum)
    )
    rows = np.eye(len(fixed.beta))[:2]
    found = f_test(rows, rows @ fixed.beta, known, fixed.phi)
    assert (found.df_den, found.scale) == (math.inf, 1.0)
    assert found.p == pytest.approx(stats.chi2.sf(2 * found.statistic, 2), rel=ROUNDING)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_where_the_formula_has_no_answer_it_says_so(fixed, count):
    answered = refused = 0
    for a2 in np.geomspace(0.01, 3 * count, 60):
        for share in (0.0, 0.3, 0.7, 0.99):
            made = with_moments(fixed, share * count * a2, a2, count)
            df, scale = textbook_moments(Fraction(share * count * a2), Fraction(a2), count)
            if variance_of_f(share * count * a2, a2, count) > 0:
                answered += 1
                assert scaled_f(np.eye(count), made) == pytest.approx((df, scale), rel=1e-8)
                assert df > 4
                assert scale > 0
            else:
                refused += 1
                with pytest.raises(FitError, match="Test fewer rows"):
                    scaled_f(np.eye(count), made)
    assert answered > 50
    assert refused > 50


def variance_of_f(a1, a2, count):
    """Return a number with the sign of V*, or -1 where E* is not positive."""
    b = (a1 + 6 * a2) / (2 * count)
    g = ((count + 1) * a1 - (count + 4) * a2) / ((count + 2) * a2)
    d = 3 * count + 2 * (1 - g)
    return -1 if a2 >= count else (1 + g / d * b) * (1 - (count + 2 - g) / d * b)


def test_no_df_is_ever_negative(fixed):
    for a1, a2 in ((-0.1, -0.1), (-0.1, 0.1), (0.1, -0.1)):
        with pytest.raises(FitError, match="no F distribution fits"):
            scaled_f(np.eye(2), with_moments(fixed, a1, a2, 2))


def test_an_adjustment_that_is_no_covariance_is_refused(fixed):
    with pytest.raises(FitError, match="not positive definite"):
        adjusted_covariance(replace(fixed, r_sum=100 * np.linalg.inv(fixed.phi)))


def test_a_hypothesis_of_nothing_is_refused(fixed):
    with pytest.raises(DataError, match="every row is zero"):
        f_test(np.zeros((2, len(fixed.beta))), np.zeros(2), fixed, fixed.phi)


def split_plot(dense_model, n, m):
    """Two arms of n subjects at m visits; compound symmetry at its closed-form estimate."""
    rng = np.random.default_rng(8)
    arm, visit = np.repeat([0, 1], n * m), np.tile(np.arange(m), 2 * n)
    subject = np.repeat(np.arange(2 * n), m)
    cells = np.array([(arm == a) & (visit == v) for a in (0, 1) for v in range(m)]).T.astype(float)
    y = rng.normal(size=2 * n * m) + rng.normal(size=2 * n)[subject]
    table = (y - cells @ (cells.T @ y) / n).reshape(2 * n, m)
    between = m * (table.mean(axis=1) ** 2).sum() / (2 * n - 2)
    residual = ((table - table.mean(axis=1, keepdims=True)) ** 2).sum()
    residual /= (2 * n - 2) * (m - 1)
    structure = dense_model.cs((between - residual) / m, residual, m)
    return dense_model.of(cells, y, subject, visit, structure), between, residual


def test_a_balanced_split_plot_has_its_exact_f_tests(dense_model):
    n, m = 5, 4
    model, between, residual = split_plot(dense_model, n, m)
    fixed = model.fixed(np.linalg.inv(model.information("observed")))
    adjusted = adjusted_covariance(fixed)
    means = model.beta.reshape(2, m)
    steps = np.eye(m)[1:] - np.eye(m)[0]
    interaction = np.hstack([-steps, steps])
    found = f_test(interaction, interaction @ model.beta, fixed, adjusted)
    difference = means[1] - means[0]
    mean_square = n / 2 * ((difference - difference.mean()) ** 2).sum() / (m - 1)
    assert found.statistic == pytest.approx(mean_square / residual, rel=ROUNDING)
    assert found.df_den == pytest.approx((2 * n - 2) * (m - 1), rel=ROUNDING)
    assert found.scale == pytest.approx(1, rel=ROUNDING)
    row = np.repeat([-1.0, 1.0], m)[None] / m
    found = f_test(row, row @ model.beta, fixed, adjusted)
    mean_square = n * m / 2 * difference.mean() ** 2
    assert found.statistic == pytest.approx(mean_square / between, rel=ROUNDING)
    assert found.df_den == pytest.approx(2 * n - 2, rel=ROUNDING)
