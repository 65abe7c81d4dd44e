"""A fitted linear model of one row per subject, such as an analysis of covariance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.layout import decimals, number
from retrostats.models.linear.leverage import ONE, Covariance, leverages
from retrostats.models.results.mixed_fit import MixedFit

if TYPE_CHECKING:
    import pandas as pd

#: Outcome less mean; over the residual SD; or over the standard deviation of that residual.
LinearResidual: TypeAlias = Literal["raw", "pearson", "studentised"]

LINEAR_RESIDUALS: tuple[LinearResidual, ...] = get_args(LinearResidual)

#: What the covariances of `fit_ancova` are called in a summary.
COVARIANCE_WORDS: dict[Covariance, str] = {
    "classical": "classical (equal variances)",
    "HC2": "HC2 (robust to unequal variances)",
    "HC3": "HC3 (robust to unequal variances)",
}
#: The mean of the outcome is free when a constant keeps all but this share of its length.
_CONSTANT = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AncovaFit(MixedFit):
    """A linear model fitted by ordinary least squares; see `fit_ancova`.

    Attributes
    ----------
    covariance
        Where standard errors come from: ``"classical"``, ``"HC2"`` or ``"HC3"``.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({"arm": ["control"] * 4 + ["retro"] * 4})
    >>> walks["before"] = [6.0, 5.0, 7.0, 6.5, 5.5, 6.0, 7.5, 6.0]
    >>> walks["after"] = [5.5, 5.0, 6.5, 5.5, 4.0, 4.0, 5.5, 3.5]
    >>> fit = rs.fit_ancova("after ~ before + arm", walks, unit="points")
    >>> print(fit.coefficients["arm[T.retro]"])
    arm[T.retro]: -1.47 points (95% CI -2.19 to -0.754), df 5
    >>> fit.residual_df, round(fit.sigma, 3), round(fit.r_squared, 3)
    (5, 0.394, 0.893)
    """

    covariance: Covariance

    @property
    def residual_df(self) -> int:
        """Rows less coefficients: the degrees of freedom of every test."""
        return self.n_rows - len(self.coordinates.kept)

    @property
    def sigma(self) -> float:
        """Residual standard deviation, ``sqrt(RSS / (n - p))``, in unit."""
        return math.sqrt(float(self.optimum.at.theta[0]))

    @property
    def theta_names(self) -> tuple[str, ...]:
        """The one covariance parameter."""
        return ("residual variance",)

    @property
    def r_squared(self) -> float:
        """Share of the variation of the outcome that the model explains.

        Variation is about the mean of the outcome, or about 0 where no combination of columns
        is constant.
        """
        outcome = self._source("r_squared").frame.outcome
        about = outcome - outcome.mean() if self._has_constant() else outcome
        return 1 - self._residual_squares / float(about @ about)

    @property
    def loglik(self) -> float:
        """Log-likelihood with the variance at its maximum ``RSS / n``, as R's ``logLik(lm)``."""
        return -self.n_rows / 2 * (math.log(2 * math.pi * self._residual_squares / self.n_rows) + 1)

    @property
    def aic(self) -> float:
        """Akaike's criterion, the variance counted as a parameter, as in R."""
        return self.information_criteria()["lme4"].aic

    @property
    def bic(self) -> float:
        """Schwarz's criterion, the variance counted as a parameter, as in R."""
        return self.information_criteria()["lme4"].bic

    def leverage(self) -> pd.Series[float]:
        """Return the leverage of each row analysed, 0 to 1, with the index of the data."""
        import pandas as pd

        labels = self._source("leverage()").frame.labels
        return pd.Series(self._leverages(), index=labels, name="leverage")

    def residuals(self, kind: LinearResidual = "raw") -> pd.Series[float]:
        """Return the residuals of the rows analysed, with the index of the data.

        Parameters
        ----------
        kind
            ``"raw"``: outcome less mean. ``"pearson"``: over the residual SD.
            ``"studentised"``: over ``sigma * sqrt(1 - leverage)`` (internally), ``nan`` where
            the leverage is 1.

        Raises
        ------
        DataError
            If there is no such kind.
        """
        import pandas as pd

        if kind not in LINEAR_RESIDUALS:
            known = ", ".join(LINEAR_RESIDUALS)
            raise DataError(f"residuals: kind={kind!r} is not known; choose {known}")
        residual, source = self._raw_residuals("residuals()")
        if kind != "raw":
            residual = residual / self.sigma
        if kind == "studentised":
            left = 1 - self._leverages()
            residual = residual / np.sqrt(np.where(left < ONE, np.nan, left))
        return pd.Series(residual, index=source.frame.labels, name=f"{kind} residual")

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain JSON values."""
        return {
            "formula": self.formula,
            "covariance": self.covariance,
            "rows": self.n_rows,
            "left_out": self.ledger.counts(),
            "sigma": self.sigma,
            "residual_df": self.residual_df,
            "r_squared": self.r_squared,
            "loglik": self.loglik,
            "aic": self.aic,
            "bic": self.bic,
            "coefficients": [estimate.to_dict() for estimate in self.coefficients],
            "caveats": list(self.caveats),
            "digest": self.digest,
        }

    @property
    def summary_lines(self) -> tuple[tuple[str, str], ...]:
        """What stands above the table of a summary, as pairs of a name and words."""
        unit = f" {self.unit}" if self.unit else ""
        sigma = number(self.sigma, decimals(self.sigma))
        return (
            ("Mean", self.formula),
            ("Data", str(self.ledger)),
            ("Fitted by", "ordinary least squares, one row per subject"),
            ("Standard errors", COVARIANCE_WORDS[self.covariance]),
            ("Residual SD", f"{sigma}{unit} on {self.residual_df} df"),
            ("R squared", number(self.r_squared, 3)),
            ("Log-likelihood", f"{self.loglik:.4f}"),
            ("Criteria", f"AIC {number(self.aic, 1)}, BIC {number(self.bic, 1)} (as in R)"),
        )

    @property
    def _residual_squares(self) -> float:
        return float(self.optimum.at.theta[0]) * self.residual_df

    def _basis_rows(self) -> Floats:
        basis = self.likelihood.strata[0].moments.basis
        return self._source("leverage").rows.take(slice(None), basis[:-1, :-1])

    def _leverages(self) -> Floats:
        return leverages(self._basis_rows(), self.optimum.at.phi / self.optimum.at.theta[0])

    def _has_constant(self) -> bool:
        sums = self._basis_rows().sum(axis=0)
        inverse = self.optimum.at.phi / self.optimum.at.theta[0]
        return bool(abs(sums @ inverse @ sums / self.n_rows - 1) < _CONSTANT)
