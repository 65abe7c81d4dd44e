"""Leverages of the rows of a linear model, and sandwiches that weigh squared residuals by them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.inference.choosing import near, require_texts
from retrostats.models.inference.robust import Kind
from retrostats.models.inference.sandwich import Subjects, robust_covariance

#: Where standard errors come from.
Covariance: TypeAlias = Literal["classical", "HC2", "HC3"]
#: The same, of those that hold under unequal variances.
Robust: TypeAlias = Literal["HC2", "HC3"]

COVARIANCES: tuple[Covariance, ...] = get_args(Covariance)

#: A cluster of one row is a row.
_CLUSTERED: dict[Robust, Kind] = {"HC2": "CR2", "HC3": "CR3"}
#: A leverage this close to 1 is 1; rounding leaves about 1e-15.
ONE = 1e-9


def require_covariance(covariance: str) -> None:
    """Refuse a word that stands for no standard errors.

    Raises
    ------
    DataError
        Listing what may be said.
    """
    require_texts(covariance=covariance)
    if covariance not in COVARIANCES:
        meant = near(covariance, COVARIANCES)
        raise DataError(
            f"model: covariance={covariance!r}: {meant}choose one of {', '.join(COVARIANCES)}"
        )


def leverages(x: Floats, inverse: Floats) -> Floats:
    """Return the diagonal of the hat matrix, shape ``(n,)``.

    Parameters
    ----------
    x
        Design in any basis, shape ``(n, p)``.
    inverse
        ``(X'X)^-1`` in it, shape ``(p, p)``.

    Examples
    --------
    >>> leverages(np.array([[1.0], [1.0], [1.0], [1.0]]), np.array([[0.25]])).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return np.asarray(((x @ inverse) * x).sum(axis=1))


def heteroscedastic_covariance(
    kind: Robust, x: Floats, residual: Floats, inverse: Floats
) -> Floats:
    r"""Return a covariance of the coefficients that holds under unequal variances.

    .. math:: (X'X)^{-1} \Big[\sum_i \frac{r_i^2}{(1 - h_i)^k} x_i x_i'\Big] (X'X)^{-1}

    with k = 1 for HC2, which is unbiased when the variances are equal, and k = 2 for HC3, which
    is the jackknife but for a factor (n - 1) / n and errs on the side of caution.

    Parameters
    ----------
    kind
        ``"HC2"`` or ``"HC3"``.
    x, residual
        Design in any basis, shape ``(n, p)``, and residuals, shape ``(n,)``.
    inverse
        ``(X'X)^-1`` in it, shape ``(p, p)``.

    Returns
    -------
    Floats
        Shape ``(p, p)``.

    Raises
    ------
    FitError
        If a row has a leverage of 1: its residual is 0 whatever its outcome, and 0 / 0 is no
        variance.

    References
    ----------
    .. [1] MacKinnon JG, White H (1985). J Econometrics 29, 305-325.
       doi:10.1016/0304-4076(85)90158-7
    .. [2] Long JS, Ervin LH (2000). Am Stat 54, 217-224. doi:10.1080/00031305.2000.10474549

    Examples
    --------
    Of a mean, HC2 is the variance over n:

    >>> x, residual = np.ones((4, 1)), np.array([-1.5, -0.5, 0.5, 1.5])
    >>> round(float(heteroscedastic_covariance("HC2", x, residual, np.array([[0.25]]))[0, 0]), 12)
    0.416666666667
    """
    fixed = int((1 - leverages(x, inverse) < ONE).sum())
    if fixed:
        rows = "1 row has" if fixed == 1 else f"{fixed} rows have"
        raise FitError(
            f"{kind}: {rows} a leverage of 1: alone in its combination of levels or covariates, "
            "as the only subject of an arm, such a row is fitted exactly, so that its residual "
            'says nothing of its variance. Use covariance="classical", or leave out the term '
            "that this row determines"
        )
    rows_alone = Subjects(x[:, None, :], residual[:, None], np.eye(1))
    return robust_covariance(_CLUSTERED[kind], [rows_alone], inverse).covariance
