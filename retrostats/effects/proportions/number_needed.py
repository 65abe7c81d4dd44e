"""How many must be treated for one more to benefit, with an interval that may pass infinity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from retrostats.effects.arguments import require_kind
from retrostats.effects.paired_t import SD_OF_CHANGE
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence, number, percent

#: Whether the event that the risks count is what a patient hopes for.
Events = Literal["benefit", "harm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberNeededToTreat(ShownAsSentence):
    """How many must be treated for one more to benefit, or to be harmed.

    Attributes
    ----------
    label
        E.g. ``"retro - control"``.
    risk_difference
        What it is the reciprocal of.
    value
        ``1 / risk_difference``: positive for benefit, negative for harm, infinite at no difference.
        Where the events are harms, ``-1 / risk_difference``.
    events
        ``"benefit"`` (responders) or ``"harm"`` (falls, withdrawals).
    """

    label: str
    risk_difference: Estimate
    value: float
    events: Events = "benefit"

    @property
    def limits(self) -> tuple[float, float]:
        """The numbers at the limits of the risk difference, the better one for patients first.

        Positive for benefit, negative for harm. Where the signs differ, the interval runs from
        the first up to infinity, and from minus infinity up to the second.
        """
        low, high, _ = self.risk_difference.ci
        worst, best = (low, high) if self.events == "benefit" else (-high, -low)
        # A limit at 0 belongs to the side on which the rest of the interval lies.
        return _reciprocal(best, at_zero=-math.inf), _reciprocal(worst, at_zero=math.inf)

    @property
    def through_infinity(self) -> bool:
        """Whether the interval holds both benefit and harm."""
        best, worst = self.limits
        return best > 0 > worst

    def text(self, places: int = 1) -> str:
        """Return the number and its interval in the words of Altman (1998).

        NNTB is the number needed to treat for one more to benefit, NNTH for one more to be
        harmed. Nothing is rounded up.

        Parameters
        ----------
        places
            Decimals.

        References
        ----------
        .. [1] Altman DG (1998). BMJ 317, 1309-1312. doi:10.1136/bmj.317.7168.1309

        Examples
        --------
        >>> from retrostats.effects.proportions import risk_difference
        >>> number_needed_to_treat(risk_difference(15, 20, 8, 20)).text()
        'NNTB 2.9 (95% CI 1.7 to 22.5)'
        >>> number_needed_to_treat(risk_difference(12, 20, 9, 20)).text()
        'NNTB 6.7 (95% CI NNTB 2.4 to infinity to NNTH 6.8)'
        """
        level = percent(self.risk_difference.ci.level)
        return f"{_side(self.value, places)} ({level} CI {self._interval(places)})"

    def _interval(self, places: int) -> str:
        best, worst = self.limits
        if self.through_infinity:
            ends = (best, worst) if self.value > 0 else (worst, best)
            first, last = (_side(end, places) for end in ends)
            return f"{first} to infinity to {last}"
        low, high = sorted((abs(best), abs(worst)))
        return f"{_size(low, places)} to {_size(high, places)}"

    def __str__(self) -> str:
        return f"{self.label}: {self.text()}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; an infinite number becomes ``None``."""
        best, worst = (x if math.isfinite(x) else None for x in self.limits)
        return {
            "label": self.label,
            "value": self.value if math.isfinite(self.value) else None,
            "best": best,
            "worst": worst,
            "through_infinity": self.through_infinity,
            "level": self.risk_difference.ci.level,
            "events": self.events,
            "text": self.text(),
        }


def number_needed_to_treat(
    difference: Estimate, *, label: str = "", events: Events = "benefit"
) -> NumberNeededToTreat:
    """Turn a risk difference into the number needed to treat.

    Use it when readers decide for patients like those of the trial and over its follow-up; not for
    pooling, and not alone where its interval passes infinity: `risk_difference` has an ordinary
    interval.

    Parameters
    ----------
    difference
        Of two risks, treated minus control, as a fraction: from
        `risk_difference` or from a model.
    label
        What a reader sees; by default that of the difference.
    events
        ``"benefit"`` where the event is what patients hope for (a response), so that a positive
        difference is benefit; ``"harm"`` where it is what they fear.

    Returns
    -------
    NumberNeededToTreat
        Infinite where there is no difference. It holds for the follow-up of the trial, its
        comparator and its patients' risk.

    Raises
    ------
    ValueError
        If the difference is in SDs or not between -1 and 1, or ``events`` is another word.

    References
    ----------
    .. [1] Altman DG (1998). BMJ 317, 1309-1312. doi:10.1136/bmj.317.7168.1309

    Examples
    --------
    >>> from retrostats.effects.proportions import risk_difference
    >>> falls = risk_difference(2, 20, 7, 20, label="falls")
    >>> print(number_needed_to_treat(falls, events="harm"))
    falls: NNTB 4.0 (95% CI NNTB 2.1 to infinity to NNTH 79.9)
    """
    if events not in ("benefit", "harm"):
        raise ValueError(f"events must be 'benefit' or 'harm', got {events!r}")
    hint = "Make one by risk_difference()."
    require_kind("difference", difference, Estimate, hint)
    if difference.unit in ("SD", SD_OF_CHANGE, "log ratio"):
        way = " convert_effect() leads from SDs to a number needed to treat."
        raise ValueError(
            f"{difference.label}: {difference.value:.3g} {difference.unit} is no difference of "
            f"risks. {hint}{'' if difference.unit == SD_OF_CHANGE else way}"
        )
    if not -1 <= difference.value <= 1:
        raise ValueError(
            f"{difference.label}: a risk difference lies between -1 and 1, got "
            f"{difference.value}. Divide percentage points by 100."
        )
    benefit = difference.value if events == "benefit" else -difference.value
    return NumberNeededToTreat(
        label=label or difference.label,
        risk_difference=difference,
        value=_reciprocal(benefit, at_zero=math.inf),
        events=events,
    )


def _reciprocal(benefit: float, *, at_zero: float) -> float:
    return 1 / benefit if benefit else at_zero


def _side(value: float, places: int) -> str:
    if math.isinf(value):
        return "NNT infinite"
    return f"{'NNTB' if value > 0 else 'NNTH'} {_size(abs(value), places)}"


def _size(value: float, places: int) -> str:
    return "infinity" if math.isinf(value) else number(value, places)
