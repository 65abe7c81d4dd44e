"""ANCOVA beside statsmodels, beside the repeated-measures model, and what it refuses."""

from __future__ import annotations

import json
import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.errors import DataError, FitError
from retrostats.models.ancova import fit_ancova
from retrostats.models.margins.anova_table import NotEstimable
from retrostats.models.mmrm import fit_mmrm

#: Two programs on well-conditioned closed forms, relative. Measured gap 2e-12 (residuals near 0).
CLOSED = 1e-10
#: The optimum of Newton's method against the closed form. Measured gap 2e-13.
NEWTON = 1e-10
#: The same numbers in another order or unit, about a far mean. Measured gap 2e-11.
ROUNDING = 1e-9

FORMULA = "final ~ baseline + age + sex * arm"


def trial(n=41, seed=5):
    """Three arms of unequal size whose variances differ."""
    rng = np.random.default_rng(seed)
    arm = np.resize(["control", "control", "forward", "retro", "retro", "control", "retro"], n)
    frame = pd.DataFrame(
        {
            "id": [f"p{k:02d}" for k in range(n)],
            "arm": arm,
            "sex": np.where(np.arange(n) % 2, "F", "M"),
            "age": rng.uniform(45, 75, n).round(),
            "baseline": rng.normal(60, 12, n),
        },
        index=np.arange(100, 100 + n),
    )
    spread = pd.Series(arm).map({"control": 3.0, "forward": 9.0, "retro": 5.0}).to_numpy()
    fall = pd.Series(arm).map({"control": 2.0, "forward": 5.0, "retro": 9.0}).to_numpy()
    frame["final"] = 0.7 * frame["baseline"] + 10 - fall + rng.normal(0, 1, n) * spread
    return frame


def ols(formula=FORMULA, data=None, **options):
    from statsmodels.formula.api import ols as model

    return model(formula, trial() if data is None else data).fit(**options)


def close(actual, expected, tolerance=CLOSED):
    np.testing.assert_allclose(np.asarray(actual, float), np.asarray(expected), rtol=tolerance)


@pytest.mark.parametrize("kind", ["classical", "HC2", "HC3"])
def test_everything_that_statsmodels_gives(kind):
    options = {} if kind == "classical" else {"cov_type": kind, "use_t": True}
    theirs, mine = ols(**options), fit_ancova(FORMULA, trial(), covariance=kind)
    order = [list(theirs.params.index).index(name) for name in mine.names]
    table = mine.coefficients.tidy()
    close(table["estimate"], theirs.params.iloc[order])
    close(table["se"], theirs.bse.iloc[order])
    close(table["p"], theirs.pvalues.iloc[order])
    close(table[["ci_low", "ci_high"]], theirs.conf_int().iloc[order])
    assert (table["df"] == theirs.df_resid).all()
    close(mine.beta_cov, theirs.cov_params().iloc[order, order])
    close(mine.sigma**2, theirs.mse_resid)
    close(mine.r_squared, theirs.rsquared)
    close(mine.loglik, theirs.llf)
    close(mine.aic, theirs.aic + 2)  # statsmodels does not count the variance
    close(mine.bic, theirs.bic + np.log(theirs.nobs))
    rows = {"arm[T.retro]": 1, "sex[T.M]:arm[T.retro]": 0.5}, {"sex[T.M]:arm[T.forward]": 1}
    own = mine.f_test(rows)
    constraint = "arm[T.retro] + 0.5 * sex[T.M]:arm[T.retro] = 0, sex[T.M]:arm[T.forward] = 0"
    other = theirs.f_test(constraint)
    close([own.statistic, own.p], [other.fvalue, other.pvalue])
    assert (own.df_num, own.df_den) == (other.df_num, other.df_denom)


