"""The types of a model frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy import intp
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.frame.ledger import Ledger
from retrostats.models.mean.transforms import Basis, Transforms

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column of the data as a reference grid needs it.

    Attributes
    ----------
    name
        The column.
    kind
        ``"factor"`` when some term uses it as a category, else ``"numeric"``.
    levels
        Levels of a factor in their order; empty for a number.
    mean
        Mean of a number over the rows used; NaN for a factor.
    """

    name: str
    kind: Literal["factor", "numeric"]
    levels: tuple[Any, ...] = ()
    mean: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFrame:
    """The rows that a model uses, as arrays.

    Attributes
    ----------
    outcome
        Shape ``(n,)``, in the unit of the data.
    numeric
        By expression, the numbers of shape ``(n,)``; an expression with several columns,
        such as ``bs(x)``, has one entry for each name in its basis.
    bases
        By numeric expression, the entries of ``numeric`` that belong to it.
    codes
        By categorical expression, positions in its levels, shape ``(n,)``.
    factors
        By categorical expression, the levels in order; the first is the reference.
    subject
        Codes from 0 by first appearance, shape ``(n,)``.
    subjects
        Their labels.
    visit, visits
        Codes and levels of the visits; ``None`` and empty without visits.
    weights
        Shape ``(n,)``, or ``None``.
    group, groups
        Codes and levels of the covariance groups; ``None`` and empty without groups.
    kept
        Positions of the rows in the data, ascending, shape ``(n,)``.
    index
        Index of the data, all rows.
    ledger
        The rows left out, with reasons.
    variables
        By column, what a reference grid needs.
    transforms
        Evaluates expressions on new data as on these.
    caveats
        What a reader of results must know of the rows.
    """

    outcome: Floats
    numeric: Mapping[str, Floats]
    bases: Mapping[str, Basis]
    codes: Mapping[str, NDArray[intp]]
    factors: Mapping[str, tuple[Any, ...]]
    subject: NDArray[intp]
    subjects: NDArray[Any]
    visit: NDArray[intp] | None
    visits: tuple[Any, ...]
    weights: Floats | None
    group: NDArray[intp] | None
    groups: tuple[Any, ...]
    kept: NDArray[intp]
    index: pd.Index[Any]
    ledger: Ledger
    variables: Mapping[str, Variable]
    transforms: Transforms
    caveats: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def labels(self) -> pd.Index[Any]:
        """Index labels of the rows used."""
        return self.index[self.kept]
