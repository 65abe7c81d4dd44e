"""Correlations after rounding and cutting, against integrals and against drawn scores."""

from __future__ import annotations

import math

import numpy as np
import pytest

from retrostats.power.design.covariance import hermite_parts, measured_covariance
from retrostats.power.design.fields import MeasurementScale
from retrostats.power.design.scale import as_measured, measured_moments
from retrostats.power.design.types import TrialDesign

#: The reference adds up 400,000 slices of the first score and knows the second one nearly exactly;
#: where the first one steps, a slice is split wrongly. Measured 2.6e-5.
CLOSE = 6e-5
#: Four Monte Carlo errors of a correlation of 50,000 pairs.
DRAWN = 4 / math.sqrt(50_000)
SCALES = {
    "0 to 10": MeasurementScale(low=0, high=10, step=1),
    "0 to 10, halves": MeasurementScale(low=0, high=10, step=0.5),
    "no steps": MeasurementScale(low=0, high=10),
    "open above": MeasurementScale(low=0),
    "open below, steps": MeasurementScale(high=3, step=1),
    "steps alone": MeasurementScale(step=3),
}


def integrated(means, sds, rho, scale):
    """Return the covariance, given the first score by slices and the second one in closed form."""
    edges = np.linspace(-9, 9, 400_001)
    middles = (edges[1:] + edges[:-1]) / 2
    # Two hundred slices share a mean of the second score, which is smooth in the first.
    coarse = np.linspace(-9, 9, 2001)
    left = sds[1] * math.sqrt(1 - rho**2)
    given = [measured_moments(means[1] + rho * sds[1] * z, left, scale)[0] for z in coarse]
    second = np.interp(middles, coarse, given)
    weights = np.exp(-(middles**2) / 2)
    first = as_measured(means[0] + sds[0] * middles, scale)
    first = first - np.average(first, weights=weights)
    return np.average(first * second, weights=weights)


@pytest.mark.parametrize("rho", [-0.5, 0.757, 0.95])
@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_covariances_agree_with_an_integral(scale: MeasurementScale, rho: float) -> None:
    means, sds = np.array([6.0, 1.2]), np.array([1.88, 1.7])
    found = measured_covariance(means, sds, np.array([[1, rho], [rho, 1]]), scale)
    wanted = integrated(means, sds, rho, scale)
    assert found[0, 1] == found[1, 0]
    assert found[0, 1] / (sds[0] * sds[1]) == pytest.approx(wanted / (sds[0] * sds[1]), abs=CLOSE)
    own = [measured_moments(*each, scale)[1] ** 2 for each in zip(means, sds, strict=True)]
    assert found.diagonal().tolist() == own


def test_the_parts_of_a_score_add_up_to_its_variance() -> None:
    # What Bessel's inequality leaves falls with the root of the number of parts at a step.
    for scale, gap in ((SCALES["no steps"], 1e-4), (SCALES["0 to 10"], 0.02)):
        parts = hermite_parts(3.0, 2.0, scale, 1000)
        share = (parts**2).sum() / measured_moments(3.0, 2.0, scale)[1] ** 2
        assert 1 - gap < share < 1


def test_the_correlations_of_a_design_are_those_of_drawn_scores(design: TrialDesign) -> None:
    found = design.expected_correlations()
    assert found.shape == (2, 4, 4)
    given = np.array(design.correlation)
    drawn = design.draw((50_000, 50_000), np.random.default_rng(5), 1)
    for code, own in enumerate(found):
        assert own.diagonal() == pytest.approx(1, abs=1e-12)
        assert (own[~np.eye(4, dtype=bool)] < given[~np.eye(4, dtype=bool)]).all()
        scores = drawn.scores[0, drawn.arm == code]
        assert np.corrcoef(scores.T) == pytest.approx(own, abs=DRAWN)


def test_without_a_scale_or_a_correlation_nothing_moves() -> None:
    means, sds = np.array([6.0, 1.2]), np.array([1.5, 2.0])
    found = measured_covariance(means, sds, np.array([[1, 0.5], [0.5, 1]]), None)
    assert found.tolist() == [[2.25, 1.5], [1.5, 4.0]]
    none = measured_covariance(means, sds, np.eye(2), SCALES["0 to 10"])
    assert none[0, 1] == 0
