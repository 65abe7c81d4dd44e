"""The answer to a planned analysis, and everything it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from retrostats.analysis.display import analysis_html, analysis_text, contrast_frame
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

if TYPE_CHECKING:
    import pandas as pd

#: What an interval says of the smallest worthwhile change (SWC), in the direction of benefit.
Verdict = Literal[
    "worthwhile",  # all of it at least SWC
    "better, size unclear",  # above 0, and contains SWC
    "better, less than worthwhile",  # above 0, all below SWC
    "unclear",  # contains 0 and SWC
    "no worthwhile effect",  # contains 0, within -SWC and SWC
    "no worthwhile benefit",  # contains 0 and -SWC, all below SWC
    "worse, less than worthwhile",  # below 0, all above -SWC
    "worse, size unclear",  # below 0, and contains -SWC
    "worthwhile harm",  # all of it at most -SWC
    "not judged",  # no SWC is known
]

#: What a contrast is of.
Quantity = Literal[
    "adjusted mean difference", "mean difference", "mean difference in change from baseline"
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
    alternatives
        Where the trial declares no smallest worthwhile change: the others that the catalogue has
        for the instrument, and the verdict by each.
    """

    verdict: Verdict
    sentence: str
    worthwhile: Change | None
    error: Change | None
    alternatives: tuple[tuple[Change, Verdict], ...] = ()


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
    quantity
        What the differences are of.
    visit_weeks
        Week by label of the visits of the model, in order.
    counts
        Subjects whose outcome the model uses, by visit label, then by arm.
    start
        By arm, where its course begins at baseline: the common mean of the subjects analysed
        where the model adjusts for baseline, the arms' own means where baseline is one of the
        visits; empty where the model has no baseline.
    model, diagnostics
        What was fitted, and its residuals.
    fit
        The fitted model, for further questions.
    """

    outcome: Outcome
    visit: Visit
    role: Literal["primary", "secondary"]
    means: dict[str, EstimateTable]
    differences: dict[str, EstimateTable]
    planned: tuple[PlannedContrast, ...]
    quantity: Quantity
    visit_weeks: dict[str, float]
    counts: dict[str, dict[str, int]]
    start: dict[str, float]
    model: ModelFacts
    diagnostics: ResidualDiagnostics
    fit: Any

    @property
    def weeks(self) -> tuple[float, ...]:
        """Weeks of the visits of the model, in order."""
        return tuple(week for week, _ in self._visits)

    @property
    def courses(self) -> dict[str, EstimateTable]:
        """The means of each arm over these weeks, for `plot_trajectories`."""
        arms = [mean.label for mean in next(iter(self.means.values()))]
        return {
            arm: EstimateTable(
                f"{self.outcome.label}, {arm}",
                tuple(replace(self.means[visit][arm], label=visit) for _, visit in self._visits),
            )
            for arm in arms
        }

    @property
    def _visits(self) -> list[tuple[float, str]]:
        return [(week, visit) for visit, week in self.visit_weeks.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityRow:
    """The primary contrast under another analysis, or why there is none.

    Attributes
    ----------
    label, comparison
        The analysis, and the arms.
    estimate
        ``None`` where it could not be made.
    subjects
        Those of the two arms that the model uses.
    note
        What differs from the plan: population, model, the covariance that was used in place of
        a planned one, caveats of the fit.
    """

    label: str
    comparison: str
    estimate: Estimate | None
    subjects: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupResult:
    """The primary contrast within subgroups, and the test of the interaction.

    Attributes
    ----------
    covariate, label
        Name in the codebook, and words.
    effects
        The contrast at each level or value; empty where the model could not be fitted.
    sizes
        Subjects of the two arms at each level; of a number, all of them once.
    interaction
        Numerator and denominator degrees of freedom, F, p.
    note
        What a reader must know: values outside the data, missing covariates, fallbacks, caveats.
    """

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

    def tidy(self) -> pd.DataFrame:
        """Return the planned contrasts, one per row, with adjusted p and verdict."""
        return contrast_frame(self.endpoints)

    def __repr__(self) -> str:
        return analysis_text(self)

    def _repr_html_(self) -> str:
        return analysis_html(self)
