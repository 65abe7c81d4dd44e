"""What is no list of trials, no name, no option: refused in words; nothing is left out silently."""

import math

import numpy as np
import pytest

import retrostats as rs
from retrostats.errors import DataError, FitError
from retrostats.meta.studies import same_name

TRIALS = [
    rs.Estimate.from_se(name, value, se, unit="SD")
    for name, value, se in (("A", -0.9, 0.32), ("B", -0.15, 0.22), ("C", -0.4, 0.28))
]
COUNTS = [rs.TrialCounts.of("A", 2, 24, 6, 23), rs.TrialCounts.of("B", 1, 16, 2, 16)]
#: One name, written so that no reader sees the difference.
ALIKE = [
    ("Trial A", "trial\N{NO-BREAK SPACE} a"),
    ("Trial A", "Trial A\N{ZERO WIDTH SPACE}"),
    ("M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller", "Mu\N{COMBINING DIAERESIS}ller"),
    ("Fink", "\N{LATIN SMALL LIGATURE FI}nk"),
]


class Callable:
    """A function of the user's that is an object, and whose name is no text."""

    __name__ = 5

    def __call__(self, *_):
        return 0.25


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_look_alike_are_one_trial(one, other):
    assert same_name(one) == same_name(other)
    with pytest.raises(DataError, match="comes more than once"):
        rs.pool(TRIALS[:2], studies=[one, other])
    counts = [rs.TrialCounts.of(one, 2, 24, 6, 23), rs.TrialCounts.of(other, 1, 16, 2, 16)]
    for pool in (rs.pool_mantel_haenszel, rs.pool_peto):
        with pytest.raises(DataError, match="comes more than once"):
            pool(counts)


@pytest.mark.parametrize("studies", [5, {"a", "b", "c"}, "abc", [1, 2, 3], object()])
def test_what_is_no_list_of_names(studies):
    for pool in (rs.pool, rs.pool_sensitivity):
        with pytest.raises(TypeError, match="studies must be a list of names; got"):
            pool(TRIALS, studies=studies)


@pytest.mark.parametrize("make", [iter, tuple, np.array, lambda names: (n for n in names)])
def test_names_may_come_in_any_order_that_is_one(make):
    found = rs.pool(TRIALS, studies=make(["x", "y", "z"])).studies
    assert found == ("x", "y", "z")
    assert {type(name) for name in found} == {str}


def test_a_trial_without_a_name_is_told_by_its_place():
    with pytest.raises(DataError) as caught:
        rs.pool(TRIALS, studies=["x", " ", "\N{ZERO WIDTH SPACE}"])
    assert str(caught.value) == "pool: no name is given for estimate 2, 3; name the trial"


@pytest.mark.parametrize("given", [None, 3, "ab", [1, 2], set(TRIALS), {"a": 1}])
def test_what_is_no_list_of_estimates(given):
    for pool in (rs.pool, rs.pool_sensitivity):
        with pytest.raises(TypeError, match="need estimates, as a list"):
            pool(given)


@pytest.mark.parametrize("name", ["REML", None, 1, math.nan, ["reml"], {}, ""])
def test_an_estimator_that_there_is_not(name):
    with pytest.raises(ValueError, match="tau2 must be one of common, dl"):
        rs.pool(TRIALS, tau2=name)


@pytest.mark.parametrize("given", [math.nan, -1, math.inf, None, "1", 1j, [1], np.array([1.0, 2])])
def test_a_function_that_gives_no_variance(given):
    with pytest.raises(FitError, match="one finite number of 0 or more"):
        rs.pool(TRIALS, tau2=lambda *_: given)


def test_a_function_may_be_any_that_gives_one_number():
    assert rs.pool(TRIALS, tau2=Callable()).estimator == "own function"
    assert math.copysign(1, rs.pool(TRIALS, tau2=lambda *_: -0.0).tau2) == 1


@pytest.mark.parametrize("pool", [rs.pool_mantel_haenszel, rs.pool_peto])
def test_counts_in_any_order_that_is_one(pool):
    assert pool(iter(COUNTS)) == pool(COUNTS)
    for given in (None, 3, set(COUNTS), "ab", [1, 2]):
        with pytest.raises(TypeError, match=r"expected (a list of )?TrialCounts, got"):
            pool(given)
    for level in (95, None, "x", True):
        with pytest.raises(ValueError, match="level must lie between 0 and 1"):
            pool(COUNTS, level=level)
    with pytest.raises(DataError, match=r": 1 trial, and two or more are needed"):
        pool(COUNTS[:1])


@pytest.mark.parametrize("given", ["rr", ["risk ratio"], None])
def test_a_measure_of_counts_that_there_is_not(given):
    with pytest.raises(ValueError, match="measure must be one of risk ratio"):
        rs.pool_mantel_haenszel(COUNTS, measure=given)


