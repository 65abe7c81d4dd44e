"""Each check on a table made for it: what it finds, under which variant, in which words."""

import pytest
from scipy.special import ndtr, stdtr, stdtrit

from retrostats.analysis.reproduce import reproduce
from retrostats.data.published import Arm, Outcome


def rows_of(trial, quantity, variant=""):
    return [
        row
        for row in reproduce(trial).rows
        if row.quantity == quantity and row.variant.startswith(variant)
    ]


SIZES = """
treated,sample,analysed,n,18
control,sample,analysed,n,18
"""
CHANGES = (
    SIZES
    + """
treated,pain,change 6wk,mean_change,1.67
treated,pain,change 6wk,sd_change,1.28
control,pain,change 6wk,mean_change,0.18
control,pain,change 6wk,sd_change,1.45
"""
)


def test_a_p_that_every_variant_gives_is_reproduced(trial_of):
    trial = trial_of(CHANGES + ",pain,change 6wk,p,0.002,treated - control,t-test")
    rows = rows_of(trial, "p")
    assert [(row.variant, row.verdict) for row in rows] == [
        ("Student, change scores", "reproduced"),
        ("Welch, change scores", "reproduced"),
    ]
    assert rows[0].low < 0.0025 < rows[0].high


def test_a_p_that_no_variant_gives_is_contradicted_and_the_flip_is_told(trial_of):
    trial = trial_of(CHANGES + ",pain,change 6wk,p,0.20,treated - control,t-test")
    rows = rows_of(trial, "p")
    assert {row.verdict for row in rows} == {"contradicted"}
    assert all(row.detail.endswith("The decision at 0.05 flips.") for row in rows)


def test_variants_that_disagree_are_named(trial_of):
    table = SIZES.replace("18", "19") + (
        "treated,pain,change 6wk,mean_change,24.74\n"
        "treated,pain,change 6wk,sd_change,6.00\n"
        "control,pain,change 6wk,mean_change,15.11\n"
        "control,pain,change 6wk,sd_change,12.68\n"
        ",pain,change 6wk,p,0.006,treated - control,t-test\n"
    )
    assert [row.verdict for row in rows_of(trial_of(table), "p")] == [
        "contradicted under Student, change scores",
        "reproduced under Welch, change scores",
    ]


def test_an_unstated_test_is_tried_on_changes_and_on_follow_up_scores(trial_of):
    table = CHANGES + (
        "treated,pain,6wk,mean,12.51\ntreated,pain,6wk,sd,6.35\n"
        "control,pain,6wk,mean,13.81\ncontrol,pain,6wk,sd,5.85\n"
        ",pain,change 6wk,p,0.002,treated - control,unstated\n"
    )
    assert [row.variant for row in rows_of(trial_of(table), "p")] == [
        "Student, change scores",
        "Welch, change scores",
        "Student, follow-up scores",
        "Welch, follow-up scores",
    ]


def test_a_z_test_is_recomputed_with_the_normal_distribution(trial_of):
    # z = 1.49 / sqrt(1.28**2 / 18 + 1.45**2 / 18) = 3.268: p 0.00108, where t gives 0.0025
    rows = rows_of(trial_of(CHANGES + ",pain,change 6wk,p,0.001,treated - control,z-test"), "p")
    assert [(row.variant, row.verdict) for row in rows] == [("z, change scores", "reproduced")]
    assert rows[0].low < 2 * ndtr(-3.268) < rows[0].high


def test_a_t_printed_without_its_sign_is_recognised(trial_of):
    table = CHANGES + ",pain,change 6wk,t,3.27,control - treated,t-test"
    rows = rows_of(trial_of(table), "t")
    assert {row.verdict for row in rows} == {"reproduced"}
    assert all("Printed with the other sign or without one." in row.detail for row in rows)


def test_a_standard_error_in_place_of_an_sd_is_converted(trial_of):
    table = SIZES + (
        "treated,pain,6wk,mean,40.0\ntreated,pain,6wk,se,2.0\n"
        "control,pain,6wk,mean,50.0\ncontrol,pain,6wk,se,2.0\n"
        ",pain,6wk,p,0.001,treated - control,t-test\n"
    )
    # t = 10 / sqrt(8) = 3.54 with 34 df: p = 0.0012
    rows = rows_of(trial_of(table), "p")
    assert [row.verdict for row in rows] == ["reproduced", "reproduced"]
    assert "SD from the standard error" in rows[0].detail


