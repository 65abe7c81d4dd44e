"""Step curves of many subjects: simplified out of sight, and covered by their outline."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.description.types import ImprovementCurve
from retrostats.figures.responders import plot_responders
from retrostats.figures.saving import save_figure
from retrostats.figures.step_curves import corners, outline, share_at, visible

#: Share by which a simplified curve may differ; 0.00099 measured.
UNSEEN = 0.001
#: Seconds of the processor for three curves of 100,000 improvements; 0.9 measured.
SECONDS = 3.0


def curve_of(values, arm="control"):
    distinct, counts = np.unique(values, return_counts=True)
    shares = counts[::-1].cumsum()[::-1] / len(values)
    return ImprovementCurve(
        arm=arm, n=len(values), unit="points",
        improvements=tuple(distinct.tolist()), shares=tuple(shares.tolist()),
    )  # fmt: skip


def many(seed=1, n=100_000):
    rng = np.random.default_rng(seed)
    # Half are spread out, half fall on a few values: large steps among small ones.
    return curve_of(np.r_[rng.normal(0, 2, n // 2), rng.integers(-2, 3, n // 2)], f"arm {seed}")


def test_a_simplified_curve_moves_by_less_than_anyone_sees():
    whole = many()
    few = visible(whole)
    assert len(few.improvements) < 2100
    at = np.r_[whole.improvements, np.add(whole.improvements, 1e-9)]
    moved = [abs(share_at(whole, x) - share_at(few, x)) for x in at.tolist()]
    assert max(moved) <= UNSEEN
    # Large falls stay exactly where they are.
    for x in (-2.0, -1.0, 0.0, 1.0, 2.0):
        assert share_at(few, x) == share_at(whole, x)
        place = few.improvements.index(x)
        beyond = whole.improvements[whole.improvements.index(x) + 1]
        assert few.improvements[place + 1] == beyond
    assert (few.n, few.improvements[0]) == (whole.n, whole.improvements[0])
    assert few.improvements[-1] == whole.improvements[-1]


def test_few_steps_are_all_kept():
    curve = curve_of(np.arange(2000.0))
    assert visible(curve) is curve
    assert len(visible(curve_of(np.arange(2001.0))).improvements) <= 2001


def test_the_share_at_an_improvement_counts_those_who_reach_it():
    curve = curve_of([0.0, 1.0, 1.0, 3.0])
    shares = [share_at(curve, x) for x in (-1, 0, 0.5, 1, 2, 3, 4)]
    assert shares == [1.0, 1.0, 0.75, 0.75, 0.25, 0.25, 0.0]


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 400), st.integers(0, 99))
def test_the_boxes_of_an_outline_hold_the_curve(n, seed):
    values = np.random.default_rng(seed).normal(0, 1, n)
    path = np.column_stack(corners(curve_of(values), -5.0, 5.0)) * [13.0, 60.0]
    boxes = outline(path)
    assert len(boxes) <= max(200, 500)
    assert (boxes[0].tolist(), boxes[-1].tolist()) == (path[0].tolist(), path[-1].tolist())
    low = np.minimum(boxes[:-1], boxes[1:])
    high = np.maximum(boxes[:-1], boxes[1:])
    inside = ((path[:, None] >= low) & (path[:, None] <= high)).all(axis=2)
    assert inside.any(axis=1).all()
    if len(path) > 200:
        # What is small enough to be left out lies in a box of a mm; a longer part is one side.
        assert np.minimum(*(high - low).T).max() <= 1.0


def test_a_hundred_thousand_subjects_are_drawn_fast_and_small(tmp_path):
    curves = [many(seed) for seed in range(3)]
    begun = time.process_time()
    ax = plot_responders(curves, thresholds=[(1.0, "planned")])
    svg = save_figure(ax, tmp_path / "r.svg", width="double")
    assert time.process_time() - begun < SECONDS
    #: 150 kB measured.
    assert svg.stat().st_size < 400_000
    drawn = [line for line in ax.lines if line.get_gid() == "share"]
    marks = [float(line.get_ydata()[0]) for line in drawn]
    assert marks == pytest.approx([share_at(curve, 1.0) for curve in curves], abs=0)
