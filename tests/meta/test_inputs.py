"""Tables of trials, read from files: by their arms, by what they print, and what is refused."""

import math

import pytest
from scipy.special import ndtri, stdtrit

import retrostats as rs
from retrostats.errors import DataError

SMD, MD, RR = "standardised mean difference", "mean difference", "risk ratio"
MEANS = "study,n1,mean1,sd1,n2,mean2,sd2"
#: The same formula on both sides.
SAME = 1e-14


@pytest.fixture
def table(tmp_path):
    def read(text, *, measure=SMD, name="trials.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return rs.read_estimates(path, measure=measure, **options)

    return read


def arm(name, n, mean, sd):
    return rs.ArmSummary(arm=name, n=n, mean=mean, sd=sd)


def refusal(table, text, **options):
    with pytest.raises(DataError) as caught:
        table(text, **options)
    return str(caught.value)


def test_arms_give_hedges_g_and_the_difference_in_the_unit(table):
    text = f"{MEANS}\nA,16,1.56,0.63,15,2.25,0.86\n"
    arms = arm("a", 16, 1.56, 0.63), arm("b", 15, 2.25, 0.86)
    g = table(text)[0]
    assert (g.value, g.se, g.unit, g.label) == (
        rs.hedges_g(*arms).value,
        rs.hedges_g(*arms).se,
        "SD",
        "A",
    )
    plain = table(text, measure=MD, unit="points")[0]
    wanted = rs.mean_difference(*arms, unit="points")
    assert (plain.value, plain.se, plain.df, plain.unit) == (
        wanted.value,
        wanted.se,
        wanted.df,
        "points",
    )
    ratio = table(text, measure="ratio of means")["A"]
    assert ratio.value == rs.ratio_of_means(*arms).log.value
    assert ratio.unit == "log ratio of means"


@pytest.mark.parametrize(
    ("measure", "value", "variance"),
    [
        (RR, math.log(15 / 20 / (8 / 24)), 1 / 15 - 1 / 20 + 1 / 8 - 1 / 24),
        ("odds ratio", math.log(15 * 16 / (5 * 8)), 1 / 15 + 1 / 5 + 1 / 8 + 1 / 16),
        ("risk difference", 15 / 20 - 8 / 24, 15 * 5 / 20**3 + 8 * 16 / 24**3),
    ],
)
def test_counts_give_the_effects_of_two_risks(table, measure, value, variance):
    found = table("study,events1,n1,events2,n2\nA,15,20,8,24\n", measure=measure)[0]
    assert found.value == pytest.approx(value, rel=SAME)
    assert found.se**2 == pytest.approx(variance, rel=SAME)
    assert found.p < 0.05


def test_every_way_to_a_standard_error(table):
    text = (
        "study,estimate,se,ci_low,ci_high,p,n1,n2\n"
        "by se,-0.5,0.2,,,,,\n"
        "by interval,-0.5,,-0.9,-0.1,,,\n"
        "by p,-0.5,,,,0.03,,\n"
        "by p and sizes,-0.5,,,,0.03,12,10\n"
    )
    found = table(text, measure="generic", unit="points")
    wanted = [0.2, 0.4 / ndtri(0.975), 0.5 / -ndtri(0.015), 0.5 / -stdtrit(20, 0.015)]
    assert [estimate.se for estimate in found] == pytest.approx(wanted, rel=SAME)
    assert {estimate.unit for estimate in found} == {"points"}
    assert table(text, measure="generic", level=0.9)[1].se == pytest.approx(0.4 / ndtri(0.95))


def test_printed_ratios_become_logarithms(table):
    found = table("study,estimate,ci_low,ci_high\nA,0.8,0.5,1.28\n", measure=RR)[0]
    assert found.value == pytest.approx(math.log(0.8), rel=SAME)
    assert found.se == pytest.approx(math.log(1.28 / 0.5) / 2 / ndtri(0.975), rel=SAME)
    assert found.unit == "log risk ratio"
    said = refusal(table, "study,estimate,ci_low,ci_high\nA,-0.2,-0.5,0.1\n", measure=RR)
    assert "line 2: A: the estimate -0.2 is no ratio; give the ratio" in said


def test_a_lopsided_interval_is_told(table):
    even = table("study,estimate,ci_low,ci_high\nA,-0.5,-0.9,-0.12\n", measure="generic")
    assert even.notes == ()
    assert even.form == "CSV, comma, decimal point, UTF-8"
    lopsided = table("study,estimate,ci_low,ci_high\nA,1.1,-7.4,5.2\n", measure="generic")
    assert lopsided.notes == (
        (
            "A: the interval is not symmetric about the estimate (off by 35% of half its width); "
            "its standard error is from the width"
        ),
    )
    assert str(even).count("\n") == 2
    assert str(lopsided).splitlines()[-1].split(maxsplit=1) == ["Note", lopsided.notes[0]]


def test_a_column_that_is_missing_is_named_with_the_one_that_was_meant(table):
    said = refusal(table, "Study,n1,maen1,SD1,n2,mean2,sd2,sex\nA,9,1,1,9,2,1,3\n")
    assert "3 faults" in said
    assert "line 1, column study: is missing; expected the name of each trial; did you" in said
    assert "column mean1: is missing; arms need n1 mean1 sd1 n2 mean2 sd2; did you mean 'ma" in said
    assert "column sd1: is missing; arms need" in said
    assert "sd2; did you mean 'SD1'?" in said
    assert "did you mean 'Estimate'?" in refusal(table, "study,Estimate,se\nA,1,1\n")


@pytest.mark.parametrize(
    ("name", "is_sum"),
    [
        ("Total", True),
        ("Subtotal (95% CI)", True),
        ("pooled effect", True),
        ("Heterogeneity: Tau2 = 0.1", True),
        ("Overall 2019", False),
        ("TOTAL-2 trial", False),
    ],
)
def test_a_row_of_totals_is_no_trial(table, name, is_sum):
    text = f"study,estimate,se\nA,-0.5,0.2\n{name},-0.5,0.1\n"
    if is_sum:
        said = refusal(table, text, measure="generic")
        assert f"line 3, column study: {name!r} is no trial but a sum of trials" in said
    else:
        assert table(text, measure="generic").studies == ("A", name)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("\N{EN DASH}0.5", "it begins with a dash; write -0.5 with a minus sign"),
        ("29%", "write 29 or a share, alike in all rows"),
        ("p = 0.04", "write 0.04 alone"),
        ("ten", "column estimate: 'ten' is no number"),
    ],
)
def test_a_cell_that_is_no_number_says_what_to_write(table, cell, words):
    assert words in refusal(table, f"study,estimate,se\nA,{cell},0.2\n", measure="generic")


