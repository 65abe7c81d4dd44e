"""Contrasts and sensitivity analyses: the columns there are, decimals by the standard error."""

import math

import pytest

from retrostats.estimate import Estimate, Interval
from retrostats.tables.contrasts import ContrastLine, contrasts_layout, contrasts_rows
from retrostats.tables.sensitivity import SensitivityLine, sensitivity_layout, sensitivity_rows


def made(value, low, high, se, p, *, unit="points", level=0.95):
    return Estimate(
        label="x", value=value, se=se, df=60.0, ci=Interval(low, high, level), p=p, unit=unit
    )


PAIN = made(-1.523, -2.36, -0.684, 0.42, 0.00061)
SMALL = made(-0.004, -0.851, 0.843, 0.423, 0.9931)
FORCE = made(12.34, 4.14, 20.54, 4.1, 0.0038, unit="Nm")
EFFECT = made(-0.761, -1.18, -0.342, 0.21, 0.0006, unit="SD")


def line(label, outcome, estimate, *, adjusted=None, standardised=None, verdict="unclear"):
    return ContrastLine(
        label=label,
        outcome=outcome,
        visit="week 6",
        unit=estimate.unit,
        estimate=estimate,
        adjusted_p=adjusted,
        standardised=standardised,
        verdict=verdict,
    )


LINES = (
    line(
        "retro - control", "Pain", PAIN, adjusted=0.00122, standardised=EFFECT, verdict="worthwhile"
    ),
    line("forward - control", "Pain", SMALL, adjusted=0.9931),
    line("retro - control", "Strength", FORCE, standardised=EFFECT, verdict="not judged"),
)


def test_every_cell_as_printed():
    layout = contrasts_layout(LINES)
    assert layout.header == (
        "", "Difference", "95% CI", "p", "Adjusted p", "Standardised (SD)", "95% CI", "Verdict",
    )  # fmt: skip
    assert layout.rows == (
        ("Pain, week 6 (points)", "", "", "", "", "", "", ""),
        (
            "retro - control", "-1.52", "-2.36 to -0.68", "<0.001", "0.001", "-0.76",
            "-1.18 to -0.34", "worthwhile",
        ),
        ("forward - control", "0.00", "-0.85 to 0.84", "0.993", "0.993", "–", "–", "unclear"),
        ("Strength, week 6 (Nm)", "", "", "", "", "", "", ""),
        (
            "retro - control", "12.3", "4.1 to 20.5", "0.004", "–", "-0.76", "-1.18 to -0.34",
            "not judged",
        ),
    )  # fmt: skip
    assert layout.indents == (0, 1, 1, 0, 1)
    assert layout.closing_words == 1


def test_columns_without_content_are_left_out():
    layout = contrasts_layout([line("a - b", "Pain", PAIN)])
    assert layout.header == ("", "Difference", "95% CI", "p", "Verdict")


def test_an_open_limit_is_infinite():
    open_ended = made(1.0, -math.inf, 2.0, math.nan, 0.2)
    assert contrasts_layout([line("a - b", "Pain", open_ended)]).rows[1][2] == "-∞ to 2.0"


def test_levels_do_not_mix():
    other = made(1.0, 0.5, 1.5, 0.2, 0.01, level=0.9)
    with pytest.raises(ValueError, match=r"one level, got \[0.9, 0.95\]"):
        contrasts_layout([LINES[0], line("a - b", "Pain", other)])


def test_rows_for_machines_keep_every_digit():
    header, rows = contrasts_rows(LINES)
    first, second, _ = (dict(zip(header, row, strict=True)) for row in rows)
    assert first["estimate"] == -1.523
    assert first["p"] == 0.00061
    assert first["standardised_ci_low"] == -1.18
    assert second["standardised_estimate"] is None
    assert len(set(header)) == len(header)


PLANNED = SensitivityLine(
    label="planned", comparison="retro - control", estimate=PAIN, subjects=66, note=""
)
NONE = SensitivityLine(
    label="per protocol", comparison="retro - control", estimate=None, subjects=0,
    note="nobody meets the rule",
)  # fmt: skip


def test_sensitivity_analyses_as_printed():
    layout = sensitivity_layout([PLANNED, NONE])
    assert layout.header == ("", "In the model", "Difference (points)", "95% CI", "p", "Note")
    assert layout.rows == (
        ("planned", "66", "-1.52", "-2.36 to -0.68", "<0.001", ""),
        ("per protocol", "0", "–", "–", "–", "nobody meets the rule"),
    )
    assert set(layout.indents) == {0}


def test_several_comparisons_have_headings():
    other = SensitivityLine(
        label="planned", comparison="forward - control", estimate=SMALL, subjects=65, note=""
    )
    layout = sensitivity_layout([PLANNED, other])
    assert [row[0] for row in layout.rows] == [
        "retro - control", "planned", "forward - control", "planned",
    ]  # fmt: skip
    assert layout.indents == (0, 1, 0, 1)


def test_units_do_not_mix():
    other = SensitivityLine(
        label="x", comparison="retro - control", estimate=FORCE, subjects=1, note=""
    )
    with pytest.raises(ValueError, match="one unit and one level"):
        sensitivity_layout([PLANNED, other])


def test_sensitivity_rows_for_machines():
    header, rows = sensitivity_rows([PLANNED, NONE])
    first, second = (dict(zip(header, row, strict=True)) for row in rows)
    assert (first["estimate"], first["subjects"], first["unit"]) == (-1.523, 66, "points")
    assert (second["estimate"], second["note"]) == (None, "nobody meets the rule")
