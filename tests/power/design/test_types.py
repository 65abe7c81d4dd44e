"""Every fault of a design is told, all at once; a good one says what it is."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.power.design.fields import DesignArm, Dropout, MeasurementScale, SimulatedCovariate
from retrostats.power.design.types import TrialDesign, exchangeable

ARM = DesignArm(label="retro", means=(6, 5, 4.2, 4))
#: What is changed, and what is told of it.
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": " "}, "key title: title is empty"),
    "direction": ({"better": "up"}, "'up' is no direction; expected lower or higher"),
    "same visit": ({"visits": ("a", "b", "b", "c")}, "two visits are called 'b'"),
    "no baseline": ({"weeks": (1, 3, 6, 12)}, "visits[1].week: the first visit is the baseline"),
    "weeks fall": ({"weeks": (0, 6, 3, 12)}, "visits[3].week: week 3 does not follow week 6"),
    "week of nan": ({"weeks": (0, 3, 6, np.nan)}, "weeks are numbers; got 6 and nan"),
    "weeks lack": ({"weeks": (0, 3)}, "2 weeks for 4 visits"),
    "an SD of 0": ({"sds": (1, 0, 1, 1)}, "visits[2].sd: an SD is above 0; got 0"),
    "SDs lack": ({"sds": (1, 1)}, "2 SDs for 4 visits"),
    "no visits": (
        {
            "visits": (),
            "weeks": (),
            "sds": (),
            "correlation": (),
            "arms": (DesignArm(label="a", means=()), DesignArm(label="b", means=())),
        },
        "expected the baseline and one visit after it at least",
    ),
    "size": ({"correlation": exchangeable(0.5, 3)}, "expected 4 rows of 4 numbers"),
    "diagonal": (
        {"correlation": (np.full((4, 4), 0.5) + np.eye(4) * 0.4).tolist()},
        "expected ones on the diagonal",
    ),
    "symmetry": (
        {"correlation": (np.eye(4) + 0.3 * np.eye(4, k=1)).tolist()},
        "not symmetric: baseline with week 3 is 0.3 and 0",
    ),
    "definite": ({"correlation": exchangeable(-0.4, 4)}, "the matrix is not positive definite"),
    "alike": (
        {"correlation": exchangeable(-0.4, 4)},
        "it lies above -1/3 and below 1",
    ),
    "above 1": ({"correlation": exchangeable(1.2, 4)}, "lie between -1 and 1; got 1.2"),
    "percent": ({"correlation": exchangeable(60, 4)}, "got 60; write 60% as 0.6"),
    "text": ({"correlation": [["1"] * 4] * 4}, "expected numbers from -1 to 1"),
    "one arm": ({"arms": (ARM,)}, "a trial compares two arms at least; got 1"),
    "same arm": ({"arms": (ARM, ARM)}, "two arms are called 'retro'"),
    "no label": ({"arms": (ARM, replace(ARM, label=""))}, "arms[2].label: the label is empty"),
    "allocation": (
        {"arms": (ARM, DesignArm(label="b", means=(6, 6, 6, 6), allocation=0))},
        "arms[2].allocation: expected a number above 0; got 0",
    ),
    "means lack": ({"arms": (ARM, DesignArm(label="b", means=(6, 6)))}, "2 means for 4 visits"),
    "outside": (
        {"arms": (ARM, DesignArm(label="b", means=(6, 6, 6, 11)))},
        "arms[2].means: 11 lies outside the scale, 0 to 10",
    ),
    "gone at baseline": (
        {"arms": (ARM, replace(ARM, label="b", dropout=(0.1, 0.1, 0.1, 0.1)))},
        "nobody is gone at baseline; expected 0 first, got 0.1",
    ),
    "back again": (
        {"arms": (ARM, replace(ARM, label="b", dropout=(0, 0.2, 0.1, 0.2)))},
        "who is gone stays away",
    ),
    "all gone": (
        {"arms": (ARM, replace(ARM, label="b", dropout=(0, 0.2, 0.3, 1)))},
        "expected shares from 0 to below 1",
    ),
    "mechanism": ({"dropout": Dropout(mechanism="MNAR")}, "'MNAR' is not known"),  # type: ignore[arg-type]
    "odds": ({"dropout": Dropout(mechanism="MAR", odds_ratio=-1)}, "expected an odds ratio"),
    "MCAR by scores": ({"dropout": Dropout(odds_ratio=2)}, "MCAR means that scores do not count"),
    "gaps": ({"intermittent": 1.0}, "key intermittent: expected a share from 0 to below 1"),
    "ends": ({"scale": MeasurementScale(low=10, high=0)}, "low 10 must be below high 0"),
    "step": ({"scale": MeasurementScale(low=0, high=10, step=0)}, "expected a number above 0"),
    "never reached": (
        {"scale": MeasurementScale(low=0, high=10, step=3)},
        "steps of 3 from 0 never reach 10",
    ),
    "too fine": ({"scale": MeasurementScale(low=0, high=10, step=1e-5)}, "so fine a step"),
    "covariate name": ({"covariates": (SimulatedCovariate(name="arm"),)}, "'arm' stands for"),
    "covariate twice": (
        {"covariates": (SimulatedCovariate(name="a"), SimulatedCovariate(name="a"))},
        "two covariates are called 'a'",
    ),
    "covariate SD": ({"covariates": (SimulatedCovariate(name="a", sd=0),)}, "covariates[1].sd"),
    "shares": (
        {"covariates": (SimulatedCovariate(name="a", levels=("x", "y"), shares=(0.5, 0.4)),)},
        "these add up to 0.9",
    ),
    "one level": (
        {"covariates": (SimulatedCovariate(name="a", levels=("x",), shares=(1.0,)),)},
        "a category has two levels at least",
    ),
    "too strong": (
        {"covariates": (SimulatedCovariate(name="a", correlation=0.99),)},
        "the covariates cannot correlate so strongly",
    ),
}


@pytest.mark.parametrize(("changed", "message"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told(design: TrialDesign, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as told:
        replace(design, **changed)
    assert message in str(told.value)
    assert "1 fault found" in str(told.value)


def test_all_faults_are_told_together(design: TrialDesign) -> None:
    with pytest.raises(DataError, match="4 faults found") as told:
        replace(design, title="", sds=(0, 1, 1, 1), weeks=(0, 2, 1, 3), intermittent=-1)
    for place in ("title", "visits[1].sd", "visits[3].week", "intermittent"):
        assert f"key {place}: " in str(told.value)


def test_lists_and_arrays_are_kept_as_tuples(design: TrialDesign) -> None:
    other = replace(
        design,
        sds=np.array(design.sds),
        correlation=np.array(design.correlation),
        weeks=[0.0, 3.0, 6.0, 12.0],
    )
    assert other == design
    assert hash(other) == hash(design)
    grade = SimulatedCovariate(name="g", levels=["a", "b"], shares=[0.5, 0.5])  # type: ignore[arg-type]
    assert hash(replace(design, covariates=[grade]))
    assert DesignArm(label="a", means=[6.0, 5.0]).dropout == (0, 0)  # type: ignore[arg-type]


def test_it_prints_its_numbers_and_its_route(design: TrialDesign) -> None:
    told = str(replace(design, route=("Means: made up.",), intermittent=0.02))
    lines = [line.split() for line in told.splitlines()]
    assert lines[1] == ["baseline", "week", "3", "week", "6", "week", "12"]
    assert lines[2] == ["retro", "mean", "6", "5", "4.2", "4"]
    assert lines[3] == ["gone,", "%", "0", "5", "10", "20"]
    assert lines[6] == ["all", "arms", "SD", "1.5", "1.6", "1.8", "2"]
    assert lines[10] == ["with", "week", "12", "0.343", "0.49", "0.7", "1"]
    for sentence in (
        "The odds of leaving are times 3 for each SD by which the last score is worse.",
        "Of the visits of those who stay, 2% are missed.",
        "Scores run from 0 to 10 in steps of 1",
        "Covariate age: mean 60, SD 8; correlation -0.2 with every score.",
        "Covariate grade: 1 (25%), 2 (45%), 3 (30%); correlation 0.3 with every score.",
    ):
        assert sentence in told
    assert told.endswith("Means: made up.")


def test_every_field_of_the_class_is_described() -> None:
    text = TrialDesign.__doc__ or ""
    attributes = text.partition("Attributes\n")[2].partition("Raises\n")[0]
    missing = [each.name for each in fields(TrialDesign) if each.name not in attributes]
    assert missing == []
