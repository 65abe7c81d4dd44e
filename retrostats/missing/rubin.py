"""Rubin's rules: one answer from the analyses of several imputed data sets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats, real_numbers
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsEffect, percent

#: Larger numbers, and standard errors smaller than its inverse, leave the range of a computer's
#: numbers when products of their squares are taken.
_LARGEST = 1e75


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RubinNumbers:
    """What Rubin's rules give for several quantities, each of shape ``(c,)``.

    Attributes
    ----------
    estimate, variance, df
        Mean of the estimates, their total variance, and the degrees of freedom of the t.
    within, between
        Mean of the variances, and variance of the estimates.
    riv
        Relative increase of the variance because of what is missing, ``(1 + 1/M) between/within``.
    lam
        Share of the variance that comes from what is missing, ``(1 + 1/M) between/variance``.
    fmi
        Fraction of missing information, which also counts that `lam` is itself estimated.
    """

    estimate: Floats
    variance: Floats
    df: Floats
    within: Floats
    between: Floats
    riv: Floats
    lam: Floats
    fmi: Floats


def rubin(values: Floats, variances: Floats, df_complete: float = math.inf) -> RubinNumbers:
    r"""Pool estimates of ``M`` imputed data sets, with the degrees of freedom of Barnard & Rubin.

    .. math::

        T = \bar U + (1 + 1/M) B,\quad \lambda = (1 + 1/M) B / T,\quad
        \nu = \left(\frac{\lambda^2}{M - 1} + \frac{\nu_c + 3}{(\nu_c + 1) \nu_c (1 - \lambda)}
        \right)^{-1}

    Parameters
    ----------
    values, variances
        Estimates and squared standard errors, shape ``(M, c)`` with ``M >= 2``.
    df_complete
        Degrees of freedom that the analysis has when nothing is missing.

    Returns
    -------
    RubinNumbers
        A quantity with one estimate and one variance in all data sets was not touched by what was
        imputed: it is returned as it is, with `df_complete`. The formula would make those
        ``(df + 1) / (df + 3) * df``, and an analysis of complete data differ from itself.

    References
    ----------
    .. [1] Rubin DB (1987). Multiple Imputation for Nonresponse in Surveys. Wiley.
       doi:10.1002/9780470316696
    .. [2] Barnard J, Rubin DB (1999). Biometrika 86, 948-955. doi:10.1093/biomet/86.4.948

    Examples
    --------
    >>> import numpy as np
    >>> pooled = rubin(np.array([[1.0], [2.0], [3.0]]), np.full((3, 1), 2.0))
    >>> pooled.estimate.tolist(), pooled.between.tolist(), pooled.df.round(2).tolist()
    ([2.0], [1.0], [12.5])
    """
    count = len(values)
    within, between = variances.mean(axis=0), values.var(axis=0, ddof=1)
    total = within + (1 + 1 / count) * between
    riv, lam = (1 + 1 / count) * between / within, (1 + 1 / count) * between / total
    left = 0.0 if math.isinf(df_complete) else (df_complete + 3) / (df_complete + 1) / df_complete
    with np.errstate(divide="ignore"):
        df = 1 / (lam**2 / (count - 1) + left / (1 - lam))
    fmi = (riv + 2 / (df + 3)) / (riv + 1)
    same = (values == values[0]).all(axis=0) & (variances == variances[0]).all(axis=0)
    return RubinNumbers(
        estimate=np.where(same, values[0], values.mean(axis=0)),
        variance=np.where(same, variances[0], total),
        df=np.where(same, df_complete, df),
        within=np.where(same, variances[0], within),
        between=np.where(same, 0.0, between),
        riv=np.where(same, 0.0, riv),
        lam=np.where(same, 0.0, lam),
        fmi=np.where(same, 0.0, fmi),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledImputations(ShownAsEffect):
    """An estimate pooled over imputed data sets, and how much of it rests on what was imputed.

    Attributes
    ----------
    estimate
        Pooled, with total standard error and the degrees of freedom of Barnard and Rubin.
    imputations
        Number of imputed data sets, ``M``.
    df_complete
        Degrees of freedom that the analysis of complete data has; ``inf`` for the normal.
    within, between
        Mean squared standard error, and variance of the estimates between data sets.
    riv
        Relative increase of the variance because of what is missing.
    lam
        Share of the total variance that comes from what is missing.
    fmi
        Fraction of missing information, 0 to 1.

    Examples
    --------
    >>> import retrostats as rs
    >>> pooled = rs.pool_imputations([-1.2, -0.9, -1.4], [0.4, 0.42, 0.38], unit="points")
    >>> round(pooled.fmi, 2), round(pooled.relative_efficiency, 2)
    (0.41, 0.88)
    """

    estimate: Estimate
    imputations: int
    df_complete: float
    within: float
    between: float
    riv: float
    lam: float
    fmi: float

    @property
    def p(self) -> float:
        """Two-sided p of the pooled estimate."""
        return self.estimate.p

    @property
    def relative_efficiency(self) -> float:
        """Variance with endlessly many imputations over that with these, ``1 / (1 + fmi / M)``."""
        return 1 / (1 + self.fmi / self.imputations)

    @property
    def monte_carlo_error(self) -> float:
        """Standard error of the pooled value from the draws alone, ``sqrt(between / M)``."""
        return math.sqrt(self.between / self.imputations)

    def __str__(self) -> str:
        missing = f"{percent(round(self.fmi, 3))} of the information missing"
        return f"{self.estimate}; {self.imputations} imputations, {missing}"


def pool_imputations(
    values: ArrayLike,
    ses: ArrayLike,
    *,
    df_complete: float = math.inf,
    label: str = "pooled over imputations",
    unit: str = "",
    level: float = 0.95,
) -> PooledImputations:
    """Pool the estimates of several imputed data sets by Rubin's rules.

    Use it after an analysis was repeated on data sets in which the gaps were filled by draws, by
    this package or another, not for estimates of different trials (`retrostats.pool`), nor where
    gaps were filled by one best guess each: such data sets do not differ enough.

    Parameters
    ----------
    values, ses
        Estimate and standard error in each data set, shape ``(M,)`` each, ``M`` at least 2. Of a
        ratio take logarithms.
    df_complete
        Degrees of freedom that the analysis of complete data has.
    label, unit
        Of the estimate.
    level
        Coverage of the interval.

    Returns
    -------
    PooledImputations
        If all data sets gave one value and one standard error nothing was missing: it is returned
        as it is, with `df_complete`.

    Raises
    ------
    ValueError
        If there are fewer than two data sets, lengths differ, a number is missing, a standard
        error is not positive, or `df_complete` or `level` is out of range. All are told at once.

    References
    ----------
    .. [1] Barnard J, Rubin DB (1999). Biometrika 86, 948-955. doi:10.1093/biomet/86.4.948

    Examples
    --------
    >>> import retrostats as rs
    >>> values, ses = [-1.2, -0.9, -1.4, -1.1], [0.40, 0.42, 0.38, 0.41]
    >>> print(rs.pool_imputations(values, ses, df_complete=36, label="retro - control"))
    retro - control: -1.15 (95% CI -2.13 to -0.167), df 16.7; 4 imputations, 32.6% of the \
