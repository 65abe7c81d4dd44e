"""F tests from group means and SDs as spans: against the exact analysis, brute force, a trial."""

import numpy as np
import pytest

from retrostats.analysis.reproduce import reproduce
from retrostats.effects.repeated_measures import repeated_measures_anova
from retrostats.integrity.checks.repeated_measures import correlations
from retrostats.integrity.split_plot import Cells, f_spans, sum_of_squares_span

#: Same decomposition written twice; order of additions. Measured gap 4e-14.
CLOSED_FORM = 1e-11

N = np.array([15.0, 12.0])
MEANS = np.array([[7.1, 5.0, 3.9], [6.8, 4.1, 2.2]])
SDS = np.array([[1.4, 1.7, 1.2], [1.1, 1.9, 1.5]])
EFFECTS = {"group": "group", "time": "time", "time x group": "interaction"}


def cells(half_mean, half_sd):
    return Cells(
        n=N,
        mean_low=MEANS - half_mean,
        mean_high=MEANS + half_mean,
        sd_low=SDS - half_sd,
        sd_high=SDS + half_sd,
    )


@pytest.mark.parametrize("effect", EFFECTS)
def test_without_rounding_the_spans_are_the_exact_analysis(effect):
    r = np.array([0.0, 0.3, 0.8])
    exact = getattr(repeated_measures_anova(N, MEANS, SDS, r), EFFECTS[effect]).f
    low, high = f_spans(cells(0, 0), effect, r)
    assert low == pytest.approx(exact, rel=CLOSED_FORM)
    assert high == pytest.approx(exact, rel=CLOSED_FORM)


@pytest.mark.parametrize("effect", EFFECTS)
def test_no_table_inside_the_rounding_leaves_the_span_and_some_come_near_its_ends(effect):
    rng = np.random.default_rng(5)
    r = np.array([0.5])
    low, high = f_spans(cells(0.05, 0.05), effect, r)
    found = []
    for _ in range(4000):
        corner = rng.choice([-0.05, 0.05], size=(2, 2, 3))
        shrink = rng.uniform(0.0, 1.0) if rng.random() < 0.5 else 1.0
        table = repeated_measures_anova(N, MEANS + shrink * corner[0], SDS + shrink * corner[1], r)
        found.append(float(getattr(table, EFFECTS[effect]).f[0]))
    assert low[0] <= min(found) * (1 + 1e-9)
    assert high[0] >= max(found) * (1 - 1e-9)
    width = high[0] - low[0]
    assert min(found) - low[0] < 0.15 * width
    assert high[0] - max(found) < 0.15 * width


def test_means_that_may_be_equal_allow_a_sum_of_squares_of_zero():
    touching = Cells(
        n=N,
        mean_low=np.array([[1.0, 1.0], [1.0, 1.4]]),
        mean_high=np.array([[1.5, 1.5], [1.5, 1.9]]),
        sd_low=np.ones((2, 2)),
        sd_high=np.ones((2, 2)),
    )
    assert sum_of_squares_span(touching, "time x group").low == pytest.approx(0, abs=1e-12)


def table_of(p, scale=1.0):
    rows = "treated,sample,analysed,n,15\ncontrol,sample,analysed,n,12\n"
    times = ("baseline", "3wk", "6wk")
    scaled = scale * MEANS, scale * SDS
    for arm, means, sds in zip(("treated", "control"), *scaled, strict=True):
        for time, mean, sd in zip(times, means, sds, strict=True):
            rows += f"{arm},pain,{time},mean,{mean:.2f}\n{arm},pain,{time},sd,{sd:.2f}\n"
    return rows + f",pain,baseline/3wk/6wk,p,{p},treated - control,rm_anova time x group\n"


def test_the_correlations_that_give_the_printed_p_are_told(trial_of):
    exact = repeated_measures_anova(N, MEANS, SDS, 0.6).interaction.p
    trial = trial_of(table_of(f"{float(exact):.3f}"), timepoints=("baseline", "3wk", "6wk"))
    row, corrected = [r for r in reproduce(trial).rows if r.quantity == "p"]
    assert row.variant == "rm_anova time x group, correlation scanned"
    assert corrected.variant == f"{row.variant} with a correction for sphericity"
    assert corrected.verdict == "reproduced"
    assert row.verdict == "reproduced"
    low, high = (
        float(x) for x in row.detail.rsplit("correlation of ", 1)[1].rstrip(".").split(" to ")
    )
    assert low <= 0.6 <= high
    assert high - low < 0.1


