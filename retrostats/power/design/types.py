"""The design of a trial that is to be simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import Fault, raise_faults
from retrostats.layout import Layout, ShownAsTable
from retrostats.layout.html import paragraphs
from retrostats.layout.numbers import true_minus
from retrostats.power.design import changes
from retrostats.power.design.checks import design_faults
from retrostats.power.design.covariance import measured_covariance
from retrostats.power.design.draw import SimulatedTrials, draw_trials
from retrostats.power.design.fields import (
    DesignArm,
    DesignFields,
    Dropout,
    Matrix,
    MeasurementScale,
    Mechanism,
    SimulatedCovariate,
    autoregressive,
    exchangeable,
)
from retrostats.power.design.scale import measured_moments
from retrostats.power.design.showing import design_layout, design_sentences
from retrostats.power.design.writing import design_digest, design_to_toml

__all__ = [
    "DesignArm",
    "Dropout",
    "Matrix",
    "MeasurementScale",
    "Mechanism",
    "SimulatedCovariate",
    "TrialDesign",
    "autoregressive",
    "exchangeable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign(ShownAsTable, DesignFields):
    """What a trial will look like: arms, visits, means, spread, dropout, and the instrument.

    Use it as the truth that `simulate_power` draws trials from, not as a plan: what is analysed
    and how stands in the plan. `read_design` reads one from a file, `design_from_trial` proposes
    one from the printed figures of a trial.

    Attributes
    ----------
    title
        Of the trial.
    outcome, unit, better
        Name as in the plan; unit; ``"lower"`` or ``"higher"`` is benefit.
    visits, weeks
        Labels, and weeks after baseline; the first visit is the baseline, week 0.
    arms
        Two or more, each with its means by visit, its allocation and its dropout.
    sds
        Of the scores within an arm, one per visit, before rounding.
    correlation
        Of the scores of a subject within an arm, a row and a column per visit.
    dropout
        Who leaves.
    intermittent
        Share of the visits after baseline that are missed by those who have not left, whatever
        their scores.
    scale
        Which scores the instrument gives; ``None`` for any number.
    covariates
        Known at baseline, distributed alike in all arms, uncorrelated with one another.
    route
        Sentences: where each number comes from.

    Raises
    ------
    DataError
        Listing every fault: lengths that differ, an SD that is not above 0, correlations that no
        scores can have, dropout that falls, means outside the scale, ...

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.power.design.types import DesignArm, exchangeable
    >>> design = rs.TrialDesign(
    ...     title="Retro walking",
    ...     outcome="pain",
    ...     unit="points",
    ...     visits=("baseline", "week 6"),
    ...     weeks=(0, 6),
    ...     arms=(
    ...         DesignArm(label="retro", means=(6, 4.2), dropout=(0, 0.1)),
    ...         DesignArm(label="control", means=(6, 5), dropout=(0, 0.2)),
    ...     ),
    ...     sds=(1.5, 1.8),
    ...     correlation=exchangeable(0.5, 2),
    ... )
    >>> print(design)
    Retro walking: pain, points, lower is better
                                  baseline  week 6
      retro        mean                6       4.2
                   gone, %             0      10
      control      mean                6       5
                   gone, %             0      20
      all arms     SD                  1.5     1.8
      correlation  with baseline       1
                   with week 6         0.5     1
    Who leaves does not depend on scores.
    """

    def __post_init__(self) -> None:
        DesignFields.__post_init__(self)
        faults = [
            Fault("design", 0, str(place), message, "key") for place, message in design_faults(self)
        ]
        raise_faults(f"design {self.title!r}", faults)

    def draw(self, n: tuple[int, ...], rng: np.random.Generator, count: int) -> SimulatedTrials:
        """Draw trials.

        Parameters
        ----------
        n
            Subjects of each arm, in the order of `arms`.
        rng
            Where chance comes from; how much of it is taken depends on `n` and `count` alone.
        count
            How many trials.

        Returns
        -------
        SimulatedTrials
            Scores of shape ``(count, sum(n), visits)``, and which of them are seen.

        Examples
        --------
        >>> import numpy as np
        >>> import retrostats as rs
        >>> from retrostats.data.catalogue import data_folder
        >>> design = rs.read_design(data_folder() / "example_cohort" / "design.toml")
        >>> trials = design.draw((23, 23, 22), np.random.default_rng(1), 100)
        >>> trials.scores.shape
        (100, 68, 3)
        """
        return draw_trials(self, n, rng, count)

    def expected_means(self) -> Floats:
        """Return the means of the scores as measured, shape ``(arms, visits)``, exactly.

        Rounding and the ends of the scale move means; these are what a trial without dropout
        would find on average. Without a scale they are the means of the arms.
        """
        return self._moments()[..., 0]

    def expected_sds(self) -> Floats:
        """Return the SDs of the scores as measured, shape ``(arms, visits)``, exactly."""
        return self._moments()[..., 1]

    def expected_correlations(self) -> Floats:
        """Return the correlations of the scores as measured, shape ``(arms, visits, visits)``."""
        given = np.array(self.sds), np.array(self.correlation)
        whole = [measured_covariance(np.array(a.means), *given, self.scale) for a in self.arms]
        sds = self.expected_sds()
        return np.array(whole) / (sds[:, :, None] * sds[:, None, :])

    def _moments(self) -> Floats:
        return np.array(
            [
                [
                    measured_moments(mean, sd, self.scale)
                    for mean, sd in zip(arm.means, self.sds, strict=True)
                ]
                for arm in self.arms
            ]
        )

    def true_differences(self, treatment: str, comparator: str) -> Floats:
        """Return treatment minus comparator at each visit as measured, shape ``(visits,)``.

        Parameters
        ----------
        treatment, comparator
            Labels of arms; ``KeyError`` for any other.
        """
        places = {label: code for code, label in enumerate(self.labels)}
        means = self.expected_means()
        gaps: Floats = means[places[treatment]] - means[places[comparator]]
        return gaps

    def with_dropout(self, share: float) -> Self:
        """Return the design with this share of every arm gone by the last visit.

        The course until then keeps its shape; where nobody left it follows the weeks.
        """
        return changes.dropping_out(self, share)

    def with_correlation(
        self, rho: float, *, kind: changes.CorrelationKind = "exchangeable"
    ) -> Self:
        """Return the design with another correlation of the visits.

        Parameters
        ----------
        rho
            Between any two visits; of ``"ar1"``, between neighbours.
        kind
            ``"exchangeable"`` or ``"ar1"``.
        """
        return changes.correlating(self, rho, kind)

    def with_difference(self, treatment: str, comparator: str, value: float) -> Self:
        """Return the design with another difference of two arms at the last visit.

        Parameters
        ----------
        treatment, comparator
            Labels of arms. The means of `treatment` after baseline move.
        value
            Treatment minus comparator, before rounding. Earlier visits are scaled alike; where
            there was no difference they follow the weeks.
        """
        return changes.differing(self, treatment, comparator, value)

    def to_toml(self) -> str:
        """Return the design as TOML, in one form for each design; `read_design` reads it."""
        return design_to_toml(self)

    @property
    def digest(self) -> str:
        """SHA-256 of `to_toml`, in hexadecimal digits."""
        return design_digest(self)

    def layout(self) -> Layout:
        """Return the table of means, SDs, correlations and dropout by visit."""
        return design_layout(self)

    def __str__(self) -> str:
        return "\n".join([self.layout().text(), *design_sentences(self)])

    def _repr_html_(self) -> str:
        words = (true_minus(sentence) for sentence in design_sentences(self))
        return self.layout().html() + "".join(paragraphs(each) for each in words)
