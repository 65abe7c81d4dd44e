import functools
import operator

import numpy as np
import pandas as pd
import pytest

from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.mean.design import design_for
from retrostats.models.mean.formula import read_formula

TEXT = "y ~ np.log(x) + arm * C(visit)"
LEVELS = {"arm": ["control", "retro"], "visit": [3, 6, 12]}


def registry(rows=30, seed=4):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "y": random.normal(size=rows),
            "x": random.gamma(2.0, size=rows),
            "arm": np.repeat(["retro", "control"], rows // 2),
            "visit": np.tile([3, 6, 12], rows)[:rows],
            "id": np.arange(rows) // 3,
        }
    )
    data.loc[[0, 5, 20], "y"] = np.nan
    data.loc[[5, 21], "x"] = np.nan
    return data


def part(data, text=TEXT, **options):
    options = {"visit": "visit", "levels": LEVELS} | options
    return model_frame(read_formula(text), data, subject="id", unused="keep", **options)


def test_parts_have_the_levels_and_rows_of_the_whole():
    data, model = registry(), read_formula(TEXT)
    whole = model_frame(model, data, subject="id", visit="visit")
    parts = [part(data.iloc[k : k + 6]) for k in range(0, 30, 6)]
    assert {each.visits for each in parts} == {whole.visits}
    assert [dict(each.factors) for each in parts] == [dict(whole.factors)] * 5
    rows = [design_for(model, each).factored(each).take(slice(None)) for each in parts]
    np.testing.assert_array_equal(
        np.vstack(rows), design_for(model, whole).factored(whole).take(slice(None))
    )
    merged = functools.reduce(operator.add, [each.ledger for each in parts])
    assert (merged.rows_in, merged.rows_used) == (30, 26)
    assert merged.counts() == whole.ledger.counts() == {"outcome missing": 3, "x missing": 1}
    assert merged.tidy().equals(whole.ledger.tidy())


def test_ledgers_with_other_reasons_add_up():
    data = registry()
    first, second = part(data.iloc[:6]).ledger, part(data.iloc[18:24]).ledger
    assert (first.reasons, second.reasons) == (
        ("outcome missing",),
        ("outcome missing", "x missing"),
    )
    both = second + first
    assert both.counts() == {"outcome missing": 3, "x missing": 1}
    assert both.tidy()["row"].tolist() == [20, 21, 0, 5]
    assert (first + second).counts() == both.counts()
    third = part(data.iloc[21:24]).ledger
    assert (third + first).counts() == {"x missing": 1, "outcome missing": 2}
    assert (third + first).tidy()["reason"].tolist() == ["x missing", *["outcome missing"] * 2]


def test_categorical_columns_declare_their_levels():
    data = registry()
    data["arm"] = pd.Categorical(data["arm"], ["control", "retro", "sham"])
    data["visit"] = pd.Categorical(data["visit"], [3, 6, 12, 24])
    frame = part(data.iloc[:2], levels=None)
    assert frame.factors == {"arm": ("control", "retro", "sham"), "C(visit)": (3, 6, 12, 24)}
    assert (frame.visits, frame.caveats) == ((3, 6, 12, 24), ())


def test_a_part_may_be_empty():
    frame = part(registry().iloc[[0, 5]])
    assert (len(frame), len(frame.ledger)) == (0, 2)
    design = design_for(read_formula(TEXT), frame)
    factored = design.factored(frame)
    basis = np.eye(len(design.names))[:, :2]
    assert factored.take(slice(None)).shape == (0, 7)
    assert factored.take(slice(None), basis).shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "levels", "told"),
    [
        (TEXT, {"arm": ["control", "retro"]}, "column visit: its levels must be known before"),
        (TEXT, {"visit": [3, 6, 12]}, "column arm: its levels must be known before"),
        (TEXT.replace("np.log(x)", "center(x)"), LEVELS, "center(x) depends on all rows"),
        (TEXT.replace("np.log(x)", "bs(x, df=4)"), LEVELS, "bs(x, df=4) depends on all rows"),
        (TEXT.replace("y ~", "scale(y) ~"), LEVELS, "scale(y) depends on all rows"),
        (TEXT + " + C(arm + arm)", LEVELS, "column C(arm + arm): its levels must be known"),
    ],
)
def test_what_needs_all_rows_is_refused_in_parts(text, levels, told):
    with pytest.raises(DataError) as caught:
        part(registry(), text, levels=levels)
    assert told in str(caught.value)
    assert "1 fault found" in str(caught.value)


def test_naming_levels_makes_a_number_a_category_in_a_whole_and_in_parts():
    data = registry().astype({"visit": float})
    text = "y ~ arm * visit"
    whole = model_frame(read_formula(text), data, subject="id", visit="visit", levels=LEVELS)
    assert whole.factors == {"arm": ("control", "retro"), "visit": (3, 6, 12)}
    assert whole.codes["visit"].tolist() == whole.visit.tolist()
    assert (whole.variables["visit"].kind, whole.variables["visit"].levels) == (
        "factor",
        (3, 6, 12),
    )
    design = design_for(read_formula(text), whole)
    assert design.names[2:4] == ("visit[T.6]", "visit[T.12]")
    asked = {"arm": "retro", "visit": [6, 12.0]}
    assert design.rows_for(asked)[:, 2:4].tolist() == [[1, 0], [0, 1]]
    parts = [part(data.iloc[k : k + 6], text) for k in range(0, 30, 6)]
    rows = [design_for(read_formula(text), each).factored(each).take(slice(None)) for each in parts]
    np.testing.assert_array_equal(np.vstack(rows), design.factored(whole).take(slice(None)))


def test_a_number_without_levels_stays_a_number_also_in_expressions():
    frame = part(registry(), "y ~ arm + x + np.log(visit)")
    assert set(frame.numeric) == {"x", "np.log(visit)"}
    assert frame.variables["visit"].kind == "numeric"


def test_levels_may_be_named_for_a_column_that_is_visit_or_group_only():
    frame = model_frame(
        read_formula("y ~ x"),
        registry(),
        subject="id",
        visit="visit",
        group="arm",
        levels={"arm": ["retro", "control"], "visit": np.array([12, 6, 3])},
    )
    assert (frame.visits, frame.groups) == ((12, 6, 3), ("retro", "control"))
    assert [type(level) for level in frame.visits] == [int, int, int]