def test_an_interval_in_place_of_an_sd_is_converted(trial_of):
    # n 18: the margin 2.11 is 2.1098 standard errors of 1.0
    table = SIZES + (
        "treated,pain,change 6wk,mean_change,10.00\n"
        "treated,pain,change 6wk,ci_low,7.89\ntreated,pain,change 6wk,ci_high,12.11\n"
        "control,pain,change 6wk,mean_change,6.00\n"
        "control,pain,change 6wk,ci_low,3.89\ncontrol,pain,change 6wk,ci_high,8.11\n"
        ",pain,change 6wk,p,0.008,treated - control,t-test\n"
    )
    # t = 4 / sqrt(2) = 2.828 with 34 df: p = 0.0078
    assert [row.verdict for row in rows_of(trial_of(table), "p")] == ["reproduced", "reproduced"]


def test_without_sds_the_p_says_what_is_missing_and_what_it_implies(trial_of):
    table = SIZES + (
        "treated,pain,change 6wk,mean_change,1.8\ncontrol,pain,change 6wk,mean_change,1\n"
        ",pain,change 6wk,p,p = 0.01,treated - control,unstated\n"
    )
    trial = trial_of(table)
    assert rows_of(trial, "p")[0].verdict == "not recomputable: SD of the change scores"
    (sd,) = rows_of(trial, "sd_change")
    # a difference of 0.25 to 1.35 at p 0.005 to 0.015
    assert sd.low == pytest.approx(0.25 / 3.0029 / 0.33333, rel=1e-2)
    assert sd.high == pytest.approx(1.35 / 2.5627 / 0.33333, rel=1e-2)
    assert sd.verdict == "derived"
    (g,) = rows_of(trial, "hedges_g")
    assert g.effect.signed
    assert g.low < g.effect.value < g.high


def test_a_change_that_is_not_the_difference_of_the_means_is_flagged(trial_of):
    table = (
        "treated,pain,baseline,mean,3.50\ntreated,pain,6wk,mean,3.17\n"
        "treated,pain,change 6wk,mean_change,1.50\n"
    )
    (row,) = rows_of(trial_of(table), "mean_change")
    assert (row.contrast, row.verdict) == ("treated", "inconsistent table")
    assert (row.low, row.high) == (pytest.approx(0.32), pytest.approx(0.34))


@pytest.mark.parametrize(
    ("direction", "verdict"),
    [("baseline - follow-up", "reproduced"), ("follow-up - baseline", "inconsistent table")],
)
def test_changes_are_compared_in_the_direction_that_the_outcome_declares(
    trial_of, direction, verdict
):
    table = (
        "treated,pain,baseline,mean,3.50\ntreated,pain,6wk,mean,3.17\n"
        "treated,pain,change 6wk,mean_change,0.33\n"
    )
    outcome = Outcome(name="pain", better="lower", change=direction)
    (row,) = rows_of(trial_of(table, outcomes=(outcome,)), "mean_change")
    assert row.verdict == verdict
    assert ("The printed change has the other sign." in row.detail) == (verdict != "reproduced")


def test_sds_that_no_correlation_fits_are_impossible(trial_of):
    table = (
        "treated,pain,baseline,sd,7.431\ntreated,pain,6wk,sd,1.77\n"
        "treated,pain,change 6wk,sd_change,2.09\n"
    )
    (row,) = rows_of(trial_of(table), "correlation")
    assert row.verdict == "inconsistent table"
    assert row.low > 1


def test_an_estimate_outside_the_middle_of_its_interval_is_flagged(trial_of):
    table = SIZES + (
        ",pain,change 6wk,adjusted_mean_difference_in_change,1.1,treated - control,ancova\n"
        ",pain,change 6wk,ci_low,-7.4,treated - control,ancova\n"
        ",pain,change 6wk,ci_high,5.2,treated - control,ancova\n"
    )
    trial = trial_of(table)
    missing, middle = rows_of(trial, "adjusted_mean_difference_in_change")
    assert missing.verdict == ("not recomputable: an adjusted comparison needs the individual data")
    assert middle.verdict == "inconsistent table"
    assert middle.detail.endswith("With the other sign it would be the middle.")
    assert not rows_of(trial, "p")


