"""Check a covariance structure of one's own before a model is fitted with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.covariance.base import CovarianceStructure, disagreeing
from retrostats.models.covariance.numerics import central_difference, is_positive_definite

#: Part of the largest entry by which a matrix may differ from its transpose.
_ASYMMETRY = 1e-12
#: How far ``from_unconstrained(to_unconstrained(theta))`` may lie from theta, relatively.
_ROUND_TRIP = 1e-6


def check_structure(structure: CovarianceStructure, theta: Floats) -> None:
    """Check that a covariance structure is consistent at one set of parameters.

    Shapes, symmetry, the first and second derivatives against differences, whether
    `linear` is true, the start, and the unconstrained parameters with their Jacobian.

    Parameters
    ----------
    structure
        Any `CovarianceStructure`.
    theta
        Natural parameters of a positive definite matrix, shape (k,), away from values
        where the matrix is not smooth.

    Raises
    ------
    DataError
        Lists everything that is wrong.
    """
    if not isinstance(structure, CovarianceStructure):
        raise DataError(
            f"a covariance structure must derive from CovarianceStructure, "
            f"{type(structure).__name__} does not"
        )
    faults = _declaration(structure, np.asarray(theta))
    if not faults:
        point = np.array(theta, dtype=np.float64)
        for check in (_matrix, _first, _second, _start, _unconstrained):
            faults += _attempt(check, structure, point)
            # Without a sound matrix the later checks would only repeat its faults.
            if faults and check is _matrix:
                break
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        listing = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(faults, start=1))
        name = getattr(structure, "name", type(structure).__name__)
        raise DataError(f"covariance {name}: {count} found.\n{listing}")


def _attempt(
    check: Callable[[CovarianceStructure, Floats], list[str]],
    structure: CovarianceStructure,
    theta: Floats,
) -> list[str]:
    """Run one check; what the structure raises is a fault of it."""
    try:
        return check(structure, theta)
    except DataError as error:
        return [str(error)]
    except Exception as error:  # any error of foreign code belongs into the list
        question = check.__name__.strip("_")
        return [f"{question}: raised {type(error).__name__}: {error}"]


def _declaration(structure: CovarianceStructure, theta: Floats) -> list[str]:
    faults = []
    dimension = getattr(structure, "dimension", None)
    if not isinstance(dimension, (int, np.integer)) or dimension < 1:
        faults.append(f"dimension must be the number of visits, 1 or more, not {dimension!r}")
    names = getattr(structure, "parameter_names", None)
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        return [*faults, f"parameter_names must be a tuple of texts, not {names!r}"]
    if len(set(names)) < len(names) or not names:
        faults.append(f"parameter_names must differ and be at least one, got {names}")
    if (
        theta.shape != (len(names),)
        or theta.dtype.kind not in "fiu"
        or not np.isfinite(theta).all()
    ):
        faults.append(f"theta must hold {len(names)} finite numbers, one for each of {names}")
    return faults


def _matrix(structure: CovarianceStructure, theta: Floats) -> list[str]:
    given = theta.copy()
    sigma, wanted = structure.matrix(given), (structure.dimension,) * 2
    if np.shape(sigma) != wanted:
        return [f"matrix: its shape must be {wanted}, not {np.shape(sigma)}"]
    faults = [] if (given == theta).all() else ["matrix: it must not change theta; copy it"]
    if np.iscomplexobj(sigma) or not np.isfinite(sigma).all():
        faults.append("matrix: it must be real and finite for real theta")
    elif np.abs(sigma - sigma.T).max() > _ASYMMETRY * np.abs(sigma).max():
        faults.append("matrix: it must be symmetric")
    elif not is_positive_definite(sigma):
        faults.append(f"matrix: it is not positive definite at theta = {theta.tolist()}")
    return faults


def _first(structure: CovarianceStructure, theta: Floats) -> list[str]:
    slopes = structure.first(theta)
    wanted = (len(theta), structure.dimension, structure.dimension)
    if np.shape(slopes) != wanted:
        return [f"first: its shape must be {wanted}, not {np.shape(slopes)}"]
    differences = central_difference(structure.matrix, theta)
    wrong = disagreeing(slopes, differences, structure.matrix(theta), theta)
    names = [name for name, bad in zip(structure.parameter_names, wrong, strict=True) if bad]
    return [f"first: derivative by {name} is not that of matrix" for name in names]


def _second(structure: CovarianceStructure, theta: Floats) -> list[str]:
    curves, k = structure.second(theta), len(theta)
    wanted = (k, k, structure.dimension, structure.dimension)
    if np.shape(curves) != wanted:
        return [f"second: its shape must be {wanted}, not {np.shape(curves)}"]
    value = structure.first(theta)
    differences = central_difference(structure.first, theta)
    if structure.linear and disagreeing(0 * differences, differences, value, theta).any():
        return ["linear: the derivatives vary with theta; set linear = False"]
    wrong = disagreeing(np.asarray(curves), differences, value, theta)
    names = [name for name, bad in zip(structure.parameter_names, wrong, strict=True) if bad]
    return [f"second: derivatives by {name} are not those of first" for name in names]


def _start(structure: CovarianceStructure, theta: Floats) -> list[str]:
    faults = []
    m = structure.dimension
    for title, moment in (("matrix(theta)", structure.matrix(theta)), ("a diagonal", np.eye(m))):
        begin = np.asarray(structure.start(moment))
        if begin.shape != theta.shape:
            return [f"start: its shape must be {theta.shape}, not {begin.shape}"]
        if not is_positive_definite(structure.matrix(begin)):
            faults.append(f"start: near {title} the matrix of its result is not positive definite")
    return faults


def _unconstrained(structure: CovarianceStructure, theta: Floats) -> list[str]:
    phi = structure.to_unconstrained(theta)
    if np.shape(phi) != theta.shape:
        return [f"to_unconstrained: its shape must be {theta.shape}, not {np.shape(phi)}"]
    back = structure.from_unconstrained(phi)
    if not np.allclose(back, theta, rtol=_ROUND_TRIP, atol=_ROUND_TRIP * np.abs(theta).max()):
        return ["from_unconstrained: it does not undo to_unconstrained"]
    jacobian, wanted = structure.jacobian(phi), (len(theta), len(theta))
    if np.shape(jacobian) != wanted:
        return [f"jacobian: its shape must be {wanted}, not {np.shape(jacobian)}"]
    differences = central_difference(structure.from_unconstrained, phi)
    if disagreeing(jacobian.T, differences, theta, phi).any():
        return ["jacobian: it is not the derivative of from_unconstrained"]
    return []
