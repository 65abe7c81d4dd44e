"""The scale of an outcome: as the trial's file says, completed from the catalogue."""

from __future__ import annotations

import math

from retrostats.analysis.designing.case import DesignCase, Notes
from retrostats.data.instrument_catalogue import load_instruments
from retrostats.data.published import Outcome
from retrostats.instruments import Instrument
from retrostats.power.design.fields import MeasurementScale


def scale_of(case: DesignCase, notes: Notes) -> MeasurementScale | None:
    """Return the scale of the outcome; ``None`` where neither ends nor steps are on file."""
    outcome, known = case.outcome, catalogued(case.outcome)
    low, high = outcome.low, outcome.high
    if known is not None:
        low = known.low if low is None else low
        high = known.high if high is None else high
    step = 1 / outcome.items if outcome.integer else None
    if step is None and known is not None and known.whole:
        step = 1.0
    if low is None and high is None and step is None:
        notes.route.append("Scale: neither ends nor steps are on file; any score can occur.")
        return None
    low = -math.inf if low is None else low
    high = math.inf if high is None else high
    source = f" and {known.name} in the catalogue of instruments" if known else ""
    notes.route.append(f"Scale: trial.toml of {case.trial.id}{source}.")
    return MeasurementScale(low=low, high=high, step=step)


def catalogued(outcome: Outcome) -> Instrument | None:
    """Return the instrument of the catalogue with the name, the unit and the ends of an outcome."""
    asked = outcome.instrument.casefold()
    for known in load_instruments().values():
        same = asked in (known.id.casefold(), known.id.replace("_", " "), known.name.casefold())
        ends = outcome.low in (None, known.low) and outcome.high in (None, known.high)
        if same and ends and outcome.unit in ("", known.unit):
            return known
    return None
