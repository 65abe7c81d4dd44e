"""A fitted model for repeated measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.layout import Layout
from retrostats.models.random_effects.natural_profile import profile_interval
from retrostats.models.random_effects.profile import ProfileInterval
from retrostats.models.results.mixed_fit import MixedFit
from retrostats.models.results.prediction import ResidualKind, check_kind, scaled_residuals
from retrostats.models.results.rendering import matrix_layout
from retrostats.progress import followed

if TYPE_CHECKING:
    import pandas as pd

#: What a reader calls the built-in structures.
STRUCTURES = {
    "us": "unstructured",
    "cs": "compound symmetric",
    "csh": "heterogeneous compound symmetric",
    "ar1": "first-order autoregressive",
    "arh1": "heterogeneous first-order autoregressive",
    "toep": "Toeplitz",
    "toeph": "heterogeneous Toeplitz",
    "ad": "ante-dependence",
    "adh": "heterogeneous ante-dependence",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MmrmFit(MixedFit):
    """A converged model for repeated measures; see `fit_mmrm`.

    Attributes
    ----------
    covariance
        Name of the covariance structure.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> pain = {"week 3": [5, 6, 4, 5, 6, 7], "week 6": [3, 5, 3, 5, 5, 7]}
    >>> rows = pd.DataFrame(pain).assign(id=range(6), arm=["retro"] * 3 + ["control"] * 3)
    >>> rows = rows.melt(["id", "arm"], var_name="visit", value_name="pain")
    >>> fit = rs.fit_mmrm("pain ~ arm * visit", rows, subject="id", visit="visit", unit="points")
    >>> print(fit.differences("arm", by="visit", reference="control")[1])
    retro - control, visit week 6: -2 points (95% CI -4.62 to 0.618), df 4
    >>> fit.visits, fit.sigma.round(3).tolist()
    (('week 3', 'week 6'), [[1.0, 1.0], [1.0, 1.333]])
    """

    covariance: str

    @property
    def _visit_covariance(self) -> str:
        return self.covariance

    @property
    def visits(self) -> tuple[object, ...]:
        """Scheduled visits, in the order of `sigma`."""
        return self.prepared.visits

    @property
    def sigma(self) -> Floats | dict[object, Floats]:
        """Covariance of the visits, shape ``(m, m)``, in unit squared; by group if grouped."""
        return self._by_group([read_only(s) for s in self._sigmas()])

    @property
    def correlation(self) -> Floats | dict[object, Floats]:
        """Correlation of the visits, shape ``(m, m)``; by group if grouped."""
        scaled = []
        for sigma in self._sigmas():
            sd = np.sqrt(np.diagonal(sigma))
            scaled.append(read_only(sigma / np.outer(sd, sd)))
        return self._by_group(scaled)

    def _sigmas(self) -> list[Floats]:
        theta = self.optimum.at.theta
        return [
            stratum.structure.matrix(theta[part])
            for stratum, part in zip(self.likelihood.strata, self.likelihood.slices, strict=True)
        ]

    def _by_group(self, matrices: list[Floats]) -> Floats | dict[object, Floats]:
        if len(matrices) == 1:
            return matrices[0]
        return dict(zip(self.prepared.groups, matrices, strict=True))

    @property
    def aic(self) -> float:
        """Akaike's criterion in the convention of SAS; see `information_criteria`."""
        return self.information_criteria()["sas"].aic

    @property
    def bic(self) -> float:
        """Schwarz's criterion in the convention of SAS; see `information_criteria`."""
        return self.information_criteria()["sas"].bic

    def residuals(self, kind: ResidualKind = "raw") -> pd.Series[float]:
        """Return the residuals of the rows analysed, with the index of the data.

        Parameters
        ----------
        kind
            ``"raw"``: outcome less mean. ``"pearson"``: over the standard deviation of the
            visit. ``"normalised"``: made independent with variance 1 by the Cholesky factor of
            the subject's covariance.

        Raises
        ------
        DataError
            If there is no such kind.
        FitError
            If the fit was made from parts.
        """
        import pandas as pd

        check_kind(kind)
        residual, source = self._raw_residuals("residuals()")
        if kind != "raw":
            residual = scaled_residuals(kind, residual, source, self._sigmas())
        return pd.Series(residual, index=source.frame.labels, name=f"{kind} residual")

    def profile_intervals(self, level: float | None = None) -> tuple[ProfileInterval, ...]:
        """Return the profile-likelihood interval of every covariance parameter.

        Parameters
        ----------
        level
            Coverage; that of the fit by default.

        Raises
        ------
        FitError
            If a profile cannot be followed to its limit.
        """
        coverage = self.level if level is None else level
        names = list(enumerate(self.theta_names))
        return tuple(
            profile_interval(self.likelihood, self.optimum, place, name=name, level=coverage)
            for place, name in followed(names, "Profiling the likelihood")
        )

    @property
    def model_lines(self) -> tuple[tuple[str, str], ...]:
        """What was fitted, as pairs of a name and words."""
        visits = ", ".join(map(str, self.visits))
        groups = self.prepared.groups
        by = f", by {', '.join(map(str, groups))}" if len(groups) > 1 else ""
        name = STRUCTURES.get(self.covariance, self.covariance)
        return (("Covariance", f"{name} covariance of visits {visits}{by}"),)

    @property
    def covariance_tables(self) -> tuple[Layout, ...]:
        """The covariance of the visits; one table for each group."""
        groups = self.prepared.groups if len(self.likelihood.strata) > 1 else ("",)
        unit = f", {self.unit} squared" if self.unit else ""
        return tuple(
            matrix_layout(
                f"Covariance of the visits{f' ({label})' if label != '' else ''}{unit}",
                self.visits,
                sigma,
            )
            for label, sigma in zip(groups, self._sigmas(), strict=True)
        )
