"""Rubin's rules against mice, by hand, and where nothing is missing."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from gaps import Ledger
from hypothesis import given
from hypothesis import strategies as st

import retrostats as rs
from retrostats.missing.rubin import rubin

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "g_misc" / "ref.json"
#: Sums of ten numbers; the largest gap measured is 6e-16.
EXACT = 1e-12

POOLED = {
    "qbar": lambda found: found.estimate,
    "ubar": lambda found: found.within,
    "b": lambda found: found.between,
    "t": lambda found: found.variance,
    "df": lambda found: found.df,
    "r": lambda found: found.riv,
    "fmi": lambda found: found.fmi,
}


def test_every_number_of_mice_is_found():
    ledger = Ledger()
    for name, case in json.loads(GOLDEN.read_text(encoding="utf-8"))["rubin"].items():
        df_complete = math.inf if case["n"] is None else case["n"] - case["k"]
        found = rubin(np.array(case["Q"])[:, None], np.array(case["U"])[:, None], df_complete)
        for key, read in POOLED.items():
            ledger.add(read(found)[0], case[key], f"{name} {key}")
    ledger.assert_settled(count=14, tolerance=EXACT)


def test_the_public_function_gives_the_same_numbers():
    case = json.loads(GOLDEN.read_text(encoding="utf-8"))["rubin"]["a"]
    pooled = rs.pool_imputations(case["Q"], np.sqrt(case["U"]), df_complete=38, unit="points")
    ledger = Ledger()
    for got, key in (
        (pooled.estimate.value, "qbar"),
        (pooled.estimate.se**2, "t"),
        (pooled.estimate.df, "df"),
        (pooled.within, "ubar"),
        (pooled.between, "b"),
        (pooled.riv, "r"),
        (pooled.fmi, "fmi"),
    ):
        ledger.add(got, case[key], key)
    ledger.assert_settled(count=7, tolerance=EXACT)
    assert pooled.lam == pytest.approx((1 + 1 / 5) * case["b"] / case["t"], rel=EXACT)
    assert pooled.relative_efficiency == pytest.approx(1 / (1 + case["fmi"] / 5), rel=EXACT)
    assert pooled.monte_carlo_error == pytest.approx(math.sqrt(case["b"] / 5), rel=EXACT)
    assert pooled.imputations == 5
    assert pooled.df_complete == 38


def test_a_case_by_hand():
    # Estimates 1, 2, 3: mean 2, B = 1. Variances 2: T = 2 + 4/3 = 10/3, lambda = 0.4.
    # df = 2 / 0.16 = 12.5; with 10 df of complete data 11/13 * 10 * 0.6 = 66/13; together
    # 1 / (1/12.5 + 13/66).
    found = rs.pool_imputations([1, 2, 3], [2**0.5] * 3, df_complete=10)
    assert found.lam == pytest.approx(0.4, rel=EXACT)
    assert found.riv == pytest.approx(2 / 3, rel=EXACT)
    assert found.estimate.se**2 == pytest.approx(10 / 3, rel=EXACT)
    assert found.estimate.df == pytest.approx(1 / (0.08 + 13 / 66), rel=EXACT)
    assert found.fmi == pytest.approx((2 / 3 + 2 / (found.estimate.df + 3)) / (5 / 3), rel=EXACT)


@given(
    st.floats(-50, 50),
    st.floats(0.01, 50),
    st.integers(2, 30),
    st.sampled_from([3.0, 38, math.inf]),
)
def test_where_nothing_was_imputed_the_complete_analysis_comes_back(value, se, count, df):
    found = rs.pool_imputations([value] * count, [se] * count, df_complete=df, label="x", unit="N")
    assert found.estimate == rs.Estimate.from_se("x", value, se, unit="N", df=df)
    assert (found.between, found.riv, found.lam, found.fmi) == (0, 0, 0, 0)


def test_equal_estimates_of_different_precision_were_imputed():
    found = rs.pool_imputations([1, 1], [0.5, 0.6], df_complete=10)
    assert found.estimate.df == pytest.approx(11 / 13 * 10, rel=EXACT)


def test_each_column_is_pooled_on_its_own():
    rng = np.random.default_rng(1)
    values, variances = rng.normal(size=(6, 4)), rng.uniform(1, 2, size=(6, 4))
    values[:, 2], variances[:, 2] = 1.5, 2.0
    found = rubin(values, variances, 20.0)
    for k in range(4):
        alone = rubin(values[:, [k]], variances[:, [k]], 20.0)
        for name in POOLED:
            assert POOLED[name](found)[k] == pytest.approx(POOLED[name](alone)[0], rel=EXACT)
    assert found.df[2] == 20.0


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=12),
    st.floats(0.1, 3),
    st.floats(2, 500),
)
def test_missing_data_never_add_information(values, se, df):
    found = rs.pool_imputations(values, [se] * len(values), df_complete=df)
    # The mean of equal standard errors may differ from them in the last digit.
    assert found.estimate.se >= se * (1 - 1e-15)
    assert found.estimate.df <= df
    assert 0 <= found.lam < 1
    assert 0 <= found.fmi <= 1 + 2 / 3


def test_every_fault_is_told_at_once():
    with pytest.raises(ValueError, match="two data sets or more") as error:
        rs.pool_imputations([math.nan], [0], df_complete=0, level=95)
    text = str(error.value)
    assert "values must be finite" in text
    assert "standard errors must be positive" in text
    assert "df_complete must be positive" in text
    assert "level must lie between 0 and 1" in text
    with pytest.raises(ValueError, match="differ in shape"):
        rs.pool_imputations([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="array of real numbers"):
        rs.pool_imputations(["a", "b"], [1, 1])


@pytest.mark.parametrize(
    ("values", "ses"), [([1e200, -1e200], [1, 1]), ([1e-200, 0], [1e-200, 1e-200])]
)
def test_numbers_that_cannot_be_squared_are_refused(values, ses):
    with pytest.raises(ValueError, match="cannot be squared; take another unit"):
        rs.pool_imputations(values, ses)


def test_the_sentence_tells_the_share_that_is_missing():
    assert str(rs.pool_imputations([-1.2, -0.9, -1.4], [0.4, 0.42, 0.38], unit="points")) == (
        "pooled over imputations: -1.17 points (95% CI -2.21 to -0.122), df 16.8; 3 imputations, "
        "41.1% of the information missing"
    )
