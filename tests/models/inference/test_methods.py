import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from retrostats.errors import DataError, FitError
from retrostats.models.inference.between_within import Split
from retrostats.models.inference.methods import (
    METHODS,
    Asymptotic,
    BetweenWithin,
    Inference,
    KenwardRoger,
    KenwardRogerLinear,
    Residual,
    Sandwich,
    Satterthwaite,
    parameter_covariance,
)
from retrostats.models.inference.sandwich import robust_covariance

#: The same formulas written twice.
ROUNDING = 1e-10
#: mmrm and pbkrtest at Sigma printed to 15 digits; 1.2e-11 measured (p and df of mmrm).
GOLDEN = 1e-8
#: lmerTest differentiates numerically; 1.7e-6 measured.
LMERTEST = 1e-5

FOLDER = Path(__file__).parents[2] / "golden" / "mixed"


@pytest.fixture
def methods(dense, fixed):
    """One of each, by name."""
    phi, n = fixed.phi, len(dense.y)
    flags = np.arange(len(phi)) > 0
    split = Split(within=flags, intercept=~flags, observations=n, subjects=10)
    made = [
        KenwardRoger(fixed),
        KenwardRogerLinear(fixed),
        Satterthwaite(fixed),
        BetweenWithin(phi, split),
        Residual(phi, n),
        Asymptotic(phi),
        *(
            Sandwich(robust_covariance(kind, dense.batches(), phi))
            for kind in ("CR0", "CR2", "CR3")
        ),
    ]
    assert tuple(method.name for method in made) == METHODS
    return made


def test_every_method_answers_the_protocol_in_one_way(methods, fixed):
    p = len(fixed.beta)
    rows = np.eye(p)[1:3]
    for method in methods:
        inference: Inference = method
        many = inference.degrees_of_freedom_many(rows)
        one = [inference.degrees_of_freedom(row) for row in rows]
        assert many == pytest.approx(one, rel=ROUNDING), method.name
        found = inference.test(rows[:1], rows[:1] @ fixed.beta)
        wald = fixed.beta[1] ** 2 / inference.covariance[1, 1]
        assert (found.method, found.df_num, found.df_den) == (method.name, 1, pytest.approx(one[0]))
        assert found.statistic == pytest.approx(wald, rel=ROUNDING)
        t = 2 * stats.t.sf(math.sqrt(wald), one[0])
        assert found.p == pytest.approx(t, rel=1e-8), method.name


def test_several_rows_have_the_joint_df_of_their_method(methods, dense, fixed):
    rows = np.eye(len(fixed.beta))[1:3]
    joint = {method.name: method.test(rows, rows @ fixed.beta) for method in methods}
    for method in methods[-3:]:
        df, scale = method.robust.hotelling(rows)
        assert (joint[method.name].df_den, joint[method.name].scale) == (df, scale)
    counted = {"residual": len(dense.y) - len(fixed.beta), "asymptotic": math.inf}
    assert {name: joint[name].df_den for name in counted} == counted
    assert joint["kenward-roger"].scale < 1
    assert joint["satterthwaite"].scale == 1


def test_redundant_rows_change_nothing(methods, fixed):
    rows = np.eye(len(fixed.beta))[1:3]
    longer = np.vstack([rows, rows.sum(axis=0), rows[0]])
    for method in methods:
        expected = method.test(rows, rows @ fixed.beta)
        assert method.test(longer, longer @ fixed.beta) == expected


def test_zero_rows_are_refused_by_all(methods, fixed):
    p = len(fixed.beta)
    for method in methods:
        for ask in (
            lambda m: m.degrees_of_freedom(np.zeros(p)),
            lambda m: m.degrees_of_freedom_many(np.zeros((2, p))),
            lambda m: m.test(np.zeros((2, p)), np.zeros(2)),
        ):
            with pytest.raises(DataError, match="zero"):
                ask(method)


def test_second_derivatives_matter_only_where_they_should(fixed):
    both = KenwardRoger(fixed).covariance, KenwardRogerLinear(fixed).covariance
    assert np.array_equal(*both) == (not fixed.r_sum.any())


def test_between_within_reads_rows_in_the_written_basis(dense, fixed):
    flags = np.array([False, False] + [True] * (len(fixed.beta) - 2))
    first = np.arange(len(fixed.beta)) == 0
    split = Split(within=flags, intercept=first, observations=len(dense.y), subjects=10)
    basis = np.linalg.qr(dense.x)[1]  # new = basis @ written
    plain, moved = BetweenWithin(fixed.phi, split), BetweenWithin(fixed.phi, split, basis)
    rows = np.eye(len(fixed.beta))
    expected = plain.degrees_of_freedom_many(rows)
    assert len(set(expected)) == 2
    assert np.array_equal(moved.degrees_of_freedom_many(rows @ np.linalg.inv(basis)), expected)


def test_residual_df_need_more_observations_than_coefficients(fixed):
    p = len(fixed.beta)
    assert Residual(fixed.phi, p + 1).degrees_of_freedom(np.ones(p)) == 1
    with pytest.raises(FitError, match="too few"):
        Residual(fixed.phi, p)


