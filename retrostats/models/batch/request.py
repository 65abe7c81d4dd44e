"""What a batch of fits was asked for, checked and in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrostats.arrays import Floats, real_numbers
from retrostats.models.batch.alone import OneTrial
from retrostats.models.batch.types import BatchModel, Flags
from retrostats.models.covariance import structure
from retrostats.models.inference.choosing import INFORMATION

#: Structures that are linear in their parameters: constant derivatives serve all trials.
COVARIANCES = ("us", "cs", "toep")
#: Ways to degrees of freedom that need moments alone.
DF = ("kenward-roger", "kenward-roger-linear", "satterthwaite", "residual", "asymptotic")
_WIDTH = {"y": "visits", "columns": "columns"}
#: A pattern of visits is one integer with a bit for each visit.
MOST_VISITS = 62


def is_batched(covariance: object, df: str) -> bool:
    """Tell whether `fit_batch` knows a covariance and a way to degrees of freedom.

    Where it does not, fit the trials one by one with `fit_mmrm`.

    Examples
    --------
    >>> is_batched("us", "kenward-roger"), is_batched("ar1", "kenward-roger")
    (True, False)
    """
    return isinstance(covariance, str) and covariance in COVARIANCES and df in DF


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchData:
    """Trials in one shape; what is shared by all has a leading axis of 1.

    Attributes
    ----------
    trials
        How many, R.
    y
        Outcomes, 0 where not seen, shape ``(R, n, m)`` or ``(1, n, m)``.
    seen
        Whether, same shape as y.
    columns
        Of the subjects, shape ``(R, n, q)`` or ``(1, n, q)``.
    times
        How often each subject counts, shape ``(R, n)``; None is once.
    """

    trials: int
    y: Floats
    seen: Flags
    columns: Floats
    times: Floats | None

    def some(self, places: NDArray[np.intp]) -> BatchData:
        """Return some of the trials."""
        return BatchData(
            trials=len(places),
            y=self.y if len(self.y) < self.trials else self.y[places],
            seen=self.seen if len(self.seen) < self.trials else self.seen[places],
            columns=self.columns if len(self.columns) < self.trials else self.columns[places],
            times=None if self.times is None else self.times[places],
        )

    def one(self, place: int) -> OneTrial:
        """Return one trial with a row for each time that a subject counts."""
        y, seen, columns = (
            array[place if len(array) == self.trials else 0]
            for array in (self.y, self.seen, self.columns)
        )
        if self.times is not None:
            who = np.repeat(np.arange(len(y)), self.times[place].astype(np.intp))
            y, seen, columns = y[who], seen[who], columns[who]
        return OneTrial(y, seen, columns)

    def chunks(self, size: int) -> Iterator[NDArray[np.intp]]:
        """Yield the places of the trials, so many at a time."""
        for first in range(0, self.trials, size):
            yield np.arange(first, min(first + size, self.trials))


def batch_data(
    y: ArrayLike, seen: ArrayLike, columns: ArrayLike, multiplicity: ArrayLike | None
) -> BatchData:
    """Return the trials in one shape.

    Raises
    ------
    ValueError
        Naming the array whose shape or content does not fit.
    """
    outcome = _stack("y", real_numbers("fit_batch: y", y))
    u = _stack("columns", real_numbers("fit_batch: columns", columns))
    there = np.asarray(seen)
    if there.dtype != np.bool_:
        raise ValueError(f"fit_batch: seen must be truth values, got {there.dtype}")
    there = there[None] if there.ndim == 2 else there
    if there.shape[1:] != outcome.shape[1:]:
        raise ValueError(
            f"fit_batch: seen has shape {there.shape}, y has {outcome.shape}; they must be equal"
        )
    if u.shape[1] != outcome.shape[1]:
        raise ValueError(f"fit_batch: columns has {u.shape[1]} subjects, y has {outcome.shape[1]}")
    times = None if multiplicity is None else _times(multiplicity, outcome.shape[1])
    sizes = {len(outcome), len(there), len(u)} | (set() if times is None else {len(times)})
    if len(sizes - {1}) > 1:
        raise ValueError(
            f"fit_batch: numbers of trials differ: {', '.join(map(str, sorted(sizes - {1})))}"
        )
    trials = max(sizes) if 0 not in sizes else 0
    if len(there) > len(outcome):
        outcome = np.broadcast_to(outcome, there.shape)
    there = np.broadcast_to(there, outcome.shape)
    return BatchData(
        trials=trials,
        y=np.where(there, outcome, 0.0),
        seen=there,
        columns=_known(u, there, times, trials),
        times=times if times is None or len(times) == trials else np.repeat(times, trials, axis=0),
    )


def _stack(name: str, array: Floats) -> Floats:
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or 0 in array.shape[1:]:
        raise ValueError(
            f"fit_batch: {name} must be of shape (trials, subjects, {_WIDTH[name]}) or without "
            f"trials, and not empty, got {array.shape}"
        )
    return array


def _times(multiplicity: ArrayLike, subjects: int) -> Floats:
    times = real_numbers("fit_batch: multiplicity", multiplicity)
    if times.ndim != 2 or times.shape[1] != subjects:
        raise ValueError(
            f"fit_batch: multiplicity must be of shape (trials, {subjects}), got {times.shape}"
        )
    if not ((times >= 0) & (times == np.floor(times)) & np.isfinite(times)).all():
        raise ValueError("fit_batch: multiplicity must hold whole numbers of 0 or more")
    return times


def _known(u: Floats, seen: Flags, times: Floats | None, trials: int) -> Floats:
    """Return columns without the gaps of those who are not in the model anyway."""
    unknown = ~np.isfinite(u).all(axis=2)
    if not unknown.any():
        return u
    inside = seen.any(axis=2)
    if times is not None:
        inside = inside & (times > 0)
    outside = np.broadcast_to(unknown & ~inside, (trials, u.shape[1]))
    return np.asarray(np.where(outside[:, :, None], 0.0, u))


def batch_model(
    data: BatchData,
    contrasts: ArrayLike,
    *,
    restriction: ArrayLike | None,
    covariance: str,
    df: str,
    information: str,
) -> BatchModel:
    """Return the model.

    Raises
    ------
    ValueError
        If shapes do not fit, a word stands for nothing, or no batch is possible.
    """
    m, q = data.y.shape[2], data.columns.shape[2]
    if not is_batched(covariance, df) or m > MOST_VISITS:
        raise ValueError(
            f"fit_batch: covariance={covariance!r} with df={df!r} at {m} visits is not batched; "
            f"the batch knows the covariances {', '.join(COVARIANCES)} with df "
            f"{', '.join(DF)} at up to {MOST_VISITS} visits; fit other models one by one with "
            "fit_mmrm (see is_batched)"
        )
    if information not in INFORMATION:
        raise ValueError(f"fit_batch: information must be observed or expected: {information!r}")
    rows = np.atleast_2d(real_numbers("fit_batch: contrasts", contrasts))
    full = m * q
    matrix = None
    if restriction is not None:
        matrix = real_numbers("fit_batch: restriction", restriction)
        if matrix.ndim != 2 or matrix.shape[0] != full or not np.isfinite(matrix).all():
            raise ValueError(
                f"fit_batch: restriction must be finite, of shape ({full}, p), got {matrix.shape}"
            )
    if rows.ndim != 2 or rows.shape[1] != full or not np.isfinite(rows).all():
        raise ValueError(
            f"fit_batch: contrasts must be finite, of shape (c, {full}), got {rows.shape}"
        )
    if not np.abs(rows if matrix is None else rows @ matrix).max(axis=1, initial=0.0).all():
        raise ValueError("fit_batch: a contrast is zero, so it estimates nothing")
    return BatchModel(
        visits=m,
        columns=q,
        restriction=matrix,
        contrasts=rows,
        structure=structure(covariance, range(m)),
        df=df,
        information=information,
    )
