"""Predictive mean matching: what is put in place of a gap is a score that somebody had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.missing.posterior_checks import require_known
from retrostats.missing.reference import last_seen

#: Subjects of nearest predicted score, of whom one gives hers: as in mice. Fewer repeat single
#: scores, more take them from further away (Morris, White & Royston 2014).
DONORS = 5
#: Rounds over the visits where gaps lie between visits seen; mice has 5 and advises 10 to 20.
CYCLES = 10
#: Predictions are told apart by this share of the range of the scores.
RUNG = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Visit:
    """One visit and its predictors in all data sets.

    Attributes
    ----------
    x
        Predictors, shape ``(M, n, k)``.
    y
        Scores, shape ``(n,)``; ``nan`` where missing.
    """

    x: Floats
    y: Floats


def match_means(
    y: Floats,
    columns: Floats,
    imputations: int,
    *,
    rng: np.random.Generator,
    donors: int = DONORS,
    cycles: int = CYCLES,
    visits: Sequence[str] = (),
) -> Floats:
    """Fill gaps by scores of subjects whose predicted score is nearest.

    Visit by visit, a score is regressed on the columns and the earlier visits. A missing score is
    predicted by coefficients drawn from their posterior, the scores seen by those of least
    squares, and one of the nearest gives hers (type 1 matching). If gaps lie between visits that
    were seen, rounds follow in which each visit is regressed on all others.

    Parameters
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    columns
        Constant, arms, covariates: shape ``(n, q)``, complete.
    imputations
        How many data sets, ``M``.
    rng
        Source of the draws.
    donors
        How many nearest subjects one is drawn from.
    cycles
        Rounds after the first pass, where gaps lie between visits seen.
    visits
        Labels for messages.

    Returns
    -------
    ndarray, shape ``(M, n, m)``
        Every imputed value is one that was seen at that visit.

    Raises
    ------
    FitError
        As `retrostats.missing.posterior.posterior_draws`, and if a visit has fewer scores than
        donors.

    References
    ----------
    .. [1] Little RJA (1988). J Bus Econ Stat 6, 287-296. doi:10.1080/07350015.1988.10509663
    .. [2] van Buuren S (2018). Flexible Imputation of Missing Data, section 3.4. CRC.
       doi:10.1201/9780429492259
    .. [3] Morris TP, White IR, Royston P (2014). BMC Med Res Methodol 14, 75.
       doi:10.1186/1471-2288-14-75

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> y = rng.integers(0, 11, size=(40, 2)).astype(float)
    >>> y[:10, 1] = np.nan
    >>> filled = match_means(y, np.ones((40, 1)), 20, rng=rng)
    >>> filled.shape, set(filled[:, :10, 1].ravel()) <= set(y[10:, 1])
    ((20, 40, 2), True)
    """
    require_known(y, columns, visits)
    columns = np.linalg.qr(columns)[0]
    filled = np.array(np.broadcast_to(y, (imputations, *y.shape)))
    holes = [a for a in range(y.shape[1]) if np.isnan(y[:, a]).any()]
    for a in holes:
        _fill_visit(filled, columns, y, (a, list(range(a))), rng=rng, donors=donors)
    between = (np.isfinite(y).sum(axis=1) < last_seen(np.isfinite(y))).any()
    for _ in range(cycles if between else 0):
        for a in holes:
            others = [b for b in range(y.shape[1]) if b != a]
            _fill_visit(filled, columns, y, (a, others), rng=rng, donors=donors)
    return filled


def _fill_visit(
    filled: Floats,
    columns: Floats,
    y: Floats,
    places: tuple[int, list[int]],
    *,
    rng: np.random.Generator,
    donors: int,
) -> None:
    """Fill the gaps of one visit in all data sets, given the columns and other visits."""
    a, others = places
    shape = (len(filled), *columns.shape)
    x = np.concatenate([np.broadcast_to(columns, shape), filled[:, :, others]], axis=2)
    filled[:, np.isnan(y[:, a]), a] = _matched(_Visit(x=x, y=y[:, a]), rng, donors)


def _matched(visit: _Visit, rng: np.random.Generator, donors: int) -> Floats:
    """Return scores for the gaps of a visit, shape ``(M, gaps)``."""
    seen = np.isfinite(visit.y)
    known, wanted = visit.x[:, seen], visit.x[:, ~seen]
    score = visit.y[seen]
    turned, root = np.linalg.qr(known)
    around = np.linalg.solve(root, np.swapaxes(turned, 1, 2) @ score[:, None])
    fitted = (known @ around)[..., 0]
    df = score.size - known.shape[2]
    spread = np.sqrt(((score - fitted) ** 2).sum(axis=1) / rng.chisquare(df, len(known)))
    noise = rng.standard_normal(around.shape) * spread[:, None, None]
    predicted = (wanted @ (around + np.linalg.solve(root, noise)))[..., 0]
    # Equal predictions must be equal: their rounding would choose the donors.
    step = RUNG * max(float(np.ptp(score)), float(np.abs(score).max()) * RUNG)
    rungs = [np.round(each / step) for each in (fitted, predicted)]
    chosen = nearest_donors(rungs[0], rungs[1], rng, donors=donors)
    return np.asarray(score[chosen])


def nearest_donors(
    fitted: Floats, predicted: Floats, rng: np.random.Generator, *, donors: int
) -> NDArray[np.intp]:
    """Return one of the nearest fitted values for each predicted one.

    Parameters
    ----------
    fitted
        Predictions of those who were seen, shape ``(M, n)``.
    predicted
        Predictions of those who were not, shape ``(M, g)``.
    rng
        Source of the draws; which of several equally near ones are donors is drawn too.
    donors
        How many nearest ones one is drawn from; all of them, where there are fewer.

    Returns
    -------
    ndarray of int, shape ``(M, g)``
        Places among the ``n``.

    Examples
    --------
    >>> import numpy as np
    >>> fitted, rng = np.array([[1.0, 2.0, 9.0, 10.0]]), np.random.default_rng(1)
    >>> found = nearest_donors(fitted, np.array([[9.4] * 50]), rng, donors=2)
    >>> np.unique(found).tolist()
    [2, 3]
    """
    n = fitted.shape[1]
    few = min(donors, n)
    shuffled = rng.permuted(np.broadcast_to(np.arange(n), fitted.shape), axis=1)
    order = np.argsort(np.take_along_axis(fitted, shuffled, axis=1), axis=1, kind="stable")
    order = np.take_along_axis(shuffled, order, axis=1)
    ladder = np.take_along_axis(fitted, order, axis=1)
    above = np.array([np.searchsorted(*pair) for pair in zip(ladder, predicted, strict=True)])
    sides = np.stack([np.maximum(above - 1, 0), np.minimum(above, n - 1)])
    rungs = np.take_along_axis(ladder[None], sides, axis=2)
    closest = np.where(
        np.abs(rungs[0] - predicted) < np.abs(rungs[1] - predicted), rungs[0], rungs[1]
    )
    low, high = (
        np.array([np.searchsorted(*pair, side=side) for pair in zip(ladder, closest, strict=True)])
        for side in ("left", "right")
    )
    # Among equal values any place may be the middle, so that no donor is preferred.
    middle = low + (rng.random(low.shape) * (high - low)).astype(np.intp)
    # From the middle outwards: of equal ones those around it are taken.
    around = middle[..., None] + np.array(sorted(range(-few, few + 1), key=abs))
    near = np.clip(around, 0, n - 1)
    outside = around != near
    rung = np.take_along_axis(ladder[:, None, :], near, axis=2)
    gap = np.where(outside, np.inf, np.abs(rung - predicted[..., None]))
    nearest = np.argsort(gap, axis=2, kind="stable")[..., :few]
    pick = np.take_along_axis(nearest, rng.integers(few, size=(*low.shape, 1)), axis=2)
    place = np.take_along_axis(near, pick, axis=2)[..., 0]
    return np.take_along_axis(order, place, axis=1)
