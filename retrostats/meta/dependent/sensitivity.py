"""What the assumed correlation does to a pooled effect."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable
from retrostats.meta.dependent.pooling import pool_dependent
from retrostats.meta.dependent.results import PooledDependent, StandardErrors, Structure

#: From independent to nearly the same, in even steps.
USUAL_CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationSensitivity(ShownAsTable):
    """The pooled effect under several assumed correlations.

    Attributes
    ----------
    correlations
        Of the sampling errors within a trial.
    fits
        The pool under each.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> rs.correlation_sensitivity(pain, ["one", "one", "two", "three"], correlations=(0.2, 0.8))
    The pooled effect by the assumed correlation within trials
                       Estimate (SD)      SE   df              95% CI      p  τ²      ω²
      correlation 0.2        -0.4654  0.0426  1.7  -0.6790 to -0.2518  0.013   0  0.0563
      correlation 0.8        -0.4753  0.0484  1.8  -0.7013 to -0.2493  0.013   0  0.114
    """

    correlations: tuple[float, ...]
    fits: tuple[PooledDependent, ...]

    def __repr__(self) -> str:
        return self.layout().text()

    def table(self) -> EstimateTable:
        """Return the pooled effects, each labelled by its correlation."""
        return EstimateTable(
            "The pooled effect by the assumed correlation within trials",
            tuple(
                replace(fit.pooled, label=f"correlation {correlation:g}")
                for correlation, fit in zip(self.correlations, self.fits, strict=True)
            ),
        )

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        inner = self.table().layout()
        variances = [(fit.tau2, fit.omega2) for fit in self.fits]
        two = not any(math.isnan(omega2) for _, omega2 in variances)
        return Layout(
            caption=inner.caption,
            header=(*inner.header, "τ²", *(("ω²",) if two else ())),
            rows=tuple(
                (*row, *(f"{variance:.3g}" for variance in (pair if two else pair[:1])))
                for row, pair in zip(inner.rows, variances, strict=True)
            ),
            words=inner.words,
        )


def correlation_sensitivity(
    estimates: Sequence[Estimate],
    studies: Sequence[str],
    *,
    correlations: Sequence[float] = USUAL_CORRELATIONS,
    structure: Structure = "hierarchical",
    standard_errors: StandardErrors = "CR2",
    level: float = 0.95,
) -> CorrelationSensitivity:
    """Pool dependent estimates under several assumed correlations.

    Use it with every `pool_dependent` whose correlation is assumed, to show whether the
    assumption matters; not where the covariance is known (arms that share a control).

    Parameters
    ----------
    estimates, studies, standard_errors, level
        As in `pool_dependent`.
    correlations
        One or more, in the order of the table.
    structure
        ``"hierarchical"`` or ``"correlated effects"``.

    Returns
    -------
    CorrelationSensitivity
        One pool for each correlation.

    Raises
    ------
    DataError
        As in `pool_dependent`.
    ValueError
        If there is no correlation to take, or the structure has none.

    Examples
    --------
    >>> import retrostats as rs
    >>> given = [("A", -0.9, 0.2), ("A", -0.5, 0.2), ("B", -0.1, 0.3), ("B", -0.4, 0.3),
    ...          ("C", -0.2, 0.1), ("D", -0.6, 0.2), ("E", -0.3, 0.2), ("E", -0.4, 0.2)]
    >>> pain = [rs.Estimate.from_se(trial, y, se, unit="SD") for trial, y, se in given]
    >>> found = rs.correlation_sensitivity(pain, [trial for trial, _, _ in given])
    >>> [round(estimate.value, 3) for estimate in found.table()][:3]
    [-0.41, -0.411, -0.412]
    """
    if isinstance(correlations, str | Set) or not isinstance(correlations, Iterable):
        raise TypeError(
            f"correlation_sensitivity: correlations must be a list of numbers; got {correlations!r}"
        )
    chosen = tuple(correlations)
    if not chosen:
        raise ValueError("correlation_sensitivity: give one or more correlations")
    return CorrelationSensitivity(
        correlations=chosen,
        fits=tuple(
            pool_dependent(
                estimates,
                studies,
                correlation=correlation,
                structure=structure,
                standard_errors=standard_errors,
                level=level,
            )
            for correlation in chosen
        ),
    )
