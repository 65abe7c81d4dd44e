"""Every number of the reference MMRM fits made with R's mmrm (tests/golden/mixed)."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gaps import Ledger

from retrostats.models.mmrm import fit_mmrm

GOLDEN = Path(__file__).parents[1] / "golden" / "mixed"

#: Log-likelihood, AIC, BIC: sums over a few hundred rows. Measured gap 2e-14.
LIKELIHOOD = 1e-11
#: Estimates over their standard error, standard errors, df, p, covariances, against optima that
#: were polished to a gradient of 1e-10. Measured gaps below 2e-9 (df, in flat likelihoods).
POLISHED = 1e-8

#: R's ptukey is good to about 1e-10 in absolute terms. Measured gaps 5e-8 of 0.01, and 4e-9 of
#: a standard error for limits.
TUKEY = 1e-6
#: nlme stops earlier. Measured gap 8.4e-6.
GLS = 1e-5

METHODS = {
    ("Satterthwaite", ""): "satterthwaite",
    ("Kenward-Roger", "linear"): "kenward-roger-linear",
    ("Kenward-Roger", ""): "kenward-roger-linear",
}
PARTS = {
    "mmrm_post_baseline": "{0} ~ {0}_bl + age + sex + arm*visit",
    "mmrm_all_visits": "{0} ~ age + sex + arm*visit",
}


@cache
def trial3():
    data = pd.read_csv(GOLDEN / "trial3" / "data.csv")
    after = data[data["week"] > 0]
    return {
        "mmrm_post_baseline": after.assign(visit=after["week"].astype("category")),
        "mmrm_all_visits": data.assign(visit=data["week"].astype("category")),
    }


@cache
def golden(folder):
    return json.loads((GOLDEN / folder / "results.json").read_text(encoding="utf-8"))


def r_name(name):
    return re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name).replace("Intercept", "(Intercept)")


def keys_of(part):
    """Fits whose adjustment does not depend on mmrm's own parameters; see METHODS."""
    for key in golden("trial3")[part]:
        outcome, covariance, method, vcov = key.split("/")
        linear = covariance in {"cs", "toep"} or method == "Satterthwaite" or vcov
        yield key, outcome, covariance.replace("ar1h", "arh1"), (method, vcov), linear


CASES = [
    pytest.param(part, key, outcome, covariance, how, id=key)
    for part in PARTS
    for key, outcome, covariance, how, comparable in keys_of(part)
    if comparable and how != ("Kenward-Roger", "")
]


def compare_likelihood(fit, expected):
    ledger = Ledger()
    criteria = fit.information_criteria()["sas"]
    ledger.add(fit.loglik, expected["loglik"], "loglik")
    ledger.add(fit.deviance, expected["deviance"], "deviance")
    ledger.add(criteria.aic, expected["AIC"], "AIC")
    ledger.add(criteria.aicc, expected["AICc"], "AICc")
    ledger.add(criteria.bic, expected["BIC"], "BIC")
    return ledger


def compare_coefficients(fit, expected):
    ledger = Ledger()
    by_name = {r_name(e.label): e for e in fit.coefficients}
    names = expected["coef_names"]
    assert sorted(by_name) == sorted(names)
    for name in names:
        mine, theirs = by_name[name], expected["coefficients"][name]
        se = theirs["Std. Error"]
        ledger.add(mine.value / se, theirs["Estimate"] / se, f"{name} estimate", least=1)
        ledger.add(mine.se, se, f"{name} se")
        ledger.add(mine.df, theirs["df"], f"{name} df")
        ledger.add(mine.p, theirs["Pr(>|t|)"], f"{name} p", least=1e-6)
    order = [[r_name(n) for n in fit.names].index(name) for name in names]
    mine = fit.beta_cov[np.ix_(order, order)]
    theirs = np.array(expected["beta_vcov"]["values"])
    size = np.sqrt(np.outer(np.diagonal(theirs), np.diagonal(theirs)))
    ledger.add(float(np.abs((mine - theirs) / size).max()) + 1, 1, "covariance")
    sigma = np.array(expected["sigma"]["values"])
    ledger.add(float(np.abs(fit.sigma / sigma - 1).max()) + 1, 1, "sigma")
    return ledger


