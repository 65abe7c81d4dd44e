"""Combined baseline p values against R, and what is printed beside them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.errors import DataError
from retrostats.integrity.carlisle import ASSUMPTIONS, combine_baseline_p

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "e_summary" / "ref.json"
#: Closed forms printed with 15 digits; the largest gap measured is 2e-15, relative.
CLOSED_FORM = 1e-10


def test_both_methods_agree_with_r_in_both_directions():
    reference = json.loads(GOLDEN.read_text())["carlisle"]
    combined = combine_baseline_p(reference["p"])
    assert combined.count == 5
    assert combined.fisher_df == 10
    for name, key in {
        "stouffer_z": "stouffer_z",
        "stouffer_p_different": "stouffer_p",
        "stouffer_p_similar": "stouffer_p_similar",
        "fisher_chi2": "fisher_chi",
        "fisher_p_different": "fisher_p",
        "fisher_p_similar": "fisher_1mp",
    }.items():
        assert getattr(combined, name) == pytest.approx(reference[key], rel=CLOSED_FORM), name


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=20))
def test_mirrored_p_values_exchange_the_two_directions(p_values):
    forward = combine_baseline_p(p_values)
    mirrored = combine_baseline_p([1 - p for p in p_values])
    total = forward.stouffer_p_different + forward.stouffer_p_similar
    assert total == pytest.approx(1, abs=CLOSED_FORM)
    assert mirrored.stouffer_z == pytest.approx(-forward.stouffer_z, abs=CLOSED_FORM)
    assert mirrored.fisher_p_similar == pytest.approx(forward.fisher_p_different, abs=CLOSED_FORM)


def test_small_p_values_mean_different_and_large_ones_similar():
    apart, alike = combine_baseline_p([0.01, 0.02, 0.03]), combine_baseline_p([0.97, 0.98, 0.99])
    assert apart.stouffer_z < 0 < alike.stouffer_z
    assert max(apart.stouffer_p_different, apart.fisher_p_different) < 0.001
    assert max(alike.stouffer_p_similar, alike.fisher_p_similar) < 0.001


def test_uniform_p_values_give_uniform_combinations():
    draws = np.random.default_rng(8).uniform(size=(400, 6))
    combined = [combine_baseline_p(row) for row in draws]
    for name in ("stouffer_p_different", "fisher_p_different", "fisher_p_similar"):
        share = np.mean([getattr(result, name) < 0.25 for result in combined])
        assert share == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 400))


def test_the_assumptions_are_printed_beside_the_result():
    combined = combine_baseline_p([0.80, 0.80, 0.74, 0.77, 0.78])
    assert combined.assumptions == ASSUMPTIONS
    assert str(combined) == (
        "5 baseline p values combined\n"
        "Stouffer: z 1.716; p 0.957 for arms too different, 0.0431 for arms too similar\n"
        "Fisher: chi-squared 2.514, df 10; p 0.991 for arms too different, 0.128 for arms too "
        "similar\n"
        "This holds only if\n"
        "- the variables are independent of one another (age, weight and symptoms rarely are)\n"
        "- each p value is uniform under randomisation (continuous variable, enough digits "
        "printed)\n"
        "- participants were randomised one by one, not stratified or minimised on these "
        "variables"
    )


def test_one_p_value_is_not_a_combination():
    with pytest.raises(DataError, match="1 p values cannot be combined; expected 2 or more"):
        combine_baseline_p([0.5])


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 1.2, float("nan")])
def test_a_p_value_outside_its_open_range_is_refused(wrong):
    with pytest.raises(DataError, match=r"p value 2 is .*; expected one strictly between 0 and 1"):
        combine_baseline_p([0.5, wrong])
