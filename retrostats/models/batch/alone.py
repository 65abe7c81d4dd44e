"""One trial by itself: the way of `fit_mmrm`, for trials on which a batch would stumble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.batch.types import (
    EXACT_FIT,
    NO_INFORMATION,
    NO_VARIANCE,
    NOT_ADJUSTABLE,
    NOT_CONVERGED,
    NOT_ESTIMABLE,
    NOT_FINITE,
    NOT_IDENTIFIED,
    TOO_FEW,
    BatchFits,
    BatchModel,
    Flags,
    empty_fits,
)
from retrostats.models.inference.choosing import parameter_information
from retrostats.models.inference.methods import (
    Asymptotic,
    FixedEffects,
    Inference,
    KenwardRoger,
    Residual,
    Satterthwaite,
    parameter_covariance,
)
from retrostats.models.maximum.identified import require_identified
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimise import maximise
from retrostats.models.maximum.optimum import Optimum
from retrostats.models.maximum.residual_checks import require_residuals
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.maximum.structures import starting_values, unconstrained_of
from retrostats.models.mean.estimability import estimable
from retrostats.models.sums.basis import AnyMoments, Coordinates, settle
from retrostats.models.sums.gather import gather, preliminary_basis
from retrostats.models.sums.patterns import visit_patterns


class OneTrial(NamedTuple):
    """Outcomes ``(n, m)``, whether they were seen, and columns ``(n, q)`` of the subjects."""

    y: Floats
    seen: Flags
    columns: Floats


class Unanswered(Exception):  # noqa: N818 - a signal inside the batch, never seen by a user
    """The trial has no answer; carries the code of the reason."""

    def __init__(self, reason: int) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Dense:
    """Rows of a design that is held as a matrix, shape ``(N, p)``."""

    x: Floats

    def take(self, rows: NDArray[np.intp], basis: Floats) -> Floats:
        """Return ``X[rows] @ basis``."""
        return np.asarray(self.x[rows] @ basis)


def fit_alone(trial: OneTrial, model: BatchModel) -> BatchFits:
    """Fit one trial as `fit_mmrm` does, whatever it holds.

    Parameters
    ----------
    trial
        With a row for each subject; who counts twice stands in it twice.
    model
        What is fitted.

    Returns
    -------
    BatchFits
        Of one trial, failed with its reason where `fit_mmrm` would refuse it.
    """
    fits = empty_fits(1, model)
    fits.alone[0] = True
    try:
        _fill(fits, trial, model)
    except Unanswered as stop:
        fits.reason[0] = stop.reason
        for array in (fits.estimate, fits.se, fits.df, fits.beta, fits.sigma, fits.loglik):
            array[...] = np.nan
    else:
        fits.failed[0] = False
    return fits


def _fill(fits: BatchFits, trial: OneTrial, model: BatchModel) -> None:
    moments, coordinates = _moments(trial, model)
    likelihood = Likelihood((Stratum(moments, model.structure),), "reml", coordinates.log_det)
    optimum = _maximum(likelihood)
    rows = _rows(model, coordinates)
    inference = _inference(likelihood, optimum, model)
    own = rows @ coordinates.back
    fits.estimate[0] = own @ optimum.at.beta + rows @ coordinates.offset
    fits.se[0] = np.sqrt(((own @ inference.covariance) * own).sum(axis=1))
    fits.df[0] = inference.degrees_of_freedom_many(own)
    fits.beta[0] = _full(model, coordinates, optimum.at.beta)
    fits.sigma[0] = model.structure.matrix(optimum.at.theta)
    fits.loglik[0] = optimum.at.loglik


def _moments(trial: OneTrial, model: BatchModel) -> tuple[AnyMoments, Coordinates]:
    who, when = np.nonzero(trial.seen)
    p = model.n_coefficients
    y = trial.y[who, when]
    u = trial.columns[who]
    if not (np.isfinite(y).all() and np.isfinite(u).all()):
        raise Unanswered(NOT_FINITE)
    if len(y) <= p:
        raise Unanswered(TOO_FEW)
    if not trial.seen.any(axis=0).all():
        raise Unanswered(NO_VARIANCE)
    cells = np.zeros((len(y), model.visits, model.columns))
    cells[np.arange(len(y)), when] = u
    x = cells.reshape(len(y), -1)
    if model.restriction is not None:
        x = x @ model.restriction
    table = np.full(trial.seen.shape, -1, dtype=np.intp)
    table[who, when] = np.arange(len(y))
    raw = gather(
        visit_patterns(table), _Dense(x), y, basis=preliminary_basis(x, y), n_visits=model.visits
    )
    moments, coordinates = settle(raw)
    if moments.n_rows <= moments.n_columns - 1:
        raise Unanswered(TOO_FEW)
    try:
        require_residuals(moments, raw)
    except FitError:
        raise Unanswered(EXACT_FIT) from None
    return moments, coordinates


def _maximum(likelihood: Likelihood) -> Optimum:
    strata = likelihood.strata
    structure = strata[0].structure
    labels = tuple(range(structure.dimension))
    try:
        start = starting_values(strata, labels)
    except FitError:
        raise Unanswered(NO_VARIANCE) from None
    try:
        begun = require_identified(likelihood, start, tuple(structure.parameter_names))
    except FitError:
        raise Unanswered(NOT_IDENTIFIED) from None
    try:
        return maximise(likelihood, start, unconstrained=unconstrained_of(strata), begun=begun)
    except FitError:
        raise Unanswered(NOT_CONVERGED) from None


def _rows(model: BatchModel, coordinates: Coordinates) -> Floats:
    """Return the contrasts as weights on the kept coefficients, shape ``(c, r)``."""
    rows = model.contrasts
    if model.restriction is not None:
        rows = rows @ model.restriction
    determined = estimable(
        rows,
        kept=coordinates.kept,
        dropped=coordinates.dropped,
        combination=coordinates.combination,
    )
    if not determined.all():
        raise Unanswered(NOT_ESTIMABLE)
    rows = np.asarray(rows[:, coordinates.kept])
    if not np.abs(rows).max(axis=1, initial=0.0).all():
        raise Unanswered(NOT_ESTIMABLE)
    return rows


def _inference(likelihood: Likelihood, optimum: Optimum, model: BatchModel) -> Inference:
    at = optimum.at
    try:
        theta_cov = parameter_covariance(parameter_information(optimum, model.information))
    except FitError:
        raise Unanswered(NO_INFORMATION) from None
    if model.df == "residual":
        return Residual(at.phi, likelihood.n_rows)
    if model.df == "asymptotic":
        return Asymptotic(at.phi)
    q_sum = r_sum = np.zeros_like(at.phi)
    if model.df != "satterthwaite":
        q_sum, r_sum = likelihood.curvature_sums(at, theta_cov)
    fixed = FixedEffects(
        beta=at.beta,
        phi=at.phi,
        p_matrices=optimum.derivatives.p_matrices,
        theta_cov=theta_cov,
        q_sum=q_sum,
        r_sum=r_sum,
    )
    if model.df == "satterthwaite":
        return Satterthwaite(fixed)
    try:
        return KenwardRoger(fixed)
    except (FitError, DataError):
        raise Unanswered(NOT_ADJUSTABLE) from None


def _full(model: BatchModel, coordinates: Coordinates, gamma: Floats) -> Floats:
    """Return the coefficients of the full mean, nan where a dropped column takes part."""
    beta = np.full(model.n_coefficients, np.nan)
    beta[coordinates.kept] = coordinates.back @ gamma + coordinates.offset
    if model.restriction is None:
        return beta
    lost = np.isnan(beta)
    full = np.asarray(model.restriction @ np.where(lost, 0.0, beta))
    full[(model.restriction[:, lost] != 0).any(axis=1)] = np.nan
    return full
