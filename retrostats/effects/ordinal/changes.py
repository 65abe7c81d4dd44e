"""Changes of individuals and their signed ranks, safe against the noise of decimal fractions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.raw_values import complete_values

#: Changes nearer to one another than this share of the largest value are equal: rounding leaves
#: some 1e-16 of it, and no instrument resolves a millionth of a millionth of its reading.
EQUAL = 1e-12


def individual_change(label: str, before: ArrayLike, after: ArrayLike) -> Floats:
    """Return after minus before, equal changes exactly equal and no change exactly 0.

    A computer has 0.7 - 0.4 = 0.29999999999999993 and 0.3 - 0 = 0.3; by rank these would differ.
    Sizes of change nearer than `EQUAL` times the largest value are therefore made one.

    Parameters
    ----------
    label
        Opens the message of an error.
    before, after
        Shape ``(n,)`` each, the same participants in the same order, none missing.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If a value is missing or the lengths differ.

    Examples
    --------
    >>> change = individual_change("pain", [0.4, 0.0, 5.0], [0.7, 0.3, 5.0])
    >>> bool(change[0] == change[1]), float(change[2])
    (True, 0.0)
    """
    first = complete_values(f"{label}, before", before)
    second = complete_values(f"{label}, after", after)
    if len(first) != len(second):
        raise ValueError(
            f"{label}: {len(first)} values before and {len(second)} after; "
            "keep only the participants measured at both visits."
        )
    change = second - first
    size = np.abs(change)
    order = np.argsort(size, kind="stable")
    ordered = np.concatenate([[0.0], size[order]])
    apart = EQUAL * max(np.abs(first).max(), np.abs(second).max())
    opens = np.concatenate([[True], np.diff(ordered) > apart])
    leader = np.maximum.accumulate(np.where(opens, np.arange(len(ordered)), 0))
    made_one = np.empty_like(size)
    made_one[order] = ordered[leader][1:]
    return np.sign(change) * made_one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SignedRanks:
    """The ranks of the sizes of change, summed.

    Attributes
    ----------
    up, down
        Sum of the ranks of those who went up, and of those who went down.
    total
        Sum of all ranks in use; more than ``up + down`` where zeros keep theirs.
    changed
        The ranks of those who changed, shape ``(n,)``.
    """

    up: float
    down: float
    total: float
    changed: Floats

    @property
    def null_variance(self) -> float:
        """Variance of ``(up - down) / total`` where up and down are equally likely."""
        return float((self.changed**2).sum()) / self.total**2


def signed_ranks(change: Floats, *, zeros: str) -> SignedRanks:
    """Rank the sizes of change, ties by their average.

    Parameters
    ----------
    change
        Shape ``(n,)``, equal ones exactly equal.
    zeros
        ``"wilcoxon"`` ranks those who changed; ``"pratt"`` ranks everybody, zeros lowest, and
        leaves the ranks of the zeros on neither side.
    """
    from scipy.stats import rankdata

    kept = change if zeros == "pratt" else change[change != 0]
    rank = np.asarray(rankdata(np.abs(kept)), dtype=np.float64)
    return SignedRanks(
        up=float(rank[kept > 0].sum()),
        down=float(rank[kept < 0].sum()),
        total=len(kept) * (len(kept) + 1) / 2,
        changed=rank[kept != 0],
    )
