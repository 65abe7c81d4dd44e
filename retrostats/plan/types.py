"""The analysis plan: an estimand, and every choice made before the data were seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from retrostats.data.rules import Rule
from retrostats.plan.sensitivity import REFERENCE_BASED, Sensitivity
from retrostats.plan.showing import plan_html

__all__ = [
    "AnalysisPlan",
    "Comparison",
    "Endpoint",
    "Estimand",
    "IntercurrentEvent",
    "ModelKind",
    "ModelPlan",
    "Multiplicity",
    "MultiplicityMethod",
    "PopulationKind",
    "PopulationPlan",
    "ResponderPlan",
    "Sensitivity",
    "Strategy",
    "Subgroup",
]

ModelKind = Literal["mmrm", "lmm", "ancova", "mixed_anova"]
PopulationKind = Literal["all randomised", "per protocol"]
Strategy = Literal[
    "treatment policy", "hypothetical", "composite", "while on treatment", "principal stratum"
]
MultiplicityMethod = Literal["none", "holm", "hierarchical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two arms; the difference is treatment minus comparator."""

    treatment: str
    comparator: str

    @property
    def label(self) -> str:
        """As in every table, e.g. ``"retro - control"``."""
        return f"{self.treatment} - {self.comparator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntercurrentEvent:
    """Something that happens after randomisation, and how the estimand deals with it."""

    event: str
    strategy: Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An outcome at a week after baseline."""

    outcome: str
    week: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimand:
    """The five attributes of ICH E9(R1), in the order of the guideline.

    Attributes
    ----------
    comparison
        The treatments that are compared.
    population
        Whose effect is asked for, in words, e.g. ``"adults with knee osteoarthritis"``.
    endpoint
        The primary outcome and its week.
    intercurrent
        Events after randomisation and their strategies.
    summary
        The population-level summary; a difference of means is what the models give.
    """

    comparison: Comparison
    population: str
    endpoint: Endpoint
    intercurrent: tuple[IntercurrentEvent, ...]
    summary: Literal["difference of means"] = "difference of means"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """The model of every outcome.

    Attributes
    ----------
    kind
        ``"mmrm"``, ``"lmm"`` (random intercept), ``"ancova"`` at the week of the endpoint, or
        ``"mixed_anova"``.
    baseline
        Whether the outcome's own baseline is a covariate.
    baseline_by_visit
        Whether its slope differs between visits.
    covariates
        Names of covariates of the codebook.
    covariance
        Structures of an MMRM: the first is the planned one, the others follow in their order
        when one before cannot be fitted, and every result says so.
    df
        How degrees of freedom are made; of an ANCOVA, ``"residual"``.
    standard_errors
        Of an ANCOVA: ``"classical"``, ``"HC2"`` or ``"HC3"``.
    level
        Coverage of every interval.
    """

    kind: ModelKind = "mmrm"
    baseline: bool = True
    baseline_by_visit: bool = True
    covariates: tuple[str, ...] = ()
    covariance: tuple[str, ...] = ("us", "toeph", "ar1")
    df: str = "kenward-roger"
    standard_errors: Literal["classical", "HC2", "HC3"] = "classical"
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplicity:
    """How several tests share one error rate.

    Attributes
    ----------
    method
        ``"none"``; ``"holm"``; or ``"hierarchical"``: in the order of the plan, each only while
        all before it were rejected.
    family
        ``"comparisons"``: those of each endpoint by themselves; ``"all"``: of primary and
        secondary endpoints together, the primary ones first.
    """

    method: MultiplicityMethod = "none"
    family: Literal["comparisons", "all"] = "comparisons"


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationPlan:
    """Whose data are analysed; under ``"per protocol"`` those who meet every rule."""

    kind: PopulationKind = "all randomised"
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderPlan:
    """Who counts as a responder: who improves from baseline by so much.

    Attributes
    ----------
    endpoint
        The outcome and its week.
    improvement
        In the unit of the outcome, or a fraction of baseline, by `basis`; positive.
    missing
        ``"non-responder"`` or ``"excluded"``.
    """

    endpoint: Endpoint
    improvement: float
    basis: Literal["absolute", "relative"] = "absolute"
    missing: Literal["non-responder", "excluded"] = "non-responder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """A covariate whose interaction with treatment is estimated at the primary endpoint.

    Attributes
    ----------
    covariate
        Name in the codebook. Of a category each level is a subgroup.
    at
        Of a number: the values at which the effect is shown, as in ``[50, 60]``.
    """

    covariate: str
    at: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPlan:
    """An estimand, and the choices a statistician signs off beforehand.

    Attributes
    ----------
    title
        Of the plan.
    estimand
        What is asked: comparison, population, primary endpoint, intercurrent events, summary.
    comparisons
        All that are estimated; that of the estimand is the first.
    secondary
        Endpoints after the primary one, in their order.
    model, multiplicity, population
        The model of every outcome, how tests share one error rate, and whose data are analysed.
    sensitivity, subgroups
        Further analyses of the primary endpoint.
    responders
        Definitions of who counts as a responder.
    source
        Name of the TOML file.
    file_digest
        SHA-256 of its bytes; empty for a plan made in Python.
    digest
        SHA-256 of the plan in its canonical TOML, always that of the plan as it is: comments and
        spacing do not change it.

    Notes
    -----
    Two plans are equal when every choice is, whatever file they come from.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> plan = rs.AnalysisPlan.from_toml(folder / "plan.toml")
    >>> plan.primary
    Endpoint(outcome='pain', week=6.0)
    >>> [comparison.label for comparison in plan.comparisons], plan.model.kind
    (['retro - control', 'forward - control', 'retro - forward'], 'mmrm')
    """

    title: str
    estimand: Estimand
    comparisons: tuple[Comparison, ...]
    secondary: tuple[Endpoint, ...] = ()
    model: ModelPlan = ModelPlan()
    multiplicity: Multiplicity = Multiplicity()
    population: PopulationPlan = PopulationPlan()
    sensitivity: tuple[Sensitivity, ...] = ()
    responders: tuple[ResponderPlan, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    source: str = field(default="", compare=False)
    file_digest: str = field(default="", compare=False)
    digest: str = field(default="", init=False, compare=False)

    def __post_init__(self) -> None:
        from retrostats.plan.writing import plan_digest

        # The comparator is what a plan means that names no reference: both are one plan.
        usual = self.estimand.comparison.comparator
        further = tuple(
            replace(each, reference=None)
            if each.kind in REFERENCE_BASED and each.reference == usual
            else each
            for each in self.sensitivity
        )
        object.__setattr__(self, "sensitivity", further)
        object.__setattr__(self, "digest", plan_digest(self))

    @classmethod
    def from_toml(cls, path: Path | str) -> AnalysisPlan:
        """Read a plan from a file, as `retrostats.plan.reading.read_plan` does."""
        from retrostats.plan.reading import read_plan

        return read_plan(path)

    @property
    def primary(self) -> Endpoint:
        """The endpoint of the estimand."""
        return self.estimand.endpoint

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The primary endpoint, then the secondary ones."""
        return (self.primary, *self.secondary)

    def _repr_html_(self) -> str:
        return plan_html(self)
