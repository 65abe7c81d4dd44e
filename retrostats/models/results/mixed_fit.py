"""What else a fitted model answers: predictions, and whether a smaller model would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.layout import Layout
from retrostats.models.results.compare import Compared, LikelihoodRatio, likelihood_ratio
from retrostats.models.results.fit_margins import MarginsFit
from retrostats.models.results.prediction import mean_table, raw_residuals
from retrostats.models.results.rendering import fit_dict, fit_html, fit_text, mixed_lines
from retrostats.models.sums.prepared import RowData

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MixedFit(MarginsFit):
    """A converged fit and the questions it answers."""

    def predict(self, data: Any = None) -> pd.DataFrame:
        """Return the mean at new rows, or at those of the fit, with its uncertainty.

        Parameters
        ----------
        data
            A data frame or mapping with the columns of the formula; a single value stands for
            all rows, so that ``{"arm": "retro", "visit": 6}`` is one row. ``None`` for the rows
            of the fit.

        Returns
        -------
        pandas.DataFrame
            ``estimate, se, df, ci_low, ci_high`` of the mean, with the index of the data. The
            interval is that of the mean, not of a single outcome.

        Raises
        ------
        DataError
            If a column is absent, a level unknown, a value missing or a row not determined.
        FitError
            If the rows of the fit are asked for and were not kept.
        """
        import pandas as pd

        index: Any
        if data is None:
            source = self._source("predict() without data")
            rows, index = source.rows.take(slice(None)), source.frame.labels
        else:
            rows = self.prepared.design.rows_for(data)
            index = getattr(data, "index", None)
        labels = [f"row {k}" for k in (range(len(rows)) if index is None else index)]
        reduced = self._reduced(rows, labels)
        table = mean_table(
            reduced @ self.coordinates.back,
            reduced @ self.coordinates.offset,
            self.optimum.at.beta,
            self.inference,
            self.level,
        )
        return pd.DataFrame(table, index=index)

    def likelihood_ratio(self, smaller: MixedFit) -> LikelihoodRatio:
        """Test a smaller model that is nested in this one.

        Parameters
        ----------
        smaller
            A fit of the same rows by the same method. Under ``"reml"`` both must have the same
            mean.

        Returns
        -------
        LikelihoodRatio
            Where a variance is 0 under the smaller model, the p value comes from the 50:50
            mixture of chi-square distributions that holds on the boundary.
        """
        return likelihood_ratio(smaller.compared(), self.compared())

    def compared(self) -> Compared:
        """Return what a likelihood-ratio test needs to know of this fit."""
        return Compared(
            label=self.formula,
            loglik=self.loglik,
            method="reml" if self.method == "reml" else "ml",
            n_rows=self.n_rows,
            columns=tuple(self.names[column] for column in self.coordinates.kept),
            n_covariance=len(self.optimum.at.theta),
            effects=self._effects,
            covariance=self._visit_covariance,
            data=self.prepared.outcome_digest,
        )

    @property
    def _visit_covariance(self) -> str:
        return ""

    @property
    def _effects(self) -> tuple[str, ...]:
        return ()

    def summary(self) -> str:
        """Return the fit as text: model, data, covariance, coefficients, caveats."""
        return fit_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain JSON values."""
        return fit_dict(self)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return fit_html(self)

    @property
    def model_lines(self) -> tuple[tuple[str, str], ...]:
        """What was fitted, as pairs of a name and words."""
        return ()

    @property
    def summary_lines(self) -> tuple[tuple[str, str], ...]:
        """What stands above the tables of a summary, as pairs of a name and words."""
        return mixed_lines(self)

    @property
    def covariance_tables(self) -> tuple[Layout, ...]:
        """The estimated covariance as tables for a reader."""
        return ()

    @property
    def covariance_lines(self) -> tuple[str, ...]:
        """The estimated covariance as lines of text."""
        return tuple(line for table in self.covariance_tables for line in table.text().split("\n"))

    @property
    def convention(self) -> str:  # not a Literal: completion by jedi fails on such a property
        """Whose AIC and BIC are shown; see `information_criteria`."""
        return "sas"

    def _source(self, what: str) -> RowData:
        if self.prepared.source is None:
            raise FitError(
                f"{what} needs the rows themselves, and this fit was made from parts of which "
                "only sums were kept; fit from a DataFrame, or use predict(data) on each part"
            )
        return self.prepared.source

    def _raw_residuals(self, what: str) -> tuple[Floats, RowData]:
        source = self._source(what)
        basis = self.likelihood.strata[0].moments.basis
        return raw_residuals(source, basis, self.optimum.at.beta), source
