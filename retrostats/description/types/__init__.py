"""What a trial looks like before any model, in the shapes that tables and figures show."""

from retrostats.description.types.agreement import Agreement
from retrostats.description.types.changes import ChangeCounts, IndividualChanges
from retrostats.description.types.distributions import Distribution
from retrostats.description.types.flow import ArmFlow, Counts, Flow
from retrostats.description.types.groups import CountCell, NumberCell
from retrostats.description.types.missingness import MissingPattern, MissingPatterns
from retrostats.description.types.residuals import ResidualDiagnostics
from retrostats.description.types.responders import (
    ArmResponders,
    ImprovementCurve,
    ResponderComparison,
    ResponderTable,
)
from retrostats.description.types.trial import (
    AdherenceRow,
    BaselineRow,
    BaselineTable,
    VisitSummary,
)

__all__ = [
    "AdherenceRow",
    "Agreement",
    "ArmFlow",
    "ArmResponders",
    "BaselineRow",
    "BaselineTable",
    "ChangeCounts",
    "CountCell",
    "Counts",
    "Distribution",
    "Flow",
    "ImprovementCurve",
    "IndividualChanges",
    "MissingPattern",
    "MissingPatterns",
    "NumberCell",
    "ResidualDiagnostics",
    "ResponderComparison",
    "ResponderTable",
    "VisitSummary",
]
