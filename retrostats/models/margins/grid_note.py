"""What a table of means must say of the variables that it does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrostats.models.frame.types import Variable
from retrostats.models.mean.design import Design


def grid_note(
    design: Design,
    variables: Mapping[str, Variable],
    shown: Sequence[str],
    *,
    at: Mapping[str, Any] | None,
    weights: str,
    compared: bool,
) -> str:
    """Return where the variables stand that are averaged over or held.

    Parameters
    ----------
    design, variables
        Of the model.
    shown
        The factors of the table.
    at
        Values that the user asked for.
    weights
        ``"equal"`` or ``"proportional"``.
    compared
        Whether the table holds differences: covariates that shift every mean alike drop out.

    Returns
    -------
    str
        E.g. ``"averaged over sex; age = 60"``; empty when there is nothing to say.
    """
    asked = dict(at or {})
    averaged: list[str] = []
    held: list[str] = []
    for name, variable in variables.items():
        if name in shown:
            continue
        if name in asked:
            value = asked[name]
            values = list(value) if isinstance(value, (list, tuple)) else [value]
            text = f"{name} = {', '.join(map(_short, values))}"
            (averaged if len(values) > 1 else held).append(text)
        elif variable.kind == "factor":
            averaged.append(name)
        elif not compared or _interacts(design, name):
            held.append(f"{name} = {_short(variable.mean)}")
    notes = []
    if averaged:
        how = ", in proportion to the data" if weights == "proportional" else ""
        notes.append(f"averaged over {', '.join(averaged)}{how}")
    return "; ".join([*notes, *([", ".join(held)] if held else [])])


def zero_note(design: Design) -> str:
    """Return which terms are tested where a number is 0, because it interacts with them.

    A type III hypothesis of a factor is about the point where the numbers that interact with it
    are 0.
    """
    notes = []
    for position, term in enumerate(design.terms):
        own = set(term.factors)
        numbers: dict[str, None] = {}
        for other in design.columns:
            whole = set(design.terms[other.term].factors)
            if other.term != position and own and own < whole and other.levels:
                numbers.update(dict.fromkeys(name for name in other.numeric if name not in own))
        if numbers:
            notes.append(f"{term.label} at {', '.join(numbers)} = 0")
    return "; ".join(notes)


def _interacts(design: Design, name: str) -> bool:
    """Tell whether a covariate is multiplied by a factor in some column."""
    texts = {
        e.text for e in design.expressions if name == e.column or name in dict(e.names).values()
    }
    return any(column.levels and texts & set(column.numeric) for column in design.columns)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
