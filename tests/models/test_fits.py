"""What a fitted model answers, beyond the numbers that other programs print."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest

import retrostats as rs

#: Dense matrices of a few rows against sums. Measured gap 3e-13.
DENSE = 1e-10


def trial(n=60, seed=21):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        level, own = rng.normal(0, 6), rng.normal(0, 1.5)
        arm = ("control", "forward", "retro")[i % 3]
        age = int(rng.integers(45, 75))
        for week in (0, 3, 6):
            if week and rng.random() < 0.15:
                continue
            slope = {"control": -0.2, "forward": -0.8, "retro": -1.4}[arm]
            pain = 50 + level + (slope + own) * week + 0.1 * age + rng.normal(0, 4)
            rows.append((f"p{i:02d}", arm, "FM"[i % 2], age, week, pain, rng.uniform(0.5, 2)))
    columns = ["id", "arm", "sex", "age", "week", "pain", "w"]
    return pd.DataFrame(rows, columns=columns, index=np.arange(1000, 1000 + len(rows)))


def mmrm(formula="pain ~ age + sex + arm * C(week)", data=None, **options):
    data = trial() if data is None else data
    return rs.fit_mmrm(formula, data, subject="id", visit="week", unit="mm", **options)


def lmm(formula="pain ~ age + arm * week", data=None, **options):
    data = trial() if data is None else data
    return rs.fit_lmm(formula, data, subject="id", unit="mm", **options)


def dense_sigma(fit, data):
    """Covariance of all rows, from what the fit reports."""
    same = data["id"].to_numpy()[:, None] == data["id"].to_numpy()
    if isinstance(fit, rs.MmrmFit):
        place = [fit.visits.index(week) for week in data["week"]]
        return same * fit.sigma[np.ix_(place, place)]
    z = np.column_stack([np.ones(len(data)), data["week"]])[:, : len(fit.effect_names)]
    return same * (z @ fit.random_covariance @ z.T) + fit.sigma**2 * np.eye(len(data))


@pytest.mark.parametrize("fit", [mmrm, lambda: lmm(random="1 + week")], ids=["mmrm", "lmm"])
def test_predictions_are_rows_of_the_design_times_the_coefficients(fit):
    data, fit = trial(), fit()
    fitted = fit.predict()
    assert list(fitted.columns) == ["estimate", "se", "df", "ci_low", "ci_high"]
    pd.testing.assert_index_equal(fitted.index, data.index)
    new = data.iloc[::7].sample(frac=1, random_state=1)
    again = fit.predict(new)
    pd.testing.assert_frame_equal(again, fitted.loc[new.index], rtol=DENSE)
    row = fit.prepared.design.rows_for(new.iloc[[0]])[0]
    one = fit.contrast(row, "row")
    assert again.iloc[0].tolist() == pytest.approx([one.value, one.se, one.df, *one.ci[:2]])


def test_predictions_of_a_mapping_and_of_unknown_levels():
    fit = mmrm()
    new = {"age": [60, 60], "sex": ["F", "F"], "arm": ["control", "retro"], "week": [6, 6]}
    found = fit.predict(new)
    difference = fit.differences("arm", by="week", reference="control")[-1]
    assert found["estimate"].diff().iloc[1] == pytest.approx(difference.value)
    with pytest.raises(rs.DataError, match="swimming"):
        fit.predict(new | {"arm": ["control", "swimming"]})


@pytest.mark.parametrize("fit", [mmrm, lambda: lmm(random="1 + week")], ids=["mmrm", "lmm"])
def test_residuals_of_every_kind(fit):
    data, fit = trial(), fit()
    about = {} if isinstance(fit, rs.MmrmFit) else {"about": "population"}
    sigma = dense_sigma(fit, data)
    raw = fit.residuals("raw", **about)
    expected = data["pain"] - fit.predict()["estimate"]
    np.testing.assert_allclose(raw, expected, atol=DENSE)
    pearson = fit.residuals("pearson", **about)
    np.testing.assert_allclose(pearson, raw / np.sqrt(np.diagonal(sigma)), rtol=DENSE)
    normalised = fit.residuals("normalised", **about)
    whole = np.linalg.solve(np.linalg.cholesky(sigma), raw)
    np.testing.assert_allclose(normalised, whole, atol=DENSE)
    with pytest.raises(rs.DataError, match="choose raw"):
        fit.residuals("deviance")


def test_weighted_residuals_have_the_variance_of_their_row():
    data = trial()
    fit = mmrm(weights="w")
    scale = np.sqrt(data["w"] / [fit.sigma[k, k] for k in data["week"] // 3])
    np.testing.assert_allclose(fit.residuals("pearson"), fit.residuals() * scale, rtol=DENSE)
    other = lmm(weights="w")
    within = other.residuals("pearson")
    np.testing.assert_allclose(
        within, other.residuals() * np.sqrt(data["w"]) / other.sigma, rtol=DENSE
    )
    total = other.random_covariance[0, 0] + other.sigma**2 / data["w"]
    raw = other.residuals(about="population")
    np.testing.assert_allclose(
        other.residuals("pearson", about="population"), raw / np.sqrt(total), rtol=DENSE
    )


def test_residuals_about_the_subject_leave_out_its_predicted_effects():
    data, fit = trial(), lmm(random="1 + week")
    effects = fit.random_effects().pivot_table(index="subject", columns="effect", values="estimate")
    own = effects.loc[data["id"], "Intercept"].to_numpy()
    own = own + effects.loc[data["id"], "week"].to_numpy() * data["week"].to_numpy()
    np.testing.assert_allclose(
        fit.residuals(), fit.residuals(about="population").to_numpy() - own, atol=DENSE
    )
    with pytest.raises(rs.DataError, match="population"):
        fit.residuals("normalised")


def test_predicted_effects_and_their_errors_are_henderson_s():
    data, fit = trial(), lmm(random="1 + week")
    x = fit.prepared.design.rows_for(data)
    subjects = data["id"].unique()
    z = np.zeros((len(data), 2 * len(subjects)))
    for k, who in enumerate(subjects):
        mine = (data["id"] == who).to_numpy()
        z[mine, 2 * k : 2 * k + 2] = np.column_stack([np.ones(mine.sum()), data["week"][mine]])
    g = np.kron(np.eye(len(subjects)), np.linalg.inv(fit.random_covariance))
    s2 = fit.sigma**2
    left = np.block([[x.T @ x / s2, x.T @ z / s2], [z.T @ x / s2, z.T @ z / s2 + g]])
    right = np.concatenate([x.T @ data["pain"], z.T @ data["pain"]]) / s2
    solution = np.linalg.solve(left, right)
    p = x.shape[1]
    table = fit.random_effects()
    np.testing.assert_allclose(table["estimate"], solution[p:], atol=1e-8)
    errors = np.sqrt(np.diagonal(np.linalg.inv(left))[p:])
    np.testing.assert_allclose(table["se"], errors, rtol=1e-8)


def test_contrasts_by_name_by_row_and_by_cell_agree():
    fit = mmrm()
    by_name = fit.contrast({"arm[T.retro]": 1, "arm[T.forward]": -1}, "retro - forward, week 0")
    row = np.zeros(len(fit.names))
    row[[fit.names.index("arm[T.retro]"), fit.names.index("arm[T.forward]")]] = 1, -1
    by_row = fit.contrast(row, "retro - forward, week 0")
    cells = {("retro", 0): 1, ("forward", 0): -1}
    by_cell = fit.named_contrasts({"retro - forward, week 0": cells}, ("arm", "week"))[0]
    assert by_name.to_dict() == by_row.to_dict()
    assert by_cell.value == pytest.approx(by_name.value)
    assert by_cell.df == pytest.approx(by_name.df)
    table = fit.contrasts({"a": {"age": 1}, "b": {"age": 10}})
    assert table[1].value == pytest.approx(10 * table[0].value)
    with pytest.raises(rs.DataError, match=r"no coefficient is called 'arm'"):
        fit.contrast({"arm": 1})
    with pytest.raises(rs.DataError, match="expected 11 finite weights"):
        fit.contrast([1, 2])


@pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite", "residual", "asymptotic", "CR2"])
def test_redundant_rows_change_no_test(df):
    fit = mmrm(df=df)
    rows = np.eye(len(fit.names))[-4:]
    plain = fit.f_test(rows)
    more = fit.f_test(np.vstack([rows, rows[0] + rows[1], 3 * rows[2]]))
    assert plain.df_num == more.df_num == 4
    assert more.statistic == pytest.approx(plain.statistic, rel=1e-9)
    assert more.df_den == pytest.approx(plain.df_den, rel=1e-9)
    one = fit.f_test(rows[0])
    t = fit.contrast(rows[0])
    assert one.statistic == pytest.approx((t.value / t.se) ** 2, rel=1e-9)
    assert one.p == pytest.approx(t.p, rel=1e-8)
    by_name = fit.f_test([{fit.names[k]: 1.0} for k in range(-4, 0)], "arm by week")
    assert (by_name.label, by_name.p) == ("arm by week", plain.p)


def test_adjusted_differences_are_wider_and_ordered():
    fit = mmrm()
    none, holm, tukey = (
        fit.differences("arm", by="week", adjust=how) for how in ("none", "holm", "tukey")
    )
    dunnett = fit.differences("arm", by="week", reference="control", adjust="dunnett")
    assert len(none) == len(holm) == len(tukey) == 9
    for a, b, c in zip(none, holm, tukey, strict=True):
        assert a.value == b.value == c.value
        assert a.p <= b.p
        assert a.p <= c.p
        assert a.ci.high - a.ci.low < c.ci.high - c.ci.low < b.ci.high - b.ci.low
    plain = fit.differences("arm", by="week", reference="control")
    assert [e.label for e in dunnett] == [e.label for e in plain]
    assert "Dunnett" in dunnett.caption
    with pytest.raises(rs.DataError, match="choose one of none, holm, tukey, dunnett"):
        fit.differences("arm", by="week", adjust="scheffe")


def test_marginal_means_average_equally_or_in_proportion():
    data = trial()
    fit = mmrm("pain ~ sex + arm")
    equal = {e.label: e.value for e in fit.marginal_means("arm")}
    weighted = {e.label: e.value for e in fit.marginal_means("arm", weights="proportional")}
    share = (data["sex"] == "M").mean()
    gap = fit.coefficients[1].value * (share - 0.5)
    assert weighted["retro"] - equal["retro"] == pytest.approx(gap)
    older = fit.marginal_means("arm", at={"sex": "M"})
    assert older[0].value - equal["control"] == pytest.approx(fit.coefficients[1].value / 2)


def test_likelihood_ratio_between_nested_models():
    one, two = lmm(random="1"), lmm(random="1 + week")
    found = two.likelihood_ratio(one)
    assert found.statistic == pytest.approx(2 * (two.loglik - one.loglik))
    assert found.df == (1, 2)
    with pytest.raises(rs.DataError, match="mean"):
        lmm("pain ~ arm * week").likelihood_ratio(lmm("pain ~ week"))
    full = mmrm(method="ml", df="satterthwaite", covariance="us")
    less = mmrm(method="ml", df="satterthwaite", covariance="cs")
    assert full.likelihood_ratio(less).df == (4,)
    other = mmrm(method="ml", df="satterthwaite", covariance="toep")
    with pytest.raises(rs.DataError, match="toep is no special case of csh"):
        mmrm(method="ml", df="satterthwaite", covariance="csh").likelihood_ratio(other)


def test_profile_intervals_cover_the_estimate_and_follow_the_scale():
    fit = lmm(random="1 + week")
    for interval in fit.profile_intervals():
        assert interval.low < interval.estimate < interval.high
    other = lmm(random="1 + week", data=trial().assign(pain=lambda d: 10 * d["pain"]))
    mine, theirs = fit.profile_intervals(0.9), other.profile_intervals(0.9)
    assert theirs[0].low == pytest.approx(10 * mine[0].low, rel=1e-6)
    assert theirs[1].low == pytest.approx(mine[1].low, rel=1e-5)
    names = [interval.name for interval in mmrm(covariance="ar1").profile_intervals()]
    assert names == ["variance", "rho"]


def test_a_covariance_for_each_arm_is_a_fit_of_each_arm():
    data = trial()
    both = mmrm("pain ~ 0 + arm * C(week)", group="arm", df="satterthwaite")
    assert list(both.sigma) == ["control", "forward", "retro"]
    assert len(both.theta) == 18
    assert both.theta_names[0] == "control: var(0)"
    total = 0.0
    for arm in both.sigma:
        alone = mmrm("pain ~ C(week)", data=data[data["arm"] == arm], df="satterthwaite")
        np.testing.assert_allclose(both.sigma[arm], alone.sigma, rtol=1e-7)
        total += alone.loglik
    assert both.loglik == pytest.approx(total, rel=1e-10)
    assert "(retro)" in both.summary()


class Decay(rs.CovarianceStructure):
    """Exponential decay over weeks: a user's own structure, with as little as it needs."""

    def __init__(self, weeks):
        self.gap = np.abs(np.subtract.outer(np.array(weeks, float), np.array(weeks, float)))
        self.dimension = len(weeks)
        self.parameter_names = ("variance", "rate")

    def matrix(self, theta):
        return theta[0] * np.exp(-theta[1] * self.gap)

    def start(self, moment):
        return np.array([np.diagonal(moment).mean(), 0.1])


