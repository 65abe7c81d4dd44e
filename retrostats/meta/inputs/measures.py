"""Which effects a table of trials can hold, and what a row needs for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtri, stdtrit

from retrostats.effects.proportions.differences import risk_difference
from retrostats.effects.proportions.ratios import odds_ratio, risk_ratio
from retrostats.effects.ratio import Ratio
from retrostats.effects.ratio_of_means import ratio_of_means
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.two_group import hedges_g, mean_difference
from retrostats.estimate import Estimate

Measure = Literal[
    "standardised mean difference",
    "mean difference",
    "ratio of means",
    "risk ratio",
    "odds ratio",
    "risk difference",
    "generic",
]
#: Cells of one row by column, those that are not empty.
Row = dict[str, float]

MEANS = ("n1", "mean1", "sd1", "n2", "mean2", "sd2")
COUNTS = ("events1", "n1", "events2", "n2")
#: A printed estimate, and any one of the ways to its standard error.
PRINTED = ("estimate", "se", "ci_low", "ci_high", "p")
#: Every column that is understood, in the order of a table; all others are moderators.
KNOWN = ("study", *MEANS[:3], *MEANS[3:], "events1", "events2", *PRINTED)
#: The limits of a normal interval lie equally far from the estimate. Rounding moves them; by more
#: than this share of half the width it is worth a note.
_SKEW = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the effects of one measure are made.

    Attributes
    ----------
    cells
        Columns of the arms; none where effects can only be given.
    make
        From these cells, the name of the study, and the unit.
    is_ratio
        Whether printed estimates and limits are ratios, which are pooled as logarithms.
    unit
        Of the effects; empty where the caller says it.
    """

    cells: tuple[str, ...]
    make: Callable[[Row, str, str], Estimate] | None
    is_ratio: bool
    unit: str


def _arms(row: Row) -> tuple[ArmSummary, ArmSummary]:
    first, second = (
        ArmSummary(arm=name, n=_whole(row[f"n{i}"]), mean=row[f"mean{i}"], sd=row[f"sd{i}"])
        for i, name in ((1, "treated"), (2, "control"))
    )
    return first, second


def _counts(row: Row) -> tuple[int, int, int, int]:
    first, second, third, fourth = (_whole(row[name]) for name in COUNTS)
    return first, second, third, fourth


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError(f"{value:g} is no whole number")
    return int(value)


def _ratio(kind: Callable[..., Ratio], row: Row) -> Ratio:
    """Return a ratio of risks; a table of a review has no option that adds to its cells."""
    a, n1, c, n2 = counts = _counts(row)
    try:
        return kind(*counts)
    except ValueError as error:
        if "zero_cells" not in str(error):
            raise
        raise ValueError(
            f"{a} of {n1} against {c} of {n2} has no such ratio with an interval; pool such "
            "counts by pool_mantel_haenszel or pool_peto, or take the risk difference"
        ) from None


def _risk_difference(row: Row, study: str, unit: str) -> Estimate:
    a, n1, c, n2 = counts = _counts(row)
    if n1 > 0 and n2 > 0 and a in (0, n1) and c in (0, n2):
        raise ValueError(
            f"{a} of {n1} against {c} of {n2} has a standard error of 0, and no weight follows; "
            "pool such counts by pool_mantel_haenszel(..., measure='risk difference')"
        )
    found = risk_difference(*counts, label=study, method="wald")
    return Estimate.from_se(study, found.value, found.se, unit=unit)


def _log(found: Estimate, study: str, unit: str) -> Estimate:
    return Estimate.from_se(study, found.value, found.se, unit=unit)


