"""Writing a plan as canonical TOML, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from retrostats.plan.sensitivity import REFERENCE_BASED
from retrostats.plan.types import AnalysisPlan, ModelPlan, ResponderPlan, Sensitivity

Value = str | bool | float | Sequence[str] | Sequence[float]
Entries = Iterable[tuple[str, Value]]


def plan_to_toml(plan: AnalysisPlan) -> str:
    """Return a plan as TOML, in one form for each plan.

    Parameters
    ----------
    plan
        A plan without contradictions.

    Returns
    -------
    str
        Every choice that applies is written, those left to the default as well; the tables and
        keys stand in a fixed order. `read_plan` reads an equal plan from it.
    """
    return "\n".join(_table(name, entries) for name, entries in _tables(plan))


def plan_digest(plan: AnalysisPlan) -> str:
    """Return the SHA-256 of the canonical TOML, in hexadecimal digits.

    Comments, spacing, the order of keys and defaults written out or left out change nothing.
    """
    return hashlib.sha256(plan_to_toml(plan).encode("utf-8", "backslashreplace")).hexdigest()


def _tables(plan: AnalysisPlan) -> Iterator[tuple[str, Entries]]:
    yield "", [("title", plan.title)]
    estimand = plan.estimand
    yield (
        "[estimand]",
        [
            ("treatment", estimand.comparison.treatment),
            ("comparator", estimand.comparison.comparator),
            ("population", estimand.population),
            ("endpoint", estimand.endpoint.outcome),
            ("week", estimand.endpoint.week),
            ("summary", estimand.summary),
        ],
    )
    for event in estimand.intercurrent:
        yield "[[estimand.intercurrent]]", [("event", event.event), ("strategy", event.strategy)]
    for comparison in plan.comparisons[1:]:
        pair = [("treatment", comparison.treatment), ("comparator", comparison.comparator)]
        yield "[[comparisons]]", pair
    for endpoint in plan.secondary:
        yield "[[secondary]]", [("outcome", endpoint.outcome), ("week", endpoint.week)]
    yield "[model]", _model(plan.model)
    shared = plan.multiplicity
    yield "[multiplicity]", [("method", shared.method), ("family", shared.family)]
    rules = [rule.text for rule in plan.population.rules]
    yield "[population]", [("kind", plan.population.kind), ("rules", rules)]
    for each in plan.sensitivity:
        yield "[[sensitivity]]", _sensitivity(each, plan)
    for definition in plan.responders:
        yield "[[responders]]", _responder(definition)
    for subgroup in plan.subgroups:
        yield "[[subgroups]]", [("covariate", subgroup.covariate), ("at", subgroup.at)]


def _model(model: ModelPlan) -> Entries:
    return [
        ("kind", model.kind),
        ("baseline", model.baseline),
        ("baseline_by_visit", model.baseline_by_visit),
        ("covariates", model.covariates),
        ("covariance", model.covariance),
        ("df", model.df),
        ("standard_errors", model.standard_errors),
        ("level", model.level),
    ]


def _sensitivity(each: Sensitivity, plan: AnalysisPlan) -> Iterator[tuple[str, Value]]:
    yield "kind", each.kind
    if each.rules:
        yield "rules", [rule.text for rule in each.rules]
    if each.covariance is not None:
        yield "covariance", each.covariance
    if each.deltas:
        yield "deltas", each.deltas
    if each.kind in REFERENCE_BASED or each.reference is not None:
        yield "reference", each.reference or plan.estimand.comparison.comparator
    for key in ("imputation", "inference", "imputations", "replicates", "seed"):
        if (value := getattr(each, key)) is not None:
            yield key, value


def _responder(definition: ResponderPlan) -> Iterator[tuple[str, Value]]:
    yield "outcome", definition.endpoint.outcome
    yield "week", definition.endpoint.week
    if definition.basis == "relative":
        # In decimals, for 0.29 * 100 is not 29 in floats.
        yield "improvement_percent", float(Decimal(repr(float(definition.improvement))) * 100)
    else:
        yield "improvement", definition.improvement
    yield "missing", definition.missing


def _table(header: str, entries: Entries) -> str:
    lines = [header] if header else []
    return "\n".join([*lines, *(f"{key} = {_value(value)}" for key, value in entries), ""])


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, (int, float)):
        return toml_number(value)
    return f"[{', '.join(_value(part) for part in value)}]"


def toml_number(value: float) -> str:
    """Return a number in the shortest form that reads back as the same float.

    Examples
    --------
    >>> toml_number(6.0), toml_number(0.5)
    ('6', '0.5')
    """
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def toml_text(text: str) -> str:
    r"""Return a text in quotes, with everything escaped that TOML does not take as it stands.

    Examples
    --------
    >>> print(toml_text('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )
