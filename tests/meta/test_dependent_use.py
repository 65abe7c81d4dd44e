"""Dependent estimates as a user meets them: forms of input, refusals, arms, tables."""

import math

import numpy as np
import pytest

import retrostats as rs

from .golden_meta import SETS, trials

#: One search against that of `pool`; 2e-15 measured.
SAME = 1e-10


def estimates(*rows, unit="SD"):
    """Rows of trial, value, standard error."""
    each = [rs.Estimate.from_se(f"{t} {i}", y, se, unit=unit) for i, (t, y, se) in enumerate(rows)]
    return each, [row[0] for row in rows]


PAIN = (
    ("A", -0.9, 0.2),
    ("A", -0.5, 0.2),
    ("B", -0.1, 0.3),
    ("B", -0.4, 0.3),
    ("C", -0.2, 0.1),
    ("D", -0.6, 0.2),
    ("E", -0.3, 0.2),
    ("E", -0.4, 0.2),
)


def arm(name, n, mean, sd):
    return rs.ArmSummary(arm=name, n=n, mean=mean, sd=sd)


RETRO, FORWARD, CONTROL = (
    arm("retro", 20, 3.1, 1.5),
    arm("forward", 22, 2.5, 1.6),
    arm("control", 21, 4.2, 1.4),
)


@pytest.mark.parametrize("name", SETS)
def test_one_estimate_to_a_trial_is_the_ordinary_pool(name):
    each = trials(name)
    ordinary = rs.pool(each, test="t")
    found = rs.pool_dependent(each, [e.label for e in each], standard_errors="model")
    for one, other in (
        (found.pooled.value, ordinary.pooled.value),
        (found.pooled.se, ordinary.pooled.se),
        (found.pooled.df, ordinary.pooled.df),
        (found.pooled.p, ordinary.pooled.p),
        (found.tau2, ordinary.tau2),
        (found.i2, ordinary.i2),
        (found.q.statistic, ordinary.q.statistic),
        (found.prediction.high, ordinary.prediction.high),
    ):
        assert one == pytest.approx(other, rel=SAME, abs=SAME)
    assert found.weights == pytest.approx(ordinary.weights, abs=SAME)
    assert math.isnan(found.omega2)
    assert any("every trial gives one estimate" in words for words in found.caveats)
    assert found.variance_interval().low <= found.tau2 <= found.variance_interval().high
    with pytest.raises(rs.FitError, match="no likelihood of omega2"):
        found.variance_interval("omega2")


def test_an_estimate_given_twice_counts_once_when_it_correlates_nearly_fully():
    each, names = estimates(*PAIN)
    once = rs.pool_dependent(each, names, correlation=0.5, standard_errors="model")
    twice = [e for e in each for _ in (1, 2)]
    covariance = np.kron(once.given.covariance, np.ones((2, 2)))
    covariance += np.diag(np.full(16, 1e-9)) - np.kron(np.eye(8), np.full((2, 2), 5e-10))
    again = [rs.Estimate.from_se(e.label, e.value, math.sqrt(v), unit="SD")
             for e, v in zip(twice, np.diag(covariance), strict=True)]  # fmt: skip
    doubled = rs.combine_within_trials(
        rs.DependentEstimates(
            estimates=tuple(again),
            clusters=tuple(n for n in names for _ in (1, 2)),
            covariance=covariance,
        )
    )
    single = rs.combine_within_trials(each, names, correlation=0.5)
    for one, other in zip(doubled, single, strict=True):
        assert (one.value, one.se) == (
            pytest.approx(other.value, rel=1e-6),
            pytest.approx(other.se, rel=1e-6),
        )


def test_order_of_the_estimates_does_not_matter():
    each, names = estimates(*PAIN)
    first = rs.pool_dependent(each, names)
    places = [5, 0, 7, 3, 1, 4, 6, 2]
    second = rs.pool_dependent([each[i] for i in places], [names[i] for i in places])
    for one, other in (
        (first.pooled.value, second.pooled.value),
        (first.pooled.se, second.pooled.se),
        (first.pooled.df, second.pooled.df),
        (first.tau2, second.tau2),
        (first.omega2, second.omega2),
    ):
        assert one == pytest.approx(other, rel=SAME, abs=SAME)
    assert dict(zip(first.given.trials, first.weights, strict=True)) == pytest.approx(
        dict(zip(second.given.trials, second.weights, strict=True))
    )


