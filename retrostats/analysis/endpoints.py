"""Each endpoint of the plan: its model, its planned contrasts, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.answers import Answer, regression_answer
from retrostats.analysis.fitting import fit_regression
from retrostats.analysis.judging import judge
from retrostats.analysis.model_rows import ModelRows, model_rows
from retrostats.analysis.multiplicity import hierarchical, holm
from retrostats.analysis.split_plot import split_plot_answer
from retrostats.analysis.types import EndpointResult, PlannedContrast
from retrostats.data.cohort.types import Cohort
from retrostats.effects.standardised import standardised_effect
from retrostats.errors import PlanError, RetrostatsError
from retrostats.estimate import Estimate
from retrostats.plan.names import COVARIANCES
from retrostats.plan.types import AnalysisPlan, Comparison, Endpoint, ModelPlan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """A model to fit: of which outcome, in whom, and for which comparisons.

    Attributes
    ----------
    cohort
        The trial.
    endpoint
        Outcome and week.
    model
        The model, which a sensitivity analysis may vary.
    inside
        One truth value per row of ``cohort.subjects()``.
    comparisons
        Those to estimate.
    """

    cohort: Cohort
    endpoint: Endpoint
    model: ModelPlan
    inside: NDArray[np.bool_]
    comparisons: tuple[Comparison, ...]

    @property
    def visit(self) -> str:
        """Label of the visit of the endpoint."""
        return self.cohort.codebook.visit_at(self.endpoint.week).label

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that must be known of a subject, beside the outcome."""
        return (*(("baseline",) if self.model.baseline else ()), *self.model.covariates)

    def rows(self) -> ModelRows:
        """Return the rows that the model can use."""
        return model_rows(
            self.cohort,
            self.endpoint.outcome,
            inside=self.inside,
            needed=self.needed,
            weeks=[self.endpoint.week] if self.model.kind == "ancova" else None,
        )


def answer(request: Request) -> Answer:
    """Fit the model of a request.

    Raises
    ------
    FitError
        If it cannot be fitted.
    PlanError
        If the data lack what the plan compares.
    """
    outcome = request.cohort.codebook.outcome(request.endpoint.outcome)
    if request.model.kind == "mixed_anova":
        return split_plot_answer(
            request.cohort, request.endpoint, request.model, request.inside, request.comparisons
        )
    rows = request.rows()
    require_compared(request, rows)
    fitted = fit_regression(
        rows, request.model, unit=outcome.unit, covariates=request.model.covariates
    )
    return regression_answer(fitted, request.model, outcome, request.comparisons)


def require_compared(request: Request, rows: ModelRows) -> None:
    """Refuse a comparison of arms, or a visit, without usable data.

    Raises
    ------
    PlanError
        If an arm that the plan compares has no usable row at the visit of the endpoint.
    """
    at_visit = rows.frame.loc[rows.frame["visit"] == request.visit, "arm"]
    present = set(at_visit.unique())
    wanted = dict.fromkeys(a for c in request.comparisons for a in (c.treatment, c.comparator))
    lacking = [arm for arm in wanted if arm not in present]
    if lacking:
        reasons = ", ".join(f"{reason} {count}" for reason, count in rows.left_out) or "nothing"
        raise PlanError(
            f"{rows.outcome}, {request.visit}: the plan compares {', '.join(lacking)}, of which "
            f"no subject has usable data at that visit (left out: {reasons}). Plan another week "
            "or comparison, or look for the missing data"
        )


def endpoint_result(
    request: Request, found: Answer, role: str, adjusted: Sequence[float | None]
) -> EndpointResult:
    """Put together what the report shows of one endpoint.

    Parameters
    ----------
    request, found
        The model asked for, and what it says.
    role
        ``"primary"`` or ``"secondary"``.
    adjusted
        Adjusted p of each comparison; ``None`` where nothing is adjusted.
    """
    codebook = request.cohort.codebook
    outcome = codebook.outcome(request.endpoint.outcome)
    planned = tuple(
        PlannedContrast(
            comparison=comparison,
            estimate=(estimate := found.estimate(comparison, request.visit)),
            adjusted_p=p,
            standardised=_standardised(estimate, found),
            judgement=judge(estimate, outcome, float(found.baseline["baseline"].mean())),
        )
        for comparison, p in zip(request.comparisons, adjusted, strict=True)
    )
    return EndpointResult(
        outcome=outcome,
        visit=codebook.visit_at(request.endpoint.week),
        role="primary" if role == "primary" else "secondary",
        means=found.means,
        differences=found.differences,
        planned=planned,
        quantity=found.quantity,
        visit_weeks={v.label: v.week for v in codebook.follow_ups if v.label in found.means},
        counts=found.counts,
        start=found.start,
        model=found.facts,
        diagnostics=found.diagnostics,
        fit=found.fit,
    )


def _standardised(estimate: Estimate, found: Answer) -> Estimate | None:
    """Divide by the pooled SD at baseline; there is none where baseline does not vary."""
    groups = found.baseline.dropna().groupby("arm", observed=True)["baseline"]
    sizes, sds = groups.size(), groups.std()
    enough = sizes >= 2
    if not enough.any() or not (sds[enough] > 0).any():
        return None
    return standardised_effect(estimate, sds[enough].tolist(), sizes[enough].tolist())


def adjusted_p(
    plan: AnalysisPlan, found: Sequence[Sequence[Estimate] | None]
) -> list[list[float | None]]:
    """Return the adjusted p of every planned contrast, by endpoint.

    Parameters
    ----------
    plan
        Method and family.
    found
        The estimates of each endpoint; ``None`` where its model could not be fitted: its tests
        then count with p 1.
    """
    k = len(plan.comparisons)
    if plan.multiplicity.method == "none":
        return [[None] * k for _ in found]
    method = {"holm": holm, "hierarchical": hierarchical}[plan.multiplicity.method]
    raw = [[e.p for e in estimates] if estimates else [1.0] * k for estimates in found]
    if plan.multiplicity.family == "comparisons":
        return [list(method(p)) for p in raw]
    flat = method([p for family in raw for p in family])
    return [list(flat[i * k : (i + 1) * k]) for i in range(len(raw))]


def with_model(request: Request, **changes: object) -> Request:
    """Return the request with another model."""
    return replace(request, model=replace(request.model, **changes))  # type: ignore[arg-type]


def plain_reason(error: RetrostatsError) -> str:
    """Return the reason of a failure on one line."""
    return " ".join(str(error).split())


def fit_notes(
    not_fitted: Sequence[tuple[str, str]], covariance: str, caveats: Sequence[str]
) -> list[str]:
    """Return what a reader must know of a fit: another covariance than the planned one, caveats.

    Parameters
    ----------
    not_fitted
        Structures that could not be fitted, with the reasons.
    covariance
        The structure that was used.
    caveats
        Of the fit.
    """
    if not not_fitted:
        return list(caveats)
    tried = " and ".join(COVARIANCES.get(name, name) for name, _ in not_fitted)
    used = COVARIANCES.get(covariance, covariance)
    told = f"the {tried} covariance could not be fitted; the plan's next, {used}, was used"
    return [told, *caveats]
