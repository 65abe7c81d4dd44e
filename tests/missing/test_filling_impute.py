"""Imputation of a data frame: what comes in, what comes out, and what it agrees with."""

import math

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import DataError
from retrostats.missing.ancova import ancova_many
from retrostats.missing.rubin import rubin

ROLES = {"outcome": "pain", "subject": "who", "visit": "week", "arm": "arm"}
#: Standard errors of the draws by which a pooled value may be off.
ERRORS = 4


def walks(n=60, seed=1, *, dropout=0.3, between=0.05):
    """Return a long frame: week 3 and 6 as numbers, an arm, a baseline and a sex."""
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) % 2, "retro", "control")
    base = rng.normal(6, 1.5, size=n)
    common = base * 0.5 + rng.normal(0, 1, size=n)
    y = np.column_stack([common, common - 0.5]) + rng.normal(0, 0.8, size=(n, 2))
    y -= np.array([0.5, 1.0]) * (arm == "retro")[:, None]
    y[rng.random(n) < between, 0] = np.nan
    y[rng.random(n) < dropout, 1] = np.nan
    return pd.DataFrame(
        {
            "who": np.repeat([f"s{k}" for k in range(n)], 2),
            "week": np.tile([3, 6], n),
            "arm": np.repeat(arm, 2),
            "base": np.repeat(base, 2),
            "sex": np.repeat(np.where(rng.random(n) < 0.5, "female", "male"), 2),
            "pain": y.ravel(),
        }
    )


def at_six(frame):
    fit = rs.fit_ancova("pain ~ base + arm", frame[frame["week"] == 6], unit="points")
    return fit.differences("arm", reference="control")[0]


def test_frames_are_the_data_with_the_gaps_filled():
    data = walks()
    filled = rs.impute(data, **ROLES, covariates=["base", "sex"], imputations=4, seed=1)
    frames = list(filled.frames())
    assert len(frames) == len(filled) == 4
    gone = data["pain"].isna().to_numpy()
    for frame in frames:
        assert list(frame) == ["who", "arm", "base", "sex", "week", "pain", "imputed"]
        pd.testing.assert_frame_equal(
            frame.loc[~gone, ["who", "arm", "base", "sex", "week", "pain"]],
            data.loc[~gone, ["who", "arm", "base", "sex", "week", "pain"]],
        )
        assert (frame["imputed"] == gone).all()
        assert np.isfinite(frame["pain"]).all()
    assert not np.allclose(frames[0]["pain"], frames[1]["pain"])
    tidy = filled.tidy()
    assert tidy["imputation"].tolist() == np.repeat([1, 2, 3, 4], 120).tolist()
    pd.testing.assert_frame_equal(
        tidy[tidy["imputation"] == 3].drop(columns="imputation").reset_index(drop=True), frames[2]
    )
    np.testing.assert_array_equal(filled.completed()[2].ravel(), frames[2]["pain"])


def test_the_data_are_not_touched():
    data = walks()
    before = data.copy()
    list(rs.impute(data, **ROLES, imputations=2, seed=1).frames())
    pd.testing.assert_frame_equal(data, before)


def test_a_missed_visit_may_have_no_row_and_rows_any_order():
    data = walks()
    one = rs.impute(data, **ROLES, covariates=["base"], imputations=3, seed=1)
    fewer = data.dropna(subset="pain")
    firsts = data[data["who"].isin(set(data["who"]) - set(fewer["who"]))]
    shuffled = pd.concat([fewer, firsts]).sort_values(["week", "who"], ascending=False)
    other = rs.impute(shuffled, **ROLES, covariates=["base"], imputations=3, seed=1)
    assert other.values.shape == one.values.shape
    assert list(other.scores.visits) == ["3", "6"]
    order = np.argsort([int(who[1:]) for who in other.grid.table["who"][::2]])
    np.testing.assert_array_equal(other.scores.y[order], one.scores.y)
    np.testing.assert_array_equal(other.scores.covariates[order], one.scores.covariates)


def test_any_number_of_workers_gives_the_same_bytes():
    data = walks(30)
    given = {**ROLES, "covariates": ["base"], "imputations": 60, "seed": 5}
    alone = rs.impute(data, **given)
    two = rs.impute(data, **given, workers=rs.Workers(count=2, backend="threads"))
    assert alone.values.tobytes() == two.values.tobytes()
    with pytest.raises(ValueError, match="workers must be 1 or more"):
        rs.impute(data, **given, workers=0)
    more = rs.impute(data, **{**given, "imputations": 75})
    assert more.values[:50].tobytes() == alone.values[:50].tobytes()
    assert rs.impute(data, **{**given, "seed": 6}).values.tobytes() != alone.values.tobytes()


