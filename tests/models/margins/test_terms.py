import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

from retrostats.models.frame.model_frame import model_frame
from retrostats.models.inference.ftest import FTest
from retrostats.models.margins import terms
from retrostats.models.margins.anova_table import NotEstimable
from retrostats.models.margins.terms import type_three_rows
from retrostats.models.mean.aliasing import independent_columns
from retrostats.models.mean.design import design_for
from retrostats.models.mean.formula import read_formula

MIXED = Path(__file__).parents[2] / "golden" / "mixed"
TYPE_THREE = json.loads((MIXED / "margins" / "results.json").read_text())["type3"]
LMER = json.loads((MIXED / "trial3" / "results.json").read_text())["lmer"]

#: F of least squares by two programs, from sums of squares of up to 186 rows in designs with
#: condition numbers of 1e3; 5e-13 measured.
LEAST_SQUARES = 1e-10
#: F from printed coefficients and covariance, 15 digits of them; 7e-15 measured.
FROM_PRINTED = 1e-12
#: lmerTest rounds hypotheses to 7 digits (zapsmall), 1/3 to 0.3333333; 3e-7 measured.
ROUNDED_THIRDS = 1e-6


def trial():
    data = pd.read_csv(MIXED / "trial3" / "data.csv")
    data["visit"] = data["week"].astype(str)
    return data


def design_of(formula, data):
    model = read_formula(formula)
    frame = model_frame(model, data, subject="id")
    design = design_for(model, frame)
    return design, design.factored(frame).take(slice(None)), frame.outcome


def f_of(rows, beta, covariance):
    value = rows @ beta
    return float(value @ np.linalg.solve(rows @ covariance @ rows.T, value)) / len(rows)


def least_squares(x, y):
    q, r = np.linalg.qr(x)
    beta = np.linalg.solve(r, q.T @ y)
    variance = ((y - x @ beta) ** 2).sum() / (len(y) - x.shape[1])
    back = np.linalg.inv(r)
    return beta, variance * back @ back.T


@pytest.mark.parametrize("formula", TYPE_THREE)
def test_hypotheses_are_those_of_car_with_sums_to_zero(formula):
    golden = TYPE_THREE[formula]
    design, x, y = design_of(formula.replace("^", "**"), trial())
    beta, covariance = least_squares(x, y)
    rows = type_three_rows(design)
    expected = {k: v for k, v in golden.items() if k not in {"(Intercept)", "Residuals"}}
    ours = [term.replace(" ** ", "^").replace("**", "^") for term in rows]
    assert ours == list(expected)
    for hypothesis, theirs in zip(rows.values(), expected.values(), strict=True):
        assert len(hypothesis) == theirs["df"]
        assert f_of(hypothesis, beta, covariance) == pytest.approx(theirs["F"], rel=LEAST_SQUARES)


@pytest.mark.parametrize("fit", [name for name in LMER if "anova_satt" in LMER[name]])
def test_hypotheses_are_those_of_lmertest(fit):
    golden = LMER[fit]
    outcome = fit.split()[0]
    design, _, _ = design_of(f"{outcome} ~ age + sex + arm * visit", trial())
    order = [
        golden["vcov"]["rownames"].index(
            name.replace("Intercept", "(Intercept)").replace("[T.", "").replace("]", "")
        )
        for name in design.names
    ]
    beta = np.array([row["Estimate"] for row in golden["satt"].values()])[order]
    covariance = np.array(golden["vcov"]["values"])[np.ix_(order, order)]
    rows = type_three_rows(design)
    assert list(rows) == list(golden["anova_satt"])
    for term, hypothesis in rows.items():
        theirs = golden["anova_satt"][term]
        assert len(hypothesis) == theirs["NumDF"]
        # arm and visit are averaged over the three levels of the other.
        tolerance = ROUNDED_THIRDS if term in {"arm", "visit"} else FROM_PRINTED
        assert f_of(hypothesis, beta, covariance) == pytest.approx(theirs["F value"], rel=tolerance)


def unbalanced(seed):
    rng = np.random.default_rng(seed)
    n = 300
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "a": rng.choice(["p", "q", "r"], n, p=[0.5, 0.3, 0.2]),
            "b": rng.choice(["s", "t"], n, p=[0.7, 0.3]),
            "c": rng.choice(["u", "v", "w", "x"], n),
            "z": rng.normal(2, 1, n),
            "w": rng.normal(0, 1, n),
            "y": rng.normal(0, 1, n),
        }
    )


