"""How long mixed models take, here and in other programs; run by `make bench-models`.

Fits the same models to the same rows with this package, statsmodels, mixedlm and R, in turns, and
writes the medians, the ratios and the log-likelihoods to `benchmarks/RESULTS.md`. A program that
is not installed keeps its row and says so. This process imports no numerical library: the memory
of a child counts that of the process which started it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _cases import CASES
from _measure import Bench
from _report import large_section, preface, section

HERE = Path(__file__).parent
LARGE = 1_000_000
#: Each row of the last table: its data set and the mode of `_large.py`.
MODES = {
    "10,000 subjects, whole": ("simulated10000", "whole"),
    "1,000,000 subjects, whole": (f"simulated{LARGE}", "whole"),
    "1,000,000 subjects, chunks": (f"simulated{LARGE}", "chunks"),
    "1,000,000 subjects, read": (f"simulated{LARGE}", "read"),
}


def child(script: str, *arguments: str) -> str:
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def prepare(folder: str, name: str) -> None:
    """Write a data set unless it is there."""
    if not Path(folder, f"{name}.csv").exists():
        child("_datasets.py", folder, name)


def large(folder: str) -> dict[str, dict[str, object]]:
    results = {}
    for label, (data, mode) in MODES.items():
        print(f"MMRM, {label} ...", file=sys.stderr, flush=True)
        prepare(folder, data)
        results[label] = json.loads(child("_large.py", mode, f"{folder}/{data}.csv"))
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--only", default="", help="cases whose title contains this text")
    options = parser.parse_args()
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        parts = [preface(bench.versions(), load)]
        print(parts[0])
        for case in (case for case in CASES if options.only in case.title):
            prepare(folder, case.data)
            parts.append(section(case, bench.run(case)))
            print(parts[-1], flush=True)
        bench.stop()
        if not options.only:
            parts.append(large_section(large(folder)))
            print(parts[-1])
    options.out.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
