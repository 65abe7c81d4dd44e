"""Pool again without each trial."""

from __future__ import annotations

from dataclasses import dataclass, replace

from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable, decimals, limits, number, p_number, percent
from retrostats.meta.diagnostics.again import typical_se, without_each
from retrostats.meta.pooled import Pooled


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOneOut(ShownAsTable):
    """The pooled effect without each trial in turn.

    Attributes
    ----------
    pooled
        Of all trials.
    omitted
        Name of the trial that each fit is without.
    fits
        One for each omitted trial, in the order of the trials; with all of a pool: its effect,
        ``q``, ``tau2``, ``i2``, ``h2``.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> without = rs.leave_one_out(rs.pool(trials))
    >>> print(without)
    Leave one out
                       Estimate (SD)           95% CI      p    tau²   I²     Q  p of Q
      without Trial A         -0.245  -1.789 to 1.298  0.293  0.0000   0%  0.49   0.483
      without Trial B         -0.626  -3.788 to 2.536  0.241  0.0346  28%  1.38   0.240
      without Trial C         -0.489  -5.232 to 4.254  0.415  0.2058  73%  3.73   0.053
      all trials              -0.435  -1.361 to 0.490  0.180  0.0628  46%  3.73   0.155
    """

    pooled: Pooled
    omitted: tuple[str, ...]
    fits: tuple[Pooled, ...]

    def __repr__(self) -> str:
        return self.layout().text()

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The pooled effects, labelled by the trial that is left out."""
        return tuple(
            replace(fit.pooled, label=f"without {name}")
            for name, fit in zip(self.omitted, self.fits, strict=True)
        )

    @property
    def decisive(self) -> tuple[tuple[str, str], ...]:
        """Trials without which the conclusion is another, and in which way."""
        judged = [(name, _change(self.pooled, fit)) for name, fit in self._each()]
        return tuple((name, words) for name, words in judged if words)

    def table(self) -> EstimateTable:
        """Return the rows of a forest plot: without each trial, then of all trials."""
        return EstimateTable("Leave one out", (*self.estimates, self.pooled.pooled))

    def layout(self) -> Layout:
        """Return the cells as they are printed, and below them the trials that decide."""
        size = typical_se(self.estimates)
        rows = [_row(f"without {name}", fit, size) for name, fit in self._each()]
        rows.append(_row("all trials", self.pooled, size))
        unit = f" ({self.pooled.pooled.unit})" if self.pooled.pooled.unit else ""
        interval = f"{percent(self.pooled.level)} CI"
        return Layout(
            caption="Leave one out",
            header=("", f"Estimate{unit}", interval, "p", "tau²", "I²", "Q", "p of Q"),
            rows=(*rows, *((f"without {name}", words) for name, words in self.decisive)),
        )

    def __str__(self) -> str:
        return self.layout().text()

    def _each(self) -> list[tuple[str, Pooled]]:
        return list(zip(self.omitted, self.fits, strict=True))


def leave_one_out(pooled: Pooled) -> LeaveOneOut:
    """Pool again without each trial in turn.

    Use it to see whether one trial carries the conclusion; not to find a set of trials that gives
    the wished result, nor as a test of outliers (`influence` has residuals for that). With three
    trials each fit is of two: its Hartung-Knapp interval is very wide, and nearly every trial
    will seem to decide.

    Parameters
    ----------
    pooled
        From `pool`, of three trials or more.

    Returns
    -------
    LeaveOneOut
        Each fit has the estimator of tau squared, the test and the level of ``pooled``.
        ``decisive`` names the trials without which the effect changes its sign, or p passes
        1 - level (0.05 for 95% intervals) in either direction.

    Raises
    ------
    DataError
        If there are two trials: without one of them nothing is left to pool.
    FitError
        If the trials that are left cannot be pooled; the message names the trial left out.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.2, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.3, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.25, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.7, 0.3, unit="SD"),
    ... ]
    >>> without = rs.leave_one_out(rs.pool(trials))
    >>> print(without.table())
    Leave one out
                       Estimate (SD)     SE  df            95% CI      p
      without Trial A         -0.427  0.111   2  -0.903 to  0.050  0.061
      without Trial B         -0.692  0.152   2  -1.347 to -0.037  0.045
      without Trial C         -0.635  0.185   2  -1.430 to  0.160  0.075
      without Trial D         -0.548  0.190   2  -1.367 to  0.270  0.102
      pooled                  -0.580  0.145   3  -1.041 to -0.119  0.028
    >>> [name for name, _ in without.decisive]
    ['Trial A', 'Trial C', 'Trial D']
    """
    fits = without_each("leave_one_out", pooled)
    return LeaveOneOut(pooled=pooled, omitted=pooled.studies, fits=fits)


def _change(whole: Pooled, fit: Pooled) -> str:
    alpha = 1 - whole.level
    before, after = whole.pooled, fit.pooled
    found = []
    if before.value * after.value < 0:
        found.append("the effect changes its sign")
    if (before.p < alpha) != (after.p < alpha):
        found.append(f"p passes {alpha:.2g}: {before.p:.2g} with it, {after.p:.2g} without")
    return "; ".join(found)


def _row(label: str, fit: Pooled, size: float) -> tuple[str, ...]:
    mean = fit.pooled
    places = decimals(size)
    return (
        label,
        number(mean.value, places),
        limits(mean.ci.low, mean.ci.high, places),
        p_number(mean.p),
        number(fit.tau2, decimals(size**2)),
        f"{fit.i2:.0%}",
        number(fit.q.statistic, 2),
        p_number(fit.q.p),
    )
