"""What many simulated trials say of each comparison, with Monte Carlo errors."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.effects.proportions.single import wilson_limits
from retrostats.estimate import Interval
from retrostats.power.simulated.comparison import ComparisonPower, MonteCarlo

#: Coverage of the interval of a power for the chance of the simulation.
LEVEL = 0.95


class Answers(NamedTuple):
    """What every trial says of one comparison.

    Attributes
    ----------
    estimate, se, df
        Estimates, standard errors and degrees of freedom, each of shape ``(R,)``; ``nan``
        without an answer.
    """

    estimate: Floats
    se: Floats
    df: Floats


def comparison_power(
    label: str,
    answers: Answers,
    rejected: NDArray[np.bool_],
    *,
    truth: float,
    level: float,
    within: NDArray[np.bool_] | None = None,
) -> ComparisonPower:
    """Summarise one comparison.

    Parameters
    ----------
    label
        Treatment minus comparator.
    answers
        Of all trials.
    rejected
        Whether the adjusted p value is below 1 minus the level, shape ``(R,)``.
    truth, level
        The true difference, and the coverage of the intervals of the plan.
    within
        Whether the interval lies on the right side of the margin; None without a margin.

    References
    ----------
    .. [1] Morris TP, White IR, Crowther MJ (2019). Using simulation studies to evaluate
       statistical methods. Stat Med 38, 2074-2102. doi:10.1002/sim.8086
    """
    trials = len(rejected)
    answered = np.isfinite(answers.estimate)
    estimate, se, df = (each[answered] for each in answers)
    half = half_width(se, df, level)
    wrong = rejected[answered] & (np.sign(estimate) == -np.sign(truth))
    low, high = wilson_limits(int(rejected.sum()), trials, level=LEVEL)
    return ComparisonPower(
        label=label,
        trials=trials,
        answered=len(estimate),
        rejected=int(rejected.sum()),
        power=share(rejected),
        interval=Interval(low, high, LEVEL),
        wrong_side=float(wrong.sum() / trials) if truth else math.nan,
        margin_power=None if within is None else share(within),
        truth=truth,
        mean=_mean(estimate),
        bias=_mean(estimate - truth),
        empirical_se=_spread(estimate),
        model_se=_root_mean_square(se),
        coverage=share(np.abs(estimate - truth) <= half),
    )


def half_width(se: Floats, df: Floats, level: float) -> Floats:
    """Return half the width of t intervals."""
    half: Floats = stdtrit(df, 0.5 + level / 2) * se
    return half


def beyond_margin(
    answers: Answers, margin: float, *, better: str, level: float
) -> NDArray[np.bool_]:
    """Tell in which trials the interval excludes a treatment that is worse by the margin.

    Parameters
    ----------
    answers
        Of all trials.
    margin
        By how much the treatment may be worse; negative: by how much it must be better.
    better
        ``"lower"`` or ``"higher"`` scores.
    level
        Of the two-sided interval.
    """
    worse = answers.estimate if better == "lower" else -answers.estimate
    with np.errstate(invalid="ignore"):
        return np.asarray(worse + half_width(answers.se, answers.df, level) < margin)


def share(events: NDArray[np.bool_]) -> MonteCarlo:
    """Return a share and its Monte Carlo error."""
    if not len(events):
        return MonteCarlo(value=math.nan, error=math.nan)
    value = float(events.mean())
    return MonteCarlo(value=value, error=math.sqrt(value * (1 - value) / len(events)))


def share_error(events: int, trials: int) -> float:
    """Return the Monte Carlo error of a share that may be 0 or 1, where the usual one is 0.

    Two events and two others are added, as Agresti and Coull do, so that a few trials that all
    reject are not taken as certainty.
    """
    value = (events + 2) / (trials + 4)
    return math.sqrt(value * (1 - value) / trials)


def _mean(values: Floats) -> MonteCarlo:
    if len(values) < 2:
        return MonteCarlo(value=math.nan, error=math.nan)
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return MonteCarlo(value=float(values.mean()), error=error)


def _spread(values: Floats) -> MonteCarlo:
    if len(values) < 2:
        return MonteCarlo(value=math.nan, error=math.nan)
    spread = float(values.std(ddof=1))
    return MonteCarlo(value=spread, error=spread / math.sqrt(2 * (len(values) - 1)))


def _root_mean_square(se: Floats) -> MonteCarlo:
    if len(se) < 2:
        return MonteCarlo(value=math.nan, error=math.nan)
    root = math.sqrt(float((se**2).mean()))
    spread = float((se**2).std(ddof=1))
    return MonteCarlo(value=root, error=spread / (2 * root * math.sqrt(len(se))))
