"""Arithmetic inside a table: counts, percentages, and rows that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import group_size, weakest
from retrostats.integrity.rounding import Span


def count_findings(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield each total against its parts: arms, sexes, and those lost on the way."""
    for timepoint in ("randomised", "analysed"):
        total = next(trial.find(arm="", outcome="sample", timepoint=timepoint, statistic="n"), None)
        parts = [
            figure
            for arm in trial.arms
            for figure in trial.find(
                arm=arm.label, outcome="sample", timepoint=timepoint, statistic="n"
            )
        ]
        if total and parts and len(parts) == len(trial.arms) and not _circular(total, parts):
            yield _sum(total, parts, "sum of the arms")
    for arm in ("", *(arm.label for arm in trial.arms)):
        yield from _sexes(trial, arm)
    yield from _losses(trial)


def _sexes(trial: PublishedTrial, arm: str) -> Iterator[Finding]:
    """Yield men and women against the size of their group, at whichever stage it fits."""
    men, women = (
        next(trial.find(arm=arm, outcome="sex", statistic=name), None)
        for name in ("n_men", "n_women")
    )
    totals = [
        total
        for stage in ("analysed", "randomised", "enrolled")
        for total in trial.find(arm=arm, outcome="sample", timepoint=stage, statistic="n")
        if men and women and not _circular(total, [men, women])
    ]
    if men and women and totals:
        yield _best_sum(totals, [men, women], "men and women")


def _losses(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield those enrolled or randomised against those lost and those analysed."""
    lost = list(trial.find(arm="", outcome="lost to follow-up", statistic="n"))
    analysed = next(trial.find(arm="", outcome="sample", timepoint="analysed", statistic="n"), None)
    totals = [
        total
        for stage in ("enrolled", "randomised")
        for total in trial.find(arm="", outcome="sample", timepoint=stage, statistic="n")
    ]
    if analysed and len(lost) == 1 and totals and analysed.kind == "printed":
        yield _best_sum(totals, [*lost, analysed], "lost and analysed")


def _best_sum(totals: list[Figure], parts: list[Figure], variant: str) -> Finding:
    """Return the sum against the total that it fits, else against the first."""
    findings = [_sum(total, parts, variant) for total in totals]
    return next((f for f in findings if f.state is State.CONSISTENT), findings[0])


def _circular(total: Figure, parts: list[Figure]) -> bool:
    """Whether a total and its parts may have been made from one another."""
    return total.kind != "printed" or any(part.kind == "inferred" for part in parts)


def _sum(total: Figure, parts: list[Figure], variant: str) -> Finding:
    """Hold a printed total against the sum of its parts."""
    found = sum(int(part.printed.value or 0) for part in parts)
    agrees = total.printed.value == found
    listed = " + ".join(part.printed.text for part in parts)
    return Finding(
        state=State.CONSISTENT if agrees else State.INCONSISTENT,
        place=(total.outcome, total.timepoint, total.arm),
        quantity="n",
        about=total,
        span=Span.exactly(found),
        variant=variant,
        detail=f"{listed} = {found}.",
        kind=weakest([total.kind, *(part.kind for part in parts)]),
    )


def percent_findings(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield each printed percentage of completers against the counts."""
    for figure in trial.find(outcome="completion", statistic="percent"):
        done = next(
            trial.find(
                arm=figure.arm, outcome="completers", timepoint=figure.timepoint, statistic="n"
            ),
            None,
        )
        size = group_size(trial, figure.arm, "sample", "randomised")
        if done is None or size is None or done.printed.value is None:
            continue
        if "inferred" in {figure.kind, done.kind, size.kind}:
            continue  # inferred from this very percentage, perhaps: agreement would say nothing
        found = 100 * done.printed.value / size.n
        agrees = Span.of(figure.printed).overlaps(Span.exactly(found))
        yield Finding(
            state=State.CONSISTENT if agrees else State.INCONSISTENT,
            place=(figure.outcome, figure.timepoint, figure.arm),
            quantity="percent",
            about=figure,
            span=Span.exactly(found),
            variant="counts",
            detail=f"{done.printed.text} of {size.n} is {found:.1f}%.",
            kind=weakest([figure.kind, done.kind, size.kind]),
        )


#: Statistics that stand together in a row of a table.
_ROW = (("mean", "sd"), ("mean_change", "sd_change"))


def repeated_rows(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield rows of figures that stand again under another outcome, arm or time.

    A mean and its SD with three significant digits each seldom coincide by chance. Means of
    whole-number scores take few values, so there two rows must repeat between the same places.
    Two arms alike at the same time and outcome are no repetition: they may start alike.
    """
    rows: dict[tuple[str, str], list[tuple[Figure, Figure]]] = {}
    for mean_name, sd_name in _ROW:
        for mean in trial.find(statistic=mean_name):
            sd = next(
                (f for f in trial.find(statistic=sd_name, arm=mean.arm) if f.place == mean.place),
                None,
            )
            if sd and _digits(mean) >= 3 and _digits(sd) >= 3:
                rows.setdefault((mean.printed.text, sd.printed.text), []).append((mean, sd))
    pairs = [
        (first, second, sd)
        for same in rows.values()
        for (first, sd), (second, _) in combinations(same, 2)
        if first.statistic == second.statistic and _elsewhere(first, second)
    ]
    often = Counter(_places(first, second) for first, second, _ in pairs)
    for first, second, sd in pairs:
        whole = trial.outcome(first.outcome).integer and trial.outcome(second.outcome).integer
        if not whole or often[_places(first, second)] > 1:
            yield _repetition(first, second, sd)
            yield _repetition(second, first, sd)


def _places(first: Figure, second: Figure) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return between which outcomes and times a row repeats."""
    one, other = sorted([(first.outcome, first.timepoint), (second.outcome, second.timepoint)])
    return one, other


def _digits(figure: Figure) -> int:
    """Return the significant digits of a printed number."""
    return len("".join(c for c in figure.printed.text if c.isdigit()).lstrip("0"))


def _elsewhere(first: Figure, second: Figure) -> bool:
    return first.outcome != second.outcome or first.timepoint != second.timepoint


def _repetition(figure: Figure, other: Figure, sd: Figure) -> Finding:
    """Return one of two equal rows; which of them is right the table does not say."""
    where = f"{other.outcome}, {other.timepoint}, {other.arm}"
    return Finding(
        state=State.INCONSISTENT,
        place=(figure.outcome, figure.timepoint, figure.arm),
        quantity=figure.statistic,
        about=figure,
        span=Span.of(other.printed),
        variant="repeated row",
        detail=f"{figure.printed.text} ({sd.printed.text}) stands again at {where}.",
        kind=figure.kind,
    )


def nothing_to_compare(trial: PublishedTrial) -> Finding:
    """Return the row of a study that prints no comparison at all."""
    printed = ", ".join(dict.fromkeys(f"{f.statistic} of {f.outcome}" for f in trial.figures))
    return Finding(
        state=State.MISSING,
        place=("", "", ""),
        quantity="",
        missing="nothing is printed to compare",
        detail=f"Printed: {printed or 'no figure yet'}.",
        kind="printed",
    )
