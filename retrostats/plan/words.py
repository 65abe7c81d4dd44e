"""Parts of the sentences that a plan is told in."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.data.codebook.types import Codebook, Outcome
from retrostats.plan.types import Endpoint, ResponderPlan, Subgroup


def listed(parts: Sequence[str]) -> str:
    """Return parts as an enumeration, divided by semicolons where a part has its own commas.

    Examples
    --------
    >>> listed(["age", "sex", "grade"])
    'age, sex and grade'
    >>> listed(["one, or two", "three"])
    'one, or two; and three'
    """
    if len(parts) < 2:
        return "".join(parts)
    if any("," in part for part in parts):
        return "; ".join(parts[:-1]) + "; and " + parts[-1]
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def amount(value: float) -> str:
    """Return a number of a plan without digits that floats add.

    Examples
    --------
    >>> amount(100 * 0.29), amount(2.0)
    ('29', '2')
    """
    return f"{value:.10g}"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit; one point is no points.

    Examples
    --------
    >>> quantity(1, "points"), quantity(-1, "points"), quantity(2, "points"), quantity(5, "N")
    ('1 point', '-1 point', '2 points', '5 N')
    """
    return with_unit(amount(value), unit)


def with_unit(written: str, unit: str) -> str:
    """Return a number as it is written, with its unit; an exact one has a singular.

    Examples
    --------
    >>> with_unit("1", "points"), with_unit("-1", "degrees"), with_unit("1.00", "points")
    ('1 point', '-1 degree', '1.00 points')
    >>> with_unit("1", "s"), with_unit("1", "mm"), with_unit("0.5", "")
    ('1 s', '1 mm', '0.5')
    """
    # A unit as short as "s" is no plural.
    word = unit.isalpha() and len(unit) > 3 and unit.endswith("s") and not unit.endswith("ss")
    singular = unit[:-1] if word and written in ("1", "-1") else unit
    return f"{written} {singular}".strip()


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and its noun.

    Examples
    --------
    >>> counted(1, "visit"), counted(1200, "trial"), counted(2, "study", "studies")
    ('1 visit', '1,200 trials', '2 studies')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def instrument_words(outcome: Outcome) -> str:
    """Return what an outcome is measured with and in, each said once.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> vas, koos = Some(name="VAS 0-100 mm"), Some(name="KOOS Pain")
    >>> instrument_words(Some(label="Pain", instrument=vas, unit="mm"))
    'VAS 0-100 mm'
    >>> instrument_words(Some(label="KOOS pain", instrument=koos, unit="points"))
    'points'
    """
    name, unit = outcome.instrument.name, outcome.unit
    parts = [name] if name.casefold() != outcome.label.casefold() else []
    parts += [unit] if unit and unit not in name.split() else []
    return ", ".join(parts)


def endpoint_words(endpoint: Endpoint, book: Codebook) -> str:
    """Return an endpoint as its label and visit, e.g. ``"Pain at week 6"``."""
    outcome = book.outcome(endpoint.outcome)
    return f"{outcome.label} at {visit_words(endpoint.week, book)}"


def visit_words(week: float, book: Codebook) -> str:
    """Return the visit of a week, with the week where its label does not tell it."""
    label, told = book.visit_at(week).label, f"week {amount(week)}"
    return label if label.casefold() == told else f"{label} ({told})"


def responder_words(definition: ResponderPlan, book: Codebook) -> str:
    """Return the sentence that defines a responder."""
    outcome = book.outcome(definition.endpoint.outcome)
    if definition.basis == "relative":
        size = f"{amount(100 * definition.improvement)}% of the baseline value"
    else:
        size = quantity(definition.improvement, outcome.unit)
    missing = {
        "non-responder": "who lacks the value counts as a non-responder",
        "excluded": "who lacks the value is left out",
    }[definition.missing]
    return (
        f"A responder improves from baseline to {visit_words(definition.endpoint.week, book)} in "
        f"{outcome.label} by at least {size}; {missing}."
    )


def subgroup_words(each: Subgroup, book: Codebook) -> str:
    """Return a subgroup's covariate, of a number with the values shown."""
    covariate = book.covariate(each.covariate)
    if not each.at:
        return covariate.label
    values = listed([amount(value) for value in each.at])
    unit = f" {covariate.unit}" if covariate.unit else ""
    return f"{covariate.label} (shown at {values}{unit})"
