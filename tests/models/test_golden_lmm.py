"""Linear mixed models against lme4, lmerTest, pbkrtest and nlme (tests/golden/mixed)."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gaps import Ledger

import retrostats as rs

GOLDEN = Path(__file__).parents[1] / "golden" / "mixed"

#: A gap of a p value below this is judged as if p were this: its relative error is that of t
#: and df many times over.
P_FLOOR = 1e-3

#: A flat function at its maximum. Measured gap 3e-15.
LIKELIHOOD = 1e-10
#: Kenward-Roger of pbkrtest with expected information, at the optimum that lme4 found.
#: Measured gap 1e-6 of an F statistic of 0.00015, and 6e-7 elsewhere.
PBKRTEST = 1e-6
#: lmerTest differentiates numerically; lme4's variance parameters end where its optimiser
#: stopped. Measured gaps 1.4e-6 and 3e-6.
NUMERICAL = 1e-5

SLEEP = {
    "slope_REML": {"random": "1 + Days"},
    "slope_ML": {"random": "1 + Days", "method": "ml"},
    "uncorr_REML": {"random": "1 + Days", "covariance": "vc"},
    "int_REML": {"random": "1"},
    "int_ML": {"random": "1", "method": "ml"},
}
TRIAL = [(y, r) for y in ("nrs", "womac", "quad", "tug") for r in ("1", "week")]


@cache
def results(folder):
    return json.loads((GOLDEN / folder / "results.json").read_text(encoding="utf-8"))


@cache
def table(folder, name="data"):
    return pd.read_csv(GOLDEN / folder / f"{name}.csv")


def r_name(name):
    return re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name).replace("Intercept", "(Intercept)")


def add_coefficients(ledger, estimates, expected):
    """Estimates over their standard error, standard errors, df, p; as many as in the file."""
    by_name = {r_name(e.label): e for e in estimates}
    # R may write an interaction in another order of its factors.
    for name, theirs in expected.items():
        mine = by_name.get(name) or by_name[":".join(reversed(name.split(":")))]
        se = theirs["Std. Error"]
        ledger.add(mine.value / se, theirs["Estimate"] / se, f"{name} estimate", least=1)
        ledger.add(mine.se, se, f"{name} se")
        ledger.add(mine.df, theirs["df"], f"{name} df")
        ledger.add(mine.p, theirs["Pr(>|t|)"], f"{name} p", least=P_FLOOR)


def add_anova(ledger, fit, expected):
    rows = fit.anova()
    assert [row.label for row in rows] == list(expected)
    for row in rows:
        theirs = expected[row.label]
        ledger.add(row.df_num, theirs["NumDF"], f"{row.label} df_num")
        ledger.add(row.df_den, theirs["DenDF"], f"{row.label} df_den")
        ledger.add(row.statistic, theirs["F value"], f"{row.label} F")
        ledger.add(row.p, theirs["Pr(>F)"], f"{row.label} p", least=P_FLOOR)


def add_variances(ledger, fit, expected):
    """lme4's table of variances and covariances, the residual last."""
    names = [r_name(name) for name in fit.effect_names]
    for row in expected:
        if row["grp"] == "Residual":
            ledger.add(fit.sigma**2, row["vcov"], "residual")
            continue
        first = names.index(row["var1"])
        second = first if row["var2"] is None else names.index(row["var2"])
        size = np.sqrt(fit.random_covariance[first, first] * fit.random_covariance[second, second])
        mine = fit.random_covariance[first, second] / size
        ledger.add(mine, row["vcov"] / size, f"{row['var1']} {row['var2']}", least=1)


def sleep(key, **more):
    return rs.fit_lmm(
        "Reaction ~ Days",
        table("sleepstudy"),
        subject="Subject",
        **({"df": "satterthwaite"} | SLEEP[key] | more),
    )


