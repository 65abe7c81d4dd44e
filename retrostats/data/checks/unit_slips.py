"""Which values fit their neighbours only after a change of unit, such as cm among mm.

A value is called a slip where all of this holds: it lies far from the median of its arm and, by
the spread that subjects of this file have between visits, far from the other visits of its
subject; multiplied by a factor between two units it lies close to both; and it stands apart, with
no value nearby that the factor would not explain. The last keeps the rule quiet on scales where
people reach the floor.

On a scale with two ends, people can recover at once and fully: 70, 60, 5 is no slip of 50. There a
value that is better than it should be must be followed by one that is not, and a worse one preceded
by one that is not. Pounds among kilograms (2.2) are not searched: strength differs by as much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.checks.evidence import Evidence, Grid
from retrostats.data.checks.neighbours import arm_medians, other_visits, visit_spread
from retrostats.data.checks.quantities import Quantity
from retrostats.data.cohort.cells import Flags, Integers
from retrostats.data.cohort.matching import plain
from retrostats.instruments import Instrument

#: A corrected value lies within this ratio of the other visits of its subject ...
NEAR = 1.6
#: ... and within this many spreads; the value itself lies at least `FAR` spreads away.
NEAR_SPREADS, FAR = 3.0, 4.0
#: A corrected value lies within this ratio of the median of its arm.
TYPICAL = 4.0
#: Without another visit of the subject the arm alone must decide, and it decides more strictly.
TYPICAL_ALONE, FAR_ALONE = 2.0, 6.0
#: A slip stands apart by this ratio from every value that the factor does not explain.
APART = 1.5
#: Values of one outcome that are needed before its spread means anything.
ENOUGH = 10
#: A scale must be this long before a tenth of a value is a likely slip.
LONG_SCALE = 50.0
#: Units of scales.
SCALE_UNITS = frozenset({"", "mm", "cm", "point", "points", "%"})


class Factor(NamedTuple):
    """What a value is multiplied by, and what that means."""

    by: float
    words: str


class Slip(NamedTuple):
    """One value that looks like a slip: its cell, and what it would be."""

    entry: int
    corrected: float
    typical: float
    words: str
    compared: str


def factors(instrument: Instrument) -> tuple[Factor, ...]:
    """Return the changes of unit that are common for an instrument.

    Examples
    --------
    >>> from retrostats.instruments import Instrument
    >>> vas = Instrument(id="vas", name="VAS", measures="pain", low=0, high=100, unit="mm",
    ...                  better="lower")
    >>> [factor.by for factor in factors(vas)]
    [10.0]
    """
    unit = instrument.unit.casefold()
    if is_scale(instrument):
        return (_times(10),) if instrument.high - instrument.low >= LONG_SCALE else ()
    steps = [10, 100, 1000] if instrument.low >= 0 else []
    both = [f for step in steps for f in (_times(step), _divided(step))]
    if unit in {"n", "kg", "kgf", "kp"} or unit.startswith(("n/", "kg/")):
        both = [_times(9.81), _divided(9.81), *both]  # before 10, which explains the same values
    return tuple(both)


def is_scale(instrument: Instrument) -> bool:
    """Return whether an instrument is a scale with two ends rather than a measurement."""
    return math.isfinite(instrument.high) and instrument.unit.casefold() in SCALE_UNITS


def slips(evidence: Evidence, quantity: Quantity) -> tuple[Slip, ...]:
    """Return the values of an outcome that look like slips of the unit, in the order of the file.

    Parameters
    ----------
    evidence
        The file; only sound values are judged.
    quantity
        An outcome of it.
    """
    arm = evidence.facts.get(("arm", "arm"))
    if arm is None:
        return ()
    instrument = evidence.codebook.outcome(quantity.name).instrument
    return find_slips(evidence.grid(quantity), arm.values, instrument)


def find_slips(grid: Grid, arms: Floats, instrument: Instrument) -> tuple[Slip, ...]:
    """Return the values of a grid that look like slips of the unit, in the order of the file.

    Parameters
    ----------
    grid
        An outcome by subject and visit.
    arms
        Position of the arm of each subject, NaN where unknown, shape ``(s,)``.
    instrument
        Range and unit of the outcome.
    """
    if np.count_nonzero(grid.values > 0) < ENOUGH:
        return ()
    found: dict[int, Slip] = {}
    centre = arm_medians(grid.values, arms)
    for factor in factors(instrument):
        for slip in _slips_by(grid, centre, factor, instrument):
            inside = instrument.low <= slip.corrected <= instrument.high
            if inside and (not instrument.whole or slip.corrected.is_integer()):
                found.setdefault(slip.entry, slip)
    return tuple(found[entry] for entry in sorted(found))


def explain_outside(value: float, typical: float, instrument: Instrument) -> str:
    """Return the change of unit that makes a value outside the range typical; nothing if none.

    Examples
    --------
    >>> from retrostats.instruments import Instrument
    >>> speed = Instrument(id="v", name="Gait speed", measures="gait", low=0, high=5, unit="m/s",
    ...                    better="higher")
    >>> explain_outside(112.0, 1.2, speed)
    'divided by 100 it would be 1.12'
    """
    if not (value > 0 and typical > 0):
        return ""
    for step in (10, 100, 1000):
        for factor in (_times(step), _divided(step)):
            corrected = value * factor.by
            inside = instrument.low <= corrected <= instrument.high
            if inside and abs(math.log(corrected / typical)) <= math.log(TYPICAL_ALONE):
                return f"{factor.words} it would be {plain(float(f'{corrected:.4g}'))}"
    return ""


def _slips_by(grid: Grid, centre: Floats, factor: Factor, instrument: Instrument) -> Iterator[Slip]:
    values = grid.values
    root = math.sqrt(factor.by) if factor.by > 1 else 1 / math.sqrt(1 / factor.by)
    beyond = values * root < centre if factor.by > 1 else values * root > centre
    subjects, visits = np.nonzero(beyond & (values > 0))
    if not len(subjects):
        return
    gap, ratio = visit_spread(values)
    spread = (gap if is_scale(instrument) else math.nan, ratio)
    others = other_visits(values, subjects, visits)
    value, typical = values[subjects, visits], centre[subjects, 0]
    explained = _explained(value, others, typical, factor, spread)
    if is_scale(instrument):
        low_is_better = instrument.better == "lower"
        explained &= _returns(values, (subjects, visits), factor, low_is_better == (factor.by > 1))
    for at in np.flatnonzero(explained & _apart(values, value, explained, (subjects, visits))):
        alone = math.isnan(others[at])
        yield Slip(
            entry=int(grid.entries[subjects[at], visits[at]]),
            corrected=float(f"{value[at] * factor.by:.4g}"),
            typical=float(f"{typical[at] if alone else others[at]:.4g}"),
            words=factor.words,
            compared="in the arm of the subject" if alone else "at the other visits of the subject",
        )


def _explained(
    value: Floats, others: Floats, typical: Floats, factor: Factor, spread: tuple[float, float]
) -> Flags:
    """Return which values a factor brings where they belong, and which lie far from it now."""
    gap, ratio = (part if part > 0 else math.nan for part in spread)  # NaN asks nothing
    corrected = value * factor.by
    off_arm = np.abs(np.log(corrected / typical))
    near = np.abs(np.log(corrected / others)) <= math.log(NEAR)
    near &= ~(np.abs(corrected - others) > NEAR_SPREADS * gap)
    far = ~(np.abs(value - others) < FAR * gap)
    far &= ~(np.abs(np.log(value / others)) < FAR * ratio)
    beside = near & far & (off_arm <= math.log(TYPICAL))
    alone = np.isnan(others) & (off_arm <= math.log(TYPICAL_ALONE))
    alone &= np.abs(np.log(value / typical)) > math.log(FAR_ALONE)
    alone &= max(factor.by, 1 / factor.by) >= 100
    result: Flags = beside | alone
    return result


def _returns(
    values: Floats, where: tuple[Integers, Integers], factor: Factor, improved: bool
) -> Flags:
    """Return which better values are followed, and worse ones preceded, by one near to corrected.

    Parameters
    ----------
    values
        Shape ``(s, v)``.
    where
        Subjects and visits of the values in question, shape ``(m,)`` each.
    factor
        What corrects them.
    improved
        Whether the values are better than they should be.
    """
    subjects, visits = where
    place = np.arange(values.shape[1])
    beside = place > visits[:, None] if improved else place < visits[:, None]
    rest = np.where(beside & (values[subjects] > 0), values[subjects], np.nan)
    gap = np.abs(np.log(values[subjects, visits] * factor.by)[:, None] - np.log(rest))
    near: Flags = (gap <= math.log(NEAR)).any(axis=1)
    return near


def _apart(
    values: Floats, value: Floats, explained: Flags, where: tuple[Integers, Integers]
) -> Flags:
    """Return which values no other value lies near, the explained ones apart."""
    rest = values.copy()
    rest[where[0][explained], where[1][explained]] = np.nan
    held = np.sort(rest[rest > 0])
    if not len(held):
        return np.zeros(len(value), dtype=bool)
    low = np.searchsorted(held, value / APART)
    high = np.searchsorted(held, value * APART, side="right")
    beyond = np.where(value < np.median(held), high, len(held) - low)
    apart: Flags = beyond == 0
    return apart


def _times(step: float) -> Factor:
    return Factor(float(step), f"multiplied by {plain(step)}")


def _divided(step: float) -> Factor:
    return Factor(1.0 / step, f"divided by {plain(step)}")
