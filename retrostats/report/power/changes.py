"""Which assumptions of a design are changed, one at a time, and by how much."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from retrostats.errors import DataError
from retrostats.plan.types import AnalysisPlan
from retrostats.plan.words import quantity, with_unit
from retrostats.power.design.types import TrialDesign
from retrostats.report.power.types import Change, Further

#: SDs of trials differ by so much from those that were planned with, more often than not.
_SPREAD = 0.2
#: Part of the true difference that is taken away or added.
_LESS = 0.25
#: Part of the way that every correlation is moved to 0, or to 1. A mixture of the correlations
#: with those of no and of perfect agreement is one that scores can have.
_WAY = 0.25
#: Share gone by the last visit that stands for dropout where the design has none.
_SOME = 0.2

#: Values of the curves beside that of the size; of the difference, parts of that of the design.
VALUES: dict[Further, tuple[float, ...]] = {
    "dropout": (0.0, 0.1, 0.2, 0.3, 0.4),
    "correlation": (0.1, 0.3, 0.5, 0.7, 0.9),
    "difference": (0.5, 0.75, 1.0, 1.25, 1.5),
}

#: What stands before the message in the list of faults of a design.
_FAULT = re.compile(r"^\s*\d+\. design, key [^:]+: ")


def changes(design: TrialDesign, plan: AnalysisPlan) -> tuple[Change, ...]:
    """Return the design with its dropout, correlation, SDs and difference put otherwise.

    Parameters
    ----------
    design
        As assumed.
    plan
        Its first comparison says whose difference is changed, its endpoint when.
    """
    return (
        *_differences(design, plan),
        *_spreads(design, plan),
        *_correlations(design),
        *_dropouts(design),
    )


def curve_values(design: TrialDesign, plan: AnalysisPlan, over: Further) -> tuple[float, ...]:
    """Return the values of a curve, once every one of them is known to be possible.

    Raises
    ------
    DataError
        If no trial can have one of them, or the curve makes no sense for this plan.
    """
    first, values = plan.comparisons[0], VALUES[over]
    try:
        if over == "dropout":
            _ = [design.with_dropout(value) for value in values]
        elif over == "correlation":
            _ = [design.with_correlation(value) for value in values]
        else:
            values = tuple(part * _last_difference(design, plan) for part in values)
            _ = [
                design.with_difference(first.treatment, first.comparator, value) for value in values
            ]
    except DataError as error:
        raise DataError(f"--over {over}: {error}") from error
    return values


def _last_difference(design: TrialDesign, plan: AnalysisPlan) -> float:
    """Return the difference of the first comparison at the last visit, before rounding."""
    first = plan.comparisons[0]
    gap = design.arm(first.treatment).means[-1] - design.arm(first.comparator).means[-1]
    if plan.primary.week != design.weeks[-1]:
        raise DataError(
            f"the curve moves the last visit, week {design.weeks[-1]:g}, and the endpoint is at "
            f"week {plan.primary.week:g}; leave it out"
        )
    if not gap:
        raise DataError(f"{first.label} do not differ in the design; leave it out")
    # 0.75 times -0.8 is -0.6 and not what floats make of it.
    return float(f"{gap:.10g}")


def _change(key: str, what: str, words: str, make: Callable[[], TrialDesign]) -> Change:
    try:
        return Change(key=key, what=what, words=words, design=make())
    except DataError as error:
        why = _FAULT.sub("", str(error).strip().splitlines()[-1])
        return Change(key=key, what=what, words=words, why_not=why)


def _differences(design: TrialDesign, plan: AnalysisPlan) -> Iterator[Change]:
    at = design.weeks.index(plan.primary.week)
    first = plan.comparisons[0]
    one, other = design.arm(first.treatment), design.arm(first.comparator)
    gap = one.means[at] - other.means[at]
    if not gap:
        return

    def scaled(part: float) -> TrialDesign:
        pairs = zip(one.means[1:], other.means[1:], strict=True)
        means = (one.means[0], *(b + part * (a - b) for a, b in pairs))
        arms = (replace(a, means=means) if a is one else a for a in design.arms)
        return replace(design, arms=tuple(arms))

    for key, part in (("smaller", 1 - _LESS), ("larger", 1 + _LESS)):
        words = f"a quarter {key}: {quantity(float(f'{part * gap:.3g}'), design.unit)}"
        yield _change(f"difference-{key}", "True difference", words, partial(scaled, part))


def _spreads(design: TrialDesign, plan: AnalysisPlan) -> Iterator[Change]:
    at = design.weeks.index(plan.primary.week)
    for key, part in (("larger", 1 + _SPREAD), ("smaller", 1 - _SPREAD)):
        sds = tuple(part * sd for sd in design.sds)
        size = with_unit(f"{sds[at]:.3g}", design.unit)
        words = f"{100 * _SPREAD:g}% {key}: {size} at week {plan.primary.week:g}"
        yield _change(f"sd-{key}", "Standard deviations", words, partial(replace, design, sds=sds))


def _correlations(design: TrialDesign) -> Iterator[Change]:
    own = np.array(design.correlation)
    ends = {"lower": np.eye(len(own)), "higher": np.ones_like(own)}
    below = np.tril_indices(len(own), -1)
    for key, end in ends.items():
        moved = (1 - _WAY) * own + _WAY * end
        low, high = (f"{value:.2f}" for value in (moved[below].min(), moved[below].max()))
        size = low if low == high else f"{low} to {high}"
        rows = tuple(map(tuple, moved.tolist()))
        yield _change(
            f"correlation-{key}",
            "Correlations of visits",
            f"{key}, a quarter of the way to {0 if key == 'lower' else 1}: {size}",
            partial(replace, design, correlation=rows),
        )


def _dropouts(design: TrialDesign) -> Iterator[Change]:
    what = "Dropout"

    def times(part: float) -> TrialDesign:
        arms = (
            replace(arm, dropout=tuple(part * share for share in arm.dropout))
            for arm in design.arms
        )
        return replace(design, arms=tuple(arms))

    gone = [arm.dropout[-1] for arm in design.arms]
    if not any(gone):
        words = f"{100 * _SOME:g}% gone by the last visit"
        yield _change("dropout-some", what, words, lambda: design.with_dropout(_SOME))
        return
    yield _change("dropout-none", what, "nobody leaves", lambda: times(0))
    low, high = (f"{200 * share:.3g}" for share in (min(gone), max(gone)))
    size = f"{low}%" if low == high else f"{low} to {high}%"
    words = f"twice as many leave: {size} gone by the last visit"
    yield _change("dropout-twice", what, words, lambda: times(2))