def compare_tests(fit, expected):
    ledger = Ledger()
    order = [[r_name(n) for n in fit.names].index(name) for name in expected["coef_names"]]
    for label, theirs in expected.get("F_tests", {}).items():
        rows = np.zeros((len(theirs["L"]), len(fit.names)))
        rows[:, order] = np.array(theirs["L"], dtype=float)
        test = fit.f_test(rows, label)
        assert test.df_num == theirs["num_df"]
        ledger.add(test.df_den, theirs["denom_df"], f"{label} df")
        ledger.add(test.statistic, theirs["f_stat"], f"{label} F")
        ledger.add(test.p, theirs["p_val"], f"{label} p", least=1e-6)
        one = expected["n1d"][label]
        mine = fit.contrast(rows[0], label)
        ledger.add(mine.value / one["se"], one["est"] / one["se"], f"{label} value", least=1)
        ledger.add(mine.df, one["df"], f"{label} df of one row")
    return ledger


def compare_means(fit, expected):
    """Marginal means, pairwise differences, and Tukey's p and intervals within visits."""
    ledger = Ledger()
    means = {e.label: e for e in fit.marginal_means("arm", by="visit")}
    single = {e.label: e for e in fit.differences("arm", by="visit")}
    tukey = {e.label: e for e in fit.differences("arm", by="visit", adjust="tukey")}
    for theirs in expected["emmeans"]:
        mine = means[f"{theirs['arm']}, visit {theirs['visit']}"]
        ledger.add(mine.value / theirs["SE"], theirs["emmean"] / theirs["SE"], "mean", least=1)
        ledger.add(mine.se, theirs["SE"], "se of a mean")
        ledger.add(mine.df, theirs["df"], "df of a mean")
        ledger.add(mine.ci.low, theirs["lower.CL"], "lower limit of a mean")
    for theirs in expected["pairs_noadjust"]:
        mine = single[f"{theirs['contrast']}, visit {theirs['visit']}"]
        ledger.add(mine.value / theirs["SE"], theirs["estimate"] / theirs["SE"], "pair", least=1)
        ledger.add(mine.se, theirs["SE"], "se of a pair")
        ledger.add(mine.df, theirs["df"], "df of a pair")
        ledger.add(mine.p, theirs["p.value"], "p of a pair", least=1e-6)
    by_tukey = Ledger()
    for theirs in expected["pairs"]:
        mine = tukey[f"{theirs['contrast']}, visit {theirs['visit']}"]
        by_tukey.add(mine.p, theirs["p.value"], "Tukey's p", least=1e-2)
        by_tukey.add(mine.ci.low / mine.se, theirs["lower.CL"] / mine.se, "Tukey's limit", least=1)
    return ledger, by_tukey


@pytest.mark.parametrize(("part", "key", "outcome", "covariance", "how"), CASES)
def test_every_number_of_a_trial_fit(part, key, outcome, covariance, how):
    expected = golden("trial3")[part][key]
    fit = fit_mmrm(
        PARTS[part].format(outcome),
        trial3()[part],
        subject="id",
        visit="visit",
        covariance=covariance,
        df=METHODS[how],
    )
    assert (fit.n_rows, fit.n_subjects) == (expected["n_obs"], expected["n_subjects"])
    p = len(expected["coef_names"])
    compare_likelihood(fit, expected).assert_settled(count=5, tolerance=LIKELIHOOD)
    compare_coefficients(fit, expected).assert_settled(count=4 * p + 2, tolerance=POLISHED)
    compare_tests(fit, expected).assert_settled(count=10, tolerance=POLISHED)
    means, by_tukey = compare_means(fit, expected)
    cells = 6 if part == "mmrm_post_baseline" else 9
    means.assert_settled(count=8 * cells, tolerance=POLISHED)
    by_tukey.assert_settled(count=2 * cells, tolerance=TUKEY)


def test_no_reference_fit_is_left_out():
    everything = [(part, key) for part in PARTS for key in golden("trial3")[part]]
    plain = [key for _, key in everything if key.endswith("Kenward-Roger/")]
    assert len(everything) == 120
    assert len(CASES) + len(plain) == 120


