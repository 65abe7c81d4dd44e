"""Sums of squares of a split-plot design: type III, from a matrix of subjects by visits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.maximum.residual_checks import EXACT, LARGEST, SMALLEST
from retrostats.models.split_plot.sphericity import Sphericity, sphericity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Means of arms at visits, and how subjects scatter about those of their arm.

    Attributes
    ----------
    counts
        Subjects of each arm, shape ``(g,)``.
    means
        Shape ``(g, k)``.
    scatter
        Sums of squares and products within arms, shape ``(k, k)``.
    """

    counts: NDArray[np.intp]
    means: Floats
    scatter: Floats

    @property
    def error_df(self) -> int:
        """Subjects less arms."""
        return int(self.counts.sum()) - len(self.counts)

    @property
    def sigma(self) -> Floats:
        """Covariance of the visits within arms, shape ``(k, k)``."""
        return self.scatter / self.error_df


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One test of a split-plot analysis of variance.

    Attributes
    ----------
    sum_of_squares, df_num
        Of the hypothesis, type III.
    error, df_den
        Sum of squares of its error, and degrees of freedom.
    statistic, p
        F, and its probability under sphericity.
    epsilon_gg, epsilon_hf
        Factors on both degrees of freedom by Greenhouse and Geisser and by Huynh and Feldt; 1
        for an effect between subjects, which needs none.
    p_gg, p_hf
        Probabilities with them; of a factor above 1 nothing is made.
    partial_eta_squared, generalised_eta_squared
        Shares of variance.
    """

    sum_of_squares: float
    df_num: float
    error: float
    df_den: float
    statistic: float
    p: float
    epsilon_gg: float
    epsilon_hf: float
    p_gg: float
    p_hf: float
    partial_eta_squared: float
    generalised_eta_squared: float


def cells_of(y: Floats, arm: NDArray[np.intp], n_arms: int) -> Cells:
    """Return counts, means and scatter.

    Parameters
    ----------
    y
        Outcomes of complete subjects, shape ``(n, k)``.
    arm
        Code of each subject's arm, shape ``(n,)``.
    n_arms
        Number of arms, each with a subject at least.

    Examples
    --------
    >>> y = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 5.0]])
    >>> cells_of(y, np.array([0, 0, 1]), 2).means.tolist()
    [[2.0, 4.0], [5.0, 5.0]]
    """
    counts = np.bincount(arm, minlength=n_arms)
    member = (arm == np.arange(n_arms)[:, None]).astype(np.float64)
    means = member @ y / counts[:, None]
    residual = y - means[arm]
    return Cells(counts=counts, means=means, scatter=residual.T @ residual)


def require_size(y: Floats) -> None:
    """Refuse outcomes in absurd units, whose powers double precision cannot hold.

    Raises
    ------
    FitError
        If the largest is beyond 1e60 or, unless all are 0, below 1e-60.
    """
    largest = float(np.abs(y).max())
    if largest > 0 and not SMALLEST < largest < LARGEST:
        raise FitError(
            f"mixed ANOVA: the largest outcome is {largest:.3g}, whose powers double precision "
            "cannot hold; give the outcome in another unit"
        )


def orthonormal_contrasts(k: int) -> Floats:
    """Return Helmert's contrasts of k visits at unit length, shape ``(k, k - 1)``.

    Any other orthonormal contrasts give the same tests.

    Examples
    --------
    >>> orthonormal_contrasts(2).round(4).tolist()
    [[0.7071], [-0.7071]]
    """
    raw = np.tril(np.ones((k, k - 1)), -1)[:, : k - 1] * -1.0
    raw[np.arange(k - 1), np.arange(k - 1)] = np.arange(k - 1, 0, -1)
    return np.asarray(raw / np.sqrt((raw * raw).sum(axis=0)))


def hypothesis_scatter(rows: Floats, contrasts: Floats, cells: Cells) -> Floats:
    """Return the type III sums of squares and products of a hypothesis.

    Parameters
    ----------
    rows
        Independent combinations of arms, shape ``(q, g)``.
    contrasts
        Combinations of visits, of which those of arms are zero, shape ``(k, w)``.
    cells
        Means and counts.

    Returns
    -------
    Floats
        ``(L B M)' (L N^-1 L')^-1 (L B M)`` with ``B`` the means, shape ``(w, w)``.
    """
    values = rows @ cells.means @ contrasts
    return np.asarray(values.T @ np.linalg.solve(rows / cells.counts @ rows.T, values))


def split_plot_effects(cells: Cells) -> tuple[dict[str, Effect], Sphericity]:
    """Test arms, visits and their interaction.

    Parameters
    ----------
    cells
        Of two arms and two visits at least, with error degrees of freedom.

    Returns
    -------
    tuple
        Effects by ``"between"``, ``"within"``, ``"interaction"``, and what is known of
        sphericity.

    Raises
    ------
    FitError
        If subjects of an arm do not differ, or all of them change alike.

    References
    ----------
    .. [1] Winer BJ, Brown DR, Michels KM (1991). Statistical Principles in Experimental Design,
       3rd edition, chapter 7. McGraw-Hill.
    .. [2] Olejnik S, Algina J (2003). Psychol Methods 8, 434-447.
       doi:10.1037/1082-989X.8.4.434
    """
    arms, visits = cells.means.shape
    within = orthonormal_contrasts(visits)
    average = np.full((visits, 1), 1 / np.sqrt(visits))
    apart, together = orthonormal_contrasts(arms).T, np.full((1, arms), 1 / arms)
    _require_error(cells, average, within)
    spherical = sphericity(within.T @ cells.scatter @ within, cells.error_df)
    total = float(np.trace(cells.scatter))  # of both errors
    pieces = {
        "between": (apart, average, None),
        "within": (together, within, spherical),
        "interaction": (apart, within, spherical),
    }
    found = {
        name: _effect(rows, contrasts, cells, known, total)
        for name, (rows, contrasts, known) in pieces.items()
    }
    return found, spherical


def _effect(
    rows: Floats, contrasts: Floats, cells: Cells, known: Sphericity | None, total: float
) -> Effect:
    explained = float(np.trace(hypothesis_scatter(rows, contrasts, cells)))
    error = float(np.trace(contrasts.T @ cells.scatter @ contrasts))
    width = contrasts.shape[1]
    df_num, df_den = float(len(rows) * width), float(cells.error_df * width)
    statistic = explained / df_num / (error / df_den)
    gg, hf = (known.epsilon_gg, known.epsilon_hf) if known else (1.0, 1.0)
    # A factor that does not exist (nan) gives no p; one above 1 changes nothing.
    p, p_gg, p_hf = (
        float(fdtrc(factor * df_num, factor * df_den, statistic))
        for factor in (1.0, gg, hf if math.isnan(hf) else min(hf, 1.0))
    )
    return Effect(
        sum_of_squares=explained,
        df_num=df_num,
        error=error,
        df_den=df_den,
        statistic=statistic,
        p=p,
        epsilon_gg=gg,
        epsilon_hf=hf,
        p_gg=p_gg,
        p_hf=p_hf,
        partial_eta_squared=explained / (explained + error),
        generalised_eta_squared=explained / (explained + total),
    )


def _require_error(cells: Cells, average: Floats, within: Floats) -> None:
    size = EXACT**2 * float(cells.counts @ (cells.means**2).sum(axis=1) + np.trace(cells.scatter))
    faults = []
    if not float(np.trace(average.T @ cells.scatter @ average)) > size:
        faults.append("subjects of the same arm have the same average over the visits")
    if not float(np.trace(within.T @ cells.scatter @ within)) > size:
        faults.append("subjects of the same arm change exactly alike")
    if faults:
        raise FitError(
            f"mixed ANOVA: {' and '.join(faults)}, so that an error variance is zero and no F "
            "exists; check that the outcome was not copied or computed from another column"
        )
