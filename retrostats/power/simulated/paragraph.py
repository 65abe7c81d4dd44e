"""The sample-size paragraph of a protocol, from simulated trials."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrostats.layout import limits, number, percent
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM, MODEL_WORDS
from retrostats.plan.words import amount, listed, quantity
from retrostats.power.simulated.comparison import ComparisonPower, percent_words

if TYPE_CHECKING:
    from retrostats.power.simulated.result import SimulatedPower

_ADJUSTED = {
    "none": "",
    "holm": ", adjusted by Holm's method,",
    "hierarchical": ", in the fixed order of the plan,",
}


def power_paragraph(found: SimulatedPower, *, wanted: float | None = None) -> str:
    """Return the assumptions, the analysis, the number of simulated trials and the power.

    Parameters
    ----------
    found
        The powers at the size of the trial.
    wanted
        Power that the size was searched for; ``None`` where the size was given.
    """
    aim = "This is the size at which the power reaches {}%, by a curve through simulations of "
    aims = [] if wanted is None else [f"{aim.format(f'{100 * wanted:.4g}')}several sizes."]
    size, *assumed = _assumed(found)
    return " ".join([size, *aims, *assumed, _analysed(found), *_answered(found), *_told(found)])


def _assumed(found: SimulatedPower) -> Iterator[str]:
    design = found.design
    unit = f" ({design.unit})" if design.unit else ""
    arms = listed([f"{count:,} subjects of {label}" for label, count in found.n])
    yield (
        f"The sample size rests on simulation of the whole trial with its planned analysis: "
        f"{arms}, {found.total:,} in all."
    )
    yield (
        f"The outcome, {design.outcome}{unit}, is measured at {listed(_visits(found))}; "
        f"{design.better} scores are better."
    )
    means = "; ".join(f"{arm.label} {_values(arm.means)}" for arm in design.arms)
    yield f"Assumed means at these visits are, by arm: {means}."
    yield f"Assumed standard deviations are {_values(design.sds)}, {_correlations(found)}."
    yield from _scale(found)
    lost = listed([f"{100 * (1 - share):.1f}% of {label}" for label, share in found.seen])
    yield (
        f"Without a score at the endpoint are, on average, {lost} "
        f"({_MECHANISMS[design.dropout.mechanism]})."
    )


#: What the mechanism by which scores go missing is called.
_MECHANISMS = {
    "MCAR": "dropout completely at random",
    "MAR": "dropout that depends on the score at the visit before",
}


def _visits(found: SimulatedPower) -> list[str]:
    """Return the labels of the visits, with their weeks where these are not in them."""
    weeks = [amount(week) for week in found.design.weeks]
    return [
        label if label.endswith(f" {week}") or label == "baseline" else f"{label} (week {week})"
        for label, week in zip(found.design.visits, weeks, strict=True)
    ]


def _values(values: tuple[float, ...]) -> str:
    return listed([f"{value:.4g}" for value in values])


def _correlations(found: SimulatedPower) -> str:
    rows = found.design.correlation
    own = [rows[i][j] for i in range(len(rows)) for j in range(i)]
    if max(own) - min(own) < 1e-9:
        return f"with a correlation of {own[0]:.3g} between any two visits"
    return f"with correlations of {min(own):.3g} to {max(own):.3g} between visits"


def _scale(found: SimulatedPower) -> Iterator[str]:
    scale = found.design.scale
    if scale is None:
        return
    parts = [] if scale.step is None else [f"rounded to steps of {amount(scale.step)}"]
    ends = [f"at least {amount(scale.low)}"] if math.isfinite(scale.low) else []
    ends += [f"at most {amount(scale.high)}"] if math.isfinite(scale.high) else []
    parts += [f"kept {listed(ends)}"] if ends else []
    if parts:
        yield f"Scores are {listed(parts)}."


def _analysed(found: SimulatedPower) -> str:
    model = found.plan.model
    parts = [f"Each simulated trial was analysed by {MODEL_WORDS[model.kind]}"]
    adjusted = [*(["the baseline of the outcome"] if model.baseline else []), *model.covariates]
    if adjusted:
        parts.append(f"adjusted for {listed(adjusted)}")
    if model.covariance:
        parts.append(f"with {COVARIANCES[model.covariance[0]]} covariance of the visits")
    if model.kind in ("mmrm", "lmm"):
        parts.append(f"using {DEGREES_OF_FREEDOM[model.df]}")
    return f"{', '.join(parts)}."


def _answered(found: SimulatedPower) -> Iterator[str]:
    level = found.plan.model.level
    method = _ADJUSTED[found.plan.multiplicity.method]
    week = amount(found.plan.primary.week)
    for each in found.comparisons:
        yield (
            f"For {each.label} at week {week}, where the true difference is "
            f"{number(each.truth, 2)}{_unit(found)}, the two-sided p value{method} was below "
            f"{amount(1 - level)} in {each.rejected:,} of {each.trials:,} trials: "
            f"{_power(each)}."
        )
        if each.margin_power is not None and found.margin is not None:
            yield (
                f"{_goal(found)} was shown by the {percent(level)} confidence interval in "
                f"{percent_words(each.margin_power.value)} (Monte Carlo error "
                f"{100 * each.margin_power.error:.2f} percentage points)."
            )


def _unit(found: SimulatedPower) -> str:
    return f" {found.design.unit}" if found.design.unit else ""


def _power(each: ComparisonPower) -> str:
    low, high, level = each.interval
    return (
        f"a power of {percent_words(each.power.value)} (Monte Carlo error "
        f"{100 * each.power.error:.2f} percentage points; {percent(level)} CI "
        f"{limits(100 * low, 100 * high, 1)}%)"
    )


def _goal(found: SimulatedPower) -> str:
    margin = found.margin or 0.0
    size = quantity(abs(margin), found.design.unit)
    if margin < 0:
        return f"Superiority by more than {size}"
    return f"Non-inferiority with a margin of {size}"


def _told(found: SimulatedPower) -> Iterator[str]:
    if found.failed:
        why = "; ".join(f"{reason}: {count:,}" for reason, count in found.failures)
        yield f"Trials without an answer count as not significant ({why})."
    yield f"Seed {found.seed}."
