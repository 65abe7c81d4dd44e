"""What the design of a trial is made of, before it is checked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from retrostats.arrays import Floats
from retrostats.layout import ShownAsFields

Mechanism: TypeAlias = Literal["MCAR", "MAR"]
Matrix: TypeAlias = tuple[tuple[float, ...], ...]


def _tuple(given: Any) -> Any:
    """Return a list or an array as a tuple, so that equal designs are equal and have a hash."""
    given = given.tolist() if isinstance(given, np.ndarray) else given
    return tuple(_tuple(each) for each in given) if isinstance(given, (list, tuple)) else given


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignArm(ShownAsFields):
    """One arm of a design.

    Attributes
    ----------
    label
        As the plan names it.
    means
        Of the scores before they are rounded, one per visit, the baseline first.
    allocation
        How many subjects for one of an arm with 1.
    dropout
        Share of the randomised who are gone by each visit, one per visit; 0 at baseline. Empty:
        nobody leaves, which is kept as zeros.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.DesignArm(label="retro", means=(6, 4.2)).dropout
    (0.0, 0.0)
    """

    label: str
    means: tuple[float, ...]
    allocation: float = 1.0
    dropout: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        means = _tuple(self.means)
        object.__setattr__(self, "means", means)
        object.__setattr__(self, "dropout", _tuple(self.dropout) or (0.0,) * len(means))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(ShownAsFields):
    """Who leaves a trial; how many is said by each arm.

    Attributes
    ----------
    mechanism
        ``"MCAR"``: anybody. ``"MAR"``: by the last score that was seen.
    odds_ratio
        Of leaving before the next visit, for a last score that is one SD worse; above 1, those who
        do badly leave more often. 1 with ``"MCAR"``.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.Dropout(mechanism="MAR", odds_ratio=1.5)
    Dropout(mechanism='MAR', odds_ratio=1.5)
    """

    mechanism: Mechanism = "MCAR"
    odds_ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementScale(ShownAsFields):
    """Which scores an instrument can give.

    Attributes
    ----------
    low, high
        Its ends; infinite where it is open.
    step
        Between two neighbouring scores; ``None`` where every number between the ends can occur.
        Scores are counted from `low`, or from 0 where there is no lower end.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.MeasurementScale(low=0, high=10, step=1).origin
    0
    """

    low: float = -math.inf
    high: float = math.inf
    step: float | None = None

    @property
    def origin(self) -> float:
        """The score that steps are counted from."""
        return self.low if math.isfinite(self.low) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCovariate(ShownAsFields):
    """A covariate known at baseline: a number with mean and SD, or a category with shares.

    Attributes
    ----------
    name
        As the plan names it.
    correlation
        Within an arm with the score at every visit, before rounding; of a category that of the
        normal variable whose cuts are its levels, the last level having the largest values.
    levels, shares
        Of a category; shares add up to 1.
    mean, sd
        Of a number.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.SimulatedCovariate(name="sex", levels=("f", "m"), shares=(0.6, 0.4)).kind
    'category'
    """

    name: str
    correlation: float = 0.0
    levels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        for name in ("levels", "shares"):
            object.__setattr__(self, name, _tuple(getattr(self, name)))

    @property
    def kind(self) -> Literal["number", "category"]:
        """``"category"`` where there are levels."""
        return "category" if self.levels else "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFields:
    """The parts of a design; `TrialDesign` says what each is."""

    title: str
    outcome: str
    visits: tuple[str, ...]
    weeks: tuple[float, ...]
    arms: tuple[DesignArm, ...]
    sds: tuple[float, ...]
    correlation: Matrix
    unit: str = ""
    better: Literal["lower", "higher"] = "lower"
    dropout: Dropout = field(default_factory=Dropout)
    intermittent: float = 0.0
    scale: MeasurementScale | None = None
    covariates: tuple[SimulatedCovariate, ...] = ()
    route: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("visits", "weeks", "arms", "sds", "correlation", "covariates", "route"):
            object.__setattr__(self, name, _tuple(getattr(self, name)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the arms, in the order of their codes."""
        return tuple(arm.label for arm in self.arms)

    def arm(self, label: str) -> DesignArm:
        """Return the arm of that label; ``KeyError`` if there is none."""
        return {arm.label: arm for arm in self.arms}[label]

    def joint_correlation(self) -> Floats:
        """Return the correlations of scores and covariates, shape ``(v + k, v + k)``.

        Covariates are uncorrelated with one another.
        """
        visits, size = len(self.visits), len(self.visits) + len(self.covariates)
        joint = np.eye(size)
        joint[:visits, :visits] = self.correlation
        for at, covariate in enumerate(self.covariates, start=visits):
            joint[at, :visits] = joint[:visits, at] = covariate.correlation
        return joint


def exchangeable(rho: float, visits: int) -> Matrix:
    """Return a matrix with one correlation between any two of so many visits.

    Examples
    --------
    >>> exchangeable(0.5, 2)
    ((1.0, 0.5), (0.5, 1.0))
    """
    places = range(visits)
    return tuple(tuple(1.0 if i == j else float(rho) for j in places) for i in places)


def autoregressive(rho: float, visits: int) -> Matrix:
    """Return a matrix whose correlation falls by a factor with each visit in between.

    Examples
    --------
    >>> autoregressive(0.5, 3)[0]
    (1.0, 0.5, 0.25)
    """
    places = range(visits)
    return tuple(tuple(float(rho) ** abs(i - j) for j in places) for i in places)