def test_a_known_covariance_and_an_assumed_one_agree():
    each, names = estimates(*PAIN)
    assumed = rs.working_covariance(each, names, correlation=0.3)
    ways = [
        rs.pool_dependent(each, names, correlation=0.3),
        rs.pool_dependent(each, names, covariance=assumed.covariance),
        rs.pool_dependent(assumed),
    ]
    assert len({found.pooled for found in ways}) == 1
    assert "assumed" in ways[0].caveats[0]
    assert not any("assumed" in words for words in ways[1].caveats)


def test_few_trials_get_a_warning_and_many_do_not():
    each, names = estimates(*PAIN)
    few = rs.pool_dependent(each, names)
    assert few.pooled.df < 4
    assert any("not to be trusted" in words for words in few.caveats)
    many = [(f"{t}{i}", y + 0.1 * i, se) for t, y, se in PAIN for i in range(4)]
    found = rs.pool_dependent(*estimates(*many))
    assert found.pooled.df > 4
    assert not any("not to be trusted" in words for words in found.caveats)
    with_cr1 = rs.pool_dependent(each, names, standard_errors="CR1")
    assert any("CR1 with 5 trials" in words for words in with_cr1.caveats)


def test_the_correlation_fades_with_time():
    each, _ = estimates(("A", -0.5, 0.2), ("A", -0.6, 0.2), ("A", -0.7, 0.4), ("B", -0.2, 0.1))
    found = rs.working_covariance(each, ["A"] * 3 + ["B"], correlation=0.8, times=[0, 1, 3, 1])
    wanted = np.eye(4)
    wanted[0, 1] = wanted[1, 0] = 0.8
    wanted[0, 2] = wanted[2, 0] = 0.8**3
    wanted[1, 2] = wanted[2, 1] = 0.8**2
    assert found.correlations == pytest.approx(wanted)


def test_means_and_ratios_share_the_variance_of_the_control():
    plain = rs.shared_control_covariance(
        [RETRO, FORWARD], CONTROL, trial="T", effect="mean_difference", unit="points"
    )
    assert plain.covariance[0, 1] == pytest.approx(1.4**2 / 21)
    assert plain.covariance[0, 0] == pytest.approx(1.5**2 / 20 + 1.4**2 / 21)
    assert plain.estimates[0] == rs.mean_difference(RETRO, CONTROL, unit="points")
    # The difference of the two is that of the active arms: the control falls out.
    direct = rs.mean_difference(RETRO, FORWARD)
    row = np.array([1.0, -1.0])
    assert row @ plain.y == pytest.approx(direct.value)
    assert row @ plain.covariance @ row == pytest.approx(direct.se**2)
    ratio = rs.shared_control_covariance(
        [RETRO, FORWARD], CONTROL, trial="T", effect="ratio_of_means"
    )
    assert ratio.covariance[0, 1] == pytest.approx(1.4**2 / (21 * 4.2**2))
    assert row @ ratio.covariance @ row == pytest.approx(
        rs.ratio_of_means(RETRO, FORWARD).log.se ** 2
    )


def test_trials_are_joined_with_nothing_between_them():
    shared = rs.shared_control_covariance([RETRO, FORWARD], CONTROL, trial="Trial A")
    lone = rs.Estimate.from_se("Trial B", -0.4, 0.3, unit="SD")
    whole = rs.DependentEstimates.joined([shared, lone])
    assert whole.clusters == ("Trial A", "Trial A", "Trial B")
    assert whole.covariance[:2, :2] == pytest.approx(shared.covariance)
    assert whole.covariance[2].tolist() == [0, 0, pytest.approx(0.09)]
    assert rs.pool_dependent(whole).given is whole
    with pytest.raises(rs.DataError, match="'Trial A' in several parts"):
        rs.DependentEstimates.joined([shared, shared])
    with pytest.raises(rs.DataError, match="nothing to join"):
        rs.DependentEstimates.joined([])


