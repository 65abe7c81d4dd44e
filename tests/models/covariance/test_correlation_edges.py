"""Correlations at the very edge of what is possible."""

import numpy as np
import pytest

from retrostats.models.covariance.correlation import Autoregressive


@pytest.mark.parametrize("rho", [1.0, -1.0])
def test_a_correlation_rounded_to_one_still_has_a_finite_chart(rho):
    pattern = Autoregressive(3)
    there = pattern.to_unconstrained(np.array([rho]))
    assert np.isfinite(there).all()
    assert pattern.from_unconstrained(there)[0] == pytest.approx(rho, abs=1e-15)
