"""Outcomes, adherence, flow and responders: every cell as printed, every digit for machines."""

import math
from dataclasses import replace

import pytest

from retrostats.description.types import (
    AdherenceRow,
    ArmFlow,
    ArmResponders,
    Flow,
    NumberCell,
    ResponderComparison,
    ResponderTable,
    VisitSummary,
)
from retrostats.effects.proportions import NumberNeededToTreat, Proportion
from retrostats.estimate import Estimate, Interval
from retrostats.tables.adherence import adherence_layout, adherence_rows_long
from retrostats.tables.flow import flow_layout, flow_rows
from retrostats.tables.outcomes import outcomes_layout, outcomes_rows
from retrostats.tables.responders import responders_layout, responders_rows

NAMES = {"retro": "Retro walking"}


def numbers(n, mean, sd, low=2.0, high=9.0, *, missing=0):
    return NumberCell(
        n=n, missing=missing, mean=mean, sd=sd, median=5.0, q1=4.0, q3=6.5, low=low, high=high
    )


def visit(arm, when, week, values, change=None, *, outcome="pain"):
    return VisitSummary(
        outcome=outcome, label="Pain", unit="points", visit=when, week=week, arm=arm,
        values=values, change=change,
    )  # fmt: skip


VISITS = (
    visit("control", "baseline", 0, numbers(23, 6.13, 1.46)),
    visit("retro", "baseline", 0, numbers(22, 6.2, 1.5)),
    visit(
        "control", "week 6", 6, numbers(21, 5.23, 1.61, missing=2), numbers(21, -0.9, 1.23, -4, 1)
    ),
    visit("retro", "week 6", 6, numbers(1, 4.0, math.nan), numbers(1, -2.0, math.nan, -2, -2)),
    visit("control", "week 6", 6, numbers(9, 1.0, 1.0), outcome="strength"),
)


def test_outcomes_as_printed():
    layout = outcomes_layout(VISITS, "pain", names=NAMES)
    assert layout.caption == "Pain (points)"
    assert layout.header == (
        "", "n", "Missing", "Mean (SD)", "Median (quartiles)", "Change: n", "Change: mean (SD)",
    )  # fmt: skip
    assert layout.rows == (
        ("baseline", "", "", "", "", "", ""),
        ("control", "23", "0", "6.1 (1.5)", "5.0 (4.0 to 6.5)", "–", "–"),
        ("Retro walking", "22", "0", "6.2 (1.5)", "5.0 (4.0 to 6.5)", "–", "–"),
        ("week 6", "", "", "", "", "", ""),
        ("control", "21", "2", "5.2 (1.6)", "5.0 (4.0 to 6.5)", "21", "-0.9 (1.2)"),
        ("Retro walking", "1", "0", "4.0 (–)", "5.0 (4.0 to 6.5)", "1", "-2.0 (–)"),
    )
    assert layout.indents == (0, 1, 1, 0, 1, 1)
    with pytest.raises(ValueError, match="no summary of 'tug'; there are pain, strength"):
        outcomes_layout(VISITS, "tug")


def test_outcomes_for_machines():
    header, rows = outcomes_rows(VISITS)
    made = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["arm"], row["quantity"]) for row in made[2:5]] == [
        ("control", "value"),
        ("control", "change"),
        ("retro", "value"),
    ]
    assert made[3]["mean"] == -0.9
    assert made[4]["sd"] is None


def test_adherence_as_printed():
    rows = [
        AdherenceRow(
            name="sessions", label="Sessions attended", unit="", arm=arm,
            values=numbers(23, 14.25, 3.14, 2, 18, missing=1), planned=18.0, share=0.7917,
        )
        for arm in ("forward", "retro")
    ]  # fmt: skip
    layout = adherence_layout(rows, names=NAMES)
    assert layout.rows == (
        ("Sessions attended, planned 18", "", "", "", "", "", ""),
        ("forward", "23", "1", "14.2 (3.1)", "5.0 (4.0 to 6.5)", "2 to 18", "79%"),
        ("Retro walking", "23", "1", "14.2 (3.1)", "5.0 (4.0 to 6.5)", "2 to 18", "79%"),
    )
    header, long = adherence_rows_long(rows)
    assert dict(zip(header, long[1], strict=True))["mean_share"] == 0.7917


def arm(label, name, **parts):
    counts = {"excluded": (), "withdrawn": (), "not_analysed": ()} | parts
    lost = sum(n for _, n in (*counts["excluded"], *counts["not_analysed"]))
    return ArmFlow(
        arm=label, name=name, randomised=20, attended=(20, 18), analysed=20 - lost, **counts
    )


FLOW = Flow(
    assessed=50,
    not_randomised=(("declined", 7), ("not eligible", 3)),
    visits=("baseline", "week 6"),
    arms=(
        arm("control", "Control"),
        arm(
            "retro",
            "Retro walking",
            withdrawn=(("moved", 2), ("pain", 1)),
            not_analysed=(("no data", 1),),
        ),
    ),
    endpoint="Pain, week 6",
)


