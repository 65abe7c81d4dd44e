"""Small trials built directly in the shape of a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from retrostats.data.codebook.types import (
    Adherence,
    Arm,
    Codebook,
    Covariate,
    FileForm,
    Level,
    Outcome,
    Roles,
    Screening,
    Visit,
)
from retrostats.data.cohort.types import Cohort, RowLedger
from retrostats.instruments import Instrument
from retrostats.plan.types import AnalysisPlan, Comparison, Endpoint, Estimand, ModelPlan

NAN = float("nan")

PAIN = Instrument(
    id="nrs", name="NRS 0-10", measures="pain", low=0, high=10, unit="points", better="lower"
)
STRENGTH = Instrument(
    id="quad", name="Quadriceps", measures="strength", low=0, high=900, unit="N", better="higher"
)

VISITS = (
    Visit(label="baseline", week=0.0, values=("baseline",)),
    Visit(label="week 3", week=3.0, values=("week 3",)),
    Visit(label="week 6", week=6.0, values=("week 6",)),
)

#: Arm, pain at the three visits, age, sex, sessions, reason for leaving: by subject.
TRIAL: tuple[tuple[Any, ...], ...] = (
    ("control", (5, 5, 5), 60, "female", NAN, ""),
    ("control", (6, 5, 3), 50, "male", NAN, ""),
    ("control", (4, NAN, NAN), 70, "female", NAN, "moved away"),
    ("control", (NAN, 4, 4), 64, "male", NAN, ""),
    ("retro", (6, 4, 2), 55, "female", 18, ""),
    ("retro", (5, 4, 3), NAN, "female", 9, ""),
    ("retro", (7, NAN, NAN), 61, "male", 3, "knee pain"),
    ("retro", (4, 3, 2), 58, None, 18, ""),
    ("retro", (0, 1, 0), 66, "female", 12, ""),
)


def codebook(
    arms: Sequence[str] = ("control", "retro"), visits: Sequence[Visit] = VISITS, **more: Any
) -> Codebook:
    given: dict[str, Any] = {
        "title": "An invented trial",
        "simulated": True,
        "form": FileForm(),
        "roles": Roles(subject="id", arm="group", visit="visit", withdrawal="left"),
        "arms": tuple(
            Arm(label=a, name=f"{a.capitalize()} care", values=(a,), reference=i == 0)
            for i, a in enumerate(arms)
        ),
        "visits": tuple(visits),
        "outcomes": (Outcome(name="pain", label="Pain", instrument=PAIN, column="pain"),),
        "covariates": (
            Covariate(name="age", label="Age", column="age", kind="number", unit="years"),
            Covariate(
                name="sex",
                label="Sex",
                column="sex",
                kind="category",
                levels=(Level(label="female", values=("F",)), Level(label="male", values=("M",))),
            ),
        ),
        "adherence": (
            Adherence(name="sessions", label="Sessions", column="sessions", planned=18.0),
        ),
        "screening": Screening(assessed=12, excluded=(("not eligible", 2), ("declined", 1))),
    }
    return Codebook(**(given | more))


def cohort_of(
    trial: Sequence[tuple[Any, ...]] = TRIAL,
    *,
    book: Codebook | None = None,
    outcomes: Mapping[str, Sequence[Sequence[float]]] | None = None,
    ids: Sequence[str] | None = None,
) -> Cohort:
    """Make a cohort of subjects ``S01, S02, ...``, sorted by their identifiers."""
    book = book or codebook()
    names = list(ids or [f"S{i:02d}" for i in range(1, len(trial) + 1)])
    k = len(book.visits)
    arm, pain, age, sex, sessions, left = zip(*trial, strict=True)
    frame = pd.DataFrame(
        {
            "subject": np.repeat(np.array(names, dtype=object), k),
            "arm": pd.Categorical(np.repeat(arm, k), [a.label for a in book.arms]),
            "visit": pd.Categorical(
                [v.label for v in book.visits] * len(trial), [v.label for v in book.visits]
            ),
            "week": [v.week for v in book.visits] * len(trial),
            "withdrawal": np.repeat(np.array(left, dtype=object), k),
            "pain": np.array(pain, dtype=float).ravel(),
            "age": np.repeat(np.array(age, dtype=float), k),
            "sex": pd.Categorical(np.repeat(np.array(sex, dtype=object), k), ["female", "male"]),
            "sessions": np.repeat(np.array(sessions, dtype=float), k),
            "line": 1,
        }
    )
    for name, values in (outcomes or {}).items():
        frame[name] = np.array(values, dtype=float).ravel()
    frame["subject"] = frame["subject"].astype("str")
    frame = frame.sort_values(["subject", "week"], ignore_index=True, kind="stable")
    return Cohort(
        frame=frame,
        codebook=book,
        file="trial.csv",
        form="text, long",
        file_digest="0",
        digest="0",
        ledger=RowLedger(rows_read=len(frame), rows_used=len(frame)),
    )


def plan_of(model: ModelPlan, **more: Any) -> AnalysisPlan:
    comparison = Comparison(treatment="retro", comparator="control")
    return AnalysisPlan(
        title="Plan",
        estimand=Estimand(
            comparison=comparison,
            population="adults",
            endpoint=Endpoint(outcome="pain", week=6.0),
            intercurrent=(),
        ),
        comparisons=(comparison,),
        model=model,
        **more,
    )


RETRO = Comparison(treatment="retro", comparator="control")
