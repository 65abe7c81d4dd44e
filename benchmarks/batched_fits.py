"""How many mixed models of simulated trials are fitted in a second; writes benchmarks/BATCH.md.

Trials of 68 subjects in two arms at three visits with dropout, the model of a plan (baseline and
arm by visit, unstructured covariance, Kenward-Roger). Beside the batch stand a loop over
`fit_mmrm` and statsmodels, in the same run. Speeds are by seconds of CPU of the processes that
fit, and by the clock; every process uses one thread.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

# Before numpy is imported, here and in every process that is started: its threads are counted.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd

import retrostats as rs
from retrostats.models.batch.fit import BatchFits, fit_batch

SEED = 20240817
SUBJECTS, VISITS = 68, 3
#: Share gone by the last visit, and share of single visits skipped by those who stay.
LEAVES, SKIPS = 0.15, 0.03
#: Trials that one process draws and fits at a time.
PART = 4096
CONTRAST = np.eye(9)[8:]
HEAD = """\
# How many mixed models are fitted in a second

Written by `benchmarks/batched_fits.py`; nothing here is edited by hand.

- Seed {seed}; Python {python}, {versions}, {machine}.
- Trials of {subjects} subjects in two arms at {visits} visits, {leaves:.0%} gone by the last,
  {skips:.0%} of visits skipped. Baseline and arm by visit, unstructured covariance, restricted
  likelihood, Kenward-Roger; one contrast.
- Drawing the trials and making data frames is not timed. A process has one thread. By CPU: fits
  over the processor time of the process, added up over processes; by the clock: all fits over the
  time of the slower process, whatever other programs run.