@pytest.mark.parametrize("covariance", ["us", "cs", "toep"])
def test_second_derivatives_vanish_where_sigma_is_linear(covariance):
    fits = [
        fit_mmrm(
            PARTS["mmrm_all_visits"].format("womac"),
            trial3()["mmrm_all_visits"],
            subject="id",
            visit="visit",
            covariance=covariance,
            df=df,
        )
        for df in ("kenward-roger", "kenward-roger-linear")
    ]
    np.testing.assert_array_equal(fits[0].beta_cov, fits[1].beta_cov)


def test_mmrm_plain_kenward_roger_is_another_method():
    """mmrm adds second derivatives in its own parameters, so its standard errors differ."""
    expected = golden("trial3")["mmrm_all_visits"]["womac/us/Kenward-Roger/"]
    fit = fit_mmrm(
        PARTS["mmrm_all_visits"].format("womac"),
        trial3()["mmrm_all_visits"],
        subject="id",
        visit="visit",
    )
    gaps = [
        abs(e.se / expected["coefficients"][r_name(e.label)]["Std. Error"] - 1)
        for e in fit.coefficients
    ]
    assert 1e-4 < max(gaps) < 0.05


def orthodont(covariance, method):
    data = pd.read_csv(GOLDEN / "orthodont" / "data.csv")
    sex = pd.Categorical(data["Sex"], ["Male", "Female"])
    return fit_mmrm(
        "distance ~ age * Sex",
        data.assign(Sex=sex),
        subject="Subject",
        visit="age",
        covariance=covariance,
        **method,
    )


@pytest.mark.parametrize("covariance", ["us", "ar1", "cs", "csh", "toep"])
def test_orthodont_by_mmrm(covariance):
    expected = golden("orthodont")[f"mmrm_{covariance}_Satterthwaite"]
    fit = orthodont(covariance, {"df": "satterthwaite"})
    compare_likelihood(fit, expected).assert_settled(count=5, tolerance=LIKELIHOOD)
    compare_coefficients(fit, expected).assert_settled(count=18, tolerance=POLISHED)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(("covariance", "name"), [("us", "un"), ("ar1",) * 2, ("cs",) * 2,
                                                  ("arh1", "ar1h")])  # fmt: skip
def test_orthodont_by_gls(covariance, name, method):
    expected = golden("orthodont")[f"gls_{name}_{method}"]
    fit = orthodont(covariance, {"method": method.lower(), "df": "residual"})
    both = fit.information_criteria()["lme4"]
    table = expected["tTable"]
    ledger = Ledger()
    ledger.add(fit.loglik, expected["loglik"], "loglik")
    ledger.add(both.aic, expected["AIC"], "AIC")
    for row in fit.coefficients:
        theirs = table[r_name(row.label)]
        # Under ML nlme prints standard errors as if the variance had been divided by N - p.
        se = theirs["Std.Error"] * (1 if method == "REML" else np.sqrt((108 - 4) / 108))
        ledger.add(row.value / se, theirs["Value"] / se, f"{row.label} estimate", least=1)
        ledger.add(row.se, se, f"{row.label} se")
    ledger.assert_settled(count=10, tolerance=GLS)


def test_a_paired_design_is_the_paired_t_test():
    results = golden("edge")
    data = pd.read_csv(GOLDEN / "edge" / "sleep_paired.csv")
    data["group"] = data["group"].astype("category")
    for df, key in (("satterthwaite", "Satterthwaite/NA"),
                    ("kenward-roger-linear", "Kenward-Roger/Kenward-Roger-Linear")):  # fmt: skip
        fit = fit_mmrm("extra ~ group", data, subject="ID", visit="group", df=df)
        paired, row = results["paired_t"], fit.coefficients[1]
        ledger = Ledger()
        ledger.add(row.value, paired["estimate"], "difference")
        ledger.add(row.se, paired["se"], "se")
        ledger.add(row.df, paired["df"], "df")
        ledger.add(row.p, paired["p"], "p")
        ledger.assert_settled(count=4, tolerance=LIKELIHOOD * 100)
        expected = results[f"paired_mmrm_us/{key}"]
        compare_likelihood(fit, expected).assert_settled(count=5, tolerance=LIKELIHOOD)
        compare_coefficients(fit, expected).assert_settled(count=10, tolerance=POLISHED)
