"""Many repeated-measures models of one kind fitted at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrostats.models.batch.alone import fit_alone
from retrostats.models.batch.coordinates import coordinates_of
from retrostats.models.batch.inference import answers
from retrostats.models.batch.moments import moments_of, pattern_codes
from retrostats.models.batch.newton import climb
from retrostats.models.batch.ols import fit_batch_ols
from retrostats.models.batch.request import BatchData, batch_data, batch_model, is_batched
from retrostats.models.batch.start import starting_points
from retrostats.models.batch.types import (
    REASONS,
    BatchFits,
    BatchModel,
    empty_fits,
    write,
)

__all__ = ["REASONS", "BatchFits", "fit_batch", "fit_batch_ols", "is_batched"]

#: Trials whose patterns are listed at a time: enough that trials with equally many patterns
#: fill blocks, and a few megabytes.
CHUNK = 4096
#: Trials that are computed together: the arrays of a block stay in the cache.
BLOCK = 256


def fit_batch(  # noqa: PLR0913 - the choices of a written analysis plan, each by its name
    y: ArrayLike,
    seen: ArrayLike,
    columns: ArrayLike,
    contrasts: ArrayLike,
    *,
    restriction: ArrayLike | None = None,
    multiplicity: ArrayLike | None = None,
    covariance: str = "us",
    df: str = "kenward-roger",
    information: str = "observed",
) -> BatchFits:
    """Fit the same repeated-measures model to many trials at once.

    Use it for thousands of simulated or resampled trials, not for one trial: `fit_mmrm` says
    more about it. Estimates, standard errors, degrees of freedom and log-likelihoods are those
    of `fit_mmrm`.

    Parameters
    ----------
    y
        Outcomes, shape ``(R, n, m)``, or ``(n, m)`` shared by all trials; what was not seen may
        be nan.
    seen
        Whether, truth values of the same shape.
    columns
        Of the mean: one row per subject, shape ``(n, q)`` or ``(R, n, q)``, such as 1, baseline
        and arm. Every column stands in the mean at every visit; coefficient ``a * q + j`` is
        that of column j at visit a. Only subjects without any outcome may lack a number.
    contrasts
        Rows of weights on these coefficients, shape ``(c, m * q)``.
    restriction
        The coefficients are this times those that are estimated, shape ``(m * q, p)``: for a
        covariate with one slope for all visits, the sum of its columns in place of them.
    multiplicity
        How often each subject counts, whole numbers, shape ``(R, n)``: 0 and 1 of a jackknife,
        counts of a bootstrap.
    covariance
        ``"us"``, ``"cs"`` or ``"toep"``.
    df
        ``"kenward-roger"``, ``"kenward-roger-linear"`` (the same here), ``"satterthwaite"``,
        ``"residual"`` or ``"asymptotic"``.
    information
        ``"observed"`` or ``"expected"``, as for `fit_mmrm`.

    Returns
    -------
    BatchFits
        A row per trial. A trial that `fit_mmrm` would refuse, or in which a contrast cannot be
        estimated, is marked as failed with its reason and never stops the others.

    Raises
    ------
    ValueError
        If shapes do not fit, or the model is not batched; see `is_batched`.

    Notes
    -----
    The method is restricted likelihood. What becomes of a trial does not depend on which others
    stand beside it, to the last bit.

    Examples
    --------
    Two trials of six subjects at two visits; in the second one outcome is missing:

    >>> import numpy as np
    >>> from retrostats.models.batch.fit import fit_batch
    >>> pain = np.array([[5, 3], [6, 5], [4, 3], [5, 5], [6, 5], [7, 7]], dtype=float)
    >>> y = np.stack([pain, pain])
    >>> y[1, 5, 1] = np.nan
    >>> arm = np.array([1, 1, 1, 0, 0, 0])
    >>> last = [[0, 0, 0, 1]]  # the arm at the second visit
    >>> fits = fit_batch(y, np.isfinite(y), np.column_stack([np.ones(6), arm]), last)
    >>> fits.estimate[:, 0].round(3).tolist(), fits.df[:, 0].round(2).tolist()
    ([-2.0, -1.733], [4.0, 3.36])
    """
    data = batch_data(y, seen, columns, multiplicity)
    model = batch_model(
        data,
        contrasts,
        restriction=restriction,
        covariance=covariance,
        df=df,
        information=information,
    )
    fits = empty_fits(data.trials, model)
    for places in data.chunks(CHUNK):
        _fit_chunk(fits, data.some(places), places, model)
    for place in np.flatnonzero(fits.failed):
        write(fits, np.array([place]), fit_alone(data.one(int(place)), model))
    return fits


def _fit_chunk(
    fits: BatchFits, data: BatchData, places: NDArray[np.intp], model: BatchModel
) -> None:
    """Fit trials with equally many patterns together."""
    codes = pattern_codes(data)
    ordered = np.sort(codes, axis=1)
    first = np.diff(ordered, axis=1, prepend=0) > 0
    count = np.broadcast_to(first.sum(axis=1), data.trials)
    for g in np.unique(count[count > 0]):
        alike = np.flatnonzero(count == g)
        for begin in range(0, len(alike), BLOCK):
            own = alike[begin : begin + BLOCK]
            picked = own if len(codes) == data.trials else np.zeros(1, dtype=np.intp)
            patterns = np.broadcast_to(ordered[picked][first[picked]].reshape(-1, g), (len(own), g))
            with np.errstate(all="ignore"):
                part = _fit_block(data.some(own), codes[picked], patterns, model)
            write(fits, places[own], part)


def _fit_block(
    data: BatchData, codes: NDArray[np.int64], patterns: NDArray[np.int64], model: BatchModel
) -> BatchFits:
    basis = coordinates_of(data, model)
    moments = moments_of(data, codes, patterns, basis)
    start, usual = starting_points(moments, model)
    theta, settled = climb(moments, start, model.bases)
    fits = answers(moments, theta, basis, model)
    fits.failed[:] |= ~(settled & usual & basis.sure)
    return fits
