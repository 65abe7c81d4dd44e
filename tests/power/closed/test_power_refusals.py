"""What cannot be answered is refused in words, with all faults at once."""

import pytest

import retrostats as rs


def faults(function, **given):
    with pytest.raises(rs.DataError) as caught:
        function(**given)
    first, *lines = str(caught.value).split("\n")
    assert first == f"{function.__name__}: {len(lines)} fault{'s' * (len(lines) > 1)} found."
    return [line.split(". ", 1)[1] for line in lines]


def test_all_faults_are_told_together():
    told = faults(
        rs.power_two_groups,
        sd=-1,
        n=1.5,
        power=80,
        goal="superior",
        better="less",
        dropout=1,
        level=95,
        ratio=0,
        unit=3,
    )
    starts = "power", "n", "the level", "goal", "better", "sd", "ratio", "dropout", "unit"
    assert len(told) == len(starts)
    assert all(fault.startswith(start) for fault, start in zip(told, starts, strict=True))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "n and power and difference are left out"),
        ({"n": 20, "power": 0.8, "difference": 1}, "all three are given"),
        ({"n": 20}, "power and difference are left out"),
        ({"power": 0.8, "difference": 0}, "there is nothing to find"),
        ({"power": 0.05, "difference": 1}, "no more than the size of the test"),
        ({"power": 0.05, "difference": 1}, "without any effect reaches; ask for more"),
        ({"power": 0.8, "difference": 1, "level": 0.05}, "level=0.05 is a 5% interval; the usual"),
        ({"power": 0.8, "difference": 1, "level": 0.05}, "the usual test at 5% has level=0.95"),
        ({"power": 0.8, "difference": 1, "better": "lower"}, "turn its sign"),
        ({"n": 20, "difference": 1, "margin": 2}, "superiority has no margin"),
        ({"n": 20, "difference": 1, "goal": "equivalence"}, "needs a margin"),
        ({"n": (20, 20), "difference": 1, "ratio": 2}, "leave ratio out"),
        ({"n": (20, 20, 20), "difference": 1}, "n must be a whole number"),
        ({"n": "20", "difference": 1}, "n must be a whole number"),
        ({"n": 0, "difference": 1}, "n must be a whole number"),
        ({"n": 1, "difference": 1}, "too few degrees of freedom"),
        ({"n": float("nan"), "difference": 1}, "n must be a whole number"),
        ({"n": 20, "difference": float("inf")}, "difference must be one finite number"),
        ({"n": 20, "difference": [1, 2]}, "one finite number; got [1, 2] (a list)"),
        ({"n": 20, "difference": 1, "dropout": 15}, "as in 0.15; got 15 (an int)"),
    ],
)
def test_contradictions(given, words):
    assert words in " ".join(faults(rs.power_two_groups, sd=2, **given))


def test_margins_that_no_trial_meets():
    known = {"sd": 2, "power": 0.8, "margin": 1}
    told = faults(
        rs.power_two_groups, **known, difference=1, goal="non-inferiority", better="lower"
    )
    assert "no trial shows non-inferiority" in told[0]
    told = faults(rs.power_two_groups, **known, difference=-1.2, goal="equivalence")
    assert "no trial shows equivalence" in told[0]
    told = faults(rs.power_two_groups, **known, difference=0, goal="non-inferiority")
    assert "needs better=" in told[0]
    with pytest.raises(rs.DataError, match="no true difference reaches"):
        rs.power_two_groups(sd=5, n=4, power=0.8, goal="equivalence", margin=1)


@pytest.mark.parametrize("given", [{"power": 0.8}, {"n": 20}])
@pytest.mark.parametrize("difference", [1e9, -1e9])
def test_a_difference_beyond_all_scores(difference, given):
    told = faults(rs.power_two_groups, sd=1, difference=difference, **given)
    assert "more than a million times the spread" in told[0]
    assert rs.power_two_groups(sd=1, difference=difference / 1e3, **given).power > 0.8


