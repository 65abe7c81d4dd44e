"""Fill gaps of a multivariate normal: by draws, or by means, given what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import FitError

#: Bits of a whole number that a double holds.
BITS = 53


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """Subjects whose scores are missing at the same visits.

    Attributes
    ----------
    rows
        Places of the subjects.
    seen, gone
        Places of the visits seen, and of those that are missing; the second is never empty.
    """

    rows: NDArray[np.intp]
    seen: NDArray[np.intp]
    gone: NDArray[np.intp]


def patterns(seen: NDArray[np.bool_]) -> Iterator[Pattern]:
    """Yield the patterns that have gaps, in an order that hangs on the patterns alone.

    Parameters
    ----------
    seen
        Which scores are there, shape ``(n, m)``.

    Examples
    --------
    >>> import numpy as np
    >>> seen = np.array([[True, False], [True, True], [True, False]])
    >>> [(each.rows.tolist(), each.gone.tolist()) for each in patterns(seen)]
    [([0, 2], [1])]
    """
    m = seen.shape[1]
    # As one number each, which sorts a hundred times faster than rows do, while they fit in one.
    codes = (
        seen @ (2.0 ** np.arange(m))
        if m <= BITS
        else np.unique(seen, axis=0, return_inverse=True)[1]
    )
    _, first, which = np.unique(codes.ravel(), return_index=True, return_inverse=True)
    for place, kind in enumerate(seen[first]):
        if not kind.all():
            rows = np.flatnonzero(which == place)
            yield Pattern(rows=rows, seen=np.flatnonzero(kind), gone=np.flatnonzero(~kind))


def conditional_means(y: Floats, means: Floats, sigma: Floats) -> Floats:
    r"""Put the mean of each missing score, given those that were seen, in its place.

    .. math::  \mu_u + \Sigma_{us} \Sigma_{ss}^{-1} (y_s - \mu_s)

    Parameters
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    means
        Means of all scores before any is seen, shape ``(..., n, m)``.
    sigma
        Covariances between visits, shape ``(..., m, m)``, positive definite.

    Returns
    -------
    ndarray, shape ``(..., n, m)``
        Completed scores, one set for each of the leading places of `means` and `sigma`.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([[6.0, np.nan]])
    >>> conditional_means(y, np.array([[5.0, 4.0]]), np.array([[4.0, 3.0], [3.0, 4.0]])).tolist()
    [[6.0, 4.75]]
    """
    lead = np.broadcast_shapes(means.shape[:-2], sigma.shape[:-2])
    filled = np.array(np.broadcast_to(y, lead + y.shape))
    for pattern in patterns(np.isfinite(y)):
        rows, gone = pattern.rows, pattern.gone
        filled[..., rows[:, None], gone] = _expected(y, means, sigma, pattern)
    return filled


def fill(y: Floats, means: Floats, sigma: Floats, *, rng: np.random.Generator) -> Floats:
    r"""Put a draw of each missing score, given those that were seen, in its place.

    Drawn from the normal with the mean of `conditional_means` and the covariance
    :math:`\Sigma_{uu} - \Sigma_{us} \Sigma_{ss}^{-1} \Sigma_{su}`.

    Parameters
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    means
        Means of all scores before any is seen, shape ``(M, n, m)``: a draw of the parameters
        each, so that what is not known of them is in the result.
    sigma
        Covariances between visits, shape ``(M, m, m)``, positive definite.
    rng
        Source of the draws; their number and order hang on `y` and ``M`` alone.

    Returns
    -------
    ndarray, shape ``(M, n, m)``
        Completed data sets. Scores are neither rounded nor kept within a scale: that would pull
        the means of arms with many gaps away from its ends.

    Examples
    --------
    >>> import numpy as np
    >>> y, means = np.array([[6.0, np.nan]]), np.full((1000, 1, 2), 5.0)
    >>> sigma = np.broadcast_to(np.array([[4.0, 3.0], [3.0, 4.0]]), (1000, 2, 2))
    >>> drawn = fill(y, means, sigma, rng=np.random.default_rng(1))
    >>> drawn.shape, bool((drawn[:, 0, 0] == 6).all()), round(float(drawn[:, 0, 1].mean()), 1)
    ((1000, 1, 2), True, 5.7)
    """
    count, (n, m) = len(means), y.shape
    filled = np.array(np.broadcast_to(y, (count, n, m)))
    # As (n, m) noise of all scores, so that the draws of one subject do not move with the pattern
    # of another.
    noise = rng.standard_normal((count, n, m))
    for pattern in patterns(np.isfinite(y)):
        rows, gone = pattern.rows, pattern.gone
        spread = definite_root(_left_over(sigma, pattern))
        draws = noise[:, rows[:, None], gone] @ np.swapaxes(spread, -1, -2)
        filled[:, rows[:, None], gone] = _expected(y, means, sigma, pattern) + draws
    return filled


def definite_root(matrices: Floats) -> Floats:
    """Return lower Cholesky factors, shape ``(..., k, k)``.

    Raises
    ------
    FitError
        If a matrix is not positive definite: scores that were seen lie on a line, or so few
        determine a covariance that a draw of it is singular.

    Examples
    --------
    >>> import numpy as np
    >>> definite_root(np.array([[4.0, 2.0], [2.0, 2.0]])).tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    try:
        return np.asarray(np.linalg.cholesky(matrices))
    except np.linalg.LinAlgError:
        raise FitError(
            "imputation: a covariance of the visits is singular, so that nothing can be drawn from "
            "it; scores of two visits may be the same in nearly all subjects, or too few subjects "
            "were seen. Leave a visit or a covariate out, or take conditional means"
        ) from None


def slopes(sigma: Floats, pattern: Pattern) -> Floats:
    """Return the slopes of the missing scores on those seen, shape ``(..., seen, gone)``.

    Parameters
    ----------
    sigma
        Covariances between visits, shape ``(..., m, m)``.
    pattern
        Which visits were seen.
    """
    seen, gone = pattern.seen, pattern.gone
    among, between = sigma[..., seen[:, None], seen], sigma[..., seen[:, None], gone]
    return np.asarray(np.linalg.solve(among, between), dtype=np.float64)


def _left_over(sigma: Floats, pattern: Pattern) -> Floats:
    """Return the covariance of missing scores given those seen, shape ``(..., gone, gone)``."""
    seen, gone = pattern.seen, pattern.gone
    whole = sigma[..., gone[:, None], gone]
    return np.asarray(whole - sigma[..., gone[:, None], seen] @ slopes(sigma, pattern))


def _expected(y: Floats, means: Floats, sigma: Floats, pattern: Pattern) -> Floats:
    """Return the means of missing scores given those seen, shape ``(..., rows, gone)``."""
    rows, seen, gone = pattern.rows[:, None], pattern.seen, pattern.gone
    left = y[rows, seen] - means[..., rows, seen]
    return np.asarray(means[..., rows, gone] + left @ slopes(sigma, pattern))
