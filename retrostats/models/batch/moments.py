"""Sums over the subjects of each visit pattern, for many trials with equally many patterns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.batch.coordinates import BatchCoordinates
from retrostats.models.batch.request import BatchData


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchMoments:
    """Moments of R trials, each of which has G patterns of its own.

    Because every column of the subjects stands in the mean at every visit, the products of the
    design are Kronecker products: all that is needed of pattern g are the sums of ``v v'``, of
    ``v y_a`` and of ``y_a y_b`` over its subjects.

    Attributes
    ----------
    mask
        Whether both visits belong to the pattern, shape ``(m, m, R, G + 1)``; the last pattern
        is that of all visits, without subjects.
    counts
        Subjects, shape ``(R, G + 1)``.
    rows
        Rows of the data, shape ``(R,)``.
    u
        ``sum v v'``, shape ``(R, G, q * q)``.
    y
        ``sum y_a v'``, shape ``(R, G, m, q)``.
    s
        ``sum y_a y_b``, shape ``(R, G, m, m)``.
    narrow
        Orthonormal columns to which the coefficients are restricted, shape ``(R, m * q, p)``;
        one for all where the first axis is 1; empty on its last axis where there is none.
    """

    mask: Floats
    counts: Floats
    rows: Floats
    u: Floats
    y: Floats
    s: Floats
    narrow: Floats

    def take(self, places: NDArray[np.intp]) -> BatchMoments:
        """Return the moments of some trials."""
        return BatchMoments(
            mask=self.mask[:, :, places],
            counts=self.counts[places],
            rows=self.rows[places],
            u=self.u[places],
            y=self.y[places],
            s=self.s[places],
            narrow=self.narrow if len(self.narrow) == 1 else self.narrow[places],
        )

    @property
    def present(self) -> Floats:
        """Visits of each pattern, shape ``(R, G, m)``."""
        diagonal = np.diagonal(self.mask[:, :, :, :-1], axis1=0, axis2=1)
        return np.asarray(diagonal)

    def scatter(self, beta: Floats, phi: Floats | None = None) -> Floats:
        """Return ``sum r r'`` of the residuals, and ``sum V phi V'`` added to it.

        Parameters
        ----------
        beta
            Full coefficients, shape ``(R, m, q)``.
        phi
            Shape ``(R, m * q, m * q)``.

        Returns
        -------
        ndarray
            Shape ``(R, G, m, m)``.
        """
        trials, g, m, q = self.y.shape
        form = beta[:, :, :, None, None] * beta[:, None, None]
        if phi is not None:
            form = form + phi.reshape(trials, m, q, m, q)
        crossed = self.y.reshape(trials, g * m, q) @ beta.swapaxes(1, 2)
        crossed = crossed.reshape(trials, g, m, m)
        return self.s - crossed - crossed.swapaxes(2, 3) + self.spread(form)

    def spread(self, form: Floats) -> Floats:
        """Return ``sum V F V'``, shape ``(R, G, m, m)``, for F of shape ``(R, m, q, m, q)``."""
        trials, g, m, q = self.y.shape
        flat = form.transpose(0, 2, 4, 1, 3).reshape(trials, q * q, m * m)
        return np.asarray((self.u @ flat).reshape(trials, g, m, m))


def pattern_codes(data: BatchData) -> NDArray[np.int64]:
    """Return one integer for the visits of each subject, 0 for who does not count.

    Shape ``(R, n)``, or ``(1, n)`` where it is the same in all trials.
    """
    bits = np.int64(1) << np.arange(data.seen.shape[2], dtype=np.int64)
    codes = (data.seen * bits).sum(axis=2)
    return codes if data.times is None else np.where(data.times > 0, codes, 0)


def moments_of(
    data: BatchData,
    codes: NDArray[np.int64],
    patterns: NDArray[np.int64],
    basis: BatchCoordinates,
) -> BatchMoments:
    """Sum products over the subjects of each pattern.

    Parameters
    ----------
    data
        Of R trials.
    codes
        Of `pattern_codes`.
    patterns
        The codes of the patterns of each trial, ascending, shape ``(R, G)``.
    basis
        Orthonormal columns and residuals.
    """
    q, m = basis.v.shape[2], data.y.shape[2]
    trials, g = patterns.shape
    member = (codes[:, None, :] == patterns[:, :, None]).astype(float)
    if data.times is not None:
        member *= data.times[:, None, :]
    z = np.empty((max(len(basis.v), len(basis.residual)), data.y.shape[1], q + m))
    z[:, :, :q], z[:, :, q:] = basis.v, basis.residual
    size = q + m
    products = (z[:, :, :, None] * z[:, :, None, :]).reshape(len(z), -1, size * size)
    sums = (member @ products).reshape(trials, g, size, size)
    counts = np.zeros((trials, g + 1))
    counts[:, :-1] = member.sum(axis=2)
    present = np.ones((m, trials, g + 1))
    present[:, :, :-1] = (patterns[None] >> np.arange(m)[:, None, None]) & 1
    return BatchMoments(
        mask=present[:, None] * present[None],
        counts=counts,
        rows=(present.sum(axis=0) * counts).sum(axis=1),
        u=np.ascontiguousarray(sums[:, :, :q, :q]).reshape(trials, g, q * q),
        y=np.ascontiguousarray(sums[:, :, q:, :q]),
        s=np.ascontiguousarray(sums[:, :, q:, q:]),
        narrow=basis.narrow,
    )
