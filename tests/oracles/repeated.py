"""A task for the tests of many workers, which can import this module but no test."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Products:
    """Correlations of normal numbers by a matrix product, whose last bits depend on threads.

    On the way it may wait, kill its worker, fail, or leave a trace of each block that began;
    `killed` and `failing` are the first places of the blocks in which it does so.
    """

    wait: float = 0.0
    killed: int = -1
    once: str = ""
    failing: tuple[int, ...] = ()
    traces: str = ""

    def __call__(self, rng, places):
        if self.traces:
            with (Path(self.traces) / str(places.start)).open("a") as file:
                file.write("begun\n")
        if places.start == self.killed:
            self.kill()
        if places.start in self.failing:
            raise RuntimeError(f"the task failed at {places.start}")
        time.sleep(self.wait)
        x = rng.normal(size=(len(places), 40, 30))
        products = x.transpose(0, 2, 1) @ x
        return {"product": products[:, 0, :2], "place": np.arange(places.start, places.stop)}

    def kill(self):
        if not (self.once and Path(self.once).exists()):
            if self.once:
                Path(self.once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