@pytest.mark.parametrize("key", list(SLEEP))
def test_sleepstudy_likelihood_variances_and_effects(key):
    expected = results("sleepstudy")[key]
    fit = sleep(key)
    exact = Ledger()
    exact.add(fit.loglik, expected["loglik"], "loglik")
    exact.add(fit.aic, expected["AIC"], "AIC")
    exact.add(fit.bic, expected["BIC"], "BIC")
    exact.assert_settled(count=3, tolerance=LIKELIHOOD)
    ledger = Ledger()
    add_variances(ledger, fit, expected["varcorr"])
    q = len(fit.effect_names)
    predicted = fit.random_effects()
    order = [str(s) for s in predicted["subject"].unique()]
    assert order == expected["blup"]["rownames"]
    mine = predicted["estimate"].to_numpy().reshape(-1, q)
    for row, theirs in zip(mine, expected["blup"]["values"], strict=True):
        for value, other, size in zip(row, theirs, mine.std(axis=0), strict=True):
            ledger.add(value / size, other / size, "effect", least=1)
    conditional = fit.blups().conditional
    for matrix, theirs in zip(conditional, np.array(expected["condvar"]).reshape(-1, q, q)
                              if key != "uncorr_REML" else conditional, strict=True):  # fmt: skip
        ledger.add(float(np.abs(matrix / theirs - 1).max()) + 1, 1, "conditional")
    residuals = fit.residuals().to_numpy()[:10]
    for value, other in zip(residuals, expected["resid_head"], strict=True):
        ledger.add(value / fit.sigma, other / fit.sigma, "residual", least=1)
    ledger.assert_settled(count=len(expected["varcorr"]) + 18 * q + 18 + 10, tolerance=NUMERICAL)


@pytest.mark.parametrize("key", ["slope_REML", "uncorr_REML", "int_REML"])
def test_sleepstudy_inference(key):
    expected = results("sleepstudy")[key]
    ledger = Ledger()
    satterthwaite = sleep(key)
    add_coefficients(ledger, satterthwaite.coefficients, expected["coef_satterthwaite"])
    add_anova(ledger, satterthwaite, expected["anova_satterthwaite"])
    joint = satterthwaite.f_test(np.eye(2))
    ledger.add(joint.df_den, expected["satt_F_L2"][0]["DenDF"], "joint df")
    ledger.add(joint.statistic, expected["satt_F_L2"][0]["F value"], "joint F")
    ledger.assert_settled(count=14, tolerance=NUMERICAL)
    exact = Ledger()
    kenward = sleep(key, df="kenward-roger", information="expected")
    add_coefficients(exact, kenward.coefficients, expected["coef_kr"])
    add_anova(exact, kenward, expected["anova_kr"])
    joint, theirs = kenward.f_test(np.eye(2)), expected["kr_F_L2"]
    exact.add(joint.df_den, theirs["ddf"], "joint df")
    exact.add(joint.statistic, theirs["Fstat"], "joint F")
    exact.add(joint.scale, theirs["F.scaling"], "scaling")
    adjusted = np.array(expected["vcovAdj"]["values"])
    exact.add(float(np.abs(kenward.beta_cov / adjusted - 1).max()) + 1, 1, "covariance")
    exact.assert_settled(count=16, tolerance=PBKRTEST)


def test_sleepstudy_profile_intervals():
    expected = results("sleepstudy")["confint_profile_ML"]["values"]
    ledger = Ledger()
    intervals = {i.name: i for i in sleep("slope_ML").profile_intervals()}
    order = ["sd(Intercept)", "corr(Intercept, Days)", "sd(Days)", "sd(residual)"]
    for name, (low, high) in zip(order, expected, strict=False):
        ledger.add(intervals[name].low, low, name)
        ledger.add(intervals[name].high, high, name)
    ledger.assert_settled(count=8, tolerance=PROFILE)


#: lme4 interpolates its profile. Measured gap 5e-5 (lower limit of the correlation).
PROFILE = 2e-4


