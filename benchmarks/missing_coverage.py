"""How often intervals under an assumption about missing outcomes hold the truth.

Simulates trials with dropout, analyses each by conditional means with the jackknife and by
posterior draws with Rubin's rules, missing at random and with jump to reference, prints the table
and writes it to `benchmarks/MISSING.md`. The numbers depend on the seed and not on how many
processes share the work.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

#: Matrices are too small for threads, and processes share the cores.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))

import numpy as np
from _report import markdown
from scipy.special import expit, ndtri, stdtrit

from retrostats.errors import FitError
from retrostats.jobs.run import run_replicates
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.types import MissingRequest, VisitScores
from retrostats.models.batch.fit import fit_batch

HERE = Path(__file__).parent
SEED = 20261122
REPLICATES = 2_000
#: Trials of one block of work.
BLOCK = 50
IMPUTATIONS = 50
LEVEL = 0.95
#: Baseline and three visits: standard deviation, and correlation of any two.
VISITS, SD, CORRELATION = 3, 2.0, 0.6
#: Of the treatment arm at the last visit, in the unit of the scores; half of it at the first.
EFFECT = 1.5
#: Log odds of leaving before each visit, and their slope in the previous score, per SD: about a
#: quarter is gone at the last visit.
LEAVING, SLOPE = -2.4, 0.5
#: Subjects from whom the true share of those who leave is taken.
LARGE = 2_000_000
BASE = MissingRequest(
    visit=VISITS - 1, treatment=1, comparator=0, reference=0, imputations=IMPUTATIONS, level=LEVEL
)
JUMP = "jump to reference"
METHODS: dict[str, MissingRequest] = {
    "conditional mean, jackknife; MAR": BASE,
    "posterior draws, Rubin; MAR": replace(BASE, imputation="posterior draws", inference="rubin"),
    f"conditional mean, jackknife; {JUMP}": replace(BASE, strategy=JUMP),
    f"posterior draws, Rubin; {JUMP}": replace(
        BASE, strategy=JUMP, imputation="posterior draws", inference="rubin"
    ),
}
MODEL = "repeated-measures model, Kenward-Roger; MAR"
HEADS = ["method", "truth", "mean", "SD", "mean SE", "coverage", "MC error", "excludes 0", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Trials of one size and one effect."""

    per_arm: int
    effect: float

    def draw(self, rng: np.random.Generator, n: int) -> VisitScores:
        """Return one trial of `n` subjects, arms in turn."""
        arm = np.arange(n) % 2
        shared = np.sqrt(CORRELATION) * rng.standard_normal((n, 1))
        own = np.sqrt(1 - CORRELATION) * rng.standard_normal((n, VISITS + 1))
        growth = np.r_[0.0, np.linspace(0.5, 1.0, VISITS)]
        scores = 6.0 - growth + SD * (shared + own) - np.outer(arm, self.effect * growth)
        leaves = rng.random((n, VISITS)) < expit(LEAVING + SLOPE * (scores[:, :-1] - 6.0) / SD)
        gone = np.maximum.accumulate(leaves, axis=1)
        return VisitScores(
            y=np.where(gone, np.nan, scores[:, 1:]),
            arm=arm,
            covariates=scores[:, :1],
            names=("baseline",),
            arms=("control", "treated"),
            visits=("1", "2", "3"),
        )

    def truth(self, strategy: str) -> float:
        """Return the true difference: of those who left, none where they jump to the reference."""
        if strategy != JUMP:
            return 0.0 - self.effect
        large = self.draw(np.random.default_rng(SEED), LARGE)
        return 0.0 - self.effect * float(large.seen[large.arm == 1, -1].mean())

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, np.ndarray]:
        """Return estimate, standard error and degrees of freedom by every method."""
        found = np.full((len(places), len(METHODS) + 1, 3), np.nan)
        for k, place in enumerate(places):
            scores = self.draw(rng, 2 * self.per_arm)
            for j, request in enumerate(METHODS.values()):
                try:
                    answer = missing_estimate(scores, replace(request, seed=place)).estimate
                except FitError:
                    continue
                found[k, j] = answer.value, answer.se, answer.df
            found[k, -1] = model_answer(scores)
        return {"answers": found}


