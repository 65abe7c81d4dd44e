"""What holds for every closed form: the three questions agree, and signs, units and words."""

import json
import math

import pytest

import retrostats as rs

SHARED = {
    "two groups": (rs.power_two_groups, {"sd": 2.1}),
    "Welch": (rs.power_two_groups, {"sd": (2.1, 3.4), "ratio": 0.6}),
    "unequal arms": (rs.power_two_groups, {"sd": 2.1, "ratio": 1.5}),
    "paired": (rs.power_paired, {"sd": 2.1, "correlation": 0.4}),
    "ancova": (rs.power_ancova, {"sd": 2.1, "correlation": 0.6}),
    "change": (rs.power_ancova, {"sd": 2.1, "correlation": 0.6, "analysis": "change"}),
    "visits": (rs.power_ancova, {"sd": 2.1, "correlation": 0.6, "visits": 3, "baselines": 2}),
    "mmrm": (
        rs.power_mmrm,
        {"sd": 2.1, "correlation": 0.6, "visits": 3, "dropout": (0, 0.1, 0.2), "baseline": 0.5},
    ),
    "clusters": (rs.power_clusters, {"sd": 2.1, "icc": 0.05, "cluster_size": 8, "size_cv": 0.3}),
    "crossover": (rs.power_crossover, {"sd": 2.1, "correlation": 0.6}),
}
GOALS = {
    "superiority": {},
    "non-inferiority": {"goal": "non-inferiority", "margin": 1.5, "better": "lower"},
    "equivalence": {"goal": "equivalence", "margin": 1.9},
}
TRUE = {"superiority": -1.6, "non-inferiority": 0.3, "equivalence": 0.3}
#: Two root searches to 1e-13, through a power of slope about 0.1; measured 3e-13.
INVERSE = 1e-9

every = pytest.mark.parametrize("name", SHARED)
goals = pytest.mark.parametrize("goal", GOALS)


@every
@goals
def test_size_power_and_difference_agree(name, goal):
    function, known = SHARED[name]
    known = known | GOALS[goal]
    sized = function(**known, difference=TRUE[goal], power=0.85)
    assert sized.power >= 0.85
    assert sized.total == sum(sized.n)
    last = sized.n[-1]
    # Where the ratio is no whole number, the other arm is rounded up and may do the rest.
    assert last - 1 < sized.n_exact <= last + (0.5 if "ratio" in known else 0)
    again = function(**known, difference=TRUE[goal], n=last)
    assert again.n == sized.n
    assert again.power == sized.power
    back = function(**known, n=last, power=sized.power)
    assert abs(back.difference) == pytest.approx(abs(TRUE[goal]), rel=INVERSE)
    fewer = function(**known, difference=TRUE[goal], n=last - 1)
    assert fewer.power < 0.85


@every
def test_power_rises_with_size_and_does_not_know_the_unit(name):
    function, known = SHARED[name]
    powers = [function(**known, difference=1.2, n=n).power for n in (8, 12, 40, 150, 5000)]
    assert powers == sorted(powers)
    assert powers[-1] > 0.999
    large = known | {"sd": tuple(10 * s for s in known["sd"])} if name == "Welch" else known
    large = large if name == "Welch" else known | {"sd": 21.0}
    assert function(**large, difference=12, n=40).power == pytest.approx(powers[2], rel=1e-12)
    assert function(**known, difference=-1.2, n=40).power == powers[2]


@every
def test_no_difference_is_found_as_often_as_the_test_errs(name):
    function, known = SHARED[name]
    found = function(**known, difference=0, n=30)
    assert found.power == pytest.approx(0.05, abs=1e-13)
    at_margin = function(
        **known, difference=1.5, n=30, goal="non-inferiority", margin=1.5, better="lower"
    )
    assert at_margin.power == pytest.approx(0.025, abs=1e-13)


