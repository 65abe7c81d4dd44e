"""Many linear models of one visit fitted at once by least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrostats.arrays import Floats, real_numbers
from retrostats.models.batch.coordinates import orthonormal
from retrostats.models.batch.types import (
    DEPENDENT,
    EXACT_FIT,
    FULL_LEVERAGE,
    NO_RESIDUAL,
    NOT_FINITE,
    TOO_FEW,
    BatchFits,
    Flags,
)
from retrostats.models.inference.heteroscedastic import NOTHING
from retrostats.models.linear.leverage import COVARIANCES, ONE, Covariance
from retrostats.models.maximum.likelihood import LOG_2PI
from retrostats.models.maximum.residual_checks import EXACT, LARGEST, SMALLEST
from retrostats.models.mean.aliasing import TOLERANCE

#: Doubles of the design handled at a time: 16 MB.
BLOCK = 1 << 21


class _Rows(NamedTuple):
    """Outcomes ``(R, n)``, whether they are used, columns ``(R or 1, n, q)``, contrasts."""

    y: Floats
    used: Flags
    columns: Floats
    contrasts: Floats


def fit_batch_ols(
    y: ArrayLike,
    used: ArrayLike,
    columns: ArrayLike,
    contrasts: ArrayLike,
    *,
    covariance: Covariance = "classical",
) -> BatchFits:
    r"""Fit the same linear model to many trials, each with one row per subject.

    Use it for the ANCOVA of thousands of simulated trials, not for one trial: `fit_ancova` says
    more about it and costs no more.

    Parameters
    ----------
    y
        Outcomes, shape ``(R, n)``; what is not used may be nan.
    used
        Whether a subject is in the model, same shape.
    columns
        Of the mean, shape ``(n, q)`` or ``(R, n, q)``.
    contrasts
        Rows of weights on the coefficients, shape ``(c, q)``.
    covariance
        ``"classical"``, ``"HC2"`` or ``"HC3"``, as for `fit_ancova`.

    Returns
    -------
    BatchFits
        A row per trial; df are subjects less columns, `sigma` is the residual variance, and
        `loglik` is full, with the variance at its maximum, as R's ``logLik(lm)``.

    Raises
    ------
    ValueError
        If shapes do not fit, or the covariance is unknown.

    Notes
    -----
    Each trial has a QR decomposition of its own. Where `fit_ancova` refuses a trial, its row is
    nan and `reason` says why.

    Examples
    --------
    >>> import numpy as np
    >>> from retrostats.models.batch.fit import fit_batch_ols
    >>> y = np.array([[5.0, 6.0, 4.0, 3.0, 4.0, 2.0], [5.0, 6.0, 4.0, 5.0, 6.0, 4.0]])
    >>> arm = np.array([0, 0, 0, 1, 1, 1])
    >>> fits = fit_batch_ols(y, y > 0, np.column_stack([np.ones(6), arm]), [[0, 1]])
    >>> fits.estimate[:, 0].round(6).tolist(), fits.df[:, 0].tolist()
    ([-2.0, 0.0], [4.0, 4.0])
    """
    if covariance not in COVARIANCES:
        raise ValueError(
            f"fit_batch_ols: covariance must be one of {', '.join(COVARIANCES)}: {covariance!r}"
        )
    rows = _checked(y, used, columns, contrasts)
    trials, n = rows.y.shape
    size = max(1, BLOCK // (n * rows.columns.shape[2]))
    parts = []
    for first in range(0, max(trials, 1), size):
        own = slice(first, first + size)
        shared = len(rows.columns) == 1 and trials != 1
        part = rows._replace(
            y=rows.y[own],
            used=rows.used[own],
            columns=rows.columns if shared else rows.columns[own],
        )
        with np.errstate(all="ignore"):
            parts.append(_fit(part, covariance))
    return BatchFits(
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in BatchFits.__slots__}
    )


def _checked(y: ArrayLike, used: ArrayLike, columns: ArrayLike, contrasts: ArrayLike) -> _Rows:
    outcome = real_numbers("fit_batch_ols: y", y)
    there = np.asarray(used)
    x = real_numbers("fit_batch_ols: columns", columns)
    x = x[None] if x.ndim == 2 else x
    rows = np.atleast_2d(real_numbers("fit_batch_ols: contrasts", contrasts))
    if outcome.ndim != 2 or there.shape != outcome.shape or there.dtype != np.bool_:
        raise ValueError(
            "fit_batch_ols: y must be of shape (trials, subjects) and used truth values of the "
            f"same shape, got {outcome.shape} and {there.dtype} {there.shape}"
        )
    if x.ndim != 3 or x.shape[1] != outcome.shape[1] or len(x) not in (1, len(outcome)):
        raise ValueError(
            "fit_batch_ols: columns must be of shape (subjects, q) or (trials, subjects, q) with "
            f"{len(outcome)} trials and {outcome.shape[1]} subjects, got {x.shape}"
        )
    if rows.ndim != 2 or rows.shape[1] != x.shape[2] or not np.isfinite(rows).all():
        raise ValueError(
            f"fit_batch_ols: contrasts must be finite, of shape (c, {x.shape[2]}), got {rows.shape}"
        )
    if not np.abs(rows).max(axis=1, initial=0.0).all():
        raise ValueError("fit_batch_ols: a contrast is zero, so it estimates nothing")
    return _Rows(outcome, there, x, rows)


def _inside(rows: _Rows) -> tuple[Floats, Floats, Flags]:
    """Return columns and outcomes, 0 where not used, and whether all numbers are finite."""
    x = np.where(rows.used[:, :, None], rows.columns, 0.0)
    y = np.where(rows.used, rows.y, 0.0)
    finite = np.asarray(np.isfinite(x).all(axis=(1, 2)) & np.isfinite(y).all(axis=1))
    x[~finite], y[~finite] = 0.0, 0.0
    return x, y, finite


def _fit(rows: _Rows, covariance: Covariance) -> BatchFits:
    x, y, finite = _inside(rows)
    q = x.shape[2]
    df = rows.used.sum(axis=1) - q
    v, triangle, full_rank = orthonormal(x, least=TOLERANCE)
    gamma = v.swapaxes(1, 2) @ y[:, :, None]
    residual = y[:, :, None] - v @ gamma
    # What rounding left of the columns in the residuals is taken off a second time.
    more = v.swapaxes(1, 2) @ residual
    gamma, residual = gamma + more, (residual - v @ more)[:, :, 0] * rows.used
    squares = (residual * residual).sum(axis=1)
    variance = squares / np.maximum(df, 1)
    inverse = np.linalg.inv(triangle)
    own = rows.contrasts @ inverse
    classical = variance[:, None] * (own * own).sum(axis=2)
    spread, lever = classical, np.zeros(len(y), dtype=bool)
    if covariance != "classical":
        left = 1 - (v * v).sum(axis=2)
        lever = ((left < ONE) & rows.used).any(axis=1)
        weights = residual**2 / (left if covariance == "HC2" else left**2)
        spread = (weights[:, None] @ (v @ own.swapaxes(1, 2)) ** 2)[:, 0]
    exact = _is_exact(squares, (y * y).sum(axis=1), np.maximum(df + q, 1))
    nothing = (spread <= NOTHING * classical).any(axis=1)
    reason = np.select(
        [~finite, df <= 0, ~full_rank, exact, lever, nothing],
        [NOT_FINITE, TOO_FEW, DEPENDENT, EXACT_FIT, FULL_LEVERAGE, NO_RESIDUAL],
        0,
    )
    n = df + q
    loglik = -n / 2 * (LOG_2PI + np.log(squares / n) + 1)
    beta = (inverse @ gamma)[:, :, 0]
    all_df = df[:, None] + np.zeros_like(spread)
    answer = (own @ gamma)[:, :, 0], np.sqrt(spread), all_df, beta, variance[:, None, None], loglik
    return _masked(reason, answer)


def _is_exact(squares: Floats, outcome: Floats, n: NDArray[np.intp]) -> Flags:
    """Tell where residuals are rounding, or of a size that cannot be squared."""
    size = np.sqrt(squares / n)
    return ~((squares > EXACT**2 * outcome) & (size > SMALLEST) & (size < LARGEST))


def _masked(reason: NDArray[np.intp], arrays: tuple[Floats, ...]) -> BatchFits:
    failed = reason > 0
    for array in arrays:
        array[failed] = np.nan
    estimate, se, df, beta, sigma, loglik = arrays
    return BatchFits(
        estimate=estimate,
        se=se,
        df=df,
        beta=beta,
        sigma=sigma,
        loglik=loglik,
        failed=failed,
        reason=reason,
        alone=np.zeros(len(reason), dtype=bool),
    )
