"""Effects carried from one scale to another, each with the assumptions it needs."""

from retrostats.effects.conversions.converting import convert_effect
from retrostats.effects.conversions.types import Converted

__all__ = ["Converted", "convert_effect"]
