"""Maximum likelihood of a multivariate normal with gaps, where the chains of draws begin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.missing.filling import conditional_means, patterns, slopes


def em_estimate(y: Floats, columns: Floats, *, steps: int = 50) -> tuple[Floats, Floats]:
    """Climb towards the largest likelihood by expectation and maximisation in turn.

    Parameters
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    columns
        Of the subjects, shape ``(n, q)``; each has a coefficient at every visit.
    steps
        How many. It climbs slowly when much is missing: 50 are enough for a place to begin, not
        for an estimate to be told.

    Returns
    -------
    beta, sigma
        Shapes ``(q, m)`` and ``(m, m)``.

    References
    ----------
    .. [1] Dempster AP, Laird NM, Rubin DB (1977). J R Stat Soc B 39, 1-38.
       doi:10.1111/j.2517-6161.1977.tb01600.x

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([[2.0, 3], [4, 5], [3, 5], [5, np.nan]])
    >>> beta, sigma = em_estimate(y, np.ones((4, 1)))
    >>> beta.round(2).tolist()
    [[3.5, 4.83]]
    """
    seen = np.isfinite(y)
    beta = np.column_stack(
        [np.linalg.lstsq(columns[here], y[here, a], rcond=None)[0] for a, here in enumerate(seen.T)]
    )
    left = np.where(seen, y - columns @ beta, 0.0)
    sigma = np.diag((left**2).sum(axis=0) / seen.sum(axis=0))
    for _ in range(steps if not seen.all() else 1):
        filled = conditional_means(y, columns @ beta, sigma)
        unknown = _unknown(seen, sigma)
        beta = np.linalg.lstsq(columns, filled, rcond=None)[0]
        left = filled - columns @ beta
        sigma = (left.T @ left + unknown) / len(y)
    return beta, sigma


def _unknown(seen: NDArray[np.bool_], sigma: Floats) -> Floats:
    """Return the sum over subjects of the covariance of their missing scores, ``(m, m)``."""
    total = np.zeros_like(sigma)
    for pattern in patterns(seen):
        gone, known = pattern.gone, pattern.seen
        left = sigma[gone[:, None], gone]
        left = left - sigma[gone[:, None], known] @ slopes(sigma, pattern)
        total[gone[:, None], gone] += len(pattern.rows) * left
    return total
