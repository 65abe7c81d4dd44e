"""Words of the analysis report: effects as sentences, arms, and what a direction means."""

from __future__ import annotations

from collections.abc import Iterable

from retrostats.analysis.types import Analysis, EndpointResult, PlannedContrast
from retrostats.data.codebook.types import Codebook, Outcome
from retrostats.estimate import Estimate
from retrostats.layout import decimals, number, p_number, p_sentence, percent
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM
from retrostats.plan.words import instrument_words
from retrostats.tables.cells import enough_places

_BASELINE = "baseline of the outcome"

#: Degrees of freedom of models that have no choice of them, in words.
_DF = {
    "HC2": "residual degrees of freedom and HC2 heteroscedasticity-consistent standard errors",
    "HC3": "residual degrees of freedom and HC3 heteroscedasticity-consistent standard errors",
    "Greenhouse-Geisser": (
        "degrees of freedom of subjects minus arms, and F tests within subjects Greenhouse and "
        "Geisser's correction"
    ),
}

#: Methods of estimation in words.
_METHODS = {
    "reml": "restricted maximum likelihood (REML)",
    "ml": "maximum likelihood",
    "ols": "ordinary least squares",
}


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


def total(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the sum of the counts of each reason, in order of appearance.

    Examples
    --------
    >>> total([("moved", 1), ("ill", 2), ("moved", 3)])
    {'moved': 4, 'ill': 2}
    """
    sums: dict[str, int] = {}
    for reason, count in parts:
        sums[reason] = sums.get(reason, 0) + count
    return sums


def sentence(text: str) -> str:
    """Return a clause as a sentence: a capital first, a full stop last."""
    text = text.strip()
    closed = text if text.endswith((".", "!", "?")) else f"{text}."
    return closed[:1].upper() + closed[1:]


def places_of(estimate: Estimate) -> int:
    """Return the decimals of an estimate in words: two digits of its standard error.

    A limit that is not 0 is not written as 0 where the interval excludes 0: it gets more digits,
    so that the interval does not seem to contradict its p.
    """
    low, high, _ = estimate.ci
    scale = estimate.se if estimate.se > 0 else high - low
    return enough_places(estimate, decimals(scale, 2))


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
    plain = _p_told(contrast.estimate)
    if contrast.adjusted_p is None:
        return plain
    return f"{plain}; adjusted {p_sentence(contrast.adjusted_p)} ({method})"


def _p_told(estimate: Estimate) -> str:
    """Return p, with one more digit where it rounds to what the level of the interval leaves."""
    left = 1 - estimate.ci.level
    if p_number(estimate.p) == p_number(left) and f"{estimate.p:.4f}" != f"{left:.4f}":
        return f"p = {estimate.p:.4f}"
    return p_sentence(estimate.p)


def method_words(analysis: Analysis) -> str:
    """Return the multiplicity method within a bracket, e.g. ``"Holm"``."""
    return {"none": "", "holm": "Holm", "hierarchical": "fixed order"}[
        analysis.plan.multiplicity.method
    ]


def measure_words(outcome: Outcome) -> str:
    """Return an outcome with its instrument, e.g. ``"Pain (NRS 0-10)"``."""
    name = outcome.instrument.name
    return (
        outcome.label
        if name.casefold() == outcome.label.casefold()
        else f"{outcome.label} ({name})"
    )


def measured_words(outcome: Outcome) -> str:
    """Return an outcome with its instrument and unit, e.g. ``"Pain (NRS 0-10, points)"``."""
    told = instrument_words(outcome)
    return f"{outcome.label} ({told})" if told else outcome.label


def endpoint_words(result: EndpointResult) -> str:
    """Return an endpoint in words, e.g. ``"Pain (NRS 0-10), week 6"``."""
    return f"{measure_words(result.outcome)}, {result.visit.label}"


def quantity_words(result: EndpointResult) -> str:
    """Return what several contrasts are of, e.g. ``"adjusted mean differences"``."""
    return result.quantity.replace("difference", "differences", 1)


def population_words(analysis: Analysis) -> str:
    """Return whose data are described and analysed, e.g. ``"all randomised subjects"``."""
    if analysis.plan.population.kind == "all randomised":
        return "all randomised subjects"
    return "the per-protocol population"


def f_words(numerator: float, denominator: float, statistic: float) -> str:
    """Return an F test without its p, e.g. ``"F(1, 52.0) = 3.24"``."""
    whole = number(numerator, 0 if float(numerator).is_integer() else 1)
    return f"F({whole}, {number(denominator, 1)}) = {number(statistic, 2)}"


def term_words(term: str, codebook: Codebook) -> str:
    """Return a term of a model in the words of the codebook, e.g. ``"arm by visit"``."""
    labels = {covariate.name: covariate.label for covariate in codebook.covariates}
    labels |= {"baseline": _BASELINE, "center(baseline)": _BASELINE}
    return " by ".join(labels.get(name, name) for name in term.split(":"))


def covariance_words(name: str) -> str:
    """Return a covariance structure in words; one that has none keeps its name."""
    return COVARIANCES.get(name, name)


def estimation_words(name: str) -> str:
    """Return a method of estimation in words; one that has none keeps its name."""
    return _METHODS.get(name, name)


def df_words(name: str) -> str:
    """Return a method of degrees of freedom in words; one that has none keeps its name."""
    return _DF.get(name) or DEGREES_OF_FREEDOM.get(name, name)
