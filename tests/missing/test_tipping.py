"""The tipping point is where a new analysis with this shift has a limit at zero."""

from dataclasses import replace

import numpy as np
import pytest

from retrostats.missing.estimate import missing_estimate
from retrostats.missing.tipping import default_deltas, residual_sd, tipping_point

from .made_scores import BOOTSTRAP, DRAWN, REQUEST, made_scores

#: A limit at the root, in units of the scores: 2e-16 measured.
TOUCHING = 1e-10
WAYS = [REQUEST, BOOTSTRAP, DRAWN]


def shifted(request, treated, other=0.0):
    return replace(request, delta=((0.0, other), (0.0, treated)))


@pytest.mark.parametrize("request_", WAYS, ids=lambda r: r.inference)
def test_at_the_tipping_point_a_new_analysis_touches_zero(request_):
    scores = made_scores()
    found = tipping_point(scores, request_, better="lower")
    assert found.verdict == "tips"
    assert 0 < found.delta < found.limit
    anew = missing_estimate(scores, shifted(request_, found.delta)).estimate
    assert anew == found.at
    assert abs(anew.ci.high) < TOUCHING
    assert found.start == missing_estimate(scores, request_)
    # Before it the interval excludes zero, beyond it no more.
    before = missing_estimate(scores, shifted(request_, 0.99 * found.delta)).estimate
    beyond = missing_estimate(scores, shifted(request_, 1.01 * found.delta)).estimate
    assert before.ci.high < 0 < beyond.ci.high


def test_where_higher_is_better_all_is_mirrored():
    scores = made_scores()
    lower = tipping_point(scores, REQUEST, better="lower")
    mirrored = tipping_point(replace(scores, y=-scores.y), REQUEST, better="higher")
    assert mirrored.delta == pytest.approx(lower.delta, rel=1e-9)
    assert mirrored.value == pytest.approx(-lower.value, abs=1e-9)
    assert mirrored.p == pytest.approx(lower.p, abs=1e-9)
    assert abs(mirrored.at.ci.low) < TOUCHING


@pytest.mark.parametrize("request_", WAYS, ids=lambda r: r.inference)
def test_the_grid_is_the_analysis_at_each_place(request_):
    scores = made_scores(arms=3)
    deltas = [-1.0, 0.0, 0.5, 2.0]
    found = tipping_point(scores, request_, better="lower", deltas=deltas)
    assert found.p.shape == (4, 4)
    for i, treated in enumerate(deltas):
        for j, other in enumerate(deltas):
            request = replace(request_, delta=((0.0, other), (0.0, treated), (0.0, 0.0)))
            wanted = missing_estimate(scores, request).estimate
            assert (found.value[i, j], found.se[i, j]) == pytest.approx(
                (wanted.value, wanted.se), abs=1e-12
            )
            assert found.p[i, j] == pytest.approx(wanted.p, abs=1e-12)
    assert found.limit == 2.0


def test_no_tipping_point_up_to_the_largest_shift_is_an_answer():
    found = tipping_point(made_scores(), REQUEST, better="lower", deltas=[-0.1, 0.1])
    assert (found.verdict, found.at) == ("holds", None)
    assert np.isnan(found.delta)
    assert "excludes zero even if the missing scores of retro at week 6 are 0.1 points" in (
        found.sentence
    )
    assert "Tipping point       none" in repr(found)


def test_an_interval_that_includes_zero_or_favours_the_other_arm_cannot_tip():
    scores = made_scores(effect=0.0)
    found = tipping_point(scores, REQUEST, better="lower")
    assert found.verdict == "open"
    assert "includes zero without any shift" in found.sentence
    assert f"(95% CI {found.start.estimate.ci.low:.3g} to " in found.sentence
    against = tipping_point(made_scores(), REQUEST, better="higher")
    assert against.verdict == "against"
    assert "lies on the side of control" in against.sentence
    assert np.isnan([found.delta, against.delta]).all()


