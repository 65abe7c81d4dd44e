"""The planned model in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.codebook.types import Codebook
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM, MODEL_WORDS
from retrostats.plan.types import AnalysisPlan, ModelPlan
from retrostats.plan.words import amount, listed

#: How a model without a choice of covariance is estimated.
_ESTIMATION = {
    "lmm": "It is estimated by restricted maximum likelihood.",
    "ancova": "It is fitted by ordinary least squares.",
    "mixed_anova": "It is fitted by least squares and adjusts for no covariate.",
}

_AT_RANDOM = "are taken as missing at random given what the model holds"
_VALUES = (
    "Every value observed after baseline is used of subjects who have what the model adjusts for; "
    f"missing outcomes {_AT_RANDOM}."
)

#: What becomes of missing values, and what that assumes.
_MISSING = {
    "mmrm": _VALUES,
    "lmm": _VALUES,
    "ancova": (
        "Only complete rows are used, with the outcome at that week and everything that the model "
        f"adjusts for; missing outcomes {_AT_RANDOM}."
    ),
    "mixed_anova": (
        "Only complete subjects are used, with the outcome at every visit; this takes the others "
        "as missing completely at random within their arm."
    ),
}


def model_sentences(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    """Yield what the planned model is, how it is estimated, and what becomes of missing values.

    Parameters
    ----------
    plan
        A plan that fits the codebook.
    book
        Labels of the covariates.
    """
    model = plan.model
    yield f"Each endpoint is analysed by {_kind(model)}."
    adjusted = [*_baseline_terms(model), *(book.covariate(c).label for c in model.covariates)]
    if adjusted:
        yield f"It adjusts for {listed(adjusted)}."
    elif model.kind != "mixed_anova":
        yield "It adjusts neither for the baseline of the outcome nor for covariates."
    yield _estimation(model)
    yield _inference(model)
    yield _MISSING[model.kind]


def _kind(model: ModelPlan) -> str:
    parts = {
        "mmrm": " with arm, visit and their interaction at all visits after baseline",
        "lmm": ", arm, visit and their interaction at all visits after baseline",
        "ancova": " at the week of the endpoint, with the arm",
        "mixed_anova": " with the arm between subjects and the visit, baseline included, within",
    }
    return MODEL_WORDS[model.kind] + parts[model.kind]


def _baseline_terms(model: ModelPlan) -> list[str]:
    if not model.baseline:
        return []
    by_visit = " (with a slope for each visit)" if model.baseline_by_visit else ""
    return [f"the baseline of the outcome{by_visit}"]


def _estimation(model: ModelPlan) -> str:
    if not model.covariance:
        return _ESTIMATION[model.kind]
    first, *rest = [COVARIANCES[name] for name in model.covariance]
    sentence = (
        f"The covariance of the visits is {first}, estimated by restricted maximum likelihood"
    )
    if rest:
        sentence += (
            f"; if it cannot be fitted, {', then '.join(rest)} "
            f"{'takes' if len(rest) == 1 else 'take'} its place in this order, and the result "
            "says so"
        )
    return f"{sentence}."


def _inference(model: ModelPlan) -> str:
    level = f"{amount(100 * model.level)}%"
    terms = "tests of model terms are of type III."
    if model.kind in ("mmrm", "lmm"):
        use = DEGREES_OF_FREEDOM[model.df]
        return f"Two-sided tests and {level} confidence intervals use {use}; {terms}"
    if model.kind == "mixed_anova":
        return (
            "Effects are differences between arms in the change from baseline; their two-sided "
            f"tests and {level} confidence intervals have as many degrees of freedom as subjects "
            "minus arms. F tests within subjects are corrected by Greenhouse and Geisser's "
            f"epsilon; {terms}"
        )
    robust = model.standard_errors != "classical"
    errors = (
        f" and {model.standard_errors} heteroscedasticity-consistent standard errors"
        if robust
        else ""
    )
    return (
        f"Two-sided tests and {level} confidence intervals use residual degrees of freedom{errors}"
        f"; {terms}"
    )
