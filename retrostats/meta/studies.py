"""The trials that are pooled, checked once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """Estimates of one quantity, one for each trial.

    Attributes
    ----------
    estimates
        As given.
    y, v
        Values and sampling variances, shape ``(k,)``.
    names
        Name of the trial of each estimate.
    unit
        Common to all.
    """

    estimates: tuple[Estimate, ...]
    y: Floats
    v: Floats
    names: tuple[str, ...]
    unit: str

    def __len__(self) -> int:
        return len(self.estimates)


def gather_studies(
    caller: str,
    estimates: Sequence[Estimate],
    *,
    studies: Sequence[str] | None = None,
    fewest: int = 2,
    repeated: Literal["refused", "allowed"] = "refused",
) -> Studies:
    """Return the trials, or say every reason why they cannot be pooled.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    estimates
        One for each trial.
    studies
        Name of the trial of each estimate; by default the labels.
    fewest
        Trials needed at least.
    repeated
        Whether one trial may give several estimates.

    Raises
    ------
    DataError
        If there are too few, their units differ, one has no standard error, or a trial comes
        twice.
    """
    given = tuple(estimates)
    names = tuple(studies) if studies is not None else tuple(e.label for e in given)
    problems = _problems(given, names, fewest, repeated)
    if problems:
        raise DataError(f"{caller}: " + "; ".join(problems))
    return Studies(
        estimates=given,
        y=np.array([estimate.value for estimate in given]),
        v=np.array([estimate.se for estimate in given]) ** 2,
        names=names,
        unit=given[0].unit,
    )


def _problems(
    given: Sequence[Estimate], names: Sequence[str], fewest: int, repeated: str
) -> list[str]:
    found = []
    if len(given) < fewest:
        found.append(f"{len(given)} estimates, and {fewest} or more are needed")
    if len(names) != len(given):
        found.append(f"{len(names)} names of studies for {len(given)} estimates; give one each")
    units = sorted({repr(estimate.unit) for estimate in given})
    if len(units) > 1:
        found.append(f"the units differ ({', '.join(units)}); bring all to one scale first")
    found += [
        f"{estimate.label} has no usable standard error ({estimate.se:g})"
        for estimate in given
        if not 0 < estimate.se < math.inf
    ]
    if repeated == "refused":
        counted = Counter(" ".join(name.casefold().split()) for name in names)
        twice = dict.fromkeys(n for n in names if counted[" ".join(n.casefold().split())] > 1)
        found += [f"the trial {name!r} comes more than once" for name in twice]
    return found
