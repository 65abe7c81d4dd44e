"""Estimates with their covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats, read_only, real_numbers
from retrostats.errors import DataError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable

#: Two numbers that say the same, one of them after a root and a square.
SAME = 1e-8
#: A correlation matrix with a smaller eigenvalue holds a row that the others give; rounding of a
#: matrix of a hundred rows stays below 1e-13.
SMALLEST_EIGENVALUE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DependentEstimates(ShownAsTable):
    """Estimates of several trials with the covariance of their sampling errors.

    Attributes
    ----------
    estimates
        ``k`` of them, in one unit.
    clusters
        Name of the trial of each estimate.
    covariance
        Shape ``(k, k)``, unit squared; its diagonal holds the squared standard errors, and it is
        0 between trials.
    assumption
        Where the covariance comes from, for a reader.

    Raises
    ------
    DataError
        If the covariance contradicts the estimates or is not positive definite.

    Examples
    --------
    >>> import numpy as np
    >>> import retrostats as rs
    >>> pain = [rs.Estimate.from_se(visit, -0.5, 0.2, unit="SD") for visit in ("3 wk", "6 wk")]
    >>> found = rs.DependentEstimates(
    ...     estimates=tuple(pain),
    ...     clusters=("Trial A", "Trial A"),
    ...     covariance=np.array([[0.04, 0.02], [0.02, 0.04]]),
    ... )
    >>> len(found), round(float(found.correlations[0, 1]), 2)
    (2, 0.5)
    """

    estimates: tuple[Estimate, ...]
    clusters: tuple[str, ...]
    covariance: Floats
    assumption: str = "covariance as given"

    def __repr__(self) -> str:
        return self.layout().text()

    def __post_init__(self) -> None:
        given = real_numbers("dependent estimates: covariance", self.covariance)
        object.__setattr__(self, "covariance", read_only(given))
        found = covariance_faults(self.estimates, self.clusters, self.covariance)
        if found:
            raise DataError("dependent estimates: " + "; ".join(found))

    def __len__(self) -> int:
        return len(self.estimates)

    @property
    def y(self) -> Floats:
        """Values, shape ``(k,)``."""
        return np.array([estimate.value for estimate in self.estimates])

    @property
    def trials(self) -> tuple[str, ...]:
        """Names of the trials, each once, in the order of their first estimates."""
        return tuple(dict.fromkeys(self.clusters))

    @property
    def places(self) -> tuple[tuple[int, ...], ...]:
        """Places of the estimates of each trial, in the order of `trials`."""
        return places_of(self.clusters)

    @property
    def blocks(self) -> tuple[Floats, ...]:
        """Covariance within each trial, in the order of `trials`."""
        return tuple(self.covariance[np.ix_(places, places)] for places in self.places)

    @property
    def correlations(self) -> Floats:
        """The covariance as correlations, shape ``(k, k)``."""
        root = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(root, root))

    @classmethod
    def joined(cls, parts: Sequence[DependentEstimates | Estimate]) -> DependentEstimates:
        """Put the estimates of several trials together.

        Parameters
        ----------
        parts
            Each the estimates of other trials; an `Estimate` is a trial of its own, by its label.

        Returns
        -------
        DependentEstimates
            With covariance 0 between the parts.

        Raises
        ------
        DataError
            If there is nothing to join, or a trial comes in two parts.
        """
        if not parts:
            raise DataError("dependent estimates: nothing to join; give the parts in a list")
        each = [_alone(part) if isinstance(part, Estimate) else part for part in parts]
        names = [trial for part in each for trial in part.trials]
        twice = [repr(name) for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise DataError(
                f"dependent estimates: {', '.join(twice)} in several parts, whose covariance is "
                "not known; make one part of each trial"
            )
        together, start = np.zeros((sum(map(len, each)),) * 2), 0
        for part in each:
            here = slice(start, start + len(part))
            together[here, here] = part.covariance
            start += len(part)
        several = [part.assumption for part in each if len(part) > len(part.trials)]
        return cls(
            estimates=tuple(e for part in each for e in part.estimates),
            clusters=tuple(name for part in each for name in part.clusters),
            covariance=together,
            assumption="; ".join(dict.fromkeys(several)) or "trials are independent",
        )

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        inner = EstimateTable("", self.estimates).layout()
        return Layout(
            caption=f"{len(self)} estimates of {len(self.trials)} trials; {self.assumption}",
            header=("Trial", *inner.header),
            rows=tuple((trial, *row) for trial, row in zip(self.clusters, inner.rows, strict=True)),
            words=inner.words + 1,
        )


def covariance_faults(
    estimates: Sequence[Estimate], clusters: Sequence[str], covariance: Floats
) -> list[str]:
    """Return what is wrong with a covariance, or nothing.

    Parameters
    ----------
    estimates, clusters
        ``k`` of each.
    covariance
        Of any shape.
    """
    k = len(estimates)
    if not k:
        return ["no estimates"]
    if len(clusters) != k:
        return [f"{len(clusters)} names of trials for {k} estimates; give one each"]
    units = sorted({repr(estimate.unit) for estimate in estimates})
    found = [f"the units differ ({', '.join(units)}); bring all to one scale first"]
    found = found if len(units) > 1 else []
    if covariance.shape != (k, k):
        return [*found, f"{k} estimates need a covariance of {k} by {k}, got {covariance.shape}"]
    if not np.isfinite(covariance).all() or (np.diag(covariance) <= 0).any():
        return [*found, "the covariance must be finite, with variances above 0"]
    root = np.sqrt(np.diag(covariance))
    scaled = covariance / np.outer(root, root)
    if np.abs(scaled - scaled.T).max() > SAME:
        found.append("the covariance is not symmetric")
    found += [
        f"{e.label}: its standard error is {e.se:g}, and the root of its variance {r:g}"
        for e, r in zip(estimates, root, strict=True)
        if not abs(e.se - r) <= SAME * r
    ]
    names = np.unique(clusters, return_inverse=True)[1]
    if (scaled[names[:, None] != names[None, :]] != 0).any():
        found.append("the covariance between estimates of different trials must be 0")
    scaled = (scaled + scaled.T) / 2
    blocks = (scaled[np.ix_(places, places)] for places in places_of(clusters))
    smallest = min(float(np.linalg.eigvalsh(block)[0]) for block in blocks)
    if smallest < SMALLEST_EIGENVALUE:
        found.append(
            "the covariance is not positive definite (smallest eigenvalue of the correlations "
            f"{smallest:.3g}): no estimates can depend on one another in this way, or one of them "
            "follows from the others; look for a correlation that is too large, or a repetition"
        )
    return found


def places_of(clusters: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return the places of each trial, in the order of their first estimates."""
    found: dict[str, list[int]] = {}
    for place, cluster in enumerate(clusters):
        found.setdefault(cluster, []).append(place)
    return tuple(map(tuple, found.values()))


def _alone(estimate: Estimate) -> DependentEstimates:
    return DependentEstimates(
        estimates=(estimate,),
        clusters=(estimate.label,),
        covariance=np.array([[estimate.se**2]]),
        assumption="trials are independent",
    )
