"""How often a 95% interval holds the truth; run by `make coverage`.

Simulates each situation many times, prints the tables and writes them to
`benchmarks/COVERAGE.md`. The numbers depend on the seed and not on how many processes share the
work.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import _coverage_further as further
import _coverage_means as means
import _coverage_ranks as ranks
import _coverage_shares as shares
from _coverage import BLOCK, LEVEL, Case, Tally, run_block
from _report import markdown

HERE = Path(__file__).parent
SEED = 20261121
REPLICATES = 10_000
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
#: Between these a coverage of 95% counts as held.
NARROW, WIDE = 0.94, 0.96
SECTIONS = {
    "Differences of two arms": means.two_arm_cases,
    "Changes": means.paired_cases,
    "Ratios of means and of standard deviations": means.ratio_cases,
    "Variance explained": means.variance_cases,
    "Ranks, two arms": ranks.two_arm_cases,
    "Ranks, pairs": ranks.paired_cases,
    "Proportions": shares.share_cases,
    "Bootstrap": further.bootstrap_cases,
    "Several arms": further.family_cases,
    "Agreement": further.agreement_cases,
}
HEADS = ["interval", "situation", "coverage", "MC error", "above", "below", "no answer", "95%?"]


def run(case: Case, options: argparse.Namespace, pool: ProcessPoolExecutor) -> Tally:
    """Run all blocks of a case and add them up in order."""
    replicates = max(BLOCK, options.replicates // case.cost)
    starts = range(0, replicates, BLOCK)
    sizes = [min(BLOCK, replicates - start) for start in starts]
    tally = Tally()
    for part in pool.map(run_block, [(case, options.seed, i, n) for i, n in enumerate(sizes)]):
        tally.add(part)
    return tally


def verdict(tally: Tally) -> str:
    """Say whether the coverage is near 95%, and on which side it is not."""
    if NARROW <= tally.coverage <= WIDE:
        return "yes"
    return "too wide" if tally.coverage > WIDE else "too narrow"


def row(case: Case, tally: Tally) -> list[str]:
    refused = sum(tally.refused.values())
    return [
        f"`{case.interval}`",
        case.situation,
        f"{tally.coverage:.1%}",
        f"{tally.error:.2%}",
        f"{tally.above / tally.answered:.1%}",
        f"{tally.below / tally.answered:.1%}",
        f"{refused:,}",
        verdict(tally),
    ]


def section(title: str, found: list[tuple[Case, Tally]]) -> str:
    """Return the table of one section, and why some data sets had no interval."""
    ordered = sorted(found, key=lambda each: each[0].interval)
    text = [f"## {title}", "", markdown([HEADS, *(row(*each) for each in ordered)]), ""]
    for name, group in groupby(ordered, key=lambda each: each[0].interval):
        refused = {why: n for _, tally in group for why, n in tally.refused.items()}
        text += [f"- no answer of `{name}`: {why}" for why in sorted(refused)]
    return "\n".join(text).rstrip() + "\n"


def preface(options: argparse.Namespace) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("retrostats", "numpy", "scipy"))
    return f"""# How often a {LEVEL:.0%} interval holds the truth

Written by `make coverage` (`benchmarks/coverage.py`); nothing here is edited by hand.

- Seed {options.seed}; {options.replicates:,} data sets of each situation, half as many where one
  takes long (limits of the noncentral t), a quarter for bootstrap and Tukey, 500 for
  Games-Howell.
- {packages}, Python {platform.python_version()}.

`above` is how often the whole interval lay above the truth, `below` how often below it; half of
what is missed on either side is best. `no answer` counts data sets for which the function refused;
they are in no other number. `95%?` says "yes" from {NARROW:.0%} to {WIDE:.0%}. Populations are
normal unless the situation says otherwise. Shares of counts can only take some values, so that the
coverage of their intervals jumps with the true share and no method has {LEVEL:.0%} everywhere.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="of each situation")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="sections whose title holds this word")
    parser.add_argument("--out", type=Path, default=HERE / "COVERAGE.md")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)
    parts = [preface(options)]
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for title, cases in SECTIONS.items():
            if options.only.lower() not in title.lower():
                continue
            print(f"{title} ...", file=sys.stderr, flush=True)
            parts.append(section(title, [(case, run(case, options, pool)) for case in cases()]))
            print(parts[-1], flush=True)
    options.out.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
