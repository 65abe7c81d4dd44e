"""One endpoint, answered by its model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from retrostats.analysis.showing import endpoint_html, endpoint_text
from retrostats.analysis.types.contrasts import PlannedContrast, Quantity
from retrostats.data.codebook.types import Outcome, Visit
from retrostats.description.types import ResidualDiagnostics
from retrostats.estimate import EstimateTable
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts(ShownAsFields):
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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

    def __repr__(self) -> str:
        return endpoint_text(self)

    def _repr_html_(self) -> str:
        return endpoint_html(self)