@pytest.mark.parametrize(
    "formula",
    [
        "a * b * c",
        "a + b:c",
        "a:b",
        "a:b + c",
        "0 + a",
        "0 + a:b",
        "0 + a + b + c:a",
        "a * z + b",
        "z:a + b",
        "z * w * a",
        "z:w:a + b * c",
        "z:w + w:z:a",
        "a * b + z:a:b",
        "0 + z:b + a",
        "a + a:b:c",
        "bs(z, df=4) * a",
        "a * I(z ** 2) + w",
        "z + w",
    ],
)
def test_hypotheses_are_that_coefficients_vanish_in_sum_to_zero_coding(formula):
    data = unbalanced(len(formula))
    design, x, y = design_of(f"y ~ {formula}", data)
    beta, covariance = least_squares(x, y)
    # The same formula in formulaic's sum-to-zero coding, tested column by column.
    coded = formula
    for factor in "abc":
        coded = "".join(
            f"C({factor}, contr.sum)" if piece == factor else piece
            for piece in re.split(r"(\b\w+\b)", coded)
        )
    matrix = Formula(coded).get_model_matrix(data)
    spec = matrix.model_spec
    theirs, their_cov = least_squares(matrix.to_numpy(dtype=float), y)
    rows = type_three_rows(design)
    tested = 0
    for hypothesis, (term, columns) in zip(
        rows.values(),
        [(t, i) for t, i in spec.term_indices.items() if str(t) != "1" and len(i)],
        strict=True,
    ):
        unit = np.eye(len(theirs))[list(columns)]
        assert len(hypothesis) == len(unit), term
        expected = f_of(unit, theirs, their_cov)
        assert f_of(hypothesis, beta, covariance) == pytest.approx(expected, rel=LEAST_SQUARES)
        tested += 1
    assert tested == len(rows) > 0


def test_rows_compare_equally_weighted_means():
    design, _, _ = design_of("y ~ a * b + z", unbalanced(1))
    rows = type_three_rows(design)
    assert list(rows) == ["a", "b", "z", "a:b"]
    weights = dict(zip(design.names, rows["a"][0], strict=True))
    assert {name: w for name, w in weights.items() if w} == {"a[T.q]": 1, "a[T.q]:b[T.t]": 0.5}


def terms_tested(design, x, y):
    alias = independent_columns(x)
    beta, covariance = least_squares(x[:, alias.kept], y)

    def test(rows, label):
        wald = f_of(rows, beta, covariance) * len(rows)
        return replace(FTest.from_wald(wald, len(rows), 100.0, method="residual"), label=label)

    return terms.tested_terms(
        type_three_rows(design),
        kept=alias.kept,
        dropped=alias.dropped,
        combination=alias.combination,
        test=test,
    )


def test_an_empty_combination_leaves_terms_that_cannot_be_tested():
    data = unbalanced(4)
    data = data[(data["a"] != "q") | (data["b"] != "t")]
    design, x, y = design_of("y ~ a * b + z", data)
    found = terms_tested(design, x, y)
    assert [row.label for row in found] == ["a", "b", "z", "a:b"]
    assert [isinstance(row, NotEstimable) for row in found] == [True, True, False, True]
    assert found[0].reason == "1 of 2 comparisons cannot be made from these data"


def test_a_covariate_given_twice_cannot_be_told_apart():
    data = unbalanced(4).assign(grams=lambda d: 1000 * d["z"] + 5)
    design, x, y = design_of("y ~ a + z + grams", data)
    found = terms_tested(design, x, y)
    assert [isinstance(row, NotEstimable) for row in found] == [False, True, True]


def test_terms_after_a_dropped_column_are_tested_on_the_kept_ones():
    data = unbalanced(4).assign(grams=lambda d: 1000 * d["z"])
    with_copy = terms_tested(*design_of("y ~ z + grams + a * w", data))
    without = terms_tested(*design_of("y ~ z + a * w", data))
    tested = [row for row in with_copy if isinstance(row, FTest)]
    assert [row.label for row in tested] == ["a", "w", "a:w"]
    assert [row.statistic for row in tested] == pytest.approx(
        [row.statistic for row in without[1:]], rel=LEAST_SQUARES
    )


def test_every_term_of_a_complete_design_is_tested():
    design, x, y = design_of("y ~ a * b + z", unbalanced(4))
    assert all(isinstance(row, FTest) for row in terms_tested(design, x, y))


def test_many_levels():
    levels = 50
    grid = pd.MultiIndex.from_product([range(levels), range(levels)], names=["f", "g"])
    data = grid.to_frame(index=False).assign(id=range(levels**2), y=0.0)
    design, _, _ = design_of("y ~ C(f) + C(g)", data)
    rows = type_three_rows(design)
    assert {label: row.shape for label, row in rows.items()} == {
        "C(f)": (49, 99),
        "C(g)": (49, 99),
    }
    assert rows["C(f)"].sum() == 49
