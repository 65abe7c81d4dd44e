"""Simulated trials of a design: scores, covariates, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from retrostats.arrays import Floats
from retrostats.layout import ShownAsFields
from retrostats.power.design.dropout import seen_scores
from retrostats.power.design.fields import DesignFields, SimulatedCovariate
from retrostats.power.design.scale import as_measured


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedTrials(ShownAsFields):
    """Many trials of one design with the same numbers of subjects.

    Attributes
    ----------
    arm
        Code of each subject's arm, shape ``(n,)``: 0 for the first arm of the design, whose
        subjects come first, and so on.
    scores
        As measured, shape ``(trials, n, v)``, the baseline first; also those that nobody saw.
    seen
        Which scores are there, same shape.
    covariates
        By name, shape ``(trials, n)``: numbers, or codes of the levels from 0.

    Examples
    --------
    >>> import numpy as np
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> design = rs.read_design(data_folder() / "example_cohort" / "design.toml")
    >>> trials = design.draw((2, 2, 1), np.random.default_rng(1), 1000)
    >>> trials.arm.tolist(), trials.scores.shape, sorted(trials.covariates)
    ([0, 0, 1, 1, 2], (1000, 5, 3), ['kl_grade'])
    """

    arm: NDArray[np.intp]
    scores: Floats
    seen: NDArray[np.bool_]
    covariates: Mapping[str, Floats]


def draw_trials(
    design: DesignFields, n: tuple[int, ...], rng: np.random.Generator, count: int
) -> SimulatedTrials:
    """Draw trials of a design.

    Parameters
    ----------
    design
        Free of faults.
    n
        Subjects of each arm, in the order of the design.
    rng
        Where chance comes from. The number of draws is ``count * sum(n) * (v + k)`` normal and
        ``2 * count * sum(n) * (v - 1)`` uniform ones, whatever they turn out to be.
    count
        How many trials.

    Returns
    -------
    SimulatedTrials

    Raises
    ------
    ValueError
        If `n` does not give each arm one subject at least, or `count` is below 1.
    """
    if len(n) != len(design.arms) or any(size < 1 or size != int(size) for size in n):
        raise ValueError(
            f"draw: n must give each of {len(design.arms)} arms a whole number of subjects, 1 or "
            f"more; got {n}"
        )
    if count < 1:
        raise ValueError(f"draw: count must be 1 or more, got {count}")
    visits, total = len(design.visits), int(sum(n))
    arm = np.repeat(np.arange(len(n)), n)
    factor = np.linalg.cholesky(design.joint_correlation())
    normal = rng.standard_normal((count, total, len(factor))) @ factor.T
    chances = rng.random((2, count, total, visits - 1))
    means = np.array([each.means for each in design.arms])[arm]
    scores = as_measured(means + normal[..., :visits] * np.array(design.sds), design.scale)
    return SimulatedTrials(
        arm=arm,
        scores=scores,
        seen=seen_scores(design, scores, arm, chances),
        covariates={
            each.name: _covariate(each, normal[..., at])
            for at, each in enumerate(design.covariates, start=visits)
        },
    )


def _covariate(covariate: SimulatedCovariate, normal: Floats) -> Floats:
    """Return values of a number, or codes of a category, from standard normal variables."""
    if covariate.kind == "number":
        return covariate.mean + covariate.sd * normal
    cuts = ndtri(np.cumsum(covariate.shares)[:-1])
    return np.searchsorted(cuts, normal).astype(float)
