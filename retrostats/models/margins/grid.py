"""The reference grid: at which values of its variables a model is asked for means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeAlias

from retrostats.errors import DataError
from retrostats.models.frame.types import Variable

#: Values at which variables are held: one for each, or several.
At: TypeAlias = Mapping[str, Any]

#: How many levels a message lists.
_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """The values of every variable of a model, and which of them are told apart.

    Attributes
    ----------
    values
        By variable, the values it takes in the grid.
    factors, by
        The variables of the means, and those within which these are compared.
    averaged
        The variables that are averaged over; those with one value are among them.
    """

    values: Mapping[str, tuple[Any, ...]]
    factors: tuple[str, ...]
    by: tuple[str, ...]
    averaged: tuple[str, ...]


def read_grid(
    variables: Mapping[str, Variable],
    factor: str | Sequence[str],
    by: str | Sequence[str] | None,
    at: At | None,
) -> Grid:
    """Check what was asked for and return the reference grid.

    Parameters
    ----------
    variables
        By column, from `ModelFrame.variables`.
    factor, by
        One name, or several.
    at
        By column, one value or several.

    Raises
    ------
    DataError
        With all faults found; see `margins.marginal_rows`.
    """
    factors, within, held = names_of(factor), names_of(by), dict(at or {})
    shown = within + factors
    faults = [] if factors else ["name at least one factor"]
    faults += [
        f"{name!r} is asked for twice" for name in dict.fromkeys(shown) if shown.count(name) > 1
    ]
    faults += [_unknown(name, variables) for name in shown if name not in variables]
    faults += [f"at: {_unknown(name, variables)}" for name in held if name not in variables]
    values: dict[str, tuple[Any, ...]] = {}
    for name, variable in variables.items():
        try:
            values[name] = _values(variable, held.get(name), name in shown)
        except DataError as error:
            faults.append(str(error))
    raise_listed("marginal means", faults)
    averaged = tuple(name for name in variables if name not in shown)
    return Grid(values=values, factors=factors, by=within, averaged=averaged)


def names_of(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one name, several or none as a tuple."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def raise_listed(subject: str, faults: Sequence[str]) -> None:
    """Raise one `DataError` with all faults; do nothing when there is none."""
    if len(faults) == 1:
        raise DataError(f"{subject}: {faults[0]}")
    if faults:
        listing = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(faults, start=1))
        raise DataError(f"{subject}: {len(faults)} faults found.\n{listing}")


def listed(levels: Sequence[Any]) -> str:
    """Return levels for a message, with quotes around text."""
    more = f" and {len(levels) - _LISTED} more" if len(levels) > _LISTED else ""
    return ", ".join(map(repr, levels[:_LISTED])) + more


def _unknown(name: str, variables: Mapping[str, Variable]) -> str:
    factors = [variable.name for variable in variables.values() if variable.kind == "factor"]
    numbers = [variable.name for variable in variables.values() if variable.kind == "numeric"]
    told = [f"factors {listed(factors)}"] if factors else ["no factors"]
    told += [f"numbers {listed(numbers)}"] if numbers else []
    return f"{name!r} is not in the model; it has {' and '.join(told)}"


def _values(variable: Variable, held: Any, shown: bool) -> tuple[Any, ...]:
    """Return the values of one variable in the grid."""
    if held is None:
        if variable.kind == "factor":
            return variable.levels
        if shown:
            raise DataError(
                f"{variable.name!r} is a number in this model, without levels; say at which "
                f"values, at={{{variable.name!r}: [...]}}, or write C({variable.name}) in the "
                "formula to make it a factor"
            )
        return (variable.mean,)
    several = not isinstance(held, str) and hasattr(held, "__iter__")
    chosen = tuple(held) if several else (held,)
    if not chosen or len(set(chosen)) < len(chosen):
        raise DataError(f"at: {variable.name!r} needs one value or several different ones")
    if variable.kind == "factor":
        strange = [value for value in chosen if value not in variable.levels]
        if strange:
            raise DataError(
                f"at: {variable.name!r} has no {listed(strange)}; its levels are "
                f"{listed(variable.levels)}"
            )
        return chosen
    strange = [v for v in chosen if not isinstance(v, Real) or not math.isfinite(v)]
    if strange:
        raise DataError(f"at: {variable.name!r} needs finite numbers, got {listed(strange)}")
    return tuple(float(value) for value in chosen)


def level_texts(grid: Grid) -> dict[str, tuple[str, ...]]:
    """Return, for the variables told apart, how each of their values is written.

    A level of a factor stands alone where that is unambiguous, as in ``"retro"``; numbers,
    booleans, levels that two factors share, and all values of `by` carry their name, as in
    ``"visit 6"``.
    """
    plain = {name: [_plain(v) for v in grid.values[name]] for name in grid.by + grid.factors}
    texts = {}
    for name, own in plain.items():
        others = {text for other, them in plain.items() if other != name for text in them}
        words = all(isinstance(v, str) and not _number_like(v) for v in grid.values[name])
        alone = name in grid.factors and words and not others.intersection(own)
        texts[name] = tuple(text if alone else _with_name(name, text) for text in own)
    return texts


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _number_like(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text.strip()
    return True


def _with_name(name: str, text: str) -> str:
    """Put the name before a level, unless the level begins with it: ``"visit 6"``."""
    return text if text.casefold().startswith(name.casefold()) else f"{name} {text}"
