"""The participant flow as far as a publication prints it."""

from __future__ import annotations

from retrostats.data.published import Arm, PublishedTrial
from retrostats.description.types import ArmFlow, Flow


def published_flow(trial: PublishedTrial) -> Flow:
    """Return how many were randomised to each arm of a publication and how many were analysed.

    Parameters
    ----------
    trial
        A trial that prints both numbers for every arm.

    Returns
    -------
    Flow
        Without visits. Subjects who are missing from the analysis have the reason
        "reason not entered": `PublishedTrial` holds none.

    Raises
    ------
    ValueError
        If a number is not known, or more were analysed than randomised.

    Examples
    --------
    >>> import retrostats as rs
    >>> [arm.analysed for arm in rs.published_flow(rs.load_trial("brosseau2012")).arms]
    [79, 69, 73]
    """
    if not trial.arms:
        raise ValueError(f"{trial.id}: the trial has no arms, so that there is no flow to draw")
    lacking = [
        f"{name} of {arm.label}"
        for arm in trial.arms
        for name in ("n_randomised", "n_analysed")
        if getattr(arm, name) is None
    ]
    if lacking:
        raise ValueError(
            f"{trial.id}: a flow needs how many were randomised and analysed in every arm, and "
            f"these are not known: {', '.join(lacking)}. Enter them in trial.toml if the paper "
            "prints them."
        )
    return Flow(
        assessed=None,
        not_randomised=(),
        visits=(),
        arms=tuple(_arm(trial, arm) for arm in trial.arms),
        endpoint="",
    )


def _arm(trial: PublishedTrial, arm: Arm) -> ArmFlow:
    randomised, analysed = arm.n_randomised or 0, arm.n_analysed or 0
    if analysed > randomised:
        raise ValueError(
            f"{trial.id}: {analysed} analysed of {randomised} randomised to {arm.label}; "
            "look for a misprint"
        )
    lost = randomised - analysed
    return ArmFlow(
        arm=arm.label,
        name=arm.label,
        randomised=randomised,
        excluded=(),
        attended=(),
        withdrawn=(),
        analysed=analysed,
        not_analysed=(("reason not entered", lost),) if lost else (),
    )
