"""One small class for each way to standard errors, degrees of freedom and F tests."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.errors import FitError
from retrostats.models.inference import between_within, kenward_roger, satterthwaite
from retrostats.models.inference.fixed_effects import (
    FixedEffects,
    estimating_rows,
    parameter_covariance,
)
from retrostats.models.inference.ftest import FTest, wald_test
from retrostats.models.inference.robust import Robust

__all__ = [
    "METHODS",
    "Asymptotic",
    "BetweenWithin",
    "FixedEffects",
    "Inference",
    "KenwardRoger",
    "KenwardRogerLinear",
    "Residual",
    "Sandwich",
    "Satterthwaite",
    "parameter_covariance",
]

#: What ``df=`` may say.
METHODS = (
    "kenward-roger",
    "kenward-roger-linear",
    "satterthwaite",
    "between-within",
    "residual",
    "asymptotic",
    "CR0",
    "CR2",
    "CR3",
)


class Inference(Protocol):
    """From coefficients to tests.

    Attributes
    ----------
    name
        One of `METHODS`.
    covariance
        Used for every standard error, shape (p, p).
    """

    @property
    def name(self) -> str: ...  # noqa: D102 described above

    @property
    def covariance(self) -> Floats: ...  # noqa: D102 described above

    def degrees_of_freedom(self, row: Floats) -> float:
        """Return those of one combination of coefficients, shape (p,); ``inf`` for a z test."""
        ...

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return those of each of several combinations, shape (r, p) to (r,)."""
        ...

    def test(self, rows: Floats, value: Floats) -> FTest:
        """Test that all combinations (q, p) are zero, given their values ``rows @ beta``."""
        ...


class _Wald(ABC):
    """What the methods share: one row by the many, and the joint test."""

    __slots__ = ()

    name: str
    covariance: Floats

    def degrees_of_freedom(self, row: Floats) -> float:
        """Return the degrees of freedom of one combination, shape (p,)."""
        return float(self.degrees_of_freedom_many(np.atleast_2d(row))[0])

    @abstractmethod
    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return the degrees of freedom of each combination, shape (r, p) to (r,)."""

    def test(self, rows: Floats, value: Floats) -> FTest:
        """Test that all combinations, shape (q, p), are zero; `value` is ``rows @ beta``."""
        return wald_test(rows, value, self.covariance, self._joint, method=self.name)

    @abstractmethod
    def _joint(self, rows: Floats) -> tuple[float, float]:
        """Return denominator degrees of freedom and scale for independent rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Satterthwaite(_Wald):
    """Model-based covariance with the degrees of freedom of lmerTest and mmrm."""

    fixed: FixedEffects
    covariance: Floats = field(init=False)
    name: str = field(init=False, default="satterthwaite")

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariance", self.fixed.phi)

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """See `satterthwaite.degrees_of_freedom_many`."""
        return satterthwaite.degrees_of_freedom_many(rows, self.fixed)

    def _joint(self, rows: Floats) -> tuple[float, float]:
        return satterthwaite.several_rows(rows, self.fixed), 1.0


@dataclass(frozen=True, slots=True, eq=False)
class KenwardRoger(_Wald):
    """Adjusted covariance, Satterthwaite's df for one row, a scaled F for several."""

    fixed: FixedEffects
    covariance: Floats = field(init=False)
    name: str = field(init=False, default="kenward-roger")

    def __post_init__(self) -> None:
        adjusted = kenward_roger.adjusted_covariance(self.fixed)
        object.__setattr__(self, "covariance", read_only(adjusted))

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return Satterthwaite's, which for one row are Kenward and Roger's."""
        return satterthwaite.degrees_of_freedom_many(rows, self.fixed)

    def _joint(self, rows: Floats) -> tuple[float, float]:
        return kenward_roger.scaled_f(rows, self.fixed)


@dataclass(frozen=True, slots=True, eq=False)
class KenwardRogerLinear(KenwardRoger):
    """The same without second derivatives, so that no parametrisation matters."""

    name: str = field(init=False, default="kenward-roger-linear")

    def __post_init__(self) -> None:
        linear = replace(self.fixed, r_sum=np.zeros_like(self.fixed.r_sum))
        adjusted = kenward_roger.adjusted_covariance(linear)
        object.__setattr__(self, "covariance", read_only(adjusted))


@dataclass(frozen=True, slots=True, eq=False)
class BetweenWithin(_Wald):
    """Model-based covariance with counted degrees of freedom, as in mmrm.

    Attributes
    ----------
    covariance
        Model-based, shape (p, p).
    split
        From the design as the user wrote it.
    basis
        For coefficients in another basis, ``new = basis @ written``, shape (p, p): a row
        times `basis` is the row for the written coefficients. ``None``: they are the same.
    """

    covariance: Floats
    split: between_within.Split
    basis: Floats | None = None
    name: str = field(init=False, default="between-within")

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return those of each row; see `between_within.degrees_of_freedom`."""
        rows = estimating_rows(rows, len(self.covariance))
        return np.array([self._joint(row[None, :])[0] for row in rows], dtype=np.float64)

    def _joint(self, rows: Floats) -> tuple[float, float]:
        written = rows if self.basis is None else rows @ self.basis
        return between_within.degrees_of_freedom(written, self.split), 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Residual(_Wald):
    """Model-based covariance with observations less coefficients everywhere.

    Raises
    ------
    FitError
        If there are no more observations than coefficients.
    """

    covariance: Floats
    observations: int
    name: str = field(init=False, default="residual")

    def __post_init__(self) -> None:
        if self.observations <= len(self.covariance):
            raise FitError(
                f"residual degrees of freedom: {self.observations} observations are too few for "
                f"{len(self.covariance)} coefficients"
            )

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return the same for each row."""
        return np.full(len(estimating_rows(rows, len(self.covariance))), self._joint(rows)[0])

    def _joint(self, rows: Floats) -> tuple[float, float]:  # noqa: ARG002 the same for all rows
        return float(self.observations - len(self.covariance)), 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Asymptotic(_Wald):
    """Model-based covariance as if it were known: z and chi-square."""

    covariance: Floats
    name: str = field(init=False, default="asymptotic")

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return ``inf`` for each row."""
        return np.full(len(estimating_rows(rows, len(self.covariance))), math.inf)

    def _joint(self, rows: Floats) -> tuple[float, float]:  # noqa: ARG002 the same for all rows
        return math.inf, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Sandwich(_Wald):
    """Cluster-robust covariance, Bell and McCaffrey's df, Hotelling's T-squared for several."""

    robust: Robust
    covariance: Floats = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariance", self.robust.covariance)
        object.__setattr__(self, "name", self.robust.kind)

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """See `sandwich.Robust.degrees_of_freedom`."""
        return self.robust.degrees_of_freedom(rows)

    def _joint(self, rows: Floats) -> tuple[float, float]:
        return self.robust.hotelling(rows)
