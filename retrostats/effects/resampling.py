"""Statistics of many rows of resampled data, and the limits that their replicates give."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats

#: Told how many evaluations are done, and of how many.
Progress = Callable[[int, int], None]
#: Which limits are made from the replicates.
BootstrapMethod = Literal["bca", "percentile", "basic"]
#: Rows of resampled data in, one value per row out.
RowStatistic = Callable[..., Floats]

#: Relative distance below which a replicate is equal to the estimate.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """The bootstrap distribution, shape ``(replicates,)``, under the name that scipy asks for."""

    bootstrap_distribution: Floats


def by_rows(statistic: Callable[..., object]) -> RowStatistic:
    """Return a function of rows: the statistic itself if it takes ``axis``, else in a loop.

    Parameters
    ----------
    statistic
        Of one array per sample. With a parameter ``axis`` it is called once for many rows.

    Returns
    -------
    callable
        Of arrays of shape ``(..., n)``, with ``axis=-1``; returns shape ``(...)``.

    Raises
    ------
    ValueError
        When called, if the statistic does not give one number per row.
    """
    takes_axis = _takes_axis(statistic)

    def rows(*samples: Floats, axis: int = -1) -> Floats:
        if takes_axis:
            values = np.asarray(statistic(*samples, axis=axis), dtype=np.float64)
        elif samples[0].ndim == 1:
            values = np.asarray(statistic(*samples), dtype=np.float64)
        else:
            each = [statistic(*row) for row in zip(*samples, strict=True)]
            values = np.asarray(each, dtype=np.float64)
        if values.shape != samples[0].shape[:-1]:
            raise ValueError(
                "bootstrap: the statistic must give one number for one resample; resamples of "
                f"shape {samples[0].shape} gave numbers of shape {values.shape}."
            )
        return values

    return rows


def of_pairs(rows: RowStatistic, samples: Sequence[Floats]) -> RowStatistic:
    """Return the statistic as a function of the subjects' places, which stay together.

    Parameters
    ----------
    rows
        As `by_rows` returns it.
    samples
        Arrays of one length, one place per subject.
    """

    def of_places(places: np.ndarray, axis: int = -1) -> Floats:
        return rows(*(sample[places] for sample in samples), axis=axis)

    return of_places


def counted(rows: RowStatistic, tell: Progress, done: int, total: int) -> RowStatistic:
    """Return the statistic with a count of the rows that it has seen.

    Parameters
    ----------
    rows
        As `by_rows` returns it.
    tell
        Told after each batch.
    done
        How many were done before.
    total
        How many there will be.
    """

    def count(*samples: Floats, axis: int = -1) -> Floats:
        nonlocal done
        values = rows(*samples, axis=axis)
        if values.ndim:
            done += len(values)
            tell(done, total)
        return values

    return count


def with_ties(drawn: Floats, value: float) -> Floats:
    """Return the replicates, those equal to the estimate but for rounding set equal to it.

    BCa counts the replicates below the estimate, and half of those equal to it. With outcomes in
    whole numbers many are equal, and rounding alone would put them on one side or the other.

    Examples
    --------
    >>> with_ties(np.array([0.1 + 0.2, 0.31]), 0.3).tolist()
    [0.3, 0.31]
    """
    near = ROUNDING * max(abs(value), float(np.ptp(drawn)))
    return np.where(np.abs(drawn - value) <= near, value, drawn)


def limits(
    rows: RowStatistic,
    samples: Sequence[np.ndarray],
    distribution: Floats,
    *,
    method: BootstrapMethod,
    level: float,
    batch: int,
) -> tuple[float, float]:
    """Return the limits that scipy makes of the replicates; ``nan`` where it has none.

    Parameters
    ----------
    rows, samples, batch
        As in `retrostats.effects.resamples.Resample`; the jackknife of BCa needs them.
    distribution
        The replicates, shape ``(replicates,)``.
    method, level
        Kind and coverage of the interval.
    """
    from scipy.stats import bootstrap  # slow to import, and only needed here

    with warnings.catch_warnings():
        # scipy warns of limits that are nan; the caller refuses them.
        warnings.simplefilter("ignore", RuntimeWarning)
        result = bootstrap(
            tuple(samples),
            rows,
            n_resamples=0,
            bootstrap_result=Replicates(distribution),
            vectorized=True,
            method=method,
            confidence_level=level,
            batch=batch,
            axis=-1,
        )
    low, high = result.confidence_interval
    return float(low), float(high)


def _takes_axis(statistic: Callable[..., object]) -> bool:
    try:
        return "axis" in inspect.signature(statistic).parameters
    except (TypeError, ValueError):  # some compiled functions have no signature
        return False
