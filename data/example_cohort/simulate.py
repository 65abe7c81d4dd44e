"""Simulate the example cohort: invented people in a trial of the design of Alghadir et al. 2019.

Only the design is borrowed: three arms of 23, 23 and 22 people, baseline and 6 weeks, the four
measurements, and 21, 20 and 18 people who complete (doi:10.1186/s12891-019-2537-9). Every person,
value, date and reason is made up, and so are all means, standard deviations and effects below.

Run ``python data/example_cohort/simulate.py``; it writes ``cohort.csv`` beside itself. One seed
and the normal deviates of PCG64 are all the chance there is, and every value is rounded in text,
so the file comes out the same byte by byte.
"""

from __future__ import annotations

import csv
import datetime
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Of 1 to 200 one whose mean changes come out close to those drawn from; other seeds stray more.
SEED = 23
ARMS = {"retro": 23, "forward": 23, "control": 22}
WEEKS = (0, 3, 6)
VISITS = ("baseline", "week 3", "week 6")
WOMEN = 38
#: People of Kellgren and Lawrence's grades 1, 2 and 3.
GRADES = (17, 31, 20)
PLANNED_SESSIONS = 18
#: Who leaves before week 3 and who leaves after it, by arm: reasons in invented records.
LEAVERS = {
    "retro": (["moved away"], ["lost to follow-up"]),
    "forward": (["no time"], ["knee pain", "lost to follow-up"]),
    "control": (["wanted another treatment", "no time"], ["knee pain", "lost to follow-up"]),
}
#: Cells left empty although the visit took place: person, visit, column, how the file writes it.
MISSED_CELLS = (
    ("S009", 1, "strength_n", "NA"),
    ("S017", 1, "womac", "-99"),
    ("S031", 2, "tug_s", "NA"),
    ("S044", 1, "nrs", "-99"),
    ("S058", 2, "strength_n", ""),
)
#: A visit that did not take place although the person came to the next one.
MISSED_VISIT = ("S026", 1)
HEADER = (
    "note", "id", "group", "visit", "visit_date", "nrs", "womac", "strength_n", "tug_s",
    "age", "sex", "bmi", "kl", "sessions", "reason_left",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """How one outcome behaves; all numbers are invented.

    Attributes
    ----------
    mean, sd
        At baseline.
    correlation
        Between two visits of one person.
    worse
        1 where a severe osteoarthritis raises the value, -1 where it lowers it.
    change
        Mean change at week 6 by arm; that of week 3 is 0.55 of it.
    spread
        Standard deviation between people of the change at week 6.
    low, high, decimals
        Limits of the scale, and as recorded.
    """

    mean: float
    sd: float
    correlation: float
    worse: int
    change: dict[str, float]
    spread: float
    low: float
    high: float
    decimals: int


MEASURES = {
    "nrs": Measure(
        6.0, 1.4, 0.75, 1, {"retro": -1.8, "forward": -1.4, "control": -1.0}, 0.5, 0, 10, 0
    ),
    "womac": Measure(
        44.0, 11.0, 0.92, 1, {"retro": -4.8, "forward": -3.5, "control": -2.2}, 2.0, 0, 96, 0
    ),
    "strength_n": Measure(
        225.0, 42.0, 0.88, -1, {"retro": 26, "forward": 15, "control": 9}, 10.0, 40, 700, 1
    ),
    "tug_s": Measure(
        11.4, 1.7, 0.8, 1, {"retro": -1.5, "forward": -1.1, "control": -0.6}, 0.4, 5, 60, 2
    ),
}


@dataclass(frozen=True)
class People:
    """Everyone in the order of enrolment; arrays of length 68."""

    arm: NDArray[np.str_]
    female: NDArray[np.bool_]
    grade: NDArray[np.int64]
    age: Floats
    bmi: Floats
    enrolled: NDArray[np.int64]


def make_people(normal: np.random.Generator) -> People:
    """Return people whose arms were allocated in blocks of three within the grades."""
    size = sum(ARMS.values())
    grade = np.repeat([1, 2, 3], GRADES)[np.argsort(normal.standard_normal(size))]
    order = np.argsort(grade, kind="stable")  # the list by which the arms are allocated
    names = np.array(list(ARMS))
    blocks = np.argsort(normal.standard_normal((size // 3 + 1, 3)), axis=1)
    allocated = [names[at] for block in blocks[:-1] for at in block]
    arm = np.empty(size, dtype=names.dtype)
    arm[order] = [*allocated, "retro", "forward"]
    female = np.zeros(size, dtype=bool)
    female[np.argsort(normal.standard_normal(size))[:WOMEN]] = True
    age = np.clip(np.round(55.6 + 7.0 * normal.standard_normal(size)), 41, 75)
    bmi = np.clip(27.5 + 3.2 * normal.standard_normal(size), 20, 38)
    enrolled = np.cumsum(np.round(np.abs(normal.standard_normal(size)) * 4)).astype(np.int64)
    return People(arm, female, grade, age, bmi, enrolled)


def make_values(people: People, normal: np.random.Generator) -> dict[str, Floats]:
    """Return each outcome at each visit, shape (68, 3), rounded as recorded."""
    size = len(people.arm)
    time = np.array([0.0, 0.55, 1.0])
    severity = 0.5 * (people.grade - 2) + normal.standard_normal(size)
    severity = severity / np.sqrt(1.1)
    values = {}
    for name, measure in MEASURES.items():
        own = 0.6 * measure.worse * severity + 0.8 * normal.standard_normal(size)
        stable = np.sqrt(measure.correlation) * own[:, None]
        passing = np.sqrt(1 - measure.correlation) * normal.standard_normal((size, 3))
        change = np.array([measure.change[arm] for arm in people.arm])
        change = change + measure.spread * normal.standard_normal(size)
        mean = np.full(size, measure.mean)
        if name == "strength_n":  # men are stronger, and strength falls with age
            mean += np.where(people.female, -32.0, 40.0) - 1.5 * (people.age - 55.6)
        drawn = mean[:, None] + measure.sd * (stable + passing) + change[:, None] * time
        values[name] = np.round(np.clip(drawn, measure.low, measure.high), measure.decimals)
    values["nrs"][:, 0] = np.maximum(values["nrs"][:, 0], 3)  # nobody is eligible below 3
    return values


def choose_leavers(
    people: People, pain: Floats, normal: np.random.Generator
) -> dict[int, tuple[int, str]]:
    """Return for each person who leaves the first visit missed, and the reason.

    Who leaves hangs on the last pain that was recorded, so data are missing at random and not
    completely at random. Nobody of `MISSED_CELLS` or `MISSED_VISIT` leaves.
    """
    kept = {int(name[1:]) - 1 for name, *_ in (*MISSED_CELLS, MISSED_VISIT)}
    leavers: dict[int, tuple[int, str]] = {}
    for arm, reasons in LEAVERS.items():
        for last_seen, told in enumerate(reasons):
            score = pain[:, last_seen] + 1.5 * normal.standard_normal(len(pain))
            candidates = np.argsort(-score, kind="stable")
            free = [i for i in candidates if people.arm[i] == arm and i not in {*kept, *leavers}]
            leavers |= {int(i): (last_seen + 1, why) for i, why in zip(free, told, strict=False)}
    return leavers


def make_sessions(
    size: int, leavers: dict[int, tuple[int, str]], normal: np.random.Generator
) -> list[int]:
    """Return the sessions attended, of those planned until a person left."""
    missed = np.abs(normal.standard_normal(size)) * 3.4
    attended = []
    for i in range(size):
        until = leavers[i][0] * PLANNED_SESSIONS // 2 if i in leavers else PLANNED_SESSIONS
        attended.append(max(1, round(until - missed[i] - (1 if i in leavers else 0))))
    return attended


def to_csv(seed: int = SEED) -> str:
    """Return the whole file as text."""
    normal = np.random.Generator(np.random.PCG64(seed))
    people = make_people(normal)
    values = make_values(people, normal)
    leavers = choose_leavers(people, values["nrs"], normal)
    sessions = make_sessions(len(people.arm), leavers, normal)
    late = np.round(normal.standard_normal((len(people.arm), 3)) * 1.5).astype(np.int64)
    missed = {(name, visit, column): mark for name, visit, column, mark in MISSED_CELLS}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for i, arm in enumerate(people.arm):
        subject = f"S{i + 1:03d}"
        first_missed, reason = leavers.get(i, (len(VISITS), ""))
        for visit, (label, week) in enumerate(zip(VISITS, WEEKS, strict=True)):
            if visit >= first_missed or (subject, visit) == MISSED_VISIT:
                continue
            days = int(people.enrolled[i]) + 7 * week + (int(late[i, visit]) if visit else 0)
            day = datetime.date(2024, 1, 8) + datetime.timedelta(days=days)
            measured = {
                name: missed.get(
                    (subject, visit, name), f"{x[i, visit]:.{MEASURES[name].decimals}f}"
                )
                for name, x in values.items()
            }
            own = (f"{people.age[i]:.0f}", "F" if people.female[i] else "M")
            rest = (f"{people.bmi[i]:.1f}", people.grade[i], sessions[i], reason)
            place = ("simulated", subject, arm, label, day.isoformat())
            writer.writerow([*place, *measured.values(), *own, *rest])
    return text.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (folder / "cohort.csv").write_bytes(to_csv().encode("utf-8"))
