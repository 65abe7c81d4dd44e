"""How long a cohort file of a million rows takes until it is a checked table of text.

The file is made here from a fixed seed: a quarter of a million subjects at four visits, with
eight columns. Each way of writing it is read five times after one warm-up; the median is printed
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
from retrostats.data.formats.reading import read_table

ROWS = 1_000_000
RUNS = 5


def trial(rows: int) -> pd.DataFrame:
    """Return a made-up trial in long form, all of it text."""
    random = np.random.default_rng(20_240_301)
    subject = np.arange(rows) // 4
    return pd.DataFrame(
        {
            "subject": [f"S{number:06d}" for number in subject],
            "arm": np.array(["retro", "forward", "control"])[subject % 3],
            "visit": np.array(["baseline", "week 3", "week 6", "week 12"])[np.arange(rows) % 4],
            "date": [f"2024-03-{day:02d}" for day in random.integers(1, 29, rows)],
            "nrs": random.integers(0, 11, rows).astype(str),
            "womac": np.round(random.uniform(0, 96, rows), 1).astype(str),
            "quadriceps": np.round(random.uniform(50, 300, rows), 2).astype(str),
            "age": random.integers(40, 80, rows).astype(str),
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
