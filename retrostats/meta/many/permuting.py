"""A test of the pooled mean by flipping the signs of trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.jobs.types import Workers
from retrostats.layout import ShownAsSentence, p_sentence
from retrostats.meta.many.pooling import pool_many
from retrostats.meta.many.requests import require_replicates, require_seed
from retrostats.meta.pooled import Pooled, require_pooled

#: With more trials not all patterns of signs are tried: 2^15 distinct ones take about a second.
MOST_TRIALS = 16
#: Random patterns of one block: some hundredths of a second of REML.
BLOCK = 5000
#: Two statistics nearer than this, relative to the observed one, are equal: tau squared is known
#: to about 14 digits.
TIED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SignFlipTest(ShownAsSentence):
    """A permutation test that the mean effect is zero.

    Attributes
    ----------
    statistic
        Mean over its standard error, as observed.
    p
        Share of the patterns of signs with a statistic as large or larger, on either side.
    patterns
        Patterns compared, the observed one among them.
    smallest
        Smallest p that so many trials or patterns can give.
    kind
        Whether all patterns were tried, or a random sample of them.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> test = rs.permutation_test_pooled(rs.pool(pain))
    >>> test.p, test.patterns
    (0.125, 16)
    """

    statistic: float
    p: float
    patterns: int
    smallest: float
    kind: Literal["exact", "Monte Carlo"]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return (
            f"Sign-flip test of the mean ({self.kind}, {self.patterns:,} patterns): statistic "
            f"{self.statistic:.3g}, {p_sentence(self.p)} (smallest possible {self.smallest:.3g})"
        )


def permutation_test_pooled(
    pooled: Pooled,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | Workers = 1,
) -> SignFlipTest:
    """Test that the mean effect is zero by flipping the signs of trials.

    Use it as a check of the p value with few trials of doubtful distribution: if the effects are
    symmetric about zero, every pattern of signs was as likely as the observed one. Not with fewer
    than six trials if 5% is to be reached: the smallest p of k trials is ``2 / 2^k``. It tests a
    mean of zero and symmetry at once, and gives no interval.

    Parameters
    ----------
    pooled
        The fit to test. Each pattern is pooled anew by its estimator and its test, and the
        statistic is the mean over its standard error.
    replicates
        None: all patterns of signs (up to 16 trials). A number: so many random ones.
    seed
        Whole number; needed with `replicates` and only then.
    workers
        A number of processes, or `retrostats.Workers`; the numbers are the same for any.
        They share random patterns, never all patterns, and help with an estimator of your own or
        with a million patterns; 9,999 of a named estimator take less time than other processes
        need to start.

    Returns
    -------
    SignFlipTest
        A random sample counts the observed pattern among the others: ``(1 + b) / (1 + n)``. A
        pattern whose standard error is 0, because all flipped estimates are equal, counts as more
        extreme.

    Raises
    ------
    ValueError
        If there are too many trials for all patterns, or an argument is out of range.

    References
    ----------
    .. [1] Follmann DA, Proschan MA (1999). Valid inference in random effects meta-analysis.
       Biometrics 55, 732-737. doi:10.1111/j.0006-341X.1999.00732.x
    .. [2] Phipson B, Smyth GK (2010). Permutation p-values should never be zero. Stat Appl Genet
       Mol Biol 9, 39. doi:10.2202/1544-6115.1585

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-0.9, -0.15, -0.4, -0.62, -0.1), (0.32, 0.22, 0.28, 0.35, 0.18)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="SD")
    ...     for name, value, se in zip("ABCDE", values, errors)
    ... ]
    >>> rs.permutation_test_pooled(rs.pool(trials)).p
    0.0625
    """
    require_pooled("permutation_test_pooled", pooled)
    k = len(pooled.trials)
    if replicates is None:
        return _exact(pooled, k, seed)
    if seed is None:
        raise ValueError("permutation_test_pooled: random patterns need a seed, a whole number")
    wanted = require_replicates("permutation_test_pooled", replicates, 0.95)
    seed = require_seed("permutation_test_pooled", seed)
    statistic = _observed(pooled)
    extreme = _drawn(FlippedSigns(pooled=pooled, bar=_bar(statistic)), wanted, seed, workers)
    share = (1 + extreme) / (1 + wanted)
    smallest = 1 / (1 + wanted)
    return SignFlipTest(
        statistic=statistic, p=share, patterns=1 + wanted, smallest=smallest, kind="Monte Carlo"
    )


def _exact(pooled: Pooled, k: int, seed: int | None) -> SignFlipTest:
    if seed is not None:
        raise ValueError(
            "permutation_test_pooled: a seed belongs to random patterns; give replicates with it, "
            "or leave both out to try all patterns"
        )
    if k > MOST_TRIALS:
        raise ValueError(
            f"permutation_test_pooled: {k} trials have 2^{k} patterns of signs, and all are tried "
            f"up to {MOST_TRIALS} trials; give replicates=9999 and a seed"
        )
    # A pattern and its mirror image have the same statistic: the first sign stays.
    codes = np.arange(2 ** (k - 1))[:, None] >> np.arange(k - 1)
    signs = np.column_stack((np.ones(len(codes)), 1.0 - 2.0 * (codes & 1)))
    statistic = _observed(pooled)
    extreme = int((_sizes(pooled, signs) >= _bar(statistic)).sum())
    return SignFlipTest(
        statistic=statistic,
        p=extreme / len(codes),
        patterns=2**k,
        smallest=1 / len(codes),
        kind="exact",
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class FlippedSigns:
    """The work of one block: random patterns of signs, and which of them are extreme.

    Attributes
    ----------
    pooled
        The fit that is tested.
    bar
        What a statistic has to reach on either side.
    """

    pooled: Pooled
    bar: float

    def __repr__(self) -> str:
        return f"permutation_test_pooled: the estimator {self.pooled.estimator!r}"

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, NDArray[np.bool_]]:
        """Return whether each pattern is extreme, shape ``(len(places),)``."""
        signs = np.asarray(2.0 * rng.integers(0, 2, (len(places), len(self.pooled.y))) - 1.0)
        return {"extreme": _sizes(self.pooled, signs) >= self.bar}


def _drawn(task: FlippedSigns, wanted: int, seed: int, workers: int | Workers) -> int:
    """Return how many of the random patterns are extreme."""
    from retrostats.jobs.run import run_replicates

    done = run_replicates(
        task,
        wanted,
        seed=seed,
        block=BLOCK,
        key="permutation_test_pooled",
        workers=workers,
        words="Flipping signs",
    )
    return int(done.arrays["extreme"].sum())


def _observed(pooled: Pooled) -> float:
    return float(_statistics(pooled, np.ones((1, len(pooled.trials))))[0])


def _bar(observed: float) -> float:
    return abs(observed) * (1 - TIED)


def _sizes(pooled: Pooled, signs: Floats) -> Floats:
    return np.abs(_statistics(pooled, signs))


def _statistics(pooled: Pooled, signs: Floats) -> Floats:
    many = pool_many(signs * pooled.y, pooled.v, tau2=pooled.tau2_of, test=pooled.test)
    return np.where(many.failed, np.inf, many.value / np.where(many.failed, 1.0, many.se))