information missing
    """
    one = real_numbers("pool_imputations: values", values)
    other = real_numbers("pool_imputations: ses", ses)
    _require(one, other, df_complete, level)
    found = rubin(one[:, None], other[:, None] ** 2, df_complete)
    # A root of a square may differ in the last digit: what was not imputed stays as it was.
    untouched = found.between[0] == 0 and (other == other[0]).all()
    se = other[0] if untouched else math.sqrt(found.variance[0])
    df = float(found.df[0])
    estimate = Estimate.from_se(
        label, float(found.estimate[0]), float(se), unit=unit, df=df, level=level
    )
    return PooledImputations(
        estimate=estimate,
        imputations=len(one),
        df_complete=float(df_complete),
        within=float(found.within[0]),
        between=float(found.between[0]),
        riv=float(found.riv[0]),
        lam=float(found.lam[0]),
        fmi=float(found.fmi[0]),
    )


def _require(values: Floats, ses: Floats, df_complete: float, level: float) -> None:
    """Raise a `ValueError` that tells every fault of the arguments."""
    faults = []
    if values.ndim != 1 or values.shape != ses.shape:
        faults.append(f"values and ses differ in shape: {values.shape} and {ses.shape}")
    elif len(values) < 2:
        faults.append("the variance between imputations needs two data sets or more")
    if not np.isfinite(values).all():
        faults.append("values must be finite")
    if not (np.isfinite(ses) & (ses > 0)).all():
        faults.append("standard errors must be positive and finite")
    elif (np.abs(values) > _LARGEST).any() or not ((ses > 1 / _LARGEST) & (ses < _LARGEST)).all():
        faults.append(f"numbers beyond {_LARGEST:g} cannot be squared; take another unit")
    if not df_complete > 0:
        faults.append(f"df_complete must be positive, or math.inf; got {df_complete}")
    if not 0 < level < 1:
        faults.append(f"level must lie between 0 and 1, got {level}")
    if faults:
        raise ValueError("pool_imputations: " + "; ".join(faults))
