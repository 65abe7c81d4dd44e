"""Rows of a design in factored form: distinct level combinations, times numbers.

A trial has millions of rows in a large registry but few combinations of factor levels. The
rows of the design are built once for each of these cells and scattered; the design itself,
``n x p`` doubles, is never needed as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The combinations of factor levels that occur.

    Attributes
    ----------
    cells
        Cell of each row, shape ``(n,)``.
    counts
        Rows of each cell, shape ``(n_cells,)``.
    levels
        By categorical expression, the code of each cell, shape ``(n_cells,)``.
    """

    cells: NDArray[np.intp]
    counts: NDArray[np.intp]
    levels: Mapping[str, NDArray[np.intp]]


def find_cells(codes: Mapping[str, NDArray[np.intp]], sizes: Mapping[str, int], n: int) -> Cells:
    """Find the distinct combinations of codes.

    Parameters
    ----------
    codes
        By expression, shape ``(n,)``.
    sizes
        Number of levels of each.
    n
        Rows.
    """
    cells, counts = np.zeros(n, dtype=np.intp), np.array([n])
    levels: dict[str, NDArray[np.intp]] = {}
    for name, code in codes.items():
        cells = code if not levels else cells * sizes[name] + code
        possible = len(counts) * sizes[name]
        if possible <= 4 * n + 1024:
            tally = np.bincount(cells, minlength=possible)
            present = np.flatnonzero(tally)
            if len(present) < possible:
                place = np.zeros(possible, dtype=np.intp)
                place[present] = np.arange(len(present))
                cells = place[cells]
            counts = tally[present]
        else:
            present, cells, counts = np.unique(cells, return_inverse=True, return_counts=True)
        levels = {other: own[present // sizes[name]] for other, own in levels.items()}
        levels[name] = present % sizes[name]
    return Cells(cells=cells, counts=counts, levels=levels)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactoredRows:
    """The design ``X = sum_k multiplier_k[:, None] * table_k[cells]`` without its rows.

    Attributes
    ----------
    cells
        Cell of each row, shape ``(n,)``.
    parts
        Pairs of multiplier, shape ``(n,)`` or ``None`` for 1, and table, shape
        ``(n_cells, p)``. The tables of columns without categories have stride 0.
    cell_counts
        Rows of each cell, shape ``(n_cells,)``.
    cell_levels
        By categorical expression, the code of each cell, shape ``(n_cells,)``.
    """

    cells: NDArray[np.intp]
    parts: tuple[tuple[Floats | None, Floats], ...]
    cell_counts: NDArray[np.intp]
    cell_levels: Mapping[str, NDArray[np.intp]]

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def n_columns(self) -> int:
        """Columns of the design, p."""
        return int(self.parts[0][1].shape[1])

    def take(self, rows: NDArray[np.intp] | slice, basis: Floats | None = None) -> Floats:
        """Return ``X[rows] @ basis`` without building ``X``.

        Parameters
        ----------
        rows
            Positions or a slice.
        basis
            Shape ``(p, q)``; ``None`` gives ``X[rows]`` itself.

        Returns
        -------
        numpy.ndarray
            Shape ``(len(rows), q)``, a new array.
        """
        cells = self.cells[rows]
        total: Floats | None = None
        for multiplier, table in self.parts:
            part = _scattered(table, basis, cells)
            if multiplier is not None:
                part = multiplier[rows][:, None] * part
            if total is not None:
                total += part
            else:  # a single row repeated is no array of its own
                total = part if part.flags.writeable else part.copy()
        assert total is not None  # noqa: S101 - for mypy: a design has a column
        return total


def _scattered(table: Floats, basis: Floats | None, cells: NDArray[np.intp]) -> Floats:
    """Return ``table[cells] @ basis``; a read-only view when all cells are alike."""
    if len(table) and table.strides[0] == 0:
        row = table[0] if basis is None else table[0] @ basis
        return np.broadcast_to(row, (len(cells), len(row)))
    if basis is None or len(table) > len(cells):
        taken = np.take(table, cells, axis=0)
        return taken if basis is None else np.asarray(taken @ basis)
    return np.take(table @ basis, cells, axis=0)
