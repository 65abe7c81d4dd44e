"""One simulated trial through the very functions that analyse a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.fitting import fit_regression
from retrostats.analysis.model_rows import ModelRows
from retrostats.arrays import Floats
from retrostats.errors import PlanError
from retrostats.models.anova import fit_mixed_anova
from retrostats.plan.types import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd

    from retrostats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedTrial:
    """One simulated trial as arrays.

    Attributes
    ----------
    arm
        Codes, shape ``(n,)``.
    scores, seen
        Shape ``(n, V)``, baseline first.
    covariates
        A column of labels or numbers by name, shape ``(n,)``.
    arms, visits, weeks
        Labels of the arms and visits in order, and the weeks of the visits.
    """

    arm: NDArray[np.intp]
    scores: Floats
    seen: NDArray[np.bool_]
    covariates: Mapping[str, NDArray[Any]]
    arms: tuple[str, ...]
    visits: tuple[str, ...]
    weeks: tuple[float, ...]

    def frame(self, outcome: str) -> pd.DataFrame:
        """Return a row per subject and visit, baseline too, as a cohort has them."""
        import pandas as pd

        n, visits = self.scores.shape
        scores = np.where(self.seen, self.scores, np.nan)
        each = np.repeat(np.arange(n), visits)
        columns: dict[str, Any] = {
            "subject": (each + 1).astype(str),
            "arm": pd.Categorical.from_codes(self.arm[each], pd.Index(self.arms)),
            "visit": pd.Categorical.from_codes(
                np.tile(np.arange(visits), n), pd.Index(self.visits), ordered=True
            ),
            "week": np.tile(np.asarray(self.weeks, dtype=float), n),
            outcome: scores.reshape(-1),
            "baseline": scores[each, 0],
        }
        columns |= {name: np.asarray(values)[each] for name, values in self.covariates.items()}
        return pd.DataFrame(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleAnswer:
    """What the plan says of one trial.

    Attributes
    ----------
    estimates
        One for each comparison of the plan, at the visit of the endpoint.
    covariance
        The structure that could be fitted; empty where there is none to choose.
    """

    estimates: tuple[Estimate, ...]
    covariance: str


def single_answer(trial: SimulatedTrial, plan: AnalysisPlan) -> SingleAnswer:
    """Analyse the primary endpoint of one trial by its plan.

    Raises
    ------
    FitError
        If no planned model can be fitted.
    PlanError
        If the trial lacks what the plan compares.
    """
    if plan.model.kind == "mixed_anova":
        return _split_plot(trial, plan)
    endpoint, model = plan.primary, plan.model
    rows = _rows(trial, plan)
    visit = trial.visits[trial.weeks.index(endpoint.week)]
    at_visit = set(rows.frame.loc[rows.frame["visit"] == visit, "arm"])
    for each in plan.comparisons:
        if not {each.treatment, each.comparator} <= at_visit:
            raise PlanError(f"{each.label}: an arm has no score at {visit}")
    fitted = fit_regression(rows, model, unit="", covariates=model.covariates)
    estimates = tuple(
        fitted.fit.contrast(
            fitted.difference_row(each.treatment, each.comparator, visit), label=each.label
        )
        for each in plan.comparisons
    )
    return SingleAnswer(estimates=estimates, covariance=fitted.covariance)


def _rows(trial: SimulatedTrial, plan: AnalysisPlan) -> ModelRows:
    """Return the rows after baseline with everything that the model needs."""
    outcome = plan.primary.outcome
    frame = trial.frame(outcome)
    offered = frame[frame["week"] > 0]
    if plan.model.kind == "ancova":
        offered = offered[offered["week"] == plan.primary.week]
    needed = [outcome, *(["baseline"] if plan.model.baseline else []), *plan.model.covariates]
    used = offered.dropna(subset=needed).copy()
    for name in ("arm", "visit"):
        used[name] = used[name].cat.remove_unused_categories()
    lost = len(offered) - len(used)
    return ModelRows(
        frame=used.reset_index(drop=True),
        outcome=outcome,
        offered=len(offered),
        left_out=(("missing", lost),) if lost else (),
    )


def _split_plot(trial: SimulatedTrial, plan: AnalysisPlan) -> SingleAnswer:
    """Fit a mixed ANOVA of all visits and ask for changes from baseline."""
    outcome = plan.primary.outcome
    frame = trial.frame(outcome)
    fit = fit_mixed_anova(
        frame, outcome=outcome, subject="subject", between="arm", within="visit",
        level=plan.model.level,
    )  # fmt: skip
    first, later = trial.visits[0], trial.visits[trial.weeks.index(plan.primary.week)]
    weights = {
        each.label: {
            (each.treatment, later): 1.0,
            (each.treatment, first): -1.0,
            (each.comparator, later): -1.0,
            (each.comparator, first): 1.0,
        }
        for each in plan.comparisons
    }
    lacking = {arm for c in plan.comparisons for arm in (c.treatment, c.comparator)} - set(fit.arms)
    if lacking:
        raise PlanError(f"{outcome}: no subject of {', '.join(sorted(lacking))} has every visit")
    estimates = tuple(fit.named_contrasts(weights, ("arm", "visit")))
    return SingleAnswer(estimates=estimates, covariance="")
