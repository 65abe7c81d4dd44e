"""What the report must say of the bundled trials, from their real printed figures."""

from dataclasses import FrozenInstanceError

import pytest

import retrostats as rs
from retrostats.data.catalogue import load_trials
from retrostats.integrity.verdicts import ROW_COLUMNS, VERDICTS, headline


@pytest.fixture(name="reproductions", scope="module")
def _reproductions():
    return {trial.id: rs.reproduce(trial) for trial in load_trials()}


@pytest.fixture(name="rows_of", scope="module")
def _rows_of(reproductions):
    def rows_of(trial, **where):
        return [
            row
            for row in reproductions[trial].rows
            if all(getattr(row, name) == value for name, value in where.items())
        ]

    return rows_of


def test_all_29_studies_have_rows_and_every_row_a_verdict(reproductions):
    assert len(reproductions) == 29
    for reproduction in reproductions.values():
        assert reproduction.rows
        assert sum(reproduction.counts().values()) == len(reproduction.rows)
        for row in reproduction.rows:
            assert headline(row.verdict) in VERDICTS
            assert row.kind in {"printed", "derived", "inferred"}
            assert row.low is None or row.high is None or row.low <= row.high


def test_every_printed_comparison_has_an_answer(reproductions):
    for reproduction in reproductions.values():
        for figure in reproduction.trial.figures:
            if figure.statistic in {"p", "t", "cohens_d", "smd", "hedges_g", "mean_difference"}:
                place = (figure.outcome, figure.timepoint, figure.printed.text)
                assert any(
                    (row.outcome, row.timepoint, row.printed) == place for row in reproduction.rows
                ), (reproduction.trial.id, figure)


@pytest.mark.parametrize(
    ("outcome", "printed"), [("TUG", "0.002"), ("pain", "0.601"), ("WOMAC function", "< 0.001")]
)
def test_qiu_reproduces_its_p_values_on_change(rows_of, outcome, printed):
    rows = rows_of("qiu2023", outcome=outcome, quantity="p", printed=printed)
    assert [(row.variant, row.verdict) for row in rows] == [
        ("Student, change scores", "reproduced"),
        ("Welch, change scores", "reproduced"),
    ]


def test_qius_change_in_pain_is_not_the_difference_of_its_means(rows_of):
    (row,) = rows_of("qiu2023", outcome="pain", contrast="AH", quantity="mean_change")
    assert (row.printed, row.verdict) == ("1.50", "inconsistent table")
    assert (row.low, row.high) == (pytest.approx(0.32), pytest.approx(0.34))


@pytest.mark.parametrize("outcome", ["WOMAC total", "WOMAC pain", "WOMAC function"])
def test_pdbt_reproduces_three_changes_under_welch_and_not_under_student(rows_of, outcome):
    rows = rows_of("pdbt2021", outcome=outcome, timepoint="change post", quantity="p")
    verdicts = {row.variant: row.verdict for row in rows}
    assert verdicts["Welch, change scores"] == "reproduced under Welch, change scores"
    assert verdicts["Student, change scores"] == "contradicted under Student, change scores"


@pytest.mark.parametrize("outcome", ["WOMAC stiffness", "knee flexion ROM", "PPT"])
def test_pdbts_other_changes_fit_both(rows_of, outcome):
    rows = rows_of("pdbt2021", outcome=outcome, timepoint="change post", quantity="p")
    assert {row.verdict for row in rows} == {"reproduced"}


@pytest.mark.parametrize("outcome", ["WOMAC total", "WOMAC function", "knee flexion ROM"])
def test_some_of_pdbts_baseline_comparisons_fit_student_only(rows_of, outcome):
    rows = rows_of("pdbt2021", outcome=outcome, timepoint="baseline", quantity="p")
    verdicts = {row.variant: row.verdict for row in rows}
    assert verdicts["Student, baseline scores"] == "reproduced under Student, baseline scores"
    assert verdicts["Welch, baseline scores"] == "contradicted under Welch, baseline scores"


def test_pdbts_total_repeats_its_pain_rows(rows_of):
    rows = rows_of("pdbt2021", outcome="WOMAC total", variant="repeated row")
    assert [(row.timepoint, row.contrast, row.quantity) for row in rows] == [
        ("post", "PDBT", "mean"),
        ("post", "control", "mean"),
        ("change post", "PDBT", "mean_change"),
        ("change post", "control", "mean_change"),
    ]
    assert all("WOMAC pain" in row.detail for row in rows)
    assert {row.verdict for row in rows} == {"inconsistent table"}


def test_changes_are_compared_in_the_direction_that_each_outcome_declares(rows_of):
    for outcome, first in (("knee flexion ROM", "follow-up"), ("WOMAC pain", "baseline")):
        rows = rows_of("pdbt2021", outcome=outcome, variant="arithmetic of the means")
        assert {row.verdict for row in rows} == {"reproduced"}
        assert all(row.detail.startswith(f"{first} - ") for row in rows)


def test_brosseaus_15_comparisons_are_all_there_and_hold_under_student(rows_of):
    student = rows_of("brosseau2012", quantity="p", variant="Student, scores")
    welch = rows_of("brosseau2012", quantity="p", variant="Welch, scores")
    assert len(student) == len(welch) == 15
    assert {headline(row.verdict) for row in student} == {"reproduced"}
    assert [row.printed for row in welch if headline(row.verdict) == "contradicted"] == ["0.242"]