def test_non_inferiority_turns_with_the_side_that_is_better():
    known = {"sd": 2.1, "n": (30, 40), "goal": "non-inferiority", "margin": 1.0}
    lower = rs.power_two_groups(**known, difference=0.4, better="lower")
    higher = rs.power_two_groups(**known, difference=-0.4, better="higher")
    assert lower.power == higher.power
    assert lower.power < rs.power_two_groups(**known, difference=-0.4, better="lower").power
    assert "upper limit" in lower.claim
    assert "lies below 1" in lower.claim
    assert "lower limit" in higher.claim
    assert "lies above -1" in higher.claim


def test_detectable_differences_have_their_signs():
    known = {"sd": 2.1, "n": 40, "power": 0.8}
    assert rs.power_two_groups(**known).difference > 0
    assert rs.power_two_groups(**known, better="lower").difference < 0
    worst = rs.power_two_groups(**known, goal="non-inferiority", margin=3, better="lower")
    assert 0 < worst.difference < 3
    widest = rs.power_two_groups(**known, goal="equivalence", margin=3)
    assert 0 < widest.difference < 3
    assert rs.power_proportions(comparator=0.3, n=60, power=0.8, better="lower").difference < 0


def test_allocation_and_dropout():
    found = rs.power_two_groups(difference=1.5, sd=2.1, power=0.9, ratio=2, dropout=0.2)
    treated, comparator = found.n
    assert treated == 2 * comparator
    assert found.randomised == (math.ceil(treated / 0.8), math.ceil(comparator / 0.8))
    # 21 / (1 - 0.3) is 30 and not 30.000000000000004.
    assert rs.power_two_groups(difference=1, sd=2, n=21, dropout=0.3).randomised == (30, 30)
    equal = rs.power_two_groups(difference=1.5, sd=2.1, power=0.9)
    assert equal.total < found.total


def test_the_paragraph_is_complete():
    found = rs.power_ancova(
        difference=-1.5, sd=2.1, correlation=0.6, power=0.9, dropout=0.15, ratio=2, unit="points"
    )
    text = found.paragraph()
    for part in (
        "two-sided 95% interval leaves out 0",
        "power of 90%",
        "-1.5 points",
        "standard deviation of 2.1 points",
        "correlation of 0.6",
        f"{found.n[0]} (treated) and {found.n[1]} (comparator) subjects ({found.total} in total)",
        "15% expected",
        f"{found.randomised[0]} (treated)",
        "analysis of covariance",
        "doi:10.1016/j.jclinepi.2007.02.006",
        f"{100 * found.power:.1f}%",
    ):
        assert part in text, part
    assert text.endswith(".")
    assert ".." not in text
    assert "variance is 0.640 times" in text


@every
def test_every_paragraph_reads_well(name):
    function, known = SHARED[name]
    for goal, more in GOALS.items():
        for asked in ({"n": 40}, {"power": 0.8}):
            text = function(**known, **more, **asked, difference=TRUE[goal], unit="points")
            text = text.paragraph()
            assert text[0].isupper()
            assert "nan" not in text
            assert "  " not in text
            assert "doi:10." in text


def test_plain_values():
    found = rs.power_two_groups(difference=-1.5, sd=2.1, power=0.9, unit="points")
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["n"] == [43, 43]
    assert plain["margin"] is None
    assert plain["difference"] == -1.5
    table = found.tidy()
    assert list(table["arm"]) == ["treated", "comparator"]
    assert list(table["randomised"]) == [43, 43]
    assert str(found).startswith("43 subjects per arm (86 in total): power 90.6%")


def test_the_sentence_tells_how_many_to_randomise():
    known = {"difference": -1.5, "sd": 2.1, "power": 0.9}
    found = str(rs.power_two_groups(**known, dropout=0.15))
    assert found.startswith("43 subjects per arm (86 in total): power")
    assert found.endswith(
        "; 51 subjects per arm (102 in total) to randomise, for 15% without an outcome"
    )
    assert "randomise" not in str(rs.power_two_groups(**known))
    pairs = str(rs.power_paired(difference=1, sd=2, correlation=0.5, n=21, dropout=0.3))
    assert pairs.endswith("30 pairs to include, for 30% without an outcome")
