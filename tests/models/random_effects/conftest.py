"""Mixed models put together from arrays, simulated trials, and published fits to compare with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from formulaic import model_matrix

from retrostats.models.covariance import RandomEffects, ReducedRandomEffects
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.random_effects.boundary import EffectsOptimum, maximise_effects
from retrostats.models.random_effects.common_grid import common_grid
from retrostats.models.random_effects.reduced_moments import reduced
from retrostats.models.random_effects.reduction import subject_factors
from retrostats.models.sums.basis import Coordinates, settle
from retrostats.models.sums.gather import gather, preliminary_basis
from retrostats.models.sums.patterns import visit_patterns, visit_table

GOLDEN = Path(__file__).parents[2] / "golden" / "mixed"


class DenseRows:
    """A design held as one matrix."""

    def __init__(self, x):
        self.x = x

    def take(self, rows, basis):
        return self.x[rows] @ basis


@dataclass
class Model:
    """A likelihood, how it was made, and the way back to the coefficients of the design."""

    likelihood: Likelihood
    coordinates: Coordinates
    structure: RandomEffects | ReducedRandomEffects
    names: tuple[str, ...]

    def fit(self) -> EffectsOptimum:
        return maximise_effects(self.likelihood, self.structure.blocks, self.names)

    def beta(self, optimum):
        return self.coordinates.back @ optimum.at.beta + self.coordinates.offset

    def beta_cov(self, optimum):
        back = self.coordinates.back
        return back @ optimum.at.phi @ back.T


@dataclass
class Rows:
    """Arrays of one data set: design, outcome, subject, random effects."""

    x: np.ndarray
    y: np.ndarray
    subject: np.ndarray
    z: np.ndarray
    names: tuple[str, ...]
    weights: np.ndarray | None = None

    @property
    def n_subjects(self):
        return int(self.subject.max()) + 1

    def factors(self):
        return subject_factors(
            self.z,
            self.subject,
            DenseRows(self.x),
            self.y,
            basis=preliminary_basis(self.x, self.y),
            n_subjects=self.n_subjects,
            weights=self.weights,
        )

    def reduced(self, method="reml", blocks=None):
        """The model in the coordinates of the random effects of each subject."""
        parts = reduced(self.factors())
        moments, coordinates = settle(parts.moments)
        structure = ReducedRandomEffects(self.z.shape[1], blocks, names=self.names)
        stratum = Stratum(moments, structure, parts.loading)
        return Model(
            Likelihood([stratum], method, coordinates.log_det), coordinates, structure, self.names
        )

    def on_grid(self, method="reml", blocks=None):
        """The model on common visits, or None where there are none."""
        grid = common_grid(self.z, self.subject)
        if grid is None:
            return None
        table = visit_table(
            self.subject, grid.codes, n_subjects=self.n_subjects, n_visits=len(grid.z)
        )
        moments, coordinates = settle(
            gather(
                visit_patterns(table),
                DenseRows(self.x),
                self.y,
                basis=preliminary_basis(self.x, self.y),
                n_visits=len(grid.z),
            )
        )
        structure = RandomEffects(grid.z, self.names, blocks)
        return Model(
            Likelihood([Stratum(moments, structure)], method, coordinates.log_det),
            coordinates,
            structure,
            self.names,
        )


def from_frame(frame, formula, subject, slope):
    matrices = model_matrix(formula, frame, na_action="drop")
    used = frame.loc[matrices.rhs.index]
    z = np.ones((len(used), 1))
    names = ("Intercept",)
    if slope:
        z = np.column_stack([z, used[slope].to_numpy(float)])
        names = ("Intercept", slope)
    return Rows(
        x=np.asarray(matrices.rhs, dtype=float),
        y=np.asarray(matrices.lhs, dtype=float).ravel(),
        subject=pd.factorize(used[subject])[0].astype(np.intp),
        z=z,
        names=names,
    )


@pytest.fixture(scope="session")
def golden():
    """Read a folder of reference results: its data frame(s) by name, and its results."""

    def read(folder, data="data.csv"):
        return (
            pd.read_csv(GOLDEN / folder / data),
            json.loads((GOLDEN / folder / "results.json").read_text()),
        )

    return read


@pytest.fixture(scope="session")
def rows_of():
    return from_frame


@pytest.fixture(scope="session")
def make_rows():
    return Rows


@pytest.fixture(scope="session")
def irregular():
    """Random data at irregular times: few rows, equal times, gaps, weights, any order."""

    def simulate(seed, *, n=14, q=2, weighted=False):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(1, 7, n)
        subject = rng.permutation(np.repeat(np.arange(n), sizes))
        time = rng.uniform(0, 10, len(subject))
        time[subject == 0] = 2.5  # one subject at one time only: its effects are not independent
        z = np.column_stack([np.ones_like(time), time, np.sin(time)])[:, :q]
        arm = (np.arange(n) % 2)[subject]
        x = np.column_stack([np.ones_like(time), time, arm, rng.normal(size=len(time))])
        effects = rng.normal(size=(n, q)) * [1.0, 0.4, 0.7][:q]
        y = x @ [3, 0.5, -1, 0.2] + (z * effects[subject]).sum(1) + rng.normal(size=len(time))
        weights = rng.uniform(0.3, 3, len(time)) if weighted else None
        return Rows(x, y, subject.astype(np.intp), z, ("Intercept", "time", "wave")[:q], weights)

    return simulate


@pytest.fixture(scope="session")
def small_trial():
    """Thirty subjects, three visits, random intercept and slope, dropout."""

    def simulate(seed, n=30):
        rng = np.random.default_rng(seed)
        weeks = np.array([0.0, 6.0, 12.0])
        sd = np.array([rng.uniform(0.3, 2.0), rng.choice([0.0, 0.02, 0.1, 0.2])])
        rho = rng.uniform(-1, 1)
        u = rng.standard_normal((n, 2)) @ np.array([[1, rho], [0, np.sqrt(1 - rho**2)]]) * sd
        arm = np.arange(n) % 2
        noise = rng.standard_normal((n, 3)) * rng.uniform(0.5, 2)
        y = 5 + u[:, :1] + (u[:, 1:] - 0.1 * arm[:, None]) * weeks + noise
        stay = np.ones((n, 3), dtype=bool)
        stay[:, 1] = rng.random(n) > 0.1
        stay[:, 2] = stay[:, 1] & (rng.random(n) > 0.15)
        i, j = np.nonzero(stay)
        a = arm[i]
        x = np.column_stack([np.ones(len(i)), a, j == 1, j == 2, a * (j == 1), a * (j == 2)])
        z = np.column_stack([np.ones(len(i)), weeks[j]])
        return Rows(x.astype(float), y[i, j], i.astype(np.intp), z, ("Intercept", "week"))

    return simulate


@pytest.fixture(scope="session")
def dense_loglik():
    """Log-likelihood by one multivariate normal for all rows."""

    def loglik(rows, g, sigma2, method):
        w = np.ones(len(rows.y)) if rows.weights is None else rows.weights
        same = rows.subject[:, None] == rows.subject
        v = np.where(same, rows.z @ g @ rows.z.T, 0.0) + np.diag(sigma2 / w)
        inverse = np.linalg.inv(v)
        gram = rows.x.T @ inverse @ rows.x
        beta = np.linalg.solve(gram, rows.x.T @ inverse @ rows.y)
        residual = rows.y - rows.x @ beta
        k = method == "reml"
        deviance = (
            (len(rows.y) - k * rows.x.shape[1]) * np.log(2 * np.pi)
            + np.linalg.slogdet(v)[1]
            + k * np.linalg.slogdet(gram)[1]
            + residual @ inverse @ residual
        )
        return -deviance / 2, beta, np.linalg.inv(gram)

    return loglik