def test_the_flow_as_printed():
    layout = flow_layout(FLOW)
    assert layout.header == ("", "Control", "Retro walking", "All")
    assert layout.rows == (
        ("Assessed for eligibility", "", "", "50"),
        ("Not randomised", "", "", "10"),
        ("declined", "", "", "7"),
        ("not eligible", "", "", "3"),
        ("Randomised", "20", "20", "40"),
        ("Attended", "", "", ""),
        ("baseline", "20", "20", "40"),
        ("week 6", "18", "18", "36"),
        ("Left the trial", "0", "3", "3"),
        ("moved", "0", "2", "2"),
        ("pain", "0", "1", "1"),
        ("Analysed: Pain, week 6", "20", "19", "39"),
        ("Not analysed", "0", "1", "1"),
        ("no data", "0", "1", "1"),
    )
    assert layout.indents == (0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1)


def test_rules_exclude_from_the_analysis_and_numbers_add_up():
    parts = {"excluded": (("not sessions >= 12", 3),), "not_analysed": (("no data", 1),)}
    flow = replace(FLOW, arms=(FLOW.arms[0], arm("retro", "Retro", **parts)))
    assert flow_layout(flow).rows[-5:] == (
        ("Analysed: Pain, week 6", "20", "16", "36"),
        ("Excluded from the analysis", "0", "3", "3"),
        ("not sessions >= 12", "0", "3", "3"),
        ("Not analysed", "0", "1", "1"),
        ("no data", "0", "1", "1"),
    )


def test_the_flow_for_machines():
    header, rows = flow_rows(FLOW)
    assert header == ("stage", "arm", "detail", "n")
    assert rows[:4] == (
        ("assessed", "", "", 50),
        ("not randomised", "", "declined", 7),
        ("not randomised", "", "not eligible", 3),
        ("randomised", "control", "", 20),
    )
    assert rows[-2:] == (
        ("analysed", "retro", "Pain, week 6", 19),
        ("not analysed", "retro", "no data", 1),
    )


def responders(events, n, low, high):
    ci = Interval(low, high, 0.95)
    return Proportion(events=events, n=n, value=events / n, ci=ci)


DIFFERENCE = Estimate(
    label="retro - control", value=0.375, se=0.1375, df=math.inf,
    ci=Interval(0.08, 0.625, 0.95), p=0.0113, unit="",
)  # fmt: skip
RESPONDERS = ResponderTable(
    outcome="pain",
    label="Pain",
    visit="week 6",
    definition="improvement of at least 2 points",
    missing_rule="non-responder",
    arms=(
        ArmResponders(
            arm="control", responders=6, n=24, missing=1, proportion=responders(6, 24, 0.12, 0.449)
        ),
        ArmResponders(
            arm="retro", responders=15, n=24, missing=2, proportion=responders(15, 24, 0.43, 0.8)
        ),
    ),
    comparisons=(
        ResponderComparison(
            label="retro - control",
            difference=DIFFERENCE,
            number_needed=NumberNeededToTreat(
                label="retro - control", risk_difference=DIFFERENCE, value=1 / 0.375
            ),
        ),
    ),
)


def test_responders_as_printed():
    layout = responders_layout(RESPONDERS, names=NAMES)
    assert layout.caption == "Pain: improvement of at least 2 points"
    assert layout.header == ("", "Value", "95% CI", "p", "Number needed to treat")
    assert layout.rows == (
        ("Responders: n of N (%)", "", "", "", ""),
        ("control", "6 of 24 (25%)", "12% to 45%", "", ""),
        ("Retro walking", "15 of 24 (63%)", "43% to 80%", "", ""),
        ("Outcome missing", "control 1, Retro walking 2"),
        ("Difference (percentage points)", "", "", "", ""),
        ("retro - control", "38", "8 to 63", "0.011", "NNTB 2.7 (95% CI 1.6 to 12.5)"),
    )
    assert layout.indents == (0, 1, 1, 1, 0, 1)


def test_what_responders_lack_is_told():
    arms = tuple(replace(arm, missing=0, undefined=n) for n, arm in enumerate(RESPONDERS.arms))
    table = replace(
        RESPONDERS, arms=arms, comparisons=(), not_compared=(("a - b", "nobody to count in b"),)
    )
    assert responders_layout(table).rows[3:] == (
        ("Left out, baseline of 0", "control 0, retro 1"),
        ("Difference (percentage points)", "", "", "", ""),
        ("a - b", "not compared: nobody to count in b"),
    )
    header, rows = responders_rows(table)
    first, second, last = (dict(zip(header, row, strict=True)) for row in rows)
    assert [first["undefined"], second["undefined"]] == [0, 1]
    assert (last["kind"], last["label"], last["reason"], last["estimate"]) == (
        "not compared", "a - b", "nobody to count in b", None,
    )  # fmt: skip


def test_responders_for_machines():
    header, rows = responders_rows(RESPONDERS)
    first, _, last = (dict(zip(header, row, strict=True)) for row in rows)
    assert (first["kind"], first["label"], first["responders"], first["n"]) == (
        "arm",
        "control",
        6,
        24,
    )
    assert (first["estimate"], first["ci_high"], first["p"]) == (0.25, 0.449, None)
    assert (last["kind"], last["estimate"], last["number_needed"]) == (
        "comparison",
        0.375,
        1 / 0.375,
    )
    assert (last["number_needed_best"], last["number_needed_worst"]) == (1.6, 12.5)
