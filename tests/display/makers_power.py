"""One real instance of every result type of planning a trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

import retrostats as rs
from retrostats.data.catalogue import data_folder
from retrostats.plan.names import default_model

POWER: dict[str, Callable[[], Any]] = {
    "PowerAnswer": lambda: rs.power_two_groups(
        difference=-1.5, sd=2.1, power=0.9, dropout=0.15, unit="points"
    ),
}


def example_design() -> rs.TrialDesign:
    return rs.read_design(data_folder() / "example_cohort" / "design.toml")


POWER |= {
    "TrialDesign": example_design,
    "TrialDesign: proposed": lambda: rs.design_from_trial("alghadir2019"),
    "DesignArm": lambda: example_design().arms[0],
    "Dropout": lambda: example_design().dropout,
    "MeasurementScale": lambda: example_design().scale,
    "SimulatedCovariate": lambda: example_design().covariates[0],
    "SimulatedTrials": lambda: example_design().draw((3, 3, 3), np.random.default_rng(1), 2),
}


@cache
def simulated() -> rs.SimulatedPower:
    folder = data_folder() / "example_cohort"
    return rs.simulate_power(
        example_design(), folder / "plan.toml", n=20, replicates=40, seed=1, margin=0.5
    )


@cache
def one_visit() -> tuple[rs.TrialDesign, rs.AnalysisPlan]:
    """Return the example with an ANCOVA, whose trials cost hardly anything."""
    plan = rs.read_plan(data_folder() / "example_cohort" / "plan.toml")
    model = replace(default_model("ancova"), covariates=plan.model.covariates)
    return example_design(), replace(plan, model=model)


POWER |= {
    "SimulatedPower": simulated,
    "ComparisonPower": lambda: simulated().primary,
    "MonteCarlo": lambda: simulated().power,
    "PowerCurve": lambda: rs.power_curve(
        *one_visit(), over="n", values=[20, 40], replicates=100, seed=1
    ),
    "FoundSampleSize": lambda: rs.find_sample_size(*one_visit(), power=0.8, replicates=200, seed=1),
}

POWER |= {"Workers": lambda: rs.Workers(count=2)}
