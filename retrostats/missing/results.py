"""The answer of one analysis under an assumption about missing outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.estimate import TIDY_COLUMNS, Estimate, Interval, tidy_row
from retrostats.layout import Layout, ShownAsTable, number, p_number, percent
from retrostats.missing.types import MissingRequest
from retrostats.plan.words import listed, quantity

if TYPE_CHECKING:
    import pandas as pd

#: What the standard error is called, by the way in which it is made.
_WAYS = {
    "rubin": "Rubin's rules, {n:,} imputations",
    "jackknife": "jackknife, {n:,} subjects left out one at a time",
    "bootstrap": "bootstrap, {n:,} resamples within arms",
}
#: What follows the name of a strategy; the reference arm in brackets for all others.
_COPIED = {
    "missing at random": "",
    "last mean carried forward": " (missing at random in {})",
}
#: What a row of `MissingEstimate.tidy` has beside the estimate.
_FURTHER = (
    "visit", "assumption", "method", "subjects", "imputed", "replicates", "failures",
    "within", "between", "df_complete", "fmi", "riv",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEstimate(ShownAsTable):
    """A difference of two arms under an assumption about missing outcomes.

    Attributes
    ----------
    estimate
        Treatment minus comparator at the endpoint.
    request
        What was asked for.
    arms
        Labels of all arms.
    visit
        Label of the endpoint.
    subjects
        How many were analysed, in all arms.
    imputed
        Imputed scores at the endpoint, by arm. All 0: nothing is missing there, and the answer is
        the analysis of covariance of the scores as they are, under every assumption.
    within, between
        For Rubin's rules: mean squared standard error of one completed data set, and variance of
        the estimates between them; ``nan`` otherwise.
    df_complete
        Degrees of freedom without missing data; ``nan`` where they are not used.
    fmi, riv
        For Rubin's rules: fraction of missing information, and relative increase in variance;
        ``nan`` otherwise.
    replicates
        Imputations, subjects left out one at a time, or resamples that gave an answer; 0 where
        nothing was imputed.
    failures
        Resamples without an answer.
    percentile
        For the bootstrap: interval between quantiles of the resamples, beside that of `estimate`,
        which is normal with the standard error of the resamples; None otherwise.
    """

    estimate: Estimate
    request: MissingRequest
    arms: tuple[str, ...]
    visit: str
    subjects: int
    imputed: tuple[int, ...]
    within: float = math.nan
    between: float = math.nan
    df_complete: float = math.nan
    fmi: float = math.nan
    riv: float = math.nan
    replicates: int = 0
    failures: int = 0
    percentile: Interval | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing was missing at the endpoint, so that nothing was imputed."""
        return not any(self.imputed)

    @property
    def assumption(self) -> str:
        """What was assumed of outcomes after the last visit.

        With the arm that is copied, and what was added to imputed outcomes of each arm.
        """
        request = self.request
        reference = self.arms[request.reference]
        said = request.strategy + _COPIED.get(request.strategy, " ({})").format(reference)
        moved = listed([*self._shifts()])
        return f"{said}, but {moved}" if moved else said

    @property
    def method(self) -> str:
        """How scores were filled in and where the standard error comes from."""
        if self.complete:
            return "nothing is missing at the endpoint: analysis of covariance"
        way = _WAYS[self.request.inference].format(n=self.replicates)
        lost = f" ({self.failures:,} without an answer)" if self.failures else ""
        return f"{self.request.imputation}; {way}{lost}"

    @property
    def sentence(self) -> str:
        """The difference, what was assumed for it, and how many outcomes were filled in."""
        found = self.estimate
        told = f"the difference {found.label} at {self.visit} is {self._answer()}"
        if self.complete:
            return f"Nothing is missing at {self.visit}: {told} under every assumption"
        each = listed([f"{n:,} of {arm}" for arm, n in zip(self.arms, self.imputed, strict=True)])
        return (
            f"With missing scores as expected under {self.assumption}, {told}; filled in were "
            f"{each}, in all {sum(self.imputed):,} of {self.subjects:,} scores"
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row: the estimate, what was assumed and done; columns never vary.

        ``imputed`` counts the outcomes that were filled in, in all arms; the limits of
        `percentile` are ``nan`` where there is none.
        """
        import pandas as pd

        low, high, _ = self.percentile or (math.nan, math.nan, math.nan)
        row = dict(zip(TIDY_COLUMNS, tidy_row(self.estimate), strict=True))
        further = {name: getattr(self, name) for name in _FURTHER}
        further |= {"imputed": sum(self.imputed), "percentile_low": low, "percentile_high": high}
        return pd.DataFrame([row | further])

    def __repr__(self) -> str:
        return self.layout().text()

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        found = self.estimate
        told = [
            ("Difference", self._answer()),
            ("p", p_number(found.p)),
            ("Assumption", self.assumption),
            ("Method", self.method),
            ("Imputed", self._imputed_words()),
        ]
        if self.percentile is not None:
            low, high, level = self.percentile
            told.append(("Percentile interval", f"{low:.3g} to {high:.3g} ({percent(level)})"))
        if math.isfinite(self.fmi):
            told.append(("Missing information", percent(float(number(self.fmi, 3)))))
        return Layout(
            caption=f"{found.label} at {self.visit}",
            header=("", "Answer"),
            rows=tuple(told),
            closing_words=1,
        )

    def _answer(self) -> str:
        return str(self.estimate).removeprefix(f"{self.estimate.label}: ")

    def _shifts(self) -> Iterator[str]:
        """Yield what was added at the endpoint, by arm."""
        for arm, visits in zip(self.arms, self.request.delta, strict=False):
            if shift := visits[self.request.visit]:
                amount = quantity(abs(shift), self.estimate.unit)
                yield f"{amount} {'higher' if shift > 0 else 'lower'} in {arm}"

    def _imputed_words(self) -> str:
        each = (f"{n:,} of {arm}" for arm, n in zip(self.arms, self.imputed, strict=True))
        return f"{', '.join(each)}; {self.subjects:,} subjects"
