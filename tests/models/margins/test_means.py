import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.margins.comparisons import difference_rows, named_rows
from retrostats.models.margins.means import marginal_rows
from retrostats.models.margins.proportions import counted_levels
from retrostats.models.mean.design import design_for
from retrostats.models.mean.factored import FactoredRows
from retrostats.models.mean.formula import read_formula

MIXED = Path(__file__).parents[2] / "golden" / "mixed"
GOLDEN = json.loads((MIXED / "margins" / "results.json").read_text())

#: Weights of emmeans' rows; sums of the same few products in another order, means over 186
#: rows; 6e-16 relative to the largest weight measured.
ROUNDING = 1e-13

#: What each grid of the golden script asks of us; R writes ** as ^ and np.log as log.
ASKED = {
    "arm by visit": {"factor": "arm", "by": "visit"},
    "arm": {"factor": "arm"},
    "arm and sex at age 60": {"factor": ("arm", "sex"), "at": {"age": 60}},
    "arm proportional": {"factor": "arm", "weights": "proportional"},
    "sex proportional": {"factor": "sex", "weights": "proportional"},
    "arm by sex proportional": {"factor": "arm", "by": "sex", "weights": "proportional"},
    "arm at visits 3 and 6": {"factor": "arm", "at": {"visit": ["3", "6"]}},
    "squares at the mean": {"factor": "arm"},
    "arm by week": {"factor": "arm", "by": "week", "at": {"week": [0, 3, 6]}},
    "logs": {"factor": "arm"},
    "no intercept": {"factor": "arm", "by": "visit"},
}


def trial():
    data = pd.read_csv(MIXED / "trial3" / "data.csv")
    data["visit"] = data["week"].astype(str)
    return data


def model_of(formula, data=None):
    """Design, variables and counts of a formula on the trial."""
    model = read_formula(formula)
    frame = model_frame(model, trial() if data is None else data, subject="id")
    design = design_for(model, frame)
    rows: FactoredRows = design.factored(frame)
    codes = zip(*(own.tolist() for own in rows.cell_levels.values()), strict=True)
    cells = dict(zip(codes, rows.cell_counts.tolist(), strict=True))
    return design, frame.variables, counted_levels(design, tuple(rows.cell_levels), cells)


def means_of(formula, **asked):
    design, variables, proportions = model_of(formula)
    return design, marginal_rows(design, variables, proportions=proportions, **asked)


def in_r(name):
    name = re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name).replace("np.log", "log")
    return name.replace("Intercept", "(Intercept)").replace("**", "^").replace(" ^ ", "^")


@pytest.mark.parametrize("name", GOLDEN["grids"])
def test_grids_are_those_of_emmeans(name):
    golden = GOLDEN["grids"][name]
    formula = golden["formula"].replace("^", "**").replace(" log(", " np.log(")
    design, means = means_of(formula, **ASKED[name])
    theirs = golden["linfct"]
    order = [theirs["colnames"].index(in_r(column)) for column in design.names]
    assert sorted(order) == list(range(len(theirs["colnames"])))
    expected = np.array(theirs["values"], dtype=float)[:, order]
    assert means.rows == pytest.approx(expected, abs=ROUNDING * np.abs(expected).max())
    shown = means.factors + means.by
    levels = list(zip(*(golden["levels"][variable] for variable in shown), strict=True))
    keys = [tuple(f"{k:g}" if isinstance(k, float) else k for k in key) for key in means.keys]
    assert keys == levels


def test_every_grid_is_asked_for():
    assert set(ASKED) == set(GOLDEN["grids"])


MAIN = "womac ~ womac_bl + age + sex + arm * visit"


