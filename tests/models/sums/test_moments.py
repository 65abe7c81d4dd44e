"""Moments of parts, of shuffled rows, of renamed subjects and of other units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retrostats.errors import DataError
from retrostats.models.mmrm import fit_mmrm

FORMULA = "pain ~ baseline + arm * visit"
LEVELS = {"arm": ["control", "forward", "retro"], "visit": [3, 6, 12]}

#: Sums in another order, and a change of basis between parts. Measured gap 3e-13.
MERGED = 1e-10


def trial(n=60, seed=11):
    rng = np.random.default_rng(seed)
    arm = np.array(LEVELS["arm"])[rng.integers(0, 3, n)]
    baseline = rng.normal(60, 12, n).round(1)
    effect = {"control": 0.0, "forward": -4.0, "retro": -8.0}
    rows = []
    for i in range(n):
        level = rng.normal(0, 8)
        for visit in LEVELS["visit"]:
            if rng.random() < 0.85:
                noise = rng.normal(0, 5)
                pain = 0.6 * baseline[i] + effect[arm[i]] * visit / 12 + level + noise
                rows.append((f"S{i:03d}", arm[i], visit, baseline[i], pain))
    frame = pd.DataFrame(rows, columns=["id", "arm", "week", "baseline", "pain"])
    return frame.assign(visit=frame["week"].astype("category"))


def fitted(data, **options):
    return fit_mmrm(FORMULA, data, subject="id", visit="visit", **options)


def assert_same(fit, other, tolerance=MERGED, unit=1.0):
    """Every number of a fit, `other` being in units `unit` times as large."""
    mine, theirs = fit.coefficients.tidy(), other.coefficients.tidy()
    assert list(mine["label"]) == list(theirs["label"])
    for column, power in (("estimate", 1), ("se", 1), ("df", 0), ("p", 0)):
        np.testing.assert_allclose(
            theirs[column].to_numpy(dtype=float),
            mine[column].to_numpy(dtype=float) * unit**power,
            rtol=tolerance,
            atol=tolerance,
        )
    np.testing.assert_allclose(other.sigma, fit.sigma * unit**2, rtol=10 * tolerance)


def parts_of(data, size):
    names = data["id"].unique()
    return [data[data["id"].isin(names[i : i + size])] for i in range(0, len(names), size)]


@pytest.mark.parametrize("size", [1, 7, 59, 60])
def test_parts_give_what_the_whole_gives(size):
    data = trial()
    whole = fitted(data)
    merged = fitted(iter(parts_of(data, size)), levels=LEVELS)
    assert_same(whole, merged)
    assert merged.loglik == pytest.approx(whole.loglik, rel=MERGED)
    assert (merged.n_rows, merged.n_subjects) == (whole.n_rows, whole.n_subjects)


def test_parts_with_a_basis_each_add_up_in_any_order():
    from retrostats.models.mean.formula import read_formula
    from retrostats.models.sums.parts import summed_part
    from retrostats.models.sums.sources import Roles

    roles = Roles(subject="id", visit="visit")
    parts = [
        summed_part(read_formula(FORMULA), table, roles, LEVELS) for table in parts_of(trial(), 13)
    ]
    there, back = parts[0].moments, parts[-1].moments
    for part in parts[1:]:
        there = there + part.moments
    for part in parts[-2::-1]:
        back = back + part.moments
    inverse = np.linalg.inv(there.basis)
    other = np.linalg.inv(back.basis)
    np.testing.assert_allclose(
        inverse.T @ there.gram() @ inverse, other.T @ back.gram() @ other, rtol=1e-9, atol=1e-9
    )
    assert there.n_rows == back.n_rows == len(trial())
    np.testing.assert_array_equal(there.present, back.present)


def test_a_dask_data_frame_is_summed_by_partition():
    frames = pytest.importorskip("dask.dataframe", reason="dask is an optional extra")
    data = trial()
    indexed = data.assign(number=data["id"].str[1:].astype(int)).set_index("number")
    merged = fitted(frames.from_pandas(indexed, npartitions=5), levels=LEVELS)
    assert_same(fitted(data), merged)


def test_the_mean_of_a_covariate_is_that_of_all_parts():
    data = trial()
    whole = fitted(data).prepared.variables["baseline"].mean
    merged = fitted(parts_of(data, 7), levels=LEVELS).prepared.variables["baseline"].mean
    assert merged == pytest.approx(whole, rel=1e-13)


def test_the_ledger_of_parts_accounts_for_every_row():
    data = trial()
    data.loc[data.index[:5], "pain"] = np.nan
    fit = fitted(parts_of(data, 9), levels=LEVELS)
    assert fit.ledger.rows_in == len(data)
    assert fit.ledger.counts() == {"outcome missing": 5}
    assert fit.n_rows + len(fit.ledger) == len(data)


def test_a_subject_in_two_parts_is_refused():
    data = trial()
    with pytest.raises(
        DataError, match=r"1 subject has rows in more than one part \(part 1 and part 2\)"
    ):
        fitted([data.iloc[:40], data.iloc[40:]], levels=LEVELS)


def test_a_subject_in_two_parts_is_noticed_whatever_its_type():
    data = trial().assign(id=lambda d: d["id"].str[1:].astype(int))
    first, second = data.iloc[:40], data.iloc[40:]
    with pytest.raises(DataError, match="more than one part"):
        fitted([first, second.assign(id=second["id"].astype(float))], levels=LEVELS)
    with pytest.raises(DataError, match="numbers in one part and texts in another"):
        fitted([first, second.assign(id=second["id"].astype(str))], levels=LEVELS)


def test_parts_without_levels_are_refused():
    data = trial().assign(arm=lambda d: d["arm"].astype(str))
    with pytest.raises(DataError, match="levels"):
        fitted(parts_of(data, 9))


def test_levels_without_rows_leave_parts_as_they_leave_a_whole():
    data = trial()
    wide = {"arm": ["control", "forward", "retro", "swimming"], "visit": [3, 6, 9, 12]}
    declared = data.assign(
        arm=pd.Categorical(data["arm"], wide["arm"]),
        visit=pd.Categorical(data["week"], wide["visit"]),
    )
    whole, merged = fitted(declared), fitted(parts_of(declared, 9), levels=wide)
    assert merged.names == whole.names
    assert_same(whole, merged)
    assert whole.visits == merged.visits == (3, 6, 12)
    assert set(merged.caveats) == set(whole.caveats)
    for mine, theirs in zip(merged.anova(), whole.anova(), strict=True):
        assert mine.statistic == pytest.approx(theirs.statistic, rel=1e-9)
    means = [fit.marginal_means("arm", weights="proportional") for fit in (whole, merged)]
    assert [e.value for e in means[1]] == pytest.approx([e.value for e in means[0]])


def test_parts_need_rows_at_the_reference():
    levels = {"arm": ["none", *LEVELS["arm"]], "visit": LEVELS["visit"]}
    with pytest.raises(DataError, match="the reference 'none' has no row"):
        fitted(parts_of(trial(), 9), levels=levels)


def test_no_parts_at_all():
    with pytest.raises(DataError, match="holds no DataFrame"):
        fitted([])


def test_the_order_of_rows_and_the_names_of_subjects_change_nothing():
    data = trial()
    whole = fitted(data)
    assert_same(whole, fitted(data.sample(frac=1, random_state=3)))
    assert_same(whole, fitted(data.assign(id=data["id"].map(lambda s: f"{ord(s[-1])}-{s}"))))


@pytest.mark.parametrize("unit", [1e-6, 0.1, 1e5])
@pytest.mark.parametrize("covariance", ["us", "csh", "ar1"])
def test_another_unit_scales_every_number(unit, covariance):
    data = trial()
    whole = fitted(data, covariance=covariance)
    scaled = fitted(data.assign(pain=data["pain"] * unit, baseline=data["baseline"] * unit),
                    covariance=covariance)  # fmt: skip
    mine, theirs = whole.coefficients.tidy(), scaled.coefficients.tidy()
    scale = np.where(mine["label"] == "baseline", 1.0, unit)
    np.testing.assert_allclose(theirs["estimate"], mine["estimate"] * scale, rtol=1e-7)
    np.testing.assert_allclose(theirs["se"], mine["se"] * scale, rtol=1e-8)
    np.testing.assert_allclose(theirs["df"], mine["df"], rtol=1e-8)


def test_many_patterns_take_the_way_by_rows_to_the_same_numbers(monkeypatch):
    data = trial()
    whole = fitted(data, covariance="toeph")
    monkeypatch.setattr("retrostats.models.sums.gather.SMALL", 0)
    monkeypatch.setattr("retrostats.models.sums.gather.MEMORY", 0.0)
    by_rows = fitted(data, covariance="toeph")
    assert type(by_rows.prepared.moments).__name__ == "SubjectRows"
    assert_same(whole, by_rows)


def test_rows_beyond_the_sample_count_as_much(monkeypatch):
    data = trial()
    data["age"] = 50.0 + (data.index > 120)
    whole = fitted(data)
    monkeypatch.setattr("retrostats.models.sums.gather.SAMPLE", 20)
    monkeypatch.setattr("retrostats.models.sums.sources.SAMPLE", 20)
    assert_same(whole, fitted(data))
