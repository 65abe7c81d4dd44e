"""From a published trial to its reproduction: every check, in order, then the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from retrostats.data import grammar
from retrostats.data.catalogue import load_trial
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.bookkeeping import (
    count_findings,
    nothing_to_compare,
    percent_findings,
    repeated_rows,
)
from retrostats.integrity.checks.differences import differences
from retrostats.integrity.checks.effect_sizes import (
    effects_from_standardised,
    effects_from_summaries,
)
from retrostats.integrity.checks.from_p import effects_from_p
from retrostats.integrity.checks.implied import f_from_p, p_from_anova_statistics, p_from_statistics
from retrostats.integrity.checks.intervals import interval_findings
from retrostats.integrity.checks.missing import what_is_missing
from retrostats.integrity.checks.one_arm import change_findings, correlation_findings, within_arm
from retrostats.integrity.checks.one_way import one_way
from retrostats.integrity.checks.repeated_measures import repeated_measures
from retrostats.integrity.checks.two_arms import from_summaries
from retrostats.integrity.checks.whole_numbers import digit_findings
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.verdicts import Reproduction, settle

Check = Callable[[PublishedTrial, Figure], Iterator[Finding]]

#: What is asked of each printed number, in the order in which the rows are told.
CHECKS: tuple[Check, ...] = (
    from_summaries,
    differences,
    p_from_statistics,
    p_from_anova_statistics,
    repeated_measures,
    one_way,
    within_arm,
    interval_findings,
    change_findings,
    correlation_findings,
    f_from_p,
    effects_from_standardised,
    effects_from_p,
)

#: What is asked of the table as a whole.
TABLE_CHECKS: tuple[Callable[[PublishedTrial], Iterator[Finding]], ...] = (
    effects_from_summaries,
    digit_findings,
    count_findings,
    percent_findings,
    repeated_rows,
)

#: Printed statistics that state a comparison, so that each must be answered.
_COMPARISONS = (
    frozenset({"p", "t", "f", "eta_squared"}) | grammar.DIFFERENCES | grammar.STANDARDISED
)


def reproduce(trial: PublishedTrial | str | Path) -> Reproduction:
    """Recompute everything that a trial prints, as intervals over the rounding.

    Parameters
    ----------
    trial
        A loaded trial, the id of a bundled one, or the path of a trial folder.

    Returns
    -------
    Reproduction
        One row per comparison, quantity and variant, with its verdict. A comparison that
        cannot be recomputed has a row that says what is missing.

    Raises
    ------
    DataError
        If the trial has to be loaded and its files have faults.

    Examples
    --------
    >>> import retrostats as rs
    >>> rows = rs.reproduce("qiu2023").tidy()
    >>> tug = rows[(rows.outcome == "TUG") & (rows.quantity == "p")]
    >>> list(tug.verdict)
    ['reproduced', 'reproduced']
    """
    loaded = trial if isinstance(trial, PublishedTrial) else load_trial(trial)
    findings = [
        finding
        for figure in loaded.figures
        for check in CHECKS
        for finding in check(loaded, figure)
    ]
    recomputed = {State.AGREES, State.DISAGREES}
    answered = {f.about.line for f in findings if f.about and f.state in recomputed}
    unanswered = [
        what_is_missing(loaded, figure)
        for figure in loaded.figures
        if figure.statistic in _COMPARISONS and figure.line not in answered
    ]
    findings = unanswered + findings
    for table_check in TABLE_CHECKS:
        findings += table_check(loaded)
    findings += [] if findings else [nothing_to_compare(loaded)]
    return settle(loaded, findings)
