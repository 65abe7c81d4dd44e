"""Least squares of many data sets at once against a fit of each."""

import numpy as np
import pandas as pd
import pytest
from gaps import Ledger

import retrostats as rs
from retrostats.missing.ancova import ancova_many

#: The largest gap measured to a fit of each is 4e-15 on plain columns, 3e-12 on far ones.
PLAIN, FAR = 1e-12, 1e-9


def trial(rng, shift):
    arm = np.arange(24) % 3
    baseline = rng.normal(6, 2, size=24) + shift
    columns = np.column_stack([np.ones(24), arm == 1, arm == 2, baseline]).astype(float)
    return arm, baseline, columns, rng.normal(4, 1.5, size=(5, 24)) + 0.5 * baseline


@pytest.mark.parametrize(("shift", "tolerance"), [(0.0, PLAIN), (1e4, FAR)])
def test_each_data_set_is_fitted_as_alone(shift, tolerance):
    arm, baseline, columns, y = trial(np.random.default_rng(2), shift)
    contrast = np.array([0.0, -1, 1, 0])
    values, variances, df = ancova_many(y, columns, contrast)
    ledger = Ledger()
    for k, scores in enumerate(y):
        frame = pd.DataFrame({"y": scores, "arm": list(map("abc".__getitem__, arm))})
        fit = rs.fit_ancova("y ~ arm + x", frame.assign(x=baseline))
        expected = fit.differences("arm", reference="b")["c - b"]
        ledger.add(values[k], expected.value)
        ledger.add(variances[k], expected.se**2)
        ledger.add(df, expected.df)
    ledger.assert_settled(count=15, tolerance=tolerance)


def test_the_units_of_the_columns_do_not_matter():
    _, _, columns, y = trial(np.random.default_rng(2), 0.0)
    contrast = np.array([0.0, 0, 1, 0])
    scaled = columns * [1, 1, 1, 1e12]
    for one, other in zip(
        ancova_many(y, columns, contrast), ancova_many(y, scaled, contrast), strict=True
    ):
        np.testing.assert_allclose(other, one, rtol=PLAIN)


def test_columns_that_depend_on_one_another_are_refused():
    columns = np.column_stack([np.ones(6), np.arange(6) % 2, 1 - np.arange(6) % 2])
    with pytest.raises(rs.FitError, match="depend on one another"):
        ancova_many(np.ones((1, 6)), columns, np.array([0.0, 1, 0]))
    with pytest.raises(rs.FitError, match="depend on one another"):
        ancova_many(np.ones((1, 6)), columns * [1, 1, 0], np.array([0.0, 1, 0]))
    with pytest.raises(rs.FitError, match="3 subjects cannot determine 3 coefficients"):
        ancova_many(np.ones((1, 3)), columns[:3], np.array([0.0, 1, 0]))
