"""Mixed models for repeated measures: a mean, and a covariance of the scheduled visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.covariance import CovarianceStructure
from retrostats.models.inference.choosing import (
    check_choices,
    choose_inference,
    parameter_information,
    require_texts,
)
from retrostats.models.inference.methods import parameter_covariance
from retrostats.models.maximum.identified import require_identified
from retrostats.models.maximum.likelihood import Likelihood, Method
from retrostats.models.maximum.optimise import maximise
from retrostats.models.maximum.residual_checks import require_new_outcomes, require_residuals
from retrostats.models.maximum.stratum import Stratum
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


#: Eigenvalue of the correlation of the visits below which a fit says so.
NEARLY = 1e-4


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


def nearly_singular(strata: tuple[Stratum, ...], theta: Floats) -> tuple[str, ...]:
    """Return a caveat when some combination of visits has hardly any variance."""
    edges = np.cumsum([stratum.n_parameters for stratum in strata])[:-1]
    for stratum, part in zip(strata, np.split(theta, edges), strict=True):
        sigma = stratum.structure.matrix(part)
        sd = np.sqrt(np.diagonal(sigma))
        smallest = float(np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0])
        if smallest < NEARLY:
            note = (
                "the covariance is nearly singular (smallest eigenvalue of the correlation "
                f"{smallest:.1e}): outcomes of different visits determine one another almost "
                "exactly; look whether that can be"
            )
            return (note,)
    return ()


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
        being the reference. A computed outcome stands in braces: ``{pain - baseline} ~ arm``.
        Expressions may hold arithmetic, comparisons, elementwise functions of numpy, and
        ``center, scale, standardize, poly, bs, cr, cc, cs``.
    data
        A data frame with one row per subject and visit, or a cohort; or a folder of files from
        `read_parts`, an iterable of data frames with whole subjects in each, or a dask data
        frame, of which only sums are kept.
    subject, visit
        Columns that say who and when.
    covariance
        Of the visits of a subject: ``us ar1 arh1 cs csh toep toeph ad adh``, or an object
        derived from `CovarianceStructure`.
    group
        Column of which every level has a covariance of its own; without it all share one.
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
        Without it every weight is 1.
    levels
        Levels by column, in order; the first is the reference. Without them those of a
        categorical column in its order, others sorted. A column of numbers whose levels
        are named is a category in the mean, as with ``C(column)``, under its plain name:
        ``visit[T.6]``. Other columns of numbers stay numbers. Needed for data in parts, unless
        their columns are categorical.
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

    Examples
    --------
    >>> import pandas as pd
    >>> pain = {"week 3": [5, 6, 4, 5, 6, 7], "week 6": [3, 5, 3, 5, 5, 7]}
    >>> rows = pd.DataFrame(pain).assign(id=range(6), arm=["retro"] * 3 + ["control"] * 3)
    >>> rows = rows.melt(["id", "arm"], var_name="visit", value_name="pain")
    >>> fit = fit_mmrm("pain ~ arm * visit", rows, subject="id", visit="visit", unit="points")
    >>> for row in fit.differences("arm", by="visit", reference="control").estimates:
    ...     print(row)
    retro - control, visit week 3: -1 points (95% CI -3.27 to 1.27), df 4
    retro - control, visit week 6: -2 points (95% CI -4.62 to 0.618), df 4
    """
    check_choices(method, df, information, level)
    require_texts(formula=formula, subject=subject, visit=visit)
    roles = Roles(subject=subject, visit=visit, weights=weights, group=group)
    prepared = prepare(formula, data, roles, levels)
    frame = prepared.source.frame if prepared.source else None
    if frame is not None and frame.visit is not None:
        require_new_outcomes(frame.outcome, frame.numeric, frame.visit, frame.visits)
    moments, coordinates = settle(prepared.moments)
    require_residuals(moments, prepared.moments)
    strata = strata_of(covariance, prepared, moments)
    likelihood = Likelihood(strata, method, coordinates.log_det)
    names, start = (
        covariance_names(prepared.groups, strata),
        starting_values(strata, prepared.visits),
    )
    begun = require_identified(likelihood, start, names)
    optimum = maximise(likelihood, start, unconstrained=unconstrained_of(strata), begun=begun)
    theta_cov = parameter_covariance(parameter_information(optimum, information), names)
    remarks = (*straight_line(prepared, visit), *nearly_singular(strata, optimum.at.theta))
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
        caveats=(*prepared.caveats, *remarks),
        covariance=strata[0].structure.name,
    )
