"""The residuals of a fitted model for repeated measures, ready to be drawn."""

from __future__ import annotations

from retrostats.description.diagnostics import residual_diagnostics
from retrostats.description.types import ResidualDiagnostics
from retrostats.errors import FitError
from retrostats.models.results.mmrm_fit import MmrmFit


def diagnose(fit: MmrmFit) -> ResidualDiagnostics:
    """Return the residuals of a fitted model beside what the model expects of them.

    Use it to look at a model of one's own by `plot_diagnostics`; not after `analyse`, which has
    the same of each endpoint, e.g. ``analysis.primary.diagnostics``, and not as a test: no figure
    of residuals shows whether values are missing at random.

    Parameters
    ----------
    fit
        What `fit_mmrm` returned.

    Returns
    -------
    ResidualDiagnostics
        Residuals over the standard deviation that the model gives their visit, in the order of the
        rows used; no subject is named. The covariance is that of the model; empty where every
        group has its own.

    Raises
    ------
    TypeError
        If `fit` is another model.
    FitError
        If the fit was made from data in parts, of which no rows were kept.

    Examples
    --------
    >>> import pandas as pd
    >>> from retrostats import fit_mmrm
    >>> walks = pd.DataFrame({
    ...     "id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    ...     "week": ["3", "6"] * 5,
    ...     "pain": [5.5, 5.0, 7.0, 6.0, 4.0, 3.5, 5.5, 4.0, 6.0, 3.0],
    ... })
    >>> fit = fit_mmrm("pain ~ week", walks, subject="id", visit="week", unit="points")
    >>> found = diagnose(fit)
    >>> found.visit_labels, len(found.residuals), round(found.largest, 2)
    (('3', '6'), 10, 1.48)
    """
    if not isinstance(fit, MmrmFit):
        raise TypeError(
            f"diagnose: need what fit_mmrm returned, got {type(fit).__name__}; other fits have "
            "residuals() for a figure of your own"
        )
    source = fit.prepared.source
    if source is None or source.frame.visit is None:
        raise FitError(
            "diagnose needs the rows themselves, and this fit was made from parts of which only "
            "sums were kept; fit from one data frame"
        )
    frame, labels = source.frame, tuple(map(str, fit.visits))
    return residual_diagnostics(
        frame.outcome - fit.residuals("raw").to_numpy(),
        fit.residuals("pearson").to_numpy(),
        [labels[code] for code in source.frame.visit],
        frame.subject,
        labels,
        covariance=None if isinstance(fit.sigma, dict) else fit.sigma,
        unit=fit.unit,
    )
