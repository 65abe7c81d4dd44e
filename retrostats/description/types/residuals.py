"""What the residuals of a model look like."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualDiagnostics(ShownAsFields):
    """Standardised residuals of a model and their companions, in the order of its rows.

    Attributes
    ----------
    fitted, residuals
        Shape ``(n,)``; residuals over the standard deviation that the model gives them.
    visits
        Visit of each row.
    quantiles
        Normal quantiles that belong to the sorted residuals, ascending.
    correlation
        Of the residuals between visits, shape ``(k, k)`` as nested tuples; ``nan`` where fewer
        than 3 subjects have both; empty for one visit.
    visit_labels
        Of its rows.
    largest
        The largest absolute residual.
    covariance
        What the model says of one subject's outcomes at the visits, given the fixed effects: shape
        ``(k, k)``, in the squared unit of the outcome. Of the model and not of the residuals; empty
        where it has none or one for each group.
    unit
        Of the outcome.
    """

    fitted: tuple[float, ...]
    residuals: tuple[float, ...]
    visits: tuple[str, ...]
    quantiles: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...]
    visit_labels: tuple[str, ...]
    largest: float
    covariance: tuple[tuple[float, ...], ...] = ()
    unit: str = ""
