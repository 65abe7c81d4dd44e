"""The choice of one effect per study, outcome and comparison."""

import math

import pytest

from retrostats.integrity.verdicts import Effect, Reproduction, Row
from retrostats.report.effects import (
    forest_table,
    outcome_group,
    select_effects,
    study_labels,
)

from .conftest import effect, row, trial


def shown(*rows, **more):
    return select_effects([Reproduction(trial=trial(**more), rows=rows)])


def test_follow_up_scores_come_before_changes_and_both_before_a_p():
    routes = {
        "from p 0.04": 0.1,
        "change scores": 0.2,
        "from the printed d": 0.3,
        "follow-up scores": 0.4,
    }
    rows = [row("derived", effect=effect(value, route=route)) for route, value in routes.items()]
    found = []
    while rows:
        (one,) = shown(*rows)
        found.append(one.value)
        rows = [r for r in rows if r.effect.value != one.value]
    assert found == [0.4, 0.2, 0.3, 0.1]


def test_of_several_times_the_latest_is_kept():
    rows = [
        row("derived", timepoint=time, effect=effect(value, route="change scores"))
        for time, value in (("change 12wk", 0.9), ("change 6wk", 0.1))
    ]
    (one,) = shown(*rows)
    assert one.value == 0.9
    assert one.label == "Smith 2020: retro - forward, pain, change 12wk"


def test_outcomes_and_comparisons_stand_each_on_a_row():
    rows = [
        row("derived", effect=effect()),
        row("derived", outcome="knee function", effect=effect()),
        row("derived", contrast="retro - control", effect=effect()),
    ]
    assert [one.label for one in shown(*rows)] == [
        "Smith 2020: retro - forward, pain, 6wk",
        "Smith 2020: retro - control, pain, 6wk",
        "Smith 2020: retro - forward, knee function, 6wk",
    ]


@pytest.mark.parametrize(
    ("signed", "benefit", "value", "expected", "sized"),
    [
        (True, 1, 0.4, 0.4, False),
        (True, -1, 0.4, -0.4, False),
        (True, -1, -0.4, 0.4, False),
        (True, 0, -0.4, 0.4, True),
        (False, 0, 0.4, 0.4, True),
        (False, -1, 0.4, 0.4, True),
    ],
)
def test_a_positive_value_favours_the_first_arm(signed, benefit, value, expected, sized):
    turned = value != expected
    one_sided = Effect(
        value=value, ci_low=value - 0.1, ci_high=value + 0.3, p=0.1, df=30,
        signed=signed, benefit=benefit, route="follow-up scores",
    )  # fmt: skip
    (one,) = shown(row("derived", effect=one_sided))
    assert one.value == expected
    below, above = (0.3, 0.1) if turned else (0.1, 0.3)
    assert (one.low, one.high) == pytest.approx((expected - below, expected + above))
    assert one.sized is sized
    assert ("size only" in one.label) is sized


def test_the_label_says_what_it_rests_on():
    inferred: Row = row(
        "derived", timepoint="baseline/6wk/12wk", kind="inferred",
        effect=effect(route="from P = 0.040", signed=False, benefit=0),
    )  # fmt: skip
    (one,) = shown(inferred)
    assert one.label == "Smith 2020: retro - forward, pain, 3 times (from p, size only) †"


def test_long_names_are_cut_to_the_room_of_a_label():
    long = "a very long name of an outcome that no figure has room for"
    (one,) = shown(row("derived", outcome=long, effect=effect()))
    assert "a very long name of an outcome that n…" in one.label
    assert len(one.label) < 120


def test_an_effect_from_a_table_that_contradicts_itself_is_marked():
    fault = row("inconsistent table", quantity="mean", contrast="retro", timepoint="change 6wk")
    (one,) = shown(row("derived", timepoint="6wk", effect=effect()), fault)
    assert one.label.endswith(" ‡")
    elsewhere = row("inconsistent table", quantity="mean", contrast="retro", timepoint="12wk")
    (one,) = shown(row("derived", timepoint="6wk", effect=effect()), elsewhere)
    assert "‡" not in one.label


@pytest.mark.parametrize(
    ("name", "instrument", "group"),
    [
        ("pain on movement", "", "Pain"),
        ("VAS descending stairs", "", "Pain"),
        ("WOMAC pain", "WOMAC", "Pain"),
        ("WOMAC stiffness", "WOMAC", "Other outcomes"),
        ("KOOS QOL", "KOOS", "Other outcomes"),
        ("K-WOMAC", "", "Function and disability"),
        ("Kujala", "", "Function and disability"),
        ("disability", "NRS", "Function and disability"),
        ("TUG", "", "Mobility"),
        ("walking speed", "", "Mobility"),
        ("quadriceps MMT", "", "Strength"),
        ("intensity", "VAS", "Pain"),
        ("sway area", "", "Other outcomes"),
    ],
)
def test_outcomes_are_grouped_by_their_words(name, instrument, group):
    assert outcome_group(name, instrument) == group


def test_groups_stand_in_order_and_retro_walking_before_the_others():
    rows = [
        row("derived", outcome=name, effect=effect())
        for name in ("TUG", "pain", "strength", "function")
    ]
    found = select_effects(
        [
            Reproduction(trial=trial("other", role="comparator"), rows=rows),
            Reproduction(trial=trial("retro"), rows=rows),
        ]
    )
    assert [(one.group, one.trial) for one in found] == [
        (f"{group}: {kin}", name)
        for group in ("Pain", "Function and disability", "Mobility", "Strength")
        for kin, name in (("retro walking", "retro"), ("other trials", "other"))
    ]


@pytest.mark.parametrize(
    ("citation", "label"),
    [
        ("Smith AB, Jones C. Before 2017 and after. J 2020;2019:1", "Smith 2020"),
        ("Qiu J, et al. BMC 2023;15:158", "Qiu 2023"),
        ("Pratiwi et al. 2023, effect of a programme", "Pratiwi 2023"),
        ("Müller-Lüdenscheidt A. J 1999;1:1", "Müller-Lüdenscheidt 1999"),
        ("Zahra et al., no year", "id"),
        ("Physiotherapy against placebo, Table 3. Ann 2001", "id"),
        ("PDBT against control. Int J 2021;18:2513", "id"),
    ],
)
def test_a_study_is_named_by_author_and_year_or_by_its_id(citation, label):
    assert study_labels([trial("id", citation=citation)]) == {"id": label}


def test_two_studies_never_share_a_name():
    assert study_labels([trial("a"), trial("b")]) == {"a": "a", "b": "b"}


def test_the_table_keeps_values_and_limits():
    chosen = shown(row("derived", effect=effect(0.25)))
    table = forest_table(chosen, "caption")
    assert [(e.value, *e.ci, e.unit) for e in table] == [(0.25, -0.25, 0.75, 0.95, "Hedges' g")]
    assert math.isnan(table[0].se)
