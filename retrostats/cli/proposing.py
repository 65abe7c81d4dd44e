"""The design of a trial before, asked for by options of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from retrostats.errors import DataError

if TYPE_CHECKING:
    from retrostats.power.design.types import TrialDesign

#: What the function asks for by its arguments, and the option that gives it.
OPTIONS = {
    "correlation=": "--correlation, as in --correlation 0.5",
    "dropout=": "--dropout, as in --dropout 0.1",
    "sds=": "--sds-from, another trial whose SDs are printed",
    "weeks=": "--week, as in --week post=6",
}


def refuse_without_trial(given: Mapping[str, object]) -> None:
    """Refuse options that have an effect with ``--from`` alone: their user expects one.

    Parameters
    ----------
    given
        Values by the name of the option; ``None`` or empty where it was not given.

    Raises
    ------
    DataError
        If any was given.
    """
    unused = [name for name, value in given.items() if value not in (None, [])]
    if unused:
        raise DataError(
            f"{', '.join(unused)}: of use only with --from, the trial whose numbers are proposed"
        )


def proposal(
    trial: str,
    *,
    outcome: str,
    arms: Sequence[str],
    baseline: float | None,
    sds_from: str | None,
    correlation: float | None,
    dropout: float | None,
    weeks: Sequence[str],
) -> TrialDesign:
    """Return the design after a trial; what is missing is told by the names of options.

    Parameters
    ----------
    trial, outcome
        As for `retrostats.design_from_trial`.
    arms
        Labels as given, empty for all whose course is printed.
    baseline, sds_from, correlation, dropout
        Values of the options, ``None`` where not given.
    weeks
        As written: ``"post=6"``.

    Raises
    ------
    DataError
        If an option is out of its range, or the trial does not print what is needed.
    """
    from retrostats.analysis.design_from_trial import design_from_trial

    _require("--correlation", correlation, "between -1 and 1", low=-1, either=True)
    _require("--dropout", dropout, "a share from 0 to below 1", low=0, either=False)
    if len(arms) == 1 or len(set(arms)) < len(arms):
        raise DataError(
            f"--arm {' --arm '.join(arms)}: a design compares two arms or more; give --arm for "
            "each of them once"
        )
    try:
        return design_from_trial(
            trial,
            outcome=outcome,
            arms=tuple(arms) or None,
            means=baseline,
            sds=sds_from,
            correlation=correlation,
            dropout=dropout,
            weeks=dict(_week(text) for text in weeks),
        )
    except DataError as error:
        for name, option in OPTIONS.items():
            if name in str(error):
                error.add_note(f"On the command line {name} is {option}.")
        if "means=" in str(error):
            error.add_note(
                "means= by arm is for Python (rs.design_from_trial); or write them into the file "
                "that `retrostats new design` without --from makes."
            )
        raise


def _require(option: str, value: float | None, expected: str, *, low: float, either: bool) -> None:
    """Refuse a number that is not above `low` (or at it, where not `either`) and below 1."""
    if value is None or (low < value < 1) or (value == low and not either):
        return
    of_percent = f"; write {value:g}% as {value / 100:g}" if 2 <= value < 100 else ""
    raise DataError(f"{option} {value:g}: expected {expected}{of_percent}")


def _week(text: str) -> tuple[str, float]:
    name, _, week = text.rpartition("=")
    try:
        number = float(week)
    except ValueError:
        number = -1.0
    if not name.strip() or not 0 < number < float("inf"):
        raise DataError(f"--week {text}: expected a timepoint and its week, as in --week post=6")
    return name.strip(), number
