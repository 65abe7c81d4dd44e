"""A model from files is that of the same rows in memory, whoever reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import DataError

FORMULA = "pain ~ baseline + arm * visit"
#: Sums in another order, and a change of basis between parts. Measured gap 4e-13.
MERGED = 1e-10


def registry(subjects=90):
    rng = np.random.default_rng(5)
    visits = 3
    baseline = rng.normal(6, 1.5, subjects).round(1)
    arm = rng.integers(0, 2, subjects)
    pain = baseline[:, None] - 0.5 * arm[:, None] + rng.normal(0, 1, (subjects, visits))
    rows = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(subjects), visits),
            "arm": np.repeat(np.array(["control", "retro"])[arm], visits),
            "visit": np.tile([f"week {week}" for week in (3, 6, 9)], subjects),
            "baseline": np.repeat(baseline, visits),
            "pain": pain.reshape(-1).round(2),
            "note": "not in the model",
        }
    )
    return rows[rng.random(len(rows)) < 0.85]


def write(folder, rows, size=40, kind="csv"):
    folder.mkdir(exist_ok=True)
    for first in range(0, rows["subject"].max() + 1, size):
        part = rows[rows["subject"].between(first, first + size - 1)]
        path = folder / f"part-{first:03d}.{kind}"
        part.to_csv(path, index=False) if kind == "csv" else part.to_parquet(path)
    return folder


def fitted(data, **options):
    return rs.fit_mmrm(FORMULA, data, subject="subject", visit="visit", **options)


def digits(fit):
    return fit.loglik, *((row.value, row.se, row.df, row.p) for row in fit.coefficients)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_give_what_the_rows_give(tmp_path, kind):
    rows = registry()
    parts = rs.read_parts(write(tmp_path, rows, kind=kind))
    found = fitted(parts, levels=parts.levels("arm", "visit"))
    whole = fitted(rows)
    assert len(parts) == 3
    assert found.n_rows == whole.n_rows
    np.testing.assert_allclose(
        found.coefficients.tidy()[["estimate", "se", "df", "p"]].to_numpy(float),
        whole.coefficients.tidy()[["estimate", "se", "df", "p"]].to_numpy(float),
        rtol=MERGED,
    )


def test_workers_change_no_digit(tmp_path):
    write(tmp_path, registry())
    alone = rs.read_parts(tmp_path)
    levels = alone.levels("arm", "visit")
    several = [
        rs.read_parts(tmp_path, workers=2),
        rs.read_parts(tmp_path, workers=rs.Workers(count=2, backend="threads")),
    ]
    expected = digits(fitted(alone, levels=levels))
    assert [digits(fitted(parts, levels=levels)) for parts in several] == [expected] * 2


@pytest.mark.parametrize(("name", "place"), [("part-0.csv", 0), ("part-999.csv", -1)])
def test_a_file_without_rows_changes_nothing(tmp_path, name, place):
    rows = registry()
    write(tmp_path, rows)
    rows.iloc[:0].to_csv(tmp_path / name, index=False)
    parts = rs.read_parts(tmp_path)
    assert parts.files[place] == name
    found = fitted(parts, levels=parts.levels("arm", "visit"))
    assert found.n_rows == len(rows)
    # At the mean of the baseline, to which such a file has nothing to add.
    np.testing.assert_allclose(
        found.marginal_means("arm").tidy()["estimate"].to_numpy(float),
        fitted(rows).marginal_means("arm").tidy()["estimate"].to_numpy(float),
        rtol=MERGED,
    )


def test_a_subject_in_two_files_is_refused(tmp_path):
    rows = registry()
    write(tmp_path, rows)
    rows.iloc[:1].to_csv(tmp_path / "part-999.csv", index=False)
    parts = rs.read_parts(tmp_path)
    told = r"1 subject has rows in more than one part \(part-000\.csv and part-999\.csv\)"
    with pytest.raises(DataError, match=told):
        fitted(parts, levels=parts.levels("arm", "visit"))


def test_a_slip_in_a_column_of_numbers_is_told_as_one(tmp_path):
    rows = registry()
    write(tmp_path, rows)
    slip = rows[rows["subject"] >= 80].astype({"baseline": object})
    slip.iloc[2, slip.columns.get_loc("baseline")] = "6,5"
    slip.to_csv(tmp_path / "part-080.csv", index=False)
    parts = rs.read_parts(tmp_path)
    told = (
        r"part-080\.csv: (?s:.*)baseline: most values are numbers; these are none: '6,5' \(row 2\)"
    )
    with pytest.raises(DataError, match=told):
        fitted(parts, levels=parts.levels("arm", "visit"))
    with pytest.raises(DataError, match="column arm: its levels must be known"):
        fitted(parts, levels=parts.levels("visit"))


def test_a_visit_spelled_in_two_ways_is_named_as_a_cause(tmp_path):
    rows = registry()
    late = rows["subject"] >= 40
    rows.loc[late, "visit"] = rows.loc[late, "visit"].replace("week 3", "wk 3")
    parts = rs.read_parts(write(tmp_path, rows))
    with pytest.raises(rs.FitError, match=r"wk 3.*If two of them are one visit under two names"):
        fitted(parts, levels=parts.levels("arm", "visit"))


def test_models_that_need_the_rows_take_no_files(tmp_path):
    parts = rs.read_parts(write(tmp_path, registry()))
    with pytest.raises(DataError, match="got PartFiles; only fit_mmrm takes files"):
        rs.fit_lmm("pain ~ baseline", parts, subject="subject", random="1")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_names_its_file(tmp_path, workers):
    rows = registry()
    write(tmp_path, rows)
    levels = rs.read_parts(tmp_path).levels("arm", "visit")
    twice = pd.concat([rows[rows["subject"] >= 80], rows.iloc[-1:]])
    twice.to_csv(tmp_path / "part-080.csv", index=False)
    parts = rs.read_parts(tmp_path, workers=workers)
    with pytest.raises(
        DataError, match=r"(?s)part-080\.csv: .*several rows for subject 89"
    ) as told:
        fitted(parts, levels=levels)
    assert getattr(told.value, "__notes__", []) == []


def test_columns_that_no_file_has_are_told_before_anything_is_read(tmp_path):
    parts = rs.read_parts(write(tmp_path, registry()))
    for name in parts.files:
        (tmp_path / name).unlink()
    with pytest.raises(DataError, match=r"no column 'patient', 'age'; the files have subject, arm"):
        rs.fit_mmrm("pain ~ age + arm * visit", parts, subject="patient", visit="visit")


def test_identifiers_too_long_for_floats_stay_apart(tmp_path):
    rows = registry()
    folder = write(tmp_path / "small", rows)
    long = tmp_path / "long"
    long.mkdir()
    for name in rs.read_parts(folder).files:
        part = pd.read_csv(folder / name)
        part.assign(subject=part["subject"] + 2**53).to_csv(long / name, index=False)
    parts = rs.read_parts(long)
    levels = parts.levels("arm", "visit")
    assert digits(fitted(parts, levels=levels)) == digits(
        fitted(rs.read_parts(folder), levels=levels)
    )
    again = pd.read_csv(long / "part-000.csv").iloc[:1]
    again.to_csv(long / "part-999.csv", index=False)
    with pytest.raises(DataError, match="1 subject"):
        fitted(rs.read_parts(long), levels=levels)
    # An empty cell makes the column one of floats, in which neighbours are one subject.
    (long / "part-999.csv").unlink()
    part = pd.read_csv(long / "part-080.csv")
    # One row of every other subject: neighbours that became one would not be noticed as doubles.
    part = part[part["subject"] % 2 == 0].drop_duplicates("subject")
    gap = part.assign(
        subject=part["subject"].astype(object).where(part.index > part.index[0], None)
    )
    gap.to_csv(long / "part-080.csv", index=False)
    with pytest.raises(DataError, match=r"part-080\.csv: .*beyond 2\*\*53 .* read them as text"):
        fitted(rs.read_parts(long), levels=levels)
    as_texts = rs.read_parts(long, texts=("subject",))
    few = len(rows) - (rows["subject"] >= 80).sum() + len(part) - 1
    assert fitted(as_texts, levels=levels).n_rows == few


def test_a_factor_with_one_level_is_refused_as_in_a_whole(tmp_path):
    """An arm called None is a missing value in a CSV file."""
    rows = registry().assign(arm=lambda frame: frame["arm"].replace("control", "None"))
    parts = rs.read_parts(write(tmp_path, rows))
    levels = parts.levels("arm", "visit")
    assert levels["arm"] == ("retro",)
    with pytest.raises(DataError, match="arm: 'retro' is its only level"):
        fitted(parts, levels=levels)


def test_levels_that_differ_only_by_spaces_or_case_are_told(tmp_path):
    rows = registry()
    odd = rows.assign(arm=rows["arm"].where(rows["subject"] < 40, "Retro "))
    parts = rs.read_parts(write(tmp_path, odd))
    fit = fitted(parts, levels=parts.levels("arm", "visit"))
    told = "arm: levels 'Retro ' and 'retro' differ only by spaces or case"
    assert told in fit.caveats
    assert told in fitted(odd).caveats


def test_a_factor_of_which_one_level_alone_has_rows_is_refused(tmp_path):
    rows = registry()
    parts = rs.read_parts(write(tmp_path, rows[rows["arm"] == "control"]))
    levels = {"arm": ["control", "retro"], **parts.levels("visit")}
    with pytest.raises(DataError, match="arm: only 'control' has rows; two levels are needed"):
        fitted(parts, levels=levels)
