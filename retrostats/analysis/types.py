"""The answer to a planned analysis, and everything it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.analysis.display import analysis_html, analysis_text
from retrostats.data.codebook.types import Outcome, Visit
from retrostats.data.cohort.types import Cohort
from retrostats.description.types import (
    AdherenceRow,
    BaselineTable,
    Flow,
    ImprovementCurve,
    ResidualDiagnostics,
    ResponderTable,
    VisitSummary,
)
from retrostats.estimate import Estimate, EstimateTable
from retrostats.instruments import Change
from retrostats.plan.types import AnalysisPlan, Comparison, Endpoint

#: What an interval says of the smallest worthwhile change, in the direction of benefit.
Verdict = Literal[
    "worthwhile",  # all of it is at least the smallest worthwhile change
    "better, size unclear",  # all above zero, and it contains the smallest worthwhile change
    "better, less than worthwhile",  # above zero and all below the smallest worthwhile change
    "unclear",  # contains zero and the smallest worthwhile change
    "no worthwhile effect",  # contains zero and excludes a worthwhile benefit
    "worse",  # all below zero
    "not judged",  # no smallest worthwhile change is known
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An effect held against what patients notice.

    Attributes
    ----------
    verdict, sentence
        The verdict, and the sentence for the report.
    worthwhile, error
        The changes it was held against, with their sources; ``None`` where none is known.
    """

    verdict: Verdict
    sentence: str
    worthwhile: Change | None
    error: Change | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContrast:
    """A comparison of the plan at the week of its endpoint.

    Attributes
    ----------
    comparison
        The arms.
    estimate
        Treatment minus comparator, in the unit of the outcome.
    adjusted_p
        Under the multiplicity of the plan; ``None`` where it adjusts nothing.
    standardised
        Over the pooled standard deviation at baseline; ``None`` where it cannot be made.
    judgement
        Held against what patients notice.
    """

    comparison: Comparison
    estimate: Estimate
    adjusted_p: float | None
    standardised: Estimate | None
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What was fitted.

    Attributes
    ----------
    kind
        In words, e.g. ``"mixed model for repeated measures"``.
    formula
        Of the mean.
    covariance
        Structure, e.g. ``"us"``; empty where there is none.
    not_fitted
        Structures planned before it that could not be fitted, and why.
    df, method
        Degrees of freedom and estimation, in words.
    rows, subjects
        Used.
    left_out
        Rows left out, by reason.
    caveats
        Of the fit.
    tests
        Type III tests: term, numerator df, denominator df, F, p.
    parameters
        Covariance parameters or residual standard deviation, by name.
    loglik, aic, bic
        ``nan`` where there is none.
    digest
        SHA-256 of the numbers used.
    """

    kind: str
    formula: str
    covariance: str
    not_fitted: tuple[tuple[str, str], ...]
    df: str
    method: str
    rows: int
    subjects: int
    left_out: tuple[tuple[str, int], ...]
    caveats: tuple[str, ...]
    tests: tuple[tuple[str, float, float, float, float], ...]
    parameters: tuple[tuple[str, float], ...]
    loglik: float
    aic: float
    bic: float
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointResult:
    """One endpoint, answered.

    Attributes
    ----------
    outcome, visit, role
        What, when, and whether ``"primary"`` or ``"secondary"``.
    means
        Adjusted means by arm, at each visit that the model has: a table by visit label.
    differences
        Every comparison of the plan at each of these visits: a table by visit label.
    planned
        The comparisons at the visit of the endpoint.
    model, diagnostics
        What was fitted, and its residuals.
    """

    outcome: Outcome
    visit: Visit
    role: Literal["primary", "secondary"]
    means: dict[str, EstimateTable]
    differences: dict[str, EstimateTable]
    planned: tuple[PlannedContrast, ...]
    model: ModelFacts
    diagnostics: ResidualDiagnostics


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityRow:
    """The primary contrast under another analysis, or why there is none."""

    label: str
    comparison: str
    estimate: Estimate | None
    subjects: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupResult:
    """The primary contrast within subgroups, and the test of the interaction."""

    covariate: str
    label: str
    effects: EstimateTable
    sizes: tuple[int, ...]
    interaction: tuple[float, float, float, float]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A secondary endpoint whose planned model could not be fitted, and why."""

    endpoint: Endpoint
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Analysis:
    """A trial analysed by its plan.

    Attributes
    ----------
    cohort, plan
        The data and the plan.
    flow, baseline, outcomes, adherence
        The trial before any model. `outcomes` has every outcome, visit and arm.
    endpoints
        The primary endpoint first.
    unanswered
        Secondary endpoints whose model could not be fitted.
    responders, curves
        By each definition of the plan; cumulative curves, one per arm, by outcome name (with the
        visit behind it where definitions of one outcome differ in their visit).
    sensitivity, subgroups
        Further analyses of the primary endpoint.
    caveats
        What a reader must know, of the data and of all models.
    """

    cohort: Cohort
    plan: AnalysisPlan
    flow: Flow
    baseline: BaselineTable
    outcomes: tuple[VisitSummary, ...]
    adherence: tuple[AdherenceRow, ...]
    endpoints: tuple[EndpointResult, ...]
    unanswered: tuple[Unanswered, ...]
    responders: tuple[ResponderTable, ...]
    curves: dict[str, tuple[ImprovementCurve, ...]]
    sensitivity: tuple[SensitivityRow, ...]
    subgroups: tuple[SubgroupResult, ...]
    caveats: tuple[str, ...]

    @property
    def primary(self) -> EndpointResult:
        """The primary endpoint."""
        return self.endpoints[0]

    @property
    def answer(self) -> Estimate:
        """The primary contrast of the estimand."""
        return self.primary.planned[0].estimate

    def __repr__(self) -> str:
        return analysis_text(self)

    def _repr_html_(self) -> str:
        return analysis_html(self)