def test_rows_of_both_kinds_may_stand_in_one_table_and_pool(table):
    found = table(f"{MEANS},estimate,se\nA,16,1.56,0.63,16,2.25,0.86,,\nB,,,,,,,-0.4,0.3\n")
    assert found.studies == ("A", "B")
    pooled = rs.pool(found, tau2="dl", test="z")
    assert min(found[0].value, -0.4) < pooled.pooled.value < max(found[0].value, -0.4)
    assert pooled.studies == ("A", "B")


def test_moderators_are_numbers_only_where_every_cell_is_one(table):
    text = "study,estimate,se,weeks,place,dose\nA,-1,0.5,4,clinic,10\nB,-2,0.5,,home,ten\n"
    found = table(text, measure="generic")
    assert found.moderators["weeks"][0] == 4.0
    assert math.isnan(found.moderators["weeks"][1])
    assert found.moderators["place"] == ("clinic", "home")
    assert found.moderators["dose"] == ("10", "ten")
    tidy = found.tidy()
    assert tidy.place.tolist() == ["clinic", "home"]
    assert tidy.estimate.tolist() == [-1, -2]


def test_a_table_with_semicolons_and_decimal_commas_is_the_same(table):
    plain = table("study,estimate,se,weeks\nA,-0.5,0.25,4.5\nB,-1.5,0.75,6\n", measure="generic")
    comma = table(
        "study;estimate;se;weeks\nA;-0,5;0,25;4,5\nB;\N{MINUS SIGN}1,5;0,75;6\n",
        measure="generic",
        name="comma.csv",
    )
    assert plain.estimates == comma.estimates
    assert plain.moderators == comma.moderators


