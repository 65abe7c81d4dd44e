"""The ledger of rows that a model could not use: each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.layout import ShownAsSentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Ledger(ShownAsSentence):
    """The rows left out. Ledgers of the parts of a data set add up to that of the whole.

    Attributes
    ----------
    rows_in
        Rows of the data, used and left out.
    labels
        Index labels of the rows left out, in the order of the data.
    reasons
        The different reasons, e.g. ``"outcome missing"``.
    codes
        Position in ``reasons`` of each row left out, shape ``(len(labels),)``. A row with
        several reasons has the first: the outcome, then covariates as the formula names
        them, then random effects, visit, subject, weights, group.
    """

    rows_in: int
    labels: pd.Index[Any]
    reasons: tuple[str, ...]
    codes: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def rows_used(self) -> int:
        """Rows that the model uses."""
        return self.rows_in - len(self)

    def counts(self) -> dict[str, int]:
        """Return the number of rows left out for each reason."""
        numbers = np.bincount(self.codes, minlength=len(self.reasons)).tolist()
        return dict(zip(self.reasons, numbers, strict=True))

    def tidy(self) -> pd.DataFrame:
        """Return one line per row left out: its index label and the reason."""
        import pandas as pd

        reasons = np.array(self.reasons, dtype=object)[self.codes]
        return pd.DataFrame({"row": self.labels.to_numpy(), "reason": reasons})

    def __add__(self, other: Ledger) -> Ledger:
        reasons = tuple(dict.fromkeys(self.reasons + other.reasons))
        place = np.array([reasons.index(reason) for reason in other.reasons], dtype=np.intp)
        return Ledger(
            rows_in=self.rows_in + other.rows_in,
            labels=self.labels.append(other.labels),
            reasons=reasons,
            codes=np.concatenate([self.codes, place[other.codes]]),
        )

    def __str__(self) -> str:
        listed = ", ".join(f"{reason} {count}" for reason, count in self.counts().items())
        left_out = f"; {len(self)} left out ({listed})" if listed else ""
        return f"{self.rows_used} of {self.rows_in} rows used{left_out}"

    def __repr__(self) -> str:
        return str(self)