def test_a_structure_of_one_s_own():
    own = mmrm(covariance=Decay([0, 3, 6]))
    builtin = mmrm(covariance="ar1")
    assert own.covariance == "Decay"
    assert own.loglik == pytest.approx(builtin.loglik, rel=1e-10)
    # rho = exp(-3 rate), so the fits are one, and the linear adjustment does not see the rate.
    assert np.exp(-3 * own.theta[1]) == pytest.approx(builtin.theta[1], rel=1e-6)
    linear = [mmrm(covariance=c, df="kenward-roger-linear") for c in (Decay([0, 3, 6]), "ar1")]
    np.testing.assert_allclose(linear[0].beta_cov, linear[1].beta_cov, rtol=1e-6)
    with pytest.raises(rs.DataError, match="made for 2 visits"):
        mmrm(covariance=Decay([0, 3]))


@pytest.mark.parametrize("fit", [mmrm, lambda: lmm(random="1 + week")], ids=["mmrm", "lmm"])
def test_text_html_and_json(fit):
    fit = fit()
    text = fit.summary()
    assert repr(fit) == text
    for word in ("Mean", "Data", "kenward-roger", "Log-likelihood", "Estimate (mm)", "age"):
        assert word in text
    assert "<table>" in fit._repr_html_()
    assert "overflow-x:auto" in fit._repr_html_()
    stored = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert stored["loglik"] == fit.loglik
    assert len(stored["coefficients"]) == len(fit.coefficients)
    assert stored["digest"] == fit.digest
    assert len(fit.digest) == 64
    assert pickle.loads(pickle.dumps(fit)).to_dict() == fit.to_dict()  # noqa: S301 - our own


