"""Differences of marginal means, and contrasts written as weights on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from retrostats.errors import DataError
from retrostats.models.margins.grid import listed, raise_listed
from retrostats.models.margins.labelled_rows import LabelledRows, families_of, labelled

#: Weights sum to 0 or 1 within rounding.
BALANCED = 1e-9


def difference_rows(means: LabelledRows, *, reference: Any = None) -> LabelledRows:
    """Return differences of marginal means within each combination of `by`.

    Parameters
    ----------
    means
        From `marginal_rows`.
    reference
        The level to subtract from every other, e.g. ``"control"``; a tuple of levels when the
        means are of several factors. ``None``: all pairs, later minus earlier level.

    Returns
    -------
    LabelledRows
        Treated minus control, e.g. ``"retro - control, visit 6"``.

    Raises
    ------
    DataError
        If the reference is not among the levels, or there is only one level.
    """
    width = len(means.factors)
    rows, keys, halves, within = [], [], [], []
    for number, family in enumerate(means.families):
        levels = {means.keys[i][:width]: int(i) for i in family}
        for low, high in _pairs(levels, reference, means.factors):
            rows.append(means.rows[high] - means.rows[low])
            ours, theirs = means.keys[high], means.keys[low]
            keys.append((ours[:width], theirs[:width], *ours[width:]))
            text = f"{_bracketed(means.texts[high][0])} - {_bracketed(means.texts[low][0])}"
            halves.append((text, means.texts[high][1]))
            within.append(number)
    return labelled(np.array(rows), keys, halves, families_of(within), (means.factors, means.by))


def named_rows(means: LabelledRows, contrasts: Mapping[str, Mapping[Any, float]]) -> LabelledRows:
    """Return contrasts written as weights on marginal means.

    Parameters
    ----------
    means
        From `marginal_rows`, e.g. of ``("arm", "visit")``.
    contrasts
        By label, weights by cell: the levels in the order of the factors of the means (then
        of `by`), as in ``{("retro", "6"): 1, ("control", "6"): -1}``; with one factor its
        level alone will do.

    Returns
    -------
    LabelledRows
        All of them form one family.

    Raises
    ------
    DataError
        With all faults found: unknown cells, weights that are not finite or all zero.
    """
    place = {key: i for i, key in enumerate(means.keys)}
    names = means.factors + means.by
    faults = [] if contrasts else ["no contrast is given"]
    table = np.zeros((len(contrasts), len(means)))
    for number, (label, cells) in enumerate(contrasts.items()):
        keys = [key if isinstance(key, tuple) else (key,) for key in cells]
        unknown = [key for key in keys if key not in place]
        faults += [f"{label!r}: {_no_cell(key, means, names)}" for key in unknown]
        weights = [float(weight) for weight in cells.values()]
        if not all(map(math.isfinite, weights)) or not any(weights):
            faults.append(f"{label!r}: finite weights are needed, and not only zeros")
        for key, weight in zip(keys, weights, strict=True):
            if key in place:
                table[number, place[key]] += weight
    raise_listed("contrasts", faults)
    labels = [(label, "") for label in contrasts]
    family = families_of([0] * len(labels))
    keyed = [(label,) for label in contrasts]
    return labelled(table @ means.rows, keyed, labels, family, (means.factors, means.by))


def sides_note(contrasts: Mapping[str, Mapping[Any, float]]) -> list[str]:
    """Return a remark on each contrast that is no difference of two averages.

    Parameters
    ----------
    contrasts
        As in `named_rows`.
    """
    notes = []
    for label, cells in contrasts.items():
        weights = [float(weight) for weight in cells.values()]
        total, above = sum(weights), sum(weight for weight in weights if weight > 0)
        if abs(total) > BALANCED:
            notes.append(f"the weights of {label!r} sum to {total:.4g}: no difference")
        elif abs(above - 1) > BALANCED:
            notes.append(f"{label!r} is {above:.4g} times a difference of averages")
    return notes


def _pairs(
    levels: Mapping[tuple[Any, ...], int], reference: Any, factors: tuple[str, ...]
) -> list[tuple[int, int]]:
    """Return positions of subtrahend and minuend."""
    if len(levels) < 2:
        raise DataError(
            f"differences: {', '.join(factors)} has only one level here, so there is nothing to "
            "compare"
        )
    if reference is None:
        # Later minus earlier, with the earlier ones in order: as pairs(reverse = TRUE).
        return sorted(combinations(levels.values(), 2), key=lambda pair: pair[::-1])
    key = reference if isinstance(reference, tuple) else (reference,)
    if key not in levels:
        known = [level if len(factors) > 1 else level[0] for level in levels]
        raise DataError(
            f"differences: the reference {reference!r} is no level of {', '.join(factors)}; there "
            f"are {listed(known)}"
        )
    return [(levels[key], other) for level, other in levels.items() if level != key]


def _no_cell(key: tuple[Any, ...], means: LabelledRows, names: tuple[str, ...]) -> str:
    """Say what is wrong with the key of a cell."""
    if len(key) != len(names):
        return f"{key} should name a level of each of {', '.join(names)}"
    for name, level, known in zip(names, key, zip(*means.keys, strict=True), strict=True):
        levels = list(dict.fromkeys(known))
        if level not in levels:
            return f"{key}: {level!r} is no level of {name}; there are {listed(levels)}"
    return f"there is no cell {key}"


def _bracketed(text: str) -> str:
    return f"({text})" if ", " in text or " - " in text else text
