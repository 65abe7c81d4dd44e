"""How intervals of pooled effects hold; run by `make simulate-pooling`.

Simulates trials of two groups with means and SDs, pools their Hedges g in several ways, prints
the tables and writes them to `benchmarks/POOLING.md`. The numbers depend on the seed alone.
"""

from __future__ import annotations

import argparse
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import gammaln, ndtr, stdtrit

import retrostats as rs

HERE = Path(__file__).parent
SEED = 20261121
REPLICATES = 10_000
LEVEL = 0.95
TRIALS = (2, 3, 5, 10)
#: Share of the variance of a typical trial that is between trials.
I2 = (0.0, 0.25, 0.5, 0.75, 0.9)
#: Mean effect, in SD, at which coverage, width and power are looked at.
EFFECT = -0.5
#: Name, estimator of tau squared, test.
METHODS = (
    ("common + z", "common", "z"),
    ("DL + z", "dl", "z"),
    ("REML + z", "reml", "z"),
    ("REML + HKSJ", "reml", "hksj"),
    ("REML + HKSJ, floor", "reml", "hksj_adhoc"),
)
#: People in each of the two groups of the trials.
SIZES = {
    "equal": lambda k: np.full(k, 23),
    "24 to 68 people": lambda k: np.rint(np.linspace(12, 34, k)).astype(int),
    "1:2:3:...": lambda k: 10 * np.arange(1, k + 1),
    "one ten times larger": lambda k: np.r_[np.full(k - 1, 15), 150],
}
FIGURES = {
    "type I error": "Type I error at 5%: how often a mean effect of 0 is rejected",
    "coverage": f"Coverage of the 95% interval, mean effect {EFFECT} SD",
    "width": "Mean width of the 95% interval, in SD",
    "power": f"Power at 5%, mean effect {EFFECT} SD",
    "prediction": f"Coverage of the 95% prediction interval, mean effect {EFFECT} SD",
}


@dataclass(frozen=True)
class Cell:
    """One situation: trials, their sizes, and how much they disagree."""

    k: int
    sizes: str
    i2: float

    @property
    def n(self) -> np.ndarray:
        return SIZES[self.sizes](self.k)

    @property
    def tau2(self) -> float:
        """Variance between trials that gives this share in a typical trial."""
        w = self.n / 2
        typical = (self.k - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
        return self.i2 / (1 - self.i2) * typical


def simulate(cell: Cell, effect: float, count: int, rng: np.random.Generator):
    """Return Hedges g and its usual variance, shape ``(count, k)`` each."""
    n, df = cell.n, 2 * cell.n - 2
    truth = effect + np.sqrt(cell.tau2) * rng.standard_normal((count, cell.k))
    difference = truth + np.sqrt(2 / n) * rng.standard_normal((count, cell.k))
    sd = np.sqrt(rng.chisquare(df, (count, cell.k)) / df)
    unbiased = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = unbiased * difference / sd
    return g, 2 / n + g**2 / (4 * n)


def prediction(many: rs.PooledMany, effect: float, tau2: float) -> float:
    """Return how often the effect of a further trial lies in its prediction interval."""
    margin = stdtrit(many.df, 0.5 + LEVEL / 2) * np.hypot(many.se, np.sqrt(many.tau2))
    low, high = many.value - margin - effect, many.value + margin - effect
    if tau2 == 0:
        return float(np.mean((low <= 0) & (high >= 0)))
    return float(np.mean(ndtr(high / np.sqrt(tau2)) - ndtr(low / np.sqrt(tau2))))


def run(cell: Cell, count: int, seed: np.random.SeedSequence) -> dict[str, list[float]]:
    """Return every figure of a cell, one number for each method."""
    null, real = (np.random.default_rng(child) for child in seed.spawn(2))
    none, some = simulate(cell, 0.0, count, null), simulate(cell, EFFECT, count, real)
    found: dict[str, list[float]] = {figure: [] for figure in FIGURES}
    for name, tau2, test in METHODS:
        at_null = rs.pool_many(*none, tau2=tau2, test=test, level=LEVEL)
        at_real = rs.pool_many(*some, tau2=tau2, test=test, level=LEVEL)
        if at_null.failures or at_real.failures:
            raise RuntimeError(f"{cell}: {name} left data sets without an answer")
        found["type I error"].append(np.mean(at_null.p < 1 - LEVEL))
        found["coverage"].append(np.mean((at_real.low <= EFFECT) & (at_real.high >= EFFECT)))
        found["width"].append(np.mean(at_real.high - at_real.low))
        found["power"].append(np.mean(at_real.p < 1 - LEVEL))
        # The common effect has no further trials with other effects.
        held = np.nan if tau2 == "common" else prediction(at_real, EFFECT, cell.tau2)
        found["prediction"].append(held)
    return found


def written(figure: str, value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:.2f}" if figure == "width" else f"{100 * value:.1f}"


def table(figure: str, found: dict[Cell, dict[str, list[float]]]) -> str:
    """Return a table in Markdown: a row for each cell, a column for each method."""
    heads = ["trials", "sizes", "I²", *(name for name, _, _ in METHODS)]
    lines = [f"| {' | '.join(heads)} |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    for cell, figures in found.items():
        cells = [str(cell.k), cell.sizes, f"{cell.i2:.0%}"]
        cells += [written(figure, value) for value in figures[figure]]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def preface(options: argparse.Namespace) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("retrostats", "numpy", "scipy"))
    error = 100 * np.sqrt(0.05 * 0.95 / options.replicates)
    return f"""# How intervals of pooled effects hold

Written by `make simulate-pooling` (`benchmarks/meta_coverage.py`); nothing here is edited by hand.

- Seed {options.seed}; {options.replicates:,} meta-analyses of each situation and mean effect, Monte
  Carlo error {error:.1f} points at 5%.
- {packages}, Python {platform.python_version()}.

Two groups of equal size in each trial, normal outcomes, trial effects normal around the mean with
variance τ². Means and SDs are drawn, and the trials are pooled by Hedges g with its usual variance
2/n + g²/(4n), n people in each group: the sampling variances are estimates, as in practice. I² is
the share of τ² in the total variance of a typical trial. Sizes: `equal` 23 in each group; `24 to 68
people` from 12 to 34 in each group; `1:2:3:...` 10, 20, 30, ... in each group; `one ten times
larger` 15 in each group and 150 in those of one trial. `floor`: the HKSJ standard error is never
below that of z (ad hoc). All numbers but widths in percent. A prediction interval uses the
quantiles of its test; the common effect has none.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="of each situation")
    parser.add_argument("--out", type=Path, default=HERE / "POOLING.md")
    options = parser.parse_args()
    cells = [Cell(k, sizes, i2) for k, sizes, i2 in product(TRIALS, SIZES, I2)]
    seeds = np.random.SeedSequence(options.seed).spawn(len(cells))
    found = {}
    for cell, seed in zip(cells, seeds, strict=True):
        print(cell, file=sys.stderr, flush=True)
        found[cell] = run(cell, options.replicates, seed)
    parts = [preface(options)]
    parts += [f"## {title}\n\n{table(figure, found)}\n" for figure, title in FIGURES.items()]
    options.out.write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(parts))


if __name__ == "__main__":
    main()
