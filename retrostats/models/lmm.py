"""Linear mixed models with random effects of one grouping factor: the subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from retrostats.errors import DataError
from retrostats.models.inference.choosing import check_choices, choose_inference, require_texts
from retrostats.models.maximum.likelihood import Likelihood, Method
from retrostats.models.random_effects.boundary import maximise_effects
from retrostats.models.random_effects.boundary_inference import (
    boundary_caveat,
    boundary_information,
)
from retrostats.models.random_effects.effect_rows import effect_batches
from retrostats.models.random_effects.strata import (
    effect_stratum,
    prepared_effects,
    read_effects,
)
from retrostats.models.results.lmm_fit import LmmFit

if TYPE_CHECKING:
    from retrostats.models.covariance import RandomEffects

#: What the random effects of a subject have in common.
EffectsCovariance = Literal["us", "vc"]


def fit_lmm(  # noqa: PLR0913 - the choices of a written analysis plan, each by its name
    formula: str,
    data: Any,
    *,
    subject: str,
    random: str = "1",
    covariance: EffectsCovariance = "us",
    method: Method = "reml",
    df: str = "kenward-roger",
    information: Literal["observed", "expected"] = "observed",
    weights: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    unit: str = "",
    level: float = 0.95,
) -> LmmFit:
    """Fit a linear mixed model with random effects of the subject.

    Parameters
    ----------
    formula
        The mean, e.g. ``"pain ~ arm * week"``. Treatment coding, the first level being the
        reference.
    data
        A data frame with any number of rows per subject, at any times, or a cohort.
    subject
        Column that says who.
    random
        The random effects: ``"1"`` for an intercept, ``"1 + week"`` for intercept and slope.
    covariance
        Of the random effects: ``"us"`` for correlated ones (lme4's ``|``), ``"vc"`` for
        uncorrelated ones (lme4's ``||``).
    method
        ``"reml"`` or ``"ml"``.
    df
        As in `fit_mmrm`.
    information
        ``"observed"`` as lmerTest and SAS, ``"expected"`` as pbkrtest.
    weights
        Column of positive weights; a row of weight w has the residual variance over w.
        Without it every weight is 1.
    levels
        Levels by column, in order; the first is the reference. Without them those of a
        categorical column in its order, others sorted. A column of numbers whose levels
        are named is a category in the mean, as with ``C(column)``, under its plain name:
        ``visit[T.6]``. Other columns of numbers stay numbers.
    unit
        Of the outcome; it stands beside every estimate.
    level
        Coverage of every interval.

    Returns
    -------
    LmmFit
        Converged. A variance of 0 or a correlation of 1 is said in ``caveats``.

    Raises
    ------
    DataError
        With all faults of the data and arguments.
    FitError
        If the model cannot be fitted, with the reason and what to try.

    Notes
    -----
    One grouping factor. Crossed factors, such as subjects and therapists, are out of scope:
    R's lme4 fits them.

    References
    ----------
    .. [1] Laird NM, Ware JH (1982). Biometrics 38, 963-974. doi:10.2307/2529876
    .. [2] Bates D, Maechler M, Bolker B, Walker S (2015). J Stat Softw 67(1).
       doi:10.18637/jss.v067.i01

    Examples
    --------
    >>> import pandas as pd
    >>> pain = {"week 3": [5, 6, 4, 5, 6, 7], "week 6": [3, 5, 3, 5, 5, 7]}
    >>> rows = pd.DataFrame(pain).assign(id=range(6), arm=["retro"] * 3 + ["control"] * 3)
    >>> rows = rows.melt(["id", "arm"], var_name="visit", value_name="pain")
    >>> fit = fit_lmm("pain ~ arm + visit", rows, subject="id", unit="points")
    >>> for row in fit.differences("arm", reference="control").estimates:
    ...     print(row)
    retro - control: -1.5 points (95% CI -3.86 to 0.86), df 4
    """
    require_texts(formula=formula, subject=subject, random=random)
    check_choices(method, df, information, level)
    if covariance not in ("us", "vc"):
        raise DataError(
            f'covariance={covariance!r}: choose "us" for correlated or "vc" for uncorrelated '
            "random effects"
        )
    effects, design = read_effects(
        formula, data, subject, random=random, weights=weights, covariance=covariance, levels=levels
    )
    stratum, coordinates, patterns = effect_stratum(effects)
    likelihood = Likelihood([stratum], method, coordinates.log_det)
    optimum = maximise_effects(likelihood, effects.blocks, effects.names)
    own = cast("RandomEffects", stratum.structure)
    theta_cov = boundary_information(optimum, information, own.parameter_names)
    prepared = prepared_effects(effects, design, patterns, stratum.moments)
    caveat = boundary_caveat(optimum, information)
    return LmmFit(
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
        inference=choose_inference(
            df,
            likelihood,
            optimum,
            theta_cov,
            (prepared, coordinates),
            subjects=lambda: effect_batches(
                effects,
                stratum.moments.basis,
                optimum.at.beta,
                (own.g_matrix(optimum.at.theta), float(optimum.at.theta[-1])),
            ),
        ),
        theta_cov=theta_cov,
        caveats=(*prepared.caveats, *([caveat] if caveat else [])),
        random=random,
        covariance=covariance,
        effects=effects,
    )
