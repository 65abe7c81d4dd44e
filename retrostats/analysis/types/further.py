"""Sensitivity analyses, subgroups, and what has no answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from retrostats.analysis.showing import subgroup_html
from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import ShownAsFields
from retrostats.missing.results import MissingEstimate
from retrostats.missing.tipping_result import TippingPoint
from retrostats.plan.types import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityRow(ShownAsFields):
    """The primary contrast under another analysis, or why there is none.

    Attributes
    ----------
    label, comparison
        The analysis, and the arms.
    estimate
        ``None`` where it could not be made, and for a tipping point.
    subjects
        Those of the two arms that the model uses.
    note
        What differs from the plan: population, model, the covariance that was used in place of
        a planned one, caveats of the fit; how many outcomes were filled in, and how.
    missing
        Of an analysis that fills in missing outcomes, all that it gave.
    tipping
        Of a search for the tipping point, what it found; the row then has no estimate.
    """

    label: str
    comparison: str
    estimate: Estimate | None
    subjects: int
    note: str
    missing: MissingEstimate | None = None
    # Its grids are arrays, which have no one equality; the note holds what it found.
    tipping: TippingPoint | None = field(default=None, compare=False)


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

    def _repr_html_(self) -> str:
        return subgroup_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered(ShownAsFields):
    """A secondary endpoint whose planned model could not be fitted, and why."""

    endpoint: Endpoint
    reason: str
