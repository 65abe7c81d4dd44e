"""The rules of a plan, held against what the codebook says of each name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from retrostats.data.codebook.agreement import wrong_rule
from retrostats.data.codebook.types import Codebook
from retrostats.data.rules import Rule
from retrostats.plan.grammar import Place

#: Whether some value between low and high meets a rule of this operator and value.
_REACHED: Mapping[str, Callable[[float, float, float], bool]] = {
    ">=": lambda value, _low, high: value <= high,
    ">": lambda value, _low, high: value < high,
    "<=": lambda value, low, _high: value >= low,
    "<": lambda value, low, _high: value > low,
    "==": lambda value, low, high: low <= value <= high,
    "in": lambda value, low, high: low <= value <= high,
    "!=": lambda _value, _low, _high: True,
}


def asked(rules: Sequence[Rule], book: Codebook, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield a message for each rule that cannot be asked, or that nobody can meet."""
    for rule in rules:
        wrong = wrong_rule(rule, book) or _out_of_reach(rule, book)
        if wrong:
            yield place, f"{rule.text!r}: {wrong}"


def _out_of_reach(rule: Rule, book: Codebook) -> str:
    """Say that no value in range meets a rule; empty when one may."""
    low, high = _range(rule.name, book)
    numbers = [value for value in rule.values if isinstance(value, float)]
    if not numbers or any(_REACHED[rule.operator](value, low, high) for value in numbers):
        return ""
    return f"nobody can meet it, for {rule.name} runs from {low:g} to {high:g}"


def _range(name: str, book: Codebook) -> tuple[float, float]:
    for covariate in book.covariates:
        if covariate.name == name:
            return covariate.low, covariate.high
    for outcome in book.outcomes:
        if outcome.name == name:
            return outcome.instrument.low, outcome.instrument.high
    planned = {measure.name: measure.planned for measure in book.adherence}.get(name)
    return 0.0, float("inf") if planned is None else planned
