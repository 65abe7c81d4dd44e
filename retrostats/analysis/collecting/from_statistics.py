"""Estimates from a printed t, or from a printed standardised difference."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from retrostats.analysis.collecting.case import NO_SIZES, Case, TwoSizes, two_sizes
from retrostats.analysis.collecting.from_differences import difference_way
from retrostats.analysis.collecting.from_p import p_way
from retrostats.analysis.collecting.ways import Way, of_t, refused
from retrostats.data import grammar
from retrostats.data.published import Figure
from retrostats.effects.noncentral import small_sample_factor
from retrostats.integrity.checks.neighbours import UNNAMED, WITHIN
from retrostats.integrity.inputs import weakest
from retrostats.integrity.rounding import Span


def statistic_ways(case: Case) -> Iterator[Way]:
    """Yield what each printed figure of a comparison gives; those at baseline say nothing."""
    for figure in case.trial.find(outcome=case.outcome.name, contrast=case.pairing.printed):
        reader = _READERS.get(figure.statistic)
        if reader is None or figure.timepoint == case.trial.baseline or figure.test in WITHIN:
            continue
        way = reader(case, figure)
        if way is not None:
            yield way


def _standardised(case: Case, figure: Figure) -> Way:
    """Return a printed d, g or SMD, with the exact interval that the sizes of the arms give."""
    route = "printed standardised difference"
    sizes = two_sizes(case.trial, figure)
    value = figure.printed.value
    if case.asked.scale == "points":
        return refused(route, figure.timepoint, "it is in SDs, and no SD is printed")
    if sizes is None or value is None:
        return refused(route, figure.timepoint, _lacking(figure, sizes))
    root = 1 / math.sqrt(1 / sizes.n1 + 1 / sizes.n2)
    if figure.statistic == "hedges_g":
        root /= small_sample_factor(sizes.n1 + sizes.n2 - 2)
    name = {"cohens_d": "d", "hedges_g": "g", "smd": "SMD"}[figure.statistic]
    ambiguous = ["the SMD is taken as Cohen's d"] if figure.statistic == "smd" else []
    way = _start(case, figure, sizes)
    caveats = (*way.caveats, *ambiguous, "sign as printed")
    way = replace(way, route=route, marks=(f"printed {name}",), caveats=caveats)
    return of_t(way, value * root, Span.of(figure.printed).times(root), sizes, case.asked)


def _t(case: Case, figure: Figure) -> Way:
    """Return the effect behind a printed Student's t."""
    sizes = two_sizes(case.trial, figure)
    value = figure.printed.value
    if case.asked.scale == "points":
        return refused("t", figure.timepoint, "t has no unit")
    if figure.test not in {"t-test", *UNNAMED}:
        return refused("t", figure.timepoint, f"it is that of {figure.test}")
    if sizes is None or value is None:
        return refused("t", figure.timepoint, _lacking(figure, sizes))
    way = _start(case, figure, sizes)
    caveats = (*way.caveats, "sign as printed; taken as Student's t")
    way = replace(way, marks=("from t",), caveats=caveats)
    return of_t(way, value, Span.of(figure.printed), sizes, case.asked)


def _start(case: Case, figure: Figure, sizes: TwoSizes) -> Way:
    """Return what every way from a figure and the sizes of the arms has in common."""
    return Way(
        route="t",
        timepoint=figure.timepoint,
        benefit=case.outcome.benefit(change=figure.is_change),
        caveats=sizes.caveats,
        kind=weakest([sizes.kind, figure.kind]),
    )


def _lacking(figure: Figure, sizes: TwoSizes | None) -> str:
    return NO_SIZES if sizes is None else f"{figure.printed.text} is no single number"


#: How each statistic of a contrast becomes an estimate.
_READERS: dict[str, Callable[[Case, Figure], Way | None]] = {
    "t": _t,
    "p": p_way,
    **dict.fromkeys(grammar.STANDARDISED, _standardised),
    **dict.fromkeys(grammar.DIFFERENCES, difference_way),
}
