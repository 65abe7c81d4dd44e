import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from retrostats.description.diagnostics import blom_quantiles, residual_diagnostics

NAN = math.nan
#: Correlations and quantiles of size 1 by hand; below 2e-15 measured.
SAME = 1e-12

VISITS = ("week 3", "week 6", "week 12")


def diagnosed(wide, labels=VISITS):
    """Diagnose residuals given as subjects by visits, row by row; fitted values count the rows."""
    rows = [
        (f"S{i}", labels[j], x)
        for i, row in enumerate(wide)
        for j, x in enumerate(row)
        if not math.isnan(x)
    ]
    subjects, visits, residuals = zip(*rows, strict=True)
    return residual_diagnostics(range(len(rows)), residuals, visits, subjects, labels)


def test_what_goes_in_stays_in_its_order():
    found = diagnosed([[1.0, -2.5, NAN], [0.5, NAN, 0.0]])
    assert found.fitted == (0.0, 1.0, 2.0, 3.0)
    assert found.residuals == (1.0, -2.5, 0.5, 0.0)
    assert found.visits == ("week 3", "week 6", "week 3", "week 12")
    assert found.visit_labels == VISITS
    assert found.largest == 2.5
    assert "S0" not in repr(found)


def test_quantiles_are_those_of_blom():
    # (1 - 3/8) / (5 + 1/4) = 0.11904761904761904, and so on
    wanted = stats.norm.ppf([0.625 / 5.25, 1.625 / 5.25, 0.5, 3.625 / 5.25, 4.625 / 5.25])
    assert blom_quantiles(5) == pytest.approx(wanted, abs=SAME)
    found = diagnosed([[3.0, 1.0, 2.0], [4.0, 5.0, NAN]])
    assert found.quantiles == pytest.approx(wanted, abs=SAME)
    assert blom_quantiles(0).shape == (0,)


def test_correlations_by_hand():
    wide = [[1, 2, NAN], [2, 4, 1], [3, 6, 2], [4, NAN, NAN], [NAN, 1, 3], [NAN, 0, NAN]]
    ((a, b, c), (d, e, f), (g, h, i)) = diagnosed(wide).correlation
    assert (a, e, i) == (1.0, 1.0, 1.0)
    # Week 3 and 6: three pairs on a line. Week 3 and 12: two pairs, too few.
    assert (b, d) == (pytest.approx(1.0, abs=SAME), b)
    assert math.isnan(c)
    assert math.isnan(g)
    # Week 6 and 12: (4, 1) (6, 2) (1, 3); products -1/3 - 8/3, squares 38/3 and 2.
    assert f == h == pytest.approx(-3 / math.sqrt(38 / 3 * 2), abs=SAME)


@given(
    st.lists(
        st.tuples(*[st.one_of(st.integers(-30, 30).map(lambda x: x / 8), st.just(NAN))] * 3),
        min_size=1, max_size=20,
    ).filter(lambda wide: any(not math.isnan(x) for row in wide for x in row))
)  # fmt: skip
def test_correlations_are_those_of_pandas(wide):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        wanted = pd.DataFrame(wide, dtype=float).corr(min_periods=3).to_numpy()
    found = np.array(diagnosed(wide).correlation)
    assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)
    assert repr(found.T.tolist()) == repr(found.tolist())


def test_what_does_not_vary_does_not_correlate():
    found = diagnosed([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0], [0.1, 3.0]], labels=VISITS[:2])
    assert math.isnan(found.correlation[0][1])
    assert math.isnan(found.correlation[0][0])
    assert found.correlation[1][1] == 1.0
    later = diagnosed([[1.0, 0.1], [2.0, 0.1], [4.0, 0.1], [3.0, 0.1]], labels=VISITS[:2])
    assert math.isnan(later.correlation[1][0])


def test_one_visit_has_no_correlation_and_one_without_rows_has_nan():
    assert diagnosed([[1.0], [2.0], [3.0]], labels=VISITS[:1]).correlation == ()
    found = diagnosed([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], labels=VISITS)
    assert all(math.isnan(x) for x in found.correlation[2])


def test_the_order_of_rows_does_not_change_the_correlation():
    rng = np.random.default_rng(7)
    wide = rng.standard_normal((12, 3)).tolist()
    assert diagnosed(wide[::-1]).correlation == pytest.approx(
        np.array(diagnosed(wide).correlation), abs=SAME
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fitted": [1.0]}, r"one of each per row, got fitted values of shape \(1,\)"),
        ({"subjects": ["a"]}, "one of each per row"),
        ({"visits": ["week 3"]}, "one of each per row"),
        ({"residuals": [1.0, NAN]}, "must be finite"),
        ({"fitted": [1.0, math.inf]}, "must be finite"),
        ({"visits": ["week 3", "week 9"]}, r"visits \['week 9'\] are not among"),
        ({"subjects": ["a", "a"]}, "two rows at one visit"),
    ],
)
def test_what_does_not_belong_together_is_refused(change, message):
    given = {
        "fitted": [1.0, 2.0],
        "residuals": [0.1, 0.2],
        "visits": ["week 3", "week 3"],
        "subjects": ["a", "b"],
    }
    with pytest.raises(ValueError, match=message):
        residual_diagnostics(**(given | change), visit_labels=VISITS)


def test_the_covariance_is_that_of_the_model():
    row = ([1.0, 2.0], [0.1, 0.2], ["week 3", "week 6"], ["a", "a"], VISITS[:2])
    assert residual_diagnostics(*row).covariance == ()
    found = residual_diagnostics(*row, covariance=[[4.0, 1.0], [1.0, 9.0]], unit="points")
    assert found.covariance == ((4.0, 1.0), (1.0, 9.0))
    assert found.unit == "points"


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (
            [[4.0]],
            r"shape \(2, 2\), one row for each of \['week 3', 'week 6'\], got shape \(1, 1\)",
        ),
        ([[4.0, 1.0], [2.0, 9.0]], "finite and symmetric"),
        ([[4.0, NAN], [NAN, 9.0]], "finite and symmetric"),
        ([[-4.0, 1.0], [1.0, 9.0]], "no negative variance"),
    ],
)
def test_a_covariance_that_is_none_is_refused(covariance, message):
    row = ([1.0], [0.1], ["week 3"], ["a"], VISITS[:2])
    with pytest.raises(ValueError, match=message):
        residual_diagnostics(*row, covariance=covariance)
