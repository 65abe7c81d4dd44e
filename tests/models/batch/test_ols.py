"""Least squares of many trials agrees with `fit_ancova`, one trial after the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import FitError
from retrostats.models.batch import ols
from retrostats.models.batch.fit import REASONS, fit_batch_ols

#: Relative. Measured 2e-14, of coefficients.
SAME = 1e-11
ROW = [[0.0, 0.0, 1.0]]


def trials_of(seed, count=8, n=30):
    rng = np.random.default_rng(seed)
    arm = np.broadcast_to(np.arange(n) % 2, (count, n)).astype(float)
    baseline = rng.normal(50, 5, (count, n))
    y = 0.7 * baseline - 2 * arm + rng.normal(0, 3 + arm, (count, n))
    used = rng.random((count, n)) > 0.1
    columns = np.stack([np.ones((count, n)), baseline, arm], axis=2)
    return np.where(used, y, np.nan), used, columns


def single(y, used, columns, covariance):
    table = pd.DataFrame({"y": y, "baseline": columns[:, 1], "arm": columns[:, 2]})[used]
    fit = rs.fit_ancova("y ~ baseline + arm", table, covariance=covariance)
    return fit, fit.contrast({"arm": 1.0})


@pytest.mark.parametrize("covariance", ["classical", "HC2", "HC3"])
@pytest.mark.parametrize("unit", [1.0, 1e-9, 1e9])
def test_every_number_is_that_of_an_ancova(covariance, unit):
    y, used, columns = trials_of(1)
    y = y * unit
    fits = fit_batch_ols(y, used, columns, ROW, covariance=covariance)
    assert not fits.failed.any()
    for place in range(len(y)):
        fit, arm = single(y[place], used[place], columns[place], covariance)
        assert abs(fits.estimate[place, 0] - arm.value) < SAME * arm.se
        assert abs(fits.se[place, 0] / arm.se - 1) < SAME
        assert fits.df[place, 0] == arm.df == used[place].sum() - 3
        assert np.abs(fits.beta[place] / fit.beta - 1).max() < SAME
        assert abs(fits.loglik[place] / fit.loglik - 1) < SAME
        assert abs(fits.p()[place, 0] / arm.p - 1) < 1e-8


def test_hardly_any_spread_of_the_baseline():
    y, used, columns = trials_of(2, count=3)
    columns[:, :, 1] = 50 + (columns[:, :, 1] - 50) * 1e-4
    fits = fit_batch_ols(y, used, columns, ROW)
    for place in range(3):
        _, arm = single(y[place], used[place], columns[place], "classical")
        assert abs(fits.estimate[place, 0] - arm.value) < 1e-9 * arm.se
        assert abs(fits.se[place, 0] / arm.se - 1) < 1e-9


def test_unusual_trials_say_why_and_harm_no_other(monkeypatch):
    y, used, columns = trials_of(3, count=9)
    wanted = fit_batch_ols(y, used, columns, ROW, covariance="HC3")
    y[1, np.argmax(used[1])] = np.nan
    used[2, 3:] = False
    columns[3, :, 2] = 0.0
    y[4] = 5.0 + columns[4, :, 1]
    used[5] &= columns[5, :, 2] == 0
    used[5, np.argmax(columns[5, :, 2] == 1)] = True
    y[5] = np.where(used[5], np.arange(30.0) ** 2, np.nan)
    y[6] = np.where(used[6], 1e80 * y[6], np.nan)
    used[7] = False
    monkeypatch.setattr(ols, "BLOCK", 200)  # two trials at a time
    fits = fit_batch_ols(y, used, columns, ROW, covariance="HC3")
    told = ["not finite", "no more rows", "depend", "exactly", "leverage", "too large", "no more"]
    for place, words in enumerate(told, start=1):
        assert words in REASONS[fits.reason[place]], place
    assert fits.failed.tolist() == [False, *[True] * 7, False]
    assert np.array_equal(fits.se[[0, 8]], wanted.se[[0, 8]])
    assert np.isnan(fits.se[1:8]).all()


def test_an_arm_with_one_value_only_has_no_robust_error():
    y, used, columns = trials_of(4, count=1)
    arm = columns[0, :, 2] == 1
    columns = columns[:, :, [0, 2]]
    y[0, arm], used[0] = 4.0, True
    y[0, ~arm] = np.arange((~arm).sum())
    row = [[1.0, 1.0]]
    assert fit_batch_ols(y, used, columns, row, covariance="HC2").why() == {REASONS[12]: 1}
    table = pd.DataFrame({"y": y[0], "arm": columns[0, :, 1]})
    fit = rs.fit_ancova("y ~ arm", table, covariance="HC2")
    with pytest.raises(FitError, match="every residual"):
        fit.contrast({"Intercept": 1.0, "arm": 1.0})
    assert not fit_batch_ols(y, used, columns, row).failed.any()


def test_columns_may_be_shared():
    y, used, columns = trials_of(5, count=3)
    columns[:] = columns[0]
    wanted = fit_batch_ols(y, used, columns, ROW)
    fits = fit_batch_ols(y, used, columns[0], ROW)
    assert np.array_equal(fits.se, wanted.se)
    assert len(fit_batch_ols(y[:0], used[:0], columns[0], ROW)) == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"used": np.ones((3, 30))}, "truth values"),
        ({"columns": np.ones((2, 30, 3))}, "3 trials and 30 subjects"),
        ({"contrasts": [[1.0, 0.0]]}, "finite, of shape"),
        ({"contrasts": [[0.0, 0.0, 0.0]]}, "is zero"),
        ({"covariance": "HC1"}, "classical, HC2, HC3"),
    ],
)
def test_slips_are_named(change, told):
    y, used, columns = trials_of(6, count=3)
    given = {"y": y, "used": used, "columns": columns, "contrasts": ROW}
    with pytest.raises(ValueError, match=told):
        fit_batch_ols(**{**given, **change})