"""
STATSMODELS = """\
statsmodels has no unstructured covariance of residuals and no Kenward-Roger. It fits the nearest
it has: the same mean with a random intercept (compound symmetry, 2 covariance parameters in place
of 6) by REML, with z tests; {failed} of {fits} did not converge. Arrays are handed to it, no
formula."""
OUTPUT = Path(__file__).parent / "BATCH.md"


class Trials(NamedTuple):
    y: np.ndarray
    seen: np.ndarray
    columns: np.ndarray


class Timed(NamedTuple):
    fits: int
    cpu: float
    clock: float

    @property
    def speed(self) -> float:
        return self.fits / self.cpu


def draw(seed: int, count: int) -> Trials:
    rng = np.random.default_rng(seed)
    arm = np.arange(SUBJECTS) % 2
    covariance = 4 * (0.6 + 0.4 * np.eye(VISITS + 1))
    scores = rng.multivariate_normal(np.full(VISITS + 1, 6.0), covariance, (count, SUBJECTS))
    scores[:, :, 1:] -= 0.8 * arm[:, None]
    gone = np.cumsum(rng.random((count, SUBJECTS, VISITS)) < LEAVES / VISITS, axis=2) > 0
    seen = ~gone & (rng.random(gone.shape) >= SKIPS)
    shared = np.broadcast_to(arm.astype(float), (count, SUBJECTS))
    columns = np.stack([np.ones_like(shared), scores[:, :, 0], shared], axis=2)
    return Trials(scores[:, :, 1:], seen, columns)


def batch(trials: Trials) -> BatchFits:
    return fit_batch(*trials, CONTRAST)


def timed_batches(job: tuple[int, int]) -> Timed:
    """Draw trials and fit them, in parts; only the fits are timed."""
    seed, count = job
    batch(draw(seed, 64))  # imports and first use
    cpu = clock = 0.0
    for part in range(count // PART):
        trials = draw(seed + part, PART)
        begun, tick = time.process_time(), time.perf_counter()
        batch(trials)
        cpu += time.process_time() - begun
        clock += time.perf_counter() - tick
    return Timed(count // PART * PART, cpu, clock)


def on_processes(processes: int, count: int) -> list[Timed]:
    jobs = [(SEED + 1000 * i, count) for i in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(timed_batches, jobs))


def frame(trials: Trials, place: int) -> pd.DataFrame:
    who, when = np.nonzero(trials.seen[place])
    return pd.DataFrame(
        {
            "who": who,
            "visit": pd.Categorical(when),
            "baseline": trials.columns[place, who, 1],
            "arm": trials.columns[place, who, 2],
            "pain": trials.y[place, who, when],
        }
    )


def loop(trials: Trials, count: int) -> tuple[Timed, np.ndarray]:
    """Fit trials one by one; return estimate, SE, df and log-likelihood of each, ``(count, 4)``."""
    frames = [frame(trials, place) for place in range(count)]
    found = np.empty((count, 4))
    begun, tick = time.process_time(), time.perf_counter()
    for place, table in enumerate(frames):
        fit = rs.fit_mmrm(
            "pain ~ 0 + visit + visit:baseline + visit:arm", table, subject="who", visit="visit"
        )
        last = fit.contrast({"visit[2]:arm": 1.0})
        found[place] = last.value, last.se, last.df, fit.loglik
    return Timed(count, time.process_time() - begun, time.perf_counter() - tick), found


def statsmodels_loop(trials: Trials, count: int) -> tuple[Timed, int]:
    """Fit a random intercept by REML, the nearest that MixedLM has; count what did not converge."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    failed = 0
    frames = [frame(trials, place) for place in range(count)]
    begun, tick = time.process_time(), time.perf_counter()
    for table in frames:
        visit = pd.get_dummies(table["visit"], dtype=float).to_numpy()
        baseline, arm = table[["baseline", "arm"]].to_numpy().T
        x = np.column_stack([visit, visit * baseline[:, None], visit * arm[:, None]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                failed += (
                    not MixedLM(table["pain"], x, groups=table["who"]).fit(reml=True).converged
                )
            except np.linalg.LinAlgError:
                failed += 1
    return Timed(count, time.process_time() - begun, time.perf_counter() - tick), failed


def gaps(trials: Trials, singles: np.ndarray) -> list[float]:
    """Return the largest gaps of estimate (in SE), SE, df and log-likelihood (relative)."""
    part = Trials(*(array[: len(singles)] for array in trials))
    fits = batch(part)
    estimate, se, df, loglik = singles.T
    return [
        float(np.abs((fits.estimate[:, 0] - estimate) / se).max()),
        float(np.abs(fits.se[:, 0] / se - 1).max()),
        float(np.abs(fits.df[:, 0] / df - 1).max()),
        float(np.abs(fits.loglik / loglik - 1).max()),
    ]


def table(one: list[Timed], two: list[Timed], singly: Timed, other: Timed) -> list[str]:
    """Return the rows of speeds, and how often the batch is faster in one process."""
    ours = one[0].speed
    both = sum(part.speed for part in two)
    clock = sum(part.fits for part in two) / max(part.clock for part in two)
    fits = sum(part.fits for part in two)
    rows = [
        "| | fits | fits per second of CPU | by the clock | batch is faster by |",
        "| --- | ---: | ---: | ---: | ---: |",
        (
            f"| `fit_batch`, one process | {one[0].fits:,} | {ours:,.0f} "
            f"| {one[0].fits / one[0].clock:,.0f} | |"
        ),
        f"| `fit_batch`, two processes | {fits:,} | {both:,.0f} | {clock:,.0f} | |",
    ]
    for name, timed in (("loop over `fit_mmrm`", singly), ("statsmodels `MixedLM`", other)):
        rows.append(
            f"| {name}, one process | {timed.fits:,} | {timed.speed:,.0f} "
            f"| {timed.fits / timed.clock:,.0f} | {ours / timed.speed:,.0f} |"
        )
    return rows


def report(options: argparse.Namespace) -> str:
    trials = draw(SEED, options.singles)
    loop(trials, 3)
    singly, found = loop(trials, options.singles)
    other, failed = statsmodels_loop(trials, min(options.singles, 100))
    rows = table(on_processes(1, options.fits), on_processes(2, options.fits), singly, other)
    estimate, se, df, loglik = gaps(trials, found)
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels"))
    return "\n".join(
        [
            HEAD.format(
                seed=SEED,
                python=platform.python_version(),
                versions=versions,
                machine=platform.machine(),
                subjects=SUBJECTS,
                visits=VISITS,
                leaves=LEAVES,
                skips=SKIPS,
            ),
            *rows,
            "",
            STATSMODELS.format(failed=failed, fits=other.fits),
            "",
            (
                f"Largest gap between the batch and {options.singles:,} single fits: estimate "
                f"{estimate:.1e} of its standard error,"
            ),
            f"standard error {se:.1e}, df {df:.1e}, log-likelihood {loglik:.1e} (relative).",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=10 * PART, help="per process")
    parser.add_argument("--singles", type=int, default=500, help="fits one by one, and compared")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    text = report(options)
    options.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