def test_labels_are_escaped_in_html():
    data = trial().assign(arm=lambda d: d["arm"].replace({"retro": "x<b>retro</b>"}))
    shown = mmrm(data=data)._repr_html_()
    assert "<b>retro</b>" not in shown
    assert "&lt;b&gt;retro" in shown


def test_two_runs_give_the_same_bytes():
    assert json.dumps(mmrm().to_dict()) == json.dumps(mmrm().to_dict())
    assert json.dumps(lmm().to_dict()) == json.dumps(lmm().to_dict())


def test_what_was_left_out_is_in_the_ledger():
    data = trial()
    data.loc[data.index[:3], "pain"] = np.nan
    data.loc[data.index[5], "age"] = np.nan
    fit = mmrm(data=data)
    assert fit.ledger.counts() == {"outcome missing": 3, "age missing": 1}
    assert fit.ledger.tidy()["row"].tolist() == [1000, 1001, 1002, 1005]
    assert "outcome missing 3" in fit.summary()


def test_a_fit_from_parts_says_what_it_cannot_do():
    data = trial().assign(week=lambda d: d["week"].astype("category"))
    arms = {"arm": ["control", "forward", "retro"]}
    levels = arms | {"sex": ["F", "M"]}
    parts = [data[data["id"] < "p20"], data[data["id"] >= "p20"]]
    fit = mmrm("pain ~ age + sex + arm * week", data=parts, levels=levels)
    assert len(fit.predict(data)) == len(data)
    assert len(fit.marginal_means("arm", by="week", weights="proportional")) == 9
    for ask in (fit.residuals, fit.predict):
        with pytest.raises(rs.FitError, match="parts"):
            ask()
    for df in ("CR2", "between-within"):
        with pytest.raises(rs.FitError, match="parts"):
            mmrm("pain ~ arm * week", data=parts, levels=arms, df=df)


