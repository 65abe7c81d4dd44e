"""What has no answer is refused by name; what has a caveat says so; nothing is quiet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import retrostats as rs
from retrostats.errors import DataError, FitError

GOLDEN = Path(__file__).parents[1] / "golden" / "mixed"

#: Two ways to the same closed form. Measured gap 4e-12.
CLOSED_FORM = 1e-9


def trial(n=20, visits=3, seed=1):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        level = rng.normal(0, 2)
        for visit in range(visits):
            y = level + rng.normal() + visit + (i % 2)
            rows.append((f"s{i}", "AB"[i % 2], visit, rng.normal(), y))
    return pd.DataFrame(rows, columns=["id", "arm", "visit", "x", "y"])


def fitted(data, formula="y ~ arm * C(visit)", **options):
    return rs.fit_mmrm(formula, data, subject="id", visit="visit", **options)


def refusal(data, formula="y ~ arm * C(visit)", **options):
    with pytest.raises(rs.RetrostatsError) as caught:
        fitted(data, formula, **options)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize("covariance", ["us", "ar1", "csh", "toep", "adh"])
def test_one_visit_is_ancova(covariance):
    data = trial(visits=1)
    fit = fitted(data, "y ~ arm + x", covariance=covariance)
    x = np.column_stack([np.ones(20), data["arm"] == "B", data["x"]]).astype(float)
    beta, (rss,), *_ = np.linalg.lstsq(x, data["y"].to_numpy(), rcond=None)
    cov = rss / 17 * np.linalg.inv(x.T @ x)
    np.testing.assert_allclose(fit.beta, beta, rtol=CLOSED_FORM)
    np.testing.assert_allclose(fit.beta_cov, cov, rtol=CLOSED_FORM)
    np.testing.assert_allclose([e.df for e in fit.coefficients], 17, rtol=CLOSED_FORM)
    assert fit.sigma == pytest.approx(rss / 17, rel=CLOSED_FORM)


def test_two_complete_visits_are_the_change_score_t_test():
    data = trial(visits=2)
    fit = fitted(data)
    wide = data.pivot_table(index=["id", "arm"], columns="visit", values="y").reset_index()
    change = wide[1] - wide[0]
    expected = stats.ttest_ind(change[wide["arm"] == "B"], change[wide["arm"] == "A"])
    found = fit.coefficients[-1]
    assert found.label == "arm[T.B]:C(visit)[T.1]"
    assert found.value / found.se == pytest.approx(expected.statistic, rel=CLOSED_FORM)
    assert found.df == pytest.approx(expected.df, rel=CLOSED_FORM)
    assert found.p == pytest.approx(expected.pvalue, rel=CLOSED_FORM)


def test_a_visit_that_nobody_attended_is_left_out_and_said():
    data = trial().assign(visit=lambda d: pd.Categorical(d["visit"], [0, 1, 2, 9]))
    fit = fitted(data, "y ~ arm * visit")
    assert fit.visits == (0, 1, 2)
    assert any("9" in caveat for caveat in fit.caveats)
    assert "Caveat" in fit.summary()


def test_a_subject_with_one_row_counts():
    data = trial()
    one = pd.DataFrame({"id": ["z"], "arm": ["A"], "visit": [1], "x": [0.0], "y": [1.0]})
    fit = fitted(pd.concat([data, one], ignore_index=True))
    assert (fit.n_subjects, fit.n_rows) == (21, 61)


def test_an_arm_without_subjects_is_left_out_and_said():
    fit = fitted(trial().assign(arm=lambda d: pd.Categorical(d["arm"], ["A", "B", "C"])))
    assert any("arm" in caveat and "C" in caveat for caveat in fit.caveats)
    assert not any("C]" in name for name in fit.names)


FIRST = [f"s{i}" for i in range(10)]

REFUSED = {
    "duplicate rows": (
        lambda d: pd.concat([d, d.iloc[[3]]], ignore_index=True),
        {},
        ["DataError", "s1", "rows 3, 60"],
    ),
    "outcome as text": (lambda d: d.assign(y=d["y"].astype(str)), {}, ["DataError", "column y"]),
    "infinite outcome": (
        lambda d: d.assign(y=d["y"].where(d.index != 4, np.inf)),
        {},
        ["DataError", "infinite", "row 4"],
    ),
    "infinite covariate": (
        lambda d: d.assign(x=d["x"].where(d.index != 7, -np.inf)),
        {"formula": "y ~ x"},
        ["DataError", "column x", "row 7"],
    ),
    "weight of zero": (
        lambda d: d.assign(w=np.where(d.index == 4, 0.0, 1.0)),
        {"weights": "w"},
        ["DataError", "greater than 0", "row 4"],
    ),
    "negative weight": (
        lambda d: d.assign(w=np.where(d.index == 5, -1.0, 1.0)),
        {"weights": "w"},
        ["DataError", "greater than 0", "row 5"],
    ),
    "one arm": (lambda d: d.assign(arm="A"), {}, ["DataError", "column arm", "two levels"]),
    "an arm that lost its rows": (
        lambda d: d.assign(y=d["y"].where(d["arm"] == "A")),
        {},
        ["DataError", "column arm", "'B'"],
    ),
    "no rows": (lambda d: d.iloc[:0], {}, ["DataError", "no row"]),
    "absent columns": (
        lambda d: d,
        {"formula": "y ~ arms + z"},
        ["DataError", "2 faults", "did you mean 'arm'", "column z"],
    ),
    "perfect fit": (lambda d: d.assign(y=2.0 * d["visit"]), {}, ["FitError", "every row exactly"]),
    "constant outcome": (lambda d: d.assign(y=1.0), {}, ["FitError", "every row exactly"]),
    "as many coefficients as rows": (
        lambda d: d[d["id"].isin(["s0", "s1"])],
        {"formula": "y ~ arm * C(visit) + x"},
        ["FitError", "6 rows cannot determine 6 coefficients"],
    ),
    "correlation of one": (
        lambda d: d.assign(y=d.groupby("id")["y"].transform("first") + d["visit"]),
        {},
        ["FitError", "correlation of 1", "6 covariance parameters"],
    ),
    "no variance at a visit": (
        lambda d: d.assign(y=d["y"].where(d["visit"] != 1, 3.0)),
        {},
        ["FitError", "at visit 1", "exactly"],
    ),
    "visits never together": (
        lambda d: d[(d["visit"] == 0) | ((d["visit"] == 1) == d["id"].isin(FIRST))],
        {},
        ["FitError", "1 and 2", "toeph"],
    ),
    "too few subjects": (
        lambda d: d[d["id"].isin(["s0", "s1", "s2"])],
        {"formula": "y ~ arm"},
        ["FitError", "positive definite"],
    ),
    "absurd units": (
        lambda d: d.assign(y=d["y"] * 1e-150),
        {},
        ["DataError", "another unit"],
    ),
    "a group that changes": (
        lambda d: d.assign(g=d["visit"] % 2),
        {"group": "g"},
        ["DataError", "more than one covariance group"],
    ),
    "words that mean nothing": (
        lambda d: d,
        {"df": "kr", "information": "seen", "method": "mle", "level": 95},
        ["DataError", "method='mle'", "df='kr'", "information='seen'", "level=95"],
    ),
    "Kenward-Roger without REML": (lambda d: d, {"method": "ml"}, ["DataError", "satterthwaite"]),
    "an unknown structure": (lambda d: d, {"covariance": "un"}, ["DataError", "'un'", "toeph"]),
    "random effects in the mean": (
        lambda d: d,
        {"formula": "y ~ arm + (1|id)"},
        ["DataError", "random="],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_has_no_answer_is_refused_by_name(name):
    change, options, words = REFUSED[name]
    message = refusal(change(trial()), **options)
    assert all(word in message for word in words), message


def test_a_file_is_no_data():
    with pytest.raises(rs.DataError, match="DataFrame"):
        fitted("trial.csv")


def test_one_row_a_subject_has_no_random_effects():
    with pytest.raises(rs.FitError, match="ANCOVA"):
        rs.fit_lmm("y ~ arm", trial(visits=1), subject="id")


def test_random_effects_that_do_not_vary_are_refused():
    with pytest.raises(rs.FitError, match="cannot be told apart"):
        rs.fit_lmm("y ~ arm", trial(), subject="id", random="1 + arm")
    with pytest.raises(rs.FitError, match="2 visits"):
        rs.fit_lmm("y ~ arm", trial(visits=2), subject="id", random="1 + visit")


def test_a_variance_of_zero_is_a_caveat():
    rng = np.random.default_rng(4)
    data = trial()
    data["y"] = rng.normal(size=60)
    data["y"] -= data.groupby("id")["y"].transform("mean")
    fit = rs.fit_lmm("y ~ arm", data, subject="id")
    assert fit.singular
    assert fit.random_covariance[0, 0] == 0
    assert "the variance of Intercept is 0" in fit.caveats[-1]
    assert "Caveat" in fit.summary()
    assert "Caveat" in fit._repr_html_()
    np.testing.assert_array_equal(fit.random_effects()["estimate"], 0)


def test_aliased_columns_stay_visible_and_nothing_is_made_of_them():
    data = trial().assign(twice=lambda d: 2 * d["x"], other=lambda d: d["x"] + 1)
    fit = fitted(data, "y ~ x + twice + arm + other")
    plain = fitted(data, "y ~ x + arm")
    assert [name for _, name in fit.coefficients.aliased] == ["twice", "other"]
    table = fit.coefficients.tidy()
    assert table["label"].tolist() == ["Intercept", "x", "twice", "arm[T.B]", "other"]
    assert table.loc[[2, 4], ["estimate", "se", "df", "p"]].isna().all(axis=None)
    assert np.isnan(fit.beta[[2, 4]]).all()
    lines = [line.split() for line in fit.summary().splitlines()]
    assert ["twice", "not", "estimated:", "depends", "on", "earlier", "columns"] in lines
    np.testing.assert_allclose(fit.beta[[0, 1, 3]], plain.beta, rtol=CLOSED_FORM)
    assert fit.loglik == pytest.approx(plain.loglik, rel=CLOSED_FORM)
    # What the data determine whatever the coding: x + 2 twice + other, per unit of x.
    whole = fit.contrast({"x": 1, "twice": 2, "other": 1}, "per unit of x")
    assert whole.value == pytest.approx(plain.coefficients[1].value, rel=CLOSED_FORM)
    with pytest.raises(rs.DataError, match="twice"):
        fit.contrast({"twice": 1})


def test_an_empty_cell_is_not_estimable():
    data = trial()
    data = data[~((data["arm"] == "B") & (data["visit"] == 2))]
    fit = fitted(data, "y ~ arm * C(visit)")
    assert fit.coefficients.aliased[0][1] == "arm[T.B]:C(visit)[T.2]"
    with pytest.raises(rs.DataError, match="not"):
        fit.marginal_means("arm", by="visit")
    shown = {row.label: str(row) for row in fit.anova()}
    assert "not estimable" in shown["arm"]


def test_random_effects_that_leave_no_residual_are_refused():
    exact = trial().assign(y=lambda d: 2.0 * d["visit"] + d["id"].str[1:].astype(int))
    with pytest.raises(rs.FitError, match="no residual"):
        rs.fit_lmm("y ~ visit", exact, subject="id")


def test_a_residual_variance_below_zero_is_no_answer():
    """Two times and two uncorrelated effects: without constraints sigma2 would be negative."""
    sleep = pd.read_csv(GOLDEN / "sleepstudy" / "data.csv")
    ends = sleep[sleep["Days"].isin([0, 9])]
    with pytest.raises(rs.FitError, match="leave no residual"):
        rs.fit_lmm("Reaction ~ Days", ends, subject="Subject", random="1 + Days", covariance="vc")
    assert rs.fit_lmm("Reaction ~ Days", ends, subject="Subject").sigma > 0


def test_a_test_that_a_method_cannot_make_leaves_the_others_standing():
    data = trial(n=5, visits=2)
    table = fitted(data, covariance="us", df="kenward-roger").anova()
    assert len(table) == 3
    assert [row.label for row in table] == ["arm", "C(visit)", "arm:C(visit)"]


def test_visits_as_numbers_are_a_straight_line_and_say_so():
    fit = fitted(trial(), "y ~ arm * visit")
    assert "straight line" in fit.caveats[-1]
    assert not fitted(trial()).caveats


@pytest.mark.parametrize("covariance", ["cs", "ar1", "us"])
def test_subjects_seen_once_have_no_covariance(covariance):
    data = trial()
    data = data[data["visit"] == data["id"].str[1:].astype(int) % 3]
    with pytest.raises(rs.FitError, match="seen at two visits"):
        fitted(data, "y ~ arm", covariance=covariance)


@pytest.mark.parametrize("covariance", ["us", "cs"])
def test_a_baseline_is_a_covariate_or_a_visit(covariance):
    data = trial()
    data["base"] = data.groupby("id")["y"].transform("first")
    with pytest.raises(rs.DataError, match="at visit 0 the outcome equals base in all 20 rows"):
        fitted(data, "y ~ base + arm * C(visit)", covariance=covariance)
    assert fitted(data[data["visit"] > 0], "y ~ base + arm * C(visit)").n_rows == 40


def test_what_the_mean_absorbs_is_no_covariance_parameter():
    """A mean for every subject leaves nothing to tell the variance between them."""
    data = trial(n=12, visits=2)
    for formula, part in (("y ~ id + C(visit)", data), ("y ~ 1", data[data["id"] == "s0"])):
        with pytest.raises(rs.FitError, match="no information on covariance"):
            fitted(part, formula, covariance="cs", df="residual")
    clinics = data.assign(clinic=data["id"].str[1:].astype(int) % 4).drop(columns="id")
    with pytest.raises(rs.FitError, match="cannot be told apart"):
        rs.fit_lmm("y ~ C(clinic)", clinics, subject="clinic", df="residual")


def test_a_covariance_at_the_edge_is_a_caveat():
    level = trial().groupby("id")["y"].transform("first")
    data = trial().assign(y=lambda d: 1000 * level + d["x"])
    fit = fitted(data, "y ~ arm", covariance="ar1")
    assert any("nearly singular" in caveat for caveat in fit.caveats)
    assert not any("nearly singular" in caveat for caveat in fitted(trial()).caveats)


@pytest.mark.parametrize(
    "wrong",
    [{"df": None}, {"df": ["residual"]}, {"level": "0.95"}, {"level": None}, {"visit": None},
     {"formula": 5}, {"method": None}, {"level": True}],
)  # fmt: skip
def test_arguments_of_another_kind_are_refused(wrong):
    arguments = {"formula": "y ~ arm", "subject": "id", "visit": "visit"} | wrong
    with pytest.raises(rs.DataError):
        rs.fit_mmrm(data=trial(), **arguments)


def test_weights_of_another_kind_are_refused():
    fit = fitted(trial())
    for weights in ({"Intercept": "a"}, "abc", {"Intercept": np.inf}, [[1, 2], [3]], None):
        with pytest.raises(rs.DataError):
            fit.contrast(weights)
        with pytest.raises(rs.DataError):
            fit.f_test(weights)
    with pytest.raises(rs.DataError):
        fit.contrasts({})
    with pytest.raises(rs.DataError):
        fit.profile_intervals(0)


def test_many_visits_need_little_memory(monkeypatch):
    data = trial(visits=4)
    whole = fitted(data, "y ~ arm", covariance="ar1")
    monkeypatch.setattr("retrostats.models.maximum.traces.ONE_MATRIX", 1)
    by_parameter = fitted(data, "y ~ arm", covariance="ar1")
    assert by_parameter.loglik == pytest.approx(whole.loglik, rel=1e-12)
    np.testing.assert_allclose(by_parameter.beta_cov, whole.beta_cov, rtol=1e-9)
    np.testing.assert_allclose(
        [e.df for e in by_parameter.coefficients], [e.df for e in whole.coefficients], rtol=1e-8
    )


def test_two_columns_of_one_name_are_refused():
    data = trial().rename(columns={"x": "Intercept"})
    with pytest.raises(rs.DataError, match="called 'Intercept'"):
        fitted(data, "y ~ Intercept + arm")
    mixed = trial()
    mixed["b"] = pd.Series([1, "1", 2] * 20, dtype=object)
    with pytest.raises(rs.DataError):
        fitted(mixed.assign(b=pd.Categorical(mixed["b"], [2, 1, "1"])), "y ~ b")


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_numbers_beyond_arithmetic_are_refused_by_name(size):
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(12), 2),
            "visit": np.tile([1, 2], 12),
            "y": np.random.default_rng(1).normal(size=24),
            "x": np.repeat(np.arange(1.0, 13.0), 2) * size,
        }
    )
    with pytest.raises(DataError, match=r"column x: its largest size is .*another unit"):
        rs.fit_mmrm("y ~ x + C(visit)", frame, subject="id", visit="visit")


def test_an_arm_without_any_variance_has_no_robust_standard_error():
    random = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(16), 2),
            "visit": np.tile(["a", "b"], 16),
            "arm": np.repeat(["control", "retro"], 16),
            "y": np.concatenate([random.normal(size=16), np.zeros(16)]),
        }
    )
    fit = rs.fit_mmrm("y ~ arm * visit", frame, subject="id", visit="visit", df="CR3")
    with pytest.raises(FitError, match=r"retro.*not positive, so there is no standard error"):
        fit.marginal_means("arm", by="visit")
