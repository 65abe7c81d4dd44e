"""Combinations of coefficients with the words a reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledRows:
    """Combinations of coefficients with what a reader calls them.

    Attributes
    ----------
    labels
        E.g. ``"retro, visit 6"`` or ``"retro - control, visit 6"``.
    rows
        Weights on all columns of the design, shape ``(r, p)``.
    keys
        What each row is about. Means: the levels of `factors`, then those of `by`.
        Differences: levels of the minuend, of the subtrahend, then those of `by`. Named
        contrasts: the name.
    texts
        The two halves of a label: the levels compared, and within what.
    families
        Positions of the rows that are adjusted together: those of one combination of `by`.
    factors, by
        Names of the variables.
    """

    labels: tuple[str, ...]
    rows: Floats
    keys: tuple[tuple[Any, ...], ...]
    texts: tuple[tuple[str, str], ...]
    families: tuple[NDArray[np.intp], ...]
    factors: tuple[str, ...]
    by: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", read_only(self.rows))

    def __len__(self) -> int:
        return len(self.labels)


def families_of(within: Sequence[Any]) -> tuple[NDArray[np.intp], ...]:
    """Return the positions of equal entries, in order of first appearance."""
    found: dict[Any, list[int]] = {}
    for i, each in enumerate(within):
        found.setdefault(each, []).append(i)
    return tuple(np.array(positions, dtype=np.intp) for positions in found.values())


def labelled(
    rows: Floats,
    keys: Sequence[tuple[Any, ...]],
    texts: Sequence[tuple[str, str]],
    families: tuple[NDArray[np.intp], ...],
    names: tuple[tuple[str, ...], tuple[str, ...]],
) -> LabelledRows:
    """Return rows whose labels join the two halves of their texts; see `LabelledRows`."""
    return LabelledRows(
        labels=tuple(", ".join(filter(None, halves)) for halves in texts),
        rows=rows,
        keys=tuple(keys),
        texts=tuple(texts),
        families=families,
        factors=names[0],
        by=names[1],
    )