def test_an_adjusted_interval_and_its_p_imply_each_other(trial_of):
    table = SIZES + (
        ",pain,6wk,adjusted_mean_difference,-9.0,treated - control,ancova\n"
        ",pain,6wk,ci_low,-16.0,treated - control,ancova\n"
        ",pain,6wk,ci_high,-2.0,treated - control,ancova\n"
        ",pain,6wk,p,{},treated - control,ancova\n"
    )
    # SE 7 / 2.0345, t 2.616 with 33 df: p = 0.013
    row = rows_of(trial_of(table.format("0.013")), "p", "from the interval")[0]
    assert row.verdict == "reproduced"
    row = rows_of(trial_of(table.format("0.13")), "p", "from the interval")[0]
    assert row.verdict == "contradicted"
    assert row.detail.endswith("The decision at 0.05 flips.")


def test_an_adjusted_interval_allows_for_one_to_six_covariates(trial_of):
    table = SIZES + (
        ",pain,6wk,adjusted_mean_difference,-9.0000,treated - control,ancova\n"
        ",pain,6wk,ci_low,-16.0000,treated - control,ancova\n"
        ",pain,6wk,ci_high,-2.0000,treated - control,ancova\n"
    )
    (row,) = rows_of(trial_of(table), "p")
    se = 7 / stdtrit(33, 0.975)
    assert row.verdict == "derived"
    assert row.low == pytest.approx(2 * stdtr(33, -9 / se), rel=1e-3)
    fewest = 7 / stdtrit(28, 0.975)
    assert row.high == pytest.approx(2 * stdtr(28, -9 / fewest), rel=1e-3)


def test_a_standardised_difference_and_its_p_imply_each_other(trial_of):
    table = SIZES + (
        ",pain,6wk,p,0.030,treated - control,t-test\n"
        ",pain,6wk,cohens_d,0.79,treated - control,t-test\n"
    )
    student, welch = rows_of(trial_of(table), "p")
    assert student.verdict == "contradicted under Student, from the printed d"
    assert (student.low, student.high) == (
        pytest.approx(0.0228, abs=1e-4),
        pytest.approx(0.02443, abs=1e-4),
    )
    assert welch.verdict == "reproduced under Welch, from the printed d"
    assert "needs one SD at least" in welch.detail


@pytest.mark.parametrize(
    ("printed", "verdict"), [("0.040", "reproduced"), ("0.080", "contradicted")]
)
def test_eta_squared_with_its_df_implies_p(trial_of, printed, verdict):
    # F = eta / (1 - eta) * 34: eta 0.118 gives 4.55, p 0.040
    table = SIZES + (
        f",pain,baseline/6wk,p,{printed},treated - control,rm_anova group\n"
        ",pain,baseline/6wk,eta_squared,0.118,treated - control,rm_anova group\n"
    )
    (row,) = rows_of(trial_of(table), "p", "from the printed eta squared")
    assert row.verdict == verdict


def test_a_group_effect_of_two_arms_gives_f_and_an_unsigned_g(trial_of):
    table = SIZES.replace("18", "15") + ",pain,baseline/6wk,p,P = 0.040,,rm_anova group"
    trial = trial_of(table)
    (f,) = rows_of(trial, "f")
    assert (f.low, f.high) == (pytest.approx(4.614, abs=1e-3), pytest.approx(4.665, abs=1e-3))
    assert f.detail.startswith("F(1, 28)")
    (g,) = rows_of(trial, "hedges_g")
    assert not g.effect.signed
    assert g.effect.value == pytest.approx(0.7651, abs=1e-3)
    assert "averaged over its 2 times" in g.detail


def test_the_sign_of_g_from_p_is_that_of_the_printed_difference(trial_of):
    table = SIZES + (
        "treated,pain,change 6wk,mean_change,1.0\ncontrol,pain,change 6wk,mean_change,3.0\n"
        ",pain,change 6wk,p,0.01,treated - control,unstated\n"
    )
    (row,) = rows_of(trial_of(table), "hedges_g")
    assert row.effect.signed
    assert row.low < row.effect.value < 0
    # improvement is printed as positive here, so less of it is worse
    assert row.effect.benefit == 1


