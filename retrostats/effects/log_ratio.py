"""What ratios of means and of spreads share: the correction, the relative variance, the log."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.arguments import require_level
from retrostats.estimate import Estimate

#: Whether the logarithm of a ratio is corrected for its bias in small samples.
Correction = Literal["small-sample", "none"]


def if_corrected(correction: Correction, amount: float) -> float:
    """Return the amount of the small-sample correction, or 0 where none is wanted.

    Parameters
    ----------
    correction
        ``"small-sample"`` or ``"none"``.
    amount
        What the correction adds to the logarithm.

    Raises
    ------
    ValueError
        If ``correction`` is another word.

    Examples
    --------
    >>> if_corrected("none", 0.01)
    0.0
    """
    if correction not in ("small-sample", "none"):
        raise ValueError(f"correction must be 'small-sample' or 'none', got {correction!r}")
    return amount if correction == "small-sample" else 0.0


def relative_variance(mean: float, sd: float, n: int, of: str) -> float:
    """Return the squared standard error of a mean in units of that mean.

    Parameters
    ----------
    mean, sd, n
        Of one arm at one visit.
    of
        Whose they are, for the message.

    Raises
    ------
    ValueError
        If the mean is not above 0.

    Examples
    --------
    >>> relative_variance(10.0, 2.0, 16, "retro")
    0.0025
    """
    if not mean > 0:
        raise ValueError(
            f"{of}: a ratio needs means above 0, got {mean:g}. Change scores and scales without a "
            "true zero have no ratio; report the difference of means."
        )
    return sd**2 / (n * mean**2)


def log_estimate(
    name: str, value: float, variance: float, *, level: float, df: float = math.inf
) -> Estimate:
    """Return the logarithm of a ratio as an estimate.

    Parameters
    ----------
    name
        Of the ratio; the label says that it is the logarithm.
    value, variance
        Of the logarithm.
    level
        Coverage of the interval.
    df
        Degrees of freedom of t; ``inf`` for the normal.

    Examples
    --------
    >>> print(log_estimate("ratio of means", 0.0, 0.01, level=0.95))
    log ratio of means: 0 log ratio (95% CI -0.196 to 0.196)
    """
    require_level(level)
    return Estimate.from_se(
        f"log {name}", value, math.sqrt(variance), unit="log ratio", df=df, level=level
    )
