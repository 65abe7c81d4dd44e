"""Which assumptions are changed, by how much, and when there is no such trial."""

import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.plan.types import Comparison, Endpoint, Estimand
from retrostats.power.design.types import DesignArm, SimulatedCovariate
from retrostats.report.power.changes import VALUES, changes, curve_values

from .made import design, in_arm, plan

#: Products of a few floats.
CLOSE = 1e-12


def by_key(made, planned=None):
    return {change.key: change for change in changes(made, planned or plan())}


def test_each_change_moves_one_assumption_alone():
    made = design()
    found = by_key(made)
    assert list(found) == [
        "difference-smaller", "difference-larger", "sd-larger", "sd-smaller", "correlation-lower",
        "correlation-higher", "dropout-none", "dropout-twice",
    ]  # fmt: skip
    parts = ("arms", "sds", "correlation")
    for key, change in found.items():
        moved = [name for name in parts if getattr(change.design, name) != getattr(made, name)]
        own = {"difference": "arms", "sd": "sds", "correlation": "correlation", "dropout": "arms"}
        assert moved == [own[key.split("-")[0]]]
        assert change.why_not == ""


def test_the_difference_keeps_its_course_and_its_sign():
    found = by_key(design())
    assert found["difference-smaller"].design.true_differences("retro", "control")[-1] > -0.8
    assert found["difference-smaller"].design.arm("retro").means == pytest.approx((6, 4.4))
    assert found["difference-larger"].design.arm("retro").means == pytest.approx((6, 4.0))
    assert found["difference-larger"].design.arm("control") == design().arm("control")
    assert found["difference-smaller"].words == "a quarter smaller: -0.6 points"
    assert found["difference-larger"].words == "a quarter larger: -1 point"


def test_an_endpoint_before_the_last_visit_is_changed_at_its_week():
    arms = (
        DesignArm(label="retro", means=(6, 4, 5)),
        DesignArm(label="control", means=(6, 5, 5)),
    )
    made = design(
        visits=("baseline", "week 6", "week 12"), weeks=(0, 6, 12), arms=arms, sds=(1.5, 1.6, 2),
        correlation=((1, 0.6, 0.6), (0.6, 1, 0.6), (0.6, 0.6, 1)),
    )  # fmt: skip
    found = by_key(made)
    assert found["difference-larger"].design.arm("retro").means == pytest.approx((6, 3.75, 5))
    assert found["sd-larger"].words == "20% larger: 1.92 points at week 6"
    with pytest.raises(DataError, match=r"--over difference: .*endpoint is at week 6; leave it"):
        curve_values(made, plan(), "difference")


def test_spread_and_dropout_are_scaled():
    found = by_key(design())
    assert found["sd-larger"].design.sds == pytest.approx((1.8, 1.92))
    assert found["sd-smaller"].design.sds == pytest.approx((1.2, 1.28))
    gone = [arm.dropout[-1] for arm in found["dropout-twice"].design.arms]
    assert gone == pytest.approx([0.2, 0.4])
    assert found["dropout-twice"].words == "twice as many leave: 20 to 40% gone by the last visit"
    assert not any(any(arm.dropout) for arm in found["dropout-none"].design.arms)


def test_correlations_go_a_quarter_of_the_way():
    found = by_key(design())
    assert found["correlation-lower"].design.correlation[0][1] == pytest.approx(0.45, abs=CLOSE)
    assert found["correlation-higher"].design.correlation[0][1] == pytest.approx(0.7, abs=CLOSE)
    assert found["correlation-higher"].words == "higher, a quarter of the way to 1: 0.70"
    for key in ("lower", "higher"):
        matrix = np.array(found[f"correlation-{key}"].design.correlation)
        assert np.linalg.eigvalsh(matrix).min() > 0
        assert np.diag(matrix).tolist() == [1, 1]


def test_a_design_without_dropout_or_difference():
    nobody = in_arm(in_arm(design(), "retro", dropout=()), "control", dropout=())
    found = by_key(nobody)
    assert [key for key in found if key.startswith("dropout")] == ["dropout-some"]
    assert [arm.dropout[-1] for arm in found["dropout-some"].design.arms] == [0.2, 0.2]
    equal = in_arm(design(), "retro", means=(6, 5))
    assert not any(key.startswith("difference") for key in by_key(equal))
    with pytest.raises(DataError, match=r"--over difference: retro - control do not differ"):
        curve_values(equal, plan(), "difference")


def test_a_change_that_no_trial_can_have_says_why():
    many = in_arm(design(), "control", dropout=(0, 0.6))
    change = by_key(many)["dropout-twice"]
    assert change.design is None
    assert change.why_not.startswith("expected shares from 0 to below 1")
    assert "20 to 120% gone" in change.words


def test_values_of_curves():
    assert curve_values(design(), plan(), "dropout") == VALUES["dropout"]
    assert curve_values(design(), plan(), "difference") == pytest.approx(
        (-0.4, -0.6, -0.8, -1, -1.2)
    )
    tied = SimulatedCovariate(name="age", mean=60, sd=8, correlation=0.75)
    close = design(covariates=(tied,), correlation=((1, 0.6), (0.6, 1)))
    with pytest.raises(DataError, match=r"^--over correlation: "):
        curve_values(close, plan(), "correlation")


def test_the_difference_is_that_of_the_estimand():
    third = DesignArm(label="forward", means=(6, 4.5))
    made = design(arms=(third, *design().arms))
    other = Comparison(treatment="forward", comparator="retro")
    estimand = Estimand(
        comparison=other,
        population="adults",
        endpoint=Endpoint(outcome="pain", week=6),
        intercurrent=(),
    )
    found = by_key(made, plan(estimand=estimand, comparisons=(other,)))
    assert found["difference-larger"].design.arm("forward").means == pytest.approx((6, 4.575))
    assert found["difference-larger"].words == "a quarter larger: 0.375 points"
