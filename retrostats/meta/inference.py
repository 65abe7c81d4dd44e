"""Standard errors and reference distributions of pooled coefficients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.weighted import weighted_fit

TestName = Literal["z", "t", "hksj", "hksj_adhoc"]
TESTS: tuple[TestName, ...] = ("z", "t", "hksj", "hksj_adhoc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """Pooled coefficients under one test.

    Attributes
    ----------
    beta, cov
        Shapes ``(p,)`` and ``(p, p)``; ``cov`` holds the factor of Hartung and Knapp where used.
    df
        Of the reference distribution: ``inf`` for the normal, else ``k - p``.
    tau2
        Variance between trials.
    """

    beta: Floats
    cov: Floats
    df: float
    tau2: float


def coefficients(
    y: Floats, v: Floats, tau2: float, *, test: TestName, x: Floats | None = None
) -> Coefficients:
    """Pool with a given variance between trials.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    tau2
        Variance between trials.
    test
        ``"z"``, ``"t"``, ``"hksj"`` or ``"hksj_adhoc"``.
    x
        Columns, shape ``(k, p)``; by default ones.
    """
    if test not in TESTS:
        raise ValueError(f"test must be one of {', '.join(TESTS)}; got {test!r}")
    fit = weighted_fit(y, v + tau2, x)
    spare = len(y) - len(fit.beta)
    factor = fit.rss / spare if test.startswith("hksj") else 1.0
    if test == "hksj_adhoc":
        factor = max(1.0, factor)
    return Coefficients(
        beta=fit.beta,
        cov=factor * fit.cov,
        df=math.inf if test == "z" else float(spare),
        tau2=float(tau2),
    )


def standard_errors(fit: Coefficients) -> Floats:
    """Return the standard errors of coefficients, shape ``(p,)``."""
    return np.asarray(np.sqrt(np.diag(fit.cov)))
