"""One real instance of every result type of missing-data analyses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

import retrostats as rs
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.tipping import tipping_point
from retrostats.missing.types import MissingRequest, VisitScores

#: Two visits of eight subjects; one score was not measured.
_WALKS = pd.DataFrame(
    {
        "who": [k for k in range(8) for _ in range(2)],
        "arm": ["control"] * 8 + ["retro"] * 8,
        "week": [3, 6] * 8,
        "pain": [5, 5, 6, 4, 7, 7, 4, None, 4, 3, 5, 2, 3, 1, 6, 4],
    }
)


def _imputed() -> rs.Imputations:
    columns = {"outcome": "pain", "subject": "who", "visit": "week", "arm": "arm"}
    return rs.impute(_WALKS, **columns, imputations=5, seed=1)


def _scores() -> VisitScores:
    """Return two visits of 40 subjects, of whom six left after the first."""
    rng = np.random.default_rng(7)
    baseline, arm = rng.normal(6, 1, (40, 1)), np.repeat([0, 1], 20)
    y = baseline - np.array([1, 2]) - 0.8 * arm[:, None] + rng.normal(0, 0.8, (40, 2))
    y[[3, 9, 25, 26, 30, 33], 1] = np.nan
    return VisitScores(
        y=y,
        arm=arm,
        covariates=baseline,
        names=("baseline",),
        arms=("control", "retro"),
        visits=("week 3", "week 6"),
        unit="points",
    )


_REQUEST = MissingRequest(visit=1, treatment=1, comparator=0, reference=0, seed=1, imputations=20)
_DRAWN = replace(_REQUEST, imputation="posterior draws", inference="rubin")


MISSING: dict[str, Callable[[], Any]] = {
    "MissingEstimate": lambda: missing_estimate(_scores(), _DRAWN),
    "TippingPoint": lambda: tipping_point(_scores(), _DRAWN, better="lower"),
    "Imputations": _imputed,
    "PooledImputations": lambda: rs.pool_imputations([-1.2, -0.9, -1.4], [0.4, 0.42, 0.38]),
}