def model_answer(scores: VisitScores) -> tuple[float, float, float]:
    """Return the contrast of the repeated-measures model."""
    columns = scores.subject_columns
    row = np.zeros((1, VISITS * columns.shape[1]))
    row[0, (VISITS - 1) * columns.shape[1] + 1] = 1.0
    y = np.where(scores.seen, scores.y, 0.0)
    fits = fit_batch(y, scores.seen, columns, row)
    return float(fits.estimate[0, 0]), float(fits.se[0, 0]), float(fits.df[0, 0])


def row(name: str, answers: np.ndarray, truth: float) -> list[str]:
    value, se, df = answers[np.isfinite(answers[:, 0])].T
    margin = np.where(np.isinf(df), ndtri(0.5 + LEVEL / 2), stdtrit(df, 0.5 + LEVEL / 2)) * se
    held = (np.abs(value - truth) <= margin).mean()
    return [
        name,
        f"{truth:.3f}",
        f"{value.mean():.3f}",
        f"{value.std(ddof=1):.3f}",
        f"{se.mean():.3f}",
        f"{held:.1%}",
        f"{np.sqrt(held * (1 - held) / len(value)):.1%}",
        f"{(np.abs(value) > margin).mean():.1%}",
        f"{len(answers) - len(value):,}",
    ]


def section(situation: Situation, answers: np.ndarray) -> str:
    lost = 1 - situation.draw(np.random.default_rng(SEED), LARGE).seen[:, -1].mean()
    names = [*METHODS, MODEL]
    strategies = [request.strategy for request in METHODS.values()] + ["missing at random"]
    truths = {each: situation.truth(each) for each in set(strategies)}
    rows = [
        row(name, answers[:, j], truths[strategy])
        for j, (name, strategy) in enumerate(zip(names, strategies, strict=True))
    ]
    title = f"## {situation.per_arm} subjects per arm, difference {0.0 - situation.effect:g}"
    return f"{title}\n\n{lost:.0%} are gone at the endpoint.\n\n{markdown([HEADS, *rows])}\n"


def preface(options: argparse.Namespace) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("retrostats", "numpy", "scipy"))
    return f"""# How often intervals with missing outcomes hold the truth

Written by `benchmarks/missing_coverage.py`; nothing here is edited by hand.

- Seed {options.seed}; {options.replicates:,} trials of each situation; {IMPUTATIONS} imputations.
- Two arms, baseline and {VISITS} visits, SD {SD:g}, correlation {CORRELATION:g}; who scores higher
  is likelier to leave before the next visit (odds ratio {np.exp(SLOPE):.2f} per SD), so that
  outcomes are missing at random.
- With jump to reference, the unseen outcomes of treated subjects who left are those of the
  control arm from then on, and the truth is the difference that such outcomes have.
- {packages}, Python {platform.python_version()}.

`SD` is that of the estimates, `mean SE` what the method says it is; they agree where a standard
error means how an estimate varies from trial to trial. `coverage` is of the {LEVEL:.0%} interval,
`excludes 0` how often it excludes zero: the type I error where the difference is 0, the power
elsewhere. `none` counts trials without an answer; they are in no other number.

Rubin's rules with jump to reference keep the information that was lost when subjects left
("information anchored"): their standard error is larger than the estimates vary, their intervals
hold the truth too often, and their test rejects too rarely.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="of each situation")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=HERE / "MISSING.md")
    options = parser.parse_args()
    parts = [preface(options)]
    for per_arm in (34, 100):
        for effect in (0.0, EFFECT):
            situation = Situation(per_arm=per_arm, effect=effect)
            began = time.perf_counter()
            done = run_replicates(
                situation,
                options.replicates,
                seed=options.seed,
                block=BLOCK,
                key=repr(situation),
                workers=options.workers,
            )
            print(f"{situation}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
            parts.append(section(situation, done.arrays["answers"]))
            print(parts[-1], flush=True)
    options.out.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
