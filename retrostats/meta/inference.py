"""Standard errors and reference distributions of pooled coefficients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.weighted import weighted_fit

TestName = Literal["z", "t", "hksj", "hksj_adhoc"]
TESTS: tuple[TestName, ...] = ("z", "t", "hksj", "hksj_adhoc")

#: As a paper calls them.
TEST_WORDS: dict[str, str] = {
    "z": "normal quantiles",
    "t": "t quantiles",
    "hksj": "Hartung-Knapp-Sidik-Jonkman test",
    "hksj_adhoc": "Hartung-Knapp-Sidik-Jonkman test with the ad hoc floor",
}

#: Residuals below this share of the estimates, or of the smallest standard error, are rounding:
#: doubles carry 16 digits, a subtraction of close numbers costs some, and no trial prints 12.
ROUNDING = 1e-12


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
    r"""Pool with a given variance between trials.

    With ``W = 1/(v + tau2)`` the coefficients are those of weighted least squares. Their
    covariance is ``(X'WX)^-1``; Hartung, Knapp, Sidik and Jonkman multiply it by
    ``y'Py / (k - p)``, the ad hoc floor by no less than 1.

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

    Raises
    ------
    ValueError
        If the test is unknown.
    FitError
        If no residuals are left to build the standard error of ``"hksj"`` on.

    References
    ----------
    .. [1] Hartung J, Knapp G (2001). Stat Med 20, 3875-3889. doi:10.1002/sim.1009
    .. [2] Sidik K, Jonkman JN (2002). Stat Med 21, 3153-3159. doi:10.1002/sim.1262
    .. [3] Knapp G, Hartung J (2003). Stat Med 22, 2693-2710. doi:10.1002/sim.1482

    Examples
    --------
    >>> y, v = np.array([-0.52, -0.11]), np.array([0.041, 0.062])
    >>> fit = coefficients(y, v, 0.03255, test="hksj")
    >>> round(float(standard_errors(fit)[0]), 4), fit.df
    (0.2034, 1.0)
    """
    require_test(test)
    fit = weighted_fit(y, v + tau2, x)
    spare = len(y) - len(fit.beta)
    factor = fit.rss / spare if test.startswith("hksj") else 1.0
    if test == "hksj":
        _require_residuals(y - (fit.beta[0] if x is None else x @ fit.beta), y, v)
    if test == "hksj_adhoc":
        factor = max(1.0, factor)
    return Coefficients(
        beta=fit.beta,
        cov=factor * fit.cov,
        df=math.inf if test == "z" else float(spare),
        tau2=float(tau2),
    )


def require_test(test: str) -> None:
    """Refuse an unknown name of a test.

    Parameters
    ----------
    test
        As in `coefficients`.

    Raises
    ------
    ValueError
        If it is none of `TESTS`.
    """
    if test not in TESTS:
        raise ValueError(f"test must be one of {', '.join(TESTS)}; got {test!r}")


def _require_residuals(residuals: Floats, y: Floats, v: Floats) -> None:
    scale = max(float(np.abs(y).max()), math.sqrt(float(v.min())))
    if float(np.abs(residuals).max()) <= ROUNDING * scale:
        raise FitError(
            f"the {len(y)} estimates agree to the last digit, so that the standard error of "
            "test='hksj', which is built on their residuals, would be 0; use test='hksj_adhoc', "
            "'t' or 'z', and check whether they are one result entered several times"
        )


def standard_errors(fit: Coefficients) -> Floats:
    """Return the standard errors of coefficients, shape ``(p,)``.

    Parameters
    ----------
    fit
        As `coefficients` returns it.
    """
    return np.asarray(np.sqrt(np.diag(fit.cov)))
