"""Random positive definite parameters of any structure, from a seed."""

from __future__ import annotations

import numpy as np
import pytest

from retrostats.models.covariance import structure

LABELS = (0, 3, 6, 12, 24, 36)


@pytest.fixture
def draw():
    """Return ``(structure, theta)`` for a name, a number of visits and a seed."""

    def make(name, m, seed=0):
        made = structure(name, LABELS[:m])
        rng = np.random.default_rng([seed, m])
        theta = made.from_unconstrained(0.6 * rng.normal(size=len(made.parameter_names)) + 0.1)
        assert np.linalg.eigvalsh(made.matrix(theta))[0] > 0
        return made, theta

    return make
