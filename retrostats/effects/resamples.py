"""Drawing from samples with replacement, in blocks that any process can run."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.resampling import RowStatistic
from retrostats.jobs.types import Workers

#: Numbers of one batch over all samples: 16 MB of them, and as much of their places.
CELLS = 2**21
#: Fewer replicates than `BLOCKS` blocks of `LARGEST` are shared out among so many: steps for
#: somebody who waits, work for as many cores, and little to do between them.
BLOCKS = 20
#: Replicates of a block at most.
LARGEST = 500


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resample:
    """The work of one block: the statistic of samples drawn with replacement.

    Attributes
    ----------
    rows
        The statistic, as `by_rows` returns it.
    samples
        Arrays of shape ``(n_j,)``. Each is drawn from by a generator of its own, so that the
        replicates do not depend on `batch`.
    batch
        Resamples that are held in memory at a time.
    """

    rows: RowStatistic
    samples: tuple[np.ndarray, ...]
    batch: int

    def __repr__(self) -> str:
        return "bootstrap_interval: the statistic"

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return the replicates at these places, shape ``(len(places),)``."""
        generators = (rng, *rng.spawn(len(self.samples) - 1))
        parts = []
        with quiet():
            for start in range(0, len(places), self.batch):
                size = min(self.batch, len(places) - start)
                drawn = (
                    sample[generator.integers(0, len(sample), size=(size, len(sample)))]
                    for sample, generator in zip(self.samples, generators, strict=True)
                )
                parts.append(self.rows(*drawn))
        return {"drawn": np.concatenate(parts)}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep numpy from warning of resamples without a value, which are counted and refused later.

    Filters of warnings belong to a whole process, and only its main thread sets them here: it
    does so for its other threads too.
    """
    with np.errstate(all="ignore"):
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield


def block_size(replicates: int) -> int:
    """Return the replicates of one block.

    Examples
    --------
    >>> block_size(99_999), block_size(9999), block_size(99)
    (500, 500, 5)
    """
    return min(LARGEST, -(-replicates // BLOCKS))


def batch_size(samples: Sequence[np.ndarray], block: int) -> int:
    """Return how many resamples of a block are held in memory at a time.

    Examples
    --------
    >>> batch_size([np.zeros(60_000), np.zeros(40_000)], 250)
    20
    >>> batch_size([np.zeros(20)], 250)
    250
    """
    return max(1, min(CELLS // sum(len(sample) for sample in samples), block))


def replicated(
    task: Resample,
    replicates: int,
    *,
    seed: int,
    key: str,
    workers: int | Workers,
    checkpoint: Path | str | None,
    tell: Callable[[int], None],
) -> Floats:
    """Return the replicates, shape ``(replicates,)``.

    Parameters
    ----------
    task
        What is repeated.
    replicates, seed, key, workers, checkpoint
        As in `retrostats.jobs.run.run_replicates`.
    tell
        Told how many are done.
    """
    from retrostats.jobs.run import run_replicates

    done = run_replicates(
        task,
        replicates,
        seed=seed,
        block=block_size(replicates),
        key=f"bootstrap_interval {key}",
        workers=workers,
        checkpoint=checkpoint,
        progress=lambda _words, share: tell(round(share * replicates)),
    )
    return np.asarray(done.arrays["drawn"])
