"""Pool subgroups of trials, and test between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from retrostats.effects.arguments import require_level
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.inference import TestName
from retrostats.meta.pool import pool
from retrostats.meta.studies import Studies, gather_studies, same_name
from retrostats.meta.subgroups.types import OVERALL, Between, PooledSubgroups, Subgroup
from retrostats.meta.subgroups.ways import means_test, pooled_alone, pooled_with_common
from retrostats.meta.tau.estimators import TauName, TauSquared

#: Trials in a group below which its own variance between trials is hardly known.
FEW = 5


def pool_subgroups(
    estimates: Iterable[Estimate],
    groups: Sequence[str],
    *,
    tau2: TauName | TauSquared = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    between: Between = "separate",
    studies: Sequence[str] | None = None,
) -> PooledSubgroups:
    """Pool groups of trials apart, and test whether their means differ.

    Use it for a few groups that were named before the trials were seen; not to compare "p below
    0.05 in one group" with "above in the other" (the test between groups does that), nor for a
    moderator that is a number (`meta_regression`).

    Parameters
    ----------
    estimates
        One for each trial, all in one unit.
    groups
        Name of the group of each trial, in the order of the estimates. Two or more groups.
    tau2, test, level, studies
        As for `pool`.
    between
        ``"separate"``: each group has its own variance between trials, and the test is Welch's F
        of their means, or Cochran's Q where standard errors have no degrees of freedom
        (``test="z"``). ``"common"``: one variance for all groups, and the test is that of
        `meta_regression` on the groups. With fewer than about five trials to a group
        ``"common"`` is the steadier choice.

    Returns
    -------
    PooledSubgroups
        Shown as a table. ``table()``, ``row_groups()``, ``row_weights()`` and ``summaries`` are
        what `plot_forest` takes.

    Raises
    ------
    DataError
        If `pool` would refuse the trials, a name of a group is missing or is ``"overall"``, or
        there are fewer than two groups.
    FitError
        If a group cannot be pooled, with its name; or under ``"common"`` every group has one
        trial.
    ValueError
        If an argument is not among its choices.

    References
    ----------
    .. [1] Borenstein M, Higgins JPT (2013). Prev Sci 14, 134-143.
       doi:10.1007/s11121-013-0377-7
    .. [2] Welch BL (1951). Biometrika 38, 330-336. doi:10.1093/biomet/38.3-4.330

    Examples
    --------
    >>> import retrostats as rs
    >>> effects = [(-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2)]
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", *effect, unit="SD")
    ...     for name, effect in zip("ABCDE", effects)
    ... ]
    >>> walking = ["treadmill", "ground", "treadmill", "treadmill", "ground"]
    >>> found = rs.pool_subgroups(trials, walking, between="common")
    >>> print(found["ground"].pooled)
    ground: -0.2 SD (95% CI -0.523 to 0.123), df 3
    >>> print(found.difference)
    F(1, 3) = 10.71, p = 0.047
    """
    require_level(level)
    if between not in get_args(Between):
        raise ValueError(f"between must be 'separate' or 'common', got {between!r}")
    gathered = gather_studies("pool_subgroups", estimates, studies=studies)
    names = _group_names(groups, gathered)
    overall = pool(gathered.estimates, tau2=tau2, test=test, level=level, studies=gathered.names)
    if between == "separate":
        own = [
            pooled_alone(gathered, name, places, tau2=tau2, test=test, level=level)
            for name, places in names.items()
        ]
        difference = means_test([group.pooled for group in own])
    else:
        own, difference = pooled_with_common(gathered, names, tau2=tau2, test=test, level=level)
    return PooledSubgroups(
        groups=tuple(own),
        overall=overall,
        difference=difference,
        between=between,
        caveats=_caveats(own, between),
    )


def _group_names(groups: Sequence[object], trials: Studies) -> dict[str, NDArray[np.intp]]:
    """Return the places of the trials of each group, in the order in which they first come."""
    if isinstance(groups, str | Set | Mapping) or not hasattr(groups, "__len__"):
        raise TypeError(
            f"pool_subgroups: groups must be a list with one name for each trial, got {groups!r}"
        )
    given = [str(name) if isinstance(name, str) else name for name in groups]
    if len(given) != len(trials):
        raise DataError(
            f"pool_subgroups: {len(given)} names of groups for {len(trials)} trials; give one each"
        )
    unnamed = [
        repr(trial)
        for trial, name in zip(trials.names, given, strict=True)
        if not isinstance(name, str) or not name.strip()
    ]
    said = "has no name of a group (a word); numbers are for rs.meta_regression"
    problems = [f"{', '.join(unnamed)} {said}"] if unnamed else []
    known = list(dict.fromkeys(name for name in given if isinstance(name, str)))
    if len(known) < 2 and not unnamed:
        problems.append(
            f"all trials are in the group {known[0]!r}, and two are needed; use rs.pool"
        )
    problems += [f"{one} are one group or two? Write each in one way" for one in _alike(known)]
    if OVERALL in known:
        problems.append(f"no group can be called {OVERALL!r}: that is the mean of all trials")
    if problems:
        raise DataError(f"pool_subgroups: {'; '.join(problems)}")
    array = np.array(given, dtype=object)
    return {name: np.flatnonzero(array == name) for name in known}


def _alike(known: Sequence[str]) -> list[str]:
    """Return names of groups that differ only in capitals or blanks."""
    spelt: dict[str, list[str]] = {}
    for name in known:
        spelt.setdefault(same_name(name), []).append(repr(name))
    return [" and ".join(names) for names in spelt.values() if len(names) > 1]


def _caveats(groups: Sequence[Subgroup], between: Between) -> tuple[str, ...]:
    alone = [repr(group.name) for group in groups if len(group.places) == 1]
    small = [repr(group.name) for group in groups if 1 < len(group.places) < FEW]
    told = []
    if alone and between == "separate":
        told.append(
            f"{', '.join(alone)}: one trial, whose own estimate stands for the group; how much "
            "such trials differ is not known, so that its interval and the test are too confident."
        )
    if alone and between == "common":
        told.append(f"{', '.join(alone)}: one trial; its interval takes tau² from other groups.")
    if small and between == "separate":
        told.append(
            f"{', '.join(small)}: fewer than {FEW} trials, whose own tau² is hardly known; look at "
            "between='common' too."
        )
    return tuple(told)
