from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retrostats.models.frame.model_frame import find_duplicates, model_frame
from retrostats.models.mean.formula import read_formula, read_terms


def trial(**changes):
    """Four subjects at two visits; rows are labelled r0 to r7."""
    data = {
        "pain": [5.0, 3, 6, 4, 7, 5, 8, 6],
        "age": [61, 61, 55, 55, 70, 70, 49, 49],
        "arm": ["retro", "retro", "forward", "forward"] * 2,
        "week": [0, 6] * 4,
        "id": ["S3", "S3", "S1", "S1", "S2", "S2", "S4", "S4"],
        "w": [1.0, 2.0] * 4,
    }
    return pd.DataFrame(data | changes, index=[f"r{k}" for k in range(8)])


def framed(text="pain ~ age + arm * C(week)", data=None, **roles):
    data = trial() if data is None else data
    return model_frame(read_formula(text), data, **({"subject": "id"} | roles))


def test_columns_become_numbers_and_codes():
    frame = framed(visit="week", weights="w", group="arm")
    assert len(frame) == 8
    np.testing.assert_array_equal(frame.outcome, trial()["pain"])
    np.testing.assert_array_equal(frame.numeric["age"], trial()["age"])
    assert frame.numeric["age"].dtype == np.float64
    assert frame.factors == {"arm": ("forward", "retro"), "C(week)": (0, 6)}
    assert frame.codes["arm"].tolist() == [1, 1, 0, 0] * 2
    assert frame.codes["C(week)"].tolist() == frame.visit.tolist() == [0, 1] * 4
    assert frame.visits == (0, 6)
    assert frame.subject.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert frame.subjects.tolist() == ["S3", "S1", "S2", "S4"]
    np.testing.assert_array_equal(frame.weights, [1.0, 2.0] * 4)
    assert (frame.group.tolist(), frame.groups) == ([1, 1, 0, 0] * 2, ("forward", "retro"))
    assert frame.labels.tolist() == [f"r{k}" for k in range(8)]
    assert (len(frame.ledger), frame.caveats) == (0, ())


def test_without_visits_weights_and_groups_there_are_none_and_rows_may_repeat():
    data = pd.concat([trial(), trial()])
    frame = framed(data=data)
    assert (frame.visit, frame.weights, frame.group) == (None, None, None)
    assert (frame.visits, frame.groups) == ((), ())
    assert len(frame) == 16


def test_variables_are_what_a_reference_grid_needs():
    variables = framed("np.log(pain) ~ np.sqrt(age) + arm + C(week)").variables
    assert list(variables) == ["age", "arm", "week"]
    assert (variables["age"].kind, variables["age"].mean) == ("numeric", 58.75)
    assert (variables["arm"].kind, variables["arm"].levels) == ("factor", ("forward", "retro"))
    assert (variables["week"].kind, variables["week"].levels) == ("factor", (0, 6))


def test_a_visit_that_is_a_number_is_a_number_in_the_mean_and_a_category_as_visit():
    frame = framed("pain ~ arm * week", visit="week")
    np.testing.assert_array_equal(frame.numeric["week"], [0, 6] * 4)
    assert frame.visits == (0, 6)
    assert frame.variables["week"].kind == "numeric"
    assert frame.variables["week"].mean == 3.0


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (["b", "a"] * 4, ("a", "b")),
        (np.array(["b", "a"] * 4, dtype=object), ("a", "b")),
        (pd.Categorical(["b", "a"] * 4, ["b", "a"]), ("b", "a")),
        ([True, False] * 4, (False, True)),
        (pd.array([True, False] * 4, dtype="boolean"), (False, True)),
        (np.array([True, False] * 4, dtype=object), (False, True)),
    ],
)
def test_levels_are_in_their_own_order_or_sorted(values, levels):
    frame = framed("pain ~ arm", trial(arm=values))
    assert frame.factors["arm"] == levels
    coded = [frame.factors["arm"][k] for k in frame.codes["arm"]]
    assert coded == list(values)


