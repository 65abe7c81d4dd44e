"""Information criteria in the two conventions that programs use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retrostats.layout import ShownAsSentence, number


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Criteria(ShownAsSentence):
    """AIC, AICc and BIC of one fit under one convention.

    Attributes
    ----------
    convention
        ``"sas"`` or ``"lme4"``; see `information_criteria`.
    aic, aicc, bic
        Smaller is better. ``aicc`` is ``nan`` where its correction does not exist.
    parameters
        Number of parameters counted.
    counted
        Which these are, in words.
    """

    convention: str
    aic: float
    aicc: float
    bic: float
    parameters: int
    counted: str

    def __str__(self) -> str:
        program = {"sas": "SAS"}.get(self.convention, self.convention)
        aic, bic = number(self.aic, 1), number(self.bic, 1)
        return f"AIC {aic}, BIC {bic} ({program}: {self.counted})"

    def __repr__(self) -> str:
        return str(self)


def information_criteria(
    loglik: float,
    *,
    method: str,
    n_rows: int,
    n_subjects: int,
    n_mean: int,
    n_covariance: int,
) -> dict[str, Criteria]:
    """Return the criteria as SAS and mmrm, and as lme4, define them.

    Parameters
    ----------
    loglik
        At the optimum.
    method
        ``"reml"`` or ``"ml"``.
    n_rows, n_subjects
        Rows and subjects analysed.
    n_mean, n_covariance
        Coefficients of the mean, and covariance parameters.

    Returns
    -------
    dict
        Under ``"sas"`` the restricted likelihood counts covariance parameters only, the
        corrected AIC uses ``n_rows - n_mean`` rows, and BIC the logarithm of the number of
        subjects. Under ``"lme4"`` all parameters count and BIC uses the number of rows. (nlme
        counts alike, but takes ``n_rows - n_mean`` in BIC under the restricted likelihood.)

    Examples
    --------
    >>> round(information_criteria(-871.814135979, method="reml", n_rows=180, n_subjects=18,
    ...     n_mean=2, n_covariance=4)["lme4"].aic, 3)
    1755.628
    """
    restricted = method == "reml"
    sas = n_covariance if restricted else n_covariance + n_mean
    both = n_covariance + n_mean
    rows = n_rows - n_mean if restricted else n_rows
    counted = "covariance parameters only" if restricted else "all parameters"
    return {
        "sas": _criteria("sas", loglik, sas, (rows, n_subjects), counted),
        "lme4": _criteria("lme4", loglik, both, (n_rows, n_rows), "all parameters"),
    }


def _criteria(
    convention: str, loglik: float, count: int, sizes: tuple[int, int], counted: str
) -> Criteria:
    small, large = sizes
    left = small - count - 1
    return Criteria(
        convention=convention,
        aic=-2 * loglik + 2 * count,
        aicc=-2 * loglik + 2 * count * small / left if left > 0 else math.nan,
        bic=-2 * loglik + count * math.log(large),
        parameters=count,
        counted=counted,
    )