FORMS: dict[Measure, Form] = {
    "standardised mean difference": Form(
        cells=MEANS,
        make=lambda row, study, _: hedges_g(*_arms(row), label=study),
        is_ratio=False,
        unit="SD",
    ),
    "mean difference": Form(
        cells=MEANS,
        make=lambda row, study, unit: mean_difference(*_arms(row), unit=unit, label=study),
        is_ratio=False,
        unit="",
    ),
    "ratio of means": Form(
        cells=MEANS,
        make=lambda row, study, unit: _log(ratio_of_means(*_arms(row)).log, study, unit),
        is_ratio=True,
        unit="log ratio of means",
    ),
    "risk ratio": Form(
        cells=COUNTS,
        make=lambda row, study, unit: _log(_ratio(risk_ratio, row).log, study, unit),
        is_ratio=True,
        unit="log risk ratio",
    ),
    "odds ratio": Form(
        cells=COUNTS,
        make=lambda row, study, unit: _log(_ratio(odds_ratio, row).log, study, unit),
        is_ratio=True,
        unit="log odds ratio",
    ),
    "risk difference": Form(
        cells=COUNTS, make=_risk_difference, is_ratio=False, unit="risk difference"
    ),
    "generic": Form(cells=(), make=None, is_ratio=False, unit=""),
}


def printed_estimate(
    row: Row, study: str, *, form: Form, unit: str, level: float
) -> tuple[Estimate, str]:
    """Return the estimate that a row prints, and a note where its interval is lopsided.

    Parameters
    ----------
    row
        With ``estimate``, and one of ``se``, ``ci_low`` with ``ci_high``, or ``p``.
    study
        Becomes the label.
    form, unit
        Of the measure.
    level
        Of the printed intervals.

    Raises
    ------
    ValueError
        If the ways to a standard error are none, several or impossible.
    """
    ways = [way for way in ("se", "ci_low", "p") if way in row]
    if len(ways) != 1 or ("ci_low" in row) != ("ci_high" in row):
        raise ValueError(
            "an estimate needs one of: se; both ci_low and ci_high; p. "
            f"This row has {', '.join(n for n in PRINTED[1:] if n in row) or 'none'}"
        )
    value = _logged(row["estimate"], form, "estimate")
    if ways == ["se"]:
        return Estimate.from_se(study, value, row["se"], unit=unit), ""
    if ways == ["p"]:
        return Estimate.from_se(study, value, _se_from_p(value, row), unit=unit), ""
    low, high = (_logged(row[name], form, name) for name in ("ci_low", "ci_high"))
    if not low < high:
        raise ValueError(f"the interval {row['ci_low']:g} to {row['ci_high']:g} is empty")
    if not low <= value <= high:
        raise ValueError(
            f"the estimate {row['estimate']:g} lies outside its interval "
            f"{row['ci_low']:g} to {row['ci_high']:g}"
        )
    half = (high - low) / 2
    skew = abs(value - (low + high) / 2) / half
    note = (
        f"{study}: the interval is not symmetric about the estimate"
        f"{' on the log scale' if form.is_ratio else ''} (off by {skew:.0%} of half its width); "
        "its standard error is from the width"
        if skew > _SKEW
        else ""
    )
    se = half / float(ndtri(0.5 + level / 2))
    return Estimate.from_se(study, value, se, unit=unit, level=level), note


def _logged(value: float, form: Form, name: str) -> float:
    if not form.is_ratio:
        return value
    if value <= 0:
        raise ValueError(f"the {name} {value:g} is no ratio; give the ratio, not its logarithm")
    return math.log(value)


def _se_from_p(value: float, row: Row) -> float:
    """Return the standard error behind a two-sided p: of t where both sizes are given, else z."""
    p = row["p"]
    if not 0 < p < 1 or value == 0:
        raise ValueError(
            f"a standard error from p needs an estimate other than 0, and 0 < p < 1; got p = {p:g}"
        )
    sizes = [_whole(row[name]) for name in ("n1", "n2") if name in row]
    if not sizes:
        return abs(value) / -float(ndtri(p / 2))
    if len(sizes) != 2 or min(sizes) < 1 or sum(sizes) <= 2:
        raise ValueError(
            "p with sizes of arms is taken as that of Student's t, which needs n1 and n2 of 1 or "
            "more, and 3 or more together; complete them, or leave both empty for a normal test"
        )
    return abs(value) / -float(stdtrit(sum(sizes) - 2, p / 2))