def test_without_gaps_the_complete_analysis_comes_back():
    data = walks(dropout=0, between=0)
    for strategy in ({}, {"strategy": "jump to reference", "reference": "control"}):
        filled = rs.impute(data, **ROLES, covariates=["base"], imputations=3, seed=1, **strategy)
        pooled = filled.estimate(at_six)
        assert pooled.estimate == at_six(data)
        assert pooled.fmi == 0
    # Three subjects determine no model of two visits, and none is needed.
    few = rs.impute(data.iloc[:6], **ROLES, imputations=2, seed=1)
    assert few.values.shape == (2, 0)


def pooled_at_six(data, imputations, **given):
    """Return Rubin's numbers of the analysis of `at_six`, in one call of all data sets."""
    filled = rs.impute(data, **ROLES, covariates=["base"], imputations=imputations, seed=2, **given)
    columns = filled.scores.subject_columns
    found = ancova_many(filled.completed()[:, :, 1], columns, np.array([0.0, 1, 0]))
    return rubin(found.values[:, None], found.variances[:, None], found.df)


def test_the_analysis_of_the_frames_is_that_of_the_arrays():
    data = walks()
    filled = rs.impute(data, **ROLES, covariates=["base"], imputations=5, seed=2)
    pooled, arrays = filled.estimate(at_six), pooled_at_six(data, 5)
    assert pooled.estimate.value == pytest.approx(arrays.estimate[0], rel=1e-12)
    assert pooled.estimate.se**2 == pytest.approx(arrays.variance[0], rel=1e-12)
    assert pooled.estimate.df == pytest.approx(arrays.df[0], rel=1e-10)
    assert pooled.estimate.label == "retro - control"
    assert pooled.estimate.unit == "points"


def test_missing_at_random_agrees_with_the_mixed_model():
    data = walks(120)
    fit = rs.fit_mmrm(
        "pain ~ C(week) * arm + C(week) * base", data, subject="who", visit="week", unit="points"
    )
    model = fit.differences("arm", by="week", reference="control")[1]
    pooled = pooled_at_six(data, 600)
    error = np.sqrt(pooled.between[0] / 600)
    assert abs(pooled.estimate[0] - model.value) < ERRORS * error
    # 600 draws know the variance between data sets, a fifth of the whole, to 6%; the rest is
    # that of Kenward and Roger.
    assert np.sqrt(pooled.variance[0]) == pytest.approx(model.se, rel=0.03)
    assert pooled.df[0] == pytest.approx(model.df, rel=0.1)
    assert 0.05 < pooled.fmi[0] < 0.5
    matched = pooled_at_six(data, 100, imputation="predictive mean matching")
    assert abs(matched.estimate[0] - model.value) < 0.25 * model.se


def test_jumping_to_the_reference_moves_the_effect_towards_zero():
    data = walks(120)
    random = pooled_at_six(data, 100).estimate[0]
    jump, copy, increments = (
        pooled_at_six(data, 100, strategy=strategy, reference="control").estimate[0]
        for strategy in (
            "jump to reference",
            "copy reference",
            "copy increments in reference",
        )
    )
    assert random < -0.4
    assert random < increments < jump < 0
    assert random < copy < 0


def test_levels_keep_their_order_and_their_type():
    data = walks(40)
    data["week"] = pd.Categorical(
        np.where(data["week"] == 3, "week 3", "week 12"), ["week 3", "week 12"]
    )
    filled = rs.impute(
        data, **ROLES, covariates=["sex"], imputations=2, seed=1,
        levels={"arm": ["retro", "control"]},
    )  # fmt: skip
    assert filled.scores.visits == ("week 3", "week 12")
    assert filled.scores.arms == ("retro", "control")
    assert filled.scores.names == ("sex=male",)
    frame = next(filled.frames())
    assert frame["week"].dtype == data["week"].dtype
    assert frame["week"].tolist() == data["week"].tolist()


