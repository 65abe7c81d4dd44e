"""Why a printed comparison cannot be recomputed, in words."""

from __future__ import annotations

from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.degrees import arms_of
from retrostats.integrity.checks.neighbours import WITHIN, beside
from retrostats.integrity.checks.two_arms import families
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import group_size


def what_is_missing(trial: PublishedTrial, figure: Figure) -> Finding:
    """Return the row of a printed number that nothing printed beside it can check."""
    return Finding(
        state=State.MISSING,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity=figure.statistic,
        about=figure,
        missing=_reason(trial, figure),
        variant=figure.test,
        kind=figure.kind,
    )


def _reason(trial: PublishedTrial, figure: Figure) -> str:
    if figure.test == "ancova" or figure.statistic.startswith("adjusted"):
        return "an adjusted comparison needs the individual data"
    if not trial.arms or trial.role == "review":
        interval = " or an interval" if "ci_low" not in beside(trial, figure) else ""
        return f"the trials that were pooled{interval}"
    if figure.test in WITHIN:
        return _within(trial, figure)
    unknown = _unsized(trial, figure)
    if unknown:
        return f"the number of people in {' and '.join(unknown)}"
    if figure.test.startswith("rm_anova") or figure.test == "three-group":
        return "mean and SD of each arm at each time"
    scores = families(trial, figure)
    if not scores:
        return "two arms to compare"
    if figure.statistic.startswith("mean_difference"):
        return f"means of the {scores[0].family}"
    needed = scores[0].missing()
    return f"{needed} of the {scores[0].family}" if needed else "two people or more in each arm"


def _within(trial: PublishedTrial, figure: Figure) -> str:
    if not figure.arm and not figure.contrast:
        return "which arm the test is of, and its change and SD"
    if group_size(trial, figure.arm, figure.outcome, figure.timepoint) is None:
        return "the number of people, and the change and its SD"
    return "the change and its SD"


def _unsized(trial: PublishedTrial, figure: Figure) -> list[str]:
    """Name the arms whose size is not printed."""
    arms = arms_of(trial, figure)
    return [arm for arm in arms if group_size(trial, arm, figure.outcome, figure.timepoint) is None]
