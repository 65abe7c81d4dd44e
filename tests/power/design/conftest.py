"""A small design that tests change one thing of."""

from __future__ import annotations

import pytest

from retrostats.power.design.fields import DesignArm, Dropout, MeasurementScale, SimulatedCovariate
from retrostats.power.design.types import TrialDesign, autoregressive


@pytest.fixture
def design() -> TrialDesign:
    return TrialDesign(
        title="Retro walking",
        outcome="pain",
        unit="points",
        visits=("baseline", "week 3", "week 6", "week 12"),
        weeks=(0, 3, 6, 12),
        arms=(
            DesignArm(label="retro", means=(6, 5, 4.2, 4), dropout=(0, 0.05, 0.1, 0.2)),
            DesignArm(label="control", means=(6, 5.5, 5, 5), dropout=(0, 0.1, 0.2, 0.3)),
        ),
        sds=(1.5, 1.6, 1.8, 2.0),
        correlation=autoregressive(0.7, 4),
        dropout=Dropout(mechanism="MAR", odds_ratio=3),
        scale=MeasurementScale(low=0, high=10, step=1),
        covariates=(
            SimulatedCovariate(name="age", mean=60, sd=8, correlation=-0.2),
            SimulatedCovariate(
                name="grade", levels=("1", "2", "3"), shares=(0.25, 0.45, 0.3), correlation=0.3
            ),
        ),
    )