def test_a_difference_next_to_nothing():
    with pytest.raises(rs.DataError, match="slip of the unit"):
        rs.power_two_groups(sd=1, difference=1e-9, power=0.8)


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (rs.power_two_groups, {"sd": (1, 2, 3)}, "one for each arm; got 3"),
        (rs.power_two_groups, {"sd": (1, 0)}, "sd of the comparator"),
        (rs.power_two_groups, {"sd": 1e-99}, "sd must lie from 1e-50 to 1e+50"),
        (rs.power_two_groups, {"sd": (1, 1e200)}, "got 1e+200; take another unit"),
        (rs.power_paired, {"sd": 1, "correlation": 1}, "between -1 and 1"),
        (rs.power_ancova, {"sd": 1, "correlation": None}, "correlation must be given"),
        (rs.power_ancova, {"sd": 1, "correlation": 0.5, "visits": 0}, "visits must be"),
        (rs.power_ancova, {"sd": 1, "correlation": -0.6, "visits": 3}, "cannot all be correlated"),
        (rs.power_ancova, {"sd": 1, "correlation": 0.5, "analysis": "x"}, "analysis must be"),
        (rs.power_clusters, {"sd": 1, "icc": 1, "cluster_size": 5}, "icc must be"),
        (rs.power_clusters, {"sd": 1, "icc": 0.1, "cluster_size": 0}, "cluster_size must be"),
        (rs.power_crossover, {"sd": 0}, "sd must be"),
        (rs.power_proportions, {"comparator": 1.2}, "comparator must be"),
        (rs.power_proportions, {"comparator": 0.6}, "no proportion between 0 and 1"),
        (rs.power_ancova, {"sd": 1, "correlation": 0.5, "analysis": ["post"]}, "analysis must be"),
        (rs.power_anova, {"groups": 1}, "groups must be"),
        (rs.power_anova, {"groups": 3, "difference": -1}, "SD of means, 0 or more; got -1"),
        (rs.power_anova, {"groups": 3, "difference": [1, 2]}, "float(numpy.std(means)); got [1"),
    ],
)
def test_faults_of_single_designs(function, given, words):
    assert words in " ".join(faults(function, **{"difference": 0.5, "power": 0.8} | given))


@pytest.mark.parametrize("dropout", [(-5, 10, 15), (0, 0.5, 1), (50, 80, 100)])
def test_what_is_no_percent_is_not_divided(dropout):
    told = faults(
        rs.power_mmrm, visits=3, sd=2, correlation=0.5, difference=1, power=0.8, dropout=dropout
    )
    assert told[0].endswith(f"got {[float(each) for each in dropout]}")


def test_means_in_place_of_their_sd_are_one_fault():
    assert len(faults(rs.power_anova, groups=3, difference=[1, 2, 3], power=0.8)) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"visits": 0}, "visits must be"),
        ({"sd": (1, 2)}, "one for each of 3 visits"),
        ({"sd": (1, 2, 0)}, "every sd"),
        ({"sd": 1e-200}, "every sd must lie from 1e-50"),
        ({"correlation": 1.5}, "between -1 and 1"),
        ({"correlation": [[1, 0.5], [0.5, 1]]}, "matrix of 3 rows"),
        ({"correlation": [[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]]}, "symmetric"),
        ({"correlation": -0.6}, "eigenvalue"),
        ({"baseline": (0.9, 0.0, 0.9)}, "eigenvalue"),
        ({"baseline": (0.9, 0.0)}, "baseline must be"),
        ({"dropout": 0.2}, "does not say when"),
        ({"dropout": 0.2}, "dropout=(0.0667, 0.133, 0.2) if as many leave before each visit"),
        ({"dropout": 0.2}, "dropout=(0, 0, 0.2) if all leave before the last"),
        ({"dropout": 20}, "from 0 to below 1"),
        ({"visits": 1, "dropout": 1.2}, "from 0 to below 1"),
        ({"visits": 1, "dropout": (0.1, 0.2)}, "the visit, or [[treated], [comparator]]; got"),
        ({"visits": 1, "sd": (1, 2)}, "sd must be one number; got"),
        ({"dropout": (0.2, 0.1, 0.3)}, "must not fall from one visit to the next"),
        ({"dropout": (5, 10, 15)}, "shares from 0 to below 1; got [5.0, 10.0, 15.0], which in per"),
        ({"dropout": (5, 10, 15)}, "would be dropout=[0.05, 0.1, 0.15]"),
        ({"dropout": [[0, 0, 5], [0, 0, 9]]}, "dropout=[[0.0, 0.0, 0.05], [0.0, 0.0, 0.09]]"),
        ({"visits": 1, "dropout": 15}, "dropout=0.15"),
        ({"dropout": (-0.1, 0.1, 0.2)}, "from 0 to below 1; got [-0.1, 0.1, 0.2]"),
        ({"dropout": (0, 0.5, 1)}, "from 0 to below 1; got [0.0, 0.5, 1.0]"),
        ({"dropout": (0, 0.1)}, "dropout must be"),
        ({"dropout": (0, 0.1, 1)}, "below 1"),
        ({"pattern": "toep"}, "pattern must be"),
        ({"df": "satterthwaite"}, "df must be"),
    ],
)
def test_faults_of_visits(given, words):
    known = {"visits": 3, "sd": 2, "correlation": 0.5, "difference": 1, "power": 0.8}
    assert words in " ".join(faults(rs.power_mmrm, **known | given))
