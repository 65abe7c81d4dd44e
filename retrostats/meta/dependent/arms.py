"""Arms put together, and a control arm divided, before effects are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from retrostats.effects.arguments import require_kind, require_numbers
from retrostats.effects.summaries import OF_RAW, ArmSummary, combine_groups, require_all_arms
from retrostats.errors import DataError

#: More arms than any trial has; a slip such as the number of participants would fill the memory.
MOST_ARMS = 100


def combine_arms(arms: Sequence[ArmSummary], *, name: str = "") -> ArmSummary:
    r"""Merge arms of a trial as if their participants had been one arm.

    .. math::  n = \sum n_i,\qquad \bar x = \frac{\sum n_i\bar x_i}{n},\qquad
               s^2 = \frac{\sum (n_i - 1)s_i^2 + \sum n_i(\bar x_i - \bar x)^2}{n - 1}

    Use it when two arms of a trial are the same treatment for the question (two doses), so that
    the trial gives one estimate and its control counts once; not where the arms differ in what
    the question is about: keep both and use `shared_control_covariance`.

    Parameters
    ----------
    arms
        Two or more, of one outcome in one unit.
    name
        Of the merged arm; by default ``"a + b"``.

    Returns
    -------
    ArmSummary
        Exactly what the values of all participants would give.

    Raises
    ------
    DataError
        If there are fewer than two arms.

    References
    ----------
    .. [1] Cochrane Handbook, version 6, chapter 6.5.2.10.

    Examples
    --------
    >>> import retrostats as rs
    >>> slow = rs.ArmSummary(arm="slow", n=12, mean=3.1, sd=1.2)
    >>> fast = rs.ArmSummary(arm="fast", n=15, mean=4.0, sd=1.5)
    >>> both = rs.combine_arms([slow, fast], name="retro")
    >>> both.arm, both.n, both.mean, round(both.sd, 3)
    ('retro', 27, 3.6, 1.424)
    """
    require_all_arms(arms)
    if len(arms) < 2:
        raise DataError(f"combine_arms: {len(arms)} arms, and 2 or more are needed")
    merged = reduce(combine_groups, arms)
    return replace(merged, arm=name) if name else merged


def split_control(control: ArmSummary, into: int = 2) -> tuple[ArmSummary, ...]:
    """Divide the participants of a control arm among several comparisons.

    Use it when a program or a published pool that did so is to be checked; not for a new pool:
    each part has the mean of the whole, so that the estimates still depend on one another while
    the pool takes them as independent, and their standard errors grow
    (`shared_control_covariance` keeps all of the control).

    Parameters
    ----------
    control
        The arm.
    into
        Number of parts.

    Returns
    -------
    tuple of ArmSummary
        With the mean and SD of the whole; the sizes are whole numbers, at most 1 apart, and sum
        to that of the whole.

    Raises
    ------
    DataError
        If a part would have fewer than 2 participants.

    References
    ----------
    .. [1] Cochrane Handbook, version 6, chapter 23.3.4.

    Examples
    --------
    >>> import retrostats as rs
    >>> control = rs.ArmSummary(arm="control", n=21, mean=4.2, sd=1.4)
    >>> [part.n for part in rs.split_control(control)]
    [11, 10]
    """
    require_kind("control", control, ArmSummary, OF_RAW)
    require_numbers("split_control", into=into)
    if not 2 <= into <= MOST_ARMS or into != int(into):
        raise ValueError(
            f"split_control: into must be a whole number of 2 or more, and at most {MOST_ARMS}; "
            f"got {into!r}"
        )
    least, more = divmod(control.n, int(into))
    if least < 2:
        raise DataError(
            f"split_control: {control.n} participants cannot be divided among {into} comparisons "
            "with 2 or more in each"
        )
    return tuple(replace(control, n=least + (place < more)) for place in range(int(into)))