def test_kettunens_estimate_lies_outside_the_middle_of_its_interval(rows_of):
    rows = rows_of("kettunen2007", outcome="Kujala", variant="middle of its interval")
    assert [(row.printed, row.verdict) for row in rows] == [("1.1", "inconsistent table")]
    assert rows[0].detail.endswith("With the other sign it would be the middle.")
    others = rows_of("kettunen2007", variant="middle of its interval", verdict="reproduced")
    assert len(others) == 3


def test_kettunens_adjusted_differences_cannot_be_recomputed_but_imply_their_p(rows_of):
    missing = rows_of(
        "kettunen2007",
        verdict=("not recomputable: an adjusted comparison needs the individual data"),
    )
    assert len(missing) == 4
    implied = rows_of("kettunen2007", quantity="p", verdict="derived")
    assert [row.outcome for row in implied] == [
        "VAS descending stairs",
        "VAS ascending stairs",
        "VAS standing up",
    ]


def test_thorstensson_is_not_reproduced_by_a_t_test(rows_of):
    rows = rows_of("thorstensson2005", quantity="p")
    assert len(rows) == 20
    assert {row.verdict for row in rows} == {"contradicted"}
    flips = [row.printed for row in rows if "decision at 0.05 flips" in row.detail]
    assert flips == ["0.02", "0.02"]


def test_ptji_is_contradicted_under_student_by_its_own_d(rows_of):
    rows = rows_of("ptji277", printed="0.030", quantity="p")
    verdicts = {row.variant: row for row in rows}
    student = verdicts["Student, from the printed d"]
    assert student.verdict == "contradicted under Student, from the printed d"
    assert student.high == pytest.approx(0.0244, abs=1e-4)
    assert "one SD at least" in verdicts["Welch, from the printed d"].detail


def test_pratiwis_gait_score_is_reproduced_on_inferred_sizes(rows_of):
    rows = rows_of("pratiwi2023", outcome="walking pattern", quantity="p")
    assert {(row.printed, row.verdict, row.kind) for row in rows} == {
        ("p = 0.003", "reproduced", "inferred")
    }


def test_chens_pain_and_function_hold_on_follow_up_scores_and_sway_does_not(rows_of):
    for outcome in ("pain", "function"):
        rows = rows_of("chen2021", outcome=outcome, quantity="p")
        assert {row.verdict for row in rows} == {"reproduced"}
        assert {row.variant for row in rows} == {
            "Student, follow-up scores",
            "Welch, follow-up scores",
        }
    sway = rows_of("chen2021", outcome="sway area", quantity="p")
    assert {row.verdict for row in sway} == {"contradicted"}
    assert all("The decision at 0.05 flips." in row.detail for row in sway)


def test_gondhalekars_womac_p_becomes_f_and_an_unsigned_effect(rows_of):
    (f,) = rows_of(
        "gondhalekar2013",
        outcome="function",
        contrast="B - A",
        quantity="f",
        variant="rm_anova group, from P = 0.040",
    )
    assert f.detail.startswith("F(1, 28) ")
    assert (f.low, f.high) == (pytest.approx(4.614, abs=1e-3), pytest.approx(4.665, abs=1e-3))
    (g,) = rows_of("gondhalekar2013", outcome="function", quantity="hedges_g")
    assert not g.effect.signed
    assert g.effect.value == pytest.approx(0.765, abs=1e-3)
    assert (g.low, g.high) == (pytest.approx(0.033, abs=1e-3), pytest.approx(1.485, abs=1e-3))
    assert "averaged over its 3 times" in g.detail


def test_alghadirs_coarse_means_leave_the_sd_of_change_wide_open(rows_of):
    (sd,) = rows_of("alghadir2019", outcome="pain", quantity="sd_change")
    assert sd.high > 6 * sd.low
    assert sd.detail.endswith("Wide, because the means are printed so coarsely.")
    (g,) = rows_of("alghadir2019", outcome="pain", quantity="hedges_g")
    assert g.low < g.effect.value < g.high
    assert (sd.kind, g.kind) == ("inferred", "inferred")
    assert "(inferred)" in g.detail


def test_a_study_that_prints_nothing_to_compare_says_that(rows_of):
    for trial in ("koos_8week", "zhang2015"):
        (row,) = rows_of(trial)
        assert row.verdict == "not recomputable: nothing is printed to compare"


def test_tidy_and_html_hold_the_rows(reproductions):
    reproduction = reproductions["qiu2023"]
    table = reproduction.tidy()
    assert tuple(table.columns) == ROW_COLUMNS
    assert len(table) == len(reproduction.rows)
    page = reproduction._repr_html_()
    assert page.startswith("<p><b>qiu2023</b>: ")
    assert page.count("<tr>") + page.count("<tr ") == len(reproduction.rows) + 1


def test_a_trial_may_be_given_by_id_or_as_loaded():
    assert rs.reproduce("zahra").rows == rs.reproduce(rs.load_trial("zahra")).rows


def test_a_reproduction_cannot_be_changed(reproductions):
    with pytest.raises(FrozenInstanceError):
        reproductions["zahra"].rows = ()


def test_trials_and_reproductions_introduce_themselves_in_one_line(reproductions):
    reproduction = reproductions["zahra"]
    assert repr(reproduction.trial) == "<PublishedTrial zahra: 2 arms, 2 outcomes, 8 figures>"
    assert repr(reproduction) == ("<Reproduction of zahra: 12 rows: 6 derived, 6 not recomputable>")