@pytest.mark.parametrize("kind", ["classical", "HC3"])
def test_means_and_type_three_are_those_of_the_sum_coded_model(kind):
    options = {} if kind == "classical" else {"cov_type": kind, "use_t": True}
    coded = "final ~ baseline + age + C(sex, Sum) * C(arm, Sum)"
    theirs, mine = ols(coded, **options), fit_ancova(FORMULA, trial(), covariance=kind)
    names = {"arm": "C(arm, Sum)", "sex": "C(sex, Sum)", "sex:arm": "C(sex, Sum):C(arm, Sum)"}
    for label, name in names.items():
        columns = theirs.params.index.str.replace(r"\[[^]]*\]", "", regex=True) == name
        other = theirs.f_test(np.eye(len(theirs.params))[columns])
        own = mine.anova()[label]
        assert own.method == ("residual" if kind == "classical" else kind)
        close([own.statistic, own.p], [other.fvalue, other.pvalue])
    data = trial()
    means = mine.marginal_means("arm")
    for arm, mean in zip(("control", "forward", "retro"), means, strict=True):
        grid = pd.DataFrame({"arm": arm, "sex": ["F", "M"]})
        grid = grid.assign(baseline=data["baseline"].mean(), age=data["age"].mean())
        predicted = theirs.get_prediction(grid)
        close(mean.value, predicted.predicted_mean.mean())


def test_residuals_and_leverages():
    influence, mine = ols().get_influence(), fit_ancova(FORMULA, trial())
    close(mine.leverage(), influence.hat_matrix_diag)
    close(mine.residuals(), ols().resid)
    close(mine.residuals("pearson"), ols().resid_pearson)
    close(mine.residuals("studentised"), influence.resid_studentized_internal)
    assert mine.residuals().index.tolist() == trial().index.tolist()
    with pytest.raises(DataError, match="choose raw, pearson, studentised"):
        mine.residuals("normalised")


def test_a_row_that_is_fitted_exactly_has_no_studentised_residual():
    data = trial()
    data.loc[100, "arm"] = "alone"
    found = fit_ancova("final ~ baseline + arm", data).residuals("studentised")
    assert found.index[found.isna()].tolist() == [100]


def test_r_squared_is_about_zero_only_without_a_constant():
    close(fit_ancova("final ~ 0 + arm + age", trial()).r_squared, ols("final ~ arm + age").rsquared)
    without = ols("final ~ 0 + age")
    close(fit_ancova("final ~ 0 + age", trial()).r_squared, without.rsquared)


def test_it_is_the_repeated_measures_model_of_one_visit():
    data = trial()
    mine = fit_ancova(FORMULA, data, unit="mm")
    both = fit_mmrm(FORMULA, data.assign(visit="week 6"), subject="id", visit="visit", unit="mm")
    for ask in (
        lambda fit: fit.coefficients,
        lambda fit: fit.marginal_means("arm"),
        lambda fit: fit.marginal_means("arm", by="sex", weights="proportional"),
        lambda fit: fit.differences("arm", adjust="tukey"),
        lambda fit: fit.differences("arm", reference="control", adjust="dunnett"),
        lambda fit: fit.named_contrasts({"c": {"retro": 1, "control": -1}}, "arm"),
    ):
        own, other = ask(mine), ask(both)
        assert own.caption == other.caption
        columns = ["estimate", "se", "df", "ci_low", "ci_high", "p"]
        close(own.tidy()[columns], other.tidy()[columns], NEWTON)
    own, other = mine.anova().tidy(), both.anova().tidy()
    close(own[["statistic", "df_num", "df_den", "p"]],
          other[["statistic", "df_num", "df_den", "p"]], NEWTON)  # fmt: skip
    row = {"baseline": 50, "age": 60, "sex": "F", "arm": "retro"}
    close(mine.predict(row), both.predict(row), NEWTON)
    close(mine.sigma**2, both.sigma[0, 0], NEWTON)


def test_a_large_offset_and_many_rows_cost_no_digits():
    data = trial(4_001, seed=9)
    far = data.assign(final=data["final"] + 1e6, baseline=data["baseline"] + 1e6)
    near, moved = fit_ancova(FORMULA, data), fit_ancova(FORMULA, far)
    close(moved.coefficients.tidy()["se"][1:], near.coefficients.tidy()["se"][1:])
    close(near.coefficients.tidy()["se"], ols(data=data).bse[list(near.names)])


