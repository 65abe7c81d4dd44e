"""What a well-formed number cannot be, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from retrostats.data import grammar
from retrostats.data.printed import Printed
from retrostats.data.published import Outcome


def out_of_range(row: Mapping[str, str], printed: Printed, outcome: Outcome | None) -> str:
    """Say why a printed number cannot stand in its row; empty when it can.

    Parameters
    ----------
    row
        The cells of the row, by column.
    printed
        The number of the row.
    outcome
        Its outcome, ``None`` for a reserved name.
    """
    problem = next(_problems(row["statistic"], row["printed"], printed), "")
    if not problem and row["outcome"] == "sample" and row["statistic"] == "n" and printed.high < 1:
        problem = f"{row['printed']!r} people are no sample; expected 1 or more"
    if problem or outcome is None or not _is_score(row):
        return problem
    below = outcome.low is not None and printed.high < outcome.low
    above = outcome.high is not None and printed.low > outcome.high
    text = row["printed"]
    return (
        f"{text!r} lies outside the scale of {outcome.name} in trial.toml" if below or above else ""
    )


def _problems(statistic: str, text: str, printed: Printed) -> Iterator[str]:
    """Yield what the statistic alone forbids."""
    whole = printed.decimals == 0 and printed.value is not None and not printed.unit
    probability = statistic in grammar.PROBABILITIES
    if statistic in grammar.COUNTS and not whole:
        yield f"{text!r} is no count; expected a whole number"
    if not probability and text[0] in "pP":
        yield f"{text!r} is a p value and stands as {statistic}"
    if probability and printed.unit:
        yield f"{text!r} is no probability; expected a p value from 0 to 1"
    if statistic in grammar.NON_NEGATIVE and printed.high < 0:
        yield f"{text!r} is negative, which {statistic} cannot be"
    ceiling = {"p": 1, "eta_squared": 1, "percent": 100}.get(statistic)
    if ceiling is not None and printed.low > ceiling:
        yield f"{text!r} is above {ceiling}, which {statistic} cannot be"
    if printed.relation == "not significant" and not probability:
        yield f"{text!r} is no {statistic}; only a p may be given in words"


def _is_score(row: Mapping[str, str]) -> bool:
    """Whether the row holds a score of the scale, not a change of one."""
    change = any(part.startswith("change ") for part in row["timepoint"].split("/"))
    return row["statistic"] in {"mean", "median", "q1", "q3"} and not change
