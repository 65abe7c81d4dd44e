"""An effect held against the smallest change that is worthwhile."""

from __future__ import annotations

from retrostats.analysis.types import Judgement, Verdict
from retrostats.data.codebook.types import Outcome
from retrostats.estimate import Estimate
from retrostats.instruments import Change
from retrostats.layout import percent

#: What "the interval" does, by verdict; "that size" is the smallest worthwhile change.
MEANINGS: dict[Verdict, str] = {
    "worthwhile": "holds only benefits of at least that size",
    "better, size unclear": "lies on the side of benefit and does not tell whether the benefit is "
    "that large",
    "better, less than worthwhile": "lies on the side of benefit and holds only benefits below "
    "that size",
    "unclear": "contains both no difference and a benefit of that size",
    "no worthwhile effect": "contains no difference and excludes both a benefit and a harm of "
    "that size",
    "no worthwhile benefit": "contains no difference, excludes a benefit of that size and does "
    "not exclude a harm of that size",
    "worse, less than worthwhile": "lies on the side of harm and holds only harms below that size",
    "worse, size unclear": "lies on the side of harm and does not tell whether the harm is that "
    "large",
    "worthwhile harm": "holds only harms of at least that size",
    "not judged": "was not judged",
}


def verdict_of(low: float, high: float, worthwhile: float) -> Verdict:
    """Say where an interval lies, in the direction of benefit.

    Parameters
    ----------
    low, high
        Limits, turned so that positive is benefit.
    worthwhile
        The smallest worthwhile difference, positive, in the same unit.

    Examples
    --------
    >>> verdict_of(0.2, 1.4, 2.0), verdict_of(-0.3, 2.5, 2.0)
    ('better, less than worthwhile', 'unclear')
    """
    if low > 0:
        return _sided(low, high, worthwhile)
    if high < 0:
        return _HARMS[_sided(-high, -low, worthwhile)]
    if high >= worthwhile:
        return "unclear"
    return "no worthwhile effect" if low > -worthwhile else "no worthwhile benefit"


_HARMS: dict[Verdict, Verdict] = {
    "worthwhile": "worthwhile harm",
    "better, size unclear": "worse, size unclear",
    "better, less than worthwhile": "worse, less than worthwhile",
}


def _sided(low: float, high: float, worthwhile: float) -> Verdict:
    """Judge an interval that lies on the side of benefit."""
    if low >= worthwhile:
        return "worthwhile"
    return "better, size unclear" if high >= worthwhile else "better, less than worthwhile"


def worthwhile_change(outcome: Outcome) -> Change | None:
    """Return the smallest worthwhile change: the one declared, else the instrument's first."""
    known = outcome.instrument.important()
    return outcome.smallest_change or (known[0] if known else None)


def judge(estimate: Estimate, outcome: Outcome, baseline_mean: float) -> Judgement:
    """Hold a difference between arms against the smallest worthwhile change.

    Parameters
    ----------
    estimate
        Treatment minus comparator, in the unit of the outcome.
    outcome
        Its direction and its changes.
    baseline_mean
        Mean of the outcome at baseline, of which a relative change is a fraction.
    """
    errors = outcome.instrument.error()
    detectable = next((c for c in errors if c.quantity.startswith("MDC")), None)
    change = worthwhile_change(outcome)
    if change is None:
        sentence = f"No smallest worthwhile change of {outcome.instrument.name} is on record."
        return Judgement(verdict="not judged", sentence=sentence, worthwhile=None, error=detectable)
    size = _size(change, baseline_mean)
    if not size > 0:
        sentence = (
            f"The smallest worthwhile change of {outcome.instrument.name} is a share of the mean "
            "at baseline, which is not positive here, so that nothing was judged."
        )
        return Judgement(verdict="not judged", sentence=sentence, worthwhile=None, error=detectable)
    low, high = sorted(outcome.instrument.sign * limit for limit in estimate.ci[:2])
    verdict = verdict_of(low, high, size)
    others = tuple(
        (other, verdict_of(low, high, other_size))
        for other in _alternatives(outcome)
        if (other_size := _size(other, baseline_mean)) > 0
    )
    sentence = (
        f"{estimate.label}: held against the smallest worthwhile change, "
        f"{_change_words(change, size, outcome)}, the {percent(estimate.ci.level)} interval "
        f"{MEANINGS[verdict]}."
    )
    for other, by_it in others:
        words = _change_words(other, _size(other, baseline_mean), outcome)
        sentence += f" By another value on record, {words}, it {MEANINGS[by_it]}."
    return Judgement(
        verdict=verdict,
        sentence=sentence,
        worthwhile=change,
        error=detectable,
        alternatives=others,
    )


def _size(change: Change, baseline_mean: float) -> float:
    return change.value if change.basis == "absolute" else change.value * baseline_mean


def _alternatives(outcome: Outcome) -> tuple[Change, ...]:
    """Return what else is on record; nothing where the trial has declared its own."""
    return () if outcome.smallest_change else outcome.instrument.important()[1:]


def _change_words(change: Change, size: float, outcome: Outcome) -> str:
    absolute = f"{size:.3g} {outcome.unit}"
    if change.basis == "relative":
        absolute = f"{100 * change.value:.3g}% of the mean at baseline, {absolute}"
    origin = "; ".join(text for text in (change.population, change.source) if text)
    return f"{absolute} ({change.quantity}{'; ' if origin else ''}{origin})"
