"""The statistics of a meta-regression for many designs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.inference import TestName
from retrostats.meta.regression.orders import Orders
from retrostats.meta.tau.estimators import ESTIMATORS, TauSquared
from retrostats.meta.tau.likelihood import maximise

#: Designs that are fitted together: their arrays stay in the cache of a processor.
TOGETHER = 2048


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistics:
    """What is compared between designs.

    Attributes
    ----------
    each
        Coefficients over their standard errors, shape ``(n, p)``.
    joint
        Wald statistic of all tested coefficients, shape ``(n,)``.
    """

    each: Floats
    joint: Floats


def many_statistics(
    y: Floats,
    v: Floats,
    rows: Floats,
    orders: Orders,
    *,
    name: str,
    estimator: TauSquared,
    test: TestName,
    tested: tuple[int, ...],
) -> Statistics:
    """Fit many designs, made of the same rows in many orders, to the same estimates.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape ``(k,)``.
    rows
        Rows of a design, shape ``(m, p)``.
    orders
        Which of them each trial has, shape ``(n, k)``.
    name, estimator, test
        As `find_estimator` returns them, and the test; the factor of Hartung and Knapp is part of
        the statistic.
    tested
        Columns of the joint test.

    Raises
    ------
    FitError
        If a design has no variance between trials.
    """
    parts = []
    for start in range(0, len(orders), TOGETHER):
        some = rows[orders[start : start + TOGETHER]]
        tau2 = many_tau2(y, v, some, name=name, estimator=estimator)
        parts.append(_statistics(y, v + tau2[:, None], some, test, tested))
    return Statistics(
        each=np.concatenate([part.each for part in parts]),
        joint=np.concatenate([part.joint for part in parts]),
    )


def many_tau2(y: Floats, v: Floats, x: Floats, *, name: str, estimator: TauSquared) -> Floats:
    """Return the variance between trials that each design leaves, shape ``(n,)``.

    Likelihoods are climbed together; other estimators have no search, or a short one, and are
    asked one by one. Designs ``x`` have shape ``(n, k, p)``.
    """
    if estimator is ESTIMATORS["common"]:
        return np.zeros(len(x))
    # By the function and not by its name: a function of the user may be called "reml" too.
    if estimator in (ESTIMATORS["reml"], ESTIMATORS["ml"]):
        many = np.broadcast_to(y, x.shape[:2])
        tau2 = maximise(many, v, x, restricted=estimator is ESTIMATORS["reml"])
    else:
        tau2 = np.array([estimator(y, v, each) for each in x], dtype=np.float64)
    if not (np.isfinite(tau2) & (tau2 >= 0)).all():
        raise FitError(
            f"permutation_test: {name!r} gives no variance between trials for some orders of the "
            "moderators; choose another estimator of tau2"
        )
    return tau2


def _statistics(
    y: Floats, total: Floats, x: Floats, test: TestName, tested: tuple[int, ...]
) -> Statistics:
    """Return the statistics for total variances of shape ``(n, k)``."""
    root = 1 / np.sqrt(total)
    q, r = np.linalg.qr(x * root[:, :, None])
    scaled = y * root
    inner = np.einsum("nkp,nk->np", q, scaled)
    rest = scaled - np.einsum("nkp,np->nk", q, inner)
    factor = _factor(np.einsum("nk,nk->n", rest, rest) / (x.shape[1] - x.shape[2]), test)
    inverse = np.linalg.inv(r)
    beta = np.einsum("npq,nq->np", inverse, inner)
    cov = inverse @ inverse.transpose(0, 2, 1)
    own = list(tested)
    part = beta[:, own]
    wald = np.einsum(
        "np,np->n", part, np.linalg.solve(cov[:, own][:, :, own], part[:, :, None])[:, :, 0]
    )
    # Where nothing is left the statistic has no bound; where nothing is found it is 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        each = beta / np.sqrt(factor[:, None] * np.einsum("npp->np", cov))
        return Statistics(
            each=np.nan_to_num(each, nan=0.0, posinf=np.inf, neginf=-np.inf),
            joint=np.nan_to_num(wald / factor, nan=0.0, posinf=np.inf),
        )


def _factor(factor: Floats, test: TestName) -> Floats:
    """Return what multiplies the covariance under each test, shape ``(n,)``."""
    if test == "hksj":
        return factor
    return np.maximum(1.0, factor) if test == "hksj_adhoc" else np.ones_like(factor)