def test_arms_are_combined_as_their_values_would_be():
    rng = np.random.default_rng(3)
    values = [rng.normal(size=n) for n in (7, 12, 5)]
    arms = [rs.ArmSummary.of(str(n), v) for n, v in enumerate(values)]
    found = rs.combine_arms(arms, name="retro")
    whole = rs.ArmSummary.of("retro", np.concatenate(values))
    assert (found.arm, found.n) == ("retro", 24)
    assert (found.mean, found.sd) == (pytest.approx(whole.mean), pytest.approx(whole.sd))
    assert rs.combine_arms(arms).arm == "0 + 1 + 2"


def test_a_control_is_split_into_whole_participants():
    parts = rs.split_control(arm("control", 20, 4.0, 1.0), 3)
    assert [part.n for part in parts] == [7, 7, 6]
    assert {(part.mean, part.sd) for part in parts} == {(4.0, 1.0)}
    with pytest.raises(rs.DataError, match="5 participants cannot be divided among 3"):
        rs.split_control(arm("control", 5, 4.0, 1.0), 3)
    for wrong in (1, 2.5, -2):
        with pytest.raises(ValueError, match="whole number of 2 or more"):
            rs.split_control(CONTROL, wrong)
    with pytest.raises(rs.DataError, match="1 arms, and 2 or more"):
        rs.combine_arms([RETRO])


def test_equal_weights_stay_inside_where_inverse_weights_do_not():
    each, names = estimates(("A", -0.2, 0.1), ("A", -0.6, 0.4))
    inverse = rs.combine_within_trials(each, names, correlation=0.9)[0]
    equal = rs.combine_within_trials(each, names, correlation=0.9, weights="equal")[0]
    assert inverse.value > -0.2
    assert equal.value == pytest.approx(-0.4)
    assert equal.se**2 == pytest.approx((0.01 + 0.16 + 2 * 0.9 * 0.04) / 4)


def test_the_table_of_correlations_has_the_pool_of_each():
    each, names = estimates(*PAIN)
    found = rs.correlation_sensitivity(each, names, correlations=(0.0, 0.6, 0.9), level=0.9)
    assert [e.label for e in found.table()] == [f"correlation {r}" for r in ("0", "0.6", "0.9")]
    for correlation, row in zip((0.0, 0.6, 0.9), found.table(), strict=True):
        alone = rs.pool_dependent(each, names, correlation=correlation, level=0.9).pooled
        assert (row.value, row.ci, row.df) == (alone.value, alone.ci, alone.df)
    text = found.layout().text()
    assert "τ²" in text
    assert "ω²" in text
    moments = rs.correlation_sensitivity(each, names, structure="correlated effects")
    assert "ω²" not in moments.layout().text()
    with pytest.raises(ValueError, match="give one or more correlations"):
        rs.correlation_sensitivity(each, names, correlations=())


def test_interval_of_a_variance_that_is_zero_begins_at_zero():
    each, names = estimates(*[(t, -0.4 + 0.001 * i, 0.2) for i, (t, _, _) in enumerate(PAIN)])
    found = rs.pool_dependent(each, names, standard_errors="model")
    assert found.tau2 == found.omega2 == 0
    for which in ("tau2", "omega2"):
        interval = found.variance_interval(which)
        assert interval.low == 0
        assert 0 < interval.high < 1
    assert any("estimated as 0" in words for words in found.caveats)


def fails(message, *args, kind=None, **options):
    with pytest.raises(kind or rs.DataError, match=message):
        rs.pool_dependent(*args, **options)


def test_what_cannot_be_pooled_is_refused_with_its_reason():
    each, names = estimates(*PAIN)
    fails("all estimates are of the trial 'A', and 2 or more trials", each[:2], ["A", "A"])
    fails("give the name of the trial of each", each)
    fails("7 names of studies for 8 estimates", each, names[1:])
    fails(
        "^pool_dependent: the correlation .* must lie above -1 .* and below 1; got 1",
        each,
        names,
        correlation=1,
    )
    fails(r"above -0.5 \(a trial has 3 estimates\)", each, ["A", "A", "A", *"BCDEF"],
          correlation=-0.5)  # fmt: skip
    fails("'A' and 'a ' are one trial or two", each, ["A", "a ", *names[2:]])
    mixed = [*each[:-1], rs.Estimate.from_se("E", -0.4, 0.2, unit="mm")]
    fails("the units differ", mixed, names)
    unknown = rs.Estimate(label="x", value=1.0, se=math.nan, df=9, ci=rs.Interval(0, 2, 0.95),
                          p=0.1, unit="SD")  # fmt: skip
    fails("x has no usable standard error", [*each[:-1], unknown], names)
    fails("the correlation must be one number", each, names, correlation="high", kind=ValueError)


