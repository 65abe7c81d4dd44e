"""Levels that no part of the data has: they leave the model, as they do from a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from retrostats.errors import DataError
from retrostats.models.frame.types import Variable
from retrostats.models.mean.coding import coded_columns
from retrostats.models.mean.design import Design
from retrostats.models.sums.moments import Moments


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenModel:
    """The model of the levels that occur.

    Attributes
    ----------
    design, variables, cells, moments
        As in `Prepared`.
    caveats
        Which levels were left out.
    """

    design: Design
    variables: Mapping[str, Variable]
    cells: Mapping[tuple[int, ...], float]
    moments: Moments
    caveats: tuple[str, ...]


def seen_model(
    design: Design,
    variables: Mapping[str, Variable],
    cells: Mapping[tuple[int, ...], float],
    cell_factors: tuple[str, ...],
    moments: Moments,
) -> SeenModel:
    """Leave out the levels that have no rows in any part.

    Parameters
    ----------
    design, variables, cells, cell_factors, moments
        Of all parts together; columns of unseen levels are zero throughout.

    Raises
    ------
    DataError
        If the reference level has no rows, or a factor has only one level, or rows of only one.
    """
    seen = {
        factor: sorted({codes[k] for codes, count in cells.items() if count > 0})
        for k, factor in enumerate(cell_factors)
    }
    lost = {f: codes for f, codes in seen.items() if len(codes) < len(design.factors[f])}
    _require_two_levels(design)
    if not lost:
        return SeenModel(
            design=design, variables=variables, cells=cells, moments=moments, caveats=()
        )
    _require_reference(design, lost)
    factors = dict(design.factors)
    for factor, codes in lost.items():
        factors[factor] = tuple(design.factors[factor][code] for code in codes)
    columns = coded_columns(tuple([t.factors for t in design.terms]), factors, design.bases)
    small = replace(design, columns=columns, factors=factors)
    place = np.array([*(design.names.index(name) for name in small.names), len(design.names)])
    new_code = {f: {code: k for k, code in enumerate(codes)} for f, codes in seen.items()}
    return SeenModel(
        design=small,
        variables=_restricted(design, variables, factors, lost),
        cells={
            tuple(new_code[f][code] for f, code in zip(cell_factors, codes, strict=True)): count
            for codes, count in cells.items()
            if count > 0
        },
        moments=moments.with_columns(place),
        caveats=tuple(_caveat(design, factor, codes) for factor, codes in lost.items()),
    )


def _require_two_levels(design: Design) -> None:
    lone = [factor for factor, levels in design.factors.items() if len(levels) < 2]
    if lone:
        raise DataError(
            "data in parts: "
            + "; ".join(f"{f}: {design.factors[f][0]!r} is its only level" for f in lone)
            + "; a factor needs two, so leave it out, or look for rows in which it is missing"
        )


def _require_reference(design: Design, lost: Mapping[str, list[int]]) -> None:
    faults = []
    for factor, codes in lost.items():
        levels = design.factors[factor]
        if 0 not in codes:
            faults.append(
                f"{factor}: the reference {levels[0]!r} has no row in any part; put a level that "
                "has rows first in levels="
            )
        elif len(codes) < 2:
            faults.append(f"{factor}: only {levels[codes[0]]!r} has rows; two levels are needed")
    if faults:
        raise DataError("data in parts: " + "; ".join(faults))


def _restricted(
    design: Design,
    variables: Mapping[str, Variable],
    factors: Mapping[str, tuple[object, ...]],
    lost: Mapping[str, list[int]],
) -> dict[str, Variable]:
    columns = {e.column: factors[e.text] for e in design.expressions if e.text in lost}
    return {
        name: replace(variable, levels=columns[name])
        if variable.kind == "factor" and name in columns
        else variable
        for name, variable in variables.items()
    }


def _caveat(design: Design, factor: str, codes: list[int]) -> str:
    levels = design.factors[factor]
    gone = [str(level) for code, level in enumerate(levels) if code not in codes]
    return f"{factor}: no usable row at {', '.join(gone)}, left out of the model"
