"""Risks, their differences and ratios, and how many must be treated."""

from retrostats.effects.proportions.differences import risk_difference
from retrostats.effects.proportions.number_needed import (
    NumberNeededToTreat,
    number_needed_to_treat,
)
from retrostats.effects.proportions.ratios import odds_ratio, risk_ratio
from retrostats.effects.proportions.single import Proportion, proportion, wilson_limits
from retrostats.effects.ratio import Ratio

__all__ = [
    "NumberNeededToTreat",
    "Proportion",
    "Ratio",
    "number_needed_to_treat",
    "odds_ratio",
    "proportion",
    "risk_difference",
    "risk_ratio",
    "wilson_limits",
]
