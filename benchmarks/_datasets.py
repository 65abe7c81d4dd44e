"""The data sets of the mixed model benchmark, as CSV files that Python and R read alike.

Run as a program, ``python _datasets.py FOLDER NAME``, so that the process which measures never
holds a large table itself. Every row has an outcome: all contenders see the same rows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "mixed"
ARMS = ("control", "forward", "retro")
VISITS = ("v1", "v2", "v3", "v4")
SEED = 20240611
BATCH = 100_000

#: Truth behind the simulated outcome, one entry per visit (months 1 to 4) or per arm.
SD = np.array([8.0, 8.8, 9.9, 11.2])
CORRELATION = np.array(
    [
        [1.0, 0.66, 0.52, 0.41],
        [0.66, 1.0, 0.70, 0.55],
        [0.52, 0.70, 1.0, 0.74],
        [0.41, 0.55, 0.74, 1.0],
    ]
)
CHANGE_PER_MONTH = np.array([-0.8, -2.0, -3.1])
GAP = 0.04


@dataclass(frozen=True)
class Trial:
    """A simulated trial: how many subjects, and the number of the first one."""

    subjects: int
    first: int = 0


def simulate_trial(trial: Trial, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a three-arm trial with four visits, monotone dropout and gaps.

    The baseline is normal (48, 9). The outcome is ``20 + 0.6 baseline + slope[arm] month`` plus
    normal errors with standard deviations `SD` and correlations `CORRELATION`. After each visit a
    subject leaves for good with a chance that grows with the outcome just seen (missing at
    random; about a fifth has left by the last visit); of what remains, a share `GAP` of single
    visits is missing. The first visit is never missing.

    Returns
    -------
    pandas.DataFrame
        One row per subject and visit seen, sorted by subject: ``subject`` (int), ``arm``,
        ``visit``, ``month`` (1 to 4), ``baseline`` and ``outcome`` (rounded to 4 decimals).
    """
    n, visits = trial.subjects, len(VISITS)
    arm = rng.integers(len(ARMS), size=n)
    baseline = np.round(rng.normal(48, 9, size=n), 4)
    month = np.arange(1, visits + 1)
    root = np.linalg.cholesky(CORRELATION * np.outer(SD, SD))
    mean = 20 + 0.6 * baseline[:, None] + CHANGE_PER_MONTH[arm][:, None] * month
    outcome = np.round(mean + rng.normal(size=(n, visits)) @ root.T, 4)
    chance = 1 / (1 + np.exp(2.6 - 0.03 * (outcome[:, :-1] - 45)))
    left = np.cumsum(rng.random((n, visits - 1)) < chance, axis=1) > 0
    seen = np.ones((n, visits), dtype=bool)
    seen[:, 1:] = ~left & (rng.random((n, visits - 1)) >= GAP)
    who, when = np.nonzero(seen)
    return pd.DataFrame(
        {
            "subject": trial.first + who,
            "arm": pd.Categorical.from_codes(arm[who], ARMS),
            "visit": pd.Categorical.from_codes(when, VISITS),
            "month": month[when],
            "baseline": baseline[who],
            "outcome": outcome[who, when],
        }
    )


def write_simulated(path: Path, subjects: int) -> None:
    """Write a simulated trial in batches; the same seed gives the same file."""
    rng = np.random.default_rng(SEED)
    with path.open("w", encoding="utf-8") as file:
        for first in range(0, subjects, BATCH):
            batch = simulate_trial(Trial(min(BATCH, subjects - first), first), rng)
            batch.to_csv(file, index=False, header=first == 0)


def write_sleepstudy(path: Path) -> None:
    """Copy the reaction times of Belenky et al. (2003), as lme4 has them."""
    pd.read_csv(GOLDEN / "sleepstudy" / "data.csv").to_csv(path, index=False)


def write_trial3(path: Path) -> None:
    """Write the visits after baseline of the 68-subject reference trial, observed rows only."""
    trial = pd.read_csv(GOLDEN / "trial3" / "data.csv")
    after = trial[(trial["week"] > 0) & trial["nrs"].notna()]
    columns = ["id", "arm", "age", "sex", "week", "nrs", "nrs_bl"]
    after[columns].assign(visit="w" + after["week"].astype(str)).to_csv(path, index=False)


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2]
    path = folder / f"{name}.csv"
    if name == "sleepstudy":
        write_sleepstudy(path)
    elif name == "trial3":
        write_trial3(path)
    else:
        write_simulated(path, int(name.removeprefix("simulated")))


if __name__ == "__main__":
    main()