def test_with_nothing_missing_nothing_can_tip():
    scores = made_scores(gone=0.0)
    found = tipping_point(scores, REQUEST, better="lower")
    assert found.verdict == "nothing missing"
    assert (found.value == found.start.estimate.value).all()
    assert "No score of retro is missing at week 6" in found.sentence
    one = np.array([2, 4, 6])  # of the control arm
    y = scores.y.copy()
    y[one, 1] = np.nan
    other = tipping_point(replace(scores, y=y), REQUEST, better="lower")
    assert other.verdict == "nothing missing"
    assert np.ptp(other.value, axis=0) == pytest.approx(0.0, abs=1e-14)
    assert np.ptp(other.value[0]) > 0.1


def test_a_worse_start_tips_sooner():
    scores = made_scores(effect=1.2)
    random = tipping_point(scores, REQUEST, better="lower")
    carried = tipping_point(
        scores, replace(REQUEST, strategy="last mean carried forward"), better="lower"
    )
    assert carried.delta < random.delta
    assert (
        "expected under last mean carried forward (missing at random in control)"
        in carried.sentence
    )


def test_the_sentence_has_the_shift_in_units_and_in_sds():
    scores = made_scores()
    found = tipping_point(scores, REQUEST, better="lower")
    columns = scores.subject_columns[scores.seen[:, 1]]
    y = scores.y[scores.seen[:, 1], 1]
    left = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    assert found.sd == pytest.approx(np.sqrt(left @ left / (len(y) - 3)), rel=1e-12)
    assert found.delta_in_sds == found.delta / found.sd
    assert found.sentence == (
        "The 95% interval reaches zero if the missing scores of retro at week 6 are "
        f"{found.delta:.3g} points ({found.delta_in_sds:.2g} SD) worse than expected under "
        "missing at random"
    )
    assert np.isnan(residual_sd(made_scores(3, gone=0.0), 1))


def test_what_was_computed_has_three_digits_and_what_was_asked_for_its_own():
    found = tipping_point(made_scores(), REQUEST, better="lower", deltas=[-1.0, 1.0])
    told = repr(replace(found, verdict="holds", sd=0.9999, delta=np.nan))
    assert "SD at the endpoint  1.000 points" in told
    assert "up to 1 point worse" in told
    assert "are 1 point (1 SD) worse than" in told
    assert "retro 1.00 points worse" in repr(replace(found, verdict="tips", delta=1.001))


@pytest.mark.parametrize("sd", [1e-6, 0.3, 0.838, 1.0, 1.3, 2.0, 7.0, 1e5])
def test_shifts_by_default_are_round_and_reach_three_sd(sd):
    deltas = default_deltas(sd)
    assert len(deltas) == 25
    assert deltas[12] == 0
    assert 3 <= deltas[-1] / sd <= 4.51
    assert f"{deltas[13]:.1e}"[0] in "1234568"
    assert (deltas == -deltas[::-1]).all()


@pytest.mark.parametrize(
    ("changes", "deltas", "better", "message"),
    [
        ({}, None, "less", "better must be 'lower' or 'higher', got 'less'"),
        ({"delta": ((0.0, 0.0), (0.0, 1.0))}, None, "lower", "the request has a delta already"),
        ({}, [1.0], "lower", "deltas must be two numbers or more that ascend"),
        ({}, [2.0, 1.0], "lower", "that ascend to a positive one"),
        ({}, [-2.0, -1.0], "lower", "that ascend to a positive one"),
        ({}, [0.0, np.inf], "lower", "that ascend to a positive one"),
        ({}, 2.0, "lower", "deltas must be two numbers or more"),
        ({"level": 2}, None, "lower", "tipping_point: level must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_searched_is_refused(changes, deltas, better, message):
    with pytest.raises(ValueError, match="tipping_point: ") as error:
        tipping_point(made_scores(), replace(REQUEST, **changes), better=better, deltas=deltas)
    assert message in str(error.value)


def test_shifts_by_arm_are_no_grid():
    with pytest.raises(TypeError, match=r"shifts that both arms are tried with.*\{'retro': 1\}"):
        tipping_point(made_scores(), REQUEST, better="lower", deltas={"retro": 1})
