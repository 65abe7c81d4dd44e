"""What a trial looks like before any model, in the shapes that tables and figures show."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.effects.proportions import NumberNeededToTreat, Proportion
from retrostats.estimate import Estimate

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFlow:
    """What became of the subjects of one arm.

    Attributes
    ----------
    arm, name
        Label of the codebook, and words for readers.
    randomised
        Subjects with this arm.
    excluded
        Not in the population of the analysis: reason and number.
    attended
        At each visit: subjects of the population with at least one outcome recorded.
    withdrawn
        Reason and number of all randomised, where the file has reasons.
    analysed
        Subjects that the model of the primary endpoint uses.
    not_analysed
        Of the population, why not: reason and number.
    """

    arm: str
    name: str
    randomised: int
    excluded: Counts
    attended: tuple[int, ...]
    withdrawn: Counts
    analysed: int
    not_analysed: Counts

    def __post_init__(self) -> None:
        left = sum(n for _, n in (*self.excluded, *self.not_analysed))
        if self.randomised != self.analysed + left:
            raise ValueError(
                f"{self.arm}: {self.randomised} randomised, {self.analysed} analysed and {left} "
                "with a reason why not: a subject was lost"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The participant flow of CONSORT.

    Attributes
    ----------
    assessed
        Assessed for eligibility, where the codebook says.
    not_randomised
        Reason and number, likewise.
    visits
        Labels of the visits, by week; `ArmFlow.attended` follows them.
    endpoint
        The primary endpoint in words, e.g. ``"Pain, week 6"``.
    """

    assessed: int | None
    not_randomised: Counts
    visits: tuple[str, ...]
    arms: tuple[ArmFlow, ...]
    endpoint: str

    @property
    def randomised(self) -> int:
        """Subjects of all arms."""
        return sum(arm.randomised for arm in self.arms)

    @property
    def analysed(self) -> int:
        """Subjects that the model of the primary endpoint uses."""
        return sum(arm.analysed for arm in self.arms)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCell:
    """Numbers of one group: all ``nan`` where `n` is 0, the SD where it is 1.

    The SD has the divisor ``n - 1``; the quartiles interpolate linearly (type 7 of R).
    """

    n: int
    missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCell:
    """How many of a group have a level; `n` is how many have any, `missing` how many none."""

    count: int
    n: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """One line of Table 1.

    Attributes
    ----------
    name, label, unit
        Of the covariate or outcome.
    level
        Of a category; empty for a number.
    cells
        One per arm, then that of all arms together.
    differences
        Standardised differences, one per comparison of the table, treatment minus comparator; of
        a category, those of the share with this level. ``nan`` where undefined.
    overall
        On the first row of a category: the distance of all its levels together, one per
        comparison, without sign. Empty on every other row.
    """

    name: str
    label: str
    unit: str
    level: str
    cells: tuple[NumberCell, ...] | tuple[CountCell, ...]
    differences: tuple[float, ...]
    overall: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineTable:
    """Table 1: who was randomised.

    Attributes
    ----------
    arms
        Labels; the columns of the table, before that of all arms.
    sizes
        Subjects of each arm.
    comparisons
        Labels of the comparisons of the standardised differences.
    rows
        In the order of the codebook: covariates, then outcomes at baseline.
    """

    arms: tuple[str, ...]
    sizes: tuple[int, ...]
    comparisons: tuple[str, ...]
    rows: tuple[BaselineRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSummary:
    """An outcome in one arm at one visit, as observed; `change` is from baseline."""

    outcome: str
    label: str
    unit: str
    visit: str
    week: float
    arm: str
    values: NumberCell
    change: NumberCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResponders:
    """Responders of one arm.

    Attributes
    ----------
    responders, n
        How many responded, of how many in the denominator.
    missing
        Without the outcome at baseline or at the visit; in `n` where they count as
        non-responders.
    proportion
        Its value is ``nan`` where `n` is 0.
    undefined
        Left out of `n` and of `missing`, because a percentage of a baseline of 0 is undefined.
    """

    arm: str
    responders: int
    n: int
    missing: int
    proportion: Proportion
    undefined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderComparison:
    """Treated minus comparator: risk difference, and the number needed to treat."""

    label: str
    difference: Estimate
    number_needed: NumberNeededToTreat


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderTable:
    """Responders by one definition.

    Attributes
    ----------
    outcome, label, visit
        Name, words for readers, and the visit.
    definition
        In words, e.g. ``"improvement of at least 2 points from baseline to week 6"``.
    missing_rule
        In words, what became of subjects without the outcome.
    not_compared
        Comparisons that cannot be made, and why.
    """

    outcome: str
    label: str
    visit: str
    definition: str
    missing_rule: str
    arms: tuple[ArmResponders, ...]
    comparisons: tuple[ResponderComparison, ...]
    not_compared: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementCurve:
    """The share of an arm that improved by at least each amount, among those measured.

    Attributes
    ----------
    arm
        Label.
    improvements
        Sorted, distinct improvements that occurred, in `unit`; positive is better. Empty where
        `n` is 0.
    shares
        Share with at least that improvement, same length.
    n
        Subjects measured at baseline and at the visit.
    """

    arm: str
    improvements: tuple[float, ...]
    shares: tuple[float, ...]
    n: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherenceRow:
    """An adherence measure in one arm; `share` is the mean share of what was planned."""

    name: str
    label: str
    unit: str
    arm: str
    values: NumberCell
    planned: float | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualDiagnostics:
    """Standardised residuals of a model and their companions, in the order of its rows.

    Attributes
    ----------
    fitted, residuals
        Shape ``(n,)``; residuals over the standard deviation that the model gives them.
    visits
        Visit of each row.
    quantiles
        Normal quantiles that belong to the sorted residuals, ascending.
    correlation
        Of the residuals between visits, shape ``(k, k)`` as nested tuples; ``nan`` where fewer
        than 3 subjects have both; empty for one visit.
    visit_labels
        Of its rows.
    largest
        The largest absolute residual.
    """

    fitted: tuple[float, ...]
    residuals: tuple[float, ...]
    visits: tuple[str, ...]
    quantiles: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...]
    visit_labels: tuple[str, ...]
    largest: float