def test_all_faults_are_told_together_with_their_lines(table):
    said = refusal(
        table,
        f"{MEANS},estimate,se,p\n"
        "A,16,1.56,x,16,2.25,0.86,,,\n"
        ",,,,,,,0.2,0.1,\n"
        "C,16,1.5,0.6,16,2.2,0.8,-0.3,0.2,\n"
        "D,16,1.5,,16,2.2,0.8,,,\n"
        "E,,,,,,,-0.3,0.2,0.04\n"
        "F,,,,,,,-0.3,,<0.001\n"
        "G,1,1.5,0.6,16,2.2,0.8,,,\n"
        "H,16.5,1.5,0.6,16,2.2,0.8,,,\n"
        "I,,,,,,,,,\n"
        "J,,,,,,,-0.3,-0.2,\n",
    )
    assert said.startswith("table of trials trials.csv: 10 faults found.")
    for line, words in (
        (2, "column sd1: 'x' is no number"),
        (3, "column study: is empty; name the trial"),
        (4, "C: gives its arms and an estimate too; leave one of the two empty"),
        (5, "D: has no sd1; such a row cannot be pooled"),
        (6, "E: an estimate needs one of: se; both ci_low and ci_high; p. This row has se, p"),
        (7, "column p: '<0.001' is a bound; no standard error follows from it"),
        (8, "G: arm 'treated': need a whole number n >= 2"),
        (9, "H: 16.5 is no whole number"),
        (10, "I: holds no effect; such a row cannot"),
        (11, "J: the standard error must be positive"),
    ):
        assert any(f"line {line}" in row and words in row for row in said.splitlines()), words


@pytest.mark.parametrize(
    ("text", "measure", "words"),
    [
        ("name,estimate,se\nA,1,1\n", SMD, "column study: is missing"),
        ("study,value\nA,1\n", SMD, "holds no effect; for the standardised mean difference"),
        ("study,value\nA,1\n", "generic", "expected estimate with se"),
        (f"{MEANS},events1\nA,9,1,1,9,2,1,3\n", SMD, "column events1: does not belong"),
        ("study,estimate,se\n", SMD, "a header and no rows"),
        ("study,estimate,ci_low,ci_high\nA,3,1,2\n", SMD, "lies outside its interval"),
        ("study,estimate,ci_low,ci_high\nA,3,4,2\n", SMD, "the interval 4 to 2 is empty"),
        ("study,estimate,p\nA,0,0.5\n", SMD, "needs an estimate other than 0"),
        ("study,events1,n1,events2,n2\nA,0,9,3,9\n", RR, "0 of 9 against 3 of 9 has no such ratio"),
        ("study,study,estimate,se\nA,A,1,1\n", SMD, "study"),
    ],
)
def test_what_is_refused(table, text, measure, words):
    assert words in refusal(table, text, measure=measure)


def test_a_wrong_measure_or_level_is_a_slip_of_the_program(table):
    with pytest.raises(ValueError, match="measure must be one of standardised mean difference"):
        table("study,estimate,se\nA,1,1\n", measure="smd")
    with pytest.raises(ValueError, match=r"must lie between 0 and 1, as in level=0\.95; got 95"):
        table("study,estimate,se\nA,1,1\n", level=95)
