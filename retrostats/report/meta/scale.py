"""A standardised effect in the unit of an instrument, held against what patients notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrostats.errors import DataError
from retrostats.estimate import Estimate, Interval
from retrostats.instruments import Change, Instrument
from retrostats.layout import decimals, number
from retrostats.report.analysis.words import interval_words, joined
from retrostats.report.analysis.worthwhile import change_words, origin_words

#: Unit of standardised effects over the SD of scores.
_SD = "SD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """An instrument, and the SD of scores that a standardised effect is multiplied by.

    Attributes
    ----------
    instrument
        From the catalogue.
    sd
        In its unit; an assumption of whoever asks. ``None`` where the estimates are in its unit
        already.
    """

    instrument: Instrument
    sd: float | None = None

    def __post_init__(self) -> None:
        if self.sd is not None and not 0 < self.sd < self.instrument.high - self.instrument.low:
            raise DataError(
                f"an SD of {self.sd:g} {self.instrument.unit} is none that {self.instrument.name} "
                "can have; give the SD of its scores, in its unit"
            )


def in_points(estimate: Estimate, scale: Scale) -> Estimate | None:
    """Return an effect in the unit of an instrument; ``None`` where its scale does not tell how.

    Parameters
    ----------
    estimate
        In SD, or in the unit of the instrument.
    scale
        The SD is multiplied as if it were known exactly.
    """
    if estimate.unit == scale.instrument.unit:
        return estimate
    if estimate.unit != _SD or scale.sd is None:
        return None
    low, high, level = estimate.ci
    return replace(
        estimate,
        value=estimate.value * scale.sd,
        se=estimate.se * scale.sd,
        ci=Interval(low * scale.sd, high * scale.sd, level),
        unit=scale.instrument.unit,
    )


def points_words(estimate: Estimate, scale: Scale) -> str:
    """Say what an effect is in the unit of an instrument, and against a worthwhile change.

    Parameters
    ----------
    estimate, scale
        As in `in_points`.
    """
    instrument = scale.instrument
    told = in_points(estimate, scale)
    if told is None:
        return (
            f"The effect is in {estimate.unit or 'no unit'}; without the SD of scores on "
            f"{instrument.name} it cannot be told in {instrument.unit}."
        )
    parts = []
    if scale.sd is not None and estimate.unit == _SD:
        places = decimals(scale.sd, 2)
        parts.append(
            f"On {instrument.name}, if the SD of its scores is {number(scale.sd, places)} "
            f"{instrument.unit} (an assumption), that is {interval_words(told)}."
        )
    changes = [each for each in instrument.important() if each.basis == "absolute"]
    if not changes:
        parts.append(f"No worthwhile change in {instrument.unit} is on record for it.")
    else:
        parts += _held(told, changes, instrument)
    return " ".join(parts)


def _held(told: Estimate, changes: list[Change], instrument: Instrument) -> Iterator[str]:
    """Yield the worthwhile changes, and where the interval lies to the first of them."""
    sizes = [f"{change_words(each, instrument.unit)} ({origin_words(each)})" for each in changes]
    yield f"Worthwhile changes on record: {joined(sizes)}."
    first = changes[0]
    sign = instrument.sign
    low, high = sorted(sign * limit for limit in told.ci[:2])
    if low >= first.value:
        words = "lies wholly beyond it as a benefit"
    elif high < first.value:
        words = "does not reach it"
    else:
        words = "reaches from below it to beyond it, so that the trials do not settle it"
    yield f"Held against the first of them, the interval {words}."
    yield "These changes are those of single people; a difference of means is another quantity."
