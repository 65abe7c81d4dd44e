import numpy as np
import pandas as pd
import pytest

from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.formula import read_formula, read_terms


def trial(**changes):
    data = {
        "pain": [5.0, 3, 6, 4, 7, 5, 8, 6],
        "age": [61.0, 61, 55, 55, 70, 70, 49, 49],
        "arm": ["retro", "retro", "forward", "forward"] * 2,
        "week": [0, 6] * 4,
        "id": ["S3", "S3", "S1", "S1", "S2", "S2", "S4", "S4"],
        "w": [1.0, 2.0] * 4,
    }
    return pd.DataFrame(data | changes, index=[f"r{k}" for k in range(8)])


def fault_of(text, data, **roles):
    with pytest.raises(DataError) as caught:
        model_frame(read_formula(text), data, **({"subject": "id"} | roles))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "changes", "roles", "told"),
    [
        ("pain ~ aeg", {}, {}, "column aeg: there is no such column; did you mean 'age'?"),
        ("pain ~ np.log(aeg)", {}, {}, "column aeg: there is no such column"),
        ("pain ~ age", {}, {"subject": "subject"}, "column subject: there is no such column"),
        ("pain ~ age", {}, {"extra": read_terms("day")}, "column day: there is no such column"),
        (
            "pain ~ arm",
            {"pain": ["5", "n/a", None, "6,5", "7", "5", "8", "6"]},
            {},
            (
                "the outcome must hold numbers; these are none: 'n/a', '6,5' (rows r1, r3); with "
                'a decimal comma, read the file with read_csv(decimal=",")'
            ),
        ),
        ("pain ~ arm", {"pain": list("53647586")}, {}, "written as text; convert it with pandas"),
        (
            "pain ~ arm",
            {"pain": [5.0, "n/a", 6, 4, 7, 5, 8, 6]},
            {},
            "the outcome must hold numbers; these are none: 'n/a' (row r1)",
        ),
        (
            "pain ~ age",
            {"age": ["61,5", 61, 55, 55, 70, "?", 49, 49]},
            {},
            "of numbers, these are none: '61,5', '?' (rows r0, r5); with a decimal comma",
        ),
        ("pain ~ arm", {"pain": [True, False] * 4}, {}, "must hold numbers, not boolean"),
        ("arm ~ age", {}, {}, "these are none: 'retro', 'forward'"),
        (
            "pain ~ age",
            {"age": np.array([61, 61, 55, 55, 70, 70, 49, 49], dtype=object)},
            {},
            "column age: holds numbers stored as objects",
        ),
        ("pain ~ age", {"age": ["old", 61] * 4}, {}, "column age: holds mixed values"),
        ("pain ~ age", {"age": pd.to_datetime(["2024-01-01"] * 8)}, {}, "holds dates or times"),
        ("pain ~ age", {"age": [np.inf, 1, 2, 3, 4, -np.inf, 5, 6]}, {}, "infinite in rows r0, r5"),
        ("pain ~ arm", {"week": [0, np.inf] * 4}, {"visit": "week"}, "column week: infinite in"),
        ("pain ~ age", {"w": [1, 0, 1, -2, 1, 1, 1, 1]}, {"weights": "w"}, "see rows r1, r3"),
        ("pain ~ age", {}, {"weights": "arm"}, "column arm: holds text; weights are numbers"),
        ("pain ~ arm", {"arm": ["retro"] * 8}, {}, "the rows used have 'retro'"),
        ("pain ~ C(age)", {"age": [1] * 8}, {}, "the rows used have 1"),
        (
            "pain ~ arm",
            {"pain": [5.0, 3, np.nan, np.nan, 7, 5, np.nan, np.nan]},
            {},
            "no row of 'forward' can be used",
        ),
        (
            "pain ~ age",
            {"pain": [5.0, 3, np.nan, np.nan, 7, 5, np.nan, np.nan]},
            {"group": "arm"},
            "no row of 'forward' can be used",
        ),
        ("pain ~ arm", {"pain": [np.nan] * 8}, {}, "no row is left: 0 of 8 rows used; 8 left out"),
        (
            "pain ~ arm",
            {},
            {"levels": {"arm": ["retro", "up"]}},
            r"column arm: ['forward'] in rows r2, r3, r6, r7 not among the levels ['retro', 'up']",
        ),
        ("pain ~ arm", {}, {"levels": {"arm": ["retro", "retro"]}}, "names a level twice"),
        ("pain ~ arm", {}, {"levels": {"age": [49, 55]}}, "no category of the model is 'age'"),
        ("pain ~ np.log(age)", {}, {"levels": {"age": [49]}}, "no category of the model is 'age'"),
        ("pain ~ age", {}, {"levels": {"ARM": ["retro"]}}, "is 'ARM'; did you mean 'arm'?"),
        (
            "pain ~ age",
            {},
            {"levels": {"age": np.array([49, 55])}},
            "[61.0, 70.0] in rows r0, r1, r4, r5 not among the levels [49, 55]",
        ),
        ("PAIN ~ age", {}, {}, "column PAIN: there is no such column; did you mean 'pain'?"),
        (
            "pain ~ age",
            {},
            {"visit": "month"},
            (
                "column month: there is no such column; one row per subject and visit is needed; a "
                "wide table becomes long with pandas.melt"
            ),
        ),
        ("pain ~ C(arm, contr.treatment('x'))", {}, {}, "the reference 'x' is not among"),
        (
            "pain ~ arm",
            {"week": [0, 6, 0, 0, 0, 6, 0, 0]},
            {"visit": "week"},
            "several rows for subject S1 at 0 (rows r2, r3), subject S4 at 0 (rows r6, r7)",
        ),
        ("pain ~ np.log(age - 55)", {}, {}, "gives no finite number in rows r2, r3, r6, r7"),
        ("np.log(pain - 3) ~ age", {}, {}, "'np.log(pain - 3)' gives no finite number in row r1"),
        ("pain ~ np.log(arm)", {}, {}, "'np.log(arm)' cannot be evaluated (TypeError"),
        ("pain ~ {arm + arm}", {}, {}, "for a category write C(...)"),
        ("pain ~ I([age])", {}, {}, "one value for each of the 8 rows"),
        ("poly(pain, 2) ~ age", {}, {}, "has several columns"),
        ("pain ~ C(id)", {"id": ["b", 2] * 4}, {"subject": "arm"}, "cannot be put in order"),
    ],
)
def test_a_fault_is_told_with_place_and_rows(text, changes, roles, told):
    message = fault_of(text, trial(**changes), **roles)
    assert told in message
    assert f"model {text!r}: 1 fault found." in message


