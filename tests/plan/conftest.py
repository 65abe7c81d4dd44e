"""A codebook and a plan that fits it, and files for either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrostats.data.codebook.types import (
    Adherence,
    Arm,
    Codebook,
    Covariate,
    FileForm,
    Level,
    Outcome,
    Roles,
    Visit,
)
from retrostats.data.rules import parse_rule
from retrostats.instruments import Change, Instrument
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    ModelPlan,
    Sensitivity,
)


def arm(label: str, name: str, *, reference: bool = False) -> Arm:
    return Arm(label=label, name=name, values=(label,), reference=reference)


def visit(label: str, week: float) -> Visit:
    return Visit(label=label, week=week, values=(label,))


NRS = Instrument(
    id="nrs", name="NRS 0-10", measures="pain", low=0, high=10, unit="points", better="lower"
)
EXTENSION = Instrument(
    id="ext", name="Extension", measures="knee", low=-20, high=60, unit="degrees", better="lower"
)
WORTHWHILE = Change(kind="important", quantity="MCID", value=2)


@pytest.fixture
def codebook() -> Codebook:
    levels = tuple(Level(label=word, values=(word,)) for word in ("female", "male"))
    return Codebook(
        title="A trial",
        simulated=False,
        form=FileForm(),
        roles=Roles(subject="id", arm="arm", visit="visit"),
        arms=(
            arm("control", "Usual care", reference=True),
            arm("retro", "Retro walking"),
            arm("forward", "Forward walking"),
        ),
        visits=(visit("baseline", 0), visit("week 3", 3), visit("end", 6)),
        outcomes=(
            Outcome(
                name="pain", label="Pain", instrument=NRS, column="nrs", smallest_change=WORTHWHILE
            ),
            Outcome(name="extension", label="Extension", instrument=EXTENSION, column="ext"),
        ),
        covariates=(
            Covariate(
                name="age", label="Age", column="age", kind="number", unit="years", low=18, high=90
            ),
            Covariate(name="sex", label="Sex", column="sex", kind="category", levels=levels),
        ),
        adherence=(Adherence(name="sessions", label="Sessions", column="sessions", planned=18),),
        eligibility=(parse_rule("age >= 40"),),
        source="codebook.toml",
    )


@pytest.fixture
def wide(codebook: Codebook) -> Codebook:
    """Return the codebook of a wide file, where extension has no baseline and no week 3."""
    pain, extension = codebook.outcomes
    columns = {label: f"nrs {label}" for label in ("baseline", "week 3", "end")}
    return replace(
        codebook,
        outcomes=(
            replace(pain, column=None, columns=columns),
            replace(extension, column=None, columns={"end": "ext"}),
        ),
    )


@pytest.fixture
def one_follow_up(codebook: Codebook) -> Codebook:
    """Return the codebook of a trial with baseline and one later visit."""
    return replace(codebook, visits=(codebook.visits[0], codebook.visits[2]))


@pytest.fixture
def plan() -> AnalysisPlan:
    comparison = Comparison(treatment="retro", comparator="control")
    event = IntercurrentEvent(event="stopping", strategy="treatment policy")
    return AnalysisPlan(
        title="A plan",
        estimand=Estimand(
            comparison=comparison,
            population="adults",
            endpoint=Endpoint(outcome="pain", week=6),
            intercurrent=(event,),
        ),
        comparisons=(comparison,),
        model=ModelPlan(covariates=("sex",)),
        sensitivity=(Sensitivity(kind="complete cases"),),
        source="plan.toml",
    )