def trial3():
    with (FOLDER / "trial3" / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["nrs"]]

    def flag(column, level):
        return np.array([row[column] == level for row in rows], dtype=float)

    forward, retro, later, last = (
        flag("arm", "forward"),
        flag("arm", "retro"),
        flag("week", "3"),
        flag("week", "6"),
    )
    age = np.array([float(row["age"]) for row in rows])
    ones = np.ones(len(rows))
    columns = [ones, age, flag("sex", "M"), forward, retro, later, last]
    products = [forward * later, retro * later, forward * last, retro * last]
    y = np.array([float(row["nrs"]) for row in rows])
    return np.column_stack(columns + products), y, [row["id"] for row in rows], later + 2 * last


def gap(found, expected):
    return np.abs(np.asarray(found) / np.asarray(expected) - 1).max()


def test_mmrm_agrees_on_an_unstructured_fit(dense_model):
    results = json.loads((FOLDER / "trial3" / "results.json").read_text(encoding="utf-8"))
    results = results["mmrm_all_visits"]
    x, y, labels, visit = trial3()
    subject = np.unique(labels, return_inverse=True)[1]
    sigma = np.array(results["nrs/us/Satterthwaite/"]["sigma"]["values"])
    model = dense_model.of(x, y, subject, visit.astype(int), dense_model.us(sigma))
    fixed = model.fixed(parameter_covariance(model.information("observed")))
    compared = 0
    for key, method in (
        ("nrs/us/Satterthwaite/", Satterthwaite(fixed)),
        ("nrs/us/Kenward-Roger/linear", KenwardRogerLinear(fixed)),
    ):
        stored = results[key]
        table = stored["coefficients"].values()
        assert gap(model.beta, stored["beta"]) < GOLDEN
        se = np.sqrt(np.diagonal(method.covariance))
        assert gap(se, [row["Std. Error"] for row in table]) < GOLDEN
        df = method.degrees_of_freedom_many(np.eye(len(model.beta)))
        assert gap(df, [row["df"] for row in table]) < GOLDEN
        for name in ("interaction", "arm_main"):
            expected = stored["F_tests"][name]
            rows = np.array(expected["L"], dtype=float)
            found = method.test(rows, rows @ model.beta)
            assert gap(found.df_den, expected["denom_df"]) < GOLDEN
            assert gap(found.statistic, expected["f_stat"]) < GOLDEN
            assert gap(found.p, expected["p_val"]) < GOLDEN
            compared += 1
    assert compared == 4


def random_effects(g, residual, z):
    """Sigma = Z G Z' + residual I with its entries as parameters."""
    _, first, _ = dense_structure(g)
    parts = [z @ d @ z.T for d in first] + [np.eye(len(z))]
    return z @ g @ z.T + residual * parts[-1], parts, np.zeros((len(parts),) * 2 + (len(z),) * 2)


def dense_structure(g):
    q = len(g)
    first = []
    for a in range(q):
        for b in range(a + 1):
            unit = np.zeros((q, q))
            unit[a, b] = unit[b, a] = 1
            first.append(unit)
    return g, first, None


def test_pbkrtest_and_lmertest_agree_on_random_slopes(dense_model):
    results = json.loads((FOLDER / "edge" / "results.json").read_text(encoding="utf-8"))
    stored = results["Reaction~Days*grp+(Days|Subject)"]
    with (FOLDER / "edge" / "sleep_unbal.csv").open(encoding="utf-8", newline="") as file:
        data = list(csv.DictReader(file))
    days = np.array([float(row["Days"]) for row in data])
    group = np.array([row["grp"] == "B" for row in data], dtype=float)
    x = np.column_stack([np.ones(len(data)), days, group, days * group])
    y = np.array([float(row["Reaction"]) for row in data])
    subject = np.unique([row["Subject"] for row in data], return_inverse=True)[1]
    factor = np.zeros((2, 2))
    factor[np.tril_indices(2)] = np.array(stored["theta"])[[0, 1, 2]]
    g = stored["sigma"] ** 2 * factor @ factor.T
    grid = np.column_stack([np.ones(10), np.arange(10.0)])
    structure = random_effects(g, stored["sigma"] ** 2, grid)
    model = dense_model.of(x, y, subject, days.astype(int), structure)
    rows = np.eye(4)[2:]

    fixed = model.fixed(parameter_covariance(model.information("expected")))
    kenward_roger = KenwardRoger(fixed)
    expected = np.array(stored["vcovAdj"]["values"])
    assert gap(kenward_roger.covariance, expected) < GOLDEN
    df = [row["df"] for row in stored["kr"].values()]
    assert gap(kenward_roger.degrees_of_freedom_many(np.eye(4)), df) < GOLDEN
    found, test = kenward_roger.test(rows, rows @ model.beta), stored["KR_F_grp"]
    assert gap(found.df_den, test["ddf"]) < GOLDEN
    assert gap(found.scale, test["F.scaling"]) < GOLDEN
    assert gap(found.statistic, test["Fstat"]) < GOLDEN
    assert gap(found.p, test["p.value"]) < GOLDEN

    satterthwaite = Satterthwaite(model.fixed(parameter_covariance(model.information("observed"))))
    df = [row["df"] for row in stored["satt"].values()]
    assert gap(satterthwaite.degrees_of_freedom_many(np.eye(4)), df) < LMERTEST
    found, test = satterthwaite.test(rows, rows @ model.beta), stored["satt_F_grp"][0]
    assert gap(found.df_den, test["DenDF"]) < LMERTEST
    assert gap(found.p, test["Pr(>F)"]) < LMERTEST
