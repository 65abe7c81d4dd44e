"""Scores of subjects at scheduled visits, with gaps, and what is asked of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats

#: What is assumed of outcomes after a subject's last visit.
Strategy: TypeAlias = Literal[
    "missing at random",
    "jump to reference",
    "copy reference",
    "copy increments in reference",
    "last mean carried forward",
]
#: How a missing outcome is filled in.
Imputation: TypeAlias = Literal["posterior draws", "conditional mean", "predictive mean matching"]
#: How the standard error is made.
Inference: TypeAlias = Literal["rubin", "jackknife", "bootstrap"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisitScores:
    """One outcome of a trial: a row per subject, a column per visit after baseline.

    Attributes
    ----------
    y
        Scores, shape ``(n, m)``; ``nan`` where missing.
    arm
        Code of each subject's arm, shape ``(n,)``.
    covariates
        Baseline and other covariates as numbers, shape ``(n, q)``; complete. Neither a constant
        nor the arms are among them.
    names
        Of the covariates, ``q`` of them.
    arms, visits
        Labels, in the order of codes and columns.
    unit
        Of the scores.
    """

    y: Floats
    arm: NDArray[np.intp]
    covariates: Floats
    names: tuple[str, ...]
    arms: tuple[str, ...]
    visits: tuple[str, ...]
    unit: str = ""

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which scores are there, shape ``(n, m)``."""
        return np.isfinite(self.y)

    @property
    def subject_columns(self) -> Floats:
        """Constant, indicators of the arms after the first, covariates: shape ``(n, a + q)``.

        Every column has a coefficient of its own at every visit.
        """
        codes = np.arange(1, len(self.arms))
        indicators = (self.arm[:, None] == codes).astype(float)
        return np.column_stack([np.ones(len(self.y)), indicators, self.covariates])


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRequest:
    """One analysis under an assumption about missing outcomes.

    Attributes
    ----------
    strategy
        The assumption about outcomes after the last visit seen. A gap before a visit that was
        seen is missing at random, but under ``"copy reference"`` of a subject who left later
        filled like the rest of that course: given the means of the reference.
    imputation, inference
        How gaps are filled, and how the standard error is made: ``"rubin"`` goes with several
        imputations, ``"jackknife"`` and ``"bootstrap"`` with ``"conditional mean"``.
    visit
        Column of the endpoint.
    treatment, comparator
        Codes of the arms that are compared.
    reference
        Code of the arm whose course is copied.
    imputations
        How many, for ``"rubin"``.
    replicates
        How many resamples, for ``"bootstrap"``.
    seed
        Needed wherever something is drawn.
    delta
        What is added to each imputed score, in the unit of the scores, by arm and visit: shape
        ``(arms, m)`` as nested tuples; empty for nothing.
    level
        Coverage of the interval.
    """

    strategy: Strategy = "missing at random"
    imputation: Imputation = "conditional mean"
    inference: Inference = "jackknife"
    visit: int
    treatment: int
    comparator: int
    reference: int
    imputations: int = 100
    replicates: int = 1000
    seed: int | None = None
    delta: tuple[tuple[float, ...], ...] = ()
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockOfWork:
    """What each block of draws or resamples is made from, wherever it runs.

    Attributes
    ----------
    scores, request
        What was seen and asked for.
    """

    scores: VisitScores
    request: MissingRequest


def digest(what: str, scores: VisitScores, request: MissingRequest) -> str:
    """Return a text that changes with anything that changes the numbers.

    Parameters
    ----------
    what
        The way in which they are made.
    scores, request
        What was seen and asked for.
    """
    made = hashlib.sha256(repr((what, request, scores.arms, scores.visits)).encode())
    for array in (scores.y, scores.arm, scores.covariates):
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()
