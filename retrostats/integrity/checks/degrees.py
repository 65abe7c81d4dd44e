"""Degrees of freedom of an analysis of variance, from the number of arms, times and people."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import fdtri

from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.integrity.inputs import describe_sizes, group_size, pair, weakest


@dataclass(frozen=True, slots=True, kw_only=True)
class AnovaShape:
    """An F test of a published analysis of variance.

    Attributes
    ----------
    df1, df2
        Degrees of freedom, sphericity taken as given.
    sizes
        People per arm.
    times
        Number of measurements of each person; 1 for a one-way analysis.
    basis
        What the degrees of freedom rest on, in words.
    kind
        The weakest kind among the arm sizes.
    """

    df1: int
    df2: int
    sizes: tuple[int, ...]
    times: int
    basis: str
    kind: Kind

    def f_at(self, p: float) -> float:
        """Return the F whose upper tail is ``p``; infinite for p = 0."""
        if p <= 0:
            return math.inf
        return float(fdtri(self.df1, self.df2, 1 - p)) if p < 1 else 0.0


def arms_of(trial: PublishedTrial, figure: Figure) -> tuple[str, ...]:
    """Return the arms that an analysis is of: one, those of its contrast, or all."""
    if figure.arm:
        return (figure.arm,)
    return pair(trial, figure.contrast) or tuple(arm.label for arm in trial.arms)


def anova_df(trial: PublishedTrial, figure: Figure) -> AnovaShape | None:
    """Return the F test that a printed number belongs to, ``None`` where it is none.

    Parameters
    ----------
    figure
        A number whose test is ``rm_anova ...`` or ``three-group``. A contrast names the
        arms compared; without one all arms take part.

    Returns
    -------
    AnovaShape or None
        ``None`` also when an arm's size is not known.
    """
    if not (figure.test.startswith("rm_anova") or figure.test == "three-group"):
        return None
    arms = arms_of(trial, figure)
    sizes = [group_size(trial, arm, figure.outcome, figure.timepoint) for arm in arms]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or not known:
        return None
    people, groups = sum(size.n for size in known), len(known)
    times = len(figure.timepoint.split("/"))
    between, within = people - groups, (times - 1) * (people - groups)
    df1, df2 = {
        "rm_anova time": (times - 1, within),
        "rm_anova group": (groups - 1, between),
        "rm_anova time x group": ((groups - 1) * (times - 1), within),
        "three-group": (groups - 1, between),
    }[figure.test]
    if df1 < 1 or df2 < 1:
        return None
    sphericity = "" if figure.test in {"rm_anova group", "three-group"} else "; sphericity assumed"
    return AnovaShape(
        df1=df1,
        df2=df2,
        sizes=tuple(size.n for size in known),
        times=times,
        basis=describe_sizes(*known) + sphericity,
        kind=weakest(size.kind for size in known),
    )