def test_captions_say_where_the_rest_of_the_model_stands():
    fit = mmrm("pain ~ age + sex + arm * C(week)")
    assert fit.marginal_means("arm").caption == (
        f"Marginal means of pain, arm; averaged over sex, week; "
        f"age = {fit.prepared.variables['age'].mean:.4g}"
    )
    held = fit.marginal_means("arm", by="week", at={"age": 60, "sex": "F"})
    assert held.caption == "Marginal means of pain, arm by week; age = 60, sex = F"
    assert "age =" not in fit.differences("arm", by="week").caption
    slopes = lmm("pain ~ age + arm * week")
    six = slopes.differences("arm", reference="control", at={"week": 6})
    assert six.caption == "Differences of pain, arm; week = 6"
    two = slopes.differences("arm", reference="control", at={"week": [3, 6]}, adjust="holm")
    assert two.caption.startswith("Differences of pain, arm; averaged over week = 3, 6; p adjusted")
    mean = slopes.prepared.variables["week"].mean
    assert slopes.differences("arm").caption == f"Differences of pain, arm; week = {mean:.4g}"
    shares = fit.marginal_means("arm", weights="proportional").caption
    assert "averaged over sex, week, in proportion to the data" in shares


def test_a_test_at_zero_says_so():
    assert lmm("pain ~ age + arm * week").anova().caption.endswith("arm at week = 0")
    assert mmrm("pain ~ age * arm + C(week)").anova().caption.endswith("arm at age = 0")
    assert "= 0" not in mmrm().anova().caption


