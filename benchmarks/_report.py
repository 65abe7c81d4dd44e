"""Write what was measured as text: the same tables for the terminal and for RESULTS.md."""

from __future__ import annotations

import math
import os
import platform

from _cases import CHUNK, LARGE_RUNS, THIS, Case
from _measure import CAP, ONCE, TURN, Row
from _workers import MEMORY

Table = list[list[str]]


def digits(value: float) -> str:
    """Write three digits, and every digit before the point."""
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def clock(seconds: float) -> str:
    if math.isnan(seconds):
        return "-"
    return f"{digits(seconds * 1000)} ms" if seconds < 1 else f"{digits(seconds)} s"


HEADS = ("program", "read out", "median", "fastest", "fits", "ratio", "ratio of fastest")


def rows_of(rows: list[Row]) -> Table:
    ours = next(row for row in rows if row.contender.worker == THIS)
    best = max((row.loglik for row in rows if not math.isnan(row.loglik)), default=math.nan)
    table = [[*HEADS, "REML log-lik", "below best", ""]]
    for row in rows:
        gap = best - row.loglik
        table.append(
            [
                row.contender.name,
                row.contender.reads,
                clock(row.seconds),
                clock(row.fastest),
                str(row.fits) if row.fits else "-",
                digits(row.seconds / ours.seconds),
                digits(row.fastest / ours.fastest),
                "-" if math.isnan(gap) else f"{row.loglik:.4f}",
                "-" if math.isnan(gap) else f"{gap:.1e}" if gap else "0",
                row.note,
            ]
        )
    return table


def rows_of_large(results: dict[str, dict[str, object]]) -> Table:
    keys = ("seconds", "runs", "iterations", "step", "base", "peak", "loglik", "failed")
    heads = ["time", "runs", "iterations", "ms per iteration", "MB at start", "MB at most"]
    table = [["retrostats fit_mmrm", *heads, "REML log-lik", ""]]
    for name, result in results.items():
        cells = [result.get(key, "-") for key in keys]
        cells[-1] = f"failed: {result['failed']}" if "failed" in result else ""
        if isinstance(cells[0], float):
            cells[0] = clock(cells[0])
        for position, form in ((3, ".2f"), (4, ".0f"), (5, ".0f"), (6, ".4f")):
            if isinstance(cells[position], float):
                cells[position] = format(cells[position], form)
        table.append([name, *map(str, cells)])
    return table


def markdown(table: Table) -> str:
    """Return an aligned Markdown table, which reads well in a terminal too."""
    widths = [max(3, *(len(row[i]) for row in table)) for i in range(len(table[0]))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in table
    ]
    rule = "| " + " | ".join("-" * w for w in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def section(case: Case, rows: list[Row]) -> str:
    return f"## {case.title}\n\n`{case.model}`\n\n{markdown(rows_of(rows))}\n"


def large_section(results: dict[str, dict[str, object]]) -> str:
    text = f"""Each row is a fresh process. `MB at most` is its maximum resident set size, and
`MB at start` that after the imports. `whole` fits a DataFrame in memory, read before the clock
starts (median of {LARGE_RUNS} fits). `chunks` fits from the CSV file, {CHUNK:,} rows at a time, and
its time includes reading; `read` is that reading alone. An iteration is the likelihood with
gradient and Hessian, timed under a profiler: its cost should not grow with the number of subjects.
"""
    title = "## MMRM, a million subjects x 4 visits, this package alone"
    return f"{title}\n\n{text}\n{markdown(rows_of_large(results))}\n"


def preface(versions: list[str], load: tuple[float, float, float]) -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"""# Mixed models: how long a fit takes

Written by `make bench-models` (`benchmarks/mixed_models.py`); nothing here is edited by hand.

- {machine}; load average at the start {load[0]:.2f}, {load[1]:.2f}, {load[2]:.2f}.
- {versions[0]}.
- {versions[1]}.

The programs take turns, each in a long-lived process that has read the data and warmed up. In a
turn a program fits for {TURN} s, at least once; the turn's time is the median of its fits.
`median` and `fastest` are over the turns, `fits` counts all fits in them, and the ratios are to
this package: median over median, fastest over fastest. The clock covers the fit and reading out
the coefficient table named under `read out`. A first fit of more than {ONCE:.0f} s is not repeated.
A program is stopped after {CAP:.0f} s, and one that was stopped is not run on larger data sets.
A process may take {MEMORY / 2**30:.0f} GB of address space. All settings, threads among them, are
the defaults of each program; where something else runs on the machine, programs with threads lose
most.

All programs get the same rows and fit the same model by REML; `below best` is how far a REML
log-likelihood lies below the highest in its table; all programs use the same constants (no
`log|X'X|`). An empty last column means that the program reported no trouble.
"""