def test_g_from_summaries_is_signed_and_knows_which_way_is_benefit(trial_of):
    table = SIZES + (
        "treated,pain,6wk,mean,30\ntreated,pain,6wk,sd,9\n"
        "control,pain,6wk,mean,40\ncontrol,pain,6wk,sd,9\n"
    )
    (row,) = rows_of(trial_of(table), "hedges_g")
    assert row.effect.signed
    assert row.effect.value == pytest.approx(-10 / 9 * 0.97779, abs=1e-4)
    assert row.effect.benefit == -1


def test_a_bound_on_p_gives_a_bound_on_g(trial_of):
    table = SIZES.replace("18", "16") + ",pain,6wk,p,P > 0.05,treated - control,unstated"
    (row,) = rows_of(trial_of(table), "hedges_g")
    assert (row.low, row.effect) == (0, None)
    assert row.high == pytest.approx(0.704, abs=1e-3)
    table = table.replace("P > 0.05", "p < 0.05")
    (row,) = rows_of(trial_of(table), "hedges_g")
    assert (row.low, row.high) == (pytest.approx(0.704, abs=1e-3), None)


def test_a_paired_t_test_is_recomputed_from_the_change(trial_of):
    table = CHANGES + "treated,pain,change 6wk,p,{},,paired t-test"
    # t = 1.67 / 1.28 * sqrt(18) = 5.54 with 17 df
    (row,) = rows_of(trial_of(table.format("< 0.001")), "p")
    assert (row.variant, row.verdict) == ("paired t", "reproduced")
    (row,) = rows_of(trial_of(table.format("0.030")), "p")
    assert row.verdict == "contradicted"


def test_a_within_arm_p_alone_gives_dz(trial_of):
    table = SIZES.replace("18", "12") + "treated,pain,change 6wk,p,0.002,,paired t-test"
    (row,) = rows_of(trial_of(table), "cohens_dz")
    assert (row.low, row.high) == (pytest.approx(1.124, abs=1e-3), pytest.approx(1.211, abs=1e-3))


def test_counts_and_percentages_are_added_up(trial_of):
    table = (
        ",sample,randomised,n,44\ntreated,sample,randomised,n,23\ncontrol,sample,randomised,n,22\n"
        "treated,completers,6wk,n,21\ntreated,completion,6wk,percent,91\n"
        "control,completers,6wk,n,18\ncontrol,completion,6wk,percent,91\n"
    )
    trial = trial_of(table)
    (total,) = rows_of(trial, "n")
    assert (total.verdict, total.detail) == ("inconsistent table", "23 + 22 = 45.")
    assert {row.contrast: row.verdict for row in rows_of(trial, "percent")} == {
        "treated": "reproduced",
        "control": "inconsistent table",
    }


def test_men_and_women_and_losses_are_added_up(trial_of):
    table = (
        "treated,sex,baseline,n_men,7\ntreated,sex,baseline,n_women,8\n"
        "treated,sample,analysed,n,15\n"
        ",sample,enrolled,n,33\n,lost to follow-up,6wk,n,3\n,sample,analysed,n,29\n"
    )
    verdicts = {row.variant: row.verdict for row in rows_of(trial_of(table), "n")}
    assert verdicts == {"men and women": "reproduced", "lost and analysed": "inconsistent table"}


def test_a_row_that_stands_twice_is_flagged_at_both_places(trial_of):
    outcomes = (Outcome(name="pain"), Outcome(name="total"))
    table = (
        "treated,pain,6wk,mean,4.05\ntreated,pain,6wk,sd,1.77\n"
        "treated,total,6wk,mean,4.05\ntreated,total,6wk,sd,1.77\n"
        "control,total,6wk,mean,4.0\ncontrol,total,6wk,sd,1.7\n"
        "control,pain,6wk,mean,4.0\ncontrol,pain,6wk,sd,1.7\n"
    )
    rows = rows_of(trial_of(table, outcomes=outcomes), "mean", "repeated row")
    assert [(row.outcome, row.contrast) for row in rows] == [
        ("pain", "treated"),
        ("total", "treated"),
    ]
    assert rows[0].detail == "4.05 (1.77) stands again at total, 6wk, treated."


