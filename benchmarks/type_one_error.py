"""How often the tests of a small trial reject a true null hypothesis; run by `make simulate`.

Simulates trials of 20 subjects without any effect, fits the MMRM and tests arm by visit by every
method of degrees of freedom. Prints the tables and writes them to `benchmarks/TYPE_ONE_ERROR.md`.
The numbers depend on the seed and not on how many processes share the work.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from _null_trials import (
    ALPHA,
    BLOCK,
    FORMULA,
    METHODS,
    Scenario,
    Tally,
    run_block,
)
from _report import markdown

HERE = Path(__file__).parent
SEED = 20240611
REPLICATES = 20_000
#: The children inherit these: they share the cores, and their matrices are too small for threads.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
STEADY = 2.6
NEVER = math.inf
SCENARIOS = (
    Scenario(0, "unstructured", "us", NEVER),
    Scenario(1, "unstructured", "us", STEADY),
    Scenario(2, "heterogeneous AR(1)", "us", NEVER),
    Scenario(3, "heterogeneous AR(1)", "us", STEADY),
    Scenario(2, "heterogeneous AR(1)", "arh1", NEVER),
    Scenario(3, "heterogeneous AR(1)", "arh1", STEADY),
    Scenario(4, "unstructured", "us", NEVER, visits=3),
    Scenario(5, "unstructured", "us", STEADY, visits=3),
    Scenario(6, "unstructured", "us", STEADY, per_arm=20),
)


def run(scenario: Scenario, options: argparse.Namespace, pool: ProcessPoolExecutor) -> Tally:
    """Run all blocks of a scenario and add them up in order."""
    starts = range(0, options.replicates, BLOCK)
    sizes = [min(BLOCK, options.replicates - start) for start in starts]
    tasks = [(scenario, options.seed, block, size) for block, size in enumerate(sizes)]
    tally = Tally()
    for part in pool.map(run_block, tasks):
        tally.add(part)
    return tally


def standard_error(rejected: int, answered: int) -> float:
    """Return the Monte Carlo standard error of a rejection rate."""
    rate = rejected / answered
    return math.sqrt(rate * (1 - rate) / answered)


def row(method: str, tally: Tally) -> list[str]:
    rejected, answered = tally.rejected[method], tally.answered[method]
    silent = tally.replicates - answered
    cells = [method, f"{rejected:,}", f"{answered:,}", f"{silent:,}"]
    if not answered:
        return [*cells, "-", "-", "-"]
    rate, error = rejected / answered, standard_error(rejected, answered)
    away = (rate - ALPHA) / error if error else math.nan
    return [*cells, f"{rate:.2%}", f"{error:.2%}", f"{away:+.1f}"]


HEADS = ["df", "rejections", "tests", "no answer", "rate", "MC error", f"errors from {ALPHA:.0%}"]


def section(scenario: Scenario, tally: Tally) -> str:
    """Return the table of one scenario, with every replicate that gave no answer."""
    people = 2 * scenario.per_arm * tally.replicates
    rows = [row(method, tally) for method in METHODS]
    counts = (
        f"{tally.replicates:,} replicates, {sum(tally.unfitted.values()):,} of them not fitted; "
        f"{tally.last / people:.1%} of the subjects were seen at the last visit."
    )
    text = [f"## {scenario.title}", "", counts, "", markdown([HEADS, *rows]), ""]
    text += [f"- not fitted, {count:,}: {why}" for why, count in sorted(tally.unfitted.items())]
    text += [
        f"- no answer under {method}, {count:,}: {why}"
        for (method, why), count in sorted(tally.unanswered.items())
    ]
    return "\n".join(text).rstrip() + "\n"


def preface(options: argparse.Namespace) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("retrostats", "numpy", "scipy"))
    return f"""# Mixed models: how often a true null hypothesis is rejected

Written by `make simulate` (`benchmarks/type_one_error.py`); nothing here is edited by hand.

- Seed {options.seed}, {options.replicates:,} replicates of each design, in blocks of {BLOCK}.
- {packages}, Python {platform.python_version()}.

Two arms of equal size with the same mean at every visit. The model is `{FORMULA}` by
REML, and the test is the F test that all coefficients of arm by visit are zero, at {ALPHA:.0%}.
With dropout, after each visit but the last a subject may leave for good, with a chance that rises
with the outcome just seen (missing at random). Every method sees the same data and the same
estimates.

`rate` is rejections over tests, `MC error` its standard error. A replicate that could not be
fitted, or whose test a method refused, counts under `no answer` in place of a rejection or not;
the reasons stand below each table. For `us` the methods `kenward-roger` and `kenward-roger-linear`
are the same, because that covariance is linear in its parameters. For `arh1` the first has a term
with second derivatives of the covariance, which depends on how the covariance is parametrised.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="of each design")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=HERE / "TYPE_ONE_ERROR.md")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)
    parts = [preface(options)]
    print(parts[0], flush=True)
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for scenario in SCENARIOS:
            print(f"{scenario.title} ...", file=sys.stderr, flush=True)
            parts.append(section(scenario, run(scenario, options, pool)))
            print(parts[-1], flush=True)
    options.out.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
