"""What a reader of a pooled effect must know."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.estimate import Estimate
from retrostats.meta.inference import TestName, coefficients, standard_errors
from retrostats.meta.studies import Studies

#: With fewer trials tau squared is hardly known, and the normal distribution is too narrow.
FEW = 5
#: A trial of more than this share of the weight decides alone.
HEAVY = 0.8


def pooling_caveats(
    gathered: Studies,
    pooled: Estimate,
    weights: Floats,
    *,
    tau2: float,
    name: str,
    test: TestName,
) -> tuple[str, ...]:
    """Return sentences that belong beside a pooled effect.

    Parameters
    ----------
    gathered
        The trials.
    pooled
        Their mean effect.
    weights
        Shares, shape ``(k,)``.
    tau2
        Variance between trials.
    name, test
        Of the estimator of tau squared and of the test.
    """
    found = [*_of_few_trials(len(gathered), name, test)]
    if tau2 == 0 and name != "common":
        found.append(
            "tau² is estimated as 0, so that the prediction interval is that of the mean. With few "
            "trials this does not show that trials agree."
        )
    if test == "hksj":
        found += _of_narrow_hksj(gathered, pooled, tau2)
    found += _of_weights(gathered.names, weights)
    found += _of_twins(gathered)
    return tuple(found)


def _of_few_trials(k: int, name: str, test: str) -> Iterator[str]:
    if k == 2 and test != "z":
        yield (
            "2 trials: the interval rests on 1 degree of freedom, whose quantile at 95% is 12.7 "
            "where that of many trials is 1.96. Two trials cannot tell how much trials differ: it "
            "is very wide, or, where the two happen to agree, short by luck."
        )
    elif k < FEW and test != "z":
        yield (
            f"{k} trials: the interval rests on {k - 1} degrees of freedom, and tau² is hardly "
            "known."
        )
    elif k < FEW and name != "common":
        yield (
            f"{k} trials and normal quantiles: the interval takes tau² as known, which it is not, "
            "and is too narrow where trials differ; test='hksj' does not."
        )


def _of_narrow_hksj(gathered: Studies, pooled: Estimate, tau2: float) -> Iterator[str]:
    """Compare with the common effect, as Wiksten et al. (2016) and Jackson et al. (2017) do."""
    common = coefficients(gathered.y, gathered.v, 0.0, test="z")
    low, high, level = pooled.ci
    width = 2 * float(stdtrit(math.inf, 0.5 + level / 2)) * float(standard_errors(common)[0])
    if high - low >= width:
        yield from _of_floor(gathered, pooled, tau2)
    else:
        yield (
            "The interval of Hartung and Knapp is narrower than that of a common effect, because "
            "the estimates agree more closely than their standard errors let one expect. With few "
            "trials this is mostly luck: report test='hksj_adhoc' beside it "
            "(doi:10.1186/s12874-015-0091-1, doi:10.1002/sim.6879, doi:10.1002/sim.7411)."
        )


def _of_floor(gathered: Studies, pooled: Estimate, tau2: float) -> Iterator[str]:
    """Tell when the interval leaves out 0, and would hold it with the floor of the ad hoc form."""
    floored = coefficients(gathered.y, gathered.v, tau2, test="hksj_adhoc")
    se = float(standard_errors(floored)[0])
    margin = float(stdtrit(pooled.df, 0.5 + pooled.ci.level / 2)) * se
    low, high, _ = pooled.ci
    if len(gathered) < FEW and not low <= 0 <= high and abs(pooled.value) < margin:
        yield (
            "The estimates agree more closely than their standard errors let one expect, which "
            "makes the interval of Hartung and Knapp short. With the standard error of the model "
            f"at least (test='hksj_adhoc') it is {pooled.value - margin:.3g} to "
            f"{pooled.value + margin:.3g} and holds 0."
        )


def _of_weights(names: tuple[str, ...], weights: Floats) -> Iterator[str]:
    heaviest = int(weights.argmax())
    if weights[heaviest] > HEAVY:
        yield (
            f"{names[heaviest]} has {weights[heaviest]:.1%} of the weight: the pooled effect is "
            "nearly its own."
        )


def _of_twins(gathered: Studies) -> Iterator[str]:
    seen: dict[tuple[float, float], list[str]] = {}
    for estimate, name in zip(gathered.estimates, gathered.names, strict=True):
        seen.setdefault((estimate.value, estimate.se), []).append(name)
    for twins in seen.values():
        if len(twins) > 1:
            yield (
                f"{' and '.join(twins)} have the same estimate and standard error; check that they "
                "are not one trial."
            )
