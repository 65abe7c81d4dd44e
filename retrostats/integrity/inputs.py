"""What a trial prints of one arm, brought to the form that a recomputation needs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scipy.special import stdtrit

from retrostats.data.published import Figure, Kind, PublishedTrial, split_contrast
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import RoundedArm


class Compared(Protocol):
    """Anything that says what is compared: a printed figure, or a `Comparison`."""

    @property
    def outcome(self) -> str:
        """Name of the outcome."""

    @property
    def timepoint(self) -> str:
        """Visit, or ``change T``."""

    @property
    def contrast(self) -> str:
        """Treated minus control."""

    @property
    def test(self) -> str:
        """The test that the paper names."""

    @property
    def is_change(self) -> bool:
        """Whether the timepoint is a change from baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A comparison of two arms that need not be printed as such."""

    outcome: str
    timepoint: str
    contrast: str
    test: str = "unstated"

    @property
    def is_change(self) -> bool:
        """Whether the timepoint is a change from baseline."""
        return self.timepoint.startswith("change ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A number of people and where it comes from."""

    n: int
    kind: Kind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What is printed of one arm, outcome and timepoint.

    Attributes
    ----------
    mean, sd
        ``None`` where not printed; the SD may come from a standard error or an interval.
    size
        The number of people, ``None`` where not printed.
    kind
        The weakest kind of what is there.
    note
        How the SD was reached, where not printed as such.
    """

    mean: Span | None
    sd: Span | None
    size: Size | None
    kind: Kind
    note: str = ""

    def rounded(self) -> RoundedArm | None:
        """Return mean, SD and size together, or ``None`` when one is missing."""
        if self.mean is None or self.sd is None or self.size is None or self.size.n < 2:
            return None
        return RoundedArm(n=self.size.n, mean=self.mean, sd=self.sd)

    def missing(self) -> list[str]:
        """Name what is not printed."""
        parts = {"mean": self.mean, "SD": self.sd, "number of people": self.size}
        return [name for name, part in parts.items() if part is None]


def weakest(kinds: Iterable[Kind]) -> Kind:
    """Return the least certain kind: inferred before derived before printed."""
    found = set(kinds)
    order: tuple[Kind, ...] = ("inferred", "derived", "printed")
    return next((kind for kind in order if kind in found), "printed")


def pair(trial: PublishedTrial, contrast: str) -> tuple[str, str] | None:
    """Return the treated and the control arm of a contrast, ``None`` for other contrasts."""
    return split_contrast(contrast, tuple(arm.label for arm in trial.arms))


def base_time(timepoint: str) -> str:
    """Return the visit of a timepoint: ``"6wk"`` for ``"change 6wk"``."""
    return timepoint.removeprefix("change ")


def group_size(trial: PublishedTrial, arm: str, outcome: str, timepoint: str) -> Size | None:
    """Return how many people of an arm a printed number is about.

    The nearest statement wins: the outcome's own n, then the arm's number analysed, then
    the number randomised.

    Parameters
    ----------
    arm
        Label of an arm; empty for the whole sample.
    """
    places = (
        (outcome, timepoint),
        (outcome, base_time(timepoint)),
        ("sample", base_time(timepoint)),
        ("sample", "analysed"),
        ("sample", "randomised"),
    )
    for where, when in places:
        for figure in trial.find(arm=arm, outcome=where, timepoint=when, statistic="n"):
            value = figure.printed.value
            if value is not None:
                return Size(n=int(value), kind=figure.kind, source=when)
    if not arm:
        return None
    described = trial.arm(arm)
    if described.n_analysed:
        return Size(n=described.n_analysed, kind="printed", source="analysed")
    if described.n_randomised:
        return Size(n=described.n_randomised, kind="printed", source="randomised")
    return None


def score(trial: PublishedTrial, arm: str, outcome: str, timepoint: str) -> Score:
    """Gather mean, SD and size of one arm; at ``change T`` those of the change.

    Parameters
    ----------
    arm, outcome, timepoint
        As in `values.csv`.
    """
    names = ("mean_change", "sd_change") if timepoint.startswith("change ") else ("mean", "sd")
    figures = {
        figure.statistic: figure
        for figure in trial.find(arm=arm, outcome=outcome, timepoint=timepoint)
        if figure.printed.relation in {"=", "range"}  # a bound settles no mean and no SD
    }
    size = group_size(trial, arm, outcome, timepoint)
    mean = figures.get(names[0])
    sd, used, note = _sd(figures, names[1], size)
    kinds = [figure.kind for figure in (mean, *used) if figure]
    return Score(
        mean=Span.of(mean.printed) if mean else None,
        sd=sd,
        size=size,
        kind=weakest([*kinds, *([size.kind] if size else [])]),
        note=note,
    )


def _sd(
    figures: dict[str, Figure], name: str, size: Size | None
) -> tuple[Span | None, list[Figure], str]:
    """Return the SD, the figures it comes from, and how."""
    if name in figures:
        figure = figures[name]
        return Span.of(figure.printed).clipped(0, math.inf), [figure], ""
    if size is None or size.n < 2:
        return None, [], ""
    root = math.sqrt(size.n)
    if "se" in figures:
        se = Span.of(figures["se"].printed).clipped(0, math.inf)
        return se.times(root), [figures["se"]], "SD from the standard error"
    if "ci_low" in figures and "ci_high" in figures:
        low, high = figures["ci_low"], figures["ci_high"]
        width = (Span.of(high.printed) - Span.of(low.printed)).clipped(0, math.inf)
        quantile = float(stdtrit(size.n - 1, 0.975))
        return width.times(root / (2 * quantile)), [low, high], "SD from the 95% interval"
    return None, [], ""


def change_from_visits(trial: PublishedTrial, arm: str, outcome: str, visit: str) -> Score:
    """Return the mean change from the means at both visits, in the paper's own direction.

    Its SD stays open: it would need the within-subject correlation.
    """
    before, after = (score(trial, arm, outcome, time) for time in (trial.timepoints[0], visit))
    direction = trial.outcome(outcome).change
    mean = None
    if before.mean is not None and after.mean is not None and direction:
        rise = after.mean - before.mean
        mean = rise if direction == "follow-up - baseline" else -rise
    kind = weakest([before.kind, after.kind])
    return Score(mean=mean, sd=None, size=after.size, kind=kind)


def describe_sizes(*sizes: Size | None) -> str:
    """Say how many people a recomputation rests on, and how sure that is."""
    known = [size for size in sizes if size]
    numbers = " and ".join(str(size.n) for size in known)
    text = f"n {numbers}"
    kind = weakest(size.kind for size in known)
    if kind != "printed":
        text += f" ({kind})"
    elif any(size.source == "randomised" for size in known):
        text += " (as randomised)"
    return text
