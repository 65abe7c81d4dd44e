"""Every usable number of the reference ANCOVA and mixed ANOVA (tests/golden/effects/d_anova).

Not compared: ``*_uni_*`` (emmeans' univariate model, which assumes equal variances of visits),
``*_sidak`` (not offered), ``eff_size`` (emmeans' adjusted d, over the SD given the baseline),
limits of partial eta squared, Friedman's test, and Welch's t tests (another package of ours).
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gaps import Ledger

from retrostats.models.ancova import fit_ancova
from retrostats.models.anova import fit_mixed_anova
from retrostats.models.lmm import fit_lmm
from retrostats.models.split_plot.sphericity import sphericity
from retrostats.models.split_plot.strata import (
    cells_of,
    hypothesis_scatter,
    orthonormal_contrasts,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "d_anova"

#: Closed forms by two programs. Measured gap 2e-14 (p values far in a tail).
CLOSED = 1e-12
#: R's ptukey stops at about 1e-9. Measured gaps 2e-8 of 0.01, and of a standard error for limits.
TUKEY = 1e-7
#: nlme and lmer stop early. Measured gaps 2e-6 and 1e-6.
EARLY = 1e-5
#: F of a random intercept found by Newton's method. Measured gap 2e-15.
POLISHED = 1e-9

FILES = {"balanced": "input_mixed.csv", "unbalanced": "input_mixed_unbalanced.csv"}


@cache
def golden(which):
    return json.loads((GOLDEN / "ref.json").read_text(encoding="utf-8"))[which]


@cache
def data(which):
    return pd.read_csv(GOLDEN / FILES[which])


@cache
def wide(which):
    table = data(which).pivot_table(index=["id", "arm"], columns="time", values="y")
    return table.reset_index()


@cache
def anova(which):
    return fit_mixed_anova(data(which), outcome="y", subject="id", between="arm", within="time")


@cache
def ancova(which, formula="t2 ~ t0 + arm", covariance="classical"):
    return fit_ancova(formula, wide(which), covariance=covariance)


def cells(which):
    return anova(which).cells


def mirrored(theirs):
    """Their pairs are earlier minus later; ours later minus earlier."""
    low, high = -theirs["upper.CL"], -theirs["lower.CL"]
    return {"estimate": -theirs["estimate"], "lower.CL": low, "upper.CL": high} | {
        key: theirs[key] for key in ("SE", "df", "p.value") if key in theirs
    }


def add_estimate(ledger, mine, theirs, where, *, least_p=1e-6):
    """Value and limits over the standard error, then standard error, df and p."""
    se = theirs["SE"]
    value = theirs.get("estimate", theirs.get("emmean"))
    ledger.add(mine.value / se, value / se, f"{where} value", least=1)
    ledger.add(mine.se, se, f"{where} se")
    ledger.add(mine.df, theirs["df"], f"{where} df")
    ledger.add(mine.ci.low / se, theirs["lower.CL"] / se, f"{where} low", least=1)
    ledger.add(mine.ci.high / se, theirs["upper.CL"] / se, f"{where} high", least=1)
    if "p.value" in theirs:
        ledger.add(mine.p, theirs["p.value"], f"{where} p", least=least_p)


def add_coefficient(ledger, mine, theirs, where):
    se = theirs["Std..Error"]
    ledger.add(mine.value / se, theirs["Estimate"] / se, f"{where} value", least=1)
    ledger.add(mine.se, se, f"{where} se")
    ledger.add(mine.p, theirs["Pr...t.."], f"{where} p")


@pytest.mark.parametrize("which", FILES)
def test_type_three_tests_of_afex_and_car(which):
    ledger, table = Ledger(), anova(which).table
    for theirs in golden(which)["univariate"]:
        if theirs["effect"] == "(Intercept)":
            continue
        mine = table[theirs["effect"]]
        ledger.add(mine.sum_of_squares, theirs["Sum Sq"], "sum of squares")
        ledger.add(mine.df_num, theirs["num Df"], "numerator df")
        ledger.add(mine.error, theirs["Error SS"], "error")
        ledger.add(mine.df_den, theirs["den Df"], "denominator df")
        ledger.add(mine.statistic, theirs["F value"], "F")
        ledger.add(mine.p, theirs["Pr(>F)"], "p")
    for theirs in golden(which)["none"]:
        mine = table[theirs["effect"]]
        ledger.add(mine.partial_eta_squared, theirs["pes"], "partial eta squared")
        ledger.add(mine.error / mine.df_den, theirs["MSE"], "mean square")
        ledger.add(mine.statistic, theirs["F"], "F")
        ledger.add(mine.p, theirs["Pr(>F)"], "p")
    for key, epsilon, p in (("GG", "epsilon_gg", "p_gg"), ("HF", "epsilon_hf", "p_hf")):
        for theirs in golden(which)[key]:
            mine = table[theirs["effect"]]
            factor = min(1.0, getattr(mine, epsilon))
            ledger.add(factor * mine.df_num, theirs["num Df"], f"numerator df {key}")
            ledger.add(factor * mine.df_den, theirs["den Df"], f"denominator df {key}")
            ledger.add(mine.error / (factor * mine.df_den), theirs["MSE"], f"mean square {key}")
            ledger.add(mine.generalised_eta_squared, theirs["ges"], "generalised eta squared")
            ledger.add(getattr(mine, p), theirs["Pr(>F)"], f"p {key}")
    ledger.assert_settled(count=18 + 12 + 30, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_mauchly_and_the_epsilons_of_car(which):
    ledger, table = Ledger(), anova(which).table
    for theirs in golden(which)["mauchly"]:
        ledger.add(table.sphericity.w, theirs["Test statistic"], "W")
        ledger.add(table.sphericity.p, theirs["p-value"], "p of W")
    for theirs in golden(which)["eps"]:
        mine = table[theirs["effect"]]
        ledger.add(mine.epsilon_gg, theirs["GG eps"], "Greenhouse-Geisser")
        ledger.add(mine.epsilon_hf, theirs["HF eps"], "Huynh-Feldt")
        ledger.add(mine.p_gg, theirs["Pr(>F[GG])"], "its p")
        ledger.add(mine.p_hf, theirs["Pr(>F[HF])"], "its p")
    ledger.assert_settled(count=4 + 8, tolerance=CLOSED)


def test_huynh_and_feldts_factor_is_not_truncated():
    assert anova("balanced").table["time"].epsilon_hf > 1


@pytest.mark.parametrize("which", FILES)
def test_the_intercept_and_the_cells(which):
    ledger, own = Ledger(), cells(which)
    average = np.full((3, 1), 1 / math.sqrt(3))
    theirs = golden(which)["univariate"][0]
    explained = hypothesis_scatter(np.array([[0.5, 0.5]]), average, own)
    ledger.add(explained.item(), theirs["Sum Sq"], "sum of squares of the intercept")
    ledger.add((average.T @ own.scatter @ average).item(), theirs["Error SS"], "its error")
    arms, times = ("forward", "retro"), ("t0", "t1", "t2")
    for theirs in golden(which)["cell"]:
        n, mean, _ = theirs["y"]
        arm, time = arms.index(theirs["arm"]), times.index(theirs["time"])
        ledger.add(own.counts[arm], n, "n")
        ledger.add(own.means[arm, time], mean, "mean")
    ledger.assert_settled(count=2 + 12, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_one_arm_alone(which):
    """A repeated-measures analysis of one arm, from the same pieces."""
    rows, ledger = data(which).query("arm == 'retro'"), Ledger()
    y = rows.pivot_table(index="id", columns="time", values="y").to_numpy()
    own, within = cells_of(y, np.zeros(len(y), dtype=int), 1), orthonormal_contrasts(3)
    error = within.T @ own.scatter @ within
    explained = float(np.trace(hypothesis_scatter(np.ones((1, 1)), within, own)))
    known, theirs = sphericity(error, own.error_df), golden(which)["rm_retro"]
    table, epsilon = theirs["table"][0], theirs["eps"][0]
    ledger.add(explained / float(np.trace(error)) * own.error_df, table["F"], "F")
    ledger.add(float(np.trace(error)) / (2 * own.error_df), table["MSE"], "mean square")
    ges = explained / (explained + np.trace(own.scatter))
    ledger.add(ges, table["ges"], "generalised eta squared")
    ledger.add(known.epsilon_gg, epsilon["GG eps"], "Greenhouse-Geisser")
    ledger.add(known.epsilon_hf, epsilon["HF eps"], "Huynh-Feldt")
    ledger.add(known.w, theirs["mauchly"][0]["Test statistic"], "W")
    ledger.add(known.p, theirs["mauchly"][0]["p-value"], "p of W")
    ledger.assert_settled(count=7, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
@pytest.mark.parametrize("method", ["none", "bonferroni", "holm", "tukey"])
def test_differences_of_the_multivariate_model_of_emmeans(which, method):
    fit, ledger = anova(which), Ledger()
    least = {"least_p": 1e-2} if method == "tukey" else {}
    between = fit.differences("arm", by="time", adjust=method)
    for theirs in golden(which)[f"between_at_time_mv_{method}"]:
        assert theirs["contrast"] == "forward - retro"
        mine = between[f"retro - forward, time {theirs['time']}"]
        add_estimate(ledger, mine, mirrored(theirs), f"arms at {theirs['time']}", **least)
    within = fit.differences("time", by="arm", adjust=method)
    for theirs in golden(which)[f"within_arm_mv_{method}"]:
        first, second = theirs["contrast"].split(" - ")
        mine = within[f"{second} - {first}, arm {theirs['arm']}"]
        add_estimate(ledger, mine, mirrored(theirs), f"times of {theirs['arm']}", **least)
    ledger.assert_settled(count=6 * 9, tolerance=TUKEY if method == "tukey" else CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_means_and_interaction_contrasts_of_emmeans(which):
    fit, ledger = anova(which), Ledger()
    means = fit.marginal_means(["arm", "time"])
    for theirs in golden(which)["emm_arm_time_mv"]:
        add_estimate(ledger, means[f"{theirs['arm']}, {theirs['time']}"], theirs, "mean")
    weights = {
        f"{later} - {earlier}": {
            ("forward", later): 1,
            ("retro", later): -1,
            ("forward", earlier): -1,
            ("retro", earlier): 1,
        }
        for earlier, later in (("t0", "t1"), ("t1", "t2"))
    }
    steps = fit.named_contrasts(weights, ("arm", "time"))
    for theirs in golden(which)["interaction_contrast_mv"]:
        add_estimate(ledger, steps[theirs["time_consec"]], theirs, "interaction contrast")
    first = golden(which)["interaction_contrast_mv"][0]
    change = fit.differences_of_change(reference="forward")[0]
    add_estimate(ledger, change, mirrored(first), "difference of change")
    ledger.assert_settled(count=30 + 12 + 6, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_arms_at_a_time_are_the_pooled_t_test(which):
    ledger = Ledger()
    table = anova(which).differences("arm", by="time")
    for time, theirs in golden(which)["welch_by_time"].items():
        mine = table[f"retro - forward, time {time}"]
        ledger.add(mine.value / mine.se, -theirs["t_pooled"], "t")
        ledger.add(mine.p, theirs["p_pooled"], "p")
        ledger.add(mine.ci.low, -theirs["ci_pooled"][1], "lower limit")
        ledger.add(mine.ci.high, -theirs["ci_pooled"][0], "upper limit")
    ledger.assert_settled(count=12, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_the_pooled_covariance_is_that_of_gls_and_the_f_tests_those_of_lmer(which):
    ledger, fit = Ledger(), anova(which)
    for mine, theirs in zip(fit.sigma.ravel(), np.ravel(golden(which)["mmrm_un_V"]), strict=True):
        ledger.add(mine, theirs, "covariance")
    ledger.assert_settled(count=9, tolerance=EARLY)
    # Sphericity is a random intercept; the model is the same where that variance is positive.
    compound = fit_lmm("y ~ arm * time", data(which), subject="id")
    tests, newton = Ledger(), Ledger()
    for theirs in golden(which)["lmm_KR"]:
        mine = fit.table[theirs["effect"]]
        tests.add(mine.statistic, theirs["F value"], "F of lmer")
        newton.add(mine.statistic, compound.anova()[theirs["effect"]].statistic, "F of fit_lmm")
        tests.add(mine.df_den, theirs["DenDF"], "denominator df of lmer")
    tests.assert_settled(count=6, tolerance=EARLY)
    newton.assert_settled(count=3, tolerance=POLISHED)


@pytest.mark.parametrize("which", FILES)
def test_ancova_of_lm(which):
    expected, fit, ledger = golden(which)["ancova"], ancova(which), Ledger()
    for mine, theirs in zip(fit.coefficients, expected["coef"], strict=True):
        add_coefficient(ledger, mine, theirs, theirs["term"])
        ledger.add(mine.value / mine.se, theirs["t.value"], "t")
        ledger.add(mine.ci.low, theirs["X2.5.."], "lower limit")
        ledger.add(mine.ci.high, theirs["X97.5.."], "upper limit")
    ledger.add(fit.sigma, expected["sigma"], "sigma")
    ledger.add(fit.r_squared, expected["R2"], "R squared")
    ledger.assert_settled(count=18 + 2, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_ancova_means_and_tests_of_car_and_emmeans(which):
    expected, fit, ledger = golden(which)["ancova"], ancova(which), Ledger()
    tests = fit.anova()
    for key in ("type2", "type3"):  # the same without interactions
        for theirs in expected[key]:
            if theirs["effect"] in ("(Intercept)", "Residuals"):
                continue
            mine = tests[theirs["effect"].replace("y.", "")]
            ledger.add(mine.statistic, theirs["F value"], "F")
            ledger.add(mine.p, theirs["Pr(>F)"], "p")
            ledger.add(mine.statistic * fit.sigma**2, theirs["Sum Sq"], "sum of squares")
    ledger.add(fit.sigma**2 * fit.residual_df, expected["type3"][-1]["Sum Sq"], "residual")
    for theirs in expected["partial_eta"]:
        mine = tests[theirs["Parameter"].replace("y.", "")]
        share = mine.statistic / (mine.statistic + mine.df_den)
        ledger.add(share, theirs["Eta2_partial"], "partial eta squared")
    for mine, theirs in zip(fit.marginal_means("arm"), expected["emm"], strict=True):
        add_estimate(ledger, mine, theirs, "mean")
    add_estimate(ledger, fit.differences("arm")[0], mirrored(expected["pair"][0]), "pair")
    ledger.assert_settled(count=12 + 1 + 2 + 10 + 6, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
@pytest.mark.parametrize("kind", ["HC2", "HC3"])
def test_robust_standard_errors_of_sandwich(which, kind):
    ledger = Ledger()
    fit = ancova(which, covariance=kind)
    for mine, theirs in zip(fit.coefficients, golden(which)["ancova"][kind], strict=True):
        ledger.add(mine.se, theirs, kind)
    ledger.assert_settled(count=3, tolerance=CLOSED)


@pytest.mark.parametrize("which", FILES)
def test_other_linear_models_of_the_same_table(which):
    expected, ledger = golden(which)["ancova"], Ledger()
    change = ancova(which, "{t2 - t0} ~ arm")
    for mine, theirs in zip(change.coefficients, expected["change_score"], strict=True):
        add_coefficient(ledger, mine, theirs, "change score")
    slopes, theirs = ancova(which, "t2 ~ t0 * arm"), expected["slope_homogeneity"]
    test = slopes.anova()["t0:arm"]
    ledger.add(test.statistic, theirs[1]["F"], "F of unequal slopes")
    ledger.add(test.p, theirs[1]["Pr(>F)"], "its p")
    ledger.add(slopes.sigma**2 * slopes.residual_df, theirs[1]["RSS"], "its RSS")
    lin = {e.label: e for e in ancova(which, "t2 ~ arm * center(t0)", "HC2").coefficients}
    names = ("Intercept", "arm[T.retro]", "center(t0)", "arm[T.retro]:center(t0)")
    for name, theirs in zip(names, expected["lin"], strict=True):
        mine, se = lin[name], theirs["std.error"]
        ledger.add(mine.value / se, theirs["estimate"] / se, f"lm_lin {name}", least=1)
        ledger.add(mine.se, se, "se of lm_lin")
        ledger.add(mine.p, theirs["p.value"], "p of lm_lin")
        ledger.add(mine.ci.low / se, theirs["conf.low"] / se, "limit of lm_lin", least=1)
        ledger.add(mine.ci.high / se, theirs["conf.high"] / se, "limit of lm_lin", least=1)
        ledger.add(mine.df, theirs["df"], "df of lm_lin")
    ledger.assert_settled(count=6 + 3 + 24, tolerance=CLOSED)
