"""Which trials make the heterogeneity, and which of them move the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.layout import Layout, ShownAsTable
from retrostats.meta.diagnostics.again import without_each
from retrostats.meta.diagnostics.influence import deleted_fits, number_column, whole_fit
from retrostats.meta.diagnostics.measures import Fitted
from retrostats.meta.pooled import Pooled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baujat(ShownAsTable):
    """The two axes of a Baujat plot, in the order of the trials.

    Attributes
    ----------
    studies
        Names of the trials.
    contribution
        Squared Pearson residual, shape ``(k,)``; under the common effect they add up to
        Cochran's Q. The horizontal axis.
    influence
        Squared move of the pooled effect when the trial is left out, over the variance of the
        pooled effect without it, shape ``(k,)``. The vertical axis.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> axes = rs.baujat(rs.pool(trials, tau2="common", test="z"))
    >>> axes.contribution.round(2).tolist(), axes.influence.round(2).tolist()
    ([2.51, 1.22, 0.0], [0.73, 1.12, 0.0])
    """

    studies: tuple[str, ...]
    contribution: Floats
    influence: Floats

    def __repr__(self) -> str:
        return self.layout().text()

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        columns = (number_column(self.contribution), number_column(self.influence))
        return Layout(
            caption="Heterogeneity and influence of each trial",
            header=("", "Contribution to heterogeneity", "Influence on the mean"),
            rows=tuple(zip(self.studies, *columns, strict=True)),
        )

    def __str__(self) -> str:
        return self.layout().text()


def baujat_axes(y: Floats, v: Floats, whole: Fitted, deleted: Fitted) -> tuple[Floats, Floats]:
    """Return contribution to heterogeneity and influence on the mean, shape ``(k,)`` each.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    whole
        The fit of all trials.
    deleted
        The fits without each, arrays of shape ``(k,)``.
    """
    contribution = (y - whole.mean) ** 2 / (v + whole.tau2)
    return contribution, np.asarray((deleted.mean - whole.mean) ** 2 / deleted.variance)


def baujat(pooled: Pooled) -> Baujat:
    """Tell trials that differ from the others from those that also move the mean.

    Use it to see at a glance where heterogeneity comes from: a trial far to the right makes much
    of it, one high up decides the mean; not to choose trials to drop, nor in place of the
    measures of `influence`, whose sizes have a meaning.

    Parameters
    ----------
    pooled
        From `pool`, of three trials or more. The classical plot is that of ``tau2="common"``,
        ``test="z"``.

    Returns
    -------
    Baujat
        Values for a figure and a table.

    Raises
    ------
    DataError
        If there are two trials.
    FitError
        If the trials that are left cannot be pooled; the message names the trial left out.

    References
    ----------
    .. [1] Baujat B et al. (2002). Stat Med 21, 2641-2652. doi:10.1002/sim.1221

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> print(rs.baujat(rs.pool(trials, tau2="common", test="z")))
    Heterogeneity and influence of each trial
               Contribution to heterogeneity  Influence on the mean
      Trial A                           2.51                   0.73
      Trial B                           1.22                   1.12
      Trial C                           0.00                   0.00
    """
    fits = without_each("baujat", pooled)
    axes = baujat_axes(pooled.y, pooled.v, whole_fit(pooled), deleted_fits(fits))
    contribution, influence = map(read_only, axes)
    return Baujat(studies=pooled.studies, contribution=contribution, influence=influence)
