"""Small trials in which the null hypothesis is true, and the tests of it by every method.

The unit of work is a block of replicates with a seed of its own, so that the results depend
neither on the number of workers nor on the order in which they finish.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

import retrostats as rs
from retrostats.models.inference.choosing import choose_inference

ALPHA = 0.05
#: Replicates in a block. Changing it changes which random numbers a replicate gets.
BLOCK = 500
METHODS = (
    "kenward-roger",
    "kenward-roger-linear",
    "satterthwaite",
    "between-within",
    "residual",
    "asymptotic",
    "CR2",
)
ARMS = ("control", "retro")
FORMULA = "outcome ~ arm*visit"

#: Truth, the same in both arms; the standard deviations rise as they do in trials of exercise.
SD = np.array([8.0, 8.8, 9.9, 11.2])
UNSTRUCTURED = np.array(
    [
        [1.0, 0.66, 0.52, 0.41],
        [0.66, 1.0, 0.70, 0.55],
        [0.52, 0.70, 1.0, 0.74],
        [0.41, 0.55, 0.74, 1.0],
    ]
)
AUTOREGRESSIVE = 0.7 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
TRUTHS = {"unstructured": UNSTRUCTURED, "heterogeneous AR(1)": AUTOREGRESSIVE}


@dataclass(frozen=True)
class Scenario:
    """A design, its true covariance and the covariance that is fitted.

    `steady` is the log odds of staying after a visit at which the outcome was at its mean;
    infinite where nobody leaves. `key` stands in the seed: a scenario keeps its numbers when
    others are added. Two scenarios with the same key and truth analyse the same trials.
    """

    key: int
    truth: str
    fitted: str
    steady: float
    visits: int = 4
    per_arm: int = 10

    @property
    def title(self) -> str:
        stay = "complete" if np.isinf(self.steady) else "with dropout"
        return (
            f"{self.per_arm * 2} subjects, {self.visits} visits, {stay}; truth {self.truth}, "
            f'fitted `covariance="{self.fitted}"`'
        )


@dataclass
class Tally:
    """What a number of replicates gave.

    `rejected` and `answered` count by method; `unanswered` by method and reason, `unfitted` by
    reason. `last` and `seen` count subjects at the last visit and rows.
    """

    replicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[tuple[str, str]] = field(default_factory=Counter)
    unfitted: Counter[str] = field(default_factory=Counter)
    last: int = 0
    seen: int = 0

    def add(self, other: Tally) -> None:
        self.replicates += other.replicates
        self.rejected += other.rejected
        self.answered += other.answered
        self.unanswered += other.unanswered
        self.unfitted += other.unfitted
        self.last += other.last
        self.seen += other.seen


def simulate_null_trial(scenario: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one trial without any effect of arm or visit.

    The outcome is normal with mean 0. After each visit but the last a subject leaves for good
    with log odds ``0.8 z - steady``, where z is the outcome just seen in standard deviations:
    missing at random, since the chance depends on nothing that is not in the data.

    Returns
    -------
    pandas.DataFrame
        One row per subject and visit seen: ``subject, arm, visit, outcome``.
    """
    n, m = 2 * scenario.per_arm, scenario.visits
    sd, correlation = SD[:m], TRUTHS[scenario.truth][:m, :m]
    root = np.linalg.cholesky(correlation * np.outer(sd, sd))
    outcome = rng.standard_normal((n, m)) @ root.T
    odds = np.exp(0.8 * outcome[:, :-1] / sd[:-1] - scenario.steady)
    leaves = rng.random((n, m - 1)) < odds / (1 + odds)
    seen = np.ones((n, m), dtype=bool)
    seen[:, 1:] = np.cumsum(leaves, axis=1) == 0
    who, when = np.nonzero(seen)
    visits = [f"v{j + 1}" for j in range(m)]
    return pd.DataFrame(
        {
            "subject": who,
            "arm": pd.Categorical.from_codes(who // scenario.per_arm, ARMS),
            "visit": pd.Categorical.from_codes(when, visits),
            "outcome": outcome[who, when],
        }
    )


def reason(error: rs.FitError) -> str:
    """Return the first sentence of an error without the numbers in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", str(error)).split(". ")[0].split(";")[0]


def refits(fit: Any) -> Iterator[tuple[str, Any]]:
    """Yield the same optimum under every method, or the error of a method without an answer."""
    data = (fit.prepared, fit.coordinates)
    for method in METHODS:
        try:
            inference = choose_inference(method, fit.likelihood, fit.optimum, fit.theta_cov, data)
        except rs.FitError as error:
            yield method, error
        else:
            yield method, replace(fit, df_method=method, inference=inference)


def test_interaction(data: pd.DataFrame, scenario: Scenario, tally: Tally) -> None:
    """Fit one trial and test arm by visit by every method."""
    tally.replicates += 1
    tally.seen += len(data)
    tally.last += int((data["visit"] == data["visit"].cat.categories[-1]).sum())
    try:
        fit = rs.fit_mmrm(
            FORMULA, data, subject="subject", visit="visit", covariance=scenario.fitted
        )
    except rs.FitError as error:
        tally.unfitted[reason(error)] += 1
        return
    rows = [{name: 1.0} for name in fit.names if ":" in name]
    for method, found in refits(fit):
        try:
            if isinstance(found, rs.FitError):
                raise found
            test = found.f_test(rows)
        except rs.FitError as error:
            tally.unanswered[method, reason(error)] += 1
            continue
        if test.df_num != scenario.visits - 1:
            raise AssertionError(f"{test} has not {scenario.visits - 1} rows: {scenario.title}")
        tally.answered[method] += 1
        tally.rejected[method] += int(test.p < ALPHA)


def run_block(task: tuple[Scenario, int, int, int]) -> Tally:
    """Run one block: the scenario, the seed, the number of the block and its replicates."""
    scenario, seed, block, replicates = task
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(scenario.key, block)))
    tally = Tally()
    for _ in range(replicates):
        test_interaction(simulate_null_trial(scenario, rng), scenario, tally)
    return tally
