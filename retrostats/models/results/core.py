"""A fitted repeated-measures model: coefficients, contrasts, tests and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError, FitError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.models.frame.ledger import Ledger
from retrostats.models.inference.ftest import FTest
from retrostats.models.inference.methods import Inference
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import OptimiserRecord, Optimum
from retrostats.models.maximum.structures import covariance_names
from retrostats.models.mean.estimability import reduced_rows
from retrostats.models.results.coefficients import CoefficientTable, coefficient_table
from retrostats.models.results.criteria import Criteria, information_criteria
from retrostats.models.sums.basis import Coordinates
from retrostats.models.sums.prepared import Prepared

#: One combination of coefficients: a weight for every column of the design, or weights by name.
Weights = Sequence[float] | Floats | Mapping[str, float]


#: A variance below this share of the terms it is summed from is what rounding leaves of zero.
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CoreFit:
    """A converged fit. There is no such thing as an unconverged one.

    Attributes
    ----------
    formula
        The mean, as written.
    method
        ``"reml"`` or ``"ml"``.
    df_method, information
        How degrees of freedom and standard errors are made.
    unit, level
        Unit of the outcome, and the coverage of every interval.
    prepared
        The data: design, what was left out, digest.
    coordinates
        From the orthonormal coordinates of the computation to the columns of the design.
    likelihood, optimum
        The likelihood and where it is largest.
    inference
        Standard errors, degrees of freedom and tests in orthonormal coordinates.
    theta_cov
        Covariance of the covariance parameters, shape ``(k, k)``.
    caveats
        What a reader must know; shown wherever the fit is printed.
    """

    formula: str
    method: str
    df_method: str
    information: str
    unit: str
    level: float
    prepared: Prepared
    coordinates: Coordinates
    likelihood: Likelihood
    optimum: Optimum
    inference: Inference
    theta_cov: Floats
    caveats: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of the design, in the order of the formula."""
        return self.prepared.design.names

    @property
    def beta(self) -> Floats:
        """Coefficients, shape ``(p,)``; ``nan`` for a column that depends on earlier ones."""
        beta = np.full(len(self.names), np.nan)
        beta[self.coordinates.kept] = self._kept_beta
        return read_only(beta)

    @property
    def beta_cov(self) -> Floats:
        """Covariance of the coefficients behind every standard error, shape ``(p, p)``."""
        kept = self.coordinates.kept
        full = np.full((len(self.names), len(self.names)), np.nan)
        back = self.coordinates.back
        full[np.ix_(kept, kept)] = back @ self.inference.covariance @ back.T
        return read_only(full)

    @property
    def theta(self) -> Floats:
        """Covariance parameters, shape ``(k,)``, in the order of `theta_names`."""
        return read_only(self.optimum.at.theta)

    @property
    def theta_names(self) -> tuple[str, ...]:
        """Names of the covariance parameters; with groups, each behind its level."""
        return covariance_names(self.prepared.groups, self.likelihood.strata)

    @property
    def loglik(self) -> float:
        """Restricted log-likelihood, or the full one under ``method="ml"``."""
        return self.optimum.at.loglik

    @property
    def deviance(self) -> float:
        """Minus twice the log-likelihood."""
        return -2 * self.loglik

    @property
    def n_rows(self) -> int:
        """Rows analysed."""
        return self.prepared.n_rows

    @property
    def n_subjects(self) -> int:
        """Subjects analysed."""
        return self.prepared.n_subjects

    @property
    def ledger(self) -> Ledger:
        """The rows that were left out, each with its reason."""
        return self.prepared.ledger

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers that the fit is made from."""
        return self.prepared.digest

    @property
    def optimiser(self) -> OptimiserRecord:
        """How the optimum was reached."""
        return self.optimum.record

    @property
    def _kept_beta(self) -> Floats:
        at = self.coordinates
        return np.asarray(at.back @ self.optimum.at.beta + at.offset)

    def information_criteria(self) -> dict[str, Criteria]:
        """Return AIC, AICc and BIC under the conventions of SAS and of lme4."""
        return information_criteria(
            self.loglik,
            method=self.method,
            n_rows=self.n_rows,
            n_subjects=self.n_subjects,
            n_mean=len(self.coordinates.kept),
            n_covariance=len(self.optimum.at.theta),
        )

    @property
    def coefficients(self) -> CoefficientTable:
        """Coefficients with standard errors, degrees of freedom, intervals and p values."""
        kept = self.coordinates.kept
        names = [self.names[column] for column in kept]
        estimates = self._estimates(names, np.eye(len(kept)))
        aliased = [(int(j), self.names[j]) for j in self.coordinates.dropped]
        return coefficient_table(f"Coefficients, {self.formula}", estimates, aliased)

    def contrast(self, weights: Weights, label: str = "contrast") -> Estimate:
        """Estimate one combination of coefficients.

        Parameters
        ----------
        weights
            A number for every column of the design in the order of `names`, or a mapping from
            names to numbers; columns not named count 0.
        label
            What a reader sees.

        Raises
        ------
        DataError
            If a name is unknown, the length is wrong, or the data do not determine it.
        """
        return self._estimates([label], self._reduced(self._row(weights), [label]))[0]

    def contrasts(self, weights: Mapping[str, Weights]) -> EstimateTable:
        """Estimate several combinations of coefficients, each under its label."""
        if not weights:
            raise DataError("contrasts: none is given")
        labels = list(weights)
        rows = np.array([self._row(row) for row in weights.values()])
        return EstimateTable("Contrasts", self._estimates(labels, self._reduced(rows, labels)))

    def f_test(self, weights: Weights | Sequence[Weights], label: str = "F test") -> FTest:
        """Test that several combinations of coefficients are all zero.

        Parameters
        ----------
        weights
            Rows of shape ``(q, p)``, or a list of mappings from names to numbers. A row that
            follows from the others changes nothing.
        label
            What a reader sees.
        """
        if isinstance(weights, (Mapping, str)):
            rows = self._row(weights)[None]
        elif isinstance(weights, (list, tuple)) and weights and isinstance(weights[0], Mapping):
            rows = np.array([self._row(row) for row in weights])
        else:
            rows = np.atleast_2d(_numbers(weights))
            self._check_width(rows)
        return self._test(self._reduced(rows, [label] * len(rows)), label)

    def _row(self, weights: Weights) -> Floats:
        if isinstance(weights, str):
            raise DataError(
                f"contrast: {weights!r} is a text; give weights by name, such as "
                f"{{{self.names[-1]!r}: 1}}, or use differences() and named_contrasts(), which "
                "speak of levels"
            )
        if isinstance(weights, Mapping):
            unknown = sorted(set(weights) - set(self.names))
            if unknown:
                raise DataError(
                    f"contrast: no coefficient is called {', '.join(map(repr, unknown))}; there "
                    f"are {', '.join(map(repr, self.names))}"
                )
            weights = [weights.get(name, 0.0) for name in self.names]
        row = _numbers(weights)
        self._check_width(row[None])
        return row

    def _check_width(self, rows: Floats) -> None:
        if rows.ndim != 2 or rows.shape[1] != len(self.names) or not np.isfinite(rows).all():
            raise DataError(
                f"contrast: expected {len(self.names)} finite weights, one for each of "
                f"{', '.join(map(repr, self.names))}; got shape {rows.shape[1:]}"
            )

    def _reduced(self, rows: Floats, labels: Sequence[str]) -> Floats:
        at = self.coordinates
        rows = np.atleast_2d(rows)
        return reduced_rows(
            rows,
            kept=at.kept,
            dropped=at.dropped,
            combination=at.combination,
            names=self.names,
            labels=labels,
        )

    def _estimates(self, labels: Sequence[str], rows: Floats) -> tuple[Estimate, ...]:
        """Estimate rows over the kept columns, shape ``(r, kept)``."""
        inner = rows @ self.coordinates.back
        values = inner @ self.optimum.at.beta + rows @ self.coordinates.offset
        # First the degrees of freedom: where a sandwich has none, its variance is not positive.
        df = self.inference.degrees_of_freedom_many(inner)
        covariance = self.inference.covariance
        variance = np.einsum("ri,ij,rj->r", inner, covariance, inner)
        terms = np.einsum("ri,ij,rj->r", np.abs(inner), np.abs(covariance), np.abs(inner))
        none = ~(variance > ROUNDING * terms)
        lacking = [label for label, nothing in zip(labels, none, strict=True) if nothing]
        if lacking:
            raise FitError(
                f"{', '.join(lacking[:3])}: the variance under df={self.df_method!r} is not "
                "positive, so there is no standard error; choose another df"
            )
        spread = np.sqrt(variance)
        return tuple(
            Estimate.from_se(label, value, se, unit=self.unit, df=nu, level=self.level)
            for label, value, se, nu in zip(labels, values, spread, df, strict=True)
        )

    def _test(self, rows: Floats, label: str) -> FTest:
        inner = rows @ self.coordinates.back
        value = inner @ self.optimum.at.beta + rows @ self.coordinates.offset
        return replace(self.inference.test(inner, value), label=label)


def _numbers(weights: Any) -> Floats:
    try:
        return np.array(weights, dtype=float)
    except (TypeError, ValueError):
        raise DataError(
            f"contrast: weights must be numbers, one for each coefficient, or a mapping from names "
            f"to numbers; got {weights!r}"
        ) from None
