"""The result of a test of linear hypotheses, and hypotheses without redundant rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, fdtrc

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.layout import df_numbers, number, p_sentence, true_minus
from retrostats.layout.html import paragraphs

#: Rows are dependent when, at unit length, their smallest singular value is below this:
#: far above rounding (1e-15, or 1e-9 after a change to an orthonormal basis) and below
#: the angle between any two contrasts that anybody asks for.
DEPENDENT = 1e-8
#: Rounding leaves a share of variance of about 1e-15 where there is none.
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """A test that several linear combinations of coefficients are all zero.

    Attributes
    ----------
    label
        What a reader sees, e.g. ``"arm:visit"``.
    statistic
        F ratio, already multiplied by `scale`.
    df_num, df_den
        Degrees of freedom; an infinite ``df_den`` means chi-square over ``df_num``.
    p
        Probability of a larger F if the hypothesis is true.
    scale
        Factor on the Wald statistic over ``df_num``: lambda of Kenward and Roger, that of
        Hotelling's T-squared for sandwich covariances, otherwise 1.
    method
        Name of the method, e.g. ``"kenward-roger"``.

    Examples
    --------
    Every test of a fit is one:

    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({"arm": ["a", "a", "b", "b", "c", "c"], "pain": [3, 4, 5, 7, 6, 6]})
    >>> test = rs.fit_ancova("pain ~ arm", walks).anova()[0]
    >>> print(test)
    arm: F(2, 3) = 5.00, p = 0.111
    >>> test.method, test.df_den
    ('residual', 3.0)
    """

    label: str
    statistic: float
    df_num: float
    df_den: float
    p: float
    scale: float
    method: str

    @classmethod
    def from_wald(
        cls, wald: float, df_num: int, df_den: float, *, method: str, scale: float = 1.0
    ) -> FTest:
        """Build a test from a Wald statistic.

        Parameters
        ----------
        wald
            ``value' C^-1 value``, zero or more.
        df_num, df_den
            Number of independent rows, and denominator degrees of freedom or ``inf``.
        method, scale
            See the attributes of the class.

        Examples
        --------
        >>> import retrostats as rs
        >>> print(rs.FTest.from_wald(9.0, 2, 40.0, method="satterthwaite"))
        F(2, 40) = 4.50, p = 0.017
        """
        statistic = scale * wald / df_num
        infinite = math.isinf(df_den)
        p = chdtrc(df_num, wald * scale) if infinite else fdtrc(df_num, df_den, statistic)
        return cls(
            label="",
            statistic=float(statistic),
            df_num=float(df_num),
            df_den=float(df_den),
            p=float(p),
            scale=float(scale),
            method=method,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; infinite degrees of freedom become ``None``."""
        return asdict(self) | {"df_den": None if math.isinf(self.df_den) else self.df_den}

    def __str__(self) -> str:
        label = f"{self.label}: " if self.label else ""
        df = ", ".join(text for value in (self.df_num, self.df_den) for text in df_numbers([value]))
        return f"{label}F({df}) = {number(self.statistic, 2)}, {p_sentence(self.p)}"

    def _repr_html_(self) -> str:
        return paragraphs(true_minus(f"{self} ({self.method})"))


def full_rank_rows(rows: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Return the rows of a hypothesis without those that follow from earlier ones.

    Rows that are independent are returned as they came. That matters for Satterthwaite's
    several-row degrees of freedom, which depend on how a hypothesis is written: a rotated
    basis would no longer agree with lmerTest and mmrm.

    Parameters
    ----------
    rows
        Linear combinations that are zero under the hypothesis, shape (q, p).
    value
        ``rows @ beta``, shape (q,).

    Returns
    -------
    tuple of Floats
        Rows of shape (rank, p) and their values (rank,), in their order.

    Raises
    ------
    DataError
        If the shapes do not fit, an entry is not finite, or all rows are zero.

    Examples
    --------
    >>> rows = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, -1.0]])
    >>> full_rank_rows(rows, rows @ np.array([5.0, 2.0, 3.0]))[1].tolist()
    [2.0, 3.0]
    """
    if rows.ndim != 2 or value.shape != rows.shape[:1]:
        raise DataError(
            f"hypothesis: rows have shape {rows.shape} and values {value.shape}; "
            "expected (q, p) and (q,)"
        )
    if not (np.isfinite(rows).all() and np.isfinite(value).all()):
        raise DataError("hypothesis: a row or its value is not finite")
    length = np.sqrt((rows * rows).sum(axis=1))
    if not length.any():
        raise DataError(
            "hypothesis: every row is zero, so there is nothing to test; check the contrast, "
            "and whether its columns were dropped as aliased"
        )
    if length.all() and len(rows) <= rows.shape[1]:
        singular = np.linalg.svd(rows / length[:, None], compute_uv=False)
        if singular[-1] > DEPENDENT * singular[0]:
            return rows, value
    kept = _independent(rows, length)
    return rows[kept], value[kept]


def wald_test(
    rows: Floats,
    value: Floats,
    covariance: Floats,
    joint: Callable[[Floats], tuple[float, float]],
    *,
    method: str,
) -> FTest:
    """Test that several combinations of coefficients are zero.

    Parameters
    ----------
    rows
        Combinations, shape (q, p); redundant ones are left out.
    value
        ``rows @ beta``, shape (q,).
    covariance
        Of the coefficients, shape (p, p).
    joint
        From independent rows to denominator degrees of freedom and scale.
    method
        Name of the method.

    Returns
    -------
    FTest
        With as many numerator degrees of freedom as there are independent rows.

    Raises
    ------
    DataError
        If every row is zero or a shape does not fit.
    FitError
        If the covariance of the rows is not positive definite, or `joint` has no answer.
    """
    rows, value = full_rank_rows(rows, value)
    df, scale = joint(rows)
    wald = wald_statistic(value, rows @ covariance @ rows.T)
    return FTest.from_wald(wald, len(rows), df, method=method, scale=scale)


def wald_statistic(value: Floats, covariance: Floats) -> float:
    """Return ``value' covariance^-1 value``.

    Parameters
    ----------
    value
        Estimates, shape (q,).
    covariance
        Their covariance, shape (q, q).

    Raises
    ------
    FitError
        If the covariance is not positive definite.
    """
    scale = np.sqrt(np.abs(np.diagonal(covariance)))
    try:
        if not scale.all():
            raise np.linalg.LinAlgError
        # At unit variance the squared pivots are shares of variance that earlier rows leave.
        factor = np.linalg.cholesky(covariance / np.outer(scale, scale))
        if np.diagonal(factor).min() ** 2 < _SINGULAR:
            raise np.linalg.LinAlgError
    except np.linalg.LinAlgError:
        raise FitError(
            "hypothesis: the covariance of the tested combinations is not positive definite, "
            "so no F exists. Fewer rows, or another method for the covariance, may help "
            "(a sandwich covariance has no more rank than there are subjects)."
        ) from None
    root = np.linalg.solve(factor, value / scale)
    return float(root @ root)


def _independent(rows: Floats, length: Floats) -> list[int]:
    """Pick, in order, each row that is not a combination of those picked before."""
    kept: list[int] = []
    basis = np.zeros((0, rows.shape[1]))
    for position in np.flatnonzero(length):
        direction = rows[position] / length[position]
        direction = direction - (basis @ direction) @ basis
        size = np.sqrt(direction @ direction)
        if size > DEPENDENT:
            kept.append(int(position))
            basis = np.vstack([basis, direction / size])
    return kept
