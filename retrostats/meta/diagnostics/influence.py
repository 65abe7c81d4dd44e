"""Which trials move the pooled effect, and which do not fit it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.layout import Layout, ShownAsTable, decimals, number
from retrostats.meta.diagnostics.again import without_each
from retrostats.meta.diagnostics.measures import Fitted, broken_rules, influence_measures
from retrostats.meta.pooled import Pooled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence(ShownAsTable):
    """Residuals and influence of each trial; arrays of shape ``(k,)``, in the order of the trials.

    Attributes
    ----------
    studies
        Names of the trials.
    residuals
        Estimate minus pooled effect, in the unit.
    rstandard
        The same over its standard error.
    rstudent
        Estimate minus the pooled effect without the trial, over its standard error: beyond 2 in
        one of twenty trials by chance.
    dffits
        How many standard errors the predicted mean moves when the trial enters.
    cook
        Cook's distance: the squared move over the variance of the pooled effect.
    cov_ratio
        Variance of the pooled effect without the trial over that with it; below 1 the trial makes
        the pooled effect less precise.
    tau2_deleted, q_deleted
        Variance between trials, and Cochran's Q, without the trial.
    hat
        Leverage; for a mean, the share of the weight.
    dfbetas
        How many standard errors the pooled effect moves when the trial enters.
    broken
        Which rules each trial breaks: ``"DFFITS"``, ``"Cook's distance"``, ``"hat value"``,
        ``"DFBETAS"``.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> found = rs.influence(rs.pool(trials, test="z"))
    >>> found.broken
    (("Cook's distance", 'DFBETAS'), ("Cook's distance", 'DFBETAS'), ())
    """

    studies: tuple[str, ...]
    residuals: Floats
    rstandard: Floats
    rstudent: Floats
    dffits: Floats
    cook: Floats
    cov_ratio: Floats
    tau2_deleted: Floats
    q_deleted: Floats
    hat: Floats
    dfbetas: Floats
    broken: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return self.layout().text()

    @property
    def influential(self) -> tuple[str, ...]:
        """Names of the trials that break a rule."""
        return tuple(name for name, rules in zip(self.studies, self.broken, strict=True) if rules)

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        tau2 = number_column(self.tau2_deleted)
        rows = []
        for i, name in enumerate(self.studies):
            measured = (self.rstudent, self.dffits, self.cook, self.cov_ratio)
            cells = [number(float(each[i]), 2) for each in measured]
            tail = (number(float(self.q_deleted[i]), 2), number(float(self.hat[i]), 3))
            dfbetas = number(float(self.dfbetas[i]), 2)
            rows.append((name, *cells, tau2[i], *tail, dfbetas, ", ".join(self.broken[i])))
        return Layout(
            caption="Influence of each trial",
            header=(
                "",
                "Rstudent",
                "DFFITS",
                "Cook",
                "Cov ratio",
                "tau² without",
                "Q without",
                "Hat",
                "DFBETAS",
                "Beyond its rule",
            ),
            rows=tuple(rows),
            closing_words=1,
        )

    def __str__(self) -> str:
        return self.layout().text()


def number_column(values: Floats) -> list[str]:
    """Write numbers of one kind with the decimals of the largest.

    Parameters
    ----------
    values
        Shape ``(k,)``.

    Examples
    --------
    >>> number_column(np.array([0.0, 0.0213, 0.135]))
    ['0.000', '0.021', '0.135']
    """
    places = decimals(float(np.max(np.abs(values))))
    return [number(value, places) for value in values.tolist()]


def influence(pooled: Pooled) -> Influence:
    """Measure how each trial fits the others, and how it moves the pooled effect.

    Use it to find trials whose data and design deserve a second look: a wrong sign, a standard
    error taken for an SD, another population; not to drop a trial because it breaks a rule, nor
    as a test with three or four trials, where the rules flag most of them.

    Parameters
    ----------
    pooled
        From `pool`, of three trials or more.

    Returns
    -------
    Influence
        Each fit without a trial estimates tau squared anew. Variances are those of the test of
        ``pooled``, so with the factor of Hartung and Knapp where it is used. A trial is named in
        ``influential`` if DFFITS lies beyond 3/sqrt(k - 1), Cook's distance beyond 0.455 (the
        median of a chi-squared distribution with 1 degree of freedom), the hat value beyond 3/k,
        or DFBETAS beyond 1.

    Raises
    ------
    DataError
        If there are two trials.
    FitError
        If the trials that are left cannot be pooled; the message names the trial left out.

    References
    ----------
    .. [1] Viechtbauer W, Cheung MWL (2010). Res Synth Methods 1, 112-125. doi:10.1002/jrsm.11

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.5, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.3, 0.25, unit="SD"),
    ... ]
    >>> found = rs.influence(rs.pool(trials))
    >>> found.influential
    ('Trial A', 'Trial B')
    >>> found.rstudent.round(2).tolist()
    [-1.82, 1.31, -0.24, 0.4]
    """
    fits = without_each("influence", pooled)
    deleted, whole = deleted_fits(fits), whole_fit(pooled)
    measures = influence_measures(pooled.y, pooled.v, whole, deleted)
    return Influence(
        studies=pooled.studies,
        residuals=read_only(measures.residuals),
        rstandard=read_only(measures.rstandard),
        rstudent=read_only(measures.rstudent),
        dffits=read_only(measures.dffits),
        cook=read_only(measures.cook),
        cov_ratio=read_only(measures.cov_ratio),
        tau2_deleted=read_only(np.array([fit.tau2 for fit in fits])),
        q_deleted=read_only(np.array([fit.q.statistic for fit in fits])),
        hat=read_only(measures.hat),
        dfbetas=read_only(measures.dfbetas),
        broken=broken_rules(measures),
    )


def whole_fit(pooled: Pooled) -> Fitted:
    """Return what the measures need of the fit of all trials.

    Parameters
    ----------
    pooled
        From `pool`.
    """
    mean = pooled.pooled
    return Fitted(mean=mean.value, variance=mean.se**2, tau2=pooled.tau2)


def deleted_fits(fits: tuple[Pooled, ...]) -> Fitted:
    """Return what the measures need of the fits without each trial, as arrays.

    Parameters
    ----------
    fits
        One for each trial.
    """
    return Fitted(
        mean=np.array([fit.pooled.value for fit in fits]),
        variance=np.array([fit.pooled.se for fit in fits]) ** 2,
        tau2=np.array([fit.tau2 for fit in fits]),
    )
