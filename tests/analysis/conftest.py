"""The example cohort and its plan, and variations of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from retrostats.data.catalogue import data_folder
from retrostats.data.cohort.reading import read_cohort
from retrostats.data.cohort.types import Cohort
from retrostats.plan.reading import read_plan
from retrostats.plan.types import AnalysisPlan, ModelPlan

FOLDER = data_folder() / "example_cohort"


@pytest.fixture(scope="session")
def cohort() -> Cohort:
    return read_cohort(FOLDER / "cohort.csv", FOLDER / "codebook.toml")


@pytest.fixture(scope="session")
def plan() -> AnalysisPlan:
    return read_plan(FOLDER / "plan.toml")


@pytest.fixture(scope="session")
def short(plan: AnalysisPlan) -> AnalysisPlan:
    """The plan without secondary endpoints, sensitivity, responders and subgroups."""
    return replace(plan, secondary=(), sensitivity=(), responders=(), subgroups=())


PlanOf = Callable[..., AnalysisPlan]


@pytest.fixture(scope="session")
def with_model(short: AnalysisPlan) -> PlanOf:
    """Return the short plan with another model."""

    def make(**changes: Any) -> AnalysisPlan:
        planned: dict[str, Any] = {"covariates": ("kl_grade",), "covariance": ("us",)}
        if changes.get("kind") in {"ancova", "mixed_anova"}:
            planned |= {"covariance": (), "df": "residual", "baseline_by_visit": False}
        if changes.get("kind") == "mixed_anova":
            planned |= {"covariates": (), "baseline": False}
        model = ModelPlan(**(planned | changes))
        return replace(short, model=model)

    return make


@pytest.fixture(scope="session")
def with_frame(cohort: Cohort) -> Callable[[Any], Cohort]:
    """Return the cohort with its frame changed by a function."""

    def make(change: Callable[[Any], Any]) -> Cohort:
        return replace(cohort, frame=change(cohort.frame.copy()))

    return make
