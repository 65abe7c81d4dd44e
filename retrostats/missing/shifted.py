"""A difference of two arms as a function of what is added to the imputed scores of each arm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.missing.ancova import ancova_many, orthonormal_contrast
from retrostats.missing.rubin import RubinNumbers, rubin
from retrostats.missing.types import MissingRequest, VisitScores


class Answers(NamedTuple):
    """Differences for several shifts.

    Attributes
    ----------
    value, se, df
        Shape ``(k,)`` each; ``df`` is infinite for the normal.
    """

    value: Floats
    se: Floats
    df: Floats


class Shifted(Protocol):
    """What every way to an estimate gives: the answer for any shift, without another fit."""

    @property
    def replicates(self) -> int:
        """How many imputations or resamples gave an answer."""

    @property
    def failures(self) -> int:
        """How many resamples gave none."""

    def at(self, shifts: Floats) -> Answers:
        """Return the answers when ``shifts[k]`` is added to the imputed scores, by arm.

        Parameters
        ----------
        shifts
            Shape ``(k, arms)``, in the unit of the scores.
        """


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """Estimates from conditional means, with the standard error of resamples.

    Attributes
    ----------
    base
        Estimate without a shift, then its slopes in the shift of each arm: shape ``(1 + arms,)``.
    resamples
        The same in every resample, shape ``(R, 1 + arms)``.
    factor
        The variance is this times the sum of squares of the resamples about their mean: ``(n - 1)
        / n`` for the jackknife, ``1 / (R - 1)`` for the bootstrap.
    failures
        Resamples without an answer; they are not among `resamples`.
    """

    base: Floats
    resamples: Floats
    factor: float
    failures: int

    @property
    def replicates(self) -> int:
        """How many resamples gave an answer."""
        return len(self.resamples)

    def values(self, shifts: Floats) -> Floats:
        """Return the estimate in every resample, shape ``(R, k)``."""
        return self.resamples[:, :1] + self.resamples[:, 1:] @ shifts.T

    def at(self, shifts: Floats) -> Answers:
        """Return the answers for shifts of shape ``(k, arms)``; their reference is the normal."""
        value = self.base[0] + shifts @ self.base[1:]
        # The sum of squares is a quadratic form of the shifts: exact, and cheap for a grid.
        left = self.resamples - self.resamples.mean(axis=0)
        weights = np.column_stack([np.ones(len(shifts)), shifts])
        squares = np.einsum("ka,ab,kb->k", weights, left.T @ left, weights)
        # Where the resamples hardly vary, rounding of the form may leave a hair below zero.
        se = np.sqrt(self.factor * np.maximum(squares, 0.0))
        return Answers(value, se, np.full(len(shifts), math.inf))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputed:
    """Analyses of covariance of imputed data sets, to be pooled by Rubin's rules.

    Attributes
    ----------
    values
        Estimates without a shift, shape ``(M,)``.
    slopes
        Of every estimate in the shift of each arm, shape ``(arms,)``.
    squares
        Sums of products of the residuals of the scores and of the indicators of imputed scores
        of each arm, shape ``(M, 1 + arms, 1 + arms)``.
    scale
        The squared standard error is the residual variance times this.
    df
        Residual degrees of freedom.
    """

    values: Floats
    slopes: Floats
    squares: Floats
    scale: float
    df: int

    @property
    def replicates(self) -> int:
        """How many imputations there are."""
        return len(self.values)

    @property
    def failures(self) -> int:
        """None: every imputation has an answer."""
        return 0

    def pooled(self, shifts: Floats) -> RubinNumbers:
        """Return what Rubin's rules give for shifts of shape ``(k, arms)``."""
        weights = np.column_stack([np.ones(len(shifts)), shifts])
        rss = np.einsum("ka,mab,kb->mk", weights, self.squares, weights)
        values = self.values[:, None] + shifts @ self.slopes
        return rubin(values, rss * (self.scale / self.df), float(self.df))

    def at(self, shifts: Floats) -> Answers:
        """Return the answers for shifts of shape ``(k, arms)``."""
        found = self.pooled(shifts)
        return Answers(found.estimate, np.sqrt(found.variance), found.df)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """The analysis of covariance of scores of which none is missing: no shift moves it.

    Attributes
    ----------
    value, se, df
        The answer.
    """

    value: float
    se: float
    df: float

    @property
    def replicates(self) -> int:
        """None: nothing is drawn or left out."""
        return 0

    @property
    def failures(self) -> int:
        """None."""
        return 0

    def at(self, shifts: Floats) -> Answers:
        """Return the same answer for every shift."""
        return Answers(*(np.full(len(shifts), x) for x in (self.value, self.se, self.df)))


def lacking(scores: VisitScores, visit: int) -> NDArray[np.bool_]:
    """Return who lacks a score at a visit, shape ``(n,)``."""
    return np.asarray(~scores.seen[:, visit])


def indicators(scores: VisitScores, visit: int) -> Floats:
    """Return 1 where a shift of an arm moves a score at a visit, shape ``(n, arms)``."""
    arms = np.arange(len(scores.arms))
    here = (scores.arm[:, None] == arms) & lacking(scores, visit)[:, None]
    return np.asarray(here, dtype=float)


def shifts_of(scores: VisitScores, request: MissingRequest) -> Floats:
    """Return what is added to the imputed scores of each arm at the endpoint, shape ``(arms,)``.

    Every imputed score is shifted, one in a gap before a later visit that was seen as well.
    """
    if not request.delta:
        return np.zeros(len(scores.arms))
    return np.array([visits[request.visit] for visits in request.delta], dtype=float)


def contrast_of(scores: VisitScores, request: MissingRequest) -> Floats:
    """Return the weights of the subjects' columns, treatment minus comparator, shape ``(q,)``."""
    row = np.zeros(scores.subject_columns.shape[1])
    for arm, sign in ((request.treatment, 1.0), (request.comparator, -1.0)):
        if arm:
            row[arm] += sign
    return row


def complete_analysis(scores: VisitScores, request: MissingRequest) -> Complete:
    """Return the analysis of covariance at the endpoint of scores that are all there."""
    y, contrast = scores.y[None, :, request.visit], contrast_of(scores, request)
    values, variances, df = ancova_many(y, scores.subject_columns, contrast)
    return Complete(value=float(values[0]), se=math.sqrt(variances[0]), df=float(df))


def imputed_analyses(scores: VisitScores, request: MissingRequest, drawn: Floats) -> Imputed:
    """Return the analyses of covariance at the endpoint of every completed data set.

    Parameters
    ----------
    scores, request
        What was seen and asked for.
    drawn
        Imputed scores at the endpoint, shape ``(M, lacking)``, in the order of the subjects.

    Raises
    ------
    FitError
        If the columns depend on one another.
    """
    gone = lacking(scores, request.visit)
    columns, contrast = scores.subject_columns, contrast_of(scores, request)
    y = np.tile(scores.y[:, request.visit], (len(drawn), 1))
    y[:, gone] = drawn
    marks = indicators(scores, request.visit).T
    found, moved = ancova_many(y, columns, contrast), ancova_many(marks, columns, contrast)
    q, row = orthonormal_contrast(columns, contrast)
    left = np.concatenate([y[:, None], np.broadcast_to(marks, (len(y), *marks.shape))], axis=1)
    for _ in range(2):  # what the columns explain is taken out twice, so that its rounding goes too
        left = left - (left @ q) @ q.T
    return Imputed(
        values=found.values,
        slopes=moved.values,
        squares=left @ np.swapaxes(left, 1, 2),
        scale=float(row @ row),
        df=found.df,
    )
