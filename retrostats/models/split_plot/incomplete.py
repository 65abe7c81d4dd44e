"""Subjects whom an analysis of complete subjects loses, by arm, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """How many subjects could not enter, because a visit of theirs is missing.

    Attributes
    ----------
    by_arm
        Arm, subjects lost, subjects in the data; an arm of None holds those whose arm nobody
        noted.
    within
        What the visits are called.
    """

    by_arm: tuple[tuple[Any, int, int], ...]
    within: str

    @classmethod
    def of(
        cls,
        arm: NDArray[np.intp],
        levels: Sequence[Any],
        whole: NDArray[np.bool_],
        *,
        within: str,
    ) -> Incomplete:
        """Count the subjects of each arm.

        Parameters
        ----------
        arm
            Code of each subject's arm, -1 where nobody noted it, shape ``(N,)``.
        levels
            The arms.
        whole
            Whether every visit is there, shape ``(N,)``.
        within
            What the visits are called.

        Examples
        --------
        >>> whole = np.array([True, True, False])
        >>> print(Incomplete.of(np.array([0, 1, 1]), ("a", "b"), whole, within="week"))
        1 of 3 subjects is lost, because a week is missing (a 0 of 1, b 1 of 2).
        """
        size = len(levels) + 1
        total = np.bincount(arm % size, minlength=size).tolist()
        lost = np.bincount(arm[~whole] % size, minlength=size).tolist()
        counted = zip((*levels, None), lost, total, strict=True)
        return cls(by_arm=tuple(each for each in counted if each[2]), within=within)

    @property
    def lost(self) -> int:
        """Subjects that could not enter."""
        return sum(lost for _, lost, _ in self.by_arm)

    @property
    def total(self) -> int:
        """Subjects in the data."""
        return sum(total for _, _, total in self.by_arm)

    def __str__(self) -> str:
        if not self.lost:
            return f"All {self.total} subjects have every {self.within}."
        told = ", ".join(
            f"{'no arm noted' if arm is None else arm} {lost} of {total}"
            for arm, lost, total in self.by_arm
        )
        lost = f"{self.lost} of {self.total} subjects {'is' if self.lost == 1 else 'are'} lost"
        return f"{lost}, because a {self.within} is missing ({told})."
