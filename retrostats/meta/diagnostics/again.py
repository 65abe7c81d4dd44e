"""Pool some of the trials again, by the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import cast

from retrostats.errors import DataError, RetrostatsError
from retrostats.estimate import Estimate
from retrostats.meta.pool import pool
from retrostats.meta.pooled import Pooled, require_pooled
from retrostats.meta.tau.estimators import ESTIMATORS, TauName


def require_trials(caller: str, pooled: Pooled, fewest: int, reason: str) -> None:
    """Refuse a pool of too few trials.

    Parameters
    ----------
    caller
        Name of the public function, for the message.
    pooled
        What was given.
    fewest
        Trials needed at least.
    reason
        Why.

    Raises
    ------
    DataError
        If there are fewer.
    TypeError
        If it is no pool.
    """
    require_pooled(caller, pooled)
    if len(pooled.trials) < fewest:
        raise DataError(
            f"{caller}: {len(pooled.trials)} trials; {reason}. {fewest} or more are needed"
        )


def pool_again(pooled: Pooled, places: Sequence[int], what: str) -> Pooled:
    """Pool the trials at some places with the estimator, test and level of a pool.

    Parameters
    ----------
    pooled
        Gives trials and rules.
    places
        Of two trials or more, counted from 0.
    what
        Opens the message if they cannot be pooled.

    Raises
    ------
    RetrostatsError
        As `pool`, of the same kind.
    """
    named = ESTIMATORS.get(pooled.estimator) is pooled.tau2_of
    try:
        return pool(
            [pooled.trials[place] for place in places],
            # By its name where it has one: two names may share one function.
            tau2=cast("TauName", pooled.estimator) if named else pooled.tau2_of,
            test=pooled.test,
            level=pooled.level,
            studies=[pooled.studies[place] for place in places],
        )
    except RetrostatsError as error:
        raise type(error)(f"{what}: {error}") from error


def without_each(caller: str, pooled: Pooled) -> tuple[Pooled, ...]:
    """Pool again without each trial in turn.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    pooled
        Of three trials or more.

    Raises
    ------
    DataError
        If there are fewer.
    FitError
        If the trials that are left cannot be pooled.
    """
    require_trials(caller, pooled, 3, "without one of them nothing is left to pool")
    places = range(len(pooled.trials))
    return tuple(
        pool_again(
            pooled,
            [other for other in places if other != place],
            f"{caller}, without {pooled.studies[place]}",
        )
        for place in places
    )


def typical_se(estimates: Sequence[Estimate]) -> float:
    """Return the median standard error, which sets the decimals of a table.

    Parameters
    ----------
    estimates
        Rows of the table.
    """
    return median(estimate.se for estimate in estimates)
