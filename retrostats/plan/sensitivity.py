"""One further analysis of the primary endpoint, as a plan names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.data.rules import Rule

SensitivityKind = Literal[
    "complete cases", "per protocol", "ancova", "mixed_anova", "lmm", "covariance", "unadjusted",
    "delta", "multiple imputation", "predictive mean matching", "jump to reference",
    "copy reference", "copy increments in reference", "last mean carried forward",
    "tipping point",
]  # fmt: skip
ImputationKind = Literal["conditional mean", "posterior draws", "predictive mean matching"]
InferenceKind = Literal["jackknife", "bootstrap", "rubin"]

#: What outcomes after a subject's last visit are taken from; each names a reference arm.
REFERENCE_BASED: tuple[SensitivityKind, ...] = (
    "jump to reference",
    "copy reference",
    "copy increments in reference",
    "last mean carried forward",
)
#: Kinds that fill in what is missing before an analysis of covariance of the endpoint.
IMPUTING: tuple[SensitivityKind, ...] = (
    "multiple imputation",
    "predictive mean matching",
    *REFERENCE_BASED,
    "tipping point",
)
#: Imputations where a plan names no number: their share of the variance is then at most a
#: hundredth of the fraction of missing information.
IMPUTATIONS = 100
#: Resamples where a plan names no number: the standard error is then known to about 2 percent.
REPLICATES = 1000

_IMPUTATION: dict[SensitivityKind, ImputationKind] = {
    "multiple imputation": "posterior draws",
    "predictive mean matching": "predictive mean matching",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """One further analysis of the primary endpoint.

    Attributes
    ----------
    kind
        ``"complete cases"``: only subjects seen at every visit. ``"per protocol"``: those who
        meet the rules. ``"ancova"``, ``"mixed_anova"``, ``"lmm"``: another model.
        ``"covariance"``: another structure, `covariance`. ``"unadjusted"``: no covariates.
        ``"delta"``: missing outcomes of the treated arm are worse by each of `deltas` than the
        model expects. ``"multiple imputation"`` and ``"predictive mean matching"``: missing at
        random, filled in many times. ``"jump to reference"``, ``"copy reference"``, ``"copy
        increments in reference"``, ``"last mean carried forward"``: what outcomes after the last
        visit follow. ``"tipping point"``: how much worse they must be before the answer changes.
    rules
        For ``"per protocol"``.
    covariance
        For ``"covariance"``.
    deltas
        For ``"delta"``: in the unit of the outcome, positive, worse for the patient. For
        ``"tipping point"``: the shifts of its figure; chosen from the data where left out.
    reference
        Arm whose course is copied; ``None``, as in most plans, for the comparator of the
        estimand.
    imputation
        Of the kinds that copy a reference: ``"conditional mean"`` (what the plan says where it
        says nothing) or ``"posterior draws"``. The other kinds have one way.
    inference
        ``"jackknife"`` or ``"bootstrap"`` with conditional means, ``"rubin"`` with draws.
    imputations
        How many, where they are drawn.
    replicates
        How many, for ``"bootstrap"``.
    seed
        Of what is drawn; a plan must name it.

    Notes
    -----
    Where a choice applies and is left out, it is filled in with what a plan then means, so that
    a default written out and one left out are equal.

    Examples
    --------
    >>> jump = Sensitivity(kind="jump to reference")
    >>> jump.imputation, jump.inference, jump.seed
    ('conditional mean', 'jackknife', None)
    >>> Sensitivity(kind="multiple imputation", seed=1).imputations
    100
    """

    kind: SensitivityKind
    rules: tuple[Rule, ...] = ()
    covariance: str | None = None
    deltas: tuple[float, ...] = ()
    reference: str | None = None
    imputation: ImputationKind | None = None
    inference: InferenceKind | None = None
    imputations: int | None = None
    replicates: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in IMPUTING:
            return
        self._fill("imputation", _IMPUTATION.get(self.kind, "conditional mean"))
        means = self.imputation == "conditional mean"
        self._fill("inference", "jackknife" if means else "rubin")
        if self.inference == "rubin":
            self._fill("imputations", IMPUTATIONS)
        if self.inference == "bootstrap":
            self._fill("replicates", REPLICATES)

    def _fill(self, name: str, value: object) -> None:
        if getattr(self, name) is None:
            object.__setattr__(self, name, value)

    @property
    def drawn(self) -> bool:
        """Whether anything in it is left to chance, and needs a seed."""
        return self.imputation not in (None, "conditional mean") or self.inference == "bootstrap"
