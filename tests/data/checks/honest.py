"""Honest values of 68 subjects at three visits, as many kinds of instruments give them."""

from __future__ import annotations

import math

import numpy as np

from retrostats.instruments import Instrument

SUBJECTS, VISITS = 68, 3

#: Typical value, SD of the log between subjects, SD of the log within a subject.
TYPICAL = {
    "tug": (10.5, 0.25, 0.10),
    "stair_climb": (14, 0.35, 0.12),
    "sit_to_stand_5": (13, 0.25, 0.12),
    "chair_stand_30s": (11, 0.25, 0.12),
    "six_minute_walk": (420, 0.2, 0.07),
    "gait_speed": (1.05, 0.2, 0.08),
    "gait_speed_cm": (105, 0.2, 0.08),
    "knee_flexion": (122, 0.1, 0.04),
    "knee_extension": (6, 0.6, 0.3),
    "quadriceps_n": (230, 0.45, 0.15),
    "quadriceps_nm": (90, 0.45, 0.15),
    "quadriceps_nm_kg": (1.2, 0.4, 0.15),
    "quadriceps_kg": (23, 0.45, 0.15),
    "hip_abductor_n": (120, 0.4, 0.15),
    "hip_abductor_nm": (60, 0.4, 0.15),
    "hip_abductor_nm_kg": (0.8, 0.4, 0.15),
    "hip_abductor_kg": (12, 0.4, 0.15),
    "ekam_first_peak": (3.2, 0.25, 0.1),
    "ekam_second_peak": (2.4, 0.3, 0.12),
}


def honest_values(instrument: Instrument, rng: np.random.Generator) -> np.ndarray:
    """Draw one trial, with subjects who respond and subjects who do not, and missing visits."""
    if instrument.id in TYPICAL:
        values = _measured(*TYPICAL[instrument.id], rng)
    else:
        values = _scored(instrument, rng)
    values = np.clip(values, instrument.low, instrument.high)
    digits = 0 if instrument.whole else (1 if instrument.high > 20 else 2)
    values = np.round(values, digits)
    if not instrument.zero:
        values[values == 0] = np.nan
    gone = rng.random(values.shape) < 0.08
    gone[:, 0] = False
    values[gone] = np.nan
    return values


def _measured(
    typical: float, between: float, within: float, rng: np.random.Generator
) -> np.ndarray:
    level = rng.normal(math.log(typical), between, (SUBJECTS, 1))
    trend = rng.normal(0.15, 0.15, (SUBJECTS, 1)) * np.arange(VISITS) / 2
    noise = within * rng.standard_t(10, (SUBJECTS, VISITS))
    return np.exp(level + rng.choice([-1, 1]) * trend + noise)


def _scored(instrument: Instrument, rng: np.random.Generator) -> np.ndarray:
    """Draw a score: patients of some severity, a part of whom nearly recover, at once or never."""
    severity, recovery = rng.choice([0.2, 0.4, 0.55, 0.7]), rng.choice([0.0, 0.1, 0.3, 0.5])
    level = rng.normal(severity, 0.15, (SUBJECTS, 1))
    drift = rng.normal(0.12, 0.1, (SUBJECTS, 1)) * np.arange(VISITS) / 2
    noise = rng.normal(0, rng.choice([0.04, 0.08, 0.12]), (SUBJECTS, VISITS))
    share = np.clip(level - drift + noise, 0, 1)
    recovered = rng.random(SUBJECTS) < recovery
    start = rng.integers(1, VISITS, SUBJECTS)
    after = np.arange(VISITS) >= start[:, None]
    share = np.where(recovered[:, None] & after, np.abs(rng.normal(0.04, 0.05, share.shape)), share)
    if instrument.better == "higher":
        share = 1 - share
    return instrument.low + np.clip(share, 0, 1) * (instrument.high - instrument.low)
