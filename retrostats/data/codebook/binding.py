"""Which instrument a column may be: by the words of its name, its unit and its values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.words import mentions
from retrostats.data.instrument_catalogue import load_instruments
from retrostats.instruments import Instrument

#: Words of a name, and the beginnings of the ids that they point to. The first that fits counts.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"koos.*ps", ("koos_ps", "koos_ps_reversed")),
    (r"koos.*pain", ("koos_pain",)),
    (r"koos.*sym", ("koos_symptoms",)),
    (r"koos.*adl", ("koos_adl",)),
    (r"koos.*(sport|rec)", ("koos_sport",)),
    (r"koos.*q", ("koos_qol",)),
    (r"koos", ("koos_pain", "koos_symptoms", "koos_adl", "koos_sport", "koos_qol")),
    (r"womac.*pain", ("womac_pain", "womac_vas_pain", "womac_100_pain")),
    (r"womac.*stiff", ("womac_stiffness", "womac_vas_stiffness", "womac_100_stiffness")),
    (r"womac.*(func|phys|pf)", ("womac_function", "womac_vas_function", "womac_100_function")),
    (r"womac", ("womac_total", "womac_vas_total", "womac_100_total")),
    (r"nrs|numeric", ("nrs",)),
    (r"vas|analog", ("vas_mm", "vas_cm")),
    (r"vrs|verbal", ("vrs",)),
    (r"lefs", ("lefs",)),
    (r"tug|timed.?up|up.?and.?go", ("tug",)),
    (r"6.?mwt|6.?min|six.?min|mwt", ("six_minute_walk",)),
    (
        r"(30|thirty).?s.*(sts|cst|chair)|(sts|cst|chair).*30|chair.?stand|30.?cst",
        ("chair_stand_30s",),
    ),
    (r"(5|five).?(x|times)?.?sts|sts.?5|sit.?to.?stand", ("sit_to_stand_5",)),
    (r"sts|chair", ("chair_stand_30s", "sit_to_stand_5")),
    (r"stair", ("stair_climb",)),
    (r"gait|speed|veloc", ("gait_speed", "gait_speed_cm")),
    (r"(ekam|kam|adduction).*(2|second)", ("ekam_second_peak", "ekam_second_peak_nm_kg")),
    (r"ekam|\bkam|adduction.?mom", ("ekam_first_peak", "ekam_first_peak_nm_kg")),
    (r"hip|abduct", ("hip_abductor_nm_kg", "hip_abductor_nm", "hip_abductor_kg", "hip_abductor_n")),
    (
        r"quad|strength|torque|knee.?ext.*(str|force|torque)",
        ("quadriceps_nm_kg", "quadriceps_nm", "quadriceps_kg", "quadriceps_n"),
    ),
    (r"flex", ("knee_flexion",)),
    (r"ext", ("knee_extension",)),
    (r"rom", ("knee_flexion", "knee_extension")),
    (r"pain", ("nrs", "vas_mm", "vas_cm", "vrs", "womac_pain", "koos_pain")),
)
#: How units are written at the end of a column name.
_UNITS = {
    "mm": r"[_. (-]mm\b|[_. (-]mm\)?$",
    "cm": r"[_. (-]cm\)?$",
    "Nm/kg": r"nm[_./ ]?(per|by)?[_./ ]?kg\)?$",
    "Nm": r"[_. (-]nm\)?$",
    "kg": r"[_. (-]kg\)?$",
    "N": r"[_. (-](n|newton)\)?$",
    "cm/s": r"cm[_./ ]?s\)?$",
    "m/s": r"[_. (-]m[_./ ]?s\)?$",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a column may be measured with.

    Attributes
    ----------
    instrument
        The id, where only one is possible by name, unit and values; else ``None``.
    choices
        Ids to choose from.
    why
        What the guess rests on, or what is open.
    """

    instrument: str | None
    choices: tuple[str, ...]
    why: str


def bind(name: str, values: Seen) -> Binding | None:
    """Return what an outcome may be measured with; ``None`` where its name says nothing.

    Parameters
    ----------
    name
        Of the column, or the stem of several.
    values
        What was seen, all visits together.
    """
    asked = f"{name} pain" if mentions(name, "pain") else name
    pointed = next((ids for words, ids in _WORDS if re.search(words, asked, re.I)), None)
    if pointed is None or values.numbers is None:
        return None
    known = load_instruments()
    seen = f"values from {values.low:g} to {values.high:g}"
    fitting = [known[id_] for id_ in pointed if _holds(known[id_], values)]
    if not fitting:
        return Binding(instrument=None, choices=(), why=f"{seen} fit none of {', '.join(pointed)}")
    unit = next((unit for unit, form in _UNITS.items() if re.search(form, name, re.I)), None)
    by_unit = [instrument for instrument in fitting if instrument.unit == unit]
    usual = by_unit or _narrowest(fitting, values)
    why = f"the name {name!r}, {seen}"
    if len(usual) == 1 and not (unit and not by_unit and len(fitting) > 1):
        if len(pointed) > 1 and by_unit:
            why = f"the name {name!r}, its unit, {seen}"
        return Binding(instrument=usual[0].id, choices=(), why=why)
    choices = tuple(instrument.id for instrument in usual)
    return Binding(instrument=None, choices=choices, why=why)


def _holds(instrument: Instrument, values: Seen) -> bool:
    """Whether all values are possible; a single slip of the file must not hide the instrument."""
    if values.numbers is None:
        return False
    sound = values.numbers[~np.isnan(values.numbers)]
    inside = (sound >= instrument.low) & (sound <= instrument.high)
    whole = values.whole or not instrument.whole
    return bool(inside.mean() >= 0.95) and whole


def _narrowest(fitting: list[Instrument], values: Seen) -> list[Instrument]:
    """Return the formats of a scale of which the values reach at least a third.

    Whole numbers up to 18 are a WOMAC pain of 0 to 20 and hardly one of 0 to 100; up to 83 they
    are a WOMAC total of 0 to 96 as well as one of 0 to 100, and both stay.
    """
    if any(instrument.high == float("inf") for instrument in fitting) or len(fitting) == 1:
        return fitting
    return [i for i in fitting if values.high > (i.high - i.low) / 3] or fitting
