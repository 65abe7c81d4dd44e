"""One MMRM in a process of its own: how long it takes and how much memory it needs at most.

``python _large.py MODE FILE`` with MODE ``read`` (the file in chunks and no fit), ``chunks`` (the
fit from these chunks) or ``whole`` (the fit from a DataFrame in memory); prints JSON.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from _cases import CHUNK, LARGE_RUNS, SIMULATED
from _datasets import ARMS, VISITS

TEXT = {"arm": "category", "visit": "category"}


class SubjectChunks:
    """A CSV file sorted by subject, in chunks that end where a subject ends; can be read again."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __iter__(self) -> Iterator[pd.DataFrame]:
        rest: pd.DataFrame | None = None
        for part in pd.read_csv(self.path, chunksize=CHUNK, dtype=TEXT):
            chunk = part if rest is None else pd.concat([rest, part], ignore_index=True)
            last = chunk["subject"].to_numpy() == chunk["subject"].iloc[-1]
            rest = chunk[last]
            yield chunk[~last]
        if rest is not None:
            yield rest


def fit(data: pd.DataFrame | Iterable[pd.DataFrame], **options: Any) -> Any:
    import retrostats as rs

    model = rs.fit_mmrm(
        SIMULATED,
        data,
        subject="subject",
        visit="visit",
        covariance="us",
        df="kenward-roger",
        **options,
    )
    return model, [(row.value, row.se, row.df, row.p) for row in model.coefficients]


def from_chunks(path: str) -> Any:
    levels = {"arm": list(ARMS), "visit": list(VISITS)}
    return fit(SubjectChunks(path), levels=levels)


def iterations(model: Any) -> int:
    """Return how many steps the optimiser took."""
    return len(model.optimiser.iterations)


def per_iteration(data: pd.DataFrame) -> float:
    """Return the milliseconds of one step of the optimiser, from a profile of a fit.

    That is the time spent in the likelihood and its derivatives, over the calls of the latter:
    one for each point that the optimiser accepts.
    """
    profile = cProfile.Profile()
    profile.runcall(fit, data)
    found = {
        name: (calls, cumulative)
        for (file, _, name), (_, calls, _, cumulative, _) in vars(pstats.Stats(profile))[
            "stats"
        ].items()
        if file.endswith("likelihood.py") and name in {"evaluate", "derivatives"}
    }
    return 1000 * sum(seconds for _, seconds in found.values()) / found["derivatives"][0]


def megabytes() -> float:
    """Return the most memory that this process has held so far (maximum resident set size)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def timed(function: Any, *arguments: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def whole(path: str) -> dict[str, float]:
    data = pd.read_csv(path, dtype=TEXT)
    runs = [timed(fit, data) for _ in range(LARGE_RUNS)]
    model = runs[-1][1][0]
    peak = megabytes()
    return {
        "seconds": statistics.median(seconds for seconds, _ in runs),
        "runs": LARGE_RUNS,
        "peak": peak,
        "loglik": model.loglik,
        "iterations": iterations(model),
        "step": per_iteration(data),
    }


def chunks(path: str) -> dict[str, float]:
    seconds, (model, _) = timed(from_chunks, path)
    return {"seconds": seconds, "runs": 1, "peak": megabytes(), "loglik": model.loglik} | {
        "iterations": iterations(model)
    }


def read(path: str) -> dict[str, float]:
    seconds, _ = timed(lambda: sum(len(chunk) for chunk in SubjectChunks(path)))
    return {"seconds": seconds, "runs": 1, "peak": megabytes()}


def main() -> None:
    mode, path = sys.argv[1:]
    import retrostats  # noqa: F401 its memory belongs to the base

    base = megabytes()
    try:
        result = {"whole": whole, "chunks": chunks, "read": read}[mode](path)
    except Exception as fault:  # the table says how it failed
        result = {"failed": f"{type(fault).__name__}: {fault}"}
    print(json.dumps({"base": base} | result))


if __name__ == "__main__":
    main()
