"""The closed form that stands beside a simulated curve."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.power.simulated.result import SimulatedPower


def closed_powers(points: Sequence[SimulatedPower]) -> tuple[str, tuple[float, ...]]:
    """Return the name of a closed form and its powers; nothing where none describes the plan."""
    return "", ()