@pytest.mark.parametrize(("mean", "sd"), [("60", "18"), ("60", "18.2"), ("60.1", "18")])
def test_coarse_figures_may_coincide(trial_of, mean, sd):
    table = "".join(
        f"treated,pain,{time},mean,{mean}\ntreated,pain,{time},sd,{sd}\n"
        for time in ("baseline", "6wk")
    )
    assert not rows_of(trial_of(table), "mean", "repeated row")


def test_the_same_start_in_two_arms_is_no_repetition(trial_of):
    table = (
        "treated,pain,baseline,mean,2.80\ntreated,pain,baseline,sd,0.413\n"
        "control,pain,baseline,mean,2.80\ncontrol,pain,baseline,sd,0.413\n"
    )
    assert not rows_of(trial_of(table), "mean", "repeated row")


def test_whole_number_scores_are_tested_by_their_digits(trial_of):
    outcome = Outcome(name="pain", low=0, high=96, better="lower", integer=True)
    table = SIZES.replace("18", "15") + (
        "treated,pain,baseline,mean,17.98\ntreated,pain,baseline,sd,4.07\n"
        "control,pain,baseline,mean,18.00\ncontrol,pain,baseline,sd,4.62\n"
    )
    rows = rows_of(trial_of(table, outcomes=(outcome,)), "mean", "GRIM")
    assert {row.contrast: row.verdict for row in rows} == {
        "treated": "inconsistent table",
        "control": "reproduced",
    }


def test_inferred_sizes_mark_everything_that_rests_on_them(trial_of):
    kinds = {2: "inferred", 3: "inferred"}
    table = CHANGES + ",pain,change 6wk,p,0.002,treated - control,t-test"
    rows = rows_of(trial_of(table, kinds=kinds), "p")
    assert {row.kind for row in rows} == {"inferred"}
    assert all("(inferred)" in row.detail for row in rows)


def test_a_study_that_prints_nothing_to_compare_says_so(trial_of):
    (row,) = reproduce(trial_of(SIZES)).rows
    assert row.verdict == "not recomputable: nothing is printed to compare"


def test_medians_alone_do_not_become_means(trial_of):
    table = SIZES + (
        "treated,pain,6wk,median,40\ntreated,pain,6wk,q1,30\ntreated,pain,6wk,q3,50\n"
        "control,pain,6wk,median,50\ncontrol,pain,6wk,iqr,20\n"
        ",pain,6wk,p,0.04,treated - control,t-test\n"
    )
    row = rows_of(trial_of(table), "p")[0]
    assert row.verdict == "not recomputable: mean and SD of the follow-up scores"


def test_three_arms_are_compared_by_analysis_of_variance(trial_of):
    arms = tuple(Arm(label=label) for label in "abc")
    table = "".join(
        f"{arm},sample,analysed,n,{n}\n{arm},pain,6wk,mean,{mean}\n{arm},pain,6wk,sd,{sd}\n"
        for arm, n, mean, sd in (("a", 15, 6.1, 1.4), ("b", 14, 5.2, 1.2), ("c", 16, 4.3, 1.6))
    )
    trial = trial_of(table + ",pain,6wk,p,0.004,,three-group", arms=arms)
    classical, welch = rows_of(trial, "p")
    # F(2, 42) = 6.23 with p = 0.00427, Welch's p = 0.0099, from the golden analysis of these cells
    assert classical.verdict == "reproduced under one-way analysis of variance"
    assert classical.low < 0.00426694214837878 < classical.high
    assert welch.variant == "Welch's analysis of variance"
    assert welch.low < 0.0099 < welch.high


def test_figures_that_no_test_can_use_do_not_stop_the_run(trial_of):
    outcome = Outcome(name="pain", integer=True)
    table = (
        "treated,sample,analysed,n,1\ncontrol,sample,analysed,n,1\n"
        "treated,pain,6wk,mean,12%\ntreated,pain,6wk,sd,0\n"
        "control,pain,6wk,mean,2.5\ncontrol,pain,6wk,sd,0\n"
        ",pain,6wk,p,0.04,treated - control,t-test\n"
        ",pain,6wk,t,2.1,treated - control,t-test\n"
        ",pain,6wk,hedges_g,0.4,treated - control,t-test\n"
    )
    rows = reproduce(trial_of(table, outcomes=(outcome,))).rows
    assert {row.verdict.split(":")[0] for row in rows} == {"not recomputable"}