def test_labels_are_short_and_say_what_is_needed():
    _, means = means_of(MAIN, factor="arm", by="visit")
    assert means.labels[:4] == (
        "control, visit 0",
        "forward, visit 0",
        "retro, visit 0",
        "control, visit 3",
    )
    assert means_of(MAIN, factor="arm")[1].labels == ("control", "forward", "retro")
    assert means_of(MAIN, factor="visit")[1].labels == ("visit 0", "visit 3", "visit 6")
    both = means_of(MAIN, factor=("arm", "sex"), by="visit")[1]
    assert both.labels[3] == "control, M, visit 0"
    assert [family.tolist() for family in both.families] == [[*range(k, k + 6)] for k in (0, 6, 12)]


def test_levels_that_two_factors_share_carry_the_name():
    data = trial()
    data["drug"] = np.where(data["id"].str[-1] < "5", "no", "yes")
    data["visit"] = "visit " + data["visit"]
    data["walks"] = np.where(data["sex"] == "F", "no", "yes")
    design, variables, _ = model_of("womac ~ drug + walks + visit", data)
    assert marginal_rows(design, variables, ("drug", "walks"), by="visit").labels[1] == (
        "drug yes, walks no, visit 0"
    )
    assert marginal_rows(design, variables, ("drug",)).labels == ("no", "yes")


def test_differences_are_treated_minus_control_within_by():
    _, means = means_of(MAIN, factor="arm", by="visit")
    differences = difference_rows(means, reference="control")
    assert differences.labels[-2:] == ("forward - control, visit 6", "retro - control, visit 6")
    assert differences.keys[-1] == (("retro",), ("control",), "6")
    assert differences.rows[-1] == pytest.approx(means.rows[8] - means.rows[6])
    assert [family.tolist() for family in differences.families] == [[0, 1], [2, 3], [4, 5]]
    last = difference_rows(means, reference="retro")
    assert last.labels[:2] == ("control - retro, visit 0", "forward - retro, visit 0")


def test_all_pairs_are_later_minus_earlier_as_in_emmeans():
    _, means = means_of(MAIN, factor="arm", by="visit")
    pairs = difference_rows(means)
    golden = GOLDEN["adjust"]["pairs none"]
    assert list(pairs.labels) == [f"{row['contrast']}, visit {row['visit']}" for row in golden]
    assert pairs.rows[2] == pytest.approx(means.rows[2] - means.rows[1])


def test_pairs_of_four_levels_are_in_the_order_of_emmeans():
    data = trial()
    data["site"] = data["id"].str[-1].astype(int).map(lambda k: "abcd"[k % 4])
    design, variables, _ = model_of("womac ~ site", data)
    pairs = difference_rows(marginal_rows(design, variables, "site"))
    assert pairs.labels == ("b - a", "c - a", "c - b", "d - a", "d - b", "d - c")


def test_differences_of_several_factors_keep_their_levels_together():
    _, means = means_of(MAIN, factor=("arm", "sex"))
    differences = difference_rows(means, reference=("control", "F"))
    assert differences.labels[0] == "(forward, F) - (control, F)"
    assert differences.keys[-1] == (("retro", "M"), ("control", "F"))


def test_named_contrasts_weigh_cells():
    _, means = means_of(MAIN, factor=("arm", "visit"))
    label = "retro - forward, mean of weeks 3 and 6"
    weights = {("retro", "3"): 0.5, ("retro", "6"): 0.5}
    weights |= {("forward", "3"): -0.5, ("forward", "6"): -0.5}
    named = named_rows(means, {label: weights, "retro at 6": {("retro", "6"): 1}})
    at = dict(zip(means.keys, means.rows, strict=True))
    expected = (at["retro", "3"] + at["retro", "6"] - at["forward", "3"] - at["forward", "6"]) / 2
    assert named.labels == (label, "retro at 6")
    assert named.rows[0] == pytest.approx(expected)
    assert named.rows[1] == pytest.approx(at["retro", "6"])
    assert [family.tolist() for family in named.families] == [[0, 1]]
    alone = means_of(MAIN, factor="arm")[1]
    simple = named_rows(alone, {"x": {"retro": 1, "control": -1}})
    assert simple.rows[0] == pytest.approx(alone.rows[2] - alone.rows[0])


