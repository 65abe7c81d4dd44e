"""Power against size, under other assumptions, and how the analysis behaves."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.layout import Layout, number, percent, true_minus
from retrostats.power.simulated.comparison import ERROR_PLACES, POWER_PLACES
from retrostats.power.simulated.curve import OVER_WORDS, PowerCurve
from retrostats.power.simulated.result import SimulatedPower
from retrostats.report.analysis.words import sentence
from retrostats.report.blocks import Block, Figure, Heading, Paragraph, Table
from retrostats.report.power.closed import closed_sentences
from retrostats.report.power.types import PowerStudy

_MONTE_CARLO = (
    "The Monte Carlo error is the chance of the simulation alone: with another seed the power "
    "would come out within twice that in 19 of 20 runs. More trials make it smaller; it says "
    "nothing of whether the assumptions hold."
)
_SHARED_CHANCE = (
    "One assumption is changed at a time. All rows share the seed, so that the same chance works "
    "in all of them and a change is known better than the Monte Carlo errors of two rows suggest."
)
_BEHAVIOUR = (
    "Bias, mean estimate minus true difference. SD of estimates, over the simulated trials. Model "
    "SE, root mean square of the standard errors of the model: where it is near the SD of "
    "estimates, the intervals are as wide as they should be. Coverage, share of intervals, not "
    "adjusted for multiplicity, that hold the true difference."
)


def size_blocks(study: PowerStudy, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the curve of power against size, and the closed form beside it."""
    curve = study.sizes
    blocks: list[Block] = [Heading(text="Power against sample size", anchor="sizes")]
    blocks += _curve(curve, figures, "Power against the subjects of an arm.")
    return (*blocks, Paragraph(text=" ".join(closed_sentences(study))))


def _curve(curve: PowerCurve, figures: dict[str, str], caption: str) -> Iterator[Block]:
    name = figure_id(curve)
    if name in figures:
        words = f"{caption} Between the points nothing was simulated."
        yield Figure(id=name, caption=words, alt=figures[name])
    yield Table(id=name, layout=curve.layout(), note=f"{_trials(curve)} {_arms(curve)}".strip())


def figure_id(curve: PowerCurve) -> str:
    """Return what the files of a curve are called."""
    return f"power_{curve.over}"


def _trials(curve: PowerCurve) -> str:
    counts = sorted({point.replicates for point in curve.points})
    if len(counts) == 1:
        return f"{counts[0]:,} simulated trials at each value."
    return f"{counts[0]:,} to {counts[-1]:,} simulated trials at each value."


def _arms(curve: PowerCurve) -> str:
    first = curve.points[0].n
    if curve.over == "n" and len({count for _, count in first}) > 1:
        return "Subjects per arm are those of an arm with allocation 1."
    return ""


def changed_blocks(study: PowerStudy, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return what the power would be if an assumption were not so."""
    blocks: list[Block] = [
        Heading(text="What would change it?", anchor="changed"),
        Paragraph(text=_SHARED_CHANCE),
        Table(id="assumptions", layout=changed_layout(study), note=_changed_note(study)),
    ]
    for curve in study.curves:
        words = OVER_WORDS[curve.over][:1].lower() + OVER_WORDS[curve.over][1:]
        blocks += _curve(curve, figures, f"Power against the {words}.")
    return tuple(blocks)


def changed_layout(study: PowerStudy) -> Layout:
    """Return a row for each changed assumption; one that no trial can have says why."""
    base = study.base
    rows: list[tuple[str, ...]] = [("As designed", "", *_power_cells(base), "")]
    before = ""
    for change, point in study.changed:
        what = "" if change.what == before else change.what
        before = change.what
        if point is None:
            rows.append((what, f"{true_minus(change.words)} (no trial can be so)", "", "", ""))
            continue
        moved = number(100 * (point.aimed.value - base.aimed.value), 1)
        rows.append((what, true_minus(change.words), *_power_cells(point), moved))
    arms = ", ".join(f"{label} {count:,}" for label, count in base.n)
    return Layout(
        caption=f"Power under other assumptions, {base.primary.label}, subjects: {arms}",
        header=(
            "Assumption",
            "Changed to",
            "Power",
            "Monte Carlo error",
            "Change, percentage points",
        ),
        rows=tuple(rows),
        words=2,
    )


def _power_cells(point: SimulatedPower) -> tuple[str, str]:
    return number(point.aimed.value, POWER_PLACES), number(point.aimed.error, ERROR_PLACES)


def _changed_note(study: PowerStudy) -> str:
    trials = study.base.replicates
    if trials == study.main.replicates:
        return f"{trials:,} simulated trials in each row."
    return (
        f"{trials:,} simulated trials in each row; the answer above rests on "
        f"{study.main.replicates:,}, so that the first row differs from it by chance."
    )


def behaviour_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return power, bias and coverage of every comparison, and trials without an answer."""
    main = study.main
    return (
        Heading(text="How the planned analysis behaves", anchor="behaviour"),
        Table(id="comparisons", layout=main.layout(), note=_BEHAVIOUR),
        Paragraph(text=" ".join((*_counted(main), *_unanswered(main)))),
        Paragraph(text=_MONTE_CARLO),
    )


def _counted(main: SimulatedPower) -> Iterator[str]:
    if main.stopped_early:
        yield (
            f"The simulation stopped after {main.replicates:,} of {main.asked:,} trials, once the "
            "Monte Carlo error was as small as was asked."
        )


def _unanswered(main: SimulatedPower) -> Iterator[str]:
    """Yield how many trials have no answer and why, and which covariances were needed."""
    if not main.failed:
        yield f"All {main.replicates:,} trials have an answer."
    else:
        why = "; ".join(f"{reason}: {count:,}" for reason, count in main.failures)
        yield (
            f"Without an answer: {main.failed:,} of {main.replicates:,} trials ({why}). No other "
            "model took their place; they count as trials that show nothing."
        )
    used = [(name, count) for name, count in main.structures if count]
    if len(used) > 1:
        told = ", ".join(f"{name} in {count:,}" for name, count in used)
        yield sentence(f"Covariances of the plan that were fitted: {told}")


def search_blocks(study: PowerStudy) -> tuple[Block, ...]:
    """Return how the size was found; nothing where sizes were given."""
    found = study.found
    if found is None:
        return ()
    return (
        Heading(text="How the size was found", anchor="search"),
        Paragraph(
            text="A first look gives the standard error of the planned analysis, from which the "
            "size is guessed. Sizes on either side of it are simulated, a probit line in the root "
            f"of the size is solved for {percent(found.power)}, and the size so found is confirmed "
            "by the last simulation, which the answer rests on."
        ),
        Table(id="search", layout=found.layout()),
    )