def test_all_faults_of_the_data_are_told_at_once():
    data = walks(20)
    data["base"] = data["base"].where(data.index != 4)
    data.loc[7, "arm"] = "control"
    twice = pd.concat([data, data.iloc[[0]]], ignore_index=True)
    with pytest.raises(rs.DataError) as error:
        rs.impute(twice, **ROLES, covariates=["base"], imputations=2, seed=1)
    text = str(error.value)
    assert "impute 'pain': 3 faults found" in text
    assert "several rows for subject s0 at 3 (rows 0, 40)" in text
    assert "column base: empty in row 4" in text
    assert "column arm: changes within a subject in row 7" in text
    with pytest.raises(rs.DataError, match="did you mean 'base'"):
        rs.impute(data, **ROLES, covariates=["bas"], imputations=2, seed=1)
    with pytest.raises(rs.DataError, match="the outcome must hold numbers"):
        rs.impute(data.assign(pain="five"), **ROLES, imputations=2, seed=1)
    with pytest.raises(rs.DataError, match="columns must differ"):
        rs.impute(data, **ROLES, covariates=["arm"], imputations=2, seed=1)
    with pytest.raises(rs.DataError, match="none be called imputed"):
        rs.impute(
            data.rename(columns={"sex": "imputed"}), **ROLES, covariates=["imputed"],
            imputations=2, seed=1,
        )  # fmt: skip
    with pytest.raises(rs.DataError, match="column week: empty in row 1"):
        rs.impute(data.assign(week=data["week"].where(data.index != 1)), **ROLES, seed=1)
    with pytest.raises(rs.DataError, match="a pandas DataFrame or a cohort is needed, got list"):
        rs.impute([1, 2], **ROLES, seed=1)


def test_all_contradictions_of_the_arguments_are_told_at_once():
    data = walks(20)
    with pytest.raises(ValueError, match="imputations must be") as error:
        rs.impute(
            data, **ROLES, imputations=1, seed=-1, strategy="copy reference",
            imputation="conditional mean",
        )  # fmt: skip
    text = str(error.value)
    assert "seed must be a whole number of 0 or more, got -1" in text
    assert "strategy 'copy reference' needs a reference" in text
    assert "imputation must be one of posterior draws, predictive mean matching" in text
    with pytest.raises(ValueError, match="strategy must be one of missing at random"):
        rs.impute(data, **ROLES, seed=True, strategy="worst case")
    with pytest.raises(ValueError, match="leave it out"):
        rs.impute(data, **ROLES, seed=1, reference="control")
    with pytest.raises(ValueError, match="donors are subjects who stayed"):
        rs.impute(
            data, **ROLES, seed=1, strategy="jump to reference", reference="control",
            imputation="predictive mean matching",
        )  # fmt: skip
    with pytest.raises(ValueError, match="reference 'placebo' is no arm; arms: control, retro"):
        rs.impute(data, **ROLES, seed=1, strategy="jump to reference", reference="placebo")


def test_an_analysis_must_give_comparable_estimates():
    filled = rs.impute(walks(20), **ROLES, imputations=2, seed=1)
    with pytest.raises(TypeError, match="must return an Estimate, got float"):
        filled.estimate(lambda _: 1.0)
    table = rs.EstimateTable("Differences", (rs.Estimate.from_se("a", 1.0, 0.2, unit=""),))
    with pytest.raises(TypeError, match=r"got EstimateTable; take one of its rows, as in \[0\]"):
        filled.estimate(lambda _: table)
    levels = iter([0.9, 0.95])
    with pytest.raises(ValueError, match="differ in unit or level"):
        filled.estimate(lambda _: rs.Estimate.from_se("x", 1, 1, unit="points", level=next(levels)))
    dfs = iter([30.0, 20.0])
    pooled = filled.estimate(
        lambda frame: rs.Estimate.from_se("x", frame["pain"].mean(), 1, unit="N", df=next(dfs))
    )
    assert pooled.df_complete == 20
    assert (pooled.estimate.label, pooled.estimate.unit) == ("x", "N")
    assert math.isfinite(pooled.estimate.df)


def test_it_says_what_was_done():
    filled = rs.impute(
        walks(), **ROLES, imputations=2, seed=1, strategy="jump to reference", reference="control"
    )
    assert str(filled) == (
        "pain: 28 of 120 scores (23.3%) filled in 2 data sets by posterior draws; jump to "
        "reference (control)"
    )


def test_a_frame_without_rows_is_refused():
    with pytest.raises(DataError, match="there are no rows"):
        rs.impute(walks().iloc[:0], **ROLES, seed=1)