def test_a_number_is_a_category_only_inside_c():
    assert framed("pain ~ C(age)").factors == {"C(age)": (49, 55, 61, 70)}
    assert framed("pain ~ age").factors == {}


def test_levels_asked_for_replace_those_of_the_data():
    frame = framed("pain ~ arm + C(week)", levels={"arm": ["retro", "forward"], "week": [6, 0]})
    assert frame.factors == {"arm": ("retro", "forward"), "C(week)": (6, 0)}
    assert frame.codes["arm"].tolist() == [0, 0, 1, 1] * 2
    assert frame.codes["C(week)"].tolist() == [1, 0] * 4


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("dtype", ["str", object, "category"])
def test_missing_text_is_missing_however_it_is_written(missing, dtype):
    arm = pd.Series(trial()["arm"].tolist(), dtype=object)
    arm[2] = missing
    frame = framed("pain ~ arm", trial(arm=arm.astype(dtype).to_numpy()))
    assert frame.ledger.counts() == {"arm missing": 1}
    assert frame.kept.tolist() == [0, 1, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "float32"])
def test_missing_numbers_of_any_type_are_left_out(dtype):
    age = pd.array([61, None, 55, 55, 70, 70, 49, 49], dtype="Float64")
    column = age.to_numpy("float32", na_value=np.nan) if dtype == "float32" else age.astype(dtype)
    frame = framed("pain ~ age", trial(age=column))
    assert frame.ledger.counts() == {"age missing": 1}
    assert frame.numeric["age"].tolist() == [61, 55, 55, 70, 70, 49, 49]


def test_every_row_is_used_or_in_the_ledger_with_its_first_reason():
    data = trial()
    data.loc[["r0", "r1"], "pain"] = np.nan
    data.loc[["r1", "r2"], "age"] = np.nan
    data["id"] = data["id"].where(data.index != "r3")
    data["w"] = data["w"].where(data.index != "r4")
    data["g"] = ["v"] * 7 + [None]
    data["z"] = [0.0] * 6 + [np.nan, 1.0]
    frame = framed("pain ~ age", data, visit="week", weights="w", group="g", extra=read_terms("z"))
    assert frame.kept.tolist() == [5]
    assert frame.ledger.rows_in == 8
    assert frame.ledger.rows_used == len(frame)
    assert frame.ledger.counts() == {
        "outcome missing": 2,
        "age missing": 1,
        "z missing": 1,
        "id missing": 1,
        "w missing": 1,
        "g missing": 1,
    }
    told = frame.ledger.tidy()
    assert told.columns.tolist() == ["row", "reason"]
    assert told["row"].tolist() == ["r0", "r1", "r2", "r3", "r4", "r6", "r7"]
    assert told["reason"].tolist()[:4] == [*["outcome missing"] * 2, "age missing", "id missing"]
    assert str(frame.ledger).startswith("1 of 8 rows used; 7 left out (outcome missing 2, age")
    for values in (frame.outcome, frame.weights, frame.visit, frame.group, frame.subject):
        assert values.shape == (1,)
    assert frame.subjects.tolist() == ["S2"]
    assert frame.groups == ("v",)


def test_a_reason_that_never_comes_first_is_not_counted():
    data = trial()
    data.loc["r0", ["pain", "age"]] = np.nan
    assert framed("pain ~ age", data).ledger.counts() == {"outcome missing": 1}


def test_a_missing_part_of_a_computed_outcome_is_a_missing_outcome():
    data = trial(first=[5.0, np.nan] * 4)
    assert framed("{pain - first} ~ age", data).ledger.counts() == {"outcome missing": 4}


def test_only_columns_of_the_model_matter():
    assert len(framed("pain ~ arm", trial(age=[np.nan] * 8))) == 8


