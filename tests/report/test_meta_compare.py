"""Published pooled effects beside ours: which ones, with which sign, and why they differ."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import retrostats as rs
from retrostats.report.meta.compare import compare, published_pools
from retrostats.report.meta.published import published_blocks
from retrostats.report.meta.synthesis import synthesise

from .meta_made import evidence, real, reviews

#: As the abstracts print them: value, limits, number of trials.
PRINTED = {
    "pain": {"lin2025": (-0.997, -1.373, -0.620, 13), "balasukumaran2019": (-0.87, None, None, 21)},
    "function": {
        "lin2025": (-1.015, -1.326, -0.703, 13),
        "balasukumaran2019": (-1.19, None, None, 21),
    },
    "strength": {"balasukumaran2019": (1.22, None, None, 21)},
    "mobility": {},
}


@pytest.mark.parametrize("outcome", PRINTED)
def test_reviews_of_backward_walking_are_found_with_their_sign(outcome):
    better = "positive" if outcome == "strength" else "negative"
    found = published_pools(reviews(), evidence(2, outcome=outcome, benefit=better))
    assert {each.review for each in found} == set(PRINTED[outcome])
    for each in found:
        value, low, high, trials = PRINTED[outcome][each.review]
        assert (each.value, each.trials, each.turned) == (value, trials, False)
        assert (each.low, each.high) == (low, high) if low else math.isnan(each.low)


def test_the_sign_is_turned_where_ours_has_the_other_one():
    found = published_pools(reviews(), evidence(2, benefit="positive"))
    lin = next(each for each in found if each.review == "lin2025")
    assert (lin.value, lin.low, lin.high, lin.turned) == (0.997, 0.620, 1.373, True)
    assert lin.printed == "-0.997"


def test_nothing_is_compared_where_the_direction_is_not_known():
    assert published_pools(reviews(), evidence(2, benefit="")) == ()
    assert published_pools(reviews(), evidence(2, outcome="stiffness")) == ()


def ours(value, se):
    return rs.Estimate.from_se("pooled", value, se, unit="SD")


def lin(given):
    return next(each for each in published_pools(reviews(), given) if each.review == "lin2025")


def test_difference_and_overlap():
    given = evidence(3)
    near = compare(ours(-0.8, 0.1), lin(given), given)
    assert math.isclose(near.difference, 0.197, abs_tol=1e-12)
    assert (near.overlap, near.inside) == (True, False)
    far = compare(ours(0.5, 0.1), lin(given), given)
    assert (far.overlap, far.inside) == (False, False)
    wide = compare(ours(-0.5, 0.5), lin(given), given)
    assert (wide.overlap, wide.inside) == (True, True)


def test_what_is_not_printed_is_not_judged():
    given = evidence(3)
    bare = next(e for e in published_pools(reviews(), given) if e.review == "balasukumaran2019")
    found = compare(ours(-0.8, 0.1), bare, given)
    assert found.overlap is None
    assert found.inside


def test_an_effect_in_another_unit_is_not_subtracted():
    given = evidence(3)
    points = rs.Estimate.from_se("pooled", -1.2, 0.4, unit="points")
    assert compare(points, lin(given), given) is None
    of_change = replace(ours(-0.8, 0.1), unit="SD of change")
    assert compare(of_change, lin(given), given) is None


def test_reasons_come_from_the_facts():
    given = evidence(3)
    told = " ".join(compare(ours(-0.8, 0.1), lin(given), given).reasons)
    assert "The review has 13 trials, here are 3" in told
    assert "must not be taken for independent" in told
    assert "Only the abstract of the review is on file" in told
    assert "1 trial on file had to be left out" in told
    assert "BWE + conventional vs control; the trials here compare BW with control" in told
    assert "Its time is post-treatment, that of the trials here 6wk." in told
    complete = evidence(3, left_out=())
    told = " ".join(compare(ours(-0.8, 0.1), lin(complete), complete).reasons)
    assert "no trial with this outcome had to be left out" in told


def test_real_pain_stands_beside_both_reviews():
    found = real("pain")
    table = published_blocks(found)[2].layout
    assert [row[0] for row in table.rows] == ["balasukumaran2019", "Lin 2025"]
    value = found.pooled.pooled.value
    assert [row[3] for row in table.rows] == [
        f"{value + printed:.2f}".replace("-", "\N{MINUS SIGN}") for printed in (0.87, 0.997)
    ]


def test_reasons_that_reviews_share_are_told_once_and_first():
    told = published_blocks(real("pain"))[-1].items
    assert [text.startswith(("balasukumaran2019: ", "Lin 2025: ")) for text in told] == [
        False, False, True, True,
    ]  # fmt: skip
    assert "has 21 trials, here are 2" in told[2]
    assert "has 13 trials, here are 2" in told[3]


def test_without_a_pool_theirs_are_still_shown():
    found = synthesise(evidence(1), reviews=reviews())
    blocks = published_blocks(found)
    assert "Nothing is pooled here" in blocks[1].text
    assert {row[3] for row in blocks[2].layout.rows} == {"–"}
    assert len(blocks) == 3