def test_sds_of_zero_are_no_effect_size(trial_of):
    table = SIZES + (
        "treated,pain,6wk,mean,3\ntreated,pain,6wk,sd,0\n"
        "control,pain,6wk,mean,2\ncontrol,pain,6wk,sd,0\n"
        ",pain,6wk,p,< 0.001,treated - control,t-test\n"
    )
    trial = trial_of(table)
    assert not rows_of(trial, "hedges_g")
    assert {row.verdict for row in rows_of(trial, "p")} == {"reproduced"}


def test_standard_errors_entered_as_sds_are_recognised(trial_of):
    # SDs of 9 with 18 people are standard errors of 2.12: p of 10 / 3 on 34 df is 0.002
    table = SIZES + (
        "treated,pain,6wk,mean,30.0\ntreated,pain,6wk,sd,2.12\n"
        "control,pain,6wk,mean,40.0\ncontrol,pain,6wk,sd,2.12\n"
        ",pain,6wk,p,{},treated - control,t-test\n"
    )
    sentence = "It would agree if the printed SDs were standard errors."
    rows = rows_of(trial_of(table.format("0.002")), "p")
    assert {row.verdict for row in rows} == {"contradicted"}
    assert all(row.detail.endswith(sentence) for row in rows)
    assert not any(sentence in row.detail for row in rows_of(trial_of(table.format("0.4")), "p"))


def test_a_contradiction_of_an_unnamed_test_says_that_it_may_be_another(trial_of):
    table = CHANGES + ",pain,change 6wk,p,0.20,treated - control,{}"
    sentence = "The paper names no test; it may have used another kind."
    assert sentence in rows_of(trial_of(table.format("unstated")), "p")[0].detail
    assert sentence not in rows_of(trial_of(table.format("t-test")), "p")[0].detail


def test_a_change_without_a_declared_direction_says_so(trial_of):
    table = (
        "treated,pain,baseline,mean,3.50\ntreated,pain,6wk,mean,3.17\n"
        "treated,pain,change 6wk,mean_change,0.33\n"
    )
    (row,) = rows_of(trial_of(table, outcomes=(Outcome(name="pain"),)), "mean_change")
    assert row.verdict == (
        "not recomputable: which way this paper subtracts; say change = ... of the outcome in "
        "trial.toml"
    )


def test_a_within_arm_test_may_name_both_visits(trial_of):
    table = SIZES.replace("18", "12") + "treated,pain,baseline/6wk,p,0.002,,paired t-test"
    (row,) = rows_of(trial_of(table), "cohens_dz")
    assert row.low == pytest.approx(1.124, abs=1e-3)


def test_a_total_is_not_held_against_what_was_made_from_it(trial_of):
    table = (
        ",sample,randomised,n,45\ntreated,sample,randomised,n,23\ncontrol,sample,randomised,n,22"
    )
    assert len(rows_of(trial_of(table), "n")) == 1
    assert not rows_of(trial_of(table, kinds={3: "inferred"}), "n")
    assert not rows_of(trial_of(table, kinds={2: "derived"}), "n")


def test_digits_are_not_held_against_a_size_inferred_from_them(trial_of):
    outcome = Outcome(name="pain", integer=True)
    table = "treated,sample,analysed,n,15\ntreated,pain,6wk,mean,17.98"
    assert len(rows_of(trial_of(table, outcomes=(outcome,)), "mean")) == 1
    trial = trial_of(table, outcomes=(outcome,), kinds={2: "inferred"})
    assert not rows_of(trial, "mean", "GRIM")


INTERVAL = (
    ",pain,6wk,ci_low,{},treated - control,{test}\n,pain,6wk,ci_high,{},treated - control,{test}\n"
)


