"""Every number of metafor's meta-regressions."""

import math

import pytest

import retrostats as rs

from .golden_meta import columns, estimator, gap_of, reference, test_name, trials

#: Estimators without a search, and quantiles of exact distributions; measured 2e-14.
CLOSED = 1e-10
#: REML, ML, EB, PM: metafor stops its search when a step is below 1e-12; measured 1.0e-10.
ITERATIVE = 1e-8
SEARCHED = {"REML", "ML", "EB", "PM"}
SETS = ("bcg", "normand_smd", "k6", "homog")
ESTIMATORS = ("EE", "DL", "REML", "PM", "SJ", "HE", "ML", "EB")
TESTS = ("z", "knha", "adhoc")
KEYS = [f"metareg_{e}_{t}" for e in ESTIMATORS for t in TESTS]


def found(name, key):
    _, method, test = key.split("_")
    (values,) = columns(name, "mod")
    return values, rs.meta_regression(
        trials(name), {"mod": values}, tau2=estimator(method), test=test_name(test)
    )


def pairs(fit, at):
    """Ours by the names of metafor, each a list; where metafor has none, ours is None."""
    rows_, joint = list(fit.coefficients), fit.moderators
    (mean,), (around,) = at.means, at.intervals
    return {
        "b": [each.value for each in rows_],
        "se": [each.se for each in rows_],
        "stat": [each.value / each.se for each in rows_],
        "pval": [each.p for each in rows_],
        "ci.lb": [each.ci.low for each in rows_],
        "ci.ub": [each.ci.high for each in rows_],
        "tau2": [fit.tau2],
        "I2": [100 * fit.i2],
        "H2": [fit.h2],
        "R2": [100 * fit.r2],
        "QE": [fit.q.statistic],
        "QEp": [fit.q.p],
        "QM": [joint.statistic],
        "QMp": [joint.p],
        "QMdf": [joint.df1, None if math.isinf(joint.df2) else joint.df2],
        "pred": [mean.value],
        "pred.se": [mean.se],
        "pred.lb": [mean.ci.low],
        "pred.ub": [mean.ci.high],
        "pi.lb": [around and around.low],
        "pi.ub": [around and around.high],
    }


def compared(name, key):
    """Yield name, ours and metafor's of every number of one regression."""
    values, fit = found(name, key)
    ours = pairs(fit, fit.predict({"mod": values.mean()}))
    wanted = reference()["diag"][name][key]
    assert set(ours) == set(wanted)
    for what, numbers in wanted.items():
        listed = numbers if isinstance(numbers, list) else [numbers]
        yield from ((what, o, w) for o, w in zip(ours[what], listed, strict=True))


@pytest.mark.parametrize("name", SETS)
def test_every_number_of_a_data_set_agrees(name):
    count = 0
    for key in KEYS:
        limit = ITERATIVE if key.split("_")[1] in SEARCHED else CLOSED
        for what, ours, wanted in compared(name, key):
            count += 1
            if wanted in (None, "NA"):
                assert ours is None, (key, what)
                continue
            assert gap_of(what, ours, wanted) < limit, (key, what, ours, wanted)
    assert count == len(KEYS) * 28


def test_there_is_no_other_regression_in_the_reference():
    every = reference()["diag"]
    assert {n for n, each in every.items() if any(k.startswith("metareg") for k in each)} == {*SETS}
    for name in SETS:
        assert sorted(k for k in every[name] if k.startswith("metareg")) == sorted(KEYS)
