"""Mixed models for repeated measures: a mean, and a covariance of the scheduled visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.models.basis import settle
from retrostats.models.choosing import check_choices, choose_inference, parameter_information
from retrostats.models.covariance import CovarianceStructure
from retrostats.models.inference import parameter_covariance
from retrostats.models.likelihood import Likelihood, Method
from retrostats.models.natural_profile import profile_interval
from retrostats.models.optimise import maximise
from retrostats.models.prediction import ResidualKind, check_kind, scaled_residuals
from retrostats.models.profile import ProfileInterval
from retrostats.models.rendering import matrix_lines
from retrostats.models.residual_checks import require_residuals
from retrostats.models.results import MixedFit
from retrostats.models.sources import Roles, prepare
from retrostats.models.structures import (
    covariance_names,
    starting_values,
    strata_of,
    unconstrained_of,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MmrmFit(MixedFit):
    """A converged model for repeated measures; see `fit_mmrm`.

    Attributes
    ----------
    covariance
        Name of the covariance structure.
    """

    covariance: str

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
        return tuple(
            profile_interval(
                self.likelihood, self.optimum, place, name=name, level=level or self.level
            )
            for place, name in enumerate(self.theta_names)
        )

    @property
    def model_lines(self) -> tuple[tuple[str, str], ...]:
        """What was fitted, as pairs of a name and words."""
        visits = ", ".join(map(str, self.visits))
        groups = self.prepared.groups
        by = f", by {', '.join(map(str, groups))}" if len(groups) > 1 else ""
        return (("Covariance", f"{self.covariance} of visits {visits}{by}"),)

    @property
    def covariance_lines(self) -> tuple[str, ...]:
        """The covariance of the visits as lines of text."""
        lines: list[str] = []
        groups = self.prepared.groups if len(self.likelihood.strata) > 1 else ("",)
        for label, sigma in zip(groups, self._sigmas(), strict=True):
            of = f" ({label})" if label != "" else ""
            lines += [f"Covariance of the visits{of}", *matrix_lines(self.visits, sigma)]
        return tuple(lines)


def fit_mmrm(  # noqa: PLR0913 - the choices of a written analysis plan, each by its name
    formula: str,
    data: Any,
    *,
    subject: str,
    visit: str,
    covariance: str | CovarianceStructure = "us",
    group: str | None = None,
    method: Method = "reml",
    df: str = "kenward-roger",
    information: str = "observed",
    weights: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    unit: str = "",
    level: float = 0.95,
) -> MmrmFit:
    """Fit a mixed model for repeated measures (MMRM).

    Parameters
    ----------
    formula
        The mean, e.g. ``"pain ~ baseline + arm * visit"``. Treatment coding, the first level
        being the reference.
    data
        A data frame with one row per subject and visit, or a cohort; or an iterable of data
        frames with whole subjects in each, or a dask data frame, of which only sums are kept.
    subject, visit
        Columns that say who and when.
    covariance
        Of the visits of a subject: ``us ar1 arh1 cs csh toep toeph ad adh``, or an object
        derived from `CovarianceStructure`.
    group
        Column of which every level has a covariance of its own.
    method
        ``"reml"`` or ``"ml"``.
    df
        ``"kenward-roger"``, ``"kenward-roger-linear"``, ``"satterthwaite"``,
        ``"between-within"``, ``"residual"``, ``"asymptotic"``, or the cluster-robust ``"CR0"``,
        ``"CR2"``, ``"CR3"``.
    information
        Of the covariance parameters: ``"observed"`` as SAS, mmrm and lmerTest, ``"expected"``
        as pbkrtest.
    weights
        Column of positive weights; a row of weight w has the variance of its visit over w.
    levels
        Levels of categorical columns, in order; needed for data in parts.
    unit
        Of the outcome; it stands beside every estimate.
    level
        Coverage of every interval.

    Returns
    -------
    MmrmFit
        Converged.

    Raises
    ------
    DataError
        With all faults of the data and arguments.
    FitError
        If the model cannot be fitted, with the reason and what to try.

    Notes
    -----
    The restricted log-likelihood has the constant of SAS, mmrm, lme4 and nlme.

    References
    ----------
    .. [1] Mallinckrodt CH et al. (2008). Drug Inf J 42, 303-319. doi:10.1177/009286150804200402
    .. [2] Kenward MG, Roger JH (1997). Biometrics 53, 983-997. doi:10.2307/2533558
    """
    check_choices(method, df, information, level)
    roles = Roles(subject=subject, visit=visit, weights=weights, group=group)
    prepared = prepare(formula, data, roles, levels)
    moments, coordinates = settle(prepared.moments)
    require_residuals(moments, prepared.moments)
    strata = strata_of(covariance, prepared, moments)
    likelihood = Likelihood(strata, method, coordinates.log_det)
    optimum = maximise(
        likelihood, starting_values(strata, prepared.visits), unconstrained=unconstrained_of(strata)
    )
    theta_cov = parameter_covariance(
        parameter_information(optimum, information), covariance_names(prepared.groups, strata)
    )
    return MmrmFit(
        formula=formula,
        method=method,
        df_method=df,
        information=information,
        unit=unit,
        level=level,
        prepared=prepared,
        coordinates=coordinates,
        likelihood=likelihood,
        optimum=optimum,
        inference=choose_inference(df, likelihood, optimum, theta_cov, (prepared, coordinates)),
        theta_cov=theta_cov,
        caveats=prepared.caveats,
        covariance=strata[0].structure.name,
    )
