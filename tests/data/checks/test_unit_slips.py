"""Slips of the unit are found where the file shows them, and honest files are left in peace."""

from __future__ import annotations

import numpy as np
import pytest

from retrostats.data.checks.evidence import Grid
from retrostats.data.checks.unit_slips import explain_outside, factors, find_slips
from retrostats.data.instrument_catalogue import load_instruments

from .honest import SUBJECTS, VISITS, honest_values

INSTRUMENTS = load_instruments()
ENTRIES = np.arange(SUBJECTS * VISITS).reshape(SUBJECTS, VISITS)
#: Files in a thousand that may hold a false alarm, by type of instrument.
FALSE_FILES = 1 / 1000


def found_in(name: str, values: np.ndarray, rng: np.random.Generator | None = None):
    arms = np.arange(len(values)) % 3.0 if rng is None else rng.integers(0, 3, len(values)) * 1.0
    return find_slips(Grid(values, ENTRIES[: len(values)]), arms, INSTRUMENTS[name])


def false_files(name: str, files: int) -> int:
    rng = np.random.default_rng(20)
    drawn = (honest_values(INSTRUMENTS[name], rng) for _ in range(files))
    return sum(bool(found_in(name, values, rng)) for values in drawn)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_honest_files_raise_no_alarm(name):
    assert false_files(name, 8) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_fewer_than_one_honest_file_in_a_thousand_raises_an_alarm(name):
    files = 6000
    assert false_files(name, files) < FALSE_FILES * files


def honest(typical: float, spread: float) -> np.ndarray:
    rng = np.random.default_rng(5)
    subjects = rng.normal(0, spread, (SUBJECTS, 1)) + rng.normal(0, spread / 3, (SUBJECTS, VISITS))
    return np.round(typical * np.exp(subjects), 2)


SLIPS = {
    "VAS in cm": ("vas_mm", 62, 0.15, 0.1, "multiplied by 10"),
    "TUG in ms": ("tug", 10, 0.2, 1000, "divided by 1000"),
    "TUG without its decimal point": ("tug", 10, 0.2, 100, "divided by 100"),
    "strength in kg": ("quadriceps_n", 240, 0.3, 1 / 9.81, "multiplied by 9.81"),
    "strength in kN": ("quadriceps_n", 240, 0.3, 0.001, "multiplied by 1000"),
    "strength in N": ("quadriceps_kg", 24, 0.3, 9.81, "divided by 9.81"),
    "metres for centimetres": ("gait_speed_cm", 110, 0.15, 0.01, "multiplied by 100"),
    "kilometres": ("six_minute_walk", 420, 0.15, 0.001, "multiplied by 1000"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("subject", [4, 31])
def test_a_slip_is_found_and_nothing_else(slip, subject):
    name, typical, spread, factor, words = SLIPS[slip]
    values = honest(typical, spread)
    was = values[subject, 1]
    values[subject, 1] = round(was * factor, 4)
    (found,) = found_in(name, values)
    assert found.entry == ENTRIES[subject, 1]
    assert found.words == words
    assert found.corrected == pytest.approx(was, rel=0.02)


def test_a_visit_of_many_subjects_in_another_unit_is_found():
    values = honest(10, 0.2)
    values[:20, 2] *= 1000
    assert {s.entry for s in found_in("tug", values)} == set(ENTRIES[:20, 2])


def test_recovery_is_no_slip():
    values = honest(62, 0.15)
    values[8] = [64, 60, 6]
    assert found_in("vas_mm", values) == ()
    values[8] = [64, 6, 60]
    (found,) = found_in("vas_mm", values)
    assert found.compared == "at the other visits of the subject"


def test_people_at_the_floor_are_no_slip():
    values = honest(62, 0.15)
    values[8] = [64, 6, 60]
    values[9:15, 1] = [8, 5, 3, 7, 6, 9]
    values[9:15, 2] = [5, 6, 7, 4, 2, 5]
    assert found_in("vas_mm", values) == ()


def test_a_subject_seen_once_is_judged_by_its_arm():
    values = honest(10, 0.2)
    values[3] = [np.nan, 9800, np.nan]
    (found,) = found_in("tug", values)
    assert found.compared == "in the arm of the subject"
    values[3] = [np.nan, 98, np.nan]
    assert found_in("tug", values) == ()


def test_a_value_is_judged_by_its_own_arm():
    values = honest(10, 0.2)
    arms = (np.arange(SUBJECTS) % 4 > 0) * 1.0
    values[arms == 1] *= 12
    values[4] = [10.2, 0.1, 9.9]
    (found,) = find_slips(Grid(values, ENTRIES), arms, INSTRUMENTS["tug"])
    assert (found.entry, found.corrected) == (ENTRIES[4, 1], 10.0)


def test_short_scales_and_few_values_are_not_judged():
    assert factors(INSTRUMENTS["nrs"]) == ()
    values = honest(10, 0.2)[:3]
    values[1, 1] *= 1000
    assert found_in("tug", values) == ()


def test_a_value_outside_the_range_is_explained_where_a_unit_does():
    speed = INSTRUMENTS["gait_speed"]
    assert explain_outside(112, 1.1, speed) == "divided by 100 it would be 1.12"
    assert explain_outside(1e6, 1.1, speed) == ""
    assert explain_outside(-112, 1.1, speed) == ""
