"""An MMRM of a registry from a folder of Parquet files; run by `make bench-registry`.

Simulates subjects with four visits after baseline, one file per 100,000, fits them by sums that
are made file by file, and prints time and peak memory of the whole process, measured in a process
of its own: with one worker, with two, and through a dask cluster of two. ``--subjects`` says how
many. Writes `benchmarks/REGISTRY.md`.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from _report import markdown

HERE = Path(__file__).parent
SEED = 20250117
PER_FILE = 100_000
WEEKS = (3, 6, 12, 24)
ARMS = ("control", "retro")
#: Retro walking minus control at each visit, in points of a 0 to 10 scale.
EFFECT = np.array([-0.2, -0.4, -0.5, -0.6])
FORMULA = "pain ~ baseline + arm * visit"
MILLION = 1_000_000
#: Seconds between looks at the memory.
LOOK = 0.05


def simulate(folder: Path, subjects: int) -> float:
    """Write the files; return their size in GB."""
    size = 0.0
    for number, first in enumerate(range(0, subjects, PER_FILE)):
        rows = min(PER_FILE, subjects - first)
        path = folder / f"part-{number:05d}.parquet"
        part(np.random.default_rng([SEED, number]), first, rows).to_parquet(path)
        size += path.stat().st_size / 1e9
    return size


def part(rng: np.random.Generator, first: int, subjects: int) -> pd.DataFrame:
    """Return one file: one subject in five stops coming after some visit."""
    visits = len(WEEKS)
    covariance = 4 * (0.6 + 0.4 * np.eye(visits))
    baseline = rng.normal(6, 1.5, subjects).clip(0, 10).round(1)
    arm = rng.integers(0, 2, subjects)
    noise = rng.standard_normal((subjects, visits)) @ np.linalg.cholesky(covariance).T
    pain = 0.5 * baseline[:, None] + 2 + arm[:, None] * EFFECT + noise
    last = np.where(rng.random(subjects) < 0.8, visits, rng.integers(1, visits + 1, subjects))
    kept = (np.arange(visits) < last[:, None]).reshape(-1)
    names = [f"week {week}" for week in WEEKS]
    rows = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(first, first + subjects), visits),
            "arm": pd.Categorical.from_codes(np.repeat(arm, visits), list(ARMS)),
            "visit": pd.Categorical.from_codes(np.tile(np.arange(visits), subjects), names),
            "baseline": np.repeat(baseline, visits),
            "pain": pain.reshape(-1).round(1),
        }
    )
    return rows[kept].reset_index(drop=True)


def fit(folder: Path, workers: int, scheduler: str | None) -> dict[str, float]:
    """Fit in this process and say what it took."""
    import retrostats as rs

    who: rs.Workers | int = workers
    if scheduler:
        who = rs.Workers(backend="dask", scheduler=scheduler)
    start = time.perf_counter()
    model = rs.fit_mmrm(
        FORMULA, rs.read_parts(folder, workers=who), subject="subject", visit="visit"
    )
    seconds = time.perf_counter() - start
    last = model.differences("arm", by="visit", reference="control").estimates[-1]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "own_gb": own / 1e6 * 1.024,
        "rows": model.n_rows,
        "subjects": model.n_subjects,
        "estimate": last.value,
        "se": last.se,
        "df": last.df,
        "loglik": model.loglik,
    }


def measured(folder: Path, workers: int, scheduler: str | None = None) -> dict[str, float]:
    """Run `fit` in a process of its own, and watch it and its children."""
    command = [sys.executable, __file__, "--fit", str(folder), "--workers", str(workers)]
    command += ["--scheduler", scheduler] if scheduler else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(LOOK)
        told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(process.returncode)
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found | {"all_gb": max(peak, found["own_gb"])}


def resident(pid: int) -> float:
    """Return the memory of a process and its children now, in GB."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return sum(member.memory_info().rss for member in family) / 1e9
    except psutil.Error:  # one has ended in between
        return 0.0


def on_cluster(folder: Path) -> dict[str, float]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        return measured(folder, 1, cluster.scheduler_address)


def main() -> None:
    options = arguments()
    if options.fit:
        print(json.dumps(fit(options.fit, options.workers, options.scheduler)))
        return
    rows = []
    for subjects in options.subjects:
        folder = Path(tempfile.mkdtemp(dir=options.folder))
        try:
            size = simulate(folder, subjects)
            runs = {
                "1 process": measured(folder, 1),
                "2 processes": measured(folder, 2),
            }
            if options.dask:
                runs["dask, 2 workers"] = on_cluster(folder)
            same = len({(run["loglik"], run["se"], run["df"]) for run in runs.values()}) == 1
            rows += [line(subjects, size, name, run, same) for name, run in runs.items()]
        finally:
            shutil.rmtree(folder)
    write(rows, options.output)


HEADS = [
    "subjects", "rows", "files, GB", "who", "seconds", "rows per second", "peak of the process, GB",
    "peak of all, GB", "retro - control, last visit", "same digits",
]  # fmt: skip


def line(subjects: int, size: float, name: str, run: dict[str, float], same: bool) -> list[str]:
    return [
        f"{subjects:,}",
        f"{run['rows']:,}",
        f"{size:.2f}",
        name,
        f"{run['seconds']:.1f}",
        f"{run['rows'] / run['seconds'] / 1e6:.2f} million",
        f"{run['own_gb']:.2f}",
        "of the cluster" if "dask" in name else f"{run['all_gb']:.2f}",
        f"{run['estimate']:.5f} (SE {run['se']:.5f}, df {run['df']:,.0f})",
        "yes" if same else "NO",
    ]


def write(rows: list[list[str]], output: Path) -> None:
    table = markdown([HEADS, *rows])
    print(table)
    output.write_text(
        "# A registry in files\n\nWritten by `benchmarks/registry.py` (`make bench-registry`): "
        f"simulated subjects with {len(WEEKS)} visits after baseline, {PER_FILE:,} to a Parquet "
        f"file, `{FORMULA}` with an unstructured covariance and Kenward-Roger. Seconds and memory "
        "are of the machine it ran on; the true difference at the last visit is "
        f"{EFFECT[-1]:g}. Same digits: log-likelihood, standard error and degrees of freedom are "
        f"equal to the last bit whoever reads the files.\n\n{table}\n",
        encoding="utf-8",
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, nargs="+", default=[MILLION])
    parser.add_argument("--folder", type=Path, help="where the simulated files go for a while")
    parser.add_argument("--dask", action="store_true", help="also through a dask cluster")
    parser.add_argument("--output", type=Path, default=HERE / "REGISTRY.md")
    parser.add_argument("--fit", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--scheduler", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
