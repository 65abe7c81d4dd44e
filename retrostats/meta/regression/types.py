"""The result of a meta-regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable
from retrostats.layout.html import caveats
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.inference import Coefficients, TestName
from retrostats.meta.regression.design import ModeratorColumns
from retrostats.meta.regression.numbers import ModeratorTest
from retrostats.meta.regression.predicted import PredictedEffects, by_column, labels_of, predicted
from retrostats.meta.regression.scaling import Centred
from retrostats.meta.tau.estimators import TauSquared

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MetaRegression(ShownAsTable):
    """How the effect differs between trials that differ in moderators.

    Attributes
    ----------
    trials, studies
        Estimates as given, and the name of the trial of each.
    formula
        The moderators.
    coefficients
        In the unit of the estimates, for one unit more of the moderator, or against the reference
        category.
    moderators
        Test that all coefficients but the intercept are 0.
    tau2, tau2_without
        Variance between trials that the moderators leave, and without them.
    r2
        Share of it that they take away, 0 to 1; ``nan`` without an intercept. With few trials it
        says little: its own error is large.
    i2, h2
        Of what is left: share of the variance of a typical trial, 0 to 1; and total over sampling
        variance.
    q
        Test that the moderators leave nothing but chance.
    df
        Trials less coefficients.
    estimator, test
        Names of the estimator of ``tau2`` and of the test.
    tau2_of
        The estimator itself, so that refits use the same.
    columns, centred, fit
        The design; the same on the scale of the computation; and the coefficients on that scale.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> effects = [(-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2)]
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", *effect, unit="SD")
    ...     for name, effect in zip("ABCDE", effects)
    ... ]
    >>> weeks = rs.meta_regression(trials, {"weeks": [12, 4, 6, 8, 3]})
    >>> round(weeks.coefficients["weeks"].value, 3), weeks.df
    (-0.077, 3)
    """

    trials: tuple[Estimate, ...]
    studies: tuple[str, ...]
    formula: str
    coefficients: EstimateTable
    moderators: ModeratorTest
    tau2: float
    tau2_without: float
    r2: float
    i2: float
    h2: float
    q: CochranQ
    df: int
    estimator: str
    test: TestName
    tau2_of: TauSquared
    columns: ModeratorColumns
    centred: Centred
    fit: Coefficients
    caveats: tuple[str, ...] = field(default=())

    @property
    def y(self) -> Floats:
        """Values of the trials, shape ``(k,)``."""
        return np.array([trial.value for trial in self.trials])

    @property
    def v(self) -> Floats:
        """Sampling variances of the trials, shape ``(k,)``."""
        return np.array([trial.se for trial in self.trials]) ** 2

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.coefficients[0].ci.level

    def predict(
        self, new: Mapping[str, Any] | pd.DataFrame, *, level: float | None = None
    ) -> PredictedEffects:
        """Return the mean effect of trials with given moderators, and where a trial may lie.

        Parameters
        ----------
        new
            By moderator, numbers or categories of one length; a single value stands for all.
        level
            Of both intervals; by default that of the fit.

        Raises
        ------
        DataError
            If a moderator is absent, a category is not one of those of the trials, or there is no
            row.
        ValueError
            If the level does not lie between 0 and 1.
        """
        given = by_column(new)
        rows = self.columns.design.rows_for(given)
        if not len(rows):
            raise DataError("predict: there is no row to predict; give one value or more of each")
        return predicted(
            self.centred.rows(rows),
            self.fit,
            labels=labels_of(given, len(rows)),
            unit=self.trials[0].unit,
            level=self.level if level is None else level,
            spread=None if self.estimator == "common" else self.tau2,
        )

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        table = self.coefficients.layout()
        left = f"tau² = {self.tau2:.3g}, I² = {self.i2:.0%}"
        if not np.isnan(self.r2):
            left += f", R² = {self.r2:.0%}"
        told = (("all moderators", str(self.moderators)), ("left over", left), ("", str(self.q)))
        return replace(table, rows=(*table.rows, *told))

    def __repr__(self) -> str:
        return self.layout().text()

    def _repr_html_(self) -> str:
        return self.layout().html() + caveats(self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        joint, q = self.moderators, self.q
        return {
            "formula": self.formula,
            "studies": list(self.studies),
            "coefficients": self.coefficients.to_dict(),
            "moderators": {
                "statistic": joint.statistic,
                "df1": joint.df1,
                "df2": joint.df2 if np.isfinite(joint.df2) else None,
                "p": joint.p,
            },
            "tau2": self.tau2,
            "tau2_without": self.tau2_without,
            "r2": None if np.isnan(self.r2) else self.r2,
            "i2": self.i2,
            "h2": self.h2,
            "q": {"statistic": q.statistic, "df": q.df, "p": q.p},
            "df": self.df,
            "estimator": self.estimator,
            "test": self.test,
            "caveats": list(self.caveats),
        }