@pytest.mark.parametrize(("outcome", "random"), TRIAL)
def test_trial_by_random_intercepts_and_slopes(outcome, random):
    expected = results("trial3")["lmer"][f"{outcome} ({random}|id)"]
    data = table("trial3").assign(visit=lambda d: d["week"].astype("category"))
    formula = f"{outcome} ~ age + sex + arm*visit"

    def fitted(**options):
        return rs.fit_lmm(formula, data, subject="id", random=f"1 + {random}", **options)

    fit = fitted(df="satterthwaite")
    exact = Ledger()
    exact.add(fit.loglik, expected["loglik"], "loglik")
    exact.assert_settled(count=1, tolerance=LIKELIHOOD)
    assert fit.singular == expected["singular"]
    ledger = Ledger()
    add_variances(ledger, fit, expected["varcorr"])
    add_coefficients(ledger, fit.coefficients, expected["satt"])
    add_anova(ledger, fit, expected["anova_satt"])
    add_means(ledger, fit, expected, "satterthwaite")
    count = len(expected["varcorr"]) + 4 * 11 + 4 * 5 + 9 * 3 + 9 * 4 + 9
    ledger.assert_settled(count=count, tolerance=NUMERICAL)
    kenward = fitted(information="expected")
    ledger = Ledger()
    add_coefficients(ledger, kenward.coefficients, expected["kr"])
    add_anova(ledger, kenward, expected["anova_kr"])
    add_means(ledger, kenward, expected, "kenward-roger")
    ledger.assert_settled(count=4 * 11 + 4 * 5 + 9 * 3 + 9 * 4 + 9, tolerance=PBKRTEST)


def add_means(ledger, fit, expected, mode):
    """Marginal means, differences, and Tukey's p values within visits."""
    means = {e.label: e for e in fit.marginal_means("arm", by="visit")}
    for theirs in expected[f"emmeans_{mode}"]:
        mine = means[f"{theirs['arm']}, visit {theirs['visit']}"]
        ledger.add(mine.value / theirs["SE"], theirs["emmean"] / theirs["SE"], "mean", least=1)
        ledger.add(mine.se, theirs["SE"], "se of a mean")
        ledger.add(mine.df, theirs["df"], "df of a mean")
    single = {e.label: e for e in fit.differences("arm", by="visit")}
    for theirs in expected[f"pairs_none_{mode}"]:
        mine = single[f"{theirs['contrast']}, visit {theirs['visit']}"]
        ledger.add(mine.value / theirs["SE"], theirs["estimate"] / theirs["SE"], "pair", least=1)
        ledger.add(mine.se, theirs["SE"], "se of a pair")
        ledger.add(mine.df, theirs["df"], "df of a pair")
        ledger.add(mine.p, theirs["p.value"], "p of a pair", least=P_FLOOR)
    tukey = {e.label: e for e in fit.differences("arm", by="visit", adjust="tukey")}
    for theirs in expected[f"pairs_{mode}"]:
        mine = tukey[f"{theirs['contrast']}, visit {theirs['visit']}"]
        ledger.add(mine.p, theirs["p.value"], "Tukey's p", least=P_FLOOR)


@pytest.mark.parametrize(("outcome", "random"), TRIAL)
def test_trial_with_linear_weeks_by_maximum_likelihood(outcome, random):
    expected = results("trial3")["lmer"][f"{outcome} ({random}|id) ML linear week"]
    fit = rs.fit_lmm(
        f"{outcome} ~ age + sex + arm*week",
        table("trial3"),
        subject="id",
        random=f"1 + {random}",
        method="ml",
        df="asymptotic",
    )
    exact, ledger = Ledger(), Ledger()
    exact.add(fit.loglik, expected["loglik"], "loglik")
    exact.assert_settled(count=1, tolerance=LIKELIHOOD)
    add_variances(ledger, fit, expected["varcorr"])
    beta = dict(zip([r_name(name) for name in fit.names], fit.beta, strict=True))
    for name, value in expected["fixef"].items():
        ledger.add(beta[name], value, name)
    theirs = np.array(expected["vcov"]["values"])
    root = np.sqrt(np.diagonal(theirs))
    gap = np.abs(fit.beta_cov - theirs) / np.outer(root, root)
    ledger.add(float(gap.max()) + 1, 1, "covariance")
    ledger.assert_settled(count=len(expected["varcorr"]) + 9, tolerance=NUMERICAL)