def test_contrasts_that_are_no_differences_say_so():
    fit = mmrm()
    whole = {("retro", 3): 1, ("retro", 6): 1, ("control", 3): -1, ("control", 6): -1}
    twice = fit.named_contrasts({"sum": whole}, ("arm", "week")).caption
    assert "'sum' is 2 times a difference" in twice
    one = fit.named_contrasts({"one": {("retro", 6): 1}}, ("arm", "week")).caption
    assert "'one' sum to 1" in one
    half = {cell: weight / 2 for cell, weight in whole.items()}
    assert "sum" not in fit.named_contrasts({"mean": half}, ("arm", "week")).caption


def test_words_of_other_programs_are_recognised_in_messages():
    with pytest.raises(rs.DataError, match="did you mean 'kenward-roger'"):
        mmrm(df="KR")
    with pytest.raises(rs.DataError, match="did you mean 'us'"):
        mmrm(covariance="UN")
    with pytest.raises(rs.DataError, match="differences"):
        mmrm().contrast("retro - control")
    with pytest.raises(rs.DataError, match="reference="):
        mmrm().differences("arm", adjust="dunnett")


def test_fits_of_other_data_are_not_compared():
    data = trial()
    swapped = data.assign(id=np.roll(data["id"].to_numpy(), 1), week=data["week"])
    swapped = swapped[~swapped.duplicated(["id", "week"])]
    with pytest.raises(rs.DataError, match="subjects or weights"):
        mmrm(data=data, weights="w").likelihood_ratio(mmrm(data=data, covariance="cs"))
    other = mmrm(data=data.loc[swapped.index], covariance="cs")
    with pytest.raises(rs.DataError, match="subjects or weights"):
        mmrm(data=swapped).likelihood_ratio(other)