def test_a_covariance_that_is_none_is_refused_with_all_its_faults():
    each, names = estimates(*PAIN)
    good = rs.working_covariance(each, names).covariance
    fails("8 estimates need a covariance of 8 by 8", each, names, covariance=good[:2, :2])
    negative = good.copy()
    negative[0, 1] = negative[1, 0] = 0.05
    fails("not positive definite .smallest eigenvalue .* -0.25", each, names, covariance=negative)
    lopsided = good.copy()
    lopsided[0, 1] = 0
    fails("not symmetric", each, names, covariance=lopsided)
    across = good.copy()
    across[0, 7] = across[7, 0] = 0.001
    fails("different trials must be 0", each, names, covariance=across)
    other = good.copy()
    other[0, 0], other[4, 4] = 0.05, 0.04
    fails("A 0: its standard error is 0.2, and the root.*; C 4", each, names, covariance=other)
    fails("must be finite", each, names, covariance=good * np.nan)
    with pytest.raises(ValueError, match="given more than once"):
        rs.pool_dependent(each, names, covariance=good, correlation=0.5)
    with pytest.raises(ValueError, match="leave out studies"):
        rs.pool_dependent(rs.working_covariance(each, names), names)
    with pytest.raises(ValueError, match="read-only"):
        rs.working_covariance(each, names).covariance[0, 0] = 1


def test_slips_in_the_options_are_named():
    each, names = estimates(*PAIN)
    fails("structure must be one of hierarchical", each, names, structure="nested",
          kind=ValueError)  # fmt: skip
    fails("standard_errors must be", each, names, standard_errors="HC3", kind=ValueError)
    fails("the level must lie", each, names, level=95, kind=ValueError)
    moments = {"structure": "correlated effects", "kind": ValueError}
    fails("no model of the covariance", each, names, standard_errors="model", **moments)
    fails("takes no covariance", rs.working_covariance(each, names), **moments)
    fails("independent; leave out correlation", each, names, correlation=0.5,
          structure="hierarchical effects", kind=ValueError)  # fmt: skip
    with pytest.raises(ValueError, match="which must be"):
        rs.pool_dependent(each, names).variance_interval("tau")
    with pytest.raises(ValueError, match="effect must be"):
        rs.shared_control_covariance([RETRO], CONTROL, trial="T", effect="d")
    with pytest.raises(ValueError, match="form must be"):
        rs.shared_control_covariance([RETRO], CONTROL, trial="T", form="x")
    with pytest.raises(ValueError, match="goes with effect='hedges_g'"):
        rs.shared_control_covariance(
            [RETRO], CONTROL, trial="T", form="correlation", effect="mean_difference"
        )
    with pytest.raises(ValueError, match="weights must be"):
        rs.combine_within_trials(each, names, weights="best")
    for active in ([], [RETRO, RETRO], [RETRO, CONTROL]):
        with pytest.raises(rs.DataError, match="each with its own name"):
            rs.shared_control_covariance(active, CONTROL, trial="T")
    for times, message in (([1], "1 times for 8"), ([1] * 8, "'A' at 1, 'B' at 1")):
        with pytest.raises(rs.DataError, match=message):
            rs.working_covariance(each, names, times=times)


def test_trials_that_agree_exactly_have_no_robust_standard_error():
    each, names = estimates(*[(t, -0.4, se) for t, _, se in PAIN])
    found = rs.pool_dependent(each, names, standard_errors="model")
    assert (found.tau2, found.omega2, found.i2) == (0, 0, 0)
    for which in ("CR1", "CR2"):
        fails("agree exactly", each, names, standard_errors=which, kind=rs.FitError)


def test_a_trial_with_all_the_weight_is_no_base_for_cr2():
    each, names = estimates(("A", -0.4, 1e-9), ("B", -0.2, 1e3), ("B", -0.3, 1e3))
    found = rs.pool_dependent(each, names, standard_errors="model")
    assert found.pooled.value == pytest.approx(-0.4)
    fails("all the weight", each, names, kind=rs.FitError)
