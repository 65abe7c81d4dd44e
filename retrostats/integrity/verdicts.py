"""What a recomputation found, row by row, and the words for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.data.published import PublishedTrial
from retrostats.integrity.findings import Effect, Finding, State
from retrostats.integrity.showing import reproduction_html
from retrostats.layout import ShownAsFields

if TYPE_CHECKING:
    import pandas as pd


#: The columns of a reproduction, in their order.
ROW_COLUMNS = (
    "trial",
    "outcome",
    "timepoint",
    "contrast",
    "quantity",
    "printed",
    "kind",
    "low",
    "high",
    "variant",
    "verdict",
    "detail",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(ShownAsFields):
    """One comparison, quantity and variant, with its verdict.

    Attributes
    ----------
    contrast
        Who is compared; the label of an arm for a number of one arm.
    printed
        Text as printed; empty where nothing is printed.
    low, high
        What can be recomputed, over the rounding of what goes in; for a derived effect
        size its 95% confidence limits. ``None`` where that side is open or nothing can
        be recomputed.
    verdict
        ``reproduced``, ``contradicted``, either of them ``under <variant>``,
        ``inconsistent table``, ``derived`` or ``not recomputable: <what is missing>``.
    detail
        One or two sentences with the numbers.
    effect
        The standardised difference, where the row holds one.
    """

    trial: str
    outcome: str
    timepoint: str
    contrast: str
    quantity: str
    printed: str
    kind: str
    low: float | None
    high: float | None
    variant: str
    verdict: str
    detail: str
    effect: Effect | None = None

    def cells(self) -> dict[str, str | float | None]:
        """Return the columns of the row, in their order."""
        return {name: getattr(self, name) for name in ROW_COLUMNS}

    def answers(self, where: Mapping[str, str]) -> bool:
        """Whether the named columns have these values; of the verdict the beginning counts."""
        return all(
            self.verdict.startswith(wanted) if name == "verdict" else getattr(self, name) == wanted
            for name, wanted in where.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """Everything that could be recomputed of one trial, and everything that could not.

    Attributes
    ----------
    trial
        The trial as loaded.
    rows
        One row per comparison, quantity and variant.

    Examples
    --------
    >>> import retrostats as rs
    >>> found = rs.reproduce("chen2021")
    >>> found
    <Reproduction of chen2021: 13 rows: 4 reproduced, 2 contradicted, 5 derived, 2 not recomputable>
    >>> found.only(verdict="contradicted").tidy()[["contrast", "printed"]].values.tolist()
    [['BW - control', 'P < 0.05'], ['BW - control', 'P < 0.05']]
    """

    trial: PublishedTrial
    rows: tuple[Row, ...]

    def tidy(self) -> pd.DataFrame:
        """Return the rows as a table; the column names never vary."""
        import pandas as pd

        return pd.DataFrame([row.cells() for row in self.rows], columns=list(ROW_COLUMNS))

    def only(self, **where: str) -> Reproduction:
        """Return the rows whose named columns have the given values, and leave the others out.

        Parameters
        ----------
        where
            Columns of `tidy` that hold words, such as ``outcome="pain"``. Of ``verdict`` the
            beginning is enough: ``verdict="contradicted"`` is under any variant.

        Returns
        -------
        Reproduction
            Of the same trial.

        Raises
        ------
        ValueError
            If there is no such column of words. The message lists them.

        Examples
        --------
        >>> import retrostats as rs
        >>> rs.reproduce("chen2021").only(verdict="contradicted").tidy().outcome.tolist()
        ['sway area', 'sway area']
        """
        words = [name for name in ROW_COLUMNS if name not in ("low", "high")]
        unknown = sorted(set(where) - set(words))
        if unknown:
            raise ValueError(f"only: no column {', '.join(unknown)}; there are {', '.join(words)}")
        kept = tuple(row for row in self.rows if row.answers(where))
        return Reproduction(trial=self.trial, rows=kept)

    def counts(self) -> dict[str, int]:
        """Return how many rows have each verdict, variants and reasons left out."""
        counts = dict.fromkeys(VERDICTS, 0)
        for row in self.rows:
            counts[headline(row.verdict)] += 1
        return counts

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {word}" for word, n in self.counts().items() if n)
        return f"<Reproduction of {self.trial.id}: {len(self.rows)} rows: {counts}>"

    def _repr_html_(self) -> str:
        return reproduction_html(self)


#: Verdicts without their variant or reason, in the order in which they are told.
VERDICTS = ("reproduced", "contradicted", "inconsistent table", "derived", "not recomputable")


def headline(verdict: str) -> str:
    """Return a verdict without its variant or reason."""
    return next(word for word in VERDICTS if verdict.startswith(word))


def settle(trial: PublishedTrial, findings: Iterable[Finding]) -> Reproduction:
    """Weigh the variants of each printed number together and give every row its verdict.

    A number that agrees under every variant that could be computed is reproduced; under
    some, reproduced under those and contradicted under the others; under none, contradicted.
    Variants are those of one route: a p that fits the printed t does not excuse one that no
    t-test of the printed means gives.
    """
    listed = sorted(findings, key=_reading_order(trial))
    states: dict[tuple[int, str, str], set[State]] = {}
    for finding in listed:
        states.setdefault(_question(finding), set()).add(finding.state)
    rows = tuple(_row(trial.id, f, states[_question(f)]) for f in listed)
    return Reproduction(trial=trial, rows=rows)


def _question(finding: Finding) -> tuple[int, str, str]:
    """Return what the variants of one printed number share: the figures they come from."""
    return (finding.about.line if finding.about else 0, finding.quantity, finding.route)


def _reading_order(trial: PublishedTrial) -> Callable[[Finding], tuple[int, int, str]]:
    """Return a sort key: outcomes and timepoints in the order of the trial, then contrasts."""
    outcomes = {outcome.name: i for i, outcome in enumerate(trial.outcomes)}
    times = {time: 2 * i for i, time in enumerate(trial.timepoints)}
    times |= {f"change {time}": at + 1 for time, at in times.items()}

    def key(finding: Finding) -> tuple[int, int, str]:
        outcome, timepoint, contrast = finding.place
        last = len(outcomes), 2 * len(times)
        return outcomes.get(outcome, last[0]), times.get(timepoint, last[1]), contrast

    return key


def _row(trial: str, finding: Finding, states: set[State]) -> Row:
    outcome, timepoint, contrast = finding.place
    span = finding.span
    return Row(
        trial=trial,
        outcome=outcome,
        timepoint=timepoint,
        contrast=contrast,
        quantity=finding.quantity,
        printed=finding.about.printed.text if finding.about else "",
        kind=finding.kind,
        low=_finite(span.low) if span else None,
        high=_finite(span.high) if span else None,
        variant=finding.variant,
        verdict=_verdict(finding, states),
        detail=finding.detail,
        effect=finding.effect,
    )


def _finite(value: float) -> float | None:
    return value + 0.0 if math.isfinite(value) else None  # + 0.0 turns -0.0 into 0.0


def _verdict(finding: Finding, states: set[State]) -> str:
    mixed = State.AGREES in states and State.DISAGREES in states
    under = f" under {finding.variant}" if mixed else ""
    match finding.state:
        case State.AGREES:
            return "reproduced" + under
        case State.CONSISTENT:
            return "reproduced"
        case State.DISAGREES:
            return "contradicted" + under
        case State.INCONSISTENT:
            return "inconsistent table"
        case State.DERIVED:
            return "derived"
        case State.MISSING:
            return f"not recomputable: {finding.missing}"