def test_all_faults_are_told_together():
    data = trial(
        pain=[np.inf, 3, 6, 4, 7, 5, 8, 6],
        w=[0, 1, 1, 1, 1, 1, 1, 1],
        week=[0, 0, 0, 6, 0, 6, 0, 6],
        sex=["f"] * 8,
    )
    message = fault_of(
        "pain ~ aeg + sex + np.log(age - 60) + C(arm, contr.treatment('up'))",
        data,
        visit="week",
        weights="w",
        group="site",
        levels={"arms": ["retro"]},
    )
    assert "9 faults found" in message
    for told in (
        "column pain: infinite",
        "column w: weights",
        "column aeg: there is no such",
        "column site: there is no such",
        "column sex: a category needs two levels",
        "no finite number in rows r2, r3, r6, r7",
        "the reference 'up'",
        "subject S3 at 0 (rows r0, r1)",
        "column arms: levels= is given",
    ):
        assert told in message


def test_rows_are_named_by_their_labels_also_where_others_were_left_out():
    data = trial(pain=[np.nan, 3, 6, 4, 7, 5, 8, 6], week=[0, 6, 0, 6, 0, 6, 6, 6])
    message = fault_of("pain ~ np.log(age - 49)", data, visit="week")
    assert "gives no finite number in rows r6, r7" in message
    assert "subject S4 at 6 (rows r6, r7)" in message


def test_many_rows_are_counted_and_not_listed():
    data = pd.concat([trial(age=[np.inf] * 8)] * 3)
    message = fault_of("pain ~ age", data)
    assert "rows r0, r1, r2, r3, r4, r5, r6, r7 and 16 more" in message


def test_several_columns_of_one_name_are_a_fault():
    data = trial()
    data.columns = ["pain", "age", "arm", "arm", "id", "w"]
    assert "column arm: several columns have this name" in fault_of("pain ~ arm", data)


@pytest.mark.parametrize("data", [None, {"pain": [1.0]}, [1, 2]])
def test_other_data_than_a_frame_are_refused(data):
    with pytest.raises(DataError, match="a pandas DataFrame or a cohort is needed"):
        model_frame(read_formula("pain ~ arm"), data, subject="id")


def test_an_empty_frame_has_no_rows():
    assert "no row is left" in fault_of("pain ~ age", trial().iloc[:0])


def test_unused_levels_are_dropped_or_kept():
    with pytest.raises(ValueError, match="'drop' or 'keep'"):
        model_frame(read_formula("pain ~ arm"), trial(), subject="id", unused="maybe")
