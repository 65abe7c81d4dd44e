"""What a figure of means over the visits says of itself: above the plot, and in its description."""

from __future__ import annotations

from collections.abc import Mapping

from retrostats.estimate import EstimateTable

#: Where the course of each arm begins: week and mean before the first visit of the model.
Start = Mapping[str, tuple[float, float]]


def common_start(
    means: Mapping[str, EstimateTable], baseline: Start | None
) -> tuple[float, float] | None:
    """Return the start that all arms share, if they do.

    Parameters
    ----------
    means
        By label of the arm.
    baseline
        As given to `retrostats.figures.trajectory.plot_trajectories`.

    Returns
    -------
    tuple or None
        Week and mean; None where arms begin apart, or there is one arm.
    """
    starts = {(baseline or {}).get(arm) for arm in means}
    return starts.pop() if len(starts) == 1 and len(means) > 1 else None


def note_words(
    means: Mapping[str, EstimateTable], better: str, *, common: bool, begins: bool
) -> str:
    """Return what stands above the plot: the direction, and what the marks are.

    Parameters
    ----------
    means
        By label of the arm.
    better
        ``"lower"`` or ``"higher"``.
    common, begins
        Whether all arms begin at one mean, and whether they begin before the first visit at all.
    """
    level = 100 * next(iter(means.values()))[0].ci.level
    parts = [f"{'↓' if better == 'lower' else '↑'} {better} is better", f"bars: {level:.4g}% CI"]
    if begins:
        parts.append("☆ common baseline" if common else "hollow: baseline means")
    return "; ".join(parts)


def title_words(visits: int, arms: int, ylabel: str, better: str) -> str:
    """Say what is drawn.

    Parameters
    ----------
    visits, arms
        How many.
    ylabel
        Outcome and unit.
    better
        ``"lower"`` or ``"higher"``.
    """
    return (
        f"Means of {ylabel or 'the outcome'} over {visits} visit{'s' if visits > 1 else ''} in "
        f"{arms} arm{'s' if arms > 1 else ''}, {better} is better."
    )


def start_words(
    names: Mapping[str, str], baseline: Start | None, common: tuple[float, float] | None
) -> list[str]:
    """Say where the courses begin; nothing where they have no baseline.

    Parameters
    ----------
    names
        Words for readers by label, of the arms drawn.
    baseline, common
        Where each arm begins, and where all of them do.
    """
    if common:
        week, mean = common
        told = f"All courses begin at week {week:g} at one mean, {mean:.3g}: that at baseline of "
        return [f"{told}all subjects analysed, to which the model adjusts every arm."]
    own = [(names[arm], *start) for arm, start in (baseline or {}).items() if arm in names]
    if not own:
        return []
    told = ", ".join(f"{name} {mean:.3g}" for name, _, mean in own)
    return [f"Courses begin at week {own[0][1]:g} at the mean of each arm at baseline: {told}."]


def courses_words(shown: int, given: int) -> list[str]:
    """Say whether the courses of subjects stand behind the means; nothing where none do.

    Parameters
    ----------
    shown, given
        Courses drawn, and all of them.
    """
    if not given:
        return []
    if shown == given:
        return [f"Behind the means: the courses of {given:,} subjects."]
    chosen = "chosen evenly by their last value"
    return [f"Behind the means: the courses of {shown:,} of {given:,} subjects, {chosen}."]


def means_words(
    means: Mapping[str, EstimateTable], names: Mapping[str, str], week: float, place: int
) -> str:
    """Tell the means at one of the weeks.

    Parameters
    ----------
    means, names
        By label of the arm.
    week, place
        The week, and its place among the means.
    """
    told = "; ".join(
        f"{names[arm]} {e.value:.3g} ({e.ci.low:.3g} to {e.ci.high:.3g})"
        for arm, e in ((arm, table[place]) for arm, table in means.items())
    )
    level = 100 * next(iter(means.values()))[0].ci.level
    return f"At week {week:g}, with {level:.4g}% confidence intervals: {told}."