def test_faults_of_named_contrasts_are_told_together():
    _, means = means_of(MAIN, factor=("arm", "visit"))
    contrasts = {
        "a": {("retro", 6): 1, ("walk", "3"): -1},
        "b": {("retro", "6"): float("nan")},
        "c": {"retro": 1},
        "d": {("retro", "6"): 0},
    }
    with pytest.raises(DataError) as caught:
        named_rows(means, contrasts)
    told = str(caught.value)
    assert "5 faults" in told
    assert "6 is no level of visit; there are '0', '3', '6'" in told
    assert "'walk' is no level of arm" in told
    assert "'b': finite weights" in told
    assert "'d': finite weights are needed, and not only zeros" in told
    assert "should name a level of each of arm, visit" in told
    with pytest.raises(DataError, match="no contrast is given"):
        named_rows(means, {})


def test_faults_of_a_grid_are_told_together():
    design, variables, _ = model_of("womac ~ age + arm * week + sex")
    with pytest.raises(DataError) as caught:
        marginal_rows(
            design, variables, "arms", by="week", at={"sex": "X", "agee": 3, "age": ["old"]}
        )
    told = str(caught.value)
    assert "5 faults" in told
    assert (
        "'arms' is not in the model; it has factors 'arm', 'sex' and numbers 'age', 'week'" in told
    )
    assert "'week' is a number in this model" in told
    assert "at: 'sex' has no 'X'; its levels are 'F', 'M'" in told
    assert "at: 'agee' is not in the model" in told
    assert "at: 'age' needs finite numbers, got 'old'" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"factor": "arm", "by": "arm"}, "asked for twice"),
        ({"factor": ()}, "at least one factor"),
        ({"factor": "arm", "weights": "counts"}, "weights='counts' is not known"),
        ({"factor": "arm", "at": {"visit": []}}, "one value or several"),
        ({"factor": "arm", "at": {"age": float("inf")}}, "finite numbers, got inf"),
    ],
)
def test_what_cannot_be_asked(asked, told):
    with pytest.raises(DataError, match=told):
        means_of(MAIN, **asked)


def test_what_cannot_be_compared():
    _, means = means_of(MAIN, factor="arm", by="visit")
    with pytest.raises(DataError, match="reference 'placebo' is no level of arm; there are 'con"):
        difference_rows(means, reference="placebo")
    _, single = means_of(MAIN, factor="arm", at={"arm": "retro"})
    with pytest.raises(DataError, match="only one level"):
        difference_rows(single)


def test_proportions_need_counts_of_rows_that_exist():
    design, variables, proportions = model_of(MAIN)
    with pytest.raises(DataError, match="needs the counts"):
        marginal_rows(design, variables, "arm", weights="proportional")
    data = trial()
    data = data[(data["sex"] == "F") | (data["visit"] != "0")]
    design, variables, proportions = model_of("womac ~ arm + sex + visit", data)
    with pytest.raises(DataError, match="no row has any of the combinations"):
        marginal_rows(
            design,
            variables,
            "arm",
            weights="proportional",
            proportions=proportions,
            at={"sex": "M", "visit": "0"},
        )


def test_a_category_made_of_numbers_keeps_its_numbers():
    design, variables, _ = model_of("womac ~ arm * C(week)")
    means = marginal_rows(design, variables, "arm", by="week")
    assert means.labels[-1] == "retro, week 6"
    assert means.keys[-1] == ("retro", 6)


def test_a_large_grid_is_made_in_parts(monkeypatch):
    whole = means_of(MAIN, factor="arm", by="visit")[1]
    monkeypatch.setattr("retrostats.models.margins.means._AT_ONCE", 50)
    parts = means_of(MAIN, factor="arm", by="visit")[1]
    assert parts.rows == pytest.approx(whole.rows, abs=ROUNDING)


def test_rows_are_locked():
    _, means = means_of(MAIN, factor="arm")
    with pytest.raises(ValueError, match="read-only"):
        means.rows[0, 0] = 1
