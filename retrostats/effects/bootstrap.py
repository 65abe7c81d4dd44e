"""Bootstrap intervals of any statistic of one sample, two arms, or pairs."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level, shown
from retrostats.effects.fingerprints import fingerprint
from retrostats.effects.raw_values import complete_values
from retrostats.effects.resamples import Resample, batch_size, block_size, quiet, replicated
from retrostats.effects.resampling import (
    BootstrapMethod,
    Progress,
    by_rows,
    counted,
    limits,
    of_pairs,
    with_ties,
)
from retrostats.estimate import Estimate, Interval
from retrostats.jobs.types import Workers
from retrostats.progress import told_count

#: Whether the samples are of different subjects, or of the same ones in the same order.
Pairing = Literal["independent", "by subject"]


def bootstrap_interval(  # noqa: PLR0913 - what a methods section has to state of a bootstrap
    statistic: Callable[..., object],
    samples: Mapping[str, ArrayLike] | Sequence[ArrayLike],
    *,
    seed: int,
    replicates: int = 9999,
    method: BootstrapMethod = "bca",
    paired: Pairing = "independent",
    level: float = 0.95,
    workers: int | Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
    label: str = "",
    unit: str = "",
) -> Estimate:
    """Estimate any statistic with an interval from resampling the subjects.

    Use it when a statistic has no formula for its interval (a ratio of medians, a trimmed mean,
    an effect of your own), or when its formula leans on a distribution that the data do not have;
    not where an exact interval exists (`retrostats.hedges_g`, `retrostats.risk_difference`), nor
    with fewer than about 10 per arm: resampling cannot show values that nobody had.

    Parameters
    ----------
    statistic
        Function of one array per sample that returns one number. If it has a parameter ``axis``
        it is called with many resamples at once, which is far faster.
    samples
        Arms and their values, or the arrays alone, in the order in which ``statistic`` takes
        them (treated first). Each of shape ``(n,)``, at least two values, none missing.
    seed
        Whole number; the same seed gives the same digits.
    replicates
        How many resamples. 9,999 make the limits steady to about 2% of the interval's width.
    method
        ``"bca"``: bias-corrected and accelerated; ``"percentile"``: quantiles of the replicates;
        ``"basic"``: those, mirrored at the estimate.
    paired
        ``"independent"``: different subjects, drawn arm by arm. ``"by subject"``: the same
        subjects in the same order in all samples; a subject is drawn with all its values.
    level
        Coverage of the interval.
    workers
        A number of processes, or `retrostats.Workers`; the digits are the same for any. More help
        where one value of the statistic takes a millisecond or longer, as a fitted model does;
        with one of numpy all replicates take less time than other processes need to start. The
        jackknife of ``"bca"`` is not shared.
    checkpoint
        Folder that keeps finished replicates, for a statistic that takes hours: the same call
        goes on from there after an interruption. One made with other samples, another seed,
        another number of replicates (below 10,000) or other code of the statistic is refused; a
        change in what it calls is noticed only if it changes the value in the samples as they are.
    progress
        Called with the number of evaluations done and their total. Without it, long work shows
        a bar in a notebook.
    label
        What a reader sees; by default the function's name and the arms.
    unit
        Unit of the statistic.

    Returns
    -------
    Estimate
        Value of the statistic in the samples as they are, SD of the replicates as standard error,
        and the limits. p is ``nan``: no test is made. ``df`` is infinite: there is no t.

    Raises
    ------
    ValueError
        If values are missing, an argument is out of range, replicates have no value or are all
        the same, or the method has no limits.
    TypeError
        If the statistic cannot be sent to other workers. Lambdas can.
    DataError
        If the checkpoint is of other work or damaged.
    Exception
        What the statistic raised, with a note that names the replicates.

    References
    ----------
    .. [1] Efron B (1987). J Am Stat Assoc 82, 171-185. doi:10.1080/01621459.1987.10478410
    .. [2] Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall.
       doi:10.1201/9780429246593

    Examples
    --------
    >>> def median_difference(treated, control, axis=-1):
    ...     return np.median(treated, axis=axis) - np.median(control, axis=axis)
    >>> arms = {"retro": [2, 3, 1, 4, 2, 3, 5, 2, 1, 3], "control": [4, 5, 3, 6, 5, 4, 7, 5, 3, 6]}
    >>> print(bootstrap_interval(median_difference, arms, seed=1, unit="points"))
    median_difference of retro, control: -2.5 points (95% CI -4 to -1)
    """
    if not callable(statistic):
        raise ValueError(f"bootstrap: statistic must be a function, got {shown(statistic)}")
    names, values = _named(samples)
    if not values:
        raise ValueError("bootstrap: no samples; give arms and their values.")
    label = label or _label(statistic, names)
    _require(label, replicates=replicates, level=level, method=method, paired=paired)
    rows, data = by_rows(statistic), values
    if paired == "by subject":
        rows, data = of_pairs(rows, values), [_places(label, values)]
    total = replicates + (sum(map(len, data)) if method == "bca" else 0)
    batch = batch_size(values, block_size(replicates))
    with told_count(progress, "Resampling") as tell, quiet():
        value = float(rows(*data))
        drawn = replicated(
            Resample(rows, tuple(data), batch),
            replicates,
            seed=_seed(label, seed),
            key="" if checkpoint is None else fingerprint(statistic, values, paired, value),
            workers=workers,
            checkpoint=checkpoint,
            tell=lambda done: tell(done, total),
        )
        _require_spread(label, value, drawn)
        drawn = with_ties(drawn, value)
        rows = counted(rows, tell, replicates, total)
        low, high = limits(rows, data, drawn, method=method, level=level, batch=batch)
    if not low <= high:
        raise ValueError(_no_limits(label, value, drawn))
    se = float(np.std(drawn, ddof=1))
    return Estimate(
        label=label,
        value=value,
        se=se,
        df=math.inf,
        ci=Interval(low, high, level),
        p=math.nan,
        unit=unit,
    )


def _named(
    samples: Mapping[str, ArrayLike] | Sequence[ArrayLike],
) -> tuple[tuple[str, ...], list[Floats]]:
    if isinstance(samples, Mapping):
        return tuple(samples), [complete_values(f"arm {a!r}", v) for a, v in samples.items()]
    listed = hasattr(samples, "__len__") and hasattr(samples, "__getitem__")
    if not listed or isinstance(samples, str) or not len(samples) or np.ndim(samples[0]) == 0:
        raise ValueError(
            "bootstrap: samples must be a mapping of arms to values, or a list of arrays; "
            "one sample alone stands in brackets: [values]."
        )
    return (), [complete_values(f"sample {k}", v) for k, v in enumerate(samples, start=1)]


def _label(statistic: Callable[..., object], names: tuple[str, ...]) -> str:
    name = getattr(statistic, "__name__", "statistic")
    name = "statistic" if name == "<lambda>" else name
    return f"{name} of {', '.join(names)}" if names else name


def _require(label: str, *, replicates: int, level: float, method: str, paired: str) -> None:
    if method not in get_args(BootstrapMethod):
        raise ValueError(f"{label}: method must be 'bca', 'percentile' or 'basic', got {method!r}")
    if paired not in get_args(Pairing):
        raise ValueError(f"{label}: paired must be 'independent' or 'by subject', got {paired!r}")
    require_level(level)
    least = math.ceil(2 / (1 - level) - 1e-9)
    if not hasattr(replicates, "__index__") or replicates < least:
        raise ValueError(
            f"{label}: a {level:.4g} interval needs a whole number of at least {least} replicates "
            f"to have one in each tail, got {replicates}; 9999 are usual."
        )


def _places(label: str, values: Sequence[Floats]) -> np.ndarray:
    sizes = [len(sample) for sample in values]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{label}: values of the same subjects need samples of one length, got {sizes}. "
            "Leave out who has not all values, and report how many."
        )
    return np.arange(sizes[0])


def _seed(label: str, seed: int) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or seed < 0:
        raise ValueError(f"{label}: the seed must be a whole number of 0 or more, got {seed!r}")
    return operator.index(seed)


def _require_spread(label: str, value: float, drawn: Floats) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{label}: the statistic of the samples themselves is {value}.")
    lost = int(np.count_nonzero(~np.isfinite(drawn)))
    if lost:
        raise ValueError(
            f"{label}: the statistic has no finite value in {lost} of {len(drawn)} resamples, and "
            "leaving those out would bend the interval. Choose a statistic that every resample "
            "has, such as a difference in place of a ratio."
        )
    if np.ptp(drawn) == 0:
        raise ValueError(
            f"{label}: all {len(drawn)} resamples give {drawn[0]:g}, so that resampling cannot "
            "tell how the statistic varies. The values may all be equal, or too few differ."
        )


def _no_limits(label: str, value: float, drawn: Floats) -> str:
    beyond = float(np.mean(drawn < value) + np.mean(drawn <= value)) / 2
    if beyond in (0.0, 1.0):
        return (
            f"{label}: every resample lies on one side of the estimate {value:g}, as for a count "
            "of different values, and BCa has no limits for it; nor would others be of use."
        )
    return (
        f"{label}: BCa leaves out one value at a time, and here that gives no statistic or always "
        "the same. Use method='percentile', and say so."
    )
