"""A mixed model written out with dense N x N matrices and loops, to compare the package with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from retrostats.models.inference.fixed_effects import FixedEffects


def unstructured(sigma):
    """Sigma, first and second derivatives by its entries, row by row of the lower triangle."""
    m = len(sigma)
    first = []
    for a in range(m):
        for b in range(a + 1):
            unit = np.zeros((m, m))
            unit[a, b] = unit[b, a] = 1
            first.append(unit)
    return sigma, first, np.zeros((len(first), len(first), m, m))


def autoregressive(variance, rho, m):
    lag = np.abs(np.subtract.outer(np.arange(m), np.arange(m))).astype(float)
    slope = lag * rho ** np.maximum(lag - 1, 0)
    curve = lag * (lag - 1) * rho ** np.maximum(lag - 2, 0)
    second = np.zeros((2, 2, m, m))
    second[0, 1] = second[1, 0] = slope
    second[1, 1] = variance * curve
    return variance * rho**lag, [rho**lag, variance * slope], second


def compound(cov, residual, m):
    first = [np.ones((m, m)), np.eye(m)]
    return cov * first[0] + residual * first[1], first, np.zeros((2, 2, m, m))


@dataclass
class Dense:
    """One row of `x` and `y` for each observation; `visit` picks rows of Sigma."""

    x: np.ndarray
    y: np.ndarray
    subject: np.ndarray
    visit: np.ndarray
    structure: tuple

    def spread(self, matrix):
        """Lay one m x m matrix out over all observations."""
        same = self.subject[:, None] == self.subject
        return np.where(same, matrix[np.ix_(self.visit, self.visit)], 0.0)

    def __post_init__(self):
        sigma, first, second = self.structure
        self.k = k = len(first)
        self.v = self.spread(sigma)
        self.w = np.linalg.inv(self.v)
        self.d = [self.spread(matrix) for matrix in first]
        self.dd = [[self.spread(second[h][j]) for j in range(k)] for h in range(k)]
        x, w = self.x, self.w
        self.phi = np.linalg.inv(x.T @ w @ x)
        self.beta = self.phi @ x.T @ w @ self.y
        self.p = [-x.T @ w @ d @ w @ x for d in self.d]
        self.q = [[x.T @ w @ a @ w @ b @ w @ x for b in self.d] for a in self.d]
        self.r = [[x.T @ w @ dd @ w @ x for dd in row] for row in self.dd]

    def information(self, kind):
        """Minus the second derivatives of the restricted likelihood, or their mean."""
        x, w, y, k = self.x, self.w, self.y, self.k
        project = w - w @ x @ self.phi @ x.T @ w
        out = np.zeros((k, k))
        for h in range(k):
            for j in range(k):
                a, b, both = self.d[h], self.d[j], self.dd[h][j]
                trace = np.trace(project @ a @ project @ b) / 2
                if kind == "expected":
                    out[h, j] = trace
                    continue
                e = project @ y
                quadratic = e @ a @ project @ b @ e - e @ both @ e / 2
                out[h, j] = quadratic - trace + np.trace(project @ both) / 2
        return out

    def fixed(self, theta_cov):
        """Fill the arrays that the package works on, by loops."""
        q_sum, r_sum = np.zeros_like(self.phi), np.zeros_like(self.phi)
        for h in range(self.k):
            for j in range(self.k):
                q_sum += theta_cov[h, j] * self.q[h][j]
                r_sum += theta_cov[h, j] * self.r[h][j]
        return FixedEffects(
            beta=self.beta,
            phi=self.phi,
            p_matrices=np.array(self.p),
            theta_cov=theta_cov,
            q_sum=q_sum,
            r_sum=r_sum,
        )

    def batches(self):
        """Subjects by the visits at which they were seen."""
        from retrostats.models.inference.sandwich import Subjects

        groups = {}
        for subject in np.unique(self.subject):
            rows = np.flatnonzero(self.subject == subject)
            groups.setdefault(tuple(self.visit[rows]), []).append(rows)
        residual = self.y - self.x @ self.beta
        for visits, members in groups.items():
            rows = np.array(members)
            sigma = self.structure[0][np.ix_(visits, visits)]
            yield Subjects(self.x[rows], residual[rows], sigma)


def random_model(seed, structure, *, subjects=10, p=4, keep=0.8):
    """A random design with gaps; the outcome has some variance left in it."""
    rng = np.random.default_rng(seed)
    m = len(structure[0])
    subject, visit = np.repeat(np.arange(subjects), m), np.tile(np.arange(m), subjects)
    seen = rng.random(len(subject)) < keep
    seen[:m] = True
    subject, visit = subject[seen], visit[seen]
    x = np.column_stack([np.ones(len(subject)), rng.normal(size=(len(subject), p - 1))])
    root = np.linalg.cholesky(structure[0])
    noise = rng.normal(size=(subjects, m)) @ root.T
    return Dense(x, x.sum(axis=1) + noise[subject, visit], subject, visit, structure)


US = unstructured(np.array([[2.0, 0.9, 0.4], [0.9, 3.0, 1.5], [0.4, 1.5, 5.0]]))
AR1 = autoregressive(2.5, 0.6, 4)


@pytest.fixture(params=["us", "ar1"])
def dense(request):
    """An unstructured model of 3 visits, and an autoregressive one of 4."""
    return random_model(11, US) if request.param == "us" else random_model(12, AR1, p=5)


@pytest.fixture
def fixed(dense):
    return dense.fixed(np.linalg.inv(dense.information("expected")))


@pytest.fixture
def dense_model():
    """Build a dense model: from data, or a random one."""

    class Build:
        of = Dense
        random = staticmethod(random_model)
        us, ar1, cs = (
            staticmethod(unstructured),
            staticmethod(autoregressive),
            staticmethod(compound),
        )

    return Build