@pytest.mark.parametrize("kind", ["classical", "HC2", "HC3"])
@settings(max_examples=15)
@given(scale=st.floats(0.01, 100), shift=st.floats(-1e3, 1e3), seed=st.integers(0, 50))
def test_units_and_the_order_of_rows_do_not_matter(kind, scale, shift, seed):
    data = trial()
    moved = data.assign(final=scale * data["final"] + shift).sample(frac=1, random_state=seed)
    before = fit_ancova(FORMULA, data, covariance=kind).differences("arm")
    after = fit_ancova(FORMULA, moved, covariance=kind).differences("arm")
    for name, factor in (("estimate", scale), ("se", scale), ("ci_low", scale), ("p", 1.0)):
        close(after.tidy()[name], factor * before.tidy()[name], ROUNDING)


@pytest.mark.parametrize("kind", ["classical", "HC3"])
def test_swapping_the_arms_flips_the_sign(kind):
    swapped = {"arm": ["retro", "forward", "control"]}
    there = fit_ancova(FORMULA, trial(), covariance=kind).differences("arm")
    back = fit_ancova(FORMULA, trial(), covariance=kind, levels=swapped).differences("arm")
    for first, second in (("forward", "control"), ("retro", "control"), ("retro", "forward")):
        one, other = there[f"{first} - {second}"], back[f"{second} - {first}"]
        close([one.value, one.se, one.ci.low], [-other.value, other.se, -other.ci.high], ROUNDING)


def test_bonferroni_multiplies():
    fit = fit_ancova(FORMULA, trial())
    single, adjusted = fit.differences("arm"), fit.differences("arm", adjust="bonferroni")
    close([e.p for e in adjusted], [min(1, 3 * e.p) for e in single])
    wide = fit_ancova(FORMULA, trial(), level=1 - 0.05 / 3).differences("arm")
    close([e.ci.low for e in adjusted], [e.ci.low for e in wide])
    assert "adjusted by Bonferroni" in adjusted.caption


def test_missing_values_are_in_the_ledger():
    data = trial()
    data.loc[[100, 103], "baseline"] = np.nan
    data.loc[110, "final"] = np.nan
    fit = fit_ancova("final ~ baseline + arm", data)
    assert fit.ledger.counts() == {"outcome missing": 1, "baseline missing": 2}
    assert fit.n_rows == 38 == fit.ledger.rows_used
    assert "38 of 41 rows used; 3 left out" in fit.summary()


def test_a_cohort_says_who_and_every_row_is_a_subject_otherwise():
    rows = trial().rename(columns={"id": "subject"})
    cohort = SimpleNamespace(frame=rows)
    one = fit_ancova("final ~ baseline + arm", cohort)
    assert one.digest == fit_ancova("final ~ baseline + arm", rows).digest
    twice = pd.concat([rows, rows.iloc[:1]])
    message = r"several rows for subject p00 at the visit analysed \(rows 100, 100\)"
    with pytest.raises(DataError, match=message):
        fit_ancova("final ~ baseline + arm", SimpleNamespace(frame=twice))
    with pytest.raises(DataError, match=message):
        fit_ancova("final ~ baseline + arm", twice, subject="subject")
    assert fit_ancova("final ~ baseline + arm", twice).n_rows == 42


def test_the_data_are_left_as_they_were():
    data = trial()
    before = data.copy()
    fit_ancova(FORMULA, data)
    pd.testing.assert_frame_equal(data, before)


