"""Measure the contenders of a case in turn, so that the noise of the machine hits all alike."""

from __future__ import annotations

import math
import statistics
import sys
from dataclasses import dataclass, field

from _cases import CONTENDERS, Case, Contender
from _workers import Worker, fitted

#: A turn: fit again and again for so long, at least once; its time is the median of the fits.
TURN = 0.25
#: Seconds after which a contender is stopped.
CAP = 120.0
#: A contender whose first fit takes longer than this is not asked again.
ONCE = 15.0


@dataclass
class Row:
    """One contender on one case: the median of each of its turns, or why there is none."""

    contender: Contender
    turns: list[float] = field(default_factory=list)
    fits: int = 0
    loglik: float = float("nan")
    note: str = ""

    @property
    def seconds(self) -> float:
        return statistics.median(self.turns) if self.turns else float("nan")

    @property
    def fastest(self) -> float:
        return min(self.turns, default=float("nan"))


class Bench:
    """The workers of a run, and the contenders that went over the cap so far."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.workers: dict[str, Worker] = {}
        self.over: dict[str, str] = {}

    def worker(self, name: str) -> Worker:
        return self.workers.setdefault(name, Worker(name))

    def first(self, case: Case, contender: Contender) -> Row:
        """Fit once to warm up; that fit counts only where it is too slow to be repeated."""
        row = Row(contender)
        if contender.key in self.over:
            row.note = f"not run: over the cap of {CAP:.0f} s on {self.over[contender.key]}"
            return row
        worker = self.worker(contender.worker)
        answer = fitted(worker.ask(case.line(contender.key, self.folder, 0.0), CAP))
        row.loglik, row.note = answer.loglik, answer.note
        if answer.status == "cap":
            self.over[contender.key] = case.data
            row.note = f"over the cap of {CAP:.0f} s"
        elif answer.status == "missing":
            row.note = f"not installed ({answer.note})"
        elif answer.status == "error":
            row.note = f"failed: {answer.note}"
        elif answer.seconds > ONCE:
            row.turns, row.fits = [answer.seconds], 1
        return row

    def again(self, case: Case, row: Row) -> None:
        worker = self.worker(row.contender.worker)
        line = case.line(row.contender.key, self.folder, TURN)
        answer = fitted(worker.ask(line, CAP))
        if answer.status != "ok":
            row.note = f"failed when repeated: {answer.status} {answer.note}"
            return
        row.turns.append(answer.seconds)
        row.fits += answer.runs

    def run(self, case: Case) -> list[Row]:
        """Return a row for every contender of the case, measured or not."""
        print(f"{case.title} ...", file=sys.stderr, flush=True)
        rows = [self.first(case, contender) for contender in CONTENDERS[case.kind]]
        repeated = [row for row in rows if not math.isnan(row.loglik) and not row.turns]
        for _ in range(case.rounds):
            for row in repeated:
                self.again(case, row)
        return rows

    def versions(self) -> list[str]:
        """Ask both languages what they run."""
        found = [self.worker(name).ask("versions", CAP) for name in ("retrostats", "R")]
        return [fields[1] if fields[0] == "ok" else "R not installed" for fields in found]

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()
