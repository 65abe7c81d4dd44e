"""What a covariance structure is, and all that one's own structure need not write itself."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.layout import value_words
from retrostats.layout.html import cut, facts
from retrostats.models.covariance.numerics import (
    central_difference,
    complex_step,
    is_positive_definite,
    real_steps,
)

#: A derivative by complex step and one by differences agree to this part of the largest entry.
_AGREEMENT = 1e-4
#: Rounding of a difference, as a part of the largest entry of the matrix over the step's scale.
_ROUNDING = 1e-8
#: So many parameters are named where a structure is shown.
_SHOWN = 12


class CovarianceStructure(ABC):
    """A covariance matrix of the visits as a function of few parameters.

    A structure of one's own derives from this class and needs four things:
    `parameter_names`, `dimension`, `matrix` and `start`. It then has `first` by complex
    step (exact to rounding), `second` by central differences of `first` (to 1e-9 of
    the largest entry), and its natural parameters as the unconstrained ones. Each of
    them may be overridden. Call `check_structure` on it once.

    Attributes
    ----------
    name
        What reports call it; the name of the class unless it is set.
    dimension
        Number of visits, m.
    parameter_names
        Names of the natural parameters, length k.
    linear
        ``True`` where the matrix is linear in the parameters: all second derivatives
        are zero.

    Examples
    --------
    Correlation that halves after a known time, with one variance:

    >>> import numpy as np
    >>> import retrostats as rs
    >>> class Halving(rs.CovarianceStructure):
    ...     parameter_names = ("variance", "rho")
    ...     def __init__(self, weeks):
    ...         self.gaps = np.abs(np.subtract.outer(weeks, weeks))
    ...         self.dimension = len(weeks)
    ...     def matrix(self, theta):
    ...         return theta[0] * theta[1] ** self.gaps
    ...     def start(self, moment):
    ...         return np.array([np.trace(moment) / self.dimension, 0.5])
    >>> Halving([0.0, 6.0, 12.0]).first(np.array([4.0, 0.9])).shape
    (2, 3, 3)
    """

    name: str
    dimension: int
    parameter_names: tuple[str, ...]
    linear: bool = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" not in cls.__dict__:
            cls.name = cls.__name__

    def __repr__(self) -> str:
        names = ", ".join(getattr(self, "parameter_names", ()))
        visits = getattr(self, "dimension", "?")
        return f"<{self.name}: {visits} visits, parameters {names or 'none'}>"

    def _repr_html_(self) -> str:
        names = getattr(self, "parameter_names", ())
        told = (
            ("Covariance", self.name),
            ("Visits", value_words(getattr(self, "dimension", None))),
            ("Parameters", f"{len(names)}: {', '.join(cut(names, _SHOWN))}"),
            ("Linear in them", value_words(self.linear)),
        )
        return facts(told)

    @abstractmethod
    def matrix(self, theta: Floats) -> Floats:
        """Return the covariance matrix.

        Parameters
        ----------
        theta
            Natural parameters, shape (k,). May be complex: no ``abs``, ``conj``, ``float``
            or comparison of what depends on them, and no array of doubles to fill in.

        Returns
        -------
        ndarray
            Symmetric, shape (m, m). Outside the parameters' domain it must not be
            positive definite, and should be finite; the caller tries a Cholesky factor.
        """

    @abstractmethod
    def start(self, moment: Floats) -> Floats:
        """Return natural parameters near a moment matrix, to start an optimiser.

        Parameters
        ----------
        moment
            Positive definite, shape (m, m).

        Returns
        -------
        ndarray
            Shape (k,); `matrix` of it is positive definite.
        """

    def first(self, theta: Floats) -> Floats:
        """Return the derivative by each parameter, shape (k, m, m).

        Raises
        ------
        DataError
            If `matrix` loses the imaginary part of its argument, so that the derivative
            by complex step is wrong. It is compared with differences on first use.
        """
        theta = np.asarray(theta, dtype=np.float64)
        if "_complex_safe" in vars(self):
            return complex_step(self.matrix, theta)
        slopes = self._first_with_proof(theta)
        vars(self)["_complex_safe"] = True  # also where a frozen dataclass forbids assignment
        return slopes

    def second(self, theta: Floats) -> Floats:
        """Return the second derivatives, shape (k, k, m, m), symmetric in the first two axes.

        They are central differences of `first`; the error is 1e-10 to 1e-9 of the largest
        entry (at most 2e-10 on the built-in structures, 6e-10 on a decay over 12 weeks).
        """
        theta = np.asarray(theta, dtype=np.float64)
        k, m = len(theta), self.dimension
        if self.linear:
            return np.broadcast_to(0.0, (k, k, m, m))
        curved = central_difference(self.first, theta)
        symmetric: Floats = 0.5 * (curved + curved.swapaxes(0, 1))
        return symmetric

    def to_unconstrained(self, theta: Floats) -> Floats:
        """Return the unconstrained parameters, shape (k,); here the natural ones."""
        return theta

    def from_unconstrained(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape (k,); here the same ones. May be complex."""
        return phi

    def jacobian(self, phi: Floats) -> Floats:
        """Return d theta_h / d phi_j, shape (k, k): row h, column j."""
        return complex_step(self.from_unconstrained, np.asarray(phi, dtype=np.float64)).T

    def _first_with_proof(self, theta: Floats) -> Floats:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                slopes = complex_step(self.matrix, theta)
        except (TypeError, np.exceptions.ComplexWarning) as error:
            raise DataError(self._not_complex(f"it says: {error}")) from error
        differences = central_difference(self.matrix, theta)
        wrong = disagreeing(slopes, differences, self.matrix(theta), theta)
        if wrong.any():
            names = ", ".join(np.array(self.parameter_names, dtype=object)[wrong])
            raise DataError(self._not_complex(f"its derivatives by {names} are wrong"))
        return slopes

    def _not_complex(self, found: str) -> str:
        return (
            f"covariance {self.name}: matrix(theta) must keep the imaginary part of theta, "
            f"from which its derivatives are taken; {found}. Write it without abs, conj, "
            "float() or comparisons and fill arrays of dtype theta.dtype, or write first(theta)."
        )

    def _require_positive_definite(self, theta: Floats) -> None:
        if not is_positive_definite(self.matrix(theta)):
            values = zip(self.parameter_names, np.asarray(theta).tolist(), strict=True)
            listed = ", ".join(f"{name} = {value:.6g}" for name, value in values)
            raise DataError(
                f"covariance {self.name}: only parameters of a positive definite matrix have "
                f"unconstrained counterparts; got {listed}."
            )


def disagreeing(slopes: Floats, differences: Floats, value: Floats, point: Floats) -> Any:
    """Say for which coordinates a derivative differs from real differences, shape (k,).

    Parameters
    ----------
    slopes, differences
        Shape (k, ...): the derivative in question, and central differences.
    value
        The function at ``point``: its size tells the rounding of the differences.
    point
        Shape (k,).
    """
    axes = tuple(range(1, slopes.ndim))
    gap = np.abs(slopes - differences).max(axis=axes)
    size = np.abs(differences).max(axis=axes)
    # The scale of a coordinate is that of its step; written so that nan disagrees.
    noise = _ROUNDING * np.abs(value).max() / (real_steps(point) / real_steps(np.ones(1)))
    return ~(gap <= _AGREEMENT * size + noise)
