"""Covariance of the visits of a subject: built-in structures by name, and one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrostats.errors import DataError
from retrostats.models.covariance.base import CovarianceStructure
from retrostats.models.covariance.checking import check_structure
from retrostats.models.covariance.heterogeneous import (
    HeterogeneousAntedependence,
    HeterogeneousAutoregression,
    HeterogeneousCompoundSymmetry,
    HeterogeneousToeplitz,
)
from retrostats.models.covariance.homogeneous import (
    Antedependence,
    CompoundSymmetry,
    FirstOrderAutoregression,
    Toeplitz,
)
from retrostats.models.covariance.random_effects import RandomEffects, ReducedRandomEffects
from retrostats.models.covariance.unstructured import Unstructured

__all__ = [
    "STRUCTURES",
    "CovarianceStructure",
    "RandomEffects",
    "ReducedRandomEffects",
    "check_structure",
    "structure",
]

_CLASSES: dict[str, Callable[[Sequence[object]], CovarianceStructure]] = {
    "us": Unstructured,
    "ar1": FirstOrderAutoregression,
    "arh1": HeterogeneousAutoregression,
    "cs": CompoundSymmetry,
    "csh": HeterogeneousCompoundSymmetry,
    "toep": Toeplitz,
    "toeph": HeterogeneousToeplitz,
    "ad": Antedependence,
    "adh": HeterogeneousAntedependence,
}

#: Names of the built-in structures, as SAS and mmrm call them.
STRUCTURES = tuple(_CLASSES)


def structure(name: str, visits: Sequence[object]) -> CovarianceStructure:
    """Return a built-in covariance structure.

    Parameters
    ----------
    name
        One of `STRUCTURES`.
    visits
        Labels of the visits in their order.

    Raises
    ------
    DataError
        If there is no such structure, or the visits are none or not distinct.

    Examples
    --------
    >>> structure("arh1", (0, 3, 6)).parameter_names
    ('var(0)', 'var(3)', 'var(6)', 'rho')
    """
    faults = []
    if name not in _CLASSES:
        faults.append(
            f"{name!r} is not a covariance structure{_meant(name)}; choose one of "
            f"{', '.join(STRUCTURES)}, "
            "or pass an object of your own that derives from CovarianceStructure"
        )
    labels = [str(visit) for visit in visits]
    if not labels:
        faults.append("there is no visit; a covariance needs at least one")
    if len(set(labels)) < len(labels):
        faults.append(f"visits must have distinct labels, got {labels}")
    if faults:
        raise DataError("covariance: " + "; ".join(faults) + ".")
    return _CLASSES[name](visits)


#: What SAS and R call the same.
_ELSEWHERE = {"un": "us", "ar(1)": "ar1", "ar1h": "arh1", "arh(1)": "arh1", "ante(1)": "adh"}


def _meant(name: str) -> str:
    known = _ELSEWHERE.get(name.lower(), name.lower())
    return f" (did you mean {known!r}?)" if known in _CLASSES else ""
