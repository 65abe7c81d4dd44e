"""What a waterfall says in words: its two thresholds, and how many subjects passed them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from retrostats.description.types import IndividualChanges
from retrostats.instruments import Change

_NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Measurement error and importance in the unit of the outcome, each with its name.

    Attributes
    ----------
    mdc, mcid
        Amounts, or ``None``.
    mdc_name, mcid_name
        As their source calls them; may be empty.
    unit
        Of both.
    """

    mdc: float | None
    mcid: float | None
    mdc_name: str
    mcid_name: str
    unit: str

    @classmethod
    def of(cls, mdc: Change | float | None, mcid: Change | float | None, unit: str) -> Thresholds:
        """Check two thresholds and give each its name.

        Raises
        ------
        ValueError
            If an amount is not positive, a share of baseline, or of the other kind.
        """
        error, importance = _amount(mdc, "mdc", "error"), _amount(mcid, "mcid", "important")
        return cls(
            mdc=error,
            mcid=importance,
            mdc_name=mdc.quantity if isinstance(mdc, Change) else "",
            mcid_name=mcid.quantity if isinstance(mcid, Change) else "",
            unit=unit,
        )

    @property
    def error_words(self) -> str:
        """What the band is."""
        return (
            f"±{self.mdc:g} {self.unit}".rstrip()
            + (f" ({self.mdc_name})" if self.mdc_name else "")
            + ": cannot be told from measurement error"
        )

    @property
    def important_words(self) -> str:
        """What the line is."""
        return (
            f"{self.mcid:g} {self.unit}".rstrip()
            + (f" ({self.mcid_name})" if self.mcid_name else "")
            + ": smallest improvement that matters"
        )


def _amount(
    change: Change | float | None, name: str, kind: Literal["error", "important"]
) -> float | None:
    if change is None:
        return None
    if not isinstance(change, Change):
        if not 0 < change < math.inf:
            raise ValueError(f"plot_change: {name} must be a positive amount, got {change}")
        return float(change)
    if change.kind != kind:
        raise ValueError(
            f"plot_change: {name} needs a change of the kind {kind!r}, got {change.quantity}, "
            f"which is {change.kind!r}: what error can produce is not what matters, nor the reverse"
        )
    if change.basis == "relative":
        raise ValueError(
            f"plot_change: {name} = {change.value:.0%} of baseline ({change.quantity}) is another "
            "amount for each subject and no line; give an amount, or count responders by "
            "percentage with responder_table"
        )
    return change.value


def count_lines(arm: IndividualChanges, thresholds: Thresholds) -> list[str]:
    """Return the counts of an arm, a line for each question."""
    counts, n = arm.counts(mdc=thresholds.mdc, mcid=thresholds.mcid), len(arm.improvements)
    lines: list[str] = []
    if n and counts.improved is not None and counts.worsened is not None:
        lines += [
            f"better beyond error:{_NBSP}{_of(counts.improved, n)}",
            f"within error:{_NBSP}{_of(counts.within or 0, n)}",
            f"worse beyond error:{_NBSP}{_of(counts.worsened, n)}",
        ]
    elif n:
        lines += [
            f"better:{_NBSP}{_of(counts.better, n)}",
            f"no change:{_NBSP}{_of(counts.same, n)}",
            f"worse:{_NBSP}{_of(counts.worse, n)}",
        ]
    if n and counts.important is not None:
        lines.append(f"at least {_named(thresholds)}:{_NBSP}{_of(counts.important, n)}")
    return lines


def opening(arm: IndividualChanges, thresholds: Thresholds) -> str:
    """Return the sentences that hold for all panels."""
    unit = f" in {arm.unit}" if arm.unit else ""
    what = f"Improvement of each subject in {arm.outcome} from baseline to {arm.visit}{unit}"
    told = [f"{what}, most improved first; positive is better."]
    if thresholds.mdc is not None:
        told.append(f"Grey band: {thresholds.error_words}.")
    if thresholds.mcid is not None:
        told.append(f"Line: {thresholds.important_words}.")
    return " ".join(told)


def arm_sentence(arm: IndividualChanges, name: str, thresholds: Thresholds, drawn: str) -> str:
    """Return the description of a panel."""
    n, unit = len(arm.improvements), f" {arm.unit}" if arm.unit else ""
    if not n:
        return f"{name}: nobody measured at both visits, {arm.missing:,} missing."
    counts = count_lines(arm, thresholds)
    least, most = arm.improvements[0], arm.improvements[-1]
    outline = f" {drawn}." if drawn else ""
    return (
        f"{name} (n = {n:,}, {arm.missing:,} missing): from {least:.4g} to {most:.4g}{unit}; "
        f"{'; '.join(counts)}.{outline}".replace(_NBSP, " ")
    )


def _of(count: int, n: int) -> str:
    return f"{count:,}{_NBSP}({count / n:.0%})"


def _named(thresholds: Thresholds) -> str:
    unit = f" {thresholds.unit}" if thresholds.unit else ""
    return thresholds.mcid_name or f"{thresholds.mcid:g}{unit}"
