"""Comparisons of two arms recomputed from the means, SDs and sizes that the table prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from retrostats.data import grammar
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity import two_sample
from retrostats.integrity.checks.neighbours import T_TESTS, UNNAMED, beside, interval_owner
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import (
    Compared,
    Score,
    base_time,
    describe_sizes,
    pair,
    score,
    weakest,
)
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import METHODS, Method, RoundedArm
from retrostats.integrity.words import between, decision, p_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoScores:
    """What is printed of both arms of a contrast, on one family of scores."""

    family: str
    treated: Score
    control: Score

    def rounded(self) -> tuple[RoundedArm, RoundedArm] | None:
        """Return both arms, or ``None`` when something is not printed."""
        treated, control = self.treated.rounded(), self.control.rounded()
        return (treated, control) if treated and control else None

    def missing(self) -> str:
        """Name what is not printed of either arm."""
        parts = dict.fromkeys([*self.treated.missing(), *self.control.missing()])
        return " and ".join(parts)

    def basis(self) -> str:
        """Say what a recomputation from these scores rests on."""
        notes = [describe_sizes(self.treated.size, self.control.size)]
        notes += [note for note in dict.fromkeys([self.treated.note, self.control.note]) if note]
        return "; ".join(notes)


def families(trial: PublishedTrial, comparison: Compared) -> tuple[TwoScores, ...]:
    """Return the scores on which the paper's words allow the comparison.

    A comparison printed for a change is one of changes; one printed for a visit is one of
    the scores at that visit. Where the test is not stated, both are tried.

    Parameters
    ----------
    comparison
        Outcome, timepoint, contrast and test.
    """
    arms = pair(trial, comparison.contrast)
    if arms is None or "/" in comparison.timepoint:
        return ()
    visit = base_time(comparison.timepoint)
    places = {"change scores": f"change {visit}", visit_family(trial, visit): visit}
    if not comparison.is_change:
        places = dict(reversed(places.items()))
    first = next(iter(places))
    if comparison.test not in {"unstated", ""} or visit == trial.baseline:
        places = {first: places[first]}
    return tuple(
        TwoScores(
            family=family,
            treated=score(trial, arms[0], comparison.outcome, place),
            control=score(trial, arms[1], comparison.outcome, place),
        )
        for family, place in places.items()
    )


def visit_family(trial: PublishedTrial, visit: str) -> str:
    """Return what the scores at one visit are called."""
    if not trial.baseline:
        return "scores"
    return "baseline scores" if visit == trial.baseline else "follow-up scores"


def from_summaries(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield one finding per variant of the t-test that the paper's words allow.

    Parameters
    ----------
    figure
        A printed p, t, difference, limit of an interval or standardised difference
        between two arms.
    """
    recompute = _RECIPES.get(figure.statistic)
    if recompute is None or figure.test not in T_TESTS or _adjusted(trial, figure):
        return
    for scores in families(trial, figure):
        arms = scores.rounded()
        if arms is None:
            continue
        methods: tuple[Method, ...] = ("z",) if figure.test == "z-test" else METHODS
        other = _RECIPES.get({"ci_low": "ci_high", "ci_high": "ci_low"}.get(figure.statistic, ""))
        mirrors = dict(other(*arms, methods)) if other else {}
        for variant, span in recompute(*arms, methods):
            named = f"{variant}, {scores.family}"
            finding = compared(figure, scores, named, span, mirror=mirrors.get(variant))
            yield _explained(finding, figure, arms)


def _adjusted(trial: PublishedTrial, figure: Figure) -> bool:
    """Whether a figure belongs to an estimate that no two means and SDs give.

    So for the limits of an adjusted or a standardised difference, and, where the paper names
    no test, for the p of an adjusted one.
    """
    if figure.statistic in {"ci_low", "ci_high"}:
        owner = interval_owner(trial, figure)
        return owner is not None and owner.statistic not in _RAW
    adjusted = any(name.startswith("adjusted") for name in beside(trial, figure))
    return adjusted and figure.test in UNNAMED