def test_it_reads_in_words_and_travels():
    fit = fit_ancova("final ~ baseline + arm", trial(), covariance="HC3", unit="mm")
    lines = fit.summary().splitlines()
    assert lines[2:5] == [
        "Fitted by        ordinary least squares, one row per subject",
        "Standard errors  HC3 (robust to unequal variances)",
        f"Residual SD      {fit.sigma:.2f} mm on 37 df",
    ]
    assert repr(fit) == fit.summary()
    page = fit._repr_html_()
    assert page.count("<table") == 2
    assert "HC3 (robust to unequal variances)" in page
    stored = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert stored["covariance"] == "HC3"
    assert stored["coefficients"][-1]["label"] == "arm[T.retro]"
    assert pickle.loads(pickle.dumps(fit)).summary() == fit.summary()  # noqa: S301 our own bytes


def test_nested_models_can_be_compared():
    larger = fit_ancova("final ~ baseline + arm", trial())
    smaller = fit_ancova("final ~ baseline", trial())
    expected = ols("final ~ baseline + arm").compare_lr_test(ols("final ~ baseline"))
    found = larger.likelihood_ratio(smaller)
    close([found.statistic, found.p], expected[:2])


def test_a_column_that_depends_on_others_is_refused_by_name():
    data = trial().assign(again=lambda rows: 2 * rows["baseline"] + 1)
    with pytest.raises(FitError, match=r"rank deficient: 'again' depends on earlier columns"):
        fit_ancova("final ~ baseline + again + arm", data)
    empty = data[~((data["arm"] == "forward") & (data["sex"] == "M"))]
    with pytest.raises(FitError, match=r"'sex\[T\.M\]:arm\[T\.forward\]' depends"):
        fit_ancova(FORMULA, empty)
    constant = data.assign(age=60.0, again=1.0)
    with pytest.raises(FitError, match="'age', 'again' depend on earlier columns"):
        fit_ancova("final ~ baseline + age + again + arm", constant)


def test_nothing_left_to_estimate_is_refused():
    data = trial()
    with pytest.raises(FitError, match="fits every row exactly"):
        fit_ancova("final ~ baseline", data.assign(final=3 * data["baseline"] - 2))
    with pytest.raises(FitError, match="2 rows cannot determine 2 coefficients"):
        fit_ancova("final ~ baseline", data.iloc[:2])


@pytest.mark.parametrize("kind", ["HC2", "HC3"])
def test_a_lone_subject_of_an_arm_has_no_robust_standard_error(kind):
    data = trial()
    data.loc[100, "arm"] = "alone"
    with pytest.raises(FitError, match=rf"^{kind}: 1 row has a leverage of 1.*classical"):
        fit_ancova("final ~ baseline + arm", data, covariance=kind)
    assert fit_ancova("final ~ baseline + arm", data).sigma > 0


def test_an_arm_of_one_value_has_no_robust_standard_error_of_its_mean():
    data = trial()
    data.loc[data["arm"] == "retro", "final"] = 40.0
    fit = fit_ancova("final ~ 0 + arm", data, covariance="HC3")
    with pytest.raises(FitError, match="HC3: every residual that bears on this combination is 0"):
        fit.contrast({"arm[retro]": 1})
    assert fit.contrast({"arm[forward]": 1}).se > 0
    assert isinstance(fit.anova()["arm"], NotEstimable)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"covariance": "hc3"}, "did you mean 'HC3'.*choose one of classical, HC2, HC3"),
        ({"covariance": None}, "covariance=None must be a text"),
        ({"level": 95}, "coverage between 0 and 1"),
        ({"formula": "last ~ baseline"}, "there is no such column"),
        ({"formula": "final ~ baseline + hospital"}, "column hospital: a category needs two"),
        ({"formula": 3}, "formula=3 must be a text"),
        ({"subject": 3}, "subject=3 must be a text"),
        ({"data": [1, 2]}, "a pandas DataFrame or a cohort is needed, got list"),
        ({"levels": {"arm": ["control"]}}, "not among the levels"),
    ],
)
def test_faults_are_told(change, message):
    options = {"formula": FORMULA, "data": trial().assign(hospital="north")} | change
    with pytest.raises(DataError, match=message):
        fit_ancova(options.pop("formula"), options.pop("data"), **options)
