"""A design as people read it: means, SDs and dropout by visit, and where the numbers are from."""

from __future__ import annotations

import math

from retrostats.layout import Layout
from retrostats.power.design.fields import DesignFields


def design_layout(design: DesignFields) -> Layout:
    """Return the table of a design: a row per arm and kind of number, a column per visit."""
    heads = tuple(
        label if label.casefold() == f"week {week:g}" or not week else f"{label} (week {week:g})"
        for label, week in zip(design.visits, design.weeks, strict=True)
    )
    rows: list[tuple[str, ...]] = []
    for arm in design.arms:
        ratio = "" if arm.allocation == 1 else f" (allocation {arm.allocation:g})"
        rows.append((f"{arm.label}{ratio}", "mean", *(_short(mean) for mean in arm.means)))
        rows.append(("", "gone, %", *(_percent(share) for share in arm.dropout)))
    rows.append(("all arms", "SD", *(_short(sd) for sd in design.sds)))
    for at, label in enumerate(design.visits):
        numbers = [_short(rho) for rho in design.correlation[at][: at + 1]]
        blank = [""] * (len(design.visits) - at - 1)
        rows.append(("correlation" if at == 0 else "", f"with {label}", *_column(numbers, blank)))
    unit = f", {design.unit}" if design.unit else ""
    caption = f"{design.title}: {design.outcome}{unit}, {design.better} is better"
    return Layout(caption=caption, header=("", "", *heads), rows=tuple(rows), words=2)


def _column(numbers: list[str], blank: list[str]) -> tuple[str, ...]:
    return (*numbers, *blank)


def design_sentences(design: DesignFields) -> tuple[str, ...]:
    """Return what the table does not hold: how people leave, the scale, covariates, the route."""
    told = [_leaving(design)]
    if design.scale is not None:
        told.append(_scale(design))
    for each in design.covariates:
        what = (
            f"mean {_short(each.mean)}, SD {_short(each.sd)}"
            if each.kind == "number"
            else ", ".join(
                f"{level} ({_percent(share)}%)"
                for level, share in zip(each.levels, each.shares, strict=True)
            )
        )
        rho = f"correlation {_short(each.correlation)} with every score"
        told.append(f"Covariate {each.name}: {what}; {rho}.")
    return (*told, *design.route)


def _leaving(design: DesignFields) -> str:
    gaps = (
        f" Of the visits of those who stay, {_percent(design.intermittent)}% are missed."
        if design.intermittent
        else ""
    )
    if not any(any(arm.dropout) for arm in design.arms):
        return f"Nobody leaves.{gaps}"
    if design.dropout.odds_ratio == 1:
        return f"Who leaves does not depend on scores.{gaps}"
    ratio = _short(design.dropout.odds_ratio)
    return (
        f"The odds of leaving are times {ratio} for each SD by which the last score is worse.{gaps}"
    )


def _scale(design: DesignFields) -> str:
    scale = design.scale
    if scale is None:
        return ""
    low, high = math.isfinite(scale.low), math.isfinite(scale.high)
    ends = {
        (True, True): f" from {scale.low:g} to {scale.high:g}",
        (True, False): f" from {scale.low:g} upwards",
        (False, True): f" up to {scale.high:g}",
        (False, False): "",
    }[low, high]
    step = "" if scale.step is None else f" in steps of {scale.step:g}"
    return f"Scores run{ends}{step}; the means and SDs above are those before that."


def _percent(share: float) -> str:
    """Write a share in percent: counts of people give no more than three digits of it."""
    return f"{100 * share:.3g}"


def _short(value: float) -> str:
    """Write a number as its file has it, without digits that floats add."""
    return f"{value:.4g}"
