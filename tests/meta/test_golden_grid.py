"""Every fit of metafor: 12 estimators, 4 tests, 6 sets of trials."""

import math

import numpy as np
import pytest

import retrostats as rs
from retrostats.meta.weighted import weighted_fit

from .golden_meta import SETS, columns, estimator, gap, reference, rows, test_name, trials

#: Closed forms in another order of summing; the largest gap seen is 3e-14, of p = 2e-26.
CLOSED = 1e-10
#: metafor stops at a change of 1e-12 in tau squared; the largest gap seen is 3e-10.
ITERATIVE = 1e-8
SOLVED = {"ML", "REML", "EB", "PM", "PMM"}
#: Numbers of a row, and where ours stand.
OURS = {
    "k": lambda p: len(p.trials),
    "beta": lambda p: p.pooled.value,
    "se": lambda p: p.pooled.se,
    "stat": lambda p: p.pooled.value / p.pooled.se,
    "df": lambda p: p.pooled.df,
    "ci.lb": lambda p: p.pooled.ci.low,
    "ci.ub": lambda p: p.pooled.ci.high,
    "tau2": lambda p: p.tau2,
    "se.tau2": lambda p: p.tau2_se,
    "I2": lambda p: 100 * p.i2,
    "H2": lambda p: p.h2,
    "QE": lambda p: p.q.statistic,
    "pi.lb": lambda p: p.prediction.low,
    "pi.ub": lambda p: p.prediction.high,
    "pi.riley.lb": lambda p: p.prediction_interval(df="k-2").low,
    "pi.riley.ub": lambda p: p.prediction_interval(df="k-2").high,
}
#: Compared relative to themselves, because they may be very small.
CHANCES = {"pval": lambda p: p.pooled.p, "QEp": lambda p: p.q.p}
#: Cells that are blank in metafor: no df with z; the common effect has neither se of tau squared
#: nor prediction.
BLANK_DF = 72
BLANK_COMMON = 48 * 5


def pooled(row):
    return rs.pool(trials(row["data"]), tau2=estimator(row["method"]), test=test_name(row["test"]))


@pytest.mark.parametrize("name", SETS)
def test_each_number_of_each_fit(name):
    compared = blank = 0
    for row in rows("rma_grid"):
        if row["data"] != name:
            continue
        ours, limit = pooled(row), ITERATIVE if row["method"] in SOLVED else CLOSED
        where = row["method"], row["test"]
        for column, find in OURS.items():
            if not row[column]:
                blank += 1
                continue
            assert gap(find(ours), float(row[column])) < limit, (*where, column)
            compared += 1
        for column, find in CHANCES.items():
            assert find(ours) == pytest.approx(float(row[column]), rel=limit), (*where, column)
            compared += 1
    assert blank == (BLANK_DF + BLANK_COMMON) / len(SETS)
    assert compared == 48 * (len(OURS) + len(CHANCES)) - blank


def test_what_is_blank_there_does_not_exist_here():
    fit = rs.pool(trials("k6"), tau2="common", test="z")
    assert fit.prediction is None
    assert fit.prediction_interval(df="k-2") is None
    assert math.isnan(fit.tau2_se)
    assert math.isinf(fit.pooled.df)


def test_the_grid_is_the_same_in_both_files_and_whole():
    table, list_ = rows("rma_grid"), reference()["grid"]
    assert len(table) == len(list_) == 288
    keys = [(row["data"], row["method"], row["test"]) for row in table]
    assert len(set(keys)) == 288
    assert keys == [(row["data"], row["method"], row["test"]) for row in list_]
    compared = 0
    for one, other in zip(table, list_, strict=True):
        for column, value in other.items():
            if isinstance(value, int | float):
                assert float(one[column]) == pytest.approx(value, rel=1e-13, abs=1e-14)
                compared += 1
    assert compared == 288 * 18 - BLANK_DF - BLANK_COMMON


def test_the_sets_have_the_trials_that_metafor_had():
    counted = {name: reference()["diag"][name]["k"] for name in SETS}
    assert counted == {name: len(trials(name)) for name in SETS}


def test_empirical_bayes_is_paule_mandel():
    for name in SETS:
        assert rs.pool(trials(name), tau2="eb").tau2 == rs.pool(trials(name), tau2="pm").tau2


@pytest.mark.parametrize("name", SETS)
def test_the_maximum_of_the_likelihood_is_ours(name):
    """Where metafor stops at 1e-13 instead of 0, or a little beside the root, ours is the root."""
    y, v = columns(name, "yi", "vi")
    for method, restricted in (("ml", False), ("reml", True)):
        tau2 = rs.pool(trials(name), tau2=method).tau2

        def slope(at, restricted=restricted):
            fit = weighted_fit(y, v + at)
            trace = np.trace(fit.projector) if restricted else np.sum(1 / (v + at))
            return float(np.sum((fit.projector @ y) ** 2) / trace - 1)

        assert slope(tau2) <= 1e-12
        assert tau2 == 0 or abs(slope(tau2)) < 1e-12
