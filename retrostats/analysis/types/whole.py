"""A trial analysed by its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.analysis.display import analysis_html, analysis_text, contrast_frame
from retrostats.analysis.types.endpoint import EndpointResult
from retrostats.analysis.types.further import SensitivityRow, SubgroupResult, Unanswered
from retrostats.data.cohort.types import Cohort
from retrostats.description.types import (
    AdherenceRow,
    BaselineTable,
    Flow,
    ImprovementCurve,
    ResponderTable,
    VisitSummary,
)
from retrostats.estimate import Estimate
from retrostats.plan.types import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd


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

    Examples
    --------
    >>> from dataclasses import replace
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> plan = replace(rs.read_plan(folder / "plan.toml"), secondary=(), sensitivity=())
    >>> analysis = rs.analyse(cohort, plan)
    >>> print(analysis.answer)
    retro - control: -0.797 points (95% CI -1.44 to -0.157), df 54.9
    >>> for row in analysis.tidy().head(3).itertuples():
    ...     print(row.outcome, row.label, row.verdict, sep=": ")
    pain: retro - control: better, less than worthwhile
    pain: forward - control: no worthwhile effect
    pain: retro - forward: no worthwhile effect
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
