import math

import numpy as np
import pytest
from small_trials import NAN, RETRO, TRIAL, codebook, cohort_of

from retrostats.data.codebook.types import Covariate, Level
from retrostats.description.baseline import baseline_table
from retrostats.description.types import CountCell
from retrostats.plan.types import Comparison

#: Closed forms; below 2e-15 measured.
SAME = 1e-12
BACK = Comparison(treatment="control", comparator="retro")


def row_of(table, name, level=""):
    (row,) = [row for row in table.rows if (row.name, row.level) == (name, level)]
    return row


def test_table_1_by_hand():
    table = baseline_table(cohort_of(), [RETRO])
    assert (table.arms, table.sizes) == (("control", "retro"), (4, 5))
    assert table.comparisons == ("retro - control",)
    assert [(r.name, r.level, r.unit) for r in table.rows] == [
        ("age", "", "years"),
        ("sex", "female", ""),
        ("sex", "male", ""),
        ("pain", "", "points"),
    ]
    age = row_of(table, "age")
    control, retro, everybody = age.cells
    # control 60 50 70 64: mean 61, squares 1 + 121 + 81 + 9 = 212; retro 55 61 58 66: mean 60,
    # squares 25 + 1 + 4 + 36 = 66
    assert (control.n, control.missing, control.mean) == (4, 0, 61.0)
    assert (retro.n, retro.missing, retro.mean) == (4, 1, 60.0)
    assert (everybody.n, everybody.missing, everybody.mean) == (8, 1, 60.5)
    assert control.sd == pytest.approx(math.sqrt(212 / 3), rel=SAME)
    wanted = -1 / math.sqrt((212 / 3 + 66 / 3) / 2)
    assert age.differences == (pytest.approx(wanted, rel=SAME),)
    assert age.overall == ()


def test_categories_count_those_that_are_known():
    table = baseline_table(cohort_of(), [RETRO, BACK])
    female, male = row_of(table, "sex", "female"), row_of(table, "sex", "male")
    assert female.cells == (
        CountCell(count=2, n=4, missing=0),
        CountCell(count=3, n=4, missing=1),
        CountCell(count=5, n=8, missing=1),
    )
    assert [cell.count for cell in male.cells] == [2, 1, 3]
    wanted = 0.25 / math.sqrt((0.1875 + 0.25) / 2)
    assert female.differences == pytest.approx((wanted, -wanted), rel=SAME)
    assert male.differences == pytest.approx((-wanted, wanted), rel=SAME)
    assert female.overall == pytest.approx((wanted, wanted), rel=SAME)
    assert male.overall == ()


def test_outcomes_are_those_at_baseline():
    pain = row_of(baseline_table(cohort_of(), [RETRO]), "pain")
    assert [(cell.n, cell.missing) for cell in pain.cells] == [(3, 1), (5, 0), (8, 1)]
    assert [cell.mean for cell in pain.cells] == pytest.approx([5.0, 4.4, 4.625], rel=SAME)


def test_only_members_are_described():
    members = np.array([True] * 4 + [True, False, True, False, False])
    table = baseline_table(cohort_of(), [RETRO], members=members)
    assert table.sizes == (4, 2)
    assert row_of(table, "age").cells[1].mean == 58.0
    assert row_of(table, "age").cells[2].n == 6


def test_arms_swapped_turn_every_sign():
    rows = baseline_table(cohort_of(), [RETRO, BACK]).rows
    assert all(row.differences[0] == -row.differences[1] for row in rows)


def test_renaming_and_reordering_subjects_changes_nothing():
    order = [4, 0, 8, 2, 6, 1, 7, 3, 5]
    moved = cohort_of([TRIAL[i] for i in order])
    assert repr(baseline_table(moved, [RETRO])) == repr(baseline_table(cohort_of(), [RETRO]))


def test_what_does_not_exist_is_nan_and_not_a_crash():
    trial = [
        ("control", (5, 5, 5), 60, "female", NAN, ""),
        ("control", (5, 5, 5), 60, "female", NAN, ""),
        ("retro", (5, 4, 4), 60, "female", NAN, ""),
    ]
    table = baseline_table(cohort_of(trial), [RETRO])
    assert all(math.isnan(difference) for row in table.rows for difference in row.differences)
    assert all(math.isnan(distance) for row in table.rows for distance in row.overall)
    alone = row_of(table, "age").cells[1]
    assert (alone.n, alone.mean) == (1, 60.0)
    assert math.isnan(alone.sd)


def test_an_arm_of_nobody_and_a_column_without_values():
    trial = [("control", (NAN, 5, 5), NAN, None, NAN, "")] * 3
    table = baseline_table(cohort_of(trial), [RETRO])
    assert table.sizes == (3, 0)
    assert [cell.n for cell in row_of(table, "age").cells] == [0, 0, 0]
    assert [cell.missing for cell in row_of(table, "sex", "female").cells] == [3, 0, 3]
    assert [cell.n for cell in row_of(table, "sex", "female").cells] == [0, 0, 0]
    assert all(math.isnan(difference) for row in table.rows for difference in row.differences)


def test_an_empty_arm_differs_from_nothing():
    table = baseline_table(cohort_of(TRIAL[:4]), [RETRO, BACK])
    assert table.sizes == (4, 0)
    assert row_of(table, "sex", "female").cells[0].count == 2
    assert all(math.isnan(difference) for row in table.rows for difference in row.differences)
    assert all(math.isnan(distance) for row in table.rows for distance in row.overall)


def test_a_level_that_nobody_has_keeps_its_row():
    sex = Covariate(
        name="sex",
        label="Sex",
        column="sex",
        kind="category",
        levels=tuple(Level(label=x, values=(x,)) for x in ("other", "female", "male")),
    )
    table = baseline_table(cohort_of(book=codebook(covariates=(sex,))), [RETRO])
    other = row_of(table, "sex", "other")
    assert [cell.count for cell in other.cells] == [0, 0, 0]
    assert math.isnan(other.differences[0])
    assert other.overall[0] == pytest.approx(0.25 / math.sqrt((0.1875 + 0.25) / 2), rel=SAME)


def test_members_must_be_one_truth_value_per_subject():
    for wrong in (np.ones(8, dtype=bool), np.ones(9), np.ones((9, 1), dtype=bool)):
        with pytest.raises(ValueError, match="one truth value for each of 9 subjects"):
            baseline_table(cohort_of(), [RETRO], members=wrong)
    with pytest.raises(KeyError, match="walking"):
        baseline_table(cohort_of(), [Comparison(treatment="walking", comparator="control")])