def test_a_p_that_no_correlation_gives_is_contradicted(trial_of):
    trial = trial_of(table_of("0.900"), timepoints=("baseline", "3wk", "6wk"))
    row, corrected = [r for r in reproduce(trial).rows if r.quantity == "p"]
    assert row.verdict == corrected.verdict == "contradicted"
    assert "No correlation gives the printed p." in row.detail


@pytest.mark.parametrize("effect", EFFECTS)
def test_many_arms_and_times_get_a_bound_that_holds(effect):
    rng = np.random.default_rng(11)
    means, sds = rng.uniform(40, 60, (5, 9)), rng.uniform(8, 12, (5, 9))
    n = np.array([10.0, 12.0, 9.0, 11.0, 10.0])
    wide = Cells(
        n=n, mean_low=means - 0.5, mean_high=means + 0.5, sd_low=sds - 0.5, sd_high=sds + 0.5
    )
    r = np.array([0.0, 0.5, 0.9])
    low, high = f_spans(wide, effect, r)
    for _ in range(300):
        shift = rng.choice([-0.5, 0.5], size=(2, 5, 9))
        table = repeated_measures_anova(n, means + shift[0], sds + shift[1], r)
        f = getattr(table, EFFECTS[effect]).f
        assert (low <= f).all()
        assert (f <= high).all()
    assert (high < 20 * low).all() or effect == "group"


TIMES = ("baseline", "3wk", "6wk")


def test_an_analysis_of_one_arm_is_of_that_arm_alone(trial_of):
    rows = "\n".join(table_of("0.5").splitlines()[:-1])
    rows += "\ntreated,pain,baseline/3wk/6wk,p,0.05,,rm_anova time\n"
    found = reproduce(trial_of(rows, timepoints=TIMES)).rows
    (f,) = [row for row in found if row.quantity == "f"]
    assert f.contrast == "treated"
    assert f.detail.startswith("F(2, 28) ")


def test_a_correction_for_sphericity_allows_more_and_never_less(trial_of):
    found = reproduce(trial_of(table_of("0.020"), timepoints=TIMES)).rows
    plain, corrected = [row for row in found if row.quantity == "p"]
    few, many = (
        [float(x) for x in row.detail.rsplit("correlation of ", 1)[1].rstrip(".").split(" to ")]
        for row in (plain, corrected)
    )
    assert many[0] <= few[0] <= few[1] < many[1]


def test_a_precise_p_between_two_correlations_that_are_tried_is_found(trial_of):
    exact = repeated_measures_anova(N, MEANS, SDS, 0.6011).interaction.p
    rows = table_of(f"{float(exact):.6f}", scale=1000.0)
    found = reproduce(trial_of(rows, timepoints=TIMES)).rows
    assert {row.verdict for row in found if row.quantity == "p"} == {"reproduced"}


@pytest.mark.parametrize("times", [2, 3, 5])
def test_every_correlation_that_so_many_times_can_share_is_tried(times):
    tried = correlations(times)
    assert -1 / (times - 1) < tried[0] < -1 / (times - 1) + 0.005
    assert 0.99 < tried[-1] < 1


@pytest.mark.parametrize("effect", EFFECTS)
def test_many_rounded_sds_widen_the_span_of_f(effect):
    rng = np.random.default_rng(12)
    means, sds = rng.uniform(40, 60, (2, 9)), rng.uniform(8, 12, (2, 9))
    rounded = Cells(n=N, mean_low=means, mean_high=means, sd_low=sds - 0.5, sd_high=sds + 0.5)
    r = np.array([0.0, 0.5, 0.9])
    low, high = f_spans(rounded, effect, r)
    for shift in (-0.5, 0.0, 0.5):
        table = repeated_measures_anova(N, means, sds + shift, r)
        f = getattr(table, EFFECTS[effect]).f
        assert (low <= f).all()
        assert (f <= high).all()