def test_an_interval_belongs_to_the_estimate_that_it_centres_on(trial_of):
    table = (
        SIZES.replace("18", "30")
        + ",pain,6wk,cohens_d,0.82,treated - control,t-test\n"
        + ",pain,6wk,mean_difference,1.43,treated - control,t-test\n"
        + ",pain,6wk,p,0.003,treated - control,t-test\n"
        + INTERVAL.format("0.52", "2.34", test="t-test")
    )
    rows = rows_of(trial_of(table), "p", "from the interval")
    assert {row.verdict for row in rows} == {"reproduced"}
    assert len(rows) == 2


def test_the_interval_of_a_standardised_difference_is_no_interval_of_means(trial_of):
    table = (
        SIZES
        + "treated,pain,6wk,mean,30\ntreated,pain,6wk,sd,9\n"
        + "control,pain,6wk,mean,40\ncontrol,pain,6wk,sd,9\n"
        + ",pain,6wk,cohens_d,-1.11,treated - control,t-test\n"
        + INTERVAL.format("-1.80", "-0.40", test="t-test")
    )
    assert not rows_of(trial_of(table), "ci_low")


def test_an_adjusted_estimate_of_an_unnamed_test_is_not_recomputed_from_raw_means(trial_of):
    table = (
        SIZES
        + "treated,pain,6wk,mean,30\ntreated,pain,6wk,sd,9\n"
        + "control,pain,6wk,mean,40\ncontrol,pain,6wk,sd,9\n"
        + ",pain,6wk,adjusted_mean_difference,-3.0,treated - control,unstated\n"
        + ",pain,6wk,p,0.10,treated - control,unstated\n"
        + INTERVAL.format("-6.6", "0.6", test="unstated")
    )
    rows = reproduce(trial_of(table)).rows
    assert not [row for row in rows if "contradicted" in row.verdict]


def test_a_welch_t_beside_its_p_is_no_contradiction(trial_of):
    table = (
        "treated,sample,analysed,n,6\ncontrol,sample,analysed,n,20\n"
        ",pain,6wk,t,5.71,treated - control,t-test\n,pain,6wk,p,0.002,treated - control,t-test\n"
    )
    verdicts = {row.variant: row.verdict for row in rows_of(trial_of(table), "p")}
    assert verdicts["Welch, from the printed t"] == "reproduced under Welch, from the printed t"


def test_a_paired_interval_rests_on_the_pairs(trial_of):
    table = SIZES.replace("18", "8") + (
        ",pain,6wk,mean_difference,0.90,treated - control,paired\n"
        ",pain,6wk,p,0.009,treated - control,paired\n"
    )
    table += INTERVAL.format("0.31", "1.50", test="paired")
    (row,) = rows_of(trial_of(table), "p", "from the interval")
    assert (row.variant, row.verdict) == ("from the interval, paired t", "reproduced")


def test_what_another_route_gives_excuses_no_contradiction(trial_of):
    table = (
        SIZES.replace("18", "30")
        + "treated,pain,6wk,mean,4.0\ntreated,pain,6wk,sd,9.0\n"
        + "control,pain,6wk,mean,5.0\ncontrol,pain,6wk,sd,9.0\n"
        + ",pain,6wk,p,0.03,treated - control,t-test\n,pain,6wk,t,-2.23,treated - control,t-test\n"
    )
    verdicts = {row.variant: row.verdict for row in rows_of(trial_of(table), "p")}
    assert verdicts["Student, follow-up scores"] == "contradicted"
    assert verdicts["Student, from the printed t"] == "reproduced"


def test_limits_printed_with_the_other_sign_are_recognised_as_a_pair(trial_of):
    table = CHANGES + (
        ",pain,change 6wk,mean_difference_in_change,-1.49,treated - control,t-test\n"
        ",pain,change 6wk,ci_low,-2.42,treated - control,t-test\n"
        ",pain,change 6wk,ci_high,-0.56,treated - control,t-test\n"
    )
    trial = trial_of(table)
    for limit in ("ci_low", "ci_high"):
        assert {row.verdict for row in rows_of(trial, limit)} == {"reproduced"}


