"""Writing a design as canonical TOML, and its digest."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

from retrostats.plan.writing import toml_number, toml_text
from retrostats.power.design.fields import (
    DesignArm,
    DesignFields,
    SimulatedCovariate,
    autoregressive,
    exchangeable,
)

#: A list that is longer is written with one part to a line.
_LONG = 88

Value = str | float | Sequence[str] | Sequence[float] | Sequence[Sequence[float]]
Entries = Iterator[tuple[str, Value]]


def design_to_toml(design: DesignFields) -> str:
    """Return a design as TOML, in one form for each design.

    Parameters
    ----------
    design
        Free of faults.

    Returns
    -------
    str
        What is left to the default is written as well; `read_design` reads an equal design.
    """
    parts = [_table("", _top(design))]
    for label, week, sd in zip(design.visits, design.weeks, design.sds, strict=True):
        entries: list[tuple[str, Value]] = [("label", label), ("week", week), ("sd", sd)]
        parts.append(_table("[[visits]]", iter(entries)))
    parts += [_table("[[arms]]", _arm(arm)) for arm in design.arms]
    how = design.dropout
    leaving: list[tuple[str, Value]] = [("mechanism", how.mechanism)]
    if how.mechanism == "MAR":
        leaving.append(("odds_ratio", how.odds_ratio))
    parts.append(_table("[dropout]", iter(leaving)))
    if design.scale is not None:
        parts.append(_table("[scale]", _scale(design)))
    parts += [_table("[[covariates]]", _covariate(each)) for each in design.covariates]
    return "\n".join(parts)


def design_digest(design: DesignFields) -> str:
    """Return the SHA-256 of the canonical TOML, in hexadecimal digits."""
    return hashlib.sha256(design_to_toml(design).encode("utf-8", "backslashreplace")).hexdigest()


def _top(design: DesignFields) -> Entries:
    yield "title", design.title
    yield "outcome", design.outcome
    yield "unit", design.unit
    yield "better", design.better
    yield from _correlation(design)
    yield "intermittent", design.intermittent
    yield "route", design.route


def _correlation(design: DesignFields) -> Entries:
    """Write one number where it says everything, else the matrix."""
    visits, rho = len(design.visits), design.correlation[0][1]
    for kind, made in (("exchangeable", exchangeable), ("ar1", autoregressive)):
        if design.correlation == made(rho, visits):
            yield "correlation", rho
            yield "correlation_kind", kind
            return
    yield "correlation", design.correlation


def _arm(arm: DesignArm) -> Entries:
    yield "label", arm.label
    yield "means", arm.means
    yield "allocation", arm.allocation
    yield "dropout", arm.dropout


def _scale(design: DesignFields) -> Entries:
    scale = design.scale
    if scale is None:
        return
    for key, value in (("low", scale.low), ("high", scale.high)):
        if math.isfinite(value):
            yield key, value
    if scale.step is not None:
        yield "step", scale.step


def _covariate(each: SimulatedCovariate) -> Entries:
    yield "name", each.name
    if each.kind == "category":
        yield "levels", each.levels
        yield "shares", each.shares
    else:
        yield "mean", each.mean
        yield "sd", each.sd
    yield "correlation", each.correlation


def _table(header: str, entries: Entries) -> str:
    lines = [header] if header else []
    return "\n".join([*lines, *(f"{key} = {_value(value)}" for key, value in entries), ""])


def _value(value: Value) -> str:
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, (int, float)):
        return toml_number(value)
    parts = [_value(part) for part in value]
    if sum(map(len, parts)) > _LONG:  # sentences: one to a line
        return "".join(["[\n", *(f"    {part},\n" for part in parts), "]"])
    return f"[{', '.join(parts)}]"
