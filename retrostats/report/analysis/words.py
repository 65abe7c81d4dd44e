"""Words of the analysis report: effects as sentences, arms, and what a direction means."""

from __future__ import annotations

from collections.abc import Iterable

from retrostats.analysis.judging import MEANINGS
from retrostats.analysis.types import Analysis, EndpointResult, PlannedContrast
from retrostats.data.codebook.types import Codebook, Outcome
from retrostats.estimate import Estimate
from retrostats.layout import decimals, number, p_number, p_sentence, percent
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM
from retrostats.plan.words import quantity

#: Methods of estimation in words.
_METHODS = {"reml": "restricted maximum likelihood", "ml": "maximum likelihood"}


def arm_names(codebook: Codebook) -> dict[str, str]:
    """Return the words for readers by label of the arm."""
    return {arm.label: arm.name for arm in codebook.arms}


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and its noun, e.g. ``"1 subject"`` or ``"3 subjects"``."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def joined(parts: Iterable[str]) -> str:
    """Return parts as a list within a sentence.

    Examples
    --------
    >>> joined([]), joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('', 'a', 'a and b', 'a, b and c')
    """
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def sentence(text: str) -> str:
    """Return a clause as a sentence: a capital first, a full stop last."""
    text = text.strip()
    closed = text if text.endswith((".", "!", "?")) else f"{text}."
    return closed[:1].upper() + closed[1:]


def places_of(estimate: Estimate) -> int:
    """Return the decimals of an estimate in a sentence: two digits of its standard error."""
    low, high, _ = estimate.ci
    scale = estimate.se if estimate.se > 0 else high - low
    return decimals(scale, 2)


def interval_words(estimate: Estimate) -> str:
    """Return value and interval, e.g. ``"-1.40 points (95% CI -2.21 to -0.59)"``."""
    places = places_of(estimate)
    low, high, level = estimate.ci
    unit = f" {estimate.unit}" if estimate.unit else ""
    ends = f"{number(low, places)} to {number(high, places)}"
    return f"{number(estimate.value, places)}{unit} ({percent(level)} CI {ends})"


def benefit_words(outcome: Outcome) -> str:
    """Say which direction of an outcome and of its differences is benefit."""
    sign = "negative" if outcome.instrument.better == "lower" else "positive"
    return (
        f"{outcome.instrument.better} values are better, so that a {sign} difference "
        "(treatment minus comparator) is a benefit of the treatment"
    )


def span_words(estimate: Estimate, outcome: Outcome) -> str:
    """Say from where to where an interval reaches, as benefit and harm of the treatment.

    Parameters
    ----------
    estimate
        Treatment minus comparator.
    outcome
        Its direction and unit.
    """
    places = places_of(estimate)
    ends = sorted((outcome.instrument.sign * limit for limit in estimate.ci[:2]), reverse=True)
    best, worst = (_side(end, places, outcome.unit) for end in ends)
    return f"from {best} to {worst}"


def _side(benefit: float, places: int, unit: str) -> str:
    size = number(abs(benefit), places)
    if not float(size):
        return "no difference"
    return f"{'a benefit' if benefit > 0 else 'a disadvantage'} of {size} {unit}".rstrip()


def p_words(contrast: PlannedContrast, method: str) -> str:
    """Return p, and the adjusted p where the plan adjusts, e.g. ``"p = 0.02, adjusted p ..."``."""
    plain = p_sentence(contrast.estimate.p)
    if contrast.adjusted_p is None:
        return plain
    adjusted = p_number(contrast.adjusted_p)
    sign = "" if adjusted.startswith("<") else "= "
    return f"{plain}; adjusted p {sign}{adjusted} ({method})"


def method_words(analysis: Analysis) -> str:
    """Return the multiplicity method within a bracket, e.g. ``"Holm"``."""
    return {"none": "", "holm": "Holm", "hierarchical": "fixed order"}[
        analysis.plan.multiplicity.method
    ]


def measure_words(outcome: Outcome) -> str:
    """Return an outcome with its instrument, e.g. ``"Pain (NRS 0-10)"``."""
    name = outcome.instrument.name
    return outcome.label if name == outcome.label else f"{outcome.label} ({name})"


def endpoint_words(result: EndpointResult) -> str:
    """Return an endpoint in words, e.g. ``"Pain (NRS 0-10), week 6"``."""
    return f"{measure_words(result.outcome)}, {result.visit.label}"


def worthwhile_words(contrast: PlannedContrast, outcome: Outcome) -> str:
    """Return the smallest worthwhile change as a sentence, without its source."""
    change = contrast.judgement.worthwhile
    if change is None:
        return f"No smallest worthwhile change of {outcome.instrument.name} is on record."
    if change.basis == "absolute":
        return f"The smallest worthwhile change is {quantity(change.value, outcome.unit)}."
    return f"The smallest worthwhile change is {100 * change.value:.3g}% of the mean at baseline."


def judged_words(contrast: PlannedContrast) -> str:
    """Return what the interval means against the smallest worthwhile change, as a clause."""
    return f"the interval {MEANINGS[contrast.judgement.verdict]}"


def covariance_words(name: str) -> str:
    """Return a covariance structure in words; one that has none keeps its name."""
    return COVARIANCES.get(name, name)


def estimation_words(name: str) -> str:
    """Return a method of estimation in words; one that has none keeps its name."""
    return _METHODS.get(name, name)


def df_words(name: str) -> str:
    """Return a method of degrees of freedom in words; one that has none keeps its name."""
    return DEGREES_OF_FREEDOM.get(name, name)
