"""Adjusted p values against statsmodels, and against what the definitions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from retrostats.analysis.multiplicity import hierarchical, holm

#: Both multiply the same numbers in the same order; measured gap 0.
ROUNDING = 1e-15

families = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@settings(max_examples=30)
@given(families)
def test_holm_is_that_of_statsmodels(p):
    expected = multipletests(p, method="holm")[1]
    assert np.allclose(holm(p), expected, rtol=0, atol=ROUNDING)


@given(families, st.sampled_from([0.01, 0.05, 0.2]))
def test_hierarchical_rejects_what_testing_one_by_one_rejects(p, level):
    rejected, going = [], True
    for value in p:
        going = going and value <= level
        rejected.append(going)
    assert [value <= level for value in hierarchical(p)] == rejected


@pytest.mark.parametrize("method", [holm, hierarchical])
def test_a_single_test_is_left_alone(method):
    assert method([0.03]) == (0.03,)
