"""Faults of arguments, gathered so that a call tells them all at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

from retrostats.effects.arguments import is_number, shown
from retrostats.errors import DataError

#: Standard deviations whose fourth powers, over any number of subjects, are numbers still.
SDS = (1e-50, 1e50)


def faults_of(function: str, faults: Sequence[str]) -> DataError:
    """Return the error that lists all faults of a call."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    listing = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(faults, start=1))
    return DataError(f"{function}: {count} found.\n{listing}")


def number_faults(
    name: str, value: object, *, above: float = -math.inf, below: float = math.inf, meant: str
) -> list[str]:
    """Return what is wrong with a number that lies strictly between two others.

    Parameters
    ----------
    name, value
        Of the argument.
    above, below
        The ends, which it does not reach.
    meant
        What it has to be, in words.
    """
    if is_number(value) and above < float(cast("float", value)) < below:
        return []
    return [f"{name} must be {meant}; got {_told(value)}"]


def _told(value: object) -> str:
    """Write a value: a number as such, what is none with its type."""
    return f"{value:g}" if is_number(value) else shown(value)


def sd_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a standard deviation."""
    faults = number_faults(name, value, above=0, meant="a number above 0")
    low, high = SDS
    if not faults and not low <= float(cast("float", value)) <= high:
        faults.append(
            f"{name} must lie from {low:g} to {high:g}, or its powers are no numbers; got "
            f"{_told(value)}; take another unit"
        )
    return faults


def correlation_faults(name: str, value: object) -> list[str]:
    """Return what is wrong with a correlation; None is one that was not given."""
    if value is None:
        return []
    return number_faults(name, value, above=-1, below=1, meant="a correlation between -1 and 1")
