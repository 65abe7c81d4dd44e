"""Data made ready for a fit: the design, the moments, and what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.frame.ledger import Ledger
from retrostats.models.frame.types import ModelFrame, Variable
from retrostats.models.mean.design import Design
from retrostats.models.mean.factored import FactoredRows
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.patterns import VisitPattern
from retrostats.models.sums.subject_rows import SubjectRows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowData:
    """The rows behind a fit, for what cannot be told from moments alone.

    Attributes
    ----------
    frame
        The checked rows.
    rows
        Gives rows of the design.
    patterns
        Subjects by the visits they attended.
    """

    frame: ModelFrame
    rows: FactoredRows
    patterns: tuple[VisitPattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """What a repeated-measures model needs to know of its data.

    Attributes
    ----------
    design
        Columns of the mean and how to make them.
    variables
        Levels and means, for reference grids.
    cells
        Rows of each combination of the levels of `cell_factors`, by their codes.
    cell_factors
        Categorical expressions of the mean, in the order of the codes.
    moments
        Sums of products, or the rows where those are smaller; the basis is square.
    visits
        Scheduled visits in their order.
    groups
        Levels of the covariance groups; one when there is none.
    ledger
        The rows that were left out, and why.
    n_rows, n_subjects
        What the model is fitted to.
    caveats
        What a reader must know of the data.
    source
        The rows, or None when the data came in parts and only moments were kept.
    """

    design: Design
    variables: Mapping[str, Variable]
    cells: Mapping[tuple[int, ...], float]
    cell_factors: tuple[str, ...]
    moments: Moments | SubjectRows
    visits: tuple[object, ...]
    groups: tuple[object, ...]
    ledger: Ledger
    n_rows: int
    n_subjects: int
    caveats: tuple[str, ...]
    source: RowData | None

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers analysed: the rows, or the sums where only those were kept."""
        if self.source is None:
            if isinstance(self.moments, SubjectRows):
                return digest_of(self.moments.rows)
            return digest_of(self.moments.counts, self.moments.products, self.moments.basis)
        frame = self.source.frame
        numbers = [frame.numeric[name] for name in sorted(frame.numeric)]
        codes = [frame.codes[name] for name in sorted(frame.codes)]
        roles = [frame.subject, frame.visit, frame.weights, frame.group]
        return digest_of(frame.outcome, *numbers, *codes, *roles)

    @property
    def outcome_digest(self) -> str:
        """SHA-256 of outcomes, subjects, visits and weights; of their sums where only those are.

        Fits with the same mean or covariance have it in common when their data are the same.
        """
        if self.source is None:
            inverse = np.linalg.inv(self.moments.basis)[:, -1]
            squares = float(inverse @ self.moments.gram() @ inverse)
            seen = np.sort(self.moments.counts)
            return f"sums {self.n_rows} {seen} {squares:.9e} {self.moments.log_weights:.9e}"
        frame = self.source.frame
        return digest_of(frame.outcome, frame.kept, frame.subject, frame.weights)


def digest_of(*arrays: Floats | NDArray[np.intp] | None) -> str:
    """Return the SHA-256 of arrays, in their order."""
    sha = hashlib.sha256()
    for array in arrays:
        if array is not None:
            sha.update(str(array.shape).encode())
            sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()
