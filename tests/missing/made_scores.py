"""Scores with gaps for tests, and estimates of them by formulas of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from retrostats.missing.types import MissingRequest, VisitScores

REQUEST = MissingRequest(
    visit=1, treatment=1, comparator=0, reference=0, seed=5, imputations=20, replicates=40
)
DRAWN = replace(REQUEST, imputation="posterior draws", inference="rubin")
MATCHED = replace(REQUEST, imputation="predictive mean matching", inference="rubin")
BOOTSTRAP = replace(REQUEST, inference="bootstrap")


def made_scores(
    n: int = 40,
    *,
    visits: int = 2,
    arms: int = 2,
    seed: int = 7,
    effect: float = 0.8,
    gone: float = 0.25,
    never: int = 0,
    between: int = 0,
    covariates: int = 1,
) -> VisitScores:
    """Return scores of which some are missing after a subject's last visit.

    Parameters
    ----------
    n, visits, arms, seed
        Sizes, and what the numbers come from.
    effect
        Of each further arm at the last visit; lower scores are better.
    gone
        Share of the subjects who leave after the first visit or later.
    never, between
        How many more were never seen after baseline, or lack the first visit only.
    covariates
        How many; the first one is the baseline.
    """
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % arms
    known = rng.normal(0.0, 1.0, (n, max(1, covariates)))
    course = np.linspace(1.0, 2.0, visits) + np.outer(arm, np.linspace(0.4, 1.0, visits)) * effect
    y = 6.0 + known[:, :1] - course + rng.normal(0, 0.7, (n, 1)) + rng.normal(0, 0.7, (n, visits))
    order = rng.permutation(n)
    left, rest = np.split(order, [round(gone * n)])
    for subject in left:
        y[subject, rng.integers(1, visits) if visits > 1 else 0 :] = np.nan
    y[rest[:never]] = np.nan
    y[rest[never : never + between], 0] = np.nan
    return VisitScores(
        y=y,
        arm=arm,
        covariates=known[:, :covariates],
        names=("baseline", "age", "pain")[:covariates],
        arms=("control", "retro", "forward")[:arms],
        visits=tuple(f"week {3 * k}" for k in range(1, visits + 1)),
        unit="points",
    )


def without(scores: VisitScores, rows: np.ndarray) -> VisitScores:
    """Return the scores without some subjects."""
    return replace(
        scores,
        y=np.delete(scores.y, rows, axis=0),
        arm=np.delete(scores.arm, rows),
        covariates=np.delete(scores.covariates, rows, axis=0),
    )


def two_visit_estimate(scores: VisitScores, strategy: str) -> float:
    """Return the estimate at the second of two visits, everybody seen at the first, by formulas.

    Restricted likelihood factorises: the first visit is regressed on the columns in all, the
    second on the columns and the first in those who stayed. Arm 0 is the reference.
    """
    u, (first, second) = scores.subject_columns, scores.y.T
    stayed = np.isfinite(second)
    b1 = np.linalg.lstsq(u, first, rcond=None)[0]
    both = np.column_stack([u, first])[stayed]
    *rest, slope = np.linalg.lstsq(both, second[stayed], rcond=None)[0]
    b2 = np.array(rest) + slope * b1
    control = u.copy()
    control[:, 1 : len(scores.arms)] = 0.0
    own1, own2, other1, other2 = u @ b1, u @ b2, control @ b1, control @ b2
    expected = {
        "missing at random": (own1, own2),
        "jump to reference": (own1, other2),
        "copy reference": (other1, other2),
        "copy increments in reference": (own1, own1 + other2 - other1),
        "last mean carried forward": (own1, own1),
    }[strategy]
    mean1, mean2 = (
        np.where(scores.arm == 0, own, asked)
        for own, asked in zip((own1, own2), expected, strict=True)
    )
    y = np.where(stayed, second, mean2 + slope * (first - mean1))
    return float(np.linalg.lstsq(u, y, rcond=None)[0][1])