def test_a_baseline_of_the_randomised_is_not_held_against_those_analysed(trial_of):
    outcome = Outcome(name="pain", integer=True)
    table = (
        "treated,sample,randomised,n,20\ntreated,sample,analysed,n,18\n"
        "treated,pain,baseline,mean,5.55\ntreated,pain,6wk,mean,5.55\n"
    )
    rows = rows_of(trial_of(table, outcomes=(outcome,)), "mean", "GRIM")
    assert {row.timepoint: row.verdict for row in rows} == {
        "baseline": "reproduced",
        "6wk": "inconsistent table",
    }


def test_men_and_women_may_be_those_randomised(trial_of):
    table = (
        ",sample,randomised,n,30\n,sample,analysed,n,27\n"
        ",sex,baseline,n_men,12\n,sex,baseline,n_women,18\n"
    )
    (row,) = rows_of(trial_of(table), "n", "men and women")
    assert row.verdict == "reproduced"


def test_whole_number_means_may_coincide_once(trial_of):
    outcomes = (Outcome(name="pain", integer=True), Outcome(name="total", integer=True))
    table = (
        "treated,pain,6wk,mean,4.05\ntreated,pain,6wk,sd,1.77\n"
        "treated,total,6wk,mean,4.05\ntreated,total,6wk,sd,1.77\n"
    )
    trial = trial_of(table, outcomes=outcomes)
    assert not rows_of(trial, "mean", "repeated row")
    twice = table + table.replace("treated", "control").replace("4.05", "7.16")
    assert len(rows_of(trial_of(twice, outcomes=outcomes), "mean", "repeated row")) == 4


@pytest.mark.parametrize("first", ["pre", "0wk", "Baseline", "week 0", "before"])
def test_a_baseline_may_have_another_name(trial_of, first):
    table = SIZES + f",pain,{first},p,0.01,treated - control,t-test"
    assert not rows_of(trial_of(table, timepoints=(first, "6wk")), "hedges_g")


def test_bounds_and_ranges_do_not_stop_the_run(trial_of):
    table = SIZES + (
        "treated,pain,6wk,mean,> 5\ntreated,pain,6wk,sd,> 3\n"
        "control,pain,6wk,mean,> 4\ncontrol,pain,6wk,sd,2\n"
        ",pain,6wk,p,0.01 to 0.04,treated - control,t-test\n"
        ",pain,baseline/6wk,p,0.03,treated - control,three-group\n"
    )
    rows = reproduce(trial_of(table)).rows
    assert all(row.low is None or row.high is None or row.low <= row.high for row in rows)
    (g,) = [row for row in rows if row.quantity == "hedges_g"]
    assert g.low < g.effect.value < g.high


def test_an_interval_of_no_named_test_is_held_against_no_p_of_several(trial_of):
    table = (
        SIZES
        + ",pain,6wk,mean_difference,-3.0,treated - control\n"
        + INTERVAL.format("-5.5", "-0.5", test="")
        + ",pain,6wk,p,0.210,treated - control,ancova\n"
        + ",pain,6wk,p,0.020,treated - control,t-test\n"
    )
    rows = rows_of(trial_of(table), "p", "from the interval")
    assert [row.printed for row in rows] == [""]


def test_arms_that_may_have_equal_means_may_have_a_p_of_one(trial_of):
    arms = tuple(Arm(label=label) for label in "abc")
    table = "".join(
        f"{arm},sample,analysed,n,{n}\n{arm},pain,6wk,mean,{mean}\n{arm},pain,6wk,sd,2\n"
        for arm, n, mean in (("a", 15, "5"), ("b", 14, "5.2"), ("c", 16, "4.7"))
    )
    trial = trial_of(table + ",pain,6wk,p,0.999,,three-group", arms=arms)
    # b lies above c by 0.4 at least, so the three cannot be equal; without b they could
    assert all(row.high < 1 for row in rows_of(trial, "p"))
    trial = trial_of(table.replace("5.2", "5") + ",pain,6wk,p,0.999,,three-group", arms=arms)
    assert [row.high for row in rows_of(trial, "p")] == [pytest.approx(1.0), 1.0]


def test_a_paired_d_is_no_difference_of_independent_arms(trial_of):
    table = SIZES + ",pain,6wk,cohens_d,0.90,treated - control,{}"
    assert not rows_of(trial_of(table.format("paired")), "hedges_g")
    assert len(rows_of(trial_of(table.format("t-test")), "hedges_g")) == 1
