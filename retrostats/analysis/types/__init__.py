"""The answer to a planned analysis, and everything it rests on."""

from retrostats.analysis.types.contrasts import Judgement, PlannedContrast, Quantity, Verdict
from retrostats.analysis.types.endpoint import EndpointResult, ModelFacts
from retrostats.analysis.types.further import SensitivityRow, SubgroupResult, Unanswered
from retrostats.analysis.types.whole import Analysis

__all__ = [
    "Analysis",
    "EndpointResult",
    "Judgement",
    "ModelFacts",
    "PlannedContrast",
    "Quantity",
    "SensitivityRow",
    "SubgroupResult",
    "Unanswered",
    "Verdict",
]