@pytest.mark.parametrize("random", ["1", "Days"])
def test_an_unbalanced_design_where_kenward_roger_differs(random):
    expected = results("edge")[f"Reaction~Days*grp+({random}|Subject)"]
    data = table("edge", "sleep_unbal")
    rows = np.eye(4)[2:]

    def fitted(**options):
        return rs.fit_lmm(
            "Reaction ~ Days*grp", data, subject="Subject", random=f"1 + {random}", **options
        )

    fit, ledger, exact = fitted(df="satterthwaite"), Ledger(), Ledger()
    exact.add(fit.loglik, expected["loglik"], "loglik")
    exact.assert_settled(count=1, tolerance=LIKELIHOOD)
    add_variances(ledger, fit, expected["varcorr"])
    add_coefficients(ledger, fit.coefficients, expected["satt"])
    add_anova(ledger, fit, expected["anova_satt"])
    joint, theirs = fit.f_test(rows), expected["satt_F_grp"][0]
    ledger.add(joint.df_den, theirs["DenDF"], "joint df")
    ledger.add(joint.statistic, theirs["F value"], "joint F")
    ledger.assert_settled(count=len(expected["varcorr"]) + 16 + 12 + 2, tolerance=NUMERICAL)
    kenward, ledger = fitted(information="expected"), Ledger()
    add_coefficients(ledger, kenward.coefficients, expected["kr"])
    add_anova(ledger, kenward, expected["anova_kr"])
    joint, theirs = kenward.f_test(rows), expected["KR_F_grp"]
    ledger.add(joint.df_den, theirs["ddf"], "joint df")
    ledger.add(joint.statistic, theirs["Fstat"], "joint F")
    ledger.add(joint.scale, theirs["F.scaling"], "scaling")
    ledger.add(joint.p, theirs["p.value"], "p")
    ledger.assert_settled(count=16 + 12 + 4, tolerance=PBKRTEST)


def test_orthodont_by_lme_and_lmer():
    data = table("orthodont").assign(Sex=lambda d: pd.Categorical(d["Sex"], ["Male", "Female"]))
    for random, name in (("1 + age", "lme_slope"), ("1", "lme_int")):
        for method in ("REML", "ML"):
            expected = results("orthodont")[f"{name}_{method}"]
            fit = rs.fit_lmm(
                "distance ~ age*Sex",
                data,
                subject="Subject",
                random=random,
                method=method.lower(),
                df="asymptotic",
            )
            ledger = Ledger()
            ledger.add(fit.loglik, expected["loglik"], "loglik")
            ledger.add(fit.aic, expected["AIC"], "AIC")
            ledger.add(fit.sigma, expected["sigma"], "sigma")
            g = np.array(expected["G"]["values"])
            ledger.add(float(np.abs(fit.random_covariance / g - 1).max()) + 1, 1, "G")
            for row in fit.coefficients:
                theirs = expected["tTable"][r_name(row.label)]
                # nlme divides by N - p also under ML when it prints standard errors.
                se = theirs["Std.Error"] * (1 if method == "REML" else np.sqrt(104 / 108))
                ledger.add(row.value, theirs["Value"], f"{row.label} estimate")
                ledger.add(row.se, se, f"{row.label} se")
            ledger.assert_settled(count=12, tolerance=NLME)
    expected = results("orthodont")["lmer_slope_REML"]
    for options, key, tolerance in (
        ({"df": "satterthwaite"}, "satt", NUMERICAL),
        ({"information": "expected"}, "kr", PBKRTEST),
    ):
        fit = rs.fit_lmm("distance ~ age*Sex", data, subject="Subject", random="1 + age", **options)
        ledger = Ledger()
        add_coefficients(ledger, fit.coefficients, expected[key])
        add_anova(ledger, fit, expected[f"anova_{key}"])
        ledger.assert_settled(count=28, tolerance=tolerance)


#: nlme's optimiser stops earlier than lme4's. Measured gap 2.6e-6 (G).
NLME = 1e-5


def test_dyestuff_inside_and_on_the_boundary():
    for name in ("dyestuff", "dyestuff2"):
        expected = results("edge")[f"{name}_REML"]
        data = table("edge", name)
        fit = rs.fit_lmm("Yield ~ 1", data, subject="Batch", df="satterthwaite")
        kenward = rs.fit_lmm("Yield ~ 1", data, subject="Batch", information="expected")
        assert fit.singular == expected.get("singular", False)
        assert bool(fit.caveats) == fit.singular
        ledger = Ledger()
        ledger.add(fit.loglik, expected["loglik"], "loglik")
        ledger.add(fit.sigma, expected["sigma"], "sigma")
        add_coefficients(ledger, fit.coefficients, expected["satt"])
        add_coefficients(ledger, kenward.coefficients, expected["kr"])
        ledger.assert_settled(count=10, tolerance=NUMERICAL)