def test_counts_need_a_name_and_people_that_there_are():
    for study in ("", " ", None):
        with pytest.raises(ValueError, match="needs a name"):
            rs.TrialCounts.of(study, 1, 2, 1, 2)
    for many in (10**13, 10**400, math.inf):
        with pytest.raises(ValueError, match="is impossible"):
            rs.TrialCounts.of("A", 1, many, 1, 2)


def test_a_share_of_variation_is_told_in_whole_percent_as_everywhere():
    counts = [rs.TrialCounts.of("A", 0, 1, 1, 1), rs.TrialCounts.of("B", 1, 1, 0, 1)]
    assert "I² = 31%." in str(rs.pool_mantel_haenszel(counts))


def test_no_measure_is_advised_that_was_just_tried():
    never = [rs.TrialCounts.of("A", 0, 10, 0, 10), rs.TrialCounts.of("B", 0, 12, 0, 12)]
    with pytest.raises(DataError) as caught:
        rs.pool_mantel_haenszel(never, measure="risk difference")
    assert str(caught.value).endswith("Report the counts")


ARMS = "study,n1,mean1,sd1,n2,mean2,sd2"
EVENTS = "study,events1,n1,events2,n2"
#: What is wrong, how the effects are read, and what is told.
ROWS = {
    "a p of sizes without degrees of freedom": (
        "study,estimate,p,n1,n2\nA,1,0.03,1,1\n",
        "generic",
        "A: p with sizes of arms is taken as that of Student's t",
    ),
    "a p of one size": (
        "study,estimate,p,n1,n2\nA,1,0.03,20,\n",
        "generic",
        "complete them, or leave both empty",
    ),
    "a p of half a person": (
        "study,estimate,p,n1,n2\nA,1,0.03,20.5,20\n",
        "generic",
        "20.5 is no whole number",
    ),
    "no event in an arm": (
        f"{EVENTS}\nA,0,10,5,10\n",
        "risk ratio",
        "0 of 10 against 5 of 10 has no such ratio with an interval; pool such counts by",
    ),
    "an arm of events": (
        f"{EVENTS}\nA,10,10,5,10\n",
        "odds ratio",
        "10 of 10 against 5 of 10 has no such ratio",
    ),
    "no event at all": (
        f"{EVENTS}\nA,0,10,0,12\n",
        "risk difference",
        "0 of 10 against 0 of 12 has a standard error of 0",
    ),
}


def read(folder, text, measure, **options):
    path = folder / "trials.csv"
    path.write_text(text, encoding="utf-8")
    return rs.read_estimates(path, measure=measure, **options)


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_give_no_effect_say_what_to_do(tmp_path, name):
    text, measure, told = ROWS[name]
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, measure)
    assert told in str(caught.value)
    assert "zero_cells" not in str(caught.value)
    assert "A: A:" not in str(caught.value)


def test_a_name_is_told_once(tmp_path):
    with pytest.raises(DataError, match="line 2: A: the standard error must be positive"):
        read(tmp_path, "study,estimate,se\nA,1,0\n", "generic")


def test_what_a_row_gives_beside_its_arms_is_not_dropped_silently(tmp_path):
    text = f"{ARMS},p\nA,16,1.6,0.6,16,2.3,0.9,0.03\nB,16,1.6,0.6,16,2.1,0.9,\n"
    found = read(tmp_path, text, "standardised mean difference")
    assert found.notes == ("A: p not used; the effect is that of the arms",)


def test_a_measure_with_a_unit_of_its_own_takes_no_other(tmp_path):
    text = "study,estimate,se\nA,1,0.5\n"
    with pytest.raises(DataError, match="the standardised mean difference is in 'SD'"):
        read(tmp_path, text, "standardised mean difference", unit="points")
    assert read(tmp_path, text, "standardised mean difference", unit="SD")[0].unit == "SD"
    assert read(tmp_path, text, "generic", unit=" points ")[0].unit == "points"
    with pytest.raises(TypeError, match="the unit must be a text"):
        read(tmp_path, text, "generic", unit=5)


@pytest.mark.parametrize("options", [{"level": None}, {"level": "x"}, {"level": True}])
def test_a_level_of_printed_intervals_that_is_none(tmp_path, options):
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        read(tmp_path, "study,estimate,se\nA,1,0.5\n", "generic", **options)


@pytest.mark.parametrize("measure", [["generic"], {}, None, "smd"])
def test_a_measure_of_a_table_that_there_is_not(tmp_path, measure):
    with pytest.raises(ValueError, match="measure must be one of standardised"):
        read(tmp_path, "study,estimate,se\nA,1,0.5\n", measure)
