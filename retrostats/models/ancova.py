"""Analysis of covariance: the outcome at one visit given baseline and arm, by least squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from retrostats.models.inference.choosing import check_choices, require_texts
from retrostats.models.inference.fixed_effects import parameter_covariance
from retrostats.models.inference.heteroscedastic import Heteroscedastic
from retrostats.models.inference.methods import Inference, Residual
from retrostats.models.linear.leverage import (
    Covariance,
    heteroscedastic_covariance,
    require_covariance,
)
from retrostats.models.linear.one_visit import closed_form, prepare_rows, require_full_rank
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import Optimum
from retrostats.models.maximum.residual_checks import require_residuals
from retrostats.models.maximum.structures import strata_of
from retrostats.models.results.ancova_fit import AncovaFit
from retrostats.models.results.prediction import raw_residuals
from retrostats.models.sums.basis import AnyMoments, settle
from retrostats.models.sums.prepared import Prepared, RowData


def fit_ancova(
    formula: str,
    data: Any,
    *,
    covariance: Covariance = "classical",
    subject: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    unit: str = "",
    level: float = 0.95,
) -> AncovaFit:
    """Fit a linear model with one row per subject, such as an analysis of covariance.

    Parameters
    ----------
    formula
        The mean, e.g. ``"final ~ baseline + arm"``, or ``"{final - baseline} ~ arm"`` for
        change scores; written as for `fit_mmrm`.
    data
        A data frame with one row per subject, or a cohort (or other object with a data frame
        in ``frame``) of one visit.
    covariance
        Of the coefficients: ``"classical"`` takes one variance for all; ``"HC2"`` and
        ``"HC3"`` hold whatever the variances are. All have t and F with residual df.
    subject
        Column that says who. Only needed to have repeated subjects refused; without it every
        row counts as another subject. A cohort says itself.
    levels
        Levels by column, in order; the first is the reference. A column of numbers whose levels
        are named is a category.
    unit
        Of the outcome; it stands beside every estimate.
    level
        Coverage of every interval.

    Returns
    -------
    AncovaFit
        Answers like other fits: coefficients, contrasts, marginal means, tests.

    Raises
    ------
    DataError
        With all faults of the data and arguments; two rows of one subject among them.
    FitError
        If the model fits every row, columns depend on one another, or under ``"HC2"`` and
        ``"HC3"`` a row has a leverage of 1.

    Notes
    -----
    It is the repeated-measures model of a single visit: its restricted likelihood is largest at
    ``RSS / (n - p)``, so that design, means, differences and tests are those of `fit_mmrm`.
    The joint F under HC2 and HC3 is Wald's over its number of rows.

    References
    ----------
    .. [1] Vickers AJ, Altman DG (2001). BMJ 323, 1123-1124. doi:10.1136/bmj.323.7321.1123
    .. [2] MacKinnon JG, White H (1985). J Econometrics 29, 305-325.
       doi:10.1016/0304-4076(85)90158-7

    Examples
    --------
    >>> import pandas as pd
    >>> walks = pd.DataFrame({
    ...     "arm": ["control"] * 4 + ["retro"] * 4,
    ...     "before": [6.0, 5.0, 7.0, 6.5, 5.5, 6.0, 7.5, 6.0],
    ...     "after": [5.5, 5.0, 6.5, 5.5, 4.0, 4.0, 5.5, 3.5],
    ... })
    >>> fit = fit_ancova("after ~ before + arm", walks, unit="points")
    >>> print(fit.differences("arm", reference="control")[0])
    retro - control: -1.47 points (95% CI -2.19 to -0.754), df 5
    """
    check_choices("reml", "residual", "observed", level)
    require_covariance(covariance)
    require_texts(formula=formula, unit=unit)
    if subject is not None:
        require_texts(subject=subject)
    prepared = prepare_rows(formula, data, subject=subject, levels=levels)
    moments, coordinates = settle(prepared.moments)
    require_full_rank(coordinates, prepared.design.names)
    require_residuals(moments, prepared.moments)
    likelihood = Likelihood(strata_of("us", prepared, moments), "reml", coordinates.log_det)
    optimum = closed_form(likelihood)
    return AncovaFit(
        formula=formula,
        method="ols",
        df_method="residual" if covariance == "classical" else covariance,
        information="observed",
        unit=unit,
        level=level,
        prepared=prepared,
        coordinates=coordinates,
        likelihood=likelihood,
        optimum=optimum,
        inference=_inference(covariance, prepared, moments, optimum),
        theta_cov=parameter_covariance(-optimum.derivatives.hessian),
        caveats=prepared.caveats,
        covariance=covariance,
    )


def _inference(
    covariance: Covariance, prepared: Prepared, moments: AnyMoments, optimum: Optimum
) -> Inference:
    at = optimum.at
    if covariance == "classical":
        return Residual(at.phi, prepared.n_rows)
    source = cast("RowData", prepared.source)  # a data frame keeps its rows
    sandwich = heteroscedastic_covariance(
        covariance,
        source.rows.take(slice(None), moments.basis[:-1, :-1]),
        raw_residuals(source, moments.basis, at.beta),
        at.phi / at.theta[0],
    )
    return Heteroscedastic(sandwich, prepared.n_rows, classical=at.phi, kind=covariance)
