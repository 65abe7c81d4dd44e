"""Small designs and plans that are simulated in a moment, and what was simulated of them."""

from dataclasses import replace

from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    ModelPlan,
)
from retrostats.power.design.types import DesignArm, Dropout, MeasurementScale, TrialDesign
from retrostats.report.power.study import study_power
from retrostats.report.power.types import PowerRequest

SCRIPT = "<script>alert(1)</script>"
#: Enough to tell powers of 0.6 and 0.9 apart, and done in a moment.
TRIALS = 300


def design(**changes):
    given = {
        "title": f"Walking {SCRIPT}",
        "outcome": "pain",
        "unit": "points",
        "visits": ("baseline", "week 6"),
        "weeks": (0, 6),
        "arms": (
            DesignArm(label="retro", means=(6, 4.2), dropout=(0, 0.1)),
            DesignArm(label="control", means=(6, 5), dropout=(0, 0.2)),
        ),
        "sds": (1.5, 1.6),
        "correlation": ((1, 0.6), (0.6, 1)),
        "dropout": Dropout(),
        "scale": MeasurementScale(low=0, high=10),
        "route": (f"SDs: our cohort of 2023 {SCRIPT}.",),
    }
    return TrialDesign(**(given | changes))


def plan(**changes):
    first = Comparison(treatment="retro", comparator="control")
    given = {
        "title": "Plan",
        "estimand": Estimand(
            comparison=first,
            population="adults",
            endpoint=Endpoint(outcome="pain", week=6),
            intercurrent=(IntercurrentEvent(event="surgery", strategy="treatment policy"),),
        ),
        "comparisons": (first,),
        "model": ModelPlan(kind="ancova", baseline_by_visit=False, covariance=(), df="residual"),
    }
    return AnalysisPlan(**(given | changes))


def study(*, of=None, by=None, **asked):
    request = PowerRequest(**({"replicates": TRIALS, "seed": 3} | asked))
    return study_power(of or design(), by or plan(), request)


def in_arm(made, label, **changes):
    """Return a design with one arm changed."""
    arms = (replace(arm, **changes) if arm.label == label else arm for arm in made.arms)
    return replace(made, arms=tuple(arms))