def _explained(finding: Finding, figure: Figure, arms: tuple[RoundedArm, RoundedArm]) -> Finding:
    """Say what might be behind a contradiction: standard errors for SDs, or another test."""
    if finding.state is not State.DISAGREES:
        return finding
    detail = finding.detail
    widened = [arm.with_sd_from_se() for arm in arms]
    spans = [span for _, span in _RECIPES[figure.statistic](widened[0], widened[1], METHODS)]
    if any(Span.of(figure.printed).overlaps(span) for span in spans):
        detail += " It would agree if the printed SDs were standard errors."
    if figure.test in {"unstated", ""}:
        detail += " The paper names no test; it may have used another kind."
    return replace(finding, detail=detail)


def compared(
    figure: Figure, scores: TwoScores, variant: str, span: Span, *, mirror: Span | None = None
) -> Finding:
    """Hold a recomputed span against the printed number.

    With the other sign a lower limit becomes an upper one; ``mirror`` is that other limit.
    """
    printed = Span.of(figure.printed)
    agrees = printed.overlaps(span)
    detail = p_words(span) if figure.statistic == "p" else f"{_name(figure)} {between(span)}"
    detail += f" ({scores.basis()})."
    if figure.statistic == "p" and not agrees:
        detail += f" {decision(printed, span)}".rstrip()
    if not agrees and figure.statistic in _SIGNED and printed.overlaps(-(mirror or span)):
        agrees = True
        detail += " Printed with the other sign or without one."
    if agrees and figure.printed.relation == "=" and span.high - span.low > abs(span.middle):
        detail += " A weak check: the rounding of the table leaves so much open."
    kinds = [figure.kind, scores.treated.kind, scores.control.kind]
    return Finding(
        state=State.AGREES if agrees else State.DISAGREES,
        place=(figure.outcome, figure.timepoint, figure.contrast),
        quantity=figure.statistic,
        about=figure,
        span=span,
        variant=variant,
        detail=detail,
        kind=weakest(kinds),
    )


def _name(figure: Figure) -> str:
    """Return the statistic in words."""
    limits = {"ci_low": "lower limit", "ci_high": "upper limit"}
    return limits.get(figure.statistic, figure.statistic.replace("_", " "))


Methods = tuple[Method, ...]
Variants = Iterator[tuple[str, Span]]
Recipe = Callable[[RoundedArm, RoundedArm, Methods], Variants]


def _p_values(treated: RoundedArm, control: RoundedArm, methods: Methods) -> Variants:
    for method in methods:
        yield method, two_sample.p_span(treated, control, method)


def _t_values(treated: RoundedArm, control: RoundedArm, methods: Methods) -> Variants:
    for method in methods:
        yield method, two_sample.t_span(treated, control, method)


def _lower_limits(treated: RoundedArm, control: RoundedArm, methods: Methods) -> Variants:
    for method in methods:
        yield method, two_sample.interval_spans(treated, control, method)[0]


def _upper_limits(treated: RoundedArm, control: RoundedArm, methods: Methods) -> Variants:
    for method in methods:
        yield method, two_sample.interval_spans(treated, control, method)[1]


def _cohens_d(treated: RoundedArm, control: RoundedArm, _: Methods) -> Variants:
    yield "pooled SD", two_sample.cohens_d_span(treated, control)


def _hedges_g(treated: RoundedArm, control: RoundedArm, _: Methods) -> Variants:
    yield "pooled SD, exact correction", two_sample.hedges_g_span(treated, control)


def _smd(treated: RoundedArm, control: RoundedArm, methods: Methods) -> Variants:
    yield from _cohens_d(treated, control, methods)
    yield from _hedges_g(treated, control, methods)


#: How each statistic of a contrast is recomputed from two arms.
_RECIPES: dict[str, Recipe] = {
    "p": _p_values,
    "t": _t_values,
    "ci_low": _lower_limits,
    "ci_high": _upper_limits,
    "cohens_d": _cohens_d,
    "hedges_g": _hedges_g,
    "smd": _smd,
}

#: Estimates that a two-sample t-test gives.
_RAW = frozenset({"mean_difference", "mean_difference_in_change"})

#: Statistics that papers often print without their sign.
_SIGNED = frozenset({"t", "ci_low", "ci_high"}) | grammar.STANDARDISED | grammar.DIFFERENCES
