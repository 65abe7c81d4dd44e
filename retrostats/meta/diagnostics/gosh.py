"""The pooled effect of every subset of the trials."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats, read_only
from retrostats.layout import Layout, ShownAsTable, decimals, limits, number
from retrostats.meta.diagnostics.subsets import all_subsets, fit_subsets, random_subsets
from retrostats.meta.many.estimators import find_many
from retrostats.meta.many.requests import require_seed
from retrostats.meta.pooled import Pooled, require_pooled

#: All subsets of 15 trials.
MOST = 2**15 - 1
#: Of the estimates of subsets of one size, the table shows the range of the middle of so many.
MIDDLE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gosh(ShownAsTable):
    """Pooled effects of subsets: graphical display of study heterogeneity.

    Attributes
    ----------
    studies
        Names of the trials.
    included
        Which trials each subset holds, shape ``(n, k)``; small subsets first.
    size
        Trials of each subset, shape ``(n,)``.
    estimate
        Pooled effects, shape ``(n,)``, in the unit.
    tau2, q, i2, h2
        Heterogeneity of each subset, shape ``(n,)``; 0, 0, 0 and 1 for one trial alone.
    possible
        How many subsets there are; ``n`` if all of them are here.
    unit
        Of the effects.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> found = rs.gosh(rs.pool(trials))
    >>> len(found), found.size.tolist()
    (7, [1, 1, 1, 2, 2, 2, 3])
    >>> found.estimate[found.included[:, 0]].round(2).tolist()
    [-0.9, -0.49, -0.63, -0.44]
    """

    studies: tuple[str, ...]
    included: NDArray[np.bool_]
    size: NDArray[np.intp]
    estimate: Floats
    tau2: Floats
    q: Floats
    i2: Floats
    h2: Floats
    possible: int
    unit: str

    def __repr__(self) -> str:
        return self.layout().text()

    def __len__(self) -> int:
        return len(self.estimate)

    def layout(self) -> Layout:
        """Return estimates and I squared by the size of the subsets."""
        unit = f" ({self.unit})" if self.unit else ""
        spread = float(np.ptp(self.estimate))
        places = decimals(spread)
        rows = [self._row(size, places) for size in np.unique(self.size).tolist()]
        known = "all" if len(self) == self.possible else f"{len(self):,} of {self.possible:,}"
        return Layout(
            caption=f"Pooled effects of subsets of the trials ({known})",
            header=(
                "Trials",
                "Subsets",
                f"Median{unit}",
                f"Middle {MIDDLE:.0%}",
                "Lowest to highest",
                "Median I²",
            ),
            rows=tuple(rows),
        )

    def __str__(self) -> str:
        return self.layout().text()

    def _row(self, size: int, places: int) -> tuple[str, ...]:
        which = self.size == size
        estimates = self.estimate[which]
        low, median, high = np.quantile(estimates, [(1 - MIDDLE) / 2, 0.5, (1 + MIDDLE) / 2])
        return (
            f"{size}",
            f"{int(which.sum()):,}",
            number(float(median), places),
            limits(float(low), float(high), places),
            limits(float(estimates.min()), float(estimates.max()), places),
            f"{np.median(self.i2[which]):.0%}",
        )


def gosh(pooled: Pooled, *, most: int = MOST, seed: int | None = None) -> Gosh:
    """Pool every subset of the trials.

    Use it to see whether the pooled effects of subsets gather in several clouds, which speaks for
    groups of trials with different effects or for one trial that stands apart; not to look for
    the subset with the wished result, and not for inference: subsets share their trials. With
    fewer than about six trials there are too few subsets to show a pattern.

    Parameters
    ----------
    pooled
        From `pool`; gives the trials and the estimator of tau squared.
    most
        If there are more subsets, a random sample of so many different ones is taken.
    seed
        Of the sample; needed only then. The sample is drawn in one go and pooled in arrays, which
        takes less time than other processes need to start: there is no option for workers.

    Returns
    -------
    Gosh
        Arrays for a figure (``estimate`` against ``i2``, coloured by a column of ``included``),
        shown as a table by size. In a random sample each subset has the same chance, so that
        most hold about half of the trials.

    Raises
    ------
    ValueError
        If ``most`` is not a whole number of 1 or more, or a sample is needed and has no seed.

    References
    ----------
    .. [1] Olkin I, Dahabreh IJ, Trikalinos TA (2012). Res Synth Methods 3, 214-223.
       doi:10.1002/jrsm.1053

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> print(rs.gosh(rs.pool(trials)))
    Pooled effects of subsets of the trials (all)
      Trials  Subsets  Median (SD)        Middle 90%  Lowest to highest  Median I²
      1             3       -0.400  -0.850 to -0.175   -0.900 to -0.150         0%
      2             3       -0.489  -0.612 to -0.270   -0.626 to -0.245        28%
      3             1       -0.435  -0.435 to -0.435   -0.435 to -0.435        46%
    """
    require_pooled("gosh", pooled)
    if not isinstance(most, Integral) or most < 1:
        raise ValueError(f"gosh: most must be a whole number of 1 or more; got {most!r}")
    seed = None if seed is None else require_seed("gosh", seed)
    k = len(pooled.trials)
    possible = 2**k - 1
    if possible > most and seed is None:
        raise ValueError(
            f"gosh: {k} trials have {possible:,} subsets, more than most={most:,}; give a seed "
            "for a random sample of them, or raise most"
        )
    included = _chosen(k, int(most), possible, seed)
    fits = fit_subsets(
        pooled.y,
        pooled.v,
        included,
        find_many(pooled.tau2_of)[1],
        common=pooled.estimator == "common",
    )
    included.setflags(write=False)
    return Gosh(
        studies=pooled.studies,
        included=included,
        size=included.sum(axis=1),
        estimate=read_only(fits.estimate),
        tau2=read_only(fits.tau2),
        q=read_only(fits.q),
        i2=read_only(fits.i2),
        h2=read_only(fits.h2),
        possible=possible,
        unit=pooled.pooled.unit,
    )


def _chosen(k: int, most: int, possible: int, seed: int | None) -> NDArray[np.bool_]:
    if possible <= most or seed is None:
        return all_subsets(k)
    if most > possible // 2:
        # So many of all: drawing until enough differ would be slower than leaving some out.
        kept = np.random.default_rng(seed).choice(possible, size=most, replace=False)
        return np.asarray(all_subsets(k)[np.sort(kept)])
    return random_subsets(k, most, seed)
