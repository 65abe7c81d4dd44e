"""Whether the data can tell the covariance parameters apart, before anything is maximised."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import Begun

#: Share of the information on a combination of parameters that the coefficients must leave; what
#: is lost to rounding leaves 1e-15, and one subject in a million leaves 1e-6.
LEFT = 1e-9
#: A parameter is named when it takes more than this share of a lost combination.
NAMED = 0.05


def require_identified(
    likelihood: Likelihood, theta: Floats, names: tuple[str, ...]
) -> Begun | None:
    """Refuse covariance parameters on which the mean leaves no information.

    The expected information of the restricted likelihood is compared with that for a known mean.
    Where the coefficients absorb all that tells about a combination of parameters (a mean for
    every subject, say, beside a variance between subjects) its share is 0, and where the
    maximum lies would be decided by rounding.

    Parameters
    ----------
    likelihood
        Restricted or full.
    theta
        Natural parameters inside the domain, shape ``(k,)``.
    names
        Of the parameters.

    Returns
    -------
    Begun or None
        The likelihood and its derivatives at ``theta``, so that nobody need compute them again.

    Raises
    ------
    FitError
        Naming the parameters.
    """
    at = likelihood.evaluate(theta)
    if at is None:
        return None
    begun = Begun(at, likelihood.derivatives(at))
    full = likelihood.full_information(at)
    left = begun.slopes.expected
    if not likelihood.restricted:
        left = Likelihood(likelihood.strata, "reml").derivatives(at).expected
    diagonal = np.diagonal(full)
    if not (diagonal > 0).all():
        _refuse([name for name, own in zip(names, diagonal, strict=True) if not own > 0])
    scale = 1 / np.sqrt(diagonal)
    rescale = np.outer(scale, scale)
    try:
        root = np.linalg.inv(np.linalg.cholesky(full * rescale))
        shares, vectors = np.linalg.eigh(root @ (left * rescale) @ root.T)
        vectors = root.T @ vectors
    except np.linalg.LinAlgError:
        # The parameters cannot be told apart even with the mean known.
        values, vectors = np.linalg.eigh(full * rescale)
        shares = np.where(values < LEFT, 0.0, 1.0)
    lost = np.flatnonzero(shares < LEFT)
    if len(lost):
        weight = (vectors[:, lost] ** 2).max(axis=1)
        _refuse([n for n, w in zip(names, weight / weight.max(), strict=True) if w > NAMED])
    return begun


def _refuse(culprits: list[str]) -> None:
    raise FitError(
        f"the data cannot tell the covariance parameters apart: the mean leaves no information on "
        f"{', '.join(culprits)}. Use fewer terms that differ between subjects (a factor with a "
        "level for each subject leaves nothing between them), or a covariance with fewer "
        "parameters"
    )
