"""Expected courses after the last visit, under an assumption about what they resemble."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.missing.types import Strategy, VisitScores

#: Takes ``own``, ``reference``, the means of both at the last visit seen, shape ``(..., n, 1)``,
#: and which subjects were seen at all, shape ``(n, 1)``; returns the means after that visit.
_After = Callable[[Floats, Floats, Floats, Floats, NDArray[np.bool_]], Floats]


def last_seen(seen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the number of the last visit at which each subject was seen.

    Parameters
    ----------
    seen
        Shape ``(n, m)``.

    Returns
    -------
    ndarray
        Shape ``(n,)``, counted from 1; 0 for subjects never seen after baseline.

    Examples
    --------
    >>> last_seen(np.array([[True, False, True], [True, False, False], [False, False, False]]))
    array([3, 1, 0])
    """
    m = seen.shape[1]
    return np.where(seen.any(axis=1), m - np.argmax(seen[:, ::-1], axis=1), 0)


def strategy_means(
    own: Floats, reference: Floats, last: NDArray[np.intp], strategy: Strategy
) -> Floats:
    """Return the means that imputation starts from, visit by visit.

    Use it on means that are unconditional: those of a subject with these covariates before any
    of its scores is known. The conditional distribution given the scores seen is then taken under
    the returned means, not under `own`.

    Parameters
    ----------
    own, reference
        Means in the arm of the subject and in the reference arm, at the covariates of the
        subject, shape ``(..., n, m)``.
    last
        Number of the last visit seen, shape ``(n,)``; 0 for none after baseline.
    strategy
        ``"missing at random"``: `own` everywhere.
        ``"jump to reference"``: `reference` after the last visit seen.
        ``"copy reference"``: `reference` at all visits, also those seen and gaps between them.
        ``"copy increments in reference"``: after the last visit seen, `own` there plus the change
        of `reference` since; with none seen, `reference`, since baseline is a covariate and
        shared.
        ``"last mean carried forward"``: after the last visit seen, `own` there; with none seen,
        `own`.

    Returns
    -------
    ndarray
        Shape ``(..., n, m)``. Rows of the reference arm come out as they went in under every
        strategy but the last: give those subjects ``"missing at random"``. Subjects seen at the
        last visit have `own`: what they miss is missing at random.

    Raises
    ------
    ValueError
        If the strategy is unknown.

    References
    ----------
    .. [1] Carpenter JR, Roger JH, Kenward MG (2013). Analysis of longitudinal trials with
       protocol deviation. J Biopharm Stat 23, 1352-1371. doi:10.1080/10543406.2013.834911

    Examples
    --------
    Three visits, the last one missed: from 3 the reference has risen by 2 since the second.

    >>> own, reference = np.array([[1.0, 2.0, 3.0]]), np.array([[4.0, 6.0, 8.0]])
    >>> for strategy in STRATEGIES:
    ...     print(strategy, strategy_means(own, reference, np.array([2]), strategy)[0])
    missing at random [1. 2. 3.]
    jump to reference [1. 2. 8.]
    copy reference [4. 6. 8.]
    copy increments in reference [1. 2. 4.]
    last mean carried forward [1. 2. 2.]
    """
    if strategy not in STRATEGIES:
        raise ValueError(
            f"strategy_means: unknown strategy {strategy!r}; expected {', '.join(STRATEGIES)}"
        )
    m = own.shape[-1]
    before = np.maximum(last - 1, 0)[:, None]
    places = np.broadcast_to(before, (*own.shape[:-1], 1))
    own_then = np.take_along_axis(own, places, axis=-1)
    reference_then = np.take_along_axis(reference, places, axis=-1)
    after = STRATEGIES[strategy](own, reference, own_then, reference_then, (last > 0)[:, None])
    changed = np.arange(m) >= last[:, None]
    if strategy == "copy reference":
        # Of subjects seen to the end nothing is imputed but gaps, which are missing at random.
        changed = np.broadcast_to((last < m)[:, None], changed.shape)
    return np.where(changed, after, own)


def _own(own: Floats, reference: Floats, *_: object) -> Floats:  # noqa: ARG001
    return own


def _reference(own: Floats, reference: Floats, *_: object) -> Floats:  # noqa: ARG001
    return reference


def _increments(
    own: Floats,  # noqa: ARG001
    reference: Floats,
    own_then: Floats,
    reference_then: Floats,
    seen: NDArray[np.bool_],
) -> Floats:
    return np.where(seen, own_then + (reference - reference_then), reference)


def _carried(
    own: Floats,
    reference: Floats,  # noqa: ARG001
    own_then: Floats,
    reference_then: Floats,  # noqa: ARG001
    seen: NDArray[np.bool_],
) -> Floats:
    return np.where(seen, own_then, own)


#: What is expected after the last visit, by strategy.
STRATEGIES: Mapping[Strategy, _After] = MappingProxyType(
    {
        "missing at random": _own,
        "jump to reference": _reference,
        "copy reference": _reference,
        "copy increments in reference": _increments,
        "last mean carried forward": _carried,
    }
)


def reference_columns(scores: VisitScores, reference: int) -> Floats:
    """Return the subjects' columns as if all were in the reference arm, shape ``(n, a + q)``.

    Parameters
    ----------
    scores
        Of all subjects.
    reference
        Code of that arm.
    """
    columns = scores.subject_columns.copy()
    arms = len(scores.arms)
    columns[:, 1:arms] = np.arange(1, arms) == reference
    return columns


def imputation_means(
    scores: VisitScores,
    beta: Floats,
    strategy: Strategy,
    reference: int,
) -> Floats:
    """Return the means under a strategy for every subject and every set of coefficients.

    Parameters
    ----------
    scores
        Of all subjects.
    beta
        Coefficients of ``scores.subject_columns`` at each visit, shape ``(R, q, m)``.
    strategy, reference
        The assumption, and the code of the arm that is copied. Subjects of that arm are missing
        at random under every strategy; those of every other arm follow the strategy. A gap before
        a visit that was seen has their own means, except under ``"copy reference"`` of a subject
        who left later: whose course is a copy is so from the first visit on, as in rbmi.

    Returns
    -------
    ndarray
        Shape ``(R, n, m)``.
    """
    own = scores.subject_columns @ beta
    if strategy == "missing at random":
        return np.asarray(own)
    copied = reference_columns(scores, reference) @ beta
    means = strategy_means(own, copied, last_seen(scores.seen), strategy)
    return np.where((scores.arm == reference)[:, None], own, means)