def test_subjects_without_rows_are_no_subjects():
    frame = framed("pain ~ age", trial(pain=[5.0, 3, np.nan, np.nan, 7, 5, np.nan, 6]))
    assert frame.subjects.tolist() == ["S3", "S2", "S4"]
    assert frame.subject.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    "labels",
    [
        [7, 7, 9, 9, 12, 12, 40, 40],
        [9, 7, 9, 7, 12, 40, 12, 40],
        pd.array([9, 7, 9, 7, 12, 40, 12, 40], dtype="Int64"),
        pd.Categorical(["b", "b", "a", "a", "d", "d", "c", "c"], list("abcdef")),
        ["b", 2, "b", 2, (1, 2), 1.5, (1, 2), 1.5],
    ],
)
def test_subjects_of_any_type_are_numbered_by_first_appearance(labels):
    frame = framed("pain ~ age", trial(id=labels))
    assert [frame.subjects[k] for k in frame.subject] == list(labels)
    assert frame.subjects.tolist() == list(dict.fromkeys(labels))


def test_unused_levels_leave_the_model_with_a_caveat():
    arms = pd.Categorical(["retro", "retro", "forward", "forward"] * 2, ["retro", "up", "forward"])
    frame = framed("pain ~ arm", trial(arm=arms))
    assert frame.factors["arm"] == ("retro", "forward")
    assert frame.codes["arm"].tolist() == [0, 0, 1, 1] * 2
    assert frame.caveats == ("arm: no usable row at up, left out of the model",)


def test_a_visit_without_outcomes_leaves_the_model_with_a_caveat():
    frame = framed(
        "pain ~ arm * C(week)",
        trial(week=[0, 6, 0, 12] * 2, pain=[1, 2, 3, None] * 2),
        visit="week",
    )
    assert frame.visits == frame.factors["C(week)"] == (0, 6)
    assert frame.caveats == ("week: no usable row at 12, left out of the model",)


def test_expressions_see_the_rows_used_only():
    data = trial(age=[61, 61, 55, 55, 70, 70, 49, np.nan])
    frame = framed("pain ~ center(age)", data)
    np.testing.assert_allclose(frame.numeric["center(age)"].sum(), 0, atol=1e-12)


def test_expressions_see_labels_and_booleans():
    data = trial(ill=[True, False] * 4)
    frame = framed("pain ~ I(arm == 'retro') + I(~ill)", data)
    assert frame.numeric["I(arm == 'retro')"].tolist() == [1, 1, 0, 0] * 2
    assert frame.numeric["I(~ill)"].tolist() == [0, 1] * 4
    assert frame.variables["arm"].levels == ("forward", "retro")


def test_dates_may_be_visits():
    days = pd.to_datetime(["2024-05-01", "2024-03-01"] * 4).as_unit("ns")
    frame = framed("pain ~ arm", trial(week=days), visit="week")
    assert frame.visits == (pd.Timestamp("2024-03-01"), pd.Timestamp("2024-05-01"))


def test_a_cohort_gives_its_frame_and_a_column_may_be_called_frame():
    assert len(framed(data=SimpleNamespace(frame=trial()))) == 8
    assert len(framed("pain ~ frame", trial(frame=range(8)))) == 8


def test_arrays_are_locked_and_independent_of_the_data():
    data = trial()
    frame = framed("pain ~ age + arm", data)
    with pytest.raises(ValueError, match="read-only"):
        frame.outcome[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        frame.codes["arm"][0] = 1
    data.loc["r0", ["pain", "age"]] = 0
    assert frame.outcome[0] == 5.0
    assert frame.numeric["age"][0] == 61


@pytest.mark.parametrize("n_visits", [3, 1_000_000])
def test_rows_of_one_subject_at_one_visit_are_found(n_visits):
    subject, visit = np.array([0, 1, 0, 1, 0, 2]), np.array([0, 2, 1, 2, 0, 0])
    assert find_duplicates(subject, visit, n_visits).tolist() == [0, 4, 1, 3]
    assert find_duplicates(subject[:3], visit[:3], n_visits).tolist() == []
    assert find_duplicates(subject[:0], visit[:0], n_visits).tolist() == []
