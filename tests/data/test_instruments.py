"""The catalogue of instruments, and the changes that are known for each."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from retrostats.data.catalogue import data_folder
from retrostats.data.instrument_catalogue import (
    find_instrument,
    load_instruments,
    read_instruments,
)
from retrostats.errors import DataError

DOC = Path(__file__).resolve().parents[2] / "docs" / "codebook.md"

#: Ends, unit and direction as the manuals of the instruments give them.
SCALES = {
    "nrs": (0, 10, "points", "lower"),
    "vas_mm": (0, 100, "mm", "lower"),
    "vas_cm": (0, 10, "cm", "lower"),
    "womac_total": (0, 96, "points", "lower"),
    "womac_pain": (0, 20, "points", "lower"),
    "womac_stiffness": (0, 8, "points", "lower"),
    "womac_function": (0, 68, "points", "lower"),
    "womac_vas_pain": (0, 500, "mm", "lower"),
    "womac_vas_stiffness": (0, 200, "mm", "lower"),
    "womac_vas_function": (0, 1700, "mm", "lower"),
    "koos_pain": (0, 100, "points", "higher"),
    "koos_ps": (0, 100, "points", "lower"),
    "lefs": (0, 80, "points", "higher"),
}

#: Changes as measurement_properties.csv prints them: positive, per cent as a fraction.
CHANGES = {
    "nrs": [("important", 2.0, "absolute"), ("error", 1.33, "absolute")],
    "vas_mm": [("important", 19.9, "absolute"), ("important", 11.1, "absolute")],
    "vas_cm": [("important", 1.75, "absolute")],
    "vrs": [("error", 0.58, "absolute")],
    "womac_total": [("important", 0.12, "relative"), ("important", 0.16, "relative")],
    "koos_pain": [("important", 15.0, "absolute"), ("important", 11.3, "absolute")],
    "koos_sport": [("important", 17.5, "absolute"), ("important", 15.5, "absolute")],
    "koos_ps": [("important", 2.2, "absolute")],
    "tug": [("error", 1.10, "absolute"), ("error", 1.14, "absolute")],
    "knee_flexion": [
        ("error", 10.0, "absolute"),
        ("error", 14.0, "absolute"),
        ("error", 6.0, "absolute"),
    ],
    "womac_pain": [],
    "lefs": [],
    "quadriceps_n": [],
}


@pytest.mark.parametrize("name", SCALES)
def test_scales_have_their_ends(name):
    instrument = find_instrument(name)
    found = (instrument.low, instrument.high, instrument.unit, instrument.better)
    assert found == SCALES[name]


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_those_in_print(name):
    changes = find_instrument(name).changes
    assert [(c.kind, c.value, c.basis) for c in changes] == CHANGES[name]
    with (data_folder() / "measurement_properties.csv").open(encoding="utf-8") as file:
        rows = {(row["population"], row["source"]) for row in csv.DictReader(file)}
    assert all((change.population, change.source) in rows for change in changes)


def test_nobody_has_a_strength_or_a_speed_of_zero():
    zero = {i.id for i in load_instruments().values() if not i.zero}
    strength = {id_ for id_ in load_instruments() if id_.startswith(("quadriceps", "hip_abductor"))}
    assert len(strength) == 8
    assert zero == strength | {
        "tug",
        "stair_climb",
        "sit_to_stand_5",
        "gait_speed",
        "gait_speed_cm",
    }


def test_knee_angles_count_from_the_straight_knee():
    flexion, extension = find_instrument("knee_flexion"), find_instrument("knee_extension")
    assert (flexion.better, extension.better) == ("higher", "lower")
    assert extension.low < 0


def test_an_unknown_instrument_is_told_with_the_likeliest():
    with pytest.raises(DataError) as error:
        find_instrument("womac total")
    assert str(error.value).startswith(
        "'womac total' is no instrument of the catalogue; did you mean womac_total or "
    )
    with pytest.raises(DataError, match="there are nrs, vas_mm, "):
        find_instrument("xyzzy")


@pytest.fixture
def faults_of(tmp_path):
    """Change the bundled TOML; return its faults without file and number."""
    for name in ("instruments.toml", "measurement_properties.csv"):
        shutil.copy(data_folder() / name, tmp_path / name)
    path = tmp_path / "instruments.toml"

    def faults(*changes: tuple[str, str]) -> list[str]:
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError) as error:
            read_instruments(tmp_path)
        return [line.split("instruments.toml, ")[1] for line in str(error.value).split("\n")[1:]]

    return faults


def line_of(text: str) -> int:
    lines = (data_folder() / "instruments.toml").read_text(encoding="utf-8").split("\n")
    return lines.index(text) + 1


def test_all_faults_of_the_catalogue_are_told_together(faults_of):
    nrs, vas, tug = (line_of(f'id = "{name}"') for name in ("nrs", "vas_mm", "tug"))
    assert faults_of(
        ('better = "lower"\nwhole', 'better = "down"\nwhole'),
        ('quantity = "MDC95"', 'quantity = "ICC2"'),
        ("high = 100", "high = 0"),
        ("usual = [4, 60]", "usual = [60, 4]"),
    ) == [
        (
            f"line {nrs + 6}, key instruments.better: better = 'down' is not known; "
            "expected one of 'higher', 'lower'"
        ),
        (
            f"line {nrs + 8}, key instruments.changes: NRS 0-10, ICC2: 0 rows of the table; "
            "expected exactly one"
        ),
        f"line {vas + 4}, key instruments.high: low 0 must be below high 0",
        (
            f"line {tug + 7}, key instruments.usual: usual = [60, 4] should be two "
            f"numbers within "
            "low and high, the lower first"
        ),
    ]


def test_a_range_in_print_is_no_value(faults_of):
    row = '{ row = "SF-36/WOMAC scales 0-100", quantity = "MCID range, improvement", '
    faults = faults_of(('{ row = "VRS", quantity = "MDC95", ', row))
    assert len(faults) == 1
    assert "'2.89 to 16.24' is no single value; leave it out" in faults[0]


def test_two_rows_need_their_population(faults_of):
    faults = faults_of((', population = "osteoarthritis research", kind', ", kind"))
    assert faults[0].endswith(
        "WOMAC total, MCID (relative): 2 rows of the table; expected exactly one"
    )


def test_an_id_stands_once(faults_of):
    second = line_of('id = "vas_mm"')
    expected = f"line {second}, key instruments.id: 'nrs' stands twice"
    assert faults_of(('id = "vas_mm"', 'id = "nrs"')) == [expected]


def row_of(instrument) -> str:
    """Return the row of one instrument as the page of the codebook prints it."""
    high = "" if instrument.high == float("inf") else f"{instrument.high:g}"
    span = f"{instrument.low:g} to {high}" if high else f"from {instrument.low:g}"
    unit = {"lower": "lower", "higher": "higher"}[instrument.better]

    def listed(kind: str) -> str:
        changes = [c for c in instrument.changes if c.kind == kind]
        percent = [
            f"{100 * c.value:g} % of baseline" if c.basis == "relative" else f"{c.value:g}"
            for c in changes
        ]
        return ", ".join(percent)

    cells = (
        f"`{instrument.id}`",
        instrument.name,
        span,
        instrument.unit,
        unit,
        listed("important"),
        listed("error"),
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def test_the_page_of_the_codebook_lists_the_catalogue():
    page = DOC.read_text(encoding="utf-8").split("\n")
    listed = [line for line in page if line.startswith("| `") and line.count("|") == 8]
    assert listed == [row_of(instrument) for instrument in load_instruments().values()]
