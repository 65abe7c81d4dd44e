"""Mixed models for repeated measures: a mean, and a covariance of the scheduled visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from retrostats.models.covariance import CovarianceStructure
from retrostats.models.inference.choosing import (
    check_choices,
    choose_inference,
    parameter_information,
)
from retrostats.models.inference.methods import parameter_covariance
from retrostats.models.maximum.likelihood import Likelihood, Method
from retrostats.models.maximum.optimise import maximise
from retrostats.models.maximum.residual_checks import require_new_outcomes, require_residuals
from retrostats.models.maximum.structures import (
    covariance_names,
    starting_values,
    strata_of,
    unconstrained_of,
)
from retrostats.models.results.mmrm_fit import MmrmFit
from retrostats.models.sums.basis import settle
from retrostats.models.sums.prepared import Prepared
from retrostats.models.sums.sources import Roles, prepare

if TYPE_CHECKING:
    pass


def straight_line(prepared: Prepared, visit: str) -> tuple[str, ...]:
    """Return a caveat when the visits are a number in the mean, and more than two."""
    variable = prepared.variables.get(visit)
    if variable is None or variable.kind != "numeric" or len(prepared.visits) < 3:
        return ()
    note = (
        f"{visit} is a number in the mean, so its effect is a straight line; write C({visit}) "
        "for a mean at each visit"
    )
    return (note,)


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
    frame = prepared.source.frame if prepared.source else None
    if frame is not None and frame.visit is not None:
        require_new_outcomes(frame.outcome, frame.numeric, frame.visit, frame.visits)
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
    straight = straight_line(prepared, visit)
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
        caveats=(*prepared.caveats, *straight),
        covariance=strata[0].structure.name,
    )
