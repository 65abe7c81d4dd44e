"""Where the climb begins: the moments of the ordinary residuals, made positive definite."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.batch.coordinates import solved
from retrostats.models.batch.moments import BatchMoments
from retrostats.models.batch.types import BatchModel, Flags
from retrostats.models.maximum.structures import FLOOR

#: Mean squares of the residuals at two visits may differ by this factor; others are fitted alone.
FLAT = 1e-20


def starting_points(moments: BatchMoments, model: BatchModel) -> tuple[Floats, Flags]:
    """Return natural parameters ``(R, k)``, and which trials are usual enough to be batched.

    They are those from which `fit_mmrm` starts.
    """
    trials, _, m, q = moments.y.shape
    present = moments.present
    by_visit = present.swapaxes(1, 2)
    gram = (by_visit @ moments.u).reshape(trials, m, q, q)
    right = moments.y.sum(axis=1)
    beta, determined = solved(gram, right, moments.narrow)
    squares = moments.scatter(beta).sum(axis=1)
    pairs = (by_visit * moments.counts[:, None, :-1]) @ present
    moment = squares / np.maximum(pairs, 1.0)
    variances = np.diagonal(moment, axis1=1, axis2=2)
    # The residuals are of size 1 in all subjects: those who count may have none.
    varied = variances.min(axis=1) > FLAT * np.maximum(variances.max(axis=1), 1.0)
    coupled = (pairs > 0).all(axis=(1, 2))
    p = model.n_coefficients
    usual = determined & varied & coupled & (moments.rows > p)
    scale = np.sqrt(np.where(variances > 0, variances, 1.0))
    both = scale[:, :, None] * scale[:, None, :]
    correlation = np.where(usual[:, None, None], moment / both, np.eye(m))
    values, vectors = np.linalg.eigh(correlation)
    values = np.maximum(values, FLOOR * values.max(axis=1, keepdims=True))
    moment = (vectors * values[:, None, :]) @ vectors.swapaxes(1, 2) * both
    return _parameters(moment, model), usual


def _parameters(moment: Floats, model: BatchModel) -> Floats:
    if model.structure.name == "us":
        # The structure itself would return these entries: nothing is left to shrink.
        rows, columns = np.tril_indices(model.visits)
        return np.asarray(moment[:, rows, columns])
    return np.array([model.structure.start(one) for one in moment]).reshape(len(moment), -1)
