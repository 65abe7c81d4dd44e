"""What is asked of many fits at once, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.covariance import CovarianceStructure

Flags: TypeAlias = NDArray[np.bool_]

#: Why a trial has no answer; the position is the code in `BatchFits.reason`.
REASONS = (
    "fitted",
    "an outcome or a column holds a number that is not finite",
    "no more rows than coefficients",
    "the mean fits every outcome exactly, or the outcomes are too large or too small to square",
    "a visit without subjects or without variance, or a pair of visits that nobody attended both",
    "a contrast cannot be estimated, as when an arm has no subject at a visit",
    "the data cannot tell the covariance parameters apart",
    "the model did not converge",
    "the information of the covariance parameters is not positive definite",
    "the adjusted covariance of Kenward and Roger is not positive definite",
    "the columns depend on one another",
    "a row has a leverage of 1, so that its residual tells nothing",
    "every residual that bears on a contrast is 0",
)
(
    FITTED,
    NOT_FINITE,
    TOO_FEW,
    EXACT_FIT,
    NO_VARIANCE,
    NOT_ESTIMABLE,
    NOT_IDENTIFIED,
    NOT_CONVERGED,
    NO_INFORMATION,
    NOT_ADJUSTABLE,
    DEPENDENT,
    FULL_LEVERAGE,
    NO_RESIDUAL,
) = range(len(REASONS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchModel:
    """The model that is fitted to every trial.

    Attributes
    ----------
    visits, columns
        Numbers m and q; the full mean has ``m * q`` coefficients, visit by visit.
    restriction
        Full coefficients are this times those estimated, shape ``(m * q, p)``; None is identity.
    contrasts
        Rows of weights on the full coefficients, shape ``(c, m * q)``.
    structure
        Covariance of the visits, linear in its parameters.
    df, information
        As for `fit_mmrm`.
    """

    visits: int
    columns: int
    restriction: Floats | None
    contrasts: Floats
    structure: CovarianceStructure
    df: str
    information: str

    @property
    def n_coefficients(self) -> int:
        """Coefficients that are estimated, p."""
        return self.visits * self.columns if self.restriction is None else self.restriction.shape[1]

    @property
    def bases(self) -> Floats:
        """Derivatives of the covariance by its parameters, constant, shape ``(k, m, m)``."""
        return self.structure.first(np.zeros(len(self.structure.parameter_names)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchFits:
    """Answers of many fits, one row per trial; those of a failed trial are nan.

    Attributes
    ----------
    estimate, se, df
        Of each contrast, shape ``(R, c)``; df is ``inf`` for a z test.
    beta
        Coefficients of the full mean, shape ``(R, m * q)``; nan where a column was dropped
        because it depends on earlier ones.
    sigma
        Covariance of the visits, shape ``(R, m, m)``.
    loglik
        Restricted log-likelihood with the constant of `fit_mmrm`, shape ``(R,)``.
    failed
        Whether a trial has no answer, shape ``(R,)``.
    reason
        Position in `REASONS`, shape ``(R,)``; 0 where the trial was fitted.
    alone
        Whether a trial was fitted by itself, because it is unusual, shape ``(R,)``.
    """

    estimate: Floats
    se: Floats
    df: Floats
    beta: Floats
    sigma: Floats
    loglik: Floats
    failed: Flags
    reason: NDArray[np.intp]
    alone: Flags

    def __len__(self) -> int:
        return len(self.loglik)

    def p(self, *, null: float = 0.0) -> Floats:
        """Return two-sided p values of each contrast, shape ``(R, c)``.

        Parameters
        ----------
        null
            Value of the contrasts under the hypothesis.
        """
        from scipy.special import stdtr

        t = np.abs((self.estimate - null) / self.se)
        return np.asarray(2 * stdtr(self.df, -t), dtype=np.float64)

    def ci(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return lower and upper limits of each contrast, shapes ``(R, c)``.

        Raises
        ------
        ValueError
            If ``level`` does not lie between 0 and 1.
        """
        from scipy.special import stdtrit

        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, got {level!r}")
        half = stdtrit(self.df, (1 + level) / 2) * self.se
        return self.estimate - half, self.estimate + half

    def why(self) -> dict[str, int]:
        """Return how many trials failed for each reason, in the order of `REASONS`."""
        counts = np.bincount(self.reason, minlength=len(REASONS))
        return {REASONS[code]: int(counts[code]) for code in np.flatnonzero(counts) if code}


def empty_fits(trials: int, model: BatchModel) -> BatchFits:
    """Return answers that are still missing, to be filled in."""
    c, m = len(model.contrasts), model.visits
    return BatchFits(
        estimate=np.full((trials, c), np.nan),
        se=np.full((trials, c), np.nan),
        df=np.full((trials, c), np.nan),
        beta=np.full((trials, m * model.columns), np.nan),
        sigma=np.full((trials, m, m), np.nan),
        loglik=np.full(trials, np.nan),
        failed=np.ones(trials, dtype=bool),
        reason=np.zeros(trials, dtype=np.intp),
        alone=np.zeros(trials, dtype=bool),
    )


def write(target: BatchFits, places: NDArray[np.intp], part: BatchFits) -> None:
    """Write the answers of some trials in their places."""
    for one in fields(part):
        getattr(target, one.name)[places] = getattr(part, one.name)
