"""How long a cohort file of a million rows takes to be read, checked, and made a cohort.

The file is made here from a fixed seed: a quarter of a million subjects at four visits, with
eight columns. First the whole work on one file (`check_cohort`, `read_cohort`), then reading alone:
each way of writing it is read five times after one warm-up; the median is printed
beside the time that pandas takes to read the same bytes as text without looking at them.
"""

import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from retrostats.data.codebook.types import FileForm
from retrostats.data.cohort.reading import check_cohort, read_cohort
from retrostats.data.formats.reading import read_table

ROWS = 1_000_000
RUNS = 5


CODEBOOK = """
title = "A million rows"
[roles]
subject = "subject"
arm = "arm"
visit = "visit"
date = "date"
[[arms]]
label = "control"
reference = true
[[arms]]
label = "retro"
[[arms]]
label = "forward"
[[visits]]
label = "baseline"
week = 0
[[visits]]
label = "week 3"
week = 3
[[visits]]
label = "week 6"
week = 6
[[visits]]
label = "week 12"
week = 12
[[outcomes]]
name = "pain"
instrument = "nrs"
column = "nrs"
[[outcomes]]
name = "function"
instrument = "womac_100_total"
column = "womac"
[[outcomes]]
name = "strength"
instrument = "quadriceps_n"
column = "quadriceps"
[[covariates]]
name = "age"
column = "age"
type = "number"
low = 18
high = 100
"""


def trial(rows: int) -> pd.DataFrame:
    """Return a made-up trial in long form, all of it text."""
    random = np.random.default_rng(20_240_301)
    subject = np.arange(rows) // 4
    return pd.DataFrame(
        {
            "subject": [f"S{number:06d}" for number in subject],
            "arm": np.array(["retro", "forward", "control"])[subject % 3],
            "visit": np.array(["baseline", "week 3", "week 6", "week 12"])[np.arange(rows) % 4],
            "date": np.array(["2024-01-05", "2024-01-26", "2024-02-16", "2024-03-29"])[
                np.arange(rows) % 4
            ],
            "nrs": random.integers(0, 11, rows).astype(str),
            "womac": np.round(random.uniform(0, 96, rows), 1).astype(str),
            "quadriceps": np.round(random.uniform(100, 500, rows), 1).astype(str),
            "age": (40 + subject % 40).astype(str),
        }
    )


def written(frame: pd.DataFrame, folder: Path) -> dict[str, Path]:
    """Write the trial in several ways; return the files by what they are."""
    ways: dict[str, dict[str, object]] = {
        "comma": {},
        "semicolon, CRLF": {"sep": ";", "lineterminator": "\r\n"},
        "every cell quoted": {"quoting": csv.QUOTE_ALL},
    }
    files = {}
    for number, (name, options) in enumerate(ways.items()):
        files[name] = folder / f"trial{number}.csv"
        frame.to_csv(files[name], index=False, **options)
    commas = frame.assign(womac=frame["womac"].str.replace(".", ",", regex=False))
    commas["quadriceps"] = commas["quadriceps"].str.replace(".", ",", regex=False)
    files["semicolon, decimal comma"] = folder / "commas.csv"
    commas.to_csv(files["semicolon, decimal comma"], sep=";", index=False)
    faulty = files["comma"].read_text().split("\n")
    faulty[10], faulty[ROWS // 2], faulty[-3] = "S1,retro", "=1,,,,,,,", 'S2,"retro,,,,,,'
    files["comma, three faults"] = folder / "faulty.csv"
    files["comma, three faults"].write_text("\n".join(faulty))
    return files


def seconds(run: Callable[[], object]) -> float:
    run()
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = written(trial(ROWS), Path(folder))
        plain = files["comma"]
        only = seconds(lambda: pd.read_csv(plain, dtype=object, na_filter=False))
        print(f"{'pandas.read_csv, comma':34s} {only:6.2f} s")
        codebook = Path(folder) / "codebook.toml"
        codebook.write_text(CODEBOOK)
        for name, work in (("check_cohort", check_cohort), ("read_cohort", read_cohort)):
            took = seconds(lambda work=work: work(plain, codebook))
            print(f"{name + ', comma':34s} {took:6.2f} s   {took / only:4.1f} x pandas")
        for name, path in files.items():
            took = seconds(lambda path=path: read_table(path, FileForm()))
            size = path.stat().st_size / 1e6
            table = read_table(path, FileForm())
            print(
                f"{name:34s} {took:6.2f} s   {took / only:4.1f} x pandas   {size:4.0f} MB, "
                f"{table.n_rows} rows, {len(table.problems)} problems"
            )


if __name__ == "__main__":
    main()
