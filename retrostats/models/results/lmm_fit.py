"""A fitted linear mixed model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError
from retrostats.layout import Layout
from retrostats.models.random_effects.blups import Blups, blups
from retrostats.models.random_effects.boundary import EffectsOptimum
from retrostats.models.random_effects.effect_intervals import effects_intervals
from retrostats.models.random_effects.effect_rows import effect_residuals
from retrostats.models.random_effects.profile import ProfileInterval
from retrostats.models.random_effects.strata import (
    EffectRows,
)
from retrostats.models.results.mixed_fit import MixedFit
from retrostats.models.results.prediction import ResidualKind, check_kind
from retrostats.models.results.rendering import effects_layout

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LmmFit(MixedFit):
    """A converged linear mixed model; see `fit_lmm`.

    Attributes
    ----------
    random
        The random effects, as written.
    covariance
        ``"us"`` or ``"vc"``.
    effects
        The rows and the design of the random effects.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> pain = {"week 3": [5, 6, 4, 5, 6, 7], "week 6": [3, 5, 3, 5, 5, 7]}
    >>> rows = pd.DataFrame(pain).assign(id=range(6), arm=["retro"] * 3 + ["control"] * 3)
    >>> rows = rows.melt(["id", "arm"], var_name="visit", value_name="pain")
    >>> fit = rs.fit_lmm("pain ~ arm + visit", rows, subject="id", unit="points")
    >>> print(fit.coefficients["visit[T.week 6]"])
    visit[T.week 6]: -0.833 points (95% CI -1.62 to -0.0433), df 5
    >>> fit.effect_names, round(fit.sigma, 3), fit.singular
    (('Intercept',), 0.532, False)
    """

    random: str
    covariance: str
    effects: EffectRows

    @property
    def singular(self) -> bool:
        """Whether a variance is 0 or a correlation 1 at the estimate."""
        return self._optimum.singular

    @property
    def effect_names(self) -> tuple[str, ...]:
        """Names of the random effects, in the order of `random_covariance`."""
        return self.effects.names

    @property
    def random_covariance(self) -> Floats:
        """Covariance G of the random effects, shape ``(q, q)``."""
        structure = self.likelihood.strata[0].structure
        return read_only(structure.g_matrix(self.optimum.at.theta))  # type: ignore[attr-defined]

    @property
    def sigma(self) -> float:
        """Residual standard deviation, in the unit of the outcome."""
        return float(np.sqrt(self.optimum.at.theta[-1]))

    @property
    def correlation(self) -> Floats:
        """Correlation of the random effects, shape ``(q, q)``; ``nan`` beside a variance of 0."""
        sd = np.sqrt(np.diagonal(self.random_covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            return read_only(self.random_covariance / np.outer(sd, sd))

    @property
    def aic(self) -> float:
        """Akaike's criterion in the convention of lme4; see `information_criteria`."""
        return self.information_criteria()["lme4"].aic

    @property
    def bic(self) -> float:
        """Schwarz's criterion in the convention of lme4; see `information_criteria`."""
        return self.information_criteria()["lme4"].bic

    @property
    def _optimum(self) -> EffectsOptimum:
        assert isinstance(self.optimum, EffectsOptimum)  # noqa: S101 - fit_lmm made it
        return self.optimum

    def blups(self) -> Blups:
        """Return the predicted random effects of all subjects, as arrays."""
        at = self.optimum.at
        factors = self.effects.factors().rebased(self.likelihood.strata[0].moments.basis)
        return blups(factors, self.random_covariance, float(at.theta[-1]), beta=at.beta, phi=at.phi)

    def random_effects(self) -> pd.DataFrame:
        """Return the predicted random effects of every subject with their standard errors.

        Returns
        -------
        pandas.DataFrame
            One row per subject and effect: ``subject, effect, estimate, se, se_conditional``.
            ``se`` is that of the error of prediction, the uncertainty of the coefficients
            included (SAS); ``se_conditional`` takes the coefficients as known (lme4).
        """
        import pandas as pd

        found, q = self.blups(), len(self.effect_names)
        subjects = np.repeat(np.asarray(self.effects.frame.subjects, dtype=object), q)
        conditional = np.diagonal(found.conditional, axis1=1, axis2=2)
        return pd.DataFrame(
            {
                "subject": subjects,
                "effect": list(self.effect_names) * len(found.values),
                "estimate": found.values.reshape(-1),
                "se": found.standard_errors.reshape(-1),
                "se_conditional": np.sqrt(np.maximum(conditional, 0.0)).reshape(-1),
            }
        )

    def profile_intervals(self, level: float | None = None) -> tuple[ProfileInterval, ...]:
        """Return profile-likelihood intervals of standard deviations and correlations.

        Parameters
        ----------
        level
            Coverage; that of the fit by default.

        Notes
        -----
        They profile the likelihood that was maximised. lme4's ``confint`` refits by maximum
        likelihood first: for the same numbers, fit with ``method="ml"``.
        """
        coverage = self.level if level is None else level
        return effects_intervals(self.likelihood, self._optimum, self.effect_names, level=coverage)

    @property
    def _effects(self) -> tuple[str, ...]:
        return self.effect_names

    def residuals(
        self,
        kind: ResidualKind = "raw",
        *,
        about: Literal["subject", "population"] = "subject",
    ) -> pd.Series[float]:
        """Return the residuals of the rows analysed, with the index of the data.

        Parameters
        ----------
        kind
            ``"raw"``: outcome less mean. ``"pearson"``: over its standard deviation.
            ``"normalised"``: made independent with variance 1 by the Cholesky factor of the
            subject's covariance; about the population only.
        about
            ``"subject"``: the mean of the subject, predicted random effects included (lme4).
            ``"population"``: the mean of all such subjects.

        Raises
        ------
        DataError
            If there is no such kind, or normalised residuals are asked for about the subject.
        FitError
            If the rows of the fit were not kept.
        """
        import pandas as pd

        check_kind(kind)
        if about not in ("subject", "population"):
            raise DataError(f'residuals: about={about!r}; choose "subject" or "population"')
        if kind == "normalised" and about == "subject":
            raise DataError(
                "residuals: normalised residuals are those about the population, because the "
                'predicted effects of a subject are no parameters; write about="population"'
            )
        raw, source = self._raw_residuals("residuals()")
        rows = self.effects
        if about == "subject":
            raw = raw - np.einsum("nq,nq->n", rows.z, self.blups().values[rows.frame.subject])
        if kind != "raw":
            raw = effect_residuals(
                kind, raw, rows, (self.random_covariance, self.sigma**2), about=about
            )
        return pd.Series(raw, index=source.frame.labels, name=f"{kind} residual")

    @property
    def model_lines(self) -> tuple[tuple[str, str], ...]:
        """What was fitted, as pairs of a name and words."""
        how = {"us": "correlated", "vc": "uncorrelated"}[self.covariance]
        words = ", ".join(self.effect_names)
        several = f", {how}" if len(self.effect_names) > 1 else ""
        return (("Random effects", f"{words} of each subject{several}"),)

    @property
    def convention(self) -> str:  # not a Literal: completion by jedi fails on such a property
        """Whose AIC and BIC are shown; see `information_criteria`."""
        return "lme4"

    @property
    def covariance_tables(self) -> tuple[Layout, ...]:
        """Standard deviations and correlations of the random effects, and of the residuals."""
        sd = np.sqrt(np.diagonal(self.random_covariance))
        correlated = self.covariance == "us" and len(sd) > 1
        return (
            effects_layout(
                self.effect_names,
                sd,
                self.sigma,
                unit=self.unit,
                correlation=self.correlation if correlated else None,
            ),
        )
